"""The audit of a release: could an outsider work out an answer, or the figure of a group that is withheld?

Three things must hold of everything that is not printed (methods S17.2, S17.6). One person of the group could
have answered one step differently without anybody outside being able to tell. Nobody's answer to an item can
be told from outside. Nor can anybody of the group who takes their own answer away tell the others'. The last
two do not protect a class of many: that nearly everybody among fifteen or more thinks alike is a finding.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.disclose.equations import Places
from pipeline.disclose.exchanges import Exchanger, ScoreCells
from pipeline.disclose.linear_system import (
    ROUGHLY,
    Contradiction,
    Floats,
    LinearSystem,
    Outsider,
    Surroundings,
    fix_known_cells,
    split_blocks,
    tighten_bounds,
)
from pipeline.disclose.published import HiddenItem, HiddenSum, Publication, PublishedFamily, read_publications
from pipeline.disclose.relations import ScoreSum
from pipeline.disclose.seen_answers import HiddenSums, Question, list_questions, list_sums
from pipeline.disclose.thresholds import ALIKE_NEEDS_N
from pipeline.store.definitions import Definitions

Hidden = HiddenItem | HiddenSum
ROUNDS = 4
"""How often exchanges go on from an answer set to one further away."""


NEAR = (2, 8)
"""Groups on either side that are looked at before all of them."""
LARGEST = 3000
"""Cells of a block up to which all groups are looked at together; beyond, what is then in doubt counts as a leak."""


@dataclass(frozen=True, order=True)
class Leak:
    """A figure that is withheld but can be worked out.

    Attributes:
        family: the principle it belongs to.
        measure: the item or measure of which an answer or a sum can be worked out.
        told: the published figures it follows from.
    """

    year: int
    group: str
    family: str
    measure: str
    told: tuple[str, ...]


class ContradictoryRelease(Exception):
    """Released figures that no answers can have: a file was edited, or belongs to other answers."""

    def __init__(self, family: str, told: tuple[str, ...]) -> None:
        super().__init__(f"{family}: no answers agree with all of these figures")
        self.family, self.told = family, told


def audit_publications(publications: Sequence[Publication], definitions: Definitions) -> list[Leak]:
    """Everything withheld that somebody who holds all of these releases could work out.

    Args:
        publications: releases of the same answers, for example under two profiles.
        definitions: the programme.
    """
    known: dict[bytes, list[bool]] = {}
    families = read_publications(publications, definitions)
    return sorted(leak for family in families for leak in audit_family(family, known))


def audit_family(
    family: PublishedFamily, known: dict[bytes, list[bool]], answers: Floats | None = None
) -> Iterator[Leak]:
    """The leaks of one principle.

    Args:
        family: its relations.
        known: results of blocks solved before; equal blocks are solved once.
        answers: a value of every cell that agrees with the relations, where one is at hand: the true answers.

    Raises:
        ContradictoryRelease: no answers agree with all the figures.
    """
    try:
        low, high = tighten_bounds(family.system)
    except Contradiction as found:
        raise ContradictoryRelease(
            family.code, tuple(dict.fromkeys(family.told[at] for at in found.relations))
        ) from None
    opened, cells, relations = fix_known_cells(family.system, low, high)
    place = np.full(len(low), -1)
    place[cells] = np.arange(len(cells))
    hidden: list[Hidden] = [*family.items, *family.sums]
    parts = list(split_blocks(opened))
    block_of = np.empty(len(cells), dtype=np.intp)
    for at, (inside, _) in enumerate(parts):
        block_of[inside] = at
    by_block: dict[int, list[Hidden]] = defaultdict(list)
    leaking: list[Hidden] = []
    for each in hidden:
        open_cells = place[_cells(each)]
        open_cells = open_cells[open_cells >= 0]
        if len(open_cells):
            by_block[int(block_of[open_cells[0]])].append(each)
        elif not each.derivable or _tells_alike(each, low, high):
            leaking.append(each)
    for at, held in by_block.items():
        inside, about = parts[at]
        block = Block(opened.pick(inside, about), cells[inside], relations[about], low, held, family)
        key = block.key()
        if key not in known:
            known[key] = block.find_leaks(None if answers is None else answers[cells[inside]])
        leaking += [each for each, leaks in zip(held, known[key], strict=True) if leaks]
    for each in leaking:
        if not _is_large_class(each, family, low, high):
            yield Leak(each.year, each.group, family.code, _name(each), _explain(each, family))


def _cells(hidden: Hidden) -> Places:
    return hidden.cells if isinstance(hidden, HiddenItem) else np.array([hidden.cell])


def _name(hidden: Hidden) -> str:
    return hidden.item if isinstance(hidden, HiddenItem) else hidden.measure


class Block:
    """Cells that are linked with each other, and the hidden figures among them.

    Args:
        system: about these cells.
        cells, relations: which of the family's they are.
        low: of all cells of the family; the value of those that are known.
        hidden: figures in this block.
        family: all of it.
    """

    def __init__(
        self, system: LinearSystem, cells: Places, relations: Places, low: Floats, hidden: Sequence[Hidden],
        family: PublishedFamily,
    ) -> None:  # fmt: skip
        self.system, self.hidden = system, hidden
        inside, about = np.full(len(low), -1), np.full(len(family.told), -1)
        inside[cells], about[relations] = np.arange(len(cells)), np.arange(len(relations))
        self.where = [inside[_cells(each)] for each in hidden]
        self.known = [np.where(at < 0, low[_cells(each)], 0.0) for at, each in zip(self.where, hidden, strict=True)]
        scores = ScoreCells(*(np.full(len(cells), value, dtype=np.intp) for value in (0, -1, -1)))
        sums_of: dict[tuple[int, str], list[ScoreSum]] = defaultdict(list)
        for owner, held in family.sums_of.items():
            for each in held:
                if (at := int(inside[each.total])) >= 0:
                    scores.k[at], scores.upper[at], scores.lower[at] = (
                        len(each.items), about[each.upper], about[each.lower],
                    )  # fmt: skip
                    sums_of[owner].append(replace(each, total=at))
        self.questions = list_questions(hidden, self.where, self.known, sums_of)
        self.sums = list_sums(hidden, self.where, self.questions)
        self.exchanger = Exchanger(system, self.questions, self.sums, scores)
        self.outsider = Outsider(system)
        self.surroundings = Surroundings(system)
        self.cells_of: dict[tuple[int, str], list[Places]] = defaultdict(list)
        for question in self.questions:
            for group, where in zip(question.groups, question.where, strict=True):
                self.cells_of[question.year, group].append(where[where >= 0])
        for owner, held in family.sums_of.items():
            of_sums = inside[[cell for each in held for cell in (each.total, each.people)]]
            self.cells_of[owner].append(of_sums[of_sums >= 0])

    def key(self) -> bytes:
        """Equal for blocks that are the same but for the names of groups and items."""
        system = self.system
        parts: Iterable[np.ndarray] = (
            system.matrix.indptr, system.matrix.indices, system.matrix.data, system.low, system.high,
            system.cell_low, system.cell_high, system.whole, *self.where, *self.known,
            *(each.scores if isinstance(each, HiddenItem) else np.array([each.step]) for each in self.hidden),
            np.array([each.derivable for each in self.hidden]),
        )  # fmt: skip
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).digest()

    def find_leaks(self, answers: Floats | None = None) -> list[bool]:
        """Whether each hidden figure can be worked out: exchanges find most answer sets, programs the rest."""
        first = answers if answers is not None and self.outsider.believe(answers) else None
        if first is None:
            first = self.outsider.search(np.zeros(len(self.system.cell_low)))
        if first is not None:
            self.exchanger.look_around(first)
            if not self.exchanger.is_done:
                self._rule_out()
                self.exchanger.wander(first, ROUNDS)
        leaks = np.zeros(len(self.hidden), dtype=bool)
        for question in self.questions:
            for row in np.flatnonzero(~question.is_safe):
                leaks[question.hidden[row]] = not (
                    self._moves(question, int(row)) and self._hides_others(question, int(row))
                )
        for each in self.sums:
            for row in np.flatnonzero(~each.is_safe):
                leaks[each.hidden[row]] = not self._moves_sum(each, int(row))
        return [bool(leak) for leak in leaks]

    def _rule_out(self) -> None:
        """Answers that nobody of a group can have given hide nobody: often the group's own figures say so."""
        unseen: dict[tuple[int, str], list[Places]] = defaultdict(list)
        for question in self.questions:
            for row in np.flatnonzero(question.unseen.any(axis=1)):
                unseen[question.year, question.groups[row]].append(question.where[row][question.unseen[row]])
        impossible = []
        for owner, cells in unseen.items():
            own = self._list_cells([owner])
            wanted = np.concatenate(cells)
            if self._none_given(own, wanted):
                impossible.append(wanted)
        for question in self.questions:
            question.impossible |= np.isin(question.where, np.concatenate([np.empty(0, int), *impossible]))

    def _none_given(self, own: Places, wanted: Places) -> bool:
        """Whether relations about some cells show that certain of them count nobody."""
        around = Outsider(self.surroundings.free_others(own))
        return around.cannot_pass(np.isin(own, wanted).astype(np.float64), 1.0)

    def _weigh(self, cells: Places, weights: Floats) -> Floats:
        figure = np.zeros(len(self.system.cell_low))
        figure[cells[cells >= 0]] = weights[cells >= 0]
        return figure

    def _list_near(self, question: Question, row: int) -> Iterator[Places]:
        """Cells of a group and of ever more groups beside it in the register, of the same year; at last of all."""
        for reach in NEAR:
            groups = question.groups[max(row - reach, 0) : row + reach + 1]
            yield self._list_cells([(question.year, group) for group in groups])
        if len(self.system.cell_low) <= LARGEST:
            yield np.arange(len(self.system.cell_low))

    def _list_cells(self, owners: Iterable[tuple[int, str]]) -> Places:
        return np.unique(np.concatenate([cells for owner in owners for cells in self.cells_of[owner]]))

    def _search(self, near: Places, objective: Floats, lower: Floats, gap: float) -> bool:
        """Look for an answer set that differs from the first one in some cells only."""
        for base in self.outsider.witnesses[:1]:
            part = Outsider(self.surroundings.keep_others(near, base))
            found = part.search(objective[near], lower[near], gap=gap)
            witness = base.copy()
            witness[near] = found if found is not None else base[near]
            if found is not None and self.outsider.believe(witness):
                self.exchanger.see(witness)
                return True
        return False

    def _moves(self, question: Question, row: int) -> bool:
        """Whether one person of the group could have answered one step differently; a doubt counts as no."""
        figure = self._weigh(question.where[row, : len(question.points)], question.points)
        for near in self._list_near(question, row):
            for gap, direction in ((ROUGHLY, 1.0), (ROUGHLY, -1.0), (0.0, 1.0), (0.0, -1.0)):
                if question.moves[row]:
                    return True
                self._search(near, direction * figure, self.system.cell_low, gap)
            around = Outsider(self.surroundings.free_others(near))
            ends = (question.low[row] + question.step, question.step - question.high[row])
            if all(around.cannot_pass(side * figure[near], end) for side, end in zip((1.0, -1.0), ends, strict=True)):
                return False
        return bool(question.moves[row])

    def _moves_sum(self, sums: HiddenSums, row: int) -> bool:
        """Whether a hidden sum of scores could be one step higher or lower; a doubt counts as no."""
        figure = self._weigh(sums.cells[[row]], np.ones(1))
        questions = [(self.questions[at], int(rows[row])) for at, rows in sums.rows if rows[row] >= 0]
        places = self._list_near(*questions[0]) if questions else iter([np.arange(len(figure))])
        for near in places:
            for gap, direction in ((ROUGHLY, 1.0), (ROUGHLY, -1.0), (0.0, 1.0), (0.0, -1.0)):
                if not sums.is_safe[row]:
                    self._search(near, direction * figure, self.system.cell_low, gap)
        return bool(sums.is_safe[row])

    def _hides_others(self, question: Question, row: int) -> bool:
        """Whether nobody of the group who takes their own answer away can tell what all others answered."""
        return all(
            any(self._hides_from(question, row, int(own), near) for near in self._list_near(question, row))
            for own in np.flatnonzero(~question.hides_others[row])
        )

    def _hides_from(self, question: Question, row: int, own: int, near: Places) -> bool:
        """Whether the others are hidden from somebody who gave ``own``, or nobody can have given it."""
        where, lower = question.where[row], self.system.cell_low.copy()
        if where[own] >= 0:
            lower[where[own]] = max(lower[where[own]], 1.0)
        for other in np.flatnonzero(where >= 0):
            if not question.hides_others[row, own]:
                found = self._search(near, self._weigh(where[[other]], -np.ones(1)), lower, ROUGHLY)
                if not found:
                    around = Outsider(self.surroundings.free_others(near))
                    return around.cannot_pass(np.zeros(len(near)), -np.inf, lower[near])
        return bool(question.hides_others[row, own])


