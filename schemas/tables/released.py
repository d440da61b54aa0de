"""Tables after disclosure control: all that a report may read, in whole points."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas.tables._base import (
    KINDS,
    MARKERS,
    PATTERNS,
    SHIFTS,
    VERDICTS,
    VIEWS,
    Cat,
    Int,
    Table,
    cat_field,
    count_field,
    points_field,
)


class ReleasedResponses(Table):
    """One row per group: response facts as published."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    survey_held: bool = pa.Field(description="a survey was held in this group this year")
    shown: bool = pa.Field(description="the group's own scores may be shown")
    n: Int = count_field("responses that count")
    eligible: Int = count_field("people who could answer; null: unknown", nullable=True)
    rate_percent: Int = pa.Field(nullable=True, ge=0, le=100, description="whole percent; null: not computable")
    rate_complete_percent: Int = pa.Field(
        nullable=True, ge=0, le=100, description="complete responses only; null: not computable, or scores not shown"
    )
    unit: str = pa.Field(description="what answers")
    access: Cat = cat_field("unique, shared or open link")
    source: str = pa.Field(description="source of the eligible number")
    as_of: str = pa.Field(description="date of the eligible number, ISO, or blank")
    needed_n: Int = count_field("further answers needed before scores may be shown")
    stand_in: str = pa.Field(description="smallest parent whose result may be shown instead, or blank")
    left_out_n: Int = count_field(
        "answers that a roll-up's figures leave out, because too few people stand behind them"
    )
    left_out_items_n: Int = count_field("answers that a roll-up's figures of single items leave out; never fewer")
    comments_n: Int = count_field("people who left a comment; null: below the threshold", nullable=True)
    reason: str = pa.Field(description="why no survey, no rate, or no scores")

    class Config:
        unique = ["wave", "group"]


class ReleasedScores(Table):
    """One row per group, measure and aggregation: whole points, after disclosure control."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    kind: Cat = cat_field("item, principle, part or overall")
    measure: Cat = cat_field("code of the item or principle")
    aggregation: Cat = cat_field("own, pooled or groups_equal")
    n: Int = count_field("people scored (groups_equal: groups); null: withheld", nullable=True)
    mean: Int = points_field("mean of person scores")
    ci_low: Int = points_field("lower end of the 95 % interval")
    ci_high: Int = points_field("upper end of the 95 % interval")
    possible_low: Int = points_field("mean if all who did not answer scored 0")
    possible_high: Int = points_field("mean if all who did not answer scored 100")
    favourable_percent: Int = pa.Field(nullable=True, ge=0, le=100, description="favourable answers, whole percent")
    view: Cat = cat_field("population the interval is about", isin=VIEWS)
    marker: Cat = cat_field("c: withheld; band: only the half of the scale is shown; x: not computable", isin=MARKERS)
    band_low: Int = points_field("lower end of the band, where marker is band")
    band_high: Int = points_field("upper end of the band, where marker is band")
    sensitive_to_aggregation: bool = pa.Field(description="mean of item means differs by more than a point")
    mean_of_items_shift: Int = pa.Field(
        nullable=True, description="mean of item means less mean, where more than a point and all its counts are shown"
    )
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation"]


class ReleasedItemCounts(Table):
    """One row per group, item and answer option, after disclosure control."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    item: Cat = cat_field("item code")
    kind: Cat = cat_field("an answer, or why there is none", isin=KINDS)
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    n: Int = count_field("responses; null: withheld", nullable=True)
    marker: Cat = cat_field("c: withheld; band: nearly all alike", isin=MARKERS)

    class Config:
        unique = ["wave", "group", "item", "kind", "value"]


