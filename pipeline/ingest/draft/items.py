"""Which columns of an export are rating questions, and which of them share a scale."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft._against import doubt_directions
from pipeline.ingest.draft._clusters import (
    Cluster,
    Column,
    cluster_codes,
    cluster_numbers,
    cluster_words,
    find_candidates,
    has_words,
    pool_stated,
)
from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._headers import make_codes, name_row
from pipeline.ingest.draft._labels import NON_ANSWERS, read_label
from pipeline.ingest.draft._options import Option
from pipeline.ingest.draft._unread import UNSURE, cluster_unread, draft_unread
from pipeline.ingest.draft.scales import ScaleDraft, recognise_options, score_options
from pipeline.ingest.readers import RawTable
from pipeline.ingest.spread import find_questions

DOUBTED = 0.85
"""At most so sure is a question whose favourable end is in doubt."""
MOST_MARKS = 2
"""Different texts in a column that marks an option: yes and no."""


@dataclass(frozen=True)
class ItemDraft:
    """A column taken for a rating question.

    Attributes:
        code: the tool's code, or one made of the header's words; unique in the wave.
        scale: code of its ``ScaleDraft``.
        confidence: how sure it is that this is a rating question; the scale has its own.
    """

    position: int
    header: str
    code: str
    scale: str
    confidence: float
    reasons: tuple[str, ...]
    questions: tuple[str, ...]


def draft_items(
    table: RawTable, taken: Collection[int], language: str = "en"
) -> tuple[list[ItemDraft], list[ScaleDraft]]:
    """Find the rating questions of an export and the scales they are answered on.

    Args:
        taken: positions already known as something else (ids, dates, personal data, the group).
        language: language key of the drafted labels.
    """
    columns = list(find_candidates(table, {*taken, *table.roles}))
    clusters = [*cluster_words(columns), *cluster_numbers(columns, table), *cluster_codes(columns)]
    found = []
    for cluster in sorted(clusters, key=lambda c: min(column.position for column in c.columns)):
        if draft := _draft_scale(cluster, language):
            found.append((cluster, draft))
    found = _merge_alike(found, language)
    done = {column.position for cluster, _ in found for column in cluster.columns}
    unread = cluster_unread(table, {*taken, *table.roles, *done})
    return _make_drafts([*found, *((c, draft_unread(c, table, language)) for c in unread)], table, language)


def _draft_scale(cluster: Cluster, language: str) -> ScaleDraft | None:
    stated = pool_stated(cluster.columns)
    draft = recognise_options(cluster.pool(), language, listed=cluster.columns[0].listed, stated=stated)
    if draft and cluster.coded:
        ask = "What do these answer codes stand for, and which end is favourable?"
        return replace(draft, confidence=min(draft.confidence, 0.6), questions=(ask, *draft.questions))
    return draft


def _merge_alike(found: list[tuple[Cluster, ScaleDraft]], language: str) -> list[tuple[Cluster, ScaleDraft]]:
    """Clusters that turned out to have the same scale become one; the surer draft is the scale's."""
    merged: list[tuple[Cluster, ScaleDraft]] = []
    for cluster, draft in found:
        at = next((n for n, (other, known) in enumerate(merged) if _same_scale(cluster, draft, other, known)), None)
        if at is None:
            merged.append((cluster, draft))
            continue
        home = replace(merged[at][0], columns=[*merged[at][0].columns, *cluster.columns])
        if joint := _draft_scale(home, language):
            merged[at] = (home, joint)
        else:
            merged.append((cluster, draft))
    return merged


def _same_scale(cluster: Cluster, draft: ScaleDraft, other: Cluster, known: ScaleDraft) -> bool:
    if draft.code != known.code or (cluster.key[0] != other.key[0] and "words" in (cluster.key[0], other.key[0])):
        return False
    if cluster.coded or other.coded:
        return False
    if cluster.key[0] == "words":
        values = {fold_text(text): p.value for p in known.points for text in (*p.label.values(), *p.aliases)}
        return all(values.get(fold_text(o.texts[0])) == _value_of(o, draft) for o in cluster.pool() if _chosen(o))
    # what a question says of its numbers holds for that question alone
    alike = (draft.questions, draft.reasons) == (known.questions, known.reasons)
    return alike and _answer_points(draft) == _answer_points(known)


