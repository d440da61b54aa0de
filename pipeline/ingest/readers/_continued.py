"""A table that goes on beside itself on further sheets: EUSurvey's old workbooks, 254 columns to a sheet.

The sheets are called ``Content``, ``Content1``, ``Content2`` …; each has the titles and a header row of its
own, and a response stands in the same row on all of them. The last one holds the tool's own columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._structure import find_first_row
from pipeline.store.errors import user_error
from schemas.definitions import Wave

FIRST, WIDTH = "Content", 254


def find_continued(sheets: Sequence[str], count_columns: Callable[[str], int]) -> list[str]:
    """The sheets of one table, in their order; fewer than two where there is none."""
    names = (FIRST, *(f"{FIRST}{n}" for n in range(1, len(sheets) + 1)))
    there = list(takewhile(lambda name: name in sheets, names))
    full = len(list(takewhile(lambda name: count_columns(name) == WIDTH, there)))
    return there[: full + 1]


def join_continued(grids: Sequence[Grid], wave: Wave) -> Grid:
    """One grid of all sheets' columns, side by side, without the titles of the later ones.

    Raises:
        UserError: ``export_refused``: some rows do not go on in the last sheet, so that rows may not fit.
    """
    first = grids[0]
    rows = max(grid.n_rows for grid in grids)
    header = find_first_row(first.head(), (), wave)
    filled = [_find_filled(grid, header, rows) for grid in grids]
    if any((own & ~filled[-1]).any() for own in filled):
        raise user_error(
            "export_refused", f"The rows of sheet '{first.sheet}' do not go on in '{grids[-1].sheet}'",
            wave=str(wave.year), file=first.file, sheet=first.sheet,
            action="Export the responses as .xlsx, which holds them on one sheet.",
        )  # fmt: skip
    columns = [_fit(column, 0, rows) for column in first.columns]
    columns += [_fit(column, header, rows) for grid in grids[1:] for column in grid.columns]
    return replace(first, columns=tuple(columns), notes=tuple(note for grid in grids for note in grid.notes))


def _find_filled(grid: Grid, header: int, rows: int) -> NDArray[np.bool_]:
    """Rows from the header row on that hold any text."""
    filled = np.zeros(rows, dtype=bool)
    for column in grid.columns:
        by_text = pc.not_equal(column.dictionary, "").to_numpy(zero_copy_only=False)
        filled[: grid.n_rows] |= by_text[column.indices.to_numpy(zero_copy_only=False)]
    filled[:header] = False
    return filled


def _fit(column: pa.DictionaryArray, blank: int, rows: int) -> pa.DictionaryArray:
    """A column with its first cells blanked, and blanks up to a number of rows."""
    cells = column.dictionary_decode().to_pylist()
    return pa.array([*[""] * blank, *cells[blank:], *[""] * (rows - len(cells))], pa.string()).dictionary_encode()
