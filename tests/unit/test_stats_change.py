"""The change of a mean: Welch, permutation, equivalence, verdict."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from pipeline.stats.change import Change, compare_means, decide_verdict, infer_change, is_equivalent
from pipeline.stats.equivalence import assess_equivalence
from pipeline.stats.permutation import _drawn_deals, permute_welch
from pipeline.stats.pooling import combine_errors

SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
"""Student's sleep data, R ``?sleep``; known answer welch_and_paired_t."""


def test_welch_reproduces_students_sleep() -> None:
    change = compare_means(SLEEP_1, SLEEP_2)
    assert change.difference == pytest.approx(1.58)
    assert change.difference / change.se == pytest.approx(1.86081346748685, abs=1e-8)
    assert change.df == pytest.approx(17.7764735161785, abs=1e-8)
    assert [change.ci_low, change.ci_high] == pytest.approx([-0.20548323071171, 3.36548323071171], abs=1e-8)
    by_t = infer_change(0.75, 2.33, change.se, change.df)
    assert by_t.p_value == pytest.approx(0.0793941401873582, abs=1e-8)


def test_ninety_percent_interval_reproduces_tost() -> None:
    """Known answer tost_two (TOSTER test-known_results.R; Lakens 2017)."""
    change = infer_change(5.22, 5.25, 0.131302891964352, 181.134367160507)
    tested = assess_equivalence(0.03, change.se, change.df, -0.4, 0.4)
    assert [tested.ci90_low, tested.ci90_high] == pytest.approx([-0.187084311828454, 0.247084311828454], abs=1e-6)
    assert [change.ci_low, change.ci_high] == pytest.approx([-0.229079932439328, 0.289079932439328], abs=1e-6)
    assert is_equivalent(change, 0.383568677031897)
    assert not is_equivalent(change, 0.247)


@pytest.mark.parametrize(("n", "points"), [(5, 36), (9, 25), (10, 24), (15, 19), (25, 15), (40, 11), (90, 8)])
def test_detectable_change_is_that_of_the_specification(n: int, points: int) -> None:
    """Methods S11: the process view of a principle mean with SD 18, the same n in both years."""
    change = infer_change(50, 50, 18 * float(np.sqrt(2 / n)), 2 * n - 2)
    assert round(change.mdc80) == points


def test_permutation_runs_every_deal_when_there_are_few() -> None:
    """{0, 25} against {50, 75, 100}: of the 10 deals, only the observed one and its mirror reach that t."""
    before, after = np.array([0.0, 25.0]), np.array([50.0, 75.0, 100.0])
    pooled = np.concatenate([before, after])

    def absolute_t(first: tuple[int, ...]) -> float:
        mask = np.isin(np.arange(5), first)
        return abs(stats.ttest_ind(pooled[mask], pooled[~mask], equal_var=False).statistic)

    reached = [absolute_t(first) >= absolute_t((0, 1)) - 1e-9 for first in itertools.combinations(range(5), 2)]
    assert sum(reached) == 2
    assert permute_welch(before, after, 99, 0) == 0.2


def test_four_against_four_cannot_go_below_two_in_seventy() -> None:
    assert permute_welch(np.arange(4.0), np.arange(96.0, 100.0), 99, 0) == pytest.approx(2 / 70)


def test_sampled_p_value_counts_the_observed_deal() -> None:
    low, high = np.arange(20.0), np.arange(60.0, 80.0)
    assert permute_welch(low, high, 999, 1) == 1 / 1000


def test_sampled_p_value_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.normal(60, 18, 30), rng.normal(68, 25, 18)
    mine = permute_welch(before, after, 9999, 0)
    theirs = stats.ttest_ind(
        before, after, equal_var=False, method=stats.PermutationMethod(n_resamples=9999, rng=np.random.default_rng(5))
    ).pvalue
    assert mine == pytest.approx(theirs, abs=0.015)


def test_more_deals_than_fit_in_memory_at_once_and_large_other_samples_work() -> None:
    rng = np.random.default_rng(8)
    few, many = np.array([40.0, 60, 70, 80, 90]), rng.normal(60, 18, 40_000)
    by_t = stats.ttest_ind(few, many, equal_var=False).pvalue
    assert permute_welch(few, many, 12_000, 1) == pytest.approx(by_t, abs=0.03)
    assert permute_welch(few, few + 1, 12_000, 1) == pytest.approx(permute_welch(few, few + 1, 999, 2))


