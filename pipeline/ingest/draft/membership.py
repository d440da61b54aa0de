"""For which groups the responses of a wave answer: the column, the register, files of one group, what is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.draft.columns import NUMBER_OR_DATE, SURE
from pipeline.ingest.draft.group_structure import LEAST_SCORE
from pipeline.ingest.draft.group_words import asks_for_own
from pipeline.ingest.draft.groups import ENOUGH, GroupCandidate, add_write_ins
from pipeline.ingest.draft.items import ItemDraft
from pipeline.ingest.draft.nesting import add_nested, name_file_groups
from pipeline.ingest.draft.registers import add_file_groups, ask_for_missing, draft_register, name_known_groups
from pipeline.ingest.readers import RawTable
from pipeline.store.labels import normalise_label
from schemas.definitions import DraftQuestion, Group, GroupAlias
from schemas.problems import counted

MOST_CLOSED, FILLED = 40, 0.9
"""Names of a closed set at most, and the share of the fullest column's cells that has one."""
ASKED_AS_ITEM = 0.5
"""From this confidence on an item is no group, however its header reads."""
EVERYONE = Group(group="everyone", name="Everyone")


@dataclass(frozen=True)
class Register:
    """What a programme already knows of its groups; empty where there is no programme yet."""

    groups: tuple[Group, ...] = ()
    aliases: tuple[GroupAlias, ...] = ()

    def names(self, year: int) -> dict[str, str]:
        return name_known_groups(self.groups, self.aliases, year)


NO_REGISTER = Register()


@dataclass(frozen=True)
class Membership:
    """How responses come to their groups.

    Attributes:
        groups: rows to write where the programme has no register yet.
        files: group code by file, where no column of the file names one.
        written_in: names that one person each gave.
    """

    column: GroupCandidate | None
    groups: tuple[Group, ...]
    files: Mapping[str, str]
    written_in: int
    questions: tuple[DraftQuestion, ...]


def draft_membership(
    year: int,
    table: RawTable,
    texts: Sequence[Mapping[str, int]],
    files: Mapping[str, Collection[int]],
    candidates: Sequence[GroupCandidate],
    items: Sequence[ItemDraft],
    register: Register,
    structural: Sequence[GroupCandidate] = (),
) -> Membership:
    """Choose the group column and draft the register.

    Args:
        table: all exports as one.
        structural: what may be the group by its answers alone, where no header asks for it.
        files: per export, the positions of the joint table that it has.
    """
    known = register.names(year)
    group = _choose_group(candidates, items)
    if group is not None and group.confidence < SURE and _is_settled(group, candidates, structural, items, texts):
        group = replace(group, confidence=SURE, reasons=(*group.reasons, "nothing else in the file may be the group"))
    likely: Sequence[GroupCandidate] = ()
    if group is None:
        likely = structural
        group = _choose_likely(structural)
    if group is not None:
        group = add_write_ins(add_nested(group, candidates, table), table.headers, texts)
    lacking = [file for file, has in files.items() if group is None or group.positions[0] not in has]
    if group is not None and group.shape == "options":
        lacking = [file for file, has in files.items() if not set(group.positions) & set(has)]
    named = name_file_groups(list(files), lacking, known) if known or len(files) > 1 else {}
    groups: tuple[Group, ...] = ()
    questions: list[DraftQuestion] = []
    written_in = 0
    if group is not None:
        labels = table.variables[group.positions[0]].value_labels if table.variables else {}
        drafted = draft_register(group, known, labels)
        groups, written_in = drafted.groups, drafted.written_in
        questions += ask_for_missing(drafted.missing, register.groups, group.name)
        if written_in:
            questions.append(_ask_for_write_ins(written_in, group.name))
    if not register.groups:
        groups, named = add_file_groups(groups, named)
        if not groups:
            groups, named = (EVERYONE,), dict.fromkeys(files, EVERYONE.group)
    return Membership(
        group, groups, named, written_in,
        (*_ask_for_group(group, (*candidates, *likely), named, lacking), *questions),
    )  # fmt: skip


def _choose_likely(structural: Sequence[GroupCandidate]) -> GroupCandidate | None:
    """The likeliest column where no header asks for the group; what people are is only named."""
    if not structural or structural[0].score < LEAST_SCORE:
        return None
    best, others = structural[0], structural[1:4]
    reasons = best.reasons
    if others:
        reasons = (*reasons, "other columns it may be: " + ", ".join(f"'{each.name[:60]}'" for each in others))
    return replace(best, confidence=best.score, reasons=reasons)


