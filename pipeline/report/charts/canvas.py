"""The canvas every chart is drawn on, and its rendering as SVG for a page.

A canvas counts CSS pixels from its top left corner and is 360 wide unless told otherwise, so that text
stays readable on a phone. Charts place things themselves: no axes, no layout engine, and text goes straight to the renderer,
which makes a chart ten times faster than one made of matplotlib's axes and text objects.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, IdentityTransform, Transform

WIDTH = 360.0
TEXT, SMALL = 12.5, 11.5
INK, MUTED, RULE, PAPER, ACCENT, BAND = "#1b1f24", "#57606a", "#c9ced4", "#fefefe", "#542789", "#8f80c2"
# The page's own names of these colours, so that a chart follows its light, dark or printed scheme.
PAGE_COLOURS = {INK: "ink", MUTED: "muted", RULE: "rule", PAPER: "paper", ACCENT: "accent", BAND: "band"}
# The darkest shades of bars would vanish on a dark page, which lightens them.
PAGE_COLOURS |= {"#542788": "deep-yes", "#2d004b": "deepest-yes", "#7f3b08": "deepest-no"}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

# Fixed salt and no date: the same chart is the same bytes. Text stays text, in the reader's font.
_SVG_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "cip-survey", "path.simplify": False}

Point = tuple[float, float]


@dataclass(frozen=True)
class Label:
    """One piece of text; ``x``, ``y`` are its anchor on the baseline, in CSS pixels."""

    x: float
    y: float
    text: str
    size: float = TEXT
    colour: str = INK
    align: str = "left"
    bold: bool = False


class _Anchor:
    """What matplotlib's SVG renderer asks a text object for, without the cost of one."""

    def __init__(self, x: float, y: float, align: str) -> None:
        self._position, self._align = (x, y), align

    def get_transform(self) -> Transform:
        return IdentityTransform()

    def get_unitless_position(self) -> Point:
        return self._position

    def get_ha(self) -> str:
        return self._align

    def get_rotation_mode(self) -> str:
        return "anchor"


class _Labels(Artist):  # type: ignore[misc]
    """All text of a canvas, drawn in one go."""

    def __init__(self, labels: list[Label], transform: Transform) -> None:
        super().__init__()
        self._labels, self._to_display = labels, transform
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        anchored = hasattr(renderer, "writer")  # SVG aligns text by its anchor; a bitmap has to be told where to start
        height = renderer.get_canvas_width_height()[1]
        fonts = {
            (label.size, label.bold): FontProperties(
                family="DejaVu Sans", size=label.size, weight="bold" if label.bold else "normal"
            )
            for label in self._labels
        }
        for label in self._labels:
            font = fonts[label.size, label.bold]
            x, y = self._to_display.transform((label.x, label.y))
            if not anchored:
                width = renderer.get_text_width_height_descent(label.text, font, False)[0]
                x -= {"left": 0.0, "center": width / 2, "right": width}[label.align]
            pen = renderer.new_gc()
            pen.set_foreground(label.colour)
            anchor = _Anchor(x, y, label.align) if anchored else None
            renderer.draw_text(pen, x, height - y, label.text, font, 0.0, mtext=anchor)
            pen.restore()


class Canvas:
    """Collects shapes and labels; :meth:`finish` gives the figure."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        flip = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72)
        self._transform = flip + self.figure.dpi_scale_trans
        self._labels: list[Label] = []

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        self._labels.append(Label(x, y, text, **style))

    def draw_lines(
        self, lines: Sequence[Sequence[Point]], colour: str, *, width: float = 1.0, dashed: bool = False
    ) -> None:
        if lines:
            style = (0, (3.0, 3.0)) if dashed else "solid"
            self._add(LineCollection(lines, colors=colour, linewidths=width, linestyles=[style], zorder=2))

    def draw_boxes(
        self, boxes: Sequence[tuple[float, float, float, float]], colours: Sequence[str], edge: str = PAPER
    ) -> None:
        """Filled rectangles given as left, top, width, height."""
        corners = [((x, y), (x + w, y), (x + w, y + h), (x, y + h)) for x, y, w, h in boxes]
        if corners:
            self._add(PolyCollection(corners, facecolors=list(colours), edgecolors=edge, linewidths=0.8, zorder=3))

    def draw_marks(
        self, points: Sequence[Point], marker: str, fill: str, edge: str = ACCENT, size: float = 8.0
    ) -> None:
        if points:
            x, y = zip(*points, strict=True)
            line = Line2D(x, y, linestyle="none", marker=marker, markersize=size, mfc=fill, mec=edge, mew=1.6)
            line.set_zorder(5)
            self._add(line)

    def _add(self, artist: Any) -> None:
        artist.set_transform(self._transform)
        self.figure.add_artist(artist, clip=False)

    def finish(self) -> Figure:
        self.figure.add_artist(_Labels(self._labels, self._transform), clip=False)
        return self.figure


def render_svg(figure: Figure, title: str, alt: str, chart_id: str) -> str:
    """Inline SVG: labelled for screen readers, ids unique within the page, colours of the page.

    Args:
        figure: a finished canvas.
        title: short name of the chart.
        alt: text alternative with the numbers.
        chart_id: unique within the page.
    """
    buffer = io.StringIO()
    with mpl.rc_context(_SVG_SETTINGS):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = buffer.getvalue()
    opening = svg.index("<svg")
    view_box = svg[svg.index("viewBox", opening) : svg.index('"', svg.index('viewBox="', opening) + 9) + 1]
    body = svg[svg.index(">", opening) + 1 :]
    # Its style rule would reach the whole page; its background is the page's.
    body = re.sub(r"<defs>\s*<style.*?</defs>|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', body))
    body = re.sub(r' id="([\w-]+)"', lambda m: f' id="{chart_id}-{m[1]}"' if m[1] in used else "", body)
    body = re.sub(r'(?:xlink:)?(href="|url\()#([\w-]+)', rf"\1#{chart_id}-\2", body)
    body = body.replace("font-family: 'DejaVu Sans'; ", "")
    for colour, name in PAGE_COLOURS.items():
        body = body.replace(colour, f"var(--{name}, {colour})")
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" {view_box} role="img" font-family="{FONT}" '
        f'aria-labelledby="{chart_id}-title {chart_id}-desc"><title id="{chart_id}-title">{escape(title)}</title>'
        f'<desc id="{chart_id}-desc">{escape(alt)}</desc>{_tidy(body)}'
    )


def _tidy(body: str) -> str:
    body = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", body)
    return re.sub(r"\s*\n\s*", "\n", body).strip()
