"""What a question says of the numbers below it: the range they come from, and what its ends are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.ingest.draft._folding import read_rows
from pipeline.ingest.draft._labels import Reading, read_label

HIGHEST = 10
NUMBER = r"(?<![A-Za-z0-9])(?<!\d[.,])([-+]?\d{1,2})(?!\d|[.,]\d|\s*%)"
TEXT = r"([^\d,;.?!()\[\]=:]{2,60})"
UNIT = r"\s*(?:分|点|点数|점|points?|pts?|punkte?|stars?|sterne?|étoiles?)?\s*"
LOWEST = (-5, -3, -2, 0, 1)
USUAL_ENDS = (*LOWEST, 5, 7, HIGHEST)
MOST_WORDS = 5
"""Words of a name of an end: 'neither satisfied nor dissatisfied'."""
RUN = re.compile(r"(?<![A-Za-z0-9.,])(\d{1,2})(?:[\s,|/]+\d{1,2}){1,9}[\s,|/]+(\d{1,2})(?!\d|[.,]\d|\s*%)")
"""Numbers in a row between two names: 'Very satisfied 1 2 3 4 5 Very dissatisfied'."""


@dataclass(frozen=True)
class Ends:
    """The ends of a scale as a question names them.

    Attributes:
        low, high: the range it names.
        direction: 1 when it says that high is favourable, -1 when low is, 0 when it does not say.
        named: numbers that it gives a name; the direction holds only where they are ends of the scale.
        unclear: it names an end in words that are not understood, or that may belong to something else.
    """

    low: int | None = None
    high: int | None = None
    direction: int = 0
    named: tuple[int, ...] = ()
    unclear: bool = False

    def name(self, low: int, high: int) -> bool:
        """Whether what is named are ends of the scale from ``low`` to ``high``."""
        return bool(self.named) and {self.named[0], self.named[-1]} <= {low, high}


NOTHING_NAMED = Ends()


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """How numbers and words are tied, with the small words of ``anchor_words.csv``."""
    words: dict[str, list[str]] = {}
    for row in read_rows("anchor_words.csv"):
        words.setdefault(row["use"], []).extend(re.escape(word) for word in row["words"].split("|"))
    either = {use: "|".join(sorted(found, key=len, reverse=True)) for use, found in words.items()}
    means = rf"(?:=|\b(?:{either['means']})\b|(?:{either['means_joined']}))"
    return {
        "range": re.compile(rf"{NUMBER}{UNIT}(?:[-–—~]|\b(?:{either['to']})\b|(?:{either['to_joined']}))\s*"
                            rf"([-+]?\d{{1,2}})(?!\d|[.,]\d|\s*%)", re.IGNORECASE),
        "between": re.compile(rf"\b(?:{either['between']})\s+{NUMBER}\s+\S{{1,4}}\s+(\d{{1,2}})(?!\d)", re.IGNORECASE),
        "said": re.compile(rf"{NUMBER}{UNIT}{means}\s*{TEXT}", re.IGNORECASE),
        "said_of": re.compile(rf"{TEXT}=\s*([-+]?\d{{1,2}})(?!\d|[.,]\d|\s*%)", re.IGNORECASE),
        "beside": re.compile(rf"{NUMBER}{UNIT}([-–—:(]|\s)\s*{TEXT}", re.IGNORECASE),
        "before": re.compile(rf"{TEXT}[(\[]\s*([-+]?\d{{1,2}})\s*[)\]]", re.IGNORECASE),
        "joint": re.compile(rf"^(?:\s|[-–—]|\b(?:{either['to']}|{either['joint']})\b)+|"
                            rf"(?:\s|[-–—]|\b(?:{either['to']}|{either['joint']}|{either['between']})\b)+$", re.IGNORECASE),
    }  # fmt: skip


def _plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).replace("−", "-").replace("～", "~")


@cache
def read_ends(header: str) -> Ends:
    """The range and the named ends of the scale in a question's words.

    'n = words' names an end by itself; 'words (n)' and 'n words' only together with another, for a number in
    brackets may count the question, and a word behind a number may belong to the sentence.
    """
    text = _plain(header)
    ends = _find_range(text)
    said, unread = _find_said(text)
    loose = _find_loose(text)
    named = {**loose, **said} if said or len(loose) > 1 else {}
    low, high = (min(named), max(named)) if named else (0, 0)
    if len(named) > 1 and low in LOWEST and (3 <= high <= HIGHEST or high == -low):
        ends = low, high
    direction = _find_direction(named, ends)
    unclear = not direction and (unread or bool(named) or bool(loose))
    first, last = ends or (None, None)
    return Ends(first, last, direction, tuple(sorted(named)), unclear)


def strip_ends(header: str) -> str:
    """A header without what it says of its scale's ends."""
    text = _plain(header)
    for name in ("said", "said_of", "before"):
        text = _patterns()[name].sub(" ", text)
    beside = _patterns()["beside"]
    return beside.sub(lambda found: " " if found.start() and _read_start(found[3]) else found[0], text)


