"""What a page says of one principle's change: fact, verdict, size, the questions behind it, three years."""

from __future__ import annotations

from pipeline.report import text
from pipeline.report.views.frame import Source
from pipeline.report.views.rows import TrendRow


def describe_verdict_short(trend: TrendRow | None) -> str:
    if trend is None:
        return text.NO_EARLIER_YEAR_SHORT
    if trend.marker == "c":
        return text.WITHHELD_SHORT
    return text.describe_verdict_short(trend.verdict, trend.difference)


def describe_change(source: Source, group: str, trend: TrendRow | None, way: str) -> str:
    if trend is None:
        return text.NO_EARLIER_YEAR
    if trend.marker == "c":
        return text.describe_change_withheld(trend.year_from)
    fact = text.describe_change_fact(
        trend.year_from, trend.year_to, trend.n_from, trend.n_to, trend.mean_from, trend.mean_to, trend.difference,
        words=source.words, aggregation=way, linked_n=trend.linked_n,
    )  # fmt: skip
    delta = source.smallest_meaningful(group)
    said = text.describe_change(trend.verdict, fact, reason=trend.reason, mdc80=trend.mdc80, delta=delta)
    return " ".join(filter(None, (said, _describe_pairs(trend))))


def _describe_pairs(trend: TrendRow) -> str:
    """Pairs tell the size of a change that was found; beside "cannot tell" they would be read as one."""
    moved = trend.verdict in ("improved", "declined") and not trend.marker
    return text.describe_pairs(trend.superiority, trend.year_from, trend.year_to) if moved else ""


def describe_moves(source: Source, trend: TrendRow | None) -> tuple[str, ...]:
    """A sentence per question of a principle that moved, then how many may not be shown."""
    rows = source.rows.items_moved(trend) if trend and not trend.marker else ()
    if trend is None or not rows:
        return ()
    asked = {item.item: source.translate(item.text) for item in source.definitions.waves[trend.year_to].items}
    shown = [row for row in rows if not row.marker]
    said = [
        text.describe_item_move(
            asked.get(row.item, row.item), row.year_from, row.percent_from or 0, row.percent_to or 0,
            (row.n_from or 0, row.n_to or 0), row.difference or 0, (row.ci_low or 0, row.ci_high or 0), row.turned,
        )
        for row in shown
    ]  # fmt: skip
    return tuple(filter(None, (*said, text.describe_moves_withheld(len(rows) - len(shown), len(shown)))))


def name_change_methods(source: Source, year: int, group: str, trend: TrendRow) -> str:
    """Methods behind all that a page says of one change, joined; each is looked up by its id."""
    found = _find_pattern(source, year, group, trend.measure, trend.aggregation)
    used = [trend.method, *(row.method for row in source.rows.items_moved(trend) if not row.marker)]
    used += ["brunner_munzel"] if _describe_pairs(trend) else []
    if found:
        used += ["ordered_trend"] if text.describe_three_years(found.pattern, found.order, "", 0) else []
        used += ["curvature"] if text.describe_three_years(found.pattern, "", found.middle_year, 0) else []
    return " ".join(dict.fromkeys(used))


def describe_left_out(source: Source, trend: TrendRow | None) -> str:
    if trend is None or trend.marker:
        return ""
    waves = source.definitions.waves
    wordings = (
        {item.item: source.translate(item.text) for item in waves[trend.year_to].items}
        if trend.year_to in waves
        else {}
    )
    return text.describe_left_out(trend.items_left_out, trend.items_common, wordings)


def describe_pattern(source: Source, year: int, group: str, measure: str, way: str) -> str:
    found = _find_pattern(source, year, group, measure, way)
    if found is None:
        return ""
    pattern = text.describe_pattern(found.pattern, found.year_from, found.year_to)
    between = max((y for y in source.definitions.years if found.year_from < y < found.year_to), default=found.year_from)
    three = text.describe_three_years(found.pattern, found.order, found.middle_year, between)
    return " ".join(filter(None, (pattern, three)))


def _find_pattern(source: Source, year: int, group: str, measure: str, way: str) -> TrendRow | None:
    rows = source.rows.trends.get((year, group, measure, way), ())
    return next((row for row in rows if row.pattern and not row.marker), None)
