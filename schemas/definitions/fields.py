"""What all definitions share: kinds of cells, special codes, and the base that refuses unknown keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Origin = Literal["real", "public", "synthetic"]
Level = Literal["individual", "group"]
GroupKind = Literal["answers", "rollup", "folded"]
AnswerKind = Literal["answer", "no_opinion", "not_applicable", "refused", "missing"]
Favourable = Literal["yes", "neutral", "no"]
Comparability = Literal["identical", "editorial", "substantive", "scale change"]
Access = Literal["unique", "shared", "open"]
Layer = Literal["exports", "comments", "answers", "key"]
"""What can be deleted of a survey after its release, each on a date of its own."""

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


def blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
YesNo = Annotated[bool, BeforeValidator(_truth)]
MaybeInt = Annotated[int | None, BeforeValidator(blank_is_none)]
Count = Annotated[int | None, Field(ge=0, le=2_000_000_000), BeforeValidator(blank_is_none)]
Filled = Annotated[str, Field(min_length=1)]
MaybeStr = Annotated[str | None, BeforeValidator(blank_is_none)]
MaybeDate = Annotated[date | None, BeforeValidator(blank_is_none)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]


class Definition(BaseModel):
    """Base of every definition: immutable, and a key nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
