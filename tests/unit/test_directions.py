"""Items and scales that run against the rest are found; whatever may well be true is left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.ingest.directions import check_directions
from tests.helpers import make_definitions

FIVE = {"agree": 5}


def make_people(n: int, columns: dict[str, float], *, seed: int = 1, several: bool = False) -> pd.DataFrame:
    """People with one attitude; each item follows it with the given weight (negative: the other way round)."""
    rng = np.random.default_rng(seed)
    attitude = rng.normal(size=n)
    data: dict[str, object] = {"status": "complete", "level": "individual", "file": "a.csv", "sheet": ""}
    frame = pd.DataFrame(data, index=range(n)).assign(row=range(2, n + 2))
    for code, weight in columns.items():
        heard = 3 + weight * attitude + rng.normal(size=n) * 0.8
        frame[f"value:{code}"] = pd.array(np.clip(np.round(heard), 1, 5).astype(int), dtype="Int16")
    return pd.concat([frame] * 3, ignore_index=True) if several else frame


def find(people: pd.DataFrame, items, **more) -> list[str]:
    definitions = make_definitions(items=items, **({"principles": ["P1", "P2"], "scales": FIVE} | more))
    problems = check_directions(people, definitions, 2027)
    assert {problem.code for problem in problems} <= {"item_runs_against"}
    return [problem.what for problem in problems]


FOUR = {"q1": "P1", "q2": "P1", "q3": "P1", "q4": "P1"}
WRONG = {"q1": 1, "q2": 1, "q3": -1, "q4": 1}


def test_an_item_declared_the_wrong_way_round_is_named_alone() -> None:
    (what,) = find(make_people(60, WRONG), FOUR)
    assert what.startswith("Item 'q3' runs against the other 3 items")
    assert "over 60 people" in what


def test_reversing_it_clears_it_and_reversing_a_right_one_does_not() -> None:
    assert find(make_people(60, WRONG), FOUR | {"q3": {"principle": "P1", "reverse": True}}) == []
    right = dict.fromkeys(FOUR, 1.0)
    assert find(make_people(60, right), FOUR) == []
    (what,) = find(make_people(60, right), FOUR | {"q1": {"principle": "P1", "reverse": True}})
    assert "'q1'" in what


def test_an_item_that_a_person_looked_at_is_left_alone() -> None:
    assert find(make_people(60, WRONG), FOUR | {"q3": {"principle": "P1", "direction_checked": True}}) == []


@pytest.mark.parametrize("n", [0, 5, 19])
def test_few_people_prove_nothing(n: int) -> None:
    assert find(make_people(n, WRONG), FOUR) == []


def test_items_that_hardly_go_together_are_left_alone() -> None:
    assert find(make_people(2000, {"q1": 1, "q2": 1, "q3": -0.08, "q4": 1}), FOUR) == []


def test_items_without_a_principle_are_left_alone() -> None:
    assert find(make_people(60, WRONG), FOUR | {"q3": ""}) == []


def test_excluded_responses_and_group_statements_do_not_speak() -> None:
    good, bad = make_people(40, dict.fromkeys(FOUR, 1.0)), make_people(60, WRONG)
    for name, word in (("status", "excluded"), ("level", "group")):
        assert find(pd.concat([good, bad.assign(**{name: word})], ignore_index=True), FOUR) == []


def test_a_person_in_several_groups_speaks_once() -> None:
    people = make_people(12, WRONG, several=True)
    assert find(people, FOUR, wave={"several_groups": True}) == []
    assert find(people, FOUR) != []


def test_missing_answers_do_not_disturb() -> None:
    people = make_people(80, WRONG)
    people.loc[people.index % 3 == 0, "value:q1"] = pd.NA
    people["value:q2"] = pd.NA
    assert [what[:9] for what in find(people, FOUR)] == ["Item 'q3'"]


def test_an_item_nobody_varies_on_is_left_alone() -> None:
    people = make_people(60, dict.fromkeys(FOUR, 1.0))
    people["value:q4"] = 3
    assert find(people, FOUR) == []


def test_parts_belong_to_their_principle() -> None:
    principles = ["P1", {"principle": "P1-in", "kind": "part", "parent": "P1"}]
    (what,) = find(make_people(60, WRONG), FOUR | {"q4": "P1-in"}, principles=principles)
    assert "the other 3 items" in what


def test_of_two_items_the_rest_of_the_survey_tells_which() -> None:
    items = {"q1": "P1", "q2": "P1", "q3": "P2", "q4": "P2", "q5": "P2"}
    (what,) = find(make_people(80, {"q1": 1, "q2": -1, "q3": 1, "q4": 1, "q5": 1}), items)
    assert "'q2' goes less with the rest" in what
    (what,) = find(make_people(80, {"q1": 1, "q2": -1}), {"q1": "P1", "q2": "P1"})
    assert "'q1' and 'q2'" in what


def test_a_scale_that_is_upside_down_is_named_once() -> None:
    items = {f"q{n}": {"principle": "P1", "scale": "agree"} for n in range(1, 5)}
    items |= {f"r{n}": {"principle": "P2", "scale": "other"} for n in range(1, 4)}
    weights = {code: 1.0 if code.startswith("q") else -1.0 for code in items}
    (what,) = find(make_people(100, weights), items, scales={"agree": 5, "other": 5})
    assert what.startswith("All 3 items on scale 'other' run against")
    checked = items | {f"r{n}": {"principle": "P2", "scale": "other", "direction_checked": True} for n in range(1, 4)}
    assert find(make_people(100, weights), checked, scales={"agree": 5, "other": 5}) == []
