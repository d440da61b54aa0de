"""Finished pages: complete, accessible, marked, deterministic, and free of what is withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from pipeline.report import ReportContext, community, find_reports, index, scorecard
from pipeline.store.definitions import read_definitions
from pipeline.store.tables import read_table, write_table
from tests.report_fixtures import TREND_FIGURES, YEARS, make_context

VOID = {"meta", "br", "hr", "img", "input", "link", "use"}


class Page(HTMLParser):
    """Structure of one page: elements in order with their attributes, and whether every tag closes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.source = path, path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[str] = []
        self._texts: list[list[str]] = []
        self.feed(self.source)
        assert self._open == [], f"{path.name}: never closed {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), [*self._open]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), [*self._open]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"{self.path.name}: </{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs, _ in self.elements if name == tag]

    @property
    def visible(self) -> str:
        """What a reader sees: no style, no markup."""
        return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", " ", self.source, flags=re.DOTALL))


def write_all(context: ReportContext) -> list[Path]:
    written = []
    for year in YEARS:
        at = replace(context, year=year)
        written += [*scorecard.write_report(at), *community.write_report(at)]
    return [*written, *index.write_report(context)]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    return make_context(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def pages(context: ReportContext) -> list[Page]:
    return [Page(path) for path in write_all(context)]


def by_name(pages: list[Page], name: str) -> Page:
    return next(page for page in pages if page.path.as_posix().endswith(name))


def test_reports_are_found_by_their_scope() -> None:
    assert {"scorecard", "community"} <= {report.NAME for report in find_reports("year")}
    assert "index" in {report.NAME for report in find_reports("programme")}


def test_each_existing_group_gets_a_scorecard_each_year(pages: list[Page]) -> None:
    found = [page.path.stem for page in pages if page.path.parent.name == "scorecards"]
    assert found == ["HOUSE", "NORTH", "SOUTH", "TINY", "EAST"] * 3


def test_progress_is_told_per_file(context: ReportContext) -> None:
    steps: list[str] = []
    written = scorecard.write_report(replace(context, on_progress=steps.append))
    assert len(steps) == len(written)


def test_the_same_release_gives_the_same_bytes(pages: list[Page], tmp_path: Path) -> None:
    again = [path.read_bytes() for path in write_all(make_context(tmp_path))]
    assert again == [page.path.read_bytes() for page in pages]
    assert not any(b"\r" in content for content in again)


def test_every_page_and_chart_of_a_synthetic_programme_says_so(pages: list[Page]) -> None:
    for page in pages:
        title = re.search(r"<title>(.*?)</title>", page.source)
        assert title is not None and title[1].startswith("SYNTHETIC DATA")
        assert 'class="synthetic"' in page.source
        for chart in re.findall(r"<svg.*?</svg>", page.source, flags=re.DOTALL):
            assert re.search(r"<text[^>]*>SYNTHETIC DATA</text>", chart)
            assert re.search(r"<title[^>]*>SYNTHETIC DATA: ", chart)


def test_a_public_programme_is_not_marked(tmp_path: Path) -> None:
    made = make_context(tmp_path, origin="public")
    assert not any("SYNTHETIC" in path.read_text(encoding="utf-8") for path in scorecard.write_report(made))


def test_notice_attribution_and_date_are_on_each_page(pages: list[Page]) -> None:
    for page in pages:
        assert "An unofficial example." in page.visible
        assert "Made up for tests" in page.visible
        year = page.path.parts[-3] if page.path.parent.name == "scorecards" else page.path.parts[-2]
        assert f"8\N{NO-BREAK SPACE}July\N{NO-BREAK SPACE}{year if year.isdigit() else 2027}" in page.visible


def test_tables_have_a_caption_and_scoped_headers(pages: list[Page]) -> None:
    assert sum(len(page.find("table")) for page in pages) > 100
    for page in pages:
        for table in re.findall(r"<table.*?</table>", page.source, flags=re.DOTALL):
            assert re.match(r"<table[^>]*>\s*<caption[^>]*>[^<]+</caption>", table)
        assert all(attrs.get("scope") in ("col", "row") for attrs in page.find("th"))


def test_structure_is_navigable(pages: list[Page]) -> None:
    for page in pages:
        levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        assert page.find("html")[0].get("lang") == "en"
        assert len(page.find("main")) == 1
        ids = [str(attrs["id"]) for _, attrs, _ in page.elements if attrs.get("id")]
        assert len(ids) == len(set(ids))
        named = " ".join(str(attrs["aria-labelledby"]) for _, attrs, _ in page.elements if attrs.get("aria-labelledby"))
        assert set(named.split()) <= set(ids)
        assert f'href="#{page.find("main")[0]["id"]}"' in page.source


def test_pages_need_nothing_from_elsewhere(pages: list[Page]) -> None:
    for page in pages:
        assert not page.find("script") and not page.find("link") and not page.find("img")
        assert not re.search(r"https?://", page.source.replace('xmlns="http://www.w3.org/2000/svg"', ""))
        assert "@import" not in page.source


def _links(page: Page) -> Iterator[Path]:
    for attrs in page.find("a"):
        href = str(attrs["href"])
        if not href.startswith("#"):
            yield (page.path.parent / unquote(href)).resolve()


def test_links_are_relative_and_lead_somewhere(pages: list[Page]) -> None:
    for page in pages:
        assert [target for target in _links(page) if not target.is_file()] == []


def test_a_page_reads_in_the_order_a_chair_needs(pages: list[Page]) -> None:
    found = re.findall(r'<h2 id="(\w+)"', by_name(pages, "2027/scorecards/NORTH.html").source)
    assert found == ["answered", "principles", "changes", "improvements", "questions", "reading"]


def test_a_small_group_sees_who_answered_and_its_parents_result(pages: list[Page]) -> None:
    page = by_name(pages, "2027/scorecards/TINY.html")
    assert re.findall(r'<h2 id="(\w+)"', page.source) == ["answered", "standin", "improvements", "reading"]
    assert "Result of The House" in page.visible
    assert "<svg" not in page.source


def test_lines_are_drawn_from_the_numbers_beside_them(pages: list[Page]) -> None:
    drawn = 0
    for row in re.findall(r'<tr role="row".*?</tr>', "".join(page.source for page in pages), flags=re.DOTALL):
        if found := re.search(r'class="at" style="left:(\d+)%', row):
            assert f"<span>{found[1]}</span>" in row
            for kind, label in (("possible", "Can only be"), ("likely", "Likely")):
                if span := re.search(rf'class="{kind}" style="left:(\d+)%;width:(\d+)%"', row):
                    low, width = int(span[1]), int(span[2])
                    printed = f"{low} to {low + width}" if width else f"{low}"
                    assert f'data-label="{label}">{printed}</td>' in row
                    drawn += 1
    assert drawn > 100


def test_the_first_lines_say_what_the_group_wants_to_know(pages: list[Page]) -> None:
    page = by_name(pages, "2027/scorecards/NORTH.html")
    lead, table = page.source.split('<section class="lead"')[1].split("</section>")[0], page.source.split("<table")[1]
    assert "11 of 12\N{NO-BREAK SPACE}people answered" in lead and 'style="width:92%"' in lead
    assert "Since 2026" in lead or "comparable" in lead
    assert re.search(r'class="verdict \w+">[^<]*(cannot tell|no meaningful change|improved|declined)', table)


def test_a_synthetic_page_says_so_on_each_printed_sheet(pages: list[Page]) -> None:
    assert all('@page { @top-right { content: "SYNTHETIC DATA"' in page.source for page in pages)


def test_empty_improvements_say_so(pages: list[Page]) -> None:
    assert "None reported." in by_name(pages, "2027/scorecards/SOUTH.html").visible


WITHHELD = {
    "scores": ["n", "mean", "ci_low", "ci_high", "possible_low", "possible_high", "favourable_percent"],
    "item_counts": ["n"],
    "trends": ["n_from", "n_to", "mean_from", "mean_to", *TREND_FIGURES],
    "item_changes": ["n_from", "n_to", "percent_from", "percent_to", "difference", "ci_low", "ci_high"],
}


def test_nothing_withheld_reaches_a_page(tmp_path: Path) -> None:
    """Whether the release holds numbers beside its marks or not, the pages are the same."""
    clean, spoilt = (make_context(tmp_path / name) for name in ("clean", "spoilt"))
    for made, number in ((clean, pd.NA), (spoilt, 37)):
        for name, columns in WITHHELD.items():
            for year in YEARS[name in ("trends", "item_changes") :]:
                _mark_withheld(made, name, columns, year, number)
    pages = [[path.read_bytes() for path in write_all(made)] for made in (clean, spoilt)]
    assert pages[0] == pages[1]
    assert b"withheld under the publication rules" in b"".join(pages[0])


def _mark_withheld(made: ReportContext, name: str, columns: list[str], year: int, number: object) -> None:
    """Withhold a principle and a question of SOUTH, and put ``number`` into every withheld cell."""
    folder = made.paths.release("default", name)
    frame = read_table(f"released_{name}", folder, [year]).drop(columns="year")
    measure = frame["item"] if name == "item_counts" else frame["measure"]
    marked = (frame["marker"] == "c") | ((frame["group"] == "SOUTH") & measure.isin(["P1", "q1"]))
    frame["marker"] = frame["marker"].astype("str").mask(marked, "c")
    frame[columns] = frame[columns].mask(marked, number)
    write_table(frame, f"released_{name}", folder, year)


def test_a_change_that_was_found_tells_its_size_and_what_moved_in_it(pages: list[Page]) -> None:
    said = re.sub(r"\s+", " ", by_name(pages, "2027/scorecards/NORTH.html").visible)
    assert "in 76 of 100 pairs (equal scores count half)" in said
    assert "in 74 of 100 pairs" in said  # 26: the later one is less satisfied
    assert ": 40 % in 2026 (n 20), 62 % now (n 21): +23 points, likely −2 to +44." in said
    assert "1 more question is withheld under the publication rules." in said
    assert "Brunner-Munzel" in said and "(Newcombe)" in said


def test_people_who_were_followed_are_counted_beside_the_change(pages: list[Page]) -> None:
    assert "10 of them in both years; their average" in by_name(pages, "2027/scorecards/SOUTH.html").visible


def test_peoples_words_are_escaped(tmp_path: Path) -> None:
    made = make_context(tmp_path)
    table = made.paths.raw / "improvements.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("Meetings ran over time", "<script>x</script>"), encoding="utf-8"
    )
    page = next(
        path
        for path in scorecard.write_report(replace(made, definitions=read_definitions(made.paths)))
        if path.stem == "NORTH"
    )
    assert "<script>" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page.read_text(encoding="utf-8")
