"""Publishing: the ledger, corrections of a few answers, waivers, withdrawals and the promise to respondents."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.disclose.corrections import find_singled_out
from pipeline.stages.audit import audit_release
from pipeline.stages.check import check_programme, check_year
from pipeline.stages.comments import review_comments
from pipeline.stages.plan import Run, plan_runs
from pipeline.stages.publish import publish_part, waive_groups, withdraw_release
from pipeline.stages.release import release_tables
from pipeline.stages.reports import close_run, write_reports
from pipeline.stages.scores import compare_with_earlier, score_groups
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.ledger import read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from tests.programme_files import edit, write_programme

DAY = date(2027, 11, 2)
LABELS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
ITEMS = "item,principle,text:en,scale,reverse,column\n" + "".join(
    f"q{at},P1,Statement {at}.,agree5,no,Q{at}\n" for at in (1, 2, 3)
)
GROUPS = "group,name,parent,kind,aliases\nHouse,House,,rollup,\nNorth,North house,House,answers,\nSouth,South house,House,answers,\n"
STAGES = (
    ingest_exports, harmonise_responses, validate_responses, review_comments, score_groups, compare_with_earlier,
    release_tables, audit_release,
)  # fmt: skip


def answer_rows() -> list[list[str]]:
    rows = []
    for group, n in (("North", 20), ("South", 12)):
        for at in range(n):
            rows.append([f"{group}{at}", group, *(LABELS[(at * (item + 2) + at // 5) % 5] for item in range(3))])
    return rows


def write_export(paths: ProgrammePaths, rows: list[list[str]]) -> None:
    lines = [["Token", "Group", "Q1", "Q2", "Q3"], *rows]
    (paths.exports(2027) / "export.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")


def run_due(paths: ProgrammePaths) -> None:
    """What ``cip run --year 2027`` does, without Prefect."""
    for run in plan_runs(paths, read_definitions(paths), year=2027):
        run_one(paths, run)


def run_one(paths: ProgrammePaths, run: Run) -> None:
    written: list[Path] = []
    for stage in STAGES:
        written += stage(paths, run.year)
    close_run(run, written + write_reports(paths, year=run.year))


@pytest.fixture
def paths(tmp_path: Path) -> ProgrammePaths:
    programme = write_programme(
        tmp_path, (2027,), tables={"groups": GROUPS, "principles": "principle,version,since,kind,parent,name:en,text:en\nP1,1,2025,principle,,Purpose,It fulfils its purpose.\n"},
        wave_tables={"items": ITEMS, "roster": "group,eligible,unit,as_of,source,access\nNorth,30,person,2027-01-01,register,unique\nSouth,20,person,2027-01-01,register,unique\n"},
    )  # fmt: skip
    settings = programme.wave(2027) / "survey.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'respondent_column = "Token"\n', encoding="utf-8")
    write_export(programme, answer_rows())
    run_due(programme)
    return programme


def marked(paths: ProgrammePaths) -> set[str]:
    scores = read_table("released_scores", paths.release("default", "scores"), [2027])
    return set(scores.loc[scores["marker"] == "c", "group"].astype("str"))


def code_of(refused: pytest.ExceptionInfo[UserError]) -> str:
    return refused.value.problems[0].code


class TestTheLedger:
    def test_a_release_is_collected_and_written_down_with_the_hash_of_every_file(self, paths: ProgrammePaths) -> None:
        done = publish_part(paths, "2027", on=DAY)
        assert (done.entry.kind, done.entry.number, done.entry.years) == ("release", 1, (2027,))
        assert {"community.html", "data/scores.csv", "scorecards/North.html"} <= set(done.entry.files)
        assert {path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*.*")} == set(done.entry.files)
        assert [entry.number for entry in read_ledger(paths)] == [1]

    def test_a_trial_run_leaves_no_trace(self, paths: ProgrammePaths) -> None:
        assert not paths.ledger.exists()
        assert not paths.ledger.parent.exists()

    def test_what_is_not_up_to_date_is_not_published(self, paths: ProgrammePaths) -> None:
        write_export(paths, answer_rows()[:-1])
        with pytest.raises(UserError) as refused:
            publish_part(paths, "2027", on=DAY)
        assert code_of(refused) == "publish_refused"
        assert not paths.ledger.exists()

    def test_a_file_somebody_changed_is_not_published(self, paths: ProgrammePaths) -> None:
        page = paths.report("2027", "scorecards/North.html")
        edit(page, "</main>", "<p>ask jane.doe@example.org</p></main>")
        with pytest.raises(UserError) as refused:
            publish_part(paths, "2027", on=DAY)
        assert code_of(refused) in ("publish_refused", "release_unsafe")
        assert "jane" not in str(refused.value)
        assert not paths.ledger.exists()

    @pytest.mark.parametrize("change", ["edit", "edit last", "drop", "table", "no entry"])
    def test_a_ledger_somebody_changed_is_refused_with_its_line(self, paths: ProgrammePaths, change: str) -> None:
        publish_part(paths, "2027", on=DAY)
        withdraw_release(paths, 1, on=DAY, reason="wrong export", signed="A. Chair")
        lines = paths.ledger.read_text(encoding="utf-8").splitlines()
        if change == "edit":
            lines[0] = json.dumps(json.loads(lines[0]) | {"profile": "strict"}, sort_keys=True, ensure_ascii=False)
        if change == "edit last":  # no line follows that would name its hash
            lines[1] = lines[1].replace("wrong export", "other export")
        if change == "no entry":
            lines[0] = "a remark of mine"
        if change == "drop":
            lines = lines[1:]
        paths.ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if change == "table":
            with (paths.kept_release(1) / "data" / "scores.csv").open("a", encoding="utf-8") as file:
                file.write("\n")
        with pytest.raises(UserError) as refused:
            read_ledger(paths)
        assert code_of(refused) == "ledger_edited"
        assert refused.value.problems[0].row in (1, 2)

    def test_a_withdrawal_needs_a_reason_and_a_release_in_force(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        with pytest.raises(UserError):
            withdraw_release(paths, 1, on=DAY, reason="", signed="")
        withdraw_release(paths, 1, on=DAY, reason="wrong export", signed="A. Chair")
        with pytest.raises(UserError):
            withdraw_release(paths, 1, on=DAY, reason="again", signed="A. Chair")


class TestCorrections:
    def test_groups_in_which_few_answers_changed_are_withheld_and_others_stay(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        rows = answer_rows()
        rows[0][2:] = ["Strongly agree"] * 3
        write_export(paths, rows)
        run_due(paths)
        assert marked(paths) == {"North", "House", "_all"}
        with pytest.raises(UserError) as refused:
            publish_part(paths, "2027", on=DAY)
        assert code_of(refused) == "publish_refused"
        done = publish_part(paths, "2027", on=DAY, reason="one answer was entered twice")
        assert (done.entry.kind, done.entry.about) == ("correction", 1)

    def test_a_waiver_shows_them_in_the_next_run(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        rows = answer_rows()
        rows[0][2:] = ["Strongly agree"] * 3
        write_export(paths, rows)
        run_due(paths)
        with pytest.raises(UserError):
            waive_groups(paths, "2027", ["North"], on=DAY, reason="", signed="")
        with pytest.raises(UserError):
            waive_groups(paths, "2027", ["Nowhere"], on=DAY, reason="they agree", signed="A. Chair")
        waive_groups(paths, "2027", ["North", "House", "_all"], on=DAY, reason="they agree", signed="A. Chair")
        run_due(paths)
        assert marked(paths) == set()

    def test_three_more_answers_are_a_correction_of_three_people(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        more = [[f"late{at}", "South", *(LABELS[(at + item) % 5] for item in range(3))] for at in range(3)]
        write_export(paths, answer_rows() + more)
        run_due(paths)
        assert marked(paths) == {"South", "House", "_all"}

    def test_without_the_answers_of_then_whatever_differs_is_withheld(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        paths.published_answers(1).unlink()
        rows = answer_rows()
        for row in rows[:12]:
            row[2:] = ["Strongly agree"] * 3
        write_export(paths, rows)
        run_due(paths)
        assert {"North", "House", "_all"} <= marked(paths)
        assert "South" not in marked(paths)

    def test_many_changed_answers_hide_each_other(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        rows = answer_rows()
        for row in rows[:12]:
            row[2:] = (
                ["Agree", "Strongly agree", "Neither"] if row[0].endswith("1") else ["Strongly agree", "Agree", "Agree"]
            )
        write_export(paths, rows)
        run_due(paths)
        assert "North" not in marked(paths)

    def test_a_few_in_each_of_several_groups_hide_each_other_in_the_whole_only(self, paths: ProgrammePaths) -> None:
        definitions = read_definitions(paths)
        assert find_singled_out({"North": 3, "South": 4}, 5, definitions) == {"North", "South"}
        assert find_singled_out({"North": 3, "South": 0}, 5, definitions) == {"North", "House", "_all"}
        assert find_singled_out({"North": 6}, 5, definitions) == set()


class TestThePromise:
    def test_a_profile_below_what_respondents_were_told_stops_the_run(self, paths: ProgrammePaths) -> None:
        settings = paths.wave(2027) / "survey.toml"
        told = "[promised]\nscore = 10\ndistribution = 10\ncomment = 10\nlinked = 10\n"
        settings.write_text(settings.read_text(encoding="utf-8") + told, encoding="utf-8")
        with pytest.raises(UserError) as refused:
            run_due(paths)
        assert code_of(refused) == "profile_lowered"

    def test_looking_alone_finds_it_so_that_nothing_is_run_first(self, paths: ProgrammePaths) -> None:
        with (paths.wave(2027) / "survey.toml").open("a", encoding="utf-8") as file:
            file.write("[promised]\nscore = 5\ndistribution = 10\ncomment = 10\nlinked = 10\n")
        found = [each for each in check_year(paths, read_definitions(paths), 2027) if each.kind.severity == "error"]
        assert [each.code for each in found] == ["profile_lowered"]
        assert "at least 10 people stand behind a distribution" in found[0].what
        report = check_programme(paths)
        assert report is not None
        assert (report.exit_code, report.verdict) == (54, "cannot be run: 1 error")

    def test_an_edited_ledger_is_found_by_looking_alone(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        paths.ledger.write_text(
            paths.ledger.read_text(encoding="utf-8").replace("2027-11-02", "2027-11-01"), encoding="utf-8"
        )
        assert "ledger_edited" in {each.code for each in check_year(paths, read_definitions(paths), 2027)}

    def test_a_profile_below_that_of_a_release_stops_the_run(self, paths: ProgrammePaths) -> None:
        publish_part(paths, "2027", on=DAY)
        with paths.settings.open("a", encoding="utf-8") as file:
            file.write('profile = "low"\n[profiles.low]\nscore = 4\ndistribution = 8\ncomment = 10\nlinked = 10\n')
        with pytest.raises(UserError) as refused:
            run_due(paths)
        assert code_of(refused) == "profile_lowered"
        assert "release 1" in str(refused.value)
