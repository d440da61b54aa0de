"""Response facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipeline.score.responses import count_responses
from pipeline.store.definitions import Definitions
from tests.helpers import make_definitions, make_respondents, pick

HOUSE: list[Any] = [
    {"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}, {"group": "South", "parent": "House"},
]  # fmt: skip


def count(respondents: pd.DataFrame, definitions: Definitions) -> pd.DataFrame:
    return count_responses(respondents, definitions, 2027)


def test_people_are_counted_per_group_rollup_and_community() -> None:
    definitions = make_definitions(groups=HOUSE, roster={"North": 10})
    people = make_respondents(
        {"North": {"complete": 3, "partial": 1, "excluded": 2}, "South": {"complete": 5}, "_none": {"partial": 1}}
    )
    table = count(people, definitions)
    assert table.set_index("group")[["n", "complete_n", "excluded_n"]].T.to_dict("list") == {
        "House": [9, 8, 2], "North": [4, 3, 2], "South": [5, 5, 0], "_all": [10, 8, 2], "_none": [1, 0, 0],
    }  # fmt: skip
    assert pick(table, group="North")["rate"] == 0.4
    assert pick(table, group="House")["rate"] is None


def test_a_rollup_never_sums_the_rosters_below_it() -> None:
    definitions = make_definitions(groups=HOUSE, roster={"North": 10, "South": 10, "_all": 30})
    table = count(make_respondents({"North": {"complete": 3}, "South": {"complete": 3}}), definitions)
    assert pick(table, group="House")["eligible"] is None
    assert pick(table, group="_all")["rate"] == 0.2


@pytest.mark.parametrize(
    ("row", "rate", "reason"),
    [
        ({"eligible": 8}, 0.5, ""),
        ({"eligible": 4, "access": "unique"}, 1.0, ""),
        ({}, None, "rate not computable: nobody has said how many could answer"),
        ({"eligible": 8, "access": "open"}, None, "rate not computable: the link was open to anybody"),
        ({"eligible": 3}, None, "rate not computable: more people answered than could, by the roster"),
        ({"eligible": 0}, None, "rate not computable: the roster says that nobody could answer"),
        (
            {"eligible": 8, "unit": "seat"},
            None,
            "rate not computable: the roster counts by seat, the answers by person",
        ),
    ],
)
def test_a_rate_needs_a_roster_that_fits(row: dict[str, Any], rate: float | None, reason: str) -> None:
    facts = pick(
        count(make_respondents({"North": {"complete": 4}}), make_definitions(roster={"North": row})), group="North"
    )
    assert (facts["rate"], facts["reason"], facts["survey_held"]) == (rate, reason, True)


def test_nobody_of_eight_is_a_rate_of_zero() -> None:
    facts = pick(count(make_respondents({}), make_definitions(roster={"North": 8})), group="North")
    assert (facts["n"], facts["rate"], facts["survey_held"]) == (0, 0, True)


def test_source_date_unit_and_access_come_from_the_roster() -> None:
    row = {"eligible": 8, "unit": "seat", "as_of": date(2027, 5, 1), "source": "member list", "access": "unique"}
    definitions = make_definitions(groups=[{"group": "North", "unit": "seat"}], roster={"North": row})
    facts = pick(count(make_respondents({"North": {"complete": 2}}), definitions), group="North")
    assert (facts["unit"], facts["as_of"], facts["source"], facts["access"]) == (
        "seat",
        "2027-05-01",
        "member list",
        "unique",
    )
    assert facts["rate"] == 0.25


def test_groups_without_a_survey_say_why() -> None:
    definitions = make_definitions(
        groups=["North", "South", {"group": "Past", "until": 2026}, {"group": "Future", "since": 2028}],
        roster={
            "North": {"survey_held": False, "reason": "waits for its charter"},
            "South": {"survey_held": False, "eligible": 9},
        },
    )
    table = count(make_respondents({}), definitions)
    reasons = {
        group: (pick(table, group=group)["survey_held"], pick(table, group=group)["reason"])
        for group in definitions.group_by_code
    }
    assert reasons == {
        "North": (False, "no survey was held in 2027: waits for its charter"),
        "South": (False, "no survey was held in 2027"),
        "Past": (False, "the group did not exist in 2027"),
        "Future": (False, "the group did not exist in 2027"),
    }
    assert table["rate"].isna().all()


def test_answers_prove_that_a_survey_was_held() -> None:
    definitions = make_definitions(roster={"North": {"survey_held": False, "eligible": 4}})
    facts = pick(count(make_respondents({"North": {"complete": 2}}), definitions), group="North")
    assert (facts["survey_held"], facts["rate"]) == (True, 0.5)


def test_a_group_statement_is_nobodys_answer() -> None:
    definitions = make_definitions(roster={"North": 8})
    facts = pick(count(make_respondents({"North": {"complete": 1}}, level="group"), definitions), group="North")
    assert (facts["n"], facts["rate"]) == (0, None)
    assert facts["reason"] == "rate not computable: the group answered as a whole"


def test_units_that_differ_make_no_community_rate() -> None:
    definitions = make_definitions(groups=["North", {"group": "East", "unit": "government"}], roster={"_all": 100})
    facts = pick(count(make_respondents({"North": {"complete": 1}}), definitions), group="_all")
    assert (facts["rate"], facts["reason"]) == (
        None,
        "rate not computable: the groups count by different units",
    )


def test_a_folded_group_has_no_row() -> None:
    definitions = make_definitions(
        groups=[{"group": "House", "kind": "rollup"}, {"group": "Islet", "kind": "folded", "parent": "House"}]
    )
    assert set(count(make_respondents({"House": {"complete": 2}}), definitions)["group"]) == {"House", "_all"}
