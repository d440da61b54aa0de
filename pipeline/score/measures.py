"""What is measured, and for whom: principles with their items; groups with the responses they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP, Group, Item

Aggregation = Literal["own", "pooled", "groups_equal"]


@dataclass(frozen=True)
class Measure:
    """A principle, a part of one, the overarching question, or a single item, with the items behind it."""

    kind: Literal["item", "principle", "part", "overall"]
    code: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Unit:
    """A row of results: a group, the way it is aggregated, and the groups whose responses it counts."""

    group: str
    aggregation: Aggregation
    members: tuple[str, ...]


def list_measures(definitions: Definitions, year: int) -> tuple[Measure, ...]:
    """Principles, parts and the overarching question of a year, in file order; then its items.

    A principle holds its own items and those of its parts, in the order of the questionnaire.
    """
    kinds: dict[str, Literal["principle", "part", "overall"]]
    kinds = {"principle": "principle", "part": "part", "overarching": "overall"}
    principles = [
        Measure(kinds[row.kind], row.principle, principle_items(definitions, year, row.principle))
        for row in definitions.principles(year)
    ]
    return (*principles, *(Measure("item", item.item, (item,)) for item in definitions.waves[year].items))


def principle_items(definitions: Definitions, year: int, principle: str) -> tuple[Item, ...]:
    """Items of a principle or part in one wave, those of its parts included, in questionnaire order."""
    codes = {principle} | {row.principle for row in definitions.principles(year) if row.parent == principle}
    return tuple(item for item in definitions.waves[year].items if item.principle in codes)


def list_units(definitions: Definitions, year: int, present: tuple[str, ...]) -> tuple[Unit, ...]:
    """Every group's rows: register order, then the whole community, then responses without a group.

    Args:
        definitions: the programme.
        year: groups that did not exist then have no row.
        present: group codes that occur in the answers.
    """
    units: list[Unit] = []
    for group in definitions.reported_groups():
        if not existed(group, year):
            continue
        if group.kind == "answers":
            units.append(Unit(group.group, "own", (group.group,)))
        else:
            below = tuple(child.group for child in definitions.descendants(group.group))
            units.append(Unit(group.group, "pooled", (group.group, *below)))
            units.append(Unit(group.group, "groups_equal", answering_below(definitions, group.group)))
    units.append(Unit(ALL, "pooled", present))
    units.append(Unit(ALL, "groups_equal", answering_below(definitions, ALL)))
    if NO_GROUP in present:
        units.append(Unit(NO_GROUP, "own", (NO_GROUP,)))
    return tuple(units)


def answering_below(definitions: Definitions, code: str) -> tuple[str, ...]:
    """Groups below ``code`` that answer themselves: each counts once in ``groups_equal``."""
    return tuple(group.group for group in definitions.descendants(code) if group.kind == "answers")


def existed(group: Group, year: int) -> bool:
    """Whether the group existed in that year, by ``since`` and ``until``."""
    return (group.since is None or group.since <= year) and (group.until is None or year <= group.until)
