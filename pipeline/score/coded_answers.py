"""One wave's individual answers as integers, checked against the wave's items and scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.store.definitions import Definitions
from pipeline.store.errors import user_error
from pipeline.store.long_frames import CHUNK, look_up
from schemas.tables import KINDS

NO_ANSWER = np.iinfo(np.int16).min
"""Stands in ``value`` where a person gave no answer on the scale."""


@dataclass(frozen=True)
class CodedAnswers:
    """Rows of ``answers`` of level individual; all arrays have one entry per row.

    Attributes:
        group: position in ``groups``.
        respondent: position in ``respondents``.
        item: position in the wave's items.
        kind: position in ``schemas.tables.KINDS``.
        value: scale position before reversal, ``NO_ANSWER`` unless the kind is answer.
    """

    groups: pd.Index[Any]
    respondents: pd.Index[Any]
    group: NDArray[np.integer[Any]]
    respondent: NDArray[np.integer[Any]]
    item: NDArray[np.int16]
    kind: NDArray[np.int16]
    value: NDArray[np.int16]


def code_answers(answers: pd.DataFrame, definitions: Definitions, year: int) -> CodedAnswers:
    """Turn the ``answers`` table of one year into integers; group statements are left aside.

    Raises:
        UserError: ``answers_invalid`` for an item the year did not ask, or a value its scale lacks.
    """
    group, respondent = _categorical(answers["group"]), _categorical(answers["respondent"])
    item, kind, level = (_categorical(answers[name]) for name in ("item", "kind", "level"))
    value = pd.array(answers["value"], dtype="Int16").to_numpy(dtype=np.int16, na_value=NO_ANSWER)
    individual = _look_up(level, ["individual"]) == 0
    rows = slice(None) if individual.all() else np.flatnonzero(individual)
    kinds = _look_up(kind, KINDS)[rows]
    coded = CodedAnswers(
        groups=group.categories,
        respondents=respondent.categories,
        group=group.codes[rows],
        respondent=respondent.codes[rows],
        item=_look_up(item, [row.item for row in definitions.waves[year].items])[rows],
        kind=kinds,
        value=np.where(kinds == KINDS.index("answer"), value[rows], np.int16(NO_ANSWER)),
    )
    if (coded.item < 0).any() or (coded.kind < 0).any():
        raise user_error("answers_invalid", f"The answers of {year} hold an item or kind that is not declared")
    _refuse_unknown_values(coded, definitions, year)
    return coded


def _refuse_unknown_values(coded: CodedAnswers, definitions: Definitions, year: int) -> None:
    wave = definitions.waves[year]
    declared = [np.array([point.value for point in wave.answer_points(item)]) for item in wave.items]
    low, high = int(min(values.min() for values in declared)), int(max(values.max() for values in declared))
    known = np.zeros((len(declared), high - low + 3), dtype=bool)  # the ends: lower and higher than any scale
    for row, values in enumerate(declared):
        known[row, values - low + 1] = True
    for start in range(0, len(coded.value), CHUNK):
        part = slice(start, start + CHUNK)
        fits = known[coded.item[part], np.clip(coded.value[part], low - 1, high + 1) - (low - 1)]
        if not (fits | (coded.kind[part] != KINDS.index("answer"))).all():
            raise user_error("answers_invalid", f"An answer of {year} has a value that its scale does not declare")


def _categorical(column: pd.Series[Any]) -> Any:
    return column.array if isinstance(column.dtype, pd.CategoricalDtype) else pd.Categorical(column.astype("str"))


def _look_up(column: Any, words: Sequence[str]) -> NDArray[np.int16]:
    """Position of each entry in ``words``, -1 where it is not among them."""
    positions = {word: position for position, word in enumerate(words)}
    table = np.array([positions.get(str(word), -1) for word in column.categories] + [-1], dtype=np.int16)
    return look_up(table, column.codes)
