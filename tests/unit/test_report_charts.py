"""Charts: numbers from the view only, the same bytes every time, text alternatives in full."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from pipeline.report.charts.canvas import WIDTH, Canvas, render_svg
from pipeline.report.charts.diverging_bars import draw_diverging_bars
from pipeline.report.charts.principle_history import draw_principle_history
from pipeline.report.views.frame import Source
from pipeline.report.views.items import ItemSection, ItemView, Segment, Side, build_item_sections
from pipeline.report.views.principles import build_principles
from tests.report_fixtures import make_context

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return Source.of(make_context(tmp_path_factory.mktemp("toy")))


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def numbers(svg: str) -> list[int]:
    return [int(found) for found in texts(svg) if found.isdigit()]


def section(counts: list[int], sides: list[Side], reach: tuple[float, float] = (1.0, 1.0)) -> ItemSection:
    sums = {side: sum(n for n, s in zip(counts, sides, strict=True) if s == side) for side in ("no", "neutral", "yes")}
    segments = tuple(Segment(f"Answer {i}", side, n) for i, (n, side) in enumerate(zip(counts, sides, strict=True)))
    item = ItemView(
        "q1", "Our meetings are good.", segments, (), sum(counts), sums["no"], sums["neutral"], sums["yes"], "s.", "", "", ""
    )  # fmt: skip
    return ItemSection("P1", "Purpose", (item,), reach)


def test_text_alternatives_are_as_agreed(source: Source) -> None:
    told = [draw_principle_history(view, synthetic=False)[1] for view in build_principles(source, 2027, "NORTH")[1:]]
    told += [
        draw_diverging_bars(part, synthetic=False)[1]
        for part in build_item_sections(source, 2027, "NORTH")
        if part.shown
    ]
    golden = (GOLDEN / "alt_texts.txt").read_text(encoding="utf-8")
    assert "\n".join(told).replace("\N{NO-BREAK SPACE}", " ") + "\n" == golden


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_synthetic_mark_is_inside_each_chart(source: Source, synthetic: bool) -> None:
    history = draw_principle_history(build_principles(source, 2027, "NORTH")[1], synthetic=synthetic)[0]
    bars = draw_diverging_bars(build_item_sections(source, 2027, "NORTH")[1], synthetic=synthetic)[0]
    for figure in (history, bars):
        assert ("SYNTHETIC DATA" in texts(render_svg(figure, "t", "a", "c"))) is synthetic


def test_the_same_view_gives_the_same_bytes(source: Source) -> None:
    view = build_principles(source, 2027, "HOUSE")[1]
    first, second = (render_svg(draw_principle_history(view, synthetic=True)[0], "t", "a", "c") for _ in range(2))
    assert first == second
    assert "<dc:date>" not in first


@pytest.mark.parametrize(
    ("counts", "sides"),
    [
        ([3, 9, 6, 14, 8], ["no", "no", "neutral", "yes", "yes"]),
        ([3, 4, 5, 6, 7, 8, 9], ["no", "no", "no", "neutral", "yes", "yes", "yes"]),
        ([4] * 11, ["no"] * 7 + ["neutral"] * 2 + ["yes"] * 2),
        ([5, 0, 20, 15], ["no", "neutral", "yes", "yes"]),
        ([0, 0, 12], ["no", "neutral", "yes"]),
        ([12, 30], ["no", "yes"]),
    ],
)
def test_bars_print_their_counts_on_any_scale(counts: list[int], sides: list[Side]) -> None:
    svg = render_svg(draw_diverging_bars(section(counts, sides), synthetic=False)[0], "t", "a", "c")
    unfavourable = sum(n for n, side in zip(counts, sides, strict=True) if side == "no")
    favourable = sum(n for n, side in zip(counts, sides, strict=True) if side == "yes")
    assert numbers(svg)[:2] == [unfavourable, favourable]
    assert set(numbers(svg)[2:]) <= {n for n in counts if n}
    fills = re.findall(r"fill: (?:var\([\w-]+, )?(#[0-9a-f]{6})\)?; stroke", svg)
    assert len(fills) == sum(n > 0 for n in counts)


def test_neutral_answers_straddle_the_middle() -> None:
    svg = render_svg(
        draw_diverging_bars(section([0, 10, 0], ["no", "neutral", "yes"]), synthetic=False)[0], "t", "a", "c"
    )
    left, right = (float(x) for x in re.findall(r'<path id="[^"]*" d="M ([\d.]+) [-\d.]+\nL ([\d.]+)', svg)[0])
    assert (left + right) / 2 == pytest.approx(WIDTH / 2)


def test_only_released_whole_points_are_in_a_history(source: Source) -> None:
    view = build_principles(source, 2027, "SOUTH")[1]
    svg = render_svg(draw_principle_history(view, synthetic=False)[0], "t", "a", "c")
    means = [point.mean for point in view.history]
    assert [n for n in numbers(svg) if n not in (0, 50, 100, 2025, 2026, 2027)] == means


def test_charts_are_labelled_and_share_no_ids_with_each_other(source: Source) -> None:
    figure = draw_principle_history(build_principles(source, 2027, "NORTH")[1], synthetic=True)[0]
    first, second = (render_svg(figure, "Title & more", "Alt <text>", name) for name in ("one", "two"))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first, second)]
    assert not ids[0] & ids[1]
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', first)) <= ids[0]
    assert 'role="img" ' in first
    assert 'aria-labelledby="one-title one-desc"' in first
    assert '<title id="one-title">Title &amp; more</title>' in first
    assert "Alt &lt;text&gt;" in first


def test_text_stays_large_enough_on_a_phone(source: Source) -> None:
    """11 CSS pixels at least where a 360 wide screen leaves 344 for the chart."""
    figure = draw_diverging_bars(build_item_sections(source, 2027, "NORTH")[1], synthetic=True)[0]
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", render_svg(figure, "t", "a", "c"))]
    assert min(sizes) * 344 / WIDTH >= 10.95


def test_a_canvas_can_be_drawn_as_a_bitmap_too() -> None:
    canvas = Canvas(40)
    canvas.write(WIDTH, 20, "right", align="right")
    buffer = io.BytesIO()
    canvas.finish().savefig(buffer, format="png")
    assert buffer.getvalue().startswith(b"\x89PNG")
