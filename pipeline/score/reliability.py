"""Whether a principle's questions belong together, and whether a group has a view of its own (methods S13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.coded_answers import NO_ANSWER
from pipeline.score.measures import Measure, list_measures, list_units
from pipeline.score.person_scores import score_people
from pipeline.stats.agreement import intraclass_correlations, within_group_agreement
from pipeline.stats.reliability import (
    SMALLEST_ITEMS,
    SMALLEST_N,
    SMALLEST_N_OF_GROUP,
    ItemProducts,
    measure_reliability,
    sum_products,
)
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import ALL, NO_GROUP, Item

GROUP_FROM, GROUPS_FROM = 10, 3
"""People from which a group counts in the agreement across groups, and such groups that it needs."""

Array = NDArray[np.float64]
SHARED_PEOPLE = "people may count in several groups"


def measure_principles(matrix: AnswerMatrix, definitions: Definitions, year: int) -> pd.DataFrame:
    """Alpha and omega of every principle, and how far people within groups agree.

    The row of the whole community pools within groups: each group's means are removed, so that groups that
    differ do not make questions look alike. Only people with a score on the principle count, so that ``n`` is the
    n of the score.

    Args:
        matrix: the year's answers.
        definitions: the programme.
        year: the survey year.

    Returns:
        The ``reliability`` table: every group that answers itself, and ``_all``, on every principle.
    """
    groups = [unit.group for unit in list_units(definitions, year, matrix.groups) if unit.aggregation == "own"]
    rows: list[dict[str, Any]] = []
    for measure in list_measures(definitions, year):
        if measure.kind != "principle":
            continue
        head = {"wave": str(year), "measure": measure.code, "items_n": len(measure.items)}
        found = _Principle(matrix, measure) if measure.items and matrix.groups else None
        rows += [head | {"group": group} | _describe_group(found, group) for group in groups if group != NO_GROUP]
        rows.append(head | {"group": ALL} | _describe_community(found))
    return arrange(pd.DataFrame(rows), "reliability")


class _Principle:
    """Sums over the people of each group, for one principle."""

    def __init__(self, matrix: AnswerMatrix, measure: Measure) -> None:
        alike, people = merge_alike_people(matrix, measure.items)
        scores = score_people(alike, measure.items)
        scored = ~np.isnan(scores)
        self.groups, self.shares_people = matrix.groups, matrix.several_groups
        counted, group_of = np.where(scored, people, 0.0), alike.group_of
        self.n = np.bincount(group_of, counted, len(self.groups)).astype(np.int64)
        sums = np.bincount(group_of, counted * np.nan_to_num(scores), len(self.groups))
        self.means = np.divide(sums, self.n, out=np.zeros(len(self.n)), where=self.n > 0)
        about = np.where(scored, scores - self.means[group_of], 0.0)
        squares = np.bincount(group_of, counted * about**2, len(self.groups))
        self.variances = np.divide(squares, self.n - 1, out=np.full(len(self.n), np.nan), where=self.n > 1)
        values = np.full((alike.people_n, len(measure.items)), np.nan)
        for column, item in enumerate(measure.items):
            use = scored & ~alike.left_out[group_of, alike.row_of[item.item]]
            values[use, column] = alike.option_scores(item)[alike.choose_options(item)[use]]
        self.products = sum_products(values, group_of, len(self.groups), people=people)
        self.even = np.array([np.var(matrix.option_scores(item)[:-1]) for item in measure.items])

    @property
    def within(self) -> float | None:
        """Variance of the people's scores within groups."""
        known = self.n > 1
        df = int((self.n[known] - 1).sum())
        return float((self.n[known] - 1) @ self.variances[known]) / df if df else None


def merge_alike_people(matrix: AnswerMatrix, items: Sequence[Item]) -> tuple[AnswerMatrix, Array]:
    """One column for all people of a group who gave the same answers to ``items``, and how many they are.

    Thousands of people give far fewer combinations of answers, and sums over them are as exact. The columns are
    nobody's: the result has no respondents.
    """
    cell, size = matrix.group_of.astype(np.int64), len(matrix.groups)
    limit = max(4 * matrix.people_n, 1000)
    steps: list[tuple[Item, NDArray[np.int16], NDArray[np.int64] | None]] = []
    for item in items:
        options, used = np.append(matrix.option_values(item), np.int16(NO_ANSWER)), None
        cell = cell * len(options) + matrix.choose_options(item)
        size *= len(options)
        if size > limit:  # most cells are empty: number the others
            used, cell = np.unique(cell, return_inverse=True)
            size = len(used)
        steps.append((item, options, used))
    people = np.bincount(cell, minlength=size)
    cells = np.flatnonzero(people)
    counted = people[cells].astype(np.float64)
    values = np.full((len(matrix.values), len(cells)), NO_ANSWER, dtype=np.int16)
    for item, options, used in reversed(steps):
        cells, option = np.divmod(cells if used is None else used[cells], len(options))
        values[matrix.row_of[item.item]] = options[option]
    return replace(matrix, values=values, group_of=cells, respondents=matrix.respondents[:0], _chosen={}), counted


