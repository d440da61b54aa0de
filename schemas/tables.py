"""One pandera model per stored table: grain (docstring), key, columns, units, descriptions.

``year`` is part of every key and lives in the folder name (``year=2027``), not in the file, so that
any Parquet reader finds it exactly once; see docs/decisions/0003-year-in-the-folder.md.
The data dictionary in docs/ is generated from this module.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import pandas as pd
import pandera.pandas as pa

Cat: TypeAlias = pd.CategoricalDtype
Int: TypeAlias = pd.Int32Dtype

KINDS = ["answer", "no_opinion", "not_applicable", "refused", "missing"]
VIEWS = ["finite", "process", "complete", "none"]
VERDICTS = [
    "improved", "declined", "no_meaningful_change", "cannot_tell", "not_tested", "break_in_series",
]  # fmt: skip
PATTERNS = [
    "", "steady_improvement", "late_improvement", "steady_decline", "late_decline", "reversal", "flat",
    "cannot_tell", "not_tested", "break_in_series",
]  # fmt: skip
MARKERS = ["", "c", "band", "x"]


def _cat(description: str, *, isin: list[str] | None = None) -> Any:
    return pa.Field(description=description, isin=isin)


def _score(description: str) -> Any:
    return pa.Field(nullable=True, ge=0, le=100, description=f"{description}, points of 100")


def _points(description: str) -> Any:
    return pa.Field(nullable=True, ge=0, le=100, description=f"{description}, whole points of 100")


def _count(description: str, *, nullable: bool = False) -> Any:
    return pa.Field(nullable=nullable, ge=0, description=description)


class Table(pa.DataFrameModel):
    """Base: columns exactly as declared. ``Config.unique`` of each table is its key."""

    class Config:
        strict = True


class Respondents(Table):
    """One row per response and group it answers for, excluded responses included."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _none: no group named")
    respondent: str = pa.Field(description="keyed pseudonym; the key never leaves the raw layer")
    level: Cat = _cat("individual answers and group statements are never mixed", isin=["individual", "group"])
    status: Cat = _cat("complete, partial or excluded", isin=["complete", "partial", "excluded"])
    reason: Cat = _cat("problem code of the exclusion, or blank")
    answered_n: Int = _count("items answered")
    file: Cat = _cat("export the response came from")
    sheet: Cat = _cat("sheet of a workbook, or blank")
    row: Int = pa.Field(ge=1, description="row as a spreadsheet counts, the first header being row 1")

    class Config:
        unique = ["wave", "group", "respondent"]


class Answers(Table):
    """One row per respondent, group and item: the typed, validated answers of responses that count."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _none: no group named")
    level: Cat = _cat("individual answers and group statements are never mixed", isin=["individual", "group"])
    respondent: Cat = _cat("keyed pseudonym")
    item: Cat = _cat("item code, stable over the years")
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    kind: Cat = _cat("an answer, or why there is none", isin=KINDS)

    class Config:
        unique = ["wave", "group", "respondent", "item"]


class Comments(Table):
    """One row per open answer. Restricted: never released as it is."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code")
    respondent: str = pa.Field(description="keyed pseudonym")
    column: Cat = _cat("the question as the export heads it")
    may_share: bool = pa.Field(description="the author lets the group read it")
    text: str = pa.Field(description="as written")

    class Config:
        unique = ["wave", "group", "respondent", "column"]


class ItemCounts(Table):
    """One row per group, item and answer option (scale position, or kind of non-answer)."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: every response")
    item: Cat = _cat("item code")
    kind: Cat = _cat("an answer, or why there is none", isin=KINDS)
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    n: Int = _count("responses")

    class Config:
        unique = ["wave", "group", "item", "kind", "value"]


class Responses(Table):
    """One row per group: who could answer, who did (unrounded, before release)."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: every response")
    survey_held: bool = pa.Field(description="a survey was held in this group this year")
    n: Int = _count("responses that count, complete and partial")
    complete_n: Int = _count("responses with every principle scorable")
    excluded_n: Int = _count("responses excluded, see respondents")
    eligible: Int = _count("people who could answer; null: unknown", nullable=True)
    unit: str = pa.Field(description="what answers: person, organization, government, seat")
    access: Cat = _cat("unique, shared or open link", isin=["unique", "shared", "open"])
    rate: float = pa.Field(nullable=True, ge=0, le=1, description="n / eligible where computable")
    source: str = pa.Field(description="where the eligible number comes from")
    as_of: str = pa.Field(description="date of the eligible number, ISO, or blank")
    reason: str = pa.Field(description="why no survey was held, or why no rate can be computed")

    class Config:
        unique = ["wave", "group"]


