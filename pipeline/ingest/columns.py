"""Export columns to declared roles: the tool-neutral, all-text layer.

Only declared columns leave the raw layer; everything else, names and addresses included, stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.types import union_categoricals

from pipeline.ingest.cells import is_write_in
from pipeline.ingest.headers import Headers, find_header_row
from pipeline.ingest.personal import find_personal
from pipeline.ingest.pseudonyms import make_pseudonyms
from pipeline.ingest.readers import RawTable
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.errors import UserError
from schemas.definitions import ExportFile, Item
from schemas.problems import Problem, counted

LOOKED_AT = 500
"""Rows that tell whether a column holds personal data."""
MOST_NAMED = 12
IDENTITY = ("file", "sheet", "row", "file_group", "level", "respondent")
OWN_TEXTS = ("started", "finished", "comment")
"""Roles whose cells are nearly all different: plain text, for which categories would be work and no gain."""


def select_columns(
    tables: Iterable[RawTable], definitions: WaveDefinitions, key: bytes
) -> tuple[pd.DataFrame, list[Problem]]:
    """Stack a wave's exports into one frame of text, one row per response.

    Returns:
        A frame with ``file, sheet, row, file_group, level, respondent`` and one text column per role,
        categorical but for ``OWN_TEXTS``: ``item:CODE``, ``group:0`` … (``group:0:OPTION`` for each column of
        a question with one per group), ``started``, ``finished``, ``duration``, ``test``, ``share``,
        ``comment:0`` …, ``cut:CODE``; and the problems seen: what reading noticed, columns nobody declared,
        another number of responses.

    Raises:
        UserError: ``column_absent``, ``column_twice`` or ``block_beside``, every one of them.
    """
    frames: list[pd.DataFrame] = []
    problems: list[Problem] = []
    errors: list[Problem] = []
    for table in tables:
        problems += table.notes
        chosen, missing = match_roles(table, definitions)
        errors += missing
        if missing:
            continue
        frames.append(_as_frame(table, chosen, definitions, key))
        unused = len(set(range(len(table.headers))) - set(chosen.values()))
        if unused:
            what = f"{unused} of {len(table.headers)} columns are not declared"
            problems.append(_about(table, definitions, "column_unused", what))
        problems += _tell_personal(table, chosen, definitions)
    if errors:
        raise UserError(errors)
    texts = _stack(frames)
    declared = definitions.wave.respondents
    if declared is not None and declared != len(texts):
        problems.append(
            Problem(
                code="respondents_differ",
                what=f"survey.toml declares {counted(declared, 'response')}, the exports hold {len(texts)}",
                wave=str(definitions.year), file=f"{definitions.year}/survey.toml", column="respondents",
            )
        )  # fmt: skip
    return texts, problems


def _tell_personal(table: RawTable, chosen: dict[str, int], definitions: WaveDefinitions) -> Iterator[Problem]:
    """The columns with personal data among those that nothing reads; the first rows tell."""
    unread = [at for at in range(len(table.headers)) if at not in set(chosen.values())]
    found = find_personal(
        [table.headers[at] for at in unread],
        [table.columns[at].slice(0, LOOKED_AT) for at in unread],
        {place: table.roles[at] for place, at in enumerate(unread) if at in table.roles},
    )
    if found:
        first, names = unread[min(found)], [table.headers[unread[at]] or "no header" for at in sorted(found)]
        listed = "', '".join(names[:MOST_NAMED]) + ("' and others" if len(names) > MOST_NAMED else "'")
        what = f"{counted(len(found), 'column')} with personal data left where they are: '{listed}"
        yield _about(table, definitions, "personal_data", what, column=table.headers[first])


def match_roles(table: RawTable, definitions: WaveDefinitions) -> tuple[dict[str, int], list[Problem]]:
    """The column of each declared role in one table, and what cannot be matched."""
    headers, entry = Headers.of(table), file_entry(table, definitions)
    chosen: dict[str, int] = {}
    absent: list[Problem] = []
    unclear: list[tuple[list[int], Problem]] = []

    def settle(role: str, found: list[int], name: str, *, optional: bool = False) -> None:
        if len(found) == 1:
            chosen[role] = found[0]
        elif found:
            what = f"The column for {_describe_role(role)} appears more than once"
            unclear.append((found, _about(table, definitions, "column_twice", what, table.first_row - 1, name)))
        elif not optional:
            what = f"The column for {_describe_role(role)} is not in the export"
            absent.append(_about(table, definitions, "column_absent", what, table.first_row - 1, name))

    for role, names in _declared_names(definitions):
        settle(role, headers.find(names), names[0])
    for position, name in enumerate(definitions.wave.group_headers):
        role, columns = f"group:{position}", headers.find([name])
        options = headers.find_options(name)
        if len(columns) == 1:  # what people write beside a single choice belongs to it
            options = {at: option for at, option in options.items() if at not in columns and is_write_in(option)}
        if len(columns) == 1 or not options:
            # a file that holds a single group need not repeat the group question
            settle(role, columns, name, optional=bool(entry.group))
        for at, option in options.items():
            # an option offered twice means the same group; blanks at the end keep the two columns apart
            while f"{role}:{option}" in chosen:
                option += " "
            chosen[f"{role}:{option}"] = at
    if len(absent) > 1 and (row := find_header_row(table, [problem.column for problem in absent])):
        action = f"Row {row} holds it: set first_header_row to {row} in survey.toml."
        absent = [replace(problem, action=action) for problem in absent]
    return chosen, [
        *absent,
        *_explain_unclear(unclear, headers, table, definitions),
        *_shared(chosen, table, definitions),
    ]


def _declared_names(definitions: WaveDefinitions) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each role but the groups', and the names its column may have."""
    wave = definitions.wave
    for item in definitions.items:
        yield f"item:{item.item}", _item_names(item)
    single = {
        "respondent": wave.respondent_column,
        "started": wave.started_column,
        "finished": wave.finished_column,
        "duration": wave.responses.duration_column,
        "test": wave.responses.test_column,
        "share": wave.share_comment_column,
    }
    yield from ((role, (name,)) for role, name in single.items() if name)
    yield from ((f"comment:{position}", (name,)) for position, name in enumerate(wave.comment_columns))
    yield from ((f"cut:{cut.cut}", (cut.column,)) for cut in definitions.cuts)


