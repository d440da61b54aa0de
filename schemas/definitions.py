"""A programme's definitions: the tables and settings its people write beside their exports.

One class per row of a human-kept table (or per settings file). Unknown keys are refused, because a
misspelt column that is silently ignored is a misread survey. Columns that start with ``x:`` are
people's own remarks; they are allowed everywhere and read by nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Origin = Literal["real", "public", "synthetic"]
Level = Literal["individual", "group"]
GroupKind = Literal["answers", "rollup", "folded"]
AnswerKind = Literal["answer", "no_opinion", "not_applicable", "refused", "missing"]
Favourable = Literal["yes", "neutral", "no"]
Comparability = Literal["identical", "editorial", "substantive", "scale change"]
Access = Literal["unique", "shared", "open"]

ALL = "_all"
"""Group code of the whole community (every response counted once per group it answered for)."""
NO_GROUP = "_none"
"""Group code of responses that name no group: scored, never shown."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _truth(value: object) -> object:
    words = {"yes": True, "y": True, "true": True, "1": True}
    words |= {"no": False, "n": False, "false": False, "0": False, "": False}
    return words.get(value.strip().casefold(), value) if isinstance(value, str) else value


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
YesNo = Annotated[bool, BeforeValidator(_truth)]
MaybeInt = Annotated[int | None, BeforeValidator(_blank_is_none)]
Count = Annotated[int | None, Field(ge=0, le=2_000_000_000), BeforeValidator(_blank_is_none)]
Filled = Annotated[str, Field(min_length=1)]
MaybeStr = Annotated[str | None, BeforeValidator(_blank_is_none)]
MaybeDate = Annotated[date | None, BeforeValidator(_blank_is_none)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]