class Scores(Table):
    """One row per group, measure, aggregation and basis; the level view (methods S5, S6)."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: the whole community")
    kind: Cat = _cat(
        "item, principle, part of a principle, or the overarching question",
        isin=["item", "principle", "part", "overall"],
    )
    measure: Cat = _cat("code of the item or principle")
    aggregation: Cat = _cat(
        "own; pooled: every response once; groups_equal: every group once", isin=["own", "pooled", "groups_equal"]
    )
    basis: Cat = _cat("all items, or common:Y1-Y2")
    weighting: Cat = _cat("none, or the weighting used")
    n: Int = _count("people scored (groups_equal: groups)")
    eligible: Int = _count("people who could answer; null: unknown", nullable=True)
    mean: float = _score("mean of person scores")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the mean, points")
    ci_low: float = _score("lower end of the 95 % interval")
    ci_high: float = _score("upper end of the 95 % interval")
    possible_low: float = _score("mean if all who did not answer scored 0")
    possible_high: float = _score("mean if all who did not answer scored 100")
    view: Cat = _cat("population the interval is about", isin=VIEWS)
    favourable_n: Int = _count("favourable answers, pooled over items", nullable=True)
    answers_n: Int = _count("answers, pooled over items", nullable=True)
    mean_of_items: float = _score("mean of item means, as a sensitivity")
    modal_n: Int = _count("people who share the most frequent score", nullable=True)
    method: Cat = _cat("method id, see schemas.methods")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation", "basis", "weighting"]


class Trends(Table):
    """One row per group, measure, aggregation and pair of years; the process view (methods S8-S12)."""

    wave: Cat = _cat("the later year's wave")
    group: Cat = _cat("group code; _all: the whole community")
    kind: Cat = _cat("principle", isin=["principle"])
    measure: Cat = _cat("code of the principle")
    aggregation: Cat = _cat("own, pooled or groups_equal", isin=["own", "pooled", "groups_equal"])
    basis: Cat = _cat("common:Y1-Y2: the items comparable in both years")
    weighting: Cat = _cat("none, or the weighting used")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    n_from: Int = _count("people scored in the earlier year (groups_equal: groups)")
    n_to: Int = _count("people scored in the later year (groups_equal: groups)")
    items_common: Int = _count("items comparable in both years")
    items_left_out: str = pa.Field(description="item codes not comparable, each with why")
    mean_from: float = _score("mean of the earlier year on the common items")
    mean_to: float = _score("mean of the later year on the common items")
    difference: float = pa.Field(nullable=True, ge=-100, le=100, description="mean_to - mean_from, points")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the difference, points")
    ci_low: float = pa.Field(nullable=True, description="lower end of the 95 % interval, points")
    ci_high: float = pa.Field(nullable=True, description="upper end of the 95 % interval, points")
    p_value: float = pa.Field(nullable=True, ge=0, le=1, description="two-sided")
    p_adjusted: float = pa.Field(nullable=True, ge=0, le=1, description="Holm within the group's family")
    p_bh: float = pa.Field(
        nullable=True, ge=0, le=1, description="Benjamini-Hochberg over groups; marks look_first only"
    )
    mdc80: float = pa.Field(nullable=True, ge=0, description="change detectable with 80 % power, points")
    verdict: Cat = _cat("one verdict per number, the same on every page", isin=VERDICTS)
    pattern: Cat = _cat("three-year pattern on first-to-last rows, else blank", isin=PATTERNS)
    method: Cat = _cat("method id, see schemas.methods")
    reason: str = pa.Field(description="why not tested or a break, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation", "weighting", "year_from", "year_to"]


class ReleasedResponses(Table):
    """One row per group: response facts as published."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: the whole community")
    survey_held: bool = pa.Field(description="a survey was held in this group this year")
    shown: bool = pa.Field(description="the group's own scores may be shown")
    n: Int = _count("responses that count")
    eligible: Int = _count("people who could answer; null: unknown", nullable=True)
    rate_percent: Int = pa.Field(nullable=True, ge=0, le=100, description="whole percent; null: not computable")
    unit: str = pa.Field(description="what answers")
    access: Cat = _cat("unique, shared or open link")
    source: str = pa.Field(description="source of the eligible number")
    as_of: str = pa.Field(description="date of the eligible number, ISO, or blank")
    needed_n: Int = _count("further answers needed before scores may be shown")
    stand_in: str = pa.Field(description="smallest parent whose result may be shown instead, or blank")
    left_out_n: Int = _count("answers that a roll-up's figures leave out, because too few people stand behind them")
    left_out_items_n: Int = _count("answers that a roll-up's figures of single items leave out; never fewer")
    comments_n: Int = _count("people who left a comment; null: below the threshold", nullable=True)
    reason: str = pa.Field(description="why no survey, no rate, or no scores")

    class Config:
        unique = ["wave", "group"]


