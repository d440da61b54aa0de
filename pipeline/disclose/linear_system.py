"""What an outsider can work out from linear relations between hidden figures (methods S17.6).

A system holds hidden cells and the relations between them that publications tell. Whether a figure is safe
is proved by witnesses: two sets of answers that agree with everything published and differ in that figure.
Bounds that one relation gives come first (propagation); mixed-integer programs (SciPy's HiGHS) look for
witnesses in what is left. Blocks that share no cell are solved apart, and equal blocks once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
ROUNDS = 60
TOLERANCE = 1e-6
INFEASIBLE = 2
ANY = 1e6
"""How far from the best, in times, an answer set may be when any will do."""
SECONDS = 10.0
"""Longest search for one witness; a figure without one counts as worked out, never as safe."""


class Contradiction(Exception):
    """No answers agree with everything that was told; ``relations`` are those at odds."""

    def __init__(self, relations: NDArray[np.intp]) -> None:
        super().__init__("what was published contradicts itself")
        self.relations = relations


@dataclass(frozen=True)
class LinearSystem:
    """``low <= matrix @ cells <= high`` with every cell between its own bounds.

    Attributes:
        matrix: relations × cells.
        low, high: per relation; equal for an exact one.
        cell_low, cell_high: per cell.
        whole: cells that count people.
    """

    matrix: csr_array
    low: Floats
    high: Floats
    cell_low: Floats
    cell_high: Floats
    whole: NDArray[np.bool_]

    def pick(self, cells: NDArray[np.intp], relations: NDArray[np.intp]) -> LinearSystem:
        """The part of the system about some cells; the relations must hold no other cell."""
        matrix = csr_array(self.matrix[relations][:, cells])
        return LinearSystem(
            matrix, self.low[relations], self.high[relations],
            self.cell_low[cells], self.cell_high[cells], self.whole[cells],
        )  # fmt: skip


class Surroundings:
    """Small parts of a system, seen with all other cells held or with all other cells free."""

    def __init__(self, system: LinearSystem) -> None:
        self.system, self.columns = system, csc_array(system.matrix)
        up, down = system.matrix.maximum(0), system.matrix.minimum(0)
        self.least = up @ system.cell_low + down @ system.cell_high
        self.most = up @ system.cell_high + down @ system.cell_low

    def keep_others(self, cells: NDArray[np.intp], witness: Floats) -> tuple[LinearSystem, NDArray[np.intp]]:
        """The system about some cells, all others being what they are in one answer set, and which relations it has."""
        part = csc_array(self.columns[:, cells])
        others = self.system.matrix @ witness - part @ witness[cells]
        return self._about(cells, part, self.system.low - others, self.system.high - others)

    def free_others(self, cells: NDArray[np.intp]) -> tuple[LinearSystem, NDArray[np.intp]]:
        """What the system says about some cells whatever all others are between their bounds, by which relations."""
        part = csc_array(self.columns[:, cells])
        up, down = part.maximum(0), part.minimum(0)
        low, high = self.system.cell_low[cells], self.system.cell_high[cells]
        least, most = self.least - (up @ low + down @ high), self.most - (up @ high + down @ low)
        return self._about(cells, part, self.system.low - most, self.system.high - least)

    def _about(
        self, cells: NDArray[np.intp], part: csc_array, low: Floats, high: Floats
    ) -> tuple[LinearSystem, NDArray[np.intp]]:
        relations = np.unique(part.indices)
        system = self.system
        return LinearSystem(
            csr_array(csr_array(part)[relations]), low[relations], high[relations],
            system.cell_low[cells], system.cell_high[cells], system.whole[cells],
        ), relations  # fmt: skip


def tighten_bounds(system: LinearSystem) -> tuple[Floats, Floats]:
    """Bounds of each cell by propagation inside single relations, repeated until nothing moves (or ``ROUNDS`` times).

    In ``low <= sum a_j x_j <= high`` cell j lies between what the extremes of all others leave; cells that
    count people are rounded inwards.

    Args:
        system: the relations; they must have a solution.

    Returns:
        Lower and upper bound per cell.

    Raises:
        Contradiction: a cell would have to be above its upper bound.
    """
    matrix = csr_array(system.matrix, copy=True)
    matrix.eliminate_zeros()
    columns, relations = csc_array(matrix), np.arange(len(system.low))
    low, high = system.cell_low.copy(), system.cell_high.copy()
    for _ in range(ROUNDS):
        part = csr_array(matrix[relations])
        size, row = len(relations), np.repeat(np.arange(len(relations)), np.diff(part.indptr))
        column, weight = part.indices, part.data
        least = weight * np.where(weight > 0, low[column], high[column])
        most = weight * np.where(weight > 0, high[column], low[column])
        others_least = np.bincount(row, least, size)[row] - least
        others_most = np.bincount(row, most, size)[row] - most
        at_most = (system.high[relations][row] - others_least) / weight
        at_least = (system.low[relations][row] - others_most) / weight
        at_most, at_least = np.where(weight > 0, at_most, at_least), np.where(weight > 0, at_least, at_most)
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, column, at_least)
        np.minimum.at(new_high, column, at_most)
        new_low[system.whole] = np.ceil(new_low[system.whole] - TOLERANCE)
        new_high[system.whole] = np.floor(new_high[system.whole] + TOLERANCE)
        if (crossed := np.flatnonzero(new_low > new_high + TOLERANCE)).size:
            raise Contradiction(np.unique(relations[row[np.isin(column, crossed)]]))
        moved = np.flatnonzero((new_low > low + TOLERANCE) | (new_high < high - TOLERANCE))
        low, high = new_low, np.maximum(new_high, new_low)
        if not len(moved):
            break
        relations = np.unique(csc_array(columns[:, moved]).indices)  # the others say what they said
    return low, high


def split_blocks(system: LinearSystem) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Cells and relations of each part of the system that shares no cell with the rest."""
    relations_n, cells_n = system.matrix.shape
    coo = system.matrix.tocoo()
    links = csr_array(
        (np.ones(len(coo.data)), (coo.coords[0], coo.coords[1] + relations_n)),
        shape=(relations_n + cells_n, relations_n + cells_n),
    )
    n, label = connected_components(links, directed=False)
    order = np.argsort(label, kind="stable")
    for places in np.split(order, np.cumsum(np.bincount(label, minlength=n))[:-1]):
        cells = places[places >= relations_n] - relations_n
        if len(cells):
            yield cells, places[places < relations_n]


