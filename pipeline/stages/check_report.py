"""What ``cip check`` says: the facts of each year in words, problems put together, differences, a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.report.templates import write_page
from pipeline.stages.check_differences import Difference, list_differences
from pipeline.stages.check_facts import GroupFacts, TableFacts, YearFacts
from pipeline.store.definitions import Definitions
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import NO_GROUP, Item
from schemas.problems import Problem, Severity, counted

ORDER: tuple[Severity, ...] = ("error", "warning", "info")
KIND_WORDS = {
    "answer": "answered", "no_opinion": "no opinion", "not_applicable": "not applicable", "refused": "refused",
    "missing": "missing",
}  # fmt: skip
ROLE_WORDS = {
    "respondent": "response id", "started": "begun", "finished": "sent", "duration": "seconds taken",
    "test": "marks tests", "share": "leave to share open answers", "group": "group", "comment": "open answer",
}  # fmt: skip
MOST_FILES = 3
"""Files named in the short report."""


@dataclass(frozen=True)
class Spot:
    """One place where a problem was found, and how often it is there."""

    what: str
    where: str
    times: int


@dataclass(frozen=True)
class Finding:
    """Problems of one kind with the same next step."""

    severity: Severity
    code: str
    title: str
    action: str
    spots: tuple[Spot, ...]

    @property
    def times(self) -> int:
        return sum(spot.times for spot in self.spots)


@dataclass(frozen=True)
class ItemLine:
    """One declared item: where it was found, and how its cells were read (blank: not counted)."""

    item: Item
    text: str
    headers: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class GroupLine:
    """One group's responses now and the year before (None: not known)."""

    name: str
    facts: GroupFacts
    before: int | None


