"""The programme's front page: years, groups, and the files that were written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.report import protection, text
from pipeline.report.views.frame import Link, PageFrame, Source, existing_groups
from pipeline.report.views.year_view import build_response
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import ALL


@dataclass(frozen=True)
class YearLine:
    """One year: its survey, who answered, its pages."""

    year: int
    survey: str
    fact: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class IndexGroup:
    """One group and its scorecard in each year; None where the group did not exist."""

    name: str
    level: int
    scorecards: tuple[Link | None, ...]


@dataclass(frozen=True)
class PeriodLine:
    """One assessment period and its files."""

    name: str
    years: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class IndexView:
    """Everything a reader can open, by relative links only."""

    frame: PageFrame
    years: tuple[YearLine, ...]
    groups: tuple[IndexGroup, ...]
    periods: tuple[PeriodLine, ...]
    protection: tuple[Link, ...]


def build_index(source: Source, paths: ProgrammePaths) -> IndexView:
    """View of index.html; lists only files that exist when it is built."""
    definitions = source.definitions
    years = tuple(_build_year(source, paths, year) for year in reversed(definitions.years))
    groups = []
    for group in definitions.reported_groups():
        cards = tuple(
            Link(str(year), f"{year}/scorecards/{group.group}.html")
            if group in existing_groups(definitions, year) and _exists(paths, year, f"scorecards/{group.group}.html")
            else None
            for year in definitions.years
        )
        if any(group in existing_groups(definitions, year) for year in definitions.years):
            groups.append(IndexGroup(group.name, len(definitions.ancestors(group.group)) - 1, cards))
    files = (paths.reports / f"{protection.NAME}{suffix}" for suffix in (".html", ".txt"))
    links = tuple(Link(_name_file(path, {}), path.name) for path in files if path.is_file())
    return IndexView(source.build_frame(), years, tuple(groups), _build_periods(source, paths), links)


def _exists(paths: ProgrammePaths, year: int, name: str) -> bool:
    return paths.report(str(year), name).is_file()


def _build_year(source: Source, paths: ProgrammePaths, year: int) -> YearLine:
    row = source.rows.responses.get((year, ALL))
    links = (
        [Link(text.COMMUNITY_PAGE.format(year=year), f"{year}/community.html")]
        if _exists(paths, year, "community.html")
        else []
    )
    links += [
        Link(_name_file(path, {}), f"{year}/{path.name}")
        for path in _list_files(paths.report(str(year), "."))
        if path.name != "community.html"
    ]
    survey, fact = source.definitions.waves[year].wave.title, build_response(source, year, row).fact
    if row is None and _exists(paths, year, "before/community.html"):
        links.insert(0, Link(text.BEFORE_PAGES, f"{year}/before/community.html"))
        fact = text.NOBODY_ANSWERED_YET
    return YearLine(year, survey, fact, tuple(links))


def _build_periods(source: Source, paths: ProgrammePaths) -> tuple[PeriodLine, ...]:
    definitions = source.definitions
    names = {group.group: group.name for group in definitions.groups}
    lines: dict[str, PeriodLine] = {}
    for period in definitions.periods:
        links = tuple(
            Link(_name_file(path, names), f"{period.period}/{path.name}")
            for path in _list_files(paths.report(period.period, "."), names)
        )
        years = text.format_years(period.year_from, period.year_to)
        lines.setdefault(period.period, PeriodLine(period.name, years, links))
    return tuple(lines.values())


def _list_files(folder: Path, names: dict[str, str] | None = None) -> list[Path]:
    """Files of a folder: those of no group first, then groups in register order."""
    order = {code: place for place, code in enumerate(names or {})}
    found = [path for path in folder.glob("*.*") if path.is_file() and not path.name.startswith((".", "~"))]
    return sorted(found, key=lambda path: (order.get(_group_of(path, order), -1), path.stem, path.name))


def _group_of(path: Path, codes: dict[str, int]) -> str:
    """The group a file is about: the longest code its name ends with."""
    return max((code for code in codes if path.stem == code or path.stem.endswith(f"-{code}")), key=len, default="")


def _name_file(path: Path, names: dict[str, str]) -> str:
    """A file's name for people: the group's name, or its stem in words, and the kind of file."""
    code = _group_of(path, dict.fromkeys(names, 0))
    stem, _, language = path.stem.rpartition("-")
    if language not in text.LANGUAGE_NAME:
        stem, language = path.stem, ""
    said = names[code] if code else text.capitalise(stem.replace("-", " ").replace("_", " ").strip())
    said += f", {text.LANGUAGE_NAME[language]}" if language else ""
    return f"{said} ({text.FILE_KIND.get(path.suffix, path.suffix.removeprefix('.'))})"
