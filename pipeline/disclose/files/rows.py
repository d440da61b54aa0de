"""A table's rows as passages: a header row says what its columns are about, labels in a row what the row is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.disclose.files.names import Names, merge_labels
from pipeline.disclose.files.passages import Context, Passage, Place

FIRST = 3
"""Columns at the left of a table, which say what a row is about."""


def read_rows(
    rows: Sequence[tuple[int, Sequence[str]]], names: Names, context: Context, sheet: str = ""
) -> Iterator[Passage]:
    """Passages of a table whose rows are cells of text.

    Args:
        rows: number of each row in its file, and its cells; blank ones are empty.
        context: what the whole table is about.
    """
    lines: list[str] = []
    first = 0
    header: Sequence[str] = ()
    about: list[Context] = []
    for number, cells in rows:
        filled = [cell for cell in cells if cell]
        if not header and len(filled) < 2:  # titles above a table may run over several rows
            lines += filled
            first = first or number
            continue
        if not header:
            header, about = cells, [names.find_heading(cell) for cell in cells]
            yield from _read_lines(lines, first, names, context, sheet)
            lines = []
            yield from (Passage(cell, Place(sheet, number, cell), context) for cell in filled)
            continue
        yield from read_row(number, cells, header, about, names, context, sheet)
    yield from _read_lines(lines, first, names, context, sheet)


def read_row(
    number: int,
    cells: Sequence[str],
    header: Sequence[str],
    about: Sequence[Context],
    names: Names,
    context: Context,
    sheet: str = "",
) -> Iterator[Passage]:
    """Passages of one row; ``about`` is what each column's header names."""
    labels = [names.find_label(cell) if cell else Context() for cell in cells]
    # further on, 'yes' is an answer and no category's label
    labels[FIRST:] = [replace(label, categories=frozenset()) for label in labels[FIRST:]]
    row = merge_labels(labels)
    for place, cell in enumerate(cells):
        if not cell:
            continue
        if labels[place].exact:  # a year in a column of years
            yield Passage(cell, Place(sheet, number), numbers=False)
            continue
        column = about[place] if place < len(about) else Context()
        cell_context = context.narrow(merge_labels([row, column]))
        title = header[place] if place < len(header) else ""
        # a label stands for itself: '2' of a scale, 'P1-2'
        yield Passage(cell, Place(sheet, number, title), cell_context, figure=place > 0 or _is_number(cell))


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-−").replace(".", "", 1).isdigit()


def _read_lines(lines: list[str], first: int, names: Names, context: Context, sheet: str) -> Iterator[Passage]:
    if lines:
        text = " ".join(lines)
        yield Passage(text, Place(sheet, first), context.narrow(_groups_only(names.find(text))))


def _groups_only(context: Context) -> Context:
    return Context(groups=context.groups)
