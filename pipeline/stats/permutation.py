"""Re-dealing two samples: which values go to the first one, in every permutation (methods S8, S9)."""

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
Swaps = NDArray[np.bool_]


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


def permute_linked(
    before_only: NDArray[np.float64], after_only: NDArray[np.float64],
    linked_before: NDArray[np.float64], linked_after: NDArray[np.float64], permutations: int, seed: int,
) -> float:  # fmt: skip
    """Two-sided p-value that a mean changed between two samples that share some people.

    Each linked person's two values change places or not, and the values of all others are dealt anew
    (Einsporn & Habtzghi 2013, Journal of Data Science 11:767); the statistic is the partly linked t of
    ``linked.compare_partly_linked``. Number of runs and p as in ``permute_welch``. Neither the order of
    the people nor which year comes first matters.

    Args:
        before_only, after_only: people of one year only; either may be empty.
        linked_before, linked_after: the same people in the same order; at least two.
        permutations: how many to draw.
        seed: of the draw.

    Raises:
        ValueError: fewer than two linked people, or one of them without a value.
    """
    if len(linked_before) != len(linked_after) or len(linked_before) < 2:
        raise ValueError("at least two people must be linked, with a value in both years")
    small, large = np.sort(before_only), np.sort(after_only)
    pairs = np.stack([linked_before, linked_after])
    if len(large) < len(small):
        small, large, pairs = large, small, pairs[::-1]
    middle = np.concatenate([small, large, pairs.ravel()]).mean()
    alone, pairs = np.round(np.concatenate([small, large]) - middle, 9), np.round(pairs - middle, 9)
    pairs = pairs[:, np.lexsort(np.sort(pairs, axis=0))]
    low, high = np.sort(pairs, axis=0)
    size, linked_n = len(small), pairs.shape[1]
    as_is = np.arange(size, dtype=np.int32)[:, None]
    observed = _absolute_linked_t(alone, as_is, low, high, (pairs[0] > pairs[1])[:, None])[0]
    limit = observed - TIE * max(observed, 1.0) if math.isfinite(observed) else observed
    alone, ways = np.sort(alone), math.comb(len(alone), size)
    complete = 2**linked_n * ways <= COMPLETE_UP_TO
    extreme = run = 0
    for block, start in enumerate(range(0, 1 if complete else permutations, BLOCK)):
        if complete:
            every = np.arange(2**linked_n)[None, :] >> np.arange(linked_n)[:, None] & 1 == 1
            swapped, deals = np.repeat(every, ways, axis=1), np.tile(_all_deals(len(alone), size), (1, 2**linked_n))
        else:
            draws = min(BLOCK, permutations - start)
            swapped, deals = (
                _drawn_swaps(linked_n, draws, seed, block),
                _drawn_deals(len(alone), size, draws, seed, block),
            )
        extreme += int(np.count_nonzero(_absolute_linked_t(alone, deals, low, high, swapped) >= limit))
        run += swapped.shape[1]
    return extreme / run if complete else (1 + extreme) / (run + 1)


def _absolute_linked_t(
    alone: NDArray[np.float64], deals: Deals, low: NDArray[np.float64], high: NDArray[np.float64], swapped: Swaps
) -> NDArray[np.float64]:
    """|Partly linked t| for each column of ``deals`` (who of ``alone`` is in the one year) and ``swapped``.

    ``low, high`` are the linked people's values; where swapped, the higher one is in that year. Centred values.
    """
    n_c, m, k = len(low), len(deals) + len(low), len(alone) - len(deals) + len(low)
    drawn = alone.take(deals)
    linked_m = low.sum() + (high - low) @ swapped
    squares_linked = low @ low + (high**2 - low**2) @ swapped
    linked_k, squares_other = low.sum() + high.sum() - linked_m, low @ low + high @ high - squares_linked
    sum_m, sum_k = linked_m + drawn.sum(axis=0), linked_k + alone.sum() - drawn.sum(axis=0)
    squares = np.einsum("ij,ij->j", drawn, drawn)
    noise = NOISE * max(float(np.max(np.abs(values), initial=0.0)) for values in (alone, low, high)) ** 2
    var_m = _variance(squares_linked + squares, sum_m, m, noise)
    var_k = _variance(squares_other + alone @ alone - squares, sum_k, k, noise)
    spread = np.sqrt(_variance(squares_linked, linked_m, n_c, noise) * _variance(squares_other, linked_k, n_c, noise))
    together = (low @ high - linked_m * linked_k / n_c) / (n_c - 1)
    r = np.where(spread > 0, np.clip(together / np.where(spread > 0, spread, 1.0), -1.0, 1.0), 0.0)
    squared_se = var_m / m + var_k / k - 2 * r * np.sqrt(var_m * var_k) * n_c / (m * k)
    gap = np.abs(sum_m / m - sum_k / k)
    gap[gap <= math.sqrt(noise)] = 0.0
    flat = squared_se <= noise
    t = gap / np.sqrt(np.where(flat, 1.0, squared_se))
    t[flat & (gap > 0)] = np.inf
    return np.asarray(t, dtype=np.float64)


def _variance(squares: NDArray[np.float64], total: NDArray[np.float64], n: int, noise: float) -> NDArray[np.float64]:
    variance = (squares - total**2 / n) / (n - 1)
    return np.where(variance > noise, variance, 0.0)


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


@lru_cache(maxsize=16)
def _drawn_swaps(linked_n: int, draws: int, seed: int, block: int) -> Swaps:
    """For each linked person and draw, a toss of a coin."""
    return np.random.default_rng([seed, linked_n, block]).integers(0, 2, (linked_n, draws), dtype=np.int8) == 1


def _dtype(total: int) -> type[np.int16] | type[np.int32]:
    """Small integers make the comparison above several times faster."""
    return np.int16 if total <= np.iinfo(np.int16).max else np.int32
