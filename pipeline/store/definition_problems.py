"""Everything that is wrong with a programme's definitions, not only the first thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.store.definition_columns import MODELS
from pipeline.store.definitions import RESTRICTED_TABLES, TABLES, WAVE_TABLES
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.records import read_records, read_settings, refuse_misspelt_tables
from schemas.definitions import Programme, Wave
from schemas.problems import Problem

REQUIRED = {"principles", "groups", "items", "scales"}


def list_definition_problems(paths: ProgrammePaths, first: UserError) -> list[Problem]:
    """Look at every settings file and every table on its own.

    Args:
        first: what reading the definitions as a whole stopped at; it opens the list.
    """
    found = list(first.problems)
    for problem in _look_everywhere(paths):
        if problem not in found:
            found.append(problem)
    return found


def _look_everywhere(paths: ProgrammePaths) -> list[Problem]:
    found = _try(lambda: read_settings(paths.settings, Programme))
    found += _look_at_tables(paths.raw, TABLES)
    for folder in sorted(path for path in paths.raw.iterdir() if (path / "survey.toml").is_file()):
        found += _try(lambda folder=folder: read_settings(folder / "survey.toml", Wave))  # type: ignore[misc]
        found += _look_at_tables(folder, (*WAVE_TABLES, *RESTRICTED_TABLES))
    return found


def _look_at_tables(folder: Path, names: tuple[str, ...]) -> list[Problem]:
    found = _try(lambda: refuse_misspelt_tables(folder, names))
    for name in names:
        found += _try(lambda name=name: read_records(folder, name, MODELS[name], required=name in REQUIRED))  # type: ignore[misc]
    return found


def _try(read: Callable[[], object]) -> list[Problem]:
    try:
        read()
    except UserError as error:
        return list(error.problems)
    return []
