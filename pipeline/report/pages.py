"""Charts and chart tables as the pages of a year show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.charts.canvas import render_svg
from pipeline.report.charts.diverging_bars import draw_diverging_bars
from pipeline.report.charts.principle_history import describe_point, draw_principle_history, has_history
from pipeline.report.views.items import ItemSection
from pipeline.report.views.principles import PrincipleView


@dataclass(frozen=True)
class HistoryRow:
    """One principle and year in words."""

    name: str
    year: int
    told: str


@dataclass(frozen=True)
class HistoryFigure:
    """The history charts, one a principle and all alike, and the table that says the same."""

    charts: tuple[str, ...]
    label: str
    rows: tuple[HistoryRow, ...]


def render_history(principles: Sequence[PrincipleView], label: str, *, synthetic: bool) -> HistoryFigure | None:
    """Charts and table of the principles over the years; None when no year can be shown."""
    shown = [view for view in principles if view.kind == "principle" and has_history(view)]
    if not shown:
        return None
    charts = []
    for view in shown:
        figure, alt = draw_principle_history(view, synthetic=synthetic)
        title = text.name_history(view.name)
        title = f"{text.SYNTHETIC_MARK}: {title}" if synthetic else title
        charts.append(render_svg(figure, title, alt, f"history-{view.code}"))
    return HistoryFigure(
        charts=tuple(charts),
        label=label,
        rows=tuple(
            HistoryRow(view.name, point.year, describe_point(point)) for view in shown for point in view.history
        ),
    )


def render_sections(sections: Sequence[ItemSection], *, synthetic: bool) -> dict[str, str]:
    """SVG of each section's questions by section code; blank where none can be drawn."""
    charts = {}
    for section in sections:
        charts[section.code] = ""
        if any(item.answers for item in section.shown):
            figure, alt = draw_diverging_bars(section, synthetic=synthetic)
            title = f"{text.SYNTHETIC_MARK}: {section.title}" if synthetic else section.title
            charts[section.code] = render_svg(figure, title, alt, f"chart-{section.code}")
    return charts
