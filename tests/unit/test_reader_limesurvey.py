"""LimeSurvey: every form of headings, its own columns in any language, and what cannot be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from pipeline.ingest.readers._grid import Grid, Layout
from pipeline.ingest.readers.limesurvey import lay_out, recognise_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave


def grid_of(*rows: list[str]) -> Grid:
    columns = tuple(pa.array(list(column), pa.string()).dictionary_encode() for column in zip(*rows, strict=True))
    return Grid("e.csv", "", columns)


def laid_out(grid: Grid, **settings: Any) -> Layout:
    return lay_out(grid, Wave(year=2025, title="T", report_date=date(2025, 12, 1), **settings))


OWN = ["id", "submitdate", "lastpage", "startlanguage", "seed"]
FIRST = ["1", "2025-03-01 10:11:12", "4", "en", "1234567890"]
SECOND = ["2", "", "2", "pt-BR", "987654321"]


def test_codes_stay_headers_and_own_columns_get_roles() -> None:
    head = [*OWN, "ipaddr", "refurl", "G01Q02", "sat[SQ001]", "sat[SQ002]", "use[other]", "interviewtime", "groupTime7"]
    grid = grid_of(head, [*FIRST, "192.0.2.1", "", "A1", "A3", "A4", "", "61.5", "20"])
    layout = laid_out(grid)
    assert recognise_export(grid).score >= 0.95
    assert layout.header_rows == 1
    assert layout.headers == layout.codes == tuple(head)
    assert layout.roles == {
        0: "respondent", 1: "finished", 2: "technical", 3: "language", 4: "technical", 5: "personal", 6: "technical",
        11: "duration", 12: "technical",
    }  # fmt: skip


@pytest.mark.parametrize(
    "heads",
    [
        ["Response ID", "Date submitted", "Last page", "Start language", "Seed"],
        ["Response_ID", "Date_submitted", "Last_page", "Start_language", "Seed"],
        ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert"],
        ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ", "Tête de série"],
        ["ID de respuesta", "Fecha de envío", "Última página", "Lenguaje inicial", "Semilla"],
        ["ID da resposta", "Data de envio", "Última página", "Idioma inicial", "Seed"],
        ["ID risposta", "Data invio", "Ultima pagina", "Lingua iniziale", "Seme"],
    ],
)
def test_own_columns_are_known_in_the_languages_of_the_tool(heads: list[str]) -> None:
    grid = grid_of([*heads, "How clear? [The agenda]"], [*FIRST, "Good"])
    assert recognise_export(grid).score >= 0.95
    layout = laid_out(grid)
    assert layout.roles == {0: "respondent", 1: "finished", 2: "technical", 3: "language", 4: "technical"}
    assert layout.headers[5] == "How clear? [The agenda]"
    assert layout.codes == ()


def test_own_columns_in_an_unknown_language_are_told_by_their_cells() -> None:
    grid = grid_of(["答复", "提交", "末页", "语言", "种子", "满意吗?"], [*FIRST, "是"], [*SECOND, "否"])
    assert recognise_export(grid).score == 0.75
    assert laid_out(grid).roles == {0: "respondent", 1: "finished", 2: "technical", 3: "language", 4: "technical"}


def test_a_table_that_only_resembles_the_own_columns_is_not_claimed_surely() -> None:
    grid = grid_of(["no", "made", "age", "country", "Score"], ["1", "2025-03-01 10:11", "40", "us", "4"])
    assert recognise_export(grid).score <= 0.5


@pytest.mark.parametrize("separator", [". ", "._.", ": ", " - ", " | ", "."])
def test_code_and_text_are_parted_whatever_stands_between(separator: str) -> None:
    pairs = [
        ("id", "Response ID"),
        ("submitdate", "Date submitted"),
        ("lastpage", "Last page"),
        ("G01Q02", "Which group? e.g. a. North"),
        ("sat[SQ001]", "How satisfied: now? [The agenda. It is clear]"),
        ("sat[SQ002]", "How satisfied: now? []"),
        ("likert[a1]", " [It is fair]"),
        ("dual[SQ001][1]", "Both [Pay][Importance]"),
    ]
    grid = grid_of([code + separator + text for code, text in pairs], ["1", "", "2", "North", "A1", "A2", "A3", "A1"])
    layout = laid_out(grid)
    assert layout.codes == tuple(code for code, _ in pairs)
    assert layout.headers[3:] == (
        "Which group? e.g. a. North",
        "How satisfied: now? [The agenda. It is clear]",
        "How satisfied: now?",
        "It is fair",
        "Both [Pay][Importance]",
    )
    assert layout.roles == {0: "respondent", 1: "finished", 2: "technical"}


def test_code_and_text_without_own_columns_are_recognised_by_bracketed_codes() -> None:
    head = [
        "",
        "age. How old?",
        "sat[SQ001]. Satisfied? [Pay]",
        "sat[SQ002]. Satisfied? [Work]",
        "sat[SQ003]. Satisfied? [Team]",
    ]
    grid = grid_of(head, ["0", "33", "8", "9", "7"])
    assert recognise_export(grid).score == 0.9
    assert laid_out(grid).codes == ("", "age", "sat[SQ001]", "sat[SQ002]", "sat[SQ003]")


def test_sentences_with_a_colon_are_not_taken_for_codes() -> None:
    grid = grid_of(["Overall: how was it?", "Overall: would you return?", "Why not"], ["Good", "Yes", ""])
    assert recognise_export(grid).score == 0
    assert laid_out(grid).headers == ("Overall: how was it?", "Overall: would you return?", "Why not")


def test_expression_codes_with_underscores_are_codes() -> None:
    grid = grid_of([*OWN, "sat_SQ001", "dual_SQ001_0"], [*FIRST, "A1", "A2"])
    assert laid_out(grid).codes[5:] == ("sat_SQ001", "dual_SQ001_0")


def test_vv_export_has_its_codes_below_the_texts() -> None:
    grid = grid_of(
        ["Response ID", "Date submitted", "Last page", "How clear?"],
        ["id", "submitdate", "lastpage", "12X3X45"],
        ["1", "2025-03-01 10:11:12", "4", "A1"],
    )
    layout = laid_out(grid)
    assert (layout.header_rows, layout.headers[3], layout.codes[3]) == (2, "How clear?", "12X3X45")
    assert recognise_export(grid).score >= 0.95


def test_timing_columns_of_questions_are_technical_and_questions_stay() -> None:
    grid = grid_of([*OWN, "Q1", "interviewtime", "Q1Time", "Overtime"], [*FIRST, "A1", "9", "3", "Yes"])
    assert laid_out(grid).roles.items() >= {6: "duration", 7: "technical"}.items()
    assert {5, 8}.isdisjoint(laid_out(grid).roles)


def test_data_file_for_r_with_headers_is_read_and_not_applicable_stays_as_written() -> None:
    grid = grid_of([*OWN, "Q1_SQ001"], [*FIRST, "N/A"])
    assert laid_out(grid).header_rows == 1
    assert grid.columns[5].to_pylist()[1] == "N/A"


@pytest.mark.parametrize(
    "rows",
    [
        (FIRST, SECOND),
        (["'1'", "'01-03-2025 10:11:12'", "'5'", "'en'", ""], ["'2'", "", "'1'", "'en'", "'A2'"]),
    ],
)
def test_data_file_without_headers_is_refused_with_a_step(rows: tuple[list[str], ...]) -> None:
    grid = grid_of(*rows)
    assert recognise_export(grid).score >= 0.6
    with pytest.raises(UserError) as refused:
        laid_out(grid)
    (problem,) = refused.value.problems
    assert (problem.code, problem.row, problem.file) == ("export_refused", 1, "e.csv")
    assert ".sav" in problem.action
    assert "10:11" not in problem.describe()


def test_questions_above_options_are_joined() -> None:
    head = ["Which fields do you know?", "", "", "How often?", ""]
    subs = ["Law", "Arts", "Sonstiges", "By day", "By night"]
    answers = [
        ["Ja", "Nein", "", "oft", "nie"],
        ["Nein", "Ja", "Sport", "nie", "oft"],
        ["Nein", "Nein", "", "oft", "oft"],
    ]
    layout = laid_out(grid_of(head, subs, *answers))
    assert layout.header_rows == 2
    assert layout.headers[1:4] == (
        "Which fields do you know? [Arts]",
        "Which fields do you know? [Sonstiges]",
        "How often? [By day]",
    )


def test_declared_header_rows_win() -> None:
    grid = grid_of(["Group", ""], ["Part", "Other"], ["North", ""])
    assert laid_out(grid, header_rows=2).headers == ("Group [Part]", "Group [Other]")
    assert laid_out(grid, header_rows=1).headers == ("Group", "")


@pytest.mark.parametrize(
    "head",
    [
        ["Response ID", "Time Started", "Date Submitted", "Status", "Contact ID"],
        ["StartDate", "EndDate", "Status", "IPAddress", "Progress"],
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"],
        ["Timestamp", "How do you rate [Docs]", "How do you rate [Code]", "Age", "Email"],
        ["start", "end", "_id", "_uuid", "group/q1"],
        ["ID", "Start time", "Completion time", "Email", "Name"],
    ],
)
def test_other_tools_headers_are_not_claimed(head: list[str]) -> None:
    assert recognise_export(grid_of(head, ["x", "y", "z", "u", "v"])).score < 0.3


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_a_table_without_rows_is_no_evidence_and_no_crash(columns: int) -> None:
    grid = Grid("e.csv", "", (pa.array([], pa.string()).dictionary_encode(),) * columns)
    assert recognise_export(grid).score == 0
    assert laid_out(grid).header_rows == 1
