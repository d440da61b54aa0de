"""Sentences on how questions were answered, and the words of charts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.report.text.words import NBSP, format_range, join_words

NON_ANSWER_TEXT: dict[str, tuple[str, str]] = {
    "no_opinion": ("had no opinion", "had no opinion"),
    "not_applicable": ("said it does not apply", "said it does not apply"),
    "refused": ("preferred not to say", "preferred not to say"),
    "missing": ("left it blank", "left it blank"),
}

NON_ANSWER_LABEL: dict[str, str] = {
    "no_opinion": "No opinion",
    "not_applicable": "Not applicable",
    "refused": "Prefer not to say",
    "missing": "Left blank",
}


OTHER_QUESTIONS = "Other questions"
ITEM_CHANGE_TEXT: dict[str, str] = {
    "editorial": "The wording was polished since it was last asked; the meaning is the same.",
    "substantive": "The wording changed since it was last asked, so earlier answers are not compared with these.",
    "scale change": "The answer scale changed since it was last asked, so earlier answers are not compared with these.",
}


def describe_item_change(comparability: str) -> str:
    """What changed about a question since the last survey; blank for an unchanged or new one."""
    return ITEM_CHANGE_TEXT.get(comparability, "")


def describe_non_answers(counts: dict[str, int]) -> str:
    """'2 had no opinion and 3 left it blank.' in a fixed order; blank when all answered."""
    parts = [
        f"{counts[kind]} {NON_ANSWER_TEXT[kind][counts[kind] != 1]}" for kind in NON_ANSWER_TEXT if counts.get(kind)
    ]
    return f"{join_words(parts)}." if parts else ""


def describe_distribution(answers: int, unfavourable: int, neutral: int, favourable: int) -> str:
    """'37 answers: 20 favourable, 5 neutral, 12 unfavourable.'"""
    middle = f", {neutral} neutral" if neutral else ""
    noun = "answer" if answers == 1 else "answers"
    return f"{answers} {noun}: {favourable} favourable{middle}, {unfavourable} unfavourable."


def describe_all_withheld(why: str) -> str:
    """Instead of a page of empty charts."""
    return f"How each question was answered is {why or 'withheld under the publication rules'}."


UNFAVOURABLE = "unfavourable"
FAVOURABLE = "favourable"
BREAK_SHORT = "break"
DIVERGING_ALT = "Diverging bars of how many chose each answer, unfavourable to the left, favourable to the right."
HISTORY_ALT = "Averages by year on a scale of 0 to 100, with the likely range where there is one."


def name_history(principle: str) -> str:
    return f"{principle} over the years"


def count_answers(n: int) -> str:
    return f"{n}{NBSP}{'answer' if n == 1 else 'answers'}"


def describe_base(answers: int, non_answers: Sequence[tuple[str, int]]) -> str:
    """'37 answers; 2 no opinion, 3 left blank' for the small line under a bar."""
    others = ", ".join(f"{n} {label.lower()}" for label, n in non_answers)
    return f"{count_answers(answers)}; {others}" if others else count_answers(answers)


def describe_n(n: int) -> str:
    return f"n{NBSP}{n}"


def describe_history_cell(
    mean: int | None, n: int | None, low: int | None, high: int | None, complete: bool, link: str, note: str
) -> str:
    """One year in a history table: '63 (likely 55 to 71, n 9)'."""
    if mean is None:
        return note
    span = ""
    if complete:
        span = "complete count"
    elif low is not None and high is not None:
        span = f"likely {format_range(low, high)}"
    inside = ", ".join(part for part in (span, describe_n(n) if n is not None else "") if part)
    broken = ", after a break in the series" if link == "break" else ""
    return f"{mean}{f' ({inside})' if inside else ''}{broken}"


def describe_history_point(year: int, told: str) -> str:
    return f"{year}: {told}"
