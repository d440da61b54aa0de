"""SurveyMonkey: header rows of every layout and language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grids import cells, lay_out, read, recognised, score, write, write_book

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


@pytest.mark.parametrize(
    "own",
    [
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name"],
        ["Befragten-ID", "Collector-ID", "Startdatum", "Enddatum", "IP-Adresse", "E-Mail-Adresse", "Vorname"],
        ["ID du répondant", "ID du collecteur", "Date de début", "Date de fin", "Adresse IP", "Adresse e-mail", "Prénom"],
        ["ID de encuestado", "ID del recopilador", "Fecha de inicio", "Fecha de finalización", "Dirección IP",
         "Dirección de correo electrónico", "Nombre"],
        ["ID do respondente", "ID do coletor", "Data de início", "Data de término", "Endereço IP", "Endereço de e-mail", "Nome"],
    ],
    ids=["en", "de", "fr", "es", "pt"],
)  # fmt: skip
def test_surveymonkey_speaks_its_owners_language(own: list[str]) -> None:
    rows = [
        [*own, "Agree?", "", "Why?"],
        [""] * 7 + ["It is clear.", "It is fair.", "?"],
        ["118226417001", "9", "a", "b", "c", "d", "e", "Yes", "No", ""],
    ]
    found = lay_out("surveymonkey", rows)
    assert found.header_rows == 2
    assert found.headers[7:] == ("Agree? [It is clear.]", "Agree? [It is fair.]", "Why? [?]")
    assert [found.roles[at] for at in range(5)] == ["respondent", "technical", "started", "finished", "personal"]
    assert recognised(rows) == "surveymonkey"
    assert score("surveymonkey", rows) >= 0.9


def test_surveymonkey_code_of_a_question_stands_for_each_of_its_columns() -> None:
    rows = [
        ["", "q1", "", "q2"],
        ["Respondent ID", "Agree?", "", "Why?"],
        ["", "Clear.", "Fair.", "Open-Ended Response"],
        ["118226417001", "Yes", "No", "x"],
    ]
    found = lay_out("surveymonkey", rows)
    assert (found.header_rows, found.codes) == (3, ("", "q1", "q1", "q2"))


def test_surveymonkey_options_alone_tell_the_second_header_row() -> None:
    rows = [
        ["Which do you use?", "", "", "", "Where?"],
        ["Code", "Docs", "Forum", "Chat", "Place"],
        ["Code", "", "Forum", "Chat", "North"],
        ["", "Docs", "Forum", "Chat", "South"],
        ["", "Docs", "Forum", "", "North"],
    ]
    assert lay_out("surveymonkey", rows).header_rows == 2
    assert recognised(rows) == "surveymonkey"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            [["Role?", "Why?", "More?"], ["Other (please specify)", "", ""], ["Other (please specify)", "x", ""]],
            id="the word among answers",
        ),
        pytest.param(
            [["Which?", "", "", "", "Where?"], ["Code", "Docs", "Forum", "Chat", "North"]]
            + [["Code", "Docs", "Forum", "Chat", place] for place in ("South", "North", "South")],
            id="everybody ticked everything",
        ),
        pytest.param(
            [["Respondent ID", "Which?", "", ""]] + [[f"11822641700{n}", "Code", "Docs", "Forum"] for n in range(4)],
            id="ids in the second row",
        ),
    ],
)
def test_surveymonkey_first_response_is_not_taken_for_headers(rows: list[list[str]]) -> None:
    assert lay_out("surveymonkey", rows).header_rows == 1


def test_surveymonkey_in_an_unknown_language_is_told_by_its_ids() -> None:
    rows = [
        ["Svarandens nr", "Hur nöjd?", ""],
        ["", "Tydlig", "Rättvis"],
        ["11822641700", "4", "5"],
        ["11822641701", "3", "1"],
    ]
    assert lay_out("surveymonkey", rows).header_rows == 2
    assert recognised(rows) == "surveymonkey"


def test_surveymonkey_does_not_claim_a_table_that_counts_its_respondents() -> None:
    assert recognised([["RespondentID", "Agree?"], ["1", "4"], ["2", "5"]]) == "plain"


def test_surveymonkey_ids_that_were_blanked_do_not_add_a_header_row() -> None:
    rows = [["Respondent ID", "Role?"], ["", "Chair"], ["", "Cook"], ["", "Chair"]]
    assert lay_out("surveymonkey", rows).header_rows == 1


def test_surveymonkey_does_not_claim_ids_of_other_tools() -> None:
    rows = [
        ["Submission ID", "Respondent ID", "Submitted at", "Agree?"],
        ["kd8Vn0", "wMx2Ab", "2027-05-02 08:00", "Yes"],
    ]
    assert score("surveymonkey", rows) == 0.0
    assert recognised(rows) == "plain"
