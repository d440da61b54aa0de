"""Accessible statistical workbooks: cover, contents, notes, then one marked-up table per sheet.

Follows the checklists of gptables and a11ytables (UK Analysis Function): no merged, hidden or blank
rows and columns, one header row, meaning never in colour alone, shorthand in square brackets that a
sheet called Notes explains. What is written is text and numbers; a formula is never live.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from pipeline.store.errors import user_error

Cell = str | int | float | date | None

SHORTHAND = {
    "[b]": "break in series: the question or its scale changed, so the years are not compared",
    "[c]": "confidential: withheld to protect the people who answered",
    "[x]": "not available",
    "[z]": "not applicable",
}
FONT = {"font_name": "Arial", "font_size": 12, "valign": "top"}
TEXT_PER_WIDTH = 1.1  # average letters of running text that fit into one unit of column width, digits being wider
LONGEST_TEXT = 32_767  # Excel's limit; longer text would be cut in silence
LONGEST_NAME = 31
LINE_HEIGHT = 15.5  # points
TITLE_HEIGHT = 26.0
TALLEST_ROW = 409.0  # Excel's limit


@dataclass(frozen=True)
class Column:
    """One column: unique header, width in characters, what it holds, and what may be chosen in it.

    ``change`` numbers carry their sign; ``fill_in`` cells are for readers to complete and may be blank.
    """

    header: str
    width: float = 14
    kind: Literal["text", "number", "change", "fill_in"] = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One table and the lines above it: what it holds and where it comes from."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Notes:
    """Numbered notes by a key: ``mark`` gives the ``[note 2]`` that points at one of them."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def mark(self, key: str) -> str:
        return f"[note {list(self.texts).index(key) + 1}]"


@dataclass(frozen=True)
class Workbook:
    """A whole workbook. ``flag`` (SYNTHETIC DATA) opens every title; ``created`` is never the clock.

    ``first`` names the worksheet that stands before the cover, if any.
    """

    title: str
    author: str
    created: date
    cover: tuple[tuple[str, tuple[str, ...]], ...]
    sheets: tuple[Sheet, ...]
    notes: Notes = Notes()
    language: str = "en"
    flag: str = ""
    first: str = ""

    def flagged(self, title: str) -> str:
        return f"{self.flag}: {title}" if self.flag else title


