"""The change of one principle in one group between two years, before p-values are adjusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.common_items import CommonItems, find_common_items
from pipeline.score.measures import Unit, list_units, principle_items
from pipeline.score.person_scores import score_people
from pipeline.score.responses import explain_absence
from pipeline.stats.change import Change, compare_means, infer_change
from pipeline.stats.pooling import combine_errors
from pipeline.store.definitions import Definitions
from schemas.definitions import NO_GROUP
from schemas.methods import EQUAL_FROM

NO_SPREAD = "no interval: the answers show no differences to compute one from"


@dataclass(frozen=True)
class YearPair:
    """Two years' answers to compare."""

    year_from: int
    year_to: int
    before: AnswerMatrix
    after: AnswerMatrix


@dataclass(frozen=True)
class UnitChange:
    """What happened to one principle in one unit; ``tested`` says whether a verdict may be given.

    ``n_from`` and ``n_to`` are people scored on the common items (in a break, on all items of the year);
    for ``groups_equal`` they are the groups counted.
    """

    unit: Unit
    principle: str
    n_from: int
    n_to: int
    common: CommonItems
    change: Change
    tested: bool
    reason: str


def list_changes(definitions: Definitions, pair: YearPair, *, roll_ups_only: bool = False) -> Iterator[UnitChange]:
    """Each principle of the later year for each group that existed then, testable or not."""
    present = tuple(sorted({*pair.before.groups, *pair.after.groups}))
    units = [unit for unit in list_units(definitions, pair.year_to, present) if unit.group != NO_GROUP]
    units = [unit for unit in units if unit.aggregation != "own"] if roll_ups_only else units
    places = {group: (pair.before.positions([group]), pair.after.positions([group])) for group in present}
    nobody = (np.empty(0), np.empty(0))
    overlapping = pair.before.several_groups or pair.after.several_groups
    pooled = {unit: (pair.before.positions(unit.members), pair.after.positions(unit.members)) for unit in units}
    for principle in definitions.principles(pair.year_to):
        if principle.kind != "principle":
            continue
        common = find_common_items(definitions, pair.year_from, pair.year_to, principle.principle)
        scores = _score_both_years(definitions, pair, principle.principle, common)
        by_group = {
            group: (_scored(scores[0][before]), _scored(scores[1][after])) for group, (before, after) in places.items()
        }
        for unit in units:
            samples = [by_group.get(group, nobody) for group in unit.members]
            if overlapping and unit.aggregation == "pooled":
                samples = [(_scored(scores[0][pooled[unit][0]]), _scored(scores[1][pooled[unit][1]]))]
            if unit.aggregation == "groups_equal":
                yield _change_of_groups(unit, principle.principle, common, samples)
            else:
                own_items = _common_items_of(definitions, pair, principle.principle, unit, common)
                yield _change_of_people(definitions, pair, unit, principle.principle, own_items, samples)


def _score_both_years(
    definitions: Definitions, pair: YearPair, principle: str, common: CommonItems
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Person scores on the common items; where the series breaks, on each year's own items, to count people."""
    if not common.is_break:
        return score_people(pair.before, common.items_from), score_people(pair.after, common.items_to)
    return (
        score_people(pair.before, principle_items(definitions, pair.year_from, principle)),
        score_people(pair.after, principle_items(definitions, pair.year_to, principle)),
    )


def _common_items_of(
    definitions: Definitions, pair: YearPair, principle: str, unit: Unit, common: CommonItems
) -> CommonItems:
    group = definitions.group_by_code.get(unit.group)
    if unit.aggregation != "own" or group is None or not group.optional_parts:
        return common
    return find_common_items(definitions, pair.year_from, pair.year_to, principle, group.optional_parts)


def _change_of_people(
    definitions: Definitions, pair: YearPair, unit: Unit, principle: str, common: CommonItems,
    samples: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> UnitChange:  # fmt: skip
    before, after = (np.concatenate([np.empty(0), *(sample[year] for sample in samples)]) for year in (0, 1))
    rules = definitions.programme.change
    if common.is_break:
        return _break(unit, principle, common, len(before), len(after))
    reasons = [
        _explain_too_few(definitions, year, unit, matrix, rules.smallest_n)
        for year, matrix, scores in ((pair.year_from, pair.before, before), (pair.year_to, pair.after, after))
        if len(scores) < rules.smallest_n
    ]
    if reasons:
        change = _observe(before, after)
    else:
        change = compare_means(before, after, permutations=rules.permutations, seed=rules.seed)
        reasons = [NO_SPREAD] if change.se == 0 else []
    tested = change.p_value is not None
    return UnitChange(unit, principle, len(before), len(after), common, change, tested, "; ".join(reasons))


def _change_of_groups(
    unit: Unit, principle: str, common: CommonItems, samples: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> UnitChange:
    """Mean of the groups' own changes, over groups scorable in both years; no permutation (methods S9)."""
    counted = [sample for sample in samples if min(len(sample[0]), len(sample[1])) >= EQUAL_FROM]
    n = len(counted)
    if common.is_break:
        return _break(unit, principle, common, n, n)
    if n < 2:
        reason = f"fewer than two groups have at least {EQUAL_FROM} people scored in both years"
        return UnitChange(unit, principle, n, n, common, Change(None, None, None), False, reason)
    means = np.array([[scores.mean() for scores in sample] for sample in counted])
    sizes = np.array([[float(len(scores)) for scores in sample] for sample in counted])
    variances = np.array([[float(np.var(scores, ddof=1)) for scores in sample] for sample in counted]) / sizes
    mean_from, mean_to = (float(mean) for mean in means.mean(axis=0))
    se, df = combine_errors(variances, sizes)
    if df is None:
        change = Change(mean_from, mean_to, mean_to - mean_from, se=se, method="groups_equal_difference")
        return UnitChange(unit, principle, n, n, common, change, False, NO_SPREAD)
    change = infer_change(mean_from, mean_to, se, df, method="groups_equal_difference")
    return UnitChange(unit, principle, n, n, common, change, True, "")


def _break(unit: Unit, principle: str, common: CommonItems, n_from: int, n_to: int) -> UnitChange:
    count = len(common.items_to)
    reason = "no item is comparable in both years" if not count else "only one item is comparable in both years"
    return UnitChange(unit, principle, n_from, n_to, common, Change(None, None, None), False, reason)


def _observe(before: NDArray[np.float64], after: NDArray[np.float64]) -> Change:
    """Means and their difference, with nothing inferred from them."""
    means = [float(scores.mean()) if len(scores) else None for scores in (before, after)]
    difference = means[1] - means[0] if means[0] is not None and means[1] is not None else None
    return Change(means[0], means[1], difference)


def _explain_too_few(definitions: Definitions, year: int, unit: Unit, matrix: AnswerMatrix, smallest_n: int) -> str:
    if not len(matrix.positions(unit.members)):
        return explain_absence(definitions, year, unit.group)
    return f"fewer than {smallest_n} people could be scored in {year}"


def _scored(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return scores[~np.isnan(scores)]
