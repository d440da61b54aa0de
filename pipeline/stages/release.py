"""The stage that applies the release profile: what it writes is all that reports may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from pipeline.disclose.facts import release_responses
from pipeline.disclose.overlap import find_overlapping
from pipeline.disclose.release import (
    choose_left_out,
    release_item_counts,
    release_scores,
    replace_roll_ups,
)
from pipeline.disclose.thresholds import count_items_of_measures
from pipeline.disclose.trends import release_item_changes, release_item_shifts, release_trends
from pipeline.score.compare import Comparison
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.stages.comments import release_comments
from pipeline.stages.cuts import release_cut_tables
from pipeline.stages.release_changes import find_changes
from pipeline.stages.scores import waves_before
from pipeline.stages.stored import Read, read_released, read_stored
from pipeline.stages.together import release_together
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import write_table


def release_tables(paths: ProgrammePaths, year: int) -> list[Path]:
    """Apply the thresholds once, to one year's counts, scores and changes."""
    definitions = read_definitions(paths)
    profile = definitions.programme.profile
    tables = Tables(
        read_stored(paths), read_released(paths, profile), definitions, year, waves_before(paths, definitions, year)
    )
    audited = release_audited(tables)
    released = audited | release_rest(tables, audited)
    released |= release_comments(paths, definitions, year, tables.overlapping)
    return [
        write_table(frame, f"released_{name}", paths.release(profile, name), year) for name, frame in released.items()
    ]


@dataclass(frozen=True)
class Tables:
    """What a year's release is made from.

    Attributes:
        stored: the programme's tables.
        released: released tables of earlier years.
        before: earlier years whose answers are stored.
    """

    stored: Read
    released: Read
    definitions: Definitions
    year: int
    before: list[int]

    @cached_property
    def left_out(self) -> dict[int, dict[str, int]]:
        """Groups that the roll-ups leave out, of this year and the two before it."""
        years = (*self.before[-2:], self.year)
        return {each: choose_left_out(self.stored("respondents", [each]), self.definitions) for each in years}

    @cached_property
    def left_out_of_items(self) -> dict[str, int]:
        return choose_left_out(self.stored("respondents", [self.year]), self.definitions, of_items=True)

    @cached_property
    def overlapping(self) -> frozenset[str]:
        return find_overlapping(self.stored("respondents", [self.year]), self.definitions, self.year)

    @cached_property
    def changes(self) -> Comparison:
        return find_changes(self.stored, self.definitions, self.year, self.left_out)

    def with_earlier(self, name: str, now: pd.DataFrame) -> pd.DataFrame:
        """A released table of this year and of the years before it, with ``year``."""
        earlier, now = self.released(name, self.before), now.assign(year=self.year)
        return pd.concat([earlier, now], ignore_index=True) if len(earlier) else now


def release_audited(tables: Tables) -> dict[str, pd.DataFrame]:
    """The released tables from which an audit may still take figures out: response facts, scores, counts, changes."""
    definitions, year, left_out = tables.definitions, tables.year, tables.left_out[tables.year]
    of_items, overlapping = tables.left_out_of_items, tables.overlapping
    counts, all_scores = _without_few(tables)
    item_counts = release_item_counts(
        counts, tables.stored("responses", [year]), tables.stored("responses", tables.before[-1:]), definitions,
        left_out=of_items, overlapping=overlapping,
    )  # fmt: skip
    scores = release_scores(
        all_scores, item_counts, definitions, year,
        left_out=left_out, left_out_of_items=of_items, overlapping=overlapping,
    )  # fmt: skip
    trends = release_trends(tables.changes.trends, tables.with_earlier("scores", scores), definitions)
    released = {"scores": scores, "item_counts": item_counts, "trends": trends}
    return released | {"responses": _release_facts(tables, scores)}


def release_rest(tables: Tables, audited: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Everything that rests on what may be shown of the audited tables, as they are after the audit."""
    definitions, year, left_out = tables.definitions, tables.year, tables.left_out[tables.year]
    scores, item_counts = audited["scores"], audited["item_counts"]
    counts = tables.with_earlier("item_counts", item_counts)
    item_changes = release_item_changes(tables.changes.item_changes, audited["trends"], counts, definitions)
    cuts = release_cut_tables(
        tables.stored, scores, definitions, year, left_out=left_out, left_out_of_items=tables.left_out_of_items,
        overlapping=tables.overlapping,
    )  # fmt: skip
    together = release_together(
        tables.stored, item_counts, scores, definitions, year, left_out=left_out, overlapping=tables.overlapping
    )
    shifts = release_item_shifts(tables.changes.item_shifts)
    rest = {"item_changes": item_changes, "item_shifts": shifts, **cuts, **together}
    return rest | {"responses": _release_facts(tables, scores)}


def _release_facts(tables: Tables, scores: pd.DataFrame) -> pd.DataFrame:
    responses, comments = (tables.stored(name, [tables.year]) for name in ("responses", "comments"))
    left_out, of_items = tables.left_out[tables.year], tables.left_out_of_items
    return release_responses(responses, comments, scores, left_out, tables.definitions, left_out_of_items=of_items)


def _without_few(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Item counts and scores whose roll-ups leave out the groups that would block them."""
    definitions, year, stored = tables.definitions, tables.year, tables.stored
    left_out, of_items = tables.left_out[year], tables.left_out_of_items
    counts, scores = (stored(name, [year]) for name in ("item_counts", "scores"))
    answers, responses = (stored(name, [year]) if of_items or left_out else None for name in ("answers", "responses"))
    if answers is None or responses is None:
        return counts, scores
    of_single = scores["measure"].isin(
        [code for code, n in count_items_of_measures(definitions, year).items() if n == 1]
    )
    parts = []
    for few, rows in ((left_out, scores[~of_single]), (of_items, scores[of_single])):
        measures = set(rows["measure"])
        if few and measures:
            kept = answers[~answers["group"].isin(few)]
            roll_ups = score_wave(kept, responses, definitions, year, roll_ups_only=True, only=measures)
            rows = replace_roll_ups(rows, roll_ups)
        parts.append(rows)
    scores = pd.concat(parts, ignore_index=True)
    answers_of_items = answers[~answers["group"].isin(of_items)]
    without = count_items(answers_of_items, definitions, year)
    own = {group.group for group in definitions.groups if group.kind == "answers"}
    counts = pd.concat([counts[counts["group"].isin(own)], without[~without["group"].isin(own)]], ignore_index=True)
    return counts, scores
