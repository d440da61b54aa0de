"""Charts as SVG: their texts, and whether every mark stands where a whole, released figure puts it.

A chart says itself what its positions mean. On a scale with the labels 0 and 100 beside two lines, a mark's edges
or its middle are figures. Bars in a row are shares of one question's answers, so that their widths give counts.
A chart of any other kind cannot be checked, which is a finding.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from xml.etree import ElementTree

from pipeline.disclose.files.explain import Explainer
from pipeline.disclose.files.passages import Context, Finding, Passage, Place

NEAR_POINT = 0.04
"""How far from a whole point a mark may stand: coordinates are written to a few decimals."""
NEAR_PIXEL = 0.05
DRAWING = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "style", "viewBox",
    "font-family", "role",
}  # fmt: skip
"""Attributes that hold positions and looks, and are read as such."""
LABEL_DROP = 4.0
"""A label's baseline is about this far below the line it names."""
CLAUSE = re.compile(r"(?P<year>\d{4}): (?P<told>[^;]*)|“(?P<item>[^”]+)”: (?P<counts>[^“]*)")
Point = tuple[float, float]


@dataclass(frozen=True)
class _Label:
    x: float
    y: float
    text: str


def read_chart(svg: str, explainer: Explainer, context: Context, line: int = 1) -> Iterator[Passage | Finding]:
    """Texts of a chart, and findings for marks that no figure explains.

    Args:
        context: what the page says around it.
        line: where it begins in its file.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        yield Finding("unknown", Place(row=line, column="a chart"))
        return
    told = [(_kind(node), " ".join("".join(node.itertext()).split())) for node in root.iter()]
    title = next((text for kind, text in told if kind == "title" and text), "")
    place = Place(row=line, column=f"chart {title}".strip())
    alternative = next((text for kind, text in told if kind == "desc" and text), "")
    named = explainer.names.find(f"{title} {alternative}")
    about = context.narrow(Context(measures=named.measures, groups=named.groups))
    yield Passage(title, place, context)
    yield from _read_alternative(alternative, explainer, about, place)
    for node in root.iter():
        for name, value in node.attrib.items():
            if (name.startswith("aria-") and name != "aria-labelledby") or name in ("alt", "title") or "data-" in name:
                yield Passage(value, place, about, figure=True)
            elif name not in DRAWING:
                yield Passage(value, place, numbers=False)
    drawn = list(_list_drawn(root))
    if any(node.get("transform") or not _is_plain(node) for node in drawn):
        yield Finding("unknown", place)
        return
    labels = [label for node in drawn if (label := _read_label(node))]
    shapes = [shape for node in drawn if (shape := _read_shape(node)) and not _is_background(shape, root)]
    yield from _read_marks(labels, shapes, explainer, about, place)


def _read_alternative(text: str, explainer: Explainer, about: Context, place: Place) -> Iterator[Passage]:
    """An alternative text clause by clause: each year's and each question's figures by themselves."""
    rest = text
    for clause in CLAUSE.finditer(text):
        rest = rest.replace(clause.group(), " ")
        context, told = about, clause["told"] or clause["counts"] or ""
        if clause["year"]:
            context = about.narrow(Context(years=frozenset([int(clause["year"])]), exact=True))
        elif measures := explainer.names.find_label(clause["item"]).measures:
            context = about.narrow(Context(measures=measures))
        place_in = Place(row=place.row, column=f"text alternative of {place.column}")
        yield Passage(told, place_in, context, figure=True)
    yield Passage(rest, place, about)


def _read_marks(
    labels: Sequence[_Label], shapes: Sequence[Sequence[Point]], explainer: Explainer, about: Context, place: Place
) -> Iterator[Passage | Finding]:
    scale = _find_scale(labels, shapes)
    rows = _find_bars(shapes)
    others = len(shapes) - sum(map(len, rows)) - len(_find_middles(shapes))
    if scale is None and not rows:
        if shapes and any(any(map(str.isdigit, label.text)) for label in labels):
            yield Finding("unknown", place)
        return
    years = {label.x: int(label.text) for label in labels if re.fullmatch(r"(?:19|20)\d\d", label.text)}
    for label in labels:
        on_axis = scale is not None and label.text in ("0", "50", "100") and label.x in scale.labelled
        if not on_axis and label.x in years and years[label.x]:
            context = about.narrow(Context(years=frozenset([years[label.x]]), exact=True))
            yield Passage(label.text, place, context, figure=True)
        elif not on_axis:
            yield Passage(label.text, place, about, figure=label.text.isdigit())
    if scale is not None:
        yield from _check_positions(scale, years, shapes, explainer, about, place)
    else:
        yield from _check_widths(rows, explainer, about, place)
        if others or len({round(x, 1) for x in _find_middles(shapes)}) > 1:
            yield Finding("mark", place)


@dataclass(frozen=True)
class _Scale:
    floor: float
    ceiling: float
    labelled: frozenset[float]

    def read(self, y: float) -> float:
        return (self.floor - y) / (self.floor - self.ceiling) * 100


def _find_scale(labels: Sequence[_Label], shapes: Sequence[Sequence[Point]]) -> _Scale | None:
    """The vertical scale of a chart: horizontal lines beside the labels 0 and 100."""
    flat = [shape[0][1] for shape in shapes if len(shape) == 2 and shape[0][1] == shape[1][1]]
    for low in (label for label in labels if label.text == "0"):
        for high in (label for label in labels if label.text == "100" and label.x == low.x):
            beside = [min(flat, key=partial(_drop, label.y), default=math.nan) for label in (low, high)]
            if beside[0] > beside[1]:
                return _Scale(beside[0], beside[1], frozenset([low.x]))
    return None


def _drop(label: float, line: float) -> float:
    return abs(line - label + LABEL_DROP)


def _check_positions(
    scale: _Scale,
    years: dict[float, int],
    shapes: Sequence[Sequence[Point]],
    explainer: Explainer,
    about: Context,
    place: Place,
) -> Iterator[Finding]:
    for shape in shapes:
        levels = sorted({scale.read(y) for _, y in shape})
        if len(shape) == 2 and len(levels) == 1 and _is_on_line(levels[0]):
            continue
        if levels[0] < -2 or levels[-1] > 102:  # outside the scale: the background, the mark of a break
            continue
        if len(shape) == 2:
            figures = [(x, scale.read(y)) for x, y in shape]
            if not all(_is_released(value, years, x, explainer, about) for x, value in figures):
                yield Finding("mark", place)
            continue
        middle = sum(x for x, _ in shape) / len(shape)
        ends = (levels[0], levels[-1])
        centre = sum(ends) / 2
        is_range = len(levels) <= 2 and all(_is_released(end, years, middle, explainer, about) for end in ends)
        height = ends[1] - ends[0]
        thin = (height < 4 and abs(height - round(height)) > NEAR_POINT) or height == 0
        is_tick = thin and _is_released(centre, years, middle, explainer, about)
        if not (is_range or is_tick):
            yield Finding("mark", place)


def _is_on_line(level: float) -> bool:
    return any(abs(level - value) < NEAR_POINT for value in (0, 50, 100))


def _is_released(value: float, years: dict[float, int], x: float, explainer: Explainer, about: Context) -> bool:
    if abs(value - round(value)) > NEAR_POINT:
        return False
    context = about
    if years:
        nearest = min(years, key=lambda at: abs(at - x))
        context = about.narrow(Context(years=frozenset([years[nearest]]), exact=True))
    return float(round(value)) in explainer.figures.points(context)


def _find_bars(shapes: Sequence[Sequence[Point]]) -> list[list[tuple[float, float]]]:
    """Rows of rectangles that touch each other: left and right end of each, from left to right."""
    boxes: dict[tuple[float, float], list[tuple[float, float]]] = defaultdict(list)
    for shape in shapes:
        xs, ys = {x for x, _ in shape}, {y for _, y in shape}
        if len(xs) == 2 and len(ys) == 2 and len(shape) >= 4:
            boxes[min(ys), max(ys)].append((min(xs), max(xs)))
    return [sorted(row) for row in boxes.values()]


def _find_middles(shapes: Sequence[Sequence[Point]]) -> list[float]:
    """Where upright lines stand, which mark the middle of bars."""
    return [shape[0][0] for shape in shapes if len(shape) == 2 and shape[0][0] == shape[1][0]]


def _check_widths(
    rows: list[list[tuple[float, float]]], explainer: Explainer, about: Context, place: Place
) -> Iterator[Finding]:
    """Every row of bars must have the shares of one question whose counts are printed, all on one scale."""
    totals = [row[-1][1] - row[0][0] for row in rows]
    known = explainer.figures.shares(about)
    for row, total in zip(rows, totals, strict=True):
        touching = all(abs(right - left) < NEAR_PIXEL for (_, right), (left, _) in pairwise(row))
        same = abs(total - totals[0]) < NEAR_PIXEL
        shares = [(right - left) / total for left, right in row]
        near = NEAR_PIXEL / total
        fits = any(
            len(each) == len(shares) and all(abs(one - other) < near for one, other in zip(each, shares, strict=True))
            for each in known
        )
        if not (touching and same and fits):
            yield Finding("mark", place)


def _list_drawn(node: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Elements in order, without shapes that are only defined."""
    if _kind(node) not in ("defs", "clipPath", "marker", "symbol"):
        yield node
        for child in node:
            yield from _list_drawn(child)


