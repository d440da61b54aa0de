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
from dataclasses import dataclass

import numpy as np

from pipeline.disclose.equations import Places
from pipeline.disclose.exchanges import Exchanger
from pipeline.disclose.linear_system import (
    TOLERANCE,
    Contradiction,
    Floats,
    LinearSystem,
    Outsider,
    fix_known_cells,
    split_blocks,
    tighten_bounds,
)
from pipeline.disclose.published import HiddenItem, HiddenSum, Publication, PublishedFamily, read_publications
from pipeline.disclose.seen_answers import Question, list_questions, list_sums
from pipeline.disclose.thresholds import ALIKE_NEEDS_N
from pipeline.store.definitions import Definitions

Hidden = HiddenItem | HiddenSum


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


def audit_family(family: PublishedFamily, known: dict[bytes, list[bool]]) -> Iterator[Leak]:
    """The leaks of one principle.

    Args:
        family: its relations.
        known: results of blocks solved before; equal blocks are solved once.

    Raises:
        ContradictoryRelease: no answers agree with all the figures.
    """
    try:
        low, high = tighten_bounds(family.system)
    except Contradiction as found:
        raise ContradictoryRelease(
            family.code, tuple(dict.fromkeys(family.told[at] for at in found.relations))
        ) from None
    opened, cells = fix_known_cells(family.system, low, high)
    place = np.full(len(low), -1)
    place[cells] = np.arange(len(cells))
    hidden: list[Hidden] = [*family.items, *family.sums]
    blocks = list(split_blocks(opened))
    block_of = np.empty(len(cells), dtype=np.intp)
    for at, (inside, _) in enumerate(blocks):
        block_of[inside] = at
    by_block: dict[int, list[Hidden]] = defaultdict(list)
    leaking: list[Hidden] = []
    for each in hidden:
        open_cells = place[_cells(each)]
        open_cells = open_cells[open_cells >= 0]
        if len(open_cells):
            by_block[int(block_of[open_cells[0]])].append(each)
        else:
            leaking.append(each)
    for at, held in by_block.items():
        block = _Block(opened.pick(*blocks[at]), blocks[at][0], place, low, held, family)
        key = block.key()
        if key not in known:
            known[key] = block.find_leaks()
        leaking += [each for each, leaks in zip(held, known[key], strict=True) if leaks]
    for each in leaking:
        if not _is_large_class(each, family, low, high):
            yield Leak(each.year, each.group, family.code, _name(each), _explain(each, family))


def _cells(hidden: Hidden) -> Places:
    return hidden.cells if isinstance(hidden, HiddenItem) else np.array([hidden.cell])


def _name(hidden: Hidden) -> str:
    return hidden.item if isinstance(hidden, HiddenItem) else hidden.measure


