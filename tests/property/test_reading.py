"""Any bytes end in a read, a problem or a refusal; what is read is what was written.

The tables are written by the test, so it knows what must come back: every row (or a note that says which
were left out) and every cell.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.ingest.readers import RawTable, read_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave
from tests.property.tables import Rows, write_text
from tests.zoo.kit import CELLS, book, pack_gzip, pack_zip

some = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])

LEFT_OUT = re.compile(r"Rows? (\d+)(?: to (\d+))? (?:above|below)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading")


def read(folder: Path, data: bytes, **survey: object) -> list[RawTable]:
    path = folder / "export"
    path.write_bytes(data)
    return read_export(path, Wave(year=2026, title="Survey", report_date="2026-12-01", **survey))  # type: ignore[arg-type]


def try_reading(folder: Path, data: bytes, **survey: object) -> list[RawTable] | None:
    """The tables, or nothing where the file is refused in words for people."""
    try:
        tables = read(folder, data, **survey)
    except UserError as error:
        assert all(problem.what and problem.file for problem in error.problems)
        return None
    for table in tables:
        assert len(table.headers) == len(table.columns)
        assert all(len(column) == table.n_rows and column.null_count == 0 for column in table.columns)
    return tables


def rows_of(table: RawTable) -> Rows:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


TABLE: Rows = [list(row) for row in CELLS]
ACCENTS: Rows = [[cell.replace("Zorro", "Zörró") for cell in row] for row in CELLS]
VALID: dict[str, bytes] = {
    "csv": write_text(TABLE),
    "csv with accents": write_text(ACCENTS, ";"),
    "quoted": write_text(TABLE, quoting=csv.QUOTE_ALL),
    "UTF-16": write_text(TABLE, "\t", encoding="utf-16"),
    "Windows-1252": write_text(ACCENTS, encoding="cp1252"),
    "gzip": pack_gzip(write_text(TABLE)),
    "zip": pack_zip({"export.csv": write_text(TABLE)}),
    "workbook": book({"Answers": TABLE}),
    "zip of a workbook": pack_zip({"e.xlsx": book({"Answers": TABLE})}),
}


# bytes


@many
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused(folder: Path, data: bytes) -> None:
    try_reading(folder, data)


@some
@given(
    st.sampled_from(
        [b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"sep=;\n", b"{", b"<", b'"']
    ),
    st.binary(max_size=200),
)
def test_any_bytes_behind_a_true_beginning_are_read_or_refused(folder: Path, start: bytes, data: bytes) -> None:
    try_reading(folder, start + data)


@some
@given(
    st.text(st.sampled_from(list("ab1,;\t|\"'\n\r =-é\u00a0\ufeff")), max_size=80),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_delimited_text_is_read_or_refused(folder: Path, text: str, encoding: str) -> None:
    try_reading(folder, text.encode(encoding, "ignore"))


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([b"$FL2@(#) SPSS DATA FILE", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
    st.binary(min_size=200, max_size=900),
)
def test_any_bytes_in_files_that_other_programs_parse_are_refused(folder: Path, start: bytes, data: bytes) -> None:
    assert try_reading(folder, start + data) is None


@many
@given(st.sampled_from([*VALID]), st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_loses_no_row_without_a_word(folder: Path, form: str, part: float) -> None:
    whole = VALID[form]
    tables = try_reading(folder, whole[: int(len(whole) * part)])
    if tables is None or not tables[0].n_rows:
        return  # a header alone is refused as an empty export
    # packed files are checked by their sums; of text, every row that began is there, the last maybe in part
    assert form in ("csv", "csv with accents", "quoted", "UTF-16", "Windows-1252")
    (table,) = tables
    written = (ACCENTS if form in ("csv with accents", "Windows-1252") else TABLE)[1 : table.n_rows + 1]
    found = rows_of(table)
    assert table.headers[:-1] == tuple(TABLE[0][:-1])
    assert found[:-1] == written[:-1]
    assert found[-1][:-1] == written[-1][:-1]
    assert written[-1][-1].startswith(found[-1][-1])


@many
@given(st.sampled_from([*VALID]), st.integers(0, 10**9), st.integers(1, 255))
def test_a_changed_byte_changes_no_more_than_its_cell(folder: Path, form: str, at: int, bits: int) -> None:
    data = bytearray(VALID[form])
    data[at % len(data)] ^= bits
    tables = try_reading(folder, bytes(data))
    if tables is None:
        return
    (table,) = tables
    written = ACCENTS if form in ("csv with accents", "Windows-1252") else TABLE
    found = [list(table.headers), *rows_of(table)]
    shown = {note.code for note in table.notes}
    if set(TABLE[0]) - set(table.headers):
        return  # declared columns are missed by name
    found = [row for row in found if any(cell.strip() for cell in row)]
    assert len(found) == len(written)
    changed = sum(one != other for a, b in zip(found, written, strict=True) for one, other in zip(a, b, strict=True))
    assert changed <= 1 or "encoding_guessed" in shown


@some
@given(
    st.lists(st.sampled_from(["utf-8", "cp1252", "mac_roman", "utf-16-le"]), min_size=12, max_size=12), st.booleans()
)
def test_lines_in_mixed_encodings_are_read_right_or_refused_or_said_to_be_guessed(
    folder: Path, encodings: list[str], accents: bool
) -> None:
    rows = ACCENTS if accents else TABLE
    data = write_text(rows[:1]) + b"".join(
        write_text([row]).decode().encode(e) for row, e in zip(rows[1:], encodings, strict=True)
    )
    tables = try_reading(folder, data)
    if tables is None:
        return
    (table,) = tables
    assert table.n_rows == 12
    if not any(note.code == "encoding_guessed" for note in table.notes):
        assert rows_of(table) == rows[1:]
    else:
        assert [row[:-1] for row in rows_of(table)] == [row[:-1] for row in rows[1:]]


# tables

CELL = st.one_of(
    st.text(st.sampled_from(list("ab1,;\t|\"'\n\r =-.é\u00a0")), max_size=6),
    st.sampled_from(["", "None", "NA", "001", "1.20", "=1+1", "Agree", "Total", "Mean", "2026-05-01", "'a'", '""', "50%", "n"]),
)  # fmt: skip
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
HEADS = ["ID", "Group", "How is it?", "Remark"]


@many
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), DELIMITERS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))  # fmt: skip
@example([("", "''", "''")], ",", "\n", "utf-8")
def test_a_delimited_table_comes_back_or_its_headers_do_not(
    folder: Path, cells: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str
) -> None:
    # the csv module does not quote a carriage return where lines end without one
    rows = [
        HEADS,
        *[[f"r{n}", *(cell.replace("\r", "") if end == "\n" else cell for cell in row)] for n, row in enumerate(cells)],
    ]
    tables = try_reading(folder, write_text(rows, delimiter, end, encoding))
    if tables is not None and set(HEADS) <= set(tables[0].headers):
        assert rows_of(tables[0]) == rows[1:]


WORDS = st.sampled_from(
    ["Total", "Average", "Mean", "N", "Sum", "Durchschnitt", "Moyenne", "Media", "Gesamt", "", "North", "Agree"]
)
NUMBERS = st.sampled_from(["1", "2", "3", "4.5", "12", "3,2", "40%", "", "#DIV/0!", "1 000"])


@many
@given(st.lists(st.tuples(WORDS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=9), st.booleans())
@example([("North", "1", "2", "3"), ("Total", "1", "2", "3")], False)
def test_rows_that_are_left_out_are_counted_in_a_note(
    folder: Path, cells: list[tuple[str, ...]], as_book: bool
) -> None:
    rows = [["Team", "How is it?", "How was it?", "Age"], *map(list, cells)]
    tables = try_reading(folder, book({"A": rows}) if as_book else write_text(rows))
    if tables is None:
        return
    (table,) = tables
    said = [found for note in table.notes if (found := LEFT_OUT.match(note.what))]
    left_out = {row for found in said for row in range(int(found[1]), int(found[2] or found[1]) + 1)}
    assert table.headers == tuple(rows[0]) or 1 in left_out
    filled = {row for row, cells in enumerate(rows, start=1) if any(cells)}
    read_rows = {table.first_row + at for at, row in enumerate(rows_of(table)) if any(row)}
    assert read_rows == filled - left_out - {table.first_row - 1}
    assert [row for row in rows_of(table) if any(row)] == [rows[at - 1] for at in sorted(read_rows)]


TOOL_WORDS = st.sampled_from(
    ["Timestamp", "Start Date", "StartDate", "End Date", "Response ID", "ResponseId", "Respondent ID", "Collector ID", "IP Address", "Status",
     "Submit Date (UTC)", "#", "Start time", "Completion time", "Email", "Name", "_id", "_uuid", "start", "end", "id", "submitdate",
     "lastpage", "startlanguage", "seed", "Q1", "Q2", "Q1_1", "q1[SQ001]", "Score", "Language", "Network ID", "Contact ID", "Date"]
)  # fmt: skip
TOOL_CELLS = st.sampled_from(
    [
        "Agree",
        "Disagree",
        "Response",
        "Other (please specify)",
        "2026-05-01 10:00:00",
        "05/01/2026",
        "1",
        "2",
        "en",
        "Open-Ended Response",
        "yes",
        "",
        "R_1",
        "North",
    ]
)


@many
@given(st.data(), st.lists(TOOL_WORDS, min_size=3, max_size=9, unique=True), st.booleans())
def test_no_response_is_taken_for_a_header_because_of_a_tools_words(
    folder: Path, data: st.DataObject, headers: list[str], quoted: bool
) -> None:
    first = data.draw(st.lists(TOOL_CELLS, min_size=len(headers), max_size=len(headers)))
    rows = [headers, first, *[[*map(str, range(n, n + len(headers)))] for n in range(1, 7)]]
    tables = try_reading(folder, write_text(rows, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL))
    if tables is None:
        return
    (table,) = tables
    read_n = sum(any(row) for row in rows_of(table))
    assert read_n == 6 + any(first) or table.header_rows > 1 or any(LEFT_OUT.match(note.what) for note in table.notes)
