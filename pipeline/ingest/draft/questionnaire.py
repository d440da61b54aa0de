"""Items and scales of a drafted wave, and how they go on from an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.ingest.draft.columns import SURE, name_columns
from pipeline.ingest.draft.items import ItemDraft
from pipeline.ingest.draft.match import DraftedItem, ItemMatch, compare_scales, match_items
from pipeline.ingest.draft.scales import ScaleDraft
from pipeline.ingest.readers import RawTable
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.definitions import DraftQuestion, Item, ScalePoint
from schemas.problems import counted


@dataclass(frozen=True)
class Questionnaire:
    """Items and scales as proposed; ``positions`` are the columns the items are read from."""

    positions: tuple[int, ...]
    items: tuple[Item, ...]
    scale_points: tuple[ScalePoint, ...]
    questions: tuple[DraftQuestion, ...]
    notes: tuple[str, ...]


def draft_questionnaire(
    year: int,
    table: RawTable,
    texts: Sequence[Mapping[str, int]],
    drafts: Sequence[ItemDraft],
    scales: Sequence[ScaleDraft],
    language: str,
    findable: Callable[[str], bool],
    before: WaveDefinitions | None,
) -> Questionnaire:
    """Rows of items.csv and scales.csv; with ``before``, as continuations of that wave's items.

    Args:
        findable: whether a name means one column in every export of the wave; other items are asked about.
    """
    by_code = {scale.code: scale for scale in scales}
    columns = _name_items(table, drafts, findable)
    asked = [draft for draft in drafts if findable(columns[draft.position])]
    drafted = [
        DraftedItem(
            draft.code, columns[draft.position], draft.header, by_code[draft.scale].points, texts[draft.position]
        )
        for draft in asked
    ]
    matches, dropped = match_items(drafted, before) if before else ([None] * len(asked), [])
    chosen, settled, points = _choose_scales(year, asked, drafted, matches, by_code, before)
    codes = _choose_codes(year, asked, matches, before)
    items = tuple(
        _make_item(code, draft, item, match, scale, language)
        for code, draft, item, match, scale in zip(codes, asked, drafted, matches, chosen, strict=True)
    )
    questions = _ask_for_scales(asked, settled, by_code)
    questions += _ask_for_items(asked, codes, matches, columns)
    notes: list[str] = []
    if len(asked) < len(drafts):
        questions.append(_ask_for_partial([columns[draft.position] for draft in drafts if draft not in asked]))
    if not items:
        questions.append(
            DraftQuestion(
                question="Which columns are questions to score?",
                proposal="none",
                file="items.csv",
                reason="no column has answers on a scale that can be recognised",
            )
        )
    if before:
        more, notes = _compare_lists(before, codes, matches, dropped)
        questions += more
    if items and not any(item.principle for item in items):
        notes.append("Which principle an item belongs to is yours to decide: write it into items.csv.")
    return Questionnaire(tuple(draft.position for draft in asked), items, tuple(points), tuple(questions), tuple(notes))


def _name_items(table: RawTable, drafts: Sequence[ItemDraft], findable: Callable[[str], bool]) -> dict[int, str]:
    """What items.csv calls each item's column: the tool's codes where all can be found by them, else headers."""
    mine = [table.codes[draft.position] for draft in drafts] if table.codes else [""]
    if all(findable(code) for code in mine) and len(set(mine)) == len(mine):
        return {draft.position: code for draft, code in zip(drafts, mine, strict=False)}
    names = name_columns(table.headers, table.codes)
    return {draft.position: names[draft.position] for draft in drafts}


def _choose_scales(
    year: int,
    drafts: Sequence[ItemDraft],
    items: Sequence[DraftedItem],
    matches: Sequence[ItemMatch | None],
    by_code: Mapping[str, ScaleDraft],
    before: WaveDefinitions | None,
) -> tuple[list[str], list[bool], list[ScalePoint]]:
    """The scale of each item, whether it is an earlier wave's, and the points of all scales.

    An earlier scale goes on wherever it still reads the answers.
    """
    earlier = before.scales if before else {}
    follow: dict[str, str] = {}  # what items without a match take: the earlier scale of their likes
    for draft, match in zip(drafts, matches, strict=True):
        if match and match.keeps_scale:
            follow.setdefault(draft.scale, match.before.scale)
    chosen: list[str] = []
    settled: list[bool] = []
    points: dict[str, list[ScalePoint]] = {}
    for draft, item, match in zip(drafts, items, matches, strict=True):
        old = match.before.scale if match and match.keeps_scale else follow.get(draft.scale, "") if not match else ""
        if old and (match or not compare_scales(item, earlier[old])):
            mine = points.setdefault(old, list(earlier[old]))
            known = {normalise_label(text) for point in mine for text in _spellings(point)}
            # a new way of not answering joins the scale; answers would have made it another scale
            fresh = [
                p for p in item.points if p.kind != "answer" and known.isdisjoint(map(normalise_label, _spellings(p)))
            ]
            mine += [point.model_copy(update={"scale": old}) for point in fresh]
            chosen.append(old)
            settled.append(True)
            continue
        code = f"{draft.scale}-{year}"[:60] if draft.scale in earlier else draft.scale
        points.setdefault(code, [point.model_copy(update={"scale": code}) for point in by_code[draft.scale].points])
        chosen.append(code)
        settled.append(False)
    return chosen, settled, [point for rows in points.values() for point in rows]


def _choose_codes(
    year: int, drafts: Sequence[ItemDraft], matches: Sequence[ItemMatch | None], before: WaveDefinitions | None
) -> list[str]:
    """Matched items keep their code; a new item never takes the code of an earlier, other one."""
    taken = {item.item.casefold() for item in before.items} if before else set()
    codes = []
    for draft, match in zip(drafts, matches, strict=True):
        code = match.before.item if match else draft.code
        stem, nth = code, 1
        while not match and code.casefold() in taken:
            nth += 1
            code = f"{stem[:50]}-{year}" if nth == 2 else f"{stem[:50]}-{year}-{nth - 1}"
        taken.add(code.casefold())
        codes.append(code)
    return codes


def _make_item(
    code: str, draft: ItemDraft, item: DraftedItem, match: ItemMatch | None, scale: str, language: str
) -> Item:
    text = {language: draft.header or draft.code}
    if match is None:
        return Item(item=code, text=text, scale=scale, column=item.column)
    before = match.before
    if match.comparability == "identical" or (match.comparability == "scale change" and item.text == before.column):
        text = before.text
    return Item(
        item=code,
        principle=before.principle,
        criterion=before.criterion,
        text=text,
        scale=scale,
        reverse=before.reverse,
        column=item.column,
        comparability=match.comparability,
        direction_checked=before.direction_checked and match.comparability in ("identical", "editorial"),
    )


def _ask_for_scales(
    drafts: Sequence[ItemDraft], settled: Sequence[bool], by_code: Mapping[str, ScaleDraft]
) -> list[DraftQuestion]:
    """What is unsure about scales that were drafted here; one that goes on from an earlier wave is settled."""
    asks = []
    for code, scale in by_code.items():
        mine = [draft for draft, kept in zip(drafts, settled, strict=True) if draft.scale == code and not kept]
        if not mine:
            continue
        questions = scale.questions
        if scale.confidence < SURE and not questions:
            questions = (f"Are the options of scale '{code}' in this order, from low to high?",)
        values = sorted((p for p in scale.points if p.kind == "answer"), key=lambda p: p.value or 0)
        order = " < ".join(next(iter(p.label.values()), p.code) for p in values)
        asks += [
            DraftQuestion(
                question=question,
                proposal=order if len(order) <= 300 else f"{order[:297]}...",
                file="scales.csv",
                column=mine[0].header
                if len(mine) == 1
                else f"{counted(len(mine), 'column')}, the first: {mine[0].header}",
                reason=f"{scale.confidence:.2f}: {'; '.join(scale.reasons) or 'from the answers alone'}",
            )
            for question in questions
        ]
    return asks


def _ask_for_items(
    drafts: Sequence[ItemDraft], codes: Sequence[str], matches: Sequence[ItemMatch | None], columns: Mapping[int, str]
) -> list[DraftQuestion]:
    asks: list[DraftQuestion] = []
    alike: dict[str, list[int]] = {}
    for at, (draft, match) in enumerate(zip(drafts, matches, strict=True)):
        if match and not match.certain:
            asks.append(_ask_for_match(draft, codes[at], match, columns[draft.position]))
        if match and match.keeps_scale:
            continue
        questions = draft.questions
        if draft.confidence < SURE and not questions:
            questions = ("Is this a question to score?",)
        for question in questions:
            alike.setdefault(question, []).append(at)
    for question, found in alike.items():
        first = drafts[found[0]]
        where = columns[first.position]
        asks.append(
            DraftQuestion(
                question=question if len(found) == 1 else f"{question} ({', '.join(codes[at] for at in found)})",
                proposal="as items.csv and scales.csv have it",
                file="items.csv",
                column=where if len(found) == 1 else f"{counted(len(found), 'column')}, the first: {where}",
                reason=f"{first.confidence:.2f}: {'; '.join(first.reasons)}",
            )
        )
    return asks


def _ask_for_match(draft: ItemDraft, code: str, match: ItemMatch, column: str) -> DraftQuestion:
    was = match.before.column or next(iter(match.before.text.values()))
    return DraftQuestion(
        question=f"Is '{draft.header}' last time's '{was}' (item {code})?",
        proposal=f"yes, comparability: {match.comparability}",
        file="items.csv",
        column=column,
        reason=f"likeness {match.similarity:.2f}; {match.reason}",
    )


def _ask_for_partial(lacking: Sequence[str]) -> DraftQuestion:
    listed = "; ".join(lacking[:20]) + (f" and {len(lacking) - 20} more" if len(lacking) > 20 else "")
    return DraftQuestion(
        question=f"{counted(len(lacking), 'item')} not in every export: which belong together? {listed}",
        proposal="left out of items.csv",
        file="items.csv",
        reason="a column of this header is missing in at least one of the files",
    )


def _compare_lists(
    before: WaveDefinitions, codes: Sequence[str], matches: Sequence[ItemMatch | None], dropped: Sequence[Item]
) -> tuple[list[DraftQuestion], list[str]]:
    """What is new and what is gone; by code only, when the export does not say how questions were worded."""
    counts = Counter(match.comparability for match in matches if match)
    notes = [f"Against {before.year}: " + (", ".join(f"{n} {what}" for what, n in counts.items()) or "nothing matches")]
    fresh = [code for code, match in zip(codes, matches, strict=True) if match is None]
    gone = [item.item for item in dropped]
    if fresh:
        notes.append(f"New items ({len(fresh)}): {', '.join(fresh)}")
    if gone:
        notes.append(f"No longer asked ({len(gone)}): {', '.join(gone)}")
    questions = []
    if fresh and gone:
        questions.append(
            DraftQuestion(
                question=f"Is any new item the same question as one of {before.year}? New: {', '.join(fresh)}; "
                f"no longer asked: {', '.join(gone)}",
                proposal="no",
                file="items.csv",
                reason="nothing in codes or wording connects them; if so, write the earlier code under same_as",
            )
        )
    blind = [code for code, match in zip(codes, matches, strict=True) if match and match.certain and match.by_code]
    if blind:
        questions.append(
            DraftQuestion(
                question=f"Do these items ask the same as in {before.year}? {', '.join(blind)}",
                proposal="yes, identical",
                file="items.csv",
                reason="they were matched by code; the export does not say how they were worded",
            )
        )
    return questions, notes


def _spellings(point: ScalePoint) -> tuple[str, ...]:
    return tuple(text for text in (point.code, *point.label.values(), *point.aliases) if text)
