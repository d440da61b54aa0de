"""Files to grids: what a file is comes from its content; what cannot be read right is refused."""

from __future__ import annotations

import csv
import gzip
import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.readers import _archive, recognise_tool
from pipeline.ingest.readers._files import open_grids
from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import UserError
from schemas.definitions import Wave
from schemas.problems import Problem

CSV = "id,group,q1,q2\n1,North,Agree,yes\n2,South,Disagree,no\n3,North,Agree,no\n"
ROWS = [line.split(",") for line in CSV.splitlines()]


def open_all(path: Path, **settings: Any) -> list[Grid]:
    wave = Wave(year=2027, title="Survey", report_date=date(2027, 12, 1), **settings)
    return open_grids(path, wave, lambda grid: recognise_tool(grid)[1].score)


def read(folder: Path, data: bytes | str, name: str = "export.csv", **settings: Any) -> Grid:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (grid,) = open_all(path, **settings)
    return grid


def rows_of(grid: Grid) -> list[list[str]]:
    return grid.head(grid.n_rows)


def refused(folder: Path, data: bytes | str, name: str = "export.csv", **settings: Any) -> Problem:
    with pytest.raises(UserError) as caught:
        read(folder, data, name, **settings)
    return caught.value.problems[0]


def note(grid: Grid, code: str) -> Problem:
    (found,) = [problem for problem in grid.notes if problem.code == code]
    return found


def make_book(sheets: dict[str, Sequence[Sequence[object]]], **options: Any) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.removeprefix("hidden:"))
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name.startswith("hidden:"):
                sheet.hide()
    return target.getvalue()


