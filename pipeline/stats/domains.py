"""Means of many domains and many measures in one pass over the people (methods S6, S14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DomainMeans:
    """Arrays domains × measures; NaN where a domain has nobody with a value, ``se`` also where one person answered in all."""

    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    se: NDArray[np.float64]


def estimate_domain_means(
    values: NDArray[np.float64], domain_of: NDArray[np.intp], domains_n: int,
    *, weights: NDArray[np.float64] | None = None, fpc: NDArray[np.float64] | None = None,
) -> DomainMeans:  # fmt: skip
    """Weighted domain means with linearised standard errors of one simple random sample.

    A domain's mean is a ratio; its variance is that of the total of ``w_i d_i (y_i - mean_d) / sum_d w`` over
    **all** n people of the sample, zeros outside the domain included: ``n / (n - 1) sum (z_i - zbar)^2``
    (Saerndal, Swensson & Wretman 1992, Model Assisted Survey Sampling, sec. 5.8; the same as R
    ``survey::svyby(…, svymean)``).

    Args:
        values: people × measures, NaN where a person has no score.
        domain_of: domain of each person, 0 … domains_n - 1.
        weights: one per person; 1 when left out.
        fpc: per domain, ``1 - n/N`` to multiply variances with; 1 when left out.
    """
    people_n, measures_n = values.shape
    known = ~np.isnan(values)
    w = np.ones(people_n) if weights is None else weights
    shape = (domains_n, measures_n)
    n, total, sums, squares = (np.zeros(shape) for _ in range(4))
    for k in range(measures_n):  # measures are few, people are many
        use = known[:, k]
        at, y, wk = (domain_of, values[:, k], w) if use.all() else (domain_of[use], values[use, k], w[use])
        n[:, k] = np.bincount(at, minlength=domains_n)
        total[:, k] = np.bincount(at, wk, domains_n)
        wy = wk * y
        sums[:, k] = np.bincount(at, wy, domains_n)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sums[:, k] / total[:, k]
        # squared influence values are summed about the mean itself: no cancellation of large squares
        squares[:, k] = np.bincount(at, (wk * (y - mean[at])) ** 2, domains_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_all = sums / total
        people = known.sum(axis=0).astype(np.float64)
        # the influence values of a domain sum to zero, so their mean over the sample is zero as well
        variance = people / (people - 1) * squares / total**2
    if fpc is not None:
        variance = variance * fpc[:, None]
    return DomainMeans(n.astype(np.int64), mean_all, np.sqrt(variance))


@dataclass(frozen=True)
class StratifiedMean:
    """Mean of a population made of strata, with the effect of the design on its variance."""

    mean: float
    se: float
    df: int
    design_effect: float


def estimate_stratified_mean(
    values: NDArray[np.float64], stratum_of: NDArray[np.intp], population: NDArray[np.float64], *, finite: bool = True
) -> StratifiedMean:
    """Every stratum counts as its population does: ``sum W_h ybar_h``, ``SE^2 = sum W_h^2 (1 - f_h) s_h^2 / n_h``.

    Cochran 1977, Sampling Techniques, ch. 5; degrees of freedom n - H. Groups as strata give "all members" of a
    roll-up. The design effect compares with a simple random sample of the same size without replacement.

    Args:
        values: one per person, without NaN.
        stratum_of: stratum of each person, 0 … H-1; every stratum with at least two people.
        population: people per stratum.
        finite: apply the correction; otherwise the process view.

    Raises:
        ValueError: a stratum has fewer than two people, or more than its population.
    """
    sizes = np.bincount(stratum_of, minlength=len(population)).astype(np.float64)
    if (sizes < 2).any() or (sizes > population).any():
        raise ValueError("each stratum needs at least two people, and no more than its population")
    means = np.bincount(stratum_of, values, len(population)) / sizes
    variances = np.bincount(stratum_of, (values - means[stratum_of]) ** 2, len(population)) / (sizes - 1)
    share = population / population.sum()
    mean = float(share @ means)
    corrections = 1 - sizes / population if finite else np.ones(len(population))
    variance = float(np.sum(share**2 * corrections * variances / sizes))
    n, total = sizes.sum(), population.sum()
    weight = (population / sizes)[stratum_of]
    element = float(weight @ (values - mean) ** 2) / total * n / (n - 1)
    simple = (1 - n / total if finite else 1.0) * element / n
    return StratifiedMean(
        mean, float(np.sqrt(variance)), int(n - len(population)), variance / simple if simple else 1.0
    )
