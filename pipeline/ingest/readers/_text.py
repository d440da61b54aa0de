"""Delimited text as it is: every cell kept as text, every row at its number."""

from __future__ import annotations

import html
import io
import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.ingest.readers._dialect import Dialect, find_dialect, read_records
from pipeline.ingest.readers._encoding import decode_text
from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._structure import find_first_row
from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave
from schemas.problems import counted

MOST_COLUMNS = 16_384
"""As many as a spreadsheet has; a first line with more is no header."""
SEPARATOR_LINE = re.compile(rb'\A"?sep=([^\r\n])"?(?:\r\n|\r|\n)', re.IGNORECASE)
"""Excel's own first line; no spreadsheet counts it as a row."""
BLOCK = 1 << 22
"""Bytes parsed in one go: few enough to stay near the processor, more than any usual cell has."""
TAG = r"</?(?:{})(?:\s[^<>]*=[^<>]*)?\s*/?>"
INLINE = re.compile(
    TAG.format("a|abbr|b|big|code|em|font|i|label|s|small|span|strike|strong|sub|sup|tt|u"), re.IGNORECASE
)
BLOCK_TAG = re.compile(
    TAG.format("blockquote|br|center|div|h[1-6]|hr|img|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"), re.IGNORECASE
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
HIDDEN_TEXT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))
"""Marks that are never part of a word. Joiners and direction marks are, inside one."""
AT_ENDS = " \u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def trim_header(text: str) -> str:
    """A header for people: no mark-up, no entities, no invisible marks, no doubled or non-breaking blanks."""
    if "<" in text:
        text = INLINE.sub("", BLOCK_TAG.sub(" ", HIDDEN_TEXT.sub(" ", text)))
    text = ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return " ".join(text.translate(INVISIBLE).split()).strip(AT_ENDS)


def read_delimited(data: bytes, wave: Wave, file: str, sheet: str = "") -> tuple[Grid, list[int]]:
    """Read delimited text, whatever its encoding, delimiter and line ends.

    Returns:
        A grid of **all** rows, titles above the headers included, and the number of cells the first
        rows were written with.

    Raises:
        UserError: ``export_empty``, ``export_encoding`` or ``export_unreadable``, naming file and row.
    """
    decoded = decode_text(data, wave, file)
    body = decoded.data
    if separator := SEPARATOR_LINE.match(body):
        body = body[separator.end() :]
        if not wave.delimiter and separator[1] not in b'"\0':
            wave = wave.model_copy(update={"delimiter": separator[1].decode("utf-8", "ignore")})
    if body[: body.find(b"\n")].endswith(b"\r\r") and 2 * body.count(b"\r\r\n") > body.count(b"\n"):
        body = body.replace(b"\r\r\n", b"\r\n")
    if body.endswith((b"\n\n", b"\r\r", b"\n\r\n", b"\x1a")):
        body = body.rstrip(b"\r\n\x1a")
    if not re.search(rb"\S", body):
        raise user_error("export_empty", "The export is empty", wave=str(wave.year), file=file, sheet=sheet)
    dialect, records = find_dialect(body, wave, file, sheet)
    if not records:
        raise _unreadable("The file is not well-formed delimited text", wave, file, sheet)
    lengths = [len(record) for record in records]
    if max(lengths) > MOST_COLUMNS:
        row = next(row for row, length in enumerate(lengths, start=1) if length > MOST_COLUMNS)
        raise _unreadable(f"A row has more than {MOST_COLUMNS} cells", wave, file, sheet, row)
    first = find_first_row(records, lengths, wave)
    columns = _Parser(dialect, first, _find_width(records, first), wave, file, sheet).parse(body)
    header = lengths[first]
    if header < len(columns):
        extra = columns[header:]
        beyond = [row for column in extra for row in _filled_rows(column, from_row=first + 1)[:1]]
        if beyond:
            what = f"Rows with more cells than the {header} headers"
            raise _unreadable(what, wave, file, sheet, min(beyond) + 1)
        columns = columns[:header]
    return Grid(file, sheet, columns, notes=decoded.notes), lengths


def _unreadable(what: str, wave: Wave, file: str, sheet: str, row: int | None = None) -> UserError:
    return user_error("export_unreadable", what, wave=str(wave.year), file=file, sheet=sheet, row=row)


