"""The reviewers' table of themes of comments."""

from __future__ import annotations

from pipeline.report.text import WITHHELD_THEME, capitalise, describe_hidden_themes
from pipeline.report.views.comments import name_theme
from pipeline.report.views.frame import Source
from pipeline.report.workbook import Cell, Column, Sheet
from schemas.definitions import ALL

Cells = tuple[Cell, ...]


def tabulate_themes(source: Source, years: tuple[int, ...]) -> Sheet | None:
    """One row per group, year and theme; none where no themes were released."""
    words = source.words
    groups = [*(group.group for group in source.definitions.reported_groups()), ALL]
    rows: list[Cells] = []
    for group in groups:
        for year in years:
            for row in source.rows.themes.get((year, group), ()):
                told = ("[c]", WITHHELD_THEME) if row.people_n is None else (row.people_n, "None beyond the notes.")
                name = name_theme(source, year, row.theme)
                rows.append((source.definitions.group_name(group), year, name, told[0], row.commenters_n, told[1]))
    columns = (
        Column(capitalise(words.group), 40), Column("Year", 8, "number"), Column("Theme", 40),
        Column(f"{capitalise(words.respondents)} who spoke of it", 16, "number"),
        Column(f"{capitalise(words.respondents)} who commented", 16, "number"), Column("Remark", 40),
    )  # fmt: skip
    about = ("A person read the comments and sorted them into themes.", describe_hidden_themes(words))
    return Sheet("Comment themes", f"Themes of comments by {words.group} and year", columns, tuple(rows), about) if rows else None  # fmt: skip
