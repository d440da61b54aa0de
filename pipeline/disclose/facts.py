"""Response facts as published: who was asked and who answered, for every group, shown or not."""

from __future__ import annotations

import pandas as pd

from pipeline.disclose.release import round_points
from pipeline.disclose.thresholds import smallest_shown_parent
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP


def release_responses(
    responses: pd.DataFrame,
    comments: pd.DataFrame,
    released_scores: pd.DataFrame,
    left_out: dict[str, int],
    definitions: Definitions,
    *,
    left_out_of_items: dict[str, int] | None = None,
) -> pd.DataFrame:
    """Table ``released_responses`` of one year: who was asked and who answered, for every group."""
    profile = definitions.programme.release_profile()
    out = responses[responses["group"] != NO_GROUP].copy()
    principles = released_scores[
        (released_scores["kind"] == "principle") & (released_scores["aggregation"] != "groups_equal")
    ]
    shown = set(principles.loc[principles["marker"].isin(["", "band"]), "group"].astype("str"))
    out["shown"] = out["group"].isin(shown)
    out["needed_n"] = (profile.score - out["n"]).clip(lower=0).astype("Int32")
    out["rate_percent"] = round_points(out["rate"] * 100)
    # who left questions out is nobody's business where few answered
    out["rate_complete_percent"] = round_points((out["rate_complete"] * 100).where(out["shown"]))
    out["stand_in"] = [
        ""
        if code in shown or code not in definitions.group_by_code
        else smallest_shown_parent(code, definitions, shown)
        for code in out["group"].astype("str")
    ]
    of_items = left_out if left_out_of_items is None else left_out_of_items
    for name, few in (("left_out_n", left_out), ("left_out_items_n", of_items)):
        numbers = [_count_left_out(code, few, definitions) for code in out["group"].astype("str")]
        out[name] = pd.array(numbers, dtype="Int32")
    commenters = comments.groupby("group", observed=True)["respondent"].nunique()
    counted = out["group"].astype("str").map(commenters.to_dict())
    out["comments_n"] = counted.where(counted >= profile.comment).astype("Int32")
    return out


def _count_left_out(code: str, left_out: dict[str, int], definitions: Definitions) -> int:
    """Answers below a roll-up (its own included) that its figures leave out; none for other groups."""
    if code != ALL and definitions.group_by_code[code].kind != "rollup":
        return 0
    below = {code, *(group.group for group in definitions.descendants(code))} | ({NO_GROUP} if code == ALL else set())
    return sum(n for group, n in left_out.items() if group in below)
