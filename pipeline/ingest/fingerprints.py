"""Numbers that stand for texts and rows, so that millions of them are compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def mix(number: Hashes) -> Hashes:
    """SplitMix64's finaliser: every bit of the number changes half of the bits of the result.

    Source: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators.
    """
    number = (number + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(number ^ (number >> np.uint64(31)))


def combine(columns: Iterable[NDArray[np.integer]], rows_n: int) -> Hashes:
    """One number per row from whole numbers in several columns; it depends on their order."""
    mixed = np.zeros(rows_n, dtype=np.uint64)
    for column in columns:
        mixed = mix(mixed ^ column.astype(np.int64).view(np.uint64))
    return mixed


def hash_texts(texts: Sequence[str]) -> NDArray[np.int64]:
    """A number per text; blanks at its ends and the kind of blanks and line ends do not matter.

    The numbers are good within one process only.
    """
    return np.fromiter((hash(" ".join(text.split())) for text in texts), dtype=np.int64, count=len(texts))


def hash_column(column: pa.DictionaryArray) -> NDArray[np.int64]:
    """``hash_texts`` of every cell, 0 for a blank one."""
    texts = column.dictionary.to_pylist()
    numbers = np.where([not text.strip() for text in texts], 0, hash_texts(texts))
    return np.asarray(numbers[column.indices.to_numpy(zero_copy_only=False)])
