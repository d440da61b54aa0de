"""The word lists beside this module: offices, phrases in which people single themselves out, months, endings."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.disclose.folding import fold_word

WORDS = Path(__file__).with_name("redaction_words.csv")
NICKNAMES = Path(__file__).with_name("redaction_nicknames.csv")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that write no blanks between words, or join endings to them: a word is found anywhere."""
ARABIC = re.compile(r"[\u0600-\u06ff]")
BETWEEN = r"[ \n]{1,3}"


@cache
def _read(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(dict(row) for row in csv.DictReader(file))


@cache
def list_words(mark: str, how: str) -> tuple[str, ...]:
    """Folded words of one kind, the longest first, so that 'vice-chair' comes before 'chair'."""
    rows = (row for row in _read(WORDS) if (row["mark"], row["how"]) == (mark, how))
    words = {fold_word(word) for row in rows for word in row["words"].split("|") if word.strip()}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def list_nicknames() -> dict[str, frozenset[str]]:
    """What people of a given name are called for short, and the other way round; folded."""
    alike: dict[str, set[str]] = {}
    for row in _read(NICKNAMES):
        names = {fold_word(name) for name in (row["name"], *row["short"].split("|"))}
        for name in names:
            alike.setdefault(name, set()).update(names - {name})
    return {name: frozenset(others) for name, others in alike.items()}


def compile_words(words: tuple[str, ...]) -> str:
    """A pattern for folded texts that finds whole words; ``*`` at a word's end stands for an ending.

    Arabic writes 'and', 'the', 'for' and 'our' as one word with what they belong to.
    """
    plain = [word for word in words if not UNSPACED.search(word) and not ARABIC.search(word)]
    joined = [word for word in words if ARABIC.search(word)]
    anywhere = [word for word in words if UNSPACED.search(word)]
    parts = [rf"(?<!\w){_join_words(plain)}(?!\w)"] if plain else []
    if joined:
        parts.append(rf"(?<!\w)[وفبلك]{{0,2}}(?:ال|ل)?{_join_words(joined)}(?:ه|ات|ين|ون|نا|ها|هم|كم)?(?!\w)")
    return "|".join([*parts, *([_join_words(anywhere)] if anywhere else [])])


def hint_words(words: tuple[str, ...]) -> str:
    """The same in RE2's language, without looking around: all texts with a match hold it."""
    return "|".join(BETWEEN.join(re.escape(part) for part in word.removesuffix("*").split()) for word in words)


def _join_words(words: list[str]) -> str:
    """One pattern for many words that looks at each letter once, and takes the longest word there is."""
    tree: dict[str, Any] = {}
    for word in words:
        branch = tree
        for letter in word.removesuffix("*"):
            branch = branch.setdefault(letter, {})
        branch["*" if word.endswith("*") else ""] = {}
    return _write_branch(tree)


def _write_branch(branch: dict[str, Any]) -> str:
    longer = [
        (BETWEEN if letter == " " else re.escape(letter)) + _write_branch(rest)
        for letter, rest in sorted(branch.items())
        if letter not in ("", "*")
    ]
    ends = [r"[^\W\d_]{0,4}"] if "*" in branch else [""] if "" in branch else []
    several = [*longer, *ends]
    return several[0] if len(several) == 1 else f"(?:{'|'.join(several)})"
