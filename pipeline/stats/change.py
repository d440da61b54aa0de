"""The change of a mean between two independent samples, and what may be said about it (methods S8-S11)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from pipeline.stats.equivalence import EQUIVALENCE_LEVEL, assess_equivalence
from pipeline.stats.finite_population import NO_SPREAD
from pipeline.stats.permutation import permute_welch
from schemas.methods import Verdict

ChangeMethod = Literal["welch_t", "welch_permutation", "linked_t", "linked_permutation", "groups_equal_difference"]
PERMUTE_BELOW = 100
"""With fewer people in either sample the p-value comes from permutations (methods S9)."""


@dataclass(frozen=True)
class Change:
    """A difference of means (later minus earlier) with its uncertainty, in the units of the values.

    ``ci_low, ci_high`` are the 95 % interval; ``mdc80`` is the change that such samples would detect with
    80 % power. A field is null where it cannot be computed.
    """

    mean_from: float | None
    mean_to: float | None
    difference: float | None
    se: float | None = None
    df: float | None = None
    p_value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    mdc80: float | None = None
    method: ChangeMethod | Literal["none"] = "none"


def compare_means(
    before: NDArray[np.float64], after: NDArray[np.float64], *, permutations: int = 9999, seed: int = 0
) -> Change:
    """Welch's comparison of two years, with a permutation p-value for small samples.

    ``t = D / SE_D``, ``SE_D^2 = s1^2 / n1 + s2^2 / n2`` with Welch's degrees of freedom (Welch 1947,
    Biometrika 34:28). Below ``PERMUTE_BELOW`` people in either sample p comes from ``permute_welch``.

    Defined edges: an empty sample has no mean and there is no difference; with fewer than two values in
    a sample there is a difference but nothing is inferred from it; when each sample is without spread
    there is a p-value (from permutations; in large samples 1 if the means agree, else 0) but no interval,
    so that equivalence is never claimed from answers that show no variation at all.

    Args:
        before, after: one score per person, without NaN.
        permutations: deals drawn where not all are run.
        seed: of the draw.
    """
    mean_from = float(np.mean(before)) if len(before) else None
    mean_to = float(np.mean(after)) if len(after) else None
    if mean_from is None or mean_to is None:
        return Change(mean_from, mean_to, None)
    difference = mean_to - mean_from
    if min(len(before), len(after)) < 2:
        return Change(mean_from, mean_to, difference)
    small = min(len(before), len(after)) < PERMUTE_BELOW
    p_value = permute_welch(before, after, permutations, seed) if small else None
    shares = np.array([_variance(before) / len(before), _variance(after) / len(after)])
    se = math.sqrt(float(shares.sum()))
    if se == 0:
        certain = 1.0 if math.isclose(mean_from, mean_to, abs_tol=NO_SPREAD) else 0.0
        return Change(
            mean_from, mean_to, difference, se=0.0, p_value=certain if p_value is None else p_value,
            method="welch_permutation" if small else "welch_t",
        )  # fmt: skip
    df = satterthwaite_df(shares, np.array([len(before) - 1.0, len(after) - 1.0]))
    return infer_change(mean_from, mean_to, se, df, p_value=p_value, method="welch_permutation" if small else "welch_t")


def infer_change(
    mean_from: float, mean_to: float, se: float, df: float, *, p_value: float | None = None,
    method: ChangeMethod = "welch_t",
) -> Change:  # fmt: skip
    """Intervals, p-value and detectable change from a difference with its standard error (above 0).

    ``mdc80 = (t_.975 + t_.80) SE_D`` (methods S11). ``p_value`` replaces that of t where it is given.

    Raises:
        ValueError: the standard error or its degrees of freedom are not above 0.
    """
    if se <= 0 or df <= 0:
        raise ValueError("nothing is inferred without a standard error and degrees of freedom above 0")
    difference = mean_to - mean_from
    t_975, t_80 = (float(stdtrit(df, level)) for level in (0.975, 0.80))
    if p_value is None:
        p_value = min(1.0, 2 * float(stdtr(df, -abs(difference) / se)))
    return Change(
        mean_from, mean_to, difference, se, df, p_value,
        difference - t_975 * se, difference + t_975 * se,
        (t_975 + t_80) * se, method,
    )  # fmt: skip


def satterthwaite_df(variances: NDArray[np.float64], dfs: NDArray[np.float64]) -> float:
    """Degrees of freedom of a sum of independent variance estimates, at least one of them above 0.

    ``(sum v)^2 / sum(v^2 / df)`` (Satterthwaite 1946, Biometrics Bulletin 2:110).

    Raises:
        ValueError: no variance is above 0, or a variance has no degree of freedom.
    """
    if not variances.sum() > 0 or not (dfs > 0).all():
        raise ValueError("needs a variance above 0, and degrees of freedom behind each")
    return float(variances.sum() ** 2 / (variances**2 / dfs).sum())


def is_equivalent(change: Change, delta: float) -> bool:
    """Whether the change is smaller than what was called meaningful: two one-sided tests at .05.

    The same as the 90 % interval inside ±delta. Without a standard error the answer is no.
    """
    if change.difference is None or not change.se or change.df is None:
        return False
    return assess_equivalence(change.difference, change.se, change.df, -delta, delta).p_value < EQUIVALENCE_LEVEL


def decide_verdict(
    change: Change,
    *,
    p_adjusted: float | None,
    delta: float,
    alpha: float,
    comparable: bool = True,
    tested: bool = True,
) -> Verdict:
    """One verdict per change, in the order of methods S11.

    Args:
        change: the difference and its intervals.
        p_adjusted: the p-value adjusted within its family.
        delta: the meaningful change, set before the data.
        alpha: level for ``p_adjusted``.
        comparable: the same questions were asked in both years.
        tested: there were enough people in both years.
    """
    if not comparable:
        return "break_in_series"
    if not tested or change.difference is None or p_adjusted is None:
        return "not_tested"
    if is_equivalent(change, delta):
        return "no_meaningful_change"
    if p_adjusted < alpha:
        return "improved" if change.difference > 0 else "declined"
    return "cannot_tell"


def _variance(values: NDArray[np.float64]) -> float:
    variance = float(np.var(values, ddof=1))
    scale = float(np.max(np.abs(values)))
    return 0.0 if variance <= (NO_SPREAD * scale) ** 2 else variance
