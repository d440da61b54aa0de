"""The pattern of three years (methods S12)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from schemas.methods import Verdict

Pattern = Literal[
    "steady_improvement", "late_improvement", "steady_decline", "late_decline", "reversal", "flat",
    "cannot_tell", "not_tested", "break_in_series",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """The change from one year to the next: its verdict and the observed difference, if there is one."""

    verdict: Verdict
    difference: float | None


def describe_pattern(first_to_last: Verdict, steps: tuple[Step, Step]) -> Pattern:
    """Name the pattern from the first-to-last contrast and the two steps between.

    The contrast ``mean_3 - mean_1`` is the linear contrast (-1, 0, 1) of three equally spaced years. Rules,
    in this order:

    1. A break, or too few people, in the contrast stays what it is.
    2. The contrast improved: ``steady_improvement`` when both observed steps are 0 or more, otherwise
       ``late_improvement``. Decline likewise. Without a usable middle year the shape is unknown, and
       the pattern is ``not_tested`` although the contrast has its verdict.
    3. The contrast did not move, but one step improved and the other declined (by their own verdicts, so
       that no page contradicts another): ``reversal``.
    4. No meaningful change from first to last: ``flat``. Otherwise ``cannot_tell``.
    """
    if first_to_last == "break_in_series" or first_to_last == "not_tested":
        return first_to_last
    observed = [step.difference for step in steps if step.difference is not None]
    if first_to_last in ("improved", "declined"):
        if len(observed) < len(steps):
            return "not_tested"
        if first_to_last == "improved":
            return "steady_improvement" if min(observed) >= 0 else "late_improvement"
        return "steady_decline" if max(observed) <= 0 else "late_decline"
    if {step.verdict for step in steps} == {"improved", "declined"}:
        return "reversal"
    return "flat" if first_to_last == "no_meaningful_change" else "cannot_tell"


def estimate_curvature(
    samples: Sequence[NDArray[np.float64]], covariances: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> tuple[float, float]:
    """How far the middle of three years lies off the line between the others: ``y1 - 2 y2 + y3``.

    Negative: the middle year is higher. A check that the middle year is not the story of the three.

    Args:
        samples: three years, at least two values each.
        covariances: of the years' means, first with middle, middle with last, first with last.

    Returns:
        The contrast and its standard error, points.
    """
    if min(map(len, samples), default=0) < 2:
        raise ValueError("each year needs at least two values")
    first, middle, last = (float(np.mean(sample)) for sample in samples)
    v1, v2, v3 = (float(np.var(sample, ddof=1)) / len(sample) for sample in samples)
    c12, c23, c13 = covariances
    variance = v1 + 4 * v2 + v3 - 4 * c12 - 4 * c23 + 2 * c13
    return first - 2 * middle + last, math.sqrt(max(variance, 0.0))
