"""A wave drafted from its exports: settings, items, scales, groups, and what a person must decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft._leftovers import ask_for_leftovers
from pipeline.ingest.draft._repeated import refuse_repeated_responses
from pipeline.ingest.draft._spread import gather_ratings
from pipeline.ingest.draft.columns import ColumnDraft, draft_roles, is_open_answer, name_columns
from pipeline.ingest.draft.copies import find_copies
from pipeline.ingest.draft.cuts import draft_cuts
from pipeline.ingest.draft.group_structure import find_structural
from pipeline.ingest.draft.groups import GroupCandidate, find_candidates
from pipeline.ingest.draft.items import ItemDraft, draft_items
from pipeline.ingest.draft.join import count_responses, join_tables, make_finder
from pipeline.ingest.draft.language import recognise_language
from pipeline.ingest.draft.membership import NO_REGISTER, Register, draft_membership
from pipeline.ingest.draft.questionnaire import Questionnaire, draft_questionnaire
from pipeline.ingest.draft.settings import Found, Setting, draft_settings
from pipeline.ingest.pasted import cut_pasted_rows
from pipeline.ingest.readers import RawTable
from pipeline.store.definitions import WaveDefinitions
from schemas.cuts import CutCategory
from schemas.definitions import DraftQuestion, Group, Item, ScalePoint
from schemas.problems import Problem


@dataclass(frozen=True)
class WaveDraft:
    """Everything a draft proposes.

    Attributes:
        settings: survey.toml, in order.
        groups: groups to write where there is no register yet; empty where there is one.
        columns: what every column of the exports was taken for.
        notes: what a person may want to know and need not decide.
    """

    year: int
    settings: tuple[Setting, ...]
    items: tuple[Item, ...]
    scale_points: tuple[ScalePoint, ...]
    groups: tuple[Group, ...]
    questions: tuple[DraftQuestion, ...]
    columns: tuple[ColumnDraft, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    """What the readers noticed."""
    group_count: int
    cuts: tuple[CutCategory, ...] = ()

    @property
    def scales(self) -> int:
        return len({point.scale for point in self.scale_points})


def draft_wave(
    year: int,
    title: str,
    tables: Sequence[RawTable],
    register: Register = NO_REGISTER,
    before: WaveDefinitions | None = None,
) -> WaveDraft:
    """Propose the definitions of a wave.

    Args:
        tables: every table of the wave's exports, as ``read_export`` gives them.
        register: the programme's groups, where there is a programme.
        before: an earlier wave to match items with.

    Raises:
        UserError: ``not_respondent_level``: the rows are no responses.
    """
    tables = [cut_pasted_rows(table) for table in tables]
    refuse_repeated_responses(tables, year)
    spread = gather_ratings(tables)
    tables = spread.tables
    table, present = join_tables(tables)
    names = name_columns(table.headers, table.codes)
    findable = make_finder(tables)
    everywhere = frozenset(at for at, name in enumerate(names) if findable(name))
    texts = [count_texts(column) for column in table.columns]
    rows = count_responses(tables)
    roles = draft_roles(table, texts)
    copies = find_copies(table, roles)
    roles |= {**copies.columns, **spread.list_columns(table.headers)}
    language = recognise_language(*_texts_of_questionnaire(table, texts, roles))
    labels = [variable.value_labels for variable in table.variables]
    known = register.names(year).keys()
    candidates = find_candidates(table.headers, texts, rows, roles, known, table.codes, labels)
    sure = candidates[0].positions if candidates and candidates[0].score >= 0.75 else ()
    items, scales = draft_items(table, {*roles, *sure}, language[0])
    files = {each.file: has for each, has in zip(tables, present, strict=True)}
    rated = {item.position for item in items}
    likely = find_structural(table.headers, texts, rows, {*roles, *rated}, min(rated, default=None), labels)
    membership = draft_membership(year, table, texts, files, candidates, items, register, likely)
    group = membership.column
    asked = draft_questionnaire(year, table, texts, items, scales, language[0], findable, before)
    roles = {at: draft for at, draft in roles.items() if at not in asked.positions}
    taken = {*roles, *asked.positions, *(group.positions if group else ())}
    comments = {
        at: answer
        for at, header in enumerate(table.headers)
        if at not in taken and (answer := is_open_answer(header, texts[at]))
    }
    found = Found(
        names=names,
        roles=roles,
        texts=texts,
        comments=sorted(comments),
        everywhere=everywhere,
        group=group,
        written_in=membership.written_in,
        files=membership.files,
        language=language,
        scorable=any(item.principle for item in asked.items),
    )
    free = everywhere - {*taken, *comments, *rated}
    cuts, cut_questions = draft_cuts(table, texts, names, free, language[0])
    cut_columns = {question.column: question for question in cut_questions}
    roles |= {
        at: ColumnDraft(at, table.headers[at], table.codes[at] if table.codes else "", "cut", 0.7, "its header says so")
        for at in free
        if names[at] in cut_columns
    }
    taken |= roles.keys()
    settings, questions = draft_settings(year, title, tables, found, before.wave if before else None)
    return WaveDraft(
        year=year,
        settings=tuple(settings),
        items=asked.items,
        scale_points=asked.scale_points,
        groups=membership.groups,
        questions=(
            *_ask_about_hidden(table.notes),
            *copies.questions,
            *membership.questions,
            *asked.questions,
            *ask_for_leftovers(table, {*taken, *comments, *rated}, rated),
            *spread.questions,
            *cut_questions,
            *questions,
        ),
        columns=_list_columns(table, roles, group, items, asked, comments),
        notes=(*spread.notes, *asked.notes),
        problems=table.notes,
        group_count=len(register.groups) or len(membership.groups),
        cuts=cuts,
    )


def _ask_about_hidden(notes: Sequence[Problem]) -> list[DraftQuestion]:
    return [
        DraftQuestion(
            question=f"Are the rows of the hidden sheet '{note.sheet}' responses of this survey too?",
            proposal="no; the sheet is not read",
            file="survey.toml",
            reason=f"{note.what}; if they are, list both sheets under [[files]]",
        )
        for note in notes
        if note.code == "sheet_hidden"
    ]


def _texts_of_questionnaire(
    table: RawTable, texts: Sequence[Mapping[str, int]], roles: Collection[int]
) -> tuple[list[str], list[str]]:
    """Headers that are worded, with the answers where they are few; and the options people chose from."""
    asked = [at for at in range(len(table.headers)) if at not in roles]
    headers = [table.headers[at] for at in asked if " " in table.headers[at]]
    labels = [variable.value_labels for variable in table.variables] or [{}] * len(texts)
    closed = [at for at in asked if 1 < len(texts[at]) <= 12]
    options = list(dict.fromkeys(labels[at].get(text, text) for at in closed for text in texts[at]))[:200]
    return (headers if len(headers) >= 3 else [*headers, *options]), options


def _list_columns(
    table: RawTable,
    roles: Mapping[int, ColumnDraft],
    group: GroupCandidate | None,
    items: Sequence[ItemDraft],
    asked: Questionnaire,
    comments: Mapping[int, tuple[float, str]],
) -> tuple[ColumnDraft, ...]:
    by_position = {item.position: item for item in items}
    found = []
    for at, header in enumerate(table.headers):
        code = table.codes[at] if table.codes else ""
        if at in roles:
            found.append(roles[at])
            continue
        if group and at in group.positions:
            what = ("group", group.confidence, "; ".join(group.reasons))
        elif at in asked.positions:
            what = ("item", by_position[at].confidence, "; ".join(by_position[at].reasons))
        elif at in by_position:
            what = ("other", by_position[at].confidence, "an item that is not in every file")
        elif at in comments:
            what = ("comment", *comments[at])
        else:
            what = ("other", 0.9, "neither a scale, a group nor an open answer")
        found.append(ColumnDraft(at, header, code, *what))
    return tuple(found)
