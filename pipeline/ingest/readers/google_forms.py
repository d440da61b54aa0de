"""Google Forms: the responses sheet as CSV, TSV or workbook, one header row.

Grid questions are headed ``Question [Row]``, and stay so. The first column is ``Timestamp``. Several
choices in one cell are joined with ``, `` or ``;`` and stay as they are.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._cells import read_cells
from pipeline.ingest.readers._text import slice_columns, trim_header
from schemas.definitions import Wave

TOOL = "google_forms"


def read_export(path: Path, wave: Wave) -> list[RawTable]:
    """One table; see ``RawTable``."""
    sheet, head, columns = read_cells(path, wave)
    headers = tuple(trim_header(cell) for cell in head[0])
    return [RawTable(path.name, sheet, headers, slice_columns(columns, 1), first_row=2)]
