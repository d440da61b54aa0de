"""Tasks: a stage each, called with paths and years; no task has a body of its own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.progress import announce
from pipeline.stages import audit, comments, release, reports, scores, wave
from pipeline.store.errors import UserError, blocked_file, user_error
from pipeline.store.files import write_text


def _task(stage: Callable[..., Any], title: str) -> Any:
    def run(place: Any, *arguments: Any, **named: Any) -> Any:
        announce(title)
        try:
            return stage(place, *arguments, **named)
        except UserError:
            raise
        except OSError as error:
            raise blocked_file(error) from None
        except Exception:
            # Prefect keeps the text of exceptions; one we did not write could quote an answer
            paths = getattr(place, "paths", place)
            details = write_text(paths.fault_report, traceback.format_exc())
            raise user_error(
                "program_fault", f"The program failed while {title}; details are in {details.name}", file=details.name
            ) from None

    # what to skip is decided from run.json; Prefect's own cache cannot see changed library code
    return task(run, name=stage.__name__, cache_policy=NO_CACHE, persist_result=False)


ingest_exports = _task(wave.ingest_exports, "reading exports")
harmonise_responses = _task(wave.harmonise_responses, "coding answers")
validate_responses = _task(wave.validate_responses, "validating answers")
review_comments = _task(comments.review_comments, "preparing the review of comments")
score_groups = _task(scores.score_groups, "scoring groups")
compare_with_earlier = _task(scores.compare_with_earlier, "comparing years")
release_tables = _task(release.release_tables, "applying the release rules")
audit_release = _task(audit.audit_release, "auditing the release")
write_reports = _task(reports.write_reports, "writing reports")
write_for_groups = _task(comments.write_for_groups, "writing what single groups may read")
close_run = _task(reports.close_run, "closing the run")
