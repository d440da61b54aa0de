"""A second release of the same survey: whose answers differ between the two, and whom that would single out (S17.5, S17.9)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP

KEYS = ["group", "respondent"]


def count_changed_people(before: pd.DataFrame, now: pd.DataFrame) -> dict[str, int]:
    """People of each group whose answers were added, taken out or changed.

    Args:
        before, now: ``answers`` of one year behind two releases.
    """
    cells = [_one_cell_per_item(frame) for frame in (before, now)]
    both = cells[0].merge(cells[1], on=[*KEYS, "item"], how="outer", suffixes=("_before", "_now"), indicator=True)
    same = (both["_merge"] == "both") & (both["answer_before"] == both["answer_now"])
    changed = both.loc[~same, KEYS].drop_duplicates()
    return {str(group): int(n) for group, n in changed["group"].value_counts().items()}


def _one_cell_per_item(answers: pd.DataFrame) -> pd.DataFrame:
    individual = answers[answers["level"] == "individual"]
    cells = individual[[*KEYS, "item"]].astype("str")
    cells["answer"] = individual["value"].astype("str") + individual["kind"].astype("str")
    return cells


def find_singled_out(changed: Mapping[str, int], threshold: int, definitions: Definitions) -> set[str]:
    """Groups and roll-ups whose two versions differ by the answers of a few people.

    Whoever holds both versions can subtract one from the other. Where nobody's answers changed the figures
    are the same; where at least ``threshold`` people's did, the difference is theirs together.

    Args:
        changed: people whose answers differ, per group that answers (``_none``: no group named).
        threshold: respondents behind a score.
        definitions: the programme.
    """
    out = {group for group, n in changed.items() if 0 < n < threshold and group != NO_GROUP}
    for group in definitions.groups:
        below = {group.group, *(each.group for each in definitions.descendants(group.group))}
        if group.kind == "rollup" and 0 < sum(changed.get(code, 0) for code in below) < threshold:
            out.add(group.group)
    return out | ({ALL} if 0 < sum(changed.values()) < threshold else set())


def compare_released(before: Mapping[str, pd.DataFrame], now: Mapping[str, pd.DataFrame]) -> set[str]:
    """Groups of which a released figure differs: all that can be known where the earlier answers are gone."""
    out: set[str] = set()
    for name, old in before.items():
        keys = [
            column
            for column in ("group", "item", "measure", "kind", "value", "aggregation", "year_from")
            if column in old
        ]
        figures = [
            column for column in ("n", "mean", "ci_low", "ci_high", "favourable_percent", "difference") if column in old
        ]
        both = old.astype("str").merge(now[name].astype("str"), on=keys, how="outer", suffixes=("", "_now"))
        for figure in figures:
            out |= set(both.loc[both[figure] != both[f"{figure}_now"], "group"])
    return out
