"""A programme's definitions, read from its folder and checked against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.store.errors import UserError, user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.records import read_records, read_settings, refuse_misspelt_tables
from schemas.comments import RosterName, Theme
from schemas.cuts import Cut, CutCategory, collect_cuts
from schemas.definitions import (
    ALL,
    Correction,
    Criterion,
    DraftQuestion,
    Group,
    GroupAlias,
    Improvement,
    Indicator,
    Item,
    Period,
    Principle,
    Programme,
    RosterRow,
    ScalePoint,
    Wave,
)
from schemas.problems import Problem

TABLES = ("principles", "groups", "aliases", "criteria", "indicators", "periods", "improvements", "themes")
WAVE_TABLES = ("items", "scales", "roster", "cuts", "corrections", "questions", "themes")
RESTRICTED_TABLES = ("names",)
"""Of a year, with people's names: CSV files beside the others, never a sheet of a workbook that git keeps."""


@dataclass(frozen=True)
class WaveDefinitions:
    """One year's survey: settings, items in questionnaire order, scales, roster, corrections."""

    year: int
    wave: Wave
    items: tuple[Item, ...]
    scale_points: tuple[ScalePoint, ...]
    roster: tuple[RosterRow, ...]
    corrections: tuple[Correction, ...]
    questions: tuple[DraftQuestion, ...] = ()
    cut_categories: tuple[CutCategory, ...] = ()
    themes: tuple[Theme, ...] = ()
    names: tuple[RosterName, ...] = ()

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """What people may be told apart by, in declared order."""
        return collect_cuts(self.cut_categories)

    @cached_property
    def scales(self) -> dict[str, tuple[ScalePoint, ...]]:
        """Points of each scale, answers from low to high first, then non-answers."""
        order = sorted(self.scale_points, key=lambda point: (point.value is None, point.value or 0))
        return {code: tuple(p for p in order if p.scale == code) for code in dict.fromkeys(p.scale for p in order)}

    @cached_property
    def item_by_code(self) -> dict[str, Item]:
        return {item.item: item for item in self.items}

    @cached_property
    def roster_by_group(self) -> dict[str, RosterRow]:
        return {row.group: row for row in self.roster}

    def answer_points(self, item: Item) -> tuple[ScalePoint, ...]:
        return tuple(point for point in self.scales[item.scale] if point.kind == "answer")


@dataclass(frozen=True)
class Definitions:
    """Everything a programme's people decided, by name."""

    id: str
    programme: Programme
    principle_versions: tuple[Principle, ...]
    groups: tuple[Group, ...]
    criteria: tuple[Criterion, ...]
    indicators: tuple[Indicator, ...]
    periods: tuple[Period, ...]
    improvements: tuple[Improvement, ...]
    waves: dict[int, WaveDefinitions]
    aliases: tuple[GroupAlias, ...] = ()
    themes: tuple[Theme, ...] = ()

    @property
    def years(self) -> list[int]:
        return sorted(self.waves)

    @cached_property
    def group_by_code(self) -> dict[str, Group]:
        return {group.group: group for group in self.groups}

    def group_name(self, code: str) -> str:
        """Name for people; the whole community has the programme's own word."""
        return self.programme.words.community if code == ALL else self.group_by_code[code].name

    def reported_groups(self) -> tuple[Group, ...]:
        """Groups with a page of their own, in register order (folded ones have none)."""
        return tuple(group for group in self.groups if group.kind != "folded")

    def children(self, code: str) -> tuple[Group, ...]:
        """Reported groups directly below a group; ``_all`` has those without a parent."""
        return self._children.get(None if code == ALL else code, ())

    @cached_property
    def _children(self) -> dict[str | None, tuple[Group, ...]]:
        children: dict[str | None, tuple[Group, ...]] = {}
        for group in self.reported_groups():
            children[group.parent] = (*children.get(group.parent, ()), group)
        return children

    def descendants(self, code: str) -> tuple[Group, ...]:
        """All reported groups below a group, in register order."""
        found = {child.group for child in self._walk(code)}
        return tuple(group for group in self.reported_groups() if group.group in found)

    def _walk(self, code: str) -> Iterator[Group]:
        for child in self.children(code):
            yield child
            yield from self._walk(child.group)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes above a group, nearest first, ending with ``_all``."""
        chain: list[str] = []
        parent = self.group_by_code[code].parent
        while parent:
            chain.append(parent)
            parent = self.group_by_code[parent].parent
        return (*chain, ALL)

    @cached_property
    def _principles(self) -> dict[int, tuple[Principle, ...]]:
        return {}

    def principles(self, year: int) -> tuple[Principle, ...]:
        """One wording per principle, as the year's survey used it, in file order."""
        if year not in self._principles:
            self._principles[year] = self._choose_wordings(year)
        return self._principles[year]

    def _choose_wordings(self, year: int) -> tuple[Principle, ...]:
        asked = self.waves[year].wave.principles_version if year in self.waves else ""
        chosen: dict[str, Principle] = {}
        for row in sorted(self.principle_versions, key=lambda row: row.since):
            if row.version == asked or (not asked and row.since <= year):
                chosen[row.principle] = row
        order = list(dict.fromkeys(row.principle for row in self.principle_versions))
        return tuple(chosen[code] for code in order if code in chosen)

    def comment_themes(self, year: int) -> tuple[Theme, ...]:
        """What comments of a year may be sorted into: the year's own list, else the programme's."""
        return (self.waves[year].themes if year in self.waves else ()) or self.themes

    def improvements_for(self, group: str) -> tuple[Improvement, ...]:
        return tuple(row for row in self.improvements if row.group == group)


