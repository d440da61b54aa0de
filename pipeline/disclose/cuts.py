"""Cuts and weighted figures as they may be published: thresholds, remainders, and what can be added and taken away.

Each cut is published one-way, for the whole community, by principle. What a reader can combine, and an auditor has
to take together, are these relations, which all speak of the same people:

* the categories of one cut, "not said" among them, add up to "all members";
* so do the groups; the categories of another cut; and nobody publishes how they cross;
* a category may be all of a group, or of a category of another cut, but for a few people;
* a weighted figure is one more sum over the same people, each part of the roster multiplied by a known number.

So a category is shown only when no withheld figure, and no handful of people, is a sum or difference of what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.release import WITHHELD, round_points
from pipeline.disclose.thresholds import (
    Tree,
    count_items_of_measures,
    find_showable,
    is_nearly_unanimous,
    threshold_for,
)
from pipeline.store.definitions import Definitions
from schemas.cuts import Cut
from schemas.definitions import ALL

CUT_POINTS = ["mean", "ci_low", "ci_high"]
WEIGHTED_POINTS = ["unweighted", "mean", "ci_low", "ci_high", "possible_low", "possible_high"]
SAME = 1e-9

Floats = NDArray[np.float64]
Cell = tuple[str, str]
"""A cut and its category, ``group`` and a group's code, or ``weight`` and a weighted figure."""


@dataclass
class _Published:
    """One measure's figures as sums over kinds of people who are alike in everything that is told apart.

    Attributes:
        n: people of each kind.
        sums: each figure's weight of one person of each kind, 0 or 1 but for weighted figures.
        shown: figures that readers get, or can get from other tables.
        fixed: of those, the ones that other tables print: groups, roll-ups and all members.
    """

    n: Floats
    sums: Mapping[Cell, Floats]
    shown: set[Cell]
    fixed: frozenset[Cell]
    threshold: int

    def find_leak(self) -> Floats | None:
        """Somebody to protect whose answers are a sum or difference of shown figures; none where nobody's are."""
        told = self._span(self.shown)
        before = self._span(self.fixed)
        for secret in self._secrets(told):
            if _is_in(secret, told) and not _is_in(secret, before):  # what other tables tell is not told here
                return secret
        return None

    def _span(self, cells: Collection[Cell]) -> Floats:
        return _span([self.sums[cell] for cell in sorted(cells)])

    def _secrets(self, told: Floats) -> Iterator[Floats]:
        """Every withheld figure of somebody, every handful that is alike, and every small difference of two figures."""
        for cell in sorted(self.sums.keys() - self.shown):
            if cell[0] != "weight" and self.sums[cell].any():
                yield self.sums[cell]
        # a kind of people alone is a sum of what is told where its diagonal entry of the projection is 1
        for at in np.flatnonzero((self.n < self.threshold) & (np.sum(told**2, axis=0) > 1 - 1e-6)):
            alone = np.zeros(len(self.n))
            alone[at] = 1.0
            yield alone
        cells = [cell for cell in sorted(self.shown) if cell[0] != "weight"]
        held = np.array([self.sums[cell] > 0 for cell in cells])
        apart_n = (held * self.n) @ ~held.T
        for one, other in np.argwhere((apart_n > 0) & (apart_n < self.threshold)):
            yield (held[one] & ~held[other]).astype(np.float64)
        # a figure less all figures that lie inside it, one partition at a time
        inside = (held.astype(np.float64) @ ~held.T) == 0
        for one in range(len(cells)):
            for kind in sorted({cell[0] for cell in cells}):
                own = np.array([cell[0] == kind for cell in cells]) & inside[:, one]
                left = held[one] & ~held[own].any(axis=0)
                if 0 < left @ self.n < self.threshold:
                    yield left.astype(np.float64)

    def repair(self) -> None:
        """Withhold figures, weighted ones first, then the smallest categories, until nothing leaks."""
        while (leak := self.find_leak()) is not None:
            free = sorted(
                self.shown - self.fixed, key=lambda cell: (cell[0] != "weight", self.sums[cell] @ self.n, cell)
            )
            without = (cell for cell in free if not _is_in(leak, self._span(self.shown - {cell})))
            self.shown.discard(next(without, free[0]))


def _span(vectors: list[Floats]) -> Floats:
    """An orthonormal basis of all sums and differences of some figures: figures × kinds of people."""
    if not any(vector.any() for vector in vectors):
        return np.zeros((0, len(vectors[0]) if vectors else 0))
    rows = [vector / np.linalg.norm(vector) for vector in vectors if vector.any()]
    _, sizes, basis = np.linalg.svd(np.array(rows), full_matrices=False)
    return np.asarray(basis[sizes > SAME * sizes.max()])


def _is_in(vector: Floats, basis: Floats) -> bool:
    if not basis.size:
        return not vector.any()
    rest = vector - basis.T @ (basis @ vector)
    return bool(np.abs(rest).max() <= 1e-7 * max(np.abs(vector).max(), 1.0))


