"""What the words of a header say: whether it asks for a group, for a person's own circumstances, or for neither.

Whole phrases come first (``group_words.csv``), then the nouns for groups, organisations and places in many
languages (``group_nouns.csv``), as far as the header is not about something else (``not_group_words.csv``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipeline.ingest.draft.word_index import WordIndex
from pipeline.ingest.words import UNSPACED, compile_phrase, read_words, reduce_words
from pipeline.store.labels import normalise_label

HERE = Path(__file__).parent
NOUNS = {"unit": 0.85, "vague": 0.7, "organisation": 0.75, "place": 0.65, "country": 0.6}
"""How much a noun says; below what needs no question, as a noun may stand in any sentence."""
BARE_UNIT = 0.95
"""A header that is nothing but a noun for a group: 'Your commission', 'Standort'."""
MENTIONED = 0.4
"""A statement with such a noun in it: 'The committee works well'."""
ABOUT_PEOPLE = 0.3
SURELY_ASKED = 0.7
ABOUT_KINDS = 0.5
VERY_SHORT, SHORT, LONG = 4, 8, 30
"""Words of a header that is a name, that asks for one thing, and that mentions a group in passing."""
FIRST_WORDS = 5
LOOSE = ("vague", "organisation")
"""Nouns that questions about many other things hold too."""
JOINED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose small words stick to the next word."""
SUBJECTS = ("counting", "person", "kind")
"""What else a header may be about; the first that shows itself counts."""
CONDITIONS = ("if ", "wenn ", "falls ", "si ", "se ", "als ", "om ", "hvis ", "jos ", "jeśli ", "если ", "如果", "إذا ")


@cache
def weigh_header(header: str) -> tuple[float, str]:
    """How much a header asks for a group, and the words that say so; 0 where it speaks against it."""
    words = reduce_words(header)
    best, why, most = 0.0, "", 1.0
    for row in read_words(HERE / "group_words.csv"):
        weight, bare = float(row["weight"]), row["how"] == "bare"
        for phrase in row["words"].split("|"):
            pattern = compile_phrase(phrase, bare)
            if not (pattern.fullmatch(words) if bare else pattern.search(words)):
                continue
            if weight == 0:
                return 0.0, ""
            if row["how"] == "cap":  # 'what type of organisation do you work for' asks for no organisation
                most = min(most, weight)
            if weight > best:
                best, why = weight, phrase
    subject = _find_subject(words)
    if subject == "counting" and best < BARE_UNIT:
        best, why = 0.0, ""
    elif subject == "person":  # 'what is your job title in the department'
        best = min(best, ABOUT_PEOPLE if best < BARE_UNIT else SURELY_ASKED)
    noun, named = _weigh_nouns(words)
    if noun > best:
        best, why = noun, named
    passing = len(words.split()) > LONG or words.startswith(CONDITIONS)
    return min(best, most) * (0.5 if passing else 1.0), why


@cache
def describes_person(header: str) -> bool:
    """Whether a header asks for people's own circumstances: gender, age, education, role, language, device."""
    return _find_subject(reduce_words(header)) == "person"


@cache
def is_no_question_of_group(header: str) -> bool:
    """Whether a header asks how many, how often or why, so that its answers name nothing."""
    return _find_subject(reduce_words(header)) == "counting" or _is_vetoed(reduce_words(header))


@cache
def asks_which(header: str) -> bool:
    """Whether a header asks which, what or where, or to choose; 'Committee' alone does not."""
    return _asks(reduce_words(header))


@cache
def asks_for_own(header: str) -> bool:
    """Whether a header asks for people's own group or place and for nothing else: 'Bezirk', 'Which ward do you live in?'."""
    words = reduce_words(header)
    kinds = {kind for kind, *_ in _read_nouns().find(words)}
    left = [word for word in _take_out(words, tuple(NOUNS)) if word not in _read_small_words("belongs")]
    return bool(kinds & {"unit", "place"}) and not left and not _find_subject(words)


def names_group(text: str) -> bool:
    """Whether a text holds a noun for a group or a place: 'Faculty of Law', 'Team 4'."""
    return bool(_read_nouns().find(reduce_words(text)))


