"""Stages from answers to the release: paths in, paths out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.disclose.release import release_item_counts, release_responses, release_scores, release_trends
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
    years = [*_waves_before(paths, definitions, year)[-2:], year]
    answers = {each: read_table("answers", paths.table("answers"), [each]) for each in years}
    return [write_table(compare_years(answers, definitions, year), "trends", paths.table("trends"), year)]


def release_tables(paths: ProgrammePaths, year: int) -> list[Path]:
    """Apply the release profile once; what it writes is all that reports may read."""
    definitions = read_definitions(paths)
    profile = definitions.programme.profile
    before = _waves_before(paths, definitions, year)

    def stored(name: str, years: list[int]) -> pd.DataFrame:
        return read_table(name, paths.table(name), years)

    responses = stored("responses", [year])
    item_counts = release_item_counts(
        stored("item_counts", [year]), responses, stored("responses", before[-1:]), definitions
    )
    scores = release_scores(stored("scores", [year]), item_counts, definitions, year)
    earlier = read_table("released_scores", paths.release(profile, "scores"), before)
    known = pd.concat([earlier, scores.assign(year=year)], ignore_index=True)
    trends = release_trends(stored("trends", [year]), known, definitions)
    facts = release_responses(responses, stored("comments", [year]), scores, definitions)
    released = {"responses": facts, "scores": scores, "item_counts": item_counts, "trends": trends}
    return [
        write_table(frame, f"released_{name}", paths.release(profile, name), year) for name, frame in released.items()
    ]


def _waves_before(paths: ProgrammePaths, definitions: Definitions, year: int) -> list[int]:
    """Earlier years whose answers are stored."""
    return [y for y in definitions.years if y < year and (paths.table("answers") / f"year={y}").is_dir()]
