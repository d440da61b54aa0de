"""Stages that write reports, and the record that closes a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.assess.period import assess_period
from pipeline.report import Release, ReportContext, find_reports
from pipeline.stages.plan import Run
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_code, write_record


def write_reports(
    paths: ProgrammePaths,
    *,
    year: int | None = None,
    period: str | None = None,
    on_progress: Callable[[str], None] = lambda _step: None,
) -> list[Path]:
    """Every report of a year or period, from the release alone; then the programme's own, which list them.

    Returns:
        The files of the year or period. The programme's are shared by all runs and not listed.
    """
    definitions = read_definitions(paths)
    release = Release(paths, definitions.programme.profile, tuple(definitions.years))
    assessment = assess_period(definitions, period) if period else None
    context = ReportContext(paths, definitions, release, year, period, assessment, on_progress)
    written = [path for report in find_reports("period" if period else "year") for path in report.write_report(context)]
    for report in find_reports("programme"):
        report.write_report(replace(context, year=None, period=None, assessment=None))
    return written


def close_run(run: Run, outputs: Iterable[Path]) -> Path:
    """Write run.json and remove reports that the previous run wrote and this one no longer does."""
    paths, record = run.paths, run.paths.run_record(run.part)
    written = sorted({path.resolve() for path in outputs if path.is_relative_to(paths.root)})
    _remove_stale(record, paths, written)
    programme = read_definitions(paths).programme
    facts = {
        "programme": run.paths.programme,
        "part": run.part,
        "synthetic": programme.origin == "synthetic",
        "origin": programme.origin,
        "profile": {"name": programme.profile, **programme.release_profile().model_dump()},
        "change_rules": programme.change.model_dump(),
        "years": list(run.years),
        "inputs": run.inputs,
        "code": hash_code(),
    }
    return write_record(record, root=paths.root.resolve(), outputs=written, facts=facts)


def _remove_stale(record: Path, paths: ProgrammePaths, written: list[Path]) -> None:
    try:
        before = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name in before.get("outputs", {}) if isinstance(before, dict) else ():
        path = (paths.root / name).resolve()
        if path not in written and path.is_relative_to(paths.reports.resolve()):
            path.unlink(missing_ok=True)
