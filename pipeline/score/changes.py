"""The change of one principle in one group between two years, before p-values are adjusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.score.common_items import CommonItems, find_common_items
from pipeline.score.measures import Unit, list_units
from pipeline.score.responses import explain_absence
from pipeline.score.samples import Sample, Sampler, count_eligible
from pipeline.score.three_years import ThreeYears, describe_three_years
from pipeline.score.year_scores import YearScores
from pipeline.stats.change import Change, compare_means, infer_change
from pipeline.stats.linked import compare_linked_means, persistent_error
from pipeline.stats.pooling import combine_errors
from pipeline.stats.rank_tests import RankComparison, compare_rank_counts
from pipeline.store.definitions import Definitions
from schemas.definitions import NO_GROUP
from schemas.methods import EQUAL_FROM

NO_SPREAD = "no interval: the answers show no differences to compute one from"
Samples = list[tuple[NDArray[np.float64], NDArray[np.float64]]]


@dataclass(frozen=True)
class UnitChange:
    """What happened to one principle in one unit; ``tested`` says whether a verdict may be given.

    ``n_from`` and ``n_to`` are people scored on the common items (in a break, on all items of the year);
    for ``groups_equal`` they are the groups counted. ``linked_n`` are people matched by token, null where
    the years cannot be linked; ``se_persistent`` is the sensitivity of an unlinked comparison (S8).
    """

    unit: Unit
    principle: str
    n_from: int
    n_to: int
    common: CommonItems
    change: Change
    tested: bool
    reason: str
    linked_n: int | None = None
    se_persistent: float | None = None
    ranks: RankComparison | None = None
    three_years: ThreeYears | None = None


def list_changes(
    years: YearScores, year_from: int, year_to: int, *, middle: int | None = None, roll_ups_only: bool = False
) -> Iterator[UnitChange]:
    """Each principle of the later year for each group that existed then, testable or not.

    Args:
        years: the years' answers.
        year_from, year_to: the years to compare.
        middle: the wave between the two, where three years are looked at.
        roll_ups_only: leave out the groups' own rows.
    """
    definitions = years.definitions
    present = tuple(sorted({*years.matrices[year_from].groups, *years.matrices[year_to].groups}))
    units = [unit for unit in list_units(definitions, year_to, present) if unit.group != NO_GROUP]
    units = [unit for unit in units if unit.aggregation != "own"] if roll_ups_only else units
    for principle in definitions.principles(year_to):
        if principle.kind != "principle":
            continue
        common = find_common_items(definitions, year_from, year_to, principle.principle)
        sampler = Sampler.of(years, year_from, year_to, common, principle.principle)
        for unit in units:
            if unit.aggregation == "groups_equal":
                groups = [sampler.take(Unit(group, "own", (group,))) for group in unit.members]
                counted = [(group.before, group.after) for group in groups]
                yield _change_of_groups(unit, principle.principle, common, counted)
            else:
                own_items = _common_items_of(definitions, (year_from, year_to), principle.principle, unit, common)
                yield _change_of_people(sampler, unit, principle.principle, own_items, middle)


def _common_items_of(
    definitions: Definitions, years: tuple[int, int], principle: str, unit: Unit, common: CommonItems
) -> CommonItems:
    group = definitions.group_by_code.get(unit.group)
    if unit.aggregation != "own" or group is None or not group.optional_parts:
        return common
    return find_common_items(definitions, *years, principle, group.optional_parts)


def _change_of_people(
    sampler: Sampler, unit: Unit, principle: str, common: CommonItems, middle: int | None
) -> UnitChange:
    sample, definitions = sampler.take(unit), sampler.years.definitions
    n_from, n_to = len(sample.before), len(sample.after)
    rules = definitions.programme.change
    if common.is_break:
        return _break(unit, principle, common, n_from, n_to)
    ranks = compare_rank_counts(*sampler.count_values(unit)) if n_from and n_to else None
    reasons = [
        _explain_too_few(sampler.years, year, unit, rules.smallest_n)
        for year, n in ((sampler.year_from, n_from), (sampler.year_to, n_to))
        if n < rules.smallest_n
    ]
    if reasons:
        change = _observe(sample.before, sample.after)
        reason = "; ".join(reasons)
        return UnitChange(unit, principle, n_from, n_to, common, change, False, reason, sample.linked_n, None, ranks)
    change = _compare(sample, rules.linked_n, rules.permutations, rules.seed)
    followed = change.method.startswith("linked")
    pair = (sampler.year_from, sampler.year_to)
    eligible = None if followed or not change.se else count_eligible(definitions, pair, unit, max(n_from, n_to))
    return UnitChange(
        unit, principle, n_from, n_to, common, change,
        tested=change.p_value is not None,
        reason=NO_SPREAD if change.se == 0 else "",
        linked_n=sample.linked_n,
        se_persistent=None if eligible is None else persistent_error(sample.before, sample.after, eligible),
        ranks=ranks,
        three_years=describe_three_years(sampler, common, middle, unit) if middle else None,
    )  # fmt: skip


def _compare(sample: Sample, linked_n: int, permutations: int, seed: int) -> Change:
    """Following people where enough of them are in both years and their answers vary; else as strangers."""
    if sample.linked is not None and len(sample.linked[0]) >= linked_n:
        change = compare_linked_means(
            sample.before_only, sample.after_only, sample.linked, permutations=permutations, seed=seed
        )
        if change.se:
            return change
    return compare_means(sample.before, sample.after, permutations=permutations, seed=seed)


def _change_of_groups(unit: Unit, principle: str, common: CommonItems, samples: Samples) -> UnitChange:
    """Mean of the groups' own changes, over groups scorable in both years; no permutation (methods S9).

    Nobody is followed: taking the years for independent makes the interval too wide rather than too narrow.
    """
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


def _explain_too_few(years: YearScores, year: int, unit: Unit, smallest_n: int) -> str:
    if not len(years.positions(year, unit)):
        return explain_absence(years.definitions, year, unit.group)
    return f"fewer than {smallest_n} people could be scored in {year}"
