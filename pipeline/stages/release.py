"""The stage that applies the release profile: what it writes is all that reports may read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.disclose.facts import release_responses
from pipeline.disclose.overlap import find_overlapping
from pipeline.disclose.release import (
    choose_left_out,
    release_item_counts,
    release_scores,
    release_trends,
    replace_roll_ups,
)
from pipeline.disclose.thresholds import count_items_of_measures
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.stages.scores import waves_before
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table, write_table


def release_tables(paths: ProgrammePaths, year: int) -> list[Path]:
    """Apply the thresholds once, to one year's counts, scores and changes."""
    definitions = read_definitions(paths)
    profile = definitions.programme.profile
    before = waves_before(paths, definitions, year)
    left_out = {
        each: choose_left_out(_stored(paths, "respondents", [each]), definitions) for each in (*before[-2:], year)
    }
    of_items = choose_left_out(_stored(paths, "respondents", [year]), definitions, of_items=True)
    overlapping = find_overlapping(_stored(paths, "respondents", [year]), definitions, year)
    responses = _stored(paths, "responses", [year])
    counts, all_scores, all_trends = _without_few(paths, definitions, year, left_out, of_items)
    responses_before = _stored(paths, "responses", before[-1:])
    item_counts = release_item_counts(
        counts, responses, responses_before, definitions, left_out=of_items, overlapping=overlapping
    )
    scores = release_scores(
        all_scores, item_counts, definitions, year,
        left_out=left_out[year], left_out_of_items=of_items, overlapping=overlapping,
    )  # fmt: skip
    earlier = read_table("released_scores", paths.release(profile, "scores"), before)
    known = (
        pd.concat([earlier, scores.assign(year=year)], ignore_index=True) if len(earlier) else scores.assign(year=year)
    )
    trends = release_trends(all_trends, known, definitions)
    comments = _stored(paths, "comments", [year])
    facts = release_responses(responses, comments, scores, left_out[year], definitions, left_out_of_items=of_items)
    released = {"responses": facts, "scores": scores, "item_counts": item_counts, "trends": trends}
    return [
        write_table(frame, f"released_{name}", paths.release(profile, name), year) for name, frame in released.items()
    ]


def _stored(paths: ProgrammePaths, name: str, years: list[int]) -> pd.DataFrame:
    return read_table(name, paths.table(name), years)


def _without_few(
    paths: ProgrammePaths,
    definitions: Definitions,
    year: int,
    left_out: dict[int, dict[str, int]],
    of_items: dict[str, int],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Item counts, scores and changes whose roll-ups leave out the groups that would block them."""
    counts, scores, trends = (_stored(paths, name, [year]) for name in ("item_counts", "scores", "trends"))
    if any(left_out.values()):
        answers = {
            each: frame[~frame["group"].isin(left_out[each])]
            for each in left_out
            if len(frame := _stored(paths, "answers", [each]))
        }
        changes = compare_years(answers, definitions, year, roll_ups_only=True)
        trends = replace_roll_ups(trends, changes)
        if left_out[year]:
            responses = _stored(paths, "responses", [year])
            scores = replace_roll_ups(scores, score_wave(answers[year], responses, definitions, year))
    if of_items:
        answers_of_items = _stored(paths, "answers", [year])
        answers_of_items = answers_of_items[~answers_of_items["group"].isin(of_items)]
        if set(of_items) != set(left_out[year]):
            single = {measure for measure, n in count_items_of_measures(definitions, year).items() if n == 1}
            fewer = score_wave(answers_of_items, _stored(paths, "responses", [year]), definitions, year)
            is_single, is_single_of_fewer = scores["measure"].isin(single), fewer["measure"].isin(single)
            of_single = replace_roll_ups(scores[is_single], fewer[is_single_of_fewer])
            scores = pd.concat([scores[~is_single], of_single], ignore_index=True)
        without = count_items(answers_of_items, definitions, year)
        own = {group.group for group in definitions.groups if group.kind == "answers"}
        counts = pd.concat([counts[counts["group"].isin(own)], without[~without["group"].isin(own)]], ignore_index=True)
    return counts, scores, trends
