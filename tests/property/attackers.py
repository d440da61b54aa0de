"""An attacker who holds a release's CSV files and what is public, and knows nothing of the auditor's code.

Public are the register of groups, the questions and their scales, who could answer (``responses.csv`` prints it), how
scores are made, and the publication rule. Everything that the files print becomes an equation between the numbers of
people who gave each answer; an integer program then asks for the least and the greatest value of a hidden figure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from pipeline.store.definitions import Definitions

ALL, NONE = "_all", "_none"
EQUAL_FROM = 5
"""People from which a group counts in an average of groups, as every report says."""
LARGE = 15
"""People from which it is a finding, not a disclosure, that nearly all think alike, as every report says."""
SECONDS = 5.0
"""Time for one integer program."""
Parts = list[tuple[int, float]]
Files = dict[str, dict[str, list[SimpleNamespace]]]


class Cell(NamedTuple):
    """A figure that is not printed: of an item, or of a measure of several items (then ``is_sum``)."""

    year: int
    group: str
    measure: str
    is_sum: bool = False


def read_files(folder: Path) -> Files:
    """The rows of every CSV file of a release folder, as text, by file and by item, measure or group."""
    files: Files = {}
    for path in folder.glob("*.csv"):
        rows: dict[str, list[SimpleNamespace]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                rows.setdefault(line.get("item") or line.get("measure") or line["group"], []).append(
                    SimpleNamespace(**line)
                )
        files[path.stem] = rows
    return files


@dataclass
class Year:
    """One year's files, with what everybody knows.

    Attributes:
        naive: the release left nobody out of its roll-ups.
        leaves: people of each group itself, of roll-ups' own answers, and of nobody's group.
        below: the leaves that each group's figures would count if nobody was left out.
    """

    year: int
    files: Files
    definitions: Definitions
    naive: bool = False
    leaves: dict[str, int] = field(init=False)
    below: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        total = {group: int(row.n) for group, (row,) in self.files["responses"].items()}
        groups = {group.group: group for group in self.definitions.groups}
        self.answering = {code for code, group in groups.items() if group.kind == "answers"}
        children: dict[str, list[str]] = {code: [] for code in (*groups, ALL)}
        for group in groups.values():
            children[group.parent or ALL].append(group.group)

        def everybody(code: str) -> int:
            return total[code] + (sum(map(everybody, children[code])) if code in self.answering else 0)

        own = {
            code: total[code] if code in self.answering else total[code] - sum(map(everybody, children[code]))
            for code in children
        }
        self.leaves = {NONE if code == ALL else code: n for code, n in own.items() if n}

        def under(code: str) -> list[str]:
            name = NONE if code == ALL else code
            return [name] * (name in self.leaves) + [leaf for child in children[code] for leaf in under(child)]

        self.below = {code: [code] if code in self.answering else under(code) for code in children}
        self.children = children
        profile = self.definitions.programme.release_profile()
        few = self._leave_out(profile.score, set())
        self._left_out = {False: few, True: self._leave_out(profile.distribution, few)}

    def counted(self, group: str, *, of_items: bool) -> list[str]:
        """Leaves in a group's figures: roll-ups leave few people out so that nobody can be had by subtraction."""
        members = self.below[group]
        return [leaf for leaf in members if members == [group] or leaf not in self._left_out[of_items]]

    def _leave_out(self, threshold: int, already: set[str]) -> set[str]:
        out = set(already)
        while not self.naive and (bad := self._find_blocking(threshold, out)):
            out |= bad
        return out

    def _find_blocking(self, threshold: int, out: set[str]) -> set[str]:
        """Leaves too small to be shown that a roll-up less everything shown below it would give away."""
        n = {leaf: people for leaf, people in self.leaves.items() if leaf not in out}
        bad: set[str] = set()

        def walk(code: str) -> tuple[int, set[str]]:
            parts = [walk(child) for child in self.children[code]]
            name = NONE if code == ALL else code
            people = n.get(name, 0) + sum(total for total, _ in parts)
            unread = {leaf for _, found in parts for leaf in found}
            if code in self.answering:
                return people, unread | ({code} if 0 < n.get(code, 0) < threshold else set())
            unread |= {name} if n.get(name, 0) else set()
            if people < threshold:
                return people, unread
            if 0 < sum(n[leaf] for leaf in unread) < threshold:
                bad.update(unread)
                return people, unread
            return people, set()

        walk(ALL)
        return bad

    @cached_property
    def scales(self) -> dict[str, tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]]:
        """By item: scale positions as the files write them, points, favourable marks; low to high."""
        found = {}
        wave = self.definitions.waves[self.year]
        for question in wave.items:
            scale = sorted(wave.answer_points(question), key=lambda point: point.value or 0)
            values = np.array([point.value for point in scale], dtype=float)
            points = 100 * (values - values[0]) / (values[-1] - values[0])
            good = np.array([point.favourable == ("no" if question.reverse else "yes") for point in scale])
            found[question.item] = (
                [str(point.value) for point in scale],
                100 - points if question.reverse else points,
                good,
            )
        return found

    @cached_property
    def measures(self) -> dict[str, tuple[str, ...]]:
        """Items of each item, part and principle."""
        parent = {row.principle: row.parent for row in self.definitions.principles(self.year)}
        found: dict[str, tuple[str, ...]] = {}
        for item in self.definitions.waves[self.year].items:
            for code in dict.fromkeys(filter(None, (item.item, item.principle, parent.get(item.principle)))):
                found[code] = (*found.get(code, ()), item.item)
        return found

    def asked(self, leaf: str, items: Iterable[str]) -> tuple[str, ...]:
        """The items of a measure that are not in a part which the group chose to leave out."""
        group = self.definitions.group_by_code.get(leaf)
        part = {item.item: item.principle for item in self.definitions.waves[self.year].items}
        return tuple(item for item in items if group is None or part[item] not in group.optional_parts)


