"""Declared cuts of the whole community as tables: categories in declared order, never by score."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.frame import Source
from pipeline.report.views.rows import CutRow
from schemas.cuts import NOT_SAID, Cut


@dataclass(frozen=True)
class CutCell:
    """One category's score on one principle; ``mean`` says why where there is no number."""

    name: str
    mean: str
    told: str


@dataclass(frozen=True)
class CutLine:
    """One category."""

    label: str
    eligible: str
    cells: tuple[CutCell, ...]


@dataclass(frozen=True)
class CutTable:
    """One cut in one year."""

    code: str
    name: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[CutLine, ...]
    methods: frozenset[str]


def build_cuts(source: Source, year: int) -> tuple[CutTable, ...]:
    """A table for each cut of a year; none where nothing of it was released."""
    asked = [row for row in source.definitions.principles(year) if row.kind in ("principle", "overarching")]
    tables = []
    for cut in source.definitions.waves[year].cuts:
        found = {
            code: [source.rows.cuts.get((year, cut.cut, code, row.principle)) for row in asked] for code in cut.codes
        }
        measures = [at for at in range(len(asked)) if any(rows[at] for rows in found.values())]
        if not measures:
            continue
        names = tuple(source.translate(asked[at].name) for at in measures)
        lines = tuple(
            _build_line(source, cut, code, [rows[at] for at in measures], names) for code, rows in found.items()
        )
        methods = {row.method for rows in found.values() for row in rows if row and not row.marker}
        tables.append(
            CutTable(cut.cut, name_cut(source, cut), title_cut(source, cut), names, lines, frozenset(methods))
        )
    return tuple(tables)


def name_cut(source: Source, cut: Cut) -> str:
    """A cut's name in the programme's language; its code where it has none."""
    return source.translate(cut.name) or cut.cut


def title_cut(source: Source, cut: Cut) -> str:
    """'By region'; an abbreviation keeps its capitals."""
    name = name_cut(source, cut)
    return text.CUT_TITLE.format(name=name[:1].lower() + name[1:] if name[1:2].islower() else name)


def name_category(source: Source, cut: Cut, code: str) -> str:
    """A category's label in the programme's language."""
    if code == NOT_SAID:
        return text.NOT_SAID
    return source.translate(next(row.label for row in cut.categories if row.category == code))


def _build_line(source: Source, cut: Cut, code: str, rows: list[CutRow | None], names: tuple[str, ...]) -> CutLine:
    eligible = next((row.eligible for row in cut.categories if row.category == code), None)
    known = any(row.eligible is not None for row in cut.categories)
    said = str(eligible) if eligible is not None else text.NOT_KNOWN if known and code != NOT_SAID else ""
    cells = tuple(_build_cell(name, row) for name, row in zip(names, rows, strict=True))
    return CutLine(name_category(source, cut, code), said, cells)


def _build_cell(name: str, row: CutRow | None) -> CutCell:
    if row is None:
        return CutCell(name, text.NOT_ASKED, "")
    if row.marker == "c":
        return CutCell(name, text.WITHHELD_SHORT, "")
    if row.mean is None:
        return CutCell(name, text.NOBODY, "")
    ci = None if row.ci_low is None or row.ci_high is None else (row.ci_low, row.ci_high)
    return CutCell(name, str(row.mean), text.describe_category(row.n, ci))
