"""The pattern of three years (methods S12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