@dataclass
class Outsider:
    """Somebody who knows a system and looks for what it tells. Remembers every answer set found on the way."""

    system: LinearSystem
    seconds: float = SECONDS
    witnesses: list[Floats] = field(default_factory=list)

    def search(self, objective: Floats) -> Floats | None:
        """The answer set that makes ``objective @ cells`` least; null where there is none (or none in time).

        The linear program comes first, for its corners are nearly always whole numbers here; then the
        mixed-integer one. What either returns is believed only after it was put into the relations.

        Args:
            objective: weight of each cell.
        """
        system = self.system
        for whole in (np.zeros(len(objective)), system.whole.astype(float)):
            found = self._solve(objective, whole, system.cell_low)
            if found.x is None:
                return None
            witness = np.where(system.whole, np.round(found.x), found.x)
            if self.believe(witness):
                return witness
        return None

    def find_beyond(
        self, figure: Floats, value: float, answers: Floats, at_least: Floats | None = None
    ) -> Floats | None:
        """An answer set in which a figure is at least ``value``; null where there is none (or none in time).

        One that leaves people where ``answers`` has any is looked for: it is found several times as fast as just any.
        """
        # never below zero, or no share of it would tell that an answer set is good enough
        found = self._look_beyond(
            figure, value, at_least, ((answers < 1.0 - TOLERANCE) & self.system.whole).astype(float)
        )
        if found is None or found.x is None:
            return None
        witness = np.where(self.system.whole, np.round(found.x), found.x)
        return witness if self.believe(witness) else None

    def cannot_pass(self, figure: Floats, value: float, at_least: Floats | None = None) -> bool:
        """Whether it is sure that a figure stays below a value, the cells being at least so much.

        False as well where the search was not finished.
        """
        found = self._look_beyond(figure, value, at_least, np.zeros(len(figure)))
        return found is None or bool(found.status == INFEASIBLE)

    def _look_beyond(
        self, figure: Floats, value: float, at_least: Floats | None, towards: Floats
    ) -> OptimizeResult | None:
        """Null where the bounds of the cells alone forbid it; ``towards``: weights that should be small."""
        lower, upper = self.system.cell_low if at_least is None else at_least, self.system.cell_high
        most = np.maximum(figure, 0) @ upper + np.minimum(figure, 0) @ lower
        if most < value - TOLERANCE or (lower > upper + TOLERANCE).any():
            return None
        return self._solve(towards, self.system.whole.astype(float), lower, (figure, value - TOLERANCE))

    def _solve(
        self, objective: Floats, whole: Floats, lower: Floats, beyond: tuple[Floats, float] | None = None
    ) -> OptimizeResult:
        system = self.system
        constraints = [LinearConstraint(system.matrix, system.low, system.high)] if len(system.low) else []
        if beyond is not None:
            constraints.append(LinearConstraint(csr_array(beyond[0][None, :]), beyond[1], np.inf))
        with _solver_kept_quiet():
            return milp(
                objective, integrality=whole, bounds=Bounds(lower, np.maximum(lower, system.cell_high)),
                constraints=constraints,
                options={"time_limit": self.seconds, "mip_rel_gap": 0.0 if beyond is None else ANY},
            )  # fmt: skip

    def believe(self, witness: Floats) -> bool:
        """Remember an answer set if it agrees with everything published."""
        agrees = self._agrees(witness)
        if agrees:
            self.witnesses.append(witness)
        return agrees

    def _agrees(self, witness: Floats) -> bool:
        told = self.system.matrix @ witness
        slack = allow_for_rounding(told)
        inside = (witness >= self.system.cell_low - TOLERANCE) & (witness <= self.system.cell_high + TOLERANCE)
        return bool(((told >= self.system.low - slack) & (told <= self.system.high + slack)).all() and inside.all())


