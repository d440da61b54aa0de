"""Headers of two rows, the first of which spans several columns: a question above its rows, a heading above questions."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._labels import are_moments, are_numbers, cells_below
from pipeline.ingest.readers._text import trim_header

FEWEST = 2
"""Columns without a heading of their own in the first row; one alone may be a blank header."""


def read_spanned_headers(grid: Grid) -> tuple[str, ...] | None:
    """``Question [Row]`` where a text in the first row stands above several columns that the second row names.

    A merged cell holds its text in its first column alone. A first response must never be taken for
    headers: the second row has to name every column that the first leaves blank, each otherwise, in words
    that stand nowhere below, and below two of them answers come again. Columns belong together when their answers do; a text above columns of
    different answers is a heading of the page, and left out.
    """
    head = [[trim_header(cell) for cell in row] for row in grid.head()]
    if len(head) < 4:
        return None
    top, second = head[:2]
    below = cells_below(grid, 2)
    cells = [set(column) for column in below]
    used = [at for at in range(len(top)) if top[at] or second[at] or cells[at]]
    gaps = [at for at in used if not top[at]]
    first = next((at for at in used if top[at]), len(top))
    again = [at for at in gaps if at > first and len(cells[at]) < len(below[at])]
    if len(again) < FEWEST or not all(second[at] for at in gaps):
        return None
    named = [second[at] for at in used if second[at]]
    answers = set().union(*cells)
    if any(are_numbers([text]) or are_moments([text]) for text in named):
        return None
    if answers.intersection(named):
        return None
    spans = _find_spans(top, used)
    if any(len({second[at] for at in span}) < len(span) for span in spans):
        return None
    headers = [second[at] or top[at] for at in range(len(top))]
    for span in spans:
        alike = _take_alike(span, below)
        for at in alike if len(alike) > 1 else ():
            headers[at] = f"{top[span[0]]} [{second[at]}]" if second[at] else top[at]
    return tuple(headers)


def _find_spans(top: Sequence[str], used: Sequence[int]) -> list[list[int]]:
    """Columns from each text of the first row up to the next."""
    spans: list[list[int]] = []
    for at in used:
        if top[at]:
            spans.append([at])
        elif spans:
            spans[-1].append(at)
    return spans


def _take_alike(span: Sequence[int], below: Sequence[Sequence[str]]) -> list[int]:
    """The columns of a span, from its first on, whose cells are of the same kind."""
    kinds = {at: _find_kind(below[at]) for at in span}
    known = [kind for kind in kinds.values() if kind]
    end = next((n for n, at in enumerate(span) if kinds[at] and kinds[at] != known[0]), len(span))
    return list(span[:end])


def _find_kind(cells: Sequence[str]) -> str:
    """Everybody's own (ids, remarks), numbers or options; blank where nobody answered."""
    if not cells:
        return ""
    if len(cells) >= FEWEST and 2 * len(set(cells)) > len(cells):
        return "own"
    return "numbers" if are_numbers(cells) else "options"
