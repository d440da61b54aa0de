"""Everything an outsider can read, as linear relations between the answers nobody published (methods S17.6).

The hidden cells are counts: how many people of one group gave one answer to one item in one wave; and sums:
the scores of a group's people added up. Published counts, means, shares and numbers of people are relations
between them, a rounded figure entering as "within half a point". Who answered, the groups, the scales and
the publication rule are public. The cells of one principle, with its items, its parts and the years it is
compared over, make one system; principles share no cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.equations import Equations, Places, WaveFacts
from pipeline.disclose.linear_system import LinearSystem
from pipeline.stats.item_scores import answers_needed, score_options
from pipeline.store.crosswalk import pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import Item, ReleaseProfile
from schemas.tables import KINDS

HALF = 0.5


@dataclass(frozen=True)
class Publication:
    """The released tables of one release, with the profile it was made under; rows carry ``year``."""

    name: str
    profile: ReleaseProfile
    responses: pd.DataFrame
    scores: pd.DataFrame
    item_counts: pd.DataFrame
    trends: pd.DataFrame


@dataclass(frozen=True)
class HiddenItem:
    """The answers of one group to one item, which no publication prints.

    Attributes:
        cells: one per option: answers low to high, then kinds of non-answers.
        scores: of the answers among them.
        n: people of the group.
    """

    year: int
    group: str
    item: str
    cells: Places
    scores: NDArray[np.float64]
    n: int


@dataclass(frozen=True)
class HiddenSum:
    """The sum of the scores of one group's people on one measure, which no publication prints."""

    year: int
    group: str
    measure: str
    cell: int
    n: int
    step: float


@dataclass(frozen=True)
class PublishedFamily:
    """One principle with all that belongs to it.

    Attributes:
        told: for each relation, which published figure it is, in words.
        sums_of: by year and group, each cell that sums people's scores, with the items they are scored on.
    """

    code: str
    system: LinearSystem
    items: tuple[HiddenItem, ...]
    sums: tuple[HiddenSum, ...]
    told: tuple[str, ...]
    sums_of: Mapping[tuple[int, str], tuple[tuple[int, frozenset[str]], ...]]


def list_families(definitions: Definitions) -> dict[str, dict[int, tuple[Item, ...]]]:
    """Items by year of each principle (those of its parts included) and of each item that belongs to none."""
    families: dict[str, dict[int, tuple[Item, ...]]] = {}
    for year, wave in definitions.waves.items():
        parent = {row.principle: row.parent or row.principle for row in definitions.principles(year)}
        for item in wave.items:
            code = parent.get(item.principle, item.item)
            families.setdefault(code, {})[year] = (*families.get(code, {}).get(year, ()), item)
    return families


def read_publications(publications: Sequence[Publication], definitions: Definitions) -> Iterator[PublishedFamily]:
    """Write down what one or several releases of the same answers tell, a principle at a time.

    Args:
        publications: releases of the same answers; a reader may hold all of them.
        definitions: the programme.
    """
    responses = pd.concat([each.responses for each in publications], ignore_index=True)
    responses = responses.drop_duplicates(["year", "group"], keep="last")
    years = [int(year) for year in sorted(responses["year"].unique()) if int(year) in definitions.waves]
    facts = {year: WaveFacts.read(responses, definitions, year) for year in years}
    sliced = [_by_measure(each) for each in publications]
    for code, items_of in list_families(definitions).items():
        asked = {year: items_of[year] for year in years if year in items_of}
        if asked:
            yield _Family(code, definitions, facts, asked).read(publications, sliced)


_Tables = dict[str, dict[tuple[int, str], pd.DataFrame]]


def _by_measure(publication: Publication) -> _Tables:
    """Rows that print a figure, by year and measure; by pair of years for changes."""
    counts = publication.item_counts[publication.item_counts["n"].notna()]
    scores = publication.scores[
        (publication.scores["marker"] == "") & (publication.scores["aggregation"] != "groups_equal")
    ]
    trends = publication.trends[
        (publication.trends["marker"] == "") & (publication.trends["aggregation"] != "groups_equal")
    ]
    keys = {"counts": (counts, "item"), "scores": (scores, "measure"), "trends": (trends, "measure")}
    return {
        name: {(int(year), str(code)): rows for (year, code), rows in frame.groupby(["year", column], observed=True)}
        for name, (frame, column) in keys.items()
    }  # fmt: skip


