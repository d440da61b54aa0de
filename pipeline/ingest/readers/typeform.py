"""Typeform: responses as CSV or workbook, one header row.

A first column ``#`` holds an id of letters and digits; after the questions and hidden fields come
``Response Type``, ``Start Date (UTC)``, ``Stage Date (UTC)``, ``Submit Date (UTC)``, ``Network ID``, ``Tags``
and ``Ending``, more of them the newer the export. A question with several choices has one column per
choice, headed by the choice alone; its cells repeat the choice, or hold 1. Where that was all that is left,
the shape of the columns is only a hint.
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
    read_headers,
)
from schemas.definitions import Wave

TOOL = "typeform"
RESPONSE_ID = re.compile(r"[a-z0-9]{20,40}")
OTHER = "other"


def recognise_export(grid: Grid) -> Evidence:
    """The tool's own columns; without them, columns that only an option can head."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    headers = read_headers(grid)
    cells = cells_below(grid, 1)
    own = find_own_columns(TOOL, headers)
    dates = [headers[at] for at, what in own.items() if what in ("started", "finished")]
    if dates:
        return Evidence(0.95 if len(dates) > 1 else 0.8, tuple(f"a column '{name}'" for name in dates))
    if headers[0] == "#" and cells[0] and all(RESPONSE_ID.fullmatch(cell) for cell in cells[0]):
        return Evidence(0.7, ("a first column '#' with ids of letters and digits",))
    signs = _find_signs(headers, cells)
    return Evidence(0.3, signs) if len(signs) == 3 else Evidence(0.0)


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """One header row; an option's column keeps the option as its header, as no question is written above it."""
    rows = count_header_rows(wave, 1)
    headers = tuple(read_headers(grid, rows))
    return Layout(rows, headers, roles=as_roles(find_own_columns(TOOL, headers)))


def _find_signs(headers: list[str], cells: list[list[str]]) -> tuple[str, ...]:
    """What an export looks like whose own columns were taken out: all three signs, or nothing is told."""
    is_question = [header.endswith(("?", "？", "؟")) for header in headers]
    answers = [set(column) for column in cells]
    is_option = [
        bool(header) and not asks and column != set() and (column <= {"1", "0"} or column == {header})
        for header, asks, column in zip(headers, is_question, answers, strict=True)
    ]
    in_a_row = longest = 0
    for option in is_option:
        in_a_row = in_a_row + 1 if option else 0
        longest = max(longest, in_a_row)
    signs = []
    if longest > 2:
        signs.append(f"{longest} columns in a row headed by an option, with 1 or blank")
    if any(fold_label(header) == OTHER and at and is_question[at - 1] for at, header in enumerate(headers)):
        signs.append("a column 'Other' after a question")
    if any(asks and column and column <= {"0", "1"} for asks, column in zip(is_question, answers, strict=True)):
        signs.append("questions answered with 0 and 1")
    return tuple(signs)
