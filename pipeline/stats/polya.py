"""What those who did not answer may think, learned from those who did (methods S6).

The Dirichlet-multinomial ("Polya posterior") interval of a finite population's mean: the answers of the
N - n others are drawn as if from the same urn, each point of the scale having a little weight before
anybody answered. Ericson 1969, JRSSB 31:195; Hoadley 1969, JASA 64:216; Ghosh & Meeden 1997, Bayesian
Methods for Finite Population Sampling, ch. 2.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

DRAWS = 4000
"""Draws where the population is unknown, or too large for the exact distribution."""
EXACT_UP_TO = 2e8
"""Products that the exact distribution may cost (about a second)."""
KEPT = 50_000
"""Intervals that are remembered: small groups often give the same few answers."""
GRID = np.linspace(0.0, 1.0, 21)
"""Person scores of several items are put on 21 points: 0, 5, …, 100."""


def polya_interval(
    counts: NDArray[np.int64], eligible: int | None, *, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Interval of the mean over everybody, on a scale from 0 to 1 with equally spaced points.

    Prior weight 1/K on each of the K points; posterior weights ``a_j = n_j + 1/K``. The interval cuts equal
    tails off the distribution of ``(sum of the answers + sum of the N - n others) / N``, which is exact by
    the generating function ``prod_j (1 - z y^j)^(-a_j)``; where N is unknown or that would cost too much,
    from ``DRAWS`` seeded draws.

    Args:
        counts: answers at each of the K points, low to high; at least one answer, K at least 2.
        eligible: N, or null where it is unknown (the limit of large N).
        level: probability inside.
        seed: of the draws.

    Raises:
        ValueError: no answer, more answers than eligible people, or a scale of fewer than two points.
    """
    _refuse_counts(len(counts), int(counts.sum()), eligible)
    return _find_interval(tuple(map(int, counts)), eligible, level, seed)


@lru_cache(maxsize=KEPT)
def _find_interval(answers: tuple[int, ...], eligible: int | None, level: float, seed: int) -> tuple[float, float]:
    counts, points_n, n = np.array(answers), len(answers), sum(answers)
    weights = np.asarray(counts + 1.0 / points_n, dtype=np.float64)
    others = None if eligible is None else eligible - n
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    scores = np.arange(points_n) / (points_n - 1)
    if others is None or others**2 * (others * (points_n - 1) + 1) > EXACT_UP_TO:
        low, high = np.quantile(_draw_means(weights, scores, others, seed), tails, method="inverted_cdf")
    else:
        reached = np.cumsum(distribute_sum(weights, others))
        low, high = np.searchsorted(reached, tails - 1e-12) / (points_n - 1) / max(others, 1)
    if eligible is None or others is None:
        return float(low), float(high)
    answered = float(counts @ scores)
    return (answered + others * float(low)) / eligible, (answered + others * float(high)) / eligible


def polya_moments(counts: NDArray[np.int64], eligible: int) -> tuple[float, float]:
    """Posterior mean and variance of the mean over everybody, on the 0-1 scale of ``polya_interval``.

    Mean ``[n ybar + (N - n) sum p_j s_j] / N``, variance ``(N - n)(N + A) / ((n + A + 1) N^2) * (sum p_j
    s_j^2 - (sum p_j s_j)^2)`` with ``p_j = (n_j + 1/K) / (n + A)`` and ``A = 1``.
    """
    points_n, n = len(counts), int(counts.sum())
    _refuse_counts(points_n, n, eligible)
    scores = np.arange(points_n) / (points_n - 1)
    p = (counts + 1.0 / points_n) / (n + 1.0)
    expected = float(p @ scores)
    spread = float(p @ scores**2) - expected**2
    mean = (float(counts @ scores) + (eligible - n) * expected) / eligible
    return mean, (eligible - n) * (eligible + 1.0) / ((n + 2.0) * eligible**2) * spread


def _refuse_counts(points_n: int, n: int, eligible: int | None) -> None:
    if points_n < 2 or n == 0 or (eligible is not None and n > eligible):
        raise ValueError("the Dirichlet-multinomial interval needs two points, answers, and no more of them than N")


def distribute_sum(weights: NDArray[np.float64], others: int) -> NDArray[np.float64]:
    """Distribution of the sum of ``others`` draws from a Polya urn over the points 0 … K-1.

    The coefficient of ``z^m`` in ``prod_j (1 - z y^j)^(-a_j)`` follows from its logarithm, whose k-th power
    sum is ``p_k(y) = sum_j a_j y^(jk)``, by ``m g_m = sum_k p_k g_(m-k)``; evaluated at the roots of unity
    and turned back by a Fourier transform.

    Args:
        weights: ``a_j`` of each point, above 0.
        others: people drawn.

    Returns:
        Probabilities of the sums 0 … others (K - 1).
    """
    sums_n = others * (len(weights) - 1) + 1
    at = np.arange(sums_n)
    # the first power sum at every root of unity; the k-th is the first, k times as far round
    first = np.exp(-2j * np.pi / sums_n * np.outer(at, np.arange(len(weights)))) @ weights
    powers = np.stack([first[(at * k) % sums_n] for k in range(1, others + 1)]) if others else first[None]
    series = np.ones((others + 1, sums_n), dtype=np.complex128)
    total = float(weights.sum())
    for m in range(1, others + 1):
        # every term is kept as its share of all ways to draw m, so that nothing overflows
        share = np.exp(_log_ways(total, np.arange(m - 1, -1, -1)) - _log_ways(total, np.array([m])))
        series[m] = np.einsum("k,ks,ks->s", share, powers[:m], series[:m][::-1]) / m
    probability = np.clip(np.fft.ifft(series[others]).real, 0.0, None)
    return np.asarray(probability / probability.sum())


def _log_ways(total: float, people: NDArray[np.int64]) -> NDArray[np.float64]:
    """Logarithm of the coefficient of ``z^people`` in ``(1 - z)^(-total)``."""
    return np.asarray(gammaln(total + people) - gammaln(total) - gammaln(people + 1.0))


def _draw_means(
    weights: NDArray[np.float64], scores: NDArray[np.float64], others: int | None, seed: int
) -> NDArray[np.float64]:
    rng = np.random.default_rng([seed, len(weights), math.floor(weights.sum())])
    shares = rng.dirichlet(weights, DRAWS)
    if others:
        shares = rng.multinomial(others, shares) / others
    return np.asarray(shares @ scores)


def put_on_grid(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], float]:
    """Person scores (0-1) as counts on 21 points, and what rounding to them took from the mean."""
    nearest = np.floor(values * (len(GRID) - 1) + 0.5).astype(np.int64)
    counts = np.bincount(nearest, minlength=len(GRID))
    return counts, float(np.mean(values) - np.mean(GRID[nearest])) if len(values) else 0.0
