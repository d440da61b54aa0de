"""Plain text, PDF files as their text, and what a picture carries beside its pixels."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.disclose.files.passages import Context, Finding, Passage, Place

PNG = b"\x89PNG\r\n\x1a\n"


def read_text(path: Path, context: Context) -> Iterator[Passage | Finding]:
    """A passage for each line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Finding("unknown")
        return
    yield from _read_lines(text, context)


def _read_lines(text: str, context: Context) -> Iterator[Passage]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield Passage(line, Place(row=number), context)


def read_pdf(path: Path, context: Context) -> Iterator[Passage | Finding]:
    """A PDF's text and properties, where poppler's tools are installed; else a PDF cannot be checked."""
    for tool, arguments in (("pdftotext", ["-layout", str(path), "-"]), ("pdfinfo", [str(path)])):
        program = shutil.which(tool)
        if program is None:
            yield Finding("unknown", Place(column=f"a PDF, which only {tool} can read"))
            return
        done = subprocess.run([program, *arguments], capture_output=True, timeout=60, check=False)
        if done.returncode:
            yield Finding("unknown")
            return
        text = done.stdout.decode("utf-8", errors="replace")
        for passage in _read_lines(text, context):
            yield Passage(passage.text, passage.place, context, numbers=tool == "pdftotext")


def read_png(path: Path) -> Iterator[Passage | Finding]:
    """The texts that a PNG file carries; what its pixels show is for people to see."""
    data = path.read_bytes()
    if not data.startswith(PNG):
        yield Finding("unknown")
        return
    at = len(PNG)
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        at += size + 12
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            name, _, rest = body.partition(b"\0")
            if kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1"):
                try:
                    packed = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
                    rest = zlib.decompress(packed)
                except zlib.error:
                    yield Finding("unknown", Place(column="text in a picture"))
                    continue
            text = f"{name.decode('latin-1')} {rest.decode('utf-8', errors='replace')}"
            yield Passage(text, Place(column="text in a picture"), numbers=name not in (b"Software", b"Creation Time"))
