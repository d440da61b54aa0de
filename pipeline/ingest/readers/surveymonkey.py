"""SurveyMonkey: "all responses" exports with one, two or three header rows.

With two rows, the first holds the questions and the second what each column of a question is: the
word ``Response`` for a single answer, else an option, a statement or a comment box. A question is
written once and left blank over its further columns, or repeated. A third row above both holds short
codes. Ids, dates and names come first, unless they were taken out. All words come in the
owner's language.
"""

from __future__ import annotations

import re

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import (
    as_roles,
    cells_below,
    count_header_rows,
    find_own_columns,
    fold_label,
    label_meaning,
)
from pipeline.ingest.readers._text import trim_header
from schemas.definitions import Wave

TOOL = "surveymonkey"
HEADER_ROWS = 3
RESPONSE_ID = re.compile(r"\d{8,15}|\d[.,]\d+E\+\d+")
SUB_HEADERS = {"single answer", "open answer", "other answer"}


def recognise_export(grid: Grid) -> Evidence:
    """The tool's id columns, or its second header row."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    rows = _header_cells(grid)
    count = _count_header_rows(grid, rows)
    score, reasons = _rate_ids(grid, rows[max(count - 2, 0)], count)
    if count > 1:
        subs = [label_meaning(TOOL, cell) for cell in rows[count - 1]]
        n_words = sum(sub in SUB_HEADERS for sub in subs)
        if n_words > 1 or "open answer" in subs or "other answer" in subs:
            score, reasons = max(score + 0.05, 0.85), [*reasons, "a second header row with 'Response' and the like"]
        elif _has_option_row(grid, rows[:count], count - 1):
            score, reasons = max(score + 0.05, 0.5), [*reasons, "a second header row with the options of each question"]
        elif n_words:
            score, reasons = max(score, 0.6), [*reasons, "a second header row with the word 'Response'"]
    return Evidence(min(score, 0.97), tuple(reasons))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers read ``Question`` or ``Question [sub-header]``; a row above the questions gives the codes."""
    rows = _header_cells(grid)
    count = count_header_rows(wave, _count_header_rows(grid, rows))
    rows = [[trim_header(cell) for cell in row] for row in grid.head(count)]
    if not 0 < count <= len(rows):
        return Layout(count, ("",) * len(grid.columns))
    headers = tuple(rows[0]) if count == 1 else _join_headers(*rows[-2:])
    codes = _spread_codes(rows[-3], rows[-2]) if count > 2 else ()
    return Layout(count, headers, codes, as_roles(find_own_columns(TOOL, headers)))


def _header_cells(grid: Grid) -> list[list[str]]:
    return [[trim_header(cell) for cell in row] for row in grid.head(HEADER_ROWS + 1)]


def _rate_ids(grid: Grid, headers: list[str], count: int) -> tuple[float, list[str]]:
    """How much the id columns tell: other tools say ``Respondent ID`` too, but number differently."""
    at = _find_ids(grid, headers, count)
    if at is None:
        return 0.0, []
    ids = cells_below(grid, count)[at]
    if not all(cell.isdecimal() or RESPONSE_ID.fullmatch(cell) for cell in ids):
        return 0.0, []
    own = find_own_columns(TOOL, headers)
    score, reasons = 0.0, [f"a column '{headers[at]}'"]
    if "technical" in own.values():
        score, reasons = score + 0.4, [*reasons, "a collector or custom data column"]
    if ids and all(map(RESPONSE_ID.fullmatch, ids)):
        score += 0.8 if at in own else 0.6
    elif count > 1:
        score += 0.5
    return score, reasons if score else []


def _find_ids(grid: Grid, headers: list[str], header_rows: int) -> int | None:
    """The column of the tool's ids: by its name, or in an unknown language by a blank above long numbers."""
    for at, what in find_own_columns(TOOL, headers).items():
        if what == "respondent":
            return at
    if header_rows < 2:
        return None
    subs = grid.head(header_rows)[-1]
    for at, ids in enumerate(cells_below(grid, header_rows)[:2]):
        if headers[at] and not subs[at].strip() and ids and all(re.fullmatch(r"\d{10,15}", cell) for cell in ids):
            return at
    return None


def _count_header_rows(grid: Grid, rows: list[list[str]]) -> int:
    """How many of the first rows are headers: by where the ids start, else by the second row's words."""
    for at, row in enumerate(rows[: HEADER_ROWS - 1]):
        ids = _find_ids(grid, row, at + 2)
        if ids is None:
            continue
        if not any(cells_below(grid, at + 1)[ids]):
            break
        below = rows[at + 1][ids] if at + 1 < len(rows) else ""
        return at + 2 if fold_label(below) in ("", fold_label(row[ids])) else at + 1
    for at in range(1, min(len(rows), HEADER_ROWS)):
        if _has_word_row(grid, rows, at) or _has_option_row(grid, rows, at):
            return at + 1
    return 1


def _has_word_row(grid: Grid, rows: list[list[str]], at: int) -> bool:
    """Whether a row says ``Response`` and the like of the columns under their questions.

    A first response may hold such a word too; but it is hardly ever full, and others answer the same.
    """
    words = {
        column: meaning
        for column, cell in enumerate(rows[at])
        if (meaning := label_meaning(TOOL, cell)) in SUB_HEADERS
        and (meaning != "other answer" or not rows[at - 1][column])
    }
    below = cells_below(grid, at + 1)
    if not words or any(fold_label(rows[at][column]) in map(fold_label, below[column]) for column in words):
        return False
    own = find_own_columns(TOOL, rows[at - 1])
    asked = [column for column in range(len(rows[at])) if column not in own and (rows[at - 1][column] or below[column])]
    return sum(bool(rows[at][column]) for column in asked) >= 0.8 * len(asked)


def _has_option_row(grid: Grid, rows: list[list[str]], at: int) -> bool:
    """Whether a row names options: blank headers above all but a question's first, nothing else answered below.

    A first response must never be taken for headers: every column without a question has to be named,
    and no name may be one of several answers below it.
    """
    blank = [column for column in range(len(rows[at])) if not any(row[column] for row in rows[:at])]
    if not all(rows[at][column] for column in blank):
        return False
    same = 0
    for column, cells in enumerate(cells_below(grid, at + 1)):
        option, answers = rows[at][column], {trim_header(cell) for cell in cells}
        if option in answers and len(answers) > 1:
            return False
        same += column in blank and answers == {option}
    return same > 2


def _join_headers(questions: list[str], subs: list[str]) -> tuple[str, ...]:
    headers, question = [], ""
    for written, sub in zip(questions, subs, strict=True):
        question = written or question
        if not written and not sub:
            headers.append("")
        elif not sub or sub == question or label_meaning(TOOL, sub) in ("single answer", "open answer"):
            headers.append(question)
        else:
            headers.append(f"{question} [{sub}]")
    return tuple(headers)


def _spread_codes(codes: list[str], questions: list[str]) -> tuple[str, ...]:
    """A question's code for each of its columns; it is written over the first only."""
    spread, code = [], ""
    for written, question in zip(codes, questions, strict=True):
        code = written or ("" if question else code)
        spread.append(code)
    return tuple(spread)
