"""Many tests at once."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from pipeline.stats.multiplicity import adjust_p_values

# Benjamini & Hochberg 1995, JRSS B 57:289, section 3.2; known answer bh1995 (R p.adjust).
P_VALUES = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.324,
    0.4262,
    0.5719,
    0.6528,
    0.759,
    1,
]
BH = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429, 0.0638571428571429, 0.0645, 0.0765, 0.486]
BH += [0.581181818181818, 0.714875, 0.753230769230769, 0.813214285714286, 1]
HOLM = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]


def test_published_example_is_reproduced() -> None:
    assert adjust_p_values(P_VALUES, "bh") == pytest.approx(BH, abs=1e-9)
    assert adjust_p_values(P_VALUES, "holm") == pytest.approx(HOLM, abs=1e-9)
    assert sum(p <= 0.05 for p in BH) == 4


def test_order_does_not_matter_and_nulls_stay_out_of_the_family() -> None:
    shuffled = [0.9, None, 0.01, 0.02, None]
    assert adjust_p_values(shuffled, "holm") == [0.9, None, pytest.approx(0.03), pytest.approx(0.04), None]
    assert adjust_p_values(shuffled, "bh") == [0.9, None, pytest.approx(0.03), pytest.approx(0.03), None]


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_nothing_tested_gives_nothing(method: str) -> None:
    assert adjust_p_values([], method) == []
    assert adjust_p_values([None, None], method) == [None, None]
    assert adjust_p_values([0.2], method) == [0.2]


@pytest.mark.parametrize(("mine", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_results_are_those_of_statsmodels(mine: str, theirs: str) -> None:
    p_values = np.random.default_rng(1).random(40).round(2)  # with ties
    assert adjust_p_values(p_values.tolist(), mine) == pytest.approx(multipletests(p_values, method=theirs)[1])
