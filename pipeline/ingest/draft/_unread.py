"""Columns whose answers nobody here knows, but that share them as the questions of one scale do.

They are drafted with their answers in the order in which they first stand in the file, and asked about:
a rating that is lost without a word is worse than a question too many.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft._clusters import Cluster, Column, list_columns, pool_options
from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._headers import find_words, is_no_rating, name_row
from pipeline.ingest.draft._labels import NON_ANSWERS
from pipeline.ingest.draft._options import Findings, Option, ScaleDraft, make_point, non_answers, other_spellings
from pipeline.ingest.draft.columns import lists_options
from pipeline.ingest.draft.group_words import country_names, weigh_header
from pipeline.ingest.readers import RawTable
from pipeline.store.labels import normalise_label
from schemas.definitions import Favourable

FEWEST, MOST = 3, 11
MOST_ALONE = 7
LONGEST, MOST_WORDS = 60, 8
COLUMNS, COLUMNS_OF_A_QUESTION = 3, 2
"""So many columns with the same answers are a scale, of one question or anywhere."""
ASKS_FOR_GROUP = 0.5
PERCENT = re.compile(r"\d{1,3}\s*%")
GRADE = re.compile(r"[A-Fa-f][+−-]?")
CATEGORIES = ("calendar", "skill", "yesno", "truth")
UNSURE = 0.4


def cluster_unread(table: RawTable, taken: Collection[int]) -> list[Cluster]:
    """Columns sharing a set of labels that is no known scale and no known list of categories.

    Args:
        taken: positions that are something else, items of known scales among them.
    """
    columns = [column for column in list_columns(table, taken) if may_rate(column, table)]
    clusters: list[Cluster] = []
    for column in sorted(columns, key=lambda c: (-len(list_labels(c)), c.position)):
        home = next((c for c in clusters if _shares(column, c)), None)
        if home is None:
            home = Cluster(("unread", len(clusters)))
            clusters.append(home)
        home.columns.append(column)
    found = [cluster for cluster in clusters if _is_scale(cluster)]
    for cluster in found:
        cluster.columns.sort(key=lambda column: column.position)
    return found


def draft_unread(cluster: Cluster, table: RawTable, language: str) -> ScaleDraft:
    """A scale of unknown order; by number where its labels are percentages, by letter where they are grades."""
    findings = Findings(UNSURE)
    options = pool_options(cluster.columns)
    answers = [option for option in options if option.reading.kind not in NON_ANSWERS]
    seen = {label: at for at, label in enumerate(_first_seen(cluster.columns, table))}
    if all(PERCENT.fullmatch(option.texts[0]) for option in answers):
        answers.sort(key=lambda option: int(re.sub(r"\D", "", option.texts[0])))
        findings.ask("Are these answers in order, and is more of it favourable?", UNSURE)
    elif all(GRADE.fullmatch(option.texts[0]) for option in answers):
        answers.sort(key=_rank_grade)
        findings.ask("Are these grades, the last letter the worst?", UNSURE)
    else:
        answers.sort(key=lambda option: seen.get(normalise_label(option.texts[0]), len(seen)))
        findings.ask(
            "Is this a scale? If so, put these answers in order in scales.csv, from least to most favourable; "
            "if not, delete its items",
            UNSURE,
        )
    findings.note("the answers are on no scale known here; they stand as they first occur in the file")
    code, middle = f"unread{len(answers)}", (len(answers) - 1) / 2
    points = []
    for at, option in enumerate(answers):
        mark: Favourable = "neutral" if at == middle else "yes" if at > middle else "no"
        others = other_spellings(option.texts[0], option.texts[1:])
        points.append(make_point(code, at + 1, option.texts[0], language, mark, option.code, others))
    return findings.draft(code, (*points, *non_answers(code, options, language, findings)))


def _rank_grade(option: Option) -> tuple[int, int]:
    """Letter grades from low to high: F before A, A- before A+."""
    letter, sign = option.texts[0][0].upper(), option.texts[0][1:]
    return -ord(letter), 1 if sign == "+" else -1 if sign else 0


def list_labels(column: Column) -> dict[str, Option]:
    """Its answers; reasons for giving none aside."""
    return {fold_text(o.texts[0]): o for o in column.options if o.reading.kind not in NON_ANSWERS}


def may_rate(column: Column, table: RawTable) -> bool:
    """Whether its answers are few, short, come again, and are no known categories."""
    labels = list_labels(column)
    if not 2 <= len(labels) <= MOST or "" in labels or is_no_rating(column.header, column.question):
        return False
    texts = [option.texts[0] for option in labels.values()]
    if any(len(text) > LONGEST or len(text.split()) > MOST_WORDS for text in texts):
        return False
    if any(c.isdigit() for text in texts for c in text) and not all(PERCENT.fullmatch(text) for text in texts):
        return False  # ages, years, amounts
    if sum(option.count for option in labels.values()) <= len(labels) or _are_categories(list(labels.values())):
        return False
    if (
        fold_text(name_row(column.header, column.question)) in labels
        or weigh_header(column.header)[0] >= ASKS_FOR_GROUP
    ):
        return False
    return not (any(";" in text for text in texts) or lists_options(count_texts(table.columns[column.position])))


def _are_categories(answers: Sequence[Option]) -> bool:
    """Yes and no, how often in a week, skills, countries: known, and no scale."""
    closed, countries = _yes_and_no(), country_names()
    known = 0
    for option in answers:
        reading, label = option.reading, fold_text(option.texts[0])
        plain = label in closed or reading.kind == "other" or reading.family in CATEGORIES
        maybe = reading.family == "certain" and reading.neutral
        known += plain or maybe or normalise_label(option.texts[0]) in countries
    return known >= len(answers) - (len(answers) > 3)


@cache
def _yes_and_no() -> frozenset[str]:
    rows = [row for row in read_rows("lexicon.csv") if row["role"] in ("yes", "no", "not")]
    return frozenset(fold_text(text) for row in rows for text in row["text"].split("|"))


def _shares(column: Column, cluster: Cluster) -> bool:
    mine, theirs = set(list_labels(column)), set().union(*(list_labels(other) for other in cluster.columns))
    if column.question and all(other.question == column.question for other in cluster.columns):
        return len(mine & theirs) >= 2 and len(mine | theirs) <= MOST
    return len(mine) >= 2 and mine <= theirs


def _is_scale(cluster: Cluster) -> bool:
    labels = set().union(*(list_labels(column) for column in cluster.columns))
    if not FEWEST <= len(labels) <= MOST:
        return False
    first = cluster.columns[0]
    if len(cluster.columns) == 1:
        return first.stated.strong and len(labels) <= MOST_ALONE and "noun" not in find_words(first.header)
    one_question = first.question and all(column.question == first.question for column in cluster.columns)
    return len(cluster.columns) >= (COLUMNS_OF_A_QUESTION if one_question else COLUMNS)


def _first_seen(columns: Iterable[Column], table: RawTable) -> list[str]:
    """Labels in the order in which the file's rows first have them."""
    texts = (text for column in columns for text in table.columns[column.position].dictionary.to_pylist())
    return list(dict.fromkeys(map(normalise_label, texts)))
