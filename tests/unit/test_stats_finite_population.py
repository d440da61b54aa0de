"""Means of groups of known and unknown size."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.stats.finite_population import MeanEstimate, estimate_mean, possible_range

NINE_OF_TWELVE = np.array([75, 50, 100, 75, 75, 25, 100, 50, 75], dtype=float)
"""Known answer mean_9_of_12 (R survey 4.1.1, svymean with fpc, confint with df = 8)."""


def test_nine_of_twelve_with_finite_population_correction() -> None:
    estimate = estimate_mean(NINE_OF_TWELVE, 12, limits=None)
    assert (estimate.n, estimate.view) == (9, "finite")
    assert estimate.mean == pytest.approx(69.4444444444444, abs=1e-8)
    assert estimate.se == pytest.approx(4.04927214919813, abs=1e-8)
    assert [estimate.ci_low, estimate.ci_high] == pytest.approx([60.1068061238265, 78.7820827650624], abs=1e-8)


def test_nine_of_unknown_size_has_the_wider_process_interval() -> None:
    estimate = estimate_mean(NINE_OF_TWELVE)
    assert estimate.view == "process"
    assert estimate.se == pytest.approx(8.09854429839625, abs=1e-8)
    assert [estimate.ci_low, estimate.ci_high] == pytest.approx([50.7691678032086, 88.1197210856803], abs=1e-8)


def test_nine_of_twelve_cannot_reach_78_because_three_hundreds_make_77() -> None:
    estimate = estimate_mean(NINE_OF_TWELVE, 12)
    assert [estimate.ci_low, estimate.ci_high] == pytest.approx([60.1068061238265, (625 + 300) / 12], abs=1e-8)


def test_the_interval_stops_where_the_mean_cannot_go() -> None:
    """2 of 3 with scores 0 and 100: the third person can move the mean to 33.3 or 66.7 at most."""
    estimate = estimate_mean(np.array([0.0, 100.0]), 3)
    assert [estimate.ci_low, estimate.ci_high] == pytest.approx([100 / 3, 200 / 3])
    assert estimate_mean(np.array([0.0, 100.0])).ci_low == 0


@pytest.mark.parametrize(
    ("values", "eligible", "expected"),
    [
        ([], 5, MeanEstimate(0, None, None, None, None, "none")),
        ([40], None, MeanEstimate(1, 40.0, None, None, None, "none", "mean_only")),
        ([40], 1, MeanEstimate(1, 40.0, 0.0, None, None, "complete", "mean_complete")),
        ([40, 60], 2, MeanEstimate(2, 50.0, 0.0, None, None, "complete", "mean_complete")),
        ([50, 50, 50], None, MeanEstimate(3, 50.0, 0.0, None, None, "none", "mean_no_spread")),
        ([50, 50, 50], 9, MeanEstimate(3, 50.0, 0.0, None, None, "none", "mean_no_spread")),
    ],
)
def test_edges_are_defined(values: list[float], eligible: int | None, expected: MeanEstimate) -> None:
    assert estimate_mean(np.array(values, dtype=float), eligible) == expected


def test_equal_scores_that_differ_in_the_last_bit_have_no_spread() -> None:
    assert estimate_mean(np.array([200 / 3, 100 * 2 / 3, 66.66666666666666])).view == "none"


def test_more_values_than_eligible_people_is_refused() -> None:
    with pytest.raises(ValueError, match="eligible"):
        estimate_mean(NINE_OF_TWELVE, 8)
    with pytest.raises(ValueError, match="eligible"):
        possible_range(1, 50.0, 0)


def test_possible_range_fills_in_the_extremes() -> None:
    assert possible_range(9, 625 / 9, 12) == pytest.approx((625 / 12, 925 / 12))
    assert possible_range(0, None, 4) == (0, 100)
    assert possible_range(4, 30.0, 4) == (30, 30)
