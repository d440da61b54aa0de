"""Faults of files: bytes, encodings, delimiters, quoting, archives, workbooks, files of other kinds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.zoo.kit import CELLS, EXPORT, HEADER, OLE, ROWS, Fault, book, csv, named, old_office, pack_gzip, pack_zip

ACCENTS = EXPORT.replace("Zorro", "Zörró")
UNREADABLE, REFUSED, ENCODING = "export_unreadable", "export_refused", "export_encoding"
XLSX = "export.xlsx"

OLD_WORKBOOK = Path(__file__).parents[1] / "data" / "answers.xls"
"""The good export as LibreOffice saves it in the format of 1997."""


def widen(rows: Sequence[Sequence[str]]) -> dict[str, list[list[str]]]:
    """The sheets of an old workbook of EUSurvey, which go on beside each other after 254 columns."""
    head, *body = rows
    titles = [["Alias", "survey"], ["Export Date", "2026-05-01"], []]
    wide = [[*head[:5], *(f"More {n}" for n in range(254 - 5))], *([*row[:5], *[""] * 248, "x"] for row in body)]
    return {"Content": [*titles, *wide], "Content1": [*titles, *(list(row[5:]) for row in rows)]}


WIDE = widen(CELLS)


def workbook(**facts: object) -> dict[str, str | bytes]:
    return {XLSX: book(**facts)}  # type: ignore[arg-type]


FILES: dict[str, Fault] = {
    # text as it is
    "declared as UTF-8 and is not": Fault(
        ENCODING, "error", "is not UTF-8 (first at line 2", named("export.csv", ACCENTS.encode("cp1252")),
        settings='encoding = "utf-8"',
    ),
    "declared as ASCII and is not": Fault(ENCODING, "error", "is not ASCII (first at line 2", csv(("Zorro", "Zörró")), settings='encoding = "ascii"'),
    "UTF-16 cut inside a character": Fault(ENCODING, "error", "is not UTF-16", named("export.csv", EXPORT.encode("utf-16")[:-1])),
    "UTF-8 with a line pasted from a Mac": Fault(
        ENCODING, "error", "partly UTF-8 and partly not (first at line 14",
        named("export.csv", ACCENTS.encode() + "13,North,Agree,Agree,Agree,Agree,Zörró\n".encode("mac_roman")),
    ),
    "bytes of no text": Fault(ENCODING, "error", "is not UTF-8", named("export.csv", bytes(range(256)) * 9)),
    "Windows-1252 guessed": Fault("encoding_guessed", "warning", "Windows-1252", named("export.csv", ACCENTS.encode("cp1252"))),
    "Windows-1251 guessed": Fault(
        "encoding_guessed", "warning", "Windows-1251", named("export.csv", EXPORT.replace("Zorro", "Секретный ответ").encode("cp1251")),
    ),
    "UTF-16 without a mark": Fault("encoding_guessed", "warning", "read as UTF-16-LE", named("export.csv", EXPORT.encode("utf-16-le"))),
    "Mac Roman with the line ends of a Mac": Fault(
        "encoding_guessed", "warning", "read as Mac Roman", named("export.csv", ACCENTS.replace("\n", "\r").encode("mac_roman")),
    ),
    "one letter that tells no encoding": Fault(
        "encoding_guessed", "warning", "nothing in the file tells it from", named("export.csv", EXPORT.replace("Zorro", "Zőrro").encode("cp1250")),
    ),
    "another delimiter declared": Fault(
        UNREADABLE, "error", "The declared delimiter ';' separates nothing; ',' gives 7 cells", csv(), settings='delimiter = ";"',
    ),
    "text behind a closing quotation mark": Fault(
        UNREADABLE, "error", "quotation mark", csv(("Zorro 4", '"Zorro" 4')), row=5,
    ),
    "cut inside a quoted cell": Fault(UNREADABLE, "error", "quotation mark", csv(("Zorro 12\n", '"Zorro')), row=13),
    "line break outside quotation marks": Fault(
        UNREADABLE, "error", "2 rows without the header's 7 cells (the first has 4)", csv(("4,North,Agree,Neither,", "4,North,Agree,Nei\nther,")), row=5,
    ),
    "a comma more in every row": Fault(
        UNREADABLE, "error", "Rows with more cells than the 7 headers", named("export.csv", EXPORT.replace("Zorro ", "Zorro,")), row=2,
    ),
    "cells protected from a spreadsheet": Fault(
        "formulas_read", "warning", '3 cells written as ="text"',
        csv(("1,South", '="1",South'), ("Zorro 4", '="Zorro 4"'), ("4,North,Agree", '4,North,="Agree"')), row=2,
    ),
    "quotation marks around whole rows": Fault(
        UNREADABLE, "error", "Every row is one quoted cell that holds 7 others",
        named("export.csv", "".join(f'"{line}"\n' for line in EXPORT.splitlines())),
    ),
    # archives
    "gzip cut": Fault(UNREADABLE, "error", "damaged or not complete", named("export.csv.gz", pack_gzip(EXPORT)[:-12]), file="export.csv.gz"),
    "gzip of nothing": Fault("export_empty", "error", "The export is empty", named("export.csv.gz", pack_gzip("")), file="export.csv.gz"),
    "gzip bomb": Fault(REFUSED, "error", "packed to do harm", named("e.gz", pack_gzip(bytes(33_000_000))), file="e.gz"),
    "zip bomb": Fault(REFUSED, "error", "packed to do harm", named("e.zip", pack_zip({"export.csv": bytes(33_000_000)})), file="e.zip"),
    "workbook bomb": Fault(
        REFUSED, "error", "packed to do harm", named(XLSX, pack_zip({"xl/workbook.xml": "<x/>", "xl/s.xml": bytes(33_000_000)})), file=XLSX,
    ),
    "zip with a password": Fault(
        UNREADABLE, "error", "protected by a password", named("e.zip", pack_zip({"export.csv": EXPORT}, locked=True)), file="e.zip",
    ),
    "zip cut": Fault(UNREADABLE, "error", "damaged or not complete", named("e.zip", pack_zip({"export.csv": EXPORT})[:-30]), file="e.zip"),
    "zip of pictures": Fault(REFUSED, "error", "an archive without a table", named("e.zip", pack_zip({"q1.png": b"\x89PNG"})), file="e.zip"),
    "zip in a zip": Fault(
        REFUSED, "error", "an archive inside an archive",
        named("e.zip", pack_zip({"a.csv": pack_zip({"export.csv": EXPORT})})), file="e.zip",
    ),
    "zip with a codebook": Fault(
        "sheet_chosen", "info", "Not read from the archive: 'codebook.pdf'",
        named("e.zip", pack_zip({"export.csv": EXPORT, "codebook.pdf": b"%PDF"})), file="e.zip",
    ),
    "zip whose named member is not there": Fault(
        UNREADABLE, "error", "no 'answers.csv' in the archive; there are: export.csv", named("e.zip", pack_zip({"export.csv": EXPORT})), settings='sheet = "answers.csv"', file="e.zip",
    ),
    # workbooks
    "workbook with a password": Fault(
        UNREADABLE, "error", "protected by a password", named(XLSX, old_office("EncryptedPackage")), file=XLSX,
    ),
    "workbook with macros": Fault(
        REFUSED, "error", "carries macros", named("export.xlsm", pack_zip({"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": b"x"})),
        file="export.xlsm",
    ),
    "old workbook with macros": Fault(REFUSED, "error", "carries macros", named("e.xls", old_office("_VBA_PROJECT")), file="e.xls"),
    "workbook cut": Fault(UNREADABLE, "error", "damaged", named(XLSX, book()[:-200]), file=XLSX),
    "old workbook damaged": Fault(UNREADABLE, "error", "damaged or not a workbook", named("e.xls", OLE + bytes(2000)), file="e.xls"),
    "formulas in cells": Fault(
        "formulas_read", "warning", "2 cells with formulas, first in C3",
        workbook(formulas={"C3": ('="Agr"&"ee"', "Agree"), "D4": ("=E4", "Agree")}), file=XLSX, sheet="Answers",
    ),
    "a kind of workbook that tells no formulas": Fault(
        "formulas_untold", "info", "stored results were read", named("export.xls", OLD_WORKBOOK.read_bytes()), file="export.xls", sheet="Answers",
    ),
    "columns that go on in a sheet of other rows": Fault(
        REFUSED, "error", "The rows of sheet 'Content' do not go on in 'Content1'", workbook(sheets=WIDE | {"Content1": WIDE["Content1"][:-1]}),
        file=XLSX, sheet="Content",
    ),
    "formulas that were never calculated": Fault(
        UNREADABLE, "error", "1 formula without a stored result", workbook(formulas={"C3": ('="Agr"&"ee"', "")}), file=XLSX, sheet="Answers",
    ),
    "error cells": Fault(
        "formulas_read", "warning", "first in C3; read as blank", workbook(formulas={"C3": ("=#REF!", "#REF!")}), file=XLSX, sheet="Answers",
    ),
    "a stray cell far out": Fault(
        REFUSED, "error", "The sheet reaches to row 1048576, column 100",
        workbook(sheets={"Answers": CELLS}, formulas={"CV1048576": ("=1", 4711)}), file=XLSX, sheet="Answers",
    ),
    "two sheets with answers": Fault(
        "sheet_chosen", "info", "Sheet 'Answers' was read, and not 'Notes'",
        workbook(sheets={"Notes": [["Zorro", "made", "this"], [1, 2, 3]], "Answers": CELLS}), file=XLSX, sheet="Answers",
    ),
    "answers on a hidden sheet": Fault(
        "export_empty", "error", "The sheet is empty; not looked at: 'Answers'",
        workbook(sheets={"Answers": CELLS, "Cover": []}, hidden=["Answers"]), file=XLSX, sheet="Cover",
    ),
    "half of the answers on a hidden sheet": Fault(
        "sheet_hidden", "warning", "The hidden sheet 'Late' has the same headers",
        workbook(sheets={"Answers": CELLS[:11], "Late": (CELLS[0], *CELLS[11:])}, hidden=["Late"]), file=XLSX, sheet="Late",
    ),
    "a workbook of headers": Fault("export_empty", "error", "no responses", workbook(sheets={"Answers": CELLS[:1]}), file=XLSX, sheet="Answers"),
    "a sheet that is not there": Fault(
        UNREADABLE, "error", "there are: Answers, Notes", workbook(sheets={"Answers": CELLS, "Notes": [["x"]]}),
        settings='sheet = "answers"', file=XLSX,
    ),
    # other kinds
    "PDF": Fault(REFUSED, "error", "The file is a PDF", named("export.pdf", b"%PDF-1.7 Zorro"), file="export.pdf"),
    "web page named .xls": Fault(
        REFUSED, "error", "a web page", named("export.xls", f"<html><table><tr><td>{ROWS[0]}</td></tr></table></html>"), file="export.xls",
    ),
    "workbook of 2003 as XML": Fault(
        REFUSED, "error", "a web page or XML", named("export.xls", '<?xml version="1.0"?>\n<Workbook>Zorro</Workbook>'), file="export.xls",
    ),
    "JSON": Fault(REFUSED, "error", "a JSON file", named("export.json", '[{"Group": "North", "Name": "Zorro"}]'), file="export.json"),
    "Word document": Fault(
        REFUSED, "error", "a text document", named("e.docx", pack_zip({"[Content_Types].xml": "", "word/document.xml": "Zorro"})), file="e.docx",
    ),
    "statistics file damaged": Fault(UNREADABLE, "error", "", named("export.sav", b"$FL2@(#) Zorro" + bytes(300)), file="export.sav"),
    "folder named like an export": Fault(REFUSED, "error", "The file is a folder", {**csv(), "more.csv/export.csv": EXPORT}, file="more.csv"),
    "blank lines and nothing else": Fault("export_empty", "error", "The export is empty", named("export.csv", "\r\n\r\n \r\n")),
    "headers of nobody": Fault("export_empty", "error", "no responses", named("export.csv", HEADER)),
}  # fmt: skip
