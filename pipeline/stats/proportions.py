"""Shares: of a group of known size, of an unknown or future population, and between two years (methods S7, S8)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import gammaln
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

ROUNDING = 1e-9
"""A tail that exceeds its level by less than this share does so by rounding."""


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
    at = _chance(x, possible, n, eligible)
    upper = _reach(x, x, n, eligible) - share * at
    lower = 1 - _reach(x + 1, x, n, eligible) - share * at
    tail = (1 - level) / 2 * (1 + ROUNDING)
    return int(possible[upper > tail][0]), int(possible[lower > tail][-1])


def _chance(k: int, favourable: NDArray[np.int64], n: int, eligible: int) -> NDArray[np.float64]:
    """``P(X = k | M)`` for every M; scipy's ``hypergeom`` takes seconds where N is in the thousands."""
    ways = _log_choose(favourable, k) + _log_choose(eligible - favourable, n - k)
    return np.asarray(np.exp(ways - _log_choose(np.array([eligible]), n)))


def _log_choose(n: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))


def _reach(k: int, x: int, n: int, eligible: int) -> NDArray[np.float64]:
    """``P(X >= k | M)`` for M from x to N - n + x; k is x or x + 1.

    One favourable person more among the N makes it larger by ``P(X = k - 1 | M) (n - k + 1) / (N - M)``: the
    chance that this person was drawn, unfavourable so far, in a sample with k - 1 others who are.
    """
    if k == 0 or k > n:
        return np.full(eligible - n + 1, float(k == 0))
    fewer = np.arange(k - 1, eligible - n + x)
    steps = _chance(k - 1, fewer, n, eligible) * (n - k + 1) / (eligible - fewer)
    return np.cumsum(np.append(np.zeros(k - x), steps))


def wilson_interval(x: float, n: float) -> tuple[float, float]:
    """Score interval of a share, 95 % (Wilson 1927, JASA 22:209): for an unknown population or the process view."""
    if not 0 <= x <= n or n == 0:
        raise ValueError("needs 0 <= x <= n and at least one answer")
    low, high = proportion_confint(x, n, method="wilson")
    return float(low) if x else 0.0, float(high) if x < n else 1.0  # the ends but for the last bit


def margin_of_error(p: float, n: int, eligible: int, *, level: float = 0.95) -> float:
    """Half-width of a share's interval in a finite population, as the Civil Service People Survey prints it.

    ``z sqrt(p (1 - p) / n * (N - n) / (N - 1))`` (CSPS 2018 technical guide, p. 20). For comparison with
    others' reports; this project's own intervals are ``hypergeometric_interval``.
    """
    if not 1 <= n <= eligible or not 0 <= p <= 1:
        raise ValueError("needs 1 <= n <= N and a share from 0 to 1")
    z = round(float(stats.norm.ppf((1 + level) / 2)), 2)
    return z * math.sqrt(p * (1 - p) / n * (eligible - n) / (eligible - 1)) if eligible > 1 else 0.0


def newcombe_difference(x_from: int, n_from: int, x_to: int, n_to: int) -> tuple[float, float]:
    """95 % interval of the later share minus the earlier one, two independent samples.

    Hybrid of the two Wilson intervals (Newcombe 1998, Statist. Med. 17:873, method 10).
    """
    if not (0 <= x_from <= n_from and 0 <= x_to <= n_to) or min(n_from, n_to) == 0:
        raise ValueError("needs 0 <= x <= n and at least one answer in each year")
    low, high = confint_proportions_2indep(x_to, n_to, x_from, n_from, method="newcomb")
    return max(float(low), -1.0), min(float(high), 1.0)


def mcnemar_exact(lost: int, gained: int) -> float:
    """Two-sided exact p-value that as many people turned favourable as turned away.

    Args:
        lost: people favourable in the first year only.
        gained: people favourable in the second year only.

    Returns:
        1 when nobody changed (McNemar 1947, Psychometrika 12:153, in its binomial form).
    """
    return float(mcnemar([[0, lost], [gained, 0]], exact=True).pvalue) if lost + gained else 1.0
