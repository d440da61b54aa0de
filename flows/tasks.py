"""Tasks: a stage each, called with paths and years; no task has a body of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.progress import announce
from pipeline.stages import release, reports, scores, wave


def _task(stage: Callable[..., Any], title: str) -> Any:
    def run(*args: Any, **kwargs: Any) -> Any:
        announce(title)
        return stage(*args, **kwargs)

    # what to skip is decided from run.json; Prefect's own cache cannot see changed library code
    return task(run, name=stage.__name__, cache_policy=NO_CACHE, persist_result=False)


ingest_exports = _task(wave.ingest_exports, "reading exports")
harmonise_responses = _task(wave.harmonise_responses, "coding answers")
validate_responses = _task(wave.validate_responses, "validating answers")
score_groups = _task(scores.score_groups, "scoring groups")
compare_with_earlier = _task(scores.compare_with_earlier, "comparing years")
release_tables = _task(release.release_tables, "applying the release rules")
write_reports = _task(reports.write_reports, "writing reports")
close_run = _task(reports.close_run, "closing the run")
