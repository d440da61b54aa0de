"""What people write in under 'Other', where 'Other' itself is declared to name no group."""

from __future__ import annotations

from pathlib import Path

from tests.unit.test_group_names import FULL, ITEMS, QUESTION, read

HEADER = f"Which group?,Which group? [Other (please specify)],{ITEMS}"
NO_GROUP = 'no_group_values = ["Other (please specify)"]\n'


def test_a_name_written_in_is_that_group(tmp_path: Path) -> None:
    rows = [f"North,,{FULL}", f"Other (please specify),South,{FULL}", f"Other (please specify),,{FULL}"]
    coded, problems, _ = read(tmp_path, HEADER, rows, QUESTION + NO_GROUP)
    assert coded["group"].tolist() == ["North", "South", "_none"]
    assert "group_undeclared" not in problems


def test_a_name_that_nobody_declared_stays_unknown(tmp_path: Path) -> None:
    rows = [f"North,,{FULL}", f"Other (please specify),Atlantis,{FULL}"]
    coded, problems, _ = read(tmp_path, HEADER, rows, QUESTION + NO_GROUP)
    assert coded["group"].tolist() == ["North", "_none"]
    assert problems["group_undeclared"].row == 3
