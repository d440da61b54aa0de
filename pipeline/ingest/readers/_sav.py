"""SPSS data files (``.sav``, ``.zsav``) as text: labels for values, the numbers of unlabelled ones."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.ingest.readers._grid import Grid, Variable
from pipeline.ingest.readers._sav_worker import NO_ENCODING
from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave
from schemas.problems import Problem

STARTS = (b"$FL2", b"$FL3")
"""First bytes of ``.sav`` and ``.zsav``."""
NOT_SAV = {
    b"\x1c\x00\x00\x00\x00\x00\x00\x00ENCRYPTEDSAV": (
        "export_refused",
        "The SPSS file is protected by a password",
        "Save it without a password.",
    ),
    b"ASCII SPSS PORT FILE": (
        "export_refused",
        "The file is a portable file of SPSS (.por), which loses why an answer is missing",
        "Save it as .sav in SPSS or PSPP.",
    ),
}
OTHER_ENCODINGS = ("cp1252", "cp1251", "latin-1")
"""Tried in turn when a file's texts are not in the encoding it names."""
OWN_ENCODING = "-"
PATIENCE_SECONDS = 60
BYTES_A_SECOND = 200_000
"""A file that needs longer than this is refused: the slowest of machines reads ten times faster."""
EPOCH = datetime(1582, 10, 14)
"""SPSS counts seconds from here."""
DATES = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR")
MOMENTS = ("DATETIME", "YMDHMS")
SPANS = ("TIME", "DTIME", "MTIME")


def read_sav(path: Path, wave: Wave, data: bytes | None = None) -> Grid:
    """Read an SPSS data file as text.

    A cell is the value's label where it has one, else the value: whole numbers without decimals,
    dates in ISO form, text without trailing blanks. Values declared missing keep their label or
    number; system-missing cells are blank. A label two values share would merge them, so such
    values stay numbers.

    Args:
        path: the file, or what to call it when its content is given.
        wave: a declared encoding is tried first.
        data: the content, where it came out of an archive.

    Raises:
        UserError: ``export_unreadable``, ``export_refused`` or ``export_empty``.
    """
    data = path.read_bytes() if data is None else data
    _refuse_other_files(data, path, wave)
    table = _parse(data, path, wave)
    if not table.num_columns or not table.num_rows:
        raise user_error("export_empty", "The SPSS file holds no cases", wave=str(wave.year), file=path.name)
    about = json.loads(table.schema.metadata[b"about"])
    columns, variables = [], []
    described = zip(about["names"], about["labels"], about["values"], about["kinds"], table.columns, strict=True)
    for name, label, pairs, kind, column in described:
        labels = _value_labels(pairs)
        variables.append(Variable(name, " ".join(label.split()), labels))
        columns.append(_encode(column, labels, kind))
    notes = () if about["encoding"] == OWN_ENCODING else (_note_encoding(about["encoding"], path, wave),)
    return Grid(path.name, "", tuple(columns), notes=notes, variables=tuple(variables))


def _refuse_other_files(data: bytes, path: Path, wave: Wave) -> None:
    if data.startswith(STARTS):
        return
    for mark, (code, what, action) in NOT_SAV.items():
        if mark in data[:512]:
            raise user_error(code, what, wave=str(wave.year), file=path.name, action=action)
    raise _unreadable("The file is not an SPSS data file", path, wave)


def _unreadable(what: str, path: Path, wave: Wave) -> UserError:
    action = "Download or save it again as .sav; if the tool offers CSV, that works too."
    return user_error("export_unreadable", what, wave=str(wave.year), file=path.name, action=action)


def _parse(data: bytes, path: Path, wave: Wave) -> pa.Table:
    """The file's columns, its own description in the schema's metadata (see ``_sav_worker``)."""
    encodings = [name for name in (wave.encoding, OWN_ENCODING, *OTHER_ENCODINGS) if name]
    worker = Path(__file__).with_name("_sav_worker.py")
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(worker), *dict.fromkeys(encodings)],
            input=data,
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS + len(data) / BYTES_A_SECOND,
        )
    except subprocess.TimeoutExpired:
        raise _unreadable("The SPSS file takes too long to read", path, wave) from None
    if done.returncode == NO_ENCODING:
        raise _unreadable("The SPSS file's texts are in no encoding that can be read", path, wave)
    try:
        if done.returncode:
            raise pa.ArrowInvalid
        return pa.ipc.open_stream(done.stdout).read_all()
    except pa.ArrowInvalid:
        raise _unreadable("The SPSS file is damaged or incomplete", path, wave) from None


def _note_encoding(encoding: str, path: Path, wave: Wave) -> Problem:
    what = f"The texts of the SPSS file were read as {encoding.upper()}"
    return Problem(code="encoding_guessed", what=what, wave=str(wave.year), file=path.name)


def _value_labels(pairs: list[list[Any]]) -> dict[str, str]:
    """Code as text -> label; blank labels and labels that several codes share are left out."""
    labels = {_as_text(code): " ".join(str(label).split()) for code, label in pairs}
    shared = Counter(labels.values())
    return {code: label for code, label in labels.items() if label and shared[label] == 1}


def _encode(column: pa.ChunkedArray, labels: Mapping[str, str], kind: str) -> pa.DictionaryArray:
    """One column as text; only distinct values are looked at one by one."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    describe = _describe_by(kind)
    values = encoded.dictionary.to_pylist()
    plain = [_as_text(value) for value in values]
    # a label that is another value's number would be read as that number
    numbers = {text for text in plain if text not in labels}
    texts = [
        labels[text] if text in labels and labels[text] not in numbers else describe(value)
        for value, text in zip(values, plain, strict=True)
    ]
    distinct = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    to_distinct = pa.array([distinct[text] for text in texts], pa.int32())
    return pa.DictionaryArray.from_arrays(to_distinct.take(encoded.indices), pa.array(list(distinct), pa.string()))


def _describe_by(kind: str) -> Callable[[Any], str]:
    format_name = kind.rstrip("0123456789.").upper()
    if format_name in DATES:
        return lambda value: _as_moment(value)[:10]
    if format_name in MOMENTS:
        return _as_moment
    return _as_span if format_name in SPANS else _as_text


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value).rstrip()


def _as_moment(value: Any) -> str:
    if not _is_number(value):
        return _as_text(value)
    try:
        return (EPOCH + timedelta(seconds=value)).isoformat(timespec="seconds")
    except OverflowError:
        return _as_text(value)


def _as_span(value: Any) -> str:
    if not _is_number(value) or value < 0:
        return _as_text(value)
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
