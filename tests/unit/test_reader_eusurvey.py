"""EUSurvey: titles above the headers, matrix rows, ids, own columns in any language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from pipeline.ingest.readers._grid import Grid, Layout
from pipeline.ingest.readers.eusurvey import lay_out, recognise_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave


def grid_of(*rows: list[str], first_row: int = 1) -> Grid:
    width = max(map(len, rows))
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = tuple(pa.array(list(column), pa.string()).dictionary_encode() for column in zip(*filled, strict=True))
    return Grid("e.xlsx", "Content", columns, first_row)


def laid_out(grid: Grid, **settings: Any) -> Layout:
    return lay_out(grid, Wave(year=2025, title="T", report_date=date(2025, 12, 1), **settings))


ID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e{:02}"
TITLES = (["Alias", "Our-Survey"], ["Export Date", "2025-03-01T10:00:00"])
OWN = ["Invitation number", "Contribution ID", "User name", "Creation date", "Last update", "Languages"]
TAIL = ["", ID.format(1), "ann@example.org", "2025-03-01T10:11:12", "2025-03-02T10:11:12", "EN"]
ROLES = ["token", "respondent", "personal", "finished", "technical", "language"]


@pytest.mark.parametrize("titles", [(), TITLES, (*TITLES, [""])])
def test_titles_may_stand_above_the_headers_or_not(titles: tuple[list[str], ...]) -> None:
    grid = grid_of(*titles, ["Your group?", *OWN], ["North", *TAIL])
    assert recognise_export(grid).score == (0.94 if titles else 0.95)
    layout = laid_out(grid)
    assert layout.header_rows == len(titles) + 1
    assert layout.headers == ("Your group?", *OWN)
    assert [layout.roles[at] for at in range(1, 7)] == ROLES
    assert layout.codes == ()


@pytest.mark.parametrize("declared", [None, 1, 4])
def test_declared_header_rows_may_count_the_titles_or_not(declared: int | None) -> None:
    grid = grid_of(*TITLES, [""], ["Your group?", *OWN], ["North", *TAIL])
    assert laid_out(grid, header_rows=declared).header_rows == 4


def test_matrix_rows_read_question_row() -> None:
    head = ["Part 1: intro", "Agree?: It is clear", "Agree?: It is fair: really", "Why: in short", "Other: Agree?"]
    layout = laid_out(grid_of([*head, *OWN], ["x", "Yes", "No", "", "", *TAIL]))
    assert layout.headers[:5] == (
        "Part 1: intro", "Agree? [It is clear]", "Agree? [It is fair: really]", "Why: in short", "Other: Agree?",
    )  # fmt: skip


def test_ids_become_codes_when_every_question_has_one() -> None:
    layout = laid_out(
        grid_of(["Group? (ID1)", "Agree?: Clear (ID2)", "Agree?: Fair (ID3)", *OWN], ["N", "1", "2", *TAIL])
    )
    assert layout.codes[:4] == ("ID1", "ID2", "ID3", "")
    assert layout.headers[:3] == ("Group?", "Agree? [Clear]", "Agree? [Fair]")
    some = laid_out(grid_of(["Group (yours)", "Agree?", *OWN], ["N", "1", *TAIL]))
    assert (some.headers[0], some.codes) == ("Group (yours)", ())


@pytest.mark.parametrize(("first_row", "score"), [(1, 0.5), (3, 0.65), (4, 0.65)])
def test_own_columns_in_another_language_are_told_by_their_cells(first_row: int, score: float) -> None:
    own = ["Numéro d'invitation", "Identifiant", "Utilisateur", "Créée", "Mise à jour", "Langues"]
    second = ["", ID.format(2), "", "2025-03-03T10:11:12", "2025-03-03T10:11:12", "FR"]
    grid = grid_of(["Votre groupe?", *own], ["Nord", *TAIL], ["Sud", *second], first_row=first_row)
    assert recognise_export(grid).score == score
    roles = laid_out(grid).roles
    assert roles[2] == "respondent"
    assert [roles[at] for at in (4, 5, 6)] == ["finished", "technical", "language"]


def test_hidden_ids_of_an_anonymous_survey_identify_nobody() -> None:
    tail = ["Anonymous", "Anonymous", "Anonymous", *TAIL[3:]]
    roles = laid_out(grid_of(["Group?", *OWN], ["North", *tail], ["South", *tail])).roles
    assert "respondent" not in roles.values()
    assert "token" not in roles.values()
    assert roles[4] == "finished"


def test_statistics_are_not_responses() -> None:
    grid = grid_of(
        ["Your group?"], ["", "", "Answers", "Ratio"], ["North", "", "3", "0.75"], ["South", "", "1", "0.25"]
    )
    assert recognise_export(grid).score >= 0.6
    with pytest.raises(UserError) as refused:
        laid_out(grid)
    assert refused.value.problems[0].code == "not_respondent_level"


@pytest.mark.parametrize(
    "head",
    [
        ["Response ID", "Time Started", "Date Submitted", "Status"],
        ["Alias", "Group", "Languages", "Score"],
        ["ID", "Start time", "Completion time", "User name"],
    ],
)
def test_other_tools_headers_are_not_claimed(head: list[str]) -> None:
    assert recognise_export(grid_of(head, ["1", "2025-01-01", "b", "c"])).score < 0.3


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_a_table_without_rows_is_no_evidence_and_no_crash(columns: int) -> None:
    grid = Grid("e.csv", "", (pa.array([], pa.string()).dictionary_encode(),) * columns)
    assert recognise_export(grid).score == 0
    assert laid_out(grid).header_rows == 1


@pytest.mark.parametrize(
    ("cut", "settings"),
    [
        (0, {}),
        (0, {"header_rows": 1}),
        (0, {"header_rows": 4}),
        (3, {"header_rows": 1, "first_header_row": 4}),
        (3, {"header_rows": 4, "first_header_row": 4}),
        (3, {"header_rows": 4}),
    ],
)
def test_titles_are_counted_apart_and_no_response_is_lost(cut: int, settings: dict[str, int]) -> None:
    rows = (*TITLES, [""], ["Your group?", *OWN], ["North", *TAIL])[cut:]
    layout = laid_out(grid_of(*rows, first_row=1 + cut), **settings)
    assert (layout.header_rows, layout.titles) == (4 - cut, 3 - cut)