class _Family:
    """Writes down one principle: cells first, then what each publication tells about them."""

    def __init__(
        self,
        code: str,
        definitions: Definitions,
        facts: Mapping[int, WaveFacts],
        items: Mapping[int, tuple[Item, ...]],
    ) -> None:
        self.code, self.definitions, self.facts, self.items = code, definitions, facts, items
        self.equations = Equations()
        self.counts: dict[tuple[int, str, str], Places] = {}
        self.sums: dict[tuple[int, str, frozenset[str]], tuple[int, int]] = {}
        self.options: dict[tuple[int, str], tuple[list[int], NDArray[np.float64], NDArray[np.bool_]]] = {}
        for year, asked in items.items():
            for item in asked:
                self._add_item(year, item)

    def _add_item(self, year: int, item: Item) -> None:
        points = {point.value: point for point in self.definitions.waves[year].answer_points(item)}
        values = sorted(value for value in points if value is not None)
        wanted = "no" if item.reverse else "yes"
        favourable = np.array([points[value].favourable == wanted for value in values])
        self.options[year, item.item] = (values, score_options(values, reverse=item.reverse), favourable)
        for leaf, n in self.facts[year].n.items():
            cells = self.equations.add_cells(len(values) + len(KINDS) - 1, n, whole=True)
            self.counts[year, leaf, item.item] = cells
            self.equations.tell(cells, 1.0, n, n, f"{leaf} {year}: number of answers")

    def read(self, publications: Sequence[Publication], tables: Sequence[_Tables]) -> PublishedFamily:
        shown_items: set[tuple[int, str, str]] = set()
        shown_sums: set[tuple[int, str, frozenset[str]]] = set()
        for publication, rows in zip(publications, tables, strict=True):
            for year, asked in self.items.items():
                left_out, left_out_items = (
                    self.facts[year].choose_left_out(self.definitions, publication.profile, of_items=of_items)
                    for of_items in (False, True)
                )
                for item in asked:
                    shown_items |= self._tell_counts(year, item.item, rows["counts"], left_out_items)
                for measure, subset in self._measures(year):
                    single = len(subset) == 1
                    told = rows["scores"].get((year, measure))
                    if told is not None:
                        shown_sums |= self._tell_scores(year, subset, told, left_out_items if single else left_out)
                self._tell_changes(year, rows["trends"], publication, left_out)
        return self._finish(shown_items, shown_sums)

    def _measures(self, year: int) -> Iterator[tuple[str, frozenset[str]]]:
        """The principle, its parts and its single items, each with its items."""
        items = self.items[year]
        parts = {item.principle for item in items} - {self.code, ""}
        if items[0].item != self.code:
            yield self.code, frozenset(item.item for item in items)
        for part in sorted(parts):
            yield part, frozenset(item.item for item in items if item.principle == part)
        for item in items:
            yield item.item, frozenset([item.item])

    def _tell_counts(
        self, year: int, item: str, rows: Mapping[tuple[int, str], pd.DataFrame], left_out: set[str]
    ) -> set[tuple[int, str, str]]:
        """Published counts of one item; returns the leaves whose own counts are printed."""
        frame = rows.get((year, item))
        if frame is None:
            return set()
        values = self.options[year, item][0]
        place: dict[tuple[str, int | None], int] = {("answer", value): at for at, value in enumerate(values)}
        place |= {(kind, None): len(values) + at for at, kind in enumerate(KINDS[1:])}
        shown = set()
        for group, kind, value, n in zip(
            frame["group"].astype("str"), frame["kind"].astype("str"), frame["value"], frame["n"], strict=True
        ):
            at = place[kind, None if pd.isna(value) else int(value)]
            leaves = self._leaves(year, group, left_out)
            cells = [self.counts[year, leaf, item][at] for leaf in leaves]
            if cells:
                told = f"{group} {year}: counts of {item}"
                self.equations.tell(np.array(cells, dtype=np.intp), 1.0, int(n), int(n), told)
            if leaves == (group,):
                shown.add((year, group, item))
        return shown

    def _leaves(self, year: int, group: str, left_out: set[str]) -> tuple[str, ...]:
        members = self.facts[year].members.get(group, ())
        return members if members == (group,) else tuple(leaf for leaf in members if leaf not in left_out)

    def _sum_of(self, year: int, leaf: str, subset: frozenset[str]) -> tuple[int, int]:
        """Cells of a leaf's sum of scores on some items, and of how many people it sums."""
        if (year, leaf, subset) not in self.sums:
            self.sums[year, leaf, subset] = self._add_sum(year, leaf, subset)
        return self.sums[year, leaf, subset]

    def _add_sum(self, year: int, leaf: str, subset: frozenset[str]) -> tuple[int, int]:
        n, equations = self.facts[year].n[leaf], self.equations
        total = int(equations.add_cells(1, 100.0 * n, whole=False)[0])
        people = int(equations.add_cells(1, n, whole=True)[0])
        group = self.definitions.group_by_code.get(leaf)
        out = group.optional_parts if group else ()
        asked = [item for item in self.items[year] if item.item in subset and item.principle not in out]
        if not asked:
            equations.tell(np.array([people]), 1.0, 0, 0, f"{leaf} {year}: left out")
        told = f"{leaf} {year}: how scores are made"
        equations.tell(np.array([total, people]), np.array([1.0, -100.0]), -np.inf, 0, told)
        k, needed = len(asked), answers_needed(len(asked))
        cells = [self.counts[year, leaf, item.item] for item in asked]
        if not cells:
            return total, people
        answers_of = [len(self.options[year, item.item][0]) for item in asked]
        answered = np.concatenate([each[:m] for each, m in zip(cells, answers_of, strict=True)])
        silent = np.concatenate([each[m:] for each, m in zip(cells, answers_of, strict=True)])
        points = np.concatenate([self.options[year, item.item][1] for item in asked])
        few = float(needed - 1)  # most answers that somebody without a score gave
        # k times a person's score lies between the points of the answers given, and 100 more for each one missing
        for cell, weights, low, high in (
            ([total], [float(k)], -np.inf, 0.0),
            ([total, people], [float(k), -100.0 * few], -100.0 * few * n, np.inf),
        ):
            extra = silent if high == 0.0 else np.empty(0, dtype=np.intp)
            equations.tell(
                np.concatenate([np.array(cell), answered, extra]),
                np.concatenate([np.array(weights), -points, np.full(len(extra), -100.0)]),
                low, high, told,
            )  # fmt: skip
        ones = np.ones(len(answered))
        equations.tell(np.append(answered, people), np.append(ones, -float(needed)), 0.0, np.inf, told)
        equations.tell(np.append(answered, people), np.append(ones, few - k), -np.inf, few * n, told)
        return total, people

    def _tell_scores(
        self, year: int, subset: frozenset[str], frame: pd.DataFrame, left_out: set[str]
    ) -> set[tuple[int, str, frozenset[str]]]:
        """Means, numbers of people, possible ranges and favourable shares; returns the leaves that are printed."""
        shown = set()
        for row in frame.itertuples(index=False):
            group = str(row.group)
            leaves = self._leaves(year, group, left_out)
            if not leaves or pd.isna(row.mean):
                continue
            told, n = f"{group} {year}: score of {row.measure}", int(row.n)
            self._tell_mean(year, leaves, subset, int(row.mean), n, told)
            total = np.array([self._sum_of(year, leaf, subset)[0] for leaf in leaves], dtype=np.intp)
            eligible = self.facts[year].eligible.get(group)
            for end, silent in ((row.possible_low, 0.0), (row.possible_high, 100.0)):
                if eligible and not pd.isna(end):
                    others = silent * (eligible - n)
                    low, high = ((int(end) + side) * eligible - others for side in (-HALF, HALF))
                    self.equations.tell(total, 1.0, low, high, f"{told}, possible range")
            if not pd.isna(row.favourable_percent):
                self._tell_share(year, leaves, subset, int(row.favourable_percent), f"{told}, favourable")
            if leaves == (group,):
                shown.add((year, group, subset))
        return shown

    def _tell_mean(
        self, year: int, leaves: Iterable[str], subset: frozenset[str], mean: int, n: int, told: str
    ) -> None:
        cells = np.array([self._sum_of(year, leaf, subset) for leaf in leaves], dtype=np.intp)
        self.equations.tell(cells[:, 0], 1.0, (mean - HALF) * n, (mean + HALF) * n, told)
        self.equations.tell(cells[:, 1], 1.0, n, n, told)

    def _tell_share(self, year: int, leaves: Iterable[str], subset: frozenset[str], percent: int, told: str) -> None:
        """``percent - 1/2 <= 100 F / A <= percent + 1/2``, both F and A being sums of cells."""
        cells, favourable = [], []
        for leaf in leaves:
            for item in subset:
                values, _, marks = self.options[year, item]
                cells.append(self.counts[year, leaf, item][: len(values)])
                favourable.append(marks)
        places, marked = np.concatenate(cells), np.concatenate(favourable)
        self.equations.tell(places, np.where(marked, 100.0, 0.0) - (percent + HALF), -np.inf, 0.0, told)
        self.equations.tell(places, np.where(marked, 100.0, 0.0) - (percent - HALF), 0.0, np.inf, told)

    def _tell_changes(
        self, year: int, rows: Mapping[tuple[int, str], pd.DataFrame], publication: Publication, left_out: set[str]
    ) -> None:
        """Means on the items two years have in common, and their difference."""
        frame = rows.get((year, self.code))
        if frame is None:
            return
        for row in frame.itertuples(index=False):
            before = int(row.year_from)
            if pd.isna(row.mean_from) or pd.isna(row.mean_to) or before not in self.items:
                continue
            left_out_before = self.facts[before].choose_left_out(self.definitions, publication.profile, of_items=False)
            aside = {part.partition(":")[0].strip() for part in str(row.items_left_out).split(";")}
            told, sums = f"{row.group} {before}-{year}: change of {self.code}", []
            for at, mean, n, without in (
                (before, row.mean_from, row.n_from, left_out_before), (year, row.mean_to, row.n_to, left_out)
            ):  # fmt: skip
                leaves = self._leaves(at, str(row.group), without)
                subset = self._common(at, year, aside)
                if leaves and subset and not pd.isna(n):
                    self._tell_mean(at, leaves, subset, int(mean), int(n), told)
                    sums.append((np.array([self._sum_of(at, leaf, subset)[0] for leaf in leaves]), float(n)))
            if len(sums) == 2 and not pd.isna(row.difference):
                (first, n_first), (last, n_last) = sums
                weights = np.concatenate([np.full(len(first), -1 / n_first), np.full(len(last), 1 / n_last)])
                cells, difference = np.concatenate([first, last]), int(row.difference)
                self.equations.tell(cells, weights, difference - HALF, difference + HALF, told)

    def _common(self, at: int, year: int, aside: set[str]) -> frozenset[str]:
        """Items of one of the two years that the comparison uses, under that year's codes."""
        if at == year:
            return frozenset(item.item for item in self.items[year] if item.item not in aside)
        here = {item.item for item in self.items[year]} - aside
        pairs = pair_items(self.definitions, at, year)
        return frozenset(pair.item_from.item for pair in pairs if pair.item_to.item in here) & {
            item.item for item in self.items[at]
        }

    def _finish(
        self, shown_items: set[tuple[int, str, str]], shown_sums: set[tuple[int, str, frozenset[str]]]
    ) -> PublishedFamily:
        items = tuple(
            HiddenItem(year, leaf, item, cells, self.options[year, item][1], self.facts[year].n[leaf])
            for (year, leaf, item), cells in self.counts.items()
            if (year, leaf, item) not in shown_items
        )
        names = {(year, subset): name for year in self.items for name, subset in self._measures(year)}
        sums = []
        for (year, leaf, subset), (cell, _) in self.sums.items():
            if (year, leaf, subset) not in shown_sums and (year, subset) in names and len(subset) > 1:
                step = min(float(np.min(np.abs(np.diff(self.options[year, item][1])))) for item in subset)
                name = names[year, subset]
                sums.append(HiddenSum(year, leaf, name, cell, self.facts[year].n[leaf], step))
        sums_of: dict[tuple[int, str], tuple[tuple[int, frozenset[str]], ...]] = {}
        for (year, leaf, subset), (cell, _) in self.sums.items():
            sums_of[year, leaf] = (*sums_of.get((year, leaf), ()), (cell, subset))
        system, told = self.equations.finish()
        return PublishedFamily(self.code, system, items, tuple(sums), told, sums_of)