def allow_for_rounding(values: Floats) -> Floats:
    """How far a sum of floating-point numbers may miss an end and still agree with it."""
    return np.asarray(TOLERANCE * np.maximum(1.0, np.abs(values)))


@contextmanager
def _solver_kept_quiet() -> Iterator[None]:
    """HiGHS 1.12 prints a line of its own when it repairs a solution, whatever its options say."""
    try:
        kept = os.dup(1)
    except OSError:  # no terminal behind it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)


def fix_known_cells(
    system: LinearSystem, low: Floats, high: Floats
) -> tuple[LinearSystem, NDArray[np.intp], NDArray[np.intp]]:
    """The system about the cells that are still open, without relations that the cells' bounds already say.

    Args:
        system: all relations.
        low, high: bounds of every cell, from ``tighten_bounds``.

    Returns:
        The smaller system, and which cells and relations of the larger one it holds.
    """
    is_open = high - low > TOLERANCE
    cells = np.flatnonzero(is_open)
    known = system.matrix @ np.where(is_open, 0.0, low)
    matrix = csr_array(system.matrix[:, cells])
    up, down = matrix.maximum(0), matrix.minimum(0)
    least, most = up @ low[cells] + down @ high[cells] + known, up @ high[cells] + down @ low[cells] + known
    says_more = (least < system.low - TOLERANCE) | (most > system.high + TOLERANCE)
    relations = np.flatnonzero(says_more)
    return (
        LinearSystem(
            csr_array(matrix[relations]), (system.low - known)[relations], (system.high - known)[relations],
            low[cells], high[cells], system.whole[cells],
        ),
        cells,
        relations,
    )  # fmt: skip
