"""The review workbook of one year's comments: restricted, for the person who reads them and decides (methods S18)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.report import text
from pipeline.report.workbook import LONGEST_TEXT, Cell, Column, Notes, Sheet, Workbook, write_workbook
from pipeline.store.definitions import Definitions
from schemas.comments import DECISIONS, FEWEST_PER_THEME, MARKS, REVIEW_SHEET, Theme
from schemas.comments import ReviewColumns as Is
from schemas.definitions import NO_GROUP

MOST_ROWS = 50_000
"""Comments on one sheet; more go onto further ones."""
LONGEST_LIST = 255
"""Characters of a drop-down's choices that Excel takes."""
YES_NO = ("yes", "no")
NOTES = Notes(
    {
        "ids": "A comment's id says nothing about its author. It changes when the text changes, so that a signature "
        "stays with what was read.",
        "marks": "Words in square brackets in the column Proposed text stand for what was found and taken out.",
    }
)
CUT_SHORT = " … [cut short: too long for a cell]"
NO_GROUP_NAMED = "(no group named)"


def write_review_workbook(
    path: Path, comments: pd.DataFrame, decided: Mapping[str, Mapping[str, str]], definitions: Definitions, year: int
) -> Path:
    """Write the workbook, with the decisions that a person has already made.

    Args:
        path: where to; restricted.
        comments: ``comment`` (id), ``group``, ``column``, ``text``, ``proposal``, ``marks``, ``may_share``.
        decided: filled-in cells by header, by comment id.
        definitions: the programme.
        year: the survey year.
    """
    themes = definitions.comment_themes(year)
    columns, rows = _make_columns(themes, definitions), _make_rows(comments, decided, definitions)
    about = ("One row per comment, in no order within a group. Fill in the columns with a border; leave the others.",)
    parts = [rows[at : at + MOST_ROWS] for at in range(0, len(rows), MOST_ROWS)]
    sheets = [
        Sheet(
            REVIEW_SHEET if number == 1 else f"{REVIEW_SHEET} {number}",
            f"Restricted: comments {year}" + (f", continued ({number})" if number > 1 else ""),
            columns, part, about,
        )
        for number, part in enumerate(parts, start=1)
    ]  # fmt: skip
    if themes:
        sheets.append(_list_themes(themes, definitions))
    programme, wave = definitions.programme, definitions.waves[year].wave
    synthetic = programme.origin == "synthetic"
    return write_workbook(
        path,
        Workbook(
            title=f"Restricted: comments {year}, for review",
            author=programme.name,
            created=wave.report_date,
            cover=(*([("About these data", (text.SYNTHETIC_SENTENCE,))] if synthetic else []), *_explain(definitions, year)),
            sheets=tuple(sheets),
            notes=NOTES,
            language=programme.language,
            flag=text.SYNTHETIC_MARK if synthetic else "",
        ),
    )  # fmt: skip


def _make_columns(themes: tuple[Theme, ...], definitions: Definitions) -> tuple[Column, ...]:
    codes = tuple(theme.theme for theme in themes)
    choices = codes if len(",".join(codes)) <= LONGEST_LIST else ()
    return (
        Column(Is.ID, 22), Column(text.capitalise(definitions.programme.words.group), 24),
        Column(Is.QUESTION, 30), Column(Is.TEXT, 60), Column(Is.PROPOSAL, 60), Column(Is.MARKS, 20),
        Column(Is.MAY_SHARE, 14), *(Column(header, 18, "fill_in", choices) for header in Is.THEMES),
        Column(Is.TO_GROUP, 14, "fill_in", YES_NO), Column(Is.TO_PUBLIC, 14, "fill_in", YES_NO),
        Column(Is.EXCERPT, 60, "fill_in"), Column(Is.SIGNED, 20, "fill_in"), Column(Is.DATE, 14, "fill_in"),
    )  # fmt: skip


def _make_rows(
    comments: pd.DataFrame, decided: Mapping[str, Mapping[str, str]], definitions: Definitions
) -> tuple[tuple[Cell, ...], ...]:
    place = {group.group: at for at, group in enumerate(definitions.groups)}
    # the id puts the comments of a group in an order that says nothing about when they were sent
    ordered = comments.assign(place=comments["group"].astype("str").map(place).fillna(len(place)))
    ordered = ordered.sort_values(["place", "column", "comment"], key=lambda part: part.astype(part.dtype if part.name == "place" else "str"))  # fmt: skip
    rows = []
    for comment, group, column, written, proposal, marks, may_share in zip(
        *(ordered[name].tolist() for name in ("comment", "group", "column", "text", "proposal", "marks", "may_share")),
        strict=True,
    ):
        name = NO_GROUP_NAMED if group == NO_GROUP else definitions.group_name(str(group))
        cells = decided.get(str(comment), {})
        known = (comment, name, column, _shorten(written), _shorten(proposal), marks or "none", YES_NO[not may_share])
        rows.append((*known, *(cells.get(header, "") for header in DECISIONS)))
    return tuple(rows)


def _shorten(written: str) -> str:
    return written if len(written) <= LONGEST_TEXT else written[: LONGEST_TEXT - len(CUT_SHORT)] + CUT_SHORT


def _list_themes(themes: tuple[Theme, ...], definitions: Definitions) -> Sheet:
    language = definitions.programme.language
    rows = tuple((theme.theme, name_theme(theme, language), theme.note) for theme in themes)
    columns = (Column("Code", 24), Column("What reports print", 40), Column("What belongs to it", 80))
    return Sheet("Themes", "Themes that comments may be sorted into", columns, rows)


def name_theme(theme: Theme, language: str) -> str:
    """A theme in a language, English where there is none."""
    return theme.label.get(language) or theme.label.get("en") or next(iter(theme.label.values()), theme.theme)


def _explain(definitions: Definitions, year: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    words, least = definitions.programme.words, definitions.programme.release_profile().comment
    return (
        (
            "Restricted",
            (
                f"This workbook holds what {words.respondents} wrote, word for word. Keep it on this machine, do not "
                "send it, and do not put it under version control. Delete every copy when the retention date has passed.",
            ),
        ),
        (
            "What to do",
            (
                "Read each comment and choose up to three themes. Several may stand in one cell, separated by |.",
                f"The proposed text shows what was found and taken out: {', '.join(f'[{mark}]' for mark in MARKS)}. "
                "It is a proposal. Nothing here knows every language, or what only insiders recognise: you must look.",
                f"To let a {words.group} read something, write yes under '{Is.TO_GROUP}', put the words to be shown "
                f"under '{Is.EXCERPT}', sign and date it. The author must have said yes. To let everybody read it, "
                f"write yes under '{Is.TO_PUBLIC}' too; it must then name no role and no region.",
                f"Save the workbook as data/raw/{definitions.id}/{year}/comments-reviewed.xlsx and run again. "
                "This file itself is made anew by every run.",
            ),
        ),
        (
            "What is released",
            (
                f"Themes: how many {words.respondents} spoke of each, from {FEWEST_PER_THEME} on, where at least "
                f"{least} commented in the {words.group} or in what it belongs to.",
                f"Excerpts for everybody: only where at least {least} commented. Excerpts for the {words.group} itself: "
                "in a page of its own that is not published. Nothing else of a comment leaves this workbook.",
            ),
        ),
    )  # fmt: skip
