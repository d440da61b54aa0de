"""The yearly flow: one programme, one year, from exports to reports."""

from __future__ import annotations

from prefect import flow

from flows import tasks
from flows.progress import announce
from pipeline.stages.plan import Run


@flow(name="annual", validate_parameters=False, persist_result=False)
def run_annual(run: Run) -> None:
    """Ingest, harmonise, validate, score, compare, release, audit, report."""
    written = tasks.ingest_exports(run.paths, run.year)
    written += tasks.harmonise_responses(run.paths, run.year)
    written += tasks.validate_responses(run.paths, run.year)
    written += tasks.review_comments(run.paths, run.year)
    written += tasks.score_groups(run.paths, run.year)
    written += tasks.compare_with_earlier(run.paths, run.year)
    written += tasks.release_tables(run.paths, run.year)
    written += tasks.audit_release(run.paths, run.year)
    written += tasks.write_reports(run.paths, year=run.year, on_progress=announce)
    written += tasks.write_for_groups(run.paths, run.year)
    tasks.close_run(run, written)
