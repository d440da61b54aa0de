"""Whether a change is small enough not to matter (methods S11)."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import stdtr, stdtrit

EQUIVALENCE_LEVEL = 0.05
"""Of either of the two one-sided tests."""


@dataclass(frozen=True)
class EquivalenceTest:
    """Two one-sided tests of a difference against a lower and an upper bound, and its 90 % interval."""

    t_lower: float
    p_lower: float
    t_upper: float
    p_upper: float
    ci90_low: float
    ci90_high: float

    @property
    def p_value(self) -> float:
        """The larger of the two: below .05 the 90 % interval lies inside the bounds."""
        return max(self.p_lower, self.p_upper)


def assess_equivalence(difference: float, se: float, df: float, low: float, high: float) -> EquivalenceTest:
    """TOST: is the difference above ``low`` and below ``high`` (Schuirmann 1987; Lakens 2017, SPPS 8:355)?

    Args:
        difference: in any units, with standard error ``se`` above 0 on ``df`` degrees of freedom.
        low, high: what would still be no meaningful change.

    Raises:
        ValueError: the standard error or its degrees of freedom are not above 0.
    """
    if se <= 0 or df <= 0:
        raise ValueError("equivalence is not tested without a standard error and degrees of freedom above 0")
    t_lower, t_upper = (difference - low) / se, (difference - high) / se
    reach = float(stdtrit(df, 1 - EQUIVALENCE_LEVEL)) * se
    return EquivalenceTest(
        t_lower, float(stdtr(df, -t_lower)), t_upper, float(stdtr(df, t_upper)), difference - reach, difference + reach
    )
