"""Shares: of a group of known size, of an unknown or future population, and between two years (methods S7, S8)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy import stats


def hypergeometric_interval(
    x: int, n: int, eligible: int, *, level: float = 0.95, method: Literal["mid-p", "exact"] = "mid-p"
) -> tuple[int, int]:
    """How many of N people are favourable, when x of the n who answered are.

    The values M that a test of level ``1 - level`` does not reject: the smallest with ``P(X >= x | M) -
    w P(X = x | M) > a/2`` and the largest with the same of the other tail; w is 1/2 for ``mid-p``, 0 for
    ``exact`` (Thompson 2012, Sampling, ch. 5; Wendell & Schmee 2001, Technometrics 43:49).

    Returns:
        The lowest and highest M, people of N.

    Raises:
        ValueError: not ``0 <= x <= n <= N``, or nobody answered.
    """
    if not 0 <= x <= n <= eligible or n == 0:
        raise ValueError("needs 0 <= x <= n <= N and at least one answer")
    possible = np.arange(x, eligible - n + x + 1)
    share = 0.5 if method == "mid-p" else 0.0
    at = stats.hypergeom.pmf(x, eligible, possible, n)
    upper = stats.hypergeom.sf(x - 1, eligible, possible, n) - share * at
    lower = stats.hypergeom.cdf(x, eligible, possible, n) - share * at
    tail = (1 - level) / 2
    return int(possible[upper > tail][0]), int(possible[lower > tail][-1])


def wilson_interval(x: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a share (Wilson 1927, JASA 22:209): for an unknown population or the process view."""
    if not 0 <= x <= n or n == 0:
        raise ValueError("needs 0 <= x <= n and at least one answer")
    z = float(stats.norm.ppf((1 + level) / 2))
    p, extra = x / n, z * z / n
    centre = (p + extra / 2) / (1 + extra)
    reach = z * math.sqrt(p * (1 - p) / n + extra / (4 * n)) / (1 + extra)
    return max(0.0, centre - reach) if x else 0.0, min(1.0, centre + reach) if x < n else 1.0


def clopper_pearson_interval(x: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Binomial interval by tail inversion (Clopper & Pearson 1934, Biometrika 26:404); on request only."""
    found = stats.binomtest(x, n).proportion_ci(confidence_level=level, method="exact")
    return float(found.low), float(found.high)


def margin_of_error(p: float, n: int, eligible: int, *, level: float = 0.95) -> float:
    """Half-width of a share's interval in a finite population, as the Civil Service People Survey prints it.

    ``z sqrt(p (1 - p) / n * (N - n) / (N - 1))`` (CSPS 2018 technical guide, p. 20). For comparison with
    others' reports; this project's own intervals are ``hypergeometric_interval``.
    """
    if not 1 <= n <= eligible or not 0 <= p <= 1:
        raise ValueError("needs 1 <= n <= N and a share from 0 to 1")
    z = round(float(stats.norm.ppf((1 + level) / 2)), 2)
    return z * math.sqrt(p * (1 - p) / n * (eligible - n) / (eligible - 1)) if eligible > 1 else 0.0


def newcombe_difference(x_from: int, n_from: int, x_to: int, n_to: int, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of the later share minus the earlier one, two independent samples.

    Hybrid of the two Wilson intervals (Newcombe 1998, Statist. Med. 17:873, method 10).
    """
    low_from, high_from = wilson_interval(x_from, n_from, level=level)
    low_to, high_to = wilson_interval(x_to, n_to, level=level)
    p_from, p_to = x_from / n_from, x_to / n_to
    difference = p_to - p_from
    return (
        difference - math.hypot(p_to - low_to, high_from - p_from),
        difference + math.hypot(high_to - p_to, p_from - low_from),
    )


def mcnemar_exact(lost: int, gained: int) -> float:
    """Two-sided exact p-value that as many people turned favourable as turned away.

    Args:
        lost: people favourable in the first year only.
        gained: people favourable in the second year only.

    Returns:
        1 when nobody changed (McNemar 1947, Psychometrika 12:153, in its binomial form).
    """
    return float(stats.binomtest(gained, lost + gained, 0.5).pvalue) if lost + gained else 1.0
