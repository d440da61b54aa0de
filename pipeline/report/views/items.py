"""How each question was answered: counts from unfavourable to favourable, non-answers apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.report import text
from pipeline.report.views.frame import Source
from schemas.definitions import Item, ScalePoint

Side = Literal["no", "neutral", "yes"]
_SWAPPED: dict[str, Side] = {"no": "yes", "neutral": "neutral", "yes": "no"}


@dataclass(frozen=True)
class Segment:
    """One answer option: its label, which side it is on for this question, and how many chose it."""

    label: str
    side: Side
    n: int


@dataclass(frozen=True)
class ItemView:
    """One question of one group; ``segments`` run from least to most favourable, empty where withheld."""

    code: str
    wording: str
    segments: tuple[Segment, ...]
    non_answers: tuple[tuple[str, int], ...]
    answers: int
    unfavourable: int
    neutral: int
    favourable: int
    sentence: str
    non_answers_sentence: str
    change_note: str
    withheld: str
    split: str = ""


@dataclass(frozen=True)
class ItemSection:
    """Questions of one principle or part; ``reach`` is the largest share left and right of the middle on the page."""

    code: str
    title: str
    items: tuple[ItemView, ...]
    reach: tuple[float, float]

    @property
    def shown(self) -> tuple[ItemView, ...]:
        return tuple(item for item in self.items if item.segments)


def build_item_sections(source: Source, year: int, group: str) -> tuple[ItemSection, ...]:
    """All questions of a year by principle in register order; those without a principle come last."""
    wave = source.definitions.waves[year]
    principles = {row.principle: row for row in source.definitions.principles(year)}
    order = [code for code, row in principles.items() if row.kind == "overarching"]
    for code, row in principles.items():
        if row.kind == "principle":
            order += [code, *(part for part, child in principles.items() if child.parent == code)]
    views = {item.item: build_item(source, year, group, item) for item in wave.items}
    reach = _find_reach(list(views.values()))
    sections = []
    for code in (*order, ""):
        asked = tuple(views[item.item] for item in wave.items if item.principle == code)
        if asked:
            title = _title(source, principles[code].parent, code) if code else text.OTHER_QUESTIONS
            sections.append(ItemSection(code or "other", title, asked, reach))
    return tuple(sections)


def _title(source: Source, parent: str | None, code: str) -> str:
    names = {row.principle: source.translate(row.name) for row in source.definitions.principle_versions}
    return f"{names[parent]}: {names[code]}" if parent else names[code]


def build_item(source: Source, year: int, group: str, item: Item) -> ItemView:
    """One question's counts, or why they are not shown."""
    wave = source.definitions.waves[year]
    rows = source.rows.counts.get((year, group, item.item), ())
    answers = wave.answer_points(item)
    withheld = _say_withheld(source, year, group, item, {row.marker for row in rows}, bool(rows))
    by_value = {row.value: row.n or 0 for row in rows if row.kind == "answer"}
    others = {row.kind: row.n or 0 for row in rows if row.kind != "answer"}
    # a reversed question is read from the other end, and its marks swap with it
    ordered = answers[::-1] if item.reverse else answers
    segments = (
        () if withheld else tuple(_segment(source, point, item, by_value.get(point.value, 0)) for point in ordered)
    )
    sides = {side: sum(s.n for s in segments if s.side == side) for side in ("no", "neutral", "yes")}
    total = sum(sides.values())
    return ItemView(
        code=item.item,
        wording=source.translate(item.text),
        segments=segments,
        non_answers=() if withheld else tuple((text.NON_ANSWER_LABEL[k], others[k]) for k in text.NON_ANSWER_LABEL if others.get(k)),
        answers=total,
        unfavourable=sides["no"],
        neutral=sides["neutral"],
        favourable=sides["yes"],
        sentence="" if withheld else text.describe_distribution(total, sides["no"], sides["neutral"], sides["yes"]),
        non_answers_sentence="" if withheld else text.describe_non_answers(others),
        change_note=text.describe_item_change(item.comparability or ""),
        withheld=withheld,
        split="" if withheld else _say_split(source, year, group, item),
    )  # fmt: skip


def name_item_methods(sections: Sequence[ItemSection]) -> frozenset[str]:
    """Ids of the methods behind what a page says of its questions."""
    return frozenset({"agreement_a"}) if any(item.split for part in sections for item in part.items) else frozenset()


def _say_split(source: Source, year: int, group: str, item: Item) -> str:
    row = source.rows.agreement.get((year, group, item.item))
    if row is None or not row.split:
        return ""
    return text.describe_split(row.agreement, row.favourable_n, row.unfavourable_n)


def _segment(source: Source, point: ScalePoint, item: Item, n: int) -> Segment:
    side = point.favourable or "neutral"
    return Segment(source.translate(point.label), _SWAPPED[side] if item.reverse else side, n)


def _say_withheld(source: Source, year: int, group: str, item: Item, markers: set[str], known: bool) -> str:
    if not known:
        return text.NOT_ASKED
    if "band" in markers:
        score = source.rows.score(year, group, "item", item.item, source.aggregations(group)[0])
        return text.describe_band(score.band_low if score else None, score.band_high if score else None)
    if "c" not in markers:
        return ""
    response = source.rows.responses.get((year, group))
    below = response is not None and response.n < source.profile.distribution
    return text.describe_withheld(source.profile.distribution if below else None, source.words)


def _find_reach(items: list[ItemView]) -> tuple[float, float]:
    """Largest share of answers left and right of the middle, half of the neutral ones on each side."""
    counted = [item for item in items if item.answers]
    left = max(((item.unfavourable + item.neutral / 2) / item.answers for item in counted), default=0.5)
    right = max(((item.favourable + item.neutral / 2) / item.answers for item in counted), default=0.5)
    return max(left, 0.05), max(right, 0.05)
