"""The changes that a release is made from: computed again where roll-ups leave groups out, or people may not be followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pipeline.disclose.release import replace_roll_ups
from pipeline.disclose.trends import find_unfit_to_follow, replace_unfit
from pipeline.score.compare import Comparison, compare_years
from pipeline.stages.stored import Read
from pipeline.store.definitions import Definitions


def find_changes(
    stored: Read, definitions: Definitions, year: int, left_out: Mapping[int, Mapping[str, int]]
) -> Comparison:
    """One year's changes whose roll-ups leave out the groups that would block them.

    Groups with too few people in both years for the release profile to follow them are compared as strangers.

    Args:
        stored: the programme's tables.
        definitions: the programme.
        year: the later year.
        left_out: the groups left out of roll-ups, of the year and the two waves before it.
    """
    tables = (stored(name, [year]) for name in ("trends", "item_changes", "item_shifts"))
    found = Comparison(*(frame.drop(columns="year") for frame in tables))
    answers = _Answers(stored, left_out)
    if any(left_out.values()):
        few, stored_trends = answers.without_few, found.trends
        found = _replace_roll_ups(found, compare_years(few, definitions, year, roll_ups_only=True))
        # what says that a year's answers were deleted cannot be computed again
        gone = stored_trends[~stored_trends["year_from"].isin(few) & (stored_trends["aggregation"] != "own")]
        found = replace(found, trends=pd.concat([found.trends, gone], ignore_index=True)) if len(gone) else found
    if unfit := find_unfit_to_follow(found.trends, definitions):
        strangers = compare_years(answers.everybody, definitions, year, follow=False)
        if any(left_out.values()):
            fewer = compare_years(answers.without_few, definitions, year, roll_ups_only=True, follow=False)
            strangers = _replace_roll_ups(strangers, fewer)
        found = Comparison(
            replace_unfit(found.trends, strangers.trends, unfit),
            replace_unfit(found.item_changes, strangers.item_changes, unfit),
            found.item_shifts,
        )
    return found


class _Answers:
    """The years' answers, read when first needed: most releases need none."""

    def __init__(self, stored: Read, left_out: Mapping[int, Mapping[str, int]]) -> None:
        self._stored, self._left_out = stored, left_out

    @property
    def everybody(self) -> dict[int, pd.DataFrame]:
        read = {each: self._stored("answers", [each]) for each in self._left_out}
        return {each: frame for each, frame in read.items() if len(frame)}

    @property
    def without_few(self) -> dict[int, pd.DataFrame]:
        return {each: frame[~frame["group"].isin(self._left_out[each])] for each, frame in self.everybody.items()}


def _replace_roll_ups(found: Comparison, fewer: Comparison) -> Comparison:
    return Comparison(
        replace_roll_ups(found.trends, fewer.trends),
        replace_roll_ups(found.item_changes, fewer.item_changes),
        found.item_shifts,
    )
