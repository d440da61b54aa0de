"""Items that run against the rest: a reversed item that was declared straight, or a scale upside down.

People who are content with one side of a matter tend to be content with the others. An item whose scores
fall where those of its principle's other items rise was most likely declared in the wrong direction; its
mean would be wrong in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atanh, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.store.definitions import Definitions, WaveDefinitions
from schemas.definitions import Item
from schemas.problems import Problem

FEWEST_PEOPLE = 20
MOST_PEOPLE = 50_000
"""About so many, evenly spread, are looked at: more would not change what is found."""
FEWEST_OTHERS = 2
"""Other items that make a rest to run against."""
WEAKEST = -0.2
"""Weaker correlations are left alone: items of one principle need not go together."""
Z_995 = 2.5758293035489004

Scores = dict[str, NDArray[np.float32]]


def check_directions(classified: pd.DataFrame, definitions: Definitions, year: int) -> list[Problem]:
    """``item_runs_against`` for every item, and every whole scale, that clearly contradicts the others.

    An item is compared, after reversal, with the mean of its principle's other items, or with the only
    other one; a scale, by the mean of its items, with that of all items on other scales. Clearly: a correlation of at most -0.2 whose
    99.5 % bound (Fisher's z) is below zero, over at least 20 people. Items with ``direction_checked`` are
    not reported.

    Args:
        classified: the output of ``responses.classify_responses``; group statements are left aside.
    """
    wave = definitions.waves[year]
    people = classified[(classified["status"] != "excluded") & (classified["level"] == "individual")]
    if wave.wave.several_groups:
        people = people.drop_duplicates(["file", "sheet", "row"])
    people = people.iloc[:: max(len(people) // MOST_PEOPLE, 1)]
    keyed = [item for item in wave.items if item.principle]
    if len(people) < FEWEST_PEOPLE:
        return []
    scores = {item.item: _score(people, wave, item) for item in keyed}
    problems = [*_check_scales(keyed, scores, wave)]
    # an upside-down scale makes each of its items run against items on other scales: it is named once
    upside_down = {scale for scale, _ in problems}
    return [problem for _, problem in problems] + [
        problem
        for items in _by_principle(keyed, definitions, year)
        for problem in _check_items([item for item in items if item.scale not in upside_down], scores, wave)
    ]


def _by_principle(keyed: Sequence[Item], definitions: Definitions, year: int) -> list[list[Item]]:
    parent = {row.principle: row.parent or row.principle for row in definitions.principles(year)}
    grouped: dict[str, list[Item]] = {}
    for item in keyed:
        grouped.setdefault(parent.get(item.principle, item.principle), []).append(item)
    return list(grouped.values())


def _score(people: pd.DataFrame, wave: WaveDefinitions, item: Item) -> NDArray[np.float32]:
    """Item scores from 0 to 1 after reversal, not a number where there is no answer (methods S1)."""
    positions = [point.value for point in wave.answer_points(item) if point.value is not None]
    low, high = min(positions), max(positions)
    values = people[f"value:{item.item}"].array.to_numpy(dtype="float32", na_value=np.nan)
    share = (values - low) / max(high - low, 1)
    return np.asarray(1 - share if item.reverse else share, dtype=np.float32)


def _check_items(items: Sequence[Item], scores: Scores, wave: WaveDefinitions) -> Iterator[Problem]:
    if len(items) == 2:
        yield from _check_pair(items, scores, wave)
    elif len(items) > FEWEST_OTHERS:
        total, answered = _sum([scores[item.item] for item in items])
        for item in items:
            own = scores[item.item]
            given = ~np.isnan(own)
            rest = _mean(total - np.where(given, own, 0), answered - given)
            correlation, people_n = _correlate(own, rest)
            if _is_clearly_negative(correlation, people_n) and not item.direction_checked:
                others = f"the other {len(items) - 1} items of its principle"
                yield _about(f"Item '{item.item}' runs against {others} ({_say(correlation, people_n)})", "item", wave)


def _check_pair(pair: Sequence[Item], scores: Scores, wave: WaveDefinitions) -> Iterator[Problem]:
    """Two items alone contradict each other: the rest of the survey says which is the odd one."""
    correlation, people_n = _correlate(*(scores[item.item] for item in pair))
    if not _is_clearly_negative(correlation, people_n) or any(item.direction_checked for item in pair):
        return
    rest = [score for code, score in scores.items() if code not in {item.item for item in pair}]
    if len(rest) >= FEWEST_OTHERS:
        others = _mean(*_sum(rest))
        pair = sorted(pair, key=lambda item: _correlate(scores[item.item], others)[0])
    what = f"Items '{pair[0].item}' and '{pair[1].item}', all there is of their principle, run against each other"
    which = f"; '{pair[0].item}' goes less with the rest of the survey" if len(rest) >= FEWEST_OTHERS else ""
    yield _about(f"{what}{which} ({_say(correlation, people_n)})", "item", wave)


def _check_scales(keyed: Sequence[Item], scores: Scores, wave: WaveDefinitions) -> Iterator[tuple[str, Problem]]:
    by_scale: dict[str, list[Item]] = {}
    for item in keyed:
        by_scale.setdefault(item.scale, []).append(item)
    # one that a person has looked at neither runs against others nor do they run against it
    by_scale = {scale: items for scale, items in by_scale.items() if not all(item.direction_checked for item in items)}
    against: list[tuple[str, float, int]] = []
    for scale, items in by_scale.items():
        rest = [scores[item.item] for other in by_scale.values() for item in other if item.scale != scale]
        if min(len(items), len(rest)) >= FEWEST_OTHERS:
            own = [scores[item.item] for item in items]
            correlation, people_n = _correlate(_mean(*_sum(own)), _mean(*_sum(rest)))
            if _is_clearly_negative(correlation, people_n):
                against.append((scale, correlation, people_n))
    if len(by_scale) == 2:  # the two contradict each other: the one with fewer items is named
        against = sorted(against, key=lambda found: len(by_scale[found[0]]))[:1]
    for scale, correlation, people_n in against:
        items_of = f"All {len(by_scale[scale])} items on scale '{scale}'"
        what = f"{items_of} run against those on the other scales ({_say(correlation, people_n)})"
        yield scale, _about(what, "scale", wave)


def _sum(scores: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Each person's sum of scores, and how many there are."""
    total, answered = np.zeros(len(scores[0])), np.zeros(len(scores[0]), dtype=np.int16)
    for score in scores:
        given = ~np.isnan(score)
        total += np.where(given, score, 0)
        answered += given
    return total, answered


def _mean(total: NDArray[np.float64], answered: NDArray[np.int16]) -> NDArray[np.float64]:
    return np.divide(total, answered, out=np.full(len(total), np.nan), where=answered > 0)


def _correlate(one: NDArray[np.floating], other: NDArray[np.floating]) -> tuple[float, int]:
    """Pearson's correlation over people with both, 0 where either does not vary; and their number."""
    both = ~(np.isnan(one) | np.isnan(other))
    n = int(both.sum())
    first, second = one[both].astype(np.float64), other[both].astype(np.float64)
    if n < FEWEST_PEOPLE:
        return 0.0, n
    first, second = first - first.mean(), second - second.mean()
    # plain sums: matrix products would wait for threads on every core, for less than they take to start
    spread = sqrt(float((first**2).sum()) * float((second**2).sum()))
    return (float((first * second).sum()) / spread if spread > 1e-9 else 0.0), n


def _is_clearly_negative(correlation: float, people_n: int) -> bool:
    """Whether the upper 99.5 % bound of the correlation is below zero.

    Source: Fisher 1921, z = atanh(r) with standard error 1 / sqrt(n - 3).
    """
    if correlation > WEAKEST or people_n < FEWEST_PEOPLE:
        return False
    return atanh(max(correlation, -0.999999)) + Z_995 / sqrt(people_n - 3) < 0


def _say(correlation: float, people_n: int) -> str:
    return f"correlation {correlation:.2f} over {people_n} people"


def _about(what: str, column: str, wave: WaveDefinitions) -> Problem:
    return Problem(
        code="item_runs_against", what=what, wave=str(wave.year), file=f"{wave.year}/items.csv", column=column
    )
