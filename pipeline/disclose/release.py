"""Scores, counts and changes as they may be published: thresholds applied once, then whole points.

Reports read only what leaves this module (methods S17.1 to S17.5).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from pipeline.disclose.thresholds import (
    Tree,
    count_direct,
    count_items_of_measures,
    find_left_out,
    find_showable,
    half_of_scale,
    is_nearly_unanimous,
    list_items_of_measures,
    threshold_for,
)
from pipeline.stats.rounding import round_half_up
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP
from schemas.methods import EQUAL_FROM

POINTS = ["mean", "ci_low", "ci_high", "possible_low", "possible_high"]
WITHHELD = "withheld under the publication rule"


def choose_left_out(respondents: pd.DataFrame, definitions: Definitions, *, of_items: bool = False) -> dict[str, int]:
    """Groups whose few answers stay out of this year's roll-ups, with how many answers each has.

    Args:
        respondents: the year's ``respondents``.
        definitions: the programme.
        of_items: for roll-ups' figures of single items, which need more people (S17.4): who is left out of
            the other figures is left out of these too, for otherwise the two could be subtracted.
    """
    counted = respondents[(respondents["status"] != "excluded") & (respondents["level"] == "individual")]
    per_group = {str(group): int(n) for group, n in counted["group"].value_counts().items() if n}
    # who names no group counts for the whole community only
    direct = per_group | {ALL: per_group.get(NO_GROUP, 0)}
    profile, tree = definitions.programme.release_profile(), Tree.of(definitions)
    left_out = find_left_out(direct, profile.score, tree)
    if of_items:
        left_out = find_left_out(direct, profile.distribution, tree, left_out)
    return {NO_GROUP if group == ALL else group: direct[group] for group in sorted(left_out)}


def replace_roll_ups(frame: pd.DataFrame, without_few: pd.DataFrame) -> pd.DataFrame:
    """Take the roll-ups' rows from a table that was computed without the groups left out."""
    parts = [frame[frame["aggregation"] == "own"], without_few[without_few["aggregation"] != "own"]]
    return pd.concat(parts, ignore_index=True)


def release_scores(
    scores: pd.DataFrame,
    item_counts: pd.DataFrame,
    definitions: Definitions,
    year: int,
    *,
    left_out: Collection[str] = (),
    left_out_of_items: Collection[str] = (),
    overlapping: Collection[str] = (),
) -> pd.DataFrame:
    """Table ``released_scores`` of one year: withheld cells are empty and marked ``c`` or ``band``.

    Args:
        scores: the year's ``scores`` (basis ``all``).
        item_counts: the year's **released** item counts; an item's mean is shown only with them.
        definitions: the programme.
        year: the survey year.
        left_out: groups that the roll-ups' rows of ``scores`` do not count.
        left_out_of_items: groups that the roll-ups' rows of single items do not count.
        overlapping: groups withheld because groups share people (see ``overlap``).
    """
    profile = definitions.programme.release_profile()
    tree = Tree.of(definitions)
    cells = scores[(scores["basis"] == "all") & (scores["group"] != NO_GROUP)].copy()
    cells["marker"] = ""
    n_items = count_items_of_measures(definitions, year)
    own = cells[cells["aggregation"] != "groups_equal"]
    with_counts = set(map(tuple, item_counts.loc[item_counts["marker"] == "", ["group", "item"]].to_numpy()))
    for measure, rows in own.groupby("measure", observed=True):
        n = dict(zip(rows["group"].astype("str"), rows["n"].astype("int64"), strict=True))
        is_single = n_items.get(str(measure), 1) == 1
        direct = count_direct(n, tree, left_out_of_items if is_single else left_out)
        alike = rows.loc[is_nearly_unanimous(rows["n"], rows["modal_n"]).fillna(False).astype(bool), "group"]
        shown = find_showable(direct, threshold_for(n_items.get(str(measure), 1), profile), tree, set(alike))
        if is_single:
            single = _single_item(definitions, year, str(measure))
            shown = {group for group in shown if (group, single) in with_counts}
        shown -= set(overlapping)
        cells.loc[rows.index[~rows["group"].isin(shown)], "marker"] = "c"
    few = own[is_nearly_unanimous(own["n"], own["modal_n"]).fillna(False).astype(bool)]
    enough = [_is_band(row, n_items, profile.score, profile.distribution) for row in few.itertuples()]
    may_show = np.array(enough, dtype=bool) & ~few["group"].isin(overlapping).to_numpy(dtype=bool)
    of_two = _list_items_of_two_answers(item_counts)
    named = [n_items.get(code, 1) == 1 and _single_item(definitions, year, code) in of_two for code in few["measure"]]
    cells.loc[few.index[may_show], "marker"] = "band"
    cells.loc[few.index[np.array(named, dtype=bool)], "marker"] = "c"
    _mark_groups_equal(cells, definitions)
    cells.loc[(cells["marker"] == "") & cells["mean"].isna(), "marker"] = "x"
    told = _follows_from_counts(cells, with_counts, definitions, year)
    if set(left_out) != set(left_out_of_items):
        told &= cells["aggregation"] == "own"  # roll-ups' scores then rest on other people than their counts
    return _finish_scores(cells, told)


