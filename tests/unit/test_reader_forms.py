"""Google Forms and Microsoft Forms: own columns in every language, questions as they are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.grids import cells, lay_out, read, recognised, score, write, write_book


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


@pytest.mark.parametrize(
    ("stamp", "email", "when"),
    [
        ("Timestamp", "Email Address", "2027/05/02 8:03:20 AM GMT+2"),
        ("Marca temporal", "Dirección de correo electrónico", "2/5/2027 8:03:20"),
        ("Horodateur", "Adresse e-mail", "02/05/2027 08:03:20"),
        ("Zeitstempel", "E-Mail-Adresse", "02.05.2027 08:03:20"),
        ("Carimbo de data/hora", "Endereço de e-mail", "02/05/2027 08:03:20"),
        ("Informazioni cronologiche", "Indirizzo email", "02/05/2027 8.03.20"),
        ("Tijdstempel", "E-mailadres", "2-5-2027 8:03:20"),
        ("Sygnatura czasowa", "Adres e-mail", "02.05.2027 08:03:20"),
        ("Отметка времени", "Адрес электронной почты", "02.05.2027 08:03:20"),
        ("时间戳记", "电子邮件地址", "2027/5/2 上午8:03:20"),
        ("時間戳記", "電子郵件地址", "2027/5/2 上午 8:03:20"),
        ("タイムスタンプ", "メールアドレス", "2027/05/02 8:03:20"),
        ("طابع زمني", "عنوان البريد الإلكتروني", "02/05/2027 08:03:20"),
    ],
)
def test_google_forms_speaks_its_owners_language(stamp: str, email: str, when: str) -> None:
    rows = [[stamp, email, "Agree?"], [when, "a@example.org", "4"]]
    assert recognised(rows) == "google_forms"
    assert score("google_forms", rows) >= 0.8
    assert lay_out("google_forms", rows).roles == {0: "finished", 1: "personal"}


def test_google_forms_quiz_score_is_the_tools_and_a_question_of_that_name_is_not() -> None:
    quiz = [["Timestamp", "Score", "Agree?"], ["5/2/2027 8:03:20", "7 / 10", "4"]]
    assert lay_out("google_forms", quiz).roles == {0: "finished", 1: "technical"}
    asked = [["Timestamp", "Score", "Agree?"], ["5/2/2027 8:03:20", "7", "4"]]
    assert lay_out("google_forms", asked).roles == {0: "finished"}


def test_google_forms_timestamp_that_was_moved_is_still_found() -> None:
    rows = [["Group", "Agree?", "Timestamp"], ["North", "4", "5/2/2027 8:03:20"]]
    assert recognised(rows) == "google_forms"
    assert lay_out("google_forms", rows).roles == {2: "finished"}


def test_google_forms_timestamp_that_was_renamed_still_says_when() -> None:
    rows = [["Date", "Agree? [Clear.]", "Agree? [Fair.]"], ["2027-05-02 08:03:20", "4", "5"]]
    assert lay_out("google_forms", rows).roles == {0: "finished"}


@pytest.mark.parametrize(
    ("rows", "tool"),
    [
        pytest.param([["Timestamp", "Agree?"], ["soon", "4"]], "plain", id="no times"),
        pytest.param(
            [["Submission ID", "User ID", "Timestamp", "Agree?"], ["1", "ann", "2027-05-02T08:03:20+02:00", "4"]],
            "plain",
            id="after another tool's id",
        ),
        pytest.param([["Agree?", "Why?"], ["4", "x"]], "plain", id="no timestamp"),
        pytest.param([["Agree? [Clear.]", "Agree? [Fair.]"], ["4", "5"]], "google_forms", id="only a grid: a hint"),
    ],
)
def test_google_forms_claims_no_more_than_it_sees(rows: list[list[str]], tool: str) -> None:
    assert score("google_forms", rows) <= 0.2
    assert recognised(rows) == tool


def test_google_forms_sheet_name_tells_where_the_timestamp_was_taken_out() -> None:
    rows = [["Agree?", "Why?"], ["4", "x"]]
    assert recognised(rows, "Form Responses 1") == "google_forms"
    assert recognised(rows, "Formularantworten 1") == "google_forms"
    assert recognised(rows, "Sheet1") == "plain"


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


@pytest.mark.parametrize(
    "own",
    [
        ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"],
        ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name", "Zeitpunkt der letzten Änderung"],
        ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom", "Heure de la dernière modification"],
        [
            "Id",
            "Hora de inicio",
            "Hora de finalización",
            "Correo electrónico",
            "Nombre",
            "Hora de la última modificación",
        ],
        ["ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam", "Tijd van laatste wijziging"],
        ["ID", "開始時刻", "完了時刻", "メール", "名前", "最終変更時刻"],
    ],
    ids=["en", "de", "fr", "es", "nl", "ja"],
)
def test_microsoft_forms_speaks_its_owners_language(own: list[str]) -> None:
    rows = [
        [*own, "Name", "Agree?"],
        ["1", "2027-09-13T08:00:01", "2027-09-13T08:04:59", "anonymous", "", "", "x", "4"],
    ]
    assert recognised(rows) == "microsoft_forms"
    assert score("microsoft_forms", rows) >= 0.9
    assert list(lay_out("microsoft_forms", rows).roles.values())[:4] == [
        "respondent",
        "started",
        "finished",
        "personal",
    ]
    assert 7 not in lay_out("microsoft_forms", rows).roles


def test_microsoft_forms_in_an_unknown_language_is_told_by_what_its_columns_hold() -> None:
    own = ["Nr", "Upphaf", "Lok", "Netfang", "Nafn"]
    times = ["2027-09-13T08:00:01", "2027-09-13T08:04:59"]
    rows = [[*own, "Agree?"], ["1", *times, "anonymous", "", "4"], ["2", *times, "anonymous", "", "3"]]
    assert recognised(rows) == "microsoft_forms"
    assert lay_out("microsoft_forms", rows).roles == {
        0: "respondent", 1: "started", 2: "finished", 3: "personal", 4: "personal",
    }  # fmt: skip


def test_microsoft_forms_quiz_columns_are_nobodys_answers() -> None:
    own = ["ID", "Start time", "Completion time", "Email", "Name", "Total points", "Quiz feedback"]
    asked = ["Why - briefly?", "Points - Why - briefly?", "Feedback - Why - briefly?", "Points - a game?"]
    roles = lay_out("microsoft_forms", [[*own, *asked], ["1"] * 11]).roles
    assert [roles.get(at) for at in range(5, 11)] == ["technical", "technical", None, "technical", "technical", None]


@pytest.mark.parametrize(
    ("header", "names", "role"),
    [
        ("Nimi", ["Ada A", "Bo B", "Cy C", "Di D"], "personal"),
        ("Nimi", ["", "", "", ""], "personal"),
        ("Osasto", ["North", "South", "North", "North"], None),
        ("Which chapter are you answering for?", ["A", "B", "C", "D"], None),
    ],
)
def test_microsoft_forms_fifth_column_is_a_name_only_where_it_reads_like_one(
    header: str, names: list[str], role: str | None
) -> None:
    head = ["Tunnus", "Alku", "Loppu", "Posti", header, "Agree?"]
    rows = [
        [str(n), "2027-05-02 08:00:00", "2027-05-02 08:03:20", f"p{n}@example.org", name, "4"]
        for n, name in enumerate(names, start=1)
    ]
    assert lay_out("microsoft_forms", [head, *rows]).roles.get(4) == role


def test_microsoft_forms_without_sign_in_has_no_names() -> None:
    head = ["Tunnus", "Alku", "Loppu", "Posti", "Osasto", "Agree?"]
    rows = [["1", "2027-05-02 08:00:00", "2027-05-02 08:03:20", "anonymous", "North", "4"]]
    assert 4 not in lay_out("microsoft_forms", [head, *rows]).roles