def _item_names(item: Item) -> tuple[str, ...]:
    return (item.column,) if item.column else (item.item, *item.text.values())


def _explain_unclear(
    unclear: list[tuple[list[int], Problem]], headers: Headers, table: RawTable, definitions: WaveDefinitions
) -> list[Problem]:
    """Each unclear column, or in their place one problem for the whole block that was copied beside the answers."""
    blocks = headers.find_blocks() if unclear else []
    in_blocks = {at for pair in blocks for block in pair for at in block}
    if not any(set(found) <= in_blocks for found, _ in unclear):
        return [problem for _, problem in unclear]
    first, again = max(blocks, key=lambda pair: len(pair[0]))
    what = (
        f"Columns {again.start + 1} to {again.stop} have the same headers as columns {first.start + 1} to {first.stop}"
    )
    block = _about(table, definitions, "block_beside", what, table.first_row - 1, headers.headers[again.start])
    return [block, *(problem for found, problem in unclear if not set(found) <= in_blocks)]


def _shared(chosen: dict[str, int], table: RawTable, definitions: WaveDefinitions) -> Iterator[Problem]:
    """Columns that two items would be read from."""
    items: dict[int, list[str]] = {}
    for role, at in chosen.items():
        if role.startswith("item:"):
            items.setdefault(at, []).append(role.removeprefix("item:"))
    for at, codes in items.items():
        if len(codes) > 1:
            what = f"Items {', '.join(codes)} would be read from the same column"
            yield _about(
                table, definitions, "column_twice", what, table.first_row - 1, table.headers[at],
                action="Give each its own column in items.csv.",
            )  # fmt: skip


def _about(
    table: RawTable, definitions: WaveDefinitions, code: str, what: str, row: int | None = None, column: str = "", *, action: str = ""
) -> Problem:  # fmt: skip
    row = row if row is None else max(row, 1)
    return Problem(
        code=code, what=what, wave=str(definitions.year), file=table.file, sheet=table.sheet,
        row=row, column=column, action=action,
    )  # fmt: skip


