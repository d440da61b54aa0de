"""A folder's tables as one workbook for people: ``definitions.xlsx``, with drop-down lists and notes.

What is written is what ``records.find_table`` reads: a sheet per table, every cell as text, so that a
spreadsheet turns no code into a date or a number. ``survey.toml`` and ``programme.toml`` stay files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from pipeline.store.definition_columns import MODELS, Choices, TableColumn, describe_columns
from pipeline.store.definitions import TABLES, WAVE_TABLES
from pipeline.store.records import Sheet, find_sheet, find_table, read_records

FILE = "definitions.xlsx"
README, LISTS = "Read me", "Lists"
"""Sheets that no table is read from; ``records`` leaves other names alone."""
LAST_ROW = 1000
"""Drop-down lists reach down to this row, counted from 0 at the header."""
MOST_CODES = 60
"""Distinct codes that a list takes from a table that repeats them."""
REPEATING = {"scales", "principles"}
"""Tables with several rows for one code."""
FONT = {"font_name": "Arial", "font_size": 11, "valign": "top"}
WIDTHS = {"code": 16, "choice": 16, "text": 48, "other": 22}
README_WIDTHS = (14, 20, 90, 20)
LINE_HEIGHT, TALLEST_ROW = 15.0, 409.0
GUIDE = (
    "One sheet for each table, one row for each entry. Blank rows are skipped.",
    "Point at a column's name to see what it holds; the table below says the same.",
    "Cells with a list offer what may be written there. A code must be on its own sheet before others can name it.",
    "Every cell is text: 2027-05-31 and 001 stay as they are written. Several entries in one cell are separated by |.",
    "Start columns of your own with x: (for example x:remark); nothing reads them.",
    "Keep the names of sheets and columns, and save as .xlsx. Where a .csv file of a table lies beside this workbook,"
    " the two must agree.",
    "Settings are not here: they are in survey.toml and programme.toml.",
)


@dataclass
class _Book:
    """The open workbook, its formats, and the lists that drop-downs point at."""

    book: Any
    folder: Path
    tables: dict[str, list[TableColumn]]
    lists: dict[Choices, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cell = self.book.add_format(FONT | {"num_format": "@", "text_wrap": True})
        header = FONT | {"num_format": "@", "bold": True, "text_wrap": True, "bg_color": "#E8EDF3", "bottom": 2}
        self.header = self.book.add_format(header)
        self.title = self.book.add_format(FONT | {"bold": True, "font_size": 16})
        self.line = self.book.add_format(FONT)


def write_definitions_workbook(folder: Path, target: Path | None = None) -> Path:
    """Write the tables of a programme's or a year's folder as one workbook; the same tables give the same bytes.

    Args:
        folder: holds the tables, as CSV files or in a ``definitions.xlsx`` of its own. The CSV files stay;
            see ``move_tables_to_workbook``.
        target: where to write; ``definitions.xlsx`` in the folder by default.

    Raises:
        UserError: a table that cannot be read as it is; nothing is written then.
    """
    target = target or folder / FILE
    names = WAVE_TABLES if (folder / "survey.toml").is_file() else TABLES
    found = {name: table for name in MODELS if (table := _read_table(folder, name)) is not None}
    columns = {name: describe_columns(name, found.get(name)) for name in MODELS if name in names or name in found}
    scratch = target.with_name(f".{target.name}.tmp")
    workbook = xlsxwriter.Workbook(str(scratch), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        workbook.set_properties({"title": f"Definitions: {folder.name}", "created": datetime(2020, 1, 1)})
        book = _Book(workbook, folder, columns)
        _write_readme(book)
        for name in columns:
            _write_table(book, name, found.get(name))
        _write_lists(book)
    finally:
        workbook.close()
    scratch.replace(target)
    return target


def move_tables_to_workbook(folder: Path) -> Path:
    """Write the workbook, and take away the CSV files once it reads back as the same."""
    path = write_definitions_workbook(folder)
    for name in MODELS:
        table, sheet = find_table(folder, name), find_sheet(folder, name)  # refuses what differs
        if table is not None and sheet is not None:
            (folder / f"{name}.csv").unlink(missing_ok=True)
    return path


def _read_table(folder: Path, name: str) -> Sheet | None:
    read_records(folder, name, MODELS[name])  # a table that could not be read back is refused here
    return find_table(folder, name)


def _write_readme(book: _Book) -> None:
    page = book.book.add_worksheet(README)
    page.write_string(0, 0, f"Definitions: {book.folder.name}", book.title)
    for row, line in enumerate(GUIDE, start=1):
        page.write_string(row, 0, line, book.line)
    rows = [
        (name, column.header, column.about, "yes" if column.needed else "no")
        for name, columns in book.tables.items()
        for column in columns
    ]
    headers = ("Sheet", "Column", "What it holds", "Must be filled in")
    first = len(GUIDE) + 2
    _mark_table(page, first, len(rows), headers, "columns", book)
    for row, cells in enumerate(rows, start=first + 1):
        page.set_row(row, _estimate_height(cells, README_WIDTHS))
        for position, cell in enumerate(cells):
            page.write_string(row, position, cell, book.cell)
    for position, width in enumerate(README_WIDTHS):
        page.set_column(position, position, width)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)


def _write_table(book: _Book, name: str, table: Sheet | None) -> None:
    page, columns = book.book.add_worksheet(name), book.tables[name]
    rows = [values for _, values in table.rows if any(values)] if table else []
    headers = tuple(column.header for column in columns)
    for position, column in enumerate(columns):
        page.set_column(position, position, WIDTHS[column.kind], book.cell)
        if column.choices:
            _offer_choices(book, page, position, column.choices)
    _mark_table(page, 0, len(rows), headers, name, book)
    page.set_row(0, 20)
    for position, column in enumerate(columns):
        lines = 2 + len(column.about) // 38
        page.write_comment(0, position, column.about, {"width": 260, "height": 18 * lines, "font_size": 9})
    for row, values in enumerate(rows, start=1):
        by_header = dict(zip(table.header, values, strict=False)) if table else {}
        cells = [by_header.get(header, "") for header in headers]
        page.set_row(row, _estimate_height(cells, [WIDTHS[column.kind] for column in columns]))
        for position, cell in enumerate(cells):
            if cell:
                page.write_string(row, position, cell, book.cell)
    # spreadsheets mark numbers kept as text with a green corner; here that is what they are meant to be
    page.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(columns) - 1)}{LAST_ROW + 1}"})
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _estimate_height(cells: Sequence[str], widths: Sequence[float]) -> float:
    """Row height in points for wrapped text; not every program fits rows to their text on opening."""
    lines = (len(cell) // int(width) + 1 for cell, width in zip(cells, widths, strict=True))
    breaks = max((cell.count("\n") for cell in cells), default=0)
    return min((max(lines, default=1) + breaks) * LINE_HEIGHT, TALLEST_ROW)


def _mark_table(page: Any, first: int, n: int, headers: tuple[str, ...], name: str, book: _Book) -> None:
    """Mark the cells as a table, so that screen readers know its header and new rows keep its formats."""
    if len({header.casefold() for header in headers}) < len(headers):  # Excel ignores case in headers
        page.write_row(first, 0, headers, book.header)
        return
    styled = [{"header": header, "header_format": book.header, "format": book.cell} for header in headers]
    options = {"name": f"table_{name}", "style": "Table Style Light 1", "autofilter": first == 0, "columns": styled}
    page.add_table(first, 0, first + max(n, 1), len(headers) - 1, options)


def _offer_choices(book: _Book, page: Any, position: int, choices: Choices) -> None:
    rules: dict[str, Any] = {"validate": "list", "error_title": "Not on the list"}
    if choices.table:
        # a warning, not a stop: the code may be about to be declared
        rules |= {"source": f"={_name_list(book, choices)}", "error_type": "warning"}
        rules["error_message"] = (
            f"This code is not in the table {choices.table} yet. Add it there too, or choose another."
        )
    else:
        rules |= {"source": list(choices.words), "error_message": f"Choose one of: {', '.join(choices.words)}."}
    page.data_validation(1, position, LAST_ROW, position, rules)


def _name_list(book: _Book, choices: Choices) -> str:
    name = "_".join(["list", choices.table, *(word.strip("_") for word in choices.words)])
    return book.lists.setdefault(choices, name)


def _write_lists(book: _Book) -> None:
    """The codes that drop-downs offer: live where their table is in this workbook, else as they are now."""
    if not book.lists:
        return
    page = book.book.add_worksheet(LISTS)
    page.hide()
    for position, (choices, name) in enumerate(book.lists.items()):
        column = xl_col_to_name(position)
        page.write_string(0, position, f"codes in {choices.table}", book.header)
        page.set_column(position, position, WIDTHS["other"])
        codes, cell = _known_codes(book, choices.table), 1
        for word in choices.words:
            page.write_string(cell, position, word, book.cell)
            cell += 1
        last = cell + len(codes)
        if choices.table in book.tables:
            last = cell + (MOST_CODES if choices.table in REPEATING else LAST_ROW)
        for row in range(cell, last):
            value = codes[row - cell] if row - cell < len(codes) else ""
            if choices.table in book.tables:
                page.write_array_formula(
                    row, position, row, position, _formula(book, choices, column, row), None, value
                )
            else:
                page.write_string(row, position, value, book.cell)
        span = f"{LISTS}!${column}$2:${column}${max(last, 2)}"
        # down to the last filled cell
        filled = f'MAX(1,SUMPRODUCT(MAX(({span}<>"")*ROW({span})))-1)'
        book.book.define_name(name, f"=OFFSET({LISTS}!${column}$2,0,0,{filled},1)")


def _formula(book: _Book, choices: Choices, column: str, row: int) -> str:
    """The next code of a table: the one in the same row, or the next one that is not listed above yet."""
    headers = [each.header for each in book.tables[choices.table]]
    key = xl_col_to_name(headers.index(next(iter(MODELS[choices.table].model_fields))))
    if choices.table not in REPEATING:
        source = f"{choices.table}!${key}${row + 1 - len(choices.words)}"
        return f'=IF({source}="","",{source})'
    source = f"{choices.table}!${key}$2:${key}${LAST_ROW + 1}"
    above = f"{column}$1:{column}{row}"
    return f'=IFERROR(INDEX({source},MATCH(0,COUNTIF({above},{source})+({source}=""),0)),"")'


def _known_codes(book: _Book, name: str) -> list[str]:
    """Codes of a table, from this folder or, for a year, from its programme's."""
    folder = book.folder if name in book.tables else book.folder.parent
    if folder != book.folder and not (folder / "programme.toml").is_file():
        return []
    key = next(iter(MODELS[name].model_fields))
    codes = [getattr(row, key) for row in read_records(folder, name, MODELS[name])]
    return list(dict.fromkeys(codes)) if name in REPEATING else codes
