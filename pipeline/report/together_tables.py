"""The reviewers' tables of questions and of groups together, with plain words on how to read them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.report.period_tables import fill_empty
from pipeline.report.text import CHANCE_TEXT, capitalise, describe_pooled, describe_reliability
from pipeline.report.views.frame import Source, existing_groups
from pipeline.report.views.together_rows import ReliabilityRow
from pipeline.report.workbook import Cell, Column, Sheet
from schemas.definitions import ALL, Principle

Cells = tuple[Cell, ...]


def list_together_methods(source: Source, years: tuple[int, ...]) -> frozenset[str]:
    """Ids of the methods behind these tables."""
    found = {row.method for row in source.rows.reliability.values() if row.year in years}
    return frozenset(found | {row.method for row in source.rows.pooled.values() if row.year in years})


def tabulate_reliability(source: Source, years: tuple[int, ...]) -> Sheet:
    """One row per principle and year for all groups together, then for each group that has an alpha of its own."""
    words = source.words
    columns = (
        Column(capitalise(words.principle), 30), Column("Year", 8, "number"), Column("Whose answers", 28),
        Column("People (n)", 10, "number"), Column("Questions", 11, "number"), Column("Alpha", 9, "number"),
        Column("Likely from", 9, "number"), Column("Likely to", 9, "number"), Column("Omega", 9, "number"),
        Column("Agreement within groups, r_wg", 13, "number"), Column("ICC(1)", 9, "number"), Column("ICC(2)", 9, "number"),
        Column("In words", 46),
    )  # fmt: skip
    about = (
        f"Alpha and omega say whether the questions of a {words.principle} measure one thing: 0 not at all, 1 perfectly; "
        "from about 0.7 on, their average can stand for them. Below that, read the questions one by one.",
        f"They are computed within {words.groups}, so that {words.groups} that differ do not make questions look alike. A "
        f"single {words.group} has its own only from 50 people on.",
        f"r_wg: how far people of the same {words.group} agree (the middle {words.group}); from about 0.7 on one may speak of "
        f"the {words.group}’s view. ICC(1): the share of all differences between people that lies between {words.groups}. "
        f"ICC(2): how well {words.groups} can be told apart by their averages; both are 0 where nothing was found.",
    )
    rows = tuple(_list_reliability(source, years))
    sheet = Sheet("Reliability", "Reliability: do the questions of a score belong together", columns, rows, about)
    return fill_empty(sheet, "Nothing was scored.")


def _list_reliability(source: Source, years: tuple[int, ...]) -> Iterator[Cells]:
    for year, principle in _list_asked(source, years):
        whole = source.rows.reliability.get((year, ALL, principle.principle))
        if whole is not None:
            yield _reliability_cells(source, principle, f"within all {source.words.groups}", whole)
        for group in existing_groups(source.definitions, year):
            row = source.rows.reliability.get((year, group.group, principle.principle))
            if row is not None and row.alpha is not None:
                yield _reliability_cells(source, principle, group.name, row)


def _reliability_cells(source: Source, principle: Principle, whose: str, row: ReliabilityRow) -> Cells:
    head = (source.translate(principle.name), row.year, whose)
    if row.marker:
        return (*head, "[c]", row.items_n, *["[c]"] * 7, "Withheld under the publication rules.")
    across: Cells = (row.r_wg, row.icc1, row.icc2) if row.group == ALL else ("[z]",) * 3
    said = describe_reliability(row.alpha, row.ci_low, row.ci_high, row.reason)
    return (*head, row.n, row.items_n, row.alpha, row.ci_low, row.ci_high, row.omega, *across, said)


def tabulate_together(source: Source, years: tuple[int, ...]) -> Sheet:
    """One row per principle, year and group whose score is shown; the common average first, then register order."""
    words = source.words
    columns = (
        Column(capitalise(words.principle), 30), Column("Year", 8, "number"), Column(capitalise(words.group), 34),
        Column("People (n)", 10, "number"), Column("Own score", 9, "number"), Column("Seen together", 11, "number"),
        Column("Likely from", 9, "number"), Column("Likely to", 9, "number"),
        Column("Among the five lowest", 26), Column("In words", 46),
    )  # fmt: skip
    about = (
        f"How the {words.groups} look beside each other once chance is allowed for. It is not a ranking: "
        f"{words.groups} stand in the order of the register, and a {words.group}’s own score is the one that counts for it.",
        f"A small {words.group} reaches an extreme score more easily by chance alone. So each score is drawn towards "
        f"the common average, a small {words.group}’s more than a large one’s.",
        f"{capitalise(words.groups)} whose own score is withheld take no part. Roll-ups take no part either: they are "
        "made of the others. Use this to decide where to ask first, never to praise or blame.",
    )
    rows = tuple(_list_pooled(source, years))
    sheet = Sheet("Groups seen together", f"{capitalise(words.groups)} seen together", columns, rows, about)
    return fill_empty(sheet, "Nothing was scored.")


def _list_pooled(source: Source, years: tuple[int, ...]) -> Iterator[Cells]:
    for year, principle in _list_asked(source, years):
        names = {ALL: f"all {source.words.groups} shown"}
        names |= {group.group: group.name for group in existing_groups(source.definitions, year)}
        for code, name in names.items():
            row = source.rows.pooled.get((year, code, principle.principle))
            if row is None:
                continue
            own: Cell = "[z]" if code == ALL else row.mean
            chance = "[z]" if code == ALL else CHANCE_TEXT[row.among_lowest]
            said = describe_pooled(row.mean, row.pooled, row.spread, row.reason, source.words)
            head = (source.translate(principle.name), year, name, row.n, own)
            yield (*head, row.pooled, row.ci_low, row.ci_high, chance, said)


def _list_asked(source: Source, years: tuple[int, ...]) -> Iterator[tuple[int, Principle]]:
    for year in (year for year in years if year in source.definitions.waves):
        for principle in source.definitions.principles(year):
            if principle.kind == "principle":
                yield year, principle
