"""Thresholds and the remainder rule, against an outsider who subtracts everything published."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.disclose.thresholds import (
    Tree,
    count_direct,
    find_left_out,
    find_showable,
    half_of_scale,
    is_nearly_unanimous,
    threshold_for,
)
from schemas.definitions import STANDARD_PROFILES

FLAT = Tree(frozenset("abc"), {"a": (), "b": (), "c": (), "_all": ("a", "b", "c")})
NESTED = Tree(
    frozenset({"a", "b", "x", "y"}),
    {"_all": ("a", "house"), "a": (), "house": ("b", "inner"), "inner": ("x", "y"), "b": (), "x": (), "y": ()},
)


def totals(own: dict[str, int], tree: Tree) -> dict[str, int]:
    """Respondents per cell with roll-ups summed over their descendants."""

    def subtree(code: str) -> int:
        return own.get(code, 0) + sum(subtree(child) for child in tree.children[code])

    return {code: own.get(code, 0) if code in tree.answering else subtree(code) for code in tree.children}


def smallest_derivable_remainder(shown: set[str], own: dict[str, int], tree: Tree) -> int | None:
    """Smallest non-empty set of people an outsider isolates by adding and subtracting published cells.

    Every published cell is a 0/1 vector over atoms (own answers of each group); all combinations with
    coefficients -1, 0, 1 that leave a 0/1 vector are tried.
    """
    atoms = list(tree.children)

    def members(code: str) -> frozenset[str]:
        if code in tree.answering:
            return frozenset({code})
        return frozenset({code}).union(*(below(child) for child in tree.children[code]))

    def below(code: str) -> frozenset[str]:
        return frozenset({code}).union(*(below(child) for child in tree.children[code]))

    vectors = [[int(atom in members(code)) for atom in atoms] for code in sorted(shown)]
    smallest = None
    for signs in product((-1, 0, 1), repeat=len(vectors)):
        combined = [sum(s * v[i] for s, v in zip(signs, vectors, strict=True)) for i in range(len(atoms))]
        if set(combined) <= {0, 1}:
            people = sum(own.get(atom, 0) for atom, c in zip(atoms, combined, strict=True) if c)
            if people and (smallest is None or people < smallest):
                smallest = people
    return smallest


def test_a_group_below_the_threshold_is_hidden_and_so_is_the_total_that_would_give_it_away():
    own = {"a": 4, "b": 9, "c": 12}
    assert find_showable(own, 5, FLAT) == {"b", "c"}


def test_two_small_groups_protect_each_other_in_the_total():
    own = {"a": 4, "b": 3, "c": 12}
    assert find_showable(own, 5, FLAT) == {"c", "_all"}


def test_people_without_a_group_are_a_remainder_too():
    own = {"a": 9, "b": 9, "c": 9, "_all": 2}
    assert "_all" not in find_showable(own, 5, FLAT)
    own["_all"] = 5
    assert "_all" in find_showable(own, 5, FLAT)


def test_a_hidden_inner_roll_up_passes_its_secret_upwards():
    own = {"a": 20, "b": 10, "x": 3, "y": 8}
    shown = find_showable(own, 5, NESTED)
    assert shown == {"a", "b", "y"}


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "x", "y", "inner", "house", "_all"]), st.integers(0, 12)))
def test_nobody_can_isolate_fewer_people_than_the_threshold_by_subtraction(own):
    shown = find_showable(own, 5, NESTED)
    smallest = smallest_derivable_remainder(shown, own, NESTED)
    assert smallest is None or smallest >= 5


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "x", "y", "inner", "house", "_all"]), st.integers(0, 12)))
def test_leaving_out_a_few_shows_every_roll_up_that_is_large_enough_and_isolates_nobody(own):
    left_out = find_left_out(own, 5, NESTED)
    kept = {group: n for group, n in own.items() if group not in left_out}
    shown = find_showable(kept, 5, NESTED)
    for code, people in totals(kept, NESTED).items():
        if code not in NESTED.answering and people >= 5:
            assert code in shown
    smallest = smallest_derivable_remainder(shown, kept, NESTED)
    assert smallest is None or smallest >= 5
    assert all(own[group] < 5 for group in left_out)


def test_only_what_blocks_a_roll_up_is_left_out():
    assert find_left_out({"a": 2, "b": 9, "c": 12}, 5, FLAT) == {"a"}
    assert find_left_out({"a": 2, "b": 3, "c": 12}, 5, FLAT) == set()
    assert find_left_out({"a": 9, "b": 9, "c": 12, "_all": 1}, 5, FLAT) == {"_all"}
    assert find_left_out({"a": 2, "x": 3, "y": 9, "b": 9}, 5, NESTED) == {"x", "a"}


def test_direct_answers_are_what_a_roll_up_has_beyond_the_groups_below_it():
    own = {"a": 2, "x": 3, "y": 9, "b": 9, "inner": 4, "_all": 1}
    assert {code: n for code, n in count_direct(totals(own, NESTED), NESTED).items() if n} == own


def test_a_total_does_not_give_away_the_one_group_whose_figure_is_kept_back():
    own = {"a": 9, "b": 12, "c": 12}
    assert find_showable(own, 5, FLAT) == {"a", "b", "c", "_all"}
    assert find_showable(own, 5, FLAT, {"a"}) == {"a", "b", "c"}
    assert find_showable(own, 5, FLAT, {"a", "b"}) == {"a", "b", "c", "_all"}  # told from each other by nobody


def test_threshold_only_suppression_would_fail_the_same_attack():
    own = {"a": 20, "b": 10, "x": 3, "y": 8}
    n = totals(own, NESTED)
    naive = {code for code, people in n.items() if people >= 5}
    assert smallest_derivable_remainder(naive, own, NESTED) == 3


@pytest.mark.parametrize(
    ("n", "modal", "expected"), [(8, 8, True), (8, 7, True), (8, 6, False), (14, 13, True), (15, 15, False)]
)
def test_all_alike_or_all_but_one_is_nearly_unanimous_only_among_few(n, modal, expected):
    assert is_nearly_unanimous(pd.Series([n]), pd.Series([modal])).tolist() == [expected]


def test_a_band_never_names_a_single_answer():
    low, high = half_of_scale(pd.Series([0.0, 25.0, 49.9, 50.0, 100.0]))
    assert low.tolist() == [0, 0, 0, 50, 50]
    assert high.tolist() == [50, 50, 50, 100, 100]


def test_a_measure_of_one_item_needs_as_many_as_its_counts():
    assert threshold_for(1, STANDARD_PROFILES["default"]) == 8
    assert threshold_for(3, STANDARD_PROFILES["default"]) == 5
