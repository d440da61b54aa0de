"""Tables that the steps write for each other: exact figures, never released as they are."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas.tables._base import (
    KINDS,
    PATTERNS,
    SHIFTS,
    VERDICTS,
    VIEWS,
    Cat,
    Int,
    Table,
    cat_field,
    count_field,
    score_field,
)


class Respondents(Table):
    """One row per response and group it answers for, excluded responses included."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _none: no group named")
    respondent: str = pa.Field(description="keyed pseudonym; the key never leaves the raw layer")
    level: Cat = cat_field("individual answers and group statements are never mixed", isin=["individual", "group"])
    status: Cat = cat_field("complete, partial or excluded", isin=["complete", "partial", "excluded"])
    reason: Cat = cat_field("problem code of the exclusion, or blank")
    answered_n: Int = count_field("items answered")
    file: Cat = cat_field("export the response came from")
    sheet: Cat = cat_field("sheet of a workbook, or blank")
    row: Int = pa.Field(ge=1, description="row as a spreadsheet counts, the first header being row 1")

    class Config:
        unique = ["wave", "group", "respondent"]


class Answers(Table):
    """One row per respondent, group and item: the typed, validated answers of responses that count."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _none: no group named")
    level: Cat = cat_field("individual answers and group statements are never mixed", isin=["individual", "group"])
    respondent: Cat = cat_field("keyed pseudonym")
    item: Cat = cat_field("item code, stable over the years")
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    kind: Cat = cat_field("an answer, or why there is none", isin=KINDS)

    class Config:
        unique = ["wave", "group", "respondent", "item"]


class Comments(Table):
    """One row per open answer. Restricted: never released as it is."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code")
    respondent: str = pa.Field(description="keyed pseudonym")
    column: Cat = cat_field("the question as the export heads it")
    may_share: bool = pa.Field(description="the author lets the group read it")
    text: str = pa.Field(description="as written")

    class Config:
        unique = ["wave", "group", "respondent", "column"]


class ItemCounts(Table):
    """One row per group, item and answer option (scale position, or kind of non-answer)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: every response")
    item: Cat = cat_field("item code")
    kind: Cat = cat_field("an answer, or why there is none", isin=KINDS)
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    n: Int = count_field("responses")

    class Config:
        unique = ["wave", "group", "item", "kind", "value"]


class Responses(Table):
    """One row per group: who could answer, who did (unrounded, before release)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: every response")
    survey_held: bool = pa.Field(description="a survey was held in this group this year")
    n: Int = count_field("responses that count, complete and partial")
    complete_n: Int = count_field("responses with every principle scorable")
    excluded_n: Int = count_field("responses excluded, see respondents")
    eligible: Int = count_field("people who could answer; null: unknown", nullable=True)
    unit: str = pa.Field(description="what answers: person, organization, government, seat")
    access: Cat = cat_field("unique, shared or open link", isin=["unique", "shared", "open"])
    rate: float = pa.Field(nullable=True, ge=0, le=1, description="n / eligible where computable; AAPOR RR2")
    rate_complete: float = pa.Field(
        nullable=True, ge=0, le=1, description="complete_n / eligible where computable; AAPOR RR1"
    )
    source: str = pa.Field(description="where the eligible number comes from")
    as_of: str = pa.Field(description="date of the eligible number, ISO, or blank")
    reason: str = pa.Field(description="why no survey was held, or why no rate can be computed")

    class Config:
        unique = ["wave", "group"]


