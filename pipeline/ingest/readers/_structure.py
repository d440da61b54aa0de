"""Where the table is: below titles and blank rows, above summary rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.ingest.readers._grid import HEAD_ROWS, Grid
from pipeline.ingest.readers._summaries import (
    TYPICAL,
    find_last_row,
    is_number,
    read_row,
    refuse_crosstab,
    refuse_summary,
)
from pipeline.store.errors import user_error
from schemas.definitions import Wave
from schemas.problems import Problem

DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*")


def find_first_row(rows: Sequence[Sequence[str]], lengths: Sequence[int], wave: Wave) -> int:
    """Position of the first header row: below blank rows and titles, above everything else.

    Args:
        rows: the first rows of a file.
        lengths: how many cells each was written with, where the file says so.

    A first header row may well be nearly empty (one question above its many columns, a code above
    each question): only a row that fills no more than its first two cells counts as a title, and only
    when the row that becomes the header then reads like one.
    """
    if wave.first_header_row:
        return min(wave.first_header_row, max(1, len(rows))) - 1
    filled = [[at for at, cell in enumerate(row) if cell.strip()] for row in rows[:HEAD_ROWS]]
    first = next((at for at, cells in enumerate(filled) if cells), 0)
    used = sorted({at for cells in filled for at in cells})
    at = _below_titles(filled, lengths, used, first)
    below = _below_gap(filled, used, first)
    for header in (max(at, below), at, below):
        if header > first and any(
            _reads_like_header(rows[row], cells, used)
            for row, cells in ((header, filled[header]), *_find_spanned(filled, header))
        ):
            return header
    return first


def _find_spanned(filled: list[list[int]], header: int) -> list[tuple[int, list[int]]]:
    """The row below, where the header leaves blanks that it fills: merged cells above the columns they span."""
    spanned = header + 1 < len(filled) and filled[header] and not set(filled[header + 1]) <= set(filled[header])
    return [(header + 1, filled[header + 1])] if spanned else []


def _below_titles(filled: list[list[int]], lengths: Sequence[int], used: list[int], first: int) -> int:
    at = first
    while at < len(filled) - 1:
        cells, following = filled[at], filled[at + 1]
        alone = at < len(lengths) and lengths[at] <= len(cells) < len(used)
        if not cells:
            at += 1
        elif len(used) < 4:
            if len(cells) > 1 or cells[0] != used[0] or len(used) < 2 or not (alone or not following):
                break
            at += 1
        else:
            # a title may stand above merged cells, below which a row names every column
            named = at + 2 < len(filled) and {*cells, *following} <= set(filled[at + 2]) != set(following)
            over_parts = bool(following) and cells[0] not in following and not alone and not named
            if len(cells) > 2 or not set(cells) <= set(used[:2]) or over_parts:
                break
            at += 1
    return at


def _below_gap(filled: list[list[int]], used: list[int], first: int) -> int:
    """The row below a blank one, where all rows above it hold next to nothing."""
    for gap in range(first + 1, min(len(filled) - 1, 20)):
        below = next((at for at in range(gap, len(filled)) if filled[at]), 0)
        most = max(len(cells) for cells in filled[first:gap])
        if not filled[gap] and below and most * 3 <= len(used) and len(filled[below]) * 2 >= len(used):
            return below
    return first


def _reads_like_header(row: Sequence[str], filled: list[int], used: list[int]) -> bool:
    """Most cells filled, and with words rather than numbers and dates."""
    values = sum(is_number(row[at]) or bool(DATE.fullmatch(row[at].strip())) for at in filled)
    return len(filled) >= 2 and len(filled) * 2 >= len(used) and values * 3 < len(filled)


def cut_grid(grid: Grid, lengths: Sequence[int], wave: Wave, rate_grid: Callable[[Grid], float]) -> Grid:
    """The table of responses within a sheet or file: from its first header row to its last response.

    Raises:
        UserError: ``not_respondent_level`` for summaries, ``export_empty`` when nothing is left.
    """
    if wave.first_header_row and wave.first_header_row > grid.n_rows:
        what = f"There are {grid.n_rows} rows, and first_header_row is {wave.first_header_row}"
        raise user_error("export_empty", what, wave=str(wave.year), file=grid.file, sheet=grid.sheet)
    head = grid.head()
    refuse_summary(grid, head, wave, rate_grid)
    first = find_first_row(head, lengths, wave)
    whole, cut = grid, _slice_grid(grid, first, grid.n_rows)
    titles = next((at for at, row in enumerate(head) if any(cell.strip() for cell in row)), 0)
    if first > titles and not wave.first_header_row:
        from_titles = _slice_grid(grid, titles, grid.n_rows)
        if (score := rate_grid(from_titles)) >= TYPICAL and score >= rate_grid(cut):
            first, cut = titles, from_titles
        else:
            cut = _note(cut, "preamble_skipped", f"{_name_rows(1, first)} above the headers left out", 1, wave)
    last = find_last_row(cut)
    if last < cut.n_rows:
        summaries = [row for row in range(last, cut.n_rows) if any(cell.strip() for cell in read_row(cut, row))]
        start = cut.first_row + summaries[0]
        what = (
            f"{_name_rows(start, cut.first_row + summaries[-1])} below the responses left out: a summary of the others"
        )
        cut = _note(_slice_grid(cut, 0, last), "summary_row", what, start, wave)
    refuse_crosstab(whole, first, wave)
    return cut


def _slice_grid(grid: Grid, first: int, end: int) -> Grid:
    if first == 0 and end == grid.n_rows:
        return grid
    columns = tuple(column.slice(first, end - first) for column in grid.columns)
    return replace(grid, columns=columns, first_row=grid.first_row + first)


def _note(grid: Grid, code: str, what: str, row: int, wave: Wave) -> Grid:
    note = Problem(code=code, what=what, wave=str(wave.year), file=grid.file, sheet=grid.sheet, row=row)
    return replace(grid, notes=(*grid.notes, note))


def _name_rows(first: int, last: int) -> str:
    return f"Row {first}" if first == last else f"Rows {first} to {last}"
