"""The part of the release that sees questions and groups together: reliability, agreement, groups side by side."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from pipeline.disclose.agreement import release_agreement
from pipeline.disclose.together import release_pooled, release_reliability
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.reliability import measure_principles
from pipeline.stages.stored import Read
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL


def release_together(
    stored: Read,
    item_counts: pd.DataFrame,
    released_scores: pd.DataFrame,
    definitions: Definitions,
    year: int,
    *,
    left_out: Collection[str] = (),
    overlapping: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Tables ``released_reliability``, ``released_agreement`` and ``released_pooled`` of one year.

    Args:
        stored: the programme's tables.
        item_counts, released_scores: the year's **released** tables.
        definitions: the programme.
        year: the survey year.
        left_out: groups whose few answers stay out of the roll-ups, and so out of the community's reliability.
        overlapping: groups withheld because groups share people.
    """
    measured, scores, responses = (stored(name, [year]) for name in ("reliability", "scores", "responses"))
    reliability = measured
    if left_out:
        answers = stored("answers", [year])
        matrix = tabulate_answers(answers[~answers["group"].isin(left_out)], definitions, year)
        without_few = measure_principles(matrix, definitions, year)
        reliability = pd.concat(
            [measured[measured["group"] != ALL], without_few[without_few["group"] == ALL]], ignore_index=True
        )
    return {
        "reliability": release_reliability(reliability, released_scores),
        "agreement": release_agreement(item_counts, responses, definitions, year),
        "pooled": release_pooled(scores, measured, released_scores, definitions, year, overlapping=overlapping),
    }
