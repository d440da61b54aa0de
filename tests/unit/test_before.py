"""Pages before fieldwork: whom to invite, what could be found, what will be shown; earlier years only as released."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from pipeline.report import Release, ReportContext, before
from pipeline.report.text.protection import explain_protection
from pipeline.report.views.before_view import USUAL_SPREAD, BeforeView, build_before
from pipeline.report.views.frame import Source
from pipeline.stats.power import detectable_change, spread_behind
from pipeline.store.definitions import read_definitions
from schemas.definitions import ALL, STANDARD_PROFILES, Retention, RosterRow, Words
from tests.programme_files import edit, write_programme
from tests.report_fixtures import make_context

YEAR = 2028


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    made = make_context(tmp_path_factory.mktemp("toy"))
    paths = made.paths
    shutil.copytree(paths.wave(2027), paths.wave(YEAR))
    settings = paths.wave(YEAR) / "survey.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2027", str(YEAR)), encoding="utf-8")
    definitions = read_definitions(paths)
    return ReportContext(paths, definitions, Release(paths, definitions.programme.profile), YEAR)


@pytest.fixture(scope="module")
def source(context: ReportContext) -> Source:
    return Source.of(context)


def with_roster(source: Source, group: str, **row: object) -> Source:
    """The same programme, with another roster row of the coming year."""
    wave = source.definitions.waves[YEAR]
    rows = tuple(each for each in wave.roster if each.group != group)
    roster = (*rows, RosterRow(group=group, **row)) if row else rows  # type: ignore[arg-type]
    waves = {**source.definitions.waves, YEAR: replace(wave, roster=roster)}
    return replace(source, definitions=replace(source.definitions, waves=waves))


def view(source: Source, group: str) -> BeforeView:
    return build_before(source, YEAR, group, ())


def test_a_known_group_goes_through_last_years_response_and_the_usual_ones(source: Source) -> None:
    found = view(with_roster(source, "NORTH", eligible=12, unit="person"), "NORTH")
    assert [(row.label.partition(",")[0], row.n) for row in found.scenarios] == [
        ("as in 2027", 11), ("30\N{NO-BREAK SPACE}% answer", 4), ("50\N{NO-BREAK SPACE}% answer", 6),
        ("80\N{NO-BREAK SPACE}% answer", 10), ("everybody answers", 12),
    ]  # fmt: skip
    few = found.scenarios[1]
    assert (few.points, few.noticed, few.shown) == (None, "not tested: fewer than 5", "no scores of its own")
    assert [row.shown for row in found.scenarios[2:]] == ["scores", *["scores, and counts of each answer"] * 2]
    tested = [row.points for row in found.scenarios[2:]]
    assert tested == sorted(tested, reverse=True)  # more answers find smaller changes


def test_the_change_is_the_detectable_one_with_the_usual_spread_where_few_answered(source: Source) -> None:
    found = view(with_roster(source, "NORTH", eligible=12, unit="person"), "NORTH").scenarios[-1]
    expected = detectable_change(11, 12, sd=USUAL_SPREAD)
    assert expected is not None
    assert found.points == round(expected)


def test_the_spread_comes_from_published_changes_of_twenty_answers_or_more_and_from_nothing_else(
    source: Source,
) -> None:
    def spread_said(group: str, people: int) -> str:
        rows = source.rows
        trends = {
            key: tuple(replace(each, mdc80=10, n_from=people, n_to=people, method="welch_t", marker="") for each in row)
            if key[1] == group else row
            for key, row in rows.trends.items()
        }  # fmt: skip
        return " ".join(view(replace(source, rows=replace(rows, trends=trends)), group).reckoned)

    implied = spread_behind(10, 30, 30)
    assert implied is not None
    assert detectable_change(30, 30, sd=implied) == pytest.approx(10)
    assert f"a spread of {implied:.0f}\N{NO-BREAK SPACE}points" in spread_said("SOUTH", 30)
    assert "as is usual" in spread_said("SOUTH", 19)


def test_a_group_nobody_counted_is_asked_to_count_itself(source: Source) -> None:
    found = view(with_roster(source, "SOUTH"), "SOUTH")
    assert found.headline == "Nobody has said yet how many can answer."
    assert "column eligible" in found.gaps
    assert [row.n for row in found.scenarios] == [40, 20, 80]  # as last year, half as many, twice as many


def test_what_the_roster_lacks_is_named(source: Source) -> None:
    found = view(with_roster(source, "NORTH", eligible=12, unit="seat", access="open"), "NORTH")
    for column in ("source", "as_of", "invited"):
        assert f"column {column}" in found.gaps
    assert "counts by seat" in found.gaps
    assert any("open to anybody" in line for line in found.invitation)


def test_a_group_below_the_threshold_hears_how_many_more_it_needs_or_that_it_cannot(source: Source) -> None:
    tiny = view(with_roster(source, "TINY", eligible=9, unit="person"), "TINY")
    assert "In 2027 3 answered: 2 more for scores and 5 more for the counts of each answer." in tiny.needed
    assert "With fewer answers than that, they count for The House." in tiny.needed
    never = view(with_roster(source, "TINY", eligible=4, unit="person"), "TINY")
    assert never.needed[0].startswith("Only 4 can answer, and scores need 5")


def test_a_group_without_a_survey_hears_only_that(source: Source) -> None:
    found = view(with_roster(source, "NORTH", survey_held=False, reason="elections"), "NORTH")
    assert (found.held, found.scenarios) == (False, ())
    assert "elections" in found.headline


def test_a_roll_up_invites_through_its_groups(source: Source) -> None:
    assert "answers come through North" in view(source, "HOUSE").headline
    assert view(source, ALL).belongs_to == ""


def test_linked_years_show_the_sharper_change_from_ten_people_on(source: Source) -> None:
    waves = {
        year: replace(wave, wave=wave.wave.model_copy(update={"linked": True}))
        for year, wave in source.definitions.waves.items()
    }
    linked = replace(source, definitions=replace(source.definitions, waves=waves))
    rows = view(with_roster(linked, "NORTH", eligible=12, unit="person"), "NORTH").scenarios
    assert [bool(row.linked) for row in rows] == [True, False, False, True, True]  # 11, 4, 6, 10 and 12 answers
    everybody = rows[-1]
    assert everybody.points is not None
    assert int(everybody.linked.split("\N{NO-BREAK SPACE}")[0]) < everybody.points


def test_one_page_per_group_and_the_communitys_none_with_what_was_withheld(context: ReportContext) -> None:
    written = before.write_report(context)
    assert [path.stem for path in written] == ["community", "HOUSE", "NORTH", "SOUTH", "TINY", "EAST"]
    assert {path.parent.name for path in written} == {"before"}
    first = [path.read_bytes() for path in written]
    assert first == [path.read_bytes() for path in before.write_report(context)]
    for path in written:
        page = path.read_text(encoding="utf-8")
        assert page.count("<h1>") == 1
        assert page.count("<table") == page.count("<caption>")
        assert 'name="viewport"' in page
        assert not re.search(r'href="(?!#|community\.html|[A-Z]+\.html)', page)
        ids = re.findall(r'id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)


def test_the_page_for_the_invitation_needs_nothing_but_definitions(tmp_path: Path) -> None:
    paths = write_programme(tmp_path, (2026,))
    shutil.rmtree(paths.exports(2026))
    edit(paths.settings, 'origin = "synthetic"\n', (
        'origin = "synthetic"\nprofile = "own"\n[profiles.own]\nscore = 7\ndistribution = 9\ncomment = 11\nlinked = 12\n'
        "[retention]\nexports = 1\ncomments = 6\nanswers = 48\n"
    ))  # fmt: skip
    assert CliRunner().invoke(main, ["check", "--root", str(tmp_path)], catch_exceptions=False).exit_code == 0
    page = (paths.reports / "how-answers-are-protected.html").read_text(encoding="utf-8")
    text = (paths.reports / "how-answers-are-protected.txt").read_text(encoding="utf-8")
    for said in (
        "at least 7 people answered", "at least 9 answered it", "at least 11 wrote something",
        "is kept for 1 month once the results are published, what you write for 6 months, and your other answers for 48 months",
    ):  # fmt: skip
        assert said in page
        assert said in text


def test_what_the_survey_asks_about_comments_is_introduced_before_it_is_spoken_of() -> None:
    profile, words = STANDARD_PROFILES["default"], Words()

    def explain(asks: bool, retention: Retention) -> str:
        sections = explain_protection(profile, words, retention, linked=False, asks_to_share=asks)
        return " ".join(sentence for _, sentences in sections for sentence in sentences)

    asked = explain(True, Retention(exports=12, comments=12, answers=12))
    assert "The survey asks whether your group may read what you write. Only if you answer yes" in asked
    assert "kept for 12 months once the results are published, and then deleted" in asked
    assert "that question" not in asked
    silent = explain(False, Retention())
    assert "does not get to read them" in silent
    assert "No day has been set" in silent


def test_check_writes_the_pages_of_a_year_without_exports_and_says_where(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    shutil.rmtree(paths.exports(2026))
    said = CliRunner().invoke(main, ["check", "--root", str(tmp_path)], catch_exceptions=False)
    pages = sorted(path.stem for path in (paths.reports / "2026" / "before").iterdir())
    assert (said.exit_code, pages) == (0, ["House", "North", "South", "community"])
    assert str(paths.reports / "2026" / "before" / "community.html") in said.output
    assert not (paths.reports / "2025").exists()
    front = (paths.reports / "index.html").read_text(encoding="utf-8")
    assert front.count('href="2026/before/community.html"') == front.count("Nobody has answered yet.") == 1
    assert 'href="how-answers-are-protected.html"' in front
    assert 'href="how-answers-are-protected.txt"' in front
    edit(paths.raw / "groups.csv", "North,North house,House,answers", "North,North house,House,wrong")
    shutil.rmtree(paths.reports)
    assert CliRunner().invoke(main, ["check", "--root", str(tmp_path)]).exit_code != 0
    assert not paths.reports.exists()
