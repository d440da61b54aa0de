"""Scores of the whole community by declared cuts: every person once, the level view (methods S5, S6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.measures import list_measures
from pipeline.score.person_scores import score_people
from pipeline.score.principles import NO_INTERVAL, count_points
from pipeline.stats.level_view import estimate_level
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.cuts import Cut
from schemas.definitions import ALL
from schemas.tables import TABLES

Codes = NDArray[np.int16]


def categorise_people(
    matrix: AnswerMatrix, cut_members: pd.DataFrame, definitions: Definitions, year: int
) -> dict[str, Codes]:
    """Per cut, the category of each person of the matrix as a position in ``Cut.codes``.

    Args:
        matrix: the year's answers, or those of some groups.
        cut_members: the year's ``cut_members``; whoever is missing there did not say.
        definitions: the programme.
        year: the survey year.
    """
    cuts = definitions.waves[year].cuts
    if not cuts or not len(cut_members):
        return {cut.cut: np.full(matrix.people_n, len(cut.codes) - 1, dtype=np.int16) for cut in cuts}
    respondents_n = max(len(matrix.respondents.categories), 1)
    key = matrix.group_of.astype(np.int64) * respondents_n + matrix.respondents.codes
    order = None if (key[1:] >= key[:-1]).all() else np.argsort(key)
    ordered = key if order is None else key[order]
    group = _translate(cut_members["group"], pd.Index(matrix.groups))
    respondent = _translate(cut_members["respondent"], pd.Index(matrix.respondents.categories))
    wanted = np.where((group < 0) | (respondent < 0), -1, group * respondents_n + respondent)
    found = {}
    for cut in cuts:
        rows = np.flatnonzero((cut_members["cut"] == cut.cut).to_numpy())
        place = np.minimum(np.searchsorted(ordered, wanted[rows]), max(len(ordered) - 1, 0))
        there = ordered[place] == wanted[rows] if len(ordered) else np.zeros(len(rows), dtype=bool)
        codes = np.full(matrix.people_n, len(cut.codes) - 1, dtype=np.int16)
        at = place[there] if order is None else order[place[there]]
        category = _translate(cut_members["category"].iloc[rows], pd.Index(cut.codes))
        codes[at] = np.where(category < 0, len(cut.codes) - 1, category)[there]
        found[cut.cut] = codes
    return found


def _translate(column: pd.Series[Any], words: pd.Index[Any]) -> NDArray[np.int64]:
    """Position of each entry among ``words``, -1 where it is not one of them."""
    table = np.append(words.get_indexer(column.cat.categories), -1)
    return np.asarray(table[column.cat.codes], dtype=np.int64)


def score_cuts(
    matrix: AnswerMatrix, categories: Mapping[str, Codes], responses: pd.DataFrame, definitions: Definitions, year: int
) -> pd.DataFrame:
    """Score every category of every cut on every principle, part and overarching question.

    Single questions are left out: their counts by category would tell too much of too few. The interval has the
    finite-population correction where the category's eligible number is known, counts people, and nobody without
    an invitation could answer.

    Args:
        matrix: the year's answers.
        categories: see ``categorise_people``.
        responses: the year's ``responses``.
        definitions: the programme.
        year: the survey year.

    Returns:
        The ``cut_scores`` table.
    """
    rows: list[dict[str, Any]] = []
    people = matrix.positions(matrix.groups)
    why_not = _explain_no_correction(responses, definitions, year)
    seed = definitions.programme.change.seed
    for measure in list_measures(definitions, year):
        if measure.kind == "item" or not measure.items or not categories:
            continue
        scores = score_people(matrix, measure.items)[people]
        known = ~np.isnan(scores)
        for cut in definitions.waves[year].cuts:
            codes = categories[cut.cut][people][known]
            order = np.argsort(codes, kind="stable")
            values, ends = scores[known][order], np.searchsorted(codes[order], np.arange(len(cut.codes) + 1))
            for at, category in enumerate(cut.codes):
                own, eligible = values[ends[at] : ends[at + 1]], _eligible(cut, category)
                estimate = _estimate(own, eligible, why_not, points_n=count_points(matrix, measure), seed=seed)
                rows.append(
                    {"wave": str(year), "cut": cut.cut, "category": category, "kind": measure.kind}
                    | {"measure": measure.code}
                    | estimate
                )
    columns = list(TABLES["cut_scores"].to_schema().columns)
    return arrange(pd.DataFrame(rows, columns=columns), "cut_scores")


def _eligible(cut: Cut, category: str) -> int | None:
    return next((row.eligible for row in cut.categories if row.category == category), None)


def _explain_no_correction(responses: pd.DataFrame, definitions: Definitions, year: int) -> str:
    """Why nobody's eligible number can be used; blank where it can."""
    whole = responses[responses["group"] == ALL]
    if len(whole) and str(whole["unit"].iloc[0]) != "person":
        return "the roster counts people, the answers do not"
    if any(row.access == "open" for row in definitions.waves[year].roster):
        return "the link was open to anybody"
    if definitions.waves[year].wave.level == "group":
        return "groups answered as a whole"
    return ""


def _estimate(
    values: NDArray[np.float64], eligible: int | None, why_not: str, *, points_n: int | None, seed: int
) -> dict[str, Any]:
    if eligible is not None and len(values) > eligible:
        eligible, why_not = None, "more people answered than could, by the roster"
    elif eligible is None:
        why_not = "nobody has said how many could answer"
    eligible = None if why_not else eligible
    found = estimate_level(values, eligible, points_n=points_n, seed=seed)
    modal = int(np.unique(np.round(values, 6), return_counts=True)[1].max()) if len(values) else None
    reason = f"no finite-population correction: {why_not}" if found.view == "process" else ""
    reason = NO_INTERVAL.get(found.method, reason)
    return {
        "n": found.n, "eligible": eligible, "mean": found.mean, "se": found.se, "ci_low": found.ci_low,
        "ci_high": found.ci_high, "view": found.view, "modal_n": modal, "method": found.method,
        "reason": reason if found.n else "nobody answered enough of its items",
    }  # fmt: skip


def tabulate_atoms(
    matrix: AnswerMatrix,
    categories: Mapping[str, Codes],
    definitions: Definitions,
    year: int,
    scores: NDArray[np.float64],
    weights: Mapping[str, NDArray[np.float64]],
) -> pd.DataFrame:
    """People who are alike in everything that publications tell apart: what disclosure control works with.

    Args:
        matrix: the year's answers.
        categories: see ``categorise_people``.
        definitions: the programme.
        year: the survey year.
        scores: of one measure, per person of the matrix; NaN where there is none.
        weights: per weighted figure, the weight of each person of the matrix.

    Returns:
        One row per combination that occurs: ``group``, ``cut:CODE`` …, ``n`` and ``weight:…`` (the weight that
        each of its people has in that figure).
    """
    people = matrix.positions(matrix.groups)
    people = people[~np.isnan(scores[people])]
    cuts = definitions.waves[year].cuts
    key = matrix.group_of[people].astype(np.int64)
    for cut in cuts:
        key = key * len(cut.codes) + categories[cut.cut][people]
    _, first, n = np.unique(key, return_index=True, return_counts=True)
    at = people[first]
    out: dict[str, Any] = {"group": np.array(matrix.groups, dtype=object)[matrix.group_of[at]]}
    for cut in cuts:
        out[f"cut:{cut.cut}"] = np.array(cut.codes, dtype=object)[categories[cut.cut][at]]
    out["n"] = n
    return pd.DataFrame(out | {f"weight:{name}": weight[at] for name, weight in weights.items()})
