"""What a draft got wrong against the judged truth, and whether it asked a person about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.store.labels import normalise_label
from pipeline.store.spellings import Spellings
from schemas.definitions import DraftQuestion, Item, ScalePoint
from tests.shared.real_years import RealYear
from tests.shared.truth import JUDGED, Likert

WHICH_GROUP = "which group a response"
"""What a question about the group column says; one about a single group's name does not."""


@dataclass(frozen=True)
class Fault:
    """One thing a draft got wrong: ``part`` is tool, header rows, respondents, group, items or scale."""

    part: str
    what: str
    asked: bool


def find_faults(year: RealYear) -> list[Fault]:
    return [*_find_file_faults(year), *_find_group_faults(year), *_find_item_faults(year), *_find_scale_faults(year)]


def _find_file_faults(year: RealYear) -> Iterator[Fault]:
    facts, settings = year.export.facts, year.settings
    if settings["tool"] not in facts["tool"]:
        yield Fault("tool", f"{settings['tool']} for {facts['tool']}", False)
    for key in ("header_rows", "respondents"):
        if settings[key] != facts[key]:
            yield Fault(key.replace("_", " "), f"{settings[key]} for {facts[key]}", _is_asked(year, key.split("_")[0]))


def _find_group_faults(year: RealYear) -> Iterator[Fault]:
    """A group question that is named and not found, or the other way round; columns nobody used may be left out."""
    found, named = year.positions("group"), year.export.group_positions
    allowed = year.export.positions("unsure") | {at for at in year.export.facts["acceptable"] if isinstance(at, int)}
    if named and not named <= found:
        yield Fault("group", f"columns {sorted(found)[:3]} for {sorted(named)[:3]}", _is_asked(year, WHICH_GROUP))
    if extra := found - named - allowed:
        yield Fault("group", f"columns {sorted(extra)[:3]} say no group", _is_asked(year, WHICH_GROUP))


def _find_item_faults(year: RealYear) -> Iterator[Fault]:
    found, named = year.positions("item"), {likert.position for likert in year.export.likert}
    headers = {column.position: column.header for column in year.draft.columns}
    for at in sorted(named - found):
        yield Fault("items", f"column {at} is missed", _is_asked(year, headers[at]))
    for at in sorted(found - named - year.export.positions("unsure")):
        item = next(item for item in year.draft.items if item.item == year.item_at(at))
        yield Fault("items", f"column {at} is no rating", bool(_questions_about(year, item, headers[at])))


def _find_scale_faults(year: RealYear) -> Iterator[Fault]:
    headers = {column.position: column.header for column in year.draft.columns}
    for likert in year.export.likert:
        code = year.item_at(likert.position)
        item = next((item for item in year.draft.items if item.item == code), None)
        if item is None:
            continue
        points = tuple(point for point in year.draft.scale_points if point.scale == item.scale)
        if wrong := compare_scale(likert, points):
            questions = _questions_about(year, item, headers[likert.position])
            asked = any(question.file == "scales.csv" for question in questions)
            yield Fault("scale", f"column {likert.position}, {likert.scale}: {wrong}", asked)


def compare_scale(likert: Likert, points: tuple[ScalePoint, ...]) -> str:
    """What is wrong with a drafted scale; blank when every judged option has its place."""
    judged = JUDGED["scales"][likert.scale]
    spellings, values = Spellings.of(points), []
    for option, count in zip(likert.options, likert.counts, strict=True):
        known = [point for text in option.spellings if (point := spellings.find(normalise_label(text)))]
        if not known:
            if count:
                return f"does not know '{option.spellings[0]}'"
        elif known[0].kind not in option.kinds:
            return f"'{option.spellings[0]}' is {known[0].kind} for {option.kinds[0]}"
        elif known[0].kind == "answer":
            values.append(known[0])
    order = [point.value or 0 for point in values]
    rises, falls = (order == sorted(set(order), reverse=falling) for falling in (False, True))
    if not (rises or (falls and judged.get("either"))):
        return f"the order is {order}"
    if len({point.value for point in points if point.kind == "answer"}) != likert.answers:
        return f"has {len({p.value for p in points if p.kind == 'answer'})} answers for {likert.answers}"
    if rises and not judged.get("either") and (values[0].favourable, values[-1].favourable) != ("no", "yes"):
        return "the favourable end is the other one"
    return ""


def _questions_about(year: RealYear, item: Item, header: str) -> list[DraftQuestion]:
    """Questions that name the item, its column or its scale, or another item of the same scale."""
    likes = {each.column for each in year.draft.items if each.scale == item.scale} | {header}
    return [
        question
        for question in year.draft.questions
        if item.item in question.question
        or f"'{item.scale}'" in question.question
        or question.column in likes
        or any(question.column.endswith(f"the first: {like}") for like in likes)
    ]


def _is_asked(year: RealYear, about: str) -> bool:
    return any(about in f"{question.question} {question.column}" for question in year.draft.questions)
