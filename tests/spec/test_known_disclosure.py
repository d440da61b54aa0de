"""Published examples of disclosure control: every one that this software computes, by its id.

The numbers in ``tests/data/known`` are a copy of the entries named there, each with its source.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.disclose.cell_tables import find_small_cells, mask_profiles, suppress_cells
from pipeline.disclose.thresholds import Tree, find_showable

KNOWN = Path(__file__).resolve().parents[1] / "data" / "known"
REFERENCE: dict[str, Any] = json.loads((KNOWN / "reference.json").read_text(encoding="utf-8"))
WORKED: dict[str, Any] = json.loads((KNOWN / "worked_examples.json").read_text(encoding="utf-8"))
CHECKS: dict[str, Callable[[], None]] = {}
Floats = NDArray[np.float64]


def check(function: Callable[[], None]) -> Callable[[], None]:
    """Register a check under the id that it is named after."""
    CHECKS[function.__name__] = function
    return function


def with_totals(inner: NDArray[np.float64]) -> tuple[NDArray[np.float64], csr_array]:
    """A two-way table with its margins, as one row of cells, and its equations."""
    table = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1))
    table[:-1, :-1] = inner
    table[-1, :-1], table[:-1, -1], table[-1, -1] = inner.sum(axis=0), inner.sum(axis=1), inner.sum()
    place = np.arange(table.size).reshape(table.shape)
    equations = []
    for lines in (place, place.T):
        for line in lines:
            equation = np.zeros(table.size)
            equation[line[:-1]], equation[line[-1]] = 1, -1
            equations.append(equation)
    return table.ravel(), csr_array(np.array(equations))


def accidents() -> NDArray[np.float64]:
    with (KNOWN / "mun_accidents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    towns, injuries = sorted({row["mun"] for row in rows}), sorted({row["inj"] for row in rows})
    inner = np.zeros((len(towns), len(injuries)))
    for row in rows:
        inner[towns.index(row["mun"]), injuries.index(row["inj"])] = float(row["freq"])
    return inner


def withhold(people: dict[str, int], smallest: int) -> set[str]:
    """Groups withheld where the total of all is printed whatever happens; the smallest ones first."""
    counts = np.array([*people.values(), sum(people.values())], dtype=np.float64)
    whole = csr_array(np.array([[1.0] * len(people) + [-1.0]]))
    cost = np.append(counts[:-1], 1e6)
    withheld = suppress_cells(counts, whole, find_small_cells(counts, smallest - 1), cost)
    assert not withheld[-1]
    return {group for group, hidden in zip(people, withheld[:-1], strict=True) if hidden}


def flat(groups: dict[str, int]) -> Tree:
    return Tree(frozenset(groups), {**dict.fromkeys(groups, ()), "_all": tuple(groups)})


@check
def gauss_suppression() -> None:
    """As many cells as GaussSuppression, where keeping the large ones is worth more, too."""
    known = REFERENCE["gauss_suppression"]["value"]
    counts, equations = with_totals(accidents())
    assert len(counts) == known["n_cells"]
    for zeros, expected in ((True, known), (False, known["protectZeros_false"])):
        primary = find_small_cells(counts, 3, protect_zeros=zeros)
        withheld = suppress_cells(counts, equations, primary, counts + 1)
        assert withheld[primary].all()
        assert (primary.sum(), withheld.sum()) == (expected["n_primary"], expected["n_suppressed"])


@check
def culture_amp_remainder() -> None:
    """Where the total is printed, a group may not be whose remainder is too small; here the total is hidden first."""
    known = WORKED["culture_amp_remainder"]
    first = {group: known["example1"][group] for group in known["example1"]["allow"]}
    blocked = {group for group, allowed in known["example1"]["allow"].items() if not allowed}
    assert withhold(first, known["minimum"]) == blocked
    assert find_showable(first, known["minimum"], flat(first)) == {"Technology"}
    second = {"Sales": known["example2"]["remainder"], "Technology": 9}
    assert known["example2"]["allow"] and withhold(second, known["minimum"]) == set()
    assert find_showable(second, known["minimum"], flat(second)) == {"Sales", "Technology", "_all"}


@check
def peoplecues_complementary() -> None:
    """The only person of one hidden group knows its answers: from the remainder the other hidden group would follow."""
    known = WORKED["peoplecues_complementary"]
    people, smallest = known["n"], known["minimum"]
    hidden = {group for group, n in people.items() if n < smallest}
    assert hidden == set(known["primary_hidden"])
    for insider in hidden:
        hidden = hidden | withhold({group: n for group, n in people.items() if group != insider}, smallest)
    assert hidden == {*known["primary_hidden"], "Operations"}
    assert min((n for group, n in people.items() if n >= smallest)) == people["Operations"]


@check
def fevs_prdf_masking() -> None:
    known = WORKED["fevs_prdf_masking"]
    people, smallest = known["input"], known["threshold"]
    for passes in (1, 2, 3):
        left: dict[str, int] = {}
        for start, end in mask_profiles(people, smallest, passes=passes).items():
            left[end] = left.get(end, 0) + people[start]
        assert left == known[f"after_pass{passes}"]
    final = mask_profiles(people, smallest)
    assert {start: end for start, end in final.items() if start != end} == known["final_assignment"]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_known_answer(name: str) -> None:
    CHECKS[name]()


def test_profiles_with_enough_people_stay_and_nobody_gives_nothing() -> None:
    assert mask_profiles({"AB": 10, "BA": 12}, 10) == {"AB": "AB", "BA": "BA"}
    assert mask_profiles({}, 10) == {}
