"""Microsoft Forms: the downloaded workbook, one sheet, one header row.

The first columns are ``ID``, ``Start time``, ``Completion time``, ``Email`` and ``Name`` in the owner's
language (newer forms add ``Last modified time``), then one column per question or Likert statement, its
header often ending in a non-breaking blank. Quizzes follow each question with ``Points - Question`` and
``Feedback - Question``. Times become ISO text; several choices in one cell stay as ``a;b;``.
"""

from __future__ import annotations

import re

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import (
    are_moments,
    as_roles,
    cells_below,
    count_header_rows,
    find_own_columns,
    label_meaning,
    read_headers,
)
from schemas.definitions import Wave

TOOL = "microsoft_forms"
QUIZ_HEADER = re.compile(r"[^-–]{3,40} [-–] (?P<question>.+)")

LONGEST_NAME = 3
"""Words of the header above names, in any language; a question has more."""


def recognise_export(grid: Grid) -> Evidence:
    """The tool's own columns in its own order, by their names or by what they hold."""
    if grid.variables or not grid.n_rows or len(grid.columns) < 3:
        return Evidence(0.0)
    headers = read_headers(grid)
    own = find_own_columns(TOOL, headers)
    names = "', '".join(headers[:3])
    if [own.get(at) for at in range(3)] == ["respondent", "started", "finished"]:
        return Evidence(0.95, (f"the first columns are '{names}'",))
    if [own.get(at) for at in range(3)] == ["started", "finished", "personal"]:
        return Evidence(0.7, (f"the first columns are '{names}'",))
    if _has_own_values(grid):
        return Evidence(0.7, ("the first columns hold ids, two times, and e-mails or 'anonymous'",))
    return Evidence(0.0)


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """One header row; the tool's own columns stand before the first question."""
    rows = count_header_rows(wave, 1)
    headers = tuple(read_headers(grid, rows))
    own = find_own_columns(TOOL, headers)
    if _has_own_values(grid):
        own = {0: "respondent", 1: "started", 2: "finished", 3: "personal"} | own
        if _is_name_column(grid, headers[4]):
            own.setdefault(4, "personal")
    asked: set[str] = set()
    for at, header in enumerate(headers):
        match = QUIZ_HEADER.fullmatch(header)
        if match and match["question"] in asked:
            own[at] = "technical"
        asked.add(header)
    return Layout(rows, headers, roles=as_roles(own))


def _has_own_values(grid: Grid) -> bool:
    """The first four columns whatever they are called: growing ids, two times, who."""
    if len(grid.columns) < 6:
        return False
    ids, started, finished, email, *_ = cells_below(grid, 1)
    return (
        bool(ids)
        and all(cell.isdecimal() for cell in ids)
        and len(set(ids)) == len(ids)
        and are_moments(started)
        and are_moments(finished)
        and len(started) == len(finished) == len(ids) == len(email)
        and all("@" in cell or label_meaning(TOOL, cell) == "nobody" for cell in email)
    )


def _is_name_column(grid: Grid, header: str) -> bool:
    """Whether the fifth column is the tool's own ``Name``: a word or two, and blank or another name each time.

    Where nobody signed in the tool writes no names; what stands there was asked.
    """
    *_, email, names = cells_below(grid, 1)[:5]
    if not names:
        return True
    anonymous = all(label_meaning(TOOL, cell) == "nobody" for cell in email)
    asked = len(header.split()) > LONGEST_NAME or any(mark in header for mark in "?？؟:")
    return not anonymous and not asked and 2 * len(set(names)) > len(names)
