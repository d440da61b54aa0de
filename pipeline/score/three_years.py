"""What three years show beside the change from the first to the last (methods S12)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.score.common_items import CommonItems
from pipeline.score.measures import Unit
from pipeline.score.samples import Sampler
from pipeline.stats.linked import covary_means
from pipeline.stats.rank_tests import OrderedTrend, detect_ordered_trend_of_counts
from pipeline.stats.trend import estimate_curvature
from pipeline.store.crosswalk import pair_items
from schemas.definitions import Item


@dataclass(frozen=True)
class ThreeYears:
    """Whether people's scores climb year by year, and how far the middle year lies off the line (points).

    The order test takes all answers for independent, which makes it cautious where people answer again.
    """

    order: OrderedTrend
    curvature: float
    curvature_se: float


def describe_three_years(sampler: Sampler, common: CommonItems, middle: int, unit: Unit) -> ThreeYears | None:
    """Order and curvature of one unit's scores on the items that all three years have in common.

    Args:
        sampler: of the first and the last year.
        common: what those two have in common.
        middle: the year between.
        unit: the group.

    Returns:
        Null where the middle year did not ask one of the items alike, or fewer people than a test needs
        could be scored in it.
    """
    years, rules = sampler.years, sampler.years.definitions.programme.change
    asked = find_middle_items(sampler, common, middle)
    if asked is None:
        return None
    between = years.score(middle, asked)
    steps = [
        Sampler(years, sampler.year_from, middle, sampler.before, between),
        Sampler(years, middle, sampler.year_to, between, sampler.after),
        sampler,
    ]
    taken = [step.take(unit) for step in steps]
    samples = (taken[0].before, taken[0].after, taken[2].after)
    if min(len(sample) for sample in samples) < rules.smallest_n:
        return None
    support = np.unique(np.concatenate([people.values for people in (sampler.before, between, sampler.after)]))
    counts = [step.count_values(unit, support) for step in steps[:2]]
    followed = [
        covary_means(step.before, step.after, step.linked)
        if step.linked and (step.linked_n or 0) >= rules.linked_n
        else 0.0
        for step in taken
    ]
    curvature, se = estimate_curvature(samples, (followed[0], followed[1], followed[2]))
    order = detect_ordered_trend_of_counts(np.array([counts[0][0], counts[0][1], counts[1][1]]))
    return ThreeYears(order, curvature, se)


def find_middle_items(sampler: Sampler, common: CommonItems, middle: int) -> tuple[Item, ...] | None:
    """The middle year's items that are the common ones; null unless each was asked alike then."""
    pairs = pair_items(sampler.years.definitions, middle, sampler.year_to)
    known = {pair.item_to.item: pair.item_from for pair in pairs if pair.comparable}
    if not all(item.item in known for item in common.items_to):
        return None
    return tuple(known[item.item] for item in common.items_to)
