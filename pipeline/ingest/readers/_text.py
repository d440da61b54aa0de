"""Delimited text as it is: encoding checked, delimiter found, every cell kept as text."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from pipeline.store.errors import user_error
from schemas.definitions import Wave
from schemas.problems import counted

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",;\t|"
NOT_TEXT = {
    b"PK\x03\x04": ("a workbook or an archive", "Name a workbook .xlsx; take an export out of its archive."),
    b"\xd0\xcf\x11\xe0": ("an old workbook, or one with a password", "Save it as .xlsx without a password."),
    b"%PDF": ("a PDF", "Take it out of the exports folder."),
}
"""First bytes of files that are no text, what they are, and what to do."""
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has; a first line with more is no header."""
csv.field_size_limit(2**31 - 1)


def read_delimited(path: Path, wave: Wave) -> tuple[list[list[str]], tuple[pa.DictionaryArray, ...]]:
    """Read a delimited file as text.

    Returns:
        The first records (at most 5) as rows of cells, for header resolution, and one
        dictionary-encoded column of text per header cell holding **all** records, headers included.
        The caller slices off its header rows.

    Raises:
        UserError: ``export_empty``, ``export_encoding`` or ``export_unreadable``, naming file and row.
    """
    text = _decode(path, wave)
    if not text.strip():
        raise user_error("export_empty", "The export is empty", wave=str(wave.year), file=path.name)
    delimiter = wave.delimiter or _find_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    head = [record for record, _ in zip(reader, range(5), strict=False)]
    if not any(head[0]) or len(head[0]) > MOST_COLUMNS:
        raise user_error(
            "export_unreadable",
            "The first row is blank" if not any(head[0]) else f"The first row has {len(head[0])} cells",
            wave=str(wave.year), file=path.name, row=1, action="The first row must hold the column headers.",
        )  # fmt: skip
    table = _parse(text, delimiter, len(head[0]), path, wave)
    return head, tuple(_encode(column) for column in table.columns)


def slice_columns(columns: tuple[pa.DictionaryArray, ...], start: int) -> tuple[pa.DictionaryArray, ...]:
    """The same columns from record ``start`` on."""
    return tuple(column.slice(start) for column in columns)


def trim_header(text: str) -> str:
    """A header for people: no byte-order mark, no doubled or non-breaking blanks."""
    return " ".join(text.replace("\ufeff", "").replace("\u200b", "").split())


def _decode(path: Path, wave: Wave) -> str:
    data = path.read_bytes()
    for start, (kind, action) in NOT_TEXT.items():
        if data.startswith(start):
            what = f"The file is {kind}, not delimited text"
            raise user_error("export_unreadable", what, wave=str(wave.year), file=path.name, action=action)
    by_mark = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "")
    encoding = by_mark or wave.encoding or "utf-8"
    try:
        text = data.decode(encoding)
    except LookupError:
        raise user_error(
            "definition_invalid", f"'{encoding}' is not an encoding", file=f"{wave.year}/survey.toml", column="encoding"
        ) from None
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise user_error(
            "export_encoding",
            f"The text is not {encoding.upper()} (first at line {row} of the file)",
            wave=str(wave.year),
            file=path.name,
        ) from None
    if "\0" in text:
        raise user_error(
            "export_encoding",
            f"The text holds NUL characters (first at line {text[: text.index(chr(0))].count(chr(10)) + 1} of the file)",
            wave=str(wave.year), file=path.name,
            action="Download it again; if it is UTF-16, set encoding to utf-16-le or utf-16-be in survey.toml.",
        )  # fmt: skip
    return text


def _find_delimiter(text: str) -> str:
    """The delimiter that splits the first record into most cells."""
    start = io.StringIO(text, newline="")
    counts = {}
    for delimiter in DELIMITERS:
        start.seek(0)
        counts[delimiter] = len(next(csv.reader(start, delimiter=delimiter)))
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _parse(text: str, delimiter: str, width: int, path: Path, wave: Wave) -> pa.Table:
    names = [f"c{position}" for position in range(width)]
    bad: list[pa_csv.InvalidRow] = []

    def remember(row: pa_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            # one thread: only then are the row numbers of malformed rows known
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=remember
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid:
        raise user_error(
            "export_unreadable", "The file is not well-formed delimited text", wave=str(wave.year), file=path.name
        ) from None
    # a blank line between records is one empty cell, not a malformed row
    malformed = [row for row in bad if row.text.strip()]
    if malformed:
        first = malformed[0]
        raise user_error(
            "export_unreadable",
            f"{counted(len(malformed), 'row')} without the header's {width} cells (the first has {first.actual_columns})",
            wave=str(wave.year),
            file=path.name,
            row=first.number,
        )
    return table


def _encode(column: pa.ChunkedArray) -> pa.DictionaryArray:
    encoded = column.dictionary_encode().unify_dictionaries()
    return encoded.combine_chunks() if encoded.num_chunks != 1 else encoded.chunk(0)
