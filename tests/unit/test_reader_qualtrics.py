"""Qualtrics: header rows of every vintage, codes and texts, the tool's own columns."""

from __future__ import annotations

import pytest

from tests.grids import lay_out, recognised, score

CODES = ["StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished", "RecordedDate", "ResponseId",
         "RecipientEmail", "ExternalReference", "UserLanguage", "Q1", "Q2_1", "Q2_2", "Q3", "Q3_4_TEXT"]  # fmt: skip
TEXTS = ["Fecha de inicio", "Fecha final", "Tipo de respuesta", "Progreso", "Duración (en segundos)", "Finalizado",
         "Fecha registrada", "ID de respuesta", "Correo", "Referencia", "Idioma", "Which group?",
         "How far do you agree? - It is clear.", "How far do you agree? - It is fair.",
         "What do you use? - Selected Choice", "What do you use? - Other - Text"]  # fmt: skip
IDS = ["startDate", "endDate", "status", "progress", "duration", "finished", "recordedDate", "_recordId",
       "recipientEmail", "externalDataReference", "userLanguage", "QID1", "QID2_1", "QID2_2", "QID3", "QID3_4_TEXT"]  # fmt: skip
RESPONSE = ["2027-05-02 08:00:00", "2027-05-02 08:03:20", "IP Address", "100", "200", "True", "2027-05-02 08:03:21",
            "R_2YPOQ602ER1jkf1", "", "", "EN", "North", "Agree", "Disagree", "Code", ""]  # fmt: skip
JSON = [f'{{"ImportId":"{name}"}}' for name in IDS]
PYTHON = [f"{{'ImportId': '{name}'}}" for name in IDS]
HEADERS = ("Which group?", "How far do you agree? [It is clear.]", "How far do you agree? [It is fair.]",
           "What do you use?", "What do you use? [Other - Text]")  # fmt: skip


@pytest.mark.parametrize("ids", [JSON, PYTHON], ids=["JSON", "Python"])
def test_three_header_rows_give_codes_and_texts(ids: list[str]) -> None:
    found = lay_out("qualtrics", [CODES, TEXTS, ids, RESPONSE])
    assert found.header_rows == 3
    assert found.codes == tuple(CODES)
    assert found.headers[11:] == HEADERS
    assert found.headers[:2] == ("Fecha de inicio", "Fecha final")


def test_the_tools_own_columns_are_told_by_code_whatever_language_their_texts_have() -> None:
    found = lay_out("qualtrics", [CODES, TEXTS, JSON, RESPONSE])
    assert found.roles == {
        0: "started", 1: "finished", 2: "test", 3: "technical", 4: "duration", 5: "status", 6: "technical",
        7: "respondent", 8: "personal", 9: "token", 10: "language",
    }  # fmt: skip


def test_renamed_codes_are_told_by_their_import_ids() -> None:
    found = lay_out("qualtrics", [["When", "Who", "Mine"], ["a", "b", "c"], JSON[0:1] + JSON[7:8] + JSON[11:12]])
    assert found.roles == {0: "started", 1: "respondent"}


@pytest.mark.parametrize(
    ("rows", "header_rows"),
    [
        pytest.param([CODES, TEXTS, RESPONSE], 2, id="import ids taken out"),
        pytest.param([CODES, JSON, RESPONSE], 2, id="texts taken out"),
        pytest.param([CODES, RESPONSE, RESPONSE], 1, id="both taken out"),
        pytest.param([CODES, TEXTS, JSON], 3, id="no response yet"),
    ],
)
def test_rows_that_somebody_took_out_are_not_counted(rows: list[list[str]], header_rows: int) -> None:
    found = lay_out("qualtrics", rows)
    assert (found.header_rows, found.codes) == (header_rows, tuple(CODES))
    assert found.roles[7] == "respondent"
    assert score("qualtrics", rows) >= 0.9


def test_a_first_response_without_own_columns_is_not_taken_for_texts() -> None:
    rows = [["Q1", "Q2_1", "Q2_2"], ["North", "4", "5"], ["South", "3", "1"], ["North", "2", "2"]]
    assert lay_out("qualtrics", rows).header_rows == 1


def test_texts_without_own_columns_are_told_by_the_numbers_below() -> None:
    rows = [["Q1_1", "Q1_2", "Q2"], ["Agree? - A", "Agree? - B", "How old?"], ["4", "5", "30"], ["3", "1", "41"]]
    found = lay_out("qualtrics", rows)
    assert (found.header_rows, found.headers) == (2, ("Agree? [A]", "Agree? [B]", "How old?"))


