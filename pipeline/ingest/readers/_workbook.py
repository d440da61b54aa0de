"""Workbooks as text: the sheet with the responses, every cell as its stored value."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from pipeline.ingest.readers._archive import check_size, open_zip
from pipeline.ingest.readers._continued import find_continued, join_continued
from pipeline.ingest.readers._grid import HEAD_ROWS, Grid
from pipeline.ingest.readers._number_formats import find_widths, pad_numbers
from pipeline.ingest.readers._sheet_xml import SheetFacts, has_macros, read_facts, read_ods_facts
from pipeline.ingest.readers._structure import find_first_row
from pipeline.ingest.readers._text import join_chunks
from pipeline.ingest.readers._xls_worker import DAMAGED, PASSWORD
from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave
from schemas.problems import Problem, counted

BATCH = 8192
MOST_CELLS = 50_000_000
"""Cells from A1 to the last one; a stray cell far out makes more than any memory holds."""
EXACT = 1e15
"""From here on a stored number has no exact whole part."""
SAVE_AGAIN = "Save the responses alone as .xlsx or .csv."
BROKEN = "The workbook is damaged or not a workbook"
BROKEN_ACTION = "Download it again, or open it in a spreadsheet program and save it as .xlsx."
PATIENCE_SECONDS = 60
T = TypeVar("T")


def read_workbook(data: bytes, wave: Wave, file: str, member: str, rate_grid: Callable[[Grid], float]) -> list[Grid]:
    """Read the sheet with responses (the named one, or the likeliest), and others under the same headers.

    Returns:
        Grids of **all** rows, row 1 being the spreadsheet's. Dates are ISO text, whole numbers have no
        decimals.

    Raises:
        UserError: ``export_unreadable``, ``export_refused`` or ``export_empty``, naming file and sheet.
    """
    book = _Book(data, wave, file, member)
    sheets = book.list_sheets()
    continued = find_continued(book.names, book.count_columns)
    if len(continued) > 1 and continued[0] in sheets:
        left_out = [f"'{other}'" for other in sheets if other not in continued]
        return [
            join_continued(
                [book.read_grid(name, left_out=left_out if name == continued[0] else []) for name in continued], wave
            )
        ]
    heads = {name: head for name in sheets if (head := book.read_grid(name, HEAD_ROWS)).n_rows}
    if not heads:
        raise book.say_empty(sheets)
    best = max(heads, key=lambda name: (round(rate_grid(heads[name]), 1), book.count_cells(name)))
    headers = _find_headers(heads[best], wave)
    alike = [name for name in heads if _find_headers(heads[name], wave) == headers]
    left_out = [f"'{other}'" for other in heads if other not in alike]
    grids = [book.read_grid(name, left_out=left_out) for name in alike]
    return [replace(grids[0], notes=(*grids[0].notes, *book.tell_hidden(headers))), *grids[1:]]


def cell_text(cell: object) -> str:
    """A cell as text: ISO dates, whole numbers without decimals, everything else as written."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if cell is None:
        return ""
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(cell.total_seconds(), 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"{hours}:{minutes:02}:{seconds:02.0f}"
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)


