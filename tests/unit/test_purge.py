"""Deleting layers of a published year: shown first, logged with hashes, and what was published stays checkable."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from flows.cli import main
from pipeline.stages.check import check_programme
from pipeline.stages.check_release import check_folder
from pipeline.stages.plan import plan_runs
from pipeline.stages.publish import list_published_files, publish_part
from pipeline.stages.purge import find_overdue, plan_purge, purge_layer
from pipeline.stages.reports import close_run, write_reports
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.ledger import read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_file
from pipeline.store.tables import read_table
from schemas.definitions import Layer
from tests.programme_files import edit, write_programme
from tests.unit.test_publish import GROUPS, ITEMS, LABELS, answer_rows, run_one

PUBLISHED, DELETED = date(2027, 11, 2), date(2029, 3, 4)
GONE = "the answers of 2026 were deleted on 4\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2029"
WORDS = "Please rotate the meeting times."
PRINCIPLES = (
    "principle,version,since,kind,parent,name:en,text:en\nP1,1,2025,principle,,Purpose,It fulfils its purpose.\n"
)
ROSTER = "group,eligible,unit,as_of,source,access\nNorth,30,person,2026-01-01,register,unique\nSouth,20,person,2026-01-01,register,unique\n"
PERIODS = "period,name,group,year_from,year_to\nperiod-1,First period,,2026,2028\n"


def run_due(paths: ProgrammePaths) -> list[str]:
    """What ``cip run`` does, without Prefect; the parts that were run."""
    runs = plan_runs(paths, read_definitions(paths))
    for run in runs:
        if run.kind == "year":
            run_one(paths, run)
        else:
            close_run(run, write_reports(paths, period=run.part))
    return [run.part for run in runs]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    """Two years, run and published, once for all tests."""
    tmp_path = tmp_path_factory.mktemp("published")
    tables = {"groups": GROUPS, "principles": PRINCIPLES, "periods": PERIODS}
    programme = write_programme(tmp_path, (2026, 2027), tables=tables, wave_tables={"items": ITEMS, "roster": ROSTER})
    items = programme.wave(2027) / "items.csv"
    header, *rows = items.read_text(encoding="utf-8").splitlines()
    items.write_text("\n".join([f"{header},comparability", *(f"{row},identical" for row in rows)]) + "\n", "utf-8")
    for year in (2026, 2027):
        with (programme.wave(year) / "survey.toml").open("a", encoding="utf-8") as file:
            file.write('respondent_column = "Token"\ncomment_columns = ["Remark"]\n')
        answers = [
            [*row, WORDS if at % 3 else ""] for at, row in enumerate(answer_rows()[: 30 if year == 2026 else 32])
        ]
        lines = [["Token", "Group", "Q1", "Q2", "Q3", "Remark"], *answers]
        (programme.exports(year) / "export.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    run_due(programme)
    for part in ("2026", "2027"):
        publish_part(programme, part, on=PUBLISHED)
    return programme


@pytest.fixture
def paths(published: ProgrammePaths, tmp_path: Path) -> ProgrammePaths:
    """A copy of it, to delete from."""
    shutil.copytree(published.root, tmp_path / "root")
    return ProgrammePaths(tmp_path / "root", published.programme)


def purge(paths: ProgrammePaths, *layers: Layer, part: str = "2026") -> None:
    for layer in layers:
        purge_layer(paths, part, layer, on=DELETED, reason="two years are over", signed="A. Chair")


def refuse(paths: ProgrammePaths, part: str, layer: Layer, reason: str = "why", signed: str = "A. Chair") -> str:
    before = paths.ledger.read_bytes()
    with pytest.raises(UserError) as refused:
        purge_layer(paths, part, layer, on=DELETED, reason=reason, signed=signed)
    assert (refused.value.problems[0].code, refused.value.exit_code) == ("purge_refused", 57)
    assert paths.ledger.read_bytes() == before
    return refused.value.problems[0].what


class TestWhatIsDeleted:
    def test_it_is_shown_first_and_nothing_is_deleted_without_a_name(self, paths: ProgrammePaths) -> None:
        before = sorted(path for path in paths.root.rglob("*") if path.is_file())
        done = CliRunner().invoke(main, ["publish", "2026", "--purge", "exports", "--root", str(paths.root)])
        assert done.exit_code == 0
        assert "data/raw/example/2026/exports/export.csv\n" in done.output
        assert "responses_text.parquet/year=2026/part-0.parquet (30 rows)" in done.output
        assert "and nothing was" in done.output
        assert sorted(path for path in paths.root.rglob("*") if path.is_file()) == before

    def test_the_ledger_says_what_was_deleted_and_never_what_stood_in_it(self, paths: ProgrammePaths) -> None:
        export = paths.exports(2026) / "export.csv"
        digest, now = hash_file(export), ["--signed", "A. Chair", "--reason", "two years are over"]
        done = CliRunner().invoke(main, ["publish", "2026", "--purge", "exports", "--root", str(paths.root), *now])
        assert done.exit_code == 0, done.output
        entry = read_ledger(paths)[-1]
        assert (entry.kind, entry.layer, entry.part, entry.signed) == ("purge", "exports", "2026", "A. Chair")
        assert entry.files["data/raw/example/2026/exports/export.csv"] == digest
        assert set(entry.rows.values()) == {30}
        assert not [name for name in entry.files if (paths.root / name).exists()]
        line = paths.ledger.read_text(encoding="utf-8").splitlines()[-1]
        assert not [text for text in (*LABELS, WORDS, "North0") if text in line]

    def test_nothing_of_a_person_is_left_of_the_year_and_everything_of_the_next(self, paths: ProgrammePaths) -> None:
        next_year = {
            path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file() and "2027" in str(path)
        }
        purge(paths, "exports", "comments", "answers")
        left = [path.relative_to(paths.processed) for path in paths.processed.rglob("year=2026/*") if path.is_file()]
        assert {path.parts[0] for path in left} == {"release", "problems", "responses.parquet"}
        assert not paths.published_answers(1).exists()
        assert paths.published_answers(2).exists()
        assert all(path.read_bytes() == content for path, content in next_year.items())

    def test_the_answers_and_comments_wait_for_the_exports_that_hold_them(self, paths: ProgrammePaths) -> None:
        for layer in ("comments", "answers", "key"):
            assert "The exports of 2026 are still here" in refuse(paths, "2026", layer)

    def test_the_key_goes_when_no_export_is_left(self, paths: ProgrammePaths) -> None:
        paths.pseudonym_key.write_text("00" * 32, encoding="ascii")
        purge(paths, "exports")
        assert "The exports of 2027 are still here" in refuse(paths, "2027", "key")
        purge(paths, "exports", "key", part="2027")
        assert not paths.pseudonym_key.exists()
        assert read_ledger(paths)[-1].layer == "key"
        assert plan_runs(paths, read_definitions(paths)) == []

    def test_what_is_refused(self, paths: ProgrammePaths) -> None:
        assert "never published" in refuse(paths, "2028", "exports")
        assert "never published" in refuse(paths, "period-1", "exports")
        assert "a reason and a name" in refuse(paths, "2026", "exports", reason="")
        assert "a reason and a name" in refuse(paths, "2026", "exports", signed="")
        purge(paths, "exports")
        assert "nothing left" in refuse(paths, "2026", "exports")

    def test_a_file_that_could_not_be_deleted_is_deleted_when_asked_again(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports")
        paths.exports(2026).mkdir(exist_ok=True)
        (paths.exports(2026) / "again.csv").write_text("Group\n", encoding="utf-8")
        assert [path.name for path in plan_purge(paths, "2026", "exports").files] == ["again.csv"]


class TestAfterwards:
    def test_nothing_has_to_be_run_again(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports", "comments", "answers")
        assert run_due(paths) == []
        done = CliRunner().invoke(main, ["run", "--root", str(paths.root)])
        assert (done.exit_code, "exports of 2026 were deleted" in done.output) == (0, True)

    def test_comparisons_say_that_the_answers_are_gone_and_the_period_keeps_the_year(
        self, paths: ProgrammePaths
    ) -> None:
        purge(paths, "exports", "comments", "answers")
        for part in ("2027", "period-1"):
            paths.run_record(part).unlink()
        assert run_due(paths) == ["2027", "period-1"]
        trends = read_table("released_trends", paths.release("default", "trends"), [2027])
        assert {"North", "House", "_all"} <= set(trends["group"].astype("str"))
        assert set(trends["verdict"].astype("str")) == {"not_tested"}
        assert set(trends["reason"]) == {GONE}
        assert trends[["n_from", "mean_from", "mean_to", "difference"]].isna().all(axis=None)
        page = paths.report("2027", "scorecards/North.html").read_text(encoding="utf-8")
        assert f"Not tested: {GONE}." in page
        book = pd.read_excel(
            paths.report("period-1", "assessment-North.xlsx"), sheet_name=None, header=None, engine="openpyxl"
        )
        assert any(2026 in sheet.to_numpy() or "2026" in sheet.astype("str").to_numpy() for sheet in book.values())
        folder = paths.reports / "2027"
        assert check_folder(paths, folder, list_published_files(folder)).problems == ()

    def test_what_was_published_can_still_be_checked(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports", "comments", "answers")
        for number, part in ((1, "2026"), (2, "2027")):
            folder = paths.published(number, part)
            found = check_folder(paths, folder, list_published_files(folder))
            assert found.problems == ()
            assert any("answers of 2026 were deleted on 2029-03-04: files were not searched" in n for n in found.notes)

    def test_the_ledger_and_the_release_are_enough(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports", "comments", "answers")
        for path in sorted(paths.processed.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder = paths.published(1, "2026")
        assert check_folder(paths, folder, list_published_files(folder)).problems == ()
        edit(folder / "scorecards" / "North.html", "</main>", "<p>North stands at 61.27 points</p></main>")
        assert check_folder(paths, folder, list_published_files(folder)).problems

    def test_an_edited_entry_is_found(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports")
        edit(paths.ledger, "two years are over", "they asked for it")
        with pytest.raises(UserError) as refused:
            read_ledger(paths)
        assert (refused.value.problems[0].code, refused.value.problems[0].row) == ("ledger_edited", 3)

    def test_the_year_is_not_published_again(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports")
        with pytest.raises(UserError) as refused:
            publish_part(paths, "2026", on=DELETED, reason="a correction")
        assert "The exports of 2026 were deleted on 2029-03-04" in refused.value.problems[0].what

    def test_a_check_says_what_was_deleted_and_waits_for_no_export(self, paths: ProgrammePaths) -> None:
        purge(paths, "exports", "comments", "answers")
        report = check_programme(paths)
        assert report is not None
        assert (report.exit_code, report.waiting) == (0, ())
        told = [problem.what for problem in report.problems if problem.code == "data_deleted"]
        assert told == ["Deleted: exports on 2029-03-04, comments on 2029-03-04, answers on 2029-03-04"]


class TestRetentionDates:
    def keep(self, paths: ProgrammePaths, **months: int) -> None:
        with paths.settings.open("a", encoding="utf-8") as file:
            file.write("[retention]\n" + "".join(f"{layer} = {n}\n" for layer, n in months.items()))

    def overdue(self, paths: ProgrammePaths, on: date) -> list[str]:
        return [each.what for each in find_overdue(paths, read_definitions(paths), on)]

    def test_a_layer_is_overdue_from_the_day_after_its_date(self, paths: ProgrammePaths) -> None:
        self.keep(paths, exports=16, answers=48)
        assert self.overdue(paths, DELETED) == [
            f"The exports of {year} were to be deleted by 2029-03-02: 3 files still here" for year in (2026, 2027)
        ]
        assert self.overdue(paths, date(2029, 3, 2)) == []
        purge(paths, "exports")
        assert [text.split()[3] for text in self.overdue(paths, DELETED)] == ["2027"]

    def test_a_check_warns_and_says_what_to_do(self, paths: ProgrammePaths) -> None:
        self.keep(paths, exports=1)
        report = check_programme(paths, on=DELETED)
        assert report is not None
        found = [problem for problem in report.problems if problem.code == "retention_passed"]
        assert (len(found), report.exit_code) == (2, 0)
        assert "cip publish 2026 --purge exports" in found[0].action

    def test_without_a_number_nothing_is_ever_overdue(self, paths: ProgrammePaths) -> None:
        assert self.overdue(paths, date(2099, 1, 1)) == []

    def test_the_key_is_counted_from_the_last_release(self, paths: ProgrammePaths) -> None:
        paths.pseudonym_key.write_text("00" * 32, encoding="ascii")
        self.keep(paths, exports=12, key=12)
        assert "The key of the pseudonyms was to be deleted by 2028-11-02: 1 file still here" in self.overdue(
            paths, DELETED
        )

    @pytest.mark.parametrize("months", [{"answers": 12}, {"exports": 24, "comments": 12}, {"exports": -1}])
    def test_what_stands_in_the_exports_cannot_be_promised_to_go_before_them(
        self, paths: ProgrammePaths, months: dict[str, int]
    ) -> None:
        self.keep(paths, **months)
        with pytest.raises(UserError) as refused:
            read_definitions(paths)
        assert {problem.code for problem in refused.value.problems} == {"definition_invalid"}
        assert "exports" in str(refused.value)


def test_a_line_of_the_ledger_carries_its_own_hash(paths: ProgrammePaths) -> None:
    line = json.loads(paths.ledger.read_text(encoding="utf-8").splitlines()[-1])
    assert line["seal"] == read_ledger(paths)[-1].digest()
