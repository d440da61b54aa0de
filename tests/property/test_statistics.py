"""Properties that every statistic keeps, whatever the answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.stats.agreement import find_splits, measure_agreements, measure_consensuses
from pipeline.stats.linked import compare_partly_linked
from pipeline.stats.polya import distribute_sum, polya_interval, polya_moments, put_on_grid
from pipeline.stats.proportions import hypergeometric_interval, newcombe_difference, wilson_interval
from pipeline.stats.reliability import measure_reliability, sum_products
from pipeline.stats.shrinkage import chance_among_lowest, pool_groups
from pipeline.stats.weighting import Refusal, cap_weights, kish_design_effect, post_stratify, rake, refuse_weights
from tests.ranks import compare_ranks, detect_ordered_trend

answer_counts = st.lists(st.integers(0, 6), min_size=2, max_size=7).filter(lambda counts: sum(counts) > 0)
scores = st.lists(st.integers(0, 20).map(lambda step: 5.0 * step), min_size=2, max_size=15)


@given(answer_counts, st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_the_polya_interval_lies_inside_what_is_possible_and_holds_its_mean(counts: list[int], others: int) -> None:
    array = np.array(counts)
    n, eligible = sum(counts), sum(counts) + others
    low, high = polya_interval(array, eligible)
    mean = float(array @ np.arange(len(array))) / (len(array) - 1) / n
    assert n * mean / eligible - 1e-9 <= low <= high <= (n * mean + others) / eligible + 1e-9
    middle, variance = polya_moments(array, eligible)
    assert low - 1e-9 <= middle <= high + 1e-9 or variance < 1e-4


@given(answer_counts, st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_the_polya_interval_turns_round_with_the_scale(counts: list[int], others: int) -> None:
    array, eligible = np.array(counts), sum(counts) + others
    low, high = polya_interval(array, eligible)
    turned_low, turned_high = polya_interval(array[::-1], eligible)
    step = 1 / (len(array) - 1) / eligible  # a quantile of a discrete distribution may fall on either side of a tie
    assert turned_low == pytest.approx(1 - high, abs=step + 1e-9)
    assert turned_high == pytest.approx(1 - low, abs=step + 1e-9)


@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=6), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_the_distribution_of_the_others_has_the_polya_mean_and_variance(weights: list[float], others: int) -> None:
    a = np.array(weights)
    p = distribute_sum(a, others)
    x, share = np.arange(len(p)), a / a.sum()
    points = np.arange(len(a))
    mean = others * share @ points
    spread = share @ points**2 - (share @ points) ** 2
    assert p.sum() == pytest.approx(1)
    assert p @ x == pytest.approx(mean, abs=1e-8)
    assert p @ x**2 - (p @ x) ** 2 == pytest.approx(others * spread * (others + a.sum()) / (1 + a.sum()), abs=1e-7)


@given(answer_counts)
@settings(max_examples=25, deadline=None)
def test_the_polya_interval_of_an_unknown_population_is_wider(counts: list[int]) -> None:
    array = np.array(counts)
    known, unknown = polya_interval(array, sum(counts) + 3), polya_interval(array, None)
    assert unknown[1] - unknown[0] >= known[1] - known[0] - 0.05
    assert unknown == polya_interval(array, None)  # seeded


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_grid_gives_back_the_mean_with_its_residual(values: list[float]) -> None:
    counts, residual = put_on_grid(np.array(values))
    assert counts.sum() == len(values)
    assert abs(residual) <= 0.025 + 1e-9
    assert counts @ np.linspace(0, 1, 21) / len(values) + residual == pytest.approx(np.mean(values))


@given(st.integers(1, 25), st.data())
@settings(max_examples=80, deadline=None)
def test_mid_p_is_inside_exact_and_both_inside_what_is_possible(eligible: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, eligible))
    x = data.draw(st.integers(0, n))
    exact, mid = (hypergeometric_interval(x, n, eligible, method=method) for method in ("exact", "mid-p"))
    assert x <= exact[0] <= mid[0] <= mid[1] <= exact[1] <= eligible - n + x
    if n == eligible:
        assert exact == mid == (x, x)
    turned = hypergeometric_interval(n - x, n, eligible)
    assert turned == (eligible - mid[1], eligible - mid[0])


@pytest.mark.parametrize(("eligible", "n", "at_least"), [(7, 5, 0.95), (12, 9, 0.95), (25, 12, 0.95), (60, 20, 0.95)])
def test_mid_p_covers_on_average(eligible: int, n: int, at_least: float) -> None:
    covered = []
    for favourable in range(eligible + 1):
        chance = stats.hypergeom(eligible, favourable, n)
        seen = np.arange(max(0, n - eligible + favourable), min(n, favourable) + 1)
        hits = [low <= favourable <= high for low, high in (hypergeometric_interval(int(x), n, eligible) for x in seen)]
        covered.append(float(chance.pmf(seen) @ np.array(hits)))
    assert np.mean(covered) >= at_least


@given(st.integers(1, 40), st.integers(1, 40), st.data())
@settings(max_examples=60, deadline=None)
def test_shares_keep_their_limits_and_their_sign(n_from: int, n_to: int, data: st.DataObject) -> None:
    x_from, x_to = data.draw(st.integers(0, n_from)), data.draw(st.integers(0, n_to))
    low, high = wilson_interval(x_from, n_from)
    assert 0 <= low <= x_from / n_from <= high <= 1
    there, back = newcombe_difference(x_from, n_from, x_to, n_to), newcombe_difference(x_to, n_to, x_from, n_from)
    assert -1 <= there[0] <= x_to / n_to - x_from / n_from <= there[1] <= 1
    assert there == pytest.approx((-back[1], -back[0]))


@given(scores, scores)
@settings(max_examples=60, deadline=None)
def test_superiority_turns_round_and_ignores_order(before: list[float], after: list[float]) -> None:
    a, b = np.array(before), np.array(after)
    there, back = compare_ranks(a, b), compare_ranks(b, a)
    assert there.superiority == pytest.approx(1 - back.superiority)
    assert compare_ranks(a[::-1], np.sort(b)).superiority == pytest.approx(there.superiority)
    by_pairs = np.mean(np.sign(b[None, :] - a[:, None]))
    assert there.cliffs_delta == pytest.approx(by_pairs)


@given(st.lists(scores, min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_ordered_trend_of_turned_scores_is_the_opposite(years: list[list[float]]) -> None:
    there = detect_ordered_trend([np.array(year) for year in years])
    turned = detect_ordered_trend([100 - np.array(year) for year in years])
    assert there.statistic - there.expected == pytest.approx(turned.expected - turned.statistic)
    if there.z is None:
        assert len({score for year in years for score in year}) == 1
    else:
        assert turned.z == pytest.approx(-there.z)


@given(scores, scores, st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_linked_people_never_make_the_difference_another(
    before: list[float], after: list[float], linked_n: int
) -> None:
    linked_n = min(linked_n, len(before), len(after))
    a, b = np.array(before), np.array(after)
    found = compare_partly_linked(a[linked_n:], b[linked_n:], a[:linked_n], b[:linked_n])
    assert found.difference == pytest.approx(b.mean() - a.mean())
    if found.p_value is not None:
        assert 0 <= found.p_value <= 1
        assert found.ci_low is not None and found.ci_low <= found.difference


@given(st.lists(st.integers(0, 9), min_size=3, max_size=8).filter(lambda counts: sum(counts) > 0))
def test_agreement_lies_between_its_ends_and_turns_round(counts: list[int]) -> None:
    array = np.array(counts)
    agreement = measure_agreements(np.array([array, array[::-1], array * 3]))
    consensus = measure_consensuses(array[None, :])
    assert (np.abs(agreement) <= 1 + 1e-9).all()
    assert -1e-9 <= consensus[0] <= 1 + 1e-9
    assert agreement[1:] == pytest.approx(agreement[0])


@given(st.lists(st.lists(st.integers(0, 9), min_size=5, max_size=5), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_many_distributions_agree_as_each_does(rows: list[list[int]]) -> None:
    together = np.array(rows)
    for measure in (measure_agreements, measure_consensuses):
        singly = [measure(row[None, :])[0] for row in together]
        assert measure(together) == pytest.approx(singly, nan_ok=True)


def test_two_camps_are_split_and_one_is_not() -> None:
    agreement = measure_agreements(np.array([[6, 0, 0, 0, 6], [0, 0, 1, 6, 5]]))
    assert agreement[0] == pytest.approx(-1)
    assert find_splits(agreement, 12, np.array([6, 0]), np.array([6, 11])).tolist() == [True, False]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_reliability_within_groups_ignores_differences_between_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group_of = np.repeat(np.arange(4), 15)
    answers = rng.integers(1, 6, (60, 4)) + rng.integers(0, 3, (60, 1)).astype(float)
    answers[rng.random(answers.shape) < 0.1] = np.nan
    shifted = answers + 50.0 * group_of[:, None]
    plain, moved = (measure_reliability(sum_products(values, group_of, 4)) for values in (answers, shifted))
    assert plain is not None and moved is not None
    assert moved.alpha == pytest.approx(plain.alpha)
    assert plain.ci_low <= plain.alpha <= plain.ci_high


@given(st.lists(st.floats(20, 90), min_size=3, max_size=12), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_pooling_moves_every_group_towards_the_middle_and_small_ones_more(values: list[float], seed: int) -> None:
    y, v = np.array(values), np.random.default_rng(seed).uniform(1, 60, len(values))
    pooled = pool_groups(y, v)
    moved = pooled.estimate - y
    assert np.all(moved * (pooled.center - y) >= -1e-9)
    far = np.abs(y - pooled.center) > 1e-6
    share = np.abs(moved[far] / (pooled.center - y[far]))
    order = np.argsort(v[far])
    assert np.all(np.diff(share[order]) >= -1e-9)


@given(st.lists(st.floats(20, 90), min_size=6, max_size=15), st.integers(1, 5), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_chances_of_being_among_the_lowest_add_up_and_favour_the_low(
    values: list[float], lowest_n: int, seed: int
) -> None:
    y, v = np.array(values), np.full(len(values), 9.0)
    chances = chance_among_lowest(y, v, pool_groups(y, v), lowest_n, seed=seed)
    assert chances.sum() == pytest.approx(lowest_n)
    assert chances[np.argmin(y)] >= chances[np.argmax(y)] - 0.02
    again = chance_among_lowest(y, v, pool_groups(y, v), lowest_n, seed=seed)
    assert np.array_equal(chances, again)


@given(st.lists(st.integers(5, 30), min_size=2, max_size=5), st.data())
@settings(max_examples=40, deadline=None)
def test_post_stratified_sums_are_the_rosters(sizes: list[int], data: st.DataObject) -> None:
    population = np.array([float(data.draw(st.integers(size, 4 * size))) for size in sizes])
    cells = np.repeat(np.arange(len(sizes)), sizes)
    weights = post_stratify(cells, population)
    assert isinstance(weights, np.ndarray)
    assert np.bincount(cells, weights) == pytest.approx(population)
    assert kish_design_effect(weights) >= 1 - 1e-12
    raked = rake([cells], [population], np.ones(len(cells)))
    assert isinstance(raked, np.ndarray) and raked == pytest.approx(weights)
    assert cap_weights(weights).sum() == pytest.approx(weights.sum())


def test_weights_that_cannot_carry_a_figure_are_refused_with_the_reason() -> None:
    few = post_stratify(np.array([0, 0, 0, 0, 0, 1]), np.array([10.0, 5.0]))
    assert few == Refusal("cell_too_small", 1.0)
    apart = rake([np.array([0, 1]), np.array([0, 1])], [np.array([1.0, 9.0]), np.array([9.0, 1.0])], np.ones(2))
    assert isinstance(apart, Refusal) and apart.reason == "raking_did_not_converge"
    uneven = refuse_weights(np.array([1.0] * 9 + [50.0]))
    assert uneven is not None and uneven.reason == "design_effect_too_large"
    negative = refuse_weights(np.array([1.0, -1.0]))
    assert negative is not None and negative.reason == "weights_not_positive"
    assert refuse_weights(np.zeros(3)) is not None
    assert refuse_weights(np.ones(4)) == Refusal("effective_n_too_small", 4.0)
    assert refuse_weights(np.ones(9)) is None


@given(st.lists(scores, min_size=3, max_size=3), st.floats(0.5, 200.0))
@settings(max_examples=60, deadline=None)
def test_three_groups_are_pooled_with_a_spread_that_their_scores_can_have(
    groups: list[list[float]], within: float
) -> None:
    values = np.array([float(np.mean(group)) for group in groups])
    variances = within / np.array([float(len(group)) for group in groups])
    pooled = pool_groups(values, variances)
    assert np.sqrt(pooled.tau2) <= np.ptp(values) + 2 * np.sqrt(variances.max())
    assert (pooled.estimate >= values.min() - 1e-9).all()
    assert (pooled.estimate <= values.max() + 1e-9).all()
