"""Any plain table: CSV, TSV or workbook with one header row (or as many as survey.toml declares)."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._cells import read_cells
from pipeline.ingest.readers._text import slice_columns, trim_header
from schemas.definitions import Wave

TOOL = "plain"


def read_export(path: Path, wave: Wave) -> list[RawTable]:
    """One table; with several header rows their texts are joined with a blank."""
    sheet, head, columns = read_cells(path, wave)
    rows = wave.header_rows or 1
    headers = tuple(trim_header(" ".join(parts)) for parts in zip(*head[:rows], strict=True))
    return [RawTable(path.name, sheet, headers, slice_columns(columns, rows), first_row=rows + 1)]
