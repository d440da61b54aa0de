"""Tables about questions and groups together: reliability, agreement, and groups side by side (methods S13, S15)."""

from __future__ import annotations

from typing import Any

import pandera.pandas as pa

from schemas.tables._base import MARKERS, Cat, Int, Table, cat_field, count_field, points_field

CHANCES = ["", "likely", "possible", "unlikely"]


def _share_field(description: str, low: float = -1) -> Any:
    return pa.Field(nullable=True, ge=low, le=1, description=description)


def _percent_field(description: str) -> Any:
    return pa.Field(nullable=True, ge=0, le=100, description=f"{description}, whole percent")


class Reliability(Table):
    """One row per principle and group that answers itself, and _all: do its questions belong together (S13)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: pooled within groups, their means removed")
    measure: Cat = cat_field("code of the principle")
    n: Int = count_field("people scored")
    items_n: Int = count_field("questions of the principle")
    variance: float = pa.Field(nullable=True, ge=0, description="of the people's scores, within groups; squared points")
    alpha: float = pa.Field(nullable=True, le=1, description="Cronbach's alpha; null: not reported, see reason")
    ci_low: float = pa.Field(nullable=True, le=1, description="lower end of alpha's 95 % interval")
    ci_high: float = pa.Field(nullable=True, le=1, description="upper end of alpha's 95 % interval")
    omega: float = _share_field("McDonald's omega total", 0)
    r_wg: float = _share_field("agreement within groups, r_wg(j): the median group; _all only", 0)
    icc1: float = _share_field("share of the variance of scores that lies between groups; _all only")
    icc2: float = pa.Field(nullable=True, le=1, description="reliability of the groups' means; _all only")
    method: Cat = cat_field("method ids, see schemas.methods")
    reason: str = pa.Field(description="why something is not reported, or blank")

    class Config:
        unique = ["wave", "group", "measure"]


class ReleasedReliability(Table):
    """One row per principle and group that answers itself, and _all, after disclosure control: two decimals."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: pooled within groups, their means removed")
    measure: Cat = cat_field("code of the principle")
    n: Int = count_field("people scored; null: withheld", nullable=True)
    items_n: Int = count_field("questions of the principle")
    alpha: float = pa.Field(nullable=True, le=1, description="Cronbach's alpha; null: not reported, see reason")
    ci_low: float = pa.Field(nullable=True, le=1, description="lower end of alpha's 95 % interval")
    ci_high: float = pa.Field(nullable=True, le=1, description="upper end of alpha's 95 % interval")
    omega: float = _share_field("McDonald's omega total", 0)
    r_wg: float = _share_field("agreement within groups, r_wg(j): the median group; _all only", 0)
    icc1: float = _share_field("share of the variance of scores that lies between groups; _all only")
    icc2: float = pa.Field(nullable=True, le=1, description="reliability of the groups' means; _all only")
    marker: Cat = cat_field("c: withheld", isin=MARKERS)
    method: Cat = cat_field("method ids")
    reason: str = pa.Field(description="why something is not reported, or blank")

    class Config:
        unique = ["wave", "group", "measure"]


class ReleasedAgreement(Table):
    """One row per group and item: what its published counts tell, and nothing beyond (S7, S13)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    item: Cat = cat_field("item code")
    n: Int = count_field("answers on the scale; null: withheld", nullable=True)
    unfavourable_n: Int = count_field("answers at the end that the scale calls unfavourable", nullable=True)
    favourable_n: Int = count_field("answers at the end that the scale calls favourable", nullable=True)
    agreement: float = _share_field("van der Eijk's A, two decimals: 1 all alike, 0 evenly spread, -1 two camps")
    consensus: float = _share_field("Tastle and Wierman's consensus, two decimals: 1 all alike, 0 two camps", 0)
    split: bool = pa.Field(description="A below .2 and at least a quarter of the answers at either end")
    share_low: Int = _percent_field("lower end of the 95 % interval of the favourable share of all who could answer")
    share_high: Int = _percent_field("its upper end; for a complete count both are the share itself")
    share_method: Cat = cat_field("its method id; none: nobody answered, or no answer counts as favourable")
    marker: Cat = cat_field("c: withheld; band: nearly all alike", isin=MARKERS)
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why there is no agreement, or blank")

    class Config:
        unique = ["wave", "group", "item"]


class ReleasedPooled(Table):
    """One row per principle and group whose score is shown, and _all: groups seen together (S15). Never a ranking."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the groups' common mean")
    measure: Cat = cat_field("code of the principle")
    n: Int = count_field("people scored")
    groups_n: Int = count_field("groups seen together")
    mean: Int = points_field("the group's own score; _all: blank")
    pooled: Int = points_field("score drawn towards the common mean, small groups more; _all: the common mean")
    ci_low: Int = points_field("lower end of the 95 % interval of pooled")
    ci_high: Int = points_field("upper end of the 95 % interval of pooled")
    spread: Int = points_field("standard deviation of the groups' true scores; _all only")
    among_lowest: Cat = cat_field(
        "among the five lowest, by chance allowed for: likely (at least 2 in 3), possible, unlikely (fewer than 1 in 3); "
        "blank: not said, see the row of _all",
        isin=CHANCES,
    )
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why nothing was computed, or why among_lowest is blank")

    class Config:
        unique = ["wave", "group", "measure"]
