"""Any plain table: the reader of last resort.

One header row, or two where the second names columns of numbers or dates again in words, or names the
columns that the first spans. Tools without
a reader of their own mostly head their columns with well-known words (``Submission Date``,
``E-mail``, ``IP``): those columns get a role when their cells fit it.
"""

from __future__ import annotations

import re

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import (
    are_language_codes,
    are_moments,
    are_numbers,
    as_roles,
    cells_below,
    count_header_rows,
    label_meaning,
)
from pipeline.ingest.readers._spanning import read_spanned_headers
from pipeline.ingest.readers._text import trim_header
from schemas.definitions import Wave

TOOL = "plain"


def recognise_export(grid: Grid) -> Evidence:
    """Always possible, never more likely than a tool that shows itself."""
    return Evidence(0.1, (f"{len(grid.columns)} columns with headers, no mark of a survey tool",))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """With two header rows of which the first holds codes, the second gives the headers.

    A first row that spans the columns of its questions makes ``Question [Row]``; other header rows are
    joined with a blank.
    """
    spanned = read_spanned_headers(grid)
    rows = count_header_rows(wave, 2 if spanned or _has_second_header_row(grid) else 1)
    head = [[trim_header(cell) for cell in row] for row in grid.head(rows)]
    codes: tuple[str, ...] = ()
    if rows == 2 and spanned:
        headers = spanned
    elif rows == 2 and len(head) == 2 and _are_codes(head[0]):
        codes = tuple(head[0])
        headers = tuple(text or code for code, text in zip(*head, strict=True))
    else:
        headers = tuple(" ".join(filter(None, parts)) for parts in zip(*head, strict=True))
    headers = headers or ("",) * len(grid.columns)
    cells = cells_below(grid, rows)
    meanings = {
        at: meaning
        for at in range(len(headers))
        for name in ([headers[at], codes[at]] if codes else [headers[at]])
        if (meaning := find_meaning(name, cells[at]))
    }
    return Layout(rows, headers, codes, as_roles(meanings))


def find_meaning(header: str, cells: list[str]) -> str:
    """What a column is by a well-known word over cells that fit it; blank if nothing.

    ``submission_date`` and ``Submission Date (UTC)`` are the same word.
    """
    names = (header, header.replace("_", " "), re.sub(r"\s*\([^()]*\)$", "", header))
    meaning = next((found for name in names if (found := label_meaning(TOOL, name))), "")
    if meaning == "status" and are_moments(cells):
        return "finished"
    return meaning if _fits(meaning, cells) else ""


def _fits(meaning: str, cells: list[str]) -> bool:
    """Whether cells can be what the header says; a question may use the same word."""
    if meaning in ("started", "finished"):
        return are_moments(cells)
    if meaning == "duration":
        return all(cell[0].isdecimal() for cell in cells)
    if meaning == "respondent":
        return bool(cells) and len(set(cells)) == len(cells)
    if meaning == "language":
        return are_language_codes(cells)
    return True


def _has_second_header_row(grid: Grid) -> bool:
    """Whether the first row holds codes and the second says the same in words.

    A first response must never be taken for headers: the second row has to be full, its cells all
    different, and words where the columns below hold nothing but numbers or dates.
    """
    head = [[trim_header(cell) for cell in row] for row in grid.head()]
    if len(head) < 4 or not _are_codes(head[0]) or not all(head[1]):
        return False
    if len(set(head[1])) < len(head[1]):
        return False
    below = [(head[1][at], cells) for at, cells in enumerate(cells_below(grid, 2)) if len(cells) > 1]
    measured = [text for text, cells in below if are_numbers(cells) or are_moments(cells)]
    words = [text for text in measured if not are_numbers([text]) and not are_moments([text])]
    return len(words) > 2 and len(words) == len(measured) and not any(text in cells for text, cells in below)


def _are_codes(row: list[str]) -> bool:
    return all(row) and len(set(row)) == len(row) and not any(" " in cell for cell in row)
