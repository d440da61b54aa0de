"""Changes as they may be published (methods S17.4, S17.5)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.disclose.release import WITHHELD, round_points
from pipeline.disclose.thresholds import fewest_items_told_apart, threshold_for
from pipeline.stats.proportions import newcombe_difference
from pipeline.stats.rank_tests import detect_share_trend
from pipeline.store.crosswalk import find_wave_between, pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import NO_GROUP

POINTS = ["mean_from", "mean_to", "difference", "ci_low", "ci_high", "mdc80", "mdc80_persistent"]
PAIRS = ["superiority", "superiority_low", "superiority_high"]
UNIT = ["group", "aggregation", "year_from", "year_to"]
CELL = ["group", "measure", "aggregation"]
Z_975 = 1.959964


def find_unfit_to_follow(trends: pd.DataFrame, definitions: Definitions) -> set[tuple[object, ...]]:
    """Comparisons that follow people although too few are followed for a release, or too few are not.

    Following a person needs ``linked`` people, and the others of either year none or as many as a score: the
    same people appear twice, so that what is said of all and of those followed could be subtracted. Where one
    principle of a group fails, all of the group's are compared as strangers, whose p-values are one family.

    Returns:
        Group, aggregation, earlier and later year of each.
    """
    profile = definitions.programme.release_profile()
    rows = trends[trends["method"].astype("str").str.startswith("linked")]
    needed = pd.Series(
        [threshold_for(n, profile) for n in fewest_items_told_apart(rows, definitions)], rows.index, dtype="int64"
    )
    unfit = rows["linked_n"] < profile.linked
    for year in ("n_from", "n_to"):
        others = rows[year] - rows["linked_n"]
        unfit |= (others > 0) & (others < needed)
    return _keys(rows[unfit.astype(bool)], UNIT)


def replace_unfit(trends: pd.DataFrame, as_strangers: pd.DataFrame, unfit: set[tuple[object, ...]]) -> pd.DataFrame:
    """The changes with those in ``unfit`` (group, aggregation, years) taken from the other table."""
    parts = [trends[~_is_in(trends, UNIT, unfit)], as_strangers[_is_in(as_strangers, UNIT, unfit)]]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def release_trends(trends: pd.DataFrame, released_scores: pd.DataFrame, definitions: Definitions) -> pd.DataFrame:
    """Table ``released_trends`` of one year: a change is shown where both years' scores are.

    Args:
        trends: the year's changes.
        released_scores: released scores of every year that the changes touch, with ``year``.
        definitions: the programme.
    """
    profile, rules = definitions.programme.release_profile(), definitions.programme.change
    out = trends[trends["group"] != NO_GROUP].copy()
    open_cells = released_scores[released_scores["marker"] == ""]
    shown = _keys(open_cells, ["year", *CELL])
    from_shown, to_shown = (_is_in(out, [year, *CELL], shown) for year in ("year_from", "year_to"))
    both = from_shown & to_shown
    needed = pd.Series(
        [threshold_for(k, profile) for k in fewest_items_told_apart(out, definitions)], index=out.index, dtype="int64"
    )
    people = out["aggregation"] != "groups_equal"
    enough = ~people | ((out["n_from"] >= needed) & (out["n_to"] >= needed))
    computed = out["difference"].notna()
    withheld = computed & ~(both & enough)
    few = ~computed & (~both | (out["n_from"] == 0))
    out["look_first"] = (
        ((out["p_bh"] <= rules.look_first_q) & ~withheld & (out["aggregation"] == "own")).fillna(False).astype(bool)
    )
    out["marker"] = withheld.map({True: "c", False: ""})
    out["mdc80_persistent"] = out["mdc80"] * out["se_persistent"] / out["se"].where(out["se"] > 0)
    for name in POINTS:
        # a year without answers leaves the other year's mean, which may be that of a withheld group
        out[name] = round_points(out[name]).mask(withheld | few)
    # with few people the share of pairs gives their ranks away, which is to say their answers
    many = (out["n_from"] >= profile.distribution) & (out["n_to"] >= profile.distribution)
    for name in PAIRS:
        out[name] = round_points(100 * out[name]).where(many & computed & ~withheld)
    followed = out["method"].astype("str").str.startswith("linked")
    out["linked_n"] = out["linked_n"].where(followed & ~withheld)
    _tell_three_years(out, ~withheld & _is_middle_shown(out, shown, definitions), rules.alpha)
    out.loc[withheld | few, ["n_from", "n_to"]] = pd.NA
    out["verdict"] = out["verdict"].astype("str").mask(withheld, "not_tested")
    out["pattern"] = out["pattern"].astype("str").mask(withheld & (out["pattern"] != ""), "not_tested")
    out["method"] = out["method"].astype("str").mask(withheld, "none")
    out["reason"] = out["reason"].mask(withheld, WITHHELD)
    return out


def _tell_three_years(out: pd.DataFrame, shown: pd.Series, alpha: float) -> None:
    """Words in place of the statistics of three years, where all three may be shown."""
    climbs = (shown & (out["order_p"] < alpha)).fillna(False).astype(bool)
    out["order"] = (out["order_z"] > 0).map({True: "rising", False: "falling"}).where(climbs, "")
    off = (shown & (out["curvature"].abs() > Z_975 * out["curvature_se"])).fillna(False).astype(bool)
    out["middle_year"] = (out["curvature"] < 0).map({True: "above", False: "below"}).where(off, "")


def _is_middle_shown(trends: pd.DataFrame, shown: set[tuple[object, ...]], definitions: Definitions) -> pd.Series:
    """Whether the score of the wave between may be shown; true where there is none between."""
    between = {
        pair: next((year for year in reversed(definitions.years) if pair[0] < year < pair[1]), pair[0])
        for pair in set(zip(trends["year_from"].astype(int), trends["year_to"].astype(int), strict=True))
    }
    pairs = zip(trends["year_from"].astype(int), trends["year_to"].astype(int), strict=True)
    middle = trends.assign(year=pd.Series([between[pair] for pair in pairs], trends.index, dtype="int64"))
    return _is_in(middle, ["year", *CELL], shown)


def release_item_changes(
    item_changes: pd.DataFrame, released_trends: pd.DataFrame, released_counts: pd.DataFrame, definitions: Definitions
) -> pd.DataFrame:
    """Table ``released_item_changes``: worked out from released counts alone, so that it tells nothing new.

    Args:
        item_changes: the year's changes of items; which there are, and what following people showed.
        released_trends: the year's released changes; a principle's items are listed where its verdict is shown.
        released_counts: released item counts of every year that the changes touch, with ``year``.
        definitions: the programme.
    """
    moved = released_trends[
        (released_trends["marker"] == "") & released_trends["verdict"].isin(["improved", "declined"])
    ]
    rows = item_changes[_is_in(item_changes, ["measure", *UNIT], _keys(moved, ["measure", *UNIT]))]
    followed = _keys(moved[moved["linked_n"].notna()], ["measure", *UNIT])
    shares = _count_favourable(released_counts, definitions)
    out = rows.assign(turned=_say_turned(rows, definitions).where(_is_in(rows, ["measure", *UNIT], followed), ""))
    out["method"] = out["method"].astype("str").mask(out["turned"] == "", "newcombe")
    found, trends, between = [], [], _find_between(rows, definitions)
    for row in rows.itertuples():
        group = str(row.group)
        before = shares.get((int(row.year_from), group, str(row.item_from)))  # type: ignore[arg-type]
        after = shares.get((int(row.year_to), group, str(row.item)))  # type: ignore[arg-type]
        found.append(_compare_shares(before, after))
        year, code = between.get((int(row.year_from), int(row.year_to), str(row.item)), (0, ""))  # type: ignore[arg-type]
        trends.append(_tell_trend(before, shares.get((year, group, code)), after, definitions.programme.change.alpha))
    names = ["n_from", "n_to", "percent_from", "percent_to", "difference", "ci_low", "ci_high"]
    figures = pd.DataFrame(found, index=rows.index, columns=names, dtype="float64")
    for name in names:
        out[name] = round_points(figures[name])
    withheld = out["difference"].isna()
    out["marker"] = withheld.map({True: "c", False: ""}).astype("str")
    out["share_trend"] = pd.Series(trends, index=rows.index, dtype="str").mask(withheld, "")
    out["method"] = out["method"] + (out["share_trend"] != "").map({True: "+share_trend", False: ""})
    out.loc[withheld, ["turned", "method"]] = ["", "none"]
    return out


def _find_between(rows: pd.DataFrame, definitions: Definitions) -> dict[tuple[int, int, str], tuple[int, str]]:
    """For two years and a question of the later one: the wave between that asked it alike, and its code then."""
    found: dict[tuple[int, int, str], tuple[int, str]] = {}
    for year_from, year_to in _keys(rows, ["year_from", "year_to"]):
        pair = int(str(year_from)), int(str(year_to))
        middle = find_wave_between(definitions, *pair)
        if middle is not None:
            asked = [each for each in pair_items(definitions, middle, pair[1]) if each.comparable]
            found |= {(*pair, each.item_to.item): (middle, each.item_from.item) for each in asked}
    return found


def _tell_trend(
    first: tuple[int, int] | None, middle: tuple[int, int] | None, last: tuple[int, int] | None, alpha: float
) -> str:
    """'rising' or 'falling' where three years' published counts say so."""
    if first is None or middle is None or last is None or not (first[1] and middle[1] and last[1]):
        return ""
    favourable, answers = zip(first, middle, last, strict=True)
    found = detect_share_trend(favourable, answers)
    if found is None or found[1] >= alpha:
        return ""
    return "rising" if found[2] > 0 else "falling"


