"""Which interval a score has, and that its edges are defined."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipeline.stats.finite_population import estimate_mean, possible_range
from pipeline.stats.level_view import POLYA_BELOW, estimate_level

SPREAD = np.array([40.0, 55.0, 55.0, 70.0, 85.0])
ITEM = np.array([25.0, 50.0, 50.0, 75.0, 100.0])


@pytest.mark.parametrize("times", [1, 2, 6, 12])
@pytest.mark.parametrize("eligible", [None, 70])
def test_a_principle_has_the_t_interval_at_every_size(times: int, eligible: int | None) -> None:
    values = np.tile(SPREAD, times)
    assert estimate_level(values, eligible) == estimate_mean(values, eligible)


def test_a_principles_interval_does_not_jump_from_nine_to_ten_nor_from_29_to_30() -> None:
    """One more answer narrows it, by less than a quarter."""
    widths = {}
    for n in (9, 10, 29, 30):
        found = estimate_level(50 + 15 * stats.norm.ppf((np.arange(n) + 0.5) / n), 60)
        assert found.ci_low is not None and found.ci_high is not None
        widths[n] = found.ci_high - found.ci_low
    assert 0.75 < widths[10] / widths[9] < 1
    assert 0.75 < widths[30] / widths[29] < 1


def test_a_single_question_has_the_polya_interval_below_thirty_answers() -> None:
    below, from_there = np.resize(ITEM, POLYA_BELOW - 1), np.resize(ITEM, POLYA_BELOW)
    assert estimate_level(below, 60, points_n=5).method == "mean_polya"
    assert estimate_level(below, points_n=5).method == "mean_polya_process"
    assert estimate_level(from_there, 60, points_n=5).method == "mean_t_fpc"


@pytest.mark.parametrize("n", [2, 9, 29, 30, 300])
@pytest.mark.parametrize("points_n", [None, 5])
def test_answers_all_alike_leave_room_for_the_others_at_every_size(n: int, points_n: int | None) -> None:
    found = estimate_level(np.full(n, 75.0), n + 20, points_n=points_n)
    assert (found.method, found.mean, found.view) == ("mean_polya", 75, "finite")
    assert found.se is not None and found.se > 0
    assert found.ci_low is not None and found.ci_high is not None
    low, high = possible_range(n, 75, n + 20)
    assert low <= found.ci_low < 75 <= found.ci_high <= high
    unknown = estimate_level(np.full(n, 75.0), points_n=points_n)
    assert (unknown.method, unknown.view) == ("mean_polya_process", "process")


@pytest.mark.parametrize("points_n", [None, 5])
def test_a_complete_count_is_exact_and_one_answer_has_no_interval(points_n: int | None) -> None:
    complete = estimate_level(ITEM, 5, points_n=points_n)
    assert (complete.view, complete.se, complete.ci_low) == ("complete", 0, None)
    alone = estimate_level(ITEM[:1], 5, points_n=points_n)
    assert (alone.method, alone.ci_low, alone.view) == ("mean_only", None, "none")
    nobody = estimate_level(ITEM[:0], 5, points_n=points_n)
    assert (nobody.n, nobody.mean, nobody.method) == (0, None, "none")
    with pytest.raises(ValueError, match="eligible"):
        estimate_level(ITEM, 4, points_n=points_n)
