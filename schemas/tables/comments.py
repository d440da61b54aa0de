"""Tables about comments: what a review decided (restricted), and what of it is released (methods S18)."""

from __future__ import annotations

import pandera.pandas as pa

from schemas.tables._base import Cat, Int, Table, cat_field, count_field


class CommentThemes(Table):
    """One row per person, group and theme that a reviewer found in the person's comments. Restricted."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _none: no group named")
    respondent: str = pa.Field(description="keyed pseudonym")
    theme: Cat = cat_field("code of themes.csv, or the reviewer's own words where there is none")

    class Config:
        unique = ["wave", "group", "respondent", "theme"]


class CommentExcerpts(Table):
    """One row per excerpt that its author allowed and a person signed. Restricted."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _none: no group named")
    comment: str = pa.Field(description="the comment's id in the review workbook")
    to_group: bool = pa.Field(description="for the group itself")
    to_public: bool = pa.Field(description="for everybody, where enough people commented")
    text: str = pa.Field(description="as the reviewer edited it")

    class Config:
        unique = ["wave", "comment"]


class ReleasedThemes(Table):
    """One row per group and theme, where enough people commented and a person read the comments."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("group code; _all: the whole community")
    theme: Cat = cat_field("code of themes.csv, or the reviewer's own words where there is none")
    people_n: Int = count_field("people who spoke of it; null: withheld, which includes none", nullable=True)
    commenters_n: Int = count_field("people whose comments were read")
    marker: Cat = cat_field("c: withheld", isin=["", "c"])

    class Config:
        unique = ["wave", "group", "theme"]


class ReleasedExcerpts(Table):
    """One row per excerpt for everybody: allowed by its author, signed by a person, from enough commenters."""

    wave: Cat = cat_field("the year, unless a year has several surveys")
    group: Cat = cat_field("the smallest group with enough commenters; _all: the whole community")
    number: Int = pa.Field(ge=1, description="place in the group's list, which has no other meaning")
    text: str = pa.Field(description="as the reviewer edited it")

    class Config:
        unique = ["wave", "group", "number"]
