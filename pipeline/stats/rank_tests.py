"""What ranks say: how often a later answer is the higher one, and whether years climb (methods S9, S12)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import chdtrc, ndtr, stdtr, stdtrit


@dataclass(frozen=True)
class RankComparison:
    """Brunner and Munzel's comparison of two independent samples.

    ``superiority`` is P(earlier < later) + P(equal)/2: above .5 the later year is higher. ``statistic``
    and ``df`` are null where ranks do not vary within either sample; ``ci_low, ci_high`` likewise.
    """

    superiority: float
    ci_low: float | None
    ci_high: float | None
    statistic: float | None
    df: float | None
    p_value: float | None

    @property
    def cliffs_delta(self) -> float:
        """``2 superiority - 1``: from -1 (every later answer is lower) to 1."""
        return 2 * self.superiority - 1


def count_values(values: NDArray[np.float64], support: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often each value of ``support`` (ascending) occurs in ``values``, which holds no others."""
    return np.bincount(np.searchsorted(support, values), minlength=len(support)).astype(np.float64)


def compare_rank_counts(
    before: NDArray[np.float64], after: NDArray[np.float64], *, level: float = 0.95
) -> RankComparison:
    """Probability that a person of the later year scores higher than one of the earlier year.

    From how often each value occurs, so that a million people cost a few hundred numbers (statsmodels'
    ``rank_compare_2indep`` takes the people one by one). Brunner & Munzel 2000, Biometrical Journal 42:17: placements of each sample in the other, t with
    Satterthwaite's degrees of freedom. It describes; the verdict comes from the means.

    Args:
        before, after: people of each year with each value, the same ascending values in both.
        level: of the interval.

    Raises:
        ValueError: a sample is empty.
    """
    n1, n2 = float(before.sum()), float(after.sum())
    if min(n1, n2) == 0:
        raise ValueError("both samples need a value")
    # people of the other year below each value, and half of those with the same one
    placed1, placed2 = np.cumsum(after) - after / 2, np.cumsum(before) - before / 2
    superiority = float(after @ placed2) / (n1 * n2)
    if min(n1, n2) < 2:
        return RankComparison(superiority, None, None, None, None, None)
    v1, v2 = _variance(placed1, before) / (n2**2 * n1), _variance(placed2, after) / (n1**2 * n2)
    if v1 + v2 <= 0:
        return RankComparison(superiority, None, None, None, None, None)
    se = math.sqrt(v1 + v2)
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    statistic = (superiority - 0.5) / se
    reach = float(stdtrit(df, (1 + level) / 2)) * se
    return RankComparison(
        superiority,
        max(0.0, superiority - reach),
        min(1.0, superiority + reach),
        statistic,
        df,
        min(1.0, 2 * float(stdtr(df, -abs(statistic)))),
    )


