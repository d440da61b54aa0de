"""A group's principles: score, ranges, change and history, as final numbers and sentences."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.changes import (
    describe_change,
    describe_left_out,
    describe_moves,
    describe_pattern,
    describe_verdict_short,
    name_change_methods,
)
from pipeline.report.views.frame import Source
from pipeline.report.views.rows import ResponseRow, ScoreRow
from schemas.definitions import Principle


@dataclass(frozen=True)
class HistoryPoint:
    """One year of one principle. ``link`` is how it joins the point before it.

    ``link``: same (all questions asked alike), part (some left out), break (no comparison), or blank.
    """

    year: int
    n: int | None
    mean: int | None
    low: int | None
    high: int | None
    complete: bool
    link: str
    note: str


@dataclass(frozen=True)
class Strip:
    """A score drawn beside its number, on a line from 0 to 100; spans are (low, high)."""

    mean: int
    likely: tuple[int, int] | None
    possible: tuple[int, int] | None


@dataclass(frozen=True)
class ScoreCells:
    """One score as the cells of a table; text, because a cell may say why there is no number."""

    mean: str
    n: str
    possible: str
    likely: str
    favourable: str
    shown: bool
    strip: Strip | None = None


@dataclass(frozen=True)
class PrincipleView:
    """One principle, part or overarching question of one group in one year."""

    code: str
    name: str
    wording: str
    kind: str
    aggregation: str
    cells: ScoreCells
    score_sentence: str
    favourable_sentence: str
    verdict: str
    verdict_short: str
    look_first: bool
    change_from: int | None
    change_sentence: str
    moves: tuple[str, ...]
    left_out_sentence: str
    pattern_sentence: str
    history: tuple[HistoryPoint, ...]
    other_way: PrincipleView | None
    parts: tuple[PrincipleView, ...]
    score_method: str
    change_method: str


KIND = {"principle": "principle", "part": "part", "overarching": "overall"}


def build_principles(source: Source, year: int, group: str) -> tuple[PrincipleView, ...]:
    """Overarching question first, then the principles in register order, parts under their principle."""
    wordings = [row for row in source.definitions.principles(year) if _is_asked(source, year, row)]
    top = [row for row in wordings if row.kind == "overarching"] + [row for row in wordings if row.kind == "principle"]
    views = []
    for row in top:
        parts = [part for part in wordings if part.kind == "part" and part.parent == row.principle]
        views.append(build_principle(source, year, group, row, tuple(parts)))
    return tuple(views)


def _is_asked(source: Source, year: int, row: Principle) -> bool:
    parts = {part.principle for part in source.definitions.principles(year) if part.parent == row.principle}
    return any(item.principle in {row.principle, *parts} for item in source.definitions.waves[year].items)


def build_principle(
    source: Source,
    year: int,
    group: str,
    row: Principle,
    parts: tuple[Principle, ...] = (),
    ways: tuple[str, ...] | None = None,
) -> PrincipleView:
    """One principle of one group; ``ways`` are the aggregations to show, the main one first."""
    ways = ways or source.aggregations(group)
    kind, way = KIND[row.kind], ways[0]
    response = source.rows.responses.get((year, group))
    score = source.rows.score(year, group, kind, row.principle, way)
    trend = source.rows.latest_trend(year, group, row.principle, way) if kind == "principle" else None
    other = build_principle(source, year, group, row, (), ways[1:]) if ways[1:] else None
    cells = build_cells(source, score, response)
    return PrincipleView(
        code=row.principle,
        name=source.translate(row.name),
        wording=source.translate(row.text),
        kind=kind,
        aggregation=text.aggregation_label(way, source.words),
        cells=cells,
        score_sentence=_describe_score(source, score, response),
        favourable_sentence=text.describe_favourable(score.favourable_percent) if score and cells.shown else "",
        verdict=(text.WITHHELD_SHORT if trend.marker else trend.verdict) if trend else "",
        verdict_short=describe_verdict_short(trend) if kind == "principle" else "",
        look_first=bool(trend and trend.look_first),
        change_from=trend.year_from if trend else None,
        change_sentence=describe_change(source, group, trend, way) if kind == "principle" else "",
        moves=describe_moves(source, trend),
        left_out_sentence=describe_left_out(source, trend),
        pattern_sentence=describe_pattern(source, year, group, row.principle, way),
        history=_build_history(source, year, group, kind, row.principle, way),
        other_way=other,
        parts=tuple(build_principle(source, year, group, part, (), ways) for part in parts),
        score_method=score.method if score else "none",
        change_method=name_change_methods(source, year, group, trend) if trend else "none",
    )


def build_cells(source: Source, score: ScoreRow | None, response: ResponseRow | None) -> ScoreCells:
    """A score as table cells; where there is no number the first cell says why."""
    if score is None or score.marker in ("c", "x") or (score.marker == "" and score.mean is None):
        return ScoreCells(_say_why_none(source, score, response), "", "", "", "", False)
    if score.marker == "band":
        band = text.format_range(score.band_low or 0, score.band_high or 100)
        return ScoreCells(band, _count(score.n), "", "", "", False)
    # who could answer is not known, or (each group counting once) is not people: no possible range
    possible = None if score.aggregation == "groups_equal" else _pair(score.possible_low, score.possible_high)
    ci = _pair(score.ci_low, score.ci_high)
    likely = text.format_range(*ci) if ci else text.EXACT if score.view == "complete" else text.NO_RANGE
    favourable = "" if score.favourable_percent is None else text.format_percent(score.favourable_percent)
    strip = Strip(score.mean or 0, ci, possible)
    told = text.format_range(*possible) if possible else ""
    n = f"{score.n} {source.words.groups}" if score.aggregation == "groups_equal" and score.n else _count(score.n)
    return ScoreCells(str(score.mean), n, told, likely, favourable, True, strip)


def _count(n: int | None) -> str:
    return "" if n is None else str(n)


def _say_why_none(source: Source, score: ScoreRow | None, response: ResponseRow | None) -> str:
    if score is None:
        return text.NOT_ASKED
    if score.marker == "c":
        below = response is not None and response.n < source.profile.score
        return text.describe_withheld(source.profile.score if below else None, source.words)
    return text.describe_not_computable(score.reason)


def _describe_score(source: Source, score: ScoreRow | None, response: ResponseRow | None) -> str:
    if score is None or score.marker in ("c", "x") or (score.marker == "" and score.mean is None):
        return text.capitalise(text.end_sentence(_say_why_none(source, score, response)))
    if score.marker == "band":
        return text.describe_band(score.band_low, score.band_high)
    assert score.mean is not None
    return text.describe_score(
        score.mean,
        n=score.n,
        words=source.words,
        ci=_pair(score.ci_low, score.ci_high),
        possible=_pair(score.possible_low, score.possible_high),
        eligible=response.eligible if response else None,
        view=score.view,
        aggregation=score.aggregation,
        unit=response.unit if response else "person",
        reason=score.reason,
    )


def _pair(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)


def _build_history(
    source: Source, year: int, group: str, kind: str, measure: str, way: str
) -> tuple[HistoryPoint, ...]:
    points: list[HistoryPoint] = []
    before: int | None = None
    for at in (y for y in source.definitions.years if y <= year):
        score = source.rows.score(at, group, kind, measure, way)
        note = _note_year(source, at, group, score)
        shown = score is not None and note == ""
        points.append(
            HistoryPoint(
                year=at,
                n=score.n if score and shown else None,
                mean=score.mean if score and shown else None,
                low=score.ci_low if score and shown else None,
                high=score.ci_high if score and shown else None,
                complete=bool(score and shown and score.view == "complete"),
                link=_link(source, before, at, group, measure, way) if shown and before else "",
                note=note,
            )
        )
        before = at if shown else before
    return tuple(points)


def _note_year(source: Source, year: int, group: str, score: ScoreRow | None) -> str:
    response = source.rows.responses.get((year, group))
    if response is not None and not response.survey_held:
        return text.NO_SURVEY_SHORT
    if score is None:
        return text.NOT_ASKED
    if score.marker == "c":
        return text.WITHHELD_SHORT
    return "" if score.marker == "" and score.mean is not None else text.NO_NUMBER_SHORT


def _link(source: Source, year_from: int, year_to: int, group: str, measure: str, way: str) -> str:
    trend = source.rows.trend(year_from, year_to, group, measure, way)
    if trend is None:
        return ""
    if trend.verdict == "break_in_series":
        return "break"
    return "part" if trend.items_left_out else "same"