def test_permutation_depends_on_values_alone() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.integers(0, 20, 30) * 5.0, rng.integers(0, 20, 40) * 5.0
    p = permute_welch(before, after, 999, 1)
    assert permute_welch(rng.permutation(before), rng.permutation(after), 999, 1) == p
    assert permute_welch(after, before, 999, 1) == p
    assert permute_welch(before / 3, after / 3, 999, 1) == p


def test_drawn_deals_are_distinct_people_evenly_drawn() -> None:
    deals = _drawn_deals(12, 5, 10_000, 0, 0)
    assert all(len(set(column)) == 5 for column in deals.T[:200].tolist())
    share = np.bincount(deals.ravel(), minlength=12) / deals.size
    assert share == pytest.approx(np.full(12, 1 / 12), abs=0.004)


def test_large_samples_use_t() -> None:
    rng = np.random.default_rng(6)
    before, after = rng.normal(60, 18, 100), rng.normal(62, 18, 120)
    change = compare_means(before, after)
    assert change.method == "welch_t"
    assert change.p_value == pytest.approx(stats.ttest_ind(before, after, equal_var=False).pvalue)
    assert compare_means(before[:99], after).method == "welch_permutation"


def test_edges_are_defined() -> None:
    none, one, alike = np.array([]), np.array([50.0]), np.full(5, 50.0)
    assert compare_means(none, alike) == Change(None, 50.0, None)
    assert compare_means(one, alike) == Change(50.0, 50.0, 0.0)
    same = compare_means(alike, alike)
    assert (same.se, same.p_value, same.ci_low, same.mdc80) == (0, 1, None, None)
    moved = compare_means(alike, alike + 25)
    assert (moved.difference, moved.p_value, moved.ci_low) == (25, pytest.approx(2 / 252), None)
    many = compare_means(np.full(100, 50.0), np.full(100, 75.0))
    assert (many.method, many.p_value) == ("welch_t", 0)
    half = compare_means(alike, np.array([40.0, 50.0, 60.0, 50.0, 45.0]))
    assert half.df == pytest.approx(4)


def test_permutation_needs_two_values_on_each_side() -> None:
    with pytest.raises(ValueError, match="two values"):
        permute_welch(np.array([1.0]), np.array([1.0, 2.0]), 99, 0)


def _change(difference: float, reach90: float | None = None) -> Change:
    """A change whose 90 % interval reaches so far to either side, or that has none."""
    se = None if reach90 is None else reach90 / float(stats.t.ppf(0.95, 10))
    return Change(50, 50 + difference, difference, se, 10, 0.5, method="welch_t")


@pytest.mark.parametrize(
    ("change", "given", "expected"),
    [
        (_change(30, 5), {"p_adjusted": 0.001, "comparable": False}, "break_in_series"),
        (_change(30, 5), {"p_adjusted": 0.001, "tested": False}, "not_tested"),
        (_change(30, 5), {"p_adjusted": None}, "not_tested"),
        (_change(4, 5), {"p_adjusted": 0.001}, "no_meaningful_change"),
        (_change(6, 4), {"p_adjusted": 0.049}, "improved"),
        (_change(-6, 5), {"p_adjusted": 0.049}, "declined"),
        (_change(-6, 5), {"p_adjusted": 0.05}, "cannot_tell"),
        (_change(0, None), {"p_adjusted": 1.0}, "cannot_tell"),
    ],
)
def test_verdicts_come_in_their_order(change: Change, given: dict, expected: str) -> None:
    assert decide_verdict(change, delta=10, alpha=0.05, **given) == expected


def test_equal_groups_combine_by_satterthwaite() -> None:
    """Variances 4 (5 people) and 1 (11 people): SE sqrt(5) / 2, df 25 / (16/4 + 1/10)."""
    se, df = combine_errors(np.array([[4.0], [1.0]]), np.array([[5.0], [11.0]]))
    assert se == pytest.approx(np.sqrt(5) / 2)
    assert df == pytest.approx(25 / 4.1)
    assert combine_errors(np.zeros((2, 2)), np.full((2, 2), 5.0)) == (0.0, None)