def _describe_role(role: str) -> str:
    kind, _, code = role.partition(":")
    words = {"respondent": "the response id", "group": "the group", "test": "test responses", "comment": "open answers"}
    words |= {"started": "the start time", "finished": "the time of sending", "share": "leave to share open answers"}
    words |= {"duration": "the time a response took", "cut": f"cut '{code}'"}
    return f"item {code}" if kind == "item" else words[kind]


def _as_frame(table: RawTable, chosen: dict[str, int], definitions: WaveDefinitions, key: bytes) -> pd.DataFrame:
    """The chosen columns of one table, without rows that hold no text at all: they are no responses."""
    filled = np.zeros(table.n_rows, dtype=bool)
    for column in table.columns:
        if filled.all():
            break
        filled |= _has_text(column)
    kept: slice | NDArray[np.intp] = slice(None) if filled.all() else np.flatnonzero(filled)
    row = np.arange(table.first_row, table.first_row + table.n_rows, dtype="int32")[kept]
    entry = file_entry(table, definitions)
    data: dict[str, object] = {
        "file": _constant(table.file, len(row)),
        "sheet": _constant(table.sheet, len(row)),
        "row": row,
        "file_group": _constant(entry.group or "", len(row)),
        "level": _constant(entry.level or definitions.wave.level, len(row)),
    }
    ids = table.columns[chosen["respondent"]] if "respondent" in chosen else None
    data["respondent"] = _name_respondents(ids, kept, row, f"{definitions.year}|{table.file}|{table.sheet}|", key)
    for role, at in chosen.items():
        if role.partition(":")[0] in OWN_TEXTS:
            data[role] = pd.array(table.columns[at].cast(pa.large_string()), dtype="str")[kept]
        elif role != "respondent":
            data[role] = _to_categorical(table.columns[at], kept)
    return pd.DataFrame(data)


def _name_respondents(
    ids: pa.DictionaryArray | None, kept: slice | NDArray[np.intp], row: NDArray[np.int32], place: str, key: bytes
) -> pd.api.extensions.ExtensionArray:
    """Pseudonyms of the response ids; where there is none, of the place in the export."""
    if ids is None:
        return make_pseudonyms([f"{place}{at}" for at in row.tolist()], key)
    texts = [text.strip() for text in ids.dictionary.to_pylist()]
    codes = ids.indices.to_numpy(zero_copy_only=False)[kept]
    names = make_pseudonyms(texts, key).take(codes)
    blank = np.flatnonzero(np.array([not text for text in texts], dtype=bool)[codes])
    if len(blank):
        names[blank] = make_pseudonyms([f"{place}{at}" for at in row[blank].tolist()], key)
    return names


def _has_text(column: pa.DictionaryArray) -> NDArray[np.bool_]:
    by_text = pc.not_equal(pc.utf8_trim_whitespace(column.dictionary), "").to_numpy(zero_copy_only=False)
    filled: NDArray[np.bool_] = by_text[column.indices.to_numpy(zero_copy_only=False)]
    return filled


def file_entry(table: RawTable, definitions: WaveDefinitions) -> ExportFile:
    """What survey.toml says of the file and sheet a table was read from."""
    for entry in definitions.wave.files:
        if entry.file == table.file and entry.sheet in ("", table.sheet):
            return entry
    return ExportFile(file=table.file)


def _constant(text: str, n: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(n, "int8"), categories=pd.Index([text], dtype="str"))


def _to_categorical(column: pa.DictionaryArray, kept: slice | NDArray[np.intp]) -> pd.Categorical:
    codes = column.indices.to_numpy(zero_copy_only=False)[kept]
    categories = pd.Index(column.dictionary.to_pandas(), dtype="str")
    return pd.Categorical.from_codes(codes, categories=categories)


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    stacked = {}
    for name in names:
        parts = [_text_column(frame, name) for frame in frames]
        if isinstance(parts[0], pd.Categorical):
            stacked[name] = pd.Series(union_categoricals(parts, sort_categories=True))
        else:
            stacked[name] = pd.concat([pd.Series(part) for part in parts], ignore_index=True)
    return pd.DataFrame(stacked)


def _text_column(frame: pd.DataFrame, name: str) -> pd.api.extensions.ExtensionArray:
    """A column as it is; blank throughout where the file lacks it, as it may lack groups."""
    return frame[name].array if name in frame else _constant("", len(frame))