class ReleasedScores(Table):
    """One row per group, measure and aggregation: whole points, after disclosure control."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: the whole community")
    kind: Cat = _cat("item, principle, part or overall")
    measure: Cat = _cat("code of the item or principle")
    aggregation: Cat = _cat("own, pooled or groups_equal")
    n: Int = _count("people scored (groups_equal: groups); null: withheld", nullable=True)
    mean: Int = _points("mean of person scores")
    ci_low: Int = _points("lower end of the 95 % interval")
    ci_high: Int = _points("upper end of the 95 % interval")
    possible_low: Int = _points("mean if all who did not answer scored 0")
    possible_high: Int = _points("mean if all who did not answer scored 100")
    favourable_percent: Int = pa.Field(nullable=True, ge=0, le=100, description="favourable answers, whole percent")
    view: Cat = _cat("population the interval is about", isin=VIEWS)
    marker: Cat = _cat("c: withheld; band: only the half of the scale is shown; x: not computable", isin=MARKERS)
    band_low: Int = _points("lower end of the band, where marker is band")
    band_high: Int = _points("upper end of the band, where marker is band")
    sensitive_to_aggregation: bool = pa.Field(description="mean of item means differs by more than a point")
    method: Cat = _cat("method id")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "aggregation"]


class ReleasedItemCounts(Table):
    """One row per group, item and answer option, after disclosure control."""

    wave: Cat = _cat("the year, unless a year has several surveys")
    group: Cat = _cat("group code; _all: the whole community")
    item: Cat = _cat("item code")
    kind: Cat = _cat("an answer, or why there is none", isin=KINDS)
    value: pd.Int16Dtype = pa.Field(nullable=True, description="scale position before reversal")
    n: Int = _count("responses; null: withheld", nullable=True)
    marker: Cat = _cat("c: withheld; band: nearly all alike", isin=MARKERS)

    class Config:
        unique = ["wave", "group", "item", "kind", "value"]


class ReleasedTrends(Table):
    """One row per group, principle, aggregation and pair of years: whole points."""

    wave: Cat = _cat("the later year's wave")
    group: Cat = _cat("group code; _all: the whole community")
    measure: Cat = _cat("code of the principle")
    aggregation: Cat = _cat("own, pooled or groups_equal")
    year_from: Int = pa.Field(description="earlier year")
    year_to: Int = pa.Field(description="later year")
    n_from: Int = _count("people in the earlier year; null: withheld", nullable=True)
    n_to: Int = _count("people in the later year; null: withheld", nullable=True)
    items_common: Int = _count("items comparable in both years")
    items_left_out: str = pa.Field(description="item codes not comparable, each with why")
    mean_from: Int = _points("mean of the earlier year on the common items")
    mean_to: Int = _points("mean of the later year on the common items")
    difference: Int = pa.Field(nullable=True, description="rounded unrounded difference, points")
    ci_low: Int = pa.Field(nullable=True, description="lower end of the 95 % interval, points")
    ci_high: Int = pa.Field(nullable=True, description="upper end of the 95 % interval, points")
    mdc80: Int = pa.Field(nullable=True, ge=0, description="change detectable with 80 % power, points")
    look_first: bool = pa.Field(description="worth reading first (Benjamini-Hochberg); not a verdict")
    verdict: Cat = _cat("the verdict", isin=VERDICTS)
    pattern: Cat = _cat("three-year pattern, or blank", isin=PATTERNS)
    marker: Cat = _cat("c: withheld", isin=MARKERS)
    method: Cat = _cat("method id")
    reason: str = pa.Field(description="why not tested, a break or withheld, or blank")

    class Config:
        unique = ["wave", "group", "measure", "aggregation", "year_from", "year_to"]


TABLES: dict[str, type[Table]] = {
    "respondents": Respondents,
    "answers": Answers,
    "comments": Comments,
    "item_counts": ItemCounts,
    "responses": Responses,
    "scores": Scores,
    "trends": Trends,
    "released_responses": ReleasedResponses,
    "released_scores": ReleasedScores,
    "released_item_counts": ReleasedItemCounts,
    "released_trends": ReleasedTrends,
}
