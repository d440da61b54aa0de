"""Which cells may be shown: the release profile's thresholds and the remainder rule (methods S17).

A cell is one group's figure for one measure. Everything here counts respondents, the insider included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, ReleaseProfile

ALIKE_NEEDS_N = 15
"""From this many answers on, all alike (or all but one) is a finding and not a disclosure (S17.2)."""


@dataclass(frozen=True)
class Tree:
    """Groups as a publication sees them: who answers, what rolls up into what."""

    answering: frozenset[str]
    children: Mapping[str, tuple[str, ...]]
    root: str = ALL

    @staticmethod
    def of(definitions: Definitions) -> Tree:
        groups = definitions.reported_groups()
        children = {group.group: tuple(c.group for c in definitions.children(group.group)) for group in groups}
        children[ALL] = tuple(child.group for child in definitions.children(ALL))
        return Tree(frozenset(group.group for group in groups if group.kind == "answers"), children)


@dataclass
class _Walk:
    """State of one bottom-up walk: respondents per cell, and what was decided."""

    n: Mapping[str, int]
    threshold: int
    tree: Tree
    shown: set[str] = field(default_factory=set)

    def visit(self, code: str) -> tuple[int, int]:
        """Decide ``code`` and all below it.

        Returns:
            Respondents of the answering groups below (itself included), and those among them that
            an outsider cannot read off a published figure.
        """
        below, hidden = 0, 0
        for child in self.tree.children[code]:
            n, unread = self.visit(child)
            below, hidden = below + n, hidden + unread
        if code in self.tree.answering:
            own = self.n.get(code, 0)
            if own >= self.threshold:
                self.shown.add(code)
            return below + own, hidden + (0 if code in self.shown else own)
        # answers given to the roll-up itself belong to no published group below it
        total = max(self.n.get(code, 0), below)
        hidden += total - below
        if total >= self.threshold and not 0 < hidden < self.threshold:
            self.shown.add(code)
            return total, 0
        return total, hidden


def find_showable(n: Mapping[str, int], threshold: int, tree: Tree) -> set[str]:
    """Groups whose cell may be shown.

    A group that answers needs ``threshold`` respondents. A roll-up needs them too, and what is left
    of it after taking away every published figure below must be empty or at least ``threshold``:
    otherwise subtraction would show the few who are left. Roll-ups are hidden before groups.

    Args:
        n: respondents behind the cell, by group; roll-ups count their descendants.
        threshold: smallest number that may be shown.
        tree: the groups.

    Source: methods S17.1, S17.5; the remainder rule is Culture Amp's "indirect" rule.
    """
    walk = _Walk(n, threshold, tree)
    walk.visit(tree.root)
    return walk.shown


def is_nearly_unanimous(n: pd.Series, modal_n: pd.Series) -> pd.Series:
    """All alike, or all but one, among too few to hide in (S17.2): the insider knows the odd one out."""
    return (n < ALIKE_NEEDS_N) & (modal_n >= n - 1)


def half_of_scale(mean: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The band printed instead of a value: 0-50 below the middle, 50-100 from the middle on."""
    upper = mean >= 50
    return upper.map({True: 50, False: 0}), upper.map({True: 100, False: 50})


def smallest_shown_parent(code: str, definitions: Definitions, shown: Iterable[str]) -> str:
    """Nearest ancestor that may be shown in place of a withheld group, or blank."""
    allowed = set(shown)
    return next((above for above in definitions.ancestors(code) if above in allowed), "")


def threshold_for(n_items: int, profile: ReleaseProfile) -> int:
    """A measure of a single item is that item: its mean shows as much as its counts (S17.4)."""
    return profile.distribution if n_items == 1 else profile.score
