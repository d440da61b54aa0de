"""Group questions that follow each other, from general to specific, and files that hold one group each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.ingest.draft.group_words import weigh_header
from pipeline.ingest.draft.groups import GroupCandidate
from pipeline.ingest.readers import RawTable


def add_nested(group: GroupCandidate, candidates: Sequence[GroupCandidate], table: RawTable) -> GroupCandidate:
    """Questions that only people of one group were asked, 'in which part of it', join the question above them.

    A group all of whose people say more below is the sum of those groups.
    """
    if group.shape != "column":
        return group
    chain = [(group, _read_column(table.columns[group.positions[0]]))]
    parents: dict[str, str] = {}
    closed: set[str] = set()
    below = [each for each in candidates if each.shape == "column" and each.positions[0] > group.positions[0]]
    for each in sorted(below, key=lambda candidate: candidate.positions):
        if weigh_header(each.name)[0] < 0.95:
            continue
        texts, codes = column = _read_column(table.columns[each.positions[0]])
        named = np.isin(codes, [at for at, text in enumerate(texts) if text in each.names])
        filled = np.array([text != "" for text in texts])[codes]
        parent = next((found for _, above in reversed(chain) if (found := _single_value(above, filled))), "")
        if not parent or parent not in {name for upper, _ in chain for name in upper.names}:
            continue
        chain.append((each, column))
        parents |= {name: parent for name in each.names if name != parent and name not in parents}
        asked = np.logical_or.reduce([_rows_with(above, parent) for _, above in chain[:-1]])
        if not (asked & ~named).any():
            closed.add(parent)
    if len(chain) == 1:
        return group
    names: dict[str, int] = {}
    for each, _ in chain:
        names |= {name: max(n, names.get(name, 0)) for name, n in each.names.items()}
    return replace(
        group,
        positions=tuple(at for each, _ in chain for at in each.positions),
        names=names,
        none=tuple(dict.fromkeys(text for each, _ in chain for text in each.none)),
        written={text: n for each, _ in chain for text, n in each.written.items()},
        reasons=(*group.reasons, f"{len(chain) - 1} more ask for a part of it"),
        parents=parents,
        sums=frozenset(closed),
    )


def _read_column(column: pa.DictionaryArray) -> tuple[list[str], NDArray[np.int64]]:
    texts = pc.utf8_trim_whitespace(column.dictionary).to_pylist()
    return texts, column.indices.to_numpy(zero_copy_only=False)


def _single_value(column: tuple[list[str], NDArray[np.int64]], rows: NDArray[np.bool_]) -> str:
    """The one text that nearly all of the rows have; blank when there is none, or all rows are meant."""
    texts, codes = column
    counts = np.bincount(codes[rows], minlength=len(texts)) if rows.any() else np.zeros(len(texts), int)
    at = int(np.argmax(counts))
    return texts[at] if counts[at] >= 0.95 * rows.sum() > 0 and not rows.all() else ""


def _rows_with(column: tuple[list[str], NDArray[np.int64]], text: str) -> NDArray[np.bool_]:
    texts, codes = column
    mask: NDArray[np.bool_] = np.array([each == text for each in texts])[codes]
    return mask


def name_file_groups(files: Sequence[str], lacking: Collection[str], known: Mapping[str, str]) -> dict[str, str]:
    """The group that each file without a group column is named after: a known one, else what sets its name apart."""
    words = {file: _split_stem(file) for file in files}
    common = set.intersection(*map(set, words.values())) if len(files) > 1 else set()
    found = {}
    for file in (each for each in files if each in lacking):
        stem = f" {' '.join(words[file]).casefold()} "
        codes = {code for name, code in known.items() if f" {' '.join(_split_stem(name))} " in stem}
        own = [word for word in words[file] if word not in common and not re.fullmatch(r"(?:19|20)\d\d", word)]
        if len(codes) == 1:
            found[file] = codes.pop()
        elif not known:
            found[file] = " ".join(own or words[file])
    return found


def _split_stem(name: str) -> list[str]:
    stem = re.sub(r"\.(?:csv|tsv|txt|xlsx?|ods|sav|gz|zip)\b", "", name, flags=re.IGNORECASE)
    return [word for word in re.split(r"[\s_.\-()]+", stem) if word]
