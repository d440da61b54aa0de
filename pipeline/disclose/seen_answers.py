"""What the answer sets found so far show about hidden figures: how far each can move, and whom it protects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.linear_system import TOLERANCE, Floats
from pipeline.disclose.published import HiddenItem, HiddenSum
from pipeline.disclose.relations import ScoreSum

Places = NDArray[np.intp]
Counts = NDArray[np.int64]
SumsOf = Mapping[tuple[int, str], Sequence[ScoreSum]]


@dataclass
class Question:
    """One item's hidden answers: a row per group in register order, a column per option.

    Attributes:
        hidden: position of each row in the block's list of hidden figures.
        groups: their codes.
        where: cells; -1 where the count is known.
        fixed: known counts.
        points: of the answers; the other options are non-answers.
        n: people of each group.
        step: the smallest difference between two answers.
        derivable: groups whose figures may be worked out, unless nearly all of them answered alike.
        sums: per group, cells that sum scores on this question (-1: none).
        low, high: least and greatest sum of points seen.
        others: for each option that an insider may have given, the options seen among all others, as bits.
        impossible: options that nobody can have given.
    """

    year: int
    hidden: Places
    groups: tuple[str, ...]
    where: Places
    fixed: Counts
    points: Floats
    n: Counts
    step: float
    derivable: NDArray[np.bool_]
    sums: Places
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    others: Counts = field(init=False)
    impossible: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.impossible = (self.where < 0) & (self.fixed == 0)
        self.forget()

    def forget(self) -> None:
        """As if no answer set had been seen."""
        self.low, self.high = np.full(len(self.n), np.inf), np.full(len(self.n), -np.inf)
        self.others = np.zeros(self.where.shape, dtype=np.int64)

    @property
    def points_of_options(self) -> Floats:
        """Points of each option; none for a non-answer."""
        return np.append(self.points, np.zeros(self.where.shape[1] - len(self.points)))

    def count(self, witness: Floats) -> Counts:
        return np.where(self.where >= 0, np.rint(witness[self.where]).astype(np.int64), self.fixed)

    def see(self, at: Places, counts: Counts) -> None:
        """Take note of answers that the groups ``at`` may have given: a row of counts each."""
        figure = counts[:, : len(self.points)] @ self.points
        np.minimum.at(self.low, at, figure)
        np.maximum.at(self.high, at, figure)
        bits = 1 << np.arange(counts.shape[1], dtype=np.int64)
        for own in range(counts.shape[1]):
            rows = counts[:, own] > 0
            others = counts[rows]
            others[:, own] -= 1
            np.bitwise_or.at(self.others[:, own], at[rows], (others > 0) @ bits)

    def set_aside(self, rows: NDArray[np.bool_]) -> None:
        """Groups that are known to be safe."""
        self.derivable = self.derivable | rows
        self.impossible |= rows[:, None]

    @property
    def moves(self) -> NDArray[np.bool_]:
        """Groups of which one person could have answered one step differently."""
        return np.asarray(self.derivable | (self.high - self.low >= self.step - TOLERANCE))

    @property
    def hides_others(self) -> NDArray[np.bool_]:
        """Groups × options: somebody who gave it cannot tell what all others gave (or nobody can have given it)."""
        return np.asarray(self.impossible | (self.others & (self.others - 1) != 0) | (self.n[:, None] < 2))

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """Groups × options: no answer set that was found has anybody give it."""
        return np.asarray((self.others == 0) & ~self.impossible & (self.where >= 0) & (self.n[:, None] > 1))

    @property
    def is_safe(self) -> NDArray[np.bool_]:
        return np.asarray(self.moves & self.hides_others.all(axis=1))


@dataclass
class HiddenSums:
    """One measure's hidden sums of scores: a row per group in register order.

    Attributes:
        hidden: position of each in the block's list of hidden figures.
        cells: where they stand.
        steps: how far each must be able to move.
        rows: the measure's questions, each with the groups' rows in it (-1: the answers are printed).
        derivable: groups whose figures may be worked out.
        low, high: least and greatest sum seen.
    """

    hidden: Places
    cells: Places
    steps: Floats
    derivable: NDArray[np.bool_]
    rows: list[tuple[int, Places]]
    low: Floats = field(init=False)
    high: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """As if no answer set had been seen."""
        self.low, self.high = np.full(len(self.cells), np.inf), np.full(len(self.cells), -np.inf)

    def see(self, at: Places, values: Floats) -> None:
        """Take note of sums that the groups ``at`` may have."""
        np.minimum.at(self.low, at, values)
        np.maximum.at(self.high, at, values)

    @property
    def is_safe(self) -> NDArray[np.bool_]:
        return np.asarray(self.derivable | (self.high - self.low >= self.steps - TOLERANCE))


def list_questions(
    hidden: Sequence[HiddenItem | HiddenSum], where: Sequence[Places], known: Sequence[Floats], sums_of: SumsOf
) -> list[Question]:
    """A block's hidden items by question.

    Args:
        hidden: the block's hidden figures.
        where: their cells in the block, -1 for known ones.
        known: values of the known ones.
        sums_of: by year and group, cells of the block that sum scores.
    """
    by_item: dict[tuple[int, str], list[int]] = {}
    for at, each in enumerate(hidden):
        if isinstance(each, HiddenItem):
            by_item.setdefault((each.year, each.item), []).append(at)
    questions = []
    for (year, item), rows in by_item.items():
        first = hidden[rows[0]]
        assert isinstance(first, HiddenItem)
        groups = tuple(hidden[at].group for at in rows)
        held = [[each.total for each in sums_of.get((year, group), ()) if item in each.items] for group in groups]
        sums = np.full((len(rows), max(map(len, held), default=0)), -1, dtype=np.intp)
        for at, own in enumerate(held):
            sums[at, : len(own)] = own
        questions.append(
            Question(
                year, np.array(rows), groups, np.array([where[at] for at in rows]),
                np.rint([known[at] for at in rows]).astype(np.int64), first.scores,
                np.array([hidden[at].n for at in rows]), first.step, np.array([hidden[at].derivable for at in rows]), sums,
            )
        )  # fmt: skip
    return questions


def list_sums(
    hidden: Sequence[HiddenItem | HiddenSum], where: Sequence[Places], questions: Sequence[Question]
) -> list[HiddenSums]:
    """A block's hidden sums by year and measure, with the questions behind each."""
    by_measure: dict[tuple[int, str], list[int]] = {}
    for at, each in enumerate(hidden):
        if isinstance(each, HiddenSum):
            by_measure.setdefault((each.year, each.measure), []).append(at)
    found = []
    for (year, _), rows in by_measure.items():
        groups = [hidden[at].group for at in rows]
        cells = np.array([where[at][0] for at in rows])
        steps = np.array([each.step for at in rows if isinstance(each := hidden[at], HiddenSum)])
        behind = []
        for at, question in enumerate(questions):
            row_of = {group: row for row, group in enumerate(question.groups)}
            in_question = np.array([row_of.get(group, -1) for group in groups])
            known = in_question >= 0
            counted = np.zeros(len(rows), dtype=bool)
            counted[known] = (question.sums[in_question[known]] == cells[known, None]).any(axis=1)
            if question.year == year and counted.any():
                behind.append((at, np.where(counted, in_question, -1)))
        found.append(HiddenSums(np.array(rows), cells, steps, np.array([hidden[at].derivable for at in rows]), behind))
    return found