def _describe_group(found: _Principle | None, group: str) -> dict[str, Any]:
    if found is None or group not in found.groups:
        return {"n": 0, "variance": None, **_consistency(None, 0, SMALLEST_N_OF_GROUP), **_agreement(None)}
    at = found.groups.index(group)
    n, variance = int(found.n[at]), float(found.variances[at])
    told = _consistency(found.products.take(at), n, SMALLEST_N_OF_GROUP)
    return {"n": n, "variance": None if n < 2 else variance, **told, **_agreement(None)}


def _describe_community(found: _Principle | None) -> dict[str, Any]:
    if found is None:
        return {"n": 0, "variance": None, **_consistency(None, 0, SMALLEST_N), **_agreement(None)}
    n = int(found.n.sum())
    if found.shares_people and len(found.groups) > 1:
        nothing = _consistency(None, n, SMALLEST_N) | {"reason": f"not computable: {SHARED_PEOPLE}"}
        return {"n": n, "variance": None, **nothing, **_agreement(None)}
    told, agreement = _consistency(found.products, n, SMALLEST_N), _agreement(found)
    methods = [name for name in (told["method"], agreement.pop("method", "none")) if name != "none"]
    reasons = [why for why in (told["reason"], agreement.pop("reason", "")) if why]
    told |= {"method": "+".join(methods) or "none", "reason": "; ".join(reasons)}
    return {"n": n, "variance": found.within, **told, **agreement}


def _consistency(products: ItemProducts | None, n: int, smallest_n: int) -> dict[str, Any]:
    """Alpha, its interval and omega, or why there are none."""
    nothing = dict.fromkeys(("alpha", "ci_low", "ci_high", "omega")) | {"method": "none"}
    if products is None or n == 0:
        return nothing | {"reason": "no alpha: nobody was scored"}
    if products.items_n < SMALLEST_ITEMS:
        return nothing | {"reason": f"no alpha: it needs at least {SMALLEST_ITEMS} questions"}
    if n < smallest_n:
        where = " in a single group" if smallest_n == SMALLEST_N_OF_GROUP else ""
        return nothing | {"reason": f"no alpha: it needs at least {smallest_n} people{where}"}
    found = measure_reliability(products)
    if found is None:
        return nothing | {"reason": "no alpha: the answers differ too little to compute it from"}
    return {
        "alpha": min(found.alpha, 1.0), "ci_low": min(found.ci_low, 1.0), "ci_high": min(found.ci_high, 1.0),
        "omega": found.omega,
        "method": "alpha_within" if found.omega is None else "alpha_within+omega_total",
        "reason": "no omega: no single common factor can be fitted" if found.omega is None else "",
    }  # fmt: skip


def _agreement(found: _Principle | None) -> dict[str, Any]:
    """r_wg(j) and the intraclass correlations over groups with enough people, or why there are none."""
    nothing: dict[str, Any] = dict.fromkeys(("r_wg", "icc1", "icc2"))
    if found is None:
        return nothing
    named = np.array([group != NO_GROUP for group in found.groups], dtype=bool)
    counted = named & (found.n >= GROUP_FROM)
    if counted.sum() < GROUPS_FROM:
        few = f"no agreement across groups: it needs {GROUPS_FROM} groups with at least {GROUP_FROM} people"
        return nothing | {"reason": few}
    agreed = within_group_agreement(found.products.item_variances()[counted], found.even)
    icc = intraclass_correlations(found.means[counted], found.variances[counted], found.n[counted])
    icc1, icc2 = icc or (None, None)
    why = "" if icc else "no intraclass correlation: all have the same score"
    return {"r_wg": float(np.median(agreed)), "icc1": icc1, "icc2": icc2, "method": "rwg_icc", "reason": why}
