"""An attacker of small communities who goes through every set of answers that people may have given.

It keeps the sets that would give the very same rows of ``scores.csv`` and ``item_counts.csv``: counts, means, numbers
of people, possible ranges, intervals, favourable shares, and who is said to agree with whom. One principle on one
scale, groups directly below the whole community.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, product
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from tests.property.attackers import ALL, LARGE, Year

Rows = NDArray[np.float64]
MOST = 60_000
"""Pairs of answer sets of two groups that are looked at together."""


@dataclass(frozen=True)
class AnswerSets:
    """What groups of some people may have answered, one set per row.

    Attributes:
        counts: sets × items × options, the last option being no answer where there may be none.
        scored: people who have a score; ``total``: their scores added up; ``squares``: the squares of these.
        modal: people who share the most frequent score.
    """

    counts: NDArray[np.int64]
    scored: Rows
    total: Rows
    squares: Rows
    modal: Rows

    def keep(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> AnswerSets:
        return AnswerSets(self.counts[rows], self.scored[rows], self.total[rows], self.squares[rows], self.modal[rows])


@cache
def list_answer_sets(n: int, points: tuple[tuple[float, ...], ...], *, silent: bool) -> AnswerSets:
    """All sets of answers of n people to questions with these points; somebody who leaves one out has no score."""
    options_n = len(points[0]) + silent
    people = np.array(list(product(range(options_n), repeat=len(points))))
    values = np.column_stack([np.append(each, np.nan)[people[:, at]] for at, each in enumerate(points)]).mean(axis=1)
    chosen = np.array(list(combinations_with_replacement(range(len(people)), n)), dtype=np.int64)
    scores = values[chosen]
    counts = (people[chosen][:, :, :, None] == np.arange(options_n)).sum(axis=1)
    alike = (np.abs(scores[:, :, None] - scores[:, None, :]) < 1e-6).sum(axis=2).max(axis=1)
    return AnswerSets(
        counts, (~np.isnan(scores)).sum(axis=1).astype(float), np.nansum(scores, axis=1), np.nansum(scores**2, axis=1),
        alike.astype(float),
    )  # fmt: skip


def half_up(values: Rows) -> NDArray[np.int64]:
    return np.floor(np.round(values, 9) + 0.5).astype(np.int64)


def fits_row(row: SimpleNamespace, sums: Rows, eligible: str) -> NDArray[np.bool_]:
    """Which sums give a printed row of a principle: columns people, scores, their squares, favourable answers, answers."""
    n = int(row.n)
    scored, total, squares, favourable, answered = sums.T
    mean, fits = total / n, scored == n
    if row.marker == "band":
        return np.asarray(fits & ((mean >= 50) == (row.band_low == "50")))
    fits &= half_up(mean) == int(row.mean)
    fits &= half_up(100 * favourable / np.maximum(answered, 1)) == int(row.favourable_percent)
    least, most = np.zeros(len(mean)), np.full(len(mean), 100.0)
    if row.possible_low != "":
        least, most = total / int(eligible), (total + 100 * (int(eligible) - n)) / int(eligible)
        fits &= (half_up(least) == int(row.possible_low)) & (half_up(most) == int(row.possible_high))
    if row.method in ("mean_t", "mean_t_fpc"):
        deviation = np.sqrt(np.maximum(squares - n * mean**2, 0) / (n - 1))
        reach = student.ppf(0.975, n - 1) * deviation / np.sqrt(n)
        if row.method == "mean_t_fpc":
            reach *= np.sqrt(1 - n / int(eligible))
        ends = np.maximum(mean - reach, least), np.minimum(mean + reach, most)
        fits &= (half_up(ends[0]) == int(row.ci_low)) & (half_up(ends[1]) == int(row.ci_high))
    return np.asarray(fits)


@dataclass
class AllAnswers:
    """All that one year's files say about one principle.

    Attributes:
        sets: by leaf, the answer sets that remain.
    """

    year: Year
    principle: str

    def __post_init__(self) -> None:
        year, self.items = self.year, self.year.measures[self.principle]
        scales = [year.scales[item] for item in self.items]
        self.points, self.good = np.array([each[1] for each in scales]), np.array([each[2] for each in scales])
        kinds = {row.kind for item in self.items for row in year.files["item_counts"][item]}
        self.options = [("answer", value) for value in scales[0][0]] + [(kind, "") for kind in kinds - {"answer"}]
        points = tuple(map(tuple, self.points.tolist()))
        listed = {n: list_answer_sets(n, points, silent=len(kinds) > 1) for n in year.leaves.values()}
        self.sets = {leaf: self._keep_own(leaf, listed[n]) for leaf, n in year.leaves.items()}
        self.done = self._keep_joint()

    def _printed(self, group: str, item: str) -> list[int] | None:
        by_option = {(row.kind, row.value): row.n for row in self.year.files["item_counts"][item] if row.group == group}
        return (
            None if "" in by_option.values() or not by_option else [int(by_option[option]) for option in self.options]
        )

    def _row(self, group: str) -> SimpleNamespace | None:
        rows = self.year.files["scores"][self.principle]
        return next(
            (row for row in rows if row.group == group and row.aggregation != "groups_equal" and row.n != ""), None
        )

    def _keep_own(self, leaf: str, sets: AnswerSets) -> AnswerSets:
        for at, item in enumerate(self.items):
            if (own := self._printed(leaf, item)) is not None:
                sets = sets.keep((sets.counts[:, at] == own).all(axis=1))
        if (row := self._row(leaf)) is not None:
            eligible, n = self.year.files["responses"][leaf][0].eligible, int(row.n)
            fits = fits_row(row, self._add_up(sets), eligible)
            # the rule is public: who nearly all think alike have a band, and nobody else has
            if n < LARGE and not self.year.naive:
                fits &= (sets.modal >= n - 1) == (row.marker == "band")
            sets = sets.keep(fits)
        assert len(sets.total), "no answers give these files"
        return sets

    def _keep_joint(self) -> bool:
        """Drop the sets that no sets of the other groups complete to the figures of all; whether it was feasible."""
        counted = [self.year.counted(ALL, of_items=of_items) for of_items in (False, True)]
        printed = [self._printed(ALL, item) for item in self.items]
        row = self._row(ALL)
        if row is not None and (len(self.items) == 1 or counted[0] != counted[1]):
            row = None  # of a single question its counts say as much; of others than the counts, on its own below
        leaves = counted[1]
        if not leaves or (row is None and not any(printed)):
            return True
        sums = {leaf: self._add_up(self.sets[leaf], printed, row) for leaf in leaves}
        kept = {}
        for leaf in leaves:
            others = np.zeros((1, sums[leaf].shape[1]))
            for distinct in sorted((np.unique(sums[other], axis=0) for other in leaves if other != leaf), key=len):
                if len(others) * len(distinct) > MOST:
                    return False
                others = np.unique((others[:, None] + distinct[None]).reshape(-1, others.shape[1]).round(4), axis=0)
            own, which = np.unique(sums[leaf], axis=0, return_inverse=True)
            if len(own) * len(others) > MOST:
                return False
            together = (own[:, None] + others[None]).reshape(-1, own.shape[1])
            fits = self._fits_all(together, printed, row).reshape(len(own), len(others)).any(axis=1)
            kept[leaf] = fits[which.ravel()]
        for leaf, rows in kept.items():
            assert rows.any(), "no answers give these files"
            self.sets[leaf] = self.sets[leaf].keep(rows)
        return True

    def _add_up(
        self, sets: AnswerSets, printed: Sequence[list[int] | None] = (), row: SimpleNamespace | None = None
    ) -> Rows:
        """The columns of ``fits_row``, and the counts of items whose totals are printed; none that says nothing."""
        answered = sets.counts[:, :, : self.good.shape[1]]
        columns = [
            sets.scored,
            sets.total,
            sets.squares,
            (answered * self.good).sum(axis=(1, 2)),
            answered.sum(axis=(1, 2)),
        ]
        used = np.column_stack(columns).round(4) * (row is not None or not printed)
        return np.column_stack([used, *(sets.counts[:, at] for at, total in enumerate(printed) if total is not None)])

    def _fits_all(
        self, sums: Rows, printed: Sequence[list[int] | None], row: SimpleNamespace | None
    ) -> NDArray[np.bool_]:
        totals = [count for total in printed if total is not None for count in total]
        fits = np.asarray((np.rint(sums[:, 5:]) == totals).all(axis=1))
        if row is not None:
            fits[fits] = fits_row(row, sums[fits, :5], self.year.files["responses"][ALL][0].eligible)
        return fits

    def find_told(self, leaf: str, item: str) -> tuple[bool, list[int]]:
        """Whether a group's answers are known to less than one step; answers that tell who gave them all others'."""
        at = self.items.index(item)
        counts, points = self.sets[leaf].counts[:, at], self.points[at]
        narrow = bool(np.ptp(counts[:, : len(points)] @ points) < np.min(np.abs(np.diff(points))) - 1e-9)
        tells = []
        for own in range(counts.shape[1]) if self.year.leaves[leaf] > 1 else ():
            others = counts[counts[:, own] > 0].copy()
            others[:, own] -= 1
            if len(others) and (others > 0).any(axis=0).sum() == 1:
                tells.append(own)
        return narrow, tells

    def list_hidden(self) -> list[tuple[str, str]]:
        return [(leaf, item) for leaf in self.sets for item in self.items if self._printed(leaf, item) is None]