def _variance(values: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    """Variance of ``values`` that occur ``counts`` times, with n - 1."""
    n = counts.sum()
    mean = float(values @ counts) / n
    return float(((values - mean) ** 2) @ counts) / float(n - 1)


SIZES = ((0.474, "large"), (0.33, "medium"), (0.147, "small"))
"""Smallest |Cliff's delta| that is called so (Romano and others 2006)."""


def name_size(cliffs_delta: float) -> str:
    """A word for how far two years' people lie apart."""
    return next((word for smallest, word in SIZES if abs(cliffs_delta) >= smallest), "negligible")


def cliffs_delta_interval(
    before: NDArray[np.float64], after: NDArray[np.float64], *, level: float = 0.95
) -> tuple[float, float]:
    """Interval of Cliff's delta, asymmetric so that it stays inside -1 and 1.

    Cliff 1993, Psychological Bulletin 114:494, with the consistent variance estimate; quantile of t with
    ``n1 + n2 - 2`` degrees of freedom. All pairs are compared: for reports, not for millions.

    Raises:
        ValueError: a sample has fewer than two values.
    """
    n1, n2 = len(before), len(after)
    if min(n1, n2) < 2:
        raise ValueError("each sample needs at least two values")
    sign = np.sign(after[None, :] - before[:, None])
    delta = float(sign.mean())
    rows, columns = sign.mean(axis=1), sign.mean(axis=0)
    by_row, by_column = np.sum((rows - delta) ** 2), np.sum((columns - delta) ** 2)
    pairs = np.sum((sign - delta) ** 2)
    variance = (n2**2 * by_row + n1**2 * by_column - pairs) / (n1 * n2 * (n1 - 1) * (n2 - 1))
    variance = max(float(variance), (1 - delta**2) / (n1 * n2 - 1))
    t = float(stats.t.ppf((1 + level) / 2, n1 + n2 - 2))
    centre, reach = delta - delta**3, t * math.sqrt(variance * ((1 - delta**2) ** 2 + t**2 * variance))
    width = 1 - delta**2 + t**2 * variance
    if width == 0:
        return delta, delta
    return max(-1.0, (centre - reach) / width), min(1.0, (centre + reach) / width)


@dataclass(frozen=True)
class OrderedTrend:
    """A test that later samples tend to be higher; ``z`` and ``p_value`` (two-sided) are null without variation."""

    statistic: float
    expected: float
    z: float | None
    p_value: float | None


def detect_ordered_trend_of_counts(counts: NDArray[np.float64]) -> OrderedTrend:
    """Jonckheere-Terpstra over samples in time order, with the variance corrected for ties.

    J counts the pairs in which the later value is higher, ties as half (Hollander & Wolfe 1999,
    Nonparametric Statistical Methods, sec. 6.2, eq. 6.19).

    Args:
        counts: years × values, both ascending.

    Raises:
        ValueError: fewer than two years have a value.
    """
    sizes = counts.sum(axis=1) if counts.ndim == 2 else np.empty(0)
    if np.count_nonzero(sizes) < 2:
        raise ValueError("a trend needs values in at least two years")
    earlier = np.cumsum(counts, axis=0)[:-1]
    statistic = float(np.sum(counts[1:] * (np.cumsum(earlier, axis=1) - earlier / 2)))
    ties, total = counts.sum(axis=0), float(sizes.sum())
    expected = (total**2 - float(np.sum(sizes**2))) / 4

    def fifths(m: NDArray[np.float64]) -> float:
        return float(np.sum(m * (m - 1) * (2 * m + 5)))

    def thirds(m: NDArray[np.float64]) -> float:
        return float(np.sum(m * (m - 1) * (m - 2)))

    def pairs(m: NDArray[np.float64]) -> float:
        return float(np.sum(m * (m - 1)))

    whole = np.array([total])
    variance = (fifths(whole) - fifths(sizes) - fifths(ties)) / 72
    if total > 2:
        variance += thirds(sizes) * thirds(ties) / (36 * thirds(whole))
    variance += pairs(sizes) * pairs(ties) / (8 * pairs(whole))
    if variance <= 1e-12 * total**3:  # all values tied, but for rounding
        return OrderedTrend(statistic, expected, None, None)
    z = (statistic - expected) / math.sqrt(variance)
    return OrderedTrend(statistic, expected, z, min(1.0, 2 * float(ndtr(-abs(z)))))


def detect_share_trend(favourable: Sequence[int], answers: Sequence[int]) -> tuple[float, float, float] | None:
    """Cochran-Armitage test that a share rises or falls over equally spaced years.

    Armitage 1955, Biometrics 11:375: chi-squared with one degree of freedom on scores 1, 2, …

    Returns:
        Chi-squared, its p-value, and the way it goes (above 0: upwards); null when nobody or everybody is
        favourable, or only one year has answers.
    """
    x, n = np.asarray(favourable, dtype=np.float64), np.asarray(answers, dtype=np.float64)
    score = np.arange(1.0, len(n) + 1)
    total = n.sum()
    p = x.sum() / total if total else 0.0
    centred = score - (n @ score) / total if total else score
    variance = p * (1 - p) * float(n @ centred**2)
    if variance <= 0:
        return None
    slope = float(x @ centred)
    chi2 = slope**2 / variance
    return chi2, float(chdtrc(1, chi2)), slope
