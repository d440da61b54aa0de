"""Cells of an export, whatever its file type: delimited text or one sheet of a workbook."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.ingest.readers._text import read_delimited
from pipeline.ingest.readers._workbook import read_sheet
from schemas.definitions import Wave

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}


def read_cells(path: Path, wave: Wave) -> tuple[str, list[list[str]], tuple[pa.DictionaryArray, ...]]:
    """Sheet name (blank for text files), first rows (at most 5), and the columns with headers in them."""
    if path.suffix.lower() in WORKBOOKS:
        return read_sheet(path, wave, wave.sheet)
    head, columns = read_delimited(path, wave)
    return "", head, columns
