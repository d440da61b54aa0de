"""People who keep a token over the years: who is followed, and what that changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from pipeline.disclose.trends import find_unfit_to_follow, replace_unfit
from pipeline.score.compare import Comparison, compare_years
from pipeline.store.definitions import Definitions
from schemas.definitions import Wave
from tests.helpers import make_answers, make_definitions, pick

LINKED = {"linked": True, "respondent_column": "Token"}
YEARS = (2026, 2027)
BEFORE = [2, 3, 1, 4, 2, 3, 2, 1, 3, 4, 2, 3]
"""People differ much, and each of them rises by one answer."""


def plan(*, years: tuple[int, ...] = YEARS, groups: object = ("North",), **more: object) -> Definitions:
    return make_definitions(years=years, groups=groups, wave=LINKED, **more)


def tokens(values: list[int], first: int = 0) -> dict[str, list[int]]:
    return {f"t{first + at}": [value, value] for at, value in enumerate(values)}


def compare(
    definitions: Definitions, people: dict[int, dict[str, dict[str, list[int]]]], **options: bool
) -> Comparison:
    answers = {year: make_answers(groups, definitions, year) for year, groups in people.items()}
    return compare_years(answers, definitions, max(people), **options)


def rise(n: int, first: int = 0) -> dict[int, dict[str, dict[str, list[int]]]]:
    """n people of whom all but one rise by one answer."""
    after = [value + 1 for value in BEFORE[:n]]
    after[0] -= 1
    return {2026: {"North": tokens(BEFORE[:n])}, 2027: {"North": tokens(after, first)}}


def test_a_token_needs_a_column():
    with pytest.raises(ValidationError, match="respondent_column"):
        Wave(year=2027, title="Survey", report_date="2027-12-01", linked=True)


def test_following_people_finds_a_change_that_strangers_hide():
    row = pick(compare(plan(), rise(12)).trends, group="North")
    strangers = pick(compare(plan(), rise(12), follow=False).trends, group="North")
    assert (row["linked_n"], row["method"], row["verdict"]) == (12, "linked_permutation", "improved")
    assert (strangers["linked_n"], strangers["method"], strangers["verdict"]) == (
        None,
        "welch_permutation",
        "cannot_tell",
    )
    for name in ("n_from", "n_to", "mean_from", "mean_to", "difference"):
        assert row[name] == strangers[name]
    assert row["se"] < strangers["se"] / 2


def test_nobody_is_followed_unless_both_years_say_that_tokens_stay():
    undeclared = make_definitions(years=YEARS)
    row = pick(compare(undeclared, rise(12)).trends, group="North")
    assert (row["linked_n"], row["method"]) == (None, "welch_permutation")


@pytest.mark.parametrize(("matched", "method"), [(9, "welch_permutation"), (10, "linked_permutation")])
def test_ten_people_must_be_in_both_years(matched, method):
    row = pick(compare(plan(), rise(12, first=12 - matched)).trends, group="North")
    assert (row["linked_n"], row["method"]) == (matched, method)


def test_people_are_matched_inside_their_group_and_summed_over_groups():
    """Six people of each group return; two more have changed group and are nobody's match."""
    groups = [{"group": "House", "kind": "rollup"}, *({"group": g, "parent": "House"} for g in ("North", "South"))]
    before = {"North": tokens(BEFORE[:8]), "South": tokens(BEFORE[:8], first=20)}
    after = {
        "North": tokens([3, 4, 2, 4, 3, 4]) | {"t26": [5, 5], "n1": [1, 1]},
        "South": tokens([3, 4, 2, 4, 3, 4], first=20) | {"t6": [5, 5], "n2": [1, 1]},
    }
    table = compare(plan(groups=groups), {2026: before, 2027: after}).trends
    assert pick(table, group="North")["linked_n"] == pick(table, group="South")["linked_n"] == 6
    house = pick(table, group="House", aggregation="pooled")
    assert (house["linked_n"], house["method"]) == (12, "linked_permutation")
    assert (house["n_from"], house["n_to"]) == (16, 16)
    assert pick(table, group="House", aggregation="groups_equal")["linked_n"] is None


def test_who_cannot_be_scored_in_a_year_is_not_matched():
    people = rise(12)
    people[2027]["North"]["t3"] = [None, None]
    row = pick(compare(plan(), people).trends, group="North")
    assert (row["linked_n"], row["n_from"], row["n_to"]) == (11, 12, 11)