def _choose_group(candidates: Sequence[GroupCandidate], items: Sequence[ItemDraft]) -> GroupCandidate | None:
    """The best candidate that is no item, with how sure that is against the next best."""
    scored = {item.position for item in items if item.confidence >= ASKED_AS_ITEM}
    free = [each for each in candidates if each.score >= 1 or not scored & set(each.positions)]
    if not free or free[0].score < ENOUGH:
        return None
    best, others = free[0], [each for each in free[1:] if each.score >= ENOUGH]
    gap = best.score - (others[0].score if others else 0.0)
    confidence = min(best.score, 0.97) if gap >= 0.1 else min(best.score, 0.7)
    reasons = best.reasons
    if others:
        reasons = (*reasons, "next best: " + ", ".join(f"'{each.name[:60]}'" for each in others[:2]))
    return replace(best, confidence=confidence, reasons=reasons)


def _is_settled(
    group: GroupCandidate,
    candidates: Sequence[GroupCandidate],
    structural: Sequence[GroupCandidate],
    items: Sequence[ItemDraft],
    texts: Sequence[Mapping[str, int]],
) -> bool:
    """Whether nothing speaks against a place or unit: asked first and alone, with a closed set of names that come again.

    Its header must ask for people's own one ('Which ward do you live in?'); no other column may be like it or share its names.
    """
    at = group.positions[0]
    first = min((item.position for item in items), default=-1)
    if group.shape != "column" or len(group.positions) > 1 or not at < first or not asks_for_own(group.name):
        return False
    answered, most = sum(group.names.values()), max(sum(each.values()) for each in texts)
    closed = 2 <= len(group.names) <= MOST_CLOSED and min(group.names.values()) > 1 and answered >= FILLED * most
    closed = closed and not all(NUMBER_OR_DATE.fullmatch(name) for name in group.names)
    spelled = {normalise_label(name) for name in group.names}
    scored = {item.position for item in items if item.confidence >= ASKED_AS_ITEM}
    rivals = [each for each in candidates if each.score >= ENOUGH and not {at, *scored} & set(each.positions)]
    rivals += [each for each in structural if each.score >= LEAST_SCORE and at not in each.positions]
    shared = any(
        2 * len(group.names.keys() & each.keys()) >= len(group.names) for n, each in enumerate(texts) if n != at
    )
    return closed and len(spelled) == len(group.names) and not rivals and not shared


def _ask_for_group(
    group: GroupCandidate | None,
    candidates: Sequence[GroupCandidate],
    named: Mapping[str, str],
    lacking: Sequence[str],
) -> list[DraftQuestion]:
    proposal = ", ".join(f"{file}: {code}" for file, code in named.items()) or "none: they have no group"
    if group is None:
        near = ", ".join(f"'{each.name[:80]}'" for each in candidates[:3])
        if set(named.values()) == {EVERYONE.group}:
            proposal = "everybody answers for one group, 'Everyone'"
        return [
            DraftQuestion(
                question="Which column says for which group a response answers?",
                proposal=proposal,
                file="survey.toml",
                reason=f"no column asks for it clearly; nearest: {near}" if near else "no column asks for it",
            )
        ]
    asks = []
    if group.confidence < SURE:
        asks.append(
            DraftQuestion(
                question=f"Does '{group.name}' say for which group a response answers?",
                proposal="yes; if not, write another column's header under group_column",
                file="survey.toml",
                column=group.name,
                reason=f"{group.confidence:.2f}: {'; '.join(group.reasons)}",
            )
        )
    if lacking:
        asks.append(
            DraftQuestion(
                question=f"For which group do the responses in {', '.join(lacking)} answer?",
                proposal=f"{proposal} (group, under [[files]])",
                file="survey.toml",
                column=group.name,
                reason="the group column is not in every file; a file's name may say it",
            )
        )
    return asks


def _ask_for_write_ins(count: int, column: str) -> DraftQuestion:
    return DraftQuestion(
        question=f"{counted(count, 'group name')} written in by one person each: is any of them a group?",
        proposal="no; those responses count for the whole community only",
        file="groups.csv",
        column=column,
        reason="a name that one person wrote may be a spelling of another, or no group at all",
    )