def make_zip(members: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


BOOK = make_book({"Answers": ROWS})


@pytest.mark.parametrize(
    "name", ["export.csv", "export.xlsx", "export.xls", "export.txt", "export.ods", "export", "e.gz"]
)
@pytest.mark.parametrize("data", [CSV.encode(), BOOK, gzip.compress(CSV.encode(), mtime=0), make_zip({"a/e.csv": CSV})])
def test_the_content_says_what_a_file_is_and_never_the_name(tmp_path: Path, name: str, data: bytes) -> None:
    assert rows_of(read(tmp_path, data, name)) == ROWS


NOT_TABLES = {
    "PDF": (b"%PDF-1.7 ...", "a PDF"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(20), "an image"),
    "web page named .xls": ("<html><body><table><tr><td>id</td></tr></table>", "a web page"),
    "web page in UTF-16": ("<!DOCTYPE html><table>".encode("utf-16"), "a web page"),
    "workbook as XML": ('<?xml version="1.0"?><Workbook/>', "a web page or XML"),
    "JSON": ('[{"id": 1, "q1": "Agree"}]', "a JSON file"),
    "rich text": ("{\\rtf1 hello}", "a text document"),
    "Word": (make_zip({"[Content_Types].xml": "", "word/document.xml": ""}), "a text document"),
    "Numbers": (make_zip({"Index/Document.iwa": ""}), "a Numbers document"),
    "7z": (b"7z\xbc\xaf\x27\x1c rest", "a 7z archive"),
    "archive without a table": (make_zip({"plan.pdf": b"%PDF"}), "without a table"),
    "archive in an archive": (make_zip({"inner.csv": make_zip({"e.csv": CSV})}), "inside an archive"),
    "zip in a gzip": (gzip.compress(make_zip({"e.csv": CSV}), mtime=0), "inside an archive"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "WordDocument".encode("utf-16-le"), "text document"),
    "macros": (make_zip({"xl/workbook.xml": "", "xl/vbaProject.bin": b"x"}), "macros"),
    "old macros": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NOT_TABLES)
def test_files_of_other_kinds_are_refused_by_their_kind(tmp_path: Path, kind: str) -> None:
    data, told = NOT_TABLES[kind]
    problem = refused(tmp_path, data, "export.xls")
    assert problem.code == "export_refused"
    assert told in problem.what
    assert problem.file == "export.xls"


def test_a_folder_named_like_an_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.csv").mkdir()
    with pytest.raises(UserError) as caught:
        open_all(tmp_path / "export.csv")
    assert caught.value.problems[0].code == "export_refused"


class TestArchives:
    def test_system_files_are_passed_over_and_others_are_named(self, tmp_path: Path) -> None:
        members = {
            "out/e.csv": CSV,
            "__MACOSX/out/._e.csv": b"\x00",
            "out/.DS_Store": b"\x00",
            "out/codebook.pdf": b"%PDF",
        }
        grid = read(tmp_path, make_zip(members), "export.zip")
        assert (grid.sheet, rows_of(grid)) == ("", ROWS)
        assert note(grid, "sheet_chosen").what == "Not read from the archive: 'out/codebook.pdf'"

    def test_several_tables_carry_their_member_names(self, tmp_path: Path) -> None:
        path = tmp_path / "export.zip"
        path.write_bytes(make_zip({"a.csv": CSV, "b.xlsx": BOOK}))
        assert [grid.sheet for grid in open_all(path)] == ["a.csv", "b.xlsx / Answers"]
        assert [grid.sheet for grid in open_all(path, sheet="b.xlsx")] == ["b.xlsx"]
        assert [grid.sheet for grid in open_all(path, sheet="b.xlsx / Answers")] == ["b.xlsx / Answers"]

    @pytest.mark.parametrize("data", [gzip.compress(CSV.encode() * 99, mtime=0), make_zip({"e.csv": CSV * 99}), BOOK])
    @pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
    def test_a_cut_archive_is_unreadable(self, tmp_path: Path, data: bytes, part: float) -> None:
        assert refused(tmp_path, data[: int(len(data) * part)]).code == "export_unreadable"

    @pytest.mark.parametrize("pack", [gzip.compress, lambda data: make_zip({"e.csv": data})])
    def test_what_unpacks_to_too_much_is_refused(
        self, tmp_path: Path, pack: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_archive, "MOST_BYTES", 3_000_000)
        assert refused(tmp_path, pack(b"a,b\n" * 1_000_000)).code == "export_refused"

    def test_a_false_size_in_the_archive_hides_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_archive, "MOST_BYTES", 3_000_000)
        data = make_zip({"e.csv": b"a,b\n" * 1_000_000})
        assert (
            refused(tmp_path, data.replace(struct.pack("<I", 4_000_000), struct.pack("<I", 8))).code == "export_refused"
        )

    def test_what_shrank_beyond_reason_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_archive, "RATIO_FROM", 1_000_000)
        assert refused(tmp_path, make_zip({"e.csv": bytes(3_000_000)})).code == "export_refused"

    def test_a_workbook_that_unpacks_to_too_much_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_archive, "MOST_BYTES", 1000)
        assert refused(tmp_path, BOOK, "e.xlsx").code == "export_refused"

    def test_a_password_is_told(self, tmp_path: Path) -> None:
        data = bytearray(make_zip({"e.csv": CSV}))
        for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(start) + at] |= 1
        assert "password" in refused(tmp_path, bytes(data)).what


