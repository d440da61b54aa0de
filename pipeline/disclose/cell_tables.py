"""Suppression in any table of counts with totals: small cells, and what else must go so that they stay hidden.

The release itself follows the publication rule of the programme (``thresholds``). This module holds the
general case: it chooses which further cells a failed audit withholds, and lets the method be compared with
other software on published tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from pipeline.disclose.linear_system import TOLERANCE, Floats

Mask = NDArray[np.bool_]


def find_small_cells(counts: Floats, largest: int, *, protect_zeros: bool = True) -> Mask:
    """Cells with at most ``largest`` people; zeros are told too when they are protected."""
    return (counts <= largest) & (protect_zeros | (counts > 0))


def suppress_cells(counts: Floats, relations: csr_array, primary: Mask, cost: Floats) -> Mask:
    """Withhold further cells until no primary one can be worked out exactly.

    A cell stays hidden when the table can be changed, totals kept and no count below 0, so that only
    withheld cells move and this one does. For each primary cell the cheapest such change is found with a linear
    program, large cells first; cells that turn out not to be needed are shown again (after Fischetti &
    Salazar 2001, Management Science 47:1008, one protected cell at a time).

    Args:
        counts: every cell of the table, totals included.
        relations: equations × cells, each ``relations @ counts == 0``.
        primary: cells to protect.
        cost: what withholding a cell costs, above 0.

    Returns:
        Cells to withhold, the primary ones included.

    Raises:
        ValueError: a primary cell cannot be protected whatever is withheld.
    """
    withheld = primary.copy()
    for cell in np.flatnonzero(primary)[np.argsort(-counts[primary], kind="stable")]:
        if not _can_move(counts, relations, withheld, cell):
            pattern = _cheapest_change(counts, relations, np.where(withheld, 0.0, cost), cell)
            if pattern is None:
                raise ValueError("a cell cannot be protected, because the table holds nothing it could be hidden in")
            withheld |= pattern
    for cell in sorted(np.flatnonzero(withheld & ~primary), key=lambda at: -cost[at]):
        fewer = withheld.copy()
        fewer[cell] = False
        if all(_can_move(counts, relations, fewer, each) for each in np.flatnonzero(primary)):
            withheld = fewer
    return withheld


def _can_move(counts: Floats, relations: csr_array, withheld: Mask, cell: np.intp) -> bool:
    """Whether two tables agree with everything shown and differ in this cell."""
    return _change(counts, relations, np.zeros(len(counts)), cell, withheld) is not None


def _cheapest_change(counts: Floats, relations: csr_array, cost: Floats, cell: np.intp) -> Mask | None:
    """The cells of the cheapest change of the table that moves this cell."""
    return _change(counts, relations, cost, cell, np.ones(len(counts), dtype=bool))


def _change(counts: Floats, relations: csr_array, cost: Floats, cell: np.intp, free: Mask) -> Mask | None:
    """Cells that move in the cheapest change of the table that moves this cell by 1; only free cells may.

    A linear program over the rise and the fall of every cell, each paid for by its cost.
    """
    found: list[tuple[float, Mask]] = []
    rise, fall = np.where(free, np.inf, 0.0), np.where(free, counts, 0.0)
    for up, down in ((1.0, 0.0), (0.0, 1.0)):
        low, high = np.zeros(2 * len(counts)), np.concatenate([rise, fall])
        places = [cell, len(counts) + cell]
        low[places], high[places] = [up, down], [up, down]
        if down > counts[cell]:
            continue
        answer = linprog(
            np.concatenate([cost, cost]),
            A_eq=hstack([relations, -relations]),
            b_eq=np.zeros(relations.shape[0]),
            bounds=np.column_stack([low, high]),
        )
        if answer.status == 0:
            moved = np.abs(answer.x[: len(counts)] - answer.x[len(counts) :])
            found.append((float(answer.fun), moved > TOLERANCE))
    return min(found, key=lambda each: each[0])[1] if found else None


MASKED = "X"
"""Stands in a profile for a characteristic that is no longer told."""


def mask_profiles(people: Mapping[str, int], smallest: int, *, passes: int | None = None) -> dict[str, str]:
    """Where each combination of characteristics ends up when rare ones are told less and less exactly.

    In each pass one characteristic more is masked (one, then two, … then all); a profile of fewer than
    ``smallest`` people moves to the first masked form of itself that has enough already. Only all characteristics
    masked take in whoever is left (US Office of Personnel Management, FEVS 2017 public release data file).

    Args:
        people: people per profile, one letter for each characteristic.
        smallest: people that a profile needs.
        passes: how many passes to run; all by default.
    """
    left, found = dict(people), {profile: profile for profile in people}
    length = max(map(len, people), default=0)
    for masked_n in range(1, length + 1 if passes is None else passes + 1):
        enough = {profile for profile, n in left.items() if n >= smallest}
        for profile in sorted(left.keys() - enough):
            coarser = [_mask(profile, places) for places in combinations(range(length), masked_n)]
            to = next((form for form in coarser if form in enough or masked_n == length), profile)
            if to != profile:
                left[to] = left.get(to, 0) + left.pop(profile)
                found = {start: to if end == profile else end for start, end in found.items()}
    return found


def _mask(profile: str, places: tuple[int, ...]) -> str:
    return "".join(MASKED if at in places else letter for at, letter in enumerate(profile))
