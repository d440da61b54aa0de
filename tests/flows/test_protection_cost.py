"""What protection costs on the shipped community: little beyond the thresholds, and people are told how much."""

from __future__ import annotations

import pytest

from pipeline.stages.cost import mark_cost, tell_cost
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.problems import read_told
from pipeline.store.tables import read_table

MOST = 0.05
"""Share of the groups' own scores that may be lost beyond the thresholds."""


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_few_of_the_groups_own_scores_are_lost_beyond_the_thresholds(finished_run, year):
    paths = ProgrammePaths(finished_run, "cip")
    definitions = read_definitions(paths)
    stored = read_table("scores", paths.table("scores"), [year])
    released = read_table("released_scores", paths.release("default", "scores"), [year])
    cells = mark_cost(stored, released, definitions, year)
    own = cells[(cells["aggregation"] == "own") & (cells["kind"] == "principle")]
    people = stored[(stored["aggregation"] == "own") & (stored["kind"] == "principle") & (stored["group"] != "_none")]
    above = people["n"] >= definitions.programme.release_profile().score
    assert len(own) == len(people) == 105
    assert 0 < (~above).sum() <= own["primary"].sum()  # the thresholds bite, so that there is something to protect
    shown, shown_by_thresholds_alone = (own["marker"] == "").mean(), above.mean()
    assert shown_by_thresholds_alone - shown <= MOST
    assert own["secondary"].mean() <= MOST
    assert read_told(paths, "release_audited")[str(year)] == [tell_cost(stored, released, definitions, year).what]
