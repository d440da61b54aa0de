"""Ratings given as numbers, with or without words at the ends, to the scale they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.ingest.draft._anchors import HIGHEST, NOTHING_NAMED, Ends
from pipeline.ingest.draft._folding import read_rows
from pipeline.ingest.draft._labels import STARRED, Reading
from pipeline.ingest.draft._options import (
    Findings,
    Option,
    ScaleDraft,
    make_point,
    non_answers,
    other_spellings,
    split_stray,
)
from pipeline.ingest.draft._together import NO_ANSWER_CODES
from pipeline.store.labels import normalise_label
from schemas.definitions import Favourable, ScalePoint
from schemas.problems import counted

TOPS = (5, 7, 10)
"""Where rating scales usually end."""
USUAL = {(1, 5), (1, 7), (0, 10), (1, 10), (-2, 2), (-3, 3)}
"""Ranges that are a rating even where nothing else says so; the rest might be codes of categories."""
FEW = 30
ENOUGH_ALIKE = 3
"""So many columns of one range support each other."""


@dataclass(frozen=True)
class Stated:
    """What a question's own words say of its numbers.

    Attributes:
        ends: the range it names, as in '1-10', and which end it calls good, as in '5 = very good'.
        rating: it asks for a rating at all; ``strong`` when its words leave no doubt.
        recommend: it asks whether one would recommend something, usually from 0 to 10.
        siblings: other columns of the same question, rated alike.
        alike: columns anywhere with numbers of the same range.
    """

    ends: Ends = NOTHING_NAMED
    rating: bool = False
    strong: bool = False
    recommend: bool = False
    siblings: int = 0
    alike: int = 1

    @property
    def low(self) -> int | None:
        return self.ends.low

    @property
    def high(self) -> int | None:
        return self.ends.high


def recognise_numbers(options: Sequence[Option], language: str, stated: Stated | None = None) -> ScaleDraft | None:
    """Draft a scale of numbers; none when they look like counts, years, codes or money."""
    findings = Findings(0.95)
    answers = split_stray(options, findings)
    if not answers:
        return None
    if any(option.code and option.reading.number is None and option.reading.score is None for option in answers):
        return None  # the file labels its codes, and the labels are no ratings
    said = stated or Stated()
    placed = _place_numbers(answers)
    codes = _find_codes(set(placed))
    for number in codes:
        placed.pop(number)
    words = [option for option in answers if _number_of(option) is None]
    if not _place_words(words, placed, said, findings) or len(placed) < (2 if said.rating or words else 3):
        return None
    ends = _choose_range({number: sum(o.count for o in found) for number, found in placed.items()}, said, findings)
    if not ends:
        return None
    if codes:
        findings.ask(
            f"{counted(len(codes), 'number')} outside the scale taken for 'no answer': what does it mean?", 0.7
        )
    readings = [option.reading for found in placed.values() for option in found]
    worded = [r for r in readings if r.score is not None or r.family == STARRED]
    worded += [o.reading for end in (min(placed), max(placed)) for o in placed[end] if _names_end(o, answers)]
    if not (said.rating or said.siblings or worded or said.high is not None):
        findings.ask("Are these numbers a rating, or codes of categories?", 0.55)
        alone = said.alike < ENOUGH_ALIKE
        if ends not in USUAL or (alone and (len(findings.questions) > 1 or sum(o.count for o in answers) < FEW / 3)):
            return None
    low, high = ends
    down = _judge_direction(placed, ends, said, findings)
    code = f"rating{low}_{high}{'r' if down else ''}"
    points = [
        _point(code, number, low + high - number if down else number, ends, placed.get(number, []), language)
        for number in range(low, high + 1)
    ]
    points.sort(key=lambda point: point.value or 0)
    outside = [Option((str(number),), 0, Reading("missing")) for number in sorted(codes)]
    return findings.draft(code, (*points, *non_answers(code, [*options, *outside], language, findings)))


def _number_of(option: Option) -> int | None:
    if option.reading.number is not None:
        return option.reading.number
    return int(option.code) if option.code.lstrip("-").isdecimal() else None


def _place_numbers(answers: Sequence[Option]) -> dict[int, list[Option]]:
    """Options by number; the spelling with words first."""
    placed: dict[int, list[Option]] = {}
    for option in answers:
        number = _number_of(option)
        if number is not None:
            placed.setdefault(number, []).append(option)
    for found in placed.values():
        found.sort(key=lambda option: (option.texts[0].lstrip("+-").isdecimal(), -option.count))
    return placed


def _names_end(option: Option, answers: Sequence[Option]) -> bool:
    """Whether it has words while most numbers have none: '5 - Mostly other people' beside 4 and 3."""
    return bool(option.reading.topic) and sum(bool(o.reading.topic) for o in answers) < len(answers) / 2


def _find_codes(numbers: set[int]) -> set[int]:
    """Numbers apart from the others that stand for 'no answer'."""
    inside = {number for number in numbers if 0 <= number <= HIGHEST}
    apart = numbers - inside
    symmetric = bool(apart) and min(apart) >= -5 and 0 in numbers and -min(apart) <= max(inside) + 2
    return apart if apart and not symmetric and apart <= NO_ANSWER_CODES and len(inside) > 1 else set()


def _place_words(words: Sequence[Option], placed: dict[int, list[Option]], said: Stated, findings: Findings) -> bool:
    """Give the words at the ends (or the middle) of a scale their numbers; false when that cannot be done."""
    if not words:
        return True
    if len(placed) < 2 or any(option.reading.score is None for option in words):
        return False
    numbers = set(placed)
    sides = {"low": [o for o in words if (o.reading.score or 0) < 0 and not o.reading.neutral]}
    sides["high"] = [o for o in words if (o.reading.score or 0) > 0 and not o.reading.neutral]
    sides["middle"] = [o for o in words if o.reading.neutral]
    if any(len(found) > 1 for found in sides.values()) or max(numbers) > HIGHEST:
        return False
    above = [top for top in TOPS if top > max(numbers)]
    high = max(numbers)
    if sides["high"]:
        if not above and said.high is None:
            return False
        high = said.high if said.high is not None else above[0]
        placed[high] = [*sides["high"], *placed.get(high, [])]
        if high - max(numbers) > 1 and said.high is None:
            findings.ask(f"Is the word at the top the answer {high}? The highest number is {max(numbers)}", 0.65)
    if sides["low"]:
        low = said.low if said.low is not None else 0 if 1 in numbers else 1
        placed[low] = [*sides["low"], *placed.get(low, [])]
    if sides["middle"]:
        middle = high // 2 if high // 2 not in numbers else (high + 1) // 2
        if middle in numbers:
            return False
        placed[middle] = sides["middle"]
        findings.ask(f"Is the word in the middle the answer {middle}?", 0.65)
    findings.note("words and numbers on one scale")
    return True


def _choose_range(counts: dict[int, int], said: Stated, findings: Findings) -> tuple[int, int] | None:
    """Lowest and highest number of the scale, used or not."""
    low, high, total = min(counts), max(counts), sum(counts.values())
    if said.low is not None and said.high is not None and said.low <= low and high <= said.high:
        findings.note(f"the question names the range {said.low} to {said.high}")
        return said.low, said.high
    if high > HIGHEST or low < -5:
        return None
    if low < 0:
        reach = max(-low, high)
        if (-low, high) != (reach, reach):
            findings.ask(f"Does the scale run from {-reach} to {reach}? Not all numbers were chosen", 0.7)
        return -reach, reach
    used = len(counts) / (high - low + 1)
    if total >= 2 * FEW and used < 0.6:
        return None
    if low > 1 or high not in (*TOPS, 3, 4, 6):
        top = next((end for end in TOPS if end >= high), HIGHEST)
        bottom = 0 if said.recommend and top == HIGHEST else min(low, 1)
        if high <= 2 and not (said.rating or said.siblings):
            return None
        findings.ask(f"Does the scale run from {bottom} to {top}? Only {low} to {high} were chosen", 0.7)
        return bottom, top
    if high == HIGHEST and low == 1:
        if said.recommend:
            findings.ask("Does the scale begin at 0 or at 1? Nobody chose 0", 0.75)
            return 0, high
        if counts[1] < 3:
            findings.ask("Does the scale begin at 0 or at 1? Only 1 to 10 were chosen", 0.8)
    elif high in (3, 4, 6) and (total < FEW or high == 3):
        findings.ask(f"Is {high} the highest number of the scale? No higher one was chosen", 0.7)
    elif high < HIGHEST and total < FEW / 3 * (3 if high == 7 else 1):
        findings.ask(f"Does the scale run from {low} to {high}? There are few answers to tell by", 0.75)
    else:
        findings.note(f"numbers from {low} to {high}, both ends used")
    return low, high


def _judge_direction(placed: dict[int, list[Option]], ends: tuple[int, int], said: Stated, findings: Findings) -> bool:
    """Whether the low numbers are the favourable ones."""
    readings = {number: found[0].reading for number, found in sorted(placed.items())}
    scores = [(number, r.score) for number, r in readings.items() if r.score is not None]
    if any(r.topic and r.score is None for r in readings.values()):
        findings.ask("Which end of the scale is favourable? The high numbers were marked so", 0.65)
        return False
    if scores:
        middle = sum(ends) / 2
        steps = [b[1] - a[1] for a, b in pairwise(scores)]
        steps = steps or [score * (number - middle) for number, score in scores]
        down = sum(step < 0 for step in steps) > len(steps) / 2
        known = {row["family"] for row in read_rows("families.csv") if row["direction"] == "known"}
        if any((step < 0) != down for step in steps):
            findings.ask("The words do not follow the numbers: which end is favourable?", 0.55)
        elif not known & {r.family for r in readings.values()}:
            findings.ask("Is more of it favourable? It was marked so", 0.8)
        else:
            findings.note(f"by its words, the {'low' if down else 'high'} numbers are favourable")
        return down
    direction = said.ends.direction
    if direction and said.ends.name(*ends):
        findings.note(f"the question says that {'high' if direction > 0 else 'low'} numbers are favourable")
    elif direction or said.ends.unclear:
        findings.ask("Which end is favourable? The question names an end, but not clearly", 0.6)
    elif any(r.family == STARRED for r in readings.values()):
        findings.note("more stars are better")
    elif ends[1] == HIGHEST or said.recommend:
        findings.note("a scale up to 10 is taken as rising")
    else:
        findings.ask(f"Is {ends[1]} the favourable end? Nothing in the file says so", 0.8)
    return direction < 0


def _point(
    scale: str, number: int, value: int, ends: tuple[int, int], found: Sequence[Option], language: str
) -> ScalePoint:
    low, high = ends
    middle = (low + high) / 2
    mark: Favourable = "neutral" if value == middle else "yes" if value > middle else "no"
    if any(option.reading.neutral for option in found):
        mark = "neutral"
    bare = not found or (found[0].reading.score is None and not found[0].reading.topic)
    spelled = [text for option in found for text in option.texts]
    label = str(number) if bare else spelled[0]
    code = "" if bare else str(number)
    others = other_spellings(label, [text for text in spelled if normalise_label(text) != code])
    return make_point(scale, value if low >= 0 else value - low + 1, label, language, mark, code, others)
