"""Names of a roster in comments: in full, in part, as initials, as nicknames, with the endings a language gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.disclose.folding import fold_word
from pipeline.disclose.redaction_lists import ARABIC, UNSPACED, list_nicknames, list_words
from schemas.comments import RosterName

TOKEN = re.compile(r"[^\W\d_]+")
CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
JOINED = re.compile(r"(?:[وفبلك]{0,2}(?:ال|لل|ل)?)")
BETWEEN = re.compile(r"[ \n.'-]{0,3}")
ABBREVIATED = re.compile(r"(?<!\w)\w\.$")
SENTENCE_ENDS = ".!?…:;\n。！？؟"
SHORTEST = 3
LONGEST_ENDING = 3
CHUNK = 300
"""Names in one alternation of the first, coarse look."""


@dataclass(frozen=True)
class NameIndex:
    """What names look like in folded texts.

    Attributes:
        words: parts of names that stand for a person wherever they are written.
        ordinary: parts that are words or very short as well: a capital letter inside a sentence decides.
        sequences: names of several parts, by their first one.
        stems: Cyrillic parts without the ending that the case changes.
        initials: first letters of the parts together.
        anywhere: names in scripts without blanks.
        hints: coarser patterns, one of which every text with a name matches.
    """

    words: frozenset[str]
    ordinary: frozenset[str]
    sequences: dict[str, tuple[tuple[str, ...], ...]]
    stems: frozenset[str]
    initials: frozenset[str]
    anywhere: re.Pattern[str] | None
    hints: tuple[str, ...]


def index_names(roster: Iterable[RosterName]) -> NameIndex | None:
    """The names of a roster; None where there are none."""
    written = [(fold_word(person.name), [fold_word(each) for each in person.nicknames]) for person in roster]
    if not written:
        return None
    unspaced = {text for name, more in written for full in (name, *more) for text in _without_blanks(full)}
    names = [(name, more) for name, more in written if not UNSPACED.search(name)]
    short, listed = list_nicknames(), set(list_words("name", "ordinary"))
    parts: set[str] = set()
    sequences: dict[str, set[tuple[str, ...]]] = {}
    initials: set[str] = set()
    for name, more in names:
        own = TOKEN.findall(name)
        given = TOKEN.findall(name.partition(",")[2]) or own
        parts |= {*own, *short.get(given[0] if given else "", ())}
        for called in (own, *([*given, *own[: -len(given)]] if "," in name else [],), *map(TOKEN.findall, more)):
            if len(called) > 1:
                sequences.setdefault(called[0], set()).add(tuple(called))
                initials |= {"".join(part[0] for part in called), called[0][0] + called[-1][0]}
    parts |= {called for _, more in names for each in more for called in TOKEN.findall(each)}
    parts |= {part.removeprefix("ال") for part in parts if len(part) > SHORTEST + 2}  # with and without "the"
    ordinary = {part for part in parts if len(part) < SHORTEST or part in listed}
    words = frozenset(parts - ordinary)
    stems = frozenset(_stem(word) for word in words if CYRILLIC.fullmatch(word))
    anywhere = re.compile("|".join(map(re.escape, sorted(unspaced, key=lambda t: (-len(t), t))))) if unspaced else None
    kept = frozenset(each for each in initials if len(each) > 1 and each not in listed)
    hints = _write_hints({*words, *ordinary, *stems, *unspaced}, kept)
    frozen = {first: tuple(sorted(several, key=len, reverse=True)) for first, several in sequences.items()}
    return NameIndex(words, frozenset(ordinary), frozen, stems, kept, anywhere, hints)


def _write_hints(parts: set[str], initials: Iterable[str]) -> tuple[str, ...]:
    """Alternations in RE2's language; what is short must stand by itself even for a coarse look."""
    short = {part for part in parts if len(part) < SHORTEST} | set(initials) | {r"\.\s?".join(i) for i in initials}
    alone = [rf"(?:^|\PL){each}(?:\PL|$)" for each in sorted(short)]
    anywhere = [re.escape(part) for part in sorted(parts) if len(part) >= SHORTEST or UNSPACED.search(part)]
    return tuple(
        "|".join(several[at : at + CHUNK]) for several in (alone, anywhere) for at in range(0, len(several), CHUNK)
    )


