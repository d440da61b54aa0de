"""Cells that are linked with each other, and which hidden figures among them can be worked out (methods S17.6).

Exchanges of answers show most figures safe; mixed-integer programs decide about the rest.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.equations import Places
from pipeline.disclose.exchanges import Exchanger
from pipeline.disclose.linear_system import Floats, LinearSystem, Outsider, Surroundings
from pipeline.disclose.published import Hidden, HiddenItem, PublishedFamily
from pipeline.disclose.relations import ScoreSum
from pipeline.disclose.seen_answers import HiddenSums, Question, list_questions, list_sums
from pipeline.disclose.shifts import ScoreCells

ROUNDS = 4
"""How often exchanges go on from an answer set to one further away."""


NEAR = (2, 8)
"""Groups on either side that are looked at before all of them."""
LARGEST = 3000
"""Cells of a block up to which all groups are looked at together; beyond, what is then in doubt counts as a leak.

Up to it the reader is also one who knows this rule (``Block._settle``); beyond, those who exist must be protected.
"""


def list_cells(hidden: Hidden) -> Places:
    """The cells of a hidden figure."""
    return hidden.cells if isinstance(hidden, HiddenItem) else np.array([hidden.cell])


class Block:
    """Cells that are linked with each other, and the hidden figures among them.

    Args:
        system: about these cells.
        cells, relations: which of the family's they are.
        low: of all cells of the family; the value of those that are known.
        hidden: figures in this block.
        family: all of it.
        knows_rule: the reader knows the rule (``_settle``); otherwise those who exist are protected.
    """

    def __init__(
        self, system: LinearSystem, cells: Places, relations: Places, low: Floats, hidden: Sequence[Hidden],
        family: PublishedFamily, *, knows_rule: bool,
    ) -> None:  # fmt: skip
        self.knows_rule = knows_rule
        self.hidden, self.newest = hidden, max(year for year, _ in family.counts)
        inside, about = np.full(len(low), -1), np.full(len(family.told), -1)
        inside[cells], about[relations] = np.arange(len(cells)), np.arange(len(relations))
        self.where = [inside[list_cells(each)] for each in hidden]
        self.known = [np.where(at < 0, low[list_cells(each)], 0.0) for at, each in zip(self.where, hidden, strict=True)]
        scores = ScoreCells(*(np.full(len(cells), value, dtype=np.intp) for value in (0, -1, -1)))
        sums_of: dict[tuple[int, str], list[ScoreSum]] = defaultdict(list)
        self.cells_of: dict[tuple[int, str], list[Places]] = defaultdict(list)
        for at, cell in enumerate(cells):
            if int(cell) in family.sum_at:
                owner, each = family.sum_at[int(cell)]
                self.cells_of[owner].append(np.array([at]))
                if cell == each.total:
                    scores.k[at], scores.upper[at], scores.lower[at] = (
                        len(each.items), about[each.upper], about[each.lower],
                    )  # fmt: skip
                    sums_of[owner].append(replace(each, total=at))
        self.questions = list_questions(hidden, self.where, self.known, sums_of)
        self.sums = list_sums(hidden, self.where, self.questions)
        self.scores = scores
        self._read(system)
        for question in self.questions:
            for group, where in zip(question.groups, question.where, strict=True):
                self.cells_of[question.year, group].append(where[where >= 0])

    def key(self, in_doubt: NDArray[np.bool_], answers: Floats | None) -> bytes:
        """Equal for blocks that are the same but for the names of groups and items."""
        system = self.system
        parts: Iterable[np.ndarray] = (
            in_doubt, np.empty(0) if answers is None else answers,
            system.matrix.indptr, system.matrix.indices, system.matrix.data, system.low, system.high,
            system.cell_low, system.cell_high, system.whole, *self.where, *self.known,
            *(each.scores if isinstance(each, HiddenItem) else np.array([each.step]) for each in self.hidden),
            np.array([each.derivable for each in self.hidden]),
        )  # fmt: skip
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).digest()

    def find_leaks(self, answers: Floats | None = None, in_doubt: NDArray[np.bool_] | None = None) -> list[bool]:
        """Whether each hidden figure can be worked out: exchanges find most answer sets, programs the rest.

        Args:
            answers: the true ones, where they are at hand.
            in_doubt: figures to look at; the others are known to be safe.
        """
        first = answers if answers is not None and self.outsider.believe(answers) else None
        for question in self.questions:
            if in_doubt is not None:
                question.set_aside(~in_doubt[question.hidden])
        for each in self.sums:
            if in_doubt is not None:
                each.derivable |= ~in_doubt[each.hidden]
        leaks = np.zeros(len(self.hidden), dtype=bool)
        if first is not None:
            self._settle(first, leaks)
        elif (first := self.outsider.search(np.zeros(len(self.system.cell_low)))) is not None:
            self.exchanger.look_around(first)
            if not self.exchanger.is_done:
                self._look_further(first)
        self._judge(leaks)
        return [bool(leak) for leak in leaks]

    def _judge(self, leaks: NDArray[np.bool_], answers: Floats | None = None) -> None:
        """Note what can be worked out (with answers: by those who gave them), and look at it no more."""
        for question in self.questions:
            for row in map(int, np.flatnonzero(~question.is_safe)):
                owns = ~question.hides_others[row]
                if answers is not None:
                    owns &= question.count(answers)[row] > 0
                if not (self._moves(question, row) and self._hides_others(question, row, owns)):
                    leaks[question.hidden[row]] = True
                    question.set_aside(np.arange(len(question.n)) == row)
        for each in self.sums:
            for row in map(int, np.flatnonzero(~each.is_safe)):
                if not self._moves_sum(each, row):
                    leaks[each.hidden[row]] = True
                    each.derivable |= np.arange(len(each.cells)) == row

    def _settle(self, answers: Floats, leaks: NDArray[np.bool_]) -> None:
        """Look around the true answers, as somebody who knows that nothing is printed that would give people away.

        Had anybody given an answer from which they could tell all others', the figure would be withheld: a reader who
        knows this rule counts nobody there. What is safe must be so for this reader, and so on until nothing changes.
        """
        if not self.knows_rule:
            for question in self.questions:
                question.impossible |= question.count(answers) == 0
            self.exchanger.look_around(answers)
            self.exchanger.wander(answers, ROUNDS)
            return
        while True:
            self.exchanger.look_around(answers)
            if self.exchanger.is_done:
                return
            self._look_further(answers)
            self._judge(leaks, answers)
            telling = [self._list_telling(question, answers) for question in self.questions]
            nobody = np.concatenate([np.empty(0, dtype=np.intp), *telling])
            if not len(nobody):
                return
            high = self.system.cell_high.copy()
            high[nobody] = 0
            self._read(replace(self.system, cell_high=high))
            self.outsider.believe(answers)
            for question in self.questions:
                question.impossible |= np.isin(question.where, nobody)
                question.forget()
            for each in self.sums:
                each.forget()

    def _look_further(self, answers: Floats) -> None:
        self._rule_out()
        self.exchanger.wander(answers, ROUNDS)
        self._show_unseen()
        self._rule_out(reach=NEAR[0])

    def _list_telling(self, question: Question, answers: Floats) -> Places:
        """Cells of answers that nobody gave, and from which one could tell all others'."""
        found = []
        for row, own in np.argwhere(~question.hides_others & (question.where >= 0) & (question.count(answers) == 0)):
            near = self._list_near(question, int(row))
            if not any(self._hides_from(question, int(row), int(own), places) for places in near):
                found.append(question.where[row, own])
        return np.array(found, dtype=np.intp)

    def _read(self, system: LinearSystem) -> None:
        self.system = system
        self.exchanger = Exchanger(system, self.questions, self.sums, self.scores)
        self.outsider = Outsider(system)
        self.surroundings = Surroundings(system)

    def _rule_out(self, *, reach: int = 0) -> None:
        """Answers that nobody of a group can have given hide nobody.

        Often the group's own figures say so, or (``reach``) those of groups beside it.
        """
        unseen: dict[tuple[int, str], list[Places]] = defaultdict(list)
        beside: dict[tuple[int, str], Places] = {}
        for question in self.questions:
            for row in np.flatnonzero(question.unseen.any(axis=1)):
                owner = question.year, question.groups[row]
                unseen[owner].append(question.where[row][question.unseen[row]])
                beside.setdefault(owner, self._list_beside(question, int(row), reach))
        impossible = [np.empty(0, dtype=np.intp)]
        for owner, cells in unseen.items():
            around, wanted = Outsider(self.surroundings.free_others(beside[owner])[0]), np.concatenate(cells)
            if around.cannot_pass(np.isin(beside[owner], wanted).astype(np.float64), 1.0):
                impossible.append(wanted)
        for question in self.questions:
            question.impossible |= np.isin(question.where, np.concatenate(impossible))

    def _show_unseen(self) -> None:
        """Answer sets in which as many groups as possible give what they were not yet seen to give."""
        for question in self.questions:
            for row in np.flatnonzero(question.unseen.any(axis=1)):
                if question.unseen[row].any():  # what was found for another group may have shown it
                    near = next(self._list_near(question, int(row)))
                    unseen = np.concatenate([each.where[each.unseen] for each in self.questions])
                    wanted = np.isin(np.arange(len(self.system.cell_low)), np.intersect1d(unseen, near))
                    self._find(near, wanted.astype(np.float64), 1.0)

    def _weigh(self, cells: Places, weights: Floats) -> Floats:
        figure = np.zeros(len(self.system.cell_low))
        figure[cells[cells >= 0]] = weights[cells >= 0]
        return figure

    def _list_near(self, question: Question, row: int) -> Iterator[Places]:
        """Cells of a group and of ever more groups beside it in the register, of the same year; at last of all."""
        size, looked = len(self.system.cell_low), 0
        for reach in NEAR if size <= LARGEST or question.year != self.newest else NEAR[:1]:
            beside = self._list_beside(question, row, reach)
            if len(beside) > looked:
                yield beside
            looked = len(beside)
        if looked < size <= LARGEST:
            yield np.arange(size)

    def _list_beside(self, question: Question, row: int, reach: int) -> Places:
        groups = question.groups[max(row - reach, 0) : row + reach + 1]
        cells = [each for group in groups for each in self.cells_of[question.year, group]]
        return np.unique(np.concatenate(cells))

    def _find(self, near: Places, figure: Floats, value: float, lower: Floats | None = None) -> bool:
        """Look for an answer set that differs from the first one in some cells only and makes a figure so large."""
        for base in self.outsider.witnesses[:1]:
            part = Outsider(self.surroundings.keep_others(near, base)[0])
            found = part.find_beyond(figure[near], value, base[near], None if lower is None else lower[near])
            if found is not None:
                witness = base.copy()
                witness[near] = found
                if self.outsider.believe(witness):
                    self.exchanger.see(witness)
                    return True
        return False

    def _moves(self, question: Question, row: int) -> bool:
        """Whether one person of the group could have answered one step differently; a doubt counts as no."""
        if question.moves[row]:
            return True
        cells, counts = (each[row, : len(question.points)] for each in (question.where, question.fixed))
        figure, known = self._weigh(cells, question.points), float(np.where(cells < 0, counts, 0) @ question.points)
        ends = question.low[row] - known + question.step, question.step - question.high[row] + known
        return self._passes(figure, ends, self._list_near(question, row))

    def _moves_sum(self, sums: HiddenSums, row: int) -> bool:
        """Whether a hidden sum of scores could be one step higher or lower; a doubt counts as no."""
        if sums.is_safe[row]:
            return True
        figure = self._weigh(sums.cells[[row]], np.ones(1))
        questions = [(self.questions[at], int(rows[row])) for at, rows in sums.rows if rows[row] >= 0]
        places = self._list_near(*questions[0]) if questions else iter([np.arange(len(figure))])
        ends = sums.low[row] + float(sums.steps[row]), float(sums.steps[row]) - sums.high[row]
        return self._passes(figure, ends, places)

    def _passes(self, figure: Floats, ends: tuple[float, float], places: Iterator[Places]) -> bool:
        """Whether a figure can be as much as the one end, or its opposite as much as the other."""
        sides = list(zip((figure, -figure), ends, strict=True))
        for near in places:
            if any(self._find(near, side, end) for side, end in sides):
                return True
            around = Outsider(self.surroundings.free_others(near)[0])
            if all(around.cannot_pass(side[near], end) for side, end in sides):
                return False
        return False

    def _hides_others(self, question: Question, row: int, owns: NDArray[np.bool_]) -> bool:
        """Whether nobody of the group who takes such an own answer away can tell what all others answered."""
        return all(
            any(self._hides_from(question, row, int(own), near) for near in self._list_near(question, row))
            for own in np.flatnonzero(owns)
        )

    def _hides_from(self, question: Question, row: int, own: int, near: Places) -> bool:
        """Whether the others are hidden from somebody who gave ``own``, or nobody can have given it."""
        where, lower = question.where[row], self.system.cell_low.copy()
        if where[own] >= 0:
            lower[where[own]] = max(lower[where[own]], 1.0)
        if question.others[row, own] == 0 and not self._find(near, np.zeros(len(lower)), 0.0, lower):
            around = Outsider(self.surroundings.free_others(near)[0])
            return around.cannot_pass(np.zeros(len(near)), 0.0, lower[near])
        if not question.hides_others[row, own]:
            alike = int(question.others[row, own]).bit_length() - 1
            differing = np.delete(where, alike)
            figure = self._weigh(differing, np.ones(len(differing)))
            fixed = int(np.delete(question.fixed[row], alike)[differing < 0].sum())
            self._find(near, figure, 1.0 + (own != alike) - fixed, lower)
        return bool(question.hides_others[row, own])
