"""The answers themselves, as values of an audit's hidden cells: the first answer set that agrees with a release."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.published import PublishedFamily
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.person_scores import score_people
from pipeline.stages.stored import Read, read_stored
from pipeline.store.definitions import Definitions
from pipeline.store.paths import ProgrammePaths
from schemas.tables import KINDS

Floats = NDArray[np.float64]


class TrueAnswers:
    """Values of every cell of a family of relations, from the stored answers of some years."""

    def __init__(self, stored: Read, definitions: Definitions, years: Sequence[int]) -> None:
        self.definitions = definitions
        frames = {year: stored("answers", [year]) for year in years}
        self.matrices = {year: tabulate_answers(frame, definitions, year) for year, frame in frames.items()}
        self.silent = {
            year: frame[(frame["kind"] != "answer") & (frame["level"] == "individual")][["group", "item", "kind"]]
            .astype("str").value_counts().to_dict()
            for year, frame in frames.items()
        }  # fmt: skip
        self._people: dict[tuple[int, frozenset[str]], tuple[Floats, Floats]] = {}

    def __call__(self, family: PublishedFamily) -> Floats:
        values = np.zeros(len(family.system.cell_low))
        for (year, code), (leaves, cells) in family.counts.items():
            matrix, item = self.matrices[year], self.definitions.waves[year].item_by_code[code]
            answered = matrix.count_options(item)
            rows = [matrix.code_of.get(leaf, -1) for leaf in leaves]  # -1: in an edited file only
            values[cells[:, : answered.shape[1]]] = np.where(np.array(rows)[:, None] < 0, 0, answered[rows])
            for at, kind in enumerate(KINDS[1:], start=answered.shape[1]):
                values[cells[:, at]] = [self.silent[year].get((leaf, code, kind), 0) for leaf in leaves]
        for (year, leaf), sums in family.sums_of.items():
            group = self.matrices[year].code_of.get(leaf, -1)
            for each in sums:
                totals, people = self._count_people(year, each.items)
                values[[each.total, each.people]] = (totals[group], people[group]) if group >= 0 else 0.0
        for marks, answers, _ in family.alike:
            by_answer = values[answers].sum(axis=0)
            values[marks] = by_answer.sum() - by_answer <= 1
        return values

    def _count_people(self, year: int, items: frozenset[str]) -> tuple[Floats, Floats]:
        """Scores added up, and people who have one, of each group."""
        if (year, items) not in self._people:
            matrix = self.matrices[year]
            scores = score_people(matrix, [item for item in self.definitions.waves[year].items if item.item in items])
            scored = ~np.isnan(scores)
            groups, n = matrix.group_of[scored], len(matrix.groups)
            totals, people = np.bincount(groups, scores[scored], n), np.bincount(groups, minlength=n)
            self._people[year, items] = totals.astype(np.float64), people.astype(np.float64)
        return self._people[year, items]


def read_true_answers(paths: ProgrammePaths, definitions: Definitions, years: list[int]) -> TrueAnswers | None:
    """The answers behind the releases of some years; nothing where those of one were deleted, which only takes longer."""
    stored = all((paths.table("answers") / f"year={year}").is_dir() for year in years)
    return TrueAnswers(read_stored(paths), definitions, years) if stored else None
