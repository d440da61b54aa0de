"""Texts reduced to their letters, so that phrases of the word lists are found however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.ingest.words import read_words

HERE = Path(__file__).parent
NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that write words without blanks between them."""
TAG = re.compile(r"<[^<>]{1,80}>")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
ONE_LETTER = str.maketrans("أإآٱةىیکı", "ااااهييكi")
"""Letters that keyboards and spelling rules put for one another: Arabic, Persian, the dotless i of Turkish."""
ANY_ENDING = "\ua66e"
"""A letter that stands for ``*`` while a phrase is folded; no word has it."""
VOWEL_SIGNS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0655]")
"""Accents, and the vowel signs that Hebrew and Arabic may leave out; other scripts cannot do without theirs."""


def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """A word list beside this module."""
    return read_words(HERE / name)


def fold_phrase(text: str) -> str:
    """A phrase of a word list, its ``*`` for any ending kept."""
    return fold_text(text.replace("*", ANY_ENDING)).replace(ANY_ENDING, "*")


@cache
def fold_text(text: str) -> str:
    """Letters and digits alone: no case, accents, vowel signs or punctuation; pictures where there is nothing else."""
    plain = TAG.sub(" ", UNSEEN.sub("", text)).translate(ONE_LETTER).casefold()
    kept = unicodedata.normalize("NFC", VOWEL_SIGNS.sub("", unicodedata.normalize("NFKD", plain)))
    # vowel signs of Indian scripts are marks, not letters
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in kept).split()
    return " ".join(words) or "".join(c for c in kept if unicodedata.category(c) == "So")


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds whole phrases, ``*`` for any ending; in scripts without blanks, anywhere."""
    longest_first = sorted(filter(None, phrases), key=len, reverse=True)
    bodies = [(text, re.escape(text).replace(r"\*", r"\w*")) for text in longest_first]
    joined = "|".join(body for text, body in bodies if NO_SPACES.search(text))
    spaced = "|".join(body for text, body in bodies if not NO_SPACES.search(text))
    return re.compile("|".join(part for part in (joined, rf"(?<!\w)(?:{spaced})(?!\w)" if spaced else "") if part))
