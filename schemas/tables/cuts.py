"""Tables about declared cuts and weights: who is in which category, and the whole community's figures by them."""

from __future__ import annotations

import pandera.pandas as pa

from schemas.tables._base import MARKERS, VIEWS, Cat, Int, Table, cat_field, count_field, points_field, score_field

WHOLES = ["principle", "part", "overall"]
FIGURES = ["post-stratify", "rake", "members", "groups_median"]
WEIGHTED = "post-stratify, rake; members: every group by its roster; groups_median: every group once, the middle one"


class CutMembers(Table):
    """One row per person, group and cut. Restricted: never released; holds declared categories, never a cell's text."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    cut: Cat = cat_field("code of the cut")
    group: Cat = cat_field("group code; _none: no group named")
    respondent: Cat = cat_field("keyed pseudonym")
    category: Cat = cat_field("category code; _not_said: blank, or would rather not tell")

    class Config:
        unique = ["wave", "cut", "group", "respondent"]


class CutScores(Table):
    """One row per cut, category and measure, for the whole community; the level view (methods S5, S6)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    cut: Cat = cat_field("code of the cut")
    category: Cat = cat_field("category code; _not_said: blank, or would rather not tell")
    kind: Cat = cat_field("principle, part of a principle, or the overarching question", isin=WHOLES)
    measure: Cat = cat_field("code of the principle")
    n: Int = count_field("people scored, each once")
    eligible: Int = count_field("people on the roster in this category; null: unknown or not usable", nullable=True)
    mean: float = score_field("mean of person scores")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the mean, points")
    ci_low: float = score_field("lower end of the 95 % interval")
    ci_high: float = score_field("upper end of the 95 % interval")
    view: Cat = cat_field("population the interval is about", isin=VIEWS)
    modal_n: Int = count_field("people who share the most frequent score", nullable=True)
    method: Cat = cat_field("method id, see schemas.methods")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "cut", "category", "kind", "measure"]


class WeightedScores(Table):
    """One row per roll-up, measure and weighting: the unweighted mean, and beside it the weighted one or why not (S14)."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("code of a roll-up; _all: the whole community")
    kind: Cat = cat_field("principle, part of a principle, or the overarching question", isin=WHOLES)
    measure: Cat = cat_field("code of the principle")
    weighting: Cat = cat_field(WEIGHTED, isin=FIGURES)
    by: str = pa.Field(description="cuts weighted by, or group")
    n: Int = count_field("people scored (groups_median: groups)")
    eligible: Int = count_field("people on the roster; null: unknown", nullable=True)
    unweighted: float = score_field("mean of person scores, every answer counting once")
    mean: float = score_field("weighted mean; null: refused, see reason")
    se: float = pa.Field(nullable=True, ge=0, description="standard error of the weighted mean, points")
    ci_low: float = score_field("lower end of the 95 % interval")
    ci_high: float = score_field("upper end of the 95 % interval")
    possible_low: float = score_field("mean if all who did not answer scored 0")
    possible_high: float = score_field("mean if all who did not answer scored 100")
    design_effect: float = pa.Field(nullable=True, ge=0, description="Kish's design effect of the weights")
    effective_n: float = pa.Field(nullable=True, ge=0, description="n / design_effect")
    merged: str = pa.Field(description="small cells weighted together, or blank")
    method: Cat = cat_field("method id, see schemas.methods")
    reason: str = pa.Field(description="why there is no weighted mean, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "weighting"]


class ReleasedCuts(Table):
    """One row per cut, category and measure, after disclosure control: whole points."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    cut: Cat = cat_field("code of the cut")
    category: Cat = cat_field("category code; _not_said: blank, or would rather not tell")
    kind: Cat = cat_field("principle, part of a principle, or the overarching question", isin=WHOLES)
    measure: Cat = cat_field("code of the principle")
    n: Int = count_field("people scored; null: withheld", nullable=True)
    eligible: Int = count_field("people on the roster in this category; null: unknown", nullable=True)
    mean: Int = points_field("mean of person scores")
    ci_low: Int = points_field("lower end of the 95 % interval")
    ci_high: Int = points_field("upper end of the 95 % interval")
    view: Cat = cat_field("population the interval is about", isin=VIEWS)
    marker: Cat = cat_field("c: withheld; x: not computable", isin=MARKERS)
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why something is not computable, or blank")

    class Config:
        unique = ["wave", "cut", "category", "kind", "measure"]


class ReleasedWeighted(Table):
    """One row per roll-up, measure and weighting, after disclosure control: whole points, unweighted beside weighted."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("code of a roll-up; _all: the whole community")
    kind: Cat = cat_field("principle, part of a principle, or the overarching question", isin=WHOLES)
    measure: Cat = cat_field("code of the principle")
    weighting: Cat = cat_field(WEIGHTED, isin=FIGURES)
    by: str = pa.Field(description="cuts weighted by, or group")
    n: Int = count_field("people scored (groups_median: groups); null: withheld", nullable=True)
    eligible: Int = count_field("people on the roster; null: unknown", nullable=True)
    unweighted: Int = points_field("mean of person scores, every answer counting once")
    mean: Int = points_field("weighted mean; null: refused or withheld")
    ci_low: Int = points_field("lower end of the 95 % interval")
    ci_high: Int = points_field("upper end of the 95 % interval")
    possible_low: Int = points_field("mean if all who did not answer scored 0")
    possible_high: Int = points_field("mean if all who did not answer scored 100")
    design_effect: float = pa.Field(nullable=True, ge=0, description="Kish's design effect, two decimals")
    effective_n: Int = count_field("answers of equal weight that would be as precise", nullable=True)
    merged: str = pa.Field(description="small cells weighted together, or blank")
    marker: Cat = cat_field("c: withheld; x: not computable", isin=MARKERS)
    method: Cat = cat_field("method id")
    reason: str = pa.Field(description="why there is no weighted mean, or blank")

    class Config:
        unique = ["wave", "group", "kind", "measure", "weighting"]
