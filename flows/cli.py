"""The ``cip`` command. Heavy imports live inside the commands, so that help answers at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.checking import check_release_folder, split_folders
from flows.places import find_programmes, find_root, quote, root_option
from flows.publishing import publish

if TYPE_CHECKING:
    from pipeline.stages.plan import Run
    from schemas.problems import Problem

programmes_argument = click.argument("programmes", nargs=-1, metavar="[PROGRAMME]...")


class Commands(click.Group):
    """Turns every ``UserError`` into its message and exit code, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read, as head does, has read enough: click leaves quietly
            raise
        except Exception as error:
            from pipeline.store.errors import UserError, blocked_file

            if isinstance(error, OSError):
                error = blocked_file(error)
            if not isinstance(error, UserError):
                raise
            _print_problems(error.problems)
            sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cip-survey")
def main() -> None:
    """Yearly survey exports to scorecards, comparisons and three-year assessments.

    Example: cip check, then cip run
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter must not stop a run


@main.command()
@programmes_argument
@root_option
@click.option("--year", type=int, help="Only this survey year (and earlier years it needs).")
@click.option("--period", help="Only this assessment period.")
def run(programmes: tuple[str, ...], root: Path | None, year: int | None, period: str | None) -> None:
    """Run everything that changed: read, score, compare, protect, report.

    Example: cip run cip --year 2027
    """
    from pipeline.stages.plan import plan_runs, years_deleted, years_without_exports
    from pipeline.store.definitions import read_definitions
    from pipeline.store.errors import UserError, user_error

    if year is not None and period is not None:
        raise click.UsageError("Give --year or --period, not both.")
    waiting: list[Problem] = []
    runs: list[Run] = []
    deleted: list[str] = []
    for paths in find_programmes(root, programmes):
        definitions = read_definitions(paths)
        runs += plan_runs(paths, definitions, year=year, period=period)
        deleted += [str(each) for each in years_deleted(paths, definitions) if period is None and year in (None, each)]
        for empty in years_without_exports(paths, definitions):
            if period is None and year in (None, empty):
                missing = user_error(
                    "export_missing",
                    f"There is no export of {empty}",
                    wave=str(empty),
                    file=f"{paths.programme}/{empty}/exports",
                )
                waiting += missing.problems
    if runs:
        warnings = _refuse_bad_exports(runs)
        _run_flows(runs)
        if warnings:
            click.echo(f"Warnings: {warnings}, in problems.csv; 'cip check' lists them too.")
    elif not waiting:
        click.echo("Nothing to do: every report is up to date.")
        if deleted:
            click.echo(f"The exports of {', '.join(deleted)} were deleted: their release stays as it is.")
    if waiting:
        raise UserError(waiting)


def _refuse_bad_exports(runs: list[Run]) -> int:
    """Look at everything first: a fault in one file stops the run before anything is written.

    Returns:
        The number of warnings.
    """
    from pipeline.stages.check import check_year
    from pipeline.store.definitions import read_definitions
    from pipeline.store.errors import UserError

    found: list[Problem] = []
    for each in runs:
        if each.kind == "year":
            found += check_year(each.paths, read_definitions(each.paths), each.year)
    if errors := [problem for problem in found if problem.kind.severity == "error"]:
        raise UserError(errors)
    return sum(problem.kind.severity == "warning" for problem in found)


def _run_flows(runs: list[Run]) -> None:
    from flows.progress import show_runs
    from pipeline.store.problems import read_told

    titles = [f"{each.paths.programme} {each.part}" for each in runs]
    with show_runs(titles) as progress:
        from flows.annual import run_annual
        from flows.assessment import run_assessment

        for each, _title in zip(runs, progress, strict=True):
            (run_annual if each.kind == "year" else run_assessment)(each)
    for each in runs:
        for told in read_told(each.paths, "release_audited").get(each.part, ()):
            click.echo(f"{each.paths.programme} {each.part}: {told}.")
    for reports in dict.fromkeys(each.paths.reports for each in runs):
        click.echo(f"Reports: {reports / 'index.html'}")


@main.command()
@programmes_argument
@root_option
@click.option("--year", type=int, help="Only this survey year, against the year before it.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the whole report as a page, for staff who may see the answers.",
)
def check(programmes: tuple[str, ...], root: Path | None, year: int | None, html: Path | None) -> None:
    """Check definitions and exports: what was read, what does not fit, what differs from last year.

    Named a folder with finished reports, check that it holds nothing but what may be published.

    Example: cip check cip --year 2027 --html check.html
    """
    folders, programmes = split_folders(programmes, root)
    if folders:
        sys.exit(_check_folders(folders, programmes, root, year))
    from pipeline.stages.check import check_programme
    from pipeline.stages.check_report import write_check_page
    from pipeline.store.errors import user_error

    found = [check_programme(paths, year, date.today()) for paths in find_programmes(root, programmes)]
    reports = [report for report in found if report is not None]
    if not reports:
        raise user_error("nothing_to_run", f"There is no survey of {year}")
    page = None if html is None else write_check_page(html, reports)
    for report in reports:
        click.echo(f"{report.name}: {report.headline}")
        for each in report.years:
            click.echo(f" {each.year}: {each.title}")
            for line in each.summary:
                click.echo(f"  {line}")
            _print_problems(each.problems, short=True)
        _print_problems(report.problems, short=True)
        if report.waiting:
            click.echo(f"  no export yet in: {', '.join(report.waiting)}")
        if report.before is None:
            click.echo("  pages before fieldwork: not written, run 'cip run' first")
        for first in (path for path in report.before or () if path.stem == "community"):
            click.echo(f"  whom to invite, what could be found, what will be shown: {first}")
        click.echo(f"  {report.verdict}")
    if page is not None:
        click.echo(f"Report, not for publication: {page}")
    sys.exit(next((report.exit_code for report in reports if report.exit_code), 0))


def _check_folders(folders: list[Path], programmes: list[str], root: Path | None, year: int | None) -> int:
    """Check finished reports and say what was found; the exit code of the first finding."""
    found: list[Problem] = []
    for folder in folders:
        report = check_release_folder(folder, programmes, root, year)
        click.echo(f"{folder}: {report.verdict}")
        for note in report.notes:
            click.echo(f"  {note}")
        _print_problems(report.problems)
        found += report.problems
    return next((problem.kind.exit_code for problem in found), 0)


@main.command()
@root_option
def simulate(root: Path | None) -> None:
    """Write the synthetic exports of the shipped CIP programme again.

    Example: cip simulate
    """
    from pipeline.synth.simulate import simulate_programme

    written = simulate_programme(find_root(root))
    click.echo(f"{len(written)} files written; the same bytes every time.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a folder for your own surveys, with a first programme to edit.

    Example: cip init ~/our-survey
    """
    from pipeline.stages.new import init_root

    paths = init_root(folder)
    click.echo(
        f"Created {paths.raw}. Edit its tables, put an export into its exports folder, then: "
        f"cip check --root {quote(folder)}"
    )


