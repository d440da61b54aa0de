"""How far the answers to one question agree (methods S13)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPLIT_BELOW = 0.2
"""An agreement below this, with a quarter of the answers at either end, is called split."""


def measure_agreement(counts: NDArray[np.int64]) -> float | None:
    """Van der Eijk's A: 1 when all give the same answer, 0 when evenly spread, -1 when half stand at each end.

    The counts are peeled into layers of equal height; the layer's A is ``U (1 - (S - 1) / (K - 1))`` with S
    filled points and U from the triples of filled-empty-filled against filled-filled-empty patterns (van
    der Eijk 2001, Quality & Quantity 35:325).

    Args:
        counts: answers at each of the K points, low to high; K at least 3.

    Returns:
        Null without an answer.
    """
    total, points_n = int(counts.sum()), len(counts)
    if total == 0:
        return None
    agreement, left = 0.0, counts.astype(np.int64).copy()
    while left.any():
        height = int(left[left > 0].min())
        filled = left > 0
        agreement += _layer_agreement(filled) * height * int(filled.sum()) / total
        left = left - height * filled
    return float(agreement) if points_n > 1 else 1.0


def _layer_agreement(filled: NDArray[np.bool_]) -> float:
    """A of a pattern of filled and empty points."""
    points_n, filled_n = len(filled), int(filled.sum())
    if filled_n == points_n:
        return 0.0
    if filled_n == 1:
        return 1.0
    before = np.concatenate([[0], np.cumsum(filled)])[:-1]
    after = filled_n - before - filled
    empty_before = np.arange(points_n) - before
    empty_after = np.arange(points_n - 1, -1, -1) - after
    gaps = int(np.sum((before * after)[~filled]))  # filled, empty, filled
    edges = int(np.sum((before * empty_after)[filled]) + np.sum((empty_before * after)[filled]))  # 110 and 011
    if gaps + edges == 0:
        unimodality = 1.0
    else:
        unimodality = ((points_n - 2) * edges - (points_n - 1) * gaps) / ((points_n - 2) * (edges + gaps))
    return float(unimodality * (1 - (filled_n - 1) / (points_n - 1)))


def measure_consensus(counts: NDArray[np.int64]) -> float | None:
    """Tastle and Wierman's consensus: 1 when all agree, 0 when half stand at each end.

    ``1 + sum p_j log2(1 - |x_j - mean| / (K - 1))`` (Tastle & Wierman 2007, Int. J. Approx. Reasoning 45:531).
    """
    total = int(counts.sum())
    if total == 0:
        return None
    x = np.arange(len(counts))
    p = counts / total
    distance = np.abs(x - p @ x) / (len(counts) - 1)
    used = p > 0
    return float(1 + np.sum(p[used] * np.log2(1 - distance[used]))) if np.all(distance[used] < 1) else 0.0


def is_split(counts: NDArray[np.int64], unfavourable_n: int, favourable_n: int) -> bool:
    """Whether the answers stand in two camps: A below .2 and at least a quarter at either end."""
    agreement, total = measure_agreement(counts), int(counts.sum())
    if agreement is None or agreement >= SPLIT_BELOW:
        return False
    return min(unfavourable_n, favourable_n) >= total / 4


def within_group_agreement(variances: NDArray[np.float64], points_n: int) -> float | None:
    """r_wg(j): agreement within a group over j items, against answers spread evenly over K points.

    ``j (1 - v / e) / (j (1 - v / e) + v / e)`` with v the mean item variance and ``e = (K^2 - 1) / 12``
    (James, Demaree & Wolf 1984, J. Appl. Psychol. 69:85). Values below 0 are printed as 0, as is usual.
    """
    items_n, ratio = len(variances), float(np.mean(variances)) / ((points_n**2 - 1) / 12)
    shared = items_n * (1 - ratio)
    return max(0.0, shared / (shared + ratio)) if shared + ratio > 0 else None


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