def _answer_points(draft: ScaleDraft) -> list[tuple[int | None, str, str]]:
    return [(p.value, p.code, fold_text(next(iter(p.label.values())))) for p in draft.points if p.kind == "answer"]


def _chosen(option: Option) -> bool:
    return option.reading.kind == "answer"


def _value_of(option: Option, draft: ScaleDraft) -> int | None:
    label = fold_text(option.texts[0])
    return next((p.value for p in draft.points if fold_text(next(iter(p.label.values()))) == label), None)


def _make_drafts(
    found: Sequence[tuple[Cluster, ScaleDraft]], table: RawTable, language: str
) -> tuple[list[ItemDraft], list[ScaleDraft]]:
    names: dict[str, int] = {}
    scales, items = [], []
    for cluster, draft in found:
        names[draft.code] = names.get(draft.code, 0) + 1
        code = draft.code if names[draft.code] == 1 else f"{draft.code}_{names[draft.code]}"
        points = tuple(point.model_copy(update={"scale": code}) for point in draft.points)
        scales.append(replace(draft, code=code, points=points))
        doubts = doubt_directions(cluster, draft, table, language)
        items += [(c, code, *_judge_column(c, cluster, doubts.get(c.position, ""))) for c in cluster.columns]
    items.sort(key=lambda entry: entry[0].position)
    headers = [name_row(column.header, column.question) for column, *_ in items]
    codes = make_codes(headers, [table.codes[column.position] for column, *_ in items] if table.codes else [])
    return [
        ItemDraft(column.position, column.header, code, scale, confidence, reasons, questions)
        for code, (column, scale, confidence, reasons, questions) in zip(codes, items, strict=True)
    ], scales


def _judge_column(column: Column, cluster: Cluster, doubt: str) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """How sure it is that a column is a rating question, why, and what is left to ask.

    Args:
        doubt: what to ask about its direction.
    """
    reasons, questions = [], []
    if cluster.key[0] == "words":
        family = str(cluster.key[1])
        known = {row["family"]: row for row in read_rows("families.csv")}
        entry = known.get(family.split("+")[-1], known["degree"])
        confidence = float(entry["confidence"])
        reasons.append(f"its answers are labels of {entry['about']}")
    elif cluster.key[0] == "unread":
        confidence = UNSURE
        reasons.append("answers that are on no scale known here")
        questions.append("Are these answers a rating, and is this a question to score?")
    elif column.stated.rating or has_words(column):
        confidence = 0.93
        reasons.append("numbers, and its wording asks for a rating" if column.stated.rating else "numbers with words")
    else:
        confidence = 0.75 if len(cluster.columns) > 2 else 0.6
        reasons.append("codes of one question" if cluster.coded else "numbers of a usual rating range")
    if len(cluster.columns) > 1:
        reasons.append(f"{len(cluster.columns)} columns share the scale")
    if UNSURE < confidence < 0.9:  # below, the scale asks
        questions.append("Is this a question to score?")
    if doubt:
        confidence = min(confidence, DOUBTED)
        questions.append(doubt)
    return confidence, tuple(reasons), tuple(questions)


def find_spread_questions(table: RawTable, taken: Collection[int]) -> dict[str, dict[int, str]]:
    """Rating questions that an export spreads over one column per answer option: question -> position -> option."""
    spread = {}
    for question, columns in find_questions(table.headers).items():
        columns = {
            at: text
            for at, text in columns.items()
            if at not in taken and len(count_texts(table.columns[at])) <= MOST_MARKS
        }
        options = [Option((text,), 0, read_label(text)) for text in columns.values()]
        answers = [option for option in options if option.reading.kind == "answer"]
        scores = {option.reading.score for option in answers}
        others = [option for option in options if option.reading.kind not in ("answer", *NON_ANSWERS)]
        if len(scores) > 2 and not others and score_options(answers):
            spread[question] = columns
    return spread
