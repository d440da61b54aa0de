"""What the values of a workbook do not tell: formulas, error cells, macros, stray cells far out."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from pipeline.ingest.readers._archive import DAMAGED, read_member
from schemas.definitions import Wave

FORMULA = rb"<%sc\b(?P<cell>[^<>]*)>\s*<%sf\b[^<>]*(?:/>|>[^<]*</%sf>)\s*(?P<value><%sv>[^<]+</|<%sis>)?"
ERROR = rb"<%sc\b(?P<cell>[^<>]*\bt=[\"']e[\"'][^<>]*)>"
ROW = rb"<%srow [^<>]*?\br=[\"'](\d+)"
COLUMN = rb"<%sc r=[\"']([A-Z]{1,3})"
ROOT = re.compile(rb"<(\w+:)?worksheet\b")
REFERENCE = re.compile(rb"""\br=["']([A-Z]+\d+)["']""")
TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
ODS_TABLE = re.compile(rb'<table:table\b[^<>]*?\btable:name="([^"]*)"')
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class SheetFacts(NamedTuple):
    """What one sheet's XML says.

    Attributes:
        formulas: cells with a formula; the first of them, as A1, in ``formula``.
        uncalculated: formulas whose result is not stored.
        errors: cells such as #REF!; the first of them in ``error``.
        rows: last row; ``columns``: last column.
    """

    formulas: int = 0
    formula: str = ""
    uncalculated: int = 0
    errors: int = 0
    error: str = ""
    rows: int = 0
    columns: int = 0


def has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether a workbook carries a program (Excel's or LibreOffice's)."""
    names = [member.filename for member in archive.infolist()]
    return any(
        PurePosixPath(name).name == "vbaProject.bin" or name.startswith(("Basic/", "Scripts/", "xl/macrosheets/"))
        for name in names
        if not name.endswith("/")
    )


def read_facts(archive: zipfile.ZipFile, sheet: str, wave: Wave, file: str) -> SheetFacts:
    """Scan one sheet of an .xlsx in pieces.

    Raises:
        UserError: ``export_unreadable`` or ``export_refused`` for damaged or oversized archives.
    """
    member = find_sheet(archive, sheet)
    if member is None:
        return SheetFacts()
    formulas = uncalculated = errors = rows = 0
    formula = error = ""
    columns: set[bytes] = set()
    patterns: list[re.Pattern[bytes]] = []
    for piece in whole_cells(read_member(archive, member, wave, file)):
        if not patterns:
            # some programs write every name with a prefix; literal names are found much faster
            root = ROOT.search(piece)
            prefix = (root[1] or b"") if root else b""
            patterns = [re.compile(text.replace(b"%s", prefix)) for text in (FORMULA, ERROR, ROW, COLUMN)]
        find_formulas, find_errors, find_rows, find_columns = patterns
        rows = max(rows, max(map(int, find_rows.findall(piece)), default=0))
        columns.update(find_columns.findall(piece))
        if b"<f" in piece or b":f" in piece:
            for found in find_formulas.finditer(piece):
                formulas += 1
                formula = formula or _name_cell(found["cell"])
                # an empty text is a result; an empty number is none
                uncalculated += not found["value"] and not TEXT_RESULT.search(found["cell"])
        if b't="e"' in piece or b"t='e'" in piece:
            for found in find_errors.finditer(piece):
                errors += 1
                error = error or _name_cell(found["cell"])
    last = max(map(column_number, columns), default=0)
    return SheetFacts(formulas, formula, uncalculated, errors, error, rows, last)


def read_ods_facts(archive: zipfile.ZipFile, sheet: str, wave: Wave, file: str) -> SheetFacts:
    """Scan one sheet of an .ods, whose sheets stand one after the other in one file."""
    formulas, inside = 0, False
    for piece in whole_cells(read_member(archive, archive.getinfo("content.xml"), wave, file)):
        at = 0
        for table in ODS_TABLE.finditer(piece):
            formulas += inside * piece.count(b"table:formula=", at, table.start())
            at, inside = table.start(), html.unescape(table[1].decode("utf-8", "replace")) == sheet
        formulas += inside * piece.count(b"table:formula=", at)
    return SheetFacts(formulas=formulas)


def whole_cells(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut only between cells."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = max(rest.rfind(mark) for mark in (b"</c>", b":c>", b"<c ", b":c ", b"<table:table-cell"))
        if cut > 0:
            if rest[cut : cut + 1] == b"<" and rest[cut + 1 : cut + 2] == b"/":
                cut += 4
            elif rest[cut : cut + 3] == b":c>":
                cut += 3
            elif rest[cut : cut + 3] == b":c ":
                cut = rest.rfind(b"<", 0, cut)
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _name_cell(attributes: bytes) -> str:
    found = REFERENCE.search(attributes)
    return found[1].decode() if found else ""


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def find_sheet(archive: zipfile.ZipFile, sheet: str) -> zipfile.ZipInfo | None:
    """The part of the archive that holds a sheet, by the workbook's own list."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for entry in book.iter():
            if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
                target = targets.get(entry.get(RELATED) or entry.get(STRICT), "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                return archive.getinfo(str(PurePosixPath(path)))
    except (*DAMAGED, ElementTree.ParseError):
        return None
    return None
