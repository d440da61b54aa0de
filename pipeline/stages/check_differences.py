"""How one year differs from the one before it: items, answer options, groups and their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.observe import observe_items
from pipeline.score.measures import existed
from pipeline.stages.check_facts import YearFacts
from pipeline.store.crosswalk import last_asked
from pipeline.store.definitions import Definitions, WaveDefinitions
from schemas.definitions import Item


@dataclass(frozen=True)
class Difference:
    """One difference: its kind, what it is about, and both sides in words (blank: there is none)."""

    kind: str
    about: str
    before: str = ""
    now: str = ""


def list_differences(
    definitions: Definitions, facts: YearFacts, previous: int | None, before: YearFacts | None
) -> tuple[Difference, ...]:
    """Differences between a year and the last one defined before it.

    Args:
        previous: that year; None for the first.
        before: its facts; None where it has no exports.
    """
    if previous is None:
        return ()
    return (
        *_items(definitions, facts.year, previous),
        *_groups(definitions, facts.year, previous),
        *(_answering(definitions, facts, before) if before is not None and before.groups and facts.groups else ()),
    )


def _items(definitions: Definitions, year: int, previous: int) -> Iterator[Difference]:
    wave = definitions.waves[year]
    for item in wave.items:
        last = last_asked(definitions, year, item)
        text = _text(definitions, item)
        if last is None:
            yield Difference("item added", item.item, "", text)
            continue
        asked, old = last
        if item.comparability == "scale change":
            options = _options(definitions, definitions.waves[asked], old), _options(definitions, wave, item)
            yield Difference("item rescaled", item.item, *options)
        elif item.comparability in ("substantive", "editorial"):
            kind = f"item reworded ({item.comparability})"
            yield Difference(kind, item.item, _text(definitions, old), text)
        if asked < previous:
            yield Difference("item back", item.item, f"last asked in {asked}", text)
    asked_now = {code for item in wave.items for code in (item.item, item.same_as)}
    for item in definitions.waves[previous].items:
        if item.item not in asked_now:
            yield Difference("item dropped", item.item, _text(definitions, item))
    for problem in observe_items(definitions, year):
        if problem.code == "scale_option_new":
            yield Difference("new answer option", problem.what)


def _text(definitions: Definitions, item: Item) -> str:
    return item.text.get(definitions.programme.language) or next(iter(item.text.values()), "")


def _options(definitions: Definitions, wave: WaveDefinitions, item: Item) -> str:
    language = definitions.programme.language
    labels = [point.label.get(language) or next(iter(point.label.values()), "") for point in wave.answer_points(item)]
    return " | ".join(labels)


def _groups(definitions: Definitions, year: int, previous: int) -> Iterator[Difference]:
    for group in definitions.groups:
        then, now = existed(group, previous), existed(group, year)
        if now and not then:
            yield Difference("group added", group.name, "", group.note)
        elif then and not now:
            yield Difference("group gone", group.name, group.note)
    for alias in definitions.aliases:
        if alias.group in definitions.group_by_code and alias.since is not None and previous < alias.since <= year:
            name = definitions.group_name(alias.group)
            yield Difference("group renamed", name, "", f"{alias.alias}{f': {alias.note}' if alias.note else ''}")


def _answering(definitions: Definitions, facts: YearFacts, before: YearFacts) -> Iterator[Difference]:
    then = {group.code: group for group in before.groups}
    for group in facts.groups:
        if group.code not in definitions.group_by_code or (old := then.get(group.code)) is None:
            continue
        name = definitions.group_name(group.code)
        if old.names and group.names and not {*map(str.casefold, old.names)} & {*map(str.casefold, group.names)}:
            yield Difference("group under another name", name, " | ".join(old.names), " | ".join(group.names))
        if old.n and not group.n:
            yield Difference("group without responses now", name, f"{old.n}", "0")
        elif group.n and not old.n:
            yield Difference("group with responses now", name, "0", f"{group.n}")
