"""Rounding for display."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from pipeline.stats.rounding import round_half_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2.5, 3), (0.5, 1), (1.5, 2), (64.4999999, 64), (-2.5, -3), (-0.4, 0), (0.0, 0), (100.0, 100), (99.5, 100)],
)
def test_halves_go_away_from_zero(value: float, expected: int) -> None:
    assert round_half_up(value) == expected
    assert expected == int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))


def test_noise_in_the_last_bits_does_not_turn_a_half_down() -> None:
    assert round_half_up(12.499999999999998) == 13
    assert round_half_up(64.49999999999999) == 65
    assert round_half_up((100 / 3 + 200 / 3 + 87.5) / 3) == 63  # exactly 62.5


def test_no_value_stays_no_value() -> None:
    assert round_half_up(None) is None
    assert round_half_up(float("nan")) is None
    rounded = round_half_up(np.array([2.5, np.nan, -0.2]))
    assert rounded[0] == 3
    assert np.isnan(rounded[1])
    assert str(rounded[2]) == "0.0"


def test_parts_and_differences_round_as_the_civil_service_people_survey_prints_them() -> None:
    """Known answers csps_rounding_table_A, csps_rounding_table_B and wra_rounding (CSPS 2018 guide p. 21, OGL v3)."""
    counts = np.array([103, 166, 176, 96, 24])
    assert round_half_up(100 * counts / 565).tolist() == [18, 29, 31, 17, 4]
    assert round_half_up(100 * 269 / 565) == 48
    assert [round_half_up(52.952), round_half_up(58.495), round_half_up(52.952 - 58.495)] == [53, 58, -6]
    assert [round_half_up(75.43647583), round_half_up(74.63572484), round_half_up(0.800751)] == [75, 75, 1]
