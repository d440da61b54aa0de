"""The language a questionnaire is written in, told from its small words or its script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.draft._labels import read_label
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


LETTERS = {"uk": re.compile("[іїєґ]", re.IGNORECASE), "ru": re.compile("[ыэъё]", re.IGNORECASE)}
"""Letters that tell languages of one script apart."""
FEWEST_WORDS, MANY_WORDS = 3, 6
"""Small words in the headers from which on they tell a language at all, and against the answers."""
FEWEST_LABELS = 3


def recognise_language(texts: Iterable[str], options: Iterable[str] = ()) -> tuple[str, float, str]:
    """The most likely language code, how sure that is, and why; English where nothing tells.

    Answers that are known labels of scales tell it best; headers may be single nouns, or in a language that has no
    list of small words here.

    Args:
        texts: headers first of all; the labels of answers where headers are only codes.
        options: the answers that people chose from.
    """
    found = _count_small_words(texts)
    spoken, labels = _count_labels(options)
    ranked = [(language, n) for language, n in found.most_common(2) if n]
    most = max(spoken.values(), default=0)
    if labels >= FEWEST_LABELS and 2 * most > labels:
        # of languages that share the labels the headers say which
        language = max(sorted(code for code, n in spoken.items() if n == most), key=lambda code: found[code])
        if not ranked or ranked[0][1] < MANY_WORDS or 2 * found[language] >= ranked[0][1]:
            return language, 0.95, f"{most} of {labels} known answers are of it"
    if not ranked:
        return "en", 0.9, "nothing tells; English is assumed"
    language, n = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if n < FEWEST_WORDS:
        return language, 0.9, "few words to tell it from"
    return language, 0.95 if n >= 1.3 * second else 0.9, f"its small words in the headers ({n}; next {second})"


def _count_small_words(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    small = {row["language"]: set(row["words"].split("|")) for row in read_words(WORDS)}
    for text in texts:
        script = next((code for code, pattern in SCRIPTS.items() if len(pattern.findall(text)) >= 2), "")
        if script:
            found[script] += 3
            continue
        found.update(language for language, letters in LETTERS.items() if letters.search(text))
        words = set(reduce_words(text).split())
        for language, known in small.items():
            found[language] += len(words & known)
    return found


def _count_labels(options: Iterable[str]) -> tuple[Counter[str], int]:
    """Known labels by the languages they can be of, and how many there are of few enough languages to tell."""
    readings = [read_label(text) for text in dict.fromkeys(options)]
    telling = [r.languages for r in readings if r.kind == "answer" and r.known and r.family and r.languages]
    return Counter(code for languages in telling for code in languages), len(telling)
