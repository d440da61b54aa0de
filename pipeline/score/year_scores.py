"""People's scores in several years, each computed once, and who answered in two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.measures import Unit
from pipeline.score.person_scores import score_people
from pipeline.store.definitions import Definitions
from schemas.definitions import Item

SAME = 9
"""Scores that agree to so many decimals are the same: means of thirds differ in the last bit."""


@dataclass(frozen=True)
class ScoredPeople:
    """One year's people on some items.

    Attributes:
        scores: one per person of the matrix, 0-100, NaN where a person cannot be scored.
        group_of: position of each person's group.
        groups_n: how many groups there are.
    """

    scores: NDArray[np.float64]
    group_of: NDArray[np.intp]
    groups_n: int

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The different scores that occur, ascending."""
        return self._ranked[1]

    @cached_property
    def counts(self) -> NDArray[np.float64]:
        """How often each of ``values`` occurs: groups × values."""
        codes, values = self._ranked
        cells = (self.group_of * len(values) + codes)[codes >= 0]
        return np.bincount(cells, minlength=self.groups_n * len(values)).reshape(self.groups_n, -1).astype(np.float64)

    @cached_property
    def _ranked(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        codes, values = pd.factorize(np.round(self.scores, SAME))  # NaN gets code -1
        order = np.argsort(values)
        rank = np.empty(len(values) + 1, dtype=np.intp)
        rank[order], rank[-1] = np.arange(len(values)), -1
        return rank[codes], values[order]

    def count_values(
        self, support: NDArray[np.float64], groups: Sequence[int], people: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """How often each value of ``support``, which holds all of ``values``, occurs in some groups.

        Args:
            support: ascending scores.
            groups: positions of the groups.
            people: count only these people, where one of them may stand in several groups.
        """
        counts = np.zeros(len(support))
        found = self.counts[list(groups)].sum(axis=0)
        if people is not None:
            codes = self._ranked[0][people]
            found = np.bincount(codes[codes >= 0], minlength=len(self.values))
        counts[np.searchsorted(support, self.values)] = found
        return counts


@dataclass(frozen=True)
class YearScores:
    """The years that are compared, with what comparisons share; ``follow`` people where years are linked."""

    definitions: Definitions
    matrices: Mapping[int, AnswerMatrix]
    follow: bool = True
    _scored: dict[tuple[int, tuple[str, ...]], ScoredPeople] = field(default_factory=dict, repr=False)
    _places: dict[tuple[int, tuple[str, ...]], NDArray[np.intp]] = field(default_factory=dict, repr=False)
    _links: dict[tuple[int, int], NDArray[np.intp] | None] = field(default_factory=dict, repr=False)

    def score(self, year: int, items: tuple[Item, ...]) -> ScoredPeople:
        """People's scores of one year on some of its items."""
        key = year, tuple(item.item for item in items)
        if key not in self._scored:
            matrix = self.matrices[year]
            self._scored[key] = ScoredPeople(score_people(matrix, items), matrix.group_of, len(matrix.groups))
        return self._scored[key]

    def positions(self, year: int, unit: Unit) -> NDArray[np.intp]:
        """Where a unit's people stand in one year's matrix, each response once."""
        key = year, unit.members
        if key not in self._places:
            self._places[key] = self.matrices[year].positions(unit.members)
        return self._places[key]

    def link(self, year_from: int, year_to: int) -> NDArray[np.intp] | None:
        """For each person of the earlier year, where the later year has them in the same group, or -1.

        Null unless both years declare that their tokens stay with a person.
        """
        key = year_from, year_to
        if key not in self._links:
            declared = self.follow and all(self.definitions.waves[year].wave.linked for year in key)
            self._links[key] = _link_people(self.matrices[year_from], self.matrices[year_to]) if declared else None
        return self._links[key]

    @cached_property
    def overlapping(self) -> bool:
        """Whether a person may count in several groups in any of the years."""
        return any(matrix.several_groups for matrix in self.matrices.values())


def _link_people(before: AnswerMatrix, after: AnswerMatrix) -> NDArray[np.intp]:
    """Match pseudonyms within groups; people whose group differs are not matched (methods S8)."""
    if not (before.people_n and after.people_n):
        return np.full(before.people_n, -1, dtype=np.intp)
    group = pd.Index(after.groups).get_indexer(pd.Index(before.groups))[before.group_of]
    names: tuple[pd.Index[Any], pd.Index[Any]] = (before.respondents.categories, after.respondents.categories)
    person = names[1].get_indexer(names[0])[before.respondents.codes]
    known = np.asarray(after.group_of, dtype=np.int64) * len(names[1]) + after.respondents.codes
    wanted = np.where((group >= 0) & (person >= 0), group.astype(np.int64) * len(names[1]) + person, -1)
    order = np.argsort(known, kind="stable")
    place = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][place] == wanted, order[place], -1)
