"""Released tables as typed rows looked up by key, so that views never filter a table twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import pandas as pd

from pipeline.report import Release
from pipeline.report.views.comment_rows import ExcerptRow, ThemeRow
from pipeline.report.views.item_change_rows import ItemChangeRow, ItemShiftRow
from pipeline.report.views.together_rows import AgreementRow, PooledRow, ReliabilityRow


@dataclass(frozen=True)
class ResponseRow:
    """One group's response facts of one year; counts are people unless ``unit`` says otherwise."""

    year: int
    group: str
    survey_held: bool
    shown: bool
    n: int
    eligible: int | None
    rate_percent: int | None
    rate_complete_percent: int | None
    unit: str
    access: str
    source: str
    as_of: str
    needed_n: int
    stand_in: str
    left_out_n: int
    left_out_items_n: int
    comments_n: int | None
    reason: str


@dataclass(frozen=True)
class ScoreRow:
    """One released score, whole points of 100."""

    year: int
    group: str
    kind: str
    measure: str
    aggregation: str
    n: int | None
    mean: int | None
    ci_low: int | None
    ci_high: int | None
    possible_low: int | None
    possible_high: int | None
    favourable_percent: int | None
    view: str
    marker: str
    band_low: int | None
    band_high: int | None
    sensitive_to_aggregation: bool
    mean_of_items_shift: int | None
    method: str
    reason: str


@dataclass(frozen=True)
class TrendRow:
    """One released comparison of two years, whole points."""

    year: int
    group: str
    measure: str
    aggregation: str
    year_from: int
    year_to: int
    n_from: int | None
    n_to: int | None
    items_common: int
    items_left_out: str
    mean_from: int | None
    mean_to: int | None
    difference: int | None
    ci_low: int | None
    ci_high: int | None
    mdc80: int | None
    mdc80_persistent: int | None
    linked_n: int | None
    superiority: int | None
    superiority_low: int | None
    superiority_high: int | None
    order: str
    middle_year: str
    look_first: bool
    verdict: str
    pattern: str
    marker: str
    method: str
    reason: str


@dataclass(frozen=True)
class CountRow:
    """How many gave one answer (or kind of non-answer) to one item; n is None where withheld."""

    year: int
    group: str
    item: str
    kind: str
    value: int | None
    n: int | None
    marker: str


@dataclass(frozen=True)
class CutRow:
    """One measure of the whole community in one category of a declared cut, whole points of 100."""

    year: int
    cut: str
    category: str
    kind: str
    measure: str
    n: int | None
    eligible: int | None
    mean: int | None
    ci_low: int | None
    ci_high: int | None
    view: str
    marker: str
    method: str
    reason: str


@dataclass(frozen=True)
class WeightedRow:
    """One measure of a roll-up, unweighted and weighted, whole points of 100."""

    year: int
    group: str
    kind: str
    measure: str
    weighting: str
    by: str
    n: int | None
    eligible: int | None
    unweighted: int | None
    mean: int | None
    ci_low: int | None
    ci_high: int | None
    possible_low: int | None
    possible_high: int | None
    design_effect: float | None
    effective_n: int | None
    merged: str
    marker: str
    method: str
    reason: str


Row = TypeVar(
    "Row",
    ResponseRow,
    ScoreRow,
    TrendRow,
    ItemChangeRow,
    ItemShiftRow,
    CountRow,
    CutRow,
    WeightedRow,
    ReliabilityRow,
    AgreementRow,
    PooledRow,
    ThemeRow,
    ExcerptRow,
)


def read_rows(frame: pd.DataFrame, row_type: type[Row]) -> list[Row]:
    """A released table as typed rows, missing values as None."""
    columns = [_plain(frame[field.name]) for field in fields(row_type)]
    return [row_type(*values) for values in zip(*columns, strict=True)]


def _plain(column: pd.Series[Any]) -> list[Any]:
    values = column.astype("object")
    return values.where(values.notna(), None).tolist()


