"""Readers of named survey tools: header rows resolved, cells untouched."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipeline.ingest.readers import RawTable, find_reader
from schemas.definitions import Wave
from tests.programme_files import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine"),
]


def read(tool: str, path: Path, **settings: Any) -> RawTable:
    wave = Wave(year=2025, title="Test", tool=tool, report_date=date(2025, 12, 1), **settings)
    (table,) = find_reader(tool).read_export(path, wave)
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


SURVEYMONKEY = (
    "Respondent ID,Collector ID,Which group?,,How far do you agree? ,,\u00a0Why?\u00a0\r\n"
    ",,Response,Other (please specify),It is clear.,It is fair.,Open-Ended Response\r\n"
    '118,9,North,,Agree,Disagree,"One, two\nthree"\r\n'
    "119,9,,South,Agree,,\r\n"
)


def test_surveymonkey_two_header_rows_become_one_header_per_column(tmp_path: Path) -> None:
    table = read("surveymonkey", write(tmp_path / "e.csv", SURVEYMONKEY))
    assert table.headers == (
        "Respondent ID",
        "Collector ID",
        "Which group?",
        "Which group? [Other (please specify)]",
        "How far do you agree? [It is clear.]",
        "How far do you agree? [It is fair.]",
        "Why?",
    )
    assert (table.n_rows, table.first_row, table.file, table.sheet) == (2, 3, "e.csv", "")
    assert cells(table, 6) == ["One, two\nthree", ""]
    assert cells(table, 5) == ["Disagree", ""]


def test_surveymonkey_workbook_reads_like_its_csv(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Respondent ID", "Which group?", ""], ["", "Response", "Other"], [118, "North", ""]]
    table = read("surveymonkey", write_book(tmp_path / "e.xlsx", {"Sheet": rows}))
    assert table.headers == ("Respondent ID", "Which group?", "Which group? [Other]")
    assert cells(table, 0) == ["118"]
    assert table.sheet == "Sheet"


def test_surveymonkey_single_header_row_is_told_by_the_ids_below_it(tmp_path: Path) -> None:
    table = read("surveymonkey", write(tmp_path / "e.csv", "RespondentID,Q1,\r\n118,Response,\r\n"))
    assert table.headers == ("RespondentID", "Q1", "")
    assert (table.n_rows, table.first_row) == (1, 2)


def test_surveymonkey_row_of_codes_above_two_header_rows_is_left_out(tmp_path: Path) -> None:
    text = ",q1,,q2\r\nRespondent ID,Agree?,,Why?\r\n,Clear.,Fair.,Open-Ended Response\r\n118,Yes,No,\r\n"
    table = read("surveymonkey", write(tmp_path / "e.csv", text))
    assert table.headers == ("Respondent ID", "Agree? [Clear.]", "Agree? [Fair.]", "Why?")
    assert (table.n_rows, table.first_row) == (1, 4)


def test_surveymonkey_without_ids_is_told_by_the_word_response(tmp_path: Path) -> None:
    table = read("surveymonkey", write(tmp_path / "e.csv", "Group,Agree?\r\nResponse,Response\r\nNorth,Yes\r\n"))
    assert table.headers == ("Group", "Agree?")
    assert table.n_rows == 1


def test_surveymonkey_declared_header_rows_win(tmp_path: Path) -> None:
    table = read(
        "surveymonkey", write(tmp_path / "e.csv", "Group,Agree?\r\nPart,It is fair\r\nNorth,Yes\r\n"), header_rows=2
    )
    assert table.headers == ("Group [Part]", "Agree? [It is fair]")


def test_surveymonkey_question_repeated_over_its_columns_is_not_doubled(tmp_path: Path) -> None:
    text = "Respondent ID,Uses,Uses,Role\r\nRespondent ID,Code,Docs,Response\r\n118,Code,,Chair\r\n"
    table = read("surveymonkey", write(tmp_path / "e.csv", text))
    assert table.headers == ("Respondent ID", "Uses [Code]", "Uses [Docs]", "Role")


@pytest.mark.parametrize(("name", "delimiter"), [("e.csv", ","), ("e.tsv", "\t")])
def test_google_forms_keeps_grid_headers_and_every_cell(tmp_path: Path, name: str, delimiter: str) -> None:
    header = ["\ufeffTimestamp", "How far do you agree? [It is  clear.]", "Uses"]
    row = ["9/14/2026 8:02:41", "Agree", "Code;Docs"]
    text = "\r\n".join(delimiter.join(line) for line in (header, row))
    table = read("google_forms", write(tmp_path / name, text))
    assert table.headers == ("Timestamp", "How far do you agree? [It is clear.]", "Uses")
    assert [cells(table, k) for k in range(3)] == [["9/14/2026 8:02:41"], ["Agree"], ["Code;Docs"]]
    assert table.first_row == 2


def test_google_forms_workbook_writes_times_as_iso_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Timestamp", "Score"], [datetime(2026, 9, 14, 8, 2, 41), 4]]
    table = read("google_forms", write_book(tmp_path / "e.xlsx", {"Form Responses 1": rows}))
    assert [cells(table, 0), cells(table, 1)] == [["2026-09-14T08:02:41"], ["4"]]
    assert table.sheet == "Form Responses 1"


FORMS: list[list[object]] = [
    ["ID", "Start time", "Completion time", "Email", "Name", "How clear is it?\u00a0", "Uses"],
    [1, datetime(2027, 9, 13, 8, 0, 1), datetime(2027, 9, 13, 8, 4, 59), "anonymous", "", 5, "Code;Docs;"],
]


def test_microsoft_forms_reads_the_first_sheet(tmp_path: Path) -> None:
    table = read("microsoft_forms", write_book(tmp_path / "e.xlsx", {"Sheet1": FORMS, "Notes": [["x"]]}))
    assert table.headers == ("ID", "Start time", "Completion time", "Email", "Name", "How clear is it?", "Uses")
    assert cells(table, 1) == ["2027-09-13T08:00:01"]
    assert cells(table, 2) == ["2027-09-13T08:04:59"]
    assert [cells(table, k)[0] for k in (0, 3, 4, 5, 6)] == ["1", "anonymous", "", "5", "Code;Docs;"]
    assert (table.sheet, table.first_row) == ("Sheet1", 2)


def test_microsoft_forms_reads_the_sheet_survey_toml_names(tmp_path: Path) -> None:
    book = write_book(tmp_path / "e.xlsx", {"Notes": [["x"]], "Answers": FORMS})
    assert read("microsoft_forms", book, sheet="Answers").headers[0] == "ID"


REAL = [
    ("surveymonkey", "cncf-ambassadors/CNCF_Ambassadors_Survey_2019_H1.csv", 21, 49, "Respondent ID"),
    ("surveymonkey", "cncf-ambassadors/CNCF_Ambassadors_Survey_2019_H2.csv", 42, 53, "Respondent ID"),
    ("surveymonkey", "cncf-ambassadors/CNCF_Ambassadors_Survey_2020_H1.csv", 44, 56, "Respondent ID"),
    ("surveymonkey", "cncf-ambassadors/CNCF_Ambassadors_Survey_2021.csv", 44, 18, "Respondent ID"),
    ("surveymonkey", "cncf-maintainers/maintainer-survey-results-2019-h2.csv", 70, 69, "Respondent ID"),
    ("surveymonkey", "cncf-maintainers/CNCF_Maintainers_Survey_2020_H1.csv", 79, 71, "Respondent ID"),
    ("surveymonkey", "cncf-maintainers/CNCF_Maintainers_Survey_2020_H2.csv", 97, 103, "Respondent ID"),
    ("surveymonkey", "cncf-maintainers/CNCF_Maintainers_Survey_2021_H2.csv", 102, 35, "Respondent ID"),
    ("surveymonkey", "cncf-maintainers/CNCF Maintainers Survey 2023 H1.csv", 145, 25, "My employer is (select one):"),
    ("surveymonkey", "cncf-maintainers/CNCF Maintainers Survey 2023 H2.csv", 133, 25, "My employer is (select one):"),
    ("surveymonkey", "todogroup-ospo/2020_results_2020.csv", 1404, 270, "Respondent ID"),
    ("surveymonkey", "todogroup-ospo/2023_RawData.csv", 489, 492, "Respondent ID"),
    ("google_forms", "spack/spack-user-survey-2020-responses.csv", 170, 48, "Timestamp"),
    ("google_forms", "spack/spack-user-survey-2021-responses.csv", 179, 54, "Timestamp"),
    ("google_forms", "spack/spack-user-survey-2022-responses.csv", 182, 58, "Timestamp"),
    ("google_forms", "spack/spack-user-survey-2022-responses.xlsx", 182, 58, "Timestamp"),
    ("google_forms", "google-forms/jupyter-education-2016.csv", 125, 25, "Timestamp"),
    ("google_forms", "r-community/2019 Spanish R Community Survey Responses.csv", 338, 52, "Timestamp"),
    ("google_forms", "r-community/2019 Spanish R Community Survey Responses.xlsx", 338, 52, "Timestamp"),
    (
        "google_forms",
        "r-community/Learning R Internet Survey (Spanish Version) - Form Responses 1.tsv",
        295,
        44,
        "Timestamp",
    ),
]


@pytest.mark.parametrize(("tool", "name", "rows", "columns", "first"), [pytest.param(*c, marks=shared) for c in REAL])
def test_real_exports_keep_their_rows_and_columns(tool: str, name: str, rows: int, columns: int, first: str) -> None:
    table = read(tool, SHARED / name)
    assert (table.n_rows, len(table.headers), table.headers[0]) == (rows, columns, first)


@pytest.mark.parametrize(
    ("name", "encoding", "rows"),
    [
        pytest.param("StarWars.csv", "cp1252", 1186, marks=shared),
        pytest.param("flying-etiquette.csv", "cp1252", 1040, marks=shared),
        pytest.param("food-world-cup-data.csv", "cp1252", 1373, marks=shared),
    ],
)
def test_real_exports_in_an_old_encoding_are_read_when_it_is_declared(name: str, encoding: str, rows: int) -> None:
    table = read("surveymonkey", SHARED / "fivethirtyeight" / name, encoding=encoding)
    assert table.n_rows == rows
    assert table.headers[0] == "RespondentID"


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in (2020, 2021, 2022)])
def test_real_csv_and_workbook_of_one_survey_have_the_same_headers(year: int) -> None:
    name = f"spack/spack-user-survey-{year}-responses"
    csv, book = (read("google_forms", SHARED / f"{name}{end}") for end in (".csv", ".xlsx"))
    assert csv.headers == book.headers


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in (2020, 2021, 2022)])
def test_real_grid_answers_give_the_known_mean(year: int) -> None:
    """The documentation rating, Excellent = 5 … Horrible = 1; means recorded with the collection."""
    table = read("google_forms", SHARED / f"spack/spack-user-survey-{year}-responses.csv")
    column = table.headers.index("How would you rate the overall quality of ... [Spack documentation]")
    points = {"Excellent": 5, "Good": 4, "OK": 3, "Bad": 2, "Horrible": 1}
    scored = [points[cell] for cell in cells(table, column) if cell in points]
    known = {2020: 3.8059, 2021: 3.8380, 2022: 3.8462}
    assert sum(scored) / len(scored) == pytest.approx(known[year], abs=5e-5)