@cache
def country_names() -> dict[str, str]:
    """Normalised spelling of a country to its two-letter code."""
    rows = read_words(HERE / "countries.csv")
    return {normalise_label(name): row["country"] for row in rows for name in row["names"].split("|")}


def is_no_group(text: str) -> bool:
    """Whether an answer says that there is no group, or none that is told."""
    plain = normalise_label(text)
    whole, starts = _no_group_words()
    return plain in whole or plain.startswith(starts)


@cache
def _no_group_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole answers, and how longer ones begin: 'not in a', 'none of'."""
    words = [word for row in read_words(HERE / "no_group_words.csv") for word in row["words"].split("|")]
    starts = tuple(f"{normalise_label(word[:-1])} " for word in words if word.endswith("*"))
    return frozenset(normalise_label(word) for word in words if not word.endswith("*")), starts


@cache
def _weigh_nouns(words: str) -> tuple[float, str]:
    """The weight of the best noun in a header, and the noun."""
    found = [(NOUNS[kind] * _nearness(words, at, kind), kind, noun) for kind, noun, _, at in _read_nouns().find(words)]
    if not found:
        return 0.0, ""
    weight, kind, noun = max(found, key=lambda entry: entry[0])
    subject = _find_subject(words)
    if subject == "counting":
        return 0.0, ""
    if subject == "person":
        return ABOUT_PEOPLE, noun
    if subject == "kind":
        return min(weight, ABOUT_KINDS), noun
    if kind == "unit" and not _take_out(words, ("unit",)):
        return BARE_UNIT, noun
    if not _asks(words) and len(_take_out(words, tuple(NOUNS))) > 1:
        return MENTIONED, noun
    return weight, noun


def _nearness(words: str, start: int, kind: str) -> float:
    """How closely a noun follows the word that asks: 'which of our branches', not 'which * for your branch'."""
    length, before = len(words.split()), words[:start].split()
    if length <= VERY_SHORT or (length <= SHORT and kind not in LOOSE) or UNSPACED.search(words):
        return 1.0
    if kind in LOOSE and len(before) > FIRST_WORDS:
        return 0.6
    return 1.0 if _asks(" ".join(before[-(2 if kind in LOOSE else 4) :])) else 0.6


def _take_out(words: str, kinds: tuple[str, ...]) -> list[str]:
    """What is left of a header without nouns of these kinds and small words that only lead to them."""
    left = words
    for kind, _, pattern, _ in _read_nouns().find(words):
        if kind in kinds:
            left = pattern.sub(" ", left)
    fillers = _read_small_words("filler")
    if UNSPACED.search(words):
        for filler in sorted(fillers, key=len, reverse=True):
            if JOINED.search(filler):
                left = left.replace(filler, " ")
    return [word for word in left.split() if word not in fillers]


def _asks(words: str) -> bool:
    """Whether a header asks which, what or where, or to choose; statements only mention things."""
    asking = _read_small_words("asks")
    spaced = f" {words} "
    return any(word in words if JOINED.search(word) else f" {word} " in spaced for word in asking)


def _find_subject(words: str) -> str:
    """What else a header is about; blank when nothing shows it."""
    found = {about for about, *_ in _read_subjects().find(words)}
    return next((about for about in SUBJECTS if about in found), "")


def _is_vetoed(words: str) -> bool:
    rows = [row for row in read_words(HERE / "group_words.csv") if float(row["weight"]) == 0]
    return any(compile_phrase(phrase).search(words) for row in rows for phrase in row["words"].split("|"))


@cache
def _read_nouns() -> WordIndex:
    rows = read_words(HERE / "group_nouns.csv")
    return WordIndex((row["kind"], noun) for row in rows for noun in row["words"].split("|"))


@cache
def _read_subjects() -> WordIndex:
    rows = read_words(HERE / "not_group_words.csv")
    return WordIndex((row["about"], word) for row in rows for word in row["words"].split("|"))


@cache
def _read_small_words(use: str) -> frozenset[str]:
    rows = [row for row in read_words(HERE / "group_small_words.csv") if row["use"] == use]
    return frozenset(reduce_words(word) for row in rows for word in row["words"].split("|"))
