"""Options that only their company explains: sets such as 'SD, D, N, A, SA', and 'not relevant' as the lowest answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._labels import ABSENCE, NON_ANSWERS, Reading
from pipeline.ingest.draft._options import Option

NO_ANSWER_CODES = {-1, -2, -3, -7, -8, -9, -77, -88, -98, -99, 66, 77, 88, 97, 98, 99, 777, 888, 998, 999,
                   -777, -888, -998, -999}  # fmt: skip
"""Numbers that tools and people write for 'no answer', 'don't know' or 'not applicable'."""
SETS = "whole_scales.csv"
FEWEST = 3
STEP = 1.25
"""How far apart the options of a set are in strength."""
TWO_ENDED = ("agree", "satisfied", "change", "expectations")
"""Families of which the middle of an odd number of options is neutral."""
NEEDS = {"important", "useful", "priority", "appropriate", "level", "need"}
"""Families on which 'not relevant' is the lowest answer where no other low one was offered."""


def read_together(options: Sequence[Option], company: Collection[str] = ()) -> list[Option]:
    """The options, read anew where all of them together are a known set.

    Args:
        company: labels of the other columns of the same question.
    """
    options = _set_codes_apart(options)
    read = _read_set({fold_text(text) for text in company}, options) or list(options)
    return _lower_not_relevant(read)


def _set_codes_apart(options: Sequence[Option]) -> list[Option]:
    """A number such as -99 among words is what a tool writes where nobody answered; it has to be asked about."""
    numbers = [option for option in options if option.reading.number is not None and not option.code]
    codes = [option for option in numbers if option.reading.number in NO_ANSWER_CODES]
    words = [option for option in options if option.reading.kind == "answer" and option not in numbers]
    if not codes or len(codes) < len(numbers) or len(words) < 2:
        return list(options)
    return [replace(o, reading=Reading("missing", known=False)) if o in codes else o for o in options]


def _read_set(company: set[str], options: Sequence[Option]) -> list[Option] | None:
    asked = [option for option in options if option.reading.kind not in NON_ANSWERS]
    readings = [option.reading for option in asked]
    one = len({r.family for r in readings} - {"change", ""}) == 1
    if one and all(r.kind and (r.family or r.neutral) and not r.topic for r in readings):
        return None  # their own words say it
    labels = company | {fold_text(option.texts[0]) for option in asked}
    if len(labels) < FEWEST or any(option.code for option in options):
        return None
    found = next((each for each in _sets() if labels <= each[2].keys()), None)
    if found is None:
        return None
    family, language, places = found
    middle = (len(places) - 1) / 2
    read = []
    for option in options:
        at = places.get(fold_text(option.texts[0]))
        if at is None:
            read.append(option)
            continue
        neutral = at == middle and family in TWO_ENDED
        score = (at - middle) * STEP
        said = Reading("answer", score, family=family, neutral=neutral, graded=True, languages=frozenset({language}))
        read.append(replace(option, reading=said))
    return read


@cache
def _sets() -> tuple[tuple[str, str, dict[str, int]], ...]:
    """Family, language, and the place of each label from low to high; the shortest sets first."""
    rows = [(row["family"], row["language"], row["labels"].split("|")) for row in read_rows(SETS)]
    rows.sort(key=lambda row: len(row[2]))
    return tuple(
        (family, language, {fold_text(text): at for at, text in enumerate(row)}) for family, language, row in rows
    )


def _lower_not_relevant(options: list[Option]) -> list[Option]:
    """'Not relevant, somewhat useful, critical': it is where that scale begins, and has to be asked about."""
    answers = [option.reading for option in options if option.reading.kind == "answer"]
    families = {reading.family for reading in answers}
    lowest = [at for at, o in enumerate(options) if o.reading.kind == "not_applicable" and o.reading.neutral]
    upward = all((reading.score or 0) > 0 and not reading.neutral for reading in answers)
    if len(lowest) != 1 or len(answers) < 2 or not families <= NEEDS or not upward:
        return options
    family = next(iter(sorted(families)))
    said = Reading("answer", -ABSENCE, family=family, graded=True, known=False)
    return [replace(o, reading=said) if at == lowest[0] else o for at, o in enumerate(options)]
