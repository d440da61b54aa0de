"""What holds for any answers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.person_scores import person_scores
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.stats.finite_population import estimate_mean, possible_range
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.permutation import permute_welch
from pipeline.stats.rounding import round_half_up
from pipeline.store.definitions import Definitions
from tests.helpers import make_answers, make_definitions, make_respondents

GROUPS: list[Any] = [
    {"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}, {"group": "South", "parent": "House"},
]  # fmt: skip
CELL = st.one_of(st.integers(1, 5), st.sampled_from([None, "no_opinion", "refused"]))
PEOPLE = st.dictionaries(
    st.sampled_from(["North", "South", "House", "_none"]),
    st.lists(st.tuples(CELL, CELL, CELL), max_size=9).map(
        lambda rows: {f"r{n}": list(row) for n, row in enumerate(rows)}
    ),
)


def _definitions(reverse: bool = False, years: tuple[int, ...] = (2027,)) -> Definitions:
    items = {code: {"principle": "P1", "reverse": reverse} for code in ("q1", "q2", "q3")}
    return make_definitions(groups=GROUPS, items=items, years=years, roster={"North": 9, "House": 40})


def _score(answers: pd.DataFrame, definitions: Definitions) -> pd.DataFrame:
    counts = answers[["group", "respondent"]].drop_duplicates()["group"].astype("str").value_counts()
    people = make_respondents({group: {"complete": int(n)} for group, n in counts.items()})
    return score_wave(answers, count_responses(people, definitions, 2027), definitions, 2027)


@settings(max_examples=12, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(people: dict[str, Any], random: Any) -> None:
    definitions = _definitions()
    answers = make_answers(people, definitions)
    order = list(range(len(answers)))
    random.shuffle(order)
    shuffled = answers.iloc[order]
    pd.testing.assert_frame_equal(count_items(answers, definitions, 2027), count_items(shuffled, definitions, 2027))
    pd.testing.assert_frame_equal(_score(answers, definitions), _score(shuffled, definitions))


@settings(max_examples=12, deadline=None)
@given(PEOPLE)
def test_scores_stay_on_the_scale_and_intervals_within_what_is_possible(people: dict[str, Any]) -> None:
    definitions = _definitions()
    table = _score(make_answers(people, definitions), definitions)
    for name in ("mean", "ci_low", "ci_high", "possible_low", "possible_high", "mean_of_items"):
        assert table[name].dropna().between(0, 100).all()
    with_interval = table.dropna(subset=["ci_low"])
    assert (with_interval["ci_low"] <= with_interval["mean"]).all()
    assert (with_interval["mean"] <= with_interval["ci_high"]).all()
    finite = table[table["view"] == "finite"]
    assert (finite["ci_low"] >= finite["possible_low"]).all()
    assert (finite["ci_high"] <= finite["possible_high"]).all()
    assert (table["favourable_n"].dropna() <= table["answers_n"].dropna()).all()
    assert ((table["reason"] != "") | table["ci_low"].notna() | (table["view"] == "complete")).all()


@settings(max_examples=12, deadline=None)
@given(PEOPLE)
def test_reversing_every_item_mirrors_every_score_and_twice_is_identity(people: dict[str, Any]) -> None:
    straight, reversed_ = _definitions(), _definitions(reverse=True)
    answers = make_answers(people, straight)
    mirrored = answers.assign(value=6 - answers["value"])
    plain = person_scores(answers, straight, 2027)["P1"]
    np.testing.assert_allclose(person_scores(answers, reversed_, 2027)["P1"], 100 - plain)
    np.testing.assert_allclose(person_scores(mirrored, reversed_, 2027)["P1"], plain)
    favourable = [_score(*wave)["favourable_n"] for wave in ((answers, straight), (mirrored, reversed_))]
    pd.testing.assert_series_equal(*favourable)


@settings(max_examples=12, deadline=None)
@given(PEOPLE)
def test_counts_add_up_to_the_answers_and_rollups_to_their_groups(people: dict[str, Any]) -> None:
    definitions = _definitions()
    answers = make_answers(people, definitions)
    counts = count_items(answers, definitions, 2027)
    totals = counts.groupby("group", observed=True)["n"].sum()
    assert totals["_all"] == len(answers)
    direct = 3 * len(people.get("House", {}))
    assert totals["House"] == totals["North"] + totals["South"] + direct


@settings(max_examples=6, deadline=None)
@given(PEOPLE, PEOPLE, st.randoms(use_true_random=False))
def test_comparisons_do_not_depend_on_the_order_of_rows(before: Any, after: Any, random: Any) -> None:
    definitions = _definitions(years=(2026, 2027))
    tables = []
    for shuffle in (False, True):
        answers = {2026: make_answers(before, definitions, 2026), 2027: make_answers(after, definitions, 2027)}
        if shuffle:
            answers = {
                year: frame.sample(frac=1, random_state=random.randint(0, 99)) for year, frame in answers.items()
            }
        tables.append(compare_years(answers, definitions, 2027).trends)
    pd.testing.assert_frame_equal(*tables)
    tested = tables[0].dropna(subset=["p_value"])
    assert (tested["p_adjusted"] >= tested["p_value"]).all()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.integers(0, 50))
def test_an_interval_is_never_wider_than_what_is_still_possible(values: list[float], missing: int) -> None:
    scores = np.array(values)
    estimate = estimate_mean(scores, len(values) + missing)
    low, high = possible_range(len(values), estimate.mean, len(values) + missing)
    assert 0 <= low <= estimate.mean + 1e-9 and estimate.mean - 1e-9 <= high <= 100
    if estimate.ci_low is not None and estimate.ci_high is not None:
        assert low <= estimate.ci_low <= estimate.mean <= estimate.ci_high <= high
        assert estimate.ci_high - estimate.ci_low <= 2 * 100 * missing / (len(values) + missing)


@given(st.integers(-1000, 1000), st.sampled_from([0.0, 0.5, -0.5, 0.25]), st.floats(-1e-12, 1e-12))
def test_rounding_ignores_noise(whole: int, part: float, noise: float) -> None:
    assert round_half_up(whole + part + noise) == round_half_up(whole + part)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_adjusting_keeps_the_order_and_never_lowers(p_values: list[float]) -> None:
    order = np.argsort(p_values, kind="stable")
    for method in ("holm", "bh"):
        adjusted = np.array(adjust_p_values(p_values, method), dtype=float)
        assert (adjusted >= np.array(p_values) - 1e-12).all()
        assert (np.diff(adjusted[order]) >= -1e-12).all()


@pytest.mark.parametrize(
    "pooled", [[0, 10, 25, 30, 55, 60, 80, 100], [25, 25, 25, 50, 50, 75, 75, 100], [50] * 7 + [75]]
)
def test_with_no_change_small_p_values_are_no_more_frequent_than_they_claim(pooled: list[float]) -> None:
    """Every way to deal eight people into two years is equally likely: P(p <= a) may not pass a."""
    values = np.array(pooled, dtype=float)
    p_values = [
        permute_welch(values[list(first)], np.delete(values, list(first)), 99, 0)
        for first in itertools.combinations(range(8), 4)
    ]
    for level in sorted(set(p_values)):
        assert np.mean(np.array(p_values) <= level + 1e-12) <= level + 1e-12