def _without_blanks(name: str) -> Iterator[str]:
    """A name as scripts without blanks write it: in one, and its longer parts."""
    if UNSPACED.search(name):
        parts = [part for part in re.split(r"[ ,・·]+", name) if part]
        yield from ("".join(parts), *(part for part in parts if len(part) >= 2))


def _stem(word: str) -> str:
    return word[:-1] if word[-1] in "аеиоуыэюяьй" and len(word) > SHORTEST else word


def find_names(folded: str, written: str, index: NameIndex) -> list[tuple[int, int]]:
    """Where names stand.

    Args:
        folded: the text to look in.
        written: the same text as people wrote it, character by character: a capital letter can decide.
        index: the roster.
    """
    tokens = [(match.start(), match.end(), match.group()) for match in TOKEN.finditer(folded)]
    hit = [_is_name(token, folded, written, index) for token in tokens]
    for at, (_, _, word) in enumerate(tokens):
        for called in index.sequences.get(word, ()):
            if tuple(each for *_, each in tokens[at : at + len(called)]) == called:
                hit[at : at + len(called)] = [True] * len(called)
                break
    _add_initials(tokens, hit, folded, written, index)
    spans: list[tuple[int, int]] = []
    for (start, end, _), is_name in zip(tokens, hit, strict=True):
        if is_name:
            if spans and BETWEEN.fullmatch(folded, spans[-1][1], start):
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    if index.anywhere:
        spans += [match.span() for match in index.anywhere.finditer(folded)]
    return spans


def _is_name(token: tuple[int, int, str], folded: str, written: str, index: NameIndex) -> bool:
    start, end, word = token
    if word in index.words:
        return True
    if word in index.ordinary:
        before = folded[:start].rstrip(" \"'([")
        inside = bool(before) and (before[-1] not in SENTENCE_ENDS or bool(ABBREVIATED.search(before)))
        return written[start].isupper() and inside
    if word in index.initials and len(word) > 1:
        return written[start:end].isupper()
    if CYRILLIC.fullmatch(word):
        return any(word[: len(word) - cut] in index.stems for cut in range(min(LONGEST_ENDING, len(word) - 2) + 1))
    if ARABIC.search(word):
        return any(word[cut:] in index.words for cut in range(1, JOINED.match(word).end() + 1))  # type: ignore[union-attr]
    return word.endswith("s") and word[:-1] in index.words


def _add_initials(
    tokens: list[tuple[int, int, str]], hit: list[bool], folded: str, written: str, index: NameIndex
) -> None:
    """Single capital letters beside a name belong to it; 'J. S.' is a name when the roster has one like it."""
    single = [end - start == 1 and written[start].isupper() for start, end, _ in tokens]
    near = [bool(re.fullmatch(r"[. ]{1,2}", folded[one[1] : after[0]])) for one, after in pairwise(tokens)]
    at = 0
    while at < len(tokens):
        if not single[at]:
            at += 1
            continue
        run = at
        while run + 1 < len(tokens) and near[run] and single[run + 1] and not hit[run + 1]:
            run += 1
        follows = run + 1 < len(tokens) and near[run] and hit[run + 1]
        leads = at > 0 and near[at - 1] and hit[at - 1] and folded[tokens[at][1] : tokens[at][1] + 1] == "."
        letters = "".join(tokens[place][2] for place in range(at, run + 1))
        if follows or leads:
            hit[at : run + 1] = [True] * len(letters)
        elif "." in folded[tokens[at][1] : tokens[run][1] + 1]:
            for first, last in _find_initials(letters, index.initials):
                hit[at + first : at + last] = [True] * (last - first)
        at = run + 1


def _find_initials(letters: str, initials: frozenset[str]) -> Iterator[tuple[int, int]]:
    longest = max(map(len, initials), default=0)
    for first in range(len(letters)):
        for last in range(first + 2, min(first + longest, len(letters)) + 1):
            if letters[first:last] in initials:
                yield first, last