class ReleasedTrends(Table):
    """One row per group, principle, aggregation and pair of years: whole points."""

    wave: Cat = cat_field("the later year's wave")
    group: Cat = cat_field("group code; _all: the whole community")
    measure: Cat = cat_field("code of the principle")
    aggregation: Cat = cat_field("own, pooled or groups_equal")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    n_from: Int = count_field("people in the earlier year; null: withheld", nullable=True)
    n_to: Int = count_field("people in the later year; null: withheld", nullable=True)
    items_common: Int = count_field("items comparable in both years")
    items_left_out: str = pa.Field(description="item codes not comparable, each with why")
    mean_from: Int = points_field("mean of the earlier year on the common items")
    mean_to: Int = points_field("mean of the later year on the common items")
    difference: Int = pa.Field(nullable=True, description="rounded unrounded difference, points")
    ci_low: Int = pa.Field(nullable=True, description="lower end of the 95 % interval, points")
    ci_high: Int = pa.Field(nullable=True, description="upper end of the 95 % interval, points")
    mdc80: Int = pa.Field(nullable=True, ge=0, description="change detectable with 80 % power, points")
    mdc80_persistent: Int = pa.Field(
        nullable=True, ge=0, description="the same if those who must be in both years keep half of their views, points"
    )
    linked_n: Int = count_field("people followed over the years; null: not followed, or withheld", nullable=True)
    superiority: Int = pa.Field(
        nullable=True, ge=0, le=100,
        description="of 100 pairs of a person of each year, those in which the later one is higher, ties as half",
    )  # fmt: skip
    superiority_low: Int = pa.Field(nullable=True, ge=0, le=100, description="lower end of its 95 % interval")
    superiority_high: Int = pa.Field(nullable=True, ge=0, le=100, description="upper end of its 95 % interval")
    order: Cat = cat_field("whether people's scores climb over three years, or blank", isin=["", "rising", "falling"])
    middle_year: Cat = cat_field(
        "whether the middle year lies off the line between the others, or blank", isin=["", "above", "below"]
    )
    look_first: bool = pa.Field(description="worth reading first (Benjamini-Hochberg); not a verdict")
    verdict: Cat = cat_field("the verdict", isin=VERDICTS)
    pattern: Cat = cat_field("three-year pattern, or blank", isin=PATTERNS)
    marker: Cat = cat_field("c: withheld", isin=MARKERS)
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why not tested, a break or withheld, or blank")

    class Config:
        unique = ["wave", "group", "measure", "aggregation", "year_from", "year_to"]


class ReleasedItemChanges(Table):
    """One row per question of a principle that improved or declined, where the principle's change is shown."""

    wave: Cat = cat_field("the later year's wave")
    group: Cat = cat_field("group code; _all: the whole community")
    aggregation: Cat = cat_field("own or pooled", isin=["own", "pooled"])
    measure: Cat = cat_field("code of the principle")
    item: Cat = cat_field("item code in the later year")
    item_from: Cat = cat_field("item code in the earlier year")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    n_from: Int = pa.Field(nullable=True, ge=1, description="answers to it then")
    n_to: Int = pa.Field(nullable=True, ge=1, description="answers to it now")
    percent_from: Int = pa.Field(nullable=True, ge=0, le=100, description="favourable answers then, whole percent")
    percent_to: Int = pa.Field(nullable=True, ge=0, le=100, description="favourable answers now, whole percent")
    difference: Int = pa.Field(nullable=True, ge=-100, le=100, description="rounded unrounded difference, points")
    ci_low: Int = pa.Field(nullable=True, ge=-100, le=100, description="lower end of the 95 % interval")
    ci_high: Int = pa.Field(nullable=True, ge=-100, le=100, description="upper end of the 95 % interval")
    turned: Cat = cat_field(
        "of those followed, more turned favourable (gained) or away (lost), or blank", isin=["", "gained", "lost"]
    )
    share_trend: Cat = cat_field(
        "whether the favourable share rises or falls over three years, or blank", isin=["", "rising", "falling"]
    )
    marker: Cat = cat_field("c: withheld", isin=["", "c"])
    method: Cat = cat_field("method ids")

    class Config:
        unique = ["wave", "group", "aggregation", "measure", "item", "year_from", "year_to"]


class ReleasedItemShifts(Table):
    """One row per question of the whole community that was looked at for a drift between two years."""

    wave: Cat = cat_field("the later year's wave")
    measure: Cat = cat_field("code of the principle")
    item: Cat = cat_field("item code in the later year")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    size: Cat = cat_field("how much it drifts against the rest of its principle", isin=SHIFTS)
    direction: Cat = cat_field("later answers, given the rest, are higher or lower", isin=["", "higher", "lower"])
    method: Cat = cat_field("method id")

    class Config:
        unique = ["wave", "item"]
