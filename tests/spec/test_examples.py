"""The worked examples of docs/methods.md come out as printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.examples import EXAMPLES, Example


def same(found: Any, shown: Any) -> bool:
    """Equal to half of the last digit shown; words and truths exactly."""
    if isinstance(shown, (list, tuple)):
        return len(found) == len(shown) and all(same(f, s) for f, s in zip(found, shown, strict=True))
    if isinstance(shown, (bool, str)):
        return bool(found == shown)
    digits = len(str(shown).partition(".")[2])
    return abs(float(found) - shown) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_worked_example_comes_out_as_printed(example: Example) -> None:
    found = example.compute()
    assert found.keys() == example.expected.keys()
    for name, shown in example.expected.items():
        assert same(found[name], shown), f"{name}: {found[name]} is not {shown}"
