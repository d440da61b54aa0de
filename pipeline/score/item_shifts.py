"""Questions that drift against the rest of their principle from one year to the next (methods S16)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.score.common_items import find_common_items
from pipeline.score.measures import Unit
from pipeline.score.year_scores import YearScores
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.ordinal import ItemShift, detect_item_shift, name_shift
from pipeline.store.crosswalk import pair_items
from schemas.definitions import ALL, Item

Row = dict[str, Any]
SMALLEST_N = 200
"""People of each year who answered all common questions of the principle: fewer cannot show a drift (S16)."""
FINEST = 1000
"""Steps of a score, at most."""
FEWEST_ITEMS = 3
"""Common questions: the rest of a principle needs two, to say what a person thinks without the question."""


def list_item_shifts(years: YearScores, year_from: int, year_to: int) -> list[Row]:
    """Rows of ``item_shifts``: each comparable question of the whole community against the rest of its principle.

    A question that goes up or down more than the others may have been read differently, although its
    wording hardly changed. Only people who answered all common questions of the principle count. p-values
    are adjusted over the year's questions (Holm); a shift counts when it is sure and of a size that matters.
    """
    rows, shifts = [], []
    for row, shift in _find_shifts(years, year_from, year_to):
        rows.append(row)
        shifts.append(shift)
    adjusted = adjust_p_values([shift.p_value if shift else None for shift in shifts], "holm")
    alpha = years.definitions.programme.change.alpha
    return [
        row
        | {
            "p_value": shift.p_value if shift else None,
            "p_adjusted": p,
            "r2_change": max(shift.r2_change, 0.0) if shift else None,
            "size": name_shift(p, shift.r2_change, alpha) if shift and p is not None else "not_tested",
            "direction": "" if shift is None else "higher" if shift.coefficient > 0 else "lower",
            "method": "ordinal_dif" if shift else "none",
        }
        for row, shift, p in zip(rows, shifts, adjusted, strict=True)
    ]


def _find_shifts(years: YearScores, year_from: int, year_to: int) -> Iterator[tuple[Row, ItemShift | None]]:
    definitions = years.definitions
    change = {pair.item_to.item: pair.change for pair in pair_items(definitions, year_from, year_to)}
    for principle in definitions.principles(year_to):
        if principle.kind != "principle":
            continue
        common = find_common_items(definitions, year_from, year_to, principle.principle)
        steps = _count_steps(years, year_to, common.items_to)
        before = _score_complete(years, year_from, common.items_from, steps)
        after = _score_complete(years, year_to, common.items_to, steps)
        enough = len(common.items_to) >= FEWEST_ITEMS and min(before.shape[1], after.shape[1]) >= SMALLEST_N
        scores = np.concatenate([before, after], axis=1)
        later = np.arange(scores.shape[1]) >= before.shape[1]
        total = scores.sum(axis=0, dtype=np.int32)
        for at, (item_from, item) in enumerate(zip(common.items_from, common.items_to, strict=True)):
            row: Row = {
                "wave": str(year_to), "measure": principle.principle, "item": item.item, "item_from": item_from.item,
                "year_from": year_from, "year_to": year_to, "n_from": before.shape[1], "n_to": after.shape[1],
                "comparability": change[item.item],
            }  # fmt: skip
            if not enough:
                yield row, None
                continue
            yield row, detect_item_shift(scores[at], total - scores[at], later)


def _score_complete(years: YearScores, year: int, items: tuple[Item, ...], steps: int) -> NDArray[np.int16]:
    """Scores of those who answered all items, from 0 to ``steps``: items × people."""
    matrix = years.matrices[year]
    people = years.positions(year, Unit(ALL, "pooled", matrix.groups))
    scores = np.empty((len(items), len(people)), dtype=np.int16)
    for row, item in enumerate(items):
        codes = np.rint(matrix.option_scores(item)[:-1] * steps / 100).astype(np.int16)
        scores[row] = np.append(codes, np.int16(-1))[matrix.choose_options(item)[people]]
    return scores[:, (scores >= 0).all(axis=0)]


def _count_steps(years: YearScores, year: int, items: tuple[Item, ...]) -> int:
    """Into how many steps 0-100 is cut so that every answer's score is a whole one; no finer than needed."""
    values = [years.matrices[year].option_values(item) for item in items]
    return min(math.lcm(*(int(each[-1] - each[0]) for each in values)), FINEST)
