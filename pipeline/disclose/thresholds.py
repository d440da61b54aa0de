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
    """State of one bottom-up walk over the groups."""

    direct: Mapping[str, int]
    threshold: int
    tree: Tree
    kept_back: frozenset[str] = frozenset()
    shown: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)

    def visit(self, code: str) -> tuple[int, set[str]]:
        """Decide ``code`` and all below it.

        Returns:
            Respondents of the subtree, and the groups in it whose direct answers an outsider cannot
            read off a published figure.
        """
        total, unread = 0, set[str]()
        for child in self.tree.children[code]:
            n, hidden = self.visit(child)
            total, unread = total + n, unread | hidden
        direct = self.direct.get(code, 0)
        total += direct
        if code in self.tree.answering:
            if direct >= self.threshold:
                self.shown.add(code)
            secret = 0 < direct < self.threshold or (direct > 0 and code in self.kept_back)
            return total, unread | ({code} if secret else set())
        # answers given to the roll-up itself belong to no published group below it
        unread |= {code} if direct else set()
        left = sum(self.direct[group] for group in unread)
        gives_away = 0 < left < self.threshold or (len(unread) == 1 and unread <= self.kept_back)
        if total >= self.threshold and not gives_away:
            self.shown.add(code)
            return total, unread if code in self.kept_back else set()
        if total >= self.threshold:
            self.blocked |= unread
        return total, unread


def find_showable(direct: Mapping[str, int], threshold: int, tree: Tree, kept_back: Iterable[str] = ()) -> set[str]:
    """Groups whose cell may be shown.

    A group that answers needs ``threshold`` respondents. A roll-up needs them too, and what is left
    of it after taking away every published figure below must be empty or at least ``threshold``:
    otherwise subtraction would show the few who are left. Roll-ups are hidden before groups.

    Args:
        direct: respondents of each group itself, without those of groups below it.
        threshold: smallest number that may be shown.
        tree: the groups.
        kept_back: groups large enough whose figure is not printed as it is, because their answers are nearly
            all alike; no total may be what is printed elsewhere and one of them.

    Source: methods S17.1, S17.5; the remainder rule is Culture Amp's "indirect" rule.
    """
    walk = _Walk(direct, threshold, tree, frozenset(kept_back))
    walk.visit(tree.root)
    return walk.shown


def find_left_out(direct: Mapping[str, int], threshold: int, tree: Tree, already: Iterable[str] = ()) -> set[str]:
    """Groups whose few direct answers stay out of every roll-up, so that the roll-ups can be shown.

    One group of two would otherwise withhold the whole community's result. As few as needed are left
    out: small groups that together reach the threshold protect each other and stay in.

    Args:
        direct: respondents of each group itself, without those of groups below it.
        threshold: smallest number that may be shown.
        tree: the groups.
        already: groups left out for another reason; they are part of the answer.
    """
    left_out = set(already)
    while True:
        walk = _Walk({group: n for group, n in direct.items() if group not in left_out}, threshold, tree)
        walk.visit(tree.root)
        if not walk.blocked:
            return left_out
        left_out |= walk.blocked


def count_direct(totals: Mapping[str, int], tree: Tree, left_out: Iterable[str] = ()) -> dict[str, int]:
    """Respondents of each group itself, from cells in which roll-ups count everybody below them.

    Who is left out of the roll-ups hides nobody in them, and so has no respondents here: two people who
    are not in a total cannot stand before seven who are.
    """
    totals = {**totals, **{code: 0 for code in left_out if code in tree.answering}}
    direct = dict(totals)

    def below(code: str) -> int:
        children = tree.children[code]
        # a roll-up's own total already covers everybody below it
        return sum(totals.get(child, 0) + (below(child) if child in tree.answering else 0) for child in children)

    for code in tree.children:
        if code not in tree.answering:
            direct[code] = max(totals.get(code, 0) - below(code), 0)
    return direct


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


def list_items_of_measures(definitions: Definitions, year: int) -> dict[str, list[str]]:
    """The year's items behind each item, part and principle."""
    parent = {row.principle: row.parent for row in definitions.principles(year)}
    items: dict[str, list[str]] = {}
    for item in definitions.waves[year].items:
        for measure in {item.item, item.principle, parent.get(item.principle) or ""} - {""}:
            items.setdefault(measure, []).append(item.item)
    return items


def count_items_of_measures(definitions: Definitions, year: int) -> dict[str, int]:
    """How many of the year's items stand behind each item, part and principle."""
    return {measure: len(items) for measure, items in list_items_of_measures(definitions, year).items()}


def fewest_items_told_apart(trends: pd.DataFrame, definitions: Definitions) -> list[int]:
    """Items behind each change, or behind what is left of either year's score after taking the change's items away.

    A principle's score on four items and its mean on three of them give the fourth one's mean.
    """
    asked = {year: count_items_of_measures(definitions, year) for year in definitions.waves}
    fewest = []
    for measure, common, *years in zip(
        trends["measure"].astype("str"), trends["items_common"], trends["year_from"], trends["year_to"], strict=True
    ):
        left = [asked[int(year)].get(measure, 0) - int(common) for year in years]
        fewest.append(min(n for n in (int(common), *left) if n > 0) if int(common) else 0)
    return fewest
