"""The assessment flow: one programme, one period of years, from the release to workbooks."""

from __future__ import annotations

from prefect import flow

from flows import tasks
from flows.progress import announce
from pipeline.stages.plan import Run


@flow(name="assessment", validate_parameters=False, persist_result=False)
def run_assessment(run: Run) -> None:
    """Assessment workbooks per group and community, and the reviewers' input."""
    written = tasks.write_reports(run.paths, period=run.part, on_progress=announce)
    tasks.close_run(run, written)
