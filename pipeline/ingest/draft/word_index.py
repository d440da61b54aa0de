"""Word lists of many languages, searched at once: only words that can stand in a text are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.ingest.words import UNSPACED, reduce_words

KEY = 2
"""Letters at the start, or the end, of a word that say which entries can match it."""


class WordIndex:
    """Entries ``team`` (whole), ``chapter*`` (any ending) and ``*gruppe`` (the end of a word), each with a tag.

    Entries in scripts that write no blanks between words are found anywhere.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._starts: dict[str, list[tuple[str, str]]] = {}
        self._ends: dict[str, list[tuple[str, str]]] = {}
        self._anywhere: list[tuple[str, str]] = []
        for tag, word in entries:
            body = reduce_words(word.strip("*"))
            entry = (tag, word)
            if UNSPACED.search(body):
                self._anywhere.append(entry)
            elif word.startswith("*"):
                self._ends.setdefault(body[-KEY:], []).append(entry)
            else:
                self._starts.setdefault(body.split()[0][:KEY], []).append(entry)

    def find(self, words: str) -> list[tuple[str, str, re.Pattern[str], int]]:
        """Tag, entry, pattern and place of every entry that stands in reduced words."""
        tokens = words.split()
        candidates = list(self._anywhere) if UNSPACED.search(words) else []
        for key in dict.fromkeys(token[:KEY] for token in tokens):
            candidates += self._starts.get(key, ())
        for key in dict.fromkeys(token[-KEY:] for token in tokens):
            candidates += self._ends.get(key, ())
        patterns = ((tag, word, _compile(word)) for tag, word in candidates)
        return [
            (tag, word, pattern, match.start()) for tag, word, pattern in patterns if (match := pattern.search(words))
        ]


@cache
def _compile(word: str) -> re.Pattern[str]:
    body = reduce_words(word.strip("*"))
    escaped = re.escape(body)
    if UNSPACED.search(body):
        return re.compile(escaped)
    before = "" if word.startswith("*") else r"(?<!\S)"
    after = r"\S*" if word.endswith("*") else r"(?!\S)"
    return re.compile(f"{before}{escaped}{after}")
