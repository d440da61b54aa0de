"""Each person's score on each principle (methods S2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.measures import list_measures
from pipeline.stats.item_scores import answers_needed
from pipeline.store.definitions import Definitions
from schemas.definitions import Item


def score_people(matrix: AnswerMatrix, items: Sequence[Item]) -> NDArray[np.float64]:
    """Mean of each person's answered items, 0-100; NaN where fewer were answered than needed.

    Items of a part that the person's group chose to leave out count neither as answered nor as asked.

    Args:
        matrix: the wave's answers.
        items: the items of one principle, or those it has in common with another year.

    Returns:
        One score per person of the matrix.
    """
    total = np.zeros(matrix.people_n)
    answered = np.zeros(matrix.people_n, dtype=np.int16)
    for item in items:
        scores, options_n = matrix.option_scores(item), len(matrix.option_values(item))
        chosen = matrix.choose_options(item)
        left_out = matrix.left_out[:, matrix.row_of[item.item]]
        if left_out.any():
            chosen = np.where(left_out[matrix.group_of], options_n, chosen)
        total += np.nan_to_num(scores)[chosen]
        answered += chosen < options_n
    rows = [matrix.row_of[item.item] for item in items]
    asked = len(items) - matrix.left_out[:, rows].sum(axis=1)
    needed = np.array([answers_needed(int(k)) for k in asked], dtype=np.int16)[matrix.group_of]
    means = np.divide(total, answered, out=np.full(matrix.people_n, np.nan), where=answered >= needed)
    return np.clip(means, 0.0, 100.0)  # a mean of thirds can pass 100 by the last bit


def person_scores(answers: pd.DataFrame, definitions: Definitions, year: int) -> pd.DataFrame:
    """Scores of all people of a wave.

    Args:
        answers: the ``answers`` table of one year.
        definitions: the programme.
        year: the survey year.

    Returns:
        One row per group and respondent (the index), one column per principle, part and overarching
        question, points of 100, NaN where a person cannot be scored.
    """
    matrix = tabulate_answers(answers, definitions, year)
    group = pd.Categorical.from_codes(matrix.group_of.tolist(), categories=list(matrix.groups))
    index = pd.MultiIndex.from_arrays([group, matrix.respondents], names=["group", "respondent"])
    measures = [measure for measure in list_measures(definitions, year) if measure.kind != "item"]
    return pd.DataFrame({measure.code: score_people(matrix, measure.items) for measure in measures}, index=index)
