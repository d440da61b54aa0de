"""What a column holds, as distinct texts and how often: all that recognition needs, whatever the size."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def count_texts(column: pa.DictionaryArray) -> dict[str, int]:
    """Distinct trimmed texts of a column, blanks left out, most frequent first, then in text order."""
    counted = pc.value_counts(column.indices)
    texts = column.dictionary.take(counted.field("values")).to_pylist()
    found: dict[str, int] = {}
    for text, count in zip(texts, counted.field("counts").to_pylist(), strict=True):
        if trimmed := text.strip():
            found[trimmed] = found.get(trimmed, 0) + count
    return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))