def _follows_from_counts(
    cells: pd.DataFrame, with_counts: set[tuple[str, str]], definitions: Definitions, year: int
) -> pd.Series:
    """Rows whose items' counts are all shown, so that their mean of item means can be worked out anyhow."""
    items = list_items_of_measures(definitions, year)
    keys = zip(cells["group"].astype("str"), cells["measure"].astype("str"), strict=True)
    told = [
        measure in items and all((group, item) in with_counts for item in items[measure]) for group, measure in keys
    ]
    return pd.Series(told, index=cells.index, dtype=bool)


def _is_band(row: object, n_items: dict[str, int], score: int, distribution: int) -> bool:
    n, measure = int(row.n), str(row.measure)  # type: ignore[attr-defined]
    return n >= (distribution if n_items.get(measure, 1) == 1 else score)


def _mark_groups_equal(cells: pd.DataFrame, definitions: Definitions) -> None:
    """A mean of group means gives away the one group it hides: show it only if none is hidden."""
    own = cells[(cells["aggregation"] == "own") & (cells["marker"] != "") & (cells["n"] >= EQUAL_FROM)]
    hidden = own.groupby("measure", observed=True)["group"].agg(lambda groups: frozenset(groups.astype("str")))
    by_measure = hidden.to_dict()
    equal = cells[cells["aggregation"] == "groups_equal"]
    below = {
        code: {group.group for group in definitions.descendants(code) if group.kind == "answers"}
        for code in equal["group"].astype("str").unique()
    }
    gives_away = [
        bool(below[str(group)] & by_measure.get(measure, frozenset()))
        for group, measure in zip(equal["group"], equal["measure"], strict=True)
    ]
    cells.loc[equal.index[gives_away], "marker"] = "c"


def _finish_scores(cells: pd.DataFrame, told: pd.Series) -> pd.DataFrame:
    out = cells.astype({"view": "str", "method": "str"})
    shift = out["mean_of_items"] - out["mean"]
    out["sensitive_to_aggregation"] = (shift.abs() > 1).fillna(False).astype(bool)
    out["mean_of_items_shift"] = round_points(shift.where(out["sensitive_to_aggregation"] & told))
    share = 100 * out["favourable_n"].astype("Float64") / out["answers_n"].where(out["answers_n"] > 0).astype("Float64")
    out["favourable_percent"] = round_points(share)
    low, high = half_of_scale(out["mean"].fillna(0))
    band = out["marker"] == "band"
    out["band_low"], out["band_high"] = low.where(band).astype("Int32"), high.where(band).astype("Int32")
    for name in POINTS:
        out[name] = round_points(out[name])
    withheld = out["marker"].isin(["c", "band"])
    out.loc[withheld, [*POINTS, "favourable_percent", "mean_of_items_shift"]] = pd.NA
    out.loc[withheld, "sensitive_to_aggregation"] = False
    out.loc[withheld, "view"] = "none"
    out.loc[withheld, "method"] = "none"
    out.loc[out["marker"] == "c", "n"] = pd.NA
    out.loc[out["marker"] == "c", "reason"] = WITHHELD
    # the reason a spread could not be computed would say that all answered alike
    out.loc[out["marker"] == "band", "reason"] = ""
    return out


