"""Suppression in any table of counts with totals: small cells, and what else must go so that they stay hidden.

The release itself follows the publication rule of the programme (``thresholds``). This module holds the
general case: it chooses which further cells a failed audit withholds, and lets the method be compared with
other software on published tables.
"""

from __future__ import annotations

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
