"""What a survey could detect, before anybody has answered (methods S11)."""

from __future__ import annotations

import math

from scipy import optimize, stats


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


def power_of_t_test(n: int | float, difference: float, sd: float, *, alpha: float = 0.05) -> float:
    """Power of the two-sided two-sample t test with n people a year, noncentral t.

    The far tail is left out, as in R's ``power.t.test`` (its default), so that the two agree.
    """
    if n < 2 or sd <= 0:
        raise ValueError("power needs two people a year and a spread above 0")
    df = 2 * (n - 1)
    return float(stats.nct.sf(stats.t.ppf(1 - alpha / 2, df), df, difference / (sd * math.sqrt(2 / n))))


def power_of_share_test(n: int, p_from: float, p_to: float, *, alpha: float = 0.05) -> float:
    """Power of the two-sided test of two shares with n people a year (normal; as R's ``power.prop.test``)."""
    if n < 1 or not 0 <= p_from <= 1 or not 0 <= p_to <= 1 or (p_from in (0, 1) and p_to in (0, 1)):
        raise ValueError("power needs people, and shares of which one varies")
    z = float(stats.norm.ppf(1 - alpha / 2))
    mean = (p_from + p_to) / 2
    spread_null = math.sqrt(2 * mean * (1 - mean))
    spread = math.sqrt(p_from * (1 - p_from) + p_to * (1 - p_to))
    return float(stats.norm.cdf((math.sqrt(n) * abs(p_to - p_from) - z * spread_null) / spread))


def people_needed(difference: float, sd: float, *, power: float = 0.80, alpha: float = 0.05) -> float:
    """People a year for ``power_of_t_test`` to reach ``power`` (not rounded up; 2 where that is enough)."""
    if difference <= 0:
        raise ValueError("no number of people finds a change of nothing")
    if power_of_t_test(2, difference, sd, alpha=alpha) >= power:
        return 2.0
    return float(
        optimize.brentq(lambda n: power_of_t_test(n, difference, sd, alpha=alpha) - power, 2.0, 1e7, xtol=1e-10)
    )


def smallest_detectable(n: int, sd: float, *, power: float = 0.80, alpha: float = 0.05) -> float:
    """The difference that ``power_of_t_test`` detects with ``power`` at n people a year."""
    return float(
        optimize.brentq(lambda d: power_of_t_test(n, d, sd, alpha=alpha) - power, 1e-9 * sd, 100 * sd, xtol=1e-12)
    )
