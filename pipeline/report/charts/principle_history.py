"""One principle over the years, small enough to stand beside the others, always on the scale 0 to 100.

A tick is a year's average, the bar behind it the likely range; a diamond is a complete count, which has
none. Averages are joined only where the years may be compared: solid when all questions were asked alike,
dashed when some were left out, and a gap with a mark where the series breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

from matplotlib.figure import Figure

from pipeline.report import text
from pipeline.report.charts.canvas import ACCENT, BAND, MUTED, PAPER, RULE, SMALL, TEXT, Canvas, Point
from pipeline.report.views.principles import HistoryPoint, PrincipleView

LONGEST_HISTORY = 8
LINE, PLOT, YEARS = 16.0, 112.0, 46.0
AXIS, YEAR = 24.0, 44.0  # widths: of the scale's numbers, and of one year
NARROWEST = 156.0  # two fit beside each other on a phone
CHARACTER = 7.6  # width of a letter of a title, generously


def draw_principle_history(principle: PrincipleView, *, synthetic: bool) -> tuple[Figure, str]:
    """Draw one principle's averages.

    Args:
        principle: with at least one shown year; see :func:`has_history`.
        synthetic: print SYNTHETIC DATA inside the chart.

    Returns:
        The figure and its text alternative, made of the same numbers.
    """
    points = _recent(principle)
    width = max(NARROWEST, AXIS + len(points) * YEAR)
    title = wrap(principle.name, int(width / CHARACTER))[:3]
    ceiling = LINE * len(title) + (LINE if synthetic else 0.0) + 18
    canvas = Canvas(ceiling + PLOT + YEARS, width)
    if synthetic:
        canvas.write(0, 12, text.SYNTHETIC_MARK, size=SMALL, colour=MUTED)
    for place, line in enumerate(title, start=2 if synthetic else 1):
        canvas.write(0, place * LINE - 3, line, bold=True)
    _draw_points(canvas, points, ceiling, width)
    return canvas.finish(), describe_principle_history(principle)


def has_history(principle: PrincipleView) -> bool:
    return any(point.mean is not None for point in principle.history)


def describe_principle_history(principle: PrincipleView) -> str:
    """Text alternative: every point with its range and n, and every break."""
    told = [text.describe_history_point(point.year, describe_point(point)) for point in _recent(principle)]
    return f"{text.HISTORY_ALT} {principle.name}: {'; '.join(told)}."


def describe_point(point: HistoryPoint) -> str:
    return text.describe_history_cell(
        point.mean, point.n, point.low, point.high, point.complete, point.link, point.note
    )


def _recent(principle: PrincipleView) -> tuple[HistoryPoint, ...]:
    return principle.history[-LONGEST_HISTORY:]


def _draw_points(canvas: Canvas, points: Sequence[HistoryPoint], ceiling: float, width: float) -> None:
    first, last = points[0].year, points[-1].year
    step = (width - AXIS - YEAR) / max(last - first, 1)
    across = {
        point.year: (AXIS + width) / 2 if first == last else AXIS + YEAR / 2 + (point.year - first) * step
        for point in points
    }
    floor = ceiling + PLOT

    def at(point: HistoryPoint, value: int) -> Point:
        return across[point.year], floor - value / 100 * PLOT

    for value in (0, 50, 100):
        y = floor - value / 100 * PLOT
        canvas.draw_lines([[(AXIS, y), (width, y)]], RULE)
        canvas.write(AXIS - 4, y + 4, str(value), size=SMALL, colour=MUTED, align="right")
    shown = [point for point in points if point.mean is not None]
    ranges = [(p, p.low, p.high) for p in shown if p.low is not None and p.high is not None]
    canvas.draw_boxes(
        [(across[p.year] - 6, at(p, high)[1], 12.0, (high - low) / 100 * PLOT) for p, low, high in ranges],
        [BAND] * len(ranges),
    )
    _draw_links(canvas, [(point, at(point, point.mean or 0)) for point in shown], ceiling, floor)
    ticks = [at(p, p.mean or 0) for p in shown if not p.complete]
    canvas.draw_boxes([(x - 8, y - 1.6, 16.0, 3.2) for x, y in ticks], [ACCENT] * len(ticks))
    canvas.draw_marks([at(p, p.mean or 0) for p in shown if p.complete], "D", ACCENT, edge=PAPER, size=8.0)
    for point in shown:
        x, y = at(point, max(point.mean or 0, point.high or 0))
        canvas.write(x, y - 6, str(point.mean), size=TEXT, bold=True, align="center")
    for point in points:
        canvas.write(across[point.year], floor + 16, str(point.year), size=SMALL, align="center")
        note = text.describe_n(point.n) if point.n is not None else point.note
        for place, line in enumerate(wrap(note, 8, break_long_words=False)):
            canvas.write(across[point.year], floor + 30 + 13 * place, line, size=SMALL, colour=MUTED, align="center")


def _draw_links(canvas: Canvas, shown: list[tuple[HistoryPoint, Point]], ceiling: float, floor: float) -> None:
    solid: list[list[Point]] = []
    dashed: list[list[Point]] = []
    broken: list[list[Point]] = []
    for (_, start), (point, end) in pairwise(shown):
        if point.link == "break":
            x = (start[0] + end[0]) / 2
            broken += [[(x - 4, floor + 4), (x - 1, ceiling)], [(x + 1, floor + 4), (x + 4, ceiling)]]
            canvas.write(x, ceiling - 4, text.BREAK_SHORT, size=SMALL, colour=MUTED, align="center")
        elif point.link:
            (solid if point.link == "same" else dashed).append([(start[0] + 8, start[1]), (end[0] - 8, end[1])])
    canvas.draw_lines(solid, ACCENT, width=1.2)
    canvas.draw_lines(dashed, ACCENT, width=1.2, dashed=True)
    canvas.draw_lines(broken, MUTED)
