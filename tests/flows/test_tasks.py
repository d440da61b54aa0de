"""What a task does besides calling its stage: nothing an answer could leak through."""

from __future__ import annotations

import pytest

from flows.tasks import _task
from pipeline.store.errors import UserError, user_error
from pipeline.store.paths import ProgrammePaths


def test_an_unexpected_fault_keeps_its_text_out_of_prefect(tmp_path):
    def fail(_paths: ProgrammePaths) -> None:
        raise ValueError("somebody's answer")

    paths = ProgrammePaths(tmp_path, "example")
    with pytest.raises(UserError) as caught:
        _task(fail, "testing").fn(paths)
    assert caught.value.exit_code == 70
    assert "somebody" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "somebody's answer" in paths.fault_report.read_text(encoding="utf-8")


def test_a_problem_of_the_input_passes_as_it_is(tmp_path):
    def refuse(_paths: ProgrammePaths) -> None:
        raise user_error("export_empty", "The export is empty")

    with pytest.raises(UserError) as caught:
        _task(refuse, "testing").fn(ProgrammePaths(tmp_path, "example"))
    assert caught.value.exit_code == 21
    assert not (tmp_path / "data").exists()
