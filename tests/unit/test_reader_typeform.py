"""Typeform: own columns of every vintage, and the shape that is left without them."""

from __future__ import annotations

import pytest

from tests.grids import lay_out, recognised, score

HEADERS = ["#", "Which group?", "Code", "Docs", "Other", "*Score*", "team", "Response Type", "Start Date (UTC)",
           "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags", "Ending"]  # fmt: skip
RESPONSE = ["odwdp4nzj1xg6m9l36odwdp4nzlv2gcw", "North", "Code", "", "", "4", "a", "completed", "2027-05-02 08:00:00", "",
            "2027-05-02 08:03:20", "653e97acae", "", "Default"]  # fmt: skip


def test_own_columns_have_roles() -> None:
    found = lay_out("typeform", [HEADERS, RESPONSE])
    assert (found.header_rows, found.headers) == (1, tuple(HEADERS))
    assert found.roles == {
        0: "respondent", 7: "status", 8: "started", 9: "technical", 10: "finished", 11: "personal", 12: "technical",
        13: "technical",
    }  # fmt: skip


def test_a_question_called_like_an_own_column_stays_a_question() -> None:
    headers = ["#", "Score", "Tags", "Agree?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    roles = lay_out("typeform", [headers, ["x"] * 7]).roles
    assert roles == {0: "respondent", 4: "started", 5: "finished", 6: "personal"}


@pytest.mark.parametrize(
    ("headers", "least"),
    [(HEADERS, 0.9), ([*HEADERS[:7], "Start Date (UTC)", "Submit Date (UTC)", "Network ID"], 0.9), (HEADERS[:7], 0.6)],
    ids=["new", "old", "id only"],
)
def test_the_tool_is_recognised(headers: list[str], least: float) -> None:
    rows = [headers, RESPONSE[: len(headers)]]
    assert score("typeform", rows) >= least
    assert recognised(rows) == "typeform"


LEFT = ["Which role?", "Other", "Testing", "Reusable", "Modular", "Documented", "Has it become easier?"]
ANSWERS = [["Chair", "", "I use it", "1", "", "1", "1"], ["", "Cook", "I do not", "1", "1", "", "0"]]


def test_without_own_columns_the_shape_is_a_hint_and_no_more() -> None:
    assert recognised([LEFT, *ANSWERS]) == "typeform"
    assert 0.1 < score("typeform", [LEFT, *ANSWERS]) <= 0.3


@pytest.mark.parametrize("without", ["Other", "Reusable", "Has it become easier?"])
def test_one_sign_less_is_no_sign(without: str) -> None:
    at = LEFT.index(without)
    rows = [[*row[:at], *row[at + 1 :]] for row in [LEFT, *ANSWERS]]
    assert score("typeform", rows) == 0.0
    assert recognised(rows) == "plain"


def test_counted_rows_under_a_number_sign_are_any_table() -> None:
    assert score("typeform", [["#", "Agree?"], ["1", "Yes"], ["2", "No"]]) == 0.0
