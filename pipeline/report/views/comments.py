"""Comments as a page shows them: how many people, what about, and the excerpts that may be read."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.comment_rows import ThemeRow
from pipeline.report.views.frame import Source


@dataclass(frozen=True)
class ThemeLine:
    """A theme and how many people spoke of it."""

    name: str
    n: int


@dataclass(frozen=True)
class CommentsView:
    """What a page says about comments; ``told`` is blank when it says nothing."""

    told: str
    themes: tuple[ThemeLine, ...]
    withheld: str
    about_excerpts: str
    excerpts: tuple[str, ...]


def build_comments(source: Source, year: int, group: str) -> CommentsView:
    """Themes and excerpts of one group or roll-up; the number of commenters alone where nothing was released."""
    rows = source.rows.themes.get((year, group), ())
    excerpts = tuple(row.text for row in source.rows.excerpts.get((year, group), ()))
    response = source.rows.responses.get((year, group))
    n = rows[0].commenters_n if rows else response.comments_n if response else None
    shown = list_themes(source, rows)
    return CommentsView(
        told=text.describe_commenters(n, source.words, read=bool(rows)) if n is not None else "",
        themes=shown,
        withheld=text.describe_hidden_themes(source.words) if rows else "",
        about_excerpts=text.ABOUT_EXCERPTS if excerpts else "",
        excerpts=excerpts,
    )


def list_themes(source: Source, rows: tuple[ThemeRow, ...]) -> tuple[ThemeLine, ...]:
    """Released counts in the order of the themes' list, never by size."""
    known = [theme.theme for theme in source.definitions.comment_themes(rows[0].year)] if rows else []
    ordered = sorted(rows, key=lambda row: (known.index(row.theme) if row.theme in known else len(known), row.theme))
    return tuple(
        ThemeLine(name_theme(source, row.year, row.theme), row.people_n) for row in ordered if row.people_n is not None
    )


def name_theme(source: Source, year: int, code: str) -> str:
    """What a report prints for a theme; where there is no list, the reviewers' own words."""
    found = next((theme for theme in source.definitions.comment_themes(year) if theme.theme == code), None)
    return source.translate(found.label) if found else code
