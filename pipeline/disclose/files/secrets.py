"""What of a person must not be in a finished file: addresses, ids, pseudonyms, and words that somebody wrote.

Ids, pseudonyms and personal data are looked up as whole words; comments by runs of their words, so that neither
case nor spaces nor entities nor a changed beginning hide them. What the definitions print themselves is public.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\w.+])(?:\+|00)\d[\d\s().\-/]{6,18}\d(?!\w)|(?<!\w)\(\d{2,5}\)\s?\d[\d\s.\-/]{4,14}\d(?!\w)"
    r"|(?:\btel|\bphone|\bmobile)\w*\.?:?\s*\+?\d[\d\s().\-/]{4,18}\d",
    re.IGNORECASE,
)
OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
ADDRESS = re.compile(rf"(?<![\w.])(?!127\.0\.0\.1|0\.0\.0\.0){OCTET}(?:\.{OCTET}){{3}}(?![\w.])")
PSEUDONYM = re.compile(r"(?<![\w-])(?=\w*[a-f])(?=\w*\d)[0-9a-f]{16}(?![\w-])", re.IGNORECASE)
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")  # one sign is a word where none are spaced
TOKEN = re.compile(r"[\w@.+-]{5,}")
RUN, SHORTEST_RUN = 6, 3
"""Words in a row that tell a comment: six, or all of a shorter one, but never fewer than three."""
START = 3
SHORTEST = 5
"""Letters of the shortest id or contact."""


@dataclass(frozen=True)
class Restricted:
    """Texts of the layers that never leave the machine, as far as they are on it.

    Attributes:
        tokens: pseudonyms, the tool's response ids, respondents' tokens, cells of columns with personal data.
        comments: open answers as written.
    """

    tokens: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()


class Secrets:
    """Looks for what is restricted.

    Args:
        restricted: texts to look for.
        public: texts that anybody may read; an address, id or run of words in one of them is no secret.
    """

    def __init__(self, restricted: Restricted, public: Iterable[str]) -> None:
        self._runs: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        self._short: set[tuple[str, ...]] = set()
        self._tokens: set[str] = set()
        phrases = []
        for token in restricted.tokens:
            cleaned = token.strip().casefold()
            if len(split_words(cleaned)) > 1 and not TOKEN.fullmatch(cleaned):
                phrases.append(cleaned)
            elif _is_telling(cleaned):
                self._tokens.add(cleaned)
        for text in (*restricted.comments, *phrases):
            self._add_runs(split_words(text), whole=text in phrases)
        self._public = ""
        listed = list(public)
        for text in listed:
            words = split_words(text)
            for run in self._find_runs(words):
                self._runs[run[:START]].discard(run)
            self._short.discard(words)
            self._tokens -= _split_tokens(text)
        self._runs = defaultdict(set, {start: runs for start, runs in self._runs.items() if runs})
        self._public = "\n".join(text for text in listed if _may_hold_contact(text))
        self.find_faults = lru_cache(maxsize=1 << 16)(self._find_faults)

    def _find_faults(self, text: str) -> frozenset[str]:
        """Kinds of findings that a piece of text makes, whatever its numbers."""
        found: set[str] = set()
        if len(text) < SHORTEST and text.isascii():
            return frozenset()
        if _may_hold_contact(text):
            for pattern in (EMAIL, PHONE, ADDRESS):
                if any(match.group() not in self._public for match in pattern.finditer(text)):
                    found.add("contact")
        if PSEUDONYM.search(text) or not self._tokens.isdisjoint(_split_tokens(text)):
            found.add("token")
        words = split_words(text)
        if words in self._short or next(self._find_runs(words), None):
            found.add("comment")
        return frozenset(found)

    def _add_runs(self, words: tuple[str, ...], *, whole: bool) -> None:
        if len(words) < SHORTEST_RUN:
            if words and sum(map(len, words)) >= 8:
                if whole and len(words) > 1:
                    self._runs[words[:START]].add(words)  # a person's name, anywhere
                self._short.add(words)
            return
        size = len(words) if whole else min(RUN, len(words))
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            self._runs[run[:START]].add(run)

    def _find_runs(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for size in (START, START - 1):
            starts = list(zip(*(words[at:] for at in range(size)), strict=False))
            if self._runs.keys().isdisjoint(starts):
                continue
            for at, start in enumerate(starts):
                for run in list(self._runs.get(start, ())):
                    if words[at : at + len(run)] == run:
                        yield run


def split_words(text: str) -> tuple[str, ...]:
    """Words without case, marks and entities."""
    return tuple(WORD.findall(unescape(text).casefold())) if text else ()


def _split_tokens(text: str) -> set[str]:
    return {token.strip(".-+") for token in TOKEN.findall(unescape(text).casefold())}


def _is_telling(token: str) -> bool:
    """Whether a word can only be an id: short numbers and ordinary words stand in every file."""
    return "@" in token or (len(token) >= 6 and not token.isalpha())


def _may_hold_contact(text: str) -> bool:
    return "@" in text or sum(map(str.isdigit, text)) >= 4
