"""Options nobody chose: what the standard scales (``standard_scales.csv``) add to the labels seen."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._labels import read_label, strip_code
from pipeline.ingest.draft._options import Findings, Option, mark_favourable
from schemas.problems import counted

FEW = 30
"""Fewer answers than this say little about options nobody chose."""
MANY = 100
"""From so many answers on, an option nobody chose may never have been offered."""


@cache
def _standard_rows(family: str, language: str) -> tuple[tuple[str, ...], ...]:
    rows = [*read_rows("standard_scales.csv"), *read_rows("whole_scales.csv")]
    mine = [row for row in rows if row["family"] == family and row["language"] in (language, "*")]
    return tuple(tuple(row["labels"].split("|")) for row in mine)


def _fill_word(labels: tuple[str, ...], word: str) -> tuple[str, ...]:
    filled = tuple(label.replace("{}", word) for label in labels)
    return tuple(text[:1].upper() + text[1:] for text in filled)


def complete_levels(
    levels: list[Option], family: str, language: str, findings: Findings, *, listed: bool
) -> tuple[list[str], list[int]]:
    """All labels of the scale from low to high, and the place of each level seen.

    Args:
        levels: the options seen, from low to high.
        listed: the file itself names every option, so nothing can be missing.
    """
    own = [level.texts[0] for level in levels]
    places = list(range(len(levels)))
    if listed:
        findings.note("the file itself lists the options")
        return own, places
    rows = _candidates(levels, family, _language_of(levels, language))
    fits = [(row, at) for row in rows if (at := _place(levels, [{text} for text in row]))]
    answers = sum(level.count for level in levels)
    whole = any(len(row) == len(levels) for row, _ in fits)
    if whole and (answers >= FEW or (len(levels) > 3 and len({len(row) for row, _ in fits}) == 1)):
        findings.note(f"all {len(levels)} options of a standard set")
        return own, places
    fits = [(row, at) for row, at in fits if not _skips(row, at, answers)]
    if not fits:
        rows = list(_standard_rows(family, _language_of(levels, language)))
        return _mix_standards(levels, rows, answers, findings) or _keep_as_seen(own, levels, answers, findings)
    lengths = sorted({len(row) for row, _ in fits})
    row, at = min(fits, key=lambda fit: (len(fit[0]) != (len(levels) if whole else 5), len(fit[0])))
    if len(levels) > 2 and at[0] > 0 and at[-1] < len(row) - 1 and answers >= MANY:
        ends = f"'{row[0]}' and '{row[-1]}'"
        findings.ask(
            f"Were {ends} offered too? Nobody of {answers} chose them; the options seen are taken for all", 0.7
        )
        return own, places
    if len(lengths) > 1:
        options = " or ".join(str(length) for length in lengths)
        findings.ask(f"How many options did the scale have: {options}? Only {len(levels)} were chosen", 0.6)
    elif len({tuple(at) for row, at in fits if len(row) == lengths[0]}) > 1:
        findings.ask("Was the option that nobody chose above the ones seen, or below?", 0.6)
    elif len(levels) < 2:
        findings.ask(f"Everybody chose the same option: is it one of the {len(row)} assumed?", 0.6)
    elif at[0] > 0 and at[-1] < len(row) - 1 and answers >= FEW:
        findings.ask(f"Nobody chose either end of the {len(row)} options assumed: were there so many?", 0.7)
    elif len(row) > len(levels) and answers >= MANY:
        absent = " and ".join(f"'{text}'" for n, text in enumerate(row) if n not in at)
        findings.ask(f"Was {absent} offered? Nobody of {answers} chose it, a standard scale has it", 0.8)
    elif len(row) > len(levels):
        added = counted(len(row) - len(levels), "option")
        findings.note(f"of a standard {len(row)}-point scale; {added} nobody chose added", 0.92)
    return [own[at.index(n)] if n in at else text for n, text in enumerate(row)], at


def _candidates(levels: list[Option], family: str, language: str) -> list[tuple[str, ...]]:
    """Standard sets of the family, and the general ones with its own word put in."""
    words = sorted({level.reading.pole or level.reading.topic for level in levels} - {""})
    rows = list(_standard_rows(family, language))
    for row in _standard_rows("degree", language):
        general = "{}" not in "".join(row)
        filled = [row] if general else [_fill_word(row, word) for word in words]
        rows += [each for each in filled if general or _rises(each)]
    return list(dict.fromkeys(rows))


def _rises(row: tuple[str, ...]) -> bool:
    """Whether a filled set can be read from low to high; 'inrelevant' is no word, an unknown one may be."""
    readings = [read_label(text) for text in row]
    scores = [reading.score or 0 for reading in readings if not reading.topic]
    topics = {reading.topic for reading in readings} - {""}
    return all(low < high for low, high in pairwise(scores)) and (
        len(scores) == len(row) or read_label(row[-1]).topic in topics
    )


def _mix_standards(
    levels: list[Option], rows: list[tuple[str, ...]], answers: int, findings: Findings
) -> tuple[list[str], list[int]] | None:
    """Labels taken from several standard sets of one length, such as 'Somewhat dissatisfied' and 'Satisfied'."""
    for length in (5, 7, 4):
        same = [row for row in rows if len(row) == length]
        at = _place(levels, [set(texts) for texts in zip(*same, strict=True)]) if same else None
        if not at or len(levels) == length:
            continue
        middle = [n for n in range(at[0], at[-1]) if n not in at and read_label(same[0][n]).neutral]
        if middle and len(levels) > 2 and answers >= FEW:
            if answers >= MANY:
                return None
            findings.ask("Was there a middle option? Nobody chose one; the options seen are taken for all", 0.75)
            return [level.texts[0] for level in levels], list(range(len(levels)))
        filled = [levels[at.index(n)].texts[0] if n in at else text for n, text in enumerate(same[0])]
        if len({fold_text(text) for text in filled}) == length:
            missing = counted(length - len(levels), "option")
            findings.ask(f"{missing} of {length} never chosen: what did it say?", 0.75)
            return filled, at
    return None


def _language_of(levels: list[Option], language: str) -> str:
    shared = [level.reading.languages for level in levels if level.reading.languages]
    common = frozenset.intersection(*shared) if shared else frozenset()
    return language if language in common or not common else sorted(common)[0]


def _place(levels: list[Option], row: list[set[str]]) -> list[int] | None:
    """Where each level stands in a standard scale, a middle answer standing for any other."""
    texts = [{fold_text(text) for text in labels} for labels in row]
    middle = [n for n, labels in enumerate(row) if any(read_label(text).neutral for text in labels)]
    at: list[int] = []
    for level in levels:
        spelled = {fold_text(form) for text in level.texts for form in (text, strip_code(text))}
        found = [n for n, labels in enumerate(texts) if labels & spelled]
        if not found and level.reading.neutral and len(middle) == 1:
            found = middle
        at += [n for n in found if not at or n > at[-1]][:1]
    return at if len(at) == len(levels) else None


def _skips(row: tuple[str, ...], at: list[int], answers: int) -> bool:
    """Whether an option between two chosen ones would have been left out by everybody."""
    gaps = [n for n in range(at[0], at[-1]) if n not in at]
    return any(not read_label(row[n]).neutral or answers >= FEW for n in gaps)


def _keep_as_seen(
    own: list[str], levels: list[Option], answers: int, findings: Findings
) -> tuple[list[str], list[int]]:
    """No standard set fits: the options seen are the scale, as far as one can tell."""
    marks = mark_favourable([level.reading for level in levels])
    if len(levels) < 3:
        findings.ask(f"Only {len(levels)} options were chosen: were there more?", 0.55)
    elif marks.count("yes") != marks.count("no") or answers < FEW:
        findings.ask(f"Are the {len(own)} options seen all there were? Others may never have been chosen", 0.75)
    else:
        findings.note(f"{len(own)} options seen in {answers} answers", 0.93)
    return own, list(range(len(own)))
