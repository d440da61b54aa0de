"""Groups that share people: no total beside them, and no two that differ in a handful."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.disclose.overlap import find_overlapping
from pipeline.disclose.release import release_item_counts, release_scores
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from tests.helpers import make_answers, make_definitions

GROUPS = [{"group": "House", "kind": "rollup"}, {"group": "A", "parent": "House"}, {"group": "B", "parent": "House"}]


def respond(members: dict[str, range]) -> pd.DataFrame:
    rows = [
        {"group": group, "respondent": f"r{person:03}", "status": "complete", "level": "individual"}
        for group, people in members.items()
        for person in people
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("members", "withheld"),
    [
        ({"A": range(20), "B": range(12, 40)}, {"House", "_all"}),
        ({"A": range(20), "B": range(21)}, {"House", "_all", "A"}),
        ({"A": range(20), "B": range(3, 23)}, {"House", "_all", "B"}),
        ({"A": range(20), "B": range(20)}, {"House", "_all"}),
        ({"A": range(20), "B": range(12)}, {"House", "_all"}),
        ({"A": range(0), "B": range(0)}, {"House", "_all"}),
    ],
)
def test_totals_and_the_smaller_of_two_nearly_equal_groups_are_withheld(
    members: dict[str, range], withheld: set[str]
) -> None:
    definitions = make_definitions(groups=GROUPS, wave={"several_groups": True})
    frame = respond(members).reindex(columns=["group", "respondent", "status", "level"])
    assert find_overlapping(frame, definitions, 2027) == withheld


def test_where_everybody_counts_in_one_group_nothing_more_is_withheld() -> None:
    definitions = make_definitions(groups=GROUPS)
    assert find_overlapping(respond({"A": range(20), "B": range(20, 41)}), definitions, 2027) == frozenset()


def test_released_tables_of_an_overlapping_year_show_the_groups_and_no_total() -> None:
    definitions = make_definitions(groups=GROUPS, wave={"several_groups": True})
    answers = make_answers(
        {
            "A": {f"r{k:03}": [1 + k % 5, 1 + k % 4] for k in range(20)},
            "B": {f"r{k:03}": [1 + k % 5, 1 + k % 4] for k in range(18, 40)},
        },
        definitions,
    )
    people = respond({"A": range(20), "B": range(18, 40)})
    overlapping = find_overlapping(people, definitions, 2027)
    responses = count_responses(people, definitions, 2027)
    counts = release_item_counts(
        count_items(answers, definitions, 2027), responses, responses.iloc[:0], definitions, overlapping=overlapping
    )
    scores = release_scores(
        score_wave(answers, responses, definitions, 2027), counts, definitions, 2027, overlapping=overlapping
    )
    shown = scores[(scores["marker"] == "") & (scores["aggregation"] != "groups_equal")]
    assert set(shown["group"]) == {"A", "B"}
    assert set(counts.loc[counts["marker"] == "", "group"]) == {"A", "B"}
    assert (
        scores.loc[scores["group"].isin(["House", "_all"]) & (scores["aggregation"] == "pooled"), "mean"].isna().all()
    )
