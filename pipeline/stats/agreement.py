"""How far the answers to one question agree (methods S13)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntLike = int | NDArray[np.int64]

SPLIT_BELOW, SPLIT_END = 0.2, 0.25
"""An agreement below this, with at least this share of the answers at either end, is called split."""


def measure_agreements(counts: NDArray[np.int64]) -> Array:
    """Van der Eijk's A: 1 when all give the same answer, 0 when evenly spread, -1 when half stand at each end.

    The counts are peeled into layers of equal height; the layer's A is ``U (1 - (S - 1) / (K - 1))`` with S
    filled points and U from the triples of filled-empty-filled against filled-filled-empty patterns (van
    der Eijk 2001, Quality & Quantity 35:325).

    Args:
        counts: distributions × K points, low to high.

    Returns:
        One value per distribution; NaN without an answer, and for fewer than 3 points, where there is no middle.
    """
    total, points_n = counts.sum(axis=1), counts.shape[1]
    if points_n < 3:
        return np.full(len(counts), np.nan)
    agreement, left = np.zeros(len(counts)), counts.astype(np.int64)
    while left.any():  # at most K layers
        filled = left > 0
        height = np.where(filled, left, np.iinfo(np.int64).max).min(axis=1) * filled.any(axis=1)
        agreement += _layer_agreement(filled) * height * filled.sum(axis=1)
        left = left - height[:, None] * filled
    return np.divide(agreement, total, out=np.full(len(counts), np.nan), where=total > 0)


def _layer_agreement(filled: NDArray[np.bool_]) -> Array:
    """A of patterns of filled and empty points, one per row."""
    points_n, filled_n = filled.shape[1], filled.sum(axis=1)
    before: NDArray[np.int64] = np.cumsum(filled, axis=1) - filled
    after = filled_n[:, None] - before - filled
    empty_before = np.arange(points_n) - before
    empty_after = np.arange(points_n - 1, -1, -1) - after
    gaps = np.sum(before * after * ~filled, axis=1)  # filled, empty, filled
    edges = np.sum((before * empty_after + empty_before * after) * filled, axis=1)  # 110 and 011
    either = gaps + edges
    ratio = ((points_n - 2) * edges - (points_n - 1) * gaps) / ((points_n - 2) * np.maximum(either, 1))
    unimodality = np.where(either > 0, ratio, 1.0)
    return np.asarray(unimodality * (1 - (filled_n - 1) / (points_n - 1)))


def measure_consensuses(counts: NDArray[np.int64]) -> Array:
    """Tastle and Wierman's consensus: 1 when all agree, 0 when half stand at each end.

    ``1 + sum p_j log2(1 - |x_j - mean| / (K - 1))`` (Tastle & Wierman 2007, Int. J. Approx. Reasoning 45:531).

    Args:
        counts: distributions × K points, low to high.

    Returns:
        One value per distribution; NaN without an answer, and for fewer than 2 points.
    """
    total, points_n = counts.sum(axis=1), counts.shape[1]
    if points_n < 2:
        return np.full(len(counts), np.nan)
    x = np.arange(points_n)
    p = np.divide(counts, total[:, None], out=np.zeros(counts.shape), where=total[:, None] > 0)
    nearness = 1 - np.abs(x - (p @ x)[:, None]) / (points_n - 1)
    # only an option that nobody chose can be a whole scale away from the mean
    terms = p * np.log2(np.where(p > 0, nearness, 1.0))
    return np.where(total > 0, 1 + terms.sum(axis=1), np.nan)


def find_splits(agreement: Array, total: IntLike, unfavourable_n: IntLike, favourable_n: IntLike) -> NDArray[np.bool_]:
    """Where A is below .2 with at least a quarter of the answers at either end (methods S13).

    The ends are the answers that the scale calls unfavourable and favourable, so that the rule holds for a scale
    of any length, balanced or not: on 0 to 10 they may be 0-6 and 9-10.

    Args:
        agreement: one value per distribution; NaN is not split.
        total, unfavourable_n, favourable_n: answers in all and at either end.
    """
    smaller_end = np.minimum(unfavourable_n, favourable_n)
    return np.asarray((agreement < SPLIT_BELOW) & (smaller_end >= SPLIT_END * np.asarray(total)))


def within_group_agreement(variances: Array, even: Array) -> Array:
    """r_wg(j): agreement within groups over j items, against answers spread evenly over the scale.

    ``j (1 - r) / (j (1 - r) + r)`` with r the mean over items of variance / variance of an even spread (James,
    Demaree & Wolf 1984, J. Appl. Psychol. 69:85); for K equally spaced points that is ``(K^2 - 1) / 12`` steps
    squared. Values below 0 become 0, as is usual.

    Args:
        variances: groups × items; NaN where an item has no variance in a group, which is then left out there.
        even: per item, the variance that an even spread would have.

    Returns:
        One value per group; NaN where no item has a variance.

    Raises:
        ValueError: an even spread without variance (a scale of one point).
    """
    if not (even > 0).all():
        raise ValueError("an even spread has a variance above 0: a scale needs two points or more")
    known = ~np.isnan(variances)
    items_n = known.sum(axis=1)
    ratio = np.where(known, variances / even, 0.0).sum(axis=1) / np.maximum(items_n, 1)
    shared = items_n * (1 - ratio)
    # so much more spread than even that the formula has no value: no agreement
    agreement = np.divide(shared, shared + ratio, out=np.zeros(len(variances)), where=shared + ratio > 0)
    return np.where(items_n > 0, np.maximum(agreement, 0.0), np.nan)


def intraclass_correlations(
    means: NDArray[np.float64], variances: NDArray[np.float64], sizes: NDArray[np.int64]
) -> tuple[float, float] | None:
    """ICC(1) and ICC(2) of groups of unequal size, from one-way analysis of variance.

    ``ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW)`` with k the average size corrected for inequality,
    ``ICC(2) = (MSB - MSW) / MSB`` (Bliese 2000, in Klein & Kozlowski, Multilevel Theory).

    Args:
        means, variances, sizes: one entry per group with at least two people.

    Returns:
        Null with fewer than two groups or without any variation.
    """
    total, groups_n = int(sizes.sum()), len(sizes)
    if groups_n < 2 or total <= groups_n:
        return None
    grand = float(sizes @ means) / total
    between = float(sizes @ (means - grand) ** 2) / (groups_n - 1)
    within = float((sizes - 1) @ variances) / (total - groups_n)
    average = (total - float(np.sum(sizes.astype(np.float64) ** 2)) / total) / (groups_n - 1)
    if between == 0 or between + (average - 1) * within == 0:
        return None
    return (between - within) / (between + (average - 1) * within), (between - within) / between