def write_workbook(path: Path, workbook: Workbook) -> Path:
    """Write a workbook, the same bytes for the same content.

    Raises:
        UserError: ``definition_invalid`` for a text longer than a cell can hold.
        ValueError: for sheet names or headers that are not unique or not allowed, and for ragged or no rows.
    """
    tables = tuple(_name_blanks(sheet) for sheet in workbook.sheets)
    sheets = (_list_contents(tables, workbook.first), _list_notes(workbook.notes, tables), *tables)
    _check_workbook(path, sheets)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    book = xlsxwriter.Workbook(str(scratch), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        _set_properties(book, workbook)
        formats = _Formats(book)
        for sheet in sheets:
            if sheet.name == workbook.first:
                _write_sheet(book, workbook, sheet, formats)
        _write_cover(book, workbook, formats)
        for sheet in sheets:
            if sheet.name != workbook.first:
                _write_sheet(book, workbook, sheet, formats)
    finally:
        book.close()
    scratch.replace(path)
    return path


class _Formats:
    """The few cell formats of a workbook; fill and weight only repeat what position already says."""

    def __init__(self, book: Any) -> None:
        body = FONT | {"bottom": 1, "bottom_color": "#BFC7D1"}
        self.title = book.add_format(FONT | {"bold": True, "font_size": 16})
        self.heading = book.add_format(FONT | {"bold": True, "font_size": 14, "valign": "bottom"})
        self.line = book.add_format(FONT)
        self.paragraph = book.add_format(FONT | {"text_wrap": True})
        header = FONT | {"bold": True, "text_wrap": True, "bg_color": "#E8EDF3", "bottom": 2, "bottom_color": "#1F3A5F"}
        text = {"text_wrap": True, "align": "left", "indent": 1}
        right = {"text_wrap": True, "align": "right", "indent": 1}
        box = {"border": 1, "border_color": "#5B6B7F"}
        self.cells = {
            "text": book.add_format(body | text),
            "number": book.add_format(body | right),
            "change": book.add_format(body | right | {"num_format": "+0;-0;0"}),
            "fill_in": book.add_format(body | text | box),
        }
        left, aligned = book.add_format(header | text), book.add_format(header | right)
        self.headers = {"text": left, "number": aligned, "change": aligned, "fill_in": left}
        self.link = book.add_format(body | text | {"font_color": "#0B4F9E", "underline": 1})
        self.date = book.add_format(body | text | {"num_format": "d mmmm yyyy"})


def _set_properties(book: Any, workbook: Workbook) -> None:
    created = datetime(workbook.created.year, workbook.created.month, workbook.created.day)
    book.set_properties(
        {
            "title": workbook.flagged(workbook.title),
            "author": workbook.author,
            "created": created,
            "keywords": workbook.flag,
        }
    )
    book.set_custom_property("Language", workbook.language)


def _name_blanks(sheet: Sheet) -> Sheet:
    """A blank cell says nothing to a screen reader: write that nothing is available."""
    fill_in = [column.kind == "fill_in" for column in sheet.columns]
    rows = tuple(
        tuple("[x]" if cell in (None, "") and not at else cell for cell, at in zip(row, fill_in, strict=True))
        for row in sheet.rows
    )
    return replace(sheet, rows=rows)


def _list_contents(tables: Sequence[Sheet], first: str) -> Sheet:
    listed = [(sheet.name, sheet.title) for sheet in tables if sheet.name == first]
    listed += [("Cover", "What this workbook is"), ("Contents", "List of worksheets"), ("Notes", "Notes and shorthand")]
    listed += [(sheet.name, sheet.title) for sheet in tables if sheet.name != first]
    columns = (Column("Worksheet", 28), Column("What it holds", 90))
    return Sheet("Contents", "Contents", columns, tuple(listed), ("Each worksheet's name is a link to it.",))


def _list_notes(notes: Notes, tables: Sequence[Sheet]) -> Sheet:
    rows = [(f"note {number}", text) for number, text in enumerate(notes.texts.values(), start=1)]
    seen = {cell for sheet in tables for row in sheet.rows for cell in row if isinstance(cell, str)}
    rows += [(marker, meaning) for marker, meaning in SHORTHAND.items() if any(marker in cell for cell in seen)]
    columns = (Column("Note or shorthand", 22), Column("Meaning", 110))
    return Sheet("Notes", "Notes and shorthand used in this workbook", columns, tuple(rows))


def _check_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    names = ["cover", *(sheet.name.casefold() for sheet in sheets)]
    if len(set(names)) < len(names):
        raise ValueError("sheet names must be unique")
    for sheet in sheets:
        if len(sheet.name) > LONGEST_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", sheet.name):
            raise ValueError(f"Excel does not allow the sheet name '{sheet.name}'")
        headers = [column.header.casefold() for column in sheet.columns]
        if len(set(headers)) < len(headers) or not all(header.strip() for header in headers):
            raise ValueError(f"headers of sheet '{sheet.name}' must be there and unique")
        if not sheet.rows:
            raise ValueError(f"sheet '{sheet.name}' has no rows: say that there is nothing, in a row")
        for row in sheet.rows:
            for column, cell in zip(sheet.columns, row, strict=True):
                if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
                    raise user_error(
                        "definition_invalid",
                        f"A text of {len(cell)} characters does not fit into a cell of {path.name}",
                        sheet=sheet.name,
                        column=column.header,
                        action=f"Shorten it in the definitions to {LONGEST_TEXT} characters or fewer.",
                    )


def _write_cover(book: Any, workbook: Workbook, formats: _Formats) -> None:
    page = book.add_worksheet("Cover")
    page.set_column(0, 0, 100)
    page.write_string(0, 0, workbook.flagged(workbook.title), formats.title)
    page.set_row(0, TITLE_HEIGHT)
    row = 1
    for heading, paragraphs in workbook.cover:
        page.write_string(row, 0, heading, formats.heading)
        page.set_row(row, 1.3 * TITLE_HEIGHT)
        for paragraph in paragraphs:
            row += 1
            page.write_string(row, 0, paragraph, formats.paragraph)
            page.set_row(row, _estimate_height([(100, paragraph)]))
        row += 1
    _set_page(page, workbook)


def _write_sheet(book: Any, workbook: Workbook, sheet: Sheet, formats: _Formats) -> None:
    page = book.add_worksheet(sheet.name)
    width = sum(column.width for column in sheet.columns)
    lines = ["This worksheet contains one table.", *sheet.about]
    lines += [f"Source: {sheet.source}"] if sheet.source else []
    if sheet.name not in ("Contents", "Notes"):
        lines.append("Shorthand in square brackets is explained in the worksheet Notes.")
    page.write_string(0, 0, workbook.flagged(sheet.title), formats.title)
    page.set_row(0, TITLE_HEIGHT)
    # Text above a table runs over the cells to its right, so it is broken at the table's width.
    broken = [part for line in lines for part in textwrap.wrap(line, int(width))]
    for row, line in enumerate(broken, start=1):
        page.write_string(row, 0, line, formats.line)
        page.set_row(row, LINE_HEIGHT if row < len(broken) else LINE_HEIGHT + 8)
    header = len(broken) + 1
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width)
        if column.choices:
            choices = {"validate": "list", "source": list(column.choices), "input_title": "Choose from the list"}
            page.data_validation(header + 1, position, header + len(sheet.rows), position, choices)
    page.set_row(header, _estimate_height([(0.9 * column.width, column.header) for column in sheet.columns]))
    _mark_table(page, workbook, sheet, header, formats)
    lines_at_least = 3 if any(column.kind == "fill_in" and not column.choices for column in sheet.columns) else 1
    for row, cells in enumerate(sheet.rows, start=header + 1):
        widths = [column.width for column in sheet.columns]
        page.set_row(row, _estimate_height(list(zip(widths, cells, strict=True)), lines_at_least))
        for position, (column, cell) in enumerate(zip(sheet.columns, cells, strict=True)):
            _write_cell(page, row, position, column, cell, formats)
    if sheet.name == "Contents":
        for row, cells in enumerate(sheet.rows, start=header + 1):
            page.write_url(row, 0, f"internal:'{cells[0]}'!A1", formats.link, str(cells[0]))
    page.repeat_rows(header)
    _set_page(page, workbook)


