"""Rows below the answers that only a block pasted beside them has: they are nobody's responses to this survey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable

ABOUT_RESPONSES = ("respondent", "started", "finished", "token", "personal")
"""Columns that an export has once per response; where they come again, somebody else's responses stand there."""


def cut_pasted_rows(table: RawTable, used: Iterable[int] = ()) -> RawTable:
    """A table up to the last row with text outside blocks that come again beside it under the same headers.

    Args:
        used: positions that definitions read; a block with one of them is no copy.
    """
    pasted: set[int] = set()
    taken = set(used)
    for first, again in Headers.of(table).find_blocks():
        coded = any(table.codes[at] for at in again) if table.codes else False
        begins = first.start == 0 or any(table.roles.get(at) in ABOUT_RESPONSES for at in first)
        if begins and not coded and not taken.intersection(again):
            pasted |= set(again)
    if not pasted:
        return table
    filled = np.zeros(table.n_rows, dtype=bool)
    for at, column in enumerate(table.columns):
        if at not in pasted:
            by_text = pc.not_equal(pc.utf8_trim_whitespace(column.dictionary), "").to_numpy(zero_copy_only=False)
            filled |= by_text[column.indices.to_numpy(zero_copy_only=False)] if len(by_text) else False
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else table.n_rows
    if last == table.n_rows:
        return table
    return replace(table, columns=tuple(column.slice(0, last) for column in table.columns))
