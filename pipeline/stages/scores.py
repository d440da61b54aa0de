"""Stages from answers to scores and changes: paths in, paths out."""

from __future__ import annotations

from pathlib import Path

from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table, write_table


def score_groups(paths: ProgrammePaths, year: int) -> list[Path]:
    """Item counts and scores of one year."""
    definitions = read_definitions(paths)
    answers = read_table("answers", paths.table("answers"), [year])
    responses = read_table("responses", paths.table("responses"), [year])
    return [
        write_table(count_items(answers, definitions, year), "item_counts", paths.table("item_counts"), year),
        write_table(score_wave(answers, responses, definitions, year), "scores", paths.table("scores"), year),
    ]


def compare_with_earlier(paths: ProgrammePaths, year: int) -> list[Path]:
    """Changes against the previous wave and against the wave before it."""
    definitions = read_definitions(paths)
    years = [*waves_before(paths, definitions, year)[-2:], year]
    answers = {each: read_table("answers", paths.table("answers"), [each]) for each in years}
    return [write_table(compare_years(answers, definitions, year), "trends", paths.table("trends"), year)]


def waves_before(paths: ProgrammePaths, definitions: Definitions, year: int) -> list[int]:
    """Earlier years whose answers are stored."""
    return [y for y in definitions.years if y < year and (paths.table("answers") / f"year={y}").is_dir()]
