"""Cells that keep a spreadsheet from changing them: ``="001"`` in delimited text means ``001``."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.readers._grid import Grid
from schemas.definitions import Wave
from schemas.problems import Problem, counted

PROTECTED = r'^\s*="(?:[^"]|"")*"\s*$'
OUTER = r'^\s*="|"\s*$'


def read_protected(grid: Grid, wave: Wave) -> Grid:
    """A grid whose protected cells hold their text, with a note that says how many; other formulas stay as written."""
    columns, cells, first = list(grid.columns), 0, grid.n_rows
    for at, column in enumerate(grid.columns):
        marked = pc.fill_null(pc.match_substring_regex(column.dictionary, PROTECTED), False)
        rows = marked.take(column.indices) if pc.any(marked).as_py() else None
        if rows is None or not (here := pc.sum(rows).as_py()):
            continue
        cells, first = cells + here, min(first, pc.index(rows, True).as_py())
        plain = pc.replace_substring(pc.replace_substring_regex(column.dictionary, OUTER, ""), '""', '"')
        texts = pc.if_else(marked, plain, column.dictionary)
        # two spellings may have become one: each text stands once in a dictionary
        columns[at] = pa.DictionaryArray.from_arrays(column.indices, texts).dictionary_decode().dictionary_encode()
    if not cells:
        return grid
    note = Problem(
        "formulas_read",
        f'{counted(cells, "cell")} written as ="text", to protect them from a spreadsheet; the text was read',
        wave=str(wave.year),
        file=grid.file,
        sheet=grid.sheet,
        row=grid.first_row + first,
        action="Nothing, if the tool or a colleague wrote them so.",
    )
    return replace(grid, columns=tuple(columns), notes=(*grid.notes, note))
