"""Declared rules and repeated exports: who is counted, who is listed as excluded, and what stops a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.responses import classify_responses
from pipeline.ingest.validate import make_respondents
from pipeline.ingest.wave import read_wave
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from tests.programme_files import write_programme

FULL = "Agree,Disagree,Agree,Neither"
HEADER = "Id,Group,Sent,Q1,Q2,Q3,Q4"
SENT = 'respondent_column = "Id"\nfinished_column = "Sent"\nfieldwork_from = 2025-05-01\nfieldwork_to = 2025-05-31\n'


def read(tmp_path: Path, exports: dict[str, Iterable[str]], settings: str = "", rules: str = "", wave_tables=None):
    """Classified responses of some exports (each its lines) and the problems on the way."""
    paths = write_programme(tmp_path, [2025], wave_tables=wave_tables)
    (paths.exports(2025) / "export.csv").unlink()
    for name, lines in exports.items():
        (paths.exports(2025) / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    survey = paths.wave(2025) / "survey.toml"
    text = survey.read_text(encoding="utf-8") + settings
    survey.write_text(text + (f"\n[responses]\n{rules}\n" if rules else ""), encoding="utf-8")
    definitions = read_definitions(paths)
    texts, problems = read_wave(paths, definitions, 2025)
    coded, found = harmonise_answers(texts, definitions, 2025)
    classified, more = classify_responses(coded, definitions, 2025)
    return classified, [*problems, *found, *more]


def reasons(tmp_path: Path, header: str, rows: list[str], settings: str = "", rules: str = "") -> list[str]:
    classified, problems = read(tmp_path, {"export.csv": [header, *rows]}, settings, rules)
    listed = {problem.code for problem in problems}
    assert {reason for reason in classified["reason"] if reason} <= listed
    return [str(reason) for reason in classified["reason"]]


class TestTooFast:
    HEADER = "Group,Began,Sent,Took,Q1,Q2,Q3,Q4"
    TIMES = 'started_column = "Began"\nfinished_column = "Sent"\n'

    def test_time_between_beginning_and_sending_counts(self, tmp_path):
        rows = [
            f"North,2025-05-02 10:00:00,2025-05-02 10:00:29,,{FULL}",
            f"North,2025-05-02 10:00:00,2025-05-02 10:00:30,,{FULL}",
            f"North,,2025-05-02 10:00:30,,{FULL}",
            f"North,2025-05-02 10:00:30,2025-05-02 10:00:10,,{FULL}",
        ]
        found = reasons(tmp_path, self.HEADER, rows, self.TIMES, "too_fast_seconds = 30")
        assert found == ["excluded_too_fast", "", "", ""]

    @pytest.mark.parametrize(
        ("took", "fast"),
        [("29.5", True), ("29,5", True), ("30", False), ("0:00:29", True), ("00:00:30", False), ("1:00:00", False),
         ("1 day 00:00:01", False), ("", False), ("-1", False)],
    )  # fmt: skip
    def test_a_duration_is_seconds_or_a_clock(self, tmp_path, took, fast):
        rules = 'too_fast_seconds = 30\nduration_column = "Took"'
        found = reasons(tmp_path, self.HEADER, [f'North,,,"{took}",{FULL}', f"North,,,99,{FULL}"], "", rules)
        assert found == ["excluded_too_fast" if fast else "", ""]

    def test_parts_of_a_day_are_a_spreadsheets_durations(self, tmp_path):
        rules = 'too_fast_seconds = 30\nduration_column = "Took"'
        rows = [f"North,,,0.0003,{FULL}", f"North,,,0.0004,{FULL}"]
        assert reasons(tmp_path, self.HEADER, rows, "", rules) == ["excluded_too_fast", ""]

    def test_a_duration_that_cannot_be_read_stops_the_run(self, tmp_path):
        rules = 'too_fast_seconds = 30\nduration_column = "Took"'
        with pytest.raises(UserError) as caught:
            reasons(tmp_path, self.HEADER, [f"North,,,60,{FULL}", f"North,,,12:30,{FULL}"], "", rules)
        (problem,) = caught.value.problems
        assert (problem.code, problem.row, problem.column) == ("date_unreadable", 3, "Took")
        assert "12:30" not in str(caught.value)


class TestStraightLine:
    def find(self, tmp_path, *answers: str, least: int = 3):
        rows = [f"North,{answer}" for answer in answers]
        return reasons(tmp_path, "Group,Q1,Q2,Q3,Q4", rows, "", f"straight_line_items = {least}")

    def test_the_same_answer_throughout_is_excluded_also_where_items_are_reversed(self, tmp_path):
        found = self.find(tmp_path, "Agree,Agree,Agree,Agree", "Agree,Agree,Agree,Neither", FULL)
        assert found == ["excluded_straight_line", "", ""]

    def test_blanks_and_no_opinion_are_no_answers(self, tmp_path):
        found = self.find(tmp_path, "Agree,Agree,,Agree", "Agree,Agree,,", "Agree,Agree,No opinion,No opinion")
        assert found == ["excluded_straight_line", "", ""]

    def test_a_scale_with_fewer_items_than_the_rule_names_excludes_nobody(self, tmp_path):
        assert self.find(tmp_path, "Agree,Agree,Agree,Agree", least=5) == [""]


class TestOrder:
    def test_nobodys_good_response_is_lost_to_one_that_does_not_count(self, tmp_path):
        rows = ["a,North,2025-05-02,,,Agree,", f"a,North,2025-05-02,{FULL}", f"a,North,2025-05-02,{FULL}"]
        found = reasons(tmp_path, HEADER, rows, SENT, "")
        assert found == ["excluded_partial", "", "excluded_duplicate"]

    def test_a_response_gets_the_first_reason_that_fits(self, tmp_path):
        rows = ["a,test,2025-07-01,,,,", "b,North,2025-07-01,,,,", "c,North,2025-05-02,,,,"]
        rules = 'within_fieldwork = true\ntest_column = "Group"\ntest_values = ["TEST"]'
        settings = SENT + 'no_group_values = ["test"]\n'
        found = reasons(tmp_path, HEADER, rows, settings, rules)
        assert found == ["excluded_test", "excluded_out_of_dates", "excluded_empty"]

    def test_a_token_may_answer_once_for_each_group(self, tmp_path):
        rows = [f"a,North,2025-05-02,{FULL}", f"a,South,2025-05-02,{FULL}", f"a,North,2025-05-03,{FULL}"]
        assert reasons(tmp_path, HEADER, rows, SENT) == ["", "", "excluded_duplicate"]


class TestDates:
    def test_each_file_keeps_its_own_convention(self, tmp_path):
        exports = {
            "a.csv": [HEADER, f"a,North,05/31/2025,{FULL}", f"b,North,06/01/2025,{FULL}"],
            "b.csv": [HEADER, f"c,North,31.05.2025,{FULL}", f"d,North,01.06.2025,{FULL}"],
        }
        classified, _ = read(tmp_path, exports, SENT, "within_fieldwork = true")
        assert classified["reason"].tolist() == ["", "excluded_out_of_dates"] * 2

    @pytest.mark.parametrize(
        ("cells", "code", "row"),
        [(("05/04/2025", "05/05/2025"), "", 0), (("2025-05-04", "late"), "date_unreadable", 3),
         (("06/05/2025", "05/06/2025"), "date_ambiguous", 2)],
    )  # fmt: skip
    def test_what_cannot_be_settled_is_named_with_its_place(self, tmp_path, cells, code, row):
        lines = [HEADER, *(f"{at},North,{cell},{FULL}" for at, cell in enumerate(cells))]
        if not code:
            assert reasons(tmp_path, lines[0], lines[1:], SENT, "within_fieldwork = true") == ["", ""]
            return
        with pytest.raises(UserError) as caught:
            reasons(tmp_path, lines[0], lines[1:], SENT, "within_fieldwork = true")
        (problem,) = caught.value.problems
        assert (problem.code, problem.row, problem.column) == (code, row, "Sent")
        assert not any(cell in problem.describe() for cell in cells)


def people(numbers: Iterable[int], q1: str = "Agree", prefix: str = "person-") -> list[str]:
    options = ("Agree", "Disagree", "Neither")
    return [
        HEADER,
        *(
            f"{prefix}{n},North,2025-05-0{1 + n % 9} 10:00,{q1},{options[n % 3]},{options[n % 2]},Agree"
            for n in numbers
        ),
    ]


class TestRepeatedExports:
    def test_an_older_download_is_left_out_with_a_warning(self, tmp_path):
        exports = {"1.csv": people(range(5)), "2.csv": people(range(9)), "3.csv": people(range(12))}
        classified, problems = read(tmp_path, exports, SENT)
        assert set(classified["file"]) == {"3.csv"}
        assert len(classified) == 12
        found = [problem for problem in problems if problem.code == "export_superseded"]
        assert [problem.file for problem in found] == ["1.csv", "2.csv"]
        assert found[0].what == "All 5 responses in it are also in 3.csv"

    def test_a_response_edited_since_is_taken_from_the_file_that_holds_all(self, tmp_path):
        newer = people(range(12))
        newer[1] = newer[1].replace("Agree", "Disagree")
        classified, problems = read(tmp_path, {"old.csv": people(range(10)), "new.csv": newer}, SENT)
        assert len(classified) == 12
        assert classified["value:q1"].tolist().count(2) == 1
        assert "export_superseded" in {problem.code for problem in problems}

    def refuse(self, tmp_path, exports, settings=SENT) -> str:
        with pytest.raises(UserError) as caught:
            read(tmp_path, exports, settings)
        assert {problem.code for problem in caught.value.problems} == {"export_twice"}
        assert "person-" not in str(caught.value)
        return str(caught.value)

    def test_edits_in_a_file_that_does_not_hold_all_stop_the_run(self, tmp_path):
        newer = people(range(4, 14))
        newer[2] = newer[2].replace("Agree", "Disagree", 1)
        told = self.refuse(tmp_path, {"old.csv": people(range(10)), "new.csv": newer})
        assert "1 response in it stand in" in told
        assert "neither file holds all" in told

    def test_overlapping_downloads_are_told_apart_by_declared_ids_or_refused(self, tmp_path):
        exports = {"old.csv": people(range(10)), "new.csv": people(range(4, 14))}
        classified, _ = read(tmp_path / "a", exports, SENT)
        assert (classified["reason"] == "").sum() == 14
        assert (classified["reason"] == "excluded_duplicate").sum() == 6
        told = self.refuse(tmp_path / "b", exports, 'finished_column = "Sent"\n')
        assert "6 responses in it are also in" in told

    def test_the_same_answers_as_codes_and_as_text_stop_the_run(self, tmp_path):
        words = {"Disagree": "2", "Neither": "3", "Agree": "4"}
        text = people(range(30), prefix="")
        codes = [text[0]]
        for line in text[1:]:
            cells = line.split(",")
            codes.append(",".join([*cells[:3], *(words[cell] for cell in cells[3:])]))
        told = self.refuse(tmp_path, {"text.csv": text, "codes.csv": codes})
        assert "codes" in told
        assert "text.csv" in told
        assert "codes.csv" in told

    def test_a_workbook_and_a_text_file_of_one_survey_without_ids_are_the_same(self, tmp_path):
        header = "Sent,Group,Q1,Q2,Q3,Q4"
        one = [header, *(f"5/{1 + n}/2025 10:{n:02}:44,North,{FULL}" for n in range(14))]
        other = [header, *(f"2025-05-{1 + n:02}T10:{n:02}:43.7{n:02},North,{FULL}" for n in range(14))]
        settings = SENT.replace('respondent_column = "Id"\n', "")
        assert "Every response in it is also in" in self.refuse(
            tmp_path / "a", {"a.csv": one, "b.csv": other}, settings
        )
        other = [line.replace("Disagree", "Agree") for line in other]
        assert "with other cells" in self.refuse(tmp_path / "b", {"a.csv": one, "b.csv": other}, settings)
        other = [line.replace("T10", "T11") for line in other]
        classified, _ = read(tmp_path / "c", {"a.csv": one, "b.csv": other}, settings)
        assert len(classified) == 28

    def test_codes_and_text_without_ids_or_times_are_matched_row_by_row(self, tmp_path):
        words = {"Disagree": "2", "Neither": "3", "Agree": "4", "North": "1", "Q": "F"}
        text = [line.split(",", 3)[3] for line in people(range(30))]
        text = [text[0], *(line.replace("Agree", "Disagree", 1) if n % 2 else line for n, line in enumerate(text[1:]))]
        codes = [",".join(words.get(cell, cell.replace("Q", "F")) for cell in line.split(",")) for line in text]
        assert "codes" in self.refuse(tmp_path / "a", {"text.csv": text, "codes.csv": codes}, "")
        with pytest.raises(UserError) as caught:
            read(tmp_path / "b", {"text.csv": text, "codes.csv": [codes[0], *sorted(codes[1:])]})
        assert {problem.code for problem in caught.value.problems} == {"column_absent"}

    def test_two_surveys_that_number_their_responses_alike_are_not_taken_for_one(self, tmp_path):
        one = people(range(30), prefix="")
        other = [HEADER] + [
            f"{n},South,2025-05-2{n % 7} 1{n % 3}:00,{('Neither', 'Agree', 'Disagree', 'Agree')[n * 7 % 4]},"
            f"{('Disagree', 'Agree')[n * 3 % 5 % 2]},{('Agree', 'Neither')[n % 7 % 2]},Disagree"
            for n in range(30)
        ]
        classified, _ = read(tmp_path / "a", {"one.csv": one, "other.csv": other}, 'finished_column = "Sent"\n')
        assert (classified["reason"] == "").sum() == 60
        with_ids, _ = read(tmp_path / "b", {"one.csv": one, "other.csv": other}, SENT)
        assert (with_ids["reason"] == "").sum() == 60
        other = [line.replace("South", "North") for line in other]
        told = self.refuse(tmp_path / "c", {"one.csv": one, "other.csv": other})
        assert "stand for other responses" in told
        assert "Leave respondent_column blank" in told

    def test_few_anonymous_rows_that_are_alike_are_not_left_out_in_silence(self, tmp_path):
        header = "Group,Q1,Q2,Q3,Q4"
        exports = {"a.csv": [header, f"North,{FULL}"], "b.csv": [header, f"North,{FULL}", "North,Agree,Agree,,"]}
        assert "Every response in it is also in b.csv" in self.refuse(tmp_path, exports, "")

    def test_files_of_different_groups_may_hold_the_same_answers(self, tmp_path):
        header = "Q1,Q2,Q3,Q4"
        files = "".join(f'[[files]]\nfile = "{name}.csv"\ngroup = "{name}"\n' for name in ("North", "South"))
        exports = {"North.csv": [header, FULL], "South.csv": [header, FULL, FULL]}
        classified, _ = read(tmp_path, exports, files)
        assert sorted(classified["group"].astype(str)) == ["North", "South", "South"]


def test_an_undecided_question_of_a_draft_stops_the_run_before_anything_is_read(tmp_path):
    questions = (
        "question,proposal,file,column,reason,decided\nIs this the group?,yes,survey.toml,Group,,{0}\nAnd this?,,,,,\n"
    )
    with pytest.raises(UserError) as caught:
        read(tmp_path / "a", {}, "", "", {"questions": questions.format("yes")})
    (problem,) = caught.value.problems
    assert (problem.code, problem.what, problem.file) == ("draft_open", "And this?", "2025/questions.csv")
    with pytest.raises(UserError) as caught:
        read(tmp_path / "b", {}, "", "", {"questions": questions.format("no")})
    assert [problem.column for problem in caught.value.problems] == ["Group", ""]


def test_excluded_responses_stay_in_the_list_with_their_reason(tmp_path):
    rows = [f"a,North,2025-05-02,{FULL}", "b,North,2025-05-02,,,,"]
    paths = write_programme(tmp_path / "definitions", [2025])
    classified, _ = read(tmp_path / "wave", {"export.csv": [HEADER, *rows]}, SENT)
    listed = make_respondents(classified, read_definitions(paths).waves[2025])
    assert listed["status"].tolist() == ["complete", "excluded"]
    assert listed["reason"].tolist() == ["", "excluded_empty"]
