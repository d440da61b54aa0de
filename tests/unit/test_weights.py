"""Weighted figures: what they are, what they cost, and when there are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.cuts import categorise_people, score_cuts
from pipeline.score.responses import count_responses
from pipeline.score.weights import REFUSALS, score_weighted
from pipeline.stats.weighting import merge_small_cells
from pipeline.store.tables import conform
from schemas.cuts import NOT_SAID, CutCategory
from tests.helpers import make_answers, make_definitions, make_respondents, pick
from tests.programme_files import REPOSITORY

Values = Mapping[str, list[int]]
"""Answers (1 to 5, the same to every item) by category; '' is not said."""


def make_cut(cut: str = "region", **eligible: int | None) -> tuple[CutCategory, ...]:
    return tuple(
        CutCategory(cut=cut, column=cut, category=code, label={"en": code}, eligible=n) for code, n in eligible.items()
    )


class Community:
    """Scores of people by group and category."""

    def __init__(
        self,
        values: Mapping[str, Values],
        cuts: tuple[CutCategory, ...],
        *,
        roster: Mapping[str, Any] | None = None,
        second: Mapping[str, list[str]] | None = None,
        checked: bool = True,
        **wave: Any,
    ) -> None:
        self.definitions = make_definitions(groups=list(values), roster=roster, wave=wave, cuts=cuts)
        answers, rows = {}, []
        for group, by_category in values.items():
            people = {
                f"{group}{category}{k}": [value] * 2
                for category, own in by_category.items()
                for k, value in enumerate(own)
            }
            answers[group] = people
            for category, own in by_category.items():
                for k in range(len(own)):
                    rows.append((group, f"{group}{category}{k}", "region", category or NOT_SAID))
                    if second:
                        rows.append((group, f"{group}{category}{k}", "language", second[group][k % len(second[group])]))
        members = pd.DataFrame(rows, columns=["group", "respondent", "cut", "category"]).assign(wave="2027")
        counts = {group: {"complete": len(people)} for group, people in answers.items()}
        self.responses = count_responses(make_respondents(counts), self.definitions, 2027)
        matrix = tabulate_answers(make_answers(answers, self.definitions), self.definitions, 2027)
        categories = categorise_people(matrix, conform(members, "cut_members"), self.definitions, 2027)
        self.cuts = score_cuts(matrix, categories, self.responses, self.definitions, 2027)
        self.table, self.atoms = score_weighted(matrix, categories, self.responses, self.definitions, 2027)
        self.checked = checked
        if checked:
            self.cuts, self.table = conform(self.cuts, "cut_scores"), conform(self.table, "weighted_scores")

    def row(self, weighting: str) -> dict[str, Any]:
        return pick(self.table, group="_all", measure="P1", weighting=weighting)


BY_REGION = {"weighting": {"method": "post-stratify", "by": ["region"]}}


def test_a_category_is_scored_once_per_person_and_against_its_own_roster() -> None:
    values = {"North": {"A": [1, 3, 5], "B": [5] * 6}, "South": {"A": [5, 5, 5], "": [2]}}
    cuts = Community(values, make_cut(A=6, B=50)).cuts
    a, b, unsaid = (pick(cuts, category=code, measure="P1") for code in ("A", "B", NOT_SAID))
    assert (a["n"], a["eligible"], a["mean"], a["view"]) == (6, 6, 75.0, "complete")
    assert (b["n"], b["eligible"], b["mean"], b["view"]) == (6, 50, 100.0, "finite")
    assert (unsaid["n"], unsaid["eligible"], unsaid["mean"], unsaid["view"]) == (1, None, 25.0, "none")
    assert unsaid["reason"] == "no interval: one answer"


def test_the_interval_of_a_category_knows_no_roster_where_the_link_was_open_or_more_answered() -> None:
    values = {"North": {"A": [1, 2, 3, 4, 5, 5], "B": [2, 3, 4, 4, 4, 5]}}
    open_link = Community(values, make_cut(A=20, B=20), roster={"North": {"eligible": 40, "access": "open"}}).cuts
    assert pick(open_link, category="A", measure="P1")["eligible"] is None
    assert "open to anybody" in pick(open_link, category="A", measure="P1")["reason"]
    too_many = Community(values, make_cut(A=5, B=20)).cuts
    assert "more people answered than could" in pick(too_many, category="A", measure="P1")["reason"]
    assert pick(too_many, category="B", measure="P1")["view"] == "finite"


def test_post_stratified_by_hand() -> None:
    """20 of 100 answer 25, 10 of 100 answer 75: half of the roster each, so 50 and not 41.67."""
    row = Community({"North": {"A": [2] * 20, "B": [4] * 10}}, make_cut(A=100, B=100), **BY_REGION).row("post-stratify")
    assert row["unweighted"] == pytest.approx(41.6667, abs=1e-4)
    assert row["mean"] == pytest.approx(50)
    assert row["design_effect"] == pytest.approx(30 * (20 * 0.75**2 + 10 * 1.5**2) / 30**2)
    assert row["effective_n"] == pytest.approx(30 / row["design_effect"])
    assert (row["possible_low"], row["possible_high"]) == pytest.approx((1250 / 200, (1250 + 17000) / 200))
    assert (row["eligible"], row["by"], row["method"]) == (200, "region", "mean_stratified")


def test_the_interval_is_that_of_a_stratified_sample() -> None:
    a, b = [2, 3, 4, 4, 5], [1, 1, 2, 2, 3, 3, 4, 5]
    row = Community({"North": {"A": a, "B": b}}, make_cut(A=30, B=20), **BY_REGION).row("post-stratify")
    scores = [25 * (np.array(own) - 1.0) for own in (a, b)]
    parts = [
        (n / 50) ** 2 * (1 - len(own) / n) * own.var(ddof=1) / len(own) for n, own in zip((30, 20), scores, strict=True)
    ]
    assert row["se"] == pytest.approx(np.sqrt(sum(parts)))
    assert row["ci_low"] < row["mean"] < row["ci_high"]


def test_people_who_did_not_say_stand_for_themselves() -> None:
    values = {"North": {"A": [2] * 10, "B": [4] * 10, "": [5] * 10}}
    row = Community(values, make_cut(A=100, B=300), **BY_REGION).row("post-stratify")
    assert row["mean"] == pytest.approx((5 * 25 + 15 * 75 + 10 * 100) / 30)


def test_a_small_category_is_weighted_with_the_next_one_and_that_is_told() -> None:
    values = {"North": {"A": [1] * 3, "B": [3] * 9, "C": [5] * 8}}
    row = Community(values, make_cut(A=40, B=40, C=40), **BY_REGION).row("post-stratify")
    assert row["merged"] == "A + B"
    assert row["mean"] == pytest.approx((2 * 37.5 + 100) / 3)


@pytest.mark.parametrize(
    ("counts", "cells"),
    [([9, 9], [0, 1]), ([2, 9, 9], [0, 0, 1]), ([9, 2], [0, 0]), ([2, 2, 2, 9, 1], [0, 0, 0, 1, 1]), ([1, 1], [0, 0])],
)
def test_small_cells_join_the_next_in_declared_order(counts: list[int], cells: list[int]) -> None:
    assert merge_small_cells(np.array(counts)).tolist() == cells


@pytest.mark.parametrize(
    ("values", "eligible", "why"),
    [
        ({"A": [2] * 40, "B": [4] * 5}, {"A": 50, "B": 2000}, "design_effect_too_large"),
        ({"A": [2, 3], "B": [4]}, {"A": 50, "B": 50}, "one_cell"),
        ({"A": [2] * 8, "B": [4] * 8}, {"A": 16, "B": 0}, "cell_not_on_roster"),
        ({"A": [2] * 8, "B": [4] * 8}, {"A": 5, "B": 5}, "more_than_roster"),
    ],
)
def test_weights_that_cost_too_much_or_fit_nobody_are_refused_and_the_unweighted_stands(
    values: Values, eligible: dict[str, int], why: str
) -> None:
    row = Community({"North": values}, make_cut(**eligible), **BY_REGION).row("post-stratify")
    assert (row["mean"], row["ci_low"], row["method"]) == (None, None, "none")
    assert row["reason"] == REFUSALS[why]
    assert row["unweighted"] is not None


def test_every_refusal_of_the_statistics_has_its_words() -> None:
    source = (REPOSITORY / "pipeline" / "stats" / "weighting.py").read_text(encoding="utf-8")
    assert set(re.findall(r'Refusal\("(\w+)"', source)) <= REFUSALS.keys()


def test_raking_fits_every_margin_at_once() -> None:
    values = {"North": {"A": [1, 2, 3, 4, 5, 1, 2, 3], "B": [5, 4, 3, 2, 1, 5, 4, 3, 2, 1]}}
    second = {"North": ["en", "fr", "en"]}
    cuts = (*make_cut(A=60, B=40), *make_cut("language", en=50, fr=50))
    by = {"weighting": {"method": "rake", "by": ["region", "language"]}}
    community = Community(values, cuts, second=second, **by)
    atoms = community.atoms[community.atoms["measure"] == "P1"]
    mass = atoms["n"] * atoms["weight:_all:rake"]
    for cut, shares in (("region", {"A": 0.6, "B": 0.4}), ("language", {"en": 0.5, "fr": 0.5})):
        found = mass.groupby(atoms[f"cut:{cut}"]).sum() / mass.sum()
        assert found.to_dict() == pytest.approx(shares)
    assert community.row("rake")["method"] == "mean_weighted"


def test_all_members_and_the_middle_group_stand_beside_every_answer_counting_once() -> None:
    values = {"North": {"A": [5] * 6}, "South": {"A": [1] * 10}, "East": {"A": [3] * 8}, "West": {"A": [1, 1]}}
    roster = {"North": 60, "South": 40, "East": 30, "West": 2}
    community = Community(values, (), roster=roster)
    members = community.row("members")
    assert members["merged"] == "East group + West group"
    assert members["mean"] == pytest.approx((60 * 100 + 40 * 0 + 32 * 40) / 132)
    median = community.row("groups_median")
    assert (median["n"], median["mean"]) == (3, 50.0)
    assert members["unweighted"] == median["unweighted"] == pytest.approx((600 + 400) / 26)


def test_no_group_stands_for_another_where_one_roster_is_unknown() -> None:
    values = {"North": {"A": [5] * 6}, "South": {"A": [1] * 10}}
    row = Community(values, (), roster={"North": 60}).row("members")
    assert (row["mean"], row["reason"]) == (None, REFUSALS["roster_unknown"])
    assert set(Community(values, ()).table["weighting"]) == {"groups_median"}


def test_a_cut_without_every_number_is_not_weighted_by() -> None:
    row = Community({"North": {"A": [2] * 8, "B": [4] * 8}}, make_cut(A=60, B=None), **BY_REGION).row("post-stratify")
    assert (row["mean"], row["reason"]) == (None, REFUSALS["roster_unknown"])


def test_nobody_stands_for_a_group_among_people_of_several_groups() -> None:
    values = {"North": {"A": [5] * 6}, "South": {"A": [1] * 10}}
    table = Community(values, (), roster={"North": 60, "South": 60}, several_groups=True).table
    assert set(table["weighting"]) == {"groups_median"}


def test_a_complete_count_has_no_interval() -> None:
    row = Community({"North": {"A": [2] * 6, "B": [4, 5] * 4}}, make_cut(A=6, B=8), **BY_REGION).row("post-stratify")
    assert row["mean"] == pytest.approx(row["unweighted"])
    assert (row["ci_low"], row["ci_high"]) == (None, None)
