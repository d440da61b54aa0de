"""Principles and groups seen together, as they may be published (methods S13, S15).

Only what rests on scores that are shown themselves: a group whose score is withheld takes no part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from pipeline.disclose.agreement import round_to_hundredths
from pipeline.disclose.release import WITHHELD, round_points
from pipeline.stats.shrinkage import PooledGroups, chance_among_lowest, pool_groups
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import ALL
from schemas.tables import TABLES

HUNDREDTHS = ["alpha", "ci_low", "ci_high", "omega", "r_wg", "icc1", "icc2"]
NOT_BELOW_ZERO = ["icc1", "icc2"]
GROUPS_FROM = 3
"""Groups whose score must be shown before they are seen together: a variance between two says nothing."""
LOWEST_N, LOWEST_FROM = 5, 10
"""The lowest five are spoken of only where there are at least as many others."""
LIKELY, UNLIKELY = 2 / 3, 1 / 3
REACH = 1.96


def release_reliability(reliability: pd.DataFrame, released_scores: pd.DataFrame) -> pd.DataFrame:
    """Table ``released_reliability`` of one year: where the principle's own score is shown, in two decimals.

    Args:
        reliability: the year's ``reliability``; the row of ``_all`` computed from the answers behind its scores.
        released_scores: the year's **released** scores.
    """
    out = reliability.astype({"group": "str", "measure": "str", "method": "str"})
    shown = _list_shown(released_scores, ("own", "pooled"))
    cells = zip(out["group"], out["measure"], strict=True)
    withheld = pd.Series([cell not in shown for cell in cells], index=out.index, dtype=bool)
    for name in HUNDREDTHS:
        values = out[name].astype("float64").to_numpy()
        # an estimate below zero means that nothing was found
        values = np.maximum(values, 0.0) if name in NOT_BELOW_ZERO else values
        out[name] = pd.Series(round_to_hundredths(values), index=out.index).mask(withheld)
    out["n"] = out["n"].astype("Int32").mask(withheld)
    out["marker"] = withheld.map({True: "c", False: ""})
    out["method"] = out["method"].mask(withheld, "none")
    out["reason"] = out["reason"].mask(withheld, WITHHELD)
    return arrange(out, "released_reliability")


def release_pooled(
    scores: pd.DataFrame,
    reliability: pd.DataFrame,
    released_scores: pd.DataFrame,
    definitions: Definitions,
    year: int,
    *,
    overlapping: Collection[str] = (),
) -> pd.DataFrame:
    """Table ``released_pooled`` of one year, from the exact scores of groups whose score is shown.

    ``v_g`` is the variance within these groups together, divided by the group's n (methods S15), so that one
    group's own spread does not show. Roll-ups take no part: they are made of the others.

    Args:
        scores: the year's ``scores``.
        reliability: the year's ``reliability``, which holds the variance within each group.
        released_scores: the year's **released** scores.
        definitions: the programme.
        year: the survey year.
        overlapping: groups withheld because groups share people (see ``overlap``).
    """
    shown = _list_shown(released_scores, ("own",))
    own = scores[(scores["kind"] == "principle") & (scores["aggregation"] == "own") & (scores["basis"] == "all")]
    keys = {"group": "str", "measure": "str"}
    both = own.astype(keys).merge(
        reliability.astype(keys)[["group", "measure", "variance"]], on=["group", "measure"], validate="one_to_one"
    )
    both = both[[cell in shown for cell in zip(both["group"], both["measure"], strict=True)]].sort_values("group")
    principles = [row.principle for row in definitions.principles(year) if row.kind == "principle"]
    seed = definitions.programme.change.seed
    rows = [
        row | {"wave": str(year), "measure": code}
        for code in principles
        for row in _pool_measure(both[both["measure"] == code], shared=bool(overlapping), seed=seed)
    ]
    out = pd.DataFrame(rows, columns=list(TABLES["released_pooled"].to_schema().columns))
    for name in ("mean", "pooled", "ci_low", "ci_high", "spread"):
        out[name] = round_points(out[name])
    return arrange(out, "released_pooled")


def _pool_measure(rows: pd.DataFrame, *, shared: bool, seed: int) -> Iterator[dict[str, Any]]:
    """The common mean of the groups, then every group: drawn towards it, or why not."""
    n, y = rows["n"].to_numpy(dtype=np.float64), rows["mean"].to_numpy(dtype=np.float64)
    within = _pool_variance(n, rows["variance"].to_numpy(dtype=np.float64, na_value=np.nan))
    head = {"groups_n": len(rows), "among_lowest": "", "method": "none", "reason": ""}
    if why := _say_why_not(len(rows), within, shared):
        yield head | {"group": ALL, "n": int(n.sum()), "reason": why}
        for group, people, mean in zip(rows["group"], n, y, strict=True):
            yield head | {"group": group, "n": int(people), "mean": mean, "reason": why}
        return
    variances = within / n
    pooled = pool_groups(y, variances)
    head["method"] = {"PM": "pooled_pm", "AML": "pooled_aml"}[pooled.method]
    silent = _say_why_silent(len(rows), pooled)
    chances = np.full(len(rows), np.nan)
    if not silent:
        chances = chance_among_lowest(y, variances, pooled, LOWEST_N, seed=seed)
    yield head | {
        "group": ALL, "n": int(n.sum()), "pooled": pooled.center, "spread": float(np.sqrt(pooled.tau2)),
        "reason": silent, **_reach(pooled.center, pooled.center_se),
    }  # fmt: skip
    for at, group in enumerate(rows["group"]):
        estimate, se = float(pooled.estimate[at]), float(pooled.se[at])
        told = {"pooled": estimate, **_reach(estimate, se), "among_lowest": _say_chance(float(chances[at]))}
        yield head | {"group": group, "n": int(n[at]), "mean": float(y[at])} | told


def _pool_variance(n: np.ndarray, variance: np.ndarray) -> float:
    """Variance within groups together, each with its degrees of freedom; 0 where there are none."""
    known = (n > 1) & ~np.isnan(variance)
    df = float((n[known] - 1).sum())
    return float((n[known] - 1) @ variance[known]) / df if df else 0.0


def _say_why_not(groups_n: int, within: float, shared: bool) -> str:
    if shared:
        return "not computable: people may count in several groups"
    if groups_n < GROUPS_FROM:
        return f"not computable: it needs {GROUPS_FROM} groups whose score is shown"
    if within <= 0:
        return "not computable: within each group all have the same score"
    return ""


def _say_why_silent(groups_n: int, pooled: PooledGroups) -> str:
    """Why nobody is called one of the lowest; blank where somebody may be."""
    if pooled.method == "AML":
        return "the scores differ no more than chance alone would make them"
    if groups_n < LOWEST_FROM:
        return f"the {LOWEST_N} lowest are not spoken of among fewer than {LOWEST_FROM}"
    return ""


def _reach(estimate: float, se: float) -> dict[str, float]:
    return {"ci_low": max(estimate - REACH * se, 0.0), "ci_high": min(estimate + REACH * se, 100.0)}


def _say_chance(chance: float) -> str:
    if np.isnan(chance):
        return ""
    return "likely" if chance >= LIKELY else "unlikely" if chance < UNLIKELY else "possible"


def _list_shown(released_scores: pd.DataFrame, aggregations: tuple[str, ...]) -> set[tuple[str, str]]:
    """Groups and principles whose score stands in the release as a number."""
    rows = released_scores[
        (released_scores["kind"] == "principle")
        & released_scores["aggregation"].isin(aggregations)
        & (released_scores["marker"] == "")
        & released_scores["mean"].notna()
    ]
    return set(zip(rows["group"].astype("str"), rows["measure"].astype("str"), strict=True))