@contextmanager
def _hush() -> Iterator[None]:
    """Keep the workbook library from writing its own report of a damaged file on the terminal."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _find_headers(grid: Grid, wave: Wave) -> list[str]:
    head = grid.head()
    return [cell.strip() for cell in head[find_first_row(head, (), wave)]]


class _Book:
    """An open workbook and what its archive says of each sheet."""

    def __init__(self, data: bytes, wave: Wave, file: str, member: str) -> None:
        self.wave, self.file, self.member = wave, file, member
        self.archive: zipfile.ZipFile | None = None
        if data.startswith(b"PK\x03\x04"):
            self.archive = open_zip(data, wave, file)
            if has_macros(self.archive):
                raise self._refuse("The workbook carries macros", SAVE_AGAIN)
            check_size(self.archive, wave, file)
        else:
            self._try_apart(data)
        self.book = self._ask(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
        self.sheets: dict[str, CalamineSheet] = {}
        self.facts: dict[str, SheetFacts] = {}
        self.names: list[str] = []
        self.hidden: list[str] = []

    def _try_apart(self, data: bytes) -> None:
        """Open an old workbook in another process first (see ``_xls_worker``)."""
        worker = Path(__file__).with_name("_xls_worker.py")
        try:
            command = [sys.executable, "-P", str(worker)]
            done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=PATIENCE_SECONDS)
            code = done.returncode
        except subprocess.TimeoutExpired:
            code = DAMAGED
        if code not in (0, PASSWORD):
            raise self._unreadable(BROKEN, action=BROKEN_ACTION)

    def list_sheets(self) -> list[str]:
        """The sheet survey.toml names; else those that show, or, when none does, the hidden ones."""
        found = self._ask(lambda: self.book.sheets_metadata)
        if any(sheet.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba) for sheet in found):
            raise self._refuse("The workbook carries macros", SAVE_AGAIN)
        tables = [sheet for sheet in found if sheet.typ == SheetTypeEnum.WorkSheet]
        self.names = names = [sheet.name for sheet in tables]
        wanted = self.wave.sheet
        if wanted and wanted != self.member:
            named = [name for name in names if wanted in (name, f"{self.member} / {name}")]
            if not named:
                raise self._unreadable(f"There is no sheet '{wanted}'; there are: {', '.join(names)}")
            return named
        shown = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
        if not names:
            raise self._unreadable("The workbook has no sheet with cells")
        self.hidden = [name for name in names if name not in shown] if shown else []
        return shown or names

    def tell_hidden(self, headers: list[str]) -> list[Problem]:
        """Hidden sheets that may hold responses too: those under the same headers, with rows below them."""
        notes = []
        for name in self.hidden:
            with suppress(UserError):  # what is wrong with a sheet that is not read matters to nobody
                head = self.read_grid(name, HEAD_ROWS)
                if head.n_rows > 1 and _find_headers(head, self.wave) == headers:
                    what = f"The hidden sheet '{name}' has the same headers as the sheet that was read"
                    notes.append(self._note("sheet_hidden", what, name))
        return notes

    def say_empty(self, sheets: list[str]) -> UserError:
        hidden = "', '".join(sheet.name for sheet in self.book.sheets_metadata if sheet.name not in sheets)
        what = "The sheet is empty" + (f"; not looked at: '{hidden}'" if hidden else "")
        action = "Set sheet in survey.toml to read another sheet." if hidden else ""
        return user_error(
            "export_empty", what, wave=str(self.wave.year), file=self.file, sheet=sheets[0], action=action
        )

    def count_columns(self, name: str) -> int:
        sheet = self._open_sheet(name)
        return (sheet.start[1] if sheet.start else 0) + sheet.width

    def count_cells(self, name: str) -> int:
        sheet = self._open_sheet(name)
        return sheet.height * sheet.width

    def read_grid(self, name: str, most_rows: int | None = None, left_out: list[str] | None = None) -> Grid:
        """A sheet from cell A1 on, or its first rows."""
        sheet = self._open_sheet(name)
        offset = sheet.start[1] if sheet.start else 0
        columns: list[list[pa.Array]] = [[] for _ in range(offset + sheet.width)] if sheet.start else []
        rows = iter(sheet.iter_rows()) if columns else iter(())
        widths = find_widths(self.archive, name, self.wave, self.file) if self.archive and columns else {}
        filled, first = False, 0
        while batch := list(islice(rows, BATCH if most_rows is None else most_rows)):
            for at, cells in enumerate(zip(*batch, strict=True), start=offset):
                texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
                if at in widths:
                    texts = pad_numbers(texts, first, widths[at])
                columns[at].append(pa.array(texts, pa.string()).dictionary_encode())
                filled = filled or any(texts)
            for at in range(offset):
                columns[at].append(pa.array([""] * len(batch), pa.string()).dictionary_encode())
            if most_rows is not None:
                break
            first += len(batch)
        shown = f"{self.member} / {name}" if self.member else name
        joined = tuple(join_chunks(pa.chunked_array(chunks)) for chunks in columns) if filled else ()
        return Grid(
            self.file, shown, joined, notes=tuple(self._describe(name, left_out)) if left_out is not None else ()
        )

    def _open_sheet(self, name: str) -> CalamineSheet:
        if name not in self.sheets:
            self.facts[name] = facts = self._read_facts(name)
            if facts.rows * facts.columns > MOST_CELLS:
                what = f"The sheet reaches to row {facts.rows}, column {facts.columns}"
                raise self._refuse(what, "Delete the stray cells there, or save the responses as .csv.", name)
            self.sheets[name] = self._ask(lambda: self.book.get_sheet_by_name(name))
        return self.sheets[name]

    def _read_facts(self, name: str) -> SheetFacts:
        if self.archive is None:
            return SheetFacts()
        if "content.xml" in self.archive.namelist():
            return read_ods_facts(self.archive, name, self.wave, self.file)
        return read_facts(self.archive, name, self.wave, self.file)

    def _describe(self, name: str, left_out: list[str]) -> list[Problem]:
        facts, notes = self.facts[name], []
        where = f", first in {facts.formula}" if facts.formula else ""
        if facts.uncalculated:
            what = f"{counted(facts.uncalculated, 'formula')} without a stored result"
            raise self._unreadable(what, name, "Open the workbook in a spreadsheet program and save it again.")
        if self.archive is None or "xl/workbook.bin" in self.archive.namelist():
            what = "This kind of workbook does not say which cells hold formulas; stored results were read"
            notes.append(self._note("formulas_untold", what, name))
        if facts.formulas:
            notes.append(self._note("formulas_read", f"{counted(facts.formulas, 'cell')} with formulas{where}", name))
        if facts.errors:
            what = f"{counted(facts.errors, 'cell')} with an error such as #REF!, first in {facts.error}; read as blank"
            notes.append(self._note("formulas_read", what, name, "Correct the cells in the survey tool's file."))
        if left_out:
            what = f"Sheet '{name}' was read, and not {', '.join(left_out)}"
            notes.append(self._note("sheet_chosen", what, name))
        return notes

    def _ask(self, question: Callable[[], T]) -> T:
        """What the workbook library answers; it fails in more ways than it declares, panics included."""
        try:
            with _hush():
                return question()
        except PasswordError:
            raise self._unreadable(
                "The workbook is protected by a password", action="Remove the password and save it again."
            ) from None
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:
            raise self._unreadable(BROKEN, action=BROKEN_ACTION) from None

    def _unreadable(self, what: str, sheet: str = "", action: str = "") -> UserError:
        place = {"wave": str(self.wave.year), "file": self.file, "sheet": sheet or self.member, "action": action}
        return user_error("export_unreadable", what, **place)

    def _refuse(self, what: str, action: str, sheet: str = "") -> UserError:
        place = {"wave": str(self.wave.year), "file": self.file, "sheet": sheet or self.member, "action": action}
        return user_error("export_refused", what, **place)

    def _note(self, code: str, what: str, sheet: str, action: str = "") -> Problem:
        return Problem(code, what, wave=str(self.wave.year), file=self.file, sheet=sheet, action=action)
