"""Attacks by name that a release must withstand, each with its test; those that live elsewhere are looked up there."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.store.definitions import Definitions
from schemas.tables import TABLES
from tests.communities import Community, Released, draw_community, publish_naively, release, write_files
from tests.helpers import make_answers, make_definitions, make_scale, pick
from tests.property.answer_sets import AllAnswers, list_answer_sets
from tests.property.attackers import Year, read_files

TESTS = Path(__file__).parent
ELSEWHERE = {
    "two complete counts whose rosters differ by one member": "test_disclose_release.py::test_two_complete_counts_whose_rosters_differ_by_a_few_show_no_counts",
    "a correction that changes one answer": "test_publish.py::test_groups_in_which_few_answers_changed_are_withheld_and_others_stay",
    "a re-export with three more answers": "test_publish.py::test_three_more_answers_are_a_correction_of_three_people",
    "a figure finer than the one released, in a page": "test_check_files.py::test_an_exact_mean_anywhere_in_a_page",
    "a figure finer than the one released, in a table": "test_check_files.py::test_decimals_and_people_in_a_table",
    "chart coordinates": "test_check_files.py::test_a_point_of_a_chart_moved_by_half_a_point",
    "workbook properties and hidden sheets": "test_check_files.py::test_what_a_workbook_holds_beside_its_cells",
    "alt text": "test_check_files.py::test_the_text_alternative_of_a_chart",
}


@pytest.mark.parametrize("attack", ELSEWHERE)
def test_every_other_named_attack_has_its_test(attack: str) -> None:
    file, _, name = ELSEWHERE[attack].partition("::")
    code = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(code) if isinstance(node, ast.FunctionDef)}


def people(n: int, *answers: list[int]) -> dict[str, list[int]]:
    """People who give these answers in turn."""
    return {f"r{at}": answers[at % len(answers)] for at in range(n)}


def publish(given: dict[str, dict[str, list[int]]], definitions: Definitions) -> dict[str, pd.DataFrame]:
    released, _ = release(Community(definitions, {2027: make_answers(given, definitions)}))
    return released[2027]


HOUSE = [{"group": "House", "kind": "rollup"}, {"group": "A", "parent": "House"}, {"group": "B", "parent": "House"}]
MIXED = [[1, 2], [3, 5], [5, 4], [2, 3], [4, 1]]


def take_away(tables: dict[str, pd.DataFrame]) -> tuple[int, float] | None:
    """What is left of the House without B: people, and the mean of their scores; none where the House is withheld."""
    house = pick(tables["scores"], group="House", measure="P1", aggregation="pooled")
    b = pick(tables["scores"], group="B", measure="P1", aggregation="own")
    if house["n"] is None:
        return None
    left = house["n"] - b["n"]
    return left, (house["n"] * house["mean"] - b["n"] * b["mean"]) / max(left, 1)


def test_total_minus_published_siblings_leaves_nobody() -> None:
    definitions = make_definitions(groups=HOUSE)
    given = {"A": people(3, [1, 1], [1, 2]), "B": people(20, *MIXED)}
    naive = publish_naively(Community(definitions, {2027: make_answers(given, definitions)}))[2027]
    left = take_away(naive)
    assert left is not None
    assert left[0] == 3
    assert left[1] < 25  # three people, all of whom disagree
    left = take_away(publish(given, definitions))
    assert left is None or left[0] == 0


@pytest.fixture(scope="module")
def some_releases() -> list[Released]:
    """Releases of nine principles each, of groups around the thresholds."""
    return [
        release(draw_community(np.random.default_rng(seed), principles_n=9, years_n=1, groups_n=3))[0]
        for seed in (50, 51)
    ]


@pytest.mark.parametrize("figure", ["mean", "ci_low", "ci_high", "possible_low", "possible_high", "favourable_percent"])
def test_no_figure_of_an_item_is_printed_without_its_counts(some_releases: list[Released], figure: str) -> None:
    # mean and n, mean and interval and n, favourable plus neutral plus unfavourable: of an item, all fix its answers
    seen = 0
    for released in some_releases:
        for tables in released.values():
            counts = tables["item_counts"]
            printed = set(
                zip(*counts.loc[counts["n"].notna(), ["group", "item"]].astype("str").to_numpy().T, strict=True)
            )
            scores = tables["scores"][(tables["scores"]["kind"] == "item") & tables["scores"][figure].notna()]
            own = scores[scores["aggregation"] != "groups_equal"]
            seen += len(own)
            assert set(zip(own["group"].astype("str"), own["measure"].astype("str"), strict=True)) <= printed
    assert seen or figure.startswith("possible")


FIVE = ((0.0, 25.0, 50.0, 75.0, 100.0),)


def test_mean_interval_and_n_of_an_item_give_the_exact_answers_of_a_few() -> None:
    """Why an item has none of them below the threshold of its counts: most answer sets are the only ones that fit."""
    n = 6
    sets = list_answer_sets(n, FIVE, silent=False)
    answers = sets.counts[:, 0]
    favourable = answers[:, 3:].sum(axis=1)
    mean = sets.total / n
    deviation = np.sqrt(np.maximum(sets.squares - n * mean**2, 0) / (n - 1))
    printed = np.column_stack(
        [np.floor(mean + 0.5), np.floor(100 * favourable / n + 0.5), np.floor(2.5706 * deviation / np.sqrt(n) + 0.5)]
    )
    _, times = np.unique(printed, axis=0, return_counts=True)
    assert (times == 1).sum() > 0.75 * len(answers)


@pytest.fixture(scope="module")
def principles_of_few(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[AllAnswers, set[tuple[str, str]]]]:
    """What one group of six leaves open of twelve principles of two questions, and the answers that were given."""
    rng = np.random.default_rng(3)
    codes = [f"P{at}" for at in range(12)]
    items = {f"{code}q{at}": code for code in codes for at in (1, 2)}
    definitions = make_definitions(groups=["A"], principles=codes, items=items, scales=make_scale("agree", 3, ()))
    given = {"A": {f"r{at}": rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2], size=24).tolist() for at in range(6)}}
    answers = make_answers(given, definitions)
    released, _ = release(Community(definitions, {2027: answers}))
    folder = tmp_path_factory.mktemp("release")
    year = Year(2027, read_files(write_files(released[2027], folder)), definitions)
    pairs = set(zip(answers["item"].astype("str"), answers["value"].astype("str"), strict=True))
    shown = [
        row.measure
        for row in released[2027]["scores"].itertuples()
        if (row.group, row.marker, row.kind) == ("A", "", "principle")
    ]
    assert len(shown) > 6
    return [(AllAnswers(year, str(code)), pairs) for code in shown]


def test_mean_interval_and_n_of_a_principle_leave_its_items_open(
    principles_of_few: list[tuple[AllAnswers, set[tuple[str, str]]]],
) -> None:
    for left, given in principles_of_few:
        for item in left.items:
            narrow, tells = left.find_told("A", item)
            assert not narrow
            assert not [own for own in tells if (item, left.options[own][1]) in given]


def test_favourable_neutral_and_unfavourable_answers_of_a_principle_leave_its_items_open(
    principles_of_few: list[tuple[AllAnswers, set[tuple[str, str]]]],
) -> None:
    fixed = 0
    for left, _ in principles_of_few:
        counts = left.sets["A"].counts[:, :, :3]
        complete = counts[counts.sum(axis=(1, 2)) == 12]
        fixed += len(np.unique(complete.sum(axis=1), axis=0)) == 1  # the share and the mean give how many of each
        for at in (0, 1):
            assert len(np.unique(complete[:, at], axis=0)) > 1
    assert fixed


@pytest.mark.parametrize("scale", [2, 5])
def test_a_unanimous_group_cannot_be_told_from_one_in_which_all_but_one_agree(scale: int) -> None:
    definitions = make_definitions(groups=["A", "B", "C"], items={"q1": "P1"}, scales={"agree": scale})
    rest = {group: people(12, *([value % scale + 1] for value in range(5))) for group in ("B", "C")}
    tables = [publish({"A": {"odd": [odd]} | people(8, [scale]), **rest}, definitions) for odd in (scale, scale - 1)]
    for name in ("scores", "item_counts"):
        one, other = (each[name][each[name]["group"].isin(["A", "_all"])].reset_index(drop=True) for each in tables)
        columns = list(TABLES[f"released_{name}"].to_schema().columns)
        pd.testing.assert_frame_equal(one[columns], other[columns])


def test_that_a_band_is_printed_does_not_say_that_nobody_thinks_otherwise() -> None:
    """Twelve people; the second question's counts and the principle's mean leave one question to a band.

    Where one of them gave another answer they would know all others', and the band is withheld. If it is printed
    where nobody did, it says that all twelve agree, and the mean says on what.
    """
    definitions = make_definitions(
        groups=["A"], items={"q1": "P1", "q2": "P1"}, scales=make_scale("agree", 7, ("no_opinion",))
    )
    second = [1, 7, 3, 2, 6, 5, 1, 3, 2, 4, 5, 6]
    markers = []
    for first in (3, 4):
        given = {"A": {f"r{at}": [3 if at else first, answer] for at, answer in enumerate(second)}}
        scores = publish(given, definitions)["scores"]
        own = scores[scores["group"] == "A"]
        assert pick(own, measure="P1")["mean"] == 40
        markers.append(dict(zip(own["measure"].astype("str"), own["marker"].astype("str"), strict=True)))
    assert markers[0] == markers[1]
