"""One year's survey as people describe it: settings, items, scales, roster, corrections, open questions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from schemas.definitions.fields import (
    Access,
    AnswerKind,
    Code,
    Comparability,
    Count,
    Definition,
    Favourable,
    Filled,
    Level,
    MaybeDate,
    MaybeStr,
    Names,
    YesNo,
    blank_is_none,
)
from schemas.definitions.programme import ReleaseProfile


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
    comparability: Annotated[Comparability | None, BeforeValidator(blank_is_none)] = Field(
        None, description="against the last wave that asked it; blank: a new item"
    )
    direction_checked: YesNo = Field(
        False, description="yes: a person confirmed reverse although answers run against the rest of the principle"
    )
    note: str = ""


class ScalePoint(Definition):
    """A row of ``scales.csv``: one answer option of one scale."""

    scale: Code
    value: Annotated[int | None, Field(ge=-30_000, le=30_000), BeforeValidator(blank_is_none)] = Field(
        None, description="position from low to high; blank for non-answers"
    )
    code: str = Field("", description="as the export writes it, when not as the label")
    label: dict[str, str] = Field(description="label by language (columns label:en, ...)")
    aliases: Names = Field((), description="other spellings in exports, separated by |")
    kind: AnswerKind = Field("answer", description="an answer, or why there is none; only answers are scored")
    favourable: Annotated[Favourable | None, BeforeValidator(blank_is_none)] = None

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
    level: Annotated[Level | None, BeforeValidator(blank_is_none)] = Field(
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


class Weighting(Definition):
    """Whether the whole community's figures are also shown with weights, beside the unweighted ones (S14)."""

    method: Literal["none", "post-stratify", "rake"] = Field(
        "none", description="post-stratify: to the numbers of one cut; rake: to those of several at once"
    )
    by: tuple[str, ...] = Field(
        (), description="cuts of cuts.csv whose every category has an eligible number, or 'group' for roster.csv"
    )

    @model_validator(mode="after")
    def _has_as_many_as_the_method_needs(self) -> Weighting:
        if len(set(self.by)) < len(self.by):
            raise ValueError("by names the same cut twice")
        if self.method == "none" and self.by:
            raise ValueError("by needs a method: post-stratify or rake")
        if self.method == "post-stratify" and len(self.by) != 1:
            raise ValueError("post-stratify needs exactly one cut in by; rake takes several")
        if self.method == "rake" and len(self.by) < 2:
            raise ValueError("rake needs two or more cuts in by; post-stratify takes one")
        return self


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
    linked: bool = Field(False, description="respondent_column holds a token that stays with a person over the years")
    started_column: str = Field("", description="when a response was begun")
    finished_column: str = Field("", description="when it was sent")
    comment_columns: tuple[str, ...] = Field((), description="open answers; restricted, never released as they are")
    share_comment_column: str = Field("", description="the answer to: may my group read this?")
    share_comment_values: tuple[str, ...] = ()
    promised: ReleaseProfile | None = Field(
        None, description="the numbers respondents were told before they answered; the profile may not go below them"
    )
    responses: ResponseRules = ResponseRules()
    weighting: Weighting = Weighting()
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
        if self.linked and not self.respondent_column:
            raise ValueError("linked needs a respondent_column that holds the token")
        if self.group_column and self.group_columns:
            raise ValueError("give group_column or group_columns, not both")
        if bool(rules.test_column) != bool(rules.test_values):
            raise ValueError("test_column and test_values need each other")
        return self
