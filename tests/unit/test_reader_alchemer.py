"""Alchemer: the part of a question before the question, and the tool's own columns."""

from __future__ import annotations

import pytest

from tests.grids import lay_out, recognised, score

OWN = ["Response ID", "Time Started", "Date Submitted", "Status", "Contact ID", "Legacy Comments", "Comments", "Language",
       "Referer", "SessionID", "User Agent", "IP Address", "Longitude", "Latitude", "Country", "City", "State/Region",
       "Postal"]  # fmt: skip
ASKED = ["How often?", "It is clear.:How far do you agree?", "It is fair.:How far do you agree?", "What do you use?",
         "Other - Write In:What do you use?", "Status", "URL Variable: campaign"]  # fmt: skip
RESPONSE = ["1", "2027-05-02 08:00:00", "2027-05-02 08:03:20", "Complete", "", "", "", "English", "", "x", "y", "", "", "",
            "", "", "", "", "Daily", "Agree", "Disagree", "Code", "", "New", ""]  # fmt: skip


def turn(*headers: str) -> tuple[str, ...]:
    return lay_out("alchemer", [headers, ["x"] * len(headers)]).headers


def test_rows_and_options_follow_their_question() -> None:
    found = lay_out("alchemer", [OWN + ASKED, RESPONSE])
    assert found.header_rows == 1
    assert found.headers[18:24] == (
        "How often?",
        "How far do you agree? [It is clear.]",
        "How far do you agree? [It is fair.]",
        "What do you use?",
        "What do you use? [Other - Write In]",
        "Status",
    )


def test_own_columns_have_roles_and_questions_of_the_same_name_have_none() -> None:
    roles = lay_out("alchemer", [OWN + ASKED, RESPONSE]).roles
    assert [roles[at] for at in range(8)] == [
        "respondent", "started", "finished", "status", "token", "technical", "technical", "language",
    ]  # fmt: skip
    assert {roles[at] for at in range(11, 18)} == {"personal"}
    assert 23 not in roles
    assert roles[24] == "technical"


def test_colons_in_rows_and_questions_do_not_cut_them() -> None:
    assert turn("A: one:Rate: now", "B: two:Rate: now") == ("Rate: now [A: one]", "Rate: now [B: two]")
    assert turn("Other word(s)::Which words?", "Which words?") == ("Which words? [Other word(s):]", "Which words?")
    assert turn("From 10:30 to 11:00?", "Note: what else?") == ("From 10:30 to 11:00?", "Note: what else?")


def test_a_question_wins_over_a_shorter_ending_that_fewer_columns_share() -> None:
    assert turn("A:x:Agree?", "B:x:Agree?", "C:Agree?") == ("Agree? [A:x]", "Agree? [B:x]", "Agree? [C]")


def test_markup_in_headings_is_left_out() -> None:
    assert turn("A:<p>Agree?</p>", "B:<p>Agree?</p>") == ("Agree? [A]", "Agree? [B]")


@pytest.mark.parametrize("headers", [OWN + ASKED, OWN[1:4] + ASKED, OWN[9:] + ASKED], ids=["all", "few", "no times"])
def test_the_tool_is_recognised(headers: list[str]) -> None:
    rows = [headers, RESPONSE[: len(headers)]]
    assert recognised(rows) == "alchemer"
    assert score("alchemer", rows) >= 0.6


@pytest.mark.parametrize(
    "headers",
    [
        [
            "Response ID",
            "Date submitted",
            "Last page",
            "Start language",
            "Seed",
            "Date started",
            "IP address",
            "Agree? [A]",
        ],
        ["Response ID", "Response Status", "IP Address", "Timestamp", "Agree?"],
        ["ID", "Start time", "Completion time", "Email", "Name", "Rate: speed", "Rate: price"],
    ],
)
def test_other_tables_are_not_claimed(headers: list[str]) -> None:
    assert score("alchemer", [headers, ["x"] * len(headers)]) < 0.3
