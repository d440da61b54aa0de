"""Reading the answers table into arrays."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.score.answer_matrix import NO_ANSWER, tabulate_answers
from pipeline.score.coded_answers import code_answers
from pipeline.store.errors import UserError
from pipeline.store.tables import read_table, write_table
from tests.helpers import make_answers, make_definitions, make_people


def test_a_person_in_two_groups_stands_in_both() -> None:
    definitions = make_definitions(groups=["North", "South"])
    matrix = tabulate_answers(
        make_answers({"North": {"a": [1, 2], "b": [3, None]}, "South": {"a": [5, 5]}}, definitions), definitions, 2027
    )
    assert matrix.values.T.tolist() == [[1, 2], [3, NO_ANSWER], [5, 5]]
    assert matrix.groups == ("North", "South")
    assert [list(matrix.positions(groups)) for groups in (["South"], ["South", "North"], ["East"])] == [
        [2],
        [0, 1, 2],
        [],
    ]
    assert list(matrix.respondents) == ["a", "b", "a"]


def test_rows_may_come_in_any_order_and_as_plain_text() -> None:
    definitions = make_definitions(groups=["North", "South"])
    answers = make_answers({"North": make_people([1, 2, 3]), "South": make_people([4, 5])}, definitions)
    plain = answers.sample(frac=1, random_state=3).astype(
        dict.fromkeys(("group", "respondent", "item", "kind", "level"), "str")
    )
    assert (
        tabulate_answers(plain, definitions, 2027).values.tolist()
        == tabulate_answers(answers, definitions, 2027).values.tolist()
    )


def test_stored_answers_read_back_alike(tmp_path: Path) -> None:
    definitions = make_definitions()
    answers = make_answers({"North": {"a": [1, "refused"], "b": [3, 4]}}, definitions)
    write_table(answers, "answers", tmp_path, 2027)
    stored = read_table("answers", tmp_path, [2027])
    assert tabulate_answers(stored, definitions, 2027).values.tolist() == [[1, 3], [NO_ANSWER, 4]]


def test_no_answers_make_an_empty_matrix() -> None:
    definitions = make_definitions()
    assert tabulate_answers(make_answers({}, definitions), definitions, 2027).values.shape == (2, 0)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("value", 6, "does not declare"),
        ("value", pd.NA, "does not declare"),
        ("item", "q9", "not declared"),
        ("kind", "maybe", "not declared"),
    ],
)
def test_what_the_definitions_do_not_know_is_refused(column: str, value: object, message: str) -> None:
    definitions = make_definitions()
    answers = make_answers({"North": {"a": [1, 2]}}, definitions).astype({"item": "str", "kind": "str"})
    answers.loc[0, column] = value
    with pytest.raises(UserError, match=message):
        code_answers(answers, definitions, 2027)