@dataclass(frozen=True)
class YearReport:
    """One year: all texts are final, all numbers counted."""

    year: int
    title: str
    summary: tuple[str, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    tables: tuple[TableFacts, ...]
    items: tuple[ItemLine, ...]
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    groups: tuple[GroupLine, ...]
    previous: int | None
    differences: tuple[Difference, ...]
    verdict: str


@dataclass(frozen=True)
class ProgrammeReport:
    """One programme: its years with exports, what else was found, and whether it can be run."""

    id: str
    name: str
    headline: str
    synthetic: bool
    years: tuple[YearReport, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    waiting: tuple[str, ...]
    verdict: str
    exit_code: int
    before: tuple[Path, ...] | None = ()


def report_definitions(paths: ProgrammePaths, problems: Iterable[Problem]) -> ProgrammeReport:
    """The report of a programme whose definitions are broken: nothing else can be looked at."""
    found = tuple(problems)
    return ProgrammeReport(
        id=paths.programme,
        name=paths.programme,
        headline="the definitions are broken; exports were not looked at",
        synthetic=False,
        years=(),
        problems=found,
        findings=group_problems(found),
        waiting=(),
        verdict=judge(found),
        exit_code=_exit_code(found),
    )


def report_programme(
    definitions: Definitions, facts: Mapping[int, YearFacts], years: Iterable[int], others: Iterable[Problem],
    waiting: Iterable[int], before: Iterable[Path] | None = (),
) -> ProgrammeReport:  # fmt: skip
    """The report of a programme.

    Args:
        facts: by year; years before the ones asked for serve as what they are compared with.
        years: the years to report.
        others: problems that belong to no year's answers.
        waiting: years that have no export yet.
        before: the pages that were written for them; null where the release has to be written again first.
    """
    reports = tuple(_report_year(definitions, facts[year], facts) for year in years)
    found = tuple(others)
    everything = [*(problem for report in reports for problem in report.problems), *found]
    return ProgrammeReport(
        id=definitions.id,
        name=definitions.programme.name,
        headline=f"{counted(len(reports), 'year')} with exports, {counted(len(definitions.groups), 'group')}",
        synthetic=definitions.programme.origin == "synthetic",
        years=reports,
        problems=found,
        findings=group_problems(found),
        waiting=tuple(f"{definitions.id}/{year}/exports" for year in waiting),
        verdict=judge(everything) if reports else "definitions are in order; nothing to run yet",
        exit_code=_exit_code(everything),
        before=None if before is None else tuple(before),
    )


def judge(problems: Iterable[Problem]) -> str:
    """Whether it can be run, in words."""
    severities = [problem.kind.severity for problem in problems]
    if errors := severities.count("error"):
        return f"cannot be run: {counted(errors, 'error')}"
    warnings = severities.count("warning")
    return f"can be run; look at {counted(warnings, 'warning')} first" if warnings else "can be run"


def _exit_code(problems: Iterable[Problem]) -> int:
    return next((problem.kind.exit_code for problem in problems if problem.kind.severity == "error"), 0)


def group_problems(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Problems of one kind together, the same place once with how often; worst first, then the most frequent."""
    kinds: dict[tuple[str, str], dict[Problem, int]] = {}
    for problem in problems:
        spots = kinds.setdefault((problem.code, problem.action), {})
        spots[problem] = spots.get(problem, 0) + 1
    findings = []
    for spots in kinds.values():
        first = next(iter(spots))
        places = tuple(Spot(each.what, each.where(), times) for each, times in spots.items())
        kind = first.kind
        findings.append(Finding(kind.severity, first.code, kind.title, first.action or kind.action, places))
    return tuple(sorted(findings, key=lambda finding: (ORDER.index(finding.severity), -finding.times)))


def write_check_page(path: Path, reports: Iterable[ProgrammeReport]) -> Path:
    """The whole report as one page that needs nothing else; for staff, not for publication."""
    listed = tuple(reports)
    return write_page(path, "check.html.j2", reports=listed, kinds=tuple(KIND_WORDS.values()), severities=ORDER)


def _report_year(definitions: Definitions, facts: YearFacts, by_year: Mapping[int, YearFacts]) -> YearReport:
    wave = definitions.waves[facts.year]
    previous = max((year for year in definitions.years if year < facts.year), default=None)
    before = by_year.get(previous) if previous is not None else None
    differences = list_differences(definitions, facts, previous, before)
    then = {group.code: group.n for group in before.groups} if before is not None and before.groups else None
    return YearReport(
        year=facts.year,
        title=wave.wave.title,
        summary=tuple(_summarise(definitions, facts, previous, before, differences)),
        problems=facts.problems,
        findings=group_problems(facts.problems),
        tables=facts.tables,
        items=tuple(_item_line(item, facts, definitions) for item in wave.items),
        roles=tuple(_list_roles(facts)),
        groups=tuple(
            GroupLine(_group_name(definitions, group.code), group, None if then is None else then.get(group.code, 0))
            for group in facts.groups
        ),
        previous=previous,
        differences=differences,
        verdict=judge(facts.problems),
    )


def _group_name(definitions: Definitions, code: str) -> str:
    return "no group named" if code == NO_GROUP else definitions.group_name(code)


def _item_line(item: Item, facts: YearFacts, definitions: Definitions) -> ItemLine:
    headers = [table.columns[f"item:{item.item}"] for table in facts.tables if f"item:{item.item}" in table.columns]
    text = item.text.get(definitions.programme.language) or next(iter(item.text.values()), "")
    counts = facts.items.get(item.item, {})
    return ItemLine(item, text, tuple(dict.fromkeys(headers)), tuple(counts[kind] for kind in KIND_WORDS if counts))


def _list_roles(facts: YearFacts) -> Iterable[tuple[str, tuple[str, ...]]]:
    roles = dict.fromkeys(role for table in facts.tables for role in table.columns if not role.startswith("item:"))
    for role in roles:
        headers = dict.fromkeys(table.columns[role] for table in facts.tables if role in table.columns)
        stem = role.partition(":")[0]
        yield ROLE_WORDS.get(stem, stem), tuple(headers)


def _summarise(
    definitions: Definitions, facts: YearFacts, previous: int | None, before: YearFacts | None,
    differences: tuple[Difference, ...],
) -> Iterable[str]:  # fmt: skip
    wave = definitions.waves[facts.year]
    for table in facts.tables[:MOST_FILES]:
        sheet = f", sheet {table.sheet}" if table.sheet else ""
        tool = f"{table.tool} ({table.evidence.partition('; ')[0]})" if table.evidence else table.tool
        size = f"{counted(table.rows, 'row')} below {counted(table.header_rows, 'header row')}"
        yield f"read: {table.file}{sheet}: {tool}, {size}, {counted(len(table.headers), 'column')}"
    if more := facts.tables[MOST_FILES:]:
        yield f"read: {counted(len(more), 'more table')} of {counted(sum(table.rows for table in more), 'row')}"
    if facts.tables:
        found = {role for table in facts.tables for role in table.columns if role.startswith("item:")}
        line = f"items: {len(found)} of {len(wave.items)} found"
        if facts.items:
            sums = {kind: sum(counts[kind] for counts in facts.items.values()) for kind in KIND_WORDS}
            line += "; " + ", ".join(f"{n} {KIND_WORDS[kind]}" for kind, n in sums.items() if n or kind == "answer")
        yield line
    if facts.responses is not None:
        own = {group.group for group in definitions.groups if group.kind == "answers"}
        answering = sum(group.n > 0 for group in facts.groups if group.code in own)
        left_out = sum(facts.excluded.values())
        yield (
            f"responses: {facts.responses} count, {facts.partial} of them partial; {left_out} left out; "
            f"{counted(answering, 'group')} with responses"
        )
    if previous is not None:
        kinds = [difference.kind for difference in differences]
        said = [f"{kinds.count(kind)} × {kind}" for kind in dict.fromkeys(kinds)]
        if before is not None and before.responses is not None and facts.responses is not None:
            said.append(f"responses {before.responses} → {facts.responses}")
        yield f"against {previous}: {', '.join(said) or 'nothing differs'}"
