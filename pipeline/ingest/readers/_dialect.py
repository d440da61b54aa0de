"""How a delimited file separates and quotes its cells: found from many records, checked on all."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipeline.store.errors import user_error
from schemas.definitions import Wave

DELIMITERS = ",;\t|"
SAMPLE_BYTES = 1 << 20
SAMPLE_RECORDS = 200
CHUNK = 1 << 18
LINE_ENDS = b"\r\n"
MOSTLY = 0.9
csv.field_size_limit(2**31 - 1)


class Dialect(NamedTuple):
    """How cells are separated; ``quote`` is blank where quotation marks are letters like others."""

    delimiter: str
    quote: str = '"'
    escape: str = ""


def find_dialect(data: bytes, wave: Wave, file: str, sheet: str = "") -> tuple[Dialect, list[list[str]]]:
    """The dialect in which most of the first records have the same number of cells, and those records.

    Raises:
        UserError: ``export_unreadable``, naming the row where a quotation mark opens and never closes.
    """
    sample = _take_sample(data)
    if wave.delimiter:
        choices = [Dialect(wave.delimiter, quote) for quote in _list_quotes(sample, wave.delimiter)]
    else:
        choices = [Dialect(mark, quote) for mark in DELIMITERS for quote in _list_quotes(sample, mark)]
    records = {choice: list(_read_sample(sample, choice)) for choice in choices}
    best = max(choices, key=lambda choice: _rate_records(records[choice]))
    if wave.delimiter and not _rate_records(records[best])[0]:
        _refuse_idle_delimiter(sample, wave, file, sheet)
    settled = _settle_quoting(data, best, wave, file, sheet)
    if not _rate_records(records[best])[0]:
        _refuse_quoted_rows(records[best], wave, file, sheet)
    return settled, records[best] if settled == best else list(_read_sample(sample, settled))


def _refuse_idle_delimiter(sample: str, wave: Wave, file: str, sheet: str) -> None:
    """A declared delimiter that separates nothing would make one column of a whole table."""
    others = {mark: _rate_records(list(_read_sample(sample, Dialect(mark)))) for mark in DELIMITERS}
    mark = max(others, key=lambda mark: others[mark])
    share, cells = others[mark]
    if share >= MOSTLY:
        raise user_error(
            "export_unreadable",
            f"The declared delimiter {_say(wave.delimiter)} separates nothing; {_say(mark)} gives {cells} cells",
            wave=str(wave.year),
            file=file,
            sheet=sheet,
            action="Correct delimiter in survey.toml, or leave it out: it is found from the content.",
        )


def _refuse_quoted_rows(records: list[list[str]], wave: Wave, file: str, sheet: str) -> None:
    """Quotation marks around whole rows: what comes of pasting delimited text into one column of a spreadsheet."""
    whole = "\n".join(record[0] for record in records if record and record[0].strip())
    ratings = [_rate_records(list(_read_sample(whole, Dialect(mark)))) for mark in DELIMITERS]
    share, cells = max(ratings)
    if len(records) > 1 and share >= MOSTLY and cells > 2:
        raise user_error(
            "export_unreadable",
            f"Every row is one quoted cell that holds {cells} others",
            wave=str(wave.year),
            file=file,
            sheet=sheet,
            action="Download it again, and do not save it from a spreadsheet where it stands in one column.",
        )


def _say(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"'{delimiter}'"


def read_records(text: io.TextIOBase, dialect: Dialect, *, strict: bool = False) -> Iterator[list[str]]:
    """Records as the ``csv`` module reads them."""
    return csv.reader(
        text,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=not dialect.escape,
        strict=strict,
    )


def _take_sample(data: bytes) -> str:
    """The first lines, whole where there are several."""
    start = data[:SAMPLE_BYTES]
    if len(data) > SAMPLE_BYTES and (end := max(start.rfind(b"\n"), start.rfind(b"\r"))) > 0:
        start = start[: end + 1]
    return start.decode("utf-8", "ignore")


def _read_sample(sample: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        for record, _ in zip(
            read_records(io.StringIO(sample, newline=""), dialect), range(SAMPLE_RECORDS), strict=False
        ):
            yield record
    except csv.Error:
        return


def _list_quotes(sample: str, delimiter: str) -> list[str]:
    """Apostrophes quote where the first line and nearly every other has cells between them, and hardly any
    stand between quotation marks.
    """
    lines = sample.splitlines()[:20]
    cells = [cell for line in lines for cell in line.split(delimiter)]
    opened = sum(cell.startswith("'") for cell in cells)
    closed = sum(map(_is_between_apostrophes, cells))
    usual = sum(cell.startswith('"') for cell in cells)
    from_first = bool(lines) and any(map(_is_between_apostrophes, lines[0].split(delimiter)))
    return ["'"] if from_first and closed >= len(lines) and 2 * closed >= opened and closed > 2 * usual else ['"']


def _is_between_apostrophes(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == "'"


def _rate_records(records: list[list[str]]) -> tuple[float, int]:
    """Share of records with the most common number of cells, and that number; nothing for a single cell."""
    widths = Counter(len(record) for record in records if any(cell.strip() for cell in record))
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0, 1
    width = max(several, key=lambda width: (several[width], width))
    return several[width] / widths.total(), width


def _settle_quoting(data: bytes, dialect: Dialect, wave: Wave, file: str, sheet: str) -> Dialect:
    """Make sure that every quotation mark that opens a cell closes it.

    Where one does not, a parser would swallow the following rows into one cell without a word.
    """
    quote = dialect.quote.encode()
    if quote not in data:
        return dialect._replace(quote="")
    if _quotes_pair(data, dialect) or not (row := _find_open_quote(data, dialect)):
        return dialect
    escaped = dialect._replace(escape="\\")
    if b"\\" + quote in data and not _find_open_quote(data, escaped):
        return escaped
    bare = dialect._replace(quote="")
    if dialect.delimiter == "\t" and _quotes_are_letters(data, bare, row):
        return bare
    raise user_error(
        "export_unreadable",
        "A quotation mark opens a cell and does not close it where the cell ends",
        wave=str(wave.year),
        file=file,
        sheet=sheet,
        row=row,
        action="Download it again; by hand, a quotation mark inside a quoted cell is written twice.",
    )


def _quotes_pair(data: bytes, dialect: Dialect) -> bool:
    """Whether all quotation marks stand in pairs around whole cells: the usual case, told without parsing."""
    letters = np.frombuffer(data, np.uint8)
    mark = ord(dialect.quote)
    beside = np.zeros(256, bool)
    beside[[ord(dialect.delimiter), mark, *LINE_ENDS]] = True
    seen = 0
    for start in range(0, len(letters), CHUNK):
        at = np.flatnonzero(letters[start : start + CHUNK] == mark) + start
        opening, closing = at[seen % 2 :: 2], at[1 - seen % 2 :: 2]
        before = opening[opening > 0] - 1
        after = closing[closing < len(letters) - 1] + 1
        if not (beside[letters[before]].all() and beside[letters[after]].all()):
            return False
        seen += len(at)
    return seen % 2 == 0


def _find_open_quote(data: bytes, dialect: Dialect) -> int:
    """The row whose quotation mark does not close where its cell ends; 0 when there is none."""
    rows = 0
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="") as text:
        try:
            for _ in read_records(text, dialect, strict=True):
                rows += 1
        except csv.Error:
            return rows + 1
    return 0


def _quotes_are_letters(data: bytes, bare: Dialect, row: int) -> bool:
    """Whether a file is one of those that never quote: every record whole without, and no header quoted.

    The last record is not trusted: a file cut inside a quoted cell looks the same.
    """
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="") as text:
        records = read_records(text, bare)
        header = next(records)
        rows = 1
        for record in records:
            rows += 1
            if record and len(record) != len(header):
                return False
    return row < rows and not any(cell.startswith('"') for cell in header)
