"""Definitions checked against each other: what one table names, another must hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from pipeline.store.crosswalk import last_asked
from pipeline.store.cut_checks import check_cuts
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.labels import normalise_label
from pipeline.store.names import overlap
from pipeline.store.spellings import list_spellings
from schemas.definitions import ALL, NO_GROUP, Group, Item
from schemas.problems import Problem

NOT_FILE_NAMES = {
    "community",
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}
"""Codes whose files would be the community's own, or that Windows keeps for devices."""


def check_definitions(definitions: Definitions) -> list[Problem]:
    """All contradictions, in reading order; empty when there is none."""
    problems = [*_check_groups(definitions), *_check_aliases(definitions)]
    problems += [*_check_principles(definitions), *_check_people_tables(definitions), *_check_themes(definitions)]
    for year in definitions.years:
        problems += _check_wave(definitions, definitions.waves[year])
    return problems


def _conflict(what: str, file: str, column: str = "", code: str = "definition_conflict", action: str = "") -> Problem:
    return Problem(code=code, what=what, file=file, column=column, action=action)


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _check_groups(definitions: Definitions) -> Iterator[Problem]:
    groups = definitions.group_by_code
    if not any(group.kind == "answers" for group in definitions.groups):
        yield _conflict("No group answers itself", "groups.csv", "kind", action="Add at least one group.")
    for code in _repeated(group.group for group in definitions.groups):
        yield _conflict(f"Group '{code}' is declared twice", "groups.csv", "group")
    named: dict[str, list[Group]] = {}
    for group in definitions.groups:
        for name in {normalise_label(spelling) for spelling in (group.group, group.name, *group.aliases)}:
            named.setdefault(name, []).append(group)
    for name, holders in sorted(named.items()):
        # a name may be handed on to a group that did not exist before
        if any(overlap(one, other) for one, other in combinations(holders, 2) if one.group != other.group):
            yield _conflict(f"'{name}' stands for two groups", "groups.csv", "aliases")
    for group in definitions.groups:
        if group.group.casefold() in NOT_FILE_NAMES:
            yield _conflict(f"'{group.group}' cannot be a group's code: no file can carry it", "groups.csv", "group")
        parents = [part.strip() for part in re.split(r"[|;,]", group.parent or "")]
        if len(parents) > 1 and groups.keys() >= {*parents}:
            yield _conflict(
                f"Group '{group.group}' has {len(parents)} parents: its answers would count twice", "groups.csv", "parent",
                action="Name the one it belongs to; a second way to put groups together is a cut, in cuts.csv.",
            )  # fmt: skip
            continue
        if group.parent and group.parent not in groups:
            yield _conflict(f"Group '{group.group}' has an unknown parent '{group.parent}'", "groups.csv", "parent")
            continue
        if group.kind == "folded" and not group.parent:
            yield _conflict(f"Folded group '{group.group}' needs a parent to be folded into", "groups.csv", "parent")
        if group.kind == "folded" and group.parent and groups[group.parent].kind == "folded":
            yield _conflict(f"Group '{group.group}' is folded into a folded group", "groups.csv", "parent")
        seen, above = {group.group}, group.parent
        while above in groups:
            if above in seen:
                yield _conflict(f"Group '{group.group}' is its own ancestor", "groups.csv", "parent")
                break
            seen.add(above)
            above = groups[above].parent


def _check_aliases(definitions: Definitions) -> Iterator[Problem]:
    """Each name means one group in any one year."""
    rows = definitions.aliases
    for row in rows:
        if row.group not in definitions.group_by_code and row.group != NO_GROUP:
            yield _conflict(f"'{row.alias}' stands for unknown group '{row.group}'", "aliases.csv", "group")
        if row.since is not None and row.until is not None and row.since > row.until:
            yield _conflict(f"'{row.alias}' is valid since {row.since} until {row.until}", "aliases.csv", "since")
    for at, row in enumerate(rows):
        name = normalise_label(row.alias)
        for other in rows[:at]:
            if name == normalise_label(other.alias) and row.group != other.group and overlap(row, other):
                yield _conflict(
                    f"'{row.alias}' stands for '{other.group}' and for '{row.group}' in the same years",
                    "aliases.csv", "alias", action="Set since and until so that they share no year.",
                )  # fmt: skip
        for group in definitions.groups:
            own = {normalise_label(spelling) for spelling in (group.group, group.name, *group.aliases)}
            if name in own and row.group != group.group and overlap(row, group):
                yield _conflict(
                    f"'{row.alias}' stands for '{row.group}' while groups.csv says it is '{group.group}'",
                    "aliases.csv", "alias", action="Set since and until so that they share no year.",
                )  # fmt: skip


