"""Scores of the answers to one item (methods S1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def score_options(values: ArrayLike, *, reverse: bool) -> NDArray[np.float64]:
    """Score of each answer option, 0-100: ``100 (value - min) / (max - min)``; reversed: ``100 - s``.

    Args:
        values: scale positions of the declared answers, ascending, at least two.
        reverse: agreeing is unfavourable.

    Raises:
        ValueError: fewer than two different answers.

    Source: Civil Service People Survey 2018, technical guide, p. 12.
    """
    positions = np.asarray(values, dtype=np.float64)
    if len(positions) < 2 or positions[-1] == positions[0]:
        raise ValueError("a scale needs two different answers or more")
    scores = 100 * (positions - positions[0]) / (positions[-1] - positions[0])
    return 100 - scores if reverse else scores


def answers_needed(items_n: int) -> int:
    """Fewest answered items that give a person a score: the half rule.

    ``ceil(k / 2)``, and at least 2 when there are 2 or more (Fairclough & Cella 1996, JNCI 88; methods
    S2). "Not applicable" does not lower k.
    """
    return max(math.ceil(items_n / 2), min(items_n, 2), 1)
