"""Writes the reference pages from the code: ``python -m docs.generate``. A test keeps them up to date."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic_core import PydanticUndefined

from schemas import definitions as d
from schemas.comments import RosterName, Theme
from schemas.cuts import CutCategory
from schemas.problems import PROBLEMS
from schemas.tables import TABLES, Table
from tests.spec.examples import EXAMPLES, Example

HERE = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py; do not edit. -->"

# file, model, must be there; the folder is the heading above
PROGRAMME_FILES: list[tuple[str, type[d.Definition], bool]] = [
    ("programme.toml", d.Programme, True),
    ("principles.csv", d.Principle, True),
    ("groups.csv", d.Group, True),
    ("aliases.csv", d.GroupAlias, False),
    ("criteria.csv", d.Criterion, False),
    ("indicators.csv", d.Indicator, False),
    ("periods.csv", d.Period, False),
    ("improvements.csv", d.Improvement, False),
    ("themes.csv", Theme, False),
]
YEAR_FILES: list[tuple[str, type[d.Definition], bool]] = [
    ("survey.toml", d.Wave, True),
    ("items.csv", d.Item, True),
    ("scales.csv", d.ScalePoint, True),
    ("roster.csv", d.RosterRow, False),
    ("cuts.csv", CutCategory, False),
    ("corrections.csv", d.Correction, False),
    ("questions.csv", d.DraftQuestion, False),
    ("themes.csv", Theme, False),
    ("names.csv", RosterName, False),
]
WORDS = {str: "text", int: "whole number", float: "number", bool: "yes or no", date: "date, 2027-05-31"}


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    return "\n".join([_row(header), "|" + "---|" * len(header), *map(_row, rows)])


def _first_sentence(model: type[Any]) -> str:
    """A docstring's first paragraph on one line, without the file name it may start with."""
    text = " ".join((model.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")
    if text.startswith(("`", "A row of")) and ": " in text:
        text = text.partition(": ")[2]
    return text[0].upper() + text[1:]


def _models_in(annotation: Any) -> list[type[d.Definition]]:
    if isinstance(annotation, type) and issubclass(annotation, d.Definition):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models_in(part)]


def _contents(name: str, annotation: Any, *, in_table: bool) -> str:
    """What a cell or setting may hold, in words."""
    if nested := _models_in(annotation):
        heading = {tuple: f"[[{name}]]", dict: f"[{name}.NAME]"}.get(typing.get_origin(annotation), f"[{name}]")
        return f"settings under `{heading}`, see {nested[0].__name__} below"
    if typing.get_origin(annotation) is typing.Literal:
        return ", ".join(f"`{value}`" for value in typing.get_args(annotation))
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (inner,) = (part for part in typing.get_args(annotation) if part is not type(None))
        return _contents(name, inner, in_table=in_table)
    if typing.get_origin(annotation) is tuple:
        return "list, separated by `|`" if in_table else "list of texts"
    if typing.get_origin(annotation) is dict:
        return f"text by language: columns `{name}:en`, `{name}:fr`, …"
    return WORDS[annotation]


def _default(field: Any) -> str:
    value = field.default
    if field.is_required():
        return "**needed**"
    if value is PydanticUndefined or value in (None, "", ()) or isinstance(value, d.Definition):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"`{value}`"


def _fields(model: type[d.Definition], *, in_table: bool) -> str:
    return _table(
        ["column" if in_table else "setting", "holds", "when left out", "meaning"],
        (
            [
                f"`{name}`",
                _contents(name, field.annotation, in_table=in_table),
                _default(field),
                field.description or "",
            ]
            for name, field in model.model_fields.items()
        ),
    )


def _describe_files(files: list[tuple[str, type[d.Definition], bool]]) -> list[str]:
    parts = []
    for file, model, needed in files:
        parts += [f"### {file}", "", f"{_first_sentence(model)} {'' if needed else '*Optional.*'}".strip(), ""]
        parts += [_fields(model, in_table=file.endswith(".csv")), ""]
        for nested in [n for field in model.model_fields.values() for n in _models_in(field.annotation)]:
            parts += [f"#### {nested.__name__}", "", _first_sentence(nested), "", _fields(nested, in_table=False), ""]
    return parts


def write_definitions() -> str:
    """The page about every table and setting that people keep."""
    return "\n".join(
        [
            "# Definitions: what a programme's people write",
            "",
            NOTE,
            "",
            "A programme is a folder `data/raw/<programme>/`. A table may be a CSV file or a sheet of the same name (without",
            "`.csv`) in `definitions.xlsx` in the same folder. CSV files are UTF-8 text, separated by comma, semicolon or tab.",
            "A column or setting that nothing reads is refused, so that a misspelt one is not lost in silence; columns that",
            "start with `x:` are your own remarks and are read by nothing. Blank rows are skipped.",
            "",
            "## In the programme's folder",
            "",
            *_describe_files(PROGRAMME_FILES),
            "## In each year's folder",
            "",
            "`<year>/` holds these, and the tool's files, unchanged, in `<year>/exports/`.",
            "",
            *_describe_files(YEAR_FILES),
        ]
    )


def _column_type(column: Any) -> str:
    kind = column.dtype.type
    if isinstance(kind, pd.CategoricalDtype):
        return "category"
    return str(kind)


def _describe_table(name: str, model: type[Table]) -> list[str]:
    schema = model.to_schema()
    rows = (
        [f"`{column}`", _column_type(spec), "yes" if spec.nullable else "", spec.description]
        for column, spec in schema.columns.items()
    )
    key = ", ".join(f"`{column}`" for column in ("year", *(schema.unique or [])))
    return [
        f"## {name}",
        "",
        _first_sentence(model),
        "",
        f"Key: {key}.",
        "",
        _table(["column", "type", "may be empty", "meaning"], rows),
        "",
    ]


def write_dictionary() -> str:
    """The page about every stored table."""
    return "\n".join(
        [
            "# Data dictionary: every stored table",
            "",
            NOTE,
            "",
            "Each table is a folder `<name>.parquet` with one file a year, `year=2027/part-0.parquet`, in",
            "`data/processed/<programme>/`; the `released_` ones are in `release/<profile>/` there. Readers of Parquet",
            "folders add `year` from the folder's name. Scores are in points of 100, higher is better.",
            "",
            *(line for name, model in TABLES.items() for line in _describe_table(name, model)),
        ]
    )


def write_problems() -> str:
    """The page about every problem code."""
    rows = (
        [f"`{code}`", kind.severity, kind.exit_code or "", kind.title, kind.action] for code, kind in PROBLEMS.items()
    )
    return "\n".join(
        [
            "# Problems: every code, and what to do",
            "",
            NOTE,
            "",
            "An error stops the run with its own exit code and leaves earlier results untouched. Warnings and infos are listed",
            "in `data/processed/<programme>/problems.csv`; the run goes on. No message holds what a respondent wrote.",
            "",
            _table(["code", "severity", "exit code", "what it means", "what to do"], rows),
            "",
        ]
    )


def write_methods() -> str:
    """The page about the statistics: the template with its worked examples filled in."""
    page = (HERE / "methods.template.md").read_text(encoding="utf-8")
    for section in dict.fromkeys(example.section for example in EXAMPLES):
        marker = f"<!-- examples: {section} -->"
        if page.count(marker) != 1:
            raise ValueError(f"methods.template.md needs one place for: {section}")
        page = page.replace(marker, "\n\n".join(_describe(each) for each in EXAMPLES if each.section == section))
    title, rest = page.split("\n", 1)
    return f"{title}\n\n{NOTE}\n{rest}"


def _describe(example: Example) -> str:
    rows = ([name, _readable(value)] for name, value in example.expected.items())
    return f"**{example.title}.** {example.words}\n\n*Example.* {example.given}.\n\n{_table(['result', ''], rows)}"


def _readable(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_readable(each) for each in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


PAGES: dict[str, Callable[[], str]] = {
    "definitions.md": write_definitions,
    "data-dictionary.md": write_dictionary,
    "problems.md": write_problems,
    "methods.md": write_methods,
}

if __name__ == "__main__":
    for page, write in PAGES.items():
        (HERE / page).write_text(write(), encoding="utf-8", newline="\n")
