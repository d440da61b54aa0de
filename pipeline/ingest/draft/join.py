"""All exports of one wave as one table, so that a draft sees every answer of every file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable


def join_tables(tables: Sequence[RawTable]) -> tuple[RawTable, list[frozenset[int]]]:
    """Stack tables, matching columns by header and, where a header comes more than once, by order.

    Returns:
        The joint table: columns in the order they are first seen, blank where a file lacks one; and
        per table the positions of the joint table that it has.
    """
    if len(tables) == 1:
        return tables[0], [frozenset(range(len(tables[0].headers)))]
    keys = [_column_keys(table) for table in tables]
    order = {key: at for at, key in enumerate(dict.fromkeys(key for each in keys for key in each))}
    found = [{order[key]: at for at, key in enumerate(each)} for each in keys]
    columns, headers, codes, roles = [], [], [], {}
    for position in range(len(order)):
        parts = [
            table.columns[where[position]] if position in where else _blank(table.n_rows)
            for table, where in zip(tables, found, strict=True)
        ]
        columns.append(_stack(parts))
        first, at = next(
            (table, where[position]) for table, where in zip(tables, found, strict=True) if position in where
        )
        headers.append(first.headers[at])
        codes.append(first.codes[at] if first.codes else "")
        if at in first.roles:
            roles[position] = first.roles[at]
    variables = tables[0].variables if all(len(table.variables) == len(order) for table in tables) else ()
    joint = replace(
        tables[0],
        headers=tuple(headers),
        columns=tuple(columns),
        codes=tuple(codes) if any(codes) else (),
        roles=roles,
        variables=variables,
        notes=tuple(note for table in tables for note in table.notes),
    )
    return joint, [frozenset(where) for where in found]


def make_finder(tables: Sequence[RawTable]) -> Callable[[str], bool]:
    """Whether a name means exactly one column in every table, as ingest will look for it."""
    headers = [Headers.of(table) for table in tables]
    return lambda name: bool(name) and all(len(each.find([name])) == 1 for each in headers)


def _column_keys(table: RawTable) -> list[tuple[str, int]]:
    seen: Counter[str] = Counter()
    keys = []
    for header in table.headers:
        keys.append((header, seen[header]))
        seen[header] += 1
    return keys


def _blank(rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([""]))


def _stack(parts: Sequence[pa.DictionaryArray]) -> pa.DictionaryArray:
    alike = pa.dictionary(pa.int32(), pa.string())
    return pa.chunked_array([part.cast(alike) for part in parts]).unify_dictionaries().combine_chunks()


def count_responses(tables: Sequence[RawTable]) -> int:
    """Rows with any text in all tables together."""
    total = 0
    for table in tables:
        filled = np.zeros(table.n_rows, dtype=bool)
        for column in table.columns:
            by_text = pc.not_equal(pc.utf8_trim_whitespace(column.dictionary), "").to_numpy(zero_copy_only=False)
            if len(by_text):
                filled |= by_text[column.indices.to_numpy(zero_copy_only=False)]
        total += int(filled.sum())
    return total
