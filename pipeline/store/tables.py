"""The one place that reads and writes stored tables: atomic Parquet, checked against schemas.tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.store.errors import user_error
from pipeline.store.long_frames import check_values, find_order
from schemas.tables import TABLES

LONG: Mapping[str, Any] = {"write_statistics": False, "write_batch_size": 1 << 17, "max_rows_per_page": 1 << 20}
"""How forty million rows are written and read fast. All go into one row group, because each would repeat every
dictionary, all pseudonyms among them; statistics serve to skip row groups, so that nothing would use them.
"""


def arrange(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Put a frame into the table's column order and types, sorted by key; writing it checks the rest.

    Args:
        frame: the table's columns (others are dropped); a ``year`` column is dropped too.
        table: a name from ``schemas.tables.TABLES``.

    Raises:
        UserError: ``answers_invalid`` when a column is absent or of another type.
    """
    return _arrange(frame, table)[0]


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """An arranged frame that also keeps the table's schema.

    Raises:
        UserError: ``answers_invalid`` when the frame breaks the schema or the key is not unique.
    """
    typed, repeated = _arrange(frame, table)
    _check(typed, table, repeated)
    return typed


def _arrange(frame: pd.DataFrame, table: str) -> tuple[pd.DataFrame, bool]:
    """The typed frame sorted by key, and whether the same key comes twice."""
    typed = _cast(frame, table)
    order, repeated = find_order(typed, _key(table))
    return (typed if order is None else typed.take(order)).reset_index(drop=True), repeated


def _cast(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The table's columns in order and type. An empty category column comes back from Parquet as objects."""
    columns = TABLES[table].to_schema().columns
    lacking = [name for name in columns if name not in frame]
    if lacking:
        raise user_error("answers_invalid", f"Table {table} lacks column {lacking[0]}")
    typed = {}
    for name, column in columns.items():
        kind = column.dtype.type if column.dtype is not None else None
        if isinstance(kind, pd.CategoricalDtype):
            typed[name] = _as_text_category(frame[name])
        else:
            try:
                typed[name] = frame[name] if kind is None else frame[name].astype(kind)
            except (TypeError, ValueError):  # its text would print the value
                raise user_error("answers_invalid", f"Table {table}, column {name} is not of type {kind}") from None
    return pd.DataFrame(typed, copy=False)


def _as_text_category(column: pd.Series) -> pd.Series:
    """A categorical of text, also when empty: Parquet would store a dictionary of nothing otherwise,
    and reading it together with other years would blank theirs.
    """
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("str")
        column = column.astype(pd.CategoricalDtype(pd.Index(sorted(column.dropna().unique()), dtype="str")))
    if column.cat.categories.dtype != "str":
        column = column.cat.rename_categories(column.cat.categories.astype("str"))
    return column


def _key(table: str) -> list[str]:
    return list(TABLES[table].to_schema().unique or [])


@cache
def _column_rules(table: str) -> pandera.pandas.DataFrameSchema:
    return pandera.pandas.DataFrameSchema(TABLES[table].to_schema().columns, strict=True)


def _check(typed: pd.DataFrame, table: str, repeated: bool) -> None:
    """Refuse a frame that breaks the schema, or has a key twice."""
    try:
        check_values(typed, _column_rules(table))
    except pandera.errors.SchemaErrors as errors:
        # The exception's own text would print stored values; name the column and the rule only.
        first = errors.failure_cases.iloc[0]
        what = f"Table {table}, column {first['column']} fails {first['check']}"
        raise user_error("answers_invalid", what) from None
    if repeated:
        raise user_error("answers_invalid", f"Table {table} holds two rows with the same {', '.join(_key(table))}")


def write_table(frame: pd.DataFrame, table: str, folder: Path, year: int) -> Path:
    """Write one year of a table and return the file; readers never see a half-written file."""
    return write_frame(conform(frame, table), folder / f"year={year}" / "part-0.parquet")


def write_frame(frame: pd.DataFrame, path: Path) -> Path:
    """Write a layer whose columns depend on the wave (text and coded answers), in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    stored = _type_blanks(pa.Table.from_pandas(frame, preserve_index=False))
    pq.write_table(stored, scratch, compression="zstd", row_group_size=max(stored.num_rows, 1), **LONG)
    scratch.replace(path)
    return path


def _type_blanks(table: pa.Table) -> pa.Table:
    """Columns without a single value as text: left untyped, they would blank other years read with them."""
    for position, field in enumerate(table.schema):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_null(kind):
            text = pa.dictionary(pa.int8(), pa.string())
            table = table.set_column(position, pa.field(field.name, text), pa.nulls(table.num_rows, text))
    return table


def read_frame(path: Path) -> pd.DataFrame:
    """A layer as it was written: what pandas reads, without a Python object for every distinct text."""
    with pq.ParquetFile(path) as file:
        return _to_frame(file.read())


def _to_frame(stored: pa.Table) -> pd.DataFrame:
    plain = stored.select([field.name for field in stored.schema if not pa.types.is_dictionary(field.type)]).to_pandas()
    columns = {}
    for name, column in zip(stored.column_names, stored.columns, strict=True):
        if name in plain:
            columns[name] = plain[name]
            continue
        joined = column.combine_chunks()
        codes = joined.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        columns[name] = pd.Series(pd.Categorical.from_codes(codes, pd.Index(joined.dictionary.to_pandas())))
    return pd.DataFrame(columns, copy=False)


def read_table(table: str, folder: Path, years: list[int] | None = None) -> pd.DataFrame:
    """Read a table's years (all by default) with ``year`` as the first column.

    Returns an empty frame with the right columns when no year is stored.
    """
    found = sorted(int(path.name.removeprefix("year=")) for path in folder.glob("year=*"))
    wanted = [year for year in found if years is None or year in years]
    if not wanted:
        empty = {name: pd.Series(dtype="object") for name in TABLES[table].to_schema().columns}
        return pd.DataFrame({"year": pd.Series(dtype="int64"), **empty})
    parts = [_read_year(folder, year) for year in wanted]
    # one check for all years
    frame = _cast(_to_frame(_join_years(parts) if len(parts) > 1 else parts[0]), table)
    _check(frame, table, find_order(frame, _key(table))[1])
    years_of_rows = np.repeat(np.array(wanted, dtype="int64"), [part.num_rows for part in parts])
    frame.insert(0, "year", years_of_rows)
    return frame


def _read_year(folder: Path, year: int) -> pa.Table:
    with pq.ParquetFile(folder / f"year={year}" / "part-0.parquet") as file:
        return file.read()


def _join_years(parts: list[pa.Table]) -> pa.Table:
    wide = [_widen_codes(part) for part in parts]
    return pa.concat_tables(wide, promote_options="permissive").unify_dictionaries()


def _widen_codes(table: pa.Table) -> pa.Table:
    """Category codes as wide as any year needs them: 100 people fit one byte, the 140 of the next year do not."""
    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            wide = pa.dictionary(pa.int32(), field.type.value_type)
            table = table.set_column(position, pa.field(field.name, wide), table.column(position).cast(wide))
    return table
