"""What counts as a response: a tiny export in, expected statuses and reasons out."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.responses import classify_responses
from pipeline.ingest.validate import make_answers, make_comments, validate_answers
from pipeline.ingest.wave import read_wave
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from tests.programme_files import edit, write_programme

HEADER = "Group,Q1,Q2,Q3,Q4"
FULL = "Agree,Disagree,Agree,Neither"


def classify(tmp_path, rows, *, settings="", header=HEADER, rules="", **kwargs):
    paths = write_programme(tmp_path, [2025], **kwargs)
    (paths.exports(2025) / "export.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    survey = paths.wave(2025) / "survey.toml"
    survey.write_text(survey.read_text(encoding="utf-8") + settings + f"\n[responses]\n{rules}\n", encoding="utf-8")
    definitions = read_definitions(paths)
    texts, _ = read_wave(paths, definitions, 2025)
    coded, found = harmonise_answers(texts, definitions, 2025)
    classified, problems = classify_responses(coded, definitions, 2025)
    return classified, [*found, *problems], definitions.waves[2025]


def test_a_response_with_every_principle_filled_is_complete(tmp_path):
    classified, _, _ = classify(tmp_path, [f"North,{FULL}", "North,Agree,Agree,,"])
    assert classified["status"].tolist() == ["complete", "partial"]
    assert classified["answered_n"].tolist() == [4, 2]


def test_no_opinion_is_a_reply_and_does_not_make_a_response_partial(tmp_path):
    classified, _, _ = classify(tmp_path, ["North,Agree,Agree,No opinion,No opinion"])
    assert classified["status"].tolist() == ["complete"]


def test_a_response_that_can_score_no_principle_does_not_count_unless_declared(tmp_path):
    classified, problems, _ = classify(tmp_path / "a", ["North,Agree,,,", "North,,,,"])
    assert classified["reason"].tolist() == ["excluded_partial", "excluded_empty"]
    assert {"excluded_partial", "excluded_empty"} <= {problem.code for problem in problems}
    classified, _, _ = classify(tmp_path / "b", ["North,Agree,,,", "North,,,,"], rules='count = "any answer"')
    assert classified["reason"].tolist() == ["", "excluded_empty"]
    classified, _, _ = classify(tmp_path / "c", ["North,Agree,,,", "North,,,,"], rules='count = "any row"')
    assert classified["reason"].tolist() == ["", ""]


def test_blank_rows_are_no_responses_at_all(tmp_path):
    classified, _, _ = classify(tmp_path, [f"North,{FULL}", ",,,,", "", f"South,{FULL}"])
    assert classified["row"].tolist() == [2, 5]


def test_tests_are_recognised_by_their_declared_mark_only(tmp_path):
    classified, problems, _ = classify(
        tmp_path,
        [f"North,{FULL},Test ", f"North,{FULL},testing is good"],
        header=f"{HEADER},Remark",
        rules='test_column = "Remark"\ntest_values = ["TEST"]',
    )
    assert classified["reason"].tolist() == ["excluded_test", ""]
    assert any(problem.code == "excluded_test" and problem.row == 2 for problem in problems)


TIMES = 'finished_column = "Sent"\nfieldwork_from = 2025-05-01\nfieldwork_to = 2025-05-31\n'


def test_equal_answers_are_duplicates_only_when_close_in_time_and_in_one_group(tmp_path):
    rows = [
        f"North,{FULL},2025-05-02T10:00:00",
        f"North,{FULL},2025-05-02T10:20:00",
        f"South,{FULL},2025-05-02T10:05:00",
        f"North,{FULL},2025-05-02T14:00:00",
    ]
    classified, _, _ = classify(
        tmp_path,
        rows,
        header=f"{HEADER},Sent",
        settings=TIMES,
        rules="duplicate_minutes = 30\nduplicate_min_items = 4",
    )
    assert classified["reason"].tolist() == ["", "excluded_duplicate", "", ""]


def test_few_equal_answers_prove_nothing(tmp_path):
    rows = [f"North,{FULL},2025-05-02T10:00:00", f"North,{FULL},2025-05-02T10:01:00"]
    classified, _, _ = classify(tmp_path, rows, header=f"{HEADER},Sent", settings=TIMES, rules="duplicate_minutes = 30")
    assert classified["reason"].tolist() == ["", ""]


def test_a_repeated_response_id_is_a_duplicate_and_keys_stay_unique(tmp_path):
    rows = [f"North,{FULL},r1", f"North,{FULL},r1", f"South,{FULL},r1"]
    classified, _, _ = classify(tmp_path, rows, header=f"{HEADER},Id", settings='respondent_column = "Id"\n')
    assert classified["reason"].tolist() == ["", "excluded_duplicate", ""]
    assert not classified.duplicated(["group", "respondent"]).any()
    assert classified["respondent"][0] == classified["respondent"][2]
    assert "r1" not in set(classified["respondent"])


def test_responses_outside_fieldwork_are_excluded_when_declared(tmp_path):
    rows = [f"North,{FULL},2025-05-31T23:59:00", f"North,{FULL},2025-06-01T00:00:00"]
    classified, _, _ = classify(
        tmp_path, rows, header=f"{HEADER},Sent", settings=TIMES, rules="within_fieldwork = true"
    )
    assert classified["reason"].tolist() == ["", "excluded_out_of_dates"]


def test_unreadable_dates_stop_the_run_only_where_a_rule_needs_them(tmp_path):
    rows = [f"North,{FULL},yesterday"]
    classified, _, _ = classify(tmp_path / "a", rows, header=f"{HEADER},Sent", settings=TIMES)
    assert classified["reason"].tolist() == [""]
    with pytest.raises(UserError) as caught:
        classify(tmp_path / "b", rows, header=f"{HEADER},Sent", settings=TIMES, rules="within_fieldwork = true")
    assert caught.value.exit_code == 31
    assert "yesterday" not in str(caught.value)


def test_a_folded_group_answers_for_its_parent_and_an_unknown_one_stops_the_run(tmp_path):
    classified, problems, _ = classify(tmp_path, [f"Islet,{FULL}", f"n. HOUSE,{FULL}", f",{FULL}", f"Atlantis,{FULL}"])
    assert classified["group"].tolist() == ["House", "North", "_none", "_none"]
    undeclared = [problem for problem in problems if problem.code == "group_undeclared"]
    assert [problem.row for problem in undeclared] == [5]
    assert "Atlantis" not in undeclared[0].describe()


def test_answers_are_one_row_per_counted_response_and_item(tmp_path):
    classified, _, wave = classify(tmp_path, [f"North,{FULL}", "South,,,,"])
    answers = make_answers(classified, wave)
    assert answers["item"].tolist() == ["q1", "q2", "q3", "q4"]
    assert answers["value"].tolist() == [4, 2, 4, 3]
    assert set(answers["group"]) == {"North"}


def test_a_respondent_with_an_impossible_value_is_quarantined_as_a_whole(tmp_path):
    classified, _, wave = classify(tmp_path, [f"North,{FULL}", f"South,{FULL}"])
    classified.loc[1, "value:q3"] = 9
    valid, problems = validate_answers(classified, wave)
    assert valid["reason"].tolist() == ["", "answers_invalid"]
    assert [problem.column for problem in problems] == ["value:q3"]
    assert set(make_answers(valid, wave)["group"]) == {"North"}


def test_a_value_without_an_answer_is_impossible_too(tmp_path):
    classified, _, wave = classify(tmp_path, [f"North,{FULL}"])
    classified["kind:q1"] = pd.Categorical(["missing"], categories=classified["kind:q1"].cat.categories)
    assert [problem.code for problem in validate_answers(classified, wave)[1]] == ["answers_invalid"]


def test_comments_keep_their_authors_word_on_who_may_read_them(tmp_path):
    classified, _, wave = classify(
        tmp_path,
        [f"North,{FULL},Thank you,Yes", f"North,{FULL},More time,No", f"North,{FULL},,Yes"],
        header=f"{HEADER},Remark,Share",
        settings='comment_columns = ["Remark"]\nshare_comment_column = "Share"\nshare_comment_values = ["yes"]\n',
    )
    comments = make_comments(classified, wave)
    assert comments["text"].tolist() == ["Thank you", "More time"]
    assert comments["may_share"].tolist() == [True, False]


def test_undeclared_columns_stay_in_the_raw_layer(tmp_path):
    paths = write_programme(tmp_path, [2025])
    export = paths.exports(2025) / "export.csv"
    export.write_text(f"E-mail,{HEADER}\nann@example.org,North,{FULL}\n", encoding="utf-8")
    texts, problems = read_wave(paths, read_definitions(paths), 2025)
    assert not any("example.org" in str(cell) for column in texts for cell in texts[column])
    assert [problem.code for problem in problems] == ["column_unused", "personal_data"]


CORRECTION = "file,sheet,row,column,expect,value,reason\nexport.csv,,2,Q1,{expect},Disagree,The member wrote to us.\n"


def test_a_correction_replaces_the_cell_it_expects(tmp_path):
    tables = {"corrections": CORRECTION.format(expect="Agree")}
    classified, _, _ = classify(tmp_path, [f"North,{FULL}"], wave_tables=tables)
    assert classified["value:q1"].tolist() == [2]


def test_a_correction_whose_cell_changed_stops_the_run(tmp_path):
    with pytest.raises(UserError) as caught:
        classify(tmp_path, [f"North,{FULL}"], wave_tables={"corrections": CORRECTION.format(expect="Neither")})
    assert caught.value.exit_code == 30
    assert "row 2" in str(caught.value)


@pytest.mark.parametrize(("header", "exit_code"), [("Group,Q1,Q2,Q3,Q5", 26), ("Group,Q1,Q2,Q3,Q4,Q4", 27)])
def test_a_declared_column_must_be_there_exactly_once(tmp_path, header, exit_code):
    row = ",".join(["North", *["Agree"] * (header.count(","))])
    with pytest.raises(UserError) as caught:
        classify(tmp_path, [row], header=header)
    assert caught.value.exit_code == exit_code
    assert "Q" in caught.value.problems[0].column


def test_a_repeated_header_can_be_named_by_its_position(tmp_path):
    paths = write_programme(tmp_path, [2025])
    edit(paths.wave(2025) / "items.csv", "no,Q4", "no,Q4 [2]")
    (paths.exports(2025) / "export.csv").write_text(f"{HEADER},Q4\nNorth,{FULL},Agree\n", encoding="utf-8")
    definitions = read_definitions(paths)
    coded, _ = harmonise_answers(read_wave(paths, definitions, 2025)[0], definitions, 2025)
    assert coded["value:q4"].tolist() == [4]
