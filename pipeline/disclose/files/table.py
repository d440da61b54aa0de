"""CSV files: a released table against the stored release, cell by cell; any other table by what its rows name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from pipeline.disclose.files.figures import COUNTED, NO_FIGURES
from pipeline.disclose.files.names import Names
from pipeline.disclose.files.passages import Context, Finding, Passage, Place
from pipeline.disclose.files.rows import read_rows
from pipeline.store.errors import UserError
from pipeline.store.release_files import RELEASED, read_released

OPEN_WHERE_WITHHELD = (*COUNTED, *NO_FIGURES, "eligible")
"""Columns of numbers that say nothing of answers, and may stand in a row that is withheld."""


def read_csv(
    path: Path, names: Names, context: Context, stored: Mapping[str, pd.DataFrame]
) -> Iterator[Passage | Finding]:
    """Passages of a CSV file; findings where a released table is not the stored one.

    Args:
        stored: released tables of all years by name.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Finding("unknown")
        return
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if path.stem in RELEASED and path.parent.name == "data":
        yield from _compare_released(path, stored.get(path.stem), context.years)
        first: dict[str, Place] = {}
        for number, cells in enumerate(rows, start=1):
            for title, cell in zip_longest(rows[0], cells, fillvalue=""):
                if cell not in first:
                    first[cell] = Place(row=number, column=title)
        yield from (Passage(cell, place, numbers=False) for cell, place in first.items())
        return
    yield from read_rows(list(enumerate(rows, start=1)), names, context)


def _compare_released(path: Path, stored: pd.DataFrame | None, years: frozenset[int]) -> Iterator[Finding]:
    (year,) = years if len(years) == 1 else (0,)
    try:
        table = read_released(path.stem, path.parent, year)
    except UserError:
        yield Finding("finer", Place(column="columns or cells that no released table has"))
        return
    if "marker" in table:
        yield from _find_withheld(table)
    if stored is None or stored.empty:
        return
    mine = stored[stored["year"] == year]
    if len(mine) != len(table):
        yield Finding("differs", Place(column="number of rows"))
        return
    for column in table.columns:
        there = table[column].astype("object").where(table[column].notna(), None).to_numpy()
        here = mine[column].astype("object").where(mine[column].notna(), None).to_numpy()
        for at in (there != here).nonzero()[0]:
            yield Finding("differs", Place(row=int(at) + 2, column=column))


def _find_withheld(table: pd.DataFrame) -> Iterator[Finding]:
    hidden = table["marker"] == "c"
    for column in table.columns:
        whole = pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column])
        if whole and column not in OPEN_WHERE_WITHHELD:
            for at in (hidden & table[column].notna()).to_numpy().nonzero()[0]:
                yield Finding("withheld", Place(row=int(at) + 2, column=column))
