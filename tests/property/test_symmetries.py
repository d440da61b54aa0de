"""What must not matter, or must only turn a result round: names, direction of a scale, how many of the same answers.

And what a p-value promises: when nothing changed, small ones are no more frequent than they claim.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.score.compare import compare_years
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.stats.finite_population import estimate_mean
from pipeline.stats.level_view import estimate_level
from pipeline.stats.permutation import permute_linked, permute_welch
from pipeline.stats.polya import polya_interval
from pipeline.stats.proportions import (
    hypergeometric_interval,
    mcnemar_exact,
    newcombe_difference,
    wilson_interval,
)
from pipeline.stats.reliability import feldt_interval
from pipeline.store.definitions import Definitions
from tests.helpers import make_answers, make_definitions, make_respondents

CELL = st.one_of(st.integers(1, 5), st.sampled_from([None, "no_opinion"]))
PEOPLE = st.fixed_dictionaries(
    {
        group: st.lists(st.tuples(CELL, CELL, CELL), min_size=least, max_size=8).map(
            lambda rows: {f"r{n}": list(row) for n, row in enumerate(rows)}
        )
        for group, least in (("North", 5), ("South", 0))
    }
)
YEARS = (2026, 2027)
NEW_NAMES = {"North": "A1", "South": "Z9", "House": "M5", "q1": "z", "q2": "b", "q3": "a", "P1": "Q7"}
OLD_NAMES = {name: name for name in NEW_NAMES}
NUMBERS = ["mean", "se", "ci_low", "ci_high", "possible_low", "possible_high", "n", "favourable_n", "answers_n", "method"]  # fmt: skip
CHANGES = ["difference", "se", "ci_low", "ci_high", "p_value", "p_adjusted", "mdc80", "verdict", "n_from", "n_to"]
MIRRORED = {"improved": "declined", "declined": "improved"}


def define(names: dict[str, str], *, reverse: bool = False) -> Definitions:
    house, north, south = (names[code] for code in ("House", "North", "South"))
    groups = [{"group": house, "kind": "rollup"}, {"group": north, "parent": house}, {"group": south, "parent": house}]
    items = {names[item]: {"principle": names["P1"], "reverse": reverse} for item in ("q1", "q2", "q3")}
    by_year = {YEARS[0]: items, YEARS[1]: {code: item | {"comparability": "identical"} for code, item in items.items()}}
    return make_definitions(
        groups=groups, principles=[names["P1"]], years=YEARS, items=items, items_by_year=by_year,
        roster={north: 12}, change={"permutations": 999},
    )  # fmt: skip


def compute(
    people: dict[int, dict[str, Any]], names: dict[str, str], *, reverse: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of the later year, and changes, with the groups, items and principle under these names."""
    definitions = define(names, reverse=reverse)
    turned = [
        {
            names[group]: {
                f"{names[group]}-{person}": [6 - cell if reverse and isinstance(cell, int) else cell for cell in cells]
                for person, cells in members.items()
            }
            for group, members in people[year].items()
        }
        for year in YEARS
    ]
    answers = {year: make_answers(given, definitions, year) for year, given in zip(YEARS, turned, strict=True)}
    counts = {group: {"complete": len(members)} for group, members in turned[1].items() if members}
    responses = count_responses(make_respondents(counts), definitions, YEARS[1])
    back = {new: old for old, new in names.items()}
    tables = (score_wave(answers[YEARS[1]], responses, definitions, YEARS[1]), compare_years(answers, definitions, YEARS[1]).trends)  # fmt: skip
    for table in tables:
        for column in ("group", "measure"):
            table[column] = table[column].astype("str").map(lambda code: back.get(code, code))
    keys = ["group", "measure", "aggregation"]
    scores, trends = (table.sort_values(keys).set_index(keys) for table in tables)
    return scores[NUMBERS], trends[CHANGES]


@given(PEOPLE, PEOPLE)
@settings(max_examples=5, deadline=None)
def test_names_of_groups_items_and_principles_change_no_number(before: dict[str, Any], after: dict[str, Any]) -> None:
    people = dict(zip(YEARS, (before, after), strict=True))
    for plain, renamed in zip(compute(people, OLD_NAMES), compute(people, NEW_NAMES), strict=True):
        pd.testing.assert_frame_equal(plain, renamed, check_exact=False, rtol=1e-12)


