"""Rating questions whose favourable end may be the other one: by their wording, or because their answers run against
those of the questions beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.draft._clusters import ROWS_LOOKED_AT, Cluster, Column
from pipeline.ingest.draft._headers import asks_for_chance, name_row, names_welcome, sounds_negative
from pipeline.ingest.draft._options import ScaleDraft
from pipeline.ingest.readers import RawTable
from pipeline.store.labels import normalise_label

NEGATIVE = "Is the wording negative, so that its scale runs the other way (reverse)?"
CHANCE = "Is it good when people find this likely? It was marked so"
AGAINST = (
    "Does this statement run the other way (reverse)? Its answers fall, or hardly rise, where those beside it rise"
)
STATEMENTS = ("agree", "truth", "rating")
"""Scales on which a negative wording turns the favourable end around."""
END_NAMED = ("satisfied", "quality", "easy", "useful", "effective", "clear", "pleasant", "comfortable", "like", "face",
             "expectations", "met", "view", "appropriate", "trust", "burden", "amount")  # fmt: skip
"""Scales whose own labels say which end is good, whatever was asked."""
FEWEST_PEOPLE, FEWEST_SIBLINGS = 10, 2
TYPICAL, CLEAR = 0.2, 2.0
"""Siblings hang together from this correlation on, and from so many of its standard errors."""
MOST_EXACT = 12
"""With more columns, siblings are not computed anew without each."""
FAR_LESS = 0.5
"""Share of the siblings' correlation below which even the upper bound of an item's own lies."""
Z_95 = 1.6448536269514722


def doubt_directions(cluster: Cluster, draft: ScaleDraft, table: RawTable, language: str) -> dict[int, str]:
    """What to ask about the direction of a cluster's questions, by position."""
    if cluster.coded or cluster.key[0] == "unread":
        return {}
    family = str(cluster.key[1]).split("+")[-1] if cluster.key[0] == "words" else "rating"
    if family in END_NAMED:
        return {}
    tongues = {language, *_shared_languages(cluster)}
    doubts = {column.position: AGAINST for column in _find_against(cluster, draft, table)}
    if len(cluster.columns) == 1 and any("favourable?" in question for question in draft.questions):
        return {}  # the scale asks the same
    for column in cluster.columns:
        if asked := _read_wording(column, family, tongues):
            doubts[column.position] = asked
    return doubts


def _read_wording(column: Column, family: str, tongues: set[str]) -> str:
    own = name_row(column.header, column.question)
    roles = ("reverse", "unwelcome") if family in (*STATEMENTS, "likely") else ("unwelcome",)
    end_named = bool(column.stated.ends.direction) or any(o.reading.family in END_NAMED for o in column.answers)
    whole = family in ("rating", "likely") and not end_named
    if sounds_negative(own, tongues, roles) or (whole and sounds_negative(column.header, tongues, ("unwelcome",))):
        return NEGATIVE
    chance = family == "likely" or (whole and asks_for_chance(column.header))
    return CHANCE if chance and not names_welcome(column.header, tongues) else ""


def _shared_languages(cluster: Cluster) -> frozenset[str]:
    """Languages that all labels can be of, where the labels leave no more than a few."""
    spoken = [option.reading.languages for option in cluster.pool() if option.reading.languages]
    shared = frozenset.intersection(*spoken) if spoken else frozenset()
    return shared if len(shared) <= 3 else frozenset()


def _find_against(cluster: Cluster, draft: ScaleDraft, table: RawTable) -> list[Column]:
    """Columns that fall where the rest of their scale rises, or rise far less than their siblings do.

    Siblings must hang together for that to say something: their mean correlation, each with the mean of the
    others, is at least 0.2 and at least two standard errors. 'Far less': the upper 95 % bound of a column's
    correlation (Fisher's z) is below half of theirs.
    """
    if len(cluster.columns) <= FEWEST_SIBLINGS:
        return []
    values = {
        normalise_label(text): float(point.value)
        for point in draft.points
        if point.value is not None
        for text in (point.code, *point.label.values(), *point.aliases)
        if text
    }
    scores = np.stack([_score(table, column.position, values) for column in cluster.columns])
    own = _correlate_each(scores)
    found = []
    for at, (column, (r, n)) in enumerate(zip(cluster.columns, own, strict=True)):
        if n < FEWEST_PEOPLE:
            continue
        few = len(own) <= MOST_EXACT  # among many, one that runs the other way hardly changes what is typical
        siblings = _correlate_each(np.delete(scores, at, axis=0)) if few else [*own[:at], *own[at + 1 :]]
        typical = float(np.mean([correlation for correlation, _ in siblings]))
        if typical < max(TYPICAL, CLEAR / sqrt(n)):
            continue
        bound = tanh(atanh(min(r, 0.999)) + Z_95 / sqrt(n - 3))
        if r < 0 or bound < FAR_LESS * typical:
            found.append(column)
    return found


def _score(table: RawTable, position: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    column = table.columns[position].slice(0, ROWS_LOOKED_AT)
    points = [values.get(normalise_label(text), np.nan) for text in column.dictionary.to_pylist()]
    found: NDArray[np.float64] = np.array([*points, np.nan])[column.indices.fill_null(len(points)).to_numpy()]
    return found


def _correlate_each(scores: NDArray[np.float64]) -> list[tuple[float, int]]:
    """Each row with the mean of the others: correlation, and over how many people."""
    given = ~np.isnan(scores)
    filled = np.where(given, scores, 0.0)
    total, number = filled.sum(axis=0), given.sum(axis=0)
    found = []
    for row, value, known in zip(scores, filled, given, strict=True):
        others = number - known
        rest = np.divide(total - value, others, out=np.full(len(row), np.nan), where=others > 0)
        found.append(_correlate(row, rest))
    return found


def _correlate(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, int]:
    """Pearson's correlation over people with both, 0 where either does not vary; and their number."""
    both = ~(np.isnan(one) | np.isnan(other))
    first, second = one[both], other[both]
    if len(first) < FEWEST_PEOPLE:
        return 0.0, len(first)
    first, second = first - first.mean(), second - second.mean()
    spread = sqrt(float((first**2).sum()) * float((second**2).sum()))
    return (float((first * second).sum()) / spread if spread > 1e-9 else 0.0), len(first)
