"""LimeSurvey: one header row of codes, of texts, or of both with any separator between.

A subquestion stands in brackets, ``sat[SQ001]`` or ``Question [Subquestion]``; expression codes join
with an underscore. The tool's own columns come first, in a fixed order, headed in the language of
whoever exported (``limesurvey_columns.csv``). The "VV" export has its codes in a second row. Data
files for R and SPSS syntax may have no headers at all: what their columns are stands in another file.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.ingest.readers._grid import HEAD_ROWS, Evidence, Grid, Layout, Role
from pipeline.ingest.readers._labels import count_header_rows
from pipeline.ingest.readers._limesurvey import Headings, find_own_column, find_own_columns, take_apart
from pipeline.store.errors import user_error
from schemas.definitions import Wave
from schemas.problems import counted

TOOL = "limesurvey"
BRACKETED = re.compile(r"[A-Za-z]\w*(?:\[[^\[\]\s]+\]){1,2}", re.ASCII)
BY_DEFAULT = re.compile(r"G\d{2}Q\d{2}\w*", re.ASCII)
"""Codes that the tool itself proposes since version 3: group, question."""
TIMING = re.compile(r"(group|question)time\d*", re.ASCII | re.IGNORECASE)
OWN_BLOCK = {
    "id": r"\d+",
    "submitdate": r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?)?",
    "lastpage": r"(-?\d{1,3})?",
    "startlanguage": r"[a-z]{2,3}(-[A-Za-z]+)*",
    "seed": r"\d{4,}",
}
"""The first columns of every export, whatever the language of their headings; old versions have no seed."""


def recognise_export(grid: Grid) -> Evidence:
    """Its own columns, by heading or by what stands in them; its bracketed or default codes."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    if why := _describe_missing_headings(grid):
        return Evidence(0.75, (why,))
    headings = take_apart(grid, None)
    found = [_weigh_own_columns(grid, headings), *_weigh_codes(headings)]
    if headings.kind == "spanning" and _has_yes_no_options(grid, headings):
        found.append(Evidence(0.5, ("questions above their options, each option answered with one of two words",)))
    score = max(evidence.score for evidence in found)
    return Evidence(score, tuple(reason for evidence in found for reason in evidence.reasons))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers are texts, ``Question [Subquestion]``, or codes where the export has nothing else."""
    if why := _describe_missing_headings(grid):
        raise user_error(
            "export_refused",
            f"The file has no headings: {why}",
            wave=str(wave.year),
            file=grid.file,
            sheet=grid.sheet,
            row=grid.first_row,
            action="In LimeSurvey, export the responses as CSV or Excel with headings, or as SPSS (.sav).",
        )
    headings = take_apart(grid, wave.header_rows)
    headers = tuple(_tidy(text) or code for text, code in zip(headings.texts, headings.codes, strict=True))
    codes = headings.codes if any(headings.codes) else ()
    return Layout(count_header_rows(wave, headings.rows), headers, codes, _find_roles(grid, headings))


def _weigh_own_columns(grid: Grid, headings: Headings) -> Evidence:
    own = {column.code: column for column in find_own_columns(headings).values()}
    block = _measure_own_block(grid, headings.rows)
    sure = sum(column.sure for column in own.values())
    if sure >= 2 or (sure and "id" in own and block):
        return Evidence(0.95, ("its own columns " + ", ".join(f"'{code}'" for code in own),))
    if block:
        what = "the first columns hold response ids, times, last pages and languages"
        return Evidence(0.75 if block == len(OWN_BLOCK) else 0.5, (what,))
    return Evidence(0.0)


def _weigh_codes(headings: Headings) -> list[Evidence]:
    found = []
    bracketed = [code for code in headings.codes if BRACKETED.fullmatch(code)]
    parents = Counter(code.partition("[")[0] for code in bracketed)
    if len(bracketed) >= 3 and max(parents.values()) >= 2:
        what = f"{counted(len(bracketed), 'heading')} with the code of a subquestion in brackets"
        found.append(Evidence(0.9 if headings.kind == "code and text" else 0.75, (what,)))
    if sum(bool(BY_DEFAULT.fullmatch(code.partition("[")[0])) for code in headings.codes) >= 2:
        found.append(Evidence(0.75, ("question codes such as 'G01Q02'",)))
    return found


def _find_roles(grid: Grid, headings: Headings) -> dict[int, Role]:
    roles: dict[int, Role] = {at: column.role for at, column in find_own_columns(headings).items()}
    codes = {code.casefold() for code in headings.codes}
    for at, code in enumerate(headings.codes):
        question = code.casefold().removesuffix("time")
        timed = "interviewtime" in codes and question != code.casefold() and question in codes
        if TIMING.fullmatch(code) or timed:
            roles[at] = "technical"
    if not roles:
        for at, code in enumerate(list(OWN_BLOCK)[: _measure_own_block(grid, headings.rows)]):
            column = find_own_column(code)
            roles |= {at: column.role} if column else {}
    return roles


def _tidy(text: str) -> str:
    """``Question [Subquestion]`` without empty brackets; a subquestion alone without brackets at all."""
    text = text.removesuffix("[]").strip()
    alone = re.fullmatch(r"\[([^\[\]]+)\]", text)
    return alone.group(1).strip() if alone else text


def _describe_missing_headings(grid: Grid) -> str:
    """Why the first row is a response and no header row; blank when it is not."""
    first = [cell.strip() for cell in grid.head(1)[0]] if grid.n_rows else []
    cells = list(OWN_BLOCK.values())[:4]
    if len(first) > len(cells) and all(re.fullmatch(cell, text) for cell, text in zip(cells, first, strict=False)):
        return "its first row already holds a response id, a time, a page and a language"
    filled = [cell for cell in first if cell]
    if len(filled) >= 4 and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in filled):
        return "its first row holds answers in single quotes, as data files for SPSS syntax do"
    return ""


def _measure_own_block(grid: Grid, header_rows: int) -> int:
    """How many of the first columns hold what the tool writes there; 0 when it is not all it always writes."""
    first = [column.slice(header_rows, HEAD_ROWS).to_pylist() for column in grid.columns[: len(OWN_BLOCK)]]
    rows = [row for row in zip(*first, strict=True) if any(row)]
    fitting = 0
    for at, cells in enumerate(list(OWN_BLOCK.values())[: len(first)]):
        column = [row[at].strip() for row in rows]
        if not any(column) or not all(re.fullmatch(cells, cell) for cell in column):
            break
        fitting = at + 1
    return fitting if fitting >= 4 else 0


def _has_yes_no_options(grid: Grid, headings: Headings) -> bool:
    """Whether one question's options are all answered, by everybody, with the same two words."""
    rows = [row for row in grid.head()[headings.rows :] if any(row)]
    answers: dict[str, list[set[str]]] = {}
    for at, header in enumerate(headings.texts):
        answers.setdefault(header.partition(" [")[0], []).append({row[at] for row in rows})
    for columns in answers.values():
        words = Counter(frozenset(column) for column in columns if len(column) == 2 and "" not in column)
        if words and words.most_common(1)[0][1] >= 3:
            return True
    return False
