"""One wave's individual answers as an array: items down, people across.

Scores are computed from this, so that a million respondents cost one pass over the answers and a few
array operations per item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.coded_answers import NO_ANSWER, code_answers
from pipeline.store.definitions import Definitions
from schemas.definitions import Item, ScalePoint


@dataclass(frozen=True)
class AnswerMatrix:
    """Who answered what. A person who answers for two groups stands in two columns.

    Attributes:
        values: items × people, scale position before reversal, ``NO_ANSWER`` where there is none.
        row_of: item code -> row of ``values``.
        groups: codes of the groups that have answers, in the order of the people.
        group_of: position in ``groups`` of each person; ascending.
        respondents: pseudonym of each person.
        left_out: groups × items, true where the group chose to leave the item's part of a principle out.
        options: item code -> its scale's answers, low to high.
    """

    values: NDArray[np.int16]
    row_of: dict[str, int]
    groups: tuple[str, ...]
    group_of: NDArray[np.intp]
    respondents: pd.Categorical
    left_out: NDArray[np.bool_]
    options: dict[str, tuple[ScalePoint, ...]]

    @property
    def people_n(self) -> int:
        return self.values.shape[1]

    def positions(self, groups: Iterable[str]) -> NDArray[np.intp]:
        """Columns of the people who answered for any of ``groups``."""
        codes = [code for code, group in enumerate(self.groups) if group in set(groups)]
        starts = np.searchsorted(self.group_of, codes, side="left")
        ends = np.searchsorted(self.group_of, codes, side="right")
        spans = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.intp)

    def answered(self, item: Item) -> NDArray[np.bool_]:
        """Which people answered the item on its scale."""
        return np.asarray(self.values[self.row_of[item.item]] != NO_ANSWER)

    def score_item(self, item: Item) -> NDArray[np.float64]:
        """Item scores of all people, 0-100, NaN where there is no answer (methods S1).

        ``100 (value - min) / (max - min)`` over the scale's declared answers; reversed: ``100 - s``.
        """
        positions = [point.value for point in self.options[item.item] if point.value is not None]
        low, high = min(positions), max(positions)
        values = self.values[self.row_of[item.item]].astype(np.float64)
        scores = np.where(self.answered(item), 100 * (values - low) / (high - low), np.nan)
        return 100 - scores if item.reverse else scores

    def favourable(self, item: Item) -> NDArray[np.bool_]:
        """Which people gave a favourable answer; of a reversed item, one its scale calls unfavourable."""
        wanted = "no" if item.reverse else "yes"
        marks = [point.value for point in self.options[item.item] if point.favourable == wanted]
        return np.isin(self.values[self.row_of[item.item]], np.array(marks, dtype=np.int16))


def tabulate_answers(answers: pd.DataFrame, definitions: Definitions, year: int) -> AnswerMatrix:
    """Put one year's individual answers into a matrix; answers given as a group are left aside.

    Raises:
        UserError: ``answers_invalid`` for an item the year did not ask, or a value its scale lacks.
    """
    coded, wave = code_answers(answers, definitions, year), definitions.waves[year]
    respondents_n = max(len(coded.respondents), 1)
    person = coded.group.astype(np.int64) * respondents_n + coded.respondent
    item, value = coded.item, coded.value
    if (person[1:] < person[:-1]).any():  # stored tables are sorted already
        order = np.argsort(person, kind="stable")
        person, item, value = person[order], item[order], value[order]
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    values = np.full((len(wave.items), len(starts)), NO_ANSWER, dtype=np.int16)
    values[item, np.repeat(np.arange(len(starts)), np.diff(starts, append=len(person)))] = value
    group, respondent = np.divmod(person[starts], respondents_n)
    used, group_of = np.unique(group, return_inverse=True)
    groups = tuple(str(coded.groups[code]) for code in used)
    return AnswerMatrix(
        values=values,
        row_of={row.item: position for position, row in enumerate(wave.items)},
        groups=groups,
        group_of=group_of,
        respondents=pd.Categorical.from_codes(respondent.tolist(), categories=coded.respondents),
        left_out=_mark_left_out(definitions, groups, wave.items),
        options={row.item: wave.answer_points(row) for row in wave.items},
    )


def _mark_left_out(definitions: Definitions, groups: tuple[str, ...], items: tuple[Item, ...]) -> NDArray[np.bool_]:
    marks = np.zeros((len(groups), len(items)), dtype=bool)
    for row, code in enumerate(groups):
        if group := definitions.group_by_code.get(code):
            marks[row] = [item.principle in group.optional_parts for item in items]
    return marks