def _find_width(records: list[list[str]], first: int) -> int:
    """Cells per row: as most rows have, and never fewer than there are headers."""
    header = max((at for at, cell in enumerate(records[first], start=1) if cell.strip()), default=1)
    widths = Counter(len(record) for record in records[first:] if any(cell.strip() for cell in record))
    common = max(widths, key=lambda width: (widths[width], width), default=1)
    return max(header, common)


def _filled_rows(column: pa.DictionaryArray, from_row: int) -> list[int]:
    """Positions of the cells that hold more than blanks."""
    filled = pc.not_equal(pc.utf8_trim_whitespace(column.dictionary), "")
    at = np.flatnonzero(filled.take(column.indices).to_numpy(zero_copy_only=False))
    return [int(row) for row in at[at >= from_row]]


class _Parser:
    """One pass of the fast parser, and the few rows it cannot place put back where they stood.

    Attributes:
        odd: row position -> cells of a row that is shorter or longer without saying less or more: a
            title, a short header row, a blank row, a row with blank cells at its end.
        broken: rows that miss cells or have too many.
    """

    def __init__(self, dialect: Dialect, first: int, width: int, wave: Wave, file: str, sheet: str) -> None:
        self.dialect, self.first, self.width = dialect, first, width
        self.wave, self.file, self.sheet = wave, file, sheet
        self.odd: dict[int, list[str]] = {}
        self.broken = 0
        self.first_broken: tuple[int, int] = (0, 0)

    def parse(self, body: bytes) -> tuple[pa.DictionaryArray, ...]:
        try:
            table = self._read(body, BLOCK)
        except pa.ArrowInvalid:
            try:  # a cell longer than a block
                table = self._read(body, len(body) + 1)
            except pa.ArrowInvalid:
                raise _unreadable(
                    "The file is not well-formed delimited text", self.wave, self.file, self.sheet
                ) from None
        if self.broken:
            row, cells = self.first_broken
            what = f"{counted(self.broken, 'row')} without the header's {self.width} cells (the first has {cells})"
            raise _unreadable(what, self.wave, self.file, self.sheet, row)
        columns = []
        for position in range(self.width):
            columns.append(self._put_back(join_chunks(table.column(position)), position))
        return tuple(columns)

    def _read(self, body: bytes, block: int) -> pa.Table:
        self.odd, self.broken = {}, 0
        names = [f"c{position}" for position in range(self.width)]
        quoted = bool(self.dialect.quote)
        return pa_csv.read_csv(
            pa.BufferReader(body),
            # one thread: only then are the numbers of odd rows known
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=block),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.dialect.delimiter,
                quote_char=self.dialect.quote or False,
                double_quote=quoted and not self.dialect.escape,
                escape_char=self.dialect.escape or False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=self._take_odd_row,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
                null_values=[],
            ),
        )

    def _take_odd_row(self, row: pa_csv.InvalidRow) -> str:
        cells = next(read_records(io.StringIO(row.text, newline=""), self.dialect), [])
        said = len(cells) - next((at for at, cell in enumerate(reversed(cells)) if cell.strip()), len(cells))
        position = row.number - 1
        if said == 0 or position <= self.first or (len(cells) > self.width and said <= self.width):
            self.odd[position] = (cells + [""] * self.width)[: self.width]
        else:
            self.broken += 1
            if self.broken == 1:
                self.first_broken = (row.number, row.actual_columns)
        return "skip"

    def _put_back(self, column: pa.DictionaryArray, position: int) -> pa.DictionaryArray:
        if not self.odd:
            return column
        cells = pa.array([cells[position] for cells in self.odd.values()], pa.string()).dictionary_encode()
        order = np.empty(len(column) + len(cells), np.int64)
        placed = np.zeros(len(order), bool)
        placed[list(self.odd)] = True
        order[~placed] = np.arange(len(column))
        order[list(self.odd)] = np.arange(len(column), len(order))
        return join_chunks(pa.chunked_array([column, cells])).take(pa.array(order))


def join_chunks(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """One dictionary-encoded array of a column read in pieces."""
    if column.num_chunks == 0:
        return pa.array([], pa.string()).dictionary_encode()
    unified = column.unify_dictionaries()
    return unified.combine_chunks() if unified.num_chunks != 1 else unified.chunk(0)
