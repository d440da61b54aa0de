"""What holds for a programme over the years: settings, principles, groups, criteria, periods, improvements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from schemas.definitions.fields import (
    Code,
    Definition,
    Filled,
    GroupKind,
    MaybeDate,
    MaybeInt,
    MaybeStr,
    Names,
    Origin,
    blank_is_none,
)


class ReleaseProfile(Definition):
    """Smallest number of respondents behind each kind of published figure (methods S17.1)."""

    score: int = Field(ge=3, description="respondents behind a mean, interval or share")
    distribution: int = Field(ge=3, description="respondents behind the counts of one item")
    comment: int = Field(ge=3, description="commenters behind a published theme")
    linked: int = Field(ge=3, description="people matched in both years behind a linked figure")

    @model_validator(mode="after")
    def _counts_need_more_than_scores(self) -> ReleaseProfile:
        if self.distribution < self.score:
            raise ValueError("distribution must not be below score: counts reveal more than a mean")
        return self


STANDARD_PROFILES = {
    "default": ReleaseProfile(score=5, distribution=8, comment=10, linked=10),
    "strict": ReleaseProfile(score=10, distribution=10, comment=10, linked=10),
}


class ChangeRules(Definition):
    """How a difference between two years becomes a verdict; set before the data, never by n (S11)."""

    alpha: float = Field(0.05, gt=0, lt=0.5, description="Holm level within a group's family")
    delta_group: float = Field(10, gt=0, description="meaningful change of a group, points of 100")
    delta_rollup: float = Field(5, gt=0, description="meaningful change of a roll-up, points of 100")
    look_first_q: float = Field(0.10, gt=0, lt=1, description="Benjamini-Hochberg level of the mark")
    smallest_n: int = Field(5, ge=4, description="fewer people in either year: not tested")
    linked_n: int = Field(10, ge=10, description="people matched by token from which a change follows them")
    permutations: int = Field(9999, ge=999, description="sampled permutations when not all are run")
    seed: int = 20250101


class Words(Definition):
    """What this programme calls things, so that its reports speak its own language."""

    group: str = Field("group", description="a group, in the middle of a sentence")
    groups: str = "groups"
    principle: str = "principle"
    principles: str = "principles"
    community: str = Field("the whole community", description="all groups together")
    respondents: str = Field("people", description="those who answer")
    review: str = Field("Input for reviewers", description="title of the reviewers' workbook")


class Retention(Definition):
    """Months after a year's first release for which each layer of it is kept; without a number no date is set (S18)."""

    exports: int | None = Field(
        None,
        ge=0,
        description="the files of the survey tool with corrections.csv, and the layers that hold all their text",
    )
    comments: int | None = Field(
        None, ge=0, description="open answers, their review, the names looked for in them, and pages for single groups"
    )
    answers: int | None = Field(
        None, ge=0, description="answers one by one, and every table made from them before it was protected"
    )
    key: int | None = Field(
        None, ge=0, description="the key of the pseudonyms, after the last release; without it nobody is followed"
    )

    @model_validator(mode="after")
    def _exports_go_first(self) -> Retention:
        for name in ("comments", "answers", "key"):
            kept = getattr(self, name)
            if kept is not None and (self.exports is None or self.exports > kept):
                raise ValueError(
                    f"exports must be kept no longer than {name}: what is deleted there stands in them too"
                )
        return self


class Programme(Definition):
    """``programme.toml``: one survey series."""

    name: Filled
    short_name: Filled = Field(description="used where space is short")
    origin: Origin = Field("real", description="real answers are private; public and synthetic are not")
    language: str = Field("en", description="language of the reports' texts")
    profile: str = Field("default", description="release profile used for reports")
    notice: str = Field("", description="printed on every report, for example an unofficial grouping")
    attribution: str = Field("", description="whose data this is and under which licence")
    ratings: tuple[str, ...] = Field(
        ("met", "partly met", "not met"),
        description="how far a criterion is met; 'not assessed' and 'not applicable' are always offered",
    )
    words: Words = Words()
    change: ChangeRules = ChangeRules()
    profiles: dict[str, ReleaseProfile] = Field(default_factory=dict)
    retention: Retention = Retention()

    @model_validator(mode="after")
    def _profile_exists(self) -> Programme:
        if self.profile not in STANDARD_PROFILES | self.profiles:
            known = ", ".join(sorted(STANDARD_PROFILES | self.profiles))
            raise ValueError(f"profile '{self.profile}' is not declared; known profiles: {known}")
        if clash := sorted(STANDARD_PROFILES.keys() & self.profiles.keys()):
            raise ValueError(f"profile '{clash[0]}' is built in and cannot be redefined")
        return self

    def release_profile(self, name: str | None = None) -> ReleaseProfile:
        return (STANDARD_PROFILES | self.profiles)[name or self.profile]


