"""What a question's wording says: whether it asks for a rating, on which numbers, and which end is good."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from pipeline.ingest.draft._folding import NO_SPACES, compile_phrases, fold_text, read_rows
from pipeline.ingest.draft._labels import read_label
from pipeline.ingest.draft._numbers import HIGHEST, Stated
from pipeline.ingest.words import compile_phrase, reduce_words

RANGE = re.compile(
    r"(?<![\d.,/-])(-?\d{1,2})\s*(?:-|–|—|~|～|\bto\b|\bthrough\b|\bbis\b|\bà\b|\bal?\b|\baté\b|\btot\b|до|至|到|から|إلى|الى)"
    r"\s*(-?\d{1,2})(?![\d.,%])"
)
ANCHOR = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[-–—=:(]|\b(?:is|being|means|represents|meaning|ist|bedeutet|est|es|significa)\b)"
    r"\s*([^\d,;.?()\[\]=]{2,60})"
)
JOINT = re.compile(r"\s+(?:and|und|et|y|e|i|en|и|to|bis|à|a)\s*$")
"""What stands between two named ends: '1 is poor and 5 is excellent'."""
ASKED_FIRST = 30
"""Letters of a question within which it asks for a category: 'In which region', 'What is your role'."""
NAMES_ONLY, AMOUNT_ONLY = 3, 5
"""Words up to which a header that has 'age' or 'role' in it asks for that: 'Age group', but not 'My role is clear'."""
LAST_PART = re.compile(r"(.*\S)\s*(?:\[([^\[\]]*)\]|\s-\s([^-]+)|(?<=\S)-(\S[^-]*))")
CODE_PART = re.compile(r"(.+?)(?:\[[^\]]*\]|_\d+(?:_\d+)*|[._]SQ\d+)")
REVERSE = "reverse:"
SLUG_LENGTH, HEAD = 44, 26


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What each role's words look like; negative wordings by language, for 'no' is 'not' in one and fine in another."""
    words: dict[str, list[str]] = {}
    for row in read_rows("header_words.csv"):
        role = f"{REVERSE}{row['language']}" if row["role"] == "reverse" else row["role"]
        words.setdefault(role, []).extend(fold_text(text) for text in row["text"].split("|"))
    return {role: compile_phrases(texts) for role, texts in words.items()}


@cache
def _place_words(folded: str) -> dict[str, int]:
    """Roles that a header has words of, and where the first one stands."""
    asked = ((role, pattern.search(folded)) for role, pattern in _patterns().items() if not role.startswith(REVERSE))
    return {role: found.start() for role, found in asked if found}


def find_words(header: str) -> frozenset[str]:
    """Roles of ``header_words.csv`` that a header has words of."""
    return frozenset(_place_words(fold_text(header)))


@cache
def read_header(header: str) -> Stated:
    """What a header says of the numbers below it."""
    words = find_words(header)
    anchors = {int(number): read_label(JOINT.sub("", text).strip()) for number, text in ANCHOR.findall(header)}
    ends = _find_range(header)
    if len(anchors) > 1 and min(anchors) in (0, 1) and 3 <= max(anchors) <= HIGHEST:
        ends = min(anchors), max(anchors)
    direction = 0
    if len(anchors) > 1 and ends:
        low, high = anchors[min(anchors)].score, anchors[max(anchors)].score
        if low is not None and high is not None and low != high:
            direction = 1 if high > low else -1
    return Stated(
        low=ends[0] if ends else None,
        high=ends[1] if ends else None,
        direction=direction,
        strong=bool(ends) or "rating" in words,
        rating=bool(ends) or not words.isdisjoint(("rating", "weak")),
        recommend="recommend" in words,
    )


def _find_range(header: str) -> tuple[int, int] | None:
    for first, last in RANGE.findall(header):
        low, high = int(first), int(last)
        if low in (-5, -3, -2, 0, 1) and 3 <= high <= HIGHEST:
            return low, high
        if high in (0, 1) and 3 <= low <= HIGHEST:
            return high, low
    return None