def read_definitions(paths: ProgrammePaths) -> Definitions:
    """Read and cross-check one programme.

    Raises:
        UserError: what is missing, misspelt, invalid or contradictory, and where.
    """
    from pipeline.store.crosschecks import check_definitions

    if not paths.settings.is_file():
        raise user_error("programme_missing", f"There is no programme '{paths.programme}' in data/raw")
    raw = paths.raw
    refuse_misspelt_tables(raw, TABLES)
    definitions = Definitions(
        id=paths.programme,
        programme=read_settings(paths.settings, Programme),
        principle_versions=tuple(read_records(raw, "principles", Principle, required=True)),
        groups=tuple(read_records(raw, "groups", Group, required=True)),
        criteria=tuple(read_records(raw, "criteria", Criterion)),
        indicators=tuple(read_records(raw, "indicators", Indicator)),
        periods=tuple(read_records(raw, "periods", Period)),
        improvements=tuple(read_records(raw, "improvements", Improvement)),
        aliases=tuple(read_records(raw, "aliases", GroupAlias)),
        themes=tuple(read_records(raw, "themes", Theme)),
        waves=_read_waves(paths),
    )
    if problems := check_definitions(definitions):
        raise UserError(problems)
    return definitions


def _read_waves(paths: ProgrammePaths) -> dict[int, WaveDefinitions]:
    waves: dict[int, WaveDefinitions] = {}
    for folder in sorted(path for path in paths.raw.iterdir() if _is_wave(path)):
        wave = read_settings(folder / "survey.toml", Wave)
        if wave.year in waves:
            raise user_error(
                "year_twice",
                f"Two folders hold the survey of {wave.year}",
                file=f"{folder.name}/survey.toml",
                column="year",
            )
        if folder.name != str(wave.year):
            raise UserError(
                Problem(
                    code="year_twice" if (paths.wave(wave.year) / "survey.toml").is_file() else "definition_conflict",
                    what=f"Folder {folder.name} says it holds the survey of {wave.year}",
                    file=f"{folder.name}/survey.toml", column="year",
                )
            )  # fmt: skip
        refuse_misspelt_tables(folder, (*WAVE_TABLES, *RESTRICTED_TABLES))
        waves[wave.year] = WaveDefinitions(
            year=wave.year,
            wave=wave,
            items=tuple(read_records(folder, "items", Item, required=True)),
            scale_points=tuple(read_records(folder, "scales", ScalePoint, required=True)),
            roster=tuple(read_records(folder, "roster", RosterRow)),
            corrections=tuple(read_records(folder, "corrections", Correction)),
            questions=tuple(read_records(folder, "questions", DraftQuestion)),
            cut_categories=tuple(read_records(folder, "cuts", CutCategory)),
            themes=tuple(read_records(folder, "themes", Theme)),
            names=tuple(read_records(folder, "names", RosterName)),
        )
    return waves


def _is_wave(folder: Path) -> bool:
    """A folder with settings or named after a year; one that lacks the settings is refused, not overlooked."""
    named_after_year = len(folder.name) == 4 and folder.name.isdecimal()
    return folder.is_dir() and (named_after_year or (folder / "survey.toml").is_file())
