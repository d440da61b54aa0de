"""Change when some people are known to have answered in both years (methods S8)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.change import PERMUTE_BELOW, Change, infer_change
from pipeline.stats.permutation import permute_linked


def compare_partly_linked(
    before_only: NDArray[np.float64],
    after_only: NDArray[np.float64],
    linked_before: NDArray[np.float64],
    linked_after: NDArray[np.float64],
    *,
    equal_variances: bool = False,
) -> Change:
    """Change of a mean between two samples that share some people (process view).

    ``T = D / sqrt(s1^2/n1 + s2^2/n2 - 2 r s1 s2 n_c / (n1 n2))`` with ``n_c`` linked people, r their
    correlation and degrees of freedom ``(n_c - 1) + (gamma - n_c + 1) / (n_a + n_b + 2 n_c) (n_a + n_b)``,
    gamma Welch's (Derrick, Toher & White 2017, TQMP 13:120). Without linked people it is Welch's test,
    with nobody else the paired t test.

    Args:
        before_only, after_only: people who answered in one year only.
        linked_before, linked_after: the same people in the same order, one value per year.
        equal_variances: pool the two variances (the published known answer does).

    Returns:
        The change with method ``linked_t`` (``welch_t`` without linked people); without spread only the
        difference.

    Raises:
        ValueError: the linked samples differ in length.
    """
    n_c, n_a, n_b = len(linked_before), len(before_only), len(after_only)
    if n_c != len(linked_after):
        raise ValueError("linked people need a value in both years")
    before, after = np.concatenate([before_only, linked_before]), np.concatenate([after_only, linked_after])
    if len(before) == 0 or len(after) == 0:
        means = [float(np.mean(sample)) if len(sample) else None for sample in (before, after)]
        return Change(means[0], means[1], None)
    mean_from, mean_to = float(np.mean(before)), float(np.mean(after))
    n1, n2 = len(before), len(after)
    if min(n1, n2) < 2:
        return Change(mean_from, mean_to, mean_to - mean_from)
    v1, v2 = float(np.var(before, ddof=1)), float(np.var(after, ddof=1))
    if equal_variances:
        pooled = ((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2)
        v1 = v2 = pooled
        gamma = float(n1 + n2 - 2)
        if n_c:  # the published form counts the linked people once
            gamma = float(n_a + n_b + 2 * n_c - 2)
    else:
        gamma = (v1 / n1 + v2 / n2) ** 2 / ((v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1)) if v1 + v2 else 0.0
    covariance = _correlation(linked_before, linked_after) * math.sqrt(v1 * v2) * n_c / (n1 * n2)
    variance = v1 / n1 + v2 / n2 - 2 * covariance
    if variance <= 1e-18:
        return Change(mean_from, mean_to, mean_to - mean_from, se=0.0)
    df = (n_c - 1) + (gamma - n_c + 1) / (n_a + n_b + 2 * n_c) * (n_a + n_b) if n_c else gamma
    return infer_change(mean_from, mean_to, math.sqrt(variance), df, method="linked_t" if n_c else "welch_t")


def compare_linked_means(
    before_only: NDArray[np.float64], after_only: NDArray[np.float64],
    linked: tuple[NDArray[np.float64], NDArray[np.float64]], *, permutations: int = 9999, seed: int = 0,
) -> Change:  # fmt: skip
    """``compare_partly_linked``, below ``PERMUTE_BELOW`` people in either year with a permutation p-value.

    With answers near the top of the scale and unequal samples its t finds about one false change in ten at the
    5 % level (12 linked people, 40 more in one year), the permutation keeps the level. Where answers persist it
    also finds more; where they do not at all, somewhat less (``benchmarks/measure_linked.py``).
    """
    change = compare_partly_linked(before_only, after_only, *linked)
    smaller = min(len(before_only), len(after_only)) + len(linked[0])
    if not change.se or smaller >= PERMUTE_BELOW or len(linked[0]) < 2:  # one linked person correlates with nobody
        return change
    p_value = permute_linked(before_only, after_only, *linked, permutations, seed)
    return replace(change, p_value=p_value, method="linked_permutation")


def covary_means(
    before: NDArray[np.float64], after: NDArray[np.float64], linked: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> float:
    """Covariance of two years' means, ``r s1 s2 n_c / (n1 n2)``, from the people who are in both.

    Args:
        before, after: everybody of each year, at least two each.
        linked: the same people's values in either year, in the same order.
    """
    _need_two(before, after)
    spread = math.sqrt(float(np.var(before, ddof=1)) * float(np.var(after, ddof=1)))
    return _correlation(*linked) * spread * len(linked[0]) / (len(before) * len(after))


def persistent_error(before: NDArray[np.float64], after: NDArray[np.float64], eligible: int, r: float = 0.5) -> float:
    """Standard error of a change if those who must have answered in both years correlate by r (a sensitivity).

    Of N people at least ``max(0, n1 + n2 - N)`` are in both samples; unlinked comparisons take r for 0.

    Args:
        before, after: at least two values each.
        eligible: N, no smaller than either sample.
        r: how far a person's answers of one year go with those of the next.
    """
    _need_two(before, after)
    n1, n2 = len(before), len(after)
    v1, v2 = float(np.var(before, ddof=1)), float(np.var(after, ddof=1))
    overlap = max(0, n1 + n2 - eligible)
    return math.sqrt(max(v1 / n1 + v2 / n2 - 2 * r * math.sqrt(v1 * v2) * overlap / (n1 * n2), 0.0))


def _need_two(before: NDArray[np.float64], after: NDArray[np.float64]) -> None:
    if min(len(before), len(after)) < 2:
        raise ValueError("each year needs at least two values")


def _correlation(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    if len(before) < 2 or np.ptp(before) == 0 or np.ptp(after) == 0:
        return 0.0
    return float(np.corrcoef(before, after)[0, 1])
