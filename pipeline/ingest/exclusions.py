"""The rules that exclude a response, one function each: which responses a declared rule speaks against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.ingest.fingerprints import Hashes, combine
from pipeline.ingest.groups import SEVERAL
from pipeline.ingest.times import Clock
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label

Mask = NDArray[np.bool_]


def is_test(coded: pd.DataFrame, wave: WaveDefinitions) -> Mask:
    """Responses whose test column holds a declared mark."""
    values = {normalise_label(value) for value in wave.wave.responses.test_values}
    if "test" not in coded or not values:
        return np.zeros(len(coded), dtype=bool)
    marked = np.array([normalise_label(text) in values for text in coded["test"].cat.categories] + [False])
    return np.asarray(marked[coded["test"].cat.codes])


def is_out_of_dates(clock: Clock, wave: WaveDefinitions) -> Mask:
    """Responses sent (else begun) before fieldwork or after it; a blank time is not outside."""
    settings = wave.wave
    outside = np.zeros(len(clock.coded), dtype=bool)
    if not settings.responses.within_fieldwork:
        return outside
    times = clock.moments
    if settings.fieldwork_from:
        outside |= times < np.datetime64(settings.fieldwork_from)
    if settings.fieldwork_to:
        outside |= times >= np.datetime64(settings.fieldwork_to) + np.timedelta64(1, "D")
    return outside


def is_too_fast(clock: Clock, wave: WaveDefinitions) -> Mask:
    """Responses that took less than the declared seconds; an unknown or negative time is not fast."""
    limit = wave.wave.responses.too_fast_seconds
    if not limit:
        return np.zeros(len(clock.coded), dtype=bool)
    seconds = clock.seconds
    return np.asarray((seconds >= 0) & (seconds < limit))


def is_straight_line(coded: pd.DataFrame, wave: WaveDefinitions) -> Mask:
    """Responses with enough answers on one scale, all the same option.

    It is the option chosen that counts, before reversal: who agrees with a statement and with its
    contrary did not read them.
    """
    found = np.zeros(len(coded), dtype=bool)
    least = wave.wave.responses.straight_line_items
    if not least:
        return found
    for scale in wave.scales:
        items = [item.item for item in wave.items if item.scale == scale]
        if len(items) < max(least, 2):
            continue
        low, high = np.full(len(coded), np.iinfo("int16").max), np.full(len(coded), np.iinfo("int16").min)
        answers = np.zeros(len(coded), dtype="int32")
        for item in items:
            values = coded[f"value:{item}"].array
            given = ~np.asarray(values.isna())
            number = values.to_numpy(dtype="int16", na_value=0)
            low = np.where(given, np.minimum(low, number), low)
            high = np.where(given, np.maximum(high, number), high)
            answers += given
        found |= (answers >= max(least, 2)) & (low == high)
    return found


def is_duplicate(clock: Clock, answered_n: NDArray[np.int32], live: Mask, wave: WaveDefinitions) -> Mask:
    """A repeated response id for a group it was given for, or the same answers at nearly the same time.

    The first in file order is kept; responses that are excluded anyway neither count nor cover.

    Args:
        live: responses that no other rule excludes.
    """
    coded = clock.coded
    duplicate = _repeats_id(coded, live)
    rules = wave.wave.responses
    if not rules.duplicate_minutes:
        return duplicate
    rows = np.flatnonzero(live & ~duplicate & (answered_n >= rules.duplicate_min_items))
    same = _fingerprint(coded, [item.item for item in wave.items])[rows]
    frame = pd.DataFrame({"same": same, "time": clock.moments[rows], "row": rows})
    frame = frame[frame["same"].duplicated(keep=False)].sort_values("time", kind="stable")
    gap = frame.groupby("same")["time"].diff()
    duplicate[frame.loc[gap <= pd.Timedelta(minutes=rules.duplicate_minutes), "row"].to_numpy()] = True
    return duplicate


def _repeats_id(coded: pd.DataFrame, live: Mask) -> Mask:
    repeated = np.zeros(len(coded), dtype=bool)
    rows = np.flatnonzero(live)
    keys = pd.DataFrame({"respondent": coded["respondent"].array[rows], "level": coded["level"].array[rows]})
    keys["group"] = coded["group"].array[rows]
    if not any(SEVERAL in str(code) for code in coded["group"].cat.categories):
        repeated[rows[keys.duplicated().to_numpy()]] = True
        return repeated
    # few people send twice: what each of their responses is for is compared one by one
    again = keys[keys.duplicated(["respondent", "level"], keep=False)]
    for _, own in again.groupby(["respondent", "level"], observed=True):
        answered_for: set[str] = set()
        for at, groups in own["group"].items():
            named = set(str(groups).split(SEVERAL))
            repeated[rows[at]] = bool(named & answered_for)
            answered_for |= named if not repeated[rows[at]] else set()
    return repeated


def _fingerprint(coded: pd.DataFrame, items: Sequence[str]) -> Hashes:
    """Equal for responses of one level and group with equal replies to every item."""
    columns = [coded[name].cat.codes.to_numpy() for name in ("level", "group")]
    for item in items:
        values, kinds = coded[f"value:{item}"].array, coded[f"kind:{item}"].cat.codes.to_numpy()
        columns.append(
            np.where(values.isna(), kinds.astype("int32") - 40_000, values.to_numpy(dtype="int32", na_value=0))
        )
    return combine(columns, len(coded))
