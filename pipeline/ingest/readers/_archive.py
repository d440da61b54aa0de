"""Archives: what is inside, taken out in pieces and only up to a set size."""

from __future__ import annotations

import copy
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave

MOST_BYTES = 500_000_000
"""What one file may unpack to."""
MOST_RATIO = 400
RATIO_FROM = 32_000_000
"""From this size on, text that shrank more than ``MOST_RATIO`` to one was made to harm."""
MOST_MEMBERS = 10_000
PIECE = 1 << 20
SYSTEM_FILES = {"desktop.ini", "thumbs.db"}
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError, KeyError,
)  # fmt: skip
"""What the standard library raises for archives that are cut, changed, or packed in a way it does not know."""


def unpack_gzip(data: bytes, wave: Wave, file: str) -> bytes:
    """The one file in a gzip archive.

    Raises:
        UserError: ``export_unreadable`` when it is cut or damaged, ``export_refused`` when it is too large.
    """

    def read_pieces() -> Iterator[bytes]:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            while piece := packed.read(PIECE):
                yield piece

    return b"".join(_limit(read_pieces(), len(data), wave, file))


def open_zip(data: bytes, wave: Wave, file: str) -> zipfile.ZipFile:
    """The archive, its table of contents read.

    Raises:
        UserError: ``export_unreadable`` when it is cut, damaged or has a password.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except DAMAGED:
        raise damaged_archive(wave, file) from None
    if any(member.flag_bits & 1 for member in members):
        raise user_error(
            "export_unreadable", "The archive is protected by a password", wave=str(wave.year), file=file,
            action="Take the export out of it.",
        )  # fmt: skip
    if len(members) > MOST_MEMBERS:
        raise too_large(wave, file)
    return archive


def list_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Members that people put there: no folders, no hidden files, none of the system's own."""
    found = []
    for member in archive.infolist():
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        hidden = any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)
        if parts and not member.is_dir() and not hidden and parts[-1].casefold() not in SYSTEM_FILES:
            found.append(member)
    return found


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, wave: Wave, file: str) -> Iterator[bytes]:
    """A member in pieces, however large the archive says it is.

    Raises:
        UserError: ``export_unreadable`` when it is cut or damaged, ``export_refused`` when it is too large.
    """

    def read_pieces() -> Iterator[bytes]:
        # the size an archive states is a claim: read on until the data end
        unbounded = copy.copy(member)
        unbounded.file_size = MOST_BYTES + PIECE
        with archive.open(unbounded) as packed:
            while piece := packed.read(PIECE):
                yield piece

    return _limit(read_pieces(), member.compress_size, wave, file)


def check_size(archive: zipfile.ZipFile, wave: Wave, file: str) -> None:
    """Make sure that all members together unpack to no more than may be.

    Raises:
        UserError: see ``read_member``.
    """
    total = 0
    for member in archive.infolist():
        for piece in read_member(archive, member, wave, file):
            total += len(piece)
            if total > MOST_BYTES:
                raise too_large(wave, file)


def damaged_archive(wave: Wave, file: str) -> UserError:
    return user_error("export_unreadable", "The archive is damaged or not complete", wave=str(wave.year), file=file)


def _limit(pieces: Iterator[bytes], packed: int, wave: Wave, file: str) -> Iterator[bytes]:
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES or (size > RATIO_FROM and size > MOST_RATIO * max(1, packed)):
                raise too_large(wave, file)
            yield piece
    except DAMAGED:
        raise damaged_archive(wave, file) from None


def too_large(wave: Wave, file: str) -> UserError:
    return user_error(
        "export_refused",
        f"The file unpacks to more than {MOST_BYTES // 1_000_000} megabytes, or was packed to do harm",
        wave=str(wave.year),
        file=file,
        action="Download the responses again, as .csv.",
    )
