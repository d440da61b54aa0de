"""What moved inside a principle that moved: the favourable share of each of its questions (methods S8, S10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.score.changes import UnitChange
from pipeline.score.year_scores import YearScores
from pipeline.stats.proportions import mcnemar_exact, newcombe_difference
from pipeline.stats.rank_tests import detect_share_trend
from pipeline.store.crosswalk import pair_items
from schemas.definitions import Item

Row = dict[str, Any]


def list_item_changes(
    years: YearScores, year_from: int, year_to: int, change: UnitChange, middle: int | None = None
) -> Iterator[Row]:
    """Rows of ``item_changes`` for one principle of one unit, a row per comparable item.

    Questions are not tested: the interval says how sure the difference is. Only where the principle's own
    verdict followed people, and as many answered the question in both years, an exact McNemar test says
    whether more of them turned favourable than away.

    Args:
        years: the years' answers.
        year_from, year_to: the two years.
        change: a change whose verdict is improved or declined.
        middle: the wave between the two, where three years are looked at.
    """
    unit, followed = change.unit, change.change.method.startswith("linked")
    between = pair_items(years.definitions, middle, year_to) if middle else []
    asked = {pair.item_to.item: pair.item_from for pair in between if pair.comparable}
    for item_from, item_to in zip(change.common.items_from, change.common.items_to, strict=True):
        sides = [_read(years, year, item) for year, item in ((year_from, item_from), (year_to, item_to))]
        people = [years.positions(year, unit) for year in (year_from, year_to)]
        x, n = zip(
            *((_count(side[at]), len(side[at][side[at] >= 0])) for side, at in zip(sides, people, strict=True)),
            strict=True,
        )
        row: Row = {
            "wave": str(year_to), "group": unit.group, "aggregation": unit.aggregation, "measure": change.principle,
            "item": item_to.item, "item_from": item_from.item, "year_from": year_from, "year_to": year_to,
            "favourable_from": x[0], "answers_from": n[0], "favourable_to": x[1], "answers_to": n[1],
            "method": "none",
        }  # fmt: skip
        if min(n):
            low, high = newcombe_difference(x[0], n[0], x[1], n[1])
            row |= {"difference": 100 * (x[1] / n[1] - x[0] / n[0]), "ci_low": 100 * low, "ci_high": 100 * high}
            row["method"] = "newcombe"
        if middle and item_to.item in asked:
            then = _read(years, middle, asked[item_to.item])[years.positions(middle, unit)]
            counts = (x[0], _count(then), x[1]), (n[0], int(np.count_nonzero(then >= 0)), n[1])
            row["trend_p"] = _test_trend(*counts)
        links = years.link(year_from, year_to)
        if followed and links is not None:
            row |= _follow(sides[0][people[0]], sides[1], links[people[0]], years.definitions.programme.change.linked_n)
        yield row


def _test_trend(favourable: tuple[int, ...], answers: tuple[int, ...]) -> float | None:
    found = detect_share_trend(favourable, answers) if min(answers) else None
    return None if found is None else found[1]


def _read(years: YearScores, year: int, item: Item) -> NDArray[np.int8]:
    """Each person's answer: 1 favourable, 0 another, -1 none (or none asked of the group)."""
    matrix = years.matrices[year]
    sides = np.append(matrix.option_is_favourable(item).astype(np.int8), np.int8(-1))[matrix.choose_options(item)]
    left_out = matrix.left_out[:, matrix.row_of[item.item]]
    return np.where(left_out[matrix.group_of], np.int8(-1), sides) if left_out.any() else sides


def _count(sides: NDArray[np.int8]) -> int:
    return int(np.count_nonzero(sides == 1))


def _follow(before: NDArray[np.int8], after: NDArray[np.int8], links: NDArray[np.intp], linked_n: int) -> Row:
    """Who turned favourable and who turned away, of those who answered in both years; where they are enough."""
    now = np.where(links >= 0, after[links], -1)
    both = (before >= 0) & (now >= 0)
    if (matched := int(np.count_nonzero(both))) < linked_n:
        return {}
    lost, gained = _count(before[both & (now == 0)]), _count(now[both & (before == 0)])
    p_value = mcnemar_exact(lost, gained)
    return {"linked_n": matched, "lost_n": lost, "gained_n": gained, "p_value": p_value, "method": "mcnemar_exact"}
