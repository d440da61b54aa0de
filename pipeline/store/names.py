"""What a group was called in one year: its code, its name, its other spellings, its aliases of that year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.store.definitions import Definitions
from pipeline.store.labels import normalise_label
from schemas.definitions import NO_GROUP, Group, GroupAlias


@dataclass(frozen=True)
class GroupNames:
    """Names as ``normalise_label`` leaves them.

    Attributes:
        codes: each name of the year to the code that its answers carry; ``_none`` for no group.
        other_years: names that mean a group in other years only.
    """

    codes: Mapping[str, str]
    other_years: frozenset[str]


def group_names(definitions: Definitions, year: int) -> GroupNames:
    """The names valid in a year. A folded group leads to its parent.

    An alias of the year comes before the own name of a group that did not exist then, for names are
    handed on. (Between groups that exist, ``crosschecks`` allows no name twice.)
    """
    codes: dict[str, str] = {}
    for group in sorted(definitions.groups, key=lambda group: _is_valid(group, year)):
        codes |= dict.fromkeys(
            map(normalise_label, (group.group, group.name, *group.aliases)), _carrier(definitions, group)
        )
    other_years = set()
    for alias in definitions.aliases:
        if not _is_valid(alias, year):
            other_years.add(normalise_label(alias.alias))
        elif alias.group == NO_GROUP:
            codes[normalise_label(alias.alias)] = NO_GROUP
        elif found := definitions.group_by_code.get(alias.group):
            codes[normalise_label(alias.alias)] = _carrier(definitions, found)
    for text in definitions.waves[year].wave.no_group_values if year in definitions.waves else ():
        codes.setdefault(normalise_label(text), NO_GROUP)
    return GroupNames(codes, frozenset(other_years - codes.keys()))


def overlap(one: Group | GroupAlias, other: Group | GroupAlias) -> bool:
    """Whether two validities share a year."""
    return max(one.since or 0, other.since or 0) <= min(one.until or 9999, other.until or 9999)


def _is_valid(entry: Group | GroupAlias, year: int) -> bool:
    return (entry.since or year) <= year <= (entry.until or year)


def _carrier(definitions: Definitions, group: Group) -> str:
    """The group whose answers it counts among: itself, or the parent it is folded into."""
    while group.kind == "folded" and group.parent:
        group = definitions.group_by_code[group.parent]
    return group.group
