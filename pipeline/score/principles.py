"""The scores of one wave: items, principles, parts and the overarching question (methods S1-S6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.measures import Measure, Unit, list_measures, list_units
from pipeline.score.person_scores import score_people
from pipeline.score.responses import NO_RATE, explain_absence
from pipeline.stats.finite_population import MeanEstimate, estimate_mean, possible_range
from pipeline.stats.level_view import estimate_level
from pipeline.stats.pooling import combine_errors
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import NO_GROUP
from schemas.methods import EQUAL_FROM

EMPTY = (
    "eligible", "mean", "se", "ci_low", "ci_high", "possible_low", "possible_high",
    "favourable_n", "answers_n", "mean_of_items", "modal_n",
)  # fmt: skip
NO_INTERVAL = {
    "mean_only": "no interval: one answer",
    "mean_no_spread": "no interval: the answers show no differences to compute one from",
}


def score_wave(
    answers: pd.DataFrame | AnswerMatrix, responses: pd.DataFrame, definitions: Definitions, year: int,
    *, roll_ups_only: bool = False, only: Collection[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Score every group on every measure; the level view.

    A group's score is the mean of its people's scores. Its interval has the finite-population correction
    where ``responses`` could compute a rate, because a rate needs just what the correction needs: a known
    eligible number, in the unit that answers, behind a controlled link. ``favourable_n`` and ``answers_n``
    count all answers to the measure's items, also of people with too few of them for a score of their own.

    Args:
        answers: the ``answers`` table of the year, or its matrix; group statements are left aside.
        responses: the ``responses`` table of the year.
        definitions: the programme.
        year: the survey year.
        roll_ups_only: leave the groups' own scores aside.
        only: codes of the measures to score; all when left out.

    Returns:
        The ``scores`` table, basis all, weighting none.
    """
    matrix = answers if isinstance(answers, AnswerMatrix) else tabulate_answers(answers, definitions, year)
    units = list_units(definitions, year, matrix.groups)
    if roll_ups_only:
        units = tuple(unit for unit in units if unit.aggregation != "own")
    facts = responses.astype({"group": "str"}).set_index("group").to_dict("index")
    of_group = {group.group: matrix.positions([group.group]) for group in definitions.groups}
    people = {unit: matrix.positions(unit.members) for unit in units if unit.aggregation != "groups_equal"}
    rows: list[dict[str, Any]] = []
    seed = definitions.programme.change.seed
    for measure in list_measures(definitions, year):
        if only is not None and measure.code not in only:
            continue
        scores = score_people(matrix, measure.items)
        sums = _sum_answers(matrix, measure)
        estimates = {group: estimate_mean(_scored(scores[columns])) for group, columns in of_group.items()}
        for unit in units:
            if unit.aggregation == "groups_equal":
                row = _average_groups([estimates[group] for group in unit.members])
            else:
                row = _score_people_of(
                    _scored(scores[people[unit]]), facts.get(unit.group, {}), count_points(matrix, measure), seed
                )
                overlapping = matrix.several_groups and len(unit.members) > 1
                once = _sum_answers(matrix, measure, people[unit]) if overlapping else sums
                row |= _pool_answers(once, np.isin(matrix.groups, list(unit.members)))
                if row["n"] == 0:
                    row["reason"] = _explain_nothing(matrix, measure, unit, definitions, year)
            rows.append(
                {"wave": str(year), "group": unit.group, "kind": measure.kind, "measure": measure.code}
                | {"aggregation": unit.aggregation, "basis": "all", "weighting": "none"}
                | row
            )
    return arrange(pd.DataFrame(rows), "scores")


