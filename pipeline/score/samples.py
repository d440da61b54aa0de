"""The people of one unit who can be scored on a principle in two years, and who of them are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.score.common_items import CommonItems
from pipeline.score.measures import Unit, existed, principle_items
from pipeline.score.responses import common_unit
from pipeline.score.year_scores import ScoredPeople, YearScores
from pipeline.store.definitions import Definitions

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Two years' scores of one unit, one per person.

    Attributes:
        before, after: everybody who can be scored.
        linked: scores of those who are in both, in the same order; null where years cannot be linked.
        before_only, after_only: the others; everybody where years cannot be linked.
    """

    before: Scores
    after: Scores
    linked: tuple[Scores, Scores] | None
    before_only: Scores
    after_only: Scores

    @property
    def linked_n(self) -> int | None:
        return None if self.linked is None else len(self.linked[0])


@dataclass(frozen=True)
class Sampler:
    """Draws the samples of all units from two years' scores on one principle."""

    years: YearScores
    year_from: int
    year_to: int
    before: ScoredPeople
    after: ScoredPeople
    _taken: dict[tuple[str, ...], Sample] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(years: YearScores, year_from: int, year_to: int, common: CommonItems, principle: str) -> Sampler:
        """On the common items; where the series breaks, on each year's own items, to count people."""
        items = common.items_from, common.items_to
        if common.is_break:
            own = (principle_items(years.definitions, year, principle) for year in (year_from, year_to))
            items = (next(own), next(own))
        return Sampler(years, year_from, year_to, years.score(year_from, items[0]), years.score(year_to, items[1]))

    def take(self, unit: Unit) -> Sample:
        """The people of one unit; a total of groups that share people is never linked."""
        if unit.members not in self._taken:
            self._taken[unit.members] = self._take(unit)
        return self._taken[unit.members]

    def _take(self, unit: Unit) -> Sample:
        here, there = self._positions(unit)
        before, after = self.before.scores[here], self.after.scores[there]
        scored = ~np.isnan(before), ~np.isnan(after)
        everybody = before[scored[0]], after[scored[1]]
        links = self.years.link(self.year_from, self.year_to)
        if links is None or (self.years.overlapping and len(unit.members) > 1):
            return Sample(*everybody, None, *everybody)
        target = links[here]
        both = (target >= 0) & scored[0]
        both[both] = ~np.isnan(self.after.scores[target[both]])
        found = np.zeros(len(self.after.scores), dtype=bool)
        found[target[both]] = True
        linked = before[both], self.after.scores[target[both]]
        return Sample(*everybody, linked, before[scored[0] & ~both], after[scored[1] & ~found[there]])

    def count_values(self, unit: Unit, support: Scores | None = None) -> tuple[Scores, Scores]:
        """How often each score occurs among the unit's people in either year, over the same scores.

        Args:
            unit: the group.
            support: the scores to count, ascending; by default those of the two years.
        """
        support = np.union1d(self.before.values, self.after.values) if support is None else support
        people = self._positions(unit) if self.years.overlapping and len(unit.members) > 1 else (None, None)
        return (
            self.before.count_values(support, self._groups(self.year_from, unit), people[0]),
            self.after.count_values(support, self._groups(self.year_to, unit), people[1]),
        )

    def _positions(self, unit: Unit) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return self.years.positions(self.year_from, unit), self.years.positions(self.year_to, unit)

    def _groups(self, year: int, unit: Unit) -> Sequence[int]:
        return [at for at, group in enumerate(self.years.matrices[year].groups) if group in unit.members]


def count_eligible(definitions: Definitions, years: tuple[int, int], unit: Unit, most: int) -> int | None:
    """How many people could answer in either year, where both rosters say so of the unit that answers.

    Where the numbers differ the larger one counts: as if nobody had left, or nobody had joined.

    Args:
        definitions: the programme.
        years: the two years.
        unit: the group.
        most: the larger number of people scored; a smaller roster is wrong.
    """
    numbers = []
    for year in years:
        row = definitions.waves[year].roster_by_group.get(unit.group)
        group = definitions.group_by_code.get(unit.group)
        answers = group.unit if group is not None and existed(group, year) else common_unit(definitions, year)
        if row is None or row.eligible is None or row.access == "open" or row.unit != answers:
            return None
        numbers.append(row.eligible)
    return max(numbers) if max(numbers) >= most else None
