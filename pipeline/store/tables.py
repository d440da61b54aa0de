"""The one place that reads and writes stored tables: atomic Parquet, checked against schemas.tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.store.errors import user_error
from schemas.tables import TABLES


def arrange(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Put a frame into the table's column order and types, sorted by key; writing it checks the rest.

    Args:
        frame: the table's columns (others are dropped); a ``year`` column is dropped too.
        table: a name from ``schemas.tables.TABLES``.

    Raises:
        UserError: ``answers_invalid`` when a column is absent or of another type.
    """
    key = list(TABLES[table].to_schema().unique or [])
    return _cast(frame, table).sort_values(key, kind="stable", ignore_index=True)


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """An arranged frame that also keeps the table's schema.

    Raises:
        UserError: ``answers_invalid`` when the frame breaks the schema or the key is not unique.
    """
    return _validate(arrange(frame, table), table)


def _cast(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The table's columns in order and type. An empty category column comes back from Parquet as objects."""
    columns = TABLES[table].to_schema().columns
    lacking = [name for name in columns if name not in frame]
    if lacking:
        raise user_error("answers_invalid", f"Table {table} lacks column {lacking[0]}")
    typed = frame[list(columns)].copy()
    for name, column in columns.items():
        kind = column.dtype.type if column.dtype is not None else None
        if isinstance(kind, pd.CategoricalDtype):
            typed[name] = _as_text_category(typed[name])
        elif kind is not None:
            try:
                typed[name] = typed[name].astype(kind)
            except (TypeError, ValueError):  # its text would print the value
                raise user_error("answers_invalid", f"Table {table}, column {name} is not of type {kind}") from None
    return typed


def _validate(typed: pd.DataFrame, table: str) -> pd.DataFrame:
    schema = TABLES[table].to_schema()
    try:
        checked: pd.DataFrame = schema.validate(typed, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        # The exception's own text would print stored values; name the column and the rule only.
        first = errors.failure_cases.iloc[0]
        if first["check"] == "multiple_fields_uniqueness":
            what = f"Table {table} holds two rows with the same {', '.join(schema.unique or [])}"
        else:
            what = f"Table {table}, column {first['column']} fails {first['check']}"
        raise user_error("answers_invalid", what) from None
    return checked


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


def write_table(frame: pd.DataFrame, table: str, folder: Path, year: int) -> Path:
    """Write one year of a table and return the file; readers never see a half-written file."""
    return write_frame(conform(frame, table), folder / f"year={year}" / "part-0.parquet")


def write_frame(frame: pd.DataFrame, path: Path) -> Path:
    """Write a layer whose columns depend on the wave (text and coded answers), in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    pq.write_table(_type_blanks(pa.Table.from_pandas(frame, preserve_index=False)), scratch, compression="zstd")
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
    return pd.read_parquet(path)


def read_table(table: str, folder: Path, years: list[int] | None = None) -> pd.DataFrame:
    """Read a table's years (all by default) with ``year`` as the first column.

    Returns an empty frame with the right columns when no year is stored.
    """
    found = sorted(int(path.name.removeprefix("year=")) for path in folder.glob("year=*"))
    wanted = [year for year in found if years is None or year in years]
    if not wanted:
        empty = {name: pd.Series(dtype="object") for name in TABLES[table].to_schema().columns}
        return pd.DataFrame({"year": pd.Series(dtype="int64"), **empty})
    # one read and one check for all years; categories are united by the Parquet reader
    stored = pd.read_parquet(folder, filters=[("year", "in", wanted)])
    frame = _validate(_cast(stored, table), table)
    frame.insert(0, "year", stored["year"].astype("int64"))
    return frame
