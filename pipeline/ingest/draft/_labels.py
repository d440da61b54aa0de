"""One answer label to what it says: an answer's strength and direction, a number, or why there is none.

Read with ``lexicon.csv`` alone: a label is a string of known phrases (poles such as *agree*, degrees
such as *very*, negations), so wordings nobody listed as a whole are understood too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._lexicon import Word, find_languages, load_lexicon, split_phrases
from schemas.definitions import AnswerKind

LONGEST_LABEL = 120
"""Longer texts are sentences, not answer options."""
DEFAULT = "en"
"""Read as this where no language has any of the words."""
MOST_UNKNOWN = 4
"""With more unknown words than this, a text that has 'very' in it is a sentence."""
NON_ANSWERS: tuple[AnswerKind, ...] = ("no_opinion", "not_applicable", "refused", "missing")
ABSENCE = 4.0
"""Strength of 'not at all', 'never', 'none'."""
NUMBER = r"[+-]?\d{1,3}(?:[.,]0+)?"
BARE_NUMBER = re.compile(NUMBER)
NUMBER_FIRST = re.compile(rf"[\[(]?({NUMBER})\s*([\])]?\s*[-–—−=:.|)(\]]*)\s*(\D.*?)[)\]]?")
NUMBER_LAST = re.compile(rf"(\D+?)\s*([-–—−=:|(\[]+)\s*({NUMBER})\s*[)\]]?")
ANSWER_CODE = re.compile(r"[\[(]?[A-Z]{1,2}\d{1,3}[\])]?(?:\s*[.:)\-–]\s*|\s+)(?=\D)")
"""A tool's answer code written before the label: 'A1 Agree', '[AO01] Agree'."""
CODE_BEHIND = re.compile(r"(?<=\w)(?:\s+[\[(]?|\s*[\[(])[A-Z]{1,2}\d{1,3}[\])]?$")
"""The same behind it: 'Agree A1'."""
EXPLANATION = re.compile(r"\s*(?:[,;:–—(]|\s-\s)\s*")
STARRED = "stars"
STARS = re.compile(r"[★⭐☆✩✭\U0001f31f]+")
COUNTED = re.compile(
    r"(\d{1,2})\s*(?:stars?|étoiles?|estrellas?|sterne?|звезд[аы]?|estrelas?|stelle?|sterren|星)", re.IGNORECASE
)
PICTURE_MARKS = re.compile("[\ufeff\u200b\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
"""Signs that only change how the one before looks: colour, skin, the box around a digit."""


@dataclass(frozen=True)
class Reading:
    """What one label says.

    Attributes:
        kind: ``answer``, one of the non-answers, or blank: not understood.
        score: strength and direction of a worded answer, on a scale of about -5 to 5.
        number: the number a label is, or carries.
        family: what it measures (``families.csv``); blank where the label does not say.
        pole: the words for it, as written; ``sign`` says which end they name.
        topic: words the lexicon does not know.
        neutral: a middle answer; of a non-answer, that it is often an answer: the middle, or the lowest.
        graded: it has a degree, a negation or is a middle: more than a bare pole.
        known: no word was left over.
        languages: languages in which it reads like this.
    """

    kind: str = ""
    score: float | None = None
    number: int | None = None
    family: str = ""
    pole: str = ""
    sign: int = 0
    topic: str = ""
    neutral: bool = False
    graded: bool = False
    known: bool = True
    languages: frozenset[str] = frozenset()


@cache
def _faces() -> dict[str, float]:
    rows = [row for row in read_rows("lexicon.csv") if row["role"] == "face"]
    return {PICTURE_MARKS.sub("", face): float(row["value"]) for row in rows for face in row["text"].split("|")}


@cache
def read_label(text: str) -> Reading:
    """What a label says, in whichever language it reads best."""
    label = " ".join(PICTURE_MARKS.sub("", text).split())
    if not label or len(label) > LONGEST_LABEL:
        return Reading()
    if STARS.fullmatch(label) and set(label) - set("☆✩✭"):
        return Reading("answer", number=sum(c not in "☆✩✭" for c in label), family=STARRED)
    if found := COUNTED.fullmatch(label):
        return Reading("answer", number=int(found.group(1)), family=STARRED)
    if (face := _faces().get(label)) is not None:
        return Reading("answer", face, family="face", sign=(face > 0) - (face < 0), neutral=not face, graded=True)
    if BARE_NUMBER.fullmatch(label):
        return Reading("answer", number=_as_int(label))
    if not fold_text(label):
        # a dash or dots where an answer would stand
        return Reading("missing") if set(label) <= set("-–—.…/ ") else Reading()
    whole = _read_words(label)
    if whole.kind and whole.known:
        return whole
    if numbered := _read_numbered(label):
        return numbered
    if code := ANSWER_CODE.match(label):
        return read_label(label[code.end() :])
    if (code := CODE_BEHIND.search(label)) and (said := read_label(label[: code.start()])).kind and said.known:
        return said
    parts = [part for part in EXPLANATION.split(label, maxsplit=1) if part]
    if len(parts) == 2 and (head := _read_words(parts[0])).kind and head.known:
        return replace(head, known=False)
    return whole


def strip_code(label: str) -> str:
    """A label without the tool's answer code before or behind it."""
    return CODE_BEHIND.sub("", label[found.end() :] if (found := ANSWER_CODE.match(label)) else label)


def _as_int(text: str) -> int:
    return int(float(text.replace(",", ".").replace("−", "-")))


def _read_numbered(label: str) -> Reading | None:
    """'10 - strongly agree', '1 (None at all)', 'Very likely - 10'."""
    if found := NUMBER_FIRST.fullmatch(label):
        number, mark, words = found.groups()
    elif found := NUMBER_LAST.fullmatch(label):
        words, mark, number = found.groups()
    else:
        return None
    if any(c.isdigit() for c in words):
        return None
    said = _read_words(words)
    if not mark.strip() and not (said.kind and said.known):
        return None
    if said.kind in NON_ANSWERS and said.known:
        return replace(said, number=_as_int(number))
    usable = said.kind == "answer" and said.known
    empty = Reading("answer", topic=fold_text(words), known=False)
    return replace(said if usable else empty, kind="answer", number=_as_int(number))


def _read_words(label: str) -> Reading:
    if any(c.isdigit() for c in label):
        return Reading()
    halves = [part for part in re.split(r"\s+[/|]\s+", label) if part]
    if len(halves) > 1:
        # the same answer in two languages
        both = [_read_words(part) for part in halves]
        if all(r.kind and r.known for r in both) and len({(r.kind, (r.score or 0) > 0, r.neutral) for r in both}) == 1:
            return replace(both[0], languages=frozenset().union(*(r.languages for r in both)))
    folded = fold_text(label)
    tongues = find_languages(folded)
    readings = [(language, *_parse(folded, language)) for language in tongues or (DEFAULT,)]
    understood = [(left, language, reading) for language, reading, left in readings if reading.kind]
    if not understood:
        return Reading()
    fewest = min(left for left, _, _ in understood)
    best = [(language, reading) for left, language, reading in understood if left == fewest]
    # Norwegian 'svært' is 'very', Danish 'svært' is 'hard': the reading that is about one thing is the one meant
    best.sort(key=lambda entry: "+" in entry[1].family)
    if not tongues:
        return replace(best[0][1], languages=frozenset(load_lexicon()))
    return replace(best[0][1], languages=frozenset(language for language, r in best if r.score == best[0][1].score))


def _parse(folded: str, language: str) -> tuple[Reading, int]:
    """The reading in one language, and how many letters it leaves unexplained."""
    words = [word for word in split_phrases(folded, language) if word.role != "stop"]
    roles = [word.role for word in words]
    rest = " ".join(word.text for word in words if not word.role)
    left = len(rest.replace(" ", ""))
    kinds = [role for role in roles if role in NON_ANSWERS]
    if kinds and "neutral" not in roles and (words[0].role in NON_ANSWERS or words[-1].role in NON_ANSWERS):
        middle = any(word.value for word in words if word.role == kinds[0])
        known = not left and set(roles) <= {*NON_ANSWERS, "pole", "not", "absence"}
        return Reading(kinds[0], neutral=middle, known=known), left
    if {"too", "right"} & set(roles):
        return _read_too(words) if not left else Reading(), left
    if roles and set(roles) == {"other"}:
        # offered beside a scale, not on it; what was written stands in another column
        return Reading("missing", known=False), left
    if kinds:
        return Reading("answer", 0.0, neutral=True, graded=True, known=False), left
    if {"calendar", "skill"} & set(roles):
        family = "skill" if "skill" in roles else "calendar"
        return Reading("other", family=family, topic=rest, known=not left), left
    return _score(words, rest), left


def _read_too(words: list[Word]) -> Reading:
    """'Too little', 'about right', 'far too much': best in the middle."""
    said = Reading("answer", 0.0, family="amount", graded=True)
    if "right" in {word.role for word in words}:
        return replace(said, neutral=True) if len(words) == 1 else Reading()
    ways = [word.value for word in words if word.role == "too"]
    degrees = [word.value for word in words if word.role == "degree"]
    if len(ways) != 1 or not ways[0] or len(ways) + len(degrees) < len(words):
        return Reading()
    strength = 2.5 if not degrees else 4.0 if max(degrees) > 2 else 1.0
    return replace(said, score=ways[0] * strength, sign=1 if ways[0] > 0 else -1)


def _score(words: list[Word], rest: str) -> Reading:
    if rest.count(" ") >= MOST_UNKNOWN:
        return Reading()
    order = [word.role for word in words]
    if order == ["not"] and not rest:
        order = ["no"]  # one word in many languages: 'non', 'nie', '不'
    roles = set(order)
    poles = [word for word in words if word.role == "pole"]
    degrees = [word for word in words if word.role == "degree"]
    neutrals = [word for word in words if word.role == "neutral"]
    family = "+".join(dict.fromkeys(word.family for word in [*poles, *words] if word.family))
    family = "certain" if poles and "certain" in family else family
    one_family = len({word.family for word in poles}) == 1
    if "neither" in roles or (one_family and len({word.value > 0 for word in poles}) == 2):
        return Reading("answer", 0.0, family=family, neutral=True, graded=True, topic=rest, known=not rest)
    if "not" in order[1:] and len(degrees) == 2 and degrees[0] == degrees[1] and poles:
        # 'in part agree, in part not'
        return Reading("answer", 0.0, family=family, neutral=True, graded=True, topic=rest, known=not rest)
    if neutrals and not poles:
        if "not" in roles:
            return Reading()
        return Reading("answer", neutrals[0].value, None, family, topic=rest, neutral=True, graded=True, known=not rest)
    sign = 1
    for word in poles[:1] if one_family else poles:
        sign *= 1 if word.value > 0 else -1
    said = Reading(
        "answer",
        family=family,
        pole=" ".join(dict.fromkeys(word.text for word in poles)),
        sign=sign if poles else 0,
        topic=rest,
        graded=True,
        known=not rest,
    )
    if "absence" in roles or {"not", "atall"} <= roles or ("no" in roles and rest and not poles):
        return replace(said, score=-sign * ABSENCE)
    if "mild" in roles:
        return replace(said, score=-1.0 * sign)
    strength = max((word.value for word in degrees), default=0.0) + 0.2 * max(len(degrees) - 1, 0)
    strength = strength or max((abs(word.value) for word in poles), default=0.0)
    if {"yes", "no"} & roles and not poles:
        said = replace(said, family=family or ("certain" if degrees else "yesno"))
        strength, sign = strength or 2.5, -1 if "no" in roles else 1
    if not strength:
        # words the lexicon does not know: perhaps one of a pair such as X and un-X
        if not rest or roles - {"", "not"}:
            return Reading()
        return replace(said, score=-2.5) if "not" in roles else replace(said, graded=False)
    if "not" in roles:
        after = words[order.index("not") + 1 : order.index("not") + 2]
        # 'not very good' is mild; 'very unlikely' and (in Arabic) 'not agree strongly' are not
        if after and after[0].role == "degree" and after[0].value > 2:
            return replace(said, score=-1.0 * sign)
        return replace(said, score=-sign * strength)
    return replace(said, score=sign * strength, graded=bool(degrees))
