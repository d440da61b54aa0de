"""One principle of every year as a linear system: hidden answers, and what each published figure says about them.

Whole numbers of people hide behind options, sums of scores behind means. A rounded figure enters as "within half
a point". What no linear relation says is left out, and so an outsider who uses it may know a little more:

* intervals, smallest detectable changes and alpha rest on squares of people's scores, verdicts and words on
  inequalities between them; ``thresholds`` decides from how many people on they are printed;
* scores drawn together (``pooled``), agreement and changes of single questions are computed from printed figures
  or rest on scores that are all printed;
* weighted figures and categories of cuts, taken together, have their own check of sums and differences (``cuts``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.equations import Equations, Places, Told, WaveFacts
from pipeline.disclose.linear_system import Floats
from pipeline.stats.item_scores import answers_needed, score_options
from pipeline.store.crosswalk import pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, Item
from schemas.methods import EQUAL_FROM
from schemas.tables import KINDS

HALF = 0.5
BELOW = 1e-6
"""How far below the middle a mean of the lower band is at most; sums are multiples of far more."""
Rows = Mapping[tuple[int, str], pd.DataFrame]
"""Printed rows of one table by year and item, principle or cut."""
Subset = frozenset[str]


@dataclass(frozen=True)
class Scale:
    """An item's answers from low to high: scale position, points, whether favourable."""

    values: tuple[int, ...]
    points: Floats
    favourable: NDArray[np.bool_]


@dataclass(frozen=True)
class Expression:
    """A weighted sum of cells."""

    cells: Places
    weights: Floats

    @staticmethod
    def join(parts: Iterable[Expression]) -> Expression:
        held = list(parts)
        if len(held) == 1:
            return held[0]
        empty = np.empty(0, dtype=np.intp)
        return Expression(
            np.concatenate([empty, *(part.cells for part in held)]),
            np.concatenate([np.empty(0), *(part.weights for part in held)]),
        )

    def times(self, factor: float) -> Expression:
        return Expression(self.cells, self.weights * factor)


@dataclass(frozen=True)
class ScoreSum:
    """The cell of a group's scores added up, that of the people in it, and the relations to the counts.

    Attributes:
        upper, lower: numbers of the relations that bound it by what was answered.
    """

    items: Subset
    total: int
    people: int
    upper: int
    lower: int


