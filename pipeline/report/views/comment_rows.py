"""Released rows about comments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ThemeRow:
    """One released count; ``people_n`` is None where it is withheld."""

    year: int
    group: str
    theme: str
    people_n: int | None
    commenters_n: int
    marker: str


@dataclass(frozen=True)
class ExcerptRow:
    """One released excerpt."""

    year: int
    group: str
    number: int
    text: str
