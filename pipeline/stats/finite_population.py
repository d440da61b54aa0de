"""The mean of a group of known or unknown size, and what it can still be (methods S5, S6)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from schemas.methods import View

NO_SPREAD = 1e-9
"""A standard deviation below this share of the largest value is floating-point noise: no spread."""


@dataclass(frozen=True)
class MeanEstimate:
    """A mean with its 95 % interval, in the units of the values.

    ``view`` says what the interval is about: ``finite`` (this year's eligible people), ``process``,
    ``complete`` (everybody answered: exact, ``se`` 0 and no interval) or ``none``. ``method`` is the id of
    how it was computed.
    """

    n: int
    mean: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    view: View
    method: str = "none"


def estimate_mean(
    values: NDArray[np.float64], eligible: int | None = None, *, limits: tuple[float, float] | None = (0.0, 100.0)
) -> MeanEstimate:
    """Mean and t interval, with the finite-population correction where the population is known.

    ``SE = s / sqrt(n) * sqrt(1 - n / N)`` and ``mean ± t(n - 1; .975) SE`` (Cochran 1977, Sampling
    Techniques, ch. 2; Thompson 2012, Sampling, ch. 2). With ``limits`` the interval is cut to what is
    logically possible: the ``possible_range`` where N is known, else the ends of the scale.

    Defined edges: no value gives nothing; one value a mean without interval; values that are all the
    same a standard error of 0 and **no** interval, because a width of zero would claim to know what
    those who did not answer think; n = N is exact.

    Args:
        values: one score per person, without NaN.
        eligible: N, or null where it is unknown or the process behind the answers is meant.
        limits: the ends of the scale; null for the textbook interval, uncut.

    Raises:
        ValueError: there are more values than eligible people.
    """
    n = len(values)
    if eligible is not None and n > eligible:
        raise ValueError("more values than eligible people")
    if n == 0:
        return MeanEstimate(0, None, None, None, None, "none")
    mean = _within(float(np.mean(values)), limits)
    if n == eligible:
        return MeanEstimate(n, mean, 0.0, None, None, "complete", "mean_complete")
    if n == 1:
        return MeanEstimate(n, mean, None, None, None, "none", "mean_only")
    deviation = float(np.std(values, ddof=1))
    if deviation <= NO_SPREAD * float(np.max(np.abs(values))):
        return MeanEstimate(n, mean, 0.0, None, None, "none", "mean_no_spread")
    correction = 1.0 if eligible is None else 1.0 - n / eligible
    se = deviation / math.sqrt(n) * math.sqrt(correction)
    reach = float(stdtrit(n - 1, 0.975)) * se
    cut = limits
    if limits is not None and eligible is not None:
        cut = possible_range(n, mean, eligible, low=limits[0], high=limits[1])
    view: View = "process" if eligible is None else "finite"
    method = "mean_t" if eligible is None else "mean_t_fpc"
    return MeanEstimate(n, mean, se, _within(mean - reach, cut), _within(mean + reach, cut), view, method)


def _within(value: float, limits: tuple[float, float] | None) -> float:
    return value if limits is None else min(max(value, limits[0]), limits[1])


def possible_range(
    n: int, mean: float | None, eligible: int, *, low: float = 0.0, high: float = 100.0
) -> tuple[float, float]:
    """Where the mean of everybody must lie, whatever those who did not answer think.

    ``[(n mean + low (N - n)) / N, (n mean + high (N - n)) / N]`` (Horowitz & Manski 2000, JASA 95:77).
    It assumes nothing, in particular not that those who answered are like the others.

    Raises:
        ValueError: there is nobody to speak about, or n is above the eligible number.
    """
    if eligible < 1 or n > eligible:
        raise ValueError("the eligible number must be at least 1 and at least n")
    total = n * mean if mean is not None else 0.0
    missing = eligible - n
    return (max((total + low * missing) / eligible, low), min((total + high * missing) / eligible, high))
