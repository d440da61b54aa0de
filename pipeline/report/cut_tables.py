"""The reviewers' tables of declared cuts and of weighted figures."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.report.period_tables import fill_empty
from pipeline.report.text import (
    WEIGHTS_CANNOT_REPAIR,
    capitalise,
    describe_cuts,
    describe_refusal,
    describe_weighted,
    name_weighting,
)
from pipeline.report.views.cuts import name_category, name_cut
from pipeline.report.views.frame import Source
from pipeline.report.views.rows import CutRow, WeightedRow
from pipeline.report.workbook import Cell, Column, Sheet
from schemas.definitions import ALL, Principle

Cells = tuple[Cell, ...]
ORDER = ("groups_median", "members", "post-stratify", "rake")


def tabulate_cuts(source: Source, years: tuple[int, ...]) -> Sheet | None:
    """One row per cut, category, principle and year; none where no year of the period declares a cut."""
    words, rows = source.words, tuple(_list_cut_rows(source, years))
    columns = (
        Column("Cut", 18), Column("Category", 24), Column(capitalise(words.principle), 30), Column("Year", 8, "number"),
        Column("People (n)", 10, "number"), Column("On the roster (N)", 10, "number"), Column("Score", 9, "number"),
        Column("Likely from", 9, "number"), Column("Likely to", 9, "number"), Column("Remark", 44),
    )  # fmt: skip
    sheet = Sheet(
        "Cuts",
        f"{capitalise(words.community)} by what people said of themselves",
        columns,
        rows,
        (describe_cuts(words),),
    )
    return sheet if rows else None


def _list_cut_rows(source: Source, years: tuple[int, ...]) -> Iterator[Cells]:
    for year in (year for year in years if year in source.definitions.waves):
        for cut in source.definitions.waves[year].cuts:
            name = name_cut(source, cut)
            for code in cut.codes:
                for principle in source.definitions.principles(year):
                    row = source.rows.cuts.get((year, cut.cut, code, principle.principle))
                    if row is not None:
                        head = (name, name_category(source, cut, code), source.translate(principle.name), year)
                        yield (*head, *_cut_cells(row))


def _cut_cells(row: CutRow) -> Cells:
    if row.marker == "c":
        return (
            "[c]",
            "[x]" if row.eligible is None else row.eligible,
            "[c]",
            "[c]",
            "[c]",
            "Withheld under the publication rules.",
        )
    remark = f"{row.reason[:1].upper()}{row.reason[1:]}." if row.reason else "None beyond the notes."
    blank = "[z]" if row.view == "complete" else "[x]"
    ends = (blank if row.ci_low is None else row.ci_low, blank if row.ci_high is None else row.ci_high)
    return (row.n, row.eligible, row.mean, *ends, remark)


def tabulate_weighted(source: Source, years: tuple[int, ...]) -> Sheet | None:
    """One row per roll-up, principle, year and way of weighing, each beside the unweighted score."""
    words, rows = source.words, tuple(_list_weighted_rows(source, years))
    columns = (
        Column(capitalise(words.group), 28), Column(capitalise(words.principle), 28), Column("Year", 8, "number"),
        Column("Figure", 30), Column("n", 8, "number"), Column("On the roster (N)", 10, "number"),
        Column("Score, every answer counting once", 13, "number"), Column("This figure", 10, "number"),
        Column("Likely from", 9, "number"), Column("Likely to", 9, "number"), Column("Possible from", 10, "number"),
        Column("Possible to", 10, "number"), Column("Design effect", 9, "number"), Column("Effective n", 10, "number"),
        Column("In words", 48),
    )  # fmt: skip
    about = (
        WEIGHTS_CANNOT_REPAIR,
        "The design effect says how many times more answers it takes to be as precise as without weights; above 2, or "
        "with an effective n below 5, nothing weighted is shown.",
    )
    sheet = Sheet("Weighted figures", "Figures weighted to the roster, beside unweighted ones", columns, rows, about)
    return fill_empty(sheet, "Nothing was weighted.") if rows else None


def _list_weighted_rows(source: Source, years: tuple[int, ...]) -> Iterator[Cells]:
    for group, year, principle in _list_places(source, years):
        name = capitalise(source.definitions.group_name(group))
        head = (name, source.translate(principle.name), year)
        rows = source.rows.weighted.get((year, group, principle.principle), ())
        if rows:
            yield (*head, *_average_group(source, year, group, rows[0]))
        for row in sorted(rows, key=lambda row: ORDER.index(row.weighting)):
            yield (*head, name_weighting(row.weighting, row.by, source.words), *_weighted_cells(source, row))


def _list_places(source: Source, years: tuple[int, ...]) -> Iterator[tuple[str, int, Principle]]:
    roll_ups = [group.group for group in source.definitions.reported_groups() if group.kind == "rollup"]
    for group in (*roll_ups, ALL):
        for year in (year for year in years if year in source.definitions.waves):
            for principle in source.definitions.principles(year):
                yield group, year, principle


def _average_group(source: Source, year: int, group: str, row: WeightedRow) -> Cells:
    """The groups' mean, which stands among the scores, beside the figures it is often taken for."""
    found = source.rows.score(year, group, row.kind, row.measure, "groups_equal")
    label = name_weighting("groups_equal", "", source.words)
    if found is None or found.mean is None:
        mark = "[c]" if found is None or found.marker == "c" else "[x]"
        return (
            label,
            *[mark] * 10,
            "Withheld under the publication rules."
            if mark == "[c]"
            else describe_refusal(found.reason if found else ""),
        )
    ci = None if found.ci_low is None or found.ci_high is None else (found.ci_low, found.ci_high)
    said = describe_weighted(found.mean, row.unweighted, weighting="groups_equal", merged="", words=source.words, ci=ci)
    return (
        label,
        found.n,
        "[z]",
        "[c]" if row.unweighted is None else row.unweighted,
        found.mean,
        *(ci or ("[x]", "[x]")),
        *["[z]"] * 4,
        said,
    )


def _weighted_cells(source: Source, row: WeightedRow) -> Cells:
    if row.marker == "c":
        return (*["[c]"] * 10, "Withheld under the publication rules.")
    blank = "[z]" if row.weighting == "groups_median" else "[x]"
    ci = None if row.ci_low is None or row.ci_high is None else (row.ci_low, row.ci_high)
    if row.mean is None:
        said = describe_refusal(row.reason)
    else:
        said = describe_weighted(
            row.mean, row.unweighted, weighting=row.weighting, merged=row.merged, words=source.words, ci=ci
        )
    ends = (row.ci_low, row.ci_high, row.possible_low, row.possible_high)
    cells = (row.n, row.eligible, row.unweighted, row.mean, *ends, row.design_effect, row.effective_n)
    return (*(blank if cell is None else cell for cell in cells), said)


def list_cut_methods(source: Source, years: tuple[int, ...]) -> frozenset[str]:
    """Methods behind what the two tables show."""
    cuts = {row.method for row in source.rows.cuts.values() if row.year in years and not row.marker}
    found = (row for rows in source.rows.weighted.values() for row in rows if row.year in years and not row.marker)
    return frozenset(cuts | {row.method for row in found})
