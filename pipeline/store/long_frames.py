"""What is true of a long frame, found without looking at its rows one by one.

A million people's answers are forty million rows: values are checked by the distinct ones, and a single
pass over neighbouring rows shows order and key at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

CHUNK = 1 << 20
"""Rows looked at in one go, so that what is needed beside a long column stays small."""

Keys = Sequence[NDArray[np.integer[Any]]]
Small = TypeVar("Small", bound=np.generic)


def look_up(table: NDArray[Small], codes: NDArray[np.integer[Any]]) -> NDArray[Small]:
    """``table[codes]``, chunk by chunk: NumPy turns all codes it is given into eight bytes each first."""
    found = np.empty(len(codes), dtype=table.dtype)
    for start in range(0, len(codes), CHUNK):
        found[start : start + CHUNK] = table[codes[start : start + CHUNK]]
    return found


def check_values(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> None:
    """Hold a frame's columns to their schema, by a few rows in which every value that could break it occurs.

    The schema may check single values only, as all in ``schemas`` do; other columns are left aside.

    Raises:
        pandera.errors.SchemaErrors: its failure cases name columns and rules; their rows mean nothing.
    """
    columns = {name: _pick_values(frame[name], every=bool(rules.checks)) for name, rules in schema.columns.items()}
    rows = np.arange(max(map(len, columns.values()), default=0))
    few = {name: column.take(np.minimum(rows, len(column) - 1)) for name, column in columns.items()}
    schema.validate(pd.DataFrame(few), lazy=True)


def _pick_values(column: pd.Series, *, every: bool) -> pd.api.extensions.ExtensionArray:
    """The distinct values of a column or, unless ``every``, one of them; and a null where there are any."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = _pick_codes(column.cat.codes.to_numpy(), len(column.cat.categories), every=every)
        return pd.Categorical.from_codes(found, dtype=column.dtype).remove_unused_categories()
    if every:
        return pd.array(column.unique(), dtype=column.dtype)
    blank = column.isna().to_numpy()
    return (column.iloc[[blank.argmin(), blank.argmax()]] if len(blank) else column).array


def _pick_codes(codes: NDArray[np.integer[Any]], categories_n: int, *, every: bool) -> NDArray[np.integer[Any]]:
    """The codes that occur or, unless ``every``, the lowest and the highest: -1, a null, is the lowest."""
    ends = np.unique([codes.min(), codes.max()]) if len(codes) else np.empty(0, dtype=np.int64)
    if not every or len(ends) < 2:
        return ends
    used = np.zeros(categories_n + 1, dtype=bool)  # the last slot serves code -1
    for start in range(0, len(codes), CHUNK):
        used[codes[start : start + CHUNK]] = True
    return np.concatenate([np.flatnonzero(used[:-1]), np.full(int(used[-1]), -1)])


def find_order(frame: pd.DataFrame, key: Sequence[str]) -> tuple[NDArray[np.intp] | None, bool]:
    """The order that sorts the rows by key, None where they are sorted; and whether a key comes twice.

    Texts and numbers are sorted by value, categories in their own order, nulls last, equals as they are.
    """
    keys = [_rank(frame[name]) for name in key]
    ordered, repeated = _compare_neighbours(keys)
    if ordered:
        return None, repeated
    order = np.lexsort(keys[::-1])
    return order, _compare_neighbours([rank[order] for rank in keys])[1]


def _rank(column: pd.Series) -> NDArray[np.integer[Any]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, n = column.cat.codes.to_numpy(), len(column.cat.categories)
    else:
        codes, distinct = pd.factorize(column, sort=True)
        n = len(distinct)
    return np.where(codes < 0, n, codes) if len(codes) and codes.min() < 0 else codes


def _compare_neighbours(keys: Keys) -> tuple[bool, bool]:
    """Whether every row comes after the one above it or equals it; if so, whether any equals it."""
    repeated, last = False, len(keys[0]) - 1
    for start in range(0, last, CHUNK):
        stop = min(start + CHUNK, last)
        same = np.ones(stop - start, dtype=bool)
        for key in keys:
            above, below = key[start:stop], key[start + 1 : stop + 1]
            if (same & (above > below)).any():
                return False, False
            same &= above == below
        repeated = repeated or bool(same.any())
    return True, repeated
