"""Google Forms: the responses sheet as CSV, TSV or workbook, one header row.

The column ``Timestamp`` (in the owner's language) says when a response was sent; it comes first
unless somebody moved it. ``Email Address`` and ``Score`` follow it where they are collected. Grid questions
are headed ``Question [Row]``, and stay so. Several choices in one cell are joined with ``, `` or ``;`` and
stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import (
    are_moments,
    as_roles,
    cells_below,
    count_header_rows,
    find_own_columns,
    fold_label,
    label_meaning,
    read_headers,
    read_labels,
)
from pipeline.ingest.readers.plain import find_meaning
from schemas.definitions import Wave

TOOL = "google_forms"
GRID_HEADER = re.compile(r"(?P<question>.+\S)\s*\[[^\[\]]+\]")
POINTS = re.compile(r"\d+([.,]\d+)? ?/ ?\d+([.,]\d+)?")


def recognise_export(grid: Grid) -> Evidence:
    """``Timestamp`` in one of the tool's languages over nothing but times."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    headers = read_headers(grid)
    scores = {at: _score_timestamp(grid, headers, at) for at in _timestamps(headers)}
    found = max(scores, key=lambda at: scores[at], default=None)
    score, reasons = (0.0, []) if found is None else (scores[found], [f"column {found + 1} is '{headers[found]}'"])
    if _is_response_sheet(grid.sheet):
        score, reasons = max(0.7, score + 0.1), [*reasons, f"the sheet is called '{grid.sheet}'"]
    if _has_grid(headers):
        score, reasons = score + 0.1 if score else 0.2, [*reasons, "headers 'Question [Row]'"]
    return Evidence(min(score, 0.95), tuple(reasons))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """One header row; the tool's own columns stand around the timestamp."""
    rows = count_header_rows(wave, 1)
    headers = tuple(read_headers(grid, rows))
    cells = cells_below(grid, rows)
    own = find_own_columns(TOOL, headers)
    # a score reads "7 / 10"; a question may be called Score too
    own |= {
        at: "technical"
        for at, what in own.items()
        if what == "score" and cells[at] and all(map(POINTS.match, cells[at]))
    }
    roles = {at: what for at, what in own.items() if what != "finished" or are_moments(cells[at]) or not cells[at]}
    if "finished" not in roles.values():
        # a timestamp that somebody called Date
        roles |= {at: "finished" for at in range(len(headers)) if find_meaning(headers[at], cells[at]) == "finished"}
    return Layout(rows, headers, roles=as_roles(roles))


def _timestamps(headers: list[str]) -> list[int]:
    return [at for at, header in enumerate(headers) if label_meaning(TOOL, header) == "finished"]


def _score_timestamp(grid: Grid, headers: list[str], at: int) -> float:
    cells = cells_below(grid, 1)[at]
    if not are_moments(cells):
        return 0.3 if at == 0 and not cells else 0.1
    if at == 0:
        return 0.8
    # the tool itself writes no ids: where one comes first, another tool has a column of that name
    others = {label_meaning("plain", header) for header in headers[:at]}
    return 0.0 if others & {"respondent", "token", "started"} else 0.6


def _is_response_sheet(sheet: str) -> bool:
    names = [name for name, label in read_labels(TOOL).items() if label.meaning == "sheet"]
    return any(fold_label(sheet).startswith(name) for name in names)


def _has_grid(headers: list[str]) -> bool:
    """Whether at least two headers share a question before their brackets."""
    questions = [match["question"] for header in headers if (match := GRID_HEADER.fullmatch(header))]
    return any(count > 1 for count in Counter(questions).values())
