"""Declared fixes of raw cells, loud when the source changed under them."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import UserError
from schemas.definitions import Correction
from schemas.problems import Problem


def apply_corrections(tables: list[RawTable], corrections: Iterable[Correction], wave: str) -> list[RawTable]:
    """Replace the named cells after checking what they hold.

    Raises:
        UserError: ``correction_stale`` for every correction whose cell is absent or holds other text
            than ``expect``; nothing is applied then.
    """
    patched = {(table.file, table.sheet): table for table in tables}
    stale = []
    for correction in corrections:
        sheets = [sheet for file, sheet in patched if file == correction.file]
        # a workbook of which one sheet is read needs no sheet name here
        key = (correction.file, correction.sheet or (sheets[0] if len(sheets) == 1 else ""))
        table = patched.get(key)
        if table is None or (fixed := _patch(table, correction)) is None:
            stale.append(
                Problem(
                    code="correction_stale",
                    what="The cell is absent or no longer holds the expected text",
                    wave=wave,
                    file=correction.file,
                    sheet=correction.sheet,
                    row=correction.row,
                    column=correction.column,
                )
            )
        else:
            patched[key] = fixed
    if stale:
        raise UserError(stale)
    return list(patched.values())


def _patch(table: RawTable, correction: Correction) -> RawTable | None:
    index = correction.row - table.first_row
    header = trim_header(correction.column)
    if header not in table.headers or not 0 <= index < table.n_rows:
        return None
    position = table.headers.index(header)
    cells = table.columns[position].to_pylist()
    if cells[index].strip() != correction.expect.strip():
        return None
    cells[index] = correction.value
    columns = list(table.columns)
    columns[position] = pa.array(cells, pa.string()).dictionary_encode()
    return RawTable(table.file, table.sheet, table.headers, tuple(columns), table.first_row)
