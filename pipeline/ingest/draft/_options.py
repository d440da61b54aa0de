"""Answer options, what is found out about them, and the points of a scale they become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ingest.draft._labels import NON_ANSWERS, Reading, read_label
from pipeline.store.labels import normalise_label
from schemas.definitions import Favourable, ScalePoint
from schemas.problems import counted

INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060]")
STRAY_SHARE = 0.03
"""Share of answers outside the scale (written-in texts) up to which it is still one."""


@dataclass(frozen=True)
class ScaleDraft:
    """A scale as far as the answers show it.

    Attributes:
        code: what it is called, for example ``agree5``.
        points: answers from low to high, then non-answers.
        confidence: from 0.9 on it can be used as it is.
        reasons: why it was read like this.
        questions: what a person must decide.
    """

    code: str
    points: tuple[ScalePoint, ...]
    confidence: float
    reasons: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """One answer option: its spellings (the commonest first), how often it was chosen, what it says."""

    texts: tuple[str, ...]
    count: int
    reading: Reading
    code: str = ""


@dataclass
class Findings:
    """What is collected on the way to a draft."""

    confidence: float = 0.97
    reasons: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def ask(self, question: str, confidence: float) -> None:
        self.questions.append(question)
        self.confidence = min(self.confidence, confidence)

    def note(self, reason: str, confidence: float = 1.0) -> None:
        self.reasons.append(reason)
        self.confidence = min(self.confidence, confidence)

    def draft(self, code: str, points: tuple[ScalePoint, ...]) -> ScaleDraft:
        return ScaleDraft(code, points, round(self.confidence, 2), tuple(self.reasons), tuple(self.questions))


def list_options(counts: Mapping[str, int], labels: Mapping[str, str] = {}) -> list[Option]:
    """Distinct texts, spellings that mean the same joined; codes replaced by their labels."""
    by_code = {normalise_label(code): label for code, label in labels.items()}
    seen: dict[str, dict[str, int]] = {}
    codes: dict[str, str] = {}
    unused = {code: 0 for code in labels if normalise_label(code) not in {normalise_label(t) for t in counts}}
    for text, count in [*counts.items(), *unused.items()]:
        if key := normalise_label(text):
            label = " ".join(INVISIBLE.sub("", by_code.get(key, "") or text).split())
            if key in by_code:
                codes[normalise_label(label)] = key
            seen.setdefault(normalise_label(label), {}).setdefault(label, 0)
            seen[normalise_label(label)][label] += count
    options = []
    for key, spelled in seen.items():
        texts = tuple(sorted(spelled, key=lambda text: (-spelled[text], text)))
        options.append(Option(texts, sum(spelled.values()), read_label(texts[0]), codes.get(key, "")))
    return options


def split_stray(options: Sequence[Option], findings: Findings) -> list[Option] | None:
    """The answer options alone; none when too many answers are something else."""
    answers = [option for option in options if option.reading.kind == "answer"]
    topics = Counter[str]()
    for option in answers:
        topics[option.reading.topic] += option.count
    few = STRAY_SHARE * sum(topics.values())
    usual = [topic for topic, count in topics.items() if topic and count > few]
    # 'ungnarly' may be rare and still belong to 'gnarly'
    rare = {t for t, count in topics.items() if t and count <= few and not any(t.endswith(word) for word in usual)}
    off = [option for option in answers if option.reading.number is None and option.reading.topic in rare]
    answers = [option for option in answers if option not in off]
    stray = [*off, *(option for option in options if option.reading.kind in ("", "other"))]
    if stray:
        rows, total = sum(o.count for o in stray), sum(o.count for o in options)
        if len(answers) < 3 or rows > STRAY_SHARE * total:
            return None
        findings.ask(f"{counted(rows, 'row')} with other texts than the scale's options: what do they mean?", 0.6)
    return answers


def mark_favourable(readings: Sequence[Reading]) -> list[Favourable]:
    """Favourable, neutral or not, from low to high: by meaning where a scale has two poles, else by place."""
    ends = {reading.sign for reading in readings if reading.sign}
    two_poles = len(ends) > 1 or any(reading.neutral for reading in readings)
    middle = (len(readings) - 1) / 2
    marks: list[Favourable] = []
    for at, reading in enumerate(readings):
        if reading.neutral:
            marks.append("neutral")
        elif two_poles and reading.score:
            marks.append("yes" if reading.score > 0 else "no")
        else:
            marks.append("neutral" if at == middle else "yes" if at > middle else "no")
    if len(marks) % 2 and "neutral" not in marks and marks.count("yes") == marks.count("no") + 1:
        below = int(middle)
        if abs(readings[below].score or 0) <= 1.6:
            marks[below] = "neutral"
    return marks


def make_point(
    scale: str, value: int, label: str, language: str, favourable: Favourable, code: str, aliases: tuple[str, ...]
) -> ScalePoint:
    return ScalePoint(
        scale=scale, value=value, code=code, label={language: label}, aliases=aliases, favourable=favourable
    )


def non_answers(scale: str, options: Sequence[Option], language: str, findings: Findings) -> list[ScalePoint]:
    """Points for the reasons why there is no answer, the four kinds kept apart."""
    points = []
    for kind in NON_ANSWERS:
        for option in (option for option in options if option.reading.kind == kind):
            label = option.texts[0]
            points.append(
                ScalePoint(
                    scale=scale, code=option.code, label={language: label}, kind=kind,
                    aliases=other_spellings(label, option.texts[1:]),
                )
            )  # fmt: skip
            if not option.reading.known:
                findings.ask(f"One option was taken for '{kind.replace('_', ' ')}': is that right?", 0.8)
    return points


def other_spellings(label: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Spellings that are read as different from the label; ``|`` separates aliases and cannot be in one."""
    found = {normalise_label(text): text for text in texts if "|" not in text}
    found.pop(normalise_label(label), None)
    return tuple(found.values())


def slugify(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.encode("ascii", "ignore").decode()).strip("_")[:30]
