"""Columns left out that may be rating questions all the same: one question names them, so that none is lost in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft._clusters import Cluster, Column, is_ranking, list_columns
from pipeline.ingest.draft._headers import is_no_rating
from pipeline.ingest.draft._labels import NON_ANSWERS
from pipeline.ingest.draft._options import Option
from pipeline.ingest.draft._unread import CATEGORIES, list_labels, may_rate
from pipeline.ingest.draft.group_words import asks_which, describes_person, weigh_header
from pipeline.ingest.readers import RawTable
from schemas.definitions import DraftQuestion
from schemas.problems import counted

MOST_NAMED = 12
FEWEST, MOST = 3, 11
LOWEST, TEN, HUNDRED = -5, 10, 100
NAMES_HUNDRED = re.compile(r"(?<!\d)100(?!\d)")
ASKS_FOR_GROUP = 0.5
RATED = 0.5
"""Share of answers that are words of a scale, from which on a column with many other texts is worth asking about."""
SOME = 1 / 3
"""Share of the options that are words of a scale, from which on the others may be so too."""


def ask_for_leftovers(table: RawTable, taken: Collection[int], items: Collection[int]) -> list[DraftQuestion]:
    """The question whether columns that were left out are to be scored; none where nothing hints at it.

    Columns of words: answers that come again and again, and either a header that asks for a rating, another
    column with the same answers, or some words of a scale. Columns of numbers: 0 to 10, or 0 to 100 where the header
    asks for a rating. A bare noun for a group ('Committee') that is answered as items are may be one of them.

    Args:
        taken: positions that are something: ids, dates, personal data, items, groups, open answers.
        items: positions of the items.
    """
    listed = [each for each in list_columns(table, taken, HUNDRED + 1) if each.header and len(_given(each)) >= FEWEST]
    rows = [column for column in listed if _is_row_of(column, table, items)]
    columns = [
        column
        for column in listed
        if column not in rows
        and not is_no_rating(column.header, column.question)
        and not describes_person(column.header)
        and weigh_header(column.header)[0] < ASKS_FOR_GROUP
    ]
    numbers = [column for column in columns if _may_be_numbers(column)]
    words = [column for column in columns if column not in numbers]
    closed = [column for column in words if may_rate(column, table)]
    found = rows + [column for column in numbers if not _ranks(column, numbers, table)]
    found += [column for column in words if _is_rated(column) or (column in closed and _hints(column, closed))]
    found.sort(key=lambda column: column.position)
    if not found:
        return []
    named = "; ".join(f"'{column.header}'" for column in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    first = found[0].header
    return [
        DraftQuestion(
            question=f"Are these questions to score? {named}{more}",
            proposal="no; they are left out. To score one, add it to items.csv and its answers, in order, to scales.csv",
            file="items.csv",
            column=first if len(found) == 1 else f"{counted(len(found), 'column')}, the first: {first}",
            reason="their answers come again and again, but are on no scale that can be recognised",
        )
    ]


def _is_row_of(column: Column, table: RawTable, items: Collection[int]) -> bool:
    """Whether a bare noun for a group has the answers of at least two items."""
    texts = {text for option in column.options for text in option.texts}
    if len(texts) < FEWEST or asks_which(column.header) or weigh_header(column.header)[0] < ASKS_FOR_GROUP:
        return False
    return sum(texts <= set(count_texts(table.columns[at])) for at in items) > 1


def _given(column: Column) -> list[Option]:
    return [option for option in column.options if option.reading.kind not in NON_ANSWERS]


def _may_be_numbers(column: Column) -> bool:
    given = _given(column)
    if column.listed or not all(option.reading.number is not None for option in given):
        return False
    numbers = {option.reading.number or 0 for option in given}
    if len(numbers) < FEWEST or min(numbers) < LOWEST:
        return False
    again = sum(option.count for option in given) > len(given)
    named = column.stated.strong or bool(NAMES_HUNDRED.search(column.header))
    return (max(numbers) <= TEN and again) or (max(numbers) <= HUNDRED and named)


def _ranks(column: Column, numbers: Sequence[Column], table: RawTable) -> bool:
    """Whether it is one of the columns of a question in which every row holds each number once."""
    mine = [other for other in numbers if column.question and other.question == column.question]
    return is_ranking(Cluster(("question", column.question), mine), table)


def _rates(option: Option) -> bool:
    said = option.reading
    return said.kind == "answer" and said.known and said.score is not None and said.family not in CATEGORIES


def _is_rated(column: Column) -> bool:
    """Whether most of its answers are words of a scale, and only what else stands there kept it from being one."""
    given = _given(column)
    rated = [option for option in given if _rates(option)]
    return len(rated) >= FEWEST and sum(o.count for o in rated) >= RATED * sum(o.count for o in given)


def _hints(column: Column, closed: Sequence[Column]) -> bool:
    labels = set(list_labels(column))
    if not FEWEST <= len(labels) <= MOST:
        return False
    shared = any(len(labels & set(list_labels(other))) >= FEWEST for other in closed if other is not column)
    rated = sum(map(_rates, _given(column)))
    hinted = column.stated.strong or (column.stated.rating and rated > 0)
    return shared or hinted or rated >= max(2, SOME * len(labels))