LEGACY_CODES = ["V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "Q1_1", "Q1_2", "Q2", "Q2_TEXT"]
LEGACY_TEXTS = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status",
                "StartDate", "EndDate", "Finished", "Rate e-mail-Speed", "Rate e-mail-Spam", "Your e-mail use?",
                "Your e-mail use?-TEXT"]  # fmt: skip
LEGACY_RESPONSE = ["R_2YPOQ602ER1jkf1", "Default Response Set", "Anonymous", "", "", "", "0", "2016-05-13 12:14:41",
                   "2016-05-13 12:15:41", "1", "4", "2", "1", ""]  # fmt: skip


def test_legacy_exports_have_two_header_rows_and_a_bare_hyphen() -> None:
    found = lay_out("qualtrics", [LEGACY_CODES, LEGACY_TEXTS, LEGACY_RESPONSE])
    assert found.header_rows == 2
    assert found.headers[10:] == (
        "Rate e-mail [Speed]",
        "Rate e-mail [Spam]",
        "Your e-mail use?",
        "Your e-mail use? [TEXT]",
    )
    assert found.roles == {
        0: "respondent", 1: "technical", 2: "personal", 3: "token", 4: "personal", 5: "personal", 6: "test",
        7: "started", 8: "finished", 9: "status",
    }  # fmt: skip
    assert score("qualtrics", [LEGACY_CODES, LEGACY_TEXTS, LEGACY_RESPONSE]) >= 0.9


def test_legacy_numbers_alone_still_tell_the_own_columns() -> None:
    found = lay_out("qualtrics", [LEGACY_CODES, LEGACY_RESPONSE, LEGACY_RESPONSE])
    assert (found.header_rows, found.roles[0], found.roles[8]) == (1, "respondent", "finished")


def test_rows_of_one_question_stay_whole_when_they_begin_alike() -> None:
    texts = ["Rate - honestly - Self - study", "Rate - honestly - Service"]
    assert lay_out("qualtrics", [["Q1_1", "Q1_2"], texts, JSON[12:14]]).headers == (
        "Rate - honestly [Self - study]",
        "Rate - honestly [Service]",
    )


def test_texts_of_different_questions_are_not_joined() -> None:
    texts = ["Agree? - A", "Agree? - A"]
    ids = ['{"ImportId":"QID1_1"}', '{"ImportId":"QID12_1"}']
    assert lay_out("qualtrics", [["Q1_1", "Q12_1"], texts, ids]).headers == ("Agree? - A", "Agree? - A")


def test_repeated_codes_stay_and_blank_texts_fall_back_on_them() -> None:
    found = lay_out("qualtrics", [["Q1", "Q1", "team"], ["Agree?", "", ""], [*JSON[11:13], '{"ImportId":"team"}']])
    assert (found.codes, found.headers) == (("Q1", "Q1", "team"), ("Agree?", "Q1", "team"))


def test_markup_and_line_breaks_in_texts_become_plain_headers() -> None:
    found = lay_out("qualtrics", [["Q1"], ["<b>How&nbsp;far</b>\n\ndo you agree?"], ['{"ImportId":"QID1"}']])
    assert found.headers == ("How far do you agree?",)


@pytest.mark.parametrize(
    ("code", "technical"),
    [
        ("Q5_Page Submit", True), ("Q_RecaptchaScore", True), ("FL_12_DO", True), ("SC0", True), ("Q2 - Topics", True),
        ("Q5_Version", False), ("Q_1", False), ("TO_DO", False), ("Q5", False),
    ],
)  # fmt: skip
def test_fields_nobody_was_asked_are_technical(code: str, technical: bool) -> None:
    assert (lay_out("qualtrics", [["StartDate", code], ["Start", "Text"]]).roles.get(1) == "technical") is technical


def test_browser_details_are_technical_together() -> None:
    codes = ["Q9_Browser", "Q9_Version", "Q9_Operating System", "Q9_Resolution"]
    assert set(lay_out("qualtrics", [codes, codes]).roles) == {0, 1, 2, 3}


def test_declared_header_rows_win() -> None:
    found = lay_out("qualtrics", [CODES, TEXTS, JSON, RESPONSE], header_rows=2)
    assert (found.header_rows, found.headers[11]) == (2, "Which group?")


@pytest.mark.parametrize(
    "headers",
    [
        ["ID", "Duration", "Finished", "Status", "Q1", "Q2"],
        ["id", "submitdate", "startlanguage", "Q1[SQ001]", "Q1[SQ002]"],
        ["startedAt", "finishedAt", "s0q1", "s0q2"],
        ["V1", "V2", "V3"],
    ],
)
def test_other_tables_are_not_claimed(headers: list[str]) -> None:
    rows = [headers, ["1"] * len(headers), ["2"] * len(headers)]
    assert score("qualtrics", rows) < 0.3
    assert recognised(rows) != "qualtrics"