def _is_background(shape: Sequence[Point], root: ElementTree.Element) -> bool:
    """Whether a shape covers the whole drawing."""
    size = [float(each) for each in re.findall(r"[\d.]+", root.get("viewBox", ""))]
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    return len(size) == 4 and [min(xs), min(ys), max(xs), max(ys)] == size


def _is_plain(node: ElementTree.Element) -> bool:
    """Whether a path goes straight from point to point, so that its points can be read off."""
    return _kind(node) != "path" or not re.search(r"[a-y]|[A-KN-Y]", re.sub(r"e-?\d", "", node.get("d", "")))


def _kind(node: ElementTree.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _read_label(node: ElementTree.Element) -> _Label | None:
    if _kind(node) != "text":
        return None
    text = " ".join("".join(node.itertext()).split())
    try:
        return _Label(float(node.get("x", "nan")), float(node.get("y", "nan")), text)
    except ValueError:
        return _Label(float("nan"), float("nan"), text)


def _read_shape(node: ElementTree.Element) -> list[Point] | None:
    """Corners of a drawn thing; a mark that is placed as a whole is one point."""
    kind, get = _kind(node), node.get
    try:
        if kind == "path":
            numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", get("d", ""))]
            points = list(zip(numbers[::2], numbers[1::2], strict=False))
            return points or None
        if kind == "rect":
            x, y, width, height = (float(get(name, "0")) for name in ("x", "y", "width", "height"))
            return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        if kind in ("circle", "ellipse", "use"):
            across, down = ("x", "y") if kind == "use" else ("cx", "cy")
            return [(float(get(across, "0")), float(get(down, "0")))]
        if kind == "line":
            return [(float(get("x1", "0")), float(get("y1", "0"))), (float(get("x2", "0")), float(get("y2", "0")))]
        if kind in ("polyline", "polygon"):
            numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", get("points", ""))]
            return list(zip(numbers[::2], numbers[1::2], strict=False)) or None
    except ValueError:
        return None
    return None
