"""Microsoft Forms: the downloaded workbook, one sheet, one header row.

The first columns are ``ID``, ``Start time``, ``Completion time``, ``Email`` and ``Name`` (newer forms
add ``Last modified time``), then one column per question, its header often ending in a non-breaking
blank. Times become ISO text; several choices in one cell stay as ``a;b;``.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._cells import read_cells
from pipeline.ingest.readers._text import slice_columns, trim_header
from schemas.definitions import Wave

TOOL = "microsoft_forms"


def read_export(path: Path, wave: Wave) -> list[RawTable]:
    """One table: the sheet that survey.toml names, or the first; see ``RawTable``."""
    sheet, head, columns = read_cells(path, wave)
    headers = tuple(trim_header(cell) for cell in head[0])
    return [RawTable(path.name, sheet, headers, slice_columns(columns, 1), first_row=2)]
