"""Columns that may tell the whole community apart: region, language, time in the community.

What is found is proposed in ``cuts.csv`` with a question; results by cut are for the community alone, never for a
group. The words of headers are in ``cut_words.csv``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pipeline.ingest.draft.group_words import is_no_group
from pipeline.ingest.draft.registers import make_codes
from pipeline.ingest.readers import RawTable
from pipeline.ingest.words import compile_phrase, read_words, reduce_words
from schemas.cuts import CutCategory
from schemas.definitions import DraftQuestion

WORDS = Path(__file__).with_name("cut_words.csv")
FEWEST, MOST = 2, 12
"""Categories that make a cut; with more of them a column is a list of places."""
SMALLEST = 8
"""People behind a category that is proposed by name; rarer ones count as not said, whoever gave them."""
TOLD = 0.8
"""Share of the cells that named categories must hold: a column of rare answers is no closed question."""
LONGEST = 12
"""Words of a header that asks for one thing."""


def draft_cuts(
    table: RawTable, texts: Sequence[Mapping[str, int]], names: Sequence[str], free: Collection[int], language: str
) -> tuple[tuple[CutCategory, ...], list[DraftQuestion]]:
    """Propose cuts from columns that are nothing else; of several columns for one cut the first.

    Args:
        texts: distinct texts of each column and how often they occur.
        names: how definitions call each column; blank where a column cannot be declared.
        free: positions that are neither items, groups, comments, personal nor the tool's own.
        language: of the questionnaire, for labels.
    """
    rows: dict[str, tuple[CutCategory, ...]] = {}
    questions = []
    for at in sorted(free):
        row = _recognise(table.headers[at])
        labels = [text for text, n in texts[at].items() if n >= SMALLEST and not is_no_group(text)]
        cells = sum(texts[at].values())
        if row is None or row["cut"] in rows or not names[at] or not FEWEST <= len(labels) <= MOST:
            continue
        if sum(texts[at][label] for label in labels) < TOLD * cells:
            continue
        rows[row["cut"]] = _make_rows(row, names[at], sorted(labels), table, at, language)
        questions.append(
            DraftQuestion(
                question=f"May results of the whole community be told apart by '{table.headers[at]}'?",
                proposal=f"yes, as cut '{row['cut']}' of cuts.csv; to leave it out, delete its rows there",
                file="cuts.csv",
                column=names[at],
                reason=f"{len(labels)} answers come from at least {SMALLEST} people each; rarer ones count as not said",
            )
        )
    return tuple(category for cut in rows.values() for category in cut), questions


def _recognise(header: str) -> Mapping[str, str] | None:
    words = reduce_words(header)
    if len(words.split()) > LONGEST:
        return None
    return next(
        (row for row in read_words(WORDS) if any(compile_phrase(p).search(words) for p in row["words"].split("|"))),
        None,
    )


def _make_rows(
    row: Mapping[str, str], column: str, labels: Sequence[str], table: RawTable, at: int, language: str
) -> tuple[CutCategory, ...]:
    """The first row says what holds for the whole cut."""
    shown = table.variables[at].value_labels if table.variables else {}
    told = [shown.get(label, label) for label in labels]
    return tuple(
        CutCategory(
            cut=row["cut"],
            name={} if place else {language: row["name"]},
            column="" if place else column,
            category=code,
            label={language: label},
            aliases=(text,) if text != label else (),
            other="refuse" if place else "not_said",
        )
        for place, (code, label, text) in enumerate(zip(make_codes(told), told, labels, strict=True))
    )