def _scored(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return scores[~np.isnan(scores)]


def count_points(matrix: AnswerMatrix, measure: Measure) -> int | None:
    """Points of a single item's scale where they are equally spaced; null otherwise."""
    if len(measure.items) != 1:
        return None
    values = [point.value for point in matrix.options[measure.items[0].item] if point.value is not None]
    return len(values) if np.ptp(np.diff(sorted(values))) == 0 else None


def _score_people_of(
    values: NDArray[np.float64], facts: dict[str, Any], points_n: int | None, seed: int
) -> dict[str, Any]:
    eligible, reason = usable_eligible(facts)
    if eligible is not None and len(values) > eligible:
        eligible, reason = None, "more people answered than could, by the roster"
    estimate = estimate_level(values, eligible, points_n=points_n, seed=seed)
    low, high = possible_range(estimate.n, estimate.mean, eligible) if eligible else (None, None)
    if estimate.view == "process":
        reason = f"no finite-population correction: {reason}"
    elif estimate.view != "none" or estimate.n:
        reason = NO_INTERVAL.get(estimate.method, "")
    return {
        "n": estimate.n, "eligible": eligible, "mean": estimate.mean, "se": estimate.se,
        "ci_low": estimate.ci_low, "ci_high": estimate.ci_high, "possible_low": low, "possible_high": high,
        "view": estimate.view, "modal_n": _count_most_frequent(values), "method": estimate.method, "reason": reason,
    }  # fmt: skip


def usable_eligible(facts: dict[str, Any]) -> tuple[int | None, str]:
    """The eligible number where a rate could be computed, else why not."""
    if facts and not pd.isna(facts["rate"]) and facts["eligible"] > 0:
        return int(facts["eligible"]), ""
    reason = str(facts.get("reason", "")).removeprefix(NO_RATE)
    return None, reason or "nobody has said how many could answer"


def _count_most_frequent(values: NDArray[np.float64]) -> int | None:
    if not len(values):
        return None
    return int(np.unique(np.round(values, 6), return_counts=True)[1].max())


def _explain_nothing(matrix: AnswerMatrix, measure: Measure, unit: Unit, definitions: Definitions, year: int) -> str:
    if not measure.items:
        return f"no item of {year} asks about it"
    group = definitions.group_by_code.get(unit.group)
    if group and all(item.principle in group.optional_parts for item in measure.items) and measure.kind != "item":
        return "the group chose to leave this part out"
    if not len(matrix.positions(unit.members)) and unit.group != NO_GROUP:
        return explain_absence(definitions, year, unit.group)
    return "nobody answered enough of its items"


def _sum_answers(matrix: AnswerMatrix, measure: Measure, people: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """Answers, favourable answers and sum of scores of all people, or of some: 3 × items × groups."""
    sums = np.zeros((3, len(measure.items), len(matrix.groups)))
    for row, item in enumerate(measure.items):
        counts = matrix.count_options(item, people)
        if measure.kind != "item":
            counts = np.where(matrix.left_out[:, [matrix.row_of[item.item]]], 0, counts)
        sums[0, row] = counts.sum(axis=1)
        sums[1, row] = counts @ matrix.option_is_favourable(item)
        sums[2, row] = counts @ matrix.option_scores(item)[:-1]
    return sums


def _pool_answers(sums: NDArray[np.float64], members: NDArray[np.bool_]) -> dict[str, Any]:
    answers, favourable, totals = sums[:, :, members].sum(axis=2)
    asked = answers > 0
    means = np.clip(totals[asked] / answers[asked], 0.0, 100.0)
    return {
        "favourable_n": int(favourable.sum()),
        "answers_n": int(answers.sum()),
        "mean_of_items": min(float(means.mean()), 100.0) if len(means) else None,
    }


def _average_groups(estimates: Sequence[MeanEstimate]) -> dict[str, Any]:
    """Each group counting once: plain mean of the scores of groups with at least ``EQUAL_FROM`` people."""
    groups = [estimate for estimate in estimates if estimate.n >= EQUAL_FROM]
    row: dict[str, Any] = dict.fromkeys(EMPTY)
    row |= {"n": len(groups), "view": "none", "method": "none"}
    if len(groups) < 2:
        return row | {"reason": f"fewer than two groups have at least {EQUAL_FROM} people scored"}
    mean = float(np.mean([group.mean for group in groups]))
    variances = np.array([[(group.se or 0.0) ** 2] for group in groups])
    se, df = combine_errors(variances, np.array([[float(group.n)] for group in groups]))
    row |= {"mean": min(mean, 100.0), "se": se, "method": "mean_groups_equal"}
    if df is None:
        return row | {"reason": NO_INTERVAL["mean_no_spread"]}
    reach = float(stdtrit(df, 0.975)) * se
    ends = {"ci_low": max(mean - reach, 0.0), "ci_high": min(mean + reach, 100.0)}
    return row | ends | {"view": "process", "reason": ""}