def _check_principles(definitions: Definitions) -> Iterator[Problem]:
    whole = {row.principle for row in definitions.principle_versions if row.kind == "principle"}
    if not whole:
        yield _conflict("There is no principle", "principles.csv", "principle", action="Add at least one.")
    for row in definitions.principle_versions:
        if (row.kind == "part") != bool(row.parent) or (row.parent and row.parent not in whole):
            yield _conflict(
                f"'{row.principle}': a part needs the principle it belongs to, and only a part",
                "principles.csv",
                "parent",
            )
    for pair in _repeated(f"{row.principle} {row.version}" for row in definitions.principle_versions):
        yield _conflict(f"Principle and version '{pair}' are declared twice", "principles.csv", "version")


def _check_themes(definitions: Definitions) -> Iterator[Problem]:
    """Each theme has one code, and no word means two themes."""
    tables = {"themes.csv": definitions.themes}
    tables |= {f"{year}/themes.csv": wave.themes for year, wave in definitions.waves.items()}
    for file, themes in tables.items():
        for code in _repeated(theme.theme for theme in themes):
            yield _conflict(f"Theme '{code}' is declared twice", file, "theme")
        words = ({normalise_label(word) for word in (theme.theme, *theme.label.values())} for theme in themes)
        for word in _repeated(word for own in words for word in own):
            yield _conflict(f"'{word}' stands for two themes", file, "label")


def _check_people_tables(definitions: Definitions) -> Iterator[Problem]:
    known = {*definitions.group_by_code, ALL}
    codes = {row.principle for row in definitions.principle_versions}
    for row in definitions.improvements:
        if row.group not in known:
            yield _conflict(f"Improvement '{row.id}' names unknown group '{row.group}'", "improvements.csv", "group")
        if row.principle and row.principle not in codes:
            yield _conflict(
                f"Improvement '{row.id}' names unknown principle '{row.principle}'", "improvements.csv", "principle"
            )
    for criterion in definitions.criteria:
        if criterion.group and criterion.group not in known:
            yield _conflict(
                f"Criterion '{criterion.criterion}' names unknown group '{criterion.group}'", "criteria.csv", "group"
            )
        if criterion.principle not in codes:
            yield _conflict(
                f"Criterion '{criterion.criterion}' names unknown principle '{criterion.principle}'",
                "criteria.csv",
                "principle",
            )
    for indicator in definitions.indicators:
        if indicator.criterion not in {row.criterion for row in definitions.criteria}:
            yield _conflict(
                f"Indicator '{indicator.indicator}' names unknown criterion '{indicator.criterion}'",
                "indicators.csv",
                "criterion",
            )
    asked = {item.item for wave in definitions.waves.values() for item in wave.items}
    for indicator in definitions.indicators:
        for item in sorted(set(indicator.items) - asked):
            yield _conflict(f"Indicator '{indicator.indicator}' names unknown item '{item}'", "indicators.csv", "items")
    for name in _repeated(f"{row.period} {row.group or ''}".strip() for row in definitions.periods):
        yield _conflict(f"Period '{name}' is given twice", "periods.csv", "period")
    for period in definitions.periods:
        if period.period.isdecimal():
            yield _conflict(
                f"Period '{period.period}' is named like a year: their reports would share a folder",
                "periods.csv", "period", action="Put a word before it, for example 'period-1'.",
            )  # fmt: skip
        if period.group and period.group not in known:
            yield _conflict(f"Period '{period.period}' names unknown group '{period.group}'", "periods.csv", "group")