def release_cuts(
    cut_scores: pd.DataFrame,
    weighted: pd.DataFrame,
    atoms: pd.DataFrame,
    released_scores: pd.DataFrame,
    definitions: Definitions,
    year: int,
    *,
    overlapping: Collection[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables ``released_cuts`` and ``released_weighted`` of one year.

    Args:
        cut_scores: the year's ``cut_scores``, of the people that the roll-ups' printed figures count.
        weighted: the year's ``weighted_scores`` of the same people.
        atoms: of the same people (see ``score.cuts.tabulate_atoms``), with ``kind`` and ``measure``.
        released_scores: the year's released scores: a cut is shown only beside "all members".
        definitions: the programme.
        year: the survey year.
        overlapping: groups withheld because groups share people; then no cut is shown either.
    """
    profile, n_items = definitions.programme.release_profile(), count_items_of_measures(definitions, year)
    cuts = cut_scores.copy()
    figures = weighted.copy()
    cuts["marker"], figures["marker"] = "c", "c"
    for (kind, measure), alike in atoms.groupby(["kind", "measure"], sort=False) if len(atoms) else ():
        own = released_scores[(released_scores["kind"] == kind) & (released_scores["measure"] == measure)]
        threshold = threshold_for(n_items.get(str(measure), 1), profile)
        rows = cuts[(cuts["kind"] == kind) & (cuts["measure"] == measure)]
        of_weights = figures[(figures["kind"] == kind) & (figures["measure"] == measure)]
        printed = own[(own["marker"] == "") & (own["aggregation"] != "groups_equal")]["group"].astype("str")
        if ALL in set(printed) and not overlapping:
            published = _list_published(alike, rows, of_weights, set(printed), definitions, year, threshold)
            published.repair()
            _mark(cuts, rows, published, ["cut", "category"])
            _mark_weighted(figures, of_weights, published, own)
    return _finish(cuts, CUT_POINTS), _finish(figures, WEIGHTED_POINTS)


def _list_published(
    atoms: pd.DataFrame,
    rows: pd.DataFrame,
    weighted: pd.DataFrame,
    printed: set[str],
    definitions: Definitions,
    year: int,
    threshold: int,
) -> _Published:
    sums: dict[Cell, Floats] = {("group", ALL): np.ones(len(atoms))}
    group = atoms["group"].astype("str")
    for each in definitions.reported_groups():
        below = {each.group, *(child.group for child in definitions.descendants(each.group))}
        found = group.isin(below if each.kind == "rollup" else {each.group}).to_numpy(dtype=np.float64)
        if found.any():
            sums["group", each.group] = found
    fixed = frozenset(cell for cell in sums if cell[1] in printed)
    shown = set(fixed)
    for cut in definitions.waves[year].cuts:
        own = rows[rows["cut"] == cut.cut]
        for category in cut.codes:
            sums[cut.cut, category] = (atoms[f"cut:{cut.cut}"] == category).to_numpy(dtype=np.float64)
        shown |= {(cut.cut, category) for category in _choose_categories(own, cut, threshold)}
    for at in weighted.index[weighted["mean"].notna() & (weighted["weighting"] != "groups_median")]:
        name = f"{weighted.at[at, 'group']}:{weighted.at[at, 'weighting']}"
        sums["weight", name] = atoms[f"weight:{name}"].to_numpy(dtype=np.float64)
        shown.add(("weight", name))
    return _Published(atoms["n"].to_numpy(dtype=np.float64), sums, shown, fixed, threshold)


def _choose_categories(rows: pd.DataFrame, cut: Cut, threshold: int) -> set[str]:
    """Categories of one cut that may be shown, so that what is left of all members is nobody or enough.

    "All members" is printed in any case: where the few who are left would show, the smallest category goes too.
    """
    n = dict(zip(rows["category"].astype("str"), rows["n"].astype("int64"), strict=True))
    few = is_nearly_unanimous(rows["n"], rows["modal_n"]).fillna(False).astype(bool)
    kept_back = set(rows.loc[few & (rows["n"] > 0), "category"].astype("str"))
    tree = Tree(frozenset(cut.codes), {ALL: cut.codes, **dict.fromkeys(cut.codes, ())})
    while True:
        shown = find_showable(n, threshold, tree, kept_back)
        free = sorted((n[code], code) for code in shown - kept_back - {ALL})
        if ALL in shown or not free:
            return {code for _, code in free}
        kept_back.add(free[0][1])


def _mark(cells: pd.DataFrame, rows: pd.DataFrame, published: _Published, names: list[str]) -> None:
    keys = map(tuple, rows[names].astype("str").to_numpy())
    shown = np.array([key in published.shown for key in keys], dtype=bool)
    nobody = (rows["n"] == 0).to_numpy(dtype=bool)
    cells.loc[rows.index[shown], "marker"] = ""
    cells.loc[rows.index[nobody], "marker"] = "x"


def _mark_weighted(figures: pd.DataFrame, rows: pd.DataFrame, published: _Published, scores: pd.DataFrame) -> None:
    """A weighted figure beside a printed unweighted one; the middle group where the average group is printed."""
    for row in rows.itertuples():
        group, weighting = str(row.group), str(row.weighting)
        beside = {cell[1] for cell in published.fixed if cell[0] == "group"}
        if weighting == "groups_median":
            equal = scores[(scores["group"] == group) & (scores["aggregation"] == "groups_equal")]
            may = group in beside and bool((equal["marker"] != "c").all())
        else:
            may = group in beside and (pd.isna(row.mean) or ("weight", f"{group}:{weighting}") in published.shown)
        figures.loc[row.Index, "marker"] = ("x" if pd.isna(row.mean) else "") if may else "c"


def _finish(cells: pd.DataFrame, points: list[str]) -> pd.DataFrame:
    out = cells.copy()
    for name in points:
        out[name] = round_points(out[name])
    withheld = out["marker"] == "c"
    out.loc[withheld, [*points, "n"]] = pd.NA
    out["method"] = out["method"].astype("str").mask(withheld, "none")
    out["reason"] = out["reason"].mask(withheld, WITHHELD)
    if "view" in out:
        out["view"] = out["view"].astype("str").mask(withheld, "none")
    if "design_effect" in out:
        out["design_effect"] = out["design_effect"].astype("Float64").mask(withheld).round(2).astype("float64")
        out["effective_n"] = round_points(out["effective_n"].mask(withheld))
        out["merged"] = out["merged"].mask(withheld, "")
    return out
