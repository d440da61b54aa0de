"""What the published counts of a question say: how far answers agree, and how sure the favourable share is.

Worked out from published counts and the roster alone (methods S7, S13).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.stats.agreement import find_splits, measure_agreements, measure_consensuses
from pipeline.stats.proportions import hypergeometric_interval, wilson_interval
from pipeline.stats.rounding import round_half_up
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import Item, ScalePoint

FEWEST_POINTS = 3
TOO_SHORT = f"no agreement: it needs a scale of at least {FEWEST_POINTS} answers"


def release_agreement(
    item_counts: pd.DataFrame, responses: pd.DataFrame, definitions: Definitions, year: int
) -> pd.DataFrame:
    """Table ``released_agreement`` of one year.

    Args:
        item_counts: the year's **released** item counts. Where they are withheld or banded, so is this.
        responses: the year's response facts; of these only how many could answer is read, which is published
            for every group. So the result says nothing that is not published already.
        definitions: the programme.
        year: the survey year.
    """
    wave = definitions.waves[year]
    rated = responses[responses["rate"].notna()]
    eligible = {str(group): int(n) for group, n in zip(rated["group"], rated["eligible"], strict=True)}
    answers = item_counts[item_counts["kind"] == "answer"].astype({"group": "str", "item": "str", "marker": "str"})
    parts = [
        _describe_item(answers[answers["item"] == item.item], item, wave.answer_points(item), eligible)
        for item in wave.items
    ]
    return arrange(pd.concat(parts, ignore_index=True).assign(wave=str(year)), "released_agreement")


def _describe_item(
    rows: pd.DataFrame, item: Item, points: tuple[ScalePoint, ...], eligible: Mapping[str, int]
) -> pd.DataFrame:
    """One row per group; a reversed question is read from the other end, and the ends swap with it."""
    markers = rows.groupby("group")["marker"].first()
    shown = rows[rows["group"].map(markers.eq(""))]
    wide = shown.pivot(index="group", columns="value", values="n")
    ordered = sorted(points, key=lambda point: point.value or 0)
    counts = wide.reindex(columns=[point.value for point in ordered]).fillna(0).to_numpy(dtype=np.int64)
    low, high = (_mark(ordered, side) for side in (("yes", "no") if item.reverse else ("no", "yes")))
    total, unfavourable, favourable = counts.sum(axis=1), counts[:, low].sum(axis=1), counts[:, high].sum(axis=1)
    agreement = measure_agreements(counts)
    known = ~np.isnan(agreement)
    told = pd.DataFrame(
        {
            "n": total, "unfavourable_n": unfavourable, "favourable_n": favourable,
            "agreement": round_to_hundredths(agreement), "consensus": round_to_hundredths(measure_consensuses(counts)),
            "split": find_splits(agreement, total, unfavourable, favourable),
            "method": np.where(known, "agreement_a", "none"),
            "reason": np.where(known, "", TOO_SHORT if len(ordered) < FEWEST_POINTS else "no agreement: nobody answered"),
        },
        index=wide.index,
    )  # fmt: skip
    asked = any(high)  # a scale may call no answer favourable
    shares = [
        find_likely_share(int(x), int(n), eligible.get(str(group))) if asked else UNKNOWN
        for group, x, n in zip(wide.index, favourable, total, strict=True)
    ]
    told[["share_low", "share_high"]] = pd.DataFrame(
        [(share.low, share.high) for share in shares], index=wide.index, columns=["low", "high"], dtype="Int32"
    )
    told["share_method"] = [share.method for share in shares]
    out = told.reindex(markers.index).assign(item=item.item, marker=markers)
    withheld = {"split": False, "method": "none", "share_method": "none", "reason": ""}
    return out.assign(**{name: out[name].where(markers == "", value) for name, value in withheld.items()}).reset_index()


class LikelyShare(NamedTuple):
    """Between which shares of everybody, whole percent, the favourable ones likely lie; null where nobody answered."""

    low: int | None
    high: int | None
    method: str


UNKNOWN = LikelyShare(None, None, "none")


def find_likely_share(favourable: int, answers: int, eligible: int | None) -> LikelyShare:
    """The 95 % interval of a favourable share: of all who could answer where their number is known (methods S7).

    Args:
        favourable, answers: published counts.
        eligible: N, or null where no rate can be computed; fewer than answered is as good as unknown.
    """
    if not answers:
        return UNKNOWN
    if eligible is None or answers > eligible:
        low, high = wilson_interval(favourable, answers)
        return LikelyShare(round_half_up(100 * low), round_half_up(100 * high), "share_wilson")
    low, high = (100 * people / eligible for people in hypergeometric_interval(favourable, answers, eligible))
    method = "share_complete" if answers == eligible else "share_midp"
    return LikelyShare(round_half_up(low), round_half_up(high), method)


def _mark(points: list[ScalePoint], side: str) -> NDArray[np.bool_]:
    return np.array([point.favourable == side for point in points], dtype=bool)


def round_to_hundredths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two decimals, half away from zero as all displayed figures; NaN stays."""
    rounded = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    rounded[known] = round_half_up(100 * values[known]) / 100 + 0.0
    return rounded
