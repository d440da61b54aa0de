"""The permutation test that follows people: exact, and the same whichever way one looks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stats.linked import compare_linked_means, compare_partly_linked, persistent_error
from pipeline.stats.permutation import permute_linked

step = st.integers(0, 20).map(lambda value: 5.0 * value)
people = st.lists(step, min_size=0, max_size=6)
pairs = st.lists(st.tuples(step, step), min_size=3, max_size=8)


@given(people, people, pairs, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_order_nor_direction_matters(before, after, linked, random):
    a, b, (x, y) = np.array(before), np.array(after), np.array(linked).T
    p = permute_linked(a, b, x, y, 199, 7)
    order = list(range(len(x)))
    random.shuffle(order)
    assert permute_linked(a[::-1], np.sort(b), x[order], y[order], 199, 7) == p
    assert permute_linked(b, a, y, x, 199, 7) == p
    assert 0 < p <= 1


@pytest.mark.parametrize("others", [((), ()), ((10.0, 60.0), (35.0,))])
def test_p_is_never_smaller_than_uniform_when_nothing_changed(others):
    """Over all ways in which the same answers could have fallen, no level is exceeded more often than it says."""
    low, high = np.array([0, 10, 20, 35, 50, 70.0]), np.array([15, 10, 45, 40, 90, 75.0])
    alone = np.concatenate([np.array(part) for part in others])
    p_values = []
    for swapped in itertools.product([False, True], repeat=len(low)):
        x, y = np.where(swapped, high, low), np.where(swapped, low, high)
        for first in itertools.combinations(range(len(alone)), len(others[0])):
            rest = [at for at in range(len(alone)) if at not in first]
            p_values.append(permute_linked(alone[list(first)], alone[rest], x, y, 99, 1))
    found = np.array(p_values)
    for level in (0.02, 0.05, 0.1, 0.25, 0.5):
        assert np.mean(found <= level) <= level


def test_it_agrees_with_the_t_of_partly_linked_samples_where_there_are_many():
    rng = np.random.default_rng(2)
    person = rng.normal(50, 15, 90)
    x, y = person + rng.normal(0, 10, 90), person + rng.normal(2.5, 10, 90)
    a, b = rng.normal(50, 18, 9), rng.normal(52, 18, 5)
    t = compare_partly_linked(a, b, x, y)
    followed = compare_linked_means(a, b, (x, y), permutations=9999, seed=1)
    assert followed.method == "linked_permutation"
    assert followed.p_value == pytest.approx(t.p_value, abs=0.01)
    assert (followed.ci_low, followed.se) == (t.ci_low, t.se)
    assert compare_linked_means(rng.normal(50, 18, 20), rng.normal(50, 18, 20), (x, y)).method == "linked_t"


def test_overlap_that_must_be_there_makes_the_error_smaller():
    a, b = np.array([10, 40, 60, 80, 95.0]), np.array([20, 30, 60, 90, 100.0])
    apart = np.sqrt(a.var(ddof=1) / 5 + b.var(ddof=1) / 5)
    assert persistent_error(a, b, 10) == pytest.approx(apart)
    assert persistent_error(a, b, 5) < persistent_error(a, b, 7) < apart
    assert persistent_error(a, a, 5, r=1.0) == pytest.approx(0, abs=1e-6)
