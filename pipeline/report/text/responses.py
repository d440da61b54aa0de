"""Sentences on who was asked and who answered."""

from __future__ import annotations

from pipeline.report.text.words import NBSP, count_units, end_sentence, format_date, format_percent
from schemas.definitions import Words

MIXED = "mixed"
"""The unit of a whole whose groups count different things: people here, governments there."""


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
    return f"{responses}; rate not computable: {_why_no_rate(n, eligible, access, reason, unit, words)}"


def _why_no_rate(n: int, eligible: int | None, access: str, reason: str, unit: str, words: Words) -> str:
    if access == "open":
        return "the link was open to anyone."
    if unit == MIXED:
        return f"its {words.groups} do not all count the same thing."
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


def describe_answers_left_out(left_out: int, of_items: int, words: Words) -> str:
    """What a roll-up's figures do not rest on; blank when they rest on every answer.

    Args:
        left_out: answers left out of all figures.
        of_items: answers left out of the figures of single questions, those above included.
        words: the programme's words.
    """
    why = f"because too few {words.respondents} stand behind them to be shown"
    if left_out <= 0:
        return f"The figures of single questions leave out {_answers(of_items)}, {why}." if of_items > 0 else ""
    more = f" Those of single questions leave out {_answers(of_items)}." if of_items > left_out else ""
    return f"The figures leave out {_answers(left_out)}, {why}.{more}"


def _answers(n: int) -> str:
    return "1 answer" if n == 1 else f"{n} answers"