@dataclass(frozen=True)
class ReleasedRows:
    """All released rows of a programme by key; every year."""

    responses: dict[tuple[int, str], ResponseRow]
    scores: dict[tuple[int, str, str, str, str], ScoreRow]
    trends: dict[tuple[int, str, str, str], tuple[TrendRow, ...]]
    item_changes: dict[tuple[int, int, str, str, str], tuple[ItemChangeRow, ...]]
    item_shifts: dict[tuple[int, str], ItemShiftRow]
    counts: dict[tuple[int, str, str], tuple[CountRow, ...]]
    reliability: dict[tuple[int, str, str], ReliabilityRow]
    agreement: dict[tuple[int, str, str], AgreementRow]
    pooled: dict[tuple[int, str, str], PooledRow]
    cuts: dict[tuple[int, str, str, str], CutRow]
    weighted: dict[tuple[int, str, str], tuple[WeightedRow, ...]]
    themes: dict[tuple[int, str], tuple[ThemeRow, ...]]
    excerpts: dict[tuple[int, str], tuple[ExcerptRow, ...]]

    def years_until(self, year: int) -> list[int]:
        """Released years up to one: pages point back, so that a later year never changes an earlier page."""
        return sorted({at for at, _ in self.responses if at <= year} | {year})

    def score(self, year: int, group: str, kind: str, measure: str, aggregation: str) -> ScoreRow | None:
        return self.scores.get((year, group, kind, measure, aggregation))

    def latest_trend(self, year: int, group: str, measure: str, aggregation: str) -> TrendRow | None:
        """The comparison with the most recent earlier year that has one to show; years without a survey come last."""
        rows = self.trends.get((year, group, measure, aggregation), ())
        return max(
            rows, key=lambda row: (self._held(row.year_from, group), not row.marker, row.year_from), default=None
        )

    def _held(self, year: int, group: str) -> bool:
        response = self.responses.get((year, group))
        return response is not None and response.survey_held

    def items_moved(self, trend: TrendRow) -> tuple[ItemChangeRow, ...]:
        """Questions of a principle that improved or declined between two years."""
        key = trend.year_from, trend.year_to, trend.group, trend.measure, trend.aggregation
        return self.item_changes.get(key, ())

    def trend(self, year_from: int, year_to: int, group: str, measure: str, aggregation: str) -> TrendRow | None:
        rows = self.trends.get((year_to, group, measure, aggregation), ())
        return next((row for row in rows if row.year_from == year_from), None)


def index_release(release: Release) -> ReleasedRows:
    """Index all years of a release; the reports of one run share the result."""
    if "rows" not in release.memo:
        release.memo["rows"] = _index_tables(release)
    rows: ReleasedRows = release.memo["rows"]
    return rows


def _index_tables(release: Release) -> ReleasedRows:
    trends = defaultdict(list)
    for trend in read_rows(release.trends, TrendRow):
        trends[trend.year_to, trend.group, trend.measure, trend.aggregation].append(trend)
    moved = defaultdict(list)
    for row in read_rows(release.item_changes, ItemChangeRow):
        moved[row.year_from, row.year_to, row.group, row.measure, row.aggregation].append(row)
    counts = defaultdict(list)
    for count in read_rows(release.item_counts, CountRow):
        counts[count.year, count.group, count.item].append(count)
    weighted = defaultdict(list)
    for figure in read_rows(release.weighted, WeightedRow):
        weighted[figure.year, figure.group, figure.measure].append(figure)
    themes = defaultdict(list)
    for theme in read_rows(release.themes, ThemeRow):
        themes[theme.year, theme.group].append(theme)
    excerpts = defaultdict(list)
    for excerpt in read_rows(release.excerpts, ExcerptRow):
        excerpts[excerpt.year, excerpt.group].append(excerpt)
    scores = read_rows(release.scores, ScoreRow)
    return ReleasedRows(
        responses={(row.year, row.group): row for row in read_rows(release.responses, ResponseRow)},
        scores={(row.year, row.group, row.kind, row.measure, row.aggregation): row for row in scores},
        trends=_freeze(trends.items()),
        item_changes=_freeze(moved.items()),
        item_shifts={(row.year_to, row.item): row for row in read_rows(release.item_shifts, ItemShiftRow)},
        counts=_freeze(counts.items()),
        reliability={(r.year, r.group, r.measure): r for r in read_rows(release.reliability, ReliabilityRow)},
        agreement={(r.year, r.group, r.item): r for r in read_rows(release.agreement, AgreementRow)},
        pooled={(r.year, r.group, r.measure): r for r in read_rows(release.pooled, PooledRow)},
        cuts={(row.year, row.cut, row.category, row.measure): row for row in read_rows(release.cuts, CutRow)},
        weighted=_freeze(weighted.items()),
        themes=_freeze(themes.items()),
        excerpts=_freeze(excerpts.items()),
    )


def _freeze(items: Iterable[tuple[Any, list[Any]]]) -> dict[Any, tuple[Any, ...]]:
    return {key: tuple(rows) for key, rows in items}