def _check_wave(definitions: Definitions, wave: WaveDefinitions) -> Iterator[Problem]:
    items, roster = f"{wave.year}/items.csv", f"{wave.year}/roster.csv"
    if not wave.items and wave.questions:
        yield _conflict(
            "The draft found no rating question in the export", items, code="draft_open",
            action="Add a row to items.csv for each question to score (column: the export's header) and its answers "
            "to scales.csv. Where each answer has a column of its own, export again with one column per question.",
        )  # fmt: skip
    elif not wave.items:
        yield _conflict("There are no items", items, action="Add one row for each question.")
    for column in _repeated(item.column or next(iter(item.text.values())) for item in wave.items):
        yield _conflict(f"Two items are read from the same column, '{column}'", items, "column")
    for name in _repeated(f"{entry.file} {entry.sheet}".strip() for entry in wave.wave.files):
        yield _conflict(f"'{name}' is listed twice under [[files]]", f"{wave.year}/survey.toml", "files")
    for code in _repeated(item.item for item in wave.items):
        yield _conflict(f"Item '{code}' is declared twice", items, "item")
    for code in _repeated(row.group for row in wave.roster):
        yield _conflict(f"Group '{code}' is listed twice", roster, "group")
    for row in wave.roster:
        if row.group not in definitions.group_by_code and row.group != ALL:
            yield _conflict(f"Unknown group '{row.group}'", roster, "group")
    yield from _check_scales(wave)
    yield from check_cuts(definitions, wave)
    principles = {row.principle for row in definitions.principles(wave.year)}
    version = wave.wave.principles_version
    if version and not principles:
        what = f"No row of principles.csv has version '{version}'"
        yield _conflict(what, f"{wave.year}/survey.toml", "principles_version")
        return
    for item in wave.items:
        if item.scale not in wave.scales:
            yield _conflict(f"Item '{item.item}' uses unknown scale '{item.scale}'", items, "scale")
            continue
        if item.principle and item.principle not in principles:
            known = item.principle in {row.principle for row in definitions.principle_versions}
            what = f"principle '{item.principle}', which has no wording yet in {wave.year}"
            what = what if known else f"unknown principle '{item.principle}'"
            yield _conflict(f"Item '{item.item}' names {what}", items, "principle")
        if item.criterion and item.criterion not in {row.criterion for row in definitions.criteria}:
            yield _conflict(f"Item '{item.item}' names unknown criterion '{item.criterion}'", items, "criterion")
        yield from _check_against_last_wave(definitions, wave, item)


def _check_scales(wave: WaveDefinitions) -> Iterator[Problem]:
    file = f"{wave.year}/scales.csv"
    for code, points in wave.scales.items():
        if sum(point.kind == "answer" for point in points) < 2:
            yield _conflict(f"Scale '{code}' has fewer than two answers", file, "value")
        for value in _repeated(str(point.value) for point in points if point.value is not None):
            yield _conflict(f"Scale '{code}' gives value {value} twice", file, "value")
        spellings = [spelling for point in points for spelling in list_spellings(point)]
        for spelling in _repeated(spellings):
            yield _conflict(f"Scale '{code}' reads '{spelling}' as two different answers", file, "label:en")


def _check_against_last_wave(definitions: Definitions, wave: WaveDefinitions, item: Item) -> Iterator[Problem]:
    file = f"{wave.year}/items.csv"
    last = last_asked(definitions, wave.year, item)
    if last is None:
        if item.same_as:
            yield _conflict(f"Item '{item.item}': no earlier wave asked '{item.same_as}'", file, "same_as")
        return
    year, before = last
    if before.scale not in definitions.waves[year].scales:
        return  # reported with that year
    scale_before = _answer_options(definitions.waves[year], before)
    scale_now = _answer_options(wave, item)
    if len(scale_before) != len(scale_now) and item.comparability != "scale change":
        yield _conflict(
            f"Item '{item.item}' has {len(scale_now)} answer options, in {year} it had {len(scale_before)}",
            file, "comparability", code="text_changed", action="Set comparability to 'scale change' in items.csv.",
        )  # fmt: skip
    elif item.reverse != before.reverse and item.comparability in (None, "identical", "editorial"):
        yield _conflict(f"Item '{item.item}' changed direction since {year}", file, "reverse", code="text_changed")
    elif item.comparability in (None, "identical"):
        what = "text" if _texts_differ(before.text, item.text) else "scale" if scale_before != scale_now else ""
        if what:
            yield _conflict(
                f"The {what} of item '{item.item}' is not that of {year}", file, "comparability", code="text_changed"
            )


def _texts_differ(before: dict[str, str], now: dict[str, str]) -> bool:
    return any(before[language] != now[language] for language in before.keys() & now.keys())


def _answer_options(wave: WaveDefinitions, item: Item) -> list[tuple[int | None, str, str | None]]:
    """Value, label and favourable mark of each answer, low to high; non-answers may come and go."""
    return [(p.value, next(iter(p.label.values()), "").strip(), p.favourable) for p in wave.answer_points(item)]