def _find_range(text: str) -> tuple[int, int] | None:
    found = [*_patterns()["range"].findall(text), *_patterns()["between"].findall(text), *RUN.findall(text)]
    for first, last in found:
        low, high = sorted((int(first), int(last)))
        if low in LOWEST and (3 <= high <= HIGHEST or high == -low):
            return low, high
    return None


def _find_said(text: str) -> tuple[dict[int, Reading], bool]:
    """Numbers that a question says the meaning of, and whether it says one in words not understood."""
    found: dict[int, Reading] = {}
    unread = False
    pairs = [(number, _read_start(words)) for number, words in _patterns()["said"].findall(text)]
    pairs += [(number, _read_end(words)) for words, number in _patterns()["said_of"].findall(text)]
    for number, reading in pairs:
        if reading:
            found.setdefault(int(number), reading)
        else:
            unread = unread or int(number) <= HIGHEST
    return found, unread and len(found) < 2


def _find_loose(text: str) -> dict[int, Reading]:
    """Numbers that stand beside a name: 'very good (1) to very bad (5)', '1 - poor, 5 - excellent'."""
    found: dict[int, Reading] = {}
    weak = set()
    for match in _patterns()["beside"].finditer(text):
        if reading := _read_start(match[3]):
            found.setdefault(int(match[1]), reading)
            # '1: Good offices' counts the question, '10 best events' the events
            weak |= {int(match[1])} if not match.start() or match[2].isspace() else set()
    for words, number in _patterns()["before"].findall(text):
        if reading := _read_end(words):
            found.setdefault(int(number), reading)
            weak.discard(int(number))
    if run := RUN.search(text):
        first, last = _read_end(text[: run.start()]), _read_start(text[run.end() :])
        if first and last:
            found |= {int(run[1]): first, int(run[2]): last}
    if len(found) < 2:  # 'Are you satisfied? (2)' counts the question too
        return {number: reading for number, reading in found.items() if number not in weak and number in USUAL_ENDS}
    return found


def _find_direction(named: Mapping[int, Reading], ends: tuple[int, int] | None) -> int:
    scored = {number: reading.score or 0.0 for number, reading in named.items()}
    if len(scored) > 1:
        rise = scored[max(scored)] - scored[min(scored)]
        return (rise > 0) - (rise < 0)
    for number, score in scored.items():
        if number <= 1 or (ends and number == ends[0]):
            return (score < 0) - (score > 0)
        if number >= 3 and (not ends or number == ends[1]):
            return (score > 0) - (score < 0)
    return 0


def _read_start(text: str) -> Reading | None:
    """The longest label that a text begins with."""
    words = _patterns()["joint"].sub("", text).split()
    return next((r for n in range(min(len(words), MOST_WORDS), 0, -1) if (r := _read(words[:n]))), None)


def _read_end(text: str) -> Reading | None:
    """The longest label that a text ends with."""
    words = _patterns()["joint"].sub("", text).split()
    return next((r for n in range(min(len(words), MOST_WORDS), 0, -1) if (r := _read(words[-n:]))), None)


def _read(words: list[str]) -> Reading | None:
    reading = read_label(" ".join(words))
    return reading if reading.kind == "answer" and reading.known and reading.score is not None else None