def release_item_shifts(item_shifts: pd.DataFrame) -> pd.DataFrame:
    """Table ``released_item_shifts``: a word about the whole community where at least 200 people were looked at."""
    return item_shifts[item_shifts["size"].astype("str") != "not_tested"].copy()


def _say_turned(rows: pd.DataFrame, definitions: Definitions) -> pd.Series:
    tells = (rows["p_value"] < definitions.programme.change.alpha).fillna(False).astype(bool)
    more = (rows["gained_n"] > rows["lost_n"]).fillna(False).astype(bool)
    return more.map({True: "gained", False: "lost"}).astype("str").where(tells, "")


def _count_favourable(counts: pd.DataFrame, definitions: Definitions) -> Mapping[tuple[int, str, str], tuple[int, int]]:
    """Favourable answers and all answers by year, group and item, where every count is published."""
    answers = counts[(counts["kind"] == "answer") & (counts["marker"] == "")]
    wanted: set[tuple[object, ...]] = {
        (year, item.item, point.value)
        for year, wave in definitions.waves.items()
        for item in wave.items
        for point in wave.answer_points(item)
        if point.favourable == ("no" if item.reverse else "yes")
    }
    favourable = answers["n"].where(_is_in(answers, ["year", "item", "value"], wanted), 0)
    keys = [answers["year"].astype("int64"), answers["group"].astype("str"), answers["item"].astype("str")]
    sums = pd.DataFrame({"favourable": favourable, "n": answers["n"]}).astype("int64").groupby(keys).sum()
    return {key: (int(x), int(n)) for key, x, n in zip(sums.index, sums["favourable"], sums["n"], strict=True)}


def _compare_shares(before: tuple[int, int] | None, after: tuple[int, int] | None) -> tuple[float | None, ...]:
    if before is None or after is None or not (before[1] and after[1]):
        return (None,) * 7
    shares = [100 * x / n for x, n in (before, after)]
    low, high = newcombe_difference(*before, *after)
    return (before[1], after[1], *shares, shares[1] - shares[0], 100 * low, 100 * high)


def _keys(frame: pd.DataFrame, columns: list[str]) -> set[tuple[object, ...]]:
    plain = [frame[name].astype("int64" if name.startswith("year") or name == "value" else "str") for name in columns]
    return set(zip(*(column.tolist() for column in plain), strict=True))


def _is_in(frame: pd.DataFrame, columns: list[str], keys: set[tuple[object, ...]]) -> pd.Series:
    plain = [frame[name].astype("int64" if name.startswith("year") or name == "value" else "str") for name in columns]
    cells = zip(*(column.tolist() for column in plain), strict=True)
    return pd.Series([cell in keys for cell in cells], index=frame.index, dtype=bool)
