"""Answers drawn from a plan: same seed, same answers, on any machine and with any library version.

Nothing depends on how a library turns random bits into numbers: only the raw words of PCG64 are used,
which NumPy guarantees, one stream per (year, group, kind), so that adding a group moves no other.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from pipeline.synth.plan import Plan, PlanRow, fieldwork
from schemas.definitions import Item, ScalePoint

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY = 86400
"""Seconds of a day."""


class Stream:
    """Uniform and normal numbers for one key."""

    def __init__(self, seed: int, *key: object) -> None:
        digest = hashlib.sha256("/".join(map(str, (seed, *key))).encode()).digest()
        self._bits = np.random.PCG64(np.random.SeedSequence(int.from_bytes(digest[:16], "big")))

    def uniform(self, n: int) -> Floats:
        """``n`` numbers strictly between 0 and 1."""
        words = np.asarray(self._bits.random_raw(n), dtype=np.uint64)
        return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, n: int) -> Floats:
        return np.asarray(ndtri(self.uniform(n)))

    def below(self, limits: Ints | int, n: int) -> Ints:
        """``n`` whole numbers from 0 up to below the limit."""
        return np.floor(self.uniform(n) * limits).astype(np.int64)


def draw_responses(plan: Plan, row: PlanRow, kind: str, n: int) -> pd.DataFrame:
    """Draw ``n`` responses of one group and year as the text their export shows.

    Args:
        kind: ``answer`` for responses that count, or the event they are drawn for.

    Returns:
        One row per response: ``group, event, start`` and ``seconds`` (since the first day of
        fieldwork, 08:00, and until sent), ``comment, share``, and one text column per item code.
    """
    stream = Stream(plan.settings.seed, row.year, row.group, kind)
    items = _draw_items(plan, row, n, stream)
    partial = row.partial if kind == "answer" else 0
    if partial:
        first_two = [item.item for family in list(plan.families(row.year).values())[:2] for item in family]
        items.loc[n - partial :, [column for column in items if column not in first_two]] = ""
    comment, share = _draw_comments(plan, row.year, n, n - partial, stream)
    frame = pd.DataFrame({"group": row.group, "event": kind, "comment": comment, "share": share}, index=range(n))
    return pd.concat([frame, _draw_times(plan, row.year, n, stream), items], axis=1)


def allocate_points(target: float, spread: float, order: Floats, steps: int) -> Ints:
    """Give each person a scale point so that the group's mean comes as close to the target as n allows.

    A stratified draw: the normal distribution's ``(i - 0.5) / n`` quantiles, put on the nearest of
    ``steps`` equally spaced points from 0 to 100, centred by bisection; people get them in ``order``.

    Returns:
        One point per person, 0 (lowest) to ``steps - 1``.
    """
    n = len(order)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    quantiles = spread * ndtri((np.arange(n) + 0.5) / n)
    width = 100 / (steps - 1)

    def place(centre: float) -> Ints:
        return np.clip(np.floor((centre + quantiles) / width + 0.5), 0, steps - 1).astype(np.int64)

    def miss(centre: float) -> float:
        return float(place(centre).mean() * width - target)

    low, high = -200.0, 300.0
    while high - low > 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if miss(middle) < 0 else (low, middle)
    # rounded, so that the last bit of a machine's arithmetic decides nothing
    best = low if round(abs(miss(low)), 6) <= round(abs(miss(high)), 6) else high
    ranks = np.argsort(np.argsort(order, kind="stable"), kind="stable")
    return place(best)[ranks]


def _draw_items(plan: Plan, row: PlanRow, n: int, stream: Stream) -> pd.DataFrame:
    settings, wave = plan.settings, plan.wave(row.year)
    person_part, principle_part = settings.person_share**0.5, settings.principle_share**0.5
    own_part = (1 - settings.person_share - settings.principle_share) ** 0.5
    person = stream.normal(n)
    wobble = {name: settings.wobble * (2 * stream.uniform(1)[0] - 1) for name in sorted(row.mean)}
    columns: dict[str, NDArray[np.object_]] = {}
    for family in plan.families(row.year).values():
        view = stream.normal(n)
        skipper = stream.uniform(n) < settings.skip_rate
        skipped = np.where(skipper, stream.below(len(family), n), -1)
        if len(family) == 1:
            skipped[:] = -1  # at most one item of several: whoever goes to the end answers every principle
        for position, item in enumerate(family):
            order = person_part * person + principle_part * view + own_part * stream.normal(n)
            target = (
                row.true_mean(item.principle) + wobble[item.principle] + plan.offset_of.get((row.year, item.item), 0)
            )
            text = np.full(n, "", dtype=object)
            points = wave.answer_points(item)
            answering = skipped != position
            spread = plan.split.get((row.year, row.group, item.item), row.spread)
            place = allocate_points(target, spread, order[answering], len(points))
            labels = np.array([cell_of(point) for point in points], dtype=object)
            text[answering] = (labels[::-1] if item.reverse else labels)[place]
            text[~answering] = _draw_skips(plan, row.year, item, int((~answering).sum()), stream)
            columns[item.item] = text
    return pd.DataFrame({item.item: columns[item.item] for item in wave.items}, dtype="str")


def _draw_skips(plan: Plan, year: int, item: Item, n: int, stream: Stream) -> NDArray[np.object_]:
    """What stands where no answer is: a non-answer the scale offers, or a blank."""
    offered: dict[str, str] = {
        point.kind: cell_of(point) for point in plan.wave(year).scales[item.scale] if point.kind != "answer"
    }
    shares = plan.settings.skip_kinds.model_dump()
    kinds = [kind for kind in shares if kind in offered or kind == "missing"]
    edges = np.cumsum([shares[kind] for kind in kinds])
    chosen = np.searchsorted(edges, stream.uniform(n) * edges[-1], side="right")
    cells = np.array([offered.get(kind, "") for kind in kinds], dtype=np.object_)
    return cells[chosen]


def cell_of(point: ScalePoint) -> str:
    """An answer option as the export writes it."""
    return point.code or point.label["en"]


def _draw_comments(plan: Plan, year: int, n: int, writers: int, stream: Stream) -> tuple[list[str], list[str]]:
    settings, yes = plan.settings, plan.wave(year).wave.share_comment_values
    writes = (stream.uniform(n) < settings.comment_rate) & (np.arange(n) < writers)
    which, shares = stream.below(max(len(plan.comments), 1), n), stream.uniform(n) < settings.share_rate
    comment = [plan.comments[k] if wanted and plan.comments else "" for wanted, k in zip(writes, which, strict=True)]
    share = [
        (yes[0] if ok and yes else settings.not_shared) if text else ""
        for text, ok in zip(comment, shares, strict=True)
    ]
    return comment, share


def _draw_times(plan: Plan, year: int, n: int, stream: Stream) -> pd.DataFrame:
    """Most people answer early in the fieldwork; it takes them two to six minutes."""
    opening, closing = fieldwork(plan.wave(year).wave)
    start = np.floor(stream.uniform(n) ** 1.6 * ((closing - opening).days * DAY + 36000)).astype(np.int64)
    return pd.DataFrame({"start": start, "seconds": 120 + stream.below(240, n)})
