"""What an attacker can tell of hidden figures, and whether somebody of a group can tell what all others answered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.property.attackers import Cell, LinearAttacker

NEARLY = 0.2
"""How near to the least is good enough where any answers will do."""
ROUNDS = 6
"""Answer sets drawn before figures are looked at one by one."""


class Recovery:
    """What an attacker can tell of hidden figures, from answers that agree with all that is printed.

    Attributes:
        low, high: least and greatest value of each hidden figure among the answers found.
        others: for each hidden item and each answer that an insider may have given, which answers were found among
            all the others, as bits.
    """

    def __init__(self, attacker: LinearAttacker, rng: np.random.Generator) -> None:
        self.attacker, self.hidden = attacker, attacker.list_hidden()
        self.weights = np.array([np.zeros(len(attacker.top)), *map(attacker.weigh, self.hidden)])[1:]
        self.steps = np.array([attacker.step(cell) for cell in self.hidden])
        self.low, self.high = np.full(len(self.hidden), np.inf), np.full(len(self.hidden), -np.inf)
        self.items = {at: np.array(attacker.counts[cell]) for at, cell in enumerate(self.hidden) if not cell.is_sum}
        self.others = {at: np.zeros(len(cells), dtype=int) for at, cells in self.items.items()}
        for at in range(ROUNDS if self.hidden else 0):
            objective = np.zeros(len(attacker.top))
            for of in np.flatnonzero(~self.moves):
                objective += (self.weights[of] != 0) * rng.normal(size=len(objective))
            for of, cells in self.items.items():
                if not self._hides_others(of).all():  # as many different answers as can be
                    objective[attacker.given[self.hidden[of]]] -= rng.random(len(cells))
            if objective.any() or not at:
                self._see(attacker.find(objective, gap=NEARLY))

    def _see(self, answers: NDArray[np.float64] | None) -> None:
        assert answers is not None, "the files contradict what everybody knows"
        figures = self.weights @ answers
        self.low, self.high = np.minimum(self.low, figures), np.maximum(self.high, figures)
        for at, cells in self.items.items():
            counts = answers[cells].astype(int)
            for own in np.flatnonzero(counts):
                others = counts - (np.arange(len(counts)) == own)
                self.others[at][own] |= int((others > 0) @ (1 << np.arange(len(counts))))

    @property
    def moves(self) -> NDArray[np.bool_]:
        return np.asarray(self.high - self.low >= self.steps - 1e-3)

    def _hides_others(self, at: int) -> NDArray[np.bool_]:
        found = self.others[at]
        return np.asarray((found & (found - 1)) != 0)

    def list_narrow(self) -> Iterator[Cell]:
        """Hidden figures known to less than one step."""
        for at, cell in enumerate(self.hidden):
            for side in (1.0, -1.0):
                if not self.moves[at]:
                    self._try(side * self.weights[at])
            if not self.moves[at]:
                yield cell

    def list_told_to_insiders(self) -> Iterator[tuple[Cell, int]]:
        """Hidden items, and an answer: who gave it and takes their own away knows what all others of the group gave."""
        for at, cells in self.items.items():
            cell = self.hidden[at]
            if self.attacker.years[cell.year].leaves[cell.group] > 1:
                for own in np.flatnonzero(~self._hides_others(at)):
                    if self._tells(at, cells, int(own)):
                        yield cell, int(own)

    def _tells(self, at: int, cells: NDArray[np.intp], own: int) -> bool:
        if self.others[at][own] == 0 and not self._try(np.zeros(len(self.attacker.top)), cells[own]):
            return False  # nobody gave it
        if not self._hides_others(at)[own]:
            only = int(self.others[at][own]).bit_length() - 1
            objective = np.zeros(len(self.attacker.top))
            objective[np.delete(cells, only)] = -1.0
            self._try(objective, cells[own])
        return not bool(self._hides_others(at)[own])

    def _try(self, objective: NDArray[np.float64], at_least_one: int | None = None) -> bool:
        answers = self.attacker.find(objective, at_least_one)
        if answers is not None:
            self._see(answers)
        return answers is not None
