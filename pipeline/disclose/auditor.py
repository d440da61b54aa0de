"""The audit of a release: could an outsider work out an answer, or the figure of a group that is withheld?

Three things must hold of everything that is not printed (methods S17.2, S17.6). One person of the group could
have answered one step differently without anybody outside being able to tell. Nobody's answer to an item can
be told from outside. Nor can anybody of the group who takes their own answer away tell the others'. The last
two do not protect a class of many: that nearly everybody among fifteen or more thinks alike is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.disclose.linear_system import (
    TOLERANCE,
    Floats,
    LinearSystem,
    Outsider,
    fix_known_cells,
    split_blocks,
    tighten_bounds,
)
from pipeline.disclose.published import HiddenItem, HiddenSum, Publication, PublishedFamily, read_publications
from pipeline.disclose.thresholds import ALIKE_NEEDS_N
from pipeline.store.definitions import Definitions

Hidden = HiddenItem | HiddenSum
HALF_PERSON = 0.5
RECENT = 6
"""Answer sets found last that are varied by an exchange before the solver is asked."""


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
    """
    low, high = tighten_bounds(family.system)
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


def _cells(hidden: Hidden) -> np.ndarray:
    return hidden.cells if isinstance(hidden, HiddenItem) else np.array([hidden.cell])


def _name(hidden: Hidden) -> str:
    return hidden.item if isinstance(hidden, HiddenItem) else hidden.measure


class _Block:
    """Cells that are linked with each other, and the hidden figures among them."""

    def __init__(
        self, system: LinearSystem, cells: np.ndarray, place: np.ndarray, low: Floats, hidden: Sequence[Hidden],
        family: PublishedFamily,
    ) -> None:  # fmt: skip
        self.system, self.hidden = system, hidden
        inside = np.full(len(place), -1)
        open_cells = np.flatnonzero(place >= 0)
        inside[open_cells[cells]] = np.arange(len(cells))
        self.where = [inside[_cells(each)] for each in hidden]
        self.fixed = [np.where(at < 0, low[_cells(each)], 0.0) for at, each in zip(self.where, hidden, strict=True)]
        self.outsider = Outsider(system)
        self.sums_of = {
            owner: [(int(inside[cell]), items) for cell, items in held if inside[cell] >= 0]
            for owner, held in family.sums_of.items()
        }

    def key(self) -> bytes:
        """Equal for blocks that are the same but for the names of groups and items."""
        system = self.system
        parts: Iterable[np.ndarray] = (
            system.matrix.indptr, system.matrix.indices, system.matrix.data, system.low, system.high,
            system.cell_low, system.cell_high, system.whole, *self.where, *self.fixed,
            *(each.scores if isinstance(each, HiddenItem) else np.array([each.step]) for each in self.hidden),
        )  # fmt: skip
        return b"|".join(part.tobytes() for part in parts)

    def find_leaks(self) -> list[bool]:
        """Whether each hidden figure can be worked out."""
        self._look_around()
        return [
            self._leaks_item(at, each) if isinstance(each, HiddenItem) else self._leaks_sum(at, each)
            for at, each in enumerate(self.hidden)
        ]

    def _look_around(self) -> None:
        """A few answer sets that differ in as many figures as possible: groups high and low in turns."""
        groups = sorted({(each.year, each.group) for each in self.hidden})
        number = {group: at for at, group in enumerate(groups)}
        for bit in range(max(len(groups) - 1, 1).bit_length() + 1):
            objective = np.zeros(len(self.system.cell_low))
            for at, each in enumerate(self.hidden):
                sign = 1.0 if (number[each.year, each.group] >> bit) & 1 else -1.0
                objective += sign * self._figure(at, each)
            for direction in (-1.0, 1.0):
                self.outsider.search(direction * objective)

    def _figure(self, at: int, hidden: Hidden) -> Floats:
        """Weights of the points that the answers give together, or of the sum."""
        weights = np.zeros(len(self.system.cell_low))
        where = self.where[at]
        if isinstance(hidden, HiddenSum):
            weights[where[where >= 0]] = 1.0
            return weights
        answers = where[: len(hidden.scores)]
        weights[answers[answers >= 0]] = hidden.scores[answers >= 0]
        return weights

    def _leaks_sum(self, at: int, hidden: HiddenSum) -> bool:
        low, high = self.outsider.find_range(self._figure(at, hidden), enough=hidden.step)
        return high - low < hidden.step - TOLERANCE

    def _leaks_item(self, at: int, hidden: HiddenItem) -> bool:
        step = float(np.min(np.abs(np.diff(hidden.scores))))
        low, high = self.outsider.find_range(self._figure(at, hidden), enough=step)
        if high - low < step - TOLERANCE:
            return True
        return hidden.n > 1 and not all(self._hides_others(at, hidden, own) for own in range(len(hidden.cells)))

    def _hides_others(self, at: int, hidden: HiddenItem, own: int) -> bool:
        """Whether somebody who gave answer ``own`` still cannot tell what all others of the group answered."""
        where, fixed = self.where[at], self.fixed[at]
        if where[own] < 0 and fixed[own] < 1:
            return True  # nobody can have given it
        if self._others_given(where, fixed, own) > 1:
            return True
        for _ in range(2):
            if self._exchange(at, hidden, own) and self._others_given(where, fixed, own) > 1:
                return True
        at_least = self.system.cell_low.copy()
        if where[own] >= 0:
            at_least[where[own]] = max(at_least[where[own]], 1.0)
        for other in range(len(where)):
            if where[other] < 0:
                continue
            objective = np.zeros(len(at_least))
            objective[where[other]] = -1.0
            if self.outsider.search(objective, at_least) is None:
                return True  # nobody can have given it
            if self._others_given(where, fixed, own) > 1:
                return True
        return False

    def _exchange(self, at: int, hidden: HiddenItem, own: int) -> bool:
        """Find another answer set by letting this group and another one exchange an answer each; no total moves."""
        here = self.where[at]
        for b, other in enumerate(self.hidden):
            if b == at or not isinstance(other, HiddenItem) or (other.year, other.item) != (hidden.year, hidden.item):
                continue
            there = self.where[b]
            if here[own] < 0 or there[own] < 0:
                continue
            for known in self.outsider.witnesses[-RECENT:]:
                for given in range(len(here)):
                    if given == own or here[given] < 0 or there[given] < 0:
                        continue
                    if known[there[own]] < HALF_PERSON or known[here[given]] < HALF_PERSON:
                        continue
                    witness = known.copy()
                    witness[[here[own], there[given]]] += 1
                    witness[[here[given], there[own]]] -= 1
                    answers = len(hidden.scores)
                    if own < answers and given < answers:
                        gain = float(hidden.scores[own] - hidden.scores[given])
                        for owner, sign in ((hidden, 1.0), (other, -1.0)):
                            for cell, items in self.sums_of.get((owner.year, owner.group), ()):
                                if hidden.item in items:
                                    witness[cell] += sign * gain / len(items)
                    if not self._seen(witness) and self.outsider.believe(witness):
                        return True
        return False

    def _seen(self, witness: Floats) -> bool:
        return any(np.array_equal(witness, each) for each in self.outsider.witnesses)

    def _others_given(self, where: np.ndarray, fixed: Floats, own: int) -> int:
        """Different answers that the others of the group may have given, as far as answer sets were found."""
        seen = [np.where(where >= 0, each[where], fixed) for each in self.outsider.witnesses]
        given = np.array([counts for counts in seen if counts[own] > HALF_PERSON])
        if not len(given):
            return 0
        given[:, own] -= 1
        return int((given > HALF_PERSON).any(axis=0).sum())


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
