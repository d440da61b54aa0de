"""Reliability of principles: pooled within groups, one row for everything, and a reason where nothing is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.principles import score_wave
from pipeline.score.reliability import measure_principles, merge_alike_people
from pipeline.score.responses import count_responses
from pipeline.stats.agreement import intraclass_correlations, within_group_agreement
from pipeline.stats.reliability import measure_reliability, sum_products
from pipeline.store.definitions import Definitions
from pipeline.store.tables import conform
from tests.helpers import make_answers, make_definitions, make_respondents, pick

ITEMS: dict[str, Any] = {"q1": "P1", "q2": {"principle": "P1", "reverse": True}, "q3": "P1", "q4": {"principle": "P1", "scale": "seven"}}  # fmt: skip
LEAD = Path(__file__).resolve().parents[3] / "shared" / "known" / "data" / "lq2002_lead.csv"


def define(groups: list[Any], items: dict[str, Any] | None = None, **more: Any) -> Definitions:
    return make_definitions(groups=groups, items=items or ITEMS, scales={"agree": 5, "seven": 7}, **more)


def draw(sizes: dict[str, int], seed: int = 1, missing: float = 0.1) -> dict[str, dict[str, dict[str, Any]]]:
    """Answers that hang together, q2 the other way round, some of them missing."""
    rng = np.random.default_rng(seed)
    people: dict[str, dict[str, dict[str, Any]]] = {}
    for group, n in sizes.items():
        people[group] = {}
        for number in range(n):
            mood, answers = rng.normal(3, 1), {}
            for code, points in (("q1", 5), ("q2", 5), ("q3", 5), ("q4", 7)):
                value = int(np.clip(np.rint(mood * points / 5 + rng.normal(0, 0.8)), 1, points))
                if rng.random() >= missing:
                    answers[code] = points + 1 - value if code == "q2" else value
            people[group][f"{group}{number}"] = answers
    return people


def measure(people: Any, definitions: Definitions) -> tuple[pd.DataFrame, AnswerMatrix]:
    matrix = tabulate_answers(make_answers(people, definitions), definitions, 2027)
    return conform(measure_principles(matrix, definitions, 2027), "reliability"), matrix


def item_scores(people: dict[str, dict[str, Any]]) -> np.ndarray:
    points = {"q1": 5, "q2": 5, "q3": 5, "q4": 7}
    rows = [[100 * (given[c] - 1) / (k - 1) if c in given else np.nan for c, k in points.items()] for given in people.values()]  # fmt: skip
    values = np.array(rows)
    values[:, 1] = 100 - values[:, 1]
    return values[(~np.isnan(values)).sum(axis=1) >= 2]  # the half rule


def test_a_group_of_fifty_has_its_own_alpha_and_one_of_forty_nine_a_reason() -> None:
    people = draw({"A": 55, "B": 49}, missing=0.0)
    table, _ = measure(people, define(["A", "B"]))
    row, few = pick(table, group="A"), pick(table, group="B")
    expected = measure_reliability(sum_products(item_scores(people["A"])))
    assert expected is not None and row["n"] == 55
    assert (row["alpha"], row["ci_low"], row["omega"]) == pytest.approx((expected.alpha, expected.ci_low, expected.omega))  # fmt: skip
    assert few["alpha"] is None and few["reason"] == "no alpha: it needs at least 50 people in a single group"
    assert row["r_wg"] is row["icc1"] is None


def test_people_merged_by_their_answers_give_what_the_people_give() -> None:
    people = draw({"A": 40, "B": 25, "C": 7})
    definitions = define(["A", "B", "C"])
    table, matrix = measure(people, definitions)
    values = [item_scores(people[group]) for group in "ABC"]
    group_of = np.repeat(np.arange(3), [len(part) for part in values])
    expected = measure_reliability(sum_products(np.concatenate(values), group_of, 3))
    row = pick(table, group="_all")
    assert expected is not None
    assert (row["n"], row["alpha"], row["omega"]) == pytest.approx((expected.n, expected.alpha, expected.omega))
    alike, counted = merge_alike_people(matrix, definitions.waves[2027].items)
    assert counted.sum() == matrix.people_n > alike.people_n


@pytest.mark.parametrize("points", [5, 11])
def test_long_scales_are_merged_too(points: int) -> None:
    items = {f"q{k:02}": {"principle": "P1", "scale": "long"} for k in range(9)}
    definitions = make_definitions(items=items, scales={"long": points})
    rng = np.random.default_rng(5)
    people = {"North": {f"r{i}": rng.integers(1, points + 1, 9).tolist() for i in range(40)}}
    matrix = tabulate_answers(make_answers(people, definitions), definitions, 2027)
    alike, counted = merge_alike_people(matrix, definitions.waves[2027].items)
    order = np.lexsort(alike.values), np.lexsort(matrix.values)
    assert counted.sum() == 40
    assert np.array_equal(alike.values[:, order[0]], matrix.values[:, order[1]])


def test_n_is_that_of_the_score_and_the_variance_that_of_its_people() -> None:
    people, definitions = draw({"A": 30, "B": 12}, missing=0.5), define(["A", "B"])
    table, _ = measure(people, definitions)
    answers = make_answers(people, definitions)
    responses = count_responses(make_respondents({"A": {"complete": 30}, "B": {"complete": 12}}), definitions, 2027)
    scores = score_wave(answers, responses, definitions, 2027)
    for group, aggregation in (("A", "own"), ("B", "own"), ("_all", "pooled")):
        score = pick(scores, group=group, measure="P1", aggregation=aggregation)
        row = pick(table, group=group)
        assert row["n"] == score["n"] < 30 + 12
        if aggregation == "own":
            expected = np.nanmean(item_scores(people[group]), axis=1).var(ddof=1)
            assert row["variance"] == pytest.approx(expected)


def test_groups_that_differ_do_not_make_questions_belong_together() -> None:
    rng = np.random.default_rng(3)
    people = {
        group: {f"{group}{i}": dict(zip(ITEMS, [*rng.integers(low, low + 3, 3).tolist(), 3], strict=True)) for i in range(40)}
        for group, low in (("A", 1), ("B", 3))
    }  # fmt: skip
    table, _ = measure(people, define(["A", "B"], {"q1": "P1", "q2": "P1", "q3": "P1"}))
    row = pick(table, group="_all")
    assert row["alpha"] is not None and row["alpha"] < 0.4
    pooled = np.concatenate([[list(given.values())[:3] for given in people[group].values()] for group in "AB"])
    naive = measure_reliability(sum_products(pooled.astype(np.float64)))
    assert naive is not None and naive.alpha > 0.6


@pytest.mark.parametrize(
    ("items", "sizes", "reason"),
    [
        ({"q1": "P1", "q3": "P1"}, {"A": 60}, "no alpha: it needs at least 3 questions"),
        (ITEMS, {"A": 20, "B": 9}, "no alpha: it needs at least 30 people"),
        (ITEMS, {}, "no alpha: nobody was scored"),
        ({"x": {"principle": ""}}, {"A": 5}, "no alpha: nobody was scored"),
    ],
)
def test_where_there_is_no_alpha_the_row_says_why(items: dict[str, Any], sizes: dict[str, int], reason: str) -> None:
    table, _ = measure(draw(sizes), define(["A", "B"], items))
    row = pick(table, group="_all")
    assert row["alpha"] is row["omega"] is row["ci_low"] is None
    assert reason in row["reason"]
    assert set(table["group"]) == {"A", "B", "_all"}


def test_answers_all_alike_or_missing_have_a_reason_and_no_warning() -> None:
    alike = {"A": {f"r{i}": dict.fromkeys(("q1", "q3", "q4"), 4) | {"q2": 2} for i in range(40)}}
    missing = {"A": {f"r{i}": {} for i in range(40)}}
    for people in (alike, missing):
        row = pick(measure(people, define(["A"]))[0], group="_all")
        assert row["alpha"] is None and row["reason"].startswith("no alpha: ")


def test_questions_that_no_one_person_answered_together_have_no_alpha() -> None:
    people = {"A": {f"r{i}": {"q1": 1 + i % 5, "q3" if i % 2 else "q4": 1 + i % 4} for i in range(60)}}
    assert pick(measure(people, define(["A"]))[0], group="_all")["alpha"] is None


def test_agreement_across_groups_needs_three_groups_of_ten() -> None:
    two = measure(draw({"A": 40, "B": 12, "C": 9}), define(["A", "B", "C"]))[0]
    three = measure(draw({"A": 40, "B": 12, "C": 11}), define(["A", "B", "C"]))[0]
    row = pick(two, group="_all")
    assert row["r_wg"] is None and "it needs 3 groups with at least 10 people" in row["reason"]
    row = pick(three, group="_all")
    assert 0 < row["r_wg"] < 1 and row["icc1"] is not None and row["method"].endswith("rwg_icc")


def test_people_without_a_group_have_no_row_and_are_no_group() -> None:
    table, _ = measure(draw({"A": 40, "B": 12, "_none": 30}), define(["A", "B"]))
    assert set(table["group"]) == {"A", "B", "_all"}
    assert "it needs 3 groups" in pick(table, group="_all")["reason"]
    assert pick(table, group="_all")["n"] > 70


def test_where_people_count_in_several_groups_nothing_is_pooled() -> None:
    table, _ = measure(draw({"A": 60, "B": 55}), define(["A", "B"], wave={"several_groups": True}))
    assert pick(table, group="_all")["reason"] == "not computable: people may count in several groups"
    assert pick(table, group="A")["alpha"] is not None


def test_agreement_within_groups_by_hand() -> None:
    found = within_group_agreement(np.array([[1.0, 0.5], [2.0, 2.0], [np.nan, 1.0], [np.nan, np.nan], [9.0, 9.0]]), np.array([2.0, 2.0]))  # fmt: skip
    ratio = 0.375
    assert found[0] == pytest.approx(2 * (1 - ratio) / (2 * (1 - ratio) + ratio))
    assert found[1:3].tolist() == pytest.approx([0.0, 0.5])
    assert np.isnan(found[3]) and found[4] == 0


@pytest.mark.shared
def test_agreement_within_groups_as_published() -> None:
    if not LEAD.is_file():
        pytest.skip(f"{LEAD.name} is not there")
    data = pd.read_csv(LEAD).sort_values("COMPID", kind="stable")
    codes, groups = pd.factorize(data["COMPID"])
    items = data.filter(like="LEAD").to_numpy(dtype=np.float64)
    agreed = within_group_agreement(
        sum_products(items, codes, len(groups)).item_variances(), np.full(items.shape[1], 2.0)
    )
    assert agreed[:3].tolist() == pytest.approx([0.807527258396462, 0.895938315059127, 0.860012020434739], abs=1e-6)
    assert agreed.mean() == pytest.approx(0.867784900003626, abs=1e-6)
    person, n = items.mean(axis=1), np.bincount(codes)
    means = np.bincount(codes, person) / n
    variances = np.bincount(codes, (person - means[codes]) ** 2) / (n - 1)
    icc = intraclass_correlations(means, variances, n)
    assert icc is not None and icc[1] == pytest.approx(0.80075437301326, abs=1e-6)