class TestEncodings:
    TEXT = "Gruppe,Frage\nMünchen,Ich weiß nicht – „später“\nGießen,Stimme völlig zu\n"

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
    )
    def test_unicode_is_read_with_and_without_a_mark(self, tmp_path: Path, encoding: str) -> None:
        assert rows_of(read(tmp_path, self.TEXT.encode(encoding)))[1] == ["München", "Ich weiß nicht – „später“"]

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("cp1252", TEXT),
            ("mac_roman", TEXT),
            ("cp1252", "q,r\nété,no\n"),
            ("cp1252", "q,r\nI don’t know,no\n"),
            ("mac_roman", "q,r\nI don’t know,no\n"),
            ("cp1250", "Grupa,Pytanie\nŁódź,Zdecydowanie się zgadzam\nKraków,Raczej się nie zgadzam\n"),
            ("cp1251", "Группа,Вопрос\nМосква,Полностью согласен\nОрёл,Затрудняюсь ответить\n"),
            ("koi8_r", "Группа,Вопрос\nМосква,Полностью согласен\nКазань,Затрудняюсь ответить\n"),
            ("cp1253", "Ομάδα,Ερώτηση\nΑθήνα,Συμφωνώ απόλυτα\nΠάτρα,Διαφωνώ\n"),
            ("cp1254", "Grup,Soru\nİstanbul,Kesinlikle katılıyorum\nMuğla,Kararsızım, şöyle\n".replace(", ş", " ş")),
            ("cp1255", "קבוצה,שאלה\nירושלים,מסכים מאוד\nחיפה,לא מסכים\n"),
            ("cp1256", "المجموعة,السؤال\nالقاهرة,أوافق بشدة\nدمشق,لا أوافق\n"),
            ("cp932", "グループ,質問\n東京,とてもそう思う\n大阪,わからない\n"),
            ("gb18030", "小组,问题\n北京,非常同意\n广州,不知道\n"),
            ("cp949", "그룹,질문\n서울,매우 동의한다\n부산,동의하지 않는다\n"),
        ],
    )
    def test_older_encodings_are_told_from_the_text_and_named(self, tmp_path: Path, encoding: str, text: str) -> None:
        grid = read(tmp_path, text.encode(encoding))
        assert rows_of(grid) == [line.split(",") for line in text.splitlines()]
        beyond = sum(character > "\x7f" for character in text)
        assert f"{beyond} character" in note(grid, "encoding_guessed").what

    def test_what_the_text_does_not_decide_is_said(self, tmp_path: Path) -> None:
        # one letter that is as good Hungarian as it is Portuguese
        grid = read(tmp_path, "q,r\nGyőr,no\n".encode("cp1250"))
        assert "nothing in the file tells it from" in note(grid, "encoding_guessed").what

    def test_utf8_is_no_guess(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.TEXT).notes == ()

    def test_a_declared_encoding_wins(self, tmp_path: Path) -> None:
        grid = read(tmp_path, "q,r\nété,no\n".encode("cp1252"), encoding="mac_roman")
        assert (rows_of(grid)[1][0], grid.notes) == ("ÈtÈ", ())

    @pytest.mark.parametrize("encoding", ["abacus", "base64"])
    def test_a_declared_encoding_that_is_none_is_a_definition_error(self, tmp_path: Path, encoding: str) -> None:
        assert refused(tmp_path, CSV, encoding=encoding).code == "definition_invalid"

    @pytest.mark.parametrize("foreign", ["cp1252", "mac_roman", "utf-16-le"])
    def test_two_encodings_in_one_file_are_an_error_with_a_line(self, tmp_path: Path, foreign: str) -> None:
        data = "q,r\nMünchen,é\n".encode() + "Köln,ü\n".encode(foreign)
        problem = refused(tmp_path, data)
        assert problem.code == "export_encoding"
        assert "line 3" in problem.what

    def test_bytes_that_are_no_text_are_refused(self, tmp_path: Path) -> None:
        assert refused(tmp_path, bytes(range(128, 256)) * 20).code == "export_encoding"
        assert refused(tmp_path, bytes(range(256)) * 20).code == "export_encoding"


