"""The columns of a human-kept table, as its people should see them: header, meaning, what may be chosen."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pipeline.store.records import Sheet, language_fields
from schemas import definitions as d
from schemas.comments import RosterName, Theme
from schemas.cuts import CutCategory

MODELS: dict[str, type[d.Definition]] = {
    "items": d.Item,
    "scales": d.ScalePoint,
    "roster": d.RosterRow,
    "cuts": CutCategory,
    "corrections": d.Correction,
    "questions": d.DraftQuestion,
    "principles": d.Principle,
    "groups": d.Group,
    "aliases": d.GroupAlias,
    "criteria": d.Criterion,
    "indicators": d.Indicator,
    "periods": d.Period,
    "improvements": d.Improvement,
    "themes": Theme,
    "names": RosterName,
}
"""The model of each table's rows; the first field of a model is what its rows are called by."""
OWNERS = {"group": "groups", "principle": "principles", "criterion": "criteria", "scale": "scales"}
"""A column of this name holds a code of that table."""
LONG = {"note", "reason", "question", "proposal", "issue", "measure"}
"""Columns that hold sentences."""
Kind = Literal["code", "choice", "text", "other"]


@dataclass(frozen=True)
class Choices:
    """What a cell may hold: codes of a table (and ``words`` besides), or ``words`` alone."""

    words: tuple[str, ...] = ()
    table: str = ""


@dataclass(frozen=True)
class TableColumn:
    """One column; ``kind`` decides its width."""

    header: str
    about: str
    needed: bool = False
    choices: Choices | None = None
    kind: Kind = "other"


def describe_columns(name: str, table: Sheet | None) -> list[TableColumn]:
    """A table's columns in its own order, then those that its model knows besides."""
    model = MODELS[name]
    by_language = language_fields(model)
    headers = [header for header in table.header if header] if table else []
    stems = {header.partition(":")[0] if ":" in header else header for header in headers}
    missing = [field for field in model.model_fields if field not in stems]
    headers += [f"{field}:en" if field in by_language else field for field in missing]
    if table is None:
        headers.sort(key=lambda header: list(model.model_fields).index(header.partition(":")[0]))
    return [_describe(name, header) for header in headers]


def _describe(name: str, header: str) -> TableColumn:
    if header.startswith("x:"):
        return TableColumn(header, "Your own column; nothing reads it.")
    stem, _, language = header.partition(":")
    model = MODELS[name]
    field = model.model_fields[stem]
    choices = _find_choices(name, stem, field.annotation)
    parts = [
        field.description,
        _describe_choices(choices) if choices else _word_type(field.annotation),
        f"language: {language}" if language else "",
        "must be filled in" if field.is_required() else "may be blank",
    ]
    about = " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)
    return TableColumn(header, about, field.is_required(), choices, _kind(name, stem, choices, language))


def _describe_choices(choices: Choices) -> str:
    words = ", ".join(choices.words)
    if not choices.table:
        return f"one of: {words}"
    return f"a code of {choices.table}" + (f", or {words}" if words else "")


def _kind(name: str, stem: str, choices: Choices | None, language: str) -> Kind:
    if stem == next(iter(MODELS[name].model_fields)) and stem not in LONG:
        return "code"
    return "choice" if choices else "text" if language or stem in LONG else "other"


def _find_choices(name: str, stem: str, annotation: Any) -> Choices | None:
    owner = name if stem == "parent" else OWNERS.get(stem, "")
    if owner and (owner != name or stem == "parent"):
        extra = (d.NO_GROUP if name == "aliases" else d.ALL,) if owner == "groups" and stem == "group" else ()
        return Choices(extra, owner)
    words = _list_words(annotation)
    return Choices(words) if words else None


def _list_words(annotation: Any) -> tuple[str, ...]:
    """The words of a closed list, also of one that may be blank."""
    if annotation is bool:
        return ("yes", "no")
    if typing.get_origin(annotation) is Literal:
        return typing.get_args(annotation)
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(word for part in typing.get_args(annotation) for word in _list_words(part))
    return ()


def _word_type(annotation: Any) -> str:
    parts = {annotation, *typing.get_args(annotation)}
    if int in parts:
        return "a whole number"
    return "a date like 2027-05-31" if date in parts else ""
