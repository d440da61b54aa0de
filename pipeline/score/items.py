"""How often each answer option was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.score.coded_answers import NO_ANSWER, CodedAnswers, code_answers
from pipeline.score.measures import list_units
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.tables import arrange
from schemas.definitions import Item
from schemas.tables import KINDS


def count_items(answers: pd.DataFrame, definitions: Definitions, year: int) -> pd.DataFrame:
    """Count answers per group, item and option; individual answers only.

    Every group that existed has all options of all items, with 0 where nobody chose one: each answer of
    the scale, each non-answer that the scale offers or somebody gave, and ``missing``. A roll-up counts
    every response of itself and the groups below it, ``_all`` every response; ``_none`` has rows when
    there are responses without a group.

    Args:
        answers: the ``answers`` table of one year.
        definitions: the programme.
        year: the survey year.

    Returns:
        The ``item_counts`` table.
    """
    coded, wave = code_answers(answers, definitions, year), definitions.waves[year]
    counts, lowest = _count_cells(coded, len(wave.items))
    present = {str(code): row for row, code in enumerate(coded.groups) if counts[row].any()}
    given = counts.sum(axis=0)
    options = [list(_list_options(wave, item, given[row], lowest)) for row, item in enumerate(wave.items)]
    rows = []
    for unit in list_units(definitions, year, tuple(present)):
        if unit.aggregation == "groups_equal":
            continue
        members = sorted({present[code] for code in unit.members if code in present})
        cells = counts[members].sum(axis=0)
        if wave.wave.several_groups and len(members) > 1:
            once, _ = _count_cells(_count_once(coded, members), len(wave.items), lowest, counts.shape[2])
            cells = once.sum(axis=0)
        for position, item in enumerate(wave.items):
            for kind, value, cell in options[position]:
                n = int(cells[position, cell]) if cell is not None else 0
                rows.append((str(year), unit.group, item.item, kind, value, n))
    return arrange(pd.DataFrame(rows, columns=["wave", "group", "item", "kind", "value", "n"]), "item_counts")


def _count_once(coded: CodedAnswers, groups: list[int]) -> CodedAnswers:
    """The answers given for some groups, those of a response that counts in several of them once."""
    rank = np.full(len(coded.groups), len(groups))
    rank[groups] = np.arange(len(groups))
    first = np.full(len(coded.respondents), len(groups))
    np.minimum.at(first, coded.respondent, rank[coded.group])
    rows = (rank[coded.group] < len(groups)) & (rank[coded.group] == first[coded.respondent])
    fields = ("group", "respondent", "item", "kind", "value")
    return replace(coded, **{name: getattr(coded, name)[rows] for name in fields})


def _count_cells(
    coded: CodedAnswers, items_n: int, lowest: int | None = None, options_n: int | None = None
) -> tuple[NDArray[np.int64], int]:
    """Groups × items × options (kinds of non-answers first, then values from the lowest up), in one pass."""
    answered = coded.value != NO_ANSWER
    if lowest is None:
        lowest = int(coded.value[answered].min()) if answered.any() else 0
    highest = int(coded.value[answered].max()) if answered.any() else 0
    if options_n is not None:
        highest = options_n + lowest - len(KINDS) - 1
    option = np.where(answered, coded.value.astype(np.intp) - lowest + len(KINDS), coded.kind)
    shape = (len(coded.groups), items_n, len(KINDS) + highest - lowest + 1)
    cell = (coded.group.astype(np.intp) * items_n + coded.item) * shape[2] + option
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape), lowest


def _list_options(
    wave: WaveDefinitions, item: Item, given: NDArray[np.int64], lowest: int
) -> Iterator[tuple[str, int | None, int | None]]:
    """Kind, value and cell of each option; no cell for a value beyond those that anybody chose."""
    for point in wave.answer_points(item):
        if point.value is not None:
            cell = point.value - lowest + len(KINDS)
            yield "answer", point.value, cell if len(KINDS) <= cell < len(given) else None
    offered = {point.kind for point in wave.scales[item.scale]}
    for cell, kind in enumerate(KINDS):
        if kind != "answer" and (kind == "missing" or kind in offered or given[cell]):
            yield kind, None, cell