class Principle(Definition):
    """A row of ``principles.csv``: one wording of one principle, from one year on."""

    principle: Code
    version: Filled = Field(description="which text this is, for example 2025-05")
    since: int = Field(description="first survey year that uses this wording")
    kind: Literal["principle", "overarching", "part"] = Field(
        "principle", description="overarching: asked above the principles; part: half of a principle"
    )
    parent: MaybeStr = Field(None, description="the principle a part belongs to")
    name: dict[str, str] = Field(description="short name by language (columns name:en, name:fr, ...)")
    text: dict[str, str] = Field(description="wording by language (columns text:en, ...)")
    source: str = ""


class Group(Definition):
    """A row of ``groups.csv``: a group that answers, a roll-up of groups, or a folded group.

    ``folded`` groups are too small for a page of their own: their answers count for the parent.
    """

    group: Code = Field(description="code: letters, digits, dots, dashes; stable over the years")
    name: Filled
    parent: MaybeStr = Field(None, description="code of the group it belongs to; blank: top level")
    kind: GroupKind = Field(
        "answers", description="answers itself; rollup: sum of the groups below; folded: counts for its parent, no page"
    )
    unit: str = Field("person", description="what answers: person, organization, government, seat")
    aliases: Names = Field((), description="other spellings in exports, separated by |")
    since: MaybeInt = Field(None, description="first year the group existed")
    until: MaybeInt = Field(None, description="last year the group existed")
    optional_parts: Names = Field((), description="parts of principles this group chose to leave out")
    note: str = ""


class Criterion(Definition):
    """A row of ``criteria.csv``; a blank group means all groups share it."""

    criterion: Code
    principle: str
    group: MaybeStr = Field(None, description="blank: shared by all groups")
    kind: Literal["required", "desirable", "recommended"] = "recommended"
    text: dict[str, str]


class Indicator(Definition):
    """A row of ``indicators.csv``: what shows that a criterion is met."""

    indicator: Code
    criterion: str
    kind: Literal["statement", "data", "survey"]
    items: Names = Field((), description="survey items that inform it, separated by |")
    text: dict[str, str]


class Period(Definition):
    """A row of ``periods.csv``: the years one assessment covers; a blank group means every group."""

    period: Code
    name: Filled
    group: MaybeStr = None
    year_from: int
    year_to: int

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.year_to < self.year_from:
            raise ValueError("year_to is before year_from")
        return self


class Improvement(Definition):
    """A row of ``improvements.csv``: issue, measure, outcome. Every improvement names its resources."""

    id: Code
    group: str
    principle: MaybeStr = None
    issue: Filled
    measure: Filled
    owner: str = ""
    resources: str = ""
    started: MaybeDate = None
    due: MaybeDate = None
    outcome: str = ""
    evidence: str = ""
    status: Literal["planned", "in progress", "done", "dropped"] = "planned"


class GroupAlias(Definition):
    """A row of ``aliases.csv``: another name of a group, for the years in which it meant that group."""

    alias: Filled = Field(description="as an export writes it")
    group: Filled = Field(description="a code of groups.csv, or _none")
    since: Annotated[int | None, BeforeValidator(blank_is_none)] = Field(
        None, description="first survey year; blank: always"
    )
    until: Annotated[int | None, BeforeValidator(blank_is_none)] = Field(
        None, description="last survey year; blank: still"
    )
    note: str = Field("", description="renamed, split from, merged into")
