"""A group's average this year, with the interval that its answers call for (methods S6)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.finite_population import MeanEstimate, estimate_mean, possible_range
from pipeline.stats.polya import polya_interval, polya_moments, put_on_grid

POLYA_BELOW = 30
"""Answers below which the interval of a single item is Dirichlet-multinomial; t from there on."""


def estimate_level(
    values: NDArray[np.float64], eligible: int | None = None, *, points_n: int | None = None, seed: int = 0
) -> MeanEstimate:
    """Mean of a group's scores with its 95 % interval, cut to what is logically possible.

    Scores of several items have the t interval of ``estimate_mean`` at every size: below ten people and where
    few did not answer the Dirichlet-multinomial one holds less often than it promises (decision 13). A single
    item with fewer than ``POLYA_BELOW`` answers has the Dirichlet-multinomial interval over its scale's own
    points. So has anybody whose answers are all alike, from which t can say nothing (scores of several items
    over 21 points, each put on the nearest, the rounding added back to the mean). Everybody counted is exact.

    Args:
        values: one score per person, 0-100, without NaN.
        eligible: N, or null where it is unknown.
        points_n: points of a single item's equally spaced scale; null for a mean of several items.
        seed: of the draws where N is unknown or large.

    Raises:
        ValueError: there are more values than eligible people.
    """
    plain = estimate_mean(values, eligible)
    few_of_one_item = points_n is not None and plain.n < POLYA_BELOW
    if plain.mean is None or plain.n < 2 or plain.view == "complete":
        return plain
    if plain.method != "mean_no_spread" and not few_of_one_item:
        return plain
    if points_n is None:
        counts, residual = put_on_grid(values / 100)
    else:
        counts = np.bincount(np.rint(values / 100 * (points_n - 1)).astype(np.int64), minlength=points_n)
        residual = 0.0
    low, high = polya_interval(counts, eligible, seed=seed)
    # N unknown: the limit of large N, in which the answers themselves weigh nothing
    variance = polya_moments(counts, eligible if eligible is not None else 10**9)[1]
    ends = (0.0, 100.0) if eligible is None else possible_range(plain.n, plain.mean, eligible)
    ci_low, ci_high = (min(max(100 * (end + residual), ends[0]), ends[1]) for end in (low, high))
    return MeanEstimate(
        plain.n, plain.mean, 100 * math.sqrt(variance), min(ci_low, plain.mean), max(ci_high, plain.mean),
        "process" if eligible is None else "finite", "mean_polya" if eligible is not None else "mean_polya_process",
    )  # fmt: skip