def release_item_counts(
    item_counts: pd.DataFrame,
    responses: pd.DataFrame,
    before: pd.DataFrame,
    definitions: Definitions,
    *,
    left_out: Collection[str] = (),
    overlapping: Collection[str] = (),
) -> pd.DataFrame:
    """Table ``released_item_counts`` of one year.

    Args:
        item_counts: the year's counts.
        responses: the year's response facts.
        before: the previous wave's response facts (empty when there is none): two complete counts
            whose rosters differ by a few would show the difference (S17.5).
        definitions: the programme.
        left_out: groups that the roll-ups' counts do not hold.
        overlapping: groups withheld because groups share people (see ``overlap``).
    """
    profile, tree = definitions.programme.release_profile(), Tree.of(definitions)
    counts = item_counts[item_counts["group"] != NO_GROUP].copy()
    counts["marker"] = ""
    answers = counts[counts["kind"] == "answer"]
    per_item = answers.groupby(["item", "group"], observed=True)["n"].agg(["sum", "max"])
    differing, of_two = _nearly_equal_rosters(responses, before, profile.score), _list_items_of_two_answers(counts)
    for item, rows in per_item.groupby(level="item", observed=True):
        by_group = rows.droplevel("item")
        n = {str(group): int(total) for group, total in by_group["sum"].items()}
        alike = {str(group) for group in by_group.index[is_nearly_unanimous(by_group["sum"], by_group["max"])]}
        shown = find_showable(count_direct(n, tree, left_out), profile.distribution, tree, alike | differing)
        shown -= set(overlapping)
        bands = alike & shown if item not in of_two else set[str]()
        here = counts["item"] == item
        counts.loc[here & ~counts["group"].isin(shown - differing - (alike - bands)), "marker"] = "c"
        counts.loc[here & counts["group"].isin(bands - differing), "marker"] = "band"
    counts.loc[counts["marker"] != "", "n"] = pd.NA
    return counts


def _list_items_of_two_answers(item_counts: pd.DataFrame) -> set[str]:
    """Items of which each half of the scale holds one answer, so that a band would name what nearly all gave."""
    answers_n = item_counts[item_counts["kind"] == "answer"].groupby("item", observed=True)["value"].nunique()
    return set(answers_n.index[answers_n == 2].astype("str"))


def _nearly_equal_rosters(responses: pd.DataFrame, before: pd.DataFrame, threshold: int) -> set[str]:
    complete = [frame[frame["eligible"].notna() & (frame["n"] == frame["eligible"])] for frame in (before, responses)]
    both = complete[0].set_index("group")["n"].to_frame("before").join(complete[1].set_index("group")["n"], how="inner")
    gap = (both["n"].astype("int64") - both["before"].astype("int64")).abs()
    return {str(group) for group in both.index[(gap > 0) & (gap < threshold)]}


def _single_item(definitions: Definitions, year: int, measure: str) -> str:
    """The one item behind a single-item measure (the measure itself, when it is an item)."""
    items = definitions.waves[year].items
    return next((item.item for item in items if item.principle == measure), measure)


def round_points(values: pd.Series) -> pd.Series:
    """Whole points, half up, empty where there is no number."""
    numbers = pd.Series(pd.to_numeric(values, errors="coerce"), index=values.index).astype("float64")
    rounded = pd.Series(pd.NA, index=values.index, dtype="Int32")
    filled = numbers.notna()
    rounded[filled] = round_half_up(numbers[filled].to_numpy()).astype("int32")
    return rounded
