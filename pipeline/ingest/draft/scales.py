"""Distinct answer texts of a question to the scale they come from: order, values, favourable ends.

A scale is drafted from the labels themselves; options nobody chose are added where the labels belong to
a standard set (``standard_scales.csv``), and whatever that leaves open becomes a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.ingest.draft._folding import read_rows
from pipeline.ingest.draft._labels import Reading, read_label
from pipeline.ingest.draft._numbers import Stated, recognise_numbers
from pipeline.ingest.draft._options import (
    Findings,
    Option,
    ScaleDraft,
    list_options,
    make_point,
    mark_favourable,
    non_answers,
    other_spellings,
    slugify,
    split_stray,
)
from pipeline.ingest.draft._standard import complete_levels
from pipeline.ingest.draft._together import read_together
from schemas.definitions import Favourable
from schemas.problems import counted

__all__ = ["ScaleDraft", "recognise_options", "recognise_scale"]

MOST_OPTIONS = 40
"""A column with more distinct texts is no closed question."""
NEGATIONS = ("un", "in", "im", "dis", "non", "ir", "il", "des", "не", "on")
"""What turns an adjective into its opposite."""
COMPATIBLE = (
    {"agree", "truth"},
    {"certain", "yesno"},
    {"certain", "likely"},
    {"quality", "pleasant"},
    {"important", "useful"},
)
"""Families whose labels may stand in one scale."""
DIFFERENT_ANSWERS = 1.3
"""Labels of two languages this far apart in strength are different answers."""


def recognise_scale(
    counts: Mapping[str, int], labels: Mapping[str, str] = {}, language: str = "en"
) -> ScaleDraft | None:
    """Draft the scale behind a question's answers; none when they are no rating.

    Args:
        counts: distinct cell texts and how often each occurs, over all columns of the question.
        labels: code -> label where the file says so itself (``.sav``); then nothing is missing.
        language: language key of the labels.
    """
    return recognise_options(read_together(list_options(counts, labels)), language, listed=bool(labels))


def recognise_options(
    options: Sequence[Option], language: str, *, listed: bool = False, stated: Stated | None = None
) -> ScaleDraft | None:
    """As ``recognise_scale``, with what the question's own words say of its numbers."""
    answers = [option for option in options if option.reading.kind == "answer"]
    if not answers or len(options) > MOST_OPTIONS:
        return None
    if any(option.reading.number is not None for option in answers):
        return recognise_numbers(options, language, stated)
    return _recognise_words(options, language, listed=listed)


def _recognise_words(options: Sequence[Option], language: str, *, listed: bool) -> ScaleDraft | None:
    findings = Findings()
    answers = split_stray(options, findings)
    scored = score_options(answers) if answers else None
    if not scored:
        return None
    family, topic, levels = scored
    levels, aliases = _join_languages(levels, language, findings)
    row, places = complete_levels(levels, family, language, findings, listed=listed)
    _judge_direction(family, topic, findings)
    _ask_for_place(options, levels, findings)
    readings = [levels[places.index(at)].reading if at in places else read_label(row[at]) for at in range(len(row))]
    marks = mark_favourable(readings) if family != "amount" else _mark_middle(readings)
    high, low = marks.count("yes"), marks.count("no")
    if high != low and family != "amount":
        findings.note(f"unbalanced: {counted(high, 'option')} favourable, {low} unfavourable")
    code = f"{slugify(family or topic) or 'extent'}{len(row)}"
    points = []
    for at, text in enumerate(row):
        option = levels[places.index(at)] if at in places else Option((text,), 0, Reading())
        label = option.texts[0]
        others = other_spellings(label, [*option.texts[1:], *aliases.get(label, ())])
        points.append(make_point(code, at + 1, label, language, marks[at], option.code, others))
    return findings.draft(code, (*points, *non_answers(code, options, language, findings)))


