"""Word lists that lie as CSV tables beside the modules that read them, so that people can extend them."""

from __future__ import annotations

import csv
import html
import re
from functools import cache
from pathlib import Path

NOT_WORDS = re.compile(r"[^\w#@&]+|_")
TAG = re.compile(r"<[^<>]*>")
UNSPACED = re.compile(r"[\u0600-\u06ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that join words, or write none apart: a phrase of theirs is found anywhere."""


@cache
def read_words(path: Path) -> tuple[dict[str, str], ...]:
    """The rows of a word list."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(dict(row) for row in csv.DictReader(file))


def reduce_words(text: str) -> str:
    """A header as bare lower-case words: no markup, no punctuation, 'Project(s)' as 'projects'."""
    plain = TAG.sub(" ", html.unescape(text))
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)  # responseId, startDate
    return " ".join(NOT_WORDS.sub(" ", plain.replace("(s)", "s").casefold()).split())


@cache
def compile_phrase(phrase: str, whole: bool = False) -> re.Pattern[str]:
    """A pattern for reduced words; ``*`` in the phrase stands for up to four words in between."""
    parts = [re.escape(reduce_words(part)) for part in phrase.split("*")]
    between = r"(?:\S+ ){0,4}"
    body = f" {between}".join(parts)
    if whole or UNSPACED.search(body):
        return re.compile(body)
    return re.compile(rf"(?<!\S){body}(?!\S)")