class _Block:
    """Cells that are linked with each other, and the hidden figures among them."""

    def __init__(
        self, system: LinearSystem, cells: Places, place: Places, low: Floats, hidden: Sequence[Hidden],
        family: PublishedFamily,
    ) -> None:  # fmt: skip
        self.system, self.hidden = system, hidden
        inside = np.full(len(place), -1)
        open_cells = np.flatnonzero(place >= 0)
        inside[open_cells[cells]] = np.arange(len(cells))
        self.where = [inside[_cells(each)] for each in hidden]
        self.known = [np.where(at < 0, low[_cells(each)], 0.0) for at, each in zip(self.where, hidden, strict=True)]
        sums_of = {
            owner: [(int(inside[cell]), items) for cell, items in held if inside[cell] >= 0]
            for owner, held in family.sums_of.items()
        }
        self.questions = list_questions(hidden, self.where, self.known, sums_of)
        self.sums = list_sums(hidden, self.where, self.questions)
        self.exchanger = Exchanger(system, self.questions, self.sums)
        self.outsider = Outsider(system)

    def key(self) -> bytes:
        """Equal for blocks that are the same but for the names of groups and items."""
        system = self.system
        parts: Iterable[np.ndarray] = (
            system.matrix.indptr, system.matrix.indices, system.matrix.data, system.low, system.high,
            system.cell_low, system.cell_high, system.whole, *self.where, *self.known,
            *(each.scores if isinstance(each, HiddenItem) else np.array([each.step]) for each in self.hidden),
        )  # fmt: skip
        return hashlib.sha256(b"|".join(part.tobytes() for part in parts)).digest()

    def find_leaks(self) -> list[bool]:
        """Whether each hidden figure can be worked out: exchanges find most answer sets, programs the rest."""
        high_and_low = np.zeros(len(self.system.cell_low))
        for question in self.questions:
            signs = np.where(np.arange(len(question.n)) % 2, 1.0, -1.0)[:, None] * question.points
            where = question.where[:, : len(question.points)]
            high_and_low[where[where >= 0]] = signs[where >= 0]
        for objective in (0.0 * high_and_low, high_and_low, -high_and_low):
            if not self._is_safe() and (found := self.outsider.search(objective)) is not None:
                self.exchanger.look_around(found)
        self._rule_out()
        leaks = np.zeros(len(self.hidden), dtype=bool)
        for question in self.questions:
            for row in np.flatnonzero(~question.is_safe):
                leaks[question.hidden[row]] = not (
                    self._moves(question, int(row)) and self._hides_others(question, int(row))
                )
        for each in self.sums:
            for row in np.flatnonzero(~each.is_safe):
                figure = self._weigh(each.cells[[row]], np.ones(1))
                low, high = self.outsider.find_range(figure, enough=each.steps[row])
                leaks[each.hidden[row]] = high - low < each.steps[row] - TOLERANCE
        return [bool(leak) for leak in leaks]

    def _rule_out(self) -> None:
        """Answers that nobody of a group can have given hide nobody: all that were never seen are looked for at once."""
        while True:
            unseen = [question.where[question.unseen] for question in self.questions]
            figure = self._weigh(np.concatenate(unseen), np.ones(sum(map(len, unseen))))
            if not figure.any():
                return
            found, most = self.outsider.find_most(figure)
            if most < 1 - TOLERANCE:
                for question in self.questions:
                    question.impossible |= question.unseen
            if found is None:
                return
            self.exchanger.see(found)
            if sum(int(question.unseen.sum()) for question in self.questions) == sum(map(len, unseen)):
                return

    def _is_safe(self) -> bool:
        shown = [*(each.is_safe for each in self.questions), *(each.is_safe for each in self.sums)]
        return all(safe.all() for safe in shown)

    def _weigh(self, cells: Places, weights: Floats) -> Floats:
        figure = np.zeros(len(self.system.cell_low))
        figure[cells[cells >= 0]] = weights[cells >= 0]
        return figure

    def _search(self, objective: Floats, at_least: Floats | None = None) -> bool:
        found = self.outsider.search(objective, at_least)
        if found is not None:
            self.exchanger.see(found)
        return found is not None

    def _moves(self, question: Question, row: int) -> bool:
        figure = self._weigh(question.where[row, : len(question.points)], question.points)
        for direction in (1.0, -1.0):
            if not question.moves[row]:
                self._search(direction * figure)
        if not question.moves[row]:  # what was found with a gap may stay below the most there is
            low, high = self.outsider.find_range(figure, enough=question.step)
            return high - low >= question.step - TOLERANCE
        return True

    def _hides_others(self, question: Question, row: int) -> bool:
        """Whether nobody of the group who takes their own answer away can tell what all others answered."""
        where = question.where[row]
        for own in range(len(where)):
            at_least = self.system.cell_low.copy()
            if where[own] >= 0:
                at_least[where[own]] = max(at_least[where[own]], 1.0)
            for other in np.flatnonzero(where >= 0):
                if question.hides_others[row, own]:
                    break
                if not self._search(self._weigh(where[[other]], -np.ones(1)), at_least):
                    break  # nobody can have given ``own``
            else:
                if not question.hides_others[row, own]:
                    return False
        return True


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