@cache
def asks_for_words(header: str) -> bool:
    """Whether a header asks for people's own words: 'Any comments?'."""
    words = reduce_words(header)
    phrases = (
        phrase for row in read_rows("role_words.csv") if row["role"] == "comment" for phrase in row["words"].split("|")
    )
    return any(compile_phrase(phrase).search(words) for phrase in phrases)


def sounds_negative(header: str, language: str) -> bool:
    """Whether a wording has words of lack, trouble or negation, outside brackets and named ends of scales."""
    pattern = _patterns().get(f"{REVERSE}{language}")
    plain = ANCHOR.sub(" ", re.sub(r"\([^()]*\)", " ", header)).replace("non-", "non")
    return bool(pattern and pattern.search(fold_text(plain)))


def is_no_rating(header: str, question: str = "") -> bool:
    """Whether a header asks for a count, a measure, a rank or a category, so that its numbers are no ratings.

    Args:
        question: what ``group_questions`` says; of a column of one, the question decides before the row does.
    """
    if "rank" in find_words(header):
        return True
    if read_header(header).high is not None:
        return False
    row = name_row(header, question)
    stem = header[: header.rfind(row)] if question and row != header else ""
    if not stem.strip():
        return _asks_otherwise(header)
    return _asks_otherwise(stem) or ("rating" not in find_words(stem) and _asks_otherwise(row))


def _asks_otherwise(text: str) -> bool:
    """Words of counts and categories decide where they stand first; nouns alone, where there is little else."""
    folded = fold_text(text)
    at = _place_words(folded)
    rated = at.get("rating", len(folded))
    if at.get("count", rated) < rated or at.get("category", rated) < min(rated, ASKED_FIRST):
        return True
    if "rating" in at:
        return at.get("amount") == 0
    size = len(folded) / 3 if NO_SPACES.search(folded) else len(folded.split())
    return (
        "own" in at
        or ("noun" in at and size <= NAMES_ONLY)
        or ("amount" in at and (at["amount"] == 0 or size <= AMOUNT_ONLY))
    )


def group_questions(headers: Sequence[str], codes: Sequence[str]) -> list[str]:
    """The question each column belongs to: what its code or header shares with others; blank when alone."""
    keys = []
    by_code = [CODE_PART.fullmatch(code) for code in codes] if codes else [None] * len(headers)
    by_header = [LAST_PART.fullmatch(header) for header in headers]
    stems = Counter(found.group(1) for found in by_header if found)
    roots = Counter(found.group(1) for found in by_code if found)
    for code, header in zip(by_code, by_header, strict=True):
        if code and roots[code.group(1)] > 1:
            keys.append(f"code:{code.group(1)}")
        elif header and stems[header.group(1)] > 1:
            keys.append(f"header:{header.group(1)}")
        else:
            keys.append("")
    return keys


def name_row(header: str, question: str) -> str:
    """The part of a header that is the column's own."""
    found = LAST_PART.fullmatch(header) if question else None
    return next((part for part in found.groups()[1:] if part), header) if found else header


def make_codes(headers: Sequence[str], codes: Sequence[str]) -> list[str]:
    """A code per item: the tool's, or one made of its words; the same words make the same code every year."""
    taken: Counter[str] = Counter()
    made = []
    for at, header in enumerate(headers):
        own = re.sub(r"[^A-Za-z0-9._-]+", "_", codes[at]).strip("._-")[:50] if codes else ""
        words = re.sub(r"[^a-z0-9]+", "_", fold_text(header)).strip("_")
        if len(words) > SLUG_LENGTH:
            # headers that begin alike often differ at their ends
            words = f"{words[:HEAD].rpartition('_')[0]}_{words[HEAD - SLUG_LENGTH :].partition('_')[2]}".strip("_")
        if len(words) < 2 and not own:
            words = f"q{hashlib.sha256(header.encode()).hexdigest()[:8]}"
        code = own or words
        taken[code.casefold()] += 1
        made.append(code if taken[code.casefold()] == 1 else f"{code}_{taken[code.casefold()]}")
    return made
