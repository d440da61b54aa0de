"""Sentences on comments: how many, what they are about, who may read them."""

from __future__ import annotations

from pipeline.report.text.words import NBSP
from schemas.comments import FEWEST_PER_THEME
from schemas.definitions import Words

ABOUT_EXCERPTS = (
    "Each text was released by its author’s own yes and by a person who read and signed it, and may have been "
    "shortened or reworded so that it does not tell who wrote it. The order means nothing."
)
WITHHELD_THEME = "Withheld under the publication rules."


def describe_commenters(n: int, words: Words, *, read: bool) -> str:
    """How many people commented, and what was done with it."""
    people = f"{n}{NBSP}{words.respondents} left a comment."
    if not read:
        return people
    return f"{people} A person read the comments and sorted them into themes; one comment may speak of several."


def describe_hidden_themes(words: Words) -> str:
    """That there may be more than what is shown, without saying how much."""
    return (
        f"A theme is shown where at least {FEWEST_PER_THEME} {words.respondents} spoke of it and nothing about anybody "
        "else follows from the number. Others may have come up."
    )


def describe_group_only(name: str, words: Words) -> str:
    """The rule on top of a page for one group."""
    return f"This page is for the members of {name} alone. Do not publish it, and do not pass it on to another {words.group}."