class TestDelimitedText:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_comes_from_many_records(self, tmp_path: Path, delimiter: str) -> None:
        rows = [["a, b; c", "q1", "q2"], *[[f"x{n}, y|z", "1,5", "2;5"] for n in range(5)]]
        lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
        assert rows_of(read(tmp_path, "\n".join(lines))) == rows

    def test_decimal_commas_do_not_make_a_comma_file(self, tmp_path: Path) -> None:
        text = "id;date;score\n" + "".join(f"{n};1,5;2,25\n" for n in range(300))
        assert read(tmp_path, text).head(1) == [["id", "date", "score"]]

    def test_the_separator_line_of_spreadsheets_is_followed_and_not_counted(self, tmp_path: Path) -> None:
        grid = read(tmp_path, "sep=~\n" + CSV.replace(",", "~"))
        assert (rows_of(grid), grid.first_row) == (ROWS, 1)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
    def test_every_kind_of_line_end_gives_the_same_rows(self, tmp_path: Path, end: str) -> None:
        assert rows_of(read(tmp_path, CSV.replace("\n", end))) == ROWS

    def test_cells_keep_marks_blanks_quotes_and_line_breaks(self, tmp_path: Path) -> None:
        grid = read(tmp_path, 'id,q\n1,\ufeffyes \n2,"a ""b"",\r\nc"\n3,6\'2"\n4,\u202bשלום\u202c\n')
        assert [row[1] for row in rows_of(grid)[1:]] == ["\ufeffyes ", 'a "b",\r\nc', "6'2\"", "\u202bשלום\u202c"]

    def test_blank_lines_stay_rows_so_that_numbers_are_the_spreadsheets(self, tmp_path: Path) -> None:
        grid = read(tmp_path, CSV.replace("2,South", "\n\n2,South") + "\n\n")
        assert [row[0] for row in rows_of(grid)] == ["id", "1", "", "", "2", "3"]

    def test_cells_beyond_the_headers_may_be_blank(self, tmp_path: Path) -> None:
        assert rows_of(read(tmp_path, CSV.replace("Agree,yes", "Agree,yes,,"))) == ROWS
        assert rows_of(read(tmp_path, CSV.replace("\n", ",\n").replace("q2,", "q2"))) == ROWS
        assert rows_of(read(tmp_path, CSV.replace("q2", "q2,,"))) == ROWS

    def test_a_row_that_misses_cells_is_named_even_below_odd_ones(self, tmp_path: Path) -> None:
        text = "Survey of the year\n\n" + CSV.replace("2,South", "\n1b,North,Agree,no,,\n2,South").replace(
            "3,North,", "3,"
        )
        problem = refused(tmp_path, text)
        assert (problem.code, problem.row) == ("export_unreadable", 8)

    def test_cells_beyond_short_headers_are_an_error_with_the_row(self, tmp_path: Path) -> None:
        text = CSV.replace("\n", ",\n").replace("q2,", "q2").replace("no,\n3", "no,secret\n3")
        problem = refused(tmp_path, text)
        assert (problem.code, problem.row) == ("export_unreadable", 3)
        assert "secret" not in problem.describe()

    @pytest.mark.parametrize(
        ("text", "row"),
        [
            ('"id","q"\n"1","a"\n"2","b', 3),  # cut in the last cell
            ('"id","q"\n"1","a"\n"2","b\n', 3),
            ('id\tq\n1\ta\n2\t"b', 3),
            ('id,q\n1,"a\n2,"b"\n3,c\n', 2),  # would swallow the next row
            ('id,q\n1,"a" b\n2,c\n', 2),
        ],
    )
    def test_a_quotation_mark_that_never_closes_swallows_no_row(self, tmp_path: Path, text: str, row: int) -> None:
        problem = refused(tmp_path, text)
        assert (problem.code, problem.row) == ("export_unreadable", row)

    def test_tab_files_that_never_quote_keep_their_quotation_marks(self, tmp_path: Path) -> None:
        grid = read(tmp_path, 'id\tq\n1\t"Great" tool\n2\t"never closed\n3\tfine\n')
        assert [row[1] for row in rows_of(grid)] == ["q", '"Great" tool', '"never closed', "fine"]

    def test_backslashes_before_quotation_marks_are_understood(self, tmp_path: Path) -> None:
        grid = read(tmp_path, '"id","q"\n"1","say \\"hi, you\\""\n"2","b"\n')
        assert rows_of(grid)[1] == ["1", 'say "hi, you"']

    def test_apostrophes_quote_where_nothing_else_does(self, tmp_path: Path) -> None:
        assert rows_of(read(tmp_path, "'id','q'\n'1','a, ''b'''\n")) == [["id", "q"], ["1", "a, 'b'"]]
        assert rows_of(read(tmp_path, "1,'2027-03-01','a \"b\", c'\n2,,'d'\n"))[0] == ["1", "2027-03-01", 'a "b", c']
        assert rows_of(read(tmp_path, "id,q\n1,'tis fine\n2,'so'\n"))[1:] == [["1", "'tis fine"], ["2", "'so'"]]

    def test_large_files_are_read_in_blocks_with_the_right_row_numbers(self, tmp_path: Path) -> None:
        row = "x" * 2000 + ',"y\nz"\n'
        problem = refused(tmp_path, "a,b\n" + row * 9000 + "\n" + row + "cut\n" + row)
        assert problem.row == 9004

    def test_a_cell_longer_than_a_block_is_read(self, tmp_path: Path) -> None:
        grid = read(tmp_path, "a,b\n" + "z" * 20_000_000 + ",1\n")
        assert len(rows_of(grid)[1][0]) == 20_000_000


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_whatever_is_written_between_quotation_marks_comes_back(
    tmp_path: Path, answers: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str
) -> None:
    rows = [["id", "first", "second", "third"], *[[f"r{n}", *row] for n, row in enumerate(answers)]]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    assert rows_of(read(tmp_path, target.getvalue().encode(encoding))) == rows


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("\ufeff How\u00a0clear\u200b  is it? ", "How clear is it?"),
        ("<p>How <b>clear</b>, and<br/>how fair?</p>", "How clear, and how fair?"),
        ('<span style="color:red">R&amp;D</span> &gt; 5&nbsp;people', "R&D > 5 people"),
        ("<style>p {}</style>Age", "Age"),
        ("x < 5 and y > 3", "x < 5 and y > 3"),
        ("AT&T; R&D &copying", "AT&T; R&D &copying"),
        ("“It’s fine”", "“It’s fine”"),
        ("می\u200cخواهم\u200f", "می\u200cخواهم"),
    ],
)
def test_headers_are_read_as_people_see_them(written: str, read_as: str) -> None:
    assert trim_header(written) == read_as


