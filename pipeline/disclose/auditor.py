"""The audit of a release: could an outsider work out an answer, or the figure of a group that is withheld?

Three things must hold of everything that is not printed (methods S17.2, S17.6). One person of the group could
have answered one step differently without anybody outside being able to tell. Nobody's answer to an item can
be told from outside. Nor can anybody of the group who takes their own answer away tell the others'. The last
two do not protect a class of many: that nearly everybody among fifteen or more thinks alike is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.blocks import LARGEST, NEAR, Block, list_cells
from pipeline.disclose.linear_system import (
    Contradiction,
    Floats,
    fix_known_cells,
    split_blocks,
    tighten_bounds,
)
from pipeline.disclose.published import (
    Figure,
    Hidden,
    HiddenItem,
    HiddenSum,
    Publication,
    PublishedFamily,
    name_figure,
    read_publications,
)
from pipeline.disclose.thresholds import ALIKE_NEEDS_N
from pipeline.store.definitions import Definitions

Solved = dict[bytes, list[bool]]


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

    @property
    def figure(self) -> Figure:
        return self.year, self.group, self.measure


class ContradictoryRelease(Exception):
    """Released figures that no answers can have: a file was edited, or belongs to other answers."""

    def __init__(self, family: str, told: tuple[str, ...]) -> None:
        super().__init__(family, told)
        self.family, self.told = family, told

    def __str__(self) -> str:
        return f"{self.family}: no answers agree with all of these figures"


def audit_publications(
    publications: Sequence[Publication],
    definitions: Definitions,
    answers: Callable[[PublishedFamily], Floats] | None = None,
) -> list[Leak]:
    """Everything withheld that somebody who holds all of these releases could work out.

    Args:
        publications: releases of the same answers, for example under two profiles.
        definitions: the programme.
        answers: gives the true answers as values of a family's cells, where they are at hand; without them everybody
            who might exist is protected, which takes longer.
    """
    solved: Solved = {}
    families = read_publications(publications, definitions)
    return sorted(
        leak
        for family in families
        for leak in audit_family(family, solved, None if answers is None else answers(family))
    )


def audit_family(
    family: PublishedFamily, solved: Solved, answers: Floats | None = None, *, safe: Collection[Figure] = ()
) -> list[Leak]:
    """The leaks of one principle.

    Args:
        family: its relations.
        solved: results of blocks solved before; equal blocks are solved once.
        answers: a value of every cell that agrees with the relations, where one is at hand: the true answers.
        safe: hidden figures of which it is known that nobody can work them out. What is safe stays so when less
            is printed.

    Raises:
        ContradictoryRelease: no answers agree with all the figures.
    """
    asked = [each for each in family.hidden if name_figure(each) not in safe]
    if not asked:
        return []
    try:
        low, high = tighten_bounds(family.system)
    except Contradiction as found:
        told = (family.sources[at].text for at in family.told[found.relations])
        raise ContradictoryRelease(family.code, tuple(dict.fromkeys(told))) from None
    opened, cells, relations = fix_known_cells(family.system, low, high)
    place = np.full(len(low), -1)
    place[cells] = np.arange(len(cells))
    parts = list(split_blocks(opened))
    block_of = np.empty(len(cells), dtype=np.intp)
    for at, (inside, _) in enumerate(parts):
        block_of[inside] = at
    by_block: dict[int, list[Hidden]] = defaultdict(list)
    leaking: list[Hidden] = []
    for each in family.hidden:
        open_cells = place[list_cells(each)]
        open_cells = open_cells[open_cells >= 0]
        if len(open_cells):
            by_block[int(block_of[open_cells[0]])].append(each)
        elif name_figure(each) not in safe and (not each.derivable or _tells_alike(each, low, high)):
            leaking.append(each)
    for at, held in by_block.items():
        in_doubt = np.array([name_figure(each) not in safe for each in held])
        if not in_doubt.any():
            continue
        inside, about = parts[at]
        block = Block(
            opened.pick(inside, about),
            cells[inside],
            relations[about],
            low,
            held,
            family,
            knows_rule=len(inside) <= LARGEST,
        )
        true = None if answers is None else answers[cells[inside]]
        key = block.key(in_doubt, true)
        if key not in solved:
            solved[key] = block.find_leaks(true, in_doubt)
        leaking += [each for each, leaks in zip(held, solved[key], strict=True) if leaks]
    return [
        Leak(each.year, each.group, family.code, name_figure(each)[2], _explain(each, family))
        for each in leaking
        if not _is_large_class(each, family, low, high)
    ]


def is_safe_nearby(
    family: PublishedFamily, silent: NDArray[np.bool_], figure: Figure, answers: Floats, *, reach: int = NEAR[0]
) -> bool:
    """Whether a figure is safe already when all answers but those of a few groups beside it are held.

    What is safe so is safe; what is not may be.

    Args:
        family: everything that is printed.
        silent: sources that would not be printed.
        figure: hidden when they are not.
        answers: the true ones.
        reach: groups that hide something on either side of it.
    """
    hidden, place = family.figure_at[figure], family.place_of
    groups = [group for group in family.hiding.get(hidden.year, ()) if group != hidden.group]
    groups.sort(key=lambda group: abs(place[hidden.year, group] - place[hidden.year, hidden.group]))
    beside = [hidden.group, *groups[: 2 * reach]]
    near = np.unique(np.concatenate([family.cells_of(hidden.year, group) for group in beside]))
    part, relations = family.hold_others(near, answers, silent)
    low, knows_rule = family.written.cell_low, len(family.written.cell_low) <= LARGEST
    block = Block(part, near, relations, low, [hidden], family, knows_rule=knows_rule)
    return not block.find_leaks(answers[near])[0]


def _tells_alike(hidden: Hidden, low: Floats, high: Floats) -> bool:
    """Whether bounds say that all of a group, or all but one, gave the same answer."""
    if isinstance(hidden, HiddenItem):
        return bool(max(low[hidden.cells]) >= hidden.n - 1)
    return bool(low[hidden.cell] > 100 * hidden.n - hidden.step or high[hidden.cell] < hidden.step)


def _is_large_class(hidden: Hidden, family: PublishedFamily, low: Floats, high: Floats) -> bool:
    """Whether what is known is that nearly everybody among many, this group's people with them, thinks alike."""
    if isinstance(hidden, HiddenItem):
        pool = [
            each
            for each in family.hidden
            if isinstance(each, HiddenItem) and (each.year, each.item) == (hidden.year, hidden.item)
        ]
        n = sum(each.n for each in pool)
        alike = max(np.sum([low[each.cells] for each in pool], axis=0))
        return bool(n >= ALIKE_NEEDS_N and alike >= n - 1)
    sums = [
        each
        for each in family.hidden
        if isinstance(each, HiddenSum) and (each.year, each.measure) == (hidden.year, hidden.measure)
    ]
    n, cells = sum(each.n for each in sums), [each.cell for each in sums]
    at_an_end = low[cells].sum() > 100 * n - hidden.step or high[cells].sum() < hidden.step
    return bool(n >= ALIKE_NEEDS_N and at_an_end)


def _explain(hidden: Hidden, family: PublishedFamily) -> tuple[str, ...]:
    """The published figures that say something about a hidden one, nearest first."""
    held = family.system.matrix[:, list_cells(hidden)]
    relations = np.unique(held.nonzero()[0])
    speaks = np.isfinite(family.system.low[relations]) | np.isfinite(family.system.high[relations])
    return tuple(dict.fromkeys(family.sources[at].text for at in family.told[relations[speaks]]))
