"""Export columns to declared roles: the tool-neutral, all-text layer.

Only declared columns leave the raw layer; everything else, names and addresses included, stays there.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

from pipeline.ingest.pseudonyms import make_pseudonyms
from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._text import trim_header
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.errors import UserError
from schemas.definitions import ExportFile, Item
from schemas.problems import Problem


def select_columns(
    tables: Iterable[RawTable], definitions: WaveDefinitions, key: bytes
) -> tuple[pd.DataFrame, list[Problem]]:
    """Stack a wave's exports into one frame of text, one row per response.

    Returns:
        A frame with ``file, sheet, row, file_group, respondent`` and one categorical text column per
        role: ``item:CODE``, ``group:0`` …, ``started``, ``finished``, ``test``, ``share``,
        ``comment:0`` …; and the problems seen (columns nobody declared).

    Raises:
        UserError: ``column_absent`` or ``column_twice``, every one of them.
    """
    frames, problems, errors = [], [], []
    for table in tables:
        chosen, missing = _match_roles(table, definitions)
        errors += missing
        if missing:
            continue
        frames.append(_as_frame(table, chosen, definitions, key))
        unused = len(set(range(len(table.headers))) - set(chosen.values()))
        if unused:
            problems.append(
                Problem(
                    code="column_unused",
                    what=f"{unused} of {len(table.headers)} columns are not declared",
                    wave=str(definitions.year),
                    file=table.file,
                    sheet=table.sheet,
                )
            )
    if errors:
        raise UserError(errors)
    return _stack(frames), problems


def _declared_headers(definitions: WaveDefinitions, *, file_has_group: bool) -> list[tuple[str, tuple[str, ...], bool]]:
    """Role, the headers it may carry, and whether it may be absent from this file."""
    wave = definitions.wave
    roles = [(f"item:{item.item}", _item_headers(item), False) for item in definitions.items]
    single = {
        "respondent": wave.respondent_column,
        "started": wave.started_column,
        "finished": wave.finished_column,
        "test": wave.responses.test_column,
        "share": wave.share_comment_column,
    }
    roles += [(role, (header,), False) for role, header in single.items() if header]
    # a file that holds a single group need not repeat the group question
    roles += [(f"group:{i}", (header,), file_has_group) for i, header in enumerate(wave.group_columns)]
    roles += [(f"comment:{i}", (header,), False) for i, header in enumerate(wave.comment_columns)]
    return roles


def _item_headers(item: Item) -> tuple[str, ...]:
    return (item.column,) if item.column else (item.item, *item.text.values())


def _match_roles(table: RawTable, definitions: WaveDefinitions) -> tuple[dict[str, int], list[Problem]]:
    positions: dict[str, list[int]] = {}
    for position, header in enumerate(table.headers):
        positions.setdefault(header, []).append(position)
    for header, found in list(positions.items()):
        if len(found) > 1:
            positions |= {f"{header} [{nth}]": [position] for nth, position in enumerate(found, start=1)}
    chosen, problems = {}, []
    file_has_group = bool(file_entry(table, definitions).group)
    for role, headers, optional in _declared_headers(definitions, file_has_group=file_has_group):
        found = next((positions[name] for h in headers if (name := trim_header(h)) in positions), [])
        if len(found) == 1:
            chosen[role] = found[0]
        elif found or not optional:
            what = "appears more than once" if found else "is not in the export"
            problems.append(
                Problem(
                    code="column_twice" if found else "column_absent",
                    what=f"The column for {_describe_role(role)} {what}",
                    wave=str(definitions.year),
                    file=table.file,
                    sheet=table.sheet,
                    row=table.first_row - 1,
                    column=headers[0],
                )
            )
    return chosen, problems


def _describe_role(role: str) -> str:
    kind, _, code = role.partition(":")
    words = {"respondent": "the response id", "group": "the group", "test": "test responses", "comment": "open answers"}
    words |= {"started": "the start time", "finished": "the time of sending", "share": "leave to share open answers"}
    return f"item {code}" if kind == "item" else words[kind]


def _as_frame(table: RawTable, chosen: dict[str, int], definitions: WaveDefinitions, key: bytes) -> pd.DataFrame:
    row = np.arange(table.first_row, table.first_row + table.n_rows, dtype="int32")
    columns = {role: _to_categorical(table.columns[at]) for role, at in chosen.items() if role != "respondent"}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.n_rows))
    frame.insert(0, "file", pd.Categorical.from_codes(np.zeros(table.n_rows, "int8"), categories=[table.file]))
    frame.insert(1, "sheet", pd.Categorical.from_codes(np.zeros(table.n_rows, "int8"), categories=[table.sheet]))
    frame.insert(2, "row", row)
    frame.insert(3, "file_group", file_entry(table, definitions).group or "")
    places = pd.Series(row).astype("str").radd(f"{definitions.year}|{table.file}|{table.sheet}|")
    if "respondent" in chosen:
        ids = pd.Series(_to_categorical(table.columns[chosen["respondent"]]).astype("str")).str.strip()
        places = ids.where(ids != "", places)
    frame.insert(4, "respondent", make_pseudonyms(places, key))
    # a row without any text at all is not a response; it is dropped here and never counted
    filled = np.zeros(table.n_rows, dtype=bool)
    for column in table.columns:
        filled |= _has_text(column)
    return frame[filled]


def _has_text(column: pa.DictionaryArray) -> np.ndarray:
    by_text = pc.not_equal(pc.utf8_trim_whitespace(column.dictionary), "").to_numpy(zero_copy_only=False)
    filled: np.ndarray = by_text[column.indices.to_numpy(zero_copy_only=False)]
    return filled


def file_entry(table: RawTable, definitions: WaveDefinitions) -> ExportFile:
    """What survey.toml says of the file and sheet a table was read from."""
    for entry in definitions.wave.files:
        if entry.file == table.file and entry.sheet in ("", table.sheet):
            return entry
    return ExportFile(file=table.file)


def _to_categorical(column: pa.DictionaryArray) -> pd.Categorical:
    codes = column.indices.to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=pd.Index(column.dictionary.to_pylist(), dtype="str"))


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    stacked = {}
    for name in names:
        if name in ("row", "respondent"):
            stacked[name] = pd.concat([frame[name] for frame in frames], ignore_index=True)
        else:
            stacked[name] = pd.Series(_union([_text_column(frame, name) for frame in frames]))
    return pd.DataFrame(stacked)


def _text_column(frame: pd.DataFrame, name: str) -> pd.Categorical:
    """A column as categorical text; blank throughout where the file does not have it."""
    if name not in frame:
        return pd.Categorical.from_codes(np.zeros(len(frame), "int8"), categories=pd.Index([""], dtype="str"))
    return frame[name].astype("category").array


def _union(parts: list[pd.Categorical]) -> pd.Categorical:
    return parts[0] if len(parts) == 1 else union_categoricals(parts, sort_categories=True)