def _mark_table(page: Any, workbook: Workbook, sheet: Sheet, header: int, formats: _Formats) -> None:
    page.add_table(
        header,
        0,
        header + len(sheet.rows),
        len(sheet.columns) - 1,
        {
            "name": "table_" + re.sub(r"\W+", "_", sheet.name, flags=re.ASCII).strip("_").lower(),
            "title": sheet.title[:255],
            "description": workbook.flagged(sheet.title)[:255],
            "autofilter": False,
            "style": None,
            "columns": [
                {"header": column.header, "header_format": formats.headers[column.kind]} for column in sheet.columns
            ],
        },
    )


def _write_cell(page: Any, row: int, position: int, column: Column, cell: Cell, formats: _Formats) -> None:
    if isinstance(cell, int | float):
        page.write_number(row, position, cell, formats.cells[column.kind])
    elif isinstance(cell, date):
        page.write_datetime(row, position, datetime(cell.year, cell.month, cell.day), formats.date)
    elif cell:
        page.write_string(row, position, cell, formats.cells[column.kind])
    else:
        page.write_blank(row, position, None, formats.cells[column.kind])


def _estimate_height(cells: Sequence[tuple[float, Cell]], lines_at_least: int = 1) -> float:
    """Row height in points for wrapped text; not every program fits rows to their text on opening."""
    lines = [
        len(textwrap.wrap(cell, max(int((width - 2) * TEXT_PER_WIDTH), 4)))
        for width, cell in cells
        if isinstance(cell, str)
    ]
    return min(max([lines_at_least, *lines]) * LINE_HEIGHT + 3, TALLEST_ROW)


def _set_page(page: Any, workbook: Workbook) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    title = workbook.flagged(workbook.title).replace("&", "&&")[:180]
    page.set_footer(f"&L&9{title}&R&9&A, page &P of &N")
    page.hide_gridlines(2)
