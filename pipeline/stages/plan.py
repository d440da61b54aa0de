"""What there is to run: years and periods whose inputs, definitions or code changed since run.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.ingest.wave import list_exports
from pipeline.store.definitions import Definitions
from pipeline.store.errors import user_error
from pipeline.store.ledger import deleted_inputs, deleted_layers, read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_code, hash_inputs, is_current
from schemas.ledger import LedgerEntry


@dataclass(frozen=True)
class Run:
    """One year or one period of one programme, with the hashes of everything it reads."""

    paths: ProgrammePaths
    kind: Literal["year", "period"]
    part: str
    years: tuple[int, ...]
    inputs: dict[str, str]

    @property
    def year(self) -> int:
        return self.years[-1]


def plan_runs(
    paths: ProgrammePaths, definitions: Definitions, *, year: int | None = None, period: str | None = None
) -> list[Run]:
    """The runs that are not current, in the order they must happen.

    Every year depends on the years before it (changes, earlier releases), every period on its years. A year whose
    exports were deleted is not run again: what depends on it takes its release as it was stored.

    Raises:
        UserError: ``nothing_to_run`` for a year or period the programme does not have.
    """
    deleted, entries = years_deleted(paths, definitions), read_ledger(paths)
    ready = [y for y in definitions.years if y in deleted or list_exports(paths, y)]
    years = [y for y in _chosen_years(definitions, ready, year, period) if y not in deleted]
    code = hash_code()
    runs = [_run(paths, entries, "year", str(y), [e for e in ready if e <= y]) for y in years]
    for name in dict.fromkeys(row.period for row in definitions.periods):
        covered = _covered(definitions, ready, name)
        if covered and (period == name or (period is None and year is None)):
            runs.append(_run(paths, entries, "period", name, covered))
    due = [run for run in runs if not is_current(paths.run_record(run.part), paths.root, run.inputs, code)]
    if not due and paths.reports.is_dir():
        shared = (paths.problems, paths.reports / "index.html")  # written by every run, in the record of none
        return [] if all(path.is_file() for path in shared) else runs
    return due


def years_without_exports(paths: ProgrammePaths, definitions: Definitions) -> list[int]:
    """Years that are defined but have nothing to read yet."""
    deleted = years_deleted(paths, definitions)
    return [year for year in definitions.years if year not in deleted and not list_exports(paths, year)]


def years_deleted(paths: ProgrammePaths, definitions: Definitions) -> dict[int, date]:
    """Years whose exports were deleted as the release ledger says, and when: their release stays as it is."""
    entries = read_ledger(paths)
    days = {year: deleted_layers(entries, year).get("exports") for year in definitions.years}
    return {year: day for year, day in days.items() if day is not None and not list_exports(paths, year)}


def _chosen_years(definitions: Definitions, ready: list[int], year: int | None, period: str | None) -> list[int]:
    if year is not None:
        if year not in definitions.years:
            known = ", ".join(map(str, definitions.years)) or "none"
            raise user_error("nothing_to_run", f"{definitions.id} has no survey of {year}; its years: {known}")
        return [y for y in ready if y <= year]
    if period is not None:
        rows = [row for row in definitions.periods if row.period == period]
        if not rows:
            known = ", ".join(dict.fromkeys(row.period for row in definitions.periods)) or "none"
            raise user_error("nothing_to_run", f"{definitions.id} has no period '{period}'; its periods: {known}")
        if not (covered := _covered(definitions, ready, period)):
            raise user_error("nothing_to_run", f"No year of period '{period}' has an export yet")
        return covered
    return ready


def _covered(definitions: Definitions, ready: list[int], period: str) -> list[int]:
    """The years up to the end of a period; none as long as none of its own has an export."""
    rows = [row for row in definitions.periods if row.period == period]
    if not any(row.year_from <= year <= row.year_to for row in rows for year in ready):
        return []
    return [year for year in ready if year <= max(row.year_to for row in rows)]


def _run(
    paths: ProgrammePaths, entries: Sequence[LedgerEntry], kind: Literal["year", "period"], part: str, years: list[int]
) -> Run:
    inputs = deleted_inputs(paths, entries, years) | hash_inputs(paths, years)
    return Run(paths, kind, part, tuple(years), dict(sorted(inputs.items())))
