"""Sentences on what lies behind a change: pairs of people, three years, and the questions that moved."""

from __future__ import annotations

from pipeline.report.text.words import NBSP, format_percent, format_points, format_signed
from pipeline.stats.rank_tests import name_size

PAIRS = "of 100 pairs"


def describe_pairs(superiority: int | None, year_from: int, year_to: int) -> str:
    """The size of a change in pairs of people (methods S9): 'in 61 of 100 pairs'."""
    if superiority is None:
        return ""
    word, pairs = ("more", superiority) if superiority >= 50 else ("less", 100 - superiority)
    return (
        f"A person picked from those who answered in {year_to} is {word} satisfied than one picked from those of "
        f"{year_from} in {pairs} of 100{NBSP}pairs (equal scores count half)."
    )


def describe_size(superiority: int | None, low: int | None, high: int | None) -> str:
    """For reviewers: pairs with their interval, and the word for Cliff's delta."""
    if superiority is None:
        return ""
    word = name_size(2 * superiority / 100 - 1)
    likely = f", likely {low} to {high}" if low is not None and high is not None else ""
    return f"{word}: later higher in {superiority} {PAIRS}{likely}"


def describe_three_years(pattern: str, order: str, middle_year: str, year: int) -> str:
    """What the middle year adds to a change over three years; blank where it adds nothing.

    Args:
        pattern: the pattern that was named.
        order: rising or falling, where people's scores climb year by year.
        middle_year: above or below the line between the first and the last year, or blank.
        year: the middle year.
    """
    said = {"steady_improvement": "rising", "steady_decline": "falling"}
    if said.get(pattern) == order:
        verb = "higher" if order == "rising" else "lower"
        confirmed = f"Answers tend to be {verb} from each of the three years to the next."
    else:
        confirmed = ""
    apart = ""
    if middle_year and pattern in (*said, "late_improvement", "late_decline"):
        apart = f"The path is not even: {year} lies {middle_year} the line between the first and the last year."
    return " ".join(filter(None, (confirmed, apart)))


def describe_persistent(mdc80: int | None, persistent: int | None) -> str:
    """The sensitivity of a comparison that could not follow people (methods S8); blank where it says nothing new."""
    if mdc80 is None or persistent is None or persistent >= mdc80:
        return ""
    return (
        "Some must have answered in both years: if half of the spread of their answers stays, a change of "
        f"{format_points(persistent)} would have been noticed."
    )


TURNED = {
    "gained": "Of those followed over both years, more turned favourable than away.",
    "lost": "Of those followed over both years, more turned away than became favourable.",
}


def describe_item_move(
    wording: str, year_from: int, percent_from: int, percent_to: int, n: tuple[int, int], difference: int,
    likely: tuple[int, int], turned: str,
) -> str:  # fmt: skip
    """One question inside a principle that moved: '“…”: 40 % in 2026 (n 20), 62 % now (n 21): +23 points, likely −2 to +44.'"""
    step = f"{format_signed(difference)}{NBSP}{'point' if abs(difference) == 1 else 'points'}"
    span = f"likely {format_signed(likely[0])} to {format_signed(likely[1])}"
    then = f"{format_percent(percent_from)} in {year_from} (n{NBSP}{n[0]})"
    now = f"{format_percent(percent_to)} now (n{NBSP}{n[1]})"
    fact = f"“{wording}”: {then}, {now}: {step}, {span}."
    return " ".join(filter(None, (fact, TURNED.get(turned, ""))))


def describe_moves_withheld(n: int, shown_n: int) -> str:
    """Questions whose counts may not be shown in both years."""
    if not n:
        return ""
    if not shown_n:
        return "Its questions are withheld under the publication rules."
    which = f"{n} more question is" if n == 1 else f"{n} more questions are"
    return f"{which} withheld under the publication rules."


def describe_drift(size: str, direction: str, year_from: int) -> str:
    """Whether a question moved against the others of its principle (methods S16)."""
    if size == "negligible":
        return f"no drift since {year_from}"
    return f"{size} drift: answers are {direction} than in {year_from}, given the other questions. Was it read differently?"
