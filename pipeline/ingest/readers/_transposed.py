"""Tables that stand on their side: a row per question, a column per response."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._labels import label_meaning
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import user_error
from schemas.definitions import Wave

WORDS = Path(__file__).with_name("transposed_words.csv")
MOST_ROWS = 400
"""A questionnaire has no more questions."""
TITLES = 10
FEWEST = 3
MOSTLY = 0.6
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]{6}")


def refuse_transposed(grid: Grid, wave: Wave) -> None:
    """Refuse a table whose first column asks questions, above which its first row names responses.

    Three things must come together: wordings in the first column, none in the first row, and a sign of
    responses side by side: a heading such as ``ID`` or ``Respondent 1``, or a question such as the group
    whose answers stand in its row and nowhere else.

    Raises:
        UserError: ``not_respondent_level``.
    """
    if grid.variables or not FEWEST < grid.n_rows <= MOST_ROWS + TITLES or len(grid.columns) <= FEWEST:
        return
    rows = [list(row) for row in zip(*(column.to_pylist() for column in grid.columns), strict=True)]
    used = [at for at in range(len(grid.columns)) if any(row[at].strip() for row in rows)]
    wide = (n for n, row in enumerate(rows[:TITLES]) if sum(bool(row[at].strip()) for at in used) > len(used) / 2)
    if (start := next(wide, None)) is None or len(used) <= FEWEST:
        return
    head, *body = ([trim_header(row[at]) for at in used] for row in rows[start:] if any(map(str.strip, row)))
    asked = [row[0] for row in body if row[0]]
    questions = sum(map(_is_worded, asked))
    if questions < max(FEWEST, MOSTLY * len(body)) or len(set(asked)) < len(asked):
        return
    named = [cell for cell in head[1:] if cell]
    if any(map(_is_worded, named)) or not (_names_responses(head[0], named) or _answers_keep_to_rows(body)):
        return
    raise user_error(
        "not_respondent_level",
        "The table stands on its side: it has a row per question and a column per response",
        wave=str(wave.year),
        file=grid.file,
        sheet=grid.sheet,
        row=grid.first_row + start,
        action="In a spreadsheet, copy it, use Paste special > Transpose on an empty sheet, and save that sheet "
        "alone; or export it again with one row per response.",
    )


def _is_worded(text: str) -> bool:
    """Whether a cell reads like a question or a statement."""
    return len(text.split()) > 2 or text.endswith(("?", "？", "؟")) or bool(UNSPACED.search(text))


def _names_responses(corner: str, named: Sequence[str]) -> bool:
    """Whether the first row holds ids, or numbers responses: 'Respondent 1', 'Respondent 2'."""
    if len(set(named)) < len(named):
        return False
    if label_meaning("plain", corner) == "respondent":
        return True
    stems = {re.sub(r"[\W\d_]+", " ", cell).casefold().strip() for cell in named}
    return len(stems) == 1 and bool(stems & _read_words())


def _answers_keep_to_rows(body: Sequence[Sequence[str]]) -> bool:
    """Whether some row has several answers that come again and again in it and nowhere else, and no column has."""
    places: dict[str, list[tuple[int, int]]] = {}
    for at, row in enumerate(body):
        for position, cell in enumerate(row[1:]):
            if cell:
                places.setdefault(cell, []).append((at, position))
    common = [found for found in places.values() if len(found) >= FEWEST]
    by_row = Counter(found[0][0] for found in common if len({row for row, _ in found}) == 1)
    by_column = [found for found in common if len({column for _, column in found}) == 1]
    return not by_column and max(by_row.values(), default=0) > 1


@cache
def _read_words() -> frozenset[str]:
    with WORDS.open(encoding="utf-8", newline="") as lines:
        return frozenset(word for row in csv.DictReader(lines) for word in row["words"].split("|"))
