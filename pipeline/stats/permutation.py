"""Re-dealing two samples: which values go to the first one, in every permutation (methods S9)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

COMPLETE_UP_TO = 20_000
"""Up to this many ways to deal, all of them are run and the p-value is exact."""
BLOCK = 10_000
"""Deals kept in memory at once."""
NOISE = 1e-12
"""Share of the squared range that sums of squares leave where a variance is exactly zero."""
TIE = 1e-9
"""Two statistics closer than this are the same deal in another order of summation."""
Deals = NDArray[np.signedinteger[Any]]


def permute_welch(before: NDArray[np.float64], after: NDArray[np.float64], permutations: int, seed: int) -> float:
    """Two-sided p-value of Welch's t by permutation.

    The studentised statistic keeps the test valid for the mean when the two variances differ (Janssen
    1997, Statistics & Probability Letters 36:9). All deals are run when there are at most
    ``COMPLETE_UP_TO``; then p is the share at least as extreme. Otherwise ``permutations`` seeded deals
    are drawn and ``p = (1 + extreme) / (drawn + 1)`` (Phipson & Smyth 2010, SAGMB 9:39).

    The order of the values within a sample never matters: they are sorted first. If all values of both
    samples are the same, p is 1.

    Args:
        before, after: the two samples, at least two values each, without NaN.
        permutations: how many deals to draw.
        seed: of the draw.

    Raises:
        ValueError: a sample has fewer than two values.
    """
    small, large = sorted((np.sort(before), np.sort(after)), key=len)
    if len(small) < 2:
        raise ValueError("each sample needs at least two values")
    pooled = np.round(np.concatenate([small, large]), 9)
    pooled -= pooled.mean()
    observed = _absolute_t(pooled, np.arange(len(small), dtype=np.int32)[:, None])[0]
    limit = observed - TIE * max(observed, 1.0) if math.isfinite(observed) else observed
    complete = math.comb(len(pooled), len(small)) <= COMPLETE_UP_TO
    extreme = run = 0
    for deals in _deal(len(pooled), len(small), None if complete else permutations, seed):
        extreme += int(np.count_nonzero(_absolute_t(pooled, deals) >= limit))
        run += deals.shape[1]
    return extreme / run if complete else (1 + extreme) / (run + 1)


def _absolute_t(pooled: NDArray[np.float64], deals: Deals) -> NDArray[np.float64]:
    """|Welch's t| for each column of ``deals`` (positions of the smaller sample); ``pooled`` is centred."""
    m, k = len(deals), len(pooled) - len(deals)
    drawn = pooled.take(deals)
    sum_m = drawn.sum(axis=0)
    squares_m = np.einsum("ij,ij->j", drawn, drawn)
    mean_m, mean_k = sum_m / m, (pooled.sum() - sum_m) / k
    var_m = (squares_m - m * mean_m**2) / (m - 1)
    var_k = (float(pooled @ pooled) - squares_m - k * mean_k**2) / (k - 1)
    noise = NOISE * float(np.max(np.abs(pooled))) ** 2
    squared_se = np.where(var_m > noise, var_m, 0.0) / m + np.where(var_k > noise, var_k, 0.0) / k
    gap = np.abs(mean_m - mean_k)
    gap[gap <= math.sqrt(noise)] = 0.0
    flat = squared_se == 0
    t = gap / np.sqrt(np.where(flat, 1.0, squared_se))
    t[flat & (gap > 0)] = np.inf
    return np.asarray(t, dtype=np.float64)


def _deal(total: int, size: int, permutations: int | None, seed: int) -> Iterator[Deals]:
    if permutations is None:
        yield _all_deals(total, size)
        return
    for block, start in enumerate(range(0, permutations, BLOCK)):
        yield _drawn_deals(total, size, min(BLOCK, permutations - start), seed, block)


@lru_cache(maxsize=16)
def _all_deals(total: int, size: int) -> Deals:
    count = math.comb(total, size)
    flat = itertools.chain.from_iterable(itertools.combinations(range(total), size))
    return np.ascontiguousarray(np.fromiter(flat, dtype=_dtype(total), count=count * size).reshape(count, size).T)


@lru_cache(maxsize=16)  # a group's principles mostly share both sizes; 2 MB each for up to 99 people
def _drawn_deals(total: int, size: int, draws: int, seed: int, block: int) -> Deals:
    """``draws`` uniform subsets of ``size`` out of ``total``, one per column.

    Floyd's algorithm for all columns at once (Bentley & Floyd 1987, CACM 30:754): its cost depends on the
    smaller sample alone, so that 12 people against 5,000 are as cheap as 12 against 12.
    """
    rng = np.random.default_rng([seed, total, size, block])
    chosen = np.empty((size, draws), dtype=_dtype(total))
    for row, newest in enumerate(range(total - size, total)):
        pick = rng.integers(0, newest, draws, dtype=chosen.dtype.type, endpoint=True)
        seen = (chosen[:row] == pick).any(axis=0)
        chosen[row] = np.where(seen, chosen.dtype.type(newest), pick)
    return chosen


def _dtype(total: int) -> type[np.int16] | type[np.int32]:
    """Small integers make the comparison above several times faster."""
    return np.int16 if total <= np.iinfo(np.int16).max else np.int32
