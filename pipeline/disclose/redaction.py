"""What could tell who wrote a comment, or whom it is about, marked for a person to decide (methods S18, first pass).

Nothing is deleted and nothing leaves the machine: the proposal shows ``[e-mail]`` where an address stood, and the
reviewer sees both. No pattern knows every language; what it cannot see, the reviewer must.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.disclose.folding import MASK, fold
from pipeline.disclose.redaction_lists import compile_words, hint_words, list_words
from pipeline.disclose.redaction_names import NameIndex, find_names
from pipeline.disclose.redaction_patterns import PATTERNS
from schemas.comments import MARKS, Mark

Span = tuple[int, int, Mark]
PLACEHOLDER = re.compile(r"\[(?:" + "|".join(re.escape(mark.lower()) for mark in MARKS) + r")\]")
CLAUSE_END = r".,;:!?\n،؛؟。、"
CLAUSE = 80
"""How much of a sentence in which people single themselves out is marked, characters."""
FEW = 50
"""Texts below which a coarse first look costs more than it saves."""
AGAIN = 8
"""What is left is looked at again, at most this often: taking one thing out can lay another bare."""


def redact_comments(texts: pd.Series, names: NameIndex | None = None) -> pd.DataFrame:
    """Proposals for a column of comments; each distinct text is looked at once.

    Args:
        texts: comments as written.
        names: the roster's names, where one is given.

    Returns:
        ``proposal`` and ``marks`` (in the order of ``MARKS``, joined by '; '), by the index of ``texts``.
    """
    codes, distinct = pd.factorize(texts.astype("str"))
    proposals, marks = _redact([str(text) for text in distinct], names)
    told = ["; ".join(mark for mark in MARKS if mark in found) for found in marks]
    frame = pd.DataFrame({"proposal": pd.array(proposals, dtype="str"), "marks": pd.array(told, dtype="str")})
    return frame.take(codes).set_index(texts.index)


def redact_text(text: str, names: NameIndex | None = None) -> tuple[str, tuple[Mark, ...]]:
    """A text with everything found replaced by its mark, and which marks these are."""
    (proposal,), (found,) = _redact([text], names)
    return proposal, tuple(mark for mark in MARKS if mark in found)


def _redact(texts: list[str], names: NameIndex | None) -> tuple[list[str], list[set[Mark]]]:
    proposals, marks = list(texts), [set[Mark]() for _ in texts]
    hints = _hints() | ({"name": names.hints} if names else {})
    left = np.arange(len(texts))
    for _ in range(AGAIN):
        wanted = _find_hints([proposals[at] for at in left], hints)
        changed = []
        for at, row in zip(left[wanted.any(axis=1)], wanted[wanted.any(axis=1)], strict=True):
            look_for = frozenset(mark for mark, hinted in zip(hints, row, strict=True) if hinted)
            if spans := find_spans(proposals[at], names, look_for):
                proposals[at] = _replace(proposals[at], spans)
                marks[at] |= {mark for *_, mark in spans}
                changed.append(at)
        left = np.array(changed, dtype=left.dtype)
        if not changed:
            break
    return proposals, marks


def _replace(text: str, spans: Sequence[Span]) -> str:
    parts, at = [], 0
    for start, end, mark in _join_overlapping(spans):
        parts += [text[at:start], f"[{mark}]"]
        at = end
    return "".join([*parts, text[at:]])


def holds_placeholder(text: str) -> bool:
    """Whether a mark of a proposal stands in a text."""
    return bool(PLACEHOLDER.search(fold(text)[0]))


def find_spans(text: str, names: NameIndex | None = None, look_for: Collection[Mark] = MARKS) -> list[Span]:
    """Everything found, as places in ``text``; overlapping where one thing lies within another."""
    folded, places = fold(text)
    left = PLACEHOLDER.sub(lambda match: MASK * len(match.group()), folded)
    spans: list[Span] = []
    for pattern in (pattern for pattern in PATTERNS if pattern.mark in look_for):
        here = [match.span() for match in pattern.look.finditer(left) if pattern.is_one(match)]
        left = _mask(left, here)
        spans += [(start, end, pattern.mark) for start, end in here]
    if names is not None and "name" in look_for:
        written = text if places is None else "".join(text[at] for at in places)
        here = find_names(left, written, names)
        left = _mask(left, here)
        spans += [(start, end, "name") for start, end in here]
    if "office" in look_for:
        spans += [(*match.span("office"), "office") for match in _offices().finditer(left) if match["office"]]
    if "self-description" in look_for:
        spans += [(*match.span(), "self-description") for match in _phrases().finditer(left)]
    if places is None:
        return spans
    return [(places[start], places[end - 1] + 1, mark) for start, end, mark in spans]


def _mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        parts += [text[at:start], MASK * (end - max(start, at))]
        at = max(end, at)
    return "".join([*parts, text[at:]])


def _join_overlapping(spans: Sequence[Span]) -> list[Span]:
    """Spans from left to right without overlaps; what begins first, and of these the longest, gives the mark."""
    joined: list[Span] = []
    for start, end, mark in sorted(spans, key=lambda span: (span[0], -span[1])):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), joined[-1][2])
        else:
            joined.append((start, end, mark))
    return joined


@cache
def _offices() -> re.Pattern[str]:
    none = compile_words(list_words("none", "word"))
    return re.compile(f"{none}|(?P<office>{compile_words(list_words('office', 'word'))})")


@cache
def _phrases() -> re.Pattern[str]:
    found = compile_words(list_words("self-description", "phrase"))
    return re.compile(rf"(?:{found})[^{CLAUSE_END}]{{0,{CLAUSE}}}")


@cache
def _hints() -> dict[Mark, tuple[str, ...]]:
    found: dict[Mark, tuple[str, ...]] = {}
    for pattern in PATTERNS:
        found[pattern.mark] = (*found.get(pattern.mark, ()), pattern.hint)
    found["office"] = (hint_words(list_words("office", "word")),)
    found["self-description"] = (hint_words(list_words("self-description", "phrase")),)
    return found


def _find_hints(texts: Sequence[str], hints: Mapping[Mark, Sequence[str]]) -> NDArray[np.bool_]:
    """Which texts (rows) may hold which mark (columns): one pass a pattern over all texts, linear in their length."""
    if len(texts) < FEW:
        return np.ones((len(texts), len(hints)), dtype=bool)
    folded = pa.array([fold(text)[0] for text in texts], type=pa.large_string())
    found = np.zeros((len(texts), len(hints)), dtype=bool)
    for column, patterns in enumerate(hints.values()):
        for pattern in patterns:
            matches = pc.match_substring_regex(folded, f"(?s){pattern}")
            found[:, column] |= matches.to_numpy(zero_copy_only=False)
    return found