@main.command()
@click.argument("year", type=click.IntRange(1900, 2999))
@click.argument("more", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="")
@click.option(
    "--from",
    "first",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="EXPORT...",
    help="Draft from what the survey tool exported; several files of one survey may be given.",
)
@click.option("--like", type=int, metavar="YEAR", help="Match the items with this year's. Default: the last year.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Draft into this folder.")
@click.option("--programme", help="Needed where there are several; one that is missing is begun.")
@click.option("--xlsx", "workbook", is_flag=True, help="Write the tables as one workbook with drop-down lists.")
@root_option
def new(
    year: int,
    more: tuple[Path, ...],
    first: tuple[Path, ...],
    like: int | None,
    folder: Path | None,
    programme: str | None,
    workbook: bool,
    root: Path | None,
) -> None:
    """Draft a year's definitions, from its exports or from the last year's.

    Example: cip new 2028 --from results.csv --programme cip
    """
    if (more or like or folder) and not first:
        raise click.UsageError("Name the exports after --from.")
    if first:
        from flows.drafting import draft_year

        draft_year(year, (*first, *more), like, folder, programme, root, workbook=workbook)
        return
    from pipeline.stages.new import new_wave

    (paths, *others) = find_programmes(root, (programme,) if programme else ())
    if others:
        raise click.UsageError("There are several programmes: say which with --programme.")
    written = new_wave(paths, year, workbook=workbook)
    for path in written:
        click.echo(f"Wrote {path}")
    click.echo("Look through these files: they hold last year's questions, marked identical.")
    where = f" --root {quote(root)}" if root else ""
    click.echo(f"Put the export into {paths.exports(year)}, then: cip check {quote(paths.programme)}{where}")


main.add_command(publish)


def _print_problems(problems: Iterable[Problem], *, short: bool = False) -> None:
    """Errors to standard error, the rest to standard output; worst first, each with its next step.

    Args:
        short: a few of each kind, then how many more there are.
    """
    order = {"error": 0, "warning": 1, "info": 2}
    most = {"error": 20, "warning": 3, "info": 1}
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(dict.fromkeys(problems), key=lambda each: order[each.kind.severity]):
        kinds.setdefault((problem.code, problem.wave), []).append(problem)
    for alike in kinds.values():
        severity = alike[0].kind.severity
        shown = alike[: most[severity]] if short else alike
        for problem in shown:
            wave = f"{problem.wave}: " if problem.wave else ""
            line = f"  {severity} [{problem.code}] {wave}{problem.describe()}"
            click.echo(line, err=severity == "error")
        if more := len(alike) - len(shown):
            click.echo(f"    … and {more} more of these; --html FILE lists them all", err=severity == "error")