class Scores(Table):
    """One row per group, measure, aggregation and basis; the level view (methods S5, S6)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    kind: Cat = cat_field(
        "item, principle, part of a principle, or the overarching question",
        isin=["item", "principle", "part", "overall"],
    )
    measure: Cat = cat_field("code of the item or principle")
    aggregation: Cat = cat_field(
        "own; pooled: every response once; groups_equal: every group once", isin=["own", "pooled", "groups_equal"]
    )
    basis: Cat = cat_field("all items, or common:Y1-Y2")
    weighting: Cat = cat_field("none, or the weighting used")
    n: Int = count_field("people scored (groups_equal: groups)")
    eligible: Int = count_field("people who could answer; null: unknown", nullable=True)
    mean: float = score_field("mean of person scores")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the mean, points")
    ci_low: float = score_field("lower end of the 95 % interval")
    ci_high: float = score_field("upper end of the 95 % interval")
    possible_low: float = score_field("mean if all who did not answer scored 0")
    possible_high: float = score_field("mean if all who did not answer scored 100")
    view: Cat = cat_field("population the interval is about", isin=VIEWS)
    favourable_n: Int = count_field("favourable answers, pooled over items", nullable=True)
    answers_n: Int = count_field("answers, pooled over items", nullable=True)
    mean_of_items: float = score_field("mean of item means, as a sensitivity")
    modal_n: Int = count_field("people who share the most frequent score", nullable=True)
    method: Cat = cat_field("method id, see schemas.methods")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation", "basis", "weighting"]


class Trends(Table):
    """One row per group, measure, aggregation and pair of years; the process view (methods S8-S12)."""

    wave: Cat = cat_field("the later year's wave")
    group: Cat = cat_field("group code; _all: the whole community")
    kind: Cat = cat_field("principle", isin=["principle"])
    measure: Cat = cat_field("code of the principle")
    aggregation: Cat = cat_field("own, pooled or groups_equal", isin=["own", "pooled", "groups_equal"])
    basis: Cat = cat_field("common:Y1-Y2: the items comparable in both years")
    weighting: Cat = cat_field("none, or the weighting used")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    n_from: Int = count_field("people scored in the earlier year (groups_equal: groups)")
    n_to: Int = count_field("people scored in the later year (groups_equal: groups)")
    linked_n: Int = count_field(
        "people in both years, matched by token within their group; null: the years cannot be linked", nullable=True
    )
    items_common: Int = count_field("items comparable in both years")
    items_left_out: str = pa.Field(description="item codes not comparable, each with why")
    mean_from: float = score_field("mean of the earlier year on the common items")
    mean_to: float = score_field("mean of the later year on the common items")
    difference: float = pa.Field(nullable=True, ge=-100, le=100, description="mean_to - mean_from, points")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the difference, points")
    se_persistent: float = pa.Field(
        nullable=True, ge=0,
        description="the same if those who must be in both years correlate by .5; null: people followed, or N unknown",
    )  # fmt: skip
    ci_low: float = pa.Field(nullable=True, description="lower end of the 95 % interval, points")
    ci_high: float = pa.Field(nullable=True, description="upper end of the 95 % interval, points")
    p_value: float = pa.Field(nullable=True, ge=0, le=1, description="two-sided")
    p_adjusted: float = pa.Field(nullable=True, ge=0, le=1, description="Holm within the group's family")
    p_bh: float = pa.Field(
        nullable=True, ge=0, le=1, description="Benjamini-Hochberg over groups; marks look_first only"
    )
    mdc80: float = pa.Field(nullable=True, ge=0, description="change detectable with 80 % power, points")
    superiority: float = pa.Field(
        nullable=True, ge=0, le=1, description="P(later > earlier) + P(equal)/2 for a person of each year"
    )
    superiority_low: float = pa.Field(nullable=True, ge=0, le=1, description="lower end of its 95 % interval")
    superiority_high: float = pa.Field(nullable=True, ge=0, le=1, description="upper end of its 95 % interval")
    order_z: float = pa.Field(nullable=True, description="Jonckheere-Terpstra over three years; above 0: rising")
    order_p: float = pa.Field(nullable=True, ge=0, le=1, description="its two-sided p-value, first-to-last rows only")
    curvature: float = pa.Field(
        nullable=True, ge=-200, le=200, description="first - 2 middle + last, points; below 0: middle year higher"
    )
    curvature_se: float = pa.Field(nullable=True, ge=0, description="its standard error, points")
    verdict: Cat = cat_field("one verdict per number, the same on every page", isin=VERDICTS)
    pattern: Cat = cat_field("three-year pattern on first-to-last rows, else blank", isin=PATTERNS)
    method: Cat = cat_field("method id, see schemas.methods")
    reason: str = pa.Field(description="why not tested or a break, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation", "weighting", "year_from", "year_to"]


class ItemChanges(Table):
    """One row per question of a principle that improved or declined; own groups and roll-ups (methods S10)."""

    wave: Cat = cat_field("the later year's wave")
    group: Cat = cat_field("group code; _all: the whole community")
    aggregation: Cat = cat_field("own or pooled", isin=["own", "pooled"])
    measure: Cat = cat_field("code of the principle")
    item: Cat = cat_field("item code in the later year")
    item_from: Cat = cat_field("item code in the earlier year")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    favourable_from: Int = count_field("favourable answers of the earlier year")
    answers_from: Int = count_field("answers of the earlier year")
    favourable_to: Int = count_field("favourable answers of the later year")
    answers_to: Int = count_field("answers of the later year")
    difference: float = pa.Field(nullable=True, ge=-100, le=100, description="change of the share, percentage points")
    ci_low: float = pa.Field(nullable=True, ge=-100, le=100, description="lower end of the 95 % interval")
    ci_high: float = pa.Field(nullable=True, ge=-100, le=100, description="upper end of the 95 % interval")
    linked_n: Int = count_field("people who answered it in both years; null: not followed", nullable=True)
    lost_n: Int = count_field("of them, favourable in the earlier year only", nullable=True)
    gained_n: Int = count_field("of them, favourable in the later year only", nullable=True)
    p_value: float = pa.Field(nullable=True, ge=0, le=1, description="two-sided, of those followed")
    trend_p: float = pa.Field(
        nullable=True, ge=0, le=1, description="of a rise or fall over three years, first-to-last rows only"
    )
    method: Cat = cat_field("method id, see schemas.methods")

    class Config:
        unique = ["wave", "group", "aggregation", "measure", "item", "year_from", "year_to"]


class ItemShifts(Table):
    """One row per question asked alike in two years, of the whole community: does it drift against the rest? (S16)"""

    wave: Cat = cat_field("the later year's wave")
    measure: Cat = cat_field("code of the principle")
    item: Cat = cat_field("item code in the later year")
    item_from: Cat = cat_field("item code in the earlier year")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    comparability: Cat = cat_field("declared class of the change of wording", isin=["identical", "editorial"])
    n_from: Int = count_field("people of the earlier year who answered all common questions of the principle")
    n_to: Int = count_field("people of the later year who did")
    p_value: float = pa.Field(nullable=True, ge=0, le=1, description="likelihood ratio, 2 degrees of freedom")
    p_adjusted: float = pa.Field(nullable=True, ge=0, le=1, description="Holm over the year's questions")
    r2_change: float = pa.Field(nullable=True, ge=0, le=1, description="change of Nagelkerke's R2")
    size: Cat = cat_field("how much it drifts", isin=SHIFTS)
    direction: Cat = cat_field("later answers, given the rest, are higher or lower", isin=["", "higher", "lower"])
    method: Cat = cat_field("method id, see schemas.methods")

    class Config:
        unique = ["wave", "item"]
