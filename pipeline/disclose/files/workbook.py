"""Workbooks: every cell, hidden or not, and everything around the cells that a program can show or print."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.disclose.files.names import Names
from pipeline.disclose.files.passages import Context, Finding, Passage, Place
from pipeline.disclose.files.rows import read_rows

KNOWN = re.compile(
    r"\[Content_Types\]\.xml|_rels/|docProps/|customXml/|xl/(?:_rels/|workbook\.xml|styles\.xml|sharedStrings\.xml"
    r"|theme/|metadata\.xml|calcChain\.xml|worksheets/|tables/|comments|threadedComments/|persons/|drawings/|charts/)"
)
CHART = re.compile(r"xl/charts/[^/]*\.xml")
OTHER_TEXT = re.compile(
    r"docProps/|customXml/|xl/(?:comments|threadedComments/|persons/|drawings/|tables/|sharedStrings)"
)
NUMBERED = re.compile(r"docProps/custom|xl/(?:comments|threadedComments/|drawings/.*\.xml$)")
"""Parts whose numbers are told to readers; in the others they are positions and counts of cells."""
TEXT = re.compile(r">([^<>]+)<|=\"([^\"]*)\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
VALUE = re.compile(r"<(?:\w+:)?v>([^<]*)</")


def read_workbook(path: Path, names: Names, context: Context) -> Iterator[Passage | Finding]:
    """Passages of a workbook; findings for what is hidden or cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _read_parts(archive, context)
        book = openpyxl.load_workbook(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        yield Finding("unknown")
        return
    for name, defined in book.defined_names.items():
        yield Passage(f"{name} {_plain(defined.attr_text)}", Place(column=f"defined name {name}"), context)
    for sheet in book:
        yield from _read_sheet(sheet, names, context)


def _read_sheet(sheet: Worksheet, names: Names, context: Context) -> Iterator[Passage | Finding]:
    title = sheet.title
    yield Passage(title, Place(title, column="name of the sheet"), context)
    if sheet.sheet_state != "visible":
        yield Finding("hidden", Place(title, column="the whole sheet"))
    for what, dimensions in (("column", sheet.column_dimensions), ("row", sheet.row_dimensions)):
        for key, dimension in dimensions.items():
            if dimension.hidden:
                row = key if isinstance(key, int) else None
                yield Finding("hidden", Place(title, row, f"{what} {key}"))
    for part in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        for side in ("left", "center", "right"):
            if text := getattr(getattr(sheet, part), side).text:
                yield Passage(text, Place(title, column="header or footer"), context)
    for name, defined in sheet.defined_names.items():
        if not name.startswith("Print_"):
            yield Passage(f"{name} {_plain(defined.attr_text)}", Place(title, column=f"defined name {name}"), context)
    for rule in sheet.data_validations.dataValidation:
        yield from _read_attributes(rule, title, context)
    rows = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        rows.append((number, [_show(cell) for cell in cells]))
    yield from read_rows(rows, names, context, title)


def _read_attributes(rule: Any, title: str, context: Context) -> Iterator[Passage]:
    for text in (rule.formula1, rule.prompt, rule.promptTitle, rule.error, rule.errorTitle):
        if text:
            yield Passage(str(text), Place(title, column="choices of a cell"), context)


def _read_parts(archive: zipfile.ZipFile, context: Context) -> Iterator[Passage | Finding]:
    """What cells do not show: document properties, comments, drawings, a chart's stored figures, leftovers."""
    for name in archive.namelist():
        if name.endswith("/"):
            continue
        if not KNOWN.match(name) or (name.endswith((".bin", ".vml")) and "comments" not in name and "vml" not in name):
            yield Finding("unknown", Place(column=f"part {name}"))
            continue
        if name.startswith("xl/worksheets/sheet") and FORMULA.search(archive.read(name)):
            yield Finding("unknown", Place(column=f"a formula in {name}"))  # its stored result is another number
        if not (CHART.fullmatch(name) or OTHER_TEXT.match(name)):
            continue
        text = archive.read(name).decode("utf-8", errors="replace")
        place = Place(column=f"part {name}")
        if CHART.fullmatch(name):
            yield from (Passage(value, place, context, figure=True) for value in VALUE.findall(text))
        pieces = [unescape(one or other) for one, other in TEXT.findall(text)]
        told = [piece for piece in pieces if piece.strip() and not piece.startswith("http://")]
        numbered = NUMBERED.match(name) is not None
        for piece in told:
            yield Passage(piece, place, context, numbers=numbered and not _is_markup(piece))


def _is_markup(piece: str) -> bool:
    """Versions, ids and positions between the tags of a part."""
    return bool(re.fullmatch(r"\{[0-9A-Fa-f-]+\}|rId\d+|[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?", piece))


def _plain(formula: str | None) -> str:
    """A formula without its references to cells."""
    return re.sub(r"\$?[A-Z]{1,3}\$?\d+", " ", formula or "")


def _show(cell: Any) -> str:
    """A cell's value as text; a number in full, whatever its format shows."""
    if cell is None or isinstance(cell, datetime | date | time):
        return "" if cell is None else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(round(cell, 9) if isinstance(cell, float) else cell)
