"""Trial changes of an answer set, and the cells that move with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.seen_answers import Counts, Places

AT_ONCE = 20_000
"""Changes put into the relations together; more would not fit into a small computer's memory."""


@dataclass(frozen=True)
class Shifts:
    """Trial changes of one answer set; each makes one or several people change one answer.

    Attributes:
        trial: number of the change.
        question: position of the question.
        at: row of the group in the question's table.
        old, new: options.
    """

    trial: Places
    question: Places
    at: Places
    old: Places
    new: Places

    @staticmethod
    def together(parts: Sequence[tuple[int, Places, Places, Places, Places]]) -> Shifts:
        """All of several parts: question, trials, groups, old and new options."""
        none = np.empty(0, dtype=np.intp)
        question = [np.full(len(part[1]), part[0], dtype=np.intp) for part in parts]
        trial, at, old, new = (np.concatenate([none, *(part[column] for part in parts)]) for column in (1, 2, 3, 4))
        return Shifts(trial, np.concatenate([none, *question]), at, old, new)

    def pick(self, rows: NDArray[np.bool_]) -> Shifts:
        return Shifts(self.trial[rows], self.question[rows], self.at[rows], self.old[rows], self.new[rows])

    def split(self) -> Iterator[Shifts]:
        """Parts of at most ``AT_ONCE`` changes, each numbered from 0."""
        trials, numbered = np.unique(self.trial, return_inverse=True)
        for start in range(0, len(trials), AT_ONCE):
            part = (numbered >= start) & (numbered < start + AT_ONCE)
            picked = self.pick(part)
            yield Shifts(numbered[part] - start, picked.question, picked.at, picked.old, picked.new)


@dataclass(frozen=True)
class ScoreCells:
    """Cells that sum people's scores, and the two relations that tie each to the counts (-1: they say nothing).

    ``k total`` is at most the points given and 100 for each missing answer, and at least the points given, but for
    people without a score.

    Attributes:
        k: questions behind each cell; 0 for other cells.
        upper, lower: relations.
    """

    k: Counts
    upper: Places
    lower: Places
