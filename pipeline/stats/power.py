"""What a survey could detect, before anybody has answered (methods S11)."""

from __future__ import annotations

import math

from scipy import stats
from statsmodels.stats.power import TTestIndPower


def detectable_change(
    n_from: int,
    n_to: int,
    *,
    sd: float,
    eligible: int | None = None,
    linked_r: float | None = None,
    power: float = 0.80,
) -> float | None:
    """The change of a mean that two years would detect with the given power at .05.

    ``(t_.975 + t_power) SE_D`` on ``n_from + n_to - 2`` degrees of freedom. The process view is the default;
    ``eligible`` gives the level view (finite-population correction in both years), ``linked_r`` the same
    people in both years with that correlation.

    Returns:
        In the units of ``sd``; null with fewer than two answers in a year.
    """
    if min(n_from, n_to) < 2:
        return None
    v_from, v_to = sd**2 / n_from, sd**2 / n_to
    df = n_from + n_to - 2
    if eligible is not None:
        v_from, v_to = v_from * (1 - n_from / eligible), v_to * (1 - n_to / eligible)
    variance = v_from + v_to
    if linked_r is not None:
        variance -= 2 * linked_r * math.sqrt(v_from * v_to)
        df = min(n_from, n_to) - 1
    reach = float(stats.t.ppf(0.975, df) + stats.t.ppf(power, df))
    return reach * math.sqrt(max(variance, 0.0))


def spread_behind(mdc80: float, n_from: int, n_to: int) -> float | None:
    """The spread within a year that makes ``detectable_change`` of two unlinked years what was printed."""
    of_one = detectable_change(n_from, n_to, sd=1.0)
    return None if of_one is None else mdc80 / of_one


def people_needed(difference: float, sd: float, *, power: float = 0.80, alpha: float = 0.05) -> float:
    """People a year from which a two-sided two-sample t test finds the difference (not rounded up; at least 2).

    The far tail is left out, as in R's ``power.t.test``.
    """
    if difference <= 0 or sd <= 0:
        raise ValueError("a number of people needs a change and a spread above 0")
    test, effect = TTestIndPower(), difference / sd
    if test.power(effect, 2, alpha / 2, alternative="larger") >= power:
        return 2.0
    return float(test.solve_power(effect, None, alpha / 2, power, alternative="larger"))
