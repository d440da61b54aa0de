"""Definitions and exports checked in memory: nothing is written, Prefect is never started."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.observe import observe_groups, observe_items
from pipeline.ingest.responses import classify_responses, refuse_when_nobody_counts
from pipeline.ingest.validate import make_respondents
from pipeline.ingest.wave import list_exports, read_wave
from pipeline.score.responses import count_responses
from pipeline.store.definitions import Definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.problems import Problem


def check_year(paths: ProgrammePaths, definitions: Definitions, year: int) -> list[Problem]:
    """Everything found in one year's exports, errors included, without raising them."""
    try:
        texts, problems = read_wave(paths, definitions, year, keep_key=False)
        coded, found = harmonise_answers(texts, definitions, year)
        problems += found
        if any(problem.kind.severity == "error" for problem in problems):
            return problems
        classified, found = classify_responses(coded, definitions, year)
        refuse_when_nobody_counts(classified, year)
        wave = definitions.waves[year]
        responses = count_responses(make_respondents(classified, wave), definitions, year)
    except UserError as error:
        return list(error.problems)
    return [*problems, *found, *observe_items(definitions, year), *observe_groups(responses, definitions, year)]


def check_tracked_exports(paths: ProgrammePaths, definitions: Definitions, years: Iterable[int]) -> list[Problem]:
    """Exports of real answers that git tracks; silent where there is no git or no repository."""
    git = shutil.which("git")
    if definitions.programme.origin != "real" or git is None:
        return []
    problems = []
    for year in years:
        for path in list_exports(paths, year):
            listed = subprocess.run(
                [git, "ls-files", "--error-unmatch", path.name], cwd=path.parent, capture_output=True, check=False
            )
            if listed.returncode == 0:
                problems.append(
                    Problem(
                        code="real_export_tracked",
                        what="Real answers are under version control",
                        wave=str(year),
                        file=f"{year}/exports/{path.name}",
                    )
                )
    return problems
