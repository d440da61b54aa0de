"""The phrases of ``lexicon.csv`` by language, and a label taken apart into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipeline.ingest.draft._folding import NO_SPACES, compile_phrases, fold_text, read_rows


class Word(NamedTuple):
    role: str
    value: float
    family: str
    text: str


@cache
def load_lexicon() -> dict[str, tuple[dict[str, Word], int, re.Pattern[str] | None]]:
    """Per language: its phrases, the most words one has, and how to find them where nothing parts words."""
    found: dict[str, dict[str, Word]] = {}
    for row in read_rows("lexicon.csv"):
        for text in row["text"].split("|") if row["role"] != "face" else ():
            word = Word(row["role"], float(row["value"] or 0), row["family"], fold_text(text))
            found.setdefault(row["language"], {}).setdefault(word.text, word)
    shared = found.pop("*")
    lexicon = {}
    for language, words in found.items():
        unspaced = any(NO_SPACES.search(text) for text in words)
        longest = max(text.count(" ") + 1 for text in words | shared)
        lexicon[language] = (words | shared, longest, compile_phrases(words | shared) if unspaced else None)
    return lexicon


@cache
def _speakers() -> dict[str, frozenset[str]]:
    """Which languages have a word in a phrase that says something."""
    found: dict[str, set[str]] = {}
    for language, (words, _, _) in load_lexicon().items():
        for word in (word for phrase in words.values() if phrase.role != "stop" for word in phrase.text.split()):
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


def find_languages(folded: str) -> list[str]:
    """Languages that have a word of the text, in the order of the word list."""
    spoken, unspaced = _speakers(), NO_SPACES.search(folded)
    tongues = frozenset().union(*(spoken.get(word, frozenset()) for word in folded.split()))
    lexicon = load_lexicon().items()
    return [language for language, (_, _, pattern) in lexicon if language in tongues or (unspaced and pattern)]


def split_phrases(folded: str, language: str) -> Iterator[Word]:
    """Known phrases and, with a blank role, the words between them."""
    words, longest, pattern = load_lexicon()[language]
    if pattern:
        at = 0
        for found in pattern.finditer(folded):
            if left := folded[at : found.start()].strip():
                yield Word("", 0, "", left)
            yield words[found.group()]
            at = found.end()
        if left := folded[at:].strip():
            yield Word("", 0, "", left)
        return
    parts = folded.split()
    at = 0
    while at < len(parts):
        for size in range(min(longest, len(parts) - at), 0, -1):
            if word := words.get(" ".join(parts[at : at + size])):
                yield word
                at += size
                break
        else:
            yield Word("", 0, "", parts[at])
            at += 1
