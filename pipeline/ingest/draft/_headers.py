"""What a question's wording says: whether it asks for a rating, on which numbers, and which end is good."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from pipeline.ingest.draft._anchors import read_ends, strip_ends
from pipeline.ingest.draft._folding import NO_SPACES, compile_phrases, fold_phrase, fold_text, read_rows
from pipeline.ingest.draft._numbers import Stated
from pipeline.ingest.words import compile_phrase, reduce_words

ASKED_FIRST = 30
"""Letters of a question within which it asks for a category: 'In which region', 'What is your role'."""
NAMES_ONLY, AMOUNT_ONLY = 3, 5
"""Words up to which a header that has 'age' or 'role' in it asks for that: 'Age group', but not 'My role is clear'."""
LAST_PART = re.compile(r"(.*\S)\s*(?:\[([^\[\]]*)\]|\s-\s([^-]+)|(?<=\S)-(\S[^-]*))")
CODE_PART = re.compile(r"(.+?)(?:\[[^\]]*\]|_\d+(?:_\d+)*|[._]SQ\d+)")
OF_A_LANGUAGE = ("reverse", "unwelcome", "trouble", "mended", "welcome")
"""Roles whose words mean something else elsewhere: 'no' is 'not' in one language and fine in another."""
SLUG_LENGTH, HEAD = 44, 26


@cache
def _list_phrases() -> dict[str, list[str]]:
    """The words of each role, those of ``OF_A_LANGUAGE`` under 'role:language'."""
    words: dict[str, list[str]] = {}
    for row in read_rows("header_words.csv"):
        role = f"{row['role']}:{row['language']}" if row["role"] in OF_A_LANGUAGE else row["role"]
        words.setdefault(role, []).extend(fold_phrase(text) for text in row["text"].split("|"))
    return words


@cache
def _compile_role(role: str) -> re.Pattern[str]:
    return compile_phrases(_list_phrases()[role])


@cache
def _place_words(folded: str) -> dict[str, int]:
    """Roles that a header has words of, and where the first one stands."""
    roles = [role for role in _list_phrases() if ":" not in role]
    asked = ((role, _compile_role(role).search(folded)) for role in roles)
    return {role: found.start() for role, found in asked if found}


def find_words(header: str) -> frozenset[str]:
    """Roles of ``header_words.csv`` that a header has words of."""
    return frozenset(_place_words(fold_text(header)))


@cache
def read_header(header: str) -> Stated:
    """What a header says of the numbers below it."""
    words = find_words(header)
    ends = read_ends(header)
    return Stated(
        ends=ends,
        strong=ends.high is not None or not words.isdisjoint(("rating", "mark")),
        rating=ends.high is not None or bool(ends.named) or not words.isdisjoint(("rating", "weak", "mark")),
        recommend="recommend" in words,
    )


@cache
def asks_for_words(header: str) -> bool:
    """Whether a header asks for people's own words: 'Any comments?'."""
    words = reduce_words(header)
    phrases = (
        phrase for row in read_rows("role_words.csv") if row["role"] == "comment" for phrase in row["words"].split("|")
    )
    return any(compile_phrase(phrase).search(words) for phrase in phrases)


def sounds_negative(header: str, languages: Collection[str], roles: Sequence[str] = ("reverse", "unwelcome")) -> bool:
    """Whether a wording names something bad or denies something, outside brackets and named ends of scales.

    Trouble that is well dealt with ('conflicts are handled fairly') is nothing bad where no other word says so.

    Args:
        roles: ``unwelcome`` alone for things that are bad in themselves, such as leaving or stress.
    """
    plain = fold_text(re.sub(r"\([^()]*\)", " ", strip_ends(header)).replace("non-", "non"))
    troubled = any(_has(plain, "trouble", each) and not _has(plain, "mended", each) for each in languages)
    return troubled or any(_has(plain, role, language) for role in roles for language in languages)


def asks_for_chance(header: str) -> bool:
    """Whether it asks how likely something is."""
    return "chance" in find_words(header)


def names_welcome(header: str, languages: Collection[str]) -> bool:
    """Whether it asks for something that is good in itself: to recommend, renew, stay or take part."""
    folded = fold_text(header)
    return "recommend" in _place_words(folded) or any(_has(folded, "welcome", language) for language in languages)


def _has(folded: str, role: str, language: str) -> bool:
    key = f"{role}:{language}"
    return key in _list_phrases() and bool(_compile_role(key).search(folded))


def is_no_rating(header: str, question: str = "") -> bool:
    """Whether a header asks for a count, a measure, a rank or a category, so that its numbers are no ratings.

    Args:
        question: what ``group_questions`` says; of a column of one, the question decides before the row does.
    """
    words = find_words(header)
    if "rank" in words and (question or words.isdisjoint(("rating", "mark"))):
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
    if "mark" in at:  # 'which mark', 'how many points'
        return False
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