@given(PEOPLE, PEOPLE)
@settings(max_examples=5, deadline=None)
def test_turning_every_question_and_answer_round_changes_no_number(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The same opinions, asked the other way: 'agree' to a reversed statement is 'disagree' to the straight one."""
    people = dict(zip(YEARS, (before, after), strict=True))
    for plain, turned in zip(compute(people, OLD_NAMES), compute(people, OLD_NAMES, reverse=True), strict=True):
        pd.testing.assert_frame_equal(plain, turned, check_exact=False, rtol=1e-9, atol=1e-9)


@given(PEOPLE, PEOPLE)
@settings(max_examples=5, deadline=None)
def test_opposite_answers_give_opposite_scores_and_changes(before: dict[str, Any], after: dict[str, Any]) -> None:
    people = dict(zip(YEARS, (before, after), strict=True))
    opposite = {
        year: {
            group: {who: [6 - cell if isinstance(cell, int) else cell for cell in row] for who, row in members.items()}
            for group, members in given_.items()
        }
        for year, given_ in people.items()
    }
    (scores, trends), (other_scores, other_trends) = compute(people, OLD_NAMES), compute(opposite, OLD_NAMES)
    np.testing.assert_allclose(_floats(other_scores["mean"]), 100 - _floats(scores["mean"]), atol=1e-9)
    t_only = scores["method"].isin(["mean_t", "mean_t_fpc"])
    for low, high in (("ci_low", "ci_high"), ("possible_low", "possible_high")):
        np.testing.assert_allclose(_floats(other_scores[low][t_only]), 100 - _floats(scores[high][t_only]), atol=1e-9)
    np.testing.assert_allclose(_floats(other_trends["difference"]), -_floats(trends["difference"]), atol=1e-9)
    np.testing.assert_allclose(_floats(other_trends["p_value"]), _floats(trends["p_value"]), atol=1e-9)
    mirrored = [MIRRORED.get(verdict, verdict) for verdict in trends["verdict"].astype("str")]
    assert other_trends["verdict"].astype("str").tolist() == mirrored


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def test_the_symmetries_are_tried_on_changes_that_are_found() -> None:
    """Otherwise everything above could hold of nothing but nulls."""
    low, high = {f"r{n}": [1 + n % 2] * 3 for n in range(8)}, {f"r{n}": [4 + n % 2] * 3 for n in range(8)}
    _, trends = compute({2026: {"North": low, "South": low}, 2027: {"North": high, "South": high}}, OLD_NAMES)
    assert set(trends["verdict"].astype("str")) == {"improved"}


counts_of_points = st.lists(st.integers(0, 3), min_size=3, max_size=5).filter(lambda counts: sum(counts) >= 2)


@given(counts_of_points, st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_the_same_answers_from_more_people_never_make_a_mean_less_sure(counts: list[int], others: int) -> None:
    """The same proportions, N and method, once, twice and three times as many answers."""
    assume(sum(count > 0 for count in counts) > 1)
    values = np.repeat(np.linspace(0, 100, len(counts)), counts)
    eligible = 3 * len(values) + 1 + others
    for population in (eligible, None):
        found = [estimate_mean(np.tile(values, times), population) for times in (1, 2, 3)]
        widths = [each.ci_high - each.ci_low for each in found if each.ci_low is not None and each.ci_high is not None]
        assert len(widths) == 3
        assert widths == sorted(widths, reverse=True)
    principle = [estimate_level(np.tile(values, times), eligible) for times in (1, 2, 3)]
    assert [each.method for each in principle] == ["mean_t_fpc"] * 3
    polya = [np.diff(polya_interval(times * np.array(counts), eligible))[0] for times in (1, 2, 3)]
    step = 1 / (len(counts) - 1) / eligible  # the distribution is discrete: its quantiles move in steps
    assert polya[1] <= polya[0] + 2 * step + 1e-12
    assert polya[2] <= polya[1] + 2 * step + 1e-12


@given(st.integers(1, 12), st.data(), st.integers(0, 20))
@settings(max_examples=80, deadline=None)
def test_the_same_share_from_more_people_is_never_less_sure(n: int, data: st.DataObject, others: int) -> None:
    x = data.draw(st.integers(0, n))
    eligible = 3 * n + others
    widths = [np.diff(wilson_interval(times * x, times * n))[0] for times in (1, 2, 3)]
    assert widths == sorted(widths, reverse=True)
    for method in ("mid-p", "exact"):
        people = [np.diff(hypergeometric_interval(t * x, t * n, eligible, method=method))[0] for t in (1, 2, 3)]  # type: ignore[arg-type]
        assert people == sorted(people, reverse=True)
    difference = [np.diff(newcombe_difference(t * x, t * n, t * (n - x), t * n))[0] for t in (1, 2, 3)]
    assert difference == sorted(difference, reverse=True)
    alpha = [np.diff(feldt_interval(0.8, times * (n + 1), 4))[0] for times in (1, 2, 3)]
    assert alpha == sorted(alpha, reverse=True)


@pytest.mark.parametrize(
    "values", [[0, 10, 25, 30, 55, 60, 80, 100, 45, 70], [25, 25, 50, 50, 50, 75, 75, 100, 0, 25], [50] * 9 + [75]]
)
def test_with_no_change_linked_p_values_are_uniform_or_larger(values: list[float]) -> None:
    """Three linked people and four others: every swap and every deal is equally likely."""
    linked, alone = np.array(values[:6], dtype=float).reshape(2, 3), np.array(values[6:], dtype=float)
    p_values = []
    for swaps in itertools.product((False, True), repeat=3):
        pair = np.where(swaps, linked[::-1], linked)
        for first in itertools.combinations(range(4), 2):
            rest = np.delete(alone, list(first))
            p_values.append(permute_linked(alone[list(first)], rest, pair[0], pair[1], 99, 0))
    for level in sorted(set(p_values)):
        assert np.mean(np.array(p_values) <= level + 1e-12) <= level + 1e-12


def test_with_no_change_drawn_permutations_are_uniform_or_larger() -> None:
    """More deals than are run: the share of small p-values stays within the error of 600 worlds."""
    rng, worlds = np.random.default_rng(20261122), 600
    p_values = []
    for _ in range(worlds):
        values = 25.0 * rng.integers(0, 5, 20)
        p_values.append(permute_welch(values[:9], values[9:], 199, 0))
    for level in (0.01, 0.05, 0.1, 0.25, 0.5):
        assert np.mean(np.array(p_values) <= level) <= level + 3 * np.sqrt(level * (1 - level) / worlds)


@pytest.mark.parametrize("changed", [1, 2, 5, 10, 25])
def test_with_no_change_mcnemars_p_values_are_uniform_or_larger(changed: int) -> None:
    gained = np.arange(changed + 1)
    chance = stats.binom.pmf(gained, changed, 0.5)
    p_values = np.array([mcnemar_exact(changed - int(g), int(g)) for g in gained])
    for level in sorted(set(p_values)):
        assert chance[p_values <= level + 1e-12].sum() <= level + 1e-9