class TestWorkbooks:
    def test_cells_are_their_stored_values(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["moment", "day", "hour", "length", "share", "whole", "part", "yes", "text", "big"])
            for at, (value, shape) in enumerate(
                [
                    (datetime(2027, 3, 1, 8, 2, 41), "yyyy-mm-dd hh:mm:ss"),
                    (date(2027, 3, 1), "d/m/yy"),
                    (time(8, 24), "hh:mm"),
                    (timedelta(hours=26, minutes=5), "[h]:mm:ss"),
                ]
            ):
                sheet.write_datetime(1, at, value, book.add_format({"num_format": shape}))
            sheet.write_number(1, 4, 0.85, book.add_format({"num_format": "0%"}))
            sheet.write_number(1, 5, 11442956956.0)
            sheet.write_number(1, 6, 1.25)
            sheet.write_boolean(1, 7, True)
            sheet.write_string(1, 8, "001")
            sheet.write_number(1, 9, 1e300)
        assert rows_of(read(tmp_path, target.getvalue()))[1] == [
            "2027-03-01T08:02:41", "2027-03-01", "08:24:00", "26:05:00", "0.85", "11442956956", "1.25", "TRUE", "001",
            "1e+300",
        ]  # fmt: skip

    def test_the_date_system_of_old_macs_is_followed(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"date_1904": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["day", "q"])
            sheet.write_datetime(1, 0, date(2027, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
            sheet.write_string(1, 1, "yes")
        assert rows_of(read(tmp_path, target.getvalue()))[1] == ["2027-03-01", "yes"]

    def test_rows_and_columns_keep_their_places_when_the_table_starts_elsewhere(self, tmp_path: Path) -> None:
        book = make_book({"A": [[], [], *[["", *row] for row in ROWS]]})
        grid = read(tmp_path, book)
        assert (grid.first_row, rows_of(grid)[0]) == (3, ["", *ROWS[0]])

    @pytest.mark.parametrize("notes", [[["About"], ["Made by the tool"]], [["word", "translation"]] * 2])
    def test_the_sheet_with_responses_is_chosen_wherever_it_stands(
        self, tmp_path: Path, notes: Sequence[Sequence[str]]
    ) -> None:
        grid = read(tmp_path, make_book({"Notes": notes, "Answers": ROWS, "hidden:Copy": ROWS * 5}))
        assert (grid.sheet, rows_of(grid)) == ("Answers", ROWS)
        assert "not 'Notes'" in note(grid, "sheet_chosen").what

    def test_a_tools_own_sheet_wins_over_a_larger_one(self, tmp_path: Path) -> None:
        forms = [["ID", "Start time", "Completion time", "Email", "Name", "How clear?"], [1, "", "", "", "", 5]]
        grid = read(tmp_path, make_book({"Codes": [["code", "meaning", "note"]] * 30, "Sheet1": forms}))
        assert grid.sheet == "Sheet1"

    def test_sheets_under_the_same_headers_are_all_read(self, tmp_path: Path) -> None:
        path = tmp_path / "export.xlsx"
        path.write_bytes(make_book({"North": ROWS, "South": ROWS[:2], "Notes": [["x"]]}))
        assert [(grid.sheet, grid.n_rows) for grid in open_all(path)] == [("North", 4), ("South", 2)]

    def test_a_hidden_sheet_is_read_when_it_is_named(self, tmp_path: Path) -> None:
        book = make_book({"Empty": [], "hidden:Answers": ROWS})
        assert rows_of(read(tmp_path, book, sheet="Answers")) == ROWS
        assert "not looked at: 'Answers'" in refused(tmp_path, book).what

    def test_formulas_are_read_by_their_results_and_noted(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            for name in ("Other", "Answers"):
                sheet = book.add_worksheet(name)
                for number, row in enumerate(ROWS if name == "Answers" else [["x"]]):
                    sheet.write_row(number, 0, row)
            sheet.write_formula("C2", '=IF(1,"Agree","")', None, "Agree")
            sheet.write_formula("D3", "=1/0", None, "#DIV/0!")
        grid = read(tmp_path, target.getvalue())
        assert rows_of(grid)[1:3] == [["1", "North", "Agree", "yes"], ["2", "South", "Disagree", ""]]
        formulas, errors = (problem.what for problem in grid.notes if problem.code == "formulas_read")
        assert formulas == "2 cells with formulas, first in C2"
        assert errors == "1 cell with an error such as #REF!, first in D3; read as blank"

    def test_formulas_nobody_calculated_are_not_read_as_blanks(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in ROWS:
            book.active.append(row)
        book.active["C2"] = "=A2"
        book.save(tmp_path / "e.xlsx")
        problem = refused(tmp_path, (tmp_path / "e.xlsx").read_bytes())
        assert (problem.code, problem.what) == ("export_unreadable", "1 formula without a stored result")

    def test_formulas_are_found_whatever_prefix_the_xml_has(self, tmp_path: Path) -> None:
        parts = {
            name: zipfile.ZipFile(io.BytesIO(BOOK)).read(name) for name in zipfile.ZipFile(io.BytesIO(BOOK)).namelist()
        }
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        parts["xl/worksheets/sheet1.xml"] = (
            f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>id</x:v></x:c>'
            '<x:c r="B1" t="str"><x:v>q</x:v></x:c><x:c r="C1" t="str"><x:v>r</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
            '<x:c r="B2" t="e"><x:v>#N/A</x:v></x:c><x:c r="C2" t="str"><x:f>T("")</x:f><x:v></x:v></x:c></x:row></x:sheetData></x:worksheet>'
        ).encode()
        grid = read(tmp_path, make_zip(parts))
        assert rows_of(grid)[1] == ["2", "", ""]
        assert [problem.what.split(",")[0] for problem in grid.notes] == [
            "2 cells with formulas", "1 cell with an error such as #REF!",
        ]  # fmt: skip

    def test_a_stray_cell_at_the_far_end_is_refused_before_it_fills_the_memory(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ROWS[0])
            sheet.write("XFD1048576", "x")
        problem = refused(tmp_path, target.getvalue())
        assert (problem.code, problem.what) == ("export_refused", "The sheet reaches to row 1048576, column 16384")

    def test_an_encrypted_workbook_is_told_by_its_parts(self, tmp_path: Path) -> None:
        data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
        problem = refused(tmp_path, data, "e.xlsx")
        assert (problem.code, problem.what) == ("export_unreadable", "The workbook is protected by a password")

    def test_a_damaged_workbook_says_nothing_but_the_problem(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(24) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(2000)
        assert refused(tmp_path, old, "e.xls").code == "export_unreadable"
        assert capfd.readouterr().err == ""

    def test_open_document_sheets_are_read(self, tmp_path: Path) -> None:
        cells = "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row
            )
            + "</table:table-row>"
            for row in ROWS
        ).replace("<table:table-cell ", '<table:table-cell table:formula="of:=1" ', 1)
        names = {"office": "office", "table": "table", "text": "text"}
        spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"' for key in names)
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="A &amp; B">{cells}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>"
        )
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        grid = read(
            tmp_path, make_zip({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}), "e.csv"
        )
        assert (grid.sheet, rows_of(grid)) == ("A & B", ROWS)
        assert note(grid, "formulas_read").what == "1 cell with formulas"
