"""Stages from answers to scores and changes: paths in, paths out."""

from __future__ import annotations

from pathlib import Path

from pipeline.report.text.words import format_date
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.reliability import measure_principles
from pipeline.stages.cuts import compute_cut_figures
from pipeline.stages.stored import read_stored
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.ledger import deleted_layers, read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table, write_table


def score_groups(paths: ProgrammePaths, year: int) -> list[Path]:
    """Item counts and scores of one year."""
    definitions = read_definitions(paths)
    answers = read_table("answers", paths.table("answers"), [year])
    responses = read_table("responses", paths.table("responses"), [year])
    matrix = tabulate_answers(answers, definitions, year)
    figures = compute_cut_figures(read_stored(paths), matrix, responses, definitions, year)
    return [
        write_table(figures.cut_scores, "cut_scores", paths.table("cut_scores"), year),
        write_table(figures.weighted, "weighted_scores", paths.table("weighted_scores"), year),
        write_table(count_items(answers, definitions, year), "item_counts", paths.table("item_counts"), year),
        write_table(score_wave(matrix, responses, definitions, year), "scores", paths.table("scores"), year),
        write_table(measure_principles(matrix, definitions, year), "reliability", paths.table("reliability"), year),
    ]


def compare_with_earlier(paths: ProgrammePaths, year: int) -> list[Path]:
    """Changes against the previous wave and against the wave before it."""
    definitions = read_definitions(paths)
    years = [*waves_before(paths, definitions, year)[-2:], year]
    answers = {each: read_table("answers", paths.table("answers"), [each]) for each in years}
    entries = read_ledger(paths)
    deleted = {each: day for each in years if (day := deleted_layers(entries, each).get("answers"))}
    why = {each: f"the answers of {each} were deleted on {format_date(day)}" for each, day in deleted.items()}
    found = compare_years(answers, definitions, year, deleted=why)
    return [
        write_table(found.trends, "trends", paths.table("trends"), year),
        write_table(found.item_changes, "item_changes", paths.table("item_changes"), year),
        write_table(found.item_shifts, "item_shifts", paths.table("item_shifts"), year),
    ]


def waves_before(paths: ProgrammePaths, definitions: Definitions, year: int) -> list[int]:
    """Earlier years whose answers are stored, or whose release is and their answers were deleted."""
    stored = (paths.table("answers"), paths.release(definitions.programme.profile, "scores"))
    return [y for y in definitions.years if y < year and any((each / f"year={y}").is_dir() for each in stored)]
