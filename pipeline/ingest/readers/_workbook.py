"""Workbooks as text: one sheet, every cell as its reader would see it."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipeline.store.errors import user_error
from schemas.definitions import Wave


def read_sheet(path: Path, wave: Wave, sheet: str = "") -> tuple[str, list[list[str]], tuple[pa.DictionaryArray, ...]]:
    """Read one sheet (the named one, or the first) as text.

    Returns:
        The sheet's name, its first rows (at most 5), and one dictionary-encoded text column per
        header cell holding all rows, headers included; dates are ISO text, whole numbers have no
        decimals.

    Raises:
        UserError: ``export_unreadable`` or ``export_empty``, naming file and sheet.
    """
    try:
        workbook = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise user_error(
            "export_unreadable",
            "The workbook is protected by a password",
            wave=str(wave.year),
            file=path.name,
            action="Remove the password and save it again.",
        ) from None
    except (CalamineError, OSError):
        raise user_error(
            "export_unreadable",
            "The workbook is damaged or not a workbook",
            wave=str(wave.year),
            file=path.name,
            action="Download it again; if it is text, name it .csv.",
        ) from None
    name = sheet or workbook.sheet_names[0]
    if name not in workbook.sheet_names:
        known = ", ".join(workbook.sheet_names)
        raise user_error(
            "export_unreadable", f"There is no sheet '{name}'; there are: {known}", wave=str(wave.year), file=path.name
        )
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    if not rows or not any(cell not in ("", None) for row in rows for cell in row):
        raise user_error("export_empty", "The sheet is empty", wave=str(wave.year), file=path.name, sheet=name)
    text_columns = [[cell_text(cell) for cell in column] for column in zip(*rows, strict=True)]
    columns = tuple(pa.array(column, pa.string()).dictionary_encode() for column in text_columns)
    head = [list(row) for row in zip(*(column[:5] for column in text_columns), strict=True)]
    return name, head, columns


def cell_text(cell: object) -> str:
    """A cell as text: ISO dates, whole numbers without decimals, everything else as written."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)
