"""Comments: what is marked in them, and the tables that people keep about them.

Nobody's words are published by themselves. What leaves this machine is what a person decided in the review
workbook: themes with counts of people, and excerpts that the author allowed and a person signed (methods S18).
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from schemas.definitions import Code, Definition, Filled, MaybeStr, Names

Mark = Literal[
    "e-mail", "link", "handle", "IP address", "phone", "date", "time", "name", "office", "self-description"
]  # fmt: skip
MARKS: tuple[Mark, ...] = get_args(Mark)
"""What the first pass marks; in a proposal each stands in square brackets where the words were."""
GROUP_MAY_READ: frozenset[Mark] = frozenset({"date", "time", "office"})
"""Marks that an excerpt for the group itself may hold; one for the public holds none (no role, S18)."""

FEWEST_PER_THEME = 3
"""People of one unit who must have spoken of a theme before its count is shown (S18)."""


class Theme(Definition):
    """A row of ``themes.csv``: something that comments speak of; a year's own table replaces the programme's."""

    theme: Code = Field(description="code; what reviewers choose in the review workbook")
    label: dict[str, str] = Field(description="what reports print, by language (columns label:en, ...)")
    note: str = Field("", description="what belongs to it and what does not")


class RosterName(Definition):
    """A row of ``names.csv``: somebody whose name is marked in comments. Restricted: keep it out of git."""

    name: Filled = Field(description="as the person writes it; the name given first, unless there is a comma")
    group: MaybeStr = Field(None, description="a code of groups.csv, for your own use")
    nicknames: Names = Field((), description="what the person is called besides, separated by |")


class ReviewColumns:
    """Headers of the review workbook; a person's copy is read back by them."""

    ID = "Comment id"
    QUESTION = "Question"
    TEXT = "Text as written"
    PROPOSAL = "Proposed text"
    MARKS = "Marks found"
    MAY_SHARE = "Author lets the group read it"
    THEMES = ("Theme", "Second theme", "Third theme")
    TO_GROUP = "Release to the group"
    TO_PUBLIC = "Release to the public"
    EXCERPT = "Excerpt to release"
    SIGNED = "Signed by"
    DATE = "Date"


DECISIONS: tuple[str, ...] = (
    *ReviewColumns.THEMES, ReviewColumns.TO_GROUP, ReviewColumns.TO_PUBLIC, ReviewColumns.EXCERPT,
    ReviewColumns.SIGNED, ReviewColumns.DATE,
)  # fmt: skip
"""What a person fills in."""
REVIEW_SHEET = "Comments"
"""Sheets whose names begin so hold comments, one a row."""
