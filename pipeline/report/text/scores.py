"""Sentences on scores: a mean, what is possible, what is likely, and what is withheld."""

from __future__ import annotations

from pipeline.report.text.words import NBSP, capitalise, count_units, end_sentence, format_percent
from schemas.definitions import Words


def describe_score(
    mean: int,
    *,
    n: int | None,
    words: Words,
    ci: tuple[int, int] | None = None,
    possible: tuple[int, int] | None = None,
    eligible: int | None = None,
    view: str = "finite",
    aggregation: str = "own",
    unit: str = "person",
    reason: str = "",
) -> str:
    """A mean with what is possible, then what is likely (S6).

    Args:
        mean: average on 0-100, whole points.
        n: people scored; for ``groups_equal`` the groups averaged.
        words: what the programme calls its people and groups.
        ci: 95 % interval, or None when there is none.
        possible: the mean if all who did not answer scored 0, or 100.
        eligible: people who could answer; None when unknown.
        view: what the interval is about, see ``schemas.methods.View``.
        aggregation: own, pooled or groups_equal.
        unit: what answers, for example person or government.
        reason: why there is no interval, where there is none.
    """
    if aggregation == "groups_equal":
        groups = f"{n}{NBSP}{words.group if n == 1 else words.groups}" if n is not None else words.groups
        likely = f" It is likely between {ci[0]} and {ci[1]}." if ci else ""
        return f"With each {words.group} counting once, {groups} average {mean} out of{NBSP}100.{likely}"
    silent = eligible - n if eligible is not None and n is not None else None
    if view == "complete" or silent == 0:
        everyone = f"All {count_units(n, unit, words)} answered" if n else "Everybody answered"
        return f"{everyone}; their average is {mean} out of{NBSP}100, exact for this year."
    who = f" ({count_units(n, unit, words)})" if n is not None else ""
    fact = f"Those who answered{who} average {mean} out of{NBSP}100."
    if view != "process" and possible and silent is not None and eligible is not None:
        # some of them may have answered, only too few of this principle's questions
        missing = f"the {silent} without a score here" if silent > 1 else "the one without a score here"
        span = (
            f" Depending on {missing}, the average of all {eligible} is somewhere from {possible[0]} to {possible[1]}"
        )
        return f"{fact}{span}{f'; it is likely between {ci[0]} and {ci[1]}' if ci else ''}."
    if ci:
        return (
            f"{fact} If those who did not answer are like them, which answers cannot show, "
            f"the average is likely between {ci[0]} and {ci[1]}."
        )
    return f"{fact} {capitalise(end_sentence(reason)) or 'With so few answers no likely range can be given.'}"


def describe_favourable(percent: int | None) -> str:
    return "" if percent is None else f"{format_percent(percent)} of their answers were favourable."


def describe_band(low: int | None, high: int | None) -> str:
    """Nearly everybody alike: only a half of the scale is shown, so that no one's answer shows (S17.2)."""
    alike = "nearly everybody who answered gave the same answer"
    if low is None or high is None:
        return f"Not shown exactly, because {alike}."
    return f"Between {low} and {high}; not shown more exactly, because {alike}."


def describe_withheld(threshold: int | None, words: Words) -> str:
    """``[c]``. Pass a threshold only where n is printed and below it; otherwise the rule is named, not the reason."""
    if threshold is None:
        return "withheld under the publication rules"
    return f"withheld: fewer than {threshold} {words.respondents} answered"


def describe_not_computable(reason: str) -> str:
    return f"not computable: {reason.strip().rstrip('.')}" if reason.strip() else "not computable"


NOT_ASKED = "not asked"
EXACT = "exact"
NO_RANGE = "none"
WITHHELD_SHORT = "withheld"
NO_SURVEY_SHORT = "no survey"
NO_NUMBER_SHORT = "no exact number"
