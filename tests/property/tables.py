"""Tables of cells as the files that property tests read."""

from __future__ import annotations

import csv
import io

Rows = list[list[str]]


def write_text(
    rows: Rows, delimiter: str = ",", end: str = "\r\n", encoding: str = "utf-8", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return target.getvalue().encode(encoding)
