"""Diverging stacked bars: how each question of a section was answered.

Unfavourable answers run left of a middle line, favourable ones right; neutral answers straddle it
(Heiberger & Robbins 2014, J. Stat. Softw. 57(5)), which needs one panel only and so fits a phone. Bars
are shares of those who answered, on one scale for the whole page; the printed numbers are counts.
Colours are ColorBrewer PuOr, safe for colour-blind readers; the sides are also told by place and number.
"""

from __future__ import annotations

from textwrap import wrap

from matplotlib.figure import Figure

from pipeline.report import text
from pipeline.report.charts.canvas import MUTED, PAPER, SMALL, WIDTH, Canvas
from pipeline.report.views.items import ItemSection, ItemView, Segment, Side

CHARACTERS_PER_LINE, LONGEST_ENDS = 52, 46
LINE, BAR, NOTE, GAP, MARGIN = 16.0, 22.0, 16.0, 12.0, 30.0
CHARACTER = 7.2  # width of a digit, generously
# From the middle outwards; one list per number of shades, so that any scale length reads the same way.
ORANGES = ("#fdb863", "#e08214", "#b35806", "#7f3b08")
PURPLES = ("#b2abd2", "#8073ac", "#542788", "#2d004b")
NEUTRALS = ("#d9d9d9", "#bdbdbd")
SHADES: dict[Side, tuple[str, ...]] = {"no": ORANGES, "neutral": NEUTRALS, "yes": PURPLES}
DARK = {"#b35806", "#7f3b08", "#542788", "#2d004b"}


def draw_diverging_bars(section: ItemSection, *, synthetic: bool) -> tuple[Figure, str]:
    """Draw the questions of a section that may be shown.

    Args:
        section: its ``shown`` items are drawn; each needs at least one answer.
        synthetic: print SYNTHETIC DATA inside the chart.

    Returns:
        The figure and its text alternative, made of the same numbers.
    """
    items = [item for item in section.shown if item.answers]
    wrapped = [wrap(item.wording, CHARACTERS_PER_LINE)[:4] for item in items]
    top = (LINE + 4 if synthetic else 0.0) + LINE + 6
    height = top + sum(len(lines) * LINE + BAR + NOTE + GAP for lines in wrapped)
    height += sum(NOTE * len(_wrap_split(item)) for item in items)
    canvas = Canvas(height)
    if synthetic:
        canvas.write(0, 13, text.SYNTHETIC_MARK, size=SMALL, colour=MUTED)
    _draw_legend(canvas, items, top - 9)
    unit = (WIDTH - 2 * MARGIN) / sum(section.reach)
    middle = MARGIN + section.reach[0] * unit
    y = top
    for item, lines in zip(items, wrapped, strict=True):
        y = _draw_item(canvas, item, lines, y, middle, unit)
    return canvas.finish(), describe_diverging_bars(section)


def describe_diverging_bars(section: ItemSection) -> str:
    """Text alternative: the counts of every question drawn."""
    told = [(item.wording.rstrip("."), item.sentence, item.split) for item in section.shown if item.answers]
    parts = [" ".join(filter(None, (f"“{wording}”: {sentence}", split))) for wording, sentence, split in told]
    return f"{text.DIVERGING_ALT} {' '.join(parts)}"


def _draw_legend(canvas: Canvas, items: list[ItemView], y: float) -> None:
    """The scale's own end labels where all questions share them, else what the sides mean."""
    ends = {(item.segments[0].label, item.segments[-1].label) for item in items}
    low, high = ends.pop() if len(ends) == 1 else (text.UNFAVOURABLE, text.FAVOURABLE)
    if len(low) + len(high) > LONGEST_ENDS:
        low, high = text.UNFAVOURABLE, text.FAVOURABLE
    canvas.write(0, y, f"← {low}", size=SMALL, colour=MUTED)
    canvas.write(WIDTH, y, f"{high} →", size=SMALL, colour=MUTED, align="right")


def _draw_item(canvas: Canvas, item: ItemView, lines: list[str], y: float, middle: float, unit: float) -> float:
    """Draw one question from ``y`` down and return where the next one starts."""
    for line in lines:
        y += LINE
        canvas.write(0, y - 6, line)
    left = middle - (item.unfavourable + item.neutral / 2) / item.answers * unit
    right = middle + (item.favourable + item.neutral / 2) / item.answers * unit
    base = y + BAR - 6.5
    canvas.write(left - 5, base, str(item.unfavourable), bold=True, align="right")
    canvas.write(right + 5, base, str(item.favourable), bold=True)
    boxes, colours, x = [], [], left
    for segment, colour in zip(item.segments, _pick_colours(item.segments), strict=True):
        if not segment.n:
            continue
        width = segment.n / item.answers * unit
        boxes.append((x, y, width, BAR))
        colours.append(colour)
        if width > len(str(segment.n)) * CHARACTER + 4:
            ink = "#ffffff" if colour in DARK else "#000001"
            canvas.write(x + width / 2, base, str(segment.n), size=SMALL, colour=ink, align="center")
        x += width
    canvas.draw_boxes(boxes, colours, edge=PAPER)
    canvas.draw_lines([[(middle, y - 2), (middle, y)], [(middle, y + BAR), (middle, y + BAR + 2)]], MUTED, width=2.0)
    note = text.describe_base(item.answers, item.non_answers)
    canvas.write(0, y + BAR + NOTE - 3, note, size=SMALL, colour=MUTED)
    for line in _wrap_split(item):
        y += NOTE
        canvas.write(0, y + BAR + NOTE - 3, line, size=SMALL)
    return y + BAR + NOTE + GAP


def _wrap_split(item: ItemView) -> list[str]:
    return wrap(item.split, CHARACTERS_PER_LINE + 6)  # it is set smaller than the question


def _pick_colours(segments: tuple[Segment, ...]) -> list[str]:
    """Darkest at the ends, lightest next to the middle, whatever the scale's length or balance."""
    places: dict[Side, list[int]] = {"no": [], "neutral": [], "yes": []}
    for place, segment in enumerate(segments):
        places[segment.side].append(place)
    colours = [""] * len(segments)
    for side, shades in SHADES.items():
        outwards = places[side][::-1] if side == "no" else places[side]
        for rank, place in enumerate(outwards):
            colours[place] = _shade(shades, rank, len(outwards))
    return colours


def _shade(shades: tuple[str, ...], rank: int, count: int) -> str:
    if count <= 2:  # light and dark, or the middle of the three
        return shades[1] if count == 1 else shades[2 * rank] if len(shades) > 2 else shades[rank]
    return shades[min(rank * (len(shades) - 1) // (count - 1), len(shades) - 1)]
