"""Primary is what the thresholds withhold, secondary what protects it, and both are counted."""

from __future__ import annotations

import pandas as pd

from pipeline.stages.cost import mark_cost, tell_cost
from tests.helpers import make_definitions

YEAR = 2027
CELLS = (  # group, aggregation, people, marker: why it is withheld
    ("North", "own", 20, ""),
    ("South", "own", 4, "c"),
    ("East", "own", 9, "c"),
    ("West", "own", 6, "band"),
    ("House", "pooled", 39, "c"),
    ("House", "groups_equal", 3, "c"),
)


def test_what_is_withheld_is_told_apart_by_its_reason() -> None:
    cells = pd.DataFrame(CELLS, columns=["group", "aggregation", "n", "marker"])
    cells = cells.assign(wave=str(YEAR), kind="principle", measure="P1", basis="all")
    definitions = make_definitions(
        groups=("House", "North", "South", "East", "West"), principles=["P1"],
        items={"q1": "P1", "q2": "P1"}, years=[YEAR],
    )  # fmt: skip
    marked = mark_cost(cells, cells, definitions, YEAR).set_index(["group", "aggregation"])
    assert set(marked.index[marked["primary"]]) == {("South", "own"), ("West", "own")}
    assert set(marked.index[marked["secondary"]]) == {("East", "own"), ("House", "pooled"), ("House", "groups_equal")}
    told = tell_cost(cells, cells, definitions, YEAR)
    assert told.code == "release_audited"
    assert "of 4 groups' own scores: 2 (50 %) because few answered or nearly all the same, 1 (25 %) more" in told.what
    assert "of 6 figures: 2 (33 %)" in told.what
