"""One wave's individual answers as an array: items down, people across.

Scores are computed from this, so that a million respondents cost one pass over the answers and a few
array operations per item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.coded_answers import NO_ANSWER, code_answers
from pipeline.stats.item_scores import score_options
from pipeline.store.definitions import Definitions
from pipeline.store.long_frames import CHUNK
from schemas.definitions import Item, ScalePoint

Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class AnswerMatrix:
    """Who answered what. A response that counts in two groups stands in two columns, of one respondent.

    Attributes:
        values: items × people, scale position before reversal, ``NO_ANSWER`` where there is none.
        row_of: item code -> row of ``values``.
        groups: codes of the groups that have answers, in the order of the people.
        group_of: position in ``groups`` of each person; ascending.
        respondents: pseudonym of each person.
        left_out: groups × items, true where the group chose to leave the item's part of a principle out.
        options: item code -> its scale's answers, low to high.
        several_groups: whether one response may count in several groups; then figures of several groups
            together count it once.
    """

    values: NDArray[np.int16]
    row_of: dict[str, int]
    groups: tuple[str, ...]
    group_of: NDArray[np.intp]
    respondents: pd.Categorical
    left_out: NDArray[np.bool_]
    options: dict[str, tuple[ScalePoint, ...]]
    several_groups: bool = False
    _chosen: dict[str, NDArray[np.signedinteger[Any]]] = field(default_factory=dict, repr=False)

    @property
    def people_n(self) -> int:
        return self.values.shape[1]

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Position of each group in ``groups``."""
        return {group: code for code, group in enumerate(self.groups)}

    def positions(self, groups: Iterable[str]) -> NDArray[np.intp]:
        """Columns of the people who answered for any of ``groups``, each response once."""
        codes = sorted(self.code_of[group] for group in set(groups) if group in self.code_of)
        starts = np.searchsorted(self.group_of, codes, side="left")
        ends = np.searchsorted(self.group_of, codes, side="right")
        spans = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        columns = np.concatenate(spans) if spans else np.empty(0, dtype=np.intp)
        if not self.several_groups or len(codes) < 2:
            return columns
        _, first = np.unique(self.respondents.codes[columns], return_index=True)
        return columns[np.sort(first)]

    def choose_options(self, item: Item) -> NDArray[np.signedinteger[Any]]:
        """Which of the item's options each person chose, low to high; the number of options where none.

        Everything about an item is looked up from this, so that its answers are gone through once.
        """
        if item.item not in self._chosen:
            values = self.option_values(item)
            place = np.full(2**16, len(values), dtype=np.int8 if len(values) < 127 else np.int16)
            place[values.view(np.uint16)] = np.arange(len(values))
            self._chosen[item.item] = place[self.values[self.row_of[item.item]].view(np.uint16)]
        return self._chosen[item.item]

    def option_values(self, item: Item) -> NDArray[np.int16]:
        """Scale positions of the item's options, ascending."""
        values = [point.value for point in self.options[item.item] if point.value is not None]
        return np.unique(np.array(values, dtype=np.int16))

    def option_scores(self, item: Item) -> NDArray[np.float64]:
        """Score of each option, 0-100, and NaN for no answer as the last entry (methods S1).

        ``100 (value - min) / (max - min)`` over the scale's declared answers; reversed: ``100 - s``.
        """
        return np.append(score_options(self.option_values(item), reverse=item.reverse), np.nan)

    def option_is_favourable(self, item: Item) -> NDArray[np.bool_]:
        """Which options are favourable; of a reversed item, those its scale calls unfavourable."""
        wanted = "no" if item.reverse else "yes"
        marks = [point.value for point in self.options[item.item] if point.favourable == wanted]
        return np.isin(self.option_values(item), np.array(marks, dtype=np.int16))

    def count_options(self, item: Item, people: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        """How many people of each group chose each option: groups × options, of all people or of some."""
        chosen, options_n = self.choose_options(item), len(self.option_values(item)) + 1
        group_of = self.group_of
        if people is not None:
            chosen, group_of = chosen[people], group_of[people]
        cells = np.bincount(group_of * options_n + chosen, minlength=len(self.groups) * options_n)
        return cells.reshape(len(self.groups), options_n)[:, :-1]


def tabulate_answers(answers: pd.DataFrame, definitions: Definitions, year: int) -> AnswerMatrix:
    """Put one year's individual answers into a matrix; answers given as a group are left aside.

    Raises:
        UserError: ``answers_invalid`` for an item the year did not ask, or a value its scale lacks.
    """
    coded, wave = code_answers(answers, definitions, year), definitions.waves[year]
    columns = ("group", "respondent", "item", "value")
    group, respondent, item, value = (getattr(coded, name) for name in columns)
    starts = _find_starts(group, respondent)
    people = _number_people(group[starts], respondent[starts])
    if (people[1:] <= people[:-1]).any():  # stored tables are sorted already
        order = np.argsort(_number_people(group, respondent), kind="stable")
        group, respondent, item, value = (column[order] for column in (group, respondent, item, value))
        starts = _find_starts(group, respondent)
    values = np.full((len(wave.items), len(starts)), NO_ANSWER, dtype=np.int16)
    person = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(starts, append=len(item)))
    for start in range(0, len(item), CHUNK):
        part = slice(start, start + CHUNK)
        values[item[part], person[part]] = value[part]
    used, group_of = np.unique(group[starts], return_inverse=True)
    groups = tuple(str(coded.groups[code]) for code in used)
    return AnswerMatrix(
        values=values,
        row_of={row.item: position for position, row in enumerate(wave.items)},
        groups=groups,
        group_of=group_of,
        respondents=pd.Categorical.from_codes(respondent[starts], categories=coded.respondents),
        left_out=_mark_left_out(definitions, groups, wave.items),
        options={row.item: wave.answer_points(row) for row in wave.items},
        several_groups=wave.wave.several_groups,
    )


def _find_starts(group: Codes, respondent: Codes) -> NDArray[np.intp]:
    """The rows at which another person's answers begin."""
    begins = np.ones(len(group), dtype=bool)
    begins[1:] = (respondent[1:] != respondent[:-1]) | (group[1:] != group[:-1])
    return np.flatnonzero(begins)


def _number_people(group: Codes, respondent: Codes) -> NDArray[np.int64]:
    """One number per person and group, ascending by group."""
    return group.astype(np.int64) * (int(respondent.max(initial=0)) + 1) + respondent


def _mark_left_out(definitions: Definitions, groups: tuple[str, ...], items: tuple[Item, ...]) -> NDArray[np.bool_]:
    marks = np.zeros((len(groups), len(items)), dtype=bool)
    for row, code in enumerate(groups):
        if group := definitions.group_by_code.get(code):
            marks[row] = [item.principle in group.optional_parts for item in items]
    return marks