def test_totals_of_groups_that_share_people_are_not_linked():
    groups = [{"group": "House", "kind": "rollup"}, *({"group": g, "parent": "House"} for g in ("North", "South"))]
    definitions = make_definitions(years=YEARS, groups=groups, wave=LINKED | {"several_groups": True})
    people = {year: {"North": row["North"], "South": row["North"]} for year, row in rise(12).items()}
    table = compare(definitions, people).trends
    assert pick(table, group="North")["linked_n"] == 12
    assert pick(table, group="House", aggregation="pooled")["linked_n"] is None


def test_a_rise_of_everybody_by_the_same_is_compared_as_strangers():
    """No answer varies against the others: there is nothing to compute an interval from."""
    same = {2026: {"North": tokens(BEFORE[:10])}, 2027: {"North": tokens([v + 1 for v in BEFORE[:10]])}}
    row = pick(compare(plan(), same).trends, group="North")
    assert (row["linked_n"], row["method"], row["ci_low"] is None) == (10, "welch_permutation", False)


@pytest.mark.parametrize(
    ("linked_n", "n_from", "n_to", "unfit"),
    [(10, 10, 10, False), (10, 15, 10, False), (10, 14, 10, True), (10, 10, 11, True), (9, 9, 9, True)],
)
def test_a_release_follows_only_with_enough_followed_and_enough_others(linked_n, n_from, n_to, unfit):
    definitions = plan()
    frame = compare(definitions, rise(12)).trends.assign(linked_n=linked_n, n_from=n_from, n_to=n_to)
    own = frame[frame["aggregation"] == "own"]
    assert find_unfit_to_follow(own, definitions) == ({("North", "own", 2026, 2027)} if unfit else set())


def test_what_may_not_be_followed_is_replaced_for_all_principles_of_the_group():
    definitions = plan(principles=["P1", "P2"], items={"q1": "P1", "q2": "P1", "q3": "P2", "q4": "P2"})
    people = {year: {"North": {t: v * 2 for t, v in row["North"].items()}} for year, row in rise(12).items()}
    people[2027]["North"]["t3"] = [None, None, 3, 3]
    found, strangers = compare(definitions, people), compare(definitions, people, follow=False)
    unfit = find_unfit_to_follow(found.trends, definitions)
    assert ("North", "own", 2026, 2027) in unfit
    replaced = replace_unfit(found.trends, strangers.trends, unfit)
    own = replaced[replaced["aggregation"] == "own"]
    assert set(own["method"].astype("str")) == {"welch_permutation"}
    assert len(replaced) == len(found.trends)


def test_the_items_of_a_principle_that_moved_say_who_turned():
    found = compare(plan(), rise(12))
    rows = found.item_changes[found.item_changes["aggregation"] == "own"]
    assert list(rows["item"]) == ["q1", "q2"]
    row = pick(rows, item="q1")
    after = [value + 1 for value in BEFORE]
    after[0] -= 1
    favourable = [sum(value >= 4 for value in values) for values in (BEFORE, after)]
    assert [row[name] for name in ("favourable_from", "favourable_to")] == favourable
    assert (row["linked_n"], row["lost_n"], row["gained_n"]) == (12, 0, favourable[1] - favourable[0])
    assert row["p_value"] == pytest.approx(2 * 0.5 ** row["gained_n"])
    assert row["method"] == "mcnemar_exact"
    apart = compare(plan(), rise(12), follow=False)
    assert len(apart.item_changes) == 0  # not found, so not opened up


def test_three_linked_years_have_a_smaller_error_of_the_middle():
    years = (2025, 2026, 2027)
    rng = np.random.default_rng(4)
    level = rng.integers(1, 4, 20)
    people = {
        year: {"North": tokens([int(v) for v in level + step + rng.integers(0, 2, 20)])}
        for step, year in enumerate((2025, 2026, 2027), start=0)
        for step in [min(step, 1)]
    }
    rows = [compare(plan(years=years), people, follow=follow).trends for follow in (True, False)]
    linked, strangers = (pick(table, group="North", year_from=2025) for table in rows)
    assert linked["curvature"] == strangers["curvature"]
    assert linked["curvature_se"] < strangers["curvature_se"]
    assert pd.isna(pick(rows[0], group="North", year_from=2026)["curvature"] or np.nan)
