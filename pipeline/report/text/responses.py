"""Sentences on who was asked and who answered."""

from __future__ import annotations

from pipeline.report.text.words import NBSP, count_units, end_sentence, format_date, format_percent
from schemas.definitions import Words


def describe_response(
    n: int,
    eligible: int | None,
    rate_percent: int | None,
    *,
    words: Words,
    unit: str = "person",
    access: str = "shared",
    reason: str = "",
) -> str:
    """'9 of 12 people answered (75 %).' or why no rate can be computed (S4)."""
    if rate_percent is not None and eligible:
        people = count_units(eligible, unit, words)
        pair = people.partition(NBSP)[2]
        if n == 0:
            return f"None of {people} answered ({format_percent(0)})."
        if n == eligible:
            return (
                f"All {people} answered."
                if n > 2
                else f"Both {pair} answered."
                if n == 2
                else f"The only {unit} who could answer did."
            )
        return f"{n} of {people} answered ({format_percent(rate_percent)})."
    if n == 0 and eligible is None:
        return "Nobody answered; nobody has said how many could."
    responses = f"{n}{NBSP}{'response' if n == 1 else 'responses'}"
    return f"{responses}; rate not computable: {_why_no_rate(n, eligible, access, reason)}"


def _why_no_rate(n: int, eligible: int | None, access: str, reason: str) -> str:
    if access == "open":
        return "the link was open to anyone."
    if eligible is None:
        return "nobody has said how many could answer."
    if n > eligible:
        return f"more responses than the {eligible} who could answer."
    return (
        end_sentence(reason.removeprefix("rate not computable: "))
        or "the number who could answer counts something else."
    )


def describe_no_survey(year: int, reason: str, words: Words) -> str:
    """A group without a survey that year; silence about the reason is said too."""
    given = reason.removeprefix(f"no survey was held in {year}").strip(" :.")
    why = f": {given}" if given else "; no reason was given"
    return f"This {words.group} held no survey in {year}{why}."


def describe_source(source: str, as_of: str, eligible: int | None) -> str:
    """Where the number of people who could answer comes from; blank when nobody gave one."""
    if eligible is None:
        return ""
    day = f", as of {format_date(as_of)}" if as_of else ""
    return f"Who could answer: {source or 'source not given'}{day}."


def describe_needed(needed: int, words: Words, *, n: int = 0, eligible: int | None = None) -> str:
    """How far a group below the threshold is from seeing its own scores, and whether it can get there."""
    if needed <= 0:
        return ""
    if eligible is not None and n + needed > eligible:
        return f"Only {eligible} can answer; {n + needed} answers are needed before this {words.group}’s own scores may be shown."
    answers = "1 more answer is" if needed == 1 else f"{needed} more answers are"
    return f"{answers} needed before this {words.group}’s own scores may be shown."


def describe_stand_in(name: str, words: Words | None = None) -> str:
    return f"Shown instead: {name}, the smallest whole this {(words or Words()).group} belongs to that may be shown."


def describe_answers_left_out(left_out: int, words: Words) -> str:
    """What a roll-up's figures do not rest on; blank when they rest on every answer."""
    if left_out <= 0:
        return ""
    answers = "1 answer" if left_out == 1 else f"{left_out} answers"
    return f"The figures leave out {answers}, because too few {words.respondents} stand behind them to be shown."
