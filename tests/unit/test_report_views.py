"""Views: which group gets what on its page, and why a number is absent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.report import ReportContext
from pipeline.report.views.community_view import build_community
from pipeline.report.views.frame import Source, existing_groups, fingerprint
from pipeline.report.views.index_view import build_index
from pipeline.report.views.items import build_item, build_item_sections
from pipeline.report.views.principles import build_principles
from pipeline.report.views.year_view import ScorecardView, build_scorecard
from schemas.definitions import STANDARD_PROFILES
from tests.report_fixtures import make_context


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    return make_context(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def source(context: ReportContext) -> Source:
    return Source.of(context)


def card(source: Source, group: str, year: int = 2027) -> ScorecardView:
    return build_scorecard(source, year, source.definitions.group_by_code[group])


def test_the_overarching_question_comes_first_and_parts_stand_under_their_principle(source: Source) -> None:
    views = build_principles(source, 2027, "NORTH")
    assert [view.code for view in views] == ["PURPOSE", "P1", "P2", "P3", "P4", "P5"]
    assert [part.code for part in views[4].parts] == ["P4i", "P4e"]
    assert views[0].change_sentence == ""  # a single question is never tested


def test_a_group_of_its_own_has_one_way_and_a_rollup_two(source: Source) -> None:
    assert all(view.other_way is None and view.aggregation == "" for view in card(source, "NORTH").principles)
    pooled = card(source, "HOUSE").principles[1]
    assert pooled.aggregation == "every answer counting once"
    assert pooled.other_way is not None
    assert pooled.other_way.aggregation == "each group counting once"
    assert pooled.other_way.cells.possible == ""


def test_change_is_against_the_most_recent_year_with_a_survey(source: Source) -> None:
    assert card(source, "NORTH").principles[1].change_from == 2026
    assert card(source, "EAST").principles[1].change_from == 2025  # no survey in 2026
    assert card(source, "NORTH", 2025).principles[1].change_sentence == "There is no earlier year to compare with yet."


def test_a_year_without_survey_is_not_preferred_even_when_it_has_a_trend_row(source: Source) -> None:
    rows = source.rows
    key = (2027, "EAST", "P1", "own")
    skipped = replace(rows.trends[key][0], year_from=2026, verdict="not_tested", n_from=None)
    more = replace(rows, trends={**rows.trends, key: (*rows.trends[key], skipped)})
    found = more.latest_trend(2027, "EAST", "P1", "own")
    assert found is not None
    assert found.year_from == 2025


def test_a_comparison_that_may_be_shown_is_preferred_to_a_withheld_one(source: Source) -> None:
    key = (2027, "NORTH", "P1", "own")
    rows = tuple(replace(row, marker="c" if row.year_from == 2026 else "") for row in source.rows.trends[key])
    found = replace(source.rows, trends={**source.rows.trends, key: rows}).latest_trend(*key)
    assert found is not None
    assert found.year_from == 2025


def test_history_marks_breaks_and_years_that_leave_questions_out(source: Source) -> None:
    by_code = {view.code: view for view in card(source, "NORTH").principles}
    assert [point.link for point in by_code["P1"].history] == ["", "same", "same"]
    assert [point.link for point in by_code["P2"].history] == ["", "break", "part"]
    assert [point.complete for point in by_code["P1"].history] == [True, False, False]
    assert [point.note for point in card(source, "EAST").principles[1].history] == ["", "no survey", ""]


def test_a_card_never_looks_beyond_its_own_year(source: Source) -> None:
    view = card(source, "NORTH", 2026)
    assert {point.year for principle in view.principles for point in principle.history} == {2025, 2026}
    assert [link.label for link in view.links][2:] == ["2025", "2026"]


def test_a_group_below_the_threshold_gets_its_facts_and_its_parents_result(source: Source) -> None:
    view = card(source, "TINY")
    assert not view.shown
    assert view.principles == view.sections == ()
    assert view.response.fact == "3 of 4\N{NO-BREAK SPACE}people answered (75\N{NO-BREAK SPACE}%)."
    assert "Only 4 can answer; 5 answers are needed" in view.response.needed
    assert view.stand_in is not None
    assert view.stand_in.href == "HOUSE.html"
    assert view.stand_in.principles[1].cells.shown
    assert "leave out 3 answers" in view.stand_in.response
    assert [row.issue for row in view.improvements] == ["Newcomers are lost"]


def test_a_group_without_a_survey_says_so_and_shows_nothing_else(source: Source) -> None:
    view = card(source, "EAST", 2026)
    assert view.response.fact == "This group held no survey in 2026: leadership change."
    assert not view.shown
    assert view.stand_in is None
    assert view.methods == ()


def test_a_dissolved_group_has_no_page(source: Source) -> None:
    assert "GONE" not in {group.group for group in existing_groups(source.definitions, 2027)}


def test_improvements_not_yet_begun_or_closed_long_ago_are_left_out(source: Source) -> None:
    assert card(source, "NORTH", 2025).improvements == ()
    assert [row.status for row in card(source, "NORTH").improvements] == ["done"]


def test_a_reversed_item_is_read_from_the_other_end(source: Source) -> None:
    wave = source.definitions.waves[2027]
    plain, reversed_ = (build_item(source, 2027, "SOUTH", wave.item_by_code[code]) for code in ("q3", "q4"))
    assert plain.segments[0].label == "Strongly disagree"
    assert reversed_.segments[0].label == "Strongly agree"
    for item in (plain, reversed_):
        assert [segment.side for segment in item.segments] == ["no", "no", "neutral", "yes", "yes"]


@pytest.mark.parametrize(
    ("item", "sides"), [("q6", (3, 1, 3)), ("q12", (1, 1, 2)), ("q13", (7, 2, 2)), ("q1", (2, 1, 2))]
)
def test_any_scale_falls_into_three_sides(source: Source, item: str, sides: tuple[int, int, int]) -> None:
    view = build_item(source, 2027, "SOUTH", source.definitions.waves[2027].item_by_code[item])
    assert tuple(sum(s.side == side for s in view.segments) for side in ("no", "neutral", "yes")) == sides
    assert view.unfavourable + view.neutral + view.favourable == view.answers == 38
    assert view.non_answers == (("No opinion", 2),)


def test_nearly_unanimous_items_show_a_band_and_no_counts(source: Source) -> None:
    view = build_item(source, 2027, "NORTH", source.definitions.waves[2027].item_by_code["q0"])
    assert view.segments == ()
    assert view.withheld.startswith("Between 50 and 100")


def test_items_without_a_principle_come_last(source: Source) -> None:
    assert [s.code for s in build_item_sections(source, 2027, "NORTH")] == [
        "PURPOSE", "P1", "P2", "P3", "P4i", "P4e", "P5", "other",
    ]  # fmt: skip


def test_community_lists_groups_in_register_order_whatever_their_scores(source: Source) -> None:
    view = build_community(source, 2027)
    assert [line.name for line in view.lines] == [g.name for g in existing_groups(source.definitions, 2027)]
    assert [line.level for line in view.lines] == [0, 1, 1, 1, 0]
    tiny = view.lines[3]
    assert tiny.principles == ()
    assert tiny.note == "Withheld: fewer than 5 people answered."
    assert "not a verdict" in view.look_first


def test_rollups_say_how_many_answers_their_figures_leave_out(source: Source) -> None:
    assert "leave out 5 answers" in build_community(source, 2027).response.left_out
    assert card(source, "NORTH").response.left_out == ""


def test_methods_are_those_that_ran(source: Source) -> None:
    own = " ".join(card(source, "NORTH").methods)
    assert "finite-population correction" in own
    assert "permutation test" in own
    assert "Holm" in own
    assert "each group counting once" not in own
    assert "Welch" not in " ".join(card(source, "TINY").methods)  # its page prints no change


def test_index_lists_only_files_that_exist(tmp_path: Path) -> None:
    made = make_context(tmp_path)
    empty = build_index(Source.of(made), made.paths)
    assert all(link is None for group in empty.groups for link in group.scorecards)
    for name in (
        "2027/scorecards/NORTH.html",
        "2027/questionnaire.html",
        "2027/questionnaire-fr.html",
        "period-1/assessment-SOUTH.xlsx",
        "period-1/a.xlsx",
    ):
        path = made.paths.reports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    view = build_index(Source.of(made), made.paths)
    assert "GONE" not in {group.name for group in view.groups}
    assert [link.href for group in view.groups for link in group.scorecards if link] == ["2027/scorecards/NORTH.html"]
    assert [link.label for link in view.years[0].links] == ["Questionnaire (page)", "Questionnaire, French (page)"]
    assert [link.label for link in view.periods[0].links] == ["A (workbook)", "Southern Constituency (workbook)"]


def test_the_fingerprint_follows_the_thresholds() -> None:
    assert fingerprint(STANDARD_PROFILES["default"]) != fingerprint(STANDARD_PROFILES["strict"])
