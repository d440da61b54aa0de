"""What of a review may be released: themes with counts of people, and signed excerpts (methods S18).

A unit (group or roll-up) needs enough commenters, and what subtracting leaves of a roll-up's commenters must be
nobody or as many. A theme's count needs three people, and published counts must not tell of anybody else that
they spoke of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipeline.disclose.thresholds import ALIKE_NEEDS_N, Tree, find_left_out, find_showable
from pipeline.store.definitions import Definitions
from schemas.comments import FEWEST_PER_THEME
from schemas.definitions import ALL, NO_GROUP


@dataclass(frozen=True)
class Units:
    """Who commented, and whose comments may be spoken of.

    Attributes:
        tree: the groups.
        direct: commenters of each group itself, without those who are left out of the roll-ups.
        shown: groups and roll-ups with enough commenters.
    """

    tree: Tree
    direct: Mapping[str, int]
    shown: frozenset[str]

    def total(self, unit: str) -> int:
        """Commenters of a unit: its own, and of a roll-up all below it."""
        if unit in self.tree.answering:
            return self.direct.get(unit, 0)
        return _sum_below(unit, self.direct, self.tree)


def find_units(comments: pd.DataFrame, definitions: Definitions, overlapping: Collection[str] = ()) -> Units:
    """Groups and roll-ups whose comments may be spoken of.

    Args:
        comments: the year's ``comments`` of people (not of groups' joint statements).
        definitions: the programme.
        overlapping: groups withheld because groups share people.
    """
    tree, least = Tree.of(definitions), definitions.programme.release_profile().comment
    direct = _count_people(comments)
    left_out = find_left_out(direct, least, tree)
    counted = {group: n for group, n in direct.items() if group not in left_out}
    return Units(tree, counted, frozenset(find_showable(counted, least, tree) - set(overlapping)))


def release_themes(themes: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Table ``released_themes`` of one year, without ``wave``: no row where too few commented.

    Args:
        themes: the year's ``comment_themes``.
        units: who commented.
    """
    rows = []
    for theme, own in themes.groupby(themes["theme"].astype("str"), sort=True):
        direct = {group: n for group, n in _count_people(own).items() if group in units.direct}
        counts = _ThemeCounts(units, direct)
        counts.visit(units.tree.root)
        # a theme that no count can be given for may be one person's: it is not even named
        rows += [(unit, str(theme), counts.shown.get(unit)) for unit in sorted(units.shown) if counts.shown]
    frame = pd.DataFrame(rows, columns=["group", "theme", "people_n"]).astype({"people_n": "Int32"})
    frame["commenters_n"] = pd.array([units.total(unit) for unit in frame["group"]], dtype="Int32")
    frame["marker"] = pd.array(["c" if hidden else "" for hidden in frame["people_n"].isna()], dtype="str")
    return frame


def release_excerpts(excerpts: pd.DataFrame, units: Units, definitions: Definitions) -> tuple[pd.DataFrame, int]:
    """Table ``released_excerpts`` of one year, without ``wave``, and how many are withheld for too few commenters.

    An excerpt is given as one of the smallest unit around its author that has enough commenters, without
    anything else about the author.
    """
    public = excerpts[excerpts["to_public"].astype(bool)]
    unit_of = {group: _find_unit(str(group), units, definitions) for group in public["group"].astype("str").unique()}
    public = public.assign(group=public["group"].astype("str").map(unit_of))
    released = public[public["group"] != ""].sort_values(["group", "comment"])
    number = released.groupby("group").cumcount() + 1 if len(released) else pd.Series(dtype="int64")
    frame = released[["group", "text"]].assign(number=number.astype("Int32"))
    return frame, len(public) - len(released)


def _find_unit(group: str, units: Units, definitions: Definitions) -> str:
    if group in (NO_GROUP, ALL):
        return ALL if ALL in units.shown and ALL in units.direct else ""
    if group not in units.direct:
        return ""
    return next((code for code in (group, *definitions.ancestors(group)) if code in units.shown), "")


def _count_people(frame: pd.DataFrame) -> dict[str, int]:
    """People by group; who names no group counts for the whole community only."""
    counted = frame.groupby(frame["group"].astype("str"))["respondent"].nunique()
    return {ALL if group == NO_GROUP else str(group): int(n) for group, n in counted.items()}


def _sum_below(unit: str, direct: Mapping[str, int], tree: Tree) -> int:
    return direct.get(unit, 0) + sum(_sum_below(child, direct, tree) for child in tree.children[unit])


@dataclass(frozen=True)
class _Cell:
    """People of a group or roll-up whose count stays hidden, the most an outsider must think possible, commenters."""

    n: int
    most: int
    commenters: int


@dataclass
class _ThemeCounts:
    """One theme, bottom-up: which counts may be shown beside one another."""

    units: Units
    direct: Mapping[str, int]
    shown: dict[str, int] = field(default_factory=dict)

    def visit(self, code: str) -> list[_Cell]:
        """Decide ``code`` and all below it.

        Returns:
            What an outsider cannot read off a published count.
        """
        tree, units = self.units.tree, self.units
        hidden = [cell for child in tree.children[code] for cell in self.visit(child)]
        n, commenters = self.direct.get(code, 0), units.direct.get(code, 0)
        if code in tree.answering:
            if code in units.shown and _is_enough(n, commenters):
                self.shown[code] = n
            elif commenters:
                most = min(commenters, FEWEST_PER_THEME - 1) if code in units.shown else commenters
                hidden.append(_Cell(n, most, commenters))
            return hidden
        if commenters:
            hidden.append(_Cell(n, commenters, commenters))
        if code not in units.shown:
            return hidden
        total = _sum_below(code, self.direct, tree)
        if _is_enough(total, units.total(code)) and not _tells(hidden):
            self.shown[code] = total
            return []
        if total < FEWEST_PER_THEME:  # whoever reads "withheld" here may think of that
            n, most, commenters = _add_up(hidden)
            return [_Cell(n, min(FEWEST_PER_THEME - 1, most), commenters)]
        return hidden


def _is_enough(n: int, commenters: int) -> bool:
    """Three people, and not all commenters or all but one of a few: everybody would know of everybody (S17.2)."""
    return n >= FEWEST_PER_THEME and not (commenters < ALIKE_NEEDS_N and n >= commenters - 1)


def _tells(hidden: list[_Cell]) -> bool:
    """Whether what a total leaves for the hidden counts says that somebody of one of them spoke of the theme.

    The rest must be nobody, or as many as any count needs. And if the others are as large as they can be, each hidden
    count must still be nobody, or one of several that lie as far apart.
    """
    rest, most, commenters = _add_up(hidden)
    if not rest:
        return False
    least = [rest - (most - cell.most) for cell in hidden]
    near = any(
        low > 0 and min(cell.most, rest) - low < FEWEST_PER_THEME for low, cell in zip(least, hidden, strict=True)
    )
    return near or not _is_enough(rest, commenters)


def _add_up(hidden: list[_Cell]) -> tuple[int, int, int]:
    return sum(cell.n for cell in hidden), sum(cell.most for cell in hidden), sum(cell.commenters for cell in hidden)