def score_options(answers: Sequence[Option]) -> tuple[str, str, list[Option]] | None:
    """Family, unknown topic and options with a score each; none when they do not belong together."""
    family = _one_family({o.reading.family for o in answers} - {""})
    topics = {o.reading.topic for o in answers} - {""}
    partly = any(not (o.reading.family or o.reading.neutral) for o in answers) and len(answers) > 2
    if family is None or family == "truth+yesno" or (family == "yesno" and not partly):
        return None
    if family == "amount" and not any(o.reading.neutral for o in answers):
        return None  # 'too slow, too long': reasons, not a scale
    negative = ""
    if len(topics) == 2:
        short, long = sorted(topics, key=len)
        if long not in {f"{prefix}{short}" for prefix in NEGATIONS}:
            return None
        negative, topics = long, {short}
    graded = [o for o in answers if o.reading.graded and not o.reading.neutral]
    if len(topics) > 1 or len(graded) < {"": 2, "truth": 2, "change": 2, "certain": 1}.get(family, 0):
        return None
    levels = []
    for option in answers:
        reading = option.reading
        if topics and not (reading.topic or reading.neutral or reading.graded):
            return None
        score = 2.5 if reading.score is None else reading.score
        if negative and reading.topic == negative:
            reading, score = replace(reading, sign=-1), -score
        elif negative and reading.topic:
            reading = replace(reading, sign=1)
        levels.append(replace(option, reading=replace(reading, score=score)))
    return family, next(iter(topics), ""), levels


def _one_family(families: set[str]) -> str | None:
    if len(families) <= 1:
        return next(iter(families), "")
    for group in COMPATIBLE:
        if families <= group:
            return next(name for name in ("agree", "certain", "quality", "important") if name in group)
    return None


def _join_languages(
    levels: list[Option], language: str, findings: Findings
) -> tuple[list[Option], dict[str, list[str]]]:
    """One option per level, from low to high; labels of other languages are spellings of the same answer."""
    spoken = [option.reading.languages for option in levels]
    tongues = sorted(frozenset().union(*spoken), key=lambda t: (-sum(t in s for s in spoken), t != language, t))
    main = next(iter(tongues), language)
    own = [option for option in levels if main in option.reading.languages or not option.reading.languages]
    aliases: dict[str, list[str]] = {}
    foreign = [option for option in levels if option not in own]
    for other in foreign:
        score = other.reading.score or 0
        nearest = min(own, key=lambda o: (abs((o.reading.score or 0) - score), o.texts))
        far = abs((nearest.reading.score or 0) - score) > DIFFERENT_ANSWERS
        if far or nearest.reading.neutral != other.reading.neutral:
            own.append(other)
        else:
            aliases.setdefault(nearest.texts[0], []).extend(other.texts)
    if foreign:
        findings.note("labels in several languages were matched by what they say", 0.92)
    own.sort(key=lambda option: (option.reading.score or 0, option.texts))
    if len({option.reading.score for option in own}) < len(own):
        findings.ask("Two labels say nearly the same: are they one answer, and which comes first?", 0.55)
    return own, aliases


def _mark_middle(readings: Sequence[Reading]) -> list[Favourable]:
    return ["yes" if reading.neutral else "no" for reading in readings]


def _ask_for_place(options: Sequence[Option], levels: Sequence[Option], findings: Findings) -> None:
    """Options that are an answer on one scale and none on another."""
    middle = any(o.reading.kind == "no_opinion" and o.reading.neutral for o in options)
    if middle and len(levels) > 3 and not any(option.reading.neutral for option in levels):
        findings.ask("One option was taken for 'no opinion': is it the middle of the scale?", 0.75)
    if any(read_label(option.texts[0]).kind == "not_applicable" for option in levels):
        findings.ask("Is 'not relevant' the lowest answer, as it was taken, or no answer?", 0.7)


def _judge_direction(family: str, topic: str, findings: Findings) -> None:
    known = {row["family"]: row for row in read_rows("families.csv")}
    entry = known.get(family.split("+")[-1])
    direction = entry["direction"] if entry else "open"
    thing = entry["about"] if entry else "what the labels name" if topic else "extent"
    if direction == "known":
        findings.note(f"labels of {thing}, the favourable end on top")
    elif direction == "turned":
        findings.ask(f"Is less of it ({thing}) favourable? The order was turned so that the least is on top", 0.8)
    elif direction == "middle":
        findings.ask(
            "Too little to too much: only the middle was marked favourable, but scores rise to the far end; "
            "is this a question to score?",
            0.6,
        )
    else:
        findings.ask(f"Is more of it ({thing}) favourable? It was marked so", 0.8)
