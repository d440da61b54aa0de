"""LimeSurvey's headings taken apart: codes, texts, and the tool's own columns in many languages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from pipeline.ingest.readers._columns import read_columns
from pipeline.ingest.readers._grid import Grid, Role
from pipeline.ingest.readers._text import trim_header

CODE = re.compile(r"[A-Za-z]\w*(?:\[[^\[\]\s]*\]){0,2}", re.ASCII)
SEPARATOR = re.compile(r"\s?([^\w\s\[\](]{1,3}(?:_[^\w\s\[\](]{1,2})?)", re.ASCII)
TIMES = ("grouptime", "questiontime")
"""Headed by these words and a name: one column each for every group or question."""

Kind = Literal["code", "text", "code and text", "codes below texts", "spanning"]


@dataclass(frozen=True)
class OwnColumn:
    """A column the tool writes itself; ``sure`` where no other tool calls one like this."""

    code: str
    role: Role
    sure: bool


@dataclass(frozen=True)
class Headings:
    """One code and one text per column; blank where a heading has none."""

    rows: int
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    kind: Kind


def take_apart(grid: Grid, declared: int | None) -> Headings:
    """Find out how an export's headings are made; ``declared``: the header rows survey.toml names."""
    rows = [[trim_header(cell) for cell in row] for row in grid.head()] or [[""] * len(grid.columns)]
    first, none = tuple(rows[0]), ("",) * len(rows[0])
    if len(rows) > 1 and declared in (None, 2):
        if sum(bool(column and column.sure) for column in map(find_own_column, rows[1])) >= 2:
            return Headings(2, tuple(rows[1]), first, "codes below texts")
        if declared == 2 or _spans(rows):
            return Headings(2, none, _join(rows[0], rows[1]), "spanning")
    separator = _find_separator(first)
    if separator:
        codes, texts = zip(*(_split(heading, separator) for heading in first), strict=True)
        return Headings(1, codes, texts, "code and text")
    if sum(bool(CODE.fullmatch(heading)) for heading in first) >= 0.9 * sum(map(bool, first)):
        return Headings(1, first, none, "code")
    return Headings(1, none, first, "text")


def find_own_columns(headings: Headings) -> dict[int, OwnColumn]:
    """The tool's own columns by position, the first of each kind."""
    found: dict[int, OwnColumn] = {}
    seen: set[str] = set()
    for at, (code, text) in enumerate(zip(headings.codes, headings.texts, strict=True)):
        column = find_own_column(code) or find_own_column(text)
        if column is None and ":" in text:
            timed = find_own_column(text.partition(":")[0])
            column = timed if timed and timed.code in TIMES else None
        if column and (column.code not in seen or column.code in TIMES):
            found[at] = column
            seen.add(column.code)
    return found


def find_own_column(heading: str) -> OwnColumn | None:
    """What a heading stands for, written as code or as text, with blanks or underscores."""
    known, name = _own_columns(), heading.casefold().replace("’", "'")
    return known.get(name) or known.get(name.replace("_", " "))


def _find_separator(headings: tuple[str, ...]) -> str:
    """What stands between code and text; blank when the headings are not of both."""
    filled = [heading for heading in headings if heading]
    found: Counter[str] = Counter()
    for heading in filled:
        if between := _between_own(heading.casefold()):
            return between.strip() or between
        if (start := CODE.match(heading)) and (mark := SEPARATOR.match(heading, start.end())):
            found[mark.group(1)] += 1
    for separator, _ in found.most_common(1):
        codes = [code for heading in filled if (code := _split(heading, separator)[0])]
        if len(codes) >= max(2, 0.8 * len(filled)) and len(set(codes)) == len(codes):
            return separator
    return ""


def _between_own(heading: str) -> str:
    """The separator, told from an own column's code and its known text: ``id`` … ``Response ID``."""
    for row in read_columns("limesurvey"):
        code, text = row["code"], row["heading"].casefold()
        if text and heading.startswith(code) and heading.endswith(text):
            between = heading[len(code) : -len(text)]
            if between and not re.search(r"\w", between.strip("_")):
                return between
    return ""


def _split(heading: str, separator: str) -> tuple[str, str]:
    code, mark, text = heading.partition(separator)
    return (code.strip(), text.strip()) if mark and CODE.fullmatch(code.strip()) else ("", heading)


def _spans(rows: list[list[str]]) -> bool:
    """Whether the first row holds questions, each over several subquestions of the second row."""
    first, second, below = rows[0], rows[1], rows[2:]
    blank = sum(not cell for cell in first)
    if not below or not first[0] or blank < 0.4 * len(first) or not all(second):
        return False
    recurring = any(cell in {row[at] for row in below} for at, cell in enumerate(second))
    return not recurring and len(set(second)) > max(2, 0.8 * len(second) - 1)


def _join(questions: list[str], subquestions: list[str]) -> tuple[str, ...]:
    headers, question = [], ""
    for written, sub in zip(questions, subquestions, strict=True):
        question = written or question
        headers.append(f"{question} [{sub}]" if sub and sub != question else question)
    return tuple(headers)


@cache
def _own_columns() -> dict[str, OwnColumn]:
    """By code and by heading in every language."""
    found: dict[str, OwnColumn] = {}
    for row in read_columns("limesurvey"):
        column = OwnColumn(row["code"], cast(Role, row["role"]), row["sure"] == "yes")
        found |= {name.casefold(): column for name in (row["code"], row["heading"]) if name}
    return found
