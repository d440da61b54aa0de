"""Declared cuts: what a year's people may be told apart by, such as region or language, and who is in which part.

A cut splits the whole community, never a group. Its categories are closed: an export's own words go no further
than the exports folder.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.definitions import Code, Count, Definition, Filled, MaybeDate, Names

NOT_SAID = "_not_said"
"""Category code of people whose cell is blank, or says that they would rather not tell."""


class CutCategory(Definition):
    """A row of ``cuts.csv``: one category of one cut, in the order in which reports show them."""

    cut: Code = Field(description="code of the cut, for example region; one row for each of its categories")
    name: dict[str, str] = Field(
        default_factory=dict,
        description="the cut's name by language (columns name:en, ...); one row of the cut will do",
    )
    column: str = Field("", description="the export's header or code; one row of the cut will do")
    category: Code
    label: dict[str, str] = Field(description="label by language (columns label:en, ...)")
    aliases: Names = Field((), description="other spellings in exports, separated by |")
    kind: Literal["category", "not_said"] = Field(
        "category", description="not_said: these spellings mean that somebody would rather not tell"
    )
    other: Literal["refuse", "not_said"] = Field(
        "refuse", description="what an undeclared spelling does: stop the run, or count as not said; one row will do"
    )
    eligible: Count = Field(None, description="people on the roster in this category; blank: unknown")
    source: str = Field("", description="where the number comes from")
    as_of: MaybeDate = Field(None, description="date of the number")


class Cut(Definition):
    """One cut, put together from its rows."""

    cut: Code
    name: dict[str, str]
    column: Filled
    categories: tuple[CutCategory, ...]
    other_is_not_said: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Categories in declared order, then ``_not_said``."""
        return (*(row.category for row in self.categories if row.kind == "category"), NOT_SAID)

    @property
    def eligible(self) -> tuple[int, ...] | None:
        """People on the roster in each category, in declared order; null where one number is missing."""
        known = [row.eligible for row in self.categories if row.kind == "category"]
        return tuple(n for n in known if n is not None) if None not in known else None


def collect_cuts(rows: tuple[CutCategory, ...]) -> tuple[Cut, ...]:
    """The cuts of a year in the order of their first rows; what a cut says on one row holds for all of them.

    A cut without a column is left out; ``crosschecks`` refuses it.
    """
    cuts = []
    for code in dict.fromkeys(row.cut for row in rows):
        own = tuple(row for row in rows if row.cut == code)
        name = {language: text for row in reversed(own) for language, text in row.name.items()}
        column = next((row.column for row in own if row.column), "")
        other = any(row.other == "not_said" for row in own)
        if column:
            cuts.append(Cut(cut=code, name=name, column=column, categories=own, other_is_not_said=other))
    return tuple(cuts)
