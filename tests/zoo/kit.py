"""What the fault zoo is made of: tiny exports, one fault each, and what must be said about them.

The good export has twelve responses in rows 2 to 13. Cells that nobody may ever read in a message hold
one of ``SECRETS``; faults put them wherever the fault is.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from pipeline.store.paths import ProgrammePaths
from schemas.problems import Severity
from tests.programme_files import write_programme

SECRETS = ("Zorro", "Purplish", "Atlantis", "Xanadu", "4711")
"""A name, an answer, a group and a place that nobody declared, a number."""
HEADER = "ID,Group,Q1,Q2,Q3,Q4,Name"
ROWS = tuple(f"{n},{('North', 'South')[n % 2]},Agree,Neither,Agree,Disagree,Zorro {n}" for n in range(1, 13))
EXPORT = "\n".join((HEADER, *ROWS)) + "\n"
CELLS = tuple(tuple(line.split(",")) for line in EXPORT.splitlines())
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Content = str | bytes


@dataclass(frozen=True)
class Fault:
    """Exports with one fault, and the problem it must be told as.

    Attributes:
        code, severity: the problem.
        told: a piece of the message: what, where or what to do.
        exports: file name -> content; a folder when it ends with ``/``.
        settings: lines that are added to survey.toml before its tables; a line with a key that is there
            already takes its place.
        rules: ``[responses]`` and other tables of survey.toml.
        tables: other definition files, by their place in the programme's folder.
        file, sheet, row, column: where the problem must be.
        alone: no other error may come with it (and no error at all with a warning or an info).
    """

    code: str
    severity: Severity
    told: str
    exports: Mapping[str, Content]
    settings: str = ""
    rules: str = ""
    tables: Mapping[str, Content] = field(default_factory=dict)
    file: str = "export.csv"
    sheet: str = ""
    row: int | None = None
    column: str = ""
    alone: bool = True


def csv(*changes: tuple[str, str], text: str = EXPORT) -> dict[str, Content]:
    """The good export with some text replaced, each at its first place."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {"export.csv": text}


def named(name: str, content: Content) -> dict[str, Content]:
    return {name: content}


def write_zoo(root: Path, fault: Fault) -> ProgrammePaths:
    """A programme of the year 2026 whose exports have the fault."""
    paths = write_programme(root, [2026])
    (paths.exports(2026) / "export.csv").unlink()
    for name, content in fault.exports.items():
        put(paths.exports(2026) / name, content)
    for name, content in fault.tables.items():
        put(paths.raw / name, content)
    survey = paths.wave(2026) / "survey.toml"
    added = fault.settings.splitlines()
    keys = {line.partition("=")[0].strip() for line in added}
    kept = [
        line for line in survey.read_text(encoding="utf-8").splitlines() if line.partition("=")[0].strip() not in keys
    ]
    put(survey, "\n".join([*kept, *added, fault.rules, ""]))
    return paths


def put(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name and not str(path).endswith(("/", "\\")):
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def pack_gzip(content: Content) -> bytes:
    return gzip.compress(content.encode("utf-8") if isinstance(content, str) else content, mtime=0)


def pack_zip(members: Mapping[str, Content], *, locked: bool = False) -> bytes:
    """An archive; a locked one says that its members have a password."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = bytearray(target.getvalue())
    if locked:
        for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(start) + at] |= 1
    return bytes(data)


def book(
    sheets: Mapping[str, Sequence[Sequence[object]]] | None = None,
    formulas: Mapping[str, tuple[str, object]] | None = None,
    hidden: Sequence[str] = (),
) -> bytes:
    """A workbook; formulas by cell of the first sheet, each with its stored result."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as made:
        for name, rows in (sheets or {"Answers": CELLS}).items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name in hidden:
                sheet.hide()
            elif hidden:
                sheet.activate()
                sheet.set_first_sheet()
        for cell, (formula, result) in (formulas or {}).items():
            made.worksheets()[0].write_formula(cell, formula, None, result)
    return target.getvalue()


def old_office(part: str) -> bytes:
    """As much of an old Office file as names one of its parts."""
    return OLE + bytes(500) + part.encode("utf-16-le") + bytes(500)
