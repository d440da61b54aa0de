"""Stages of one year up to validated answers: paths in, paths out."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.cuts import make_cut_members
from pipeline.ingest.directions import check_directions
from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.observe import observe_groups, observe_items
from pipeline.ingest.responses import classify_responses, refuse_when_nobody_counts
from pipeline.ingest.validate import make_answers, make_comments, make_respondents, validate_answers
from pipeline.ingest.wave import read_wave
from pipeline.score.responses import count_responses
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.problems import write_problems
from pipeline.store.tables import read_frame, write_frame, write_table
from schemas.problems import Problem


def ingest_exports(paths: ProgrammePaths, year: int) -> list[Path]:
    """The tool's exports to the all-text layer."""
    texts, problems = read_wave(paths, read_definitions(paths), year)
    _refuse_errors(problems)
    written = write_frame(texts, paths.raw_responses(year))
    return [written, write_problems(paths, year, "1-ingest", problems)]


def harmonise_responses(paths: ProgrammePaths, year: int) -> list[Path]:
    """Labels and group names to codes."""
    definitions = read_definitions(paths)
    coded, problems = harmonise_answers(read_frame(paths.raw_responses(year)), definitions, year)
    _refuse_errors(problems)
    problems += observe_items(definitions, year)
    return [write_frame(coded, paths.coded(year)), write_problems(paths, year, "2-harmonise", problems)]


def validate_responses(paths: ProgrammePaths, year: int) -> list[Path]:
    """What counts as a response; then the stored respondents, answers, comments and response facts."""
    definitions = read_definitions(paths)
    wave = definitions.waves[year]
    classified, problems = classify_responses(read_frame(paths.coded(year)), definitions, year)
    refuse_when_nobody_counts(classified, year)
    valid, broken = validate_answers(classified, wave)
    _refuse_errors([*broken, *check_directions(valid, definitions, year)])
    respondents, comments = make_respondents(valid, wave), make_comments(valid, wave)
    responses = count_responses(respondents, definitions, year)
    tables = {
        "respondents": respondents,
        "answers": make_answers(valid, wave),
        "comments": comments,
        "cut_members": make_cut_members(valid, wave),
        "responses": responses,
    }
    written = [write_table(frame, name, paths.table(name), year) for name, frame in tables.items()]
    problems += observe_groups(responses, definitions, year)
    return [*written, write_problems(paths, year, "3-validate", problems)]


def _refuse_errors(problems: list[Problem]) -> None:
    if errors := [problem for problem in problems if problem.kind.severity == "error"]:
        raise UserError(errors)
