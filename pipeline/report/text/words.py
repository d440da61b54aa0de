"""Dates, counts and small words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from schemas.definitions import Words

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def format_date(day: date | str) -> str:
    """'8 July 2025'; accepts an ISO date as text; anything else comes back as it is."""
    if isinstance(day, str):
        try:
            return format_date(date.fromisoformat(day.strip()))
        except ValueError:
            return day
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def format_percent(value: int) -> str:
    return f"{value}{NBSP}%"


def format_percent_exact(value: float) -> str:
    return f"{value:g}{NBSP}%"


def format_points(value: int) -> str:
    return f"{abs(value)}{NBSP}{'point' if abs(value) == 1 else 'points'}"


def format_signed(value: int) -> str:
    """A difference with its sign; a true minus, and no sign on zero."""
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{abs(value)}"


def format_range(low: int, high: int) -> str:
    return f"{low} to {high}" if low != high else f"{low}"


def pluralise(noun: str) -> str:
    """English plural of a unit of membership: person, government, seat, company."""
    if noun == "person":
        return "people"
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|ch|sh)$", noun) else f"{noun}s"


def count_units(n: int, unit: str, words: Words | None = None) -> str:
    """'1 person', '12 people', '184 governments'; people are called what the programme calls them."""
    if n == 1:
        return f"1{NBSP}{unit}"
    plural = words.respondents if words and unit in ("", "person") else pluralise(unit or "person")
    return f"{n}{NBSP}{plural}"


def join_words(parts: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def capitalise(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def end_sentence(text: str) -> str:
    """Give a text exactly one full stop; blank stays blank."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


AGGREGATION_LABEL: dict[str, str] = {
    "own": "",
    "pooled": "every answer counting once",
    "groups_equal": "each {group} counting once",
}


def aggregation_label(aggregation: str, words: Words) -> str:
    """How answers were put together, in the programme's words; blank for a group's own answers."""
    return AGGREGATION_LABEL.get(aggregation, aggregation).format(group=words.group)
