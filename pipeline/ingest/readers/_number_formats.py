"""Whole numbers that a workbook shows with zeros in front: ``1`` under the format ``000`` is read as ``001``.

Ids, postcodes and answer codes lose their zeros otherwise. Other formats round, add signs or words, and
say nothing that the stored number does not say better.
"""

from __future__ import annotations

import re
import zipfile
from xml.etree import ElementTree

from pipeline.ingest.readers._archive import DAMAGED, read_member
from pipeline.ingest.readers._sheet_xml import column_number, find_sheet, whole_cells
from schemas.definitions import Wave

ZEROS = re.compile(r"0{2,}")
CELL = rb"<(?:\w+:)?c\b(?=[^<>]*\br=[\"']([A-Z]{1,3})(\d+)[\"'])(?=[^<>]*\bs=[\"'](?:%s)[\"'])[^<>]*>"
STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
Widths = dict[int, dict[int, int]]
"""Column position -> row position -> digits shown."""


def find_widths(archive: zipfile.ZipFile, sheet: str, wave: Wave, file: str) -> Widths:
    """Cells of an .xlsx sheet whose number format is zeros and nothing else.

    Raises:
        UserError: ``export_unreadable`` or ``export_refused`` for damaged or oversized archives.
    """
    styles, member = _read_styles(archive), find_sheet(archive, sheet)
    if not styles or member is None:
        return {}
    cells = re.compile(CELL.replace(b"%s", b"|".join(str(style).encode() for style in styles)))
    found: Widths = {}
    for piece in whole_cells(read_member(archive, member, wave, file)):
        for cell in cells.finditer(piece):
            style = STYLE.search(cell[0])
            width = styles[int(style[1])] if style else 0
            found.setdefault(column_number(cell[1]) - 1, {})[int(cell[2]) - 1] = width
    return found


def pad_numbers(texts: list[str], first: int, widths: dict[int, int]) -> list[str]:
    """Cells of one column as they are shown.

    Args:
        first: row position of the first cell.
        widths: row position -> digits shown.
    """
    return [
        text.zfill(widths.get(at, 0)) if text.isascii() and text.isdigit() else text
        for at, text in enumerate(texts, start=first)
    ]


def _read_styles(archive: zipfile.ZipFile) -> dict[int, int]:
    """Cell styles that show zeros in front -> digits shown."""
    try:
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    except (*DAMAGED, ElementTree.ParseError):
        return {}
    formats = {entry.get("numFmtId"): entry.get("formatCode", "") for entry in root.iter() if _is(entry, "numFmt")}
    used = next((list(part) for part in root if _is(part, "cellXfs")), [])
    shown = [formats.get(entry.get("numFmtId"), "") for entry in used]
    return {at: len(code) for at, code in enumerate(shown) if ZEROS.fullmatch(code)}


def _is(entry: ElementTree.Element, name: str) -> bool:
    return entry.tag.rpartition("}")[2] == name