class FamilyWriter:
    """Writes down one principle: cells first, then what each publication tells about them.

    Attributes:
        counts: by year and item, the cells of each leaf (rows) and option (columns): answers low to high, then kinds
            of non-answers.
        sums: by year, leaf and items, the cells of people's scores added up and of how many people that is.
        alike: bands: the cells that say which answer nearly all gave, the answers' cells, and how many people.
        shown_counts, shown_sums: whose own figures are printed, and by what.
        release: position of the publication that is being read.
    """

    def __init__(
        self,
        definitions: Definitions,
        facts: Mapping[int, WaveFacts],
        items: Mapping[int, tuple[Item, ...]],
    ) -> None:
        self.definitions, self.facts, self.items = definitions, facts, items
        self.equations = Equations()
        self.leaves = {year: {leaf: at for at, leaf in enumerate(facts[year].n)} for year in items}
        self.scales: dict[tuple[int, str], Scale] = {}
        self.counts: dict[tuple[int, str], Places] = {}
        self.sums: dict[tuple[int, str, Subset], ScoreSum] = {}
        self._paired: dict[tuple[int, int], dict[str, str]] = {}
        self.alike: list[tuple[Places, Places, int]] = []
        self.shown_counts: dict[tuple[int, str, str], list[Told]] = {}
        self.shown_sums: dict[tuple[int, str, Subset], list[Told]] = {}
        self.release = 0
        for year, asked in items.items():
            for item in asked:
                self._add_item(year, item)

    def _add_item(self, year: int, item: Item) -> None:
        points = {point.value: point for point in self.definitions.waves[year].answer_points(item)}
        values = sorted(value for value in points if value is not None)
        wanted = "no" if item.reverse else "yes"
        favourable = np.array([points[value].favourable == wanted for value in values])
        self.scales[year, item.item] = Scale(tuple(values), score_options(values, reverse=item.reverse), favourable)
        n = np.array([*self.facts[year].n.values()], dtype=np.float64)
        options_n = len(values) + len(KINDS) - 1
        cells = self.equations.add_cells(np.repeat(n, options_n), whole=True).reshape(len(n), options_n)
        self.counts[year, item.item] = cells
        for leaf, own, people in zip(self.facts[year].n, cells, n, strict=True):
            self.equations.tell(own, 1.0, people, people, Told(f"{leaf} {year}: number of answers"))

    def measures(self, year: int) -> Iterator[tuple[str, Subset]]:
        """The principles, their parts and the single items of a year, each with its items."""
        items = self.items[year]
        parents = {row.principle: row.parent for row in self.definitions.principles(year)}
        by_measure: dict[str, list[str]] = {}
        for item in items:
            for code in dict.fromkeys(filter(None, (parents.get(item.principle), item.principle, item.item))):
                by_measure.setdefault(code, []).append(item.item)
        for code, codes in by_measure.items():
            yield code, frozenset(codes)

    def _leaves(self, year: int, group: str, left_out: Collection[str]) -> tuple[str, ...]:
        members = self.facts[year].members.get(group, ())
        return members if members == (group,) else tuple(leaf for leaf in members if leaf not in left_out)

    def tell_counts(self, year: int, item: str, rows: Rows, left_out: Collection[str]) -> None:
        """Published counts of one item, and that nearly all of a group answered alike."""
        frame = rows.get((year, item))
        if frame is None:
            return
        scale, cells, places = self.scales[year, item], self.counts[year, item], self.leaves[year]
        option: dict[tuple[str, int | None], int] = {("answer", value): at for at, value in enumerate(scale.values)}
        option |= {(kind, None): len(scale.values) + at for at, kind in enumerate(KINDS[1:])}
        pairs = zip(frame["kind"].astype("str"), frame["value"], strict=True)
        columns = np.array([option[kind, None if pd.isna(value) else int(value)] for kind, value in pairs])
        absent = np.setdiff1d(np.arange(cells.shape[1]), columns)  # every option that anybody chose has its rows
        offered = Told(f"{year}: answers offered to {item}")
        self.equations.fix(cells[:, absent].ravel(), np.zeros(cells[:, absent].size), offered)
        rest = (frame["marker"] != "c").to_numpy()
        columns, frame = columns[rest], frame[rest]
        groups = frame["group"].astype("str").to_numpy()
        printed = frame["n"].notna().to_numpy()
        n = frame["n"].fillna(0).to_numpy(dtype=np.float64)
        if not len(groups):
            return
        codes, numbered = pd.factorize(groups)
        order = np.argsort(codes, kind="stable")
        for group, here in zip(numbered, np.split(order, np.cumsum(np.bincount(codes))[:-1]), strict=True):
            leaves = self._leaves(year, group, left_out)
            if not leaves:
                continue
            own = cells[[places[leaf] for leaf in leaves]]
            told = Told(f"{group} {year}: counts of {item}", (year,), group, item, release=self.release)
            if not printed[here].all():
                self._tell_alike(own[:, : len(scale.values)], sum(self.facts[year].n[leaf] for leaf in leaves), told)
            elif leaves == (group,):
                self.equations.fix(own[0, columns[here]], n[here], told)
                self.shown_counts.setdefault((year, group, item), []).append(told)
            else:
                for column, count in zip(columns[here], n[here], strict=True):
                    self.equations.tell(own[:, column], 1.0, count, count, told)

    def _tell_alike(self, answers: Places, n: int, told: Told) -> None:
        """A band: some answer was given by all who answered, or by all but one. One cell per answer says which."""
        which = self.equations.add_cells(np.ones(answers.shape[1]), whole=True)
        self.alike.append((which, answers, n))
        self.equations.tell(which, 1.0, 1.0, np.inf, told)
        for at, mark in enumerate(which):
            others = np.delete(answers, at, axis=1).ravel()
            self.equations.tell(np.append(others, mark), np.append(np.ones(len(others)), float(n)), 0.0, n + 1.0, told)

    def items_of(self, year: int, leaf: str, subset: Subset) -> Subset:
        """Items of a measure that a group did not choose to leave out."""
        group = self.definitions.group_by_code.get(leaf)
        if group is None or not group.optional_parts:
            return subset
        out = group.optional_parts
        return frozenset(item.item for item in self.items[year] if item.item in subset and item.principle not in out)

    def sum_of(self, year: int, leaf: str, subset: Subset) -> tuple[Expression, Expression]:
        """The sum of a leaf's scores on some items, and how many people it sums, as expressions of cells."""
        items = self.items_of(year, leaf, subset)
        if not items:
            return Expression.join([]), Expression.join([])
        if len(items) == 1:
            (item,) = items
            points = self.scales[year, item].points
            cells = self.counts[year, item][self.leaves[year][leaf], : len(points)]
            return Expression(cells, points), Expression(cells, np.ones(len(points)))
        key = (year, leaf, items)
        if key not in self.sums:
            self.sums[key] = self._add_sum(year, leaf, items)
        held = self.sums[key]
        return Expression(np.array([held.total]), np.ones(1)), Expression(np.array([held.people]), np.ones(1))

    def _add_sum(self, year: int, leaf: str, items: Subset) -> ScoreSum:
        """Cells of a sum of scores and of the people in it, with what the counts of two items or more say about them.

        Somebody with a score gave ``needed`` answers or more, k times the score being the points of the answers
        given and, for each one missing, the score once more; somebody without gave fewer (the half rule, S2).
        """
        n, equations = float(self.facts[year].n[leaf]), self.equations
        total = int(equations.add_cells(np.array([100.0 * n]), whole=False)[0])
        people = int(equations.add_cells(np.array([n]), whole=True)[0])
        told = Told(f"{leaf} {year}: how scores are made")
        equations.tell(np.array([total, people]), np.array([1.0, -100.0]), -np.inf, 0, told)
        k, needed = len(items), answers_needed(len(items))
        own = [self.counts[year, item][self.leaves[year][leaf]] for item in sorted(items)]
        points = [self.scales[year, item].points for item in sorted(items)]
        answered = np.concatenate([cells[: len(each)] for cells, each in zip(own, points, strict=True)])
        silent = np.concatenate([cells[len(each) :] for cells, each in zip(own, points, strict=True)])
        weights = -np.concatenate(points)
        relation = len(equations.rows)
        few = float(needed - 1)  # most answers that somebody without a score gave
        equations.tell(
            np.concatenate([[total, people], answered, silent]),
            np.concatenate([[k, -100.0 * (k - few)], weights, np.full(len(silent), -100.0)]),
            -np.inf, -100.0 * (k - few) * n, told,
        )  # fmt: skip
        equations.tell(
            np.concatenate([[total, people], answered]),
            np.concatenate([[k, -100.0 * few], weights]), -100.0 * few * n, np.inf, told,
        )  # fmt: skip
        ones = np.ones(len(answered))
        equations.tell(np.append(answered, people), np.append(ones, -float(needed)), 0.0, np.inf, told)
        equations.tell(np.append(answered, people), np.append(ones, few - k), -np.inf, few * n, told)
        return ScoreSum(items, total, people, relation, relation + 1)

    def _total(self, year: int, leaves: Iterable[str], subset: Subset) -> tuple[Expression, Expression]:
        if len(subset) == 1:
            (item,) = subset
            return self._answers(year, leaves, item, self.scales[year, item].points)
        sums = [self.sum_of(year, leaf, subset) for leaf in leaves]
        return Expression.join(total for total, _ in sums), Expression.join(people for _, people in sums)

    def _answers(
        self, year: int, leaves: Iterable[str], item: str, weights: Floats, *, also_left_out: bool = False
    ) -> tuple[Expression, Expression]:
        """The weights of some leaves' answers to one item added up, and how many answers that is."""
        place, one = self.leaves[year], frozenset([item])
        rows = [place[leaf] for leaf in leaves if also_left_out or self.items_of(year, leaf, one)]
        cells = self.counts[year, item][rows, : len(weights)].ravel()
        return Expression(cells, np.tile(weights, len(rows))), Expression(cells, np.ones(len(cells)))

    def _tell(self, left: Expression, low: float, high: float, told: Told) -> None:
        if len(left.cells):
            self.equations.tell(left.cells, left.weights, low, high, told)

    def tell_scores(self, year: int, subset: Subset, frame: pd.DataFrame, left_out: Collection[str]) -> None:
        """Means, bands, numbers of people, possible ranges and favourable shares."""
        rows = list(frame.itertuples(index=False))
        own = [row for row in rows if row.aggregation == "own" and row.marker == ""]
        counted = {str(row.group): int(row.n) for row in own if row.n >= EQUAL_FROM}
        for row in rows:
            group, n = str(row.group), int(row.n)
            if row.aggregation == "groups_equal":
                text = f"{group} {year}: score of {row.measure}, each group counting once"
                told = Told(text, (year,), group, str(row.measure), average=True, release=self.release)
                self._tell_average(year, subset, group, row.mean, n, counted, told)
                continue
            leaves = self._leaves(year, group, left_out)
            if not leaves or (row.marker == "" and pd.isna(row.mean)):
                continue
            told = Told(
                f"{group} {year}: score of {row.measure}", (year,), group, str(row.measure), release=self.release
            )
            total, people = self._total(year, leaves, subset)
            self._tell(people, n, n, told)
            if row.marker == "band":
                self._tell(total, int(row.band_low) * n, int(row.band_high) * n - BELOW * (row.band_low == 0), told)
                continue
            self._tell(total, (int(row.mean) - HALF) * n, (int(row.mean) + HALF) * n, told)
            self._tell_possible(total, row, n, self.facts[year].eligible.get(group), told)
            if not pd.isna(row.favourable_percent):
                self._tell_share(year, leaves, subset, row, told.and_also("favourable"))
            if leaves == (group,):
                self.shown_sums.setdefault((year, group, subset), []).append(told)

    def _tell_possible(self, total: Expression, row: Any, n: int, eligible: int | None, told: Told) -> None:
        for end, silent in ((row.possible_low, 0.0), (row.possible_high, 100.0)):
            if eligible and not pd.isna(end):
                others = silent * (eligible - n)
                low, high = ((int(end) + side) * eligible - others for side in (-HALF, HALF))
                self._tell(total, low, high, told.and_also("possible range"))

    def _tell_average(
        self, year: int, subset: Subset, group: str, mean: Any, groups_n: int, counted: Mapping[str, int], told: Told
    ) -> None:
        """The average of groups' means; released only where the mean of every group in it is (``release``)."""
        groups = [code for code in self.facts[year].members.get(group, ()) if code in counted]
        if pd.isna(mean) or len(groups) != groups_n:
            return
        sums = (self.sum_of(year, code, subset)[0].times(1 / (counted[code] * groups_n)) for code in groups)
        self._tell(Expression.join(sums), int(mean) - HALF, int(mean) + HALF, told)

    def _tell_share(self, year: int, leaves: Iterable[str], subset: Subset, row: Any, told: Told) -> None:
        """``percent - 1/2 <= 100 F / A <= percent + 1/2``, both F and A being sums of cells.

        A single question counts everybody's answers, a principle not those to parts that a group left out.
        """
        percent, is_item, held = int(row.favourable_percent), str(row.kind) == "item", list(leaves)
        parts = []
        for item in sorted(subset):
            weights = np.where(self.scales[year, item].favourable, 100.0, 0.0)
            parts.append(self._answers(year, held, item, weights, also_left_out=is_item)[0])
        share = Expression.join(parts)
        for side, low, high in ((HALF, -np.inf, 0.0), (-HALF, 0.0, np.inf)):
            self._tell(Expression(share.cells, share.weights - (percent + side)), low, high, told)

    def tell_cuts(self, year: int, subset: Subset, frame: pd.DataFrame, left_out: Collection[str], n: int) -> None:
        """Categories of a cut add up to all members: printed ones within half a point each, the rest anywhere."""
        total, _ = self._total(year, self._leaves(year, ALL, left_out), subset)
        for cut, rows in frame[frame["mean"].notna()].groupby("cut", observed=True):
            people = rows["n"].to_numpy(dtype=np.float64)
            points = float(people @ rows["mean"].to_numpy(dtype=np.float64))
            counted = float(people.sum())
            low, high = points - HALF * counted, points + HALF * counted + 100.0 * (n - counted)
            measure = str(rows["measure"].iloc[0])
            told = Told(f"{ALL} {year}: scores of {measure} by {cut}", (year,), ALL, measure, release=self.release)
            self._tell(total, low, high, told)

    def tell_changes(
        self, year: int, principle: Subset, frame: pd.DataFrame, left_out: Mapping[int, Collection[str]]
    ) -> None:
        """Means on the items two years have in common, and their difference; ``year`` is the later one."""
        rows = [row for row in frame.itertuples(index=False) if not (pd.isna(row.mean_from) or pd.isna(row.mean_to))]
        for row in rows:
            before = int(row.year_from)
            if before not in self.items:
                continue
            group, is_average = str(row.group), row.aggregation == "groups_equal"
            text = f"{group} {before}-{year}: change of {row.measure}"
            told = Told(text, (before, year), group, str(row.measure), is_average, self.release)
            aside = {part.partition(":")[0].strip() for part in str(row.items_left_out).split(";")}
            common = {before: self._common(before, year, principle - aside), year: principle - aside}
            if not common[before] or not common[year]:
                continue
            if is_average:
                self._tell_average_change(common, row, [own for own in rows if own.aggregation == "own"], told)
                continue
            halves = []
            for at, mean, n in ((before, row.mean_from, row.n_from), (year, row.mean_to, row.n_to)):
                leaves = self._leaves(at, group, left_out[at])
                total, people = self._total(at, leaves, common[at])
                self._tell(people, int(n), int(n), told)
                self._tell(total, (int(mean) - HALF) * int(n), (int(mean) + HALF) * int(n), told)
                halves.append(total.times(1 / int(n)))
            if not pd.isna(row.difference):
                both = Expression.join([halves[0].times(-1.0), halves[1]])
                self._tell(both, int(row.difference) - HALF, int(row.difference) + HALF, told)

    def _tell_average_change(self, common: Mapping[int, Subset], row: Any, own: list[Any], told: Told) -> None:
        """Averages of the groups that can be scored in both years."""
        both = [each for each in own if each.year_from == row.year_from and min(each.n_from, each.n_to) >= EQUAL_FROM]
        for year, mean, name in (
            (int(row.year_from), row.mean_from, "n_from"),
            (int(row.year_to), row.mean_to, "n_to"),
        ):
            counted = {str(each.group): int(getattr(each, name)) for each in both}
            self._tell_average(year, common[year], str(row.group), mean, int(row.n_to), counted, told)

    def _common(self, before: int, year: int, items: Subset) -> Subset:
        """The items of a comparison under the earlier year's codes; none where one is of another family."""
        pairs = self._pairs(before, year)
        here = frozenset(pairs[item] for item in items if item in pairs)
        return here if here <= {item.item for item in self.items[before]} else frozenset()

    def _pairs(self, before: int, year: int) -> dict[str, str]:
        if (before, year) not in self._paired:
            pairs = pair_items(self.definitions, before, year)
            self._paired[before, year] = {pair.item_to.item: pair.item_from.item for pair in pairs}
        return self._paired[before, year]
