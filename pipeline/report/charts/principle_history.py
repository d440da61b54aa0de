"""Principles over the years: one small panel each, on the same 0 to 100 scale.

A point is a year's average, the bar behind it the likely range; a filled diamond is a complete count, which has
none. Points are joined only where the years may be compared: solid when all questions were asked alike,
dashed when some were left out, and a gap with a mark where the series breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import shorten

from matplotlib.figure import Figure

from pipeline.report import text
from pipeline.report.charts.canvas import ACCENT, BAND, MUTED, PAPER, RULE, SMALL, WIDTH, Canvas, Point
from pipeline.report.views.principles import HistoryPoint, PrincipleView

LONGEST_HISTORY = 8
TITLE, PLOT, YEARS, GAP = 28.0, 80.0, 32.0, 14.0
LEFT, RIGHT = 52.0, WIDTH - 34.0


def draw_principle_history(principles: Sequence[PrincipleView], *, synthetic: bool) -> tuple[Figure, str]:
    """Draw the given principles, one panel below the other.

    Args:
        principles: with at least one shown year each; see :func:`has_history`.
        synthetic: print SYNTHETIC DATA inside the chart.

    Returns:
        The figure and its text alternative, made of the same numbers.
    """
    top = 20.0 if synthetic else 0.0
    canvas = Canvas(top + len(principles) * (TITLE + PLOT + YEARS + GAP))
    if synthetic:
        canvas.write(0, 13, text.SYNTHETIC_MARK, bold=True)
    for place, principle in enumerate(principles):
        _draw_panel(canvas, principle, top + place * (TITLE + PLOT + YEARS + GAP))
    return canvas.finish(), describe_principle_history(principles)


def has_history(principle: PrincipleView) -> bool:
    return any(point.mean is not None for point in principle.history)


def describe_principle_history(principles: Sequence[PrincipleView]) -> str:
    """Text alternative: every point with its range and n, and every break."""
    lines = []
    for principle in principles:
        told = [text.describe_history_point(point.year, describe_point(point)) for point in _recent(principle)]
        lines.append(f"{principle.name}: {'; '.join(told)}.")
    return f"{text.HISTORY_ALT} {' '.join(lines)}"


def describe_point(point: HistoryPoint) -> str:
    return text.describe_history_cell(
        point.mean, point.n, point.low, point.high, point.complete, point.link, point.note
    )


def _recent(principle: PrincipleView) -> tuple[HistoryPoint, ...]:
    return principle.history[-LONGEST_HISTORY:]


def _draw_panel(canvas: Canvas, principle: PrincipleView, top: float) -> None:
    points = _recent(principle)
    first, last = points[0].year, points[-1].year
    step = (RIGHT - LEFT - 24) / max(last - first, 1)
    across = {
        point.year: (LEFT + RIGHT) / 2 if first == last else LEFT + 12 + (point.year - first) * step for point in points
    }
    floor = top + TITLE + PLOT

    def at(point: HistoryPoint, value: int) -> Point:
        return across[point.year], floor - value / 100 * PLOT

    canvas.write(0, top + 14, shorten(principle.name, 50, placeholder="…"), bold=True)
    canvas.draw_lines(
        [[(LEFT - 14, floor - v / 100 * PLOT), (RIGHT + 14, floor - v / 100 * PLOT)] for v in (0, 50, 100)], RULE
    )
    for value in (0, 50, 100):
        canvas.write(LEFT - 19, floor - value / 100 * PLOT + 4, str(value), size=SMALL, colour=MUTED, align="right")
    shown = [point for point in points if point.mean is not None]
    _draw_links(canvas, [(point, at(point, point.mean or 0)) for point in shown], top + TITLE, floor)
    ranges = [[at(p, p.low), at(p, p.high)] for p in shown if p.low is not None and p.high is not None]
    canvas.draw_lines(ranges, BAND, width=7.0)
    canvas.draw_marks([at(p, p.mean or 0) for p in shown if not p.complete], "o", PAPER, size=5.0)
    canvas.draw_marks([at(p, p.mean or 0) for p in shown if p.complete], "D", ACCENT, size=7.0)
    for point in shown:
        x, y = at(point, point.mean or 0)
        canvas.write(x + 8, y - 5, str(point.mean), bold=True)
    for point in points:
        canvas.write(across[point.year], floor + 16, str(point.year), size=SMALL, align="center")
        note = text.describe_n(point.n) if point.n is not None else point.note
        canvas.write(across[point.year], floor + 29, note, size=SMALL, colour=MUTED, align="center")


def _draw_links(canvas: Canvas, shown: list[tuple[HistoryPoint, Point]], ceiling: float, floor: float) -> None:
    solid: list[list[Point]] = []
    dashed: list[list[Point]] = []
    broken: list[list[Point]] = []
    for (_, start), (point, end) in pairwise(shown):
        if point.link == "break":
            x = (start[0] + end[0]) / 2
            broken += [[(x - 5, floor + 4), (x - 1, ceiling)], [(x + 1, floor + 4), (x + 5, ceiling)]]
            canvas.write(x, floor + 16, text.BREAK_SHORT, size=SMALL, colour=MUTED, align="center")
        elif point.link:
            (solid if point.link == "same" else dashed).append([start, end])
    canvas.draw_lines(solid, ACCENT, width=1.2)
    canvas.draw_lines(dashed, ACCENT, width=1.2, dashed=True)
    canvas.draw_lines(broken, MUTED)
