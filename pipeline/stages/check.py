"""Definitions and exports checked in memory; nothing is written but the pages of a year before its fieldwork.

Prefect is never started.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipeline.ingest.wave import list_exports
from pipeline.report import Release, ReportContext, find_reports
from pipeline.stages.check_facts import examine_year
from pipeline.stages.check_report import ProgrammeReport, report_definitions, report_programme
from pipeline.stages.plan import years_without_exports
from pipeline.stages.promises import find_lowered
from pipeline.stages.purge import find_overdue, tell_deleted
from pipeline.store.definition_problems import list_definition_problems
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.ledger import read_ledger
from pipeline.store.paths import ProgrammePaths
from schemas.problems import Problem


def check_year(paths: ProgrammePaths, definitions: Definitions, year: int) -> list[Problem]:
    """Everything found in one year's exports, errors included, without raising them; and what was promised and is not kept."""
    return [*examine_year(paths, definitions, year).problems, *check_promises(paths, definitions)]


def check_promises(paths: ProgrammePaths, definitions: Definitions) -> list[Problem]:
    """A release profile below what respondents were told, or a ledger that somebody edited."""
    try:
        return find_lowered(paths, definitions, read_ledger(paths))
    except UserError as error:
        return list(error.problems)


def check_retention(paths: ProgrammePaths, definitions: Definitions, on: date | None) -> list[Problem]:
    """What was deleted, and what is kept for longer than ``[retention]`` says; nothing of it where the ledger was edited."""
    with suppress(UserError):  # check_promises tells of that
        return [*tell_deleted(paths, definitions), *(find_overdue(paths, definitions, on) if on else ())]
    return []


def check_programme(paths: ProgrammePaths, year: int | None = None, on: date | None = None) -> ProgrammeReport | None:
    """Everything there is to say about a programme, and where its definitions are broken, about those.

    A year without exports gets its pages before fieldwork.

    Args:
        year: this survey year alone, against the one before it.
        on: today, to say what is kept for longer than it should be.

    Returns:
        The report, or nothing where the programme does not have that year.
    """
    try:
        definitions = read_definitions(paths)
    except UserError as error:
        return report_definitions(paths, list_definition_problems(paths, error))
    if year is not None and year not in definitions.years:
        return None
    ready = [each for each in definitions.years if list_exports(paths, each)]
    wanted = [each for each in ready if year in (None, each)]
    before = {max((other for other in definitions.years if other < each), default=None) for each in wanted}
    facts = {each: examine_year(paths, definitions, each) for each in ready if each in wanted or each in before}
    others = [*check_tracked_exports(paths, definitions, wanted), *check_promises(paths, definitions)]
    others += check_retention(paths, definitions, on)
    waiting = [each for each in years_without_exports(paths, definitions) if year in (None, each)]
    pages = write_pages_before(paths, definitions, waiting)
    return report_programme(definitions, facts, wanted, others, waiting, pages)


def write_pages_before(paths: ProgrammePaths, definitions: Definitions, years: Iterable[int]) -> list[Path] | None:
    """The pages of years that have no answers yet, from definitions and the release of earlier years.

    With them come the programme's own pages: the one for the invitation, and the front page that links them.

    Returns:
        The pages of the years; nothing where the release was written by another version of the program.
    """
    release = Release(paths, definitions.programme.profile)
    contexts = [ReportContext(paths, definitions, release, year) for year in years]
    try:
        written = [page for each in contexts for report in find_reports("before") for page in report.write_report(each)]
        for report in find_reports("programme") if contexts else ():
            report.write_report(replace(contexts[0], year=None))
        return written
    except UserError:
        return None


def check_tracked_exports(paths: ProgrammePaths, definitions: Definitions, years: Iterable[int]) -> list[Problem]:
    """Exports of real answers that git tracks; silent where there is no git or no repository."""
    git = shutil.which("git")
    if definitions.programme.origin != "real" or git is None:
        return []
    problems = []
    for year in years:
        for path in (*list_exports(paths, year), paths.reviewed_comments(year), paths.wave(year) / "names.csv"):
            listed = subprocess.run(
                [git, "ls-files", "--error-unmatch", path.name], cwd=path.parent, capture_output=True, check=False
            )
            if listed.returncode == 0:
                problems.append(
                    Problem(
                        code="real_export_tracked",
                        what="Real answers are under version control",
                        wave=str(year),
                        file=path.relative_to(paths.raw).as_posix(),
                    )
                )
    return problems
