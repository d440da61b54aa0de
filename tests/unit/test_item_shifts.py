"""Questions that drift against the rest of their principle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.disclose.trends import release_item_shifts
from pipeline.score.compare import compare_years
from pipeline.stats.ordinal import fit_proportional_odds, name_shift
from pipeline.store.tables import conform
from tests.helpers import make_answers, make_definitions, pick

ITEMS = {"q1": "P1", "q2": "P1", "q3": {"principle": "P1", "comparability": "editorial"}, "q4": "P1", "q5": "P2"}


def draw(n: int, seed: int, drift: float = 0.0, rise: float = 0.0) -> dict[str, list[int]]:
    """People whose answers go together; q3 is ``drift`` answers easier than the rest, everything ``rise``."""
    rng = np.random.default_rng(seed)
    person = rng.normal(3 + rise, 0.9, (n, 1))
    answers = person + rng.normal(0, 0.6, (n, 5)) + np.array([0, 0, drift, 0, 0])
    return {f"r{at}": row for at, row in enumerate(np.clip(np.rint(answers), 1, 5).astype(int).tolist())}


def compare(n: int, drift: float, rise: float = 0.0) -> pd.DataFrame:
    definitions = make_definitions(years=(2026, 2027), principles=["P1", "P2"], items=ITEMS)
    people = {2026: {"North": draw(n, 1)}, 2027: {"North": draw(n, 2, drift, rise)}}
    answers = {year: make_answers(groups, definitions, year) for year, groups in people.items()}
    return compare_years(answers, definitions, 2027).item_shifts


def test_a_question_that_became_easier_is_named():
    row = pick(compare(400, drift=1.2), item="q3")
    assert (row["size"], row["direction"], row["comparability"]) in {
        ("moderate", "higher", "editorial"), ("large", "higher", "editorial"),
    }  # fmt: skip
    assert pick(compare(400, drift=-1.2), item="q3")["direction"] == "lower"


def test_a_rise_of_everything_is_no_drift():
    table = compare(400, drift=0.0, rise=0.8)
    assert set(table.loc[table["measure"] == "P1", "size"]) == {"negligible"}


def test_fewer_than_two_hundred_people_or_three_questions_are_not_looked_at():
    assert set(compare(199, drift=2.0)["size"]) == {"not_tested"}
    assert pick(compare(200, drift=0.0), item="q5")["size"] == "not_tested"
    assert len(release_item_shifts(compare(199, drift=2.0))) == 0
    released = conform(release_item_shifts(compare(200, drift=0.0)), "released_item_shifts")
    assert list(released["item"]) == ["q1", "q2", "q3", "q4"]


@pytest.mark.parametrize(
    ("p", "r2", "size"),
    [(0.06, 0.2, "negligible"), (0.01, 0.034, "negligible"), (0.01, 0.035, "moderate"), (0.01, 0.07, "large")],
)
def test_a_drift_must_be_sure_and_of_a_size(p, r2, size):
    assert name_shift(p, r2, 0.05) == size


def test_people_counted_together_fit_as_people_one_by_one():
    rng = np.random.default_rng(3)
    x = rng.integers(0, 4, 300).astype(float)
    y = np.clip(np.rint(x / 2 + rng.normal(1, 1, 300)), 0, 3).astype(np.int64)
    one_by_one = fit_proportional_odds(y, x[:, None])
    cells = pd.DataFrame({"y": y, "x": x}).value_counts().reset_index()
    together = fit_proportional_odds(cells["y"].to_numpy(), cells[["x"]].to_numpy(), cells["count"].to_numpy(float))
    assert one_by_one is not None
    assert together is not None
    assert together.coefficients == pytest.approx(one_by_one.coefficients, abs=1e-6)
    assert together.standard_errors == pytest.approx(one_by_one.standard_errors, rel=1e-6)
    assert together.thresholds == pytest.approx(one_by_one.thresholds, abs=1e-6)


def test_a_fit_that_cannot_be_is_none():
    assert fit_proportional_odds(np.array([1, 1, 1]), np.array([[1.0], [2.0], [3.0]])) is None
    assert fit_proportional_odds(np.array([1, 2, 3]), np.ones((3, 1))) is None
