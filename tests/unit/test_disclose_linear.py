"""What linear relations give away, and which cells of a table must go with the small ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.disclose.cell_tables import find_small_cells, suppress_cells
from pipeline.disclose.linear_system import LinearSystem, Outsider, fix_known_cells, split_blocks, tighten_bounds
from tests.spec.test_known_disclosure import accidents, with_totals


def find_range(reader: Outsider, figure: NDArray[np.float64]) -> tuple[float, float]:
    """Least and greatest value of a figure among the answer sets that agree with everything published."""
    ends = [reader.search(direction * figure) for direction in (1.0, -1.0)]
    low, high = (float(figure @ end) for end in ends if end is not None)
    return low, high


def test_a_suppressed_table_leaves_every_small_cell_two_values_and_small_cells_alone_do_not() -> None:
    counts, equations = with_totals(accidents())
    primary = find_small_cells(counts, 3, protect_zeros=False)
    withheld = suppress_cells(counts, equations, primary, counts + 1)

    def widths(hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
        known = np.where(hidden, 0.0, counts)
        system = LinearSystem(
            csr_array(equations[:, np.flatnonzero(hidden)]), -(equations @ known), -(equations @ known),
            np.zeros(hidden.sum()), np.full(hidden.sum(), counts.max() + 50), np.ones(hidden.sum(), dtype=bool),
        )  # fmt: skip
        low, high = tighten_bounds(system)
        reader = Outsider(system)
        protected = np.flatnonzero(primary[hidden])
        found = [find_range(reader, np.eye(hidden.sum())[at]) for at in protected]
        assert all(low[at] <= least and most <= high[at] for at, (least, most) in zip(protected, found, strict=True))
        return np.array([most - least for least, most in found])

    assert (widths(withheld) >= 1).all()
    assert (widths(primary) == 0).any()


def test_a_table_that_holds_nothing_to_hide_in_is_refused() -> None:
    counts, equations = np.array([2.0, 2.0]), csr_array(np.array([[1.0, -1.0], [1.0, 0.0]]))
    with pytest.raises(ValueError, match="cannot be protected"):
        suppress_cells(counts, equations, np.array([True, False]), np.ones(2))


def test_propagation_finds_what_one_total_tells_and_known_cells_leave_the_system() -> None:
    # a + b = 9, b = 7 is published, c is free between 0 and 5
    system = LinearSystem(
        csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])), np.array([9.0, 7.0]), np.array([9.0, 7.0]),
        np.zeros(3), np.array([20.0, 20.0, 5.0]), np.ones(3, dtype=bool),
    )  # fmt: skip
    low, high = tighten_bounds(system)
    assert low.tolist() == [2, 7, 0]
    assert high.tolist() == [2, 7, 5]
    opened, cells, _ = fix_known_cells(system, low, high)
    assert cells.tolist() == [2]
    assert opened.matrix.shape == (0, 1)


def test_blocks_share_no_cell_and_a_range_is_that_of_whole_people() -> None:
    # a rounded share of two people: 100 (a) / 3 within half a point of 33 leaves a = 1 alone; b and c swap freely
    system = LinearSystem(
        csr_array(np.array([[100 / 3, 0.0, 0.0], [0.0, 1.0, 1.0]])), np.array([32.5, 4.0]), np.array([33.5, 4.0]),
        np.zeros(3), np.full(3, 3.0), np.ones(3, dtype=bool),
    )  # fmt: skip
    assert [cells.tolist() for cells, _ in split_blocks(system)] == [[0], [1, 2]]
    reader = Outsider(system)
    assert find_range(reader, np.array([1.0, 0, 0])) == (1, 1)
    assert find_range(reader, np.array([0, 1.0, 0])) == (1, 3)
