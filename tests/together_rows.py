"""Released rows on questions and groups together for the toy programme: made up, but as the release would shape them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Rows = list[dict[str, Any]]
NO_NUMBERS = dict.fromkeys(("n", "alpha", "ci_low", "ci_high", "omega", "r_wg", "icc1", "icc2"))
ALPHAS = {"P1": 0.84, "P2": 0.61, "P3": 0.78, "P4": None, "P5": 0.71}


def make_reliability(scores: Rows) -> Rows:
    """P4 has too few questions; a group has an alpha of its own from 50 people on."""
    rows = []
    for score in _principles(scores, ("own", "pooled"), but="HOUSE"):
        row: dict[str, Any] = {"group": score["group"], "measure": score["measure"], "items_n": 3, **NO_NUMBERS}
        row |= {"marker": score["marker"], "method": "none", "reason": ""}
        alpha = ALPHAS[score["measure"]]
        if not score["marker"]:
            row |= {"n": score["n"]}
            if score["group"] == "_all":
                row |= {"r_wg": 0.84, "icc1": 0.09, "icc2": 0.71, "method": "rwg_icc"}
            if alpha is None:
                row |= {"reason": "no alpha: it needs at least 3 questions", "items_n": 2}
            elif score["n"] < 50:
                row |= {"reason": "no alpha: it needs at least 50 people in a single group"}
            else:
                row |= {"alpha": alpha, "ci_low": alpha - 0.08, "ci_high": alpha + 0.05, "omega": alpha + 0.01}
                row |= {"method": "alpha_within+omega_total" + ("+rwg_icc" if score["group"] == "_all" else "")}
        rows.append(row)
    return rows


def make_agreement(counts: Rows) -> Rows:
    """q3 may be split in NORTH (two camps) and SOUTH (spread); everything else agrees well enough."""
    rows = {}
    for count in (row for row in counts if row["kind"] == "answer"):
        key = count["group"], count["item"]
        row = rows.setdefault(key, {"group": key[0], "item": key[1], "n": 0, "marker": count["marker"], "reason": ""})
        if count["marker"]:
            row |= dict.fromkeys(
                ("n", "unfavourable_n", "favourable_n", "agreement", "consensus", "share_low", "share_high")
            )
            row |= {"split": False, "method": "none", "share_method": "none"}
            continue
        row["n"] += count["n"]
        row["unfavourable_n"] = row.get("unfavourable_n", 0) + count["n"] * (count["value"] < 3)
        row["favourable_n"] = row.get("favourable_n", 0) + count["n"] * (count["value"] > 3)
        agreement = {("NORTH", "q3"): -0.25, ("SOUTH", "q3"): 0.12}.get(key, 0.52)
        split = agreement < 0.2 and 4 * min(row["unfavourable_n"], row["favourable_n"]) >= row["n"]
        row |= {"agreement": agreement, "consensus": 0.6, "split": split, "method": "agreement_a"}
        share = 100 * row["favourable_n"] // max(row["n"], 1)
        row |= {"share_low": max(share - 9, 0), "share_high": min(share + 9, 100), "share_method": "share_midp"}
    return list(rows.values())


def make_pooled(scores: Rows) -> Rows:
    """As if ten groups were shown: the least of them is likely among the lowest on P1, nobody on the others."""
    rows = []
    shown = [score for score in _principles(scores, ("own",)) if not score["marker"]]
    for code in ALPHAS:
        here = [score for score in shown if score["measure"] == code]
        base = {
            "measure": code,
            "groups_n": 10,
            "method": "pooled_pm",
            "reason": "",
            "among_lowest": "",
            "spread": None,
        }
        whole = {"group": "_all", "n": sum(score["n"] for score in here), "mean": None, "pooled": 64, "ci_low": 58}
        rows.append(base | whole | {"ci_high": 70, "spread": 6})
        for score in here:
            drawn = (score["mean"] + 64) // 2
            row = {
                "group": score["group"],
                "n": score["n"],
                "mean": score["mean"],
                "pooled": drawn,
                "ci_low": drawn - 7,
            }
            chance = "likely" if (code, score["group"]) == ("P1", "NORTH") else "possible"
            rows.append(base | row | {"ci_high": drawn + 7, "among_lowest": chance})
    return rows


def _principles(scores: Rows, aggregations: Sequence[str], but: str = "") -> Rows:
    return [
        score
        for score in scores
        if score["kind"] == "principle" and score["aggregation"] in aggregations and score["group"] != but
    ]
