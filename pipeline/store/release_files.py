"""Released tables as CSV: what a release folder holds for everybody to read, and the auditor to read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.store.errors import UserError, user_error
from pipeline.store.files import write_text
from pipeline.store.tables import conform
from schemas.problems import counted
from schemas.tables import TABLES

RELEASED = tuple(
    name.removeprefix("released_") for name in TABLES if name.startswith("released_") and name != "released_excerpts"
)
"""Names of the released tables of figures, without ``released_``: the names of their CSV files."""


def write_released(frame: pd.DataFrame, name: str, folder: Path) -> Path:
    """Write one released table of one year: UTF-8, a header, whole numbers, blank where a figure is withheld.

    Args:
        frame: rows of ``released_<name>``.
        name: one of ``RELEASED``.
        folder: where ``<name>.csv`` goes.
    """
    table = conform(frame, f"released_{name}")
    return write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))


def read_released(name: str, folder: Path, year: int) -> pd.DataFrame:
    """Read a released table back, with ``year`` as its first column; empty where the folder has no such file.

    Raises:
        UserError: ``release_unreadable`` for a file that is not such a table.
    """
    path = folder / f"{name}.csv"
    schema = TABLES[f"released_{name}"].to_schema()
    if not path.is_file():
        return pd.DataFrame({"year": pd.Series(dtype="int64")} | {c: pd.Series(dtype="object") for c in schema.columns})
    try:
        text = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except (UnicodeError, ValueError) as error:
        raise _unreadable(path, type(error).__name__) from None
    if list(text.columns) != list(schema.columns):
        lacking = [name for name in schema.columns if name not in text.columns]
        more = len(set(text.columns) - set(schema.columns))  # their names may be somebody's answers
        told = [f"it lacks {', '.join(lacking)}"] * bool(lacking) + [counted(more, "column") + " too many"] * bool(more)
        raise _unreadable(path, "; ".join(told) or "its columns are in another order")
    typed = {}
    for column, rules in schema.columns.items():
        kind = rules.dtype.type if rules.dtype is not None else None
        cells = text[column]
        if isinstance(kind, pd.CategoricalDtype) or kind is None or pd.api.types.is_string_dtype(kind):
            typed[column] = cells
        elif pd.api.types.is_bool_dtype(kind):
            if not cells.isin(["True", "False"]).all():
                raise _unreadable(path, f"column {column} holds something else than True and False")
            typed[column] = cells == "True"
        else:
            try:
                typed[column] = pd.to_numeric(cells.mask(cells == "")).astype(kind)
            except (TypeError, ValueError):
                raise _unreadable(path, f"column {column} holds something else than numbers") from None
    try:
        table = conform(pd.DataFrame(typed), f"released_{name}")
    except UserError as error:
        raise _unreadable(path, error.problems[0].what) from None
    table.insert(0, "year", year)
    return table


def _unreadable(path: Path, why: str) -> Exception:
    return user_error(
        "release_unreadable", f"This is not a released table as the program writes it: {why}", file=path.name
    )
