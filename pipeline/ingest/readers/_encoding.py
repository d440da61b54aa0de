"""Bytes to UTF-8: what the text is encoded in, from declarations, marks, or the text itself.

UTF-8 is never mistaken for anything else, so it is tried first. Where it fails, every candidate of
``encodings.csv`` is tried on the lines that are not ASCII and rated by how well the result looks like
one of the languages in ``alphabets.csv``; what decides nothing is said in the note, not hidden.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave
from schemas.problems import Problem, counted

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks; those of UTF-32 start with those of UTF-16 and come first."""
CHUNK = 1 << 22
SAMPLE = 1 << 16
MOST_LINES = 20_000
ASCII = bytes(range(128))
FIRST_BYTES = bytes(range(0xC0, 0x100))
"""Those that begin a character beyond ASCII in UTF-8."""
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
WIDE = {"utf-16-le": (2, 0), "utf-16-be": (2, 1), "utf-32-le": (4, 0), "utf-32-be": (4, 3)}
"""Bytes per character, and which of them holds the letter in Latin text."""
TYPOGRAPHY = frozenset("\u00a0’‘“”„‚–—…«»•·€£§°©®™½¼¾±²³´×→✓、。，：；？！（）「」『』・ー～《》【】\u3000")
EVERYDAY = {
    "gb18030": range(0xB0, 0xD8),
    "big5": range(0xA4, 0xC7),
    "cp949": range(0xB0, 0xC9),
    "cp932": (0x82, 0x83, *range(0x88, 0x98)),
    "euc_jp": (0xA4, 0xA5, *range(0xB0, 0xD0)),
}
"""First bytes of East Asian characters in everyday use; the rest of each table is for rare ones."""
FIRST_NOT_LATIN = "\u0370"
CAPITALS = "".join(chr(code) for code in range(0xC0, 0x250) if chr(code).isupper())
ODD = re.compile(
    rf"(?<=[a-zß-öø-ÿ])[{CAPITALS}]"  # a capital after a small letter: ``mŸnchen``
    rf"|(?<=[A-Z])[{CAPITALS}](?=[a-z])"
    r"|(?<=[A-Za-z])[^\x00-\x7f\w’‘·–—…\u00a0\u0300-\u036f](?=[a-z])"  # a sign inside a word: ``caf‚s``
    r"|[A-Za-z][\u0370-\u1cff]|[\u0370-\u1cff][A-Za-z]"  # two scripts in one word
    r"|(?<![\w’'])[ÄÅÇÐÑÖØÞŠŽŸ](?![\w’'.])"  # a letter that is no word
)
"""Where no writer puts a letter or sign."""
USUAL = re.compile(r"(?<=[a-z])’(?=(?:s|t|re|ve|ll|d|m)\b)|(?<=\b[cdjlmnstCDJLMNST])’(?=[aeiouhéêèàâôœ])")
"""Where writers do put a sign inside a word: ``don’t``, ``l’école``."""
CLEAR = 0.1
"""Candidates whose ratings are nearer than this are not told apart by the text."""
PLAUSIBLE = 0.6
FROM_MAC = 0.3
"""What lines that end in a carriage return alone add: Excel writes them with the letters of old Macs."""


class Text(NamedTuple):
    """An export's text as UTF-8 without byte-order mark, and what was noticed."""

    data: bytes
    notes: tuple[Problem, ...] = ()


def decode_text(data: bytes, wave: Wave, file: str) -> Text:
    """Find the encoding and return the text as UTF-8.

    Raises:
        UserError: ``export_encoding``, naming the first line that does not fit.
    """
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    encoding = marked or wave.encoding or _find_wide(data)
    if encoding:
        text = Text(_to_utf8(data, encoding, wave, file))
        if not marked and not wave.encoding:
            what = f"The text was read as {encoding.upper()}"
            text = Text(text.data, (Problem(code="encoding_guessed", what=what, wave=str(wave.year), file=file),))
    else:
        try:
            text = Text(_to_utf8(data, "utf-8", wave, file))
        except UserError as not_utf8:
            text = _decode_guessed(data, wave, file, not_utf8)
    if (at := text.data.find(b"\0")) >= 0:
        what = f"The text holds NUL characters (first at line {_line_at(text.data, at)} of the file)"
        raise user_error(
            "export_encoding", what, wave=str(wave.year), file=file,
            action="Download it again; if it is UTF-16, set encoding to utf-16-le or utf-16-be in survey.toml.",
        )  # fmt: skip
    return text


