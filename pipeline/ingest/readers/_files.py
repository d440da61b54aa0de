"""Files to grids: the one place that knows file types, whatever the survey tool and whatever the name says."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path, PurePosixPath

from pipeline.ingest.readers._archive import MOST_BYTES, list_members, open_zip, read_member, too_large, unpack_gzip
from pipeline.ingest.readers._encoding import MARKS
from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._structure import cut_grid
from pipeline.ingest.readers._text import read_delimited
from pipeline.ingest.readers._workbook import read_workbook
from pipeline.store.errors import UserError, blocked_file, user_error
from schemas.definitions import Wave
from schemas.problems import Problem

RateGrid = Callable[[Grid], float]
TABLES = {".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".sav", ".zsav"}
TEXTS = {".txt", ".dat", ".asc", ""}
STATISTICS = (b"$FL2", b"$FL3", b"ASCII SPSS PORT FILE")
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_PARTS = (
    ("EncryptedPackage", "export_unreadable", "The workbook is protected by a password", "Remove the password and save it again."),
    ("_VBA_PROJECT", "export_refused", "The workbook carries macros", "Save the responses alone as .xlsx or .csv."),
    ("WordDocument", "export_refused", "The file is a text document", "Download the individual responses as .csv or .xlsx."),
)  # fmt: skip
"""Parts of old Office files, and what a file that holds them is."""
MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<div", b"<?xml", b"<!--")
MOST_JSON = 50_000_000


def open_grids(path: Path, wave: Wave, rate_grid: RateGrid) -> list[Grid]:
    """The tables of responses in one file, as grids whose first row is a header row.

    Args:
        path: delimited text, workbook, ``.sav``, gzip or zip; what it is is told from its content.
        wave: declared encoding, delimiter, sheet and first header row, where survey.toml has them.
        rate_grid: how much a grid looks like a survey tool's export; decides between the sheets of a
            workbook where survey.toml names none.

    Raises:
        UserError: see ``read_export``.
    """
    if path.is_dir():
        raise _refuse("a folder", "Put the files themselves into the exports folder.", wave, path.name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise blocked_file(error) from None
    opener = _Opener(path, wave, rate_grid)
    if data.startswith(GZIP):
        return opener.open_table(unpack_gzip(data, wave, path.name))
    if data.startswith(ZIP) and _find_zip_kind(data, wave, path.name) == "archive":
        return opener.open_archive(data)
    return opener.open_table(data, packed=False)


class _Opener:
    """Opens what one file holds."""

    def __init__(self, path: Path, wave: Wave, rate_grid: RateGrid) -> None:
        self.path, self.file, self.wave, self.rate_grid = path, path.name, wave, rate_grid

    def open_archive(self, data: bytes) -> list[Grid]:
        """Every table in a zip archive; members of other kinds are named in a note."""
        archive = open_zip(data, self.wave, self.file)
        members = list_members(archive)
        tables = [member for member in members if PurePosixPath(member.filename).suffix.lower() in TABLES]
        tables = tables or [member for member in members if PurePosixPath(member.filename).suffix.lower() in TEXTS]
        wanted = self.wave.sheet.split(" / ")[0]
        named = [member for member in members if wanted and member.filename == wanted]
        tables = named or tables
        if not tables:
            what = "an archive without a table" if members else "an archive without files"
            raise _refuse(what, "Put the export itself into the folder.", self.wave, self.file)
        grids: list[Grid] = []
        size = 0
        for member in tables:
            inner = b"".join(read_member(archive, member, self.wave, self.file))
            size += len(inner)
            if size > MOST_BYTES:
                raise too_large(self.wave, self.file)
            if wanted and not named and not inner.startswith((*ZIP, OLE)):
                continue  # what survey.toml names can only be a sheet of a workbook
            name = member.filename if named or len(tables) > 1 else ""
            grids += self.open_table(inner, name, PurePosixPath(member.filename).suffix)
        if not grids:
            listed = ", ".join(member.filename for member in tables)
            what = f"There is no '{wanted}' in the archive; there are: {listed}"
            raise user_error("export_unreadable", what, wave=str(self.wave.year), file=self.file)
        if named:
            # survey.toml knows the table by this name
            grids = [replace(grid, sheet=self.wave.sheet) for grid in grids]
        left_out = [member.filename for member in members if member not in tables]
        if left_out:
            listed = "', '".join(left_out)
            what = f"Not read from the archive: '{listed}'"
            note = Problem("sheet_chosen", what, wave=str(self.wave.year), file=self.file)
            grids[0] = replace(grids[0], notes=(*grids[0].notes, note))
        return grids

    def open_table(self, data: bytes, member: str = "", suffix: str = "", *, packed: bool = True) -> list[Grid]:
        """One table file: statistics file, workbook or delimited text, told apart by the first bytes."""
        suffix = (suffix or self.path.suffix).lower()
        if data.startswith(STATISTICS) or (suffix in (".sav", ".zsav") and b"\0" in data[:200]):
            from pipeline.ingest.readers._sav import read_sav

            grid = read_sav(self.path, self.wave, data)
            return [replace(grid, sheet=member) if member else grid]
        if packed and (data.startswith(GZIP) or (data.startswith(ZIP) and _is_archive(data, self.wave, self.file))):
            raise _refuse("an archive inside an archive", "Take the export out of both.", self.wave, self.file, member)
        _refuse_other_kinds(data, self.wave, self.file, member)
        cut = partial(cut_grid, wave=self.wave, rate_grid=self.rate_grid)
        if data.startswith((*ZIP, OLE)):
            return [cut(grid, ()) for grid in read_workbook(data, self.wave, self.file, member, self._rate_sheet)]
        return [cut(*read_delimited(data, self.wave, self.file, member))]

    def _rate_sheet(self, head: Grid) -> float:
        """How much the table on a sheet looks like an export; a summary looks like none."""
        try:
            return self.rate_grid(cut_grid(head, (), self.wave, self.rate_grid))
        except UserError:
            return -1.0


def _is_archive(data: bytes, wave: Wave, file: str) -> bool:
    return _find_zip_kind(data, wave, file) == "archive"


def _find_zip_kind(data: bytes, wave: Wave, file: str) -> str:
    """What a zip file is: ``workbook``, ``archive``, or a document that holds no table."""
    archive = open_zip(data, wave, file)
    names = set(archive.namelist())
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "workbook"
    if "content.xml" in names and "mimetype" in names:
        kind = next(read_member(archive, archive.getinfo("mimetype"), wave, file), b"")
        return "workbook" if b"spreadsheet" in kind else "a text document"
    documents = {"word/document.xml": "a text document", "ppt/presentation.xml": "a presentation"}
    return next((kind for name, kind in documents.items() if name in names), _find_other_package(names))


def _find_other_package(names: set[str]) -> str:
    if any(name.endswith(".iwa") for name in names):
        return "a Numbers document"
    return "an Office document without sheets" if "[Content_Types].xml" in names else "archive"


def _refuse_other_kinds(data: bytes, wave: Wave, file: str, member: str) -> None:
    """Refuse what is neither delimited text nor a workbook, saying what it is.

    Raises:
        UserError: ``export_refused`` or ``export_unreadable``.
    """
    if data.startswith(ZIP):
        kind = _find_zip_kind(data, wave, file)
        if kind not in ("workbook", "archive"):
            raise _refuse(kind, "Download the individual responses as .csv or .xlsx.", wave, file, member)
        return
    if data.startswith(OLE):
        for part, code, what, action in OLE_PARTS:
            if part.encode("utf-16-le") in data:
                raise user_error(code, what, wave=str(wave.year), file=file, sheet=member, action=action)
        return
    for row in _read_kinds():
        at = int(row["at"])
        if data.startswith(bytes.fromhex(row["start"]), at):
            raise _refuse(row["kind"], row["action"], wave, file, member)
    start = data[:1000]
    for mark, _ in MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip().lower()
    if start.startswith(MARKUP):
        action = "Open it in a spreadsheet program and save it as .xlsx, or download .csv."
        raise _refuse("a web page or XML, not a table", action, wave, file, member)
    if start.startswith((b"{", b"[")) and len(data) <= MOST_JSON and _is_json(data):
        raise _refuse("a JSON file", "Download the responses as .csv or .xlsx.", wave, file, member)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(kind: str, action: str, wave: Wave, file: str, member: str = "") -> UserError:
    what = f"The file is {kind}"
    return user_error("export_refused", what, wave=str(wave.year), file=file, sheet=member, action=action)


@cache
def _read_kinds() -> list[dict[str, str]]:
    with Path(__file__).with_name("file_kinds.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
