"""What looks like a fault and is none: answers survive exactly, in every form a file may have."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.ingest.readers import read_export
from pipeline.stages.check_facts import examine_year
from pipeline.store.definitions import read_definitions
from schemas.definitions import Wave
from tests.programme_files import WAVE_TABLES
from tests.zoo.faults_files import OLD_WORKBOOK, WIDE
from tests.zoo.faults_structure import CODED_SCALE, as_codes
from tests.zoo.kit import CELLS as KIT_CELLS
from tests.zoo.kit import EXPORT, Fault, book, pack_gzip, pack_zip, write_zoo

HEADERS = ["ID", "Group", "Remark", "Last"]
CELLS: dict[str, str] = {
    "None": "None", "NA": "NA", "N/A": "N/A", "null": "null", "nan": "nan", "true": "TRUE", "hash": "#N/A",
    "leading zeros": "001", "trailing zeros": "1.20", "thousands": "1,200", "decimal comma": "3,5", "exponent": "1e5",
    "long number": "12345678901234567890", "minus": "-", "plus": "+49 30 1234", "day and month": "3-4", "date": "2026-05-01",
    "percent": "50%", "formula": "=1+1", "at": "@SUM(A1)", "formula with quotes": '=HYPERLINK("x","y")', "apostrophe": "'tis",
    "blank inside": "a  b", "blanks at the ends": "  both ends ", "blanks only": "   ", "tab": "a\tb", "line break": "a\nb",
    "two line breaks": "a\n\nb", "quotation marks": 'so "called"', "quotation mark alone": '"', "two quotation marks": '""',
    "delimiters": "a,b;c|d", "backslash": "C:\\new\\", "backslash and quote": 'a\\"b', "markup": "<b>bold</b> &amp; more",
    "entity": "&lt;3", "sep": "sep=;", "comment": "# no comment", "brackets": "{[(", "very long": "long " * 6_000,
}  # fmt: skip
WIDER: dict[str, str] = {
    "emoji": "👍🏽 👩‍👩‍👧", "Arabic": "أوافق بشدة", "Hebrew": "מסכים מאוד", "direction marks": "\u200fשלום\u200e \u202babc\u202c",
    "combining": "e\u0301 not \u00e9", "ligature": "ﬁn", "full width": "１２", "Devanagari": "सहमत", "Thai": "เห็นด้วย",
    "zero width": "a\u200bb", "non-breaking": "a\u00a0b", "mark inside": "a\ufeffb", "soft hyphen": "co\u00adop",
    "narrow blank": "10\u202f000", "line separator": "a\u2028b", "outside the plane": "𝔘𝔫𝔦", "next line": "a\u0085b",
}  # fmt: skip
WESTERN: dict[str, str] = {"accents": "Ça dépend – größer als „früher“", "euro": "5 € für’s Büro"}


def write_text(rows: list[list[str]], encoding: str, **dialect: str) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, **dialect).writerows(rows)  # type: ignore[arg-type]
    return target.getvalue().encode(encoding)


FORMS: dict[str, tuple[str, Callable[[list[list[str]]], bytes], bool]] = {
    "UTF-8": ("e.csv", lambda rows: write_text(rows, "utf-8"), True),
    "UTF-8 with a mark, semicolons": ("e.csv", lambda rows: write_text(rows, "utf-8-sig", delimiter=";"), True),
    "UTF-16 with tabs": ("e.csv", lambda rows: write_text(rows, "utf-16", delimiter="\t"), True),
    "UTF-16 without a mark": ("e.csv", lambda rows: write_text(rows, "utf-16-le"), True),
    "Windows-1252": ("e.csv", lambda rows: write_text(rows, "cp1252", delimiter=";"), False),
    "workbook": ("e.xlsx", lambda rows: book({"A": rows}), True),
    "gzip": ("e.csv.gz", lambda rows: pack_gzip(write_text(rows, "utf-8")), True),
    "zip": ("e.zip", lambda rows: pack_zip({"e.csv": write_text(rows, "utf-8")}), True),
    "zip of a workbook": ("e.zip", lambda rows: pack_zip({"e.xlsx": book({"A": rows})}), True),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_answers_survive_exactly(tmp_path: Path, form: str) -> None:
    name, write, any_script = FORMS[form]
    cells = [*CELLS.values(), *WESTERN.values(), *(WIDER.values() if any_script else ())]
    rows = [HEADERS, *([f"r{n}", "North", cell, "end"] for n, cell in enumerate(cells))]
    path = tmp_path / name
    path.write_bytes(write(rows))
    (table,) = read_export(path, Wave(year=2026, title="Survey", report_date="2026-12-01"))
    assert table.headers == tuple(HEADERS)
    assert [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)] == rows[1:]


def facts_of(tmp_path: Path, fault: Fault) -> tuple[int | None, list[str]]:
    """How many responses count, and the errors and warnings."""
    paths = write_zoo(tmp_path, fault)
    facts = examine_year(paths, read_definitions(paths), 2026)
    return facts.responses, [problem.code for problem in (*facts.errors, *facts.warnings)]


def good(content: str | bytes, settings: str = "", **more: object) -> Fault:
    return Fault("", "info", "", {"export.csv": content}, settings=settings, **more)  # type: ignore[arg-type]


ODD = (
    EXPORT.replace("Agree", "AGREE", 3).replace("Neither", " Neither\u200b", 2).replace("Disagree", "Disagree\u00a0", 2)
)
IN_ROWS = {"2026/items.csv": WAVE_TABLES["items"].replace("no,Q", "no,How was it? [Q").replace("yes,Q", "yes,How was it? [Q").replace("\n", "]\n").replace("column]", "column")}  # fmt: skip
TWINS: dict[str, Fault] = {
    "line ends of a Mac": good(EXPORT.replace("\n", "\r")),
    "line ends doubled": good(EXPORT.replace("\n", "\r\r\n")),
    "line ends of Windows in cells and rows": good(EXPORT.replace("Zorro 3", '"Zorro\r\n3"').replace("\n", "\r\n").replace("\r\r", "\r")),
    "no line end at the end": good(EXPORT.rstrip("\n")),
    "many blank lines at the end": good(EXPORT + "\n" * 20),
    "end-of-file mark of DOS": good(EXPORT + "\x1a"),
    "blank rows between": good(EXPORT.replace("\n4,", "\n,,,,,,\n\n4,")),
    "a separator line": good("sep=;\r\n" + EXPORT.replace(",", ";")),
    "bars": good(EXPORT.replace(",", "|")),
    "everything quoted": good("\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in EXPORT.splitlines())),
    "a mark before every header": good("\ufeff\ufeff" + EXPORT.replace("Q1", "\ufeffQ1", 1)),
    "headers with markup": good(EXPORT.replace("Q1", "<p><strong>Q1</strong>&nbsp;</p>", 1)),
    "headers with invisible marks": good(EXPORT.replace("Q1", "\u200bQ1\u00a0", 1)),
    "labels in other spellings": good(ODD),
    "labels with entities": good(EXPORT.replace("Agree", "&#65;gree").replace("Neither", "<i>Neither</i>")),
    "codes as a workbook stores them": good(as_codes(EXPORT).replace(",4,", ",4.0,"), tables=CODED_SCALE),
    "codes and labels in one column": good(EXPORT.replace("5,South,Agree", "5,South,4"), tables=CODED_SCALE),
    "columns in another order": good("\n".join(",".join(reversed(line.split(","))) for line in EXPORT.splitlines())),
    "a blank column in between": good("\n".join(line.replace(",", ",,", 1) for line in EXPORT.splitlines())),
    "headers below the question they belong to": good("Number,Team,How was it?,,,,Person\n" + EXPORT, tables=IN_ROWS),
    "headers below merged cells and a title": good(
        book({"A": [["Survey of the year"], ["", "", "How was it?", "", "", "", ""], *KIT_CELLS]}), tables=IN_ROWS,
    ),
    "columns that go on in the next sheet": good(book(WIDE), settings='tool = "eusurvey"'),
    "a workbook of 1997": good(OLD_WORKBOOK.read_bytes()),
    "a hidden sheet of headers alone": good(book({"Answers": KIT_CELLS, "Late": KIT_CELLS[:1]}, hidden=["Late"])),
    "a hidden sheet that survey.toml lists": good(
        book({"Answers": KIT_CELLS[:11], "Late": (KIT_CELLS[0], *KIT_CELLS[11:])}, hidden=["Late"]),
        rules='[[files]]\nfile = "export.csv"\nsheet = "Answers"\n[[files]]\nfile = "export.csv"\nsheet = "Late"',
    ),
    "remarks first, in whole sentences": good(
        "\n".join(",".join(line.split(",")[::-1]) for line in EXPORT.replace("Zorro", "It was number").splitlines())
    ),
    "blank columns at the end": good(EXPORT.replace("\n", ",,\n")),
    "a group by its alias": good(EXPORT.replace("North", "N. HOUSE")),
    "one person a line, all alike": good(EXPORT.replace("Neither", "Agree").replace("Disagree", "Agree")),
}  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_what_looks_like_a_fault_and_is_none_is_read_in_full(tmp_path: Path, name: str) -> None:
    assert facts_of(tmp_path, TWINS[name]) == (12, [])


@pytest.mark.parametrize("cell", ['="001"', '"=""001"""', "001"])
def test_text_that_is_protected_from_a_spreadsheet_is_read_as_it_is_meant(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text(f"ID,Group,Remark\n{cell},North,=1+1\n", encoding="utf-8")
    (table,) = read_export(path, Wave(year=2026, title="Survey", report_date="2026-12-01"))
    assert [column.to_pylist() for column in table.columns] == [["001"], ["North"], ["=1+1"]]


def test_numbers_that_a_workbook_shows_with_zeros_in_front_keep_them(tmp_path: Path) -> None:
    path, shown = (
        tmp_path / "e.xlsx",
        {"000": "007", "00000": "00007", "0": "7", "0.00": "7", '"No. "0': "7", "#,##0": "7"},
    )
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(1, 1, ["Group", *(f"in format {at}" for at in range(len(shown)))])
        sheet.write_column(2, 1, ["North", "South", "East"])
        for at, code in enumerate(shown):
            sheet.write_column(2, at + 2, [7, 1.5, "x"], made.add_format({"num_format": code}))
    (table,) = read_export(path, Wave(year=2026, title="Survey", report_date="2026-12-01"))
    assert [column.to_pylist() for column in table.columns[2:]] == [[text, "1.5", "x"] for text in shown.values()]


def test_a_decoy_of_every_rule_counts(tmp_path: Path) -> None:
    """Rules that are not declared exclude nobody."""
    text = (
        EXPORT.replace("Zorro 4", "test")
        .replace("Neither", "Agree")
        .replace("Disagree", "Agree")
        .replace("5,South", "4,North")
    )
    assert facts_of(tmp_path, good(text)) == (12, [])