def _to_utf8(data: bytes, encoding: str, wave: Wave, file: str) -> bytes:
    """The whole text as UTF-8, decoded in pieces so that no second copy of it is ever made of characters."""
    if encoding in ("utf-8", "utf-8-sig") and _is_utf8(data):
        return data.removeprefix(codecs.BOM_UTF8)
    pieces: list[bytes] = []
    try:
        with suppress(UnicodeError):
            bytes(4).decode(encoding)  # refuses codecs that are not for text
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        done = 0
        for at in range(0, len(data), CHUNK):
            done = at
            text = decoder.decode(data[at : at + CHUNK], final=at + CHUNK >= len(data))
            pieces.append(text.encode("utf-8"))
    except LookupError:
        raise user_error(
            "definition_invalid", f"'{encoding}' is not an encoding", file=f"{wave.year}/survey.toml", column="encoding"
        ) from None
    except UnicodeError as error:
        # a decoder may hold back a few bytes of the piece before: near enough for a line number
        start = done + (error.start if isinstance(error, UnicodeDecodeError) else 0)
        what = f"The text is not {encoding.upper()} (first at line {_line_at(data, start)} of the file)"
        raise user_error("export_encoding", what, wave=str(wave.year), file=file) from None
    return b"".join(pieces).removeprefix(codecs.BOM_UTF8)


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is, without making characters of it."""
    edges = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, edges, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _find_wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: NULs stand where Latin letters, digits and delimiters have none."""
    start = data[: 1 << 20]
    nulls = start.count(0)
    if nulls < max(2, len(start) // 100):
        return ""
    for encoding, (width, letter) in WIDE.items():
        filled = start[letter::width].count(0)
        if len(data) % width == 0 and nulls > 2 * (width - 1) * filled and (width == 4) == (nulls > 0.5 * len(start)):
            end = "\n".encode(encoding)
            if start.count(end) * 10 >= start.count(b"\n") * 9:
                return encoding
    return ""


def _decode_guessed(data: bytes, wave: Wave, file: str, not_utf8: UserError) -> Text:
    whole, broken = _count_utf8(data)
    from_mac = b"\r" in data and b"\n" not in data
    rated = [
        rating._replace(score=rating.score + FROM_MAC * (from_mac and rating.encoding.startswith("mac_")))
        for rating in _rate_candidates(_sample_lines(data))
    ]
    ratings = sorted(rated, key=lambda rating: -rating.score)
    for best in ratings:
        if best.score < PLAUSIBLE or _is_mixed(whole, broken, best.encoding):
            break
        try:
            text = _to_utf8(data, best.encoding, wave, file)
        except UserError:
            continue  # a line outside the sample does not fit
        places = counted(len(text) - len(text.translate(None, FIRST_BYTES)), "character")
        what = f"The text was read as {_list_encodings()[best.encoding][1]}: {places} beyond ASCII"
        near = [rating for rating in ratings if best.score - CLEAR < rating.score <= best.score]
        rivals = [rating for rating in near if rating.text != best.text]
        if rivals:
            what += f"; nothing in the file tells it from {_list_encodings()[rivals[0].encoding][1]}"
        return Text(text, (Problem("encoding_guessed", what, wave=str(wave.year), file=file),))
    what = not_utf8.problems[0].what
    if whole:
        what = what.replace("is not UTF-8", "is partly UTF-8 and partly not")
    raise user_error("export_encoding", what, wave=str(wave.year), file=file) from None


def _sample_lines(data: bytes) -> bytes:
    """Distinct lines that are not ASCII, up to a limit."""
    lines: dict[bytes, None] = {}
    size = at = 0
    while size < SAMPLE and len(lines) < MOST_LINES and (found := BEYOND_ASCII.search(data, at)):
        start = data.rfind(b"\n", 0, found.start()) + 1
        end = data.find(b"\n", found.start())
        at = len(data) if end < 0 else end
        line = data[start : min(at, start + SAMPLE)]
        if line not in lines:
            lines[line] = None
            size += len(line)
    return b"\n".join(lines)


def _count_utf8(data: bytes) -> tuple[int, int]:
    """How many places are well-formed UTF-8 beyond ASCII, and how many bytes are not."""
    whole = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
    well = broken = 0
    for at in range(0, len(data), CHUNK):
        beyond = data[at : at + CHUNK]
        found = re.findall(whole, beyond)
        well += len(found)
        broken += len(beyond.translate(None, ASCII)) - sum(map(len, found))
    return well, broken


def _is_mixed(whole: int, broken: int, encoding: str) -> bool:
    """Whether the text is UTF-8 with foreign pieces, which no single encoding reads right.

    In Western text a well-formed UTF-8 place is no accident; in scripts whose letters all lie beyond
    ASCII a fair share of pairs looks like one.
    """
    latin = encoding in {"cp1252", "mac_roman", "cp1250", "cp1254", "cp1257", "cp850", "cp437", "cp852", "iso8859_2"}
    return whole > 0 if latin else 3 * whole > broken


class _Rating(NamedTuple):
    encoding: str
    score: float
    text: str


def _rate_candidates(sample: bytes) -> Iterator[_Rating]:
    """Ratings from below 0 (no language looks so) to 1."""
    for encoding, (rarity, _) in _list_encodings().items():
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        marks = Counter(character for character in text if character > "\x7f")
        if any(unicodedata.category(mark) in ("Cc", "Cn", "Co") for mark in marks):
            continue
        if encoding in EVERYDAY:
            score = _rate_pairs(marks, encoding)
        else:
            score = max(_rate_language(letters, marks) for letters, used in _read_alphabets() if encoding in used)
        oddity = (len(ODD.findall(text)) - 0.2 * len(USUAL.findall(text))) / max(1, marks.total())
        yield _Rating(encoding, score - rarity - oddity, text)


def _rate_language(letters: dict[str, float], marks: Counter[str]) -> float:
    known = {mark: max(letters.get(mark.lower(), 0.0), letters.get(mark, 0.0)) for mark in marks}
    total = sum(count * (1.0 if mark in TYPOGRAPHY else known[mark]) for mark, count in marks.items())
    return total / max(1, marks.total())


def _rate_pairs(marks: Counter[str], encoding: str) -> float:
    """Share of characters in everyday use; one or two stray pairs prove nothing."""
    common = EVERYDAY[encoding]
    good = sum(n for mark, n in marks.items() if mark in TYPOGRAPHY or mark.encode(encoding)[0] in common)
    kana = encoding not in ("cp932", "euc_jp") or any("\u3040" <= mark <= "\u30ff" for mark in marks)
    return good / max(3, marks.total()) if kana else 0.0


@cache
def _list_encodings() -> dict[str, tuple[float, str]]:
    """What its rarity takes off an encoding's rating, and its name."""
    return {row["encoding"]: (float(row["rarity"]), row["name"]) for row in _read_table("encodings.csv")}


@cache
def _read_alphabets() -> list[tuple[dict[str, float], frozenset[str]]]:
    """Letters with a weight that falls with their rank, and the encodings a language is written in.

    The rank tells whole alphabets apart (Russian read as Hebrew has only letters too, in odd numbers);
    among a few accents it says little.
    """
    languages = []
    for row in _read_table("alphabets.csv"):
        letters = row["letters"].split(" ")
        slope = 0.4 if letters[0] >= FIRST_NOT_LATIN else 0.1
        weights = {letter: 1 - slope * rank / len(letters) for rank, letter in enumerate(letters)}
        languages.append((weights, frozenset(row["encodings"].split())))
    return languages


def _read_table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
