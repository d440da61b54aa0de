"""Columns that may be rating questions, and which of them share a scale."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft._folding import fold_text
from pipeline.ingest.draft._headers import asks_for_words, group_questions, is_no_rating, name_row, read_header
from pipeline.ingest.draft._labels import NON_ANSWERS, STARRED, Reading
from pipeline.ingest.draft._numbers import TOPS, Stated
from pipeline.ingest.draft._options import Findings, Option, list_options, split_stray
from pipeline.ingest.draft._together import read_together
from pipeline.ingest.draft.scales import MOST_OPTIONS, score_options
from pipeline.ingest.readers import RawTable
from pipeline.store.labels import normalise_label

EXPECTED = 6
"""An option that this many answers should have held, had it been offered, was not offered."""
ROWS_LOOKED_AT = 5_000
"""Rows that show whether columns rank each other."""
FEW_TICKS = 4
"""With fewer answers, that all are the same number proves nothing."""
ANSWER_CODE = re.compile(r"([A-Z]{1,2}?)0*(\d{1,2})")


@dataclass
class Column:
    """A candidate: its options, and what its wording and its neighbours say."""

    position: int
    header: str
    question: str
    options: list[Option]
    listed: bool
    stated: Stated

    @property
    def answers(self) -> list[Option]:
        return [option for option in self.options if option.reading.kind == "answer"]

    @property
    def numeric(self) -> bool:
        return any(option.reading.number is not None for option in self.answers)


@dataclass
class Cluster:
    """Columns that share a scale."""

    key: tuple[object, ...]
    columns: list[Column] = field(default_factory=list)
    coded: bool = False

    def pool(self) -> list[Option]:
        return pool_options(self.columns)


def find_candidates(table: RawTable, taken: set[int]) -> Iterable[Column]:
    for column in list_columns(table, taken):
        options = column.options
        answers = split_stray(options, Findings())
        if not answers and not any(ANSWER_CODE.fullmatch(option.texts[0]) for option in options):
            continue
        options = [
            o if o in (answers or ()) or o.reading.kind in NON_ANSWERS else replace(o, reading=Reading())
            for o in options
        ]
        row = fold_text(name_row(column.header, column.question))
        if asks_for_words(column.header) and len(options) >= sum(option.count for option in options) / 2:
            continue
        if not any(row and fold_text(option.texts[0]) == row for option in options):
            yield replace(column, options=options)


def list_columns(table: RawTable, taken: Collection[int], most: int = MOST_OPTIONS) -> list[Column]:
    """Columns of few distinct texts, their options read with those of the same question."""
    questions = group_questions(table.headers, table.codes)
    columns = []
    for position, header in enumerate(table.headers):
        if position in taken or len(table.columns[position].dictionary) > 50 * most:
            continue
        counts = count_texts(table.columns[position])
        labels = table.variables[position].value_labels if table.variables else {}
        if not counts or len(counts) > most:
            continue
        options = list_options(counts, labels)
        columns.append(Column(position, header, questions[position], options, bool(labels), read_header(header)))
    company: dict[str, set[str]] = {}
    for column in columns:
        if column.question:
            texts = {o.texts[0] for o in column.options if o.reading.kind not in NON_ANSWERS}
            company.setdefault(column.question, set()).update(texts)
    return [replace(c, options=read_together(c.options, company.get(c.question, ()))) for c in columns]


def cluster_words(columns: Sequence[Column]) -> list[Cluster]:
    """Columns whose labels are of one family, joined where their options fit together."""
    clusters: list[Cluster] = []
    worded = [column for column in columns if not column.numeric and _is_scale_of_words(column)]
    for column in sorted(worded, key=lambda c: (-len(_labels(c.answers)), c.position)):
        scored = score_options(column.answers)
        if not scored:
            continue
        key = ("words", scored[0], scored[1], column.listed and tuple(o.texts[0] for o in column.options))
        home = next((c for c in clusters if c.key == key and _fits(column, c)), None)
        if home is None:
            home = Cluster(key)
            clusters.append(home)
        home.columns.append(column)
    _join_neutral(columns, clusters)
    # a single label says little by itself; it counts where others share the scale
    return [c for c in clusters if len(_labels(c.pool())) > 1 or c.columns[0].answers[0].reading.graded or c.key[3]]


def _join_neutral(columns: Sequence[Column], clusters: Sequence[Cluster]) -> None:
    """Where everybody chose the middle, the columns beside it say of which scale."""
    for column in columns:
        if column.numeric or not column.answers or _is_scale_of_words(column):
            continue
        labels = set(_labels(column.answers))
        homes = [cluster for cluster in clusters if labels <= set(_labels(cluster.pool()))]
        if homes:
            max(homes, key=lambda cluster: len(cluster.columns)).columns.append(column)


def _is_scale_of_words(column: Column) -> bool:
    readings = [option.reading for option in column.answers]
    return bool(readings) and not all(reading.neutral for reading in readings)


def _fits(column: Column, cluster: Cluster) -> bool:
    """Whether a column's answers can come from a cluster's scale."""
    pooled = cluster.pool()
    mine, theirs = _labels(column.answers), _labels(pooled)
    same_question = column.question and column.question in {other.question for other in cluster.columns}
    if same_question:
        return not _clash(column.answers, pooled)
    if not set(mine) & set(theirs) or _clash(column.answers, pooled):
        return False
    if not (set(mine) <= set(theirs) or set(theirs) <= set(mine)):
        return len(set(mine) & set(theirs)) >= 2 and len(set(mine) | set(theirs)) <= max(5, len(theirs))
    return not (_lacks(mine, theirs, pooled) or _lacks(theirs, mine, column.answers))


def _clash(mine: Sequence[Option], theirs: Sequence[Option]) -> bool:
    """Whether two labels of one language mean the same: then the scales are two."""
    other = {option.reading.score: option for option in theirs if option.reading.kind == "answer"}
    for option in mine:
        twin = other.get(option.reading.score)
        same = twin and fold_text(twin.texts[0]) == fold_text(option.texts[0])
        if twin and not same and twin.reading.languages & option.reading.languages:
            return True
    return False


def _labels(options: Iterable[Option]) -> dict[str, int]:
    return {fold_text(o.texts[0]): o.count for o in options if o.reading.kind == "answer"}


def _lacks(mine: Mapping[str, int], theirs: Mapping[str, int], pooled: Sequence[Option]) -> bool:
    """Whether an option between two of mine, usual among theirs, is missing: then I never offered it."""
    scores = {fold_text(o.texts[0]): o.reading.score or 0.0 for o in pooled if o.reading.kind == "answer"}
    known = [scores[label] for label in mine if label in scores]
    total, wanted = sum(theirs.values()), sum(mine.values())
    inside = [label for label in theirs if label not in mine and known and min(known) < scores[label] < max(known)]
    return any(wanted * theirs[label] / total >= EXPECTED for label in inside)


def cluster_numbers(columns: Sequence[Column], table: RawTable) -> list[Cluster]:
    """Columns of numbers, by question, by the range their wording names, by their worded ends."""
    clusters: dict[tuple[object, ...], Cluster] = {}
    for column in columns:
        if not column.numeric or (is_no_rating(column.header, column.question) and not has_words(column)):
            continue
        if _counts_rows(column):
            continue
        words = tuple(sorted(_labels(o for o in column.answers if o.reading.score is not None)))
        stated = column.stated
        if column.question:
            key: tuple[object, ...] = ("question", column.question)
        elif stated.high is not None:
            key = ("stated", stated.low, stated.high, stated.ends.direction, stated.ends.unclear)
        elif words or column.listed:
            key = ("ends", words)
        else:
            top = max((o.reading.number or 0 for o in column.answers), default=0)
            low = min((o.reading.number or 0 for o in column.answers), default=0)
            scale = (
                next((end for end in TOPS if end >= top), top),
                low < 0,
                stated.ends.direction,
                stated.ends.unclear,
            )
            key = ("bare", *scale, stated.rating, has_words(column))
        clusters.setdefault(key, Cluster(key)).columns.append(column)
    found = [cluster for cluster in clusters.values() if not _is_spread(cluster)]
    return [cluster for cluster in found if not is_ranking(cluster, table)]


def has_words(column: Column) -> bool:
    readings = [option.reading for option in column.answers]
    return any(r.score is not None or r.topic or r.family == STARRED for r in readings)


def _counts_rows(column: Column) -> bool:
    """1, 2, 3 … once each: a running number."""
    counts = [option.count for option in column.answers]
    return len(counts) > 4 and max(counts) == 1 and not column.stated.rating


def _is_spread(cluster: Cluster) -> bool:
    """Whether the columns are the options of one question, each holding its own code where it was ticked."""
    single = [column for column in cluster.columns if len(column.answers) == 1]
    most = max(sum(option.count for option in column.answers) for column in cluster.columns)
    return len(cluster.columns) > 1 and len(single) > len(cluster.columns) / 2 and most >= FEW_TICKS


def is_ranking(cluster: Cluster, table: RawTable) -> bool:
    """Whether every full row holds each number once: an order of the columns, not a rating of each."""
    width = len(cluster.columns)
    if cluster.key[0] != "question" or width < 3:
        return False
    rows = np.stack([_numbers_of(table, column.position) for column in cluster.columns])
    full = rows[:, ~np.isnan(rows).any(axis=0)]
    if full.shape[1] < 3:
        return False
    return bool((np.sort(full, axis=0) == np.arange(1, width + 1)[:, None]).all())


def _numbers_of(table: RawTable, position: int) -> np.ndarray:
    column = table.columns[position].slice(0, ROWS_LOOKED_AT)
    texts = column.dictionary.to_pylist()
    numbers = [float(text) if re.fullmatch(r"\s*\d{1,3}(\.0+)?\s*", text) else np.nan for text in texts]
    found: np.ndarray = np.array(numbers)[column.indices.to_numpy(zero_copy_only=False)]
    return found


def cluster_codes(columns: Sequence[Column]) -> list[Cluster]:
    """Answer codes without labels (A1, A2, AO03) shared by the columns of one question."""
    clusters: dict[tuple[object, ...], Cluster] = {}
    for column in columns:
        texts = [o.texts[0] for o in column.options if o.reading.kind in ("", "answer")]
        codes = [ANSWER_CODE.fullmatch(text) for text in texts]
        if not column.question or len(texts) < 2 or not all(code and code.group(1) for code in codes):
            continue
        options = [
            replace(o, reading=Reading("answer", number=int(code.group(2)))) if code else o
            for o, code in zip(column.options, [ANSWER_CODE.fullmatch(o.texts[0]) for o in column.options], strict=True)
        ]
        key = ("codes", column.question)
        cluster = clusters.setdefault(key, Cluster(key, coded=True))
        cluster.columns.append(replace(column, options=options))
    return [cluster for cluster in clusters.values() if len(cluster.columns) > 1]


def pool_options(columns: Iterable[Column]) -> list[Option]:
    """The options of several columns together, each with all its answers."""
    pooled: dict[tuple[str, str], Option] = {}
    for option in (option for column in columns for option in column.options):
        key = (normalise_label(option.texts[0]), option.code)
        if known := pooled.get(key):
            texts = tuple(dict.fromkeys((*known.texts, *option.texts)))
            pooled[key] = replace(known, texts=texts, count=known.count + option.count)
        else:
            pooled[key] = option
    return list(pooled.values())


def pool_stated(columns: Sequence[Column]) -> Stated:
    first = next((column.stated for column in columns if column.stated.high is not None), columns[0].stated)
    said = {column.stated.ends.direction for column in columns}
    return replace(
        first,
        ends=first.ends if len(said) == 1 else replace(first.ends, direction=0, unclear=True),
        rating=any(column.stated.rating for column in columns),
        recommend=all(column.stated.recommend for column in columns),
        siblings=len(columns) - 1 if columns[0].question else 0,
        alike=len(columns),
    )
