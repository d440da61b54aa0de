"""How far the published answers to a question agree: from the published counts alone (methods S13)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.stats.agreement import find_splits, measure_agreements, measure_consensuses
from pipeline.stats.rounding import round_half_up
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import Item, ScalePoint

FEWEST_POINTS = 3
TOO_SHORT = f"no agreement: it needs a scale of at least {FEWEST_POINTS} answers"
COLUMNS = ["unfavourable_n", "favourable_n", "agreement", "consensus"]


def release_agreement(item_counts: pd.DataFrame, definitions: Definitions, year: int) -> pd.DataFrame:
    """Table ``released_agreement`` of one year.

    Args:
        item_counts: the year's **released** item counts; nothing else is read, so that the result says nothing
            that they do not. Where they are withheld or banded, so is this.
        definitions: the programme.
        year: the survey year.
    """
    wave = definitions.waves[year]
    answers = item_counts[item_counts["kind"] == "answer"].astype({"group": "str", "item": "str", "marker": "str"})
    parts = [
        _describe_item(answers[answers["item"] == item.item], item, wave.answer_points(item)) for item in wave.items
    ]
    return arrange(pd.concat(parts, ignore_index=True).assign(wave=str(year)), "released_agreement")


def _describe_item(rows: pd.DataFrame, item: Item, points: tuple[ScalePoint, ...]) -> pd.DataFrame:
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
    out = told.reindex(markers.index).assign(item=item.item, marker=markers)
    withheld = {"split": False, "method": "none", "reason": ""}
    return out.assign(**{name: out[name].where(markers == "", value) for name, value in withheld.items()}).reset_index()


def _mark(points: list[ScalePoint], side: str) -> NDArray[np.bool_]:
    return np.array([point.favourable == side for point in points], dtype=bool)


def round_to_hundredths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two decimals, half away from zero as all displayed figures; NaN stays."""
    rounded = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    rounded[known] = round_half_up(100 * values[known]) / 100 + 0.0
    return rounded
