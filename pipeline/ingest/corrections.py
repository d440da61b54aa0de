"""Declared fixes of raw cells, loud when the source changed under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable
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
    found = Headers.of(table).find([correction.column])
    if len(found) != 1 or not 0 <= index < table.n_rows:
        return None
    column = table.columns[found[0]]
    if column[index].as_py().strip() != correction.expect.strip():
        return None
    codes = column.indices.to_numpy(zero_copy_only=False).astype("int32")
    dictionary = pa.concat_arrays([column.dictionary, pa.array([correction.value], column.dictionary.type)])
    codes[index] = len(dictionary) - 1
    columns = list(table.columns)
    # encoded again: the new text may be one that the column holds already
    columns[found[0]] = _merge_texts(codes, dictionary)
    return replace(table, columns=tuple(columns))


def _merge_texts(codes: NDArray[np.int32], dictionary: pa.Array) -> pa.DictionaryArray:
    merged = dictionary.dictionary_encode()
    return pa.DictionaryArray.from_arrays(pa.array(merged.indices.to_numpy()[codes]), merged.dictionary)
