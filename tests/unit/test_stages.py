"""What the stages promise around the computing: what is run, what is left alone, what is removed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.stages.check import check_tracked_exports, check_year
from pipeline.stages.new import init_root, new_wave
from pipeline.stages.plan import plan_runs, years_without_exports
from pipeline.stages.reports import close_run
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from tests.programme_files import edit, write_programme


def plan(paths, **wanted):
    return [(run.kind, run.part) for run in plan_runs(paths, read_definitions(paths), **wanted)]


class TestPlan:
    def test_years_come_in_order_and_periods_after_them(self, tmp_path):
        assert plan(write_programme(tmp_path)) == [("year", "2025"), ("year", "2026"), ("period", "period-1")]

    def test_a_year_brings_the_years_before_it(self, tmp_path):
        assert plan(write_programme(tmp_path), year=2026) == [("year", "2025"), ("year", "2026")]

    def test_a_period_brings_its_years(self, tmp_path):
        assert plan(write_programme(tmp_path), period="period-1")[-1] == ("period", "period-1")

    @pytest.mark.parametrize("wanted", [{"year": 1999}, {"period": "nought"}])
    def test_an_unknown_year_or_period_names_the_known_ones(self, tmp_path, wanted):
        with pytest.raises(UserError) as caught:
            plan(write_programme(tmp_path), **wanted)
        assert caught.value.exit_code == 17
        assert "2025" in str(caught.value) or "period-1" in str(caught.value)

    def test_what_is_recorded_and_intact_is_not_run_again(self, tmp_path):
        paths = write_programme(tmp_path)
        definitions = read_definitions(paths)
        page = paths.report("2025", "page.html")
        page.parent.mkdir(parents=True)
        page.write_text("one", encoding="utf-8")
        close_run(plan_runs(paths, definitions)[0], [page])
        assert plan(paths) == [("year", "2026"), ("period", "period-1")]
        page.write_text("changed by hand", encoding="utf-8")
        assert ("year", "2025") in plan(paths)

    def test_a_changed_export_reruns_its_year_and_the_later_ones_only(self, tmp_path):
        paths = write_programme(tmp_path, [2025, 2026, 2027])
        for run in plan_runs(paths, read_definitions(paths)):
            close_run(run, [])
        assert plan(paths) == []
        edit(paths.exports(2026) / "export.csv", "South,,,Agree,", "South,,,Disagree,")
        assert plan(paths) == [("year", "2026"), ("year", "2027"), ("period", "period-1")]

    def test_a_year_without_exports_waits(self, tmp_path):
        paths = write_programme(tmp_path)
        shutil.rmtree(paths.exports(2026))
        assert years_without_exports(paths, read_definitions(paths)) == [2026]
        assert ("year", "2026") not in plan(paths)


class TestCloseRun:
    def test_reports_that_are_no_longer_made_are_removed_and_nothing_else(self, tmp_path):
        paths = write_programme(tmp_path)
        run = plan_runs(paths, read_definitions(paths))[0]
        old, new, foreign = (paths.report("2025", name) for name in ("old.html", "new.html", "notes-of-mine.txt"))
        old.parent.mkdir(parents=True)
        for path in (old, new, foreign):
            path.write_text("text", encoding="utf-8")
        close_run(run, [old, new])
        close_run(run, [new])
        assert not old.exists()
        assert new.exists()
        assert foreign.exists()

    def test_the_record_says_what_was_read_and_by_which_rules(self, tmp_path):
        paths = write_programme(tmp_path)
        run = plan_runs(paths, read_definitions(paths))[0]
        record = json.loads(close_run(run, []).read_text(encoding="utf-8"))
        assert record["synthetic"] is True
        assert record["profile"] == {"name": "default", "score": 5, "distribution": 8, "comment": 10, "linked": 10}
        assert "2025/exports/export.csv" in record["inputs"]
        assert "2026/exports/export.csv" not in record["inputs"]
        assert record["versions"]["pandas"]


class TestCheck:
    def test_a_sound_year_has_no_errors(self, tmp_path):
        paths = write_programme(tmp_path)
        problems = check_year(paths, read_definitions(paths), 2025)
        assert not [problem for problem in problems if problem.kind.severity == "error"]

    def test_every_error_of_a_year_is_told_at_once(self, tmp_path):
        paths = write_programme(tmp_path)
        (paths.exports(2025) / "export.csv").write_text(
            "Group,Q1,Q2,Q3,Q4\nAtlantis,Perhaps,Agree,Agree,Agree\n", encoding="utf-8"
        )
        problems = check_year(paths, read_definitions(paths), 2025)
        assert {"label_unknown", "group_undeclared"} <= {problem.code for problem in problems}

    @pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
    def test_real_exports_under_version_control_are_pointed_out(self, tmp_path):
        paths = write_programme(tmp_path)
        subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
        definitions = read_definitions(paths)
        subprocess.run(["git", "add", "--force", "."], cwd=tmp_path, check=True)
        assert check_tracked_exports(paths, definitions, [2025]) == []
        edit(paths.settings, 'origin = "synthetic"', 'origin = "real"')
        (problem,) = check_tracked_exports(paths, read_definitions(paths), [2025])
        assert problem.code == "real_export_tracked"
        assert problem.file == "2025/exports/export.csv"


class TestNew:
    def test_a_new_root_is_accepted_as_it_is(self, tmp_path):
        paths = init_root(tmp_path / "Our Survey")
        assert paths.programme == "our-survey"
        assert len(read_definitions(paths).waves) == 1
        assert "exports" in (paths.root / ".gitignore").read_text(encoding="utf-8")

    def test_an_existing_root_is_left_alone(self, tmp_path):
        init_root(tmp_path)
        with pytest.raises(UserError) as caught:
            init_root(tmp_path)
        assert caught.value.exit_code == 14

    def test_a_new_year_repeats_the_questions_and_nobodys_numbers(self, tmp_path):
        paths = write_programme(tmp_path)
        new_wave(paths, 2027)
        definitions = read_definitions(paths)
        before, now = definitions.waves[2026], definitions.waves[2027]
        assert [item.text for item in now.items] == [item.text for item in before.items]
        assert {row.group for row in now.roster} == {row.group for row in before.roster}
        assert all(row.eligible is None and row.source == "" for row in now.roster)
        assert now.wave.report_date.year == 2027
        assert list(paths.exports(2027).iterdir()) == []

    def test_a_new_year_declares_every_item_identical_where_the_table_has_the_column(self, tmp_path):
        paths = write_programme(tmp_path)
        items = paths.wave(2026) / "items.csv"
        text = items.read_text(encoding="utf-8")
        lines = text.splitlines()
        items.write_text(
            "\n".join([f"{lines[0]},comparability", *(f"{line}," for line in lines[1:])]) + "\n", encoding="utf-8"
        )
        new_wave(paths, 2027)
        assert {item.comparability for item in read_definitions(paths).waves[2027].items} == {"identical"}

    @pytest.mark.parametrize(("year", "code"), [(2026, "year_twice"), (2020, "nothing_to_run")])
    def test_an_existing_year_or_one_before_all_others_is_refused(self, tmp_path, year, code):
        with pytest.raises(UserError) as caught:
            new_wave(write_programme(tmp_path), year)
        assert caught.value.problems[0].code == code


def test_the_record_of_a_run_is_written_last(tmp_path):
    """A run that broke leaves no record that matches, so it is run again."""
    paths = write_programme(tmp_path)
    run = plan_runs(paths, read_definitions(paths))[0]
    missing = paths.report("2025", "never-written.html")
    with pytest.raises(FileNotFoundError):
        close_run(run, [missing])
    assert not paths.run_record("2025").exists()
    assert Path(paths.raw).is_dir()
