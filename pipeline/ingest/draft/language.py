"""The language a questionnaire is written in, told from its small words or its script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.words import read_words, reduce_words

WORDS = Path(__file__).with_name("languages.csv")
SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
}
"""In the order they are looked for: Japanese also writes Chinese characters."""


def recognise_language(texts: Iterable[str]) -> tuple[str, float, str]:
    """The most likely language code, how sure that is, and why; English where nothing tells.

    Args:
        texts: headers first of all; the labels of answers where headers are only codes.
    """
    found: Counter[str] = Counter()
    small = {row["language"]: set(row["words"].split("|")) for row in read_words(WORDS)}
    for text in texts:
        script = next((code for code, pattern in SCRIPTS.items() if len(pattern.findall(text)) >= 2), "")
        if script:
            found[script] += 3
            continue
        words = set(reduce_words(text).split())
        for language, known in small.items():
            found[language] += len(words & known)
    ranked = [(language, n) for language, n in found.most_common(2) if n]
    if not ranked:
        return "en", 0.9, "nothing tells; English is assumed"
    language, n = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if n < 3:
        return language, 0.9, "few words to tell it from"
    return language, 0.95 if n >= 1.3 * second else 0.9, f"its small words in the headers ({n}; next {second})"