def _tells_alike(hidden: Hidden, low: Floats, high: Floats) -> bool:
    """Whether bounds say that all of a group, or all but one, gave the same answer."""
    if isinstance(hidden, HiddenItem):
        return bool(max(low[hidden.cells]) >= hidden.n - 1)
    return bool(low[hidden.cell] > 100 * hidden.n - hidden.step or high[hidden.cell] < hidden.step)


def _is_large_class(hidden: Hidden, family: PublishedFamily, low: Floats, high: Floats) -> bool:
    """Whether what is known is that nearly everybody among many, this group's people with them, thinks alike."""
    if isinstance(hidden, HiddenItem):
        pool = [each for each in family.items if (each.year, each.item) == (hidden.year, hidden.item)]
        n = sum(each.n for each in pool)
        alike = max(np.sum([low[each.cells] for each in pool], axis=0))
        return bool(n >= ALIKE_NEEDS_N and alike >= n - 1)
    sums = [each for each in family.sums if (each.year, each.measure) == (hidden.year, hidden.measure)]
    n, cells = sum(each.n for each in sums), [each.cell for each in sums]
    at_an_end = low[cells].sum() > 100 * n - hidden.step or high[cells].sum() < hidden.step
    return bool(n >= ALIKE_NEEDS_N and at_an_end)


def _explain(hidden: Hidden, family: PublishedFamily) -> tuple[str, ...]:
    """The published figures that say something about a hidden one, nearest first."""
    held = family.system.matrix[:, _cells(hidden)]
    relations = np.unique(held.nonzero()[0])
    return tuple(dict.fromkeys(family.told[at] for at in relations))
