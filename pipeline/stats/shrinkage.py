"""Groups side by side: how much they really differ, and where chance may have put one (methods S15).

For the cross-group view only. A group's own report always shows its own figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PooledGroups:
    """Partial pooling of G estimates around their common mean.

    ``tau2`` is the variance of the true values between groups; ``estimate`` and ``se`` are the pooled values
    per group; ``q`` is Cochran's heterogeneity statistic and ``i2`` its share beyond chance, percent.
    """

    center: float
    center_se: float
    tau2: float
    q: float
    i2: float
    estimate: Array
    se: Array
    method: str


def pool_groups(values: Array, variances: Array, *, method: Literal["PM", "REML", "DL", "AML"] = "PM") -> PooledGroups:
    """``y_g ~ N(theta_g, v_g)``, ``theta_g ~ N(mu, tau^2)``: empirical Bayes estimates of theta.

    ``theta_g = B y_g + (1 - B) mu`` with ``B = tau^2 / (tau^2 + v_g)``, mu by weighted least squares; the
    standard error contains that of mu (Fay & Herriot 1979, JASA 74:269, with an intercept only).
    Where the chosen method puts tau^2 at 0, every group would collapse onto mu; then the adjusted likelihood
    is used (``AML``; Li & Lahiri 2010, J. Multivar. Anal. 101:882; Morris 1983) and ``method`` says so.

    Args:
        values: one estimate per group, at least three.
        variances: squared standard errors, above 0.
        method: Paule-Mandel, REML, DerSimonian-Laird, or adjusted maximum likelihood.

    Raises:
        ValueError: fewer than three groups, or a variance that is not above 0.
    """
    if len(values) < 3 or not (variances > 0).all():
        raise ValueError("partial pooling needs three groups with variances above 0")
    tau2, used = estimate_tau2(values, variances, method), method
    if tau2 == 0.0 and method != "AML":
        tau2, used = estimate_tau2(values, variances, "AML"), "AML"
    weights = 1 / (variances + tau2)
    center, center_se = float(weights @ values / weights.sum()), float(1 / np.sqrt(weights.sum()))
    keep = tau2 / (tau2 + variances)
    estimate = keep * values + (1 - keep) * center
    se = np.sqrt(keep * variances + (1 - keep) ** 2 * center_se**2)
    fixed = 1 / variances
    q = float(fixed @ (values - fixed @ values / fixed.sum()) ** 2)
    typical = (len(values) - 1) * fixed.sum() / (fixed.sum() ** 2 - np.sum(fixed**2))
    return PooledGroups(center, center_se, tau2, q, float(100 * tau2 / (tau2 + typical)), estimate, se, used)


def chance_among_lowest(
    values: Array, variances: Array, pooled: PooledGroups, lowest_n: int, *, seed: int, draws: int = 20_000
) -> Array:
    """How probable it is that a group's true value is among the ``lowest_n``, for every group; sums to ``lowest_n``.

    Counted in draws of the common mean and, given it, of every group's true value (``pool_groups``).

    Args:
        values, variances: as given to ``pool_groups``.
        pooled: what it returned.
        lowest_n: fewer than there are groups.
        seed: of the draws.
    """
    rng, shape = np.random.default_rng(seed), (draws, len(values))
    keep = pooled.tau2 / (pooled.tau2 + variances)
    center = pooled.center + pooled.center_se * rng.standard_normal((draws, 1))
    drawn = keep * values + (1 - keep) * center + np.sqrt(keep * variances) * rng.standard_normal(shape)
    lowest = np.argpartition(drawn, lowest_n - 1, axis=1)[:, :lowest_n]
    return np.bincount(lowest.ravel(), minlength=len(values)) / draws


def estimate_tau2(values: Array, variances: Array, method: Literal["PM", "REML", "DL", "AML"]) -> float:
    """Variance of the true values between groups, 0 or more.

    PM: the tau^2 at which Q equals its degrees of freedom (Paule & Mandel 1982, J. Res. NBS 87:377); DL:
    DerSimonian & Laird 1986; REML: Viechtbauer 2005, J. Educ. Behav. Stat. 30:261; AML: the likelihood
    times tau^2, which cannot peak at 0 (Li & Lahiri 2010); the restricted one where there are more than three groups.
    """
    df = len(values) - 1
    if df < 1 or not (variances > 0).all():
        raise ValueError("differences between groups need two groups with variances above 0")
    fixed = 1 / variances
    if method == "DL":
        q = float(fixed @ (values - fixed @ values / fixed.sum()) ** 2)
        return max(0.0, (q - df) / float(fixed.sum() - np.sum(fixed**2) / fixed.sum()))
    if method == "PM":
        return _solve(lambda tau2: _spread(values, variances, tau2) - df, values)
    reach = 100 * float(np.var(values) + variances.max())

    def loss(log_tau2: float) -> float:
        tau2 = float(np.exp(log_tau2))
        weights = 1 / (variances + tau2)
        center = weights @ values / weights.sum()
        likelihood = -0.5 * float(np.sum(np.log(variances + tau2)) + weights @ (values - center) ** 2)
        restricted = 0.5 * float(np.log(weights.sum()))
        if method == "REML":
            return -(likelihood - restricted)
        # with three groups the restricted likelihood times tau^2 has no peak at all
        return -(likelihood - (restricted if len(values) > 3 else 0.0) + log_tau2)

    low, high = np.log(1e-10 * reach), np.log(reach)
    grid = np.linspace(low, high, 200)
    best = int(np.argmin([loss(at) for at in grid]))
    if method == "REML" and best == 0:
        return 0.0
    around = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
    found = optimize.minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": 1e-12})
    return float(np.exp(found.x))


def _spread(values: Array, variances: Array, tau2: float) -> float:
    weights = 1 / (variances + tau2)
    return float(weights @ (values - weights @ values / weights.sum()) ** 2)


def _solve(excess: object, values: Array) -> float:
    assert callable(excess)
    if excess(0.0) <= 0:
        return 0.0
    high = float(np.var(values)) + 1e-12
    while excess(high) > 0:
        high *= 2
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-14))


def shrink_james_stein(values: Array, variance: float) -> tuple[Array, float]:
    """Positive-part James-Stein estimates of equally precise groups, and the share of each difference kept.

    ``mean + c (y - mean)``, ``c = 1 - (k - 3) variance / sum (y - mean)^2`` (Efron & Morris 1975, JASA 70:311).
    """
    if not len(values):
        raise ValueError("there are no groups to shrink")
    center = float(values.mean())
    spread = float(np.sum((values - center) ** 2))
    kept = max(0.0, 1 - (len(values) - 3) * variance / spread) if spread > 0 else 0.0
    return center + kept * (values - center), kept
