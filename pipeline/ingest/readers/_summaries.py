"""Rows and files that add up responses instead of holding them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.ingest.readers._grid import Grid
from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave

NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s*[%٪％]?")
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
STATISTICS: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "sum": np.sum,
    "count": len,
    "mean": np.mean,
    "median": np.median,
    "least": np.min,
    "most": np.max,
    "deviation": lambda above: float(np.std(above, ddof=1)),
}
PERCENT = ("%", "٪", "％")
TAIL_ROWS = 12
MOST_SUMMARY_CELLS = 12
SMALL = 500
"""Tables of sums have few rows."""
MOST_TITLES = 5
"""Rows above a table of counts: titles, the question, its answers."""
HIGHEST_RATING = 10
PROSE = 40
TYPICAL = 0.6


def read_row(grid: Grid, row: int) -> list[str]:
    return [column[row].as_py() for column in grid.columns]


def find_last_row(grid: Grid) -> int:
    """Where the responses end: the number of rows that are left when summaries at the bottom are left out.

    A row is a summary when it begins with a word for one and holds nothing but numbers. A word that may
    as well be an answer or a group's name ('Total', 'Media') counts only beside one that may not, or
    where the numbers are what it says, or stand in columns that hold no numbers otherwise.
    """
    candidates: list[int] = []
    blanks = 0
    for at in range(grid.n_rows - 1, 1, -1):
        row = read_row(grid, at)
        filled = [position for position, cell in enumerate(row) if cell.strip()]
        if not filled and blanks < TAIL_ROWS:
            blanks += 1
        elif filled and len(candidates) < TAIL_ROWS and _may_be_summary(row, filled):
            candidates.append(at)
        else:
            break
    while candidates and not (
        any(_is_surely_summary(grid, row) for row in candidates)
        or all(_adds_up(grid, row, candidates[-1]) for row in candidates)
    ):
        candidates.pop()
    return candidates[-1] if candidates else grid.n_rows


def _may_be_summary(row: list[str], filled: list[int]) -> bool:
    numbers = [row[at] for at in filled[1:]]
    word = find_summary_word(row[filled[0]])
    return word is not None and bool(numbers) and all(is_number(text) or text in ERRORS for text in numbers)


def _is_surely_summary(grid: Grid, row: int) -> bool:
    """Whether the word is no answer: it means nothing else, and nobody else gave it."""
    position, cell = next((at, cell) for at, cell in enumerate(read_row(grid, row)) if cell.strip())
    codes = grid.columns[position].indices
    return bool(find_summary_word(cell)) and pc.sum(pc.equal(codes, codes[row])).as_py() == 1


def _adds_up(grid: Grid, row: int, end: int) -> bool:
    """Whether all numbers of a row are the same statistic of the rows above, or new to their columns."""
    cells = [(column, text) for column, text in zip(grid.columns, read_row(grid, row), strict=True) if text.strip()]
    fitting = [_find_statistics(column.slice(1, end - 1), text) for column, text in cells[1:] if text not in ERRORS]
    return bool(set(STATISTICS).intersection(*fitting))


def _find_statistics(column: pa.DictionaryArray, text: str) -> set[str]:
    """What a number can be of the numbers above it; anything, where no numbers stand above it."""
    values = [to_number(cell) for cell in column.dictionary.to_pylist()]
    numbers = np.array([np.nan if value is None else value for value in values])
    above = np.repeat(numbers, np.bincount(column.indices.to_numpy(), minlength=len(values)))
    above = above[~np.isnan(above)]
    value = to_number(text)
    if not len(above):
        return set(STATISTICS)
    if value is None or text.strip()[-1:] in PERCENT or len(above) < 2:
        return set()
    decimals = len(text.strip().partition(".")[2] or text.strip().partition(",")[2])
    near = 0.51 * 10.0**-decimals
    return {name for name, compute in STATISTICS.items() if abs(value - compute(above)) <= near}


def is_number(text: str) -> bool:
    stripped = text.strip()
    return bool(stripped) and bool(NUMBER.fullmatch(stripped)) and any(map(str.isdecimal, stripped))


def to_number(text: str) -> float | None:
    """A number however it is written, or nothing."""
    stripped = text.strip().rstrip("%٪％ ").replace("−", "-")
    if not is_number(stripped):
        return None
    if "," in stripped and "." not in stripped and len(stripped.rpartition(",")[2]) != 3:
        stripped = stripped.replace(",", ".")
    try:
        return float(re.sub(r"[ ,'’\u00a0\u202f]", "", stripped))
    except ValueError:
        return None


def find_summary_word(text: str) -> bool | None:
    """Whether a cell is a word for a summary: yes on its own, no only together with fitting numbers, or None."""
    return _read_words().get(_normalise_word(text))


def _normalise_word(text: str) -> str:
    return " ".join(re.sub(r"\([^()]*\)|[\d:=.()\[\]#*_]+", " ", text).casefold().split())


@cache
def _read_words() -> dict[str, bool]:
    words: dict[str, bool] = {}
    for row in _read_table("summary_words.csv"):
        for word in row["words"].split("|"):
            # a word that is doubtful in one language is doubtful
            words[_normalise_word(word)] = row["alone"] == "yes" and words.get(_normalise_word(word), True)
    return words


def refuse_summary(grid: Grid, head: list[list[str]], wave: Wave, rate_grid: Callable[[Grid], float]) -> None:
    """Refuse files that say how many answered what, not who answered what.

    Raises:
        UserError: ``not_respondent_level``.
    """
    used = [column for column in zip(*head, strict=True) if any(cell.strip() for cell in column)]
    if len(used) == 1 and _is_prose(used[0]):
        raise _not_responses("It holds text in a single column", grid, wave)
    rows = [{_normalise_word(cell) or cell.strip() for cell in row if cell.strip()} for row in head]
    column = {_normalise_word(row[0]) for row in head if row and row[0].strip()}
    for entry in _read_table("summary_tables.csv"):
        cells = {_normalise_word(cell) for cell in entry["cells"].split("|")}
        found = [at for at, row in enumerate(rows, 1) if cells <= row and len(row) <= MOST_SUMMARY_CELLS]
        if entry["where"] == "column":
            found = [1] if cells <= column else []
        if found and rate_grid(grid) < TYPICAL:
            names = "' and '".join(sorted(cells))
            raise _not_responses(f"It is {entry['what']}: '{names}'", grid, wave, found[0])
    body = [values[1:] for values in used]
    shares = [[cell for cell in values if cell.strip()] for values in body[1:]]
    percent = [cells for cells in shares if cells and all(is_number(c) and c.strip()[-1] in "%٪％" for c in cells)]
    words = [cell for cell in body[0] if cell.strip()] if body else []
    if len(percent) >= 2 and 2 * len(percent) >= len(shares) and _are_names(words) and grid.n_rows <= SMALL:
        raise _not_responses(f"{len(percent)} of its {len(used)} columns hold nothing but percentages", grid, wave)
    if _holds_means(used) and grid.n_rows <= SMALL:
        raise _not_responses("It is a table of means: a row per group, and how many answered", grid, wave)


def _holds_means(columns: Sequence[Sequence[str]]) -> bool:
    """Names that come once each, a count beside them, and otherwise decimals on a rating scale."""
    if len(columns) < 4 or any(not cell.strip() for column in columns for cell in column):
        return False
    names, numbers = columns[0][1:], [[to_number(cell) for cell in column[1:]] for column in columns[1:]]
    if len(names) < 2 or not _are_names(names) or any(value is None for values in numbers for value in values):
        return False
    found = np.array(numbers, float)
    whole = found == np.round(found)
    counts = [at for at, values in enumerate(whole) if values.all() and found[at].max() > HIGHEST_RATING]
    means = [at for at, values in enumerate(whole) if 2 * values.sum() < len(values)]
    said = any(find_summary_word(word) is not None for column in columns[1:] for word in re.findall(r"\w+", column[0]))
    rated = found[means].min() >= -HIGHEST_RATING and found[means].max() <= HIGHEST_RATING if means else False
    return bool(said and counts and rated) and len(means) >= 2 and len(means) + len(counts) >= len(numbers) - 1


def _is_prose(cells: Sequence[str]) -> bool:
    lengths = sorted(len(cell.strip()) for cell in cells if cell.strip())
    return len(lengths) > 1 and lengths[len(lengths) // 2] >= PROSE


def _are_names(cells: Sequence[str]) -> bool:
    """Words, each once: a list of options or groups rather than ids, dates or answers."""
    return len(set(cells)) == len(cells) > 1 and not any(
        any(map(str.isdecimal, cell)) for cell in cells[: len(cells) // 2 + 1]
    )


def refuse_crosstab(grid: Grid, first: int, wave: Wave) -> None:
    """A small table of counts with a row of totals, and mostly a column of them too.

    Without the column, ratings that somebody added up look alike: only names that come once each, few words
    in the headers, and whole numbers beyond any rating scale make it a table of counts.
    """
    if grid.n_rows > SMALL or grid.n_rows < 3 or len(grid.columns) < 3:
        return
    columns = [cells for column in grid.columns if any(map(str.strip, cells := column.to_pylist()))]
    rows = [row for row in map(list, zip(*columns, strict=True)) if any(map(str.strip, row))]
    start = next((at for at, row in enumerate(rows[: MOST_TITLES + 1]) if _read_counts(row) is not None), 0)
    body = []
    for row in rows[start:] if start else []:
        if sum(bool(cell.strip()) for cell in row) == 1:
            break  # a note below the table
        body.append(row)
    counts = [_read_counts(row) for row in body]
    if len(body) < 3 or any(row is None for row in counts) or find_summary_word(body[-1][0]) is None:
        return
    numbers, header = np.array(counts, float), rows[start - 1]
    if not np.allclose(numbers[:-1].sum(axis=0), numbers[-1]):
        return
    across = find_summary_word(header[-1]) is not None and np.allclose(numbers[:, :-1].sum(axis=1), numbers[:, -1])
    whole = np.array_equal(numbers, np.round(numbers)) and numbers[:-1].max() > HIGHEST_RATING
    short = all(len(cell.split()) <= 5 and "?" not in cell for cell in header[1:])
    if across or (whole and short and _are_names([row[0].strip() for row in body])):
        what = "It is a table of counts: its last row adds up the others" + (
            ", and its last column too" if across else ""
        )
        raise _not_responses(what, grid, wave, first + 1)


def _read_counts(row: Sequence[str]) -> list[float] | None:
    """The numbers beside a row's name, blanks as 0; nothing where anything else stands there."""
    cells = [cell.strip() for cell in row[1:]]
    values = [to_number(cell) if cell else 0.0 for cell in cells]
    if not any(cells) or not row[0].strip() or is_number(row[0]):
        return None
    return None if any(value is None for value in values) else [value for value in values if value is not None]


def _not_responses(what: str, grid: Grid, wave: Wave, row: int | None = None) -> UserError:
    return user_error("not_respondent_level", what, wave=str(wave.year), file=grid.file, sheet=grid.sheet, row=row)


@cache
def _read_table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
