"""``cip new YEAR --from EXPORT``: what is written, what is asked, what is never overwritten."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from pipeline.stages.check import check_year
from pipeline.stages.check_facts import examine_year
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.records import read_records
from schemas.definitions import DraftQuestion, Group, Item, ScalePoint
from tests.programme_files import write_programme

ANSWERS = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]
STATEMENTS = ["The group works well.", "Meetings are useful.", "Decisions are explained."]
GROUP = "Which chapter are you answering for?"


def export(groups=("North", "South"), statements=STATEMENTS, answers=ANSWERS, rows=20, more=True) -> str:
    """A plain export with an e-mail nobody may see again."""
    header = [
        "Response ID",
        "Submitted at",
        GROUP,
        *statements,
        *(["Your e-mail", "Any other feedback?"] if more else []),
    ]
    lines = [header]
    for n in range(rows):
        given = [answers[(n + k) % len(answers)] for k in range(len(statements))]
        own = [f"person{n}@example.org", f"My own view number {n} is a long one"] if more else []
        lines.append([str(100 + n), f"2027-05-{n + 1:02d} 10:00", groups[n % len(groups)], *given, *own])
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines) + "\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def new(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["new", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestFolder:
    def test_a_certain_draft_has_everything_and_no_question(self, tmp_path):
        source = write(tmp_path / "answers.csv", export())
        code, output = new(2027, "--from", source, "--to", tmp_path / "draft")
        assert (code, "3 items, 1 scale, 2 groups, 0 questions" in output) == (0, True)
        folder = tmp_path / "draft"
        assert sorted(path.name for path in folder.iterdir()) == [
            "draft.csv", "groups.csv", "items.csv", "scales.csv", "survey.toml",
        ]  # fmt: skip
        survey = tomllib.loads((folder / "survey.toml").read_text(encoding="utf-8"))
        assert (survey["year"], survey["tool"], survey["header_rows"]) == (2027, "plain", 1)
        assert (survey["respondents"], survey["group_column"]) == (20, GROUP)
        assert (survey["respondent_column"], survey["finished_column"]) == ("Response ID", "Submitted at")
        assert survey["comment_columns"] == ["Any other feedback?"]
        assert survey["report_date"].isoformat() == "2027-05-20"
        assert [row["name"] for row in rows(folder / "groups.csv")] == ["North", "South"]
        assert [row["column"] for row in rows(folder / "items.csv")] == STATEMENTS
        taken = {row["header"]: row["taken_for"] for row in rows(folder / "draft.csv")}
        assert taken["Your e-mail"] == "personal"

    def test_no_answer_and_nothing_personal_is_written(self, tmp_path):
        source = write(tmp_path / "answers.csv", export(groups=("North", "South", "person7@example.org")))
        _, output = new(2027, "--from", source, "--to", tmp_path / "draft")
        written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "draft").glob("*[st].*"))
        for text in (written, output):
            assert "My own view" not in text
            assert "person3@" not in text

    def test_the_same_export_gives_the_same_bytes(self, tmp_path):
        source = write(tmp_path / "answers.csv", export())
        for folder in ("one", "two"):
            new(2027, "--from", source, "--to", tmp_path / folder)
        for path in (tmp_path / "one").iterdir():
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()

    @pytest.mark.parametrize("name", ["survey.toml", "items.csv", "questions.csv"])
    def test_definitions_that_are_there_are_never_overwritten(self, tmp_path, name):
        source = write(tmp_path / "answers.csv", export())
        kept = write(tmp_path / "draft" / name, "mine\n")
        code, output = new(2027, "--from", source, "--to", tmp_path / "draft")
        assert (code, name in output, "--to" in output) == (14, True, True)
        assert kept.read_text(encoding="utf-8") == "mine\n"
        assert len(list((tmp_path / "draft").iterdir())) == 1

    def test_several_files_are_one_survey_and_items_that_one_lacks_are_asked_about(self, tmp_path):
        one = write(tmp_path / "one.csv", export(rows=12))
        other = (
            export(statements=STATEMENTS[:2], groups=("East",), rows=9).replace('"10', '"30').replace("-05-", "-06-")
        )
        two = write(tmp_path / "two.csv", other)
        code, _ = new(2027, "--from", one, two, "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert (code, survey["respondents"]) == (0, 21)
        assert survey["files"] == [{"file": "one.csv"}, {"file": "two.csv"}]
        assert [row["column"] for row in rows(tmp_path / "draft" / "items.csv")] == STATEMENTS[:2]
        assert STATEMENTS[2] in rows(tmp_path / "draft" / "questions.csv")[0]["question"]

    def test_without_a_group_column_everybody_is_one_group_and_that_is_asked(self, tmp_path):
        source = write(tmp_path / "answers.csv", export(groups=("Yes", "No")).replace(GROUP, "Did you vote"))
        new(2027, "--from", source, "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert "group_column" not in survey
        assert survey["files"] == [{"file": "answers.csv", "group": "everyone"}]
        (question,) = rows(tmp_path / "draft" / "questions.csv")
        assert (question["decided"], "which group" in question["question"]) == ("", True)

    def test_a_column_that_only_looks_like_the_group_is_proposed_as_a_guess_beside_others(self, tmp_path):
        text = export(groups=("North", "South", "East")).replace(GROUP, "Shade")
        lines = [
            line + (',"Hue"' if not n else f',"{["Red", "Blue"][n % 2]}"') for n, line in enumerate(text.splitlines())
        ]
        new(2027, "--from", write(tmp_path / "answers.csv", "\n".join(lines)), "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert survey["group_column"] == "Shade"
        (question,) = [row for row in rows(tmp_path / "draft" / "questions.csv") if row["column"] == "Shade"]
        assert 0.4 <= float(question["reason"].partition(":")[0]) <= 0.6
        assert ("'Hue'" in question["reason"], question["decided"]) == (True, "")

    def test_a_block_pasted_beside_the_answers_is_not_used_and_asked_about(self, tmp_path):
        lines = [f"{line},,{line.replace('North', 'West')}" for line in export(more=False).splitlines()]
        code, _ = new(2027, "--from", write(tmp_path / "answers.csv", "\n".join(lines)), "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert (code, survey["group_column"], survey["respondent_column"]) == (0, f"{GROUP} [1]", "Response ID [1]")
        assert [row["column"] for row in rows(tmp_path / "draft" / "items.csv")] == [
            f"{text} [1]" for text in STATEMENTS
        ]
        assert "West" not in {row["name"] for row in rows(tmp_path / "draft" / "groups.csv")}
        assert any("pasted beside" in row["question"] for row in rows(tmp_path / "draft" / "questions.csv"))

    def test_rows_that_only_the_pasted_block_has_are_nobodys(self, tmp_path):
        beside = export(more=False, rows=25).splitlines()
        answers = export(more=False, rows=20).splitlines()
        answers += ["," * answers[0].count(",")] * (len(beside) - len(answers))
        lines = [f"{line},{other}" for line, other in zip(answers, beside, strict=True)]
        source = write(tmp_path / "answers.csv", "\n".join(lines))
        assert new(2027, "--from", source, "--programme", "members", "--root", tmp_path)[0] == 0
        paths = ProgrammePaths(tmp_path, "members")
        assert tomllib.loads((paths.wave(2027) / "survey.toml").read_text(encoding="utf-8"))["respondents"] == 20
        (paths.wave(2027) / "questions.csv").unlink()
        facts = examine_year(paths, read_definitions(paths), 2027)
        assert (facts.responses, facts.excluded) == (20, {})
        assert "respondents_differ" not in {problem.code for problem in facts.problems}

    def test_the_same_answers_in_another_format_are_refused(self, tmp_path):
        one = write(tmp_path / "answers.csv", export())
        two = write(tmp_path / "answers.tsv", export().replace('","', '"\t"'))
        code, output = new(2027, "--from", one, two, "--to", tmp_path / "draft")
        assert (code, "answers.csv" in output, (tmp_path / "draft").exists()) == (24, True, False)

    def test_an_earlier_download_is_left_out_and_named(self, tmp_path):
        whole = export()
        one = write(tmp_path / "early.csv", "\n".join(whole.splitlines()[:13]))
        two = write(tmp_path / "late.csv", whole)
        code, output = new(2027, "--from", one, two, "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert (code, survey["respondents"], "Warning: All 12 responses" in output) == (0, 20, True)
        assert any("early.csv" in row["question"] for row in rows(tmp_path / "draft" / "questions.csv"))

    def test_files_that_number_their_responses_anew_have_no_id_column(self, tmp_path):
        one = write(tmp_path / "one.csv", export())
        other = export(rows=15, answers=ANSWERS[::-1]).replace("-05-", "-06-")
        code, _ = new(2027, "--from", one, write(tmp_path / "two.csv", other), "--to", tmp_path / "draft")
        survey = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert (code, survey["respondents"], "respondent_column" in survey) == (0, 35, False)
        assert any("anew" in row["question"] for row in rows(tmp_path / "draft" / "questions.csv"))

    def test_two_names_for_one_file_are_refused(self, tmp_path):
        source = write(tmp_path / "answers.csv", export())
        copy = write(tmp_path / "copy.csv", export())
        code, output = new(2027, "--from", source, "--from", copy, "--to", tmp_path / "draft")
        assert (code, "export_twice" in output) == (24, True)


class TestLike:
    def draft(self, tmp_path, year: int, text: str, *more: object) -> str:
        code, output = new(year, "--from", write(tmp_path / f"{year}.csv", text), "--to", tmp_path / str(year), *more)
        assert code == 0, output
        return output

    def test_unchanged_items_go_on_without_a_question(self, tmp_path):
        self.draft(tmp_path, 2026, export())
        items = tmp_path / "2026" / "items.csv"
        items.write_text(items.read_text(encoding="utf-8").replace(",no,", ",yes,", 1), encoding="utf-8")
        output = self.draft(tmp_path, 2027, export(), "--like", 2026)
        found = rows(tmp_path / "2027" / "items.csv")
        assert {row["comparability"] for row in found} == {"identical"}
        assert [row["reverse"] for row in found] == ["yes", "no", "no"]
        assert "0 questions" in output

    def test_each_change_is_proposed_and_asked(self, tmp_path):
        self.draft(tmp_path, 2026, export())
        now = ["The group works well!", "Meetings are never useful.", "Something else is asked of people today."]
        output = self.draft(tmp_path, 2027, export(statements=now), "--like", 2026)
        found = {row["column"]: row for row in rows(tmp_path / "2027" / "items.csv")}
        assert [found[text]["comparability"] for text in now] == ["editorial", "substantive", ""]
        assert found[now[2]]["item"] not in {row["item"] for row in rows(tmp_path / "2026" / "items.csv")}
        assert "No longer asked (1)" in output
        assert len(rows(tmp_path / "2027" / "questions.csv")) == 3

    def test_rules_go_on_only_where_they_can_be_applied(self, tmp_path):
        self.draft(tmp_path, 2026, export())
        survey = tmp_path / "2026" / "survey.toml"
        rules = "fieldwork_from = 2026-05-01\n\n[responses]\nwithin_fieldwork = true\nduplicate_minutes = 30\n"
        survey.write_text(survey.read_text(encoding="utf-8").replace("[responses]\n", rules), encoding="utf-8")
        output = self.draft(tmp_path, 2027, export(), "--like", 2026)
        found = tomllib.loads((tmp_path / "2027" / "survey.toml").read_text(encoding="utf-8"))
        assert found["responses"] == {"count": "any answer", "duplicate_minutes": 30}
        assert "On which days did fieldwork begin and end?" in output

    def test_words_that_became_numbers_are_a_scale_change(self, tmp_path):
        self.draft(tmp_path, 2026, export())
        now = [f"{text} (1 = strongly disagree, 5 = strongly agree)" for text in STATEMENTS]
        self.draft(tmp_path, 2027, export(statements=now, answers=["1", "2", "3", "4", "5"]), "--like", 2026)
        found = rows(tmp_path / "2027" / "items.csv")
        assert {row["comparability"] for row in found} == {"scale change"}
        assert {row["scale"] for row in found}.isdisjoint(row["scale"] for row in rows(tmp_path / "2026" / "items.csv"))


class TestWorkbook:
    def test_a_programme_drafted_as_a_workbook_passes_the_check(self, tmp_path):
        source = write(tmp_path / "answers.csv", export())
        code, output = new(2027, "--from", source, "--programme", "members", "--xlsx", "--root", tmp_path)
        paths = ProgrammePaths(tmp_path, "members")
        assert (code, "definitions.xlsx" in output, "items.csv," in output) == (0, True, False)
        assert [path.name for path in paths.raw.rglob("*.csv")] == ["draft.csv", "answers.csv"]
        problems = check_year(paths, read_definitions(paths), 2027)
        assert [problem for problem in problems if problem.kind.severity == "error"] == []

    def test_the_next_year_becomes_a_workbook_too(self, tmp_path):
        paths = write_programme(tmp_path)
        code, output = new(2027, "--programme", "example", "--xlsx", "--root", tmp_path)
        assert (code, "definitions.xlsx" in output) == (0, True)
        assert list(paths.wave(2027).glob("*.csv")) == []
        assert read_definitions(paths).waves[2027].items == tuple(
            item.model_copy(update={"comparability": "identical", "same_as": None})
            for item in read_definitions(paths).waves[2026].items
        )

    def test_a_folder_drafted_as_a_workbook_holds_what_the_tables_hold_and_can_be_compared_with(self, tmp_path):
        source = write(tmp_path / "answers.csv", export(groups=("North", "South", "East")).replace(GROUP, "Shade"))
        new(2026, "--from", source, "--to", tmp_path / "2026", "--xlsx")
        new(2026, "--from", source, "--to", tmp_path / "tables")
        for table, model in (("items", Item), ("scales", ScalePoint), ("groups", Group), ("questions", DraftQuestion)):
            assert read_records(tmp_path / "2026", table, model) == read_records(tmp_path / "tables", table, model)
        code, _ = new(2027, "--from", source, "--to", tmp_path / "2027", "--like", 2026, "--xlsx")
        items = read_records(tmp_path / "2027", "items", Item)
        assert (code, {item.comparability for item in items}) == (0, {"identical"})

    def test_a_workbook_that_is_there_is_not_overwritten(self, tmp_path):
        source = write(tmp_path / "answers.csv", export())
        kept = write(tmp_path / "draft" / "definitions.xlsx", "mine")
        code, output = new(2027, "--from", source, "--to", tmp_path / "draft", "--xlsx")
        assert (code, "definitions.xlsx" in output, kept.read_text(encoding="utf-8")) == (14, True, "mine")


class TestProgramme:
    def test_an_organisation_with_nothing_but_an_export_gets_going(self, tmp_path):
        source = write(tmp_path / "in" / "answers.csv", export())
        root = tmp_path / "root"
        root.mkdir()
        code, output = new(2027, "--from", source, "--programme", "members", "--root", root)
        assert (code, "cip check members" in output) == (0, True)
        paths = ProgrammePaths(root, "members")
        problems = check_year(paths, read_definitions(paths), 2027)
        assert [problem for problem in problems if problem.kind.severity == "error"] == []
        assert (paths.exports(2027) / "answers.csv").read_bytes() == source.read_bytes()
        assert "exports" in (root / ".gitignore").read_text(encoding="utf-8")

    def test_the_second_year_goes_on_from_the_first_by_itself(self, tmp_path):
        for year, groups in ((2027, ("North", "South")), (2028, ("North", "Southern", "South"))):
            source = write(tmp_path / f"{year}.csv", export(groups=groups, rows=30))
            code, output = new(year, "--from", source, "--programme", "members", "--root", tmp_path)
            assert code == 0, output
        paths = ProgrammePaths(tmp_path, "members")
        assert {row["comparability"] for row in rows(paths.wave(2028) / "items.csv")} == {"identical"}
        (question,) = rows(paths.wave(2028) / "questions.csv")
        assert ("Southern" in question["question"], "south" in question["proposal"]) == (True, True)
        assert [row["name"] for row in rows(paths.raw / "groups.csv")] == ["North", "South"]
        (problem,) = check_year(paths, read_definitions(paths), 2028)
        assert problem.code == "draft_open"

    def test_the_draft_names_what_respondents_were_promised(self, tmp_path):
        paths = write_programme(tmp_path)
        own = 'profile = "own"\n[profiles.own]\nscore = 6\ndistribution = 9\ncomment = 10\nlinked = 12\n'
        paths.settings.write_text(paths.settings.read_text(encoding="utf-8") + own, encoding="utf-8")
        results = write(tmp_path / "results.csv", export())
        told = {"score": 6, "distribution": 9, "comment": 10, "linked": 12}
        assert new(2027, "--from", results, "--programme", "example", "--root", tmp_path)[0] == 0
        drafted = (paths.wave(2027) / "survey.toml").read_text(encoding="utf-8")
        assert tomllib.loads(drafted)["promised"] == told
        assert (
            "# the release profile as it is; where the invitation named other numbers, write those\nscore = 6"
            in drafted
        )
        assert new(2027, "--from", results, "--to", tmp_path / "draft", "--root", tmp_path)[0] == 0
        elsewhere = tomllib.loads((tmp_path / "draft" / "survey.toml").read_text(encoding="utf-8"))
        assert elsewhere["promised"] == {"score": 5, "distribution": 8, "comment": 10, "linked": 10}

    def test_the_next_year_promises_the_profile_of_today_and_not_last_years(self, tmp_path):
        paths = write_programme(tmp_path)
        with (paths.wave(2026) / "survey.toml").open("a", encoding="utf-8") as file:
            file.write(
                '\n[promised]\nscore = 4\ndistribution = 5\ncomment = 5\nlinked = 5\n\n[responses]\ncount = "any answer"\n'
            )
        for year in (2027, 2028):
            assert new(year, "--programme", "example", "--root", tmp_path)[0] == 0
            text = (paths.wave(year) / "survey.toml").read_text(encoding="utf-8")
            drafted = tomllib.loads(text)
            assert drafted["promised"] == {"score": 5, "distribution": 8, "comment": 10, "linked": 10}
            assert drafted["responses"] == {"count": "any answer"}
            assert text.count("What the invitation says") == 1

    def test_a_year_without_rating_questions_waits_for_somebody_to_name_them(self, tmp_path):
        source = write(tmp_path / "a.csv", "Colour,Team\n" + "red,North\ngreen,South\nblue,North\npink,South\n" * 4)
        assert new(2027, "--from", source, "--programme", "members", "--root", tmp_path)[0] == 0
        with pytest.raises(UserError) as caught:
            read_definitions(ProgrammePaths(tmp_path, "members"))
        (problem,) = caught.value.problems
        assert (problem.code, problem.file) == ("draft_open", "2027/items.csv")
        assert "no rating question" in problem.what
        assert "one column per question" in problem.action

    def test_a_year_that_exists_is_left_alone(self, tmp_path):
        paths = write_programme(tmp_path)
        source = write(tmp_path / "answers.csv", export())
        before = {path: path.read_bytes() for path in paths.raw.rglob("*") if path.is_file()}
        code, output = new(2026, "--from", source, "--programme", "example", "--root", tmp_path)
        assert (code, "year_twice" in output) == (15, True)
        assert before == {path: path.read_bytes() for path in paths.raw.rglob("*") if path.is_file()}

    def test_an_earlier_year_that_is_not_there_is_named(self, tmp_path):
        write_programme(tmp_path)
        source = write(tmp_path / "answers.csv", export())
        code, output = new(2027, "--from", source, "--like", 1999, "--programme", "example", "--root", tmp_path)
        assert (code, "1999" in output) == (17, True)

    @pytest.mark.parametrize("arguments", [("--like", 2026), ("--to", "x"), ("--programme", "../out")])
    def test_what_makes_no_sense_is_refused(self, tmp_path, arguments):
        source = write(tmp_path / "answers.csv", export())
        more = ("--from", source) if arguments[0] == "--programme" else ()
        code, _ = new(2027, *more, *arguments, "--root", tmp_path)
        assert code == 2
        assert not (tmp_path / "data").exists()
