"""The pattern of three years."""

from __future__ import annotations

import pytest

from pipeline.stats.trend import Step, describe_pattern
from schemas.methods import PATTERN_TEXT

UP, DOWN, LEVEL = Step("improved", 12.0), Step("declined", -12.0), Step("cannot_tell", 0.0)
SMALL_UP, SMALL_DOWN, MISSING = Step("cannot_tell", 3.0), Step("cannot_tell", -3.0), Step("not_tested", None)


@pytest.mark.parametrize(
    ("contrast", "steps", "expected"),
    [
        ("improved", (UP, SMALL_UP), "steady_improvement"),
        ("improved", (LEVEL, UP), "steady_improvement"),
        ("improved", (SMALL_DOWN, UP), "late_improvement"),
        ("improved", (UP, SMALL_DOWN), "late_improvement"),
        ("declined", (DOWN, SMALL_DOWN), "steady_decline"),
        ("declined", (SMALL_UP, DOWN), "late_decline"),
        ("improved", (MISSING, UP), "not_tested"),
        ("declined", (DOWN, MISSING), "not_tested"),
        ("cannot_tell", (UP, DOWN), "reversal"),
        ("no_meaningful_change", (DOWN, UP), "reversal"),
        ("cannot_tell", (UP, SMALL_DOWN), "cannot_tell"),
        ("cannot_tell", (UP, UP), "cannot_tell"),
        ("no_meaningful_change", (SMALL_UP, SMALL_DOWN), "flat"),
        ("no_meaningful_change", (MISSING, MISSING), "flat"),
        ("not_tested", (UP, UP), "not_tested"),
        ("break_in_series", (UP, UP), "break_in_series"),
    ],
)
def test_pattern(contrast: str, steps: tuple[Step, Step], expected: str) -> None:
    assert describe_pattern(contrast, steps) == expected
    assert expected in PATTERN_TEXT