class LinearAttacker:
    """Bounds what the files do not print with integer programs.

    Args:
        years: all years' files.
        principle: whose figures to attack, with those of its parts and items.
    """

    def __init__(self, years: Iterable[Year], principle: str) -> None:
        self.years = {year.year: year for year in years}
        self.top: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.options: dict[int, dict[str, list[tuple[str, str]]]] = {}
        self.counts: dict[Cell, list[int]] = {}
        self.sums: dict[tuple[int, str, tuple[str, ...]], tuple[int, int]] = {}
        self.printed: set[Cell] = set()
        for year in self.years.values():
            codes = {
                code: items for code, items in year.measures.items() if set(items) <= set(year.measures[principle])
            }
            self._add_items(year, year.measures[principle])
            self._read_scores(year, codes)
            self._read_changes(year, codes)
            for items in codes.values():
                for leaf in year.leaves:
                    if len(year.asked(leaf, items)) > 1:
                        self._sum(year, leaf, items)
        self.given: dict[Cell, list[int]] = {}
        for cell in (cell for cell in self.counts if cell not in self.printed):
            self.given[cell] = self._new(len(self.counts[cell]), 2.0, whole=False)
            for mark, people in zip(self.given[cell], self.counts[cell], strict=True):
                self._say([(mark, 1.0), (people, -1.0)], -np.inf, 0)

    def _new(self, n: int, top: float, *, whole: bool) -> list[int]:
        self.top += [top] * n
        self.whole += [whole] * n
        return list(range(len(self.top) - n, len(self.top)))

    def _say(self, parts: Iterable[tuple[int, float]], low: float, high: float) -> None:
        weights: dict[int, float] = {}
        for cell, weight in parts:
            weights[cell] = weights.get(cell, 0.0) + weight
        if weights:
            self.rows.append((weights, low, high))

    def _add_items(self, year: Year, items: Iterable[str]) -> None:
        self.options[year.year] = {}
        for item in items:
            rows = year.files["item_counts"][item]
            scale = [("answer", value) for value in year.scales[item][0]]
            options = scale + sorted({(row.kind, row.value) for row in rows} - set(scale))
            self.options[year.year][item] = options
            for leaf, n in year.leaves.items():
                cells = self.counts[Cell(year.year, leaf, item)] = self._new(len(options), n, whole=True)
                self._say(((cell, 1.0) for cell in cells), n, n)
            banded = {row.group for row in rows if row.marker == "band"}
            for group in banded:
                leaves = [leaf for leaf in year.counted(group, of_items=True) if leaf in year.leaves]
                held = [self.counts[Cell(year.year, leaf, item)][: len(scale)] for leaf in leaves]
                self._say_alike(held, sum(year.leaves[leaf] for leaf in leaves))
            for row in (row for row in rows if row.n != ""):
                leaves = [leaf for leaf in year.counted(row.group, of_items=True) if leaf in year.leaves]
                at = options.index((row.kind, row.value))
                self._say(
                    ((self.counts[Cell(year.year, leaf, item)][at], 1.0) for leaf in leaves), int(row.n), int(row.n)
                )
                if leaves == [row.group]:
                    self.printed.add(Cell(year.year, row.group, item))

    def _say_alike(self, held: list[list[int]], n: int) -> None:
        """All who answered, or all but one, gave one and the same answer; nobody says which."""
        marks = self._new(len(held[0]), 1, whole=True)
        self._say(((mark, 1.0) for mark in marks), 1, np.inf)
        for at, mark in enumerate(marks):
            others = [(cell, 1.0) for cells in held for other, cell in enumerate(cells) if other != at]
            self._say([*others, (mark, float(n))], 0, n + 1)

    def _read_scores(self, year: Year, codes: Mapping[str, tuple[str, ...]]) -> None:
        for code, items in codes.items():
            rows = [row for row in year.files["scores"].get(code, ()) if row.marker != "c" and row.n != ""]
            own = [row for row in rows if row.aggregation != "groups_equal"]
            for row in own:
                self._say_score(year, row, items, year.files["responses"][row.group][0].eligible)
                if year.below[row.group] == [row.group] and row.mean != "" and len(items) > 1:
                    self.printed.add(Cell(year.year, row.group, code, is_sum=True))
            scored = {row.group: int(row.n) for row in own if row.mean != ""}
            for row in rows:
                if row.aggregation == "groups_equal" and row.mean != "":
                    self._say_average(year, row, items, scored)

    def _say_score(self, year: Year, row: Any, items: tuple[str, ...], eligible: str) -> None:
        leaves, n = year.counted(row.group, of_items=len(items) == 1), int(row.n)
        total, people = self._add_up(year, leaves, items)
        self._say(people, n, n)
        if row.marker == "band":
            self._say(total, int(row.band_low) * n, int(row.band_high) * n)
        if row.mean == "":
            return
        self._say(total, (int(row.mean) - 0.5) * n, (int(row.mean) + 0.5) * n)
        for end, silent in ((row.possible_low, 0.0), (row.possible_high, 100.0)):
            if end != "" and eligible != "":
                least = (int(end) - 0.5) * int(eligible) - silent * (int(eligible) - n)
                self._say(total, least, least + int(eligible))
        if row.favourable_percent != "":
            for side, low, high in ((0.5, -np.inf, 0.0), (-0.5, 0.0, np.inf)):
                share = []
                for leaf in leaves:
                    for item in items if row.kind == "item" else year.asked(leaf, items):
                        weights = 100.0 * year.scales[item][2] - int(row.favourable_percent) - side
                        share += list(zip(self.counts[Cell(year.year, leaf, item)], weights, strict=False))
                self._say(share, low, high)

    def _say_average(self, year: Year, row: Any, items: tuple[str, ...], scored: Mapping[str, int]) -> None:
        below = [leaf for leaf in self._list_answering(year, row.group) if scored.get(leaf, 0) >= EQUAL_FROM]
        groups_n = int(row.n)
        if len(below) == groups_n:
            parts = []
            for leaf in below:
                total, _ = self._sum(year, leaf, items)
                parts += [(cell, weight / scored[leaf] / groups_n) for cell, weight in total]
            self._say(parts, int(row.mean) - 0.5, int(row.mean) + 0.5)

    def _list_answering(self, year: Year, group: str) -> Iterator[str]:
        for child in year.children[group]:
            if child in year.answering:
                yield child
            yield from self._list_answering(year, child)

    def _read_changes(self, year: Year, codes: Mapping[str, tuple[str, ...]]) -> None:
        changes = year.files.get("trends", {})
        for row in (row for code in codes for row in changes.get(code, ())):
            before, measure = self.years[int(row.year_from)], row.measure
            if "" in (row.mean_from, row.mean_to) or row.aggregation == "groups_equal":
                continue
            aside = {part.partition(":")[0].strip() for part in row.items_left_out.split(";")}
            difference: Parts = []
            for at, mean, n_text, sign in ((before, row.mean_from, row.n_from, -1), (year, row.mean_to, row.n_to, 1)):
                items, n = tuple(item for item in at.measures[measure] if item not in aside), int(n_text)
                total, people = self._add_up(at, at.counted(row.group, of_items=False), items)
                self._say(people, n, n)
                self._say(total, (int(mean) - 0.5) * n, (int(mean) + 0.5) * n)
                difference += [(cell, sign * weight / n) for cell, weight in total]
            if row.difference != "":
                self._say(difference, int(row.difference) - 0.5, int(row.difference) + 0.5)

    def _add_up(self, year: Year, leaves: Iterable[str], items: tuple[str, ...]) -> tuple[Parts, Parts]:
        pairs = [self._sum(year, leaf, items) for leaf in leaves if leaf in year.leaves]
        return [part for total, _ in pairs for part in total], [part for _, people in pairs for part in people]

    def _sum(self, year: Year, leaf: str, items: tuple[str, ...]) -> tuple[Parts, Parts]:
        """The scores of a group's people added up, and how many have one.

        A score is the mean of the answers that somebody gave, if they are half of the questions or more, and two.
        """
        items = year.asked(leaf, items)
        answers: Parts = []
        silent = []
        for item in items:
            cells, points = self.counts[Cell(year.year, leaf, item)], year.scales[item][1]
            answers += list(zip(cells, points, strict=False))
            silent += cells[len(points) :]
        if len(items) < 2:
            return answers, [(cell, 1.0) for cell, _ in answers]
        key = (year.year, leaf, items)
        if key not in self.sums:
            n, k = year.leaves[leaf], len(items)
            (total,), (people,) = self._new(1, 100.0 * n, whole=False), self._new(1, n, whole=True)
            self.sums[key] = total, people
            most = max(-(-k // 2), 2) - 1  # answers of somebody who has no score
            points, ones = [(cell, -weight) for cell, weight in answers], [(cell, 1.0) for cell, _ in answers]
            self._say([(total, 1.0), (people, -100.0)], -np.inf, 0)
            self._say(
                [(total, k), *points, *((cell, -100.0) for cell in silent), (people, -100.0 * (k - most))],
                -np.inf, -100.0 * (k - most) * n,
            )  # fmt: skip
            self._say([(total, k), *points, (people, -100.0 * most)], -100.0 * most * n, np.inf)
            self._say([*ones, (people, -(most + 1.0))], 0, np.inf)
            self._say([*ones, (people, float(most - k))], -np.inf, most * n)
        total, people = self.sums[key]
        return [(total, 1.0)], [(people, 1.0)]

    def list_hidden(self) -> list[Cell]:
        """Items and sums of scores of groups whose figures are not printed."""
        hidden = [cell for cell in self.counts if cell not in self.printed]
        for year in self.years.values():
            for code, items in year.measures.items():
                for leaf in year.leaves:
                    cell = Cell(year.year, leaf, code, is_sum=True)
                    if (
                        len(items) > 1
                        and cell not in self.printed
                        and (cell.year, leaf, year.asked(leaf, items)) in self.sums
                    ):
                        hidden.append(cell)
        return hidden

    def weigh(self, cell: Cell) -> NDArray[np.float64]:
        """A hidden figure as weights of all cells: the points of an item's answers, or of people's scores, added up."""
        weights, year = np.zeros(len(self.top)), self.years[cell.year]
        if cell.is_sum:
            weights[self.sums[cell.year, cell.group, year.asked(cell.group, year.measures[cell.measure])][0]] = 1.0
        else:
            points = year.scales[cell.measure][1]
            weights[self.counts[cell][: len(points)]] = points
        return weights

    def step(self, cell: Cell) -> float:
        """The smallest difference between two answers of one person."""
        year = self.years[cell.year]
        return min(float(np.min(np.abs(np.diff(year.scales[item][1])))) for item in year.measures[cell.measure])

    @cached_property
    def _constraint(self) -> LinearConstraint:
        entries = [(at, cell, weight) for at, row in enumerate(self.rows) for cell, weight in row[0].items()]
        rows, cells, weights = zip(*entries, strict=True)
        matrix = csr_array((weights, (rows, cells)), shape=(len(self.rows), len(self.top)))
        low, high = (np.array([row[side] for row in self.rows]) for side in (1, 2))
        return LinearConstraint(matrix, low - 1e-6, high + 1e-6)

    def find(
        self, objective: NDArray[np.float64], at_least_one: int | None = None, *, gap: float = 0.0
    ) -> NDArray[np.float64] | None:
        """Answers that agree with everything and have the least ``objective``; none where nothing agrees.

        Args:
            objective: weights of all cells.
            at_least_one: a cell that counts somebody.
            gap: how far from the least it may be, as a share.

        Raises:
            TimeoutError: not found out in time; then nothing is known, and nothing recovered.
        """
        low = np.zeros(len(self.top))
        low[[] if at_least_one is None else at_least_one] = 1.0
        found = milp(
            objective, integrality=np.array(self.whole, dtype=int), bounds=Bounds(low, np.array(self.top)),
            constraints=self._constraint, options={"mip_rel_gap": gap, "time_limit": SECONDS},
        )  # fmt: skip
        if found.status not in (0, 2):
            raise TimeoutError(found.message)
        return None if found.x is None else np.where(self.whole, np.rint(found.x), found.x)
