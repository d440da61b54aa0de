"""What protection costs: how much of a year is withheld because few answered, and how much more to protect that."""

from __future__ import annotations

import pandas as pd

from pipeline.disclose.thresholds import count_items_of_measures, threshold_for
from pipeline.store.definitions import Definitions
from schemas.problems import Problem

KEY = ["wave", "group", "measure", "aggregation"]


def tell_cost(stored: pd.DataFrame, released: pd.DataFrame, definitions: Definitions, year: int) -> Problem:
    """The share of a year's scores that is withheld, primary and secondary (methods S17.1, S17.6).

    Primary is what a rule of thresholds alone withholds: too few answered, or nearly all the same, so that only a
    band is shown. Everything else is secondary: it is withheld so that what is primary cannot be worked out.

    Args:
        stored: the year's ``scores``, before anything was withheld.
        released: its ``released_scores``, after the audit.
        definitions: the programme.
        year: the survey year.
    """
    marked = mark_cost(stored, released, definitions, year)
    own = marked[(marked["aggregation"] == "own") & (marked["kind"] == "principle")]
    parts = [_count(name, cells) for name, cells in (("groups' own scores", own), ("figures", marked))]
    return Problem("release_audited", f"Withheld {'; '.join(parts)}", wave=str(year))


def mark_cost(stored: pd.DataFrame, released: pd.DataFrame, definitions: Definitions, year: int) -> pd.DataFrame:
    """The released scores with ``primary`` and ``secondary``: whether and why a figure is withheld."""
    profile, items = definitions.programme.release_profile(), count_items_of_measures(definitions, year)
    people = stored.loc[stored["basis"] == "all", [*KEY, "n"]].astype(dict.fromkeys(KEY, "str"))
    cells = released[[*KEY, "kind", "marker"]].astype("str")
    cells = cells.merge(people, on=KEY, how="left", validate="one_to_one")
    needed = cells["measure"].map({code: threshold_for(n, profile) for code, n in items.items()}).fillna(profile.score)
    few = (cells["n"].fillna(0) < needed) & (cells["aggregation"] != "groups_equal")  # there n counts groups
    withheld = cells["marker"].isin(["c", "band"])
    primary = withheld & (few | (cells["marker"] == "band"))
    return cells.assign(primary=primary, secondary=withheld & ~primary)


def _count(name: str, cells: pd.DataFrame) -> str:
    few, more = int(cells["primary"].sum()), int(cells["secondary"].sum())
    whole = max(len(cells), 1)
    return (
        f"of {len(cells)} {name}: {few} ({100 * few / whole:.0f} %) because few answered or nearly all the same, "
        f"{more} ({100 * more / whole:.0f} %) more to protect those"
    )
