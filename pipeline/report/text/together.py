"""Sentences on questions and groups together: belonging, agreement, and where to look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.report.text.words import capitalise, end_sentence, format_percent, format_points, join_words
from schemas.definitions import Words

BELONGS_FROM = 0.7
"""Alpha from which a principle's questions are said to belong together: a rule of thumb (Nunnally 1978)."""
LOWEST = "five"

CHANCE_TEXT: dict[str, str] = {
    "likely": "likely (at least 2 in 3)",
    "possible": "possible",
    "unlikely": "unlikely (fewer than 1 in 3)",
    "": "[z]",
}
SEEN_TOGETHER_TITLE = "Where to look first"


def describe_split(agreement: float | None, favourable: int | None, unfavourable: int | None) -> str:
    """'The answers stand in two camps: 5 favourable, 4 unfavourable.'; without camps they are only spread out."""
    if agreement is None:
        return ""
    how = "stand in two camps" if agreement < 0 else "are spread over the whole scale"
    return f"The answers {how}: {favourable} favourable, {unfavourable} unfavourable."


def describe_belonging(alphas: Mapping[str, float], untold: Sequence[str]) -> str:
    """One sentence on whether the questions of each principle measure one thing; blank without principles.

    Args:
        alphas: alpha within groups by name of principle, in register order.
        untold: principles without one.
    """
    together = [name for name, alpha in alphas.items() if alpha >= BELONGS_FROM]
    apart = [name for name, alpha in alphas.items() if alpha < BELONGS_FROM]
    said = []
    if together:
        said.append(f"they do for {join_words(together)} (alpha {_span([alphas[name] for name in together])})")
    if apart:
        told = f"for {join_words(apart)} (alpha {_span([alphas[name] for name in apart])})"
        read = f"so that {'this score is' if len(apart) == 1 else 'these scores are'} best read with the questions"
        said.append(f"{'less so ' if together else 'only in part '}{told}, {read}")
    if untold:
        said.append(f"it cannot be said for {join_words(untold)}")
    return end_sentence(f"Do the questions of one score belong together? {capitalise('; '.join(said))}") if said else ""


def _span(alphas: Sequence[float]) -> str:
    low, high = f"{min(alphas):.2f}", f"{max(alphas):.2f}"
    return low if low == high else f"{low} to {high}"


def describe_reliability(alpha: float | None, low: float | None, high: float | None, reason: str) -> str:
    """One row of the reviewers' table in words."""
    if alpha is None or low is None or high is None:
        return capitalise(end_sentence(reason))
    verdict = "The questions belong together" if alpha >= BELONGS_FROM else "The questions belong together only in part"
    unsure = low < BELONGS_FROM <= high
    return f"{verdict}{'; the answers leave room for doubt' if unsure else ''}."


def describe_seen_together(
    likely: Mapping[str, Sequence[str]],
    told: Sequence[str],
    untold: Mapping[str, Sequence[str]],
    groups_n: int,
    words: Words,
) -> tuple[str, ...]:
    """Where to look first: groups in register order, by principle; never a rank.

    Args:
        likely: groups likely to be among the lowest, by name of principle; only where there are any.
        told: principles for which the lowest can be spoken of.
        untold: the other principles, by why they cannot.
        groups_n: most groups seen together on a principle.
        words: the programme's words.
    """
    said = []
    if likely:
        said.append(
            f"Likely among the {LOWEST} lowest, in the order of the register; a place to start asking, not a verdict:"
        )
        said += [f"{name}: {join_words(list(groups))}." for name, groups in likely.items()]
    elif told:
        said.append(f"No {words.group} is likely to be among the {LOWEST} lowest on {join_words(list(told))}.")
    said += [f"Not said of {join_words(list(names))}: {end_sentence(why)}" for why, names in untold.items()]
    if told:
        said.append(
            f"Up to {groups_n} {words.groups} are seen together here; each score is drawn towards the average, small "
            f"{words.groups} more, so that nobody stands here only because few answered."
        )
    return tuple(said)


def describe_pooled(mean: int | None, pooled: int | None, spread: int | None, reason: str, words: Words) -> str:
    """One row of the reviewers' table of groups seen together, in words."""
    if pooled is None:
        return capitalise(end_sentence(reason))
    if mean is None:
        differ = f"their own scores, chance allowed for, differ from it by about {format_points(spread or 0)}"
        return f"The common average of the {words.groups}; {differ}.{f' {capitalise(end_sentence(reason))}' if reason else ''}"
    if mean == pooled:
        return "Stays where it is."
    return f"Drawn {'up' if pooled > mean else 'down'} by {format_points(pooled - mean)}."


def describe_complete_rate(rate_percent: int | None, complete_percent: int | None) -> str:
    """The stricter rate, only where it differs."""
    if rate_percent is None or complete_percent is None or rate_percent == complete_percent:
        return ""
    return f"Counting only answers that are complete, {format_percent(complete_percent)} answered."


def describe_shift(shift: int | None, name: str = "it") -> str:
    """How far the other way of averaging is off; blank where that is not told."""
    if shift is None:
        return ""
    how = f"{format_points(shift)} {'higher' if shift > 0 else 'lower'}"
    return f"Averaged question by question instead of person by person, {name} is {how}."
