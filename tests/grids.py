"""Grids and small files for tests of readers, from rows of cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from pipeline.ingest.readers import Grid, Layout, RawTable, find_readers, read_export, recognise_tool
from schemas.definitions import Wave


def make_grid(rows: Sequence[Sequence[str]], sheet: str = "") -> Grid:
    """A grid of rows; short ones are filled up with blank cells."""
    width = max(map(len, rows), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = [pa.array(list(column), pa.string()).dictionary_encode() for column in zip(*full, strict=True)]
    return Grid("export.csv", sheet, tuple(columns))


def lay_out(tool: str, rows: Sequence[Sequence[str]], **settings: Any) -> Layout:
    """What a tool's reader makes of rows."""
    wave = Wave(year=2027, title="Survey", tool=tool, report_date=date(2027, 12, 1), **settings)
    return find_readers()[tool].lay_out(make_grid(rows), wave)


def score(tool: str, rows: Sequence[Sequence[str]], sheet: str = "") -> float:
    """How sure a tool's reader is that rows are its tool's."""
    return find_readers()[tool].recognise_export(make_grid(rows, sheet)).score


def recognised(rows: Sequence[Sequence[str]], sheet: str = "") -> str:
    """The tool that rows are taken for."""
    return recognise_tool(make_grid(rows, sheet))[0]


def read(tool: str, path: Path, **settings: Any) -> RawTable:
    """The one table of a file; a blank tool is recognised."""
    (table,) = read_export(path, Wave(year=2025, title="Test", tool=tool, report_date=date(2025, 12, 1), **settings))
    assert len(table.headers) == len(table.columns)
    return table


def cells(table: RawTable, column: int) -> list[str]:
    return table.columns[column].to_pylist()


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding, newline="")
    return path


def write_book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "m/d/yy h:mm:ss"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path
