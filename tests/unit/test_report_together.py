"""What reports say of questions and groups together: sentences, register order, no ranks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipeline.report import ReportContext, community, scorecard
from pipeline.report.charts.diverging_bars import draw_diverging_bars
from pipeline.report.text import (
    describe_belonging,
    describe_complete_rate,
    describe_pooled,
    describe_reliability,
    describe_seen_together,
    describe_shift,
    describe_split,
)
from pipeline.report.together_tables import tabulate_reliability, tabulate_together
from pipeline.report.views.community_view import build_community
from pipeline.report.views.frame import Source
from pipeline.report.views.items import build_item_sections
from pipeline.report.views.together import build_together
from pipeline.report.views.year_view import build_scorecard
from pipeline.report.workbook import Sheet
from schemas.definitions import Words
from schemas.methods import METHODS
from tests.report_fixtures import YEARS, make_context

WORDS = Words()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    return make_context(tmp_path_factory.mktemp("together"))


@pytest.fixture(scope="module")
def source(context: ReportContext) -> Source:
    return Source.of(context)


def test_two_camps_and_a_wide_spread_are_told_apart() -> None:
    assert describe_split(-0.3, 5, 4) == "The answers stand in two camps: 5 favourable, 4 unfavourable."
    assert describe_split(0.1, 5, 4) == "The answers are spread over the whole scale: 5 favourable, 4 unfavourable."
    assert describe_split(None, None, None) == ""


def test_the_community_reads_in_one_sentence_whether_questions_belong_together() -> None:
    both = describe_belonging({"Purpose": 0.84, "Structures": 0.7, "Operations": 0.61}, ["Work"])
    assert both == (
        "Do the questions of one score belong together? They do for Purpose and Structures (alpha 0.70 to 0.84); less so "
        "for Operations (alpha 0.61), so that this score is best read with the questions; it cannot be said for Work."
    )
    assert "They do" not in describe_belonging({"A": 0.2, "B": 0.3}, [])
    assert describe_belonging({}, []) == ""


def test_one_row_of_reliability_says_how_sure_it_is() -> None:
    assert describe_reliability(0.8, 0.75, 0.85, "") == "The questions belong together."
    assert describe_reliability(0.72, 0.6, 0.8, "").endswith("the answers leave room for doubt.")
    assert describe_reliability(0.5, 0.4, 0.6, "") == "The questions belong together only in part."
    assert describe_reliability(None, None, None, "no alpha: nobody was scored") == "No alpha: nobody was scored."


def test_where_to_look_first_names_groups_without_a_rank() -> None:
    told = describe_seen_together({"Purpose": ["B", "A"]}, ["Purpose", "Work"], {}, 12, WORDS)
    assert told[1] == "Purpose: B and A." and "in the order of the register" in told[0]
    assert describe_seen_together({}, ["Purpose"], {}, 12, WORDS)[0].startswith("No group is likely")
    silent = describe_seen_together({}, [], {"it needs 3 groups": ["Purpose", "Work"]}, 0, WORDS)
    assert silent == ("Not said of Purpose and Work: it needs 3 groups.",)
    assert describe_seen_together({}, [], {}, 0, WORDS) == ()


def test_a_row_of_groups_seen_together_says_which_way_chance_was_allowed_for() -> None:
    assert describe_pooled(50, 53, None, "", WORDS) == "Drawn up by 3\N{NO-BREAK SPACE}points."
    assert describe_pooled(50, 49, None, "", WORDS) == "Drawn down by 1\N{NO-BREAK SPACE}point."
    assert describe_pooled(50, 50, None, "", WORDS) == "Stays where it is."
    assert describe_pooled(50, None, None, "not computable: why", WORDS) == "Not computable: why."
    assert describe_pooled(None, 60, 6, "few groups", WORDS).endswith("about 6\N{NO-BREAK SPACE}points. Few groups.")


def test_the_stricter_rate_is_told_only_where_it_differs() -> None:
    assert describe_complete_rate(75, 67) == "Counting only answers that are complete, 67\N{NO-BREAK SPACE}% answered."
    assert (
        describe_complete_rate(75, 75) == describe_complete_rate(None, None) == describe_complete_rate(75, None) == ""
    )


def test_the_other_way_of_averaging_is_told_with_its_size() -> None:
    assert describe_shift(-2).endswith("it is 2\N{NO-BREAK SPACE}points lower.")
    assert describe_shift(1, "Purpose").endswith("Purpose is 1\N{NO-BREAK SPACE}point higher.")
    assert describe_shift(None) == ""


def test_a_split_question_says_so_beside_its_bar_and_in_the_alternative_text(source: Source) -> None:
    section = next(part for part in build_item_sections(source, 2027, "NORTH") if part.code == "P2")
    split = next(item for item in section.items if item.code == "q3")
    assert split.split.startswith("The answers stand in two camps: ")
    figure, told = draw_diverging_bars(section, synthetic=False)
    plain, _ = draw_diverging_bars(
        replace(section, items=tuple(replace(item, split="") for item in section.items)), synthetic=False
    )
    assert split.split in told
    assert figure.get_size_inches()[1] > plain.get_size_inches()[1]
    assert not any(item.split for item in section.items if item.code != "q3")


def test_withheld_questions_are_never_called_split(source: Source) -> None:
    key = (2027, "NORTH", "q3")
    hidden = tuple(replace(row, marker="c", n=None) for row in source.rows.counts[key])
    rows = replace(source.rows, counts={**source.rows.counts, key: hidden})
    sections = build_item_sections(replace(source, rows=rows), 2027, "NORTH")
    assert not any(item.split for part in sections for item in part.items)


def test_methods_are_listed_only_where_they_are_behind_a_sentence(source: Source) -> None:
    north, south = (
        build_scorecard(source, year, source.definitions.group_by_code[group])
        for year, group in ((2027, "NORTH"), (2026, "SOUTH"))
    )
    assert METHODS["agreement_a"].sentence in north.methods and METHODS["agreement_a"].sentence not in south.methods
    assert METHODS["pooled_pm"].sentence not in north.methods
    page = build_community(source, 2027).methods
    assert METHODS["pooled_pm"].sentence in page and METHODS["alpha_within"].sentence in page


def test_groups_of_the_page_stand_in_the_order_of_the_register(source: Source) -> None:
    rows = {key: replace(row, among_lowest="likely") for key, row in source.rows.pooled.items() if key[1] != "_all"}
    source = replace(source, rows=replace(source.rows, pooled=source.rows.pooled | rows))
    told = build_together(source, 2027).look_first
    assert told[1] == "Purpose: Northern Constituency, Southern Constituency and Eastern Committee."


def test_pooled_values_stand_on_no_scorecard(context: ReportContext) -> None:
    (page,) = community.write_report(context)
    assert "Where to look first" in page.read_text(encoding="utf-8")
    for card in scorecard.write_report(context):
        text = card.read_text(encoding="utf-8")
        assert "Where to look first" not in text and "seen together" not in text


def column(sheet: Sheet, header: str) -> list[object]:
    at = [each.header for each in sheet.columns].index(header)
    return [row[at] for row in sheet.rows]


def test_reviewers_read_reliability_of_all_groups_and_of_large_ones(source: Source) -> None:
    sheet = tabulate_reliability(source, YEARS)
    assert set(column(sheet, "Whose answers")) == {"within all groups", "Eastern Committee"}
    years = column(sheet, "Year")
    assert years == sorted(years)  # type: ignore[type-var]
    marked = {key: replace(row, marker="c", alpha=None, n=None) for key, row in source.rows.reliability.items()}
    hidden = tabulate_reliability(replace(source, rows=replace(source.rows, reliability=marked)), YEARS)
    assert set(column(hidden, "Alpha")) == {"[c]"}


def test_reviewers_read_groups_seen_together_in_register_order(source: Source) -> None:
    sheet = tabulate_together(source, (2027,))
    assert column(sheet, "Group")[:4] == [
        "all groups shown", "Northern Constituency", "Southern Constituency", "Eastern Committee",
    ]  # fmt: skip
    assert column(sheet, "Own score")[0] == "[z]"
    assert "Tiny Constituency" not in column(sheet, "Group")


def test_without_any_survey_the_sheets_say_so(source: Source) -> None:
    for tabulate in (tabulate_reliability, tabulate_together):
        assert tabulate(source, ()).rows[0][0] == "Nothing was scored."


def test_the_response_rate_names_both_rates(tmp_path: Path) -> None:
    from pipeline.report import assessment_workbook, review_workbook
    from tests.unit.test_workbooks import make_period_context, read_records

    period = make_period_context(tmp_path)
    (review,) = review_workbook.write_report(period)
    book = openpyxl.load_workbook(review)
    rows = read_records(book, "Coverage")
    answered, complete = (next(name for name in rows[0] if name.startswith(word)) for word in ("Answered", "Complete"))
    assert "(RR2)" in answered and "(RR1)" in complete
    by_group = {(row["Group"], row["Year"]): (row[answered], row[complete]) for row in rows}
    assert by_group["Northern Constituency", 2027] == (92, 83)
    assert by_group["Southern Constituency", 2027] == ("[x]", "[x]")
    assert by_group["Tiny Constituency", 2027] == (75, "[c]")
    assert {"Reliability", "Groups seen together"} <= set(book.sheetnames)
    written = {path.stem: path for path in assessment_workbook.write_report(period)}
    rows = read_records(openpyxl.load_workbook(written["assessment-NORTH"]), "Questions")
    split = {(row["Question code"], row["Year"]): row["Split"] for row in rows}
    assert str(split["q3", 2027]).startswith("The answers stand in two camps") and split["q4", 2027] == "no"
    assert split["q0", 2027] == "[c]"