class Definition(BaseModel):
    """Base of every definition: immutable, and a key nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


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


class Item(Definition):
    """A row of ``items.csv``: one question in one wave."""

    item: Code = Field(description="stable over the years")
    principle: str = Field("", description="principle or part it measures; blank: reported on its own")
    criterion: MaybeStr = None
    text: dict[str, str]
    scale: Code = Field(description="a scale of scales.csv")
    reverse: YesNo = Field(False, description="yes: agreeing is unfavourable")
    column: str = Field("", description="the export's header or code; blank: the English text")
    same_as: MaybeStr = Field(None, description="the previous wave's code where it differed")
    comparability: Annotated[Comparability | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="against the last wave that asked it; blank: a new item"
    )
    direction_checked: YesNo = Field(
        False, description="yes: a person confirmed reverse although answers run against the rest of the principle"
    )
    note: str = ""


class ScalePoint(Definition):
    """A row of ``scales.csv``: one answer option of one scale."""

    scale: Code
    value: Annotated[int | None, Field(ge=-30_000, le=30_000), BeforeValidator(_blank_is_none)] = Field(
        None, description="position from low to high; blank for non-answers"
    )
    code: str = Field("", description="as the export writes it, when not as the label")
    label: dict[str, str] = Field(description="label by language (columns label:en, ...)")
    aliases: Names = Field((), description="other spellings in exports, separated by |")
    kind: AnswerKind = Field("answer", description="an answer, or why there is none; only answers are scored")
    favourable: Annotated[Favourable | None, BeforeValidator(_blank_is_none)] = None

    @model_validator(mode="after")
    def _answers_have_values(self) -> ScalePoint:
        if (self.kind == "answer") != (self.value is not None):
            raise ValueError("an answer needs a value, and only an answer has one")
        if (self.kind == "answer") != (self.favourable is not None):
            raise ValueError("an answer needs favourable = yes, neutral or no, and only an answer")
        return self


class RosterRow(Definition):
    """A row of ``roster.csv``: whom one wave could reach. Without it no rate is computed (S4)."""

    group: str
    population: Count = Field(None, description="members in all, invited or not")
    invited: Count = Field(None, description="people the invitation went to")
    eligible: Count = Field(None, description="people who could answer: the N of 'n of N'")
    unit: str = "person"
    as_of: MaybeDate = Field(None, description="date of the number")
    source: str = Field("", description="where the number comes from")
    access: Access = Field(
        "shared", description="unique: a link each; shared: one link for members; open: anybody, so no rate"
    )
    survey_held: YesNo = True
    reason: str = Field("", description="why no survey was held")


class GroupAlias(Definition):
    """A row of ``aliases.csv``: another name of a group, for the years in which it meant that group."""

    alias: Filled = Field(description="as an export writes it")
    group: Filled = Field(description="a code of groups.csv, or _none")
    since: Annotated[int | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="first survey year; blank: always"
    )
    until: Annotated[int | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="last survey year; blank: still"
    )
    note: str = Field("", description="renamed, split from, merged into")


class DraftQuestion(Definition):
    """A row of ``questions.csv``: what a drafted wave leaves to a person. Undecided rows stop a run."""

    question: Filled
    proposal: str = Field("", description="what the draft assumed meanwhile")
    file: str = Field("", description="the definition file where the decision goes")
    column: str = Field("", description="the export's column it is about")
    reason: str = ""
    decided: YesNo = Field(False, description="yes: a person has looked, and changed the definitions where needed")


class Correction(Definition):
    """A row of ``corrections.csv``: a declared fix of one raw cell, loud when the source changed."""

    file: str
    sheet: str = ""
    row: int = Field(ge=1, description="as a spreadsheet counts, the header being row 1")
    column: str
    expect: str = Field(description="what the cell holds now; anything else stops the run")
    value: str
    reason: str = Field(min_length=3)


class ExportFile(Definition):
    """One entry of ``[[files]]`` in ``survey.toml``."""

    file: str
    sheet: str = ""
    group: MaybeStr = Field(None, description="every response in this file answers for this group")
    level: Annotated[Level | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="of the responses in this file, where it differs from the wave's"
    )


class ResponseRules(Definition):
    """What counts as a response; each exclusion is listed with its reason, nothing is deleted."""

    count: Literal["scorable", "any answer", "any row"] = Field(
        "scorable",
        description="what a response must hold to count: at least one principle that can be scored, at "
        "least one answer, or nothing (when the export holds other questions too)",
    )
    test_column: str = Field("", description="column that marks test responses")
    test_values: tuple[str, ...] = Field((), description="cell contents that mean: a test")
    duplicate_minutes: float = Field(
        0, ge=0, description="same group and same answers this close in time: a duplicate; 0: off"
    )
    duplicate_min_items: int = Field(8, ge=3, description="with fewer answers, equality proves nothing")
    within_fieldwork: bool = Field(False, description="exclude responses outside the fieldwork dates")
    too_fast_seconds: float = Field(
        0, ge=0, description="exclude responses sent sooner than this after they were begun; 0: off"
    )
    duration_column: str = Field("", description="seconds a response took, where the tool says so itself")
    straight_line_items: int = Field(
        0, ge=0, description="exclude responses with at least this many answers of one scale, all the same; 0: off"
    )


class Wave(Definition):
    """``survey.toml``: one year's survey as its tool exported it."""

    year: int = Field(ge=1900, le=2999)
    title: Filled
    tool: str = Field("", description="name of a reader, for example limesurvey; blank: found from the content")
    report_date: date = Field(description="printed in reports; outputs never carry the clock's date")
    fieldwork_from: date | None = None
    fieldwork_to: date | None = None
    level: Level = Field("individual", description="group: each response is a group's joint statement")
    principles_version: str = Field("", description="blank: the latest wording in force that year")
    language: str = "en"
    respondents: int | None = Field(
        None,
        ge=0,
        description="rows with any text in all exports together, before exclusions; a difference is reported",
    )
    encoding: str = Field("", description="blank: found from the content")
    delimiter: str = Field("", description="blank: found from the content")
    first_header_row: int | None = Field(None, ge=1, description="row of the first header; blank: found")
    header_rows: int | None = Field(None, ge=0, le=5, description="blank: as the tool writes them; 0: none (.sav)")
    sheet: str = Field("", description="sheet of a workbook or member of an archive; blank: the one with responses")
    group_column: str = Field(
        "", description="which group a response is for: a column, or a question with a column per group"
    )
    group_columns: tuple[str, ...] = Field(
        (), description="instead of group_column, where several ask: from general to specific; last filled wins"
    )
    several_groups: bool = Field(False, description="a person may name several groups, and counts in each")
    group_separator: str = Field("", description="what separates several groups in one cell, for example ;")
    write_in_groups: Literal["refuse", "none"] = Field(
        "refuse", description="a group nobody declared: an error, or a response without a group"
    )
    no_group_values: tuple[str, ...] = Field((), description="cells of a group column that mean: none")
    respondent_column: str = Field("", description="the tool's response id or the respondent's token")
    started_column: str = Field("", description="when a response was begun")
    finished_column: str = Field("", description="when it was sent")
    comment_columns: tuple[str, ...] = Field((), description="open answers; restricted, never released as they are")
    share_comment_column: str = Field("", description="the answer to: may my group read this?")
    share_comment_values: tuple[str, ...] = ()
    responses: ResponseRules = ResponseRules()
    files: tuple[ExportFile, ...] = ()

    @field_validator("delimiter")
    @classmethod
    def _is_one_character(cls, value: str) -> str:
        if value and (len(value) > 1 or not value.isascii() or value in '"\r\n'):
            raise ValueError("delimiter must be one character, for example ;")
        return value

    @property
    def group_headers(self) -> tuple[str, ...]:
        """The declared group column or columns, from general to specific."""
        return (self.group_column,) if self.group_column else self.group_columns

    @model_validator(mode="after")
    def _rules_have_what_they_need(self) -> Wave:
        if self.fieldwork_from and self.fieldwork_to and self.fieldwork_to < self.fieldwork_from:
            raise ValueError("fieldwork_to is before fieldwork_from")
        rules, dated = self.responses, bool(self.finished_column or self.started_column)
        if rules.within_fieldwork and not (dated and (self.fieldwork_from or self.fieldwork_to)):
            raise ValueError("within_fieldwork needs fieldwork dates and a finished_column or started_column")
        if rules.duplicate_minutes and not dated:
            raise ValueError("duplicate_minutes needs a finished_column or started_column")
        if rules.too_fast_seconds and not (rules.duration_column or (self.started_column and self.finished_column)):
            raise ValueError("too_fast_seconds needs a duration_column, or a started_column and a finished_column")
        if self.group_column and self.group_columns:
            raise ValueError("give group_column or group_columns, not both")
        if bool(rules.test_column) != bool(rules.test_values):
            raise ValueError("test_column and test_values need each other")
        return self
