"""A run may be skipped only when nothing that decides its outcome has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_code, hash_inputs, is_current, library_versions, write_record
from tests.programme_files import edit, write_programme

CODE = "code-1"


@pytest.fixture
def finished(tmp_path: Path) -> tuple[ProgrammePaths, Path]:
    """A programme with one recorded run that wrote one report."""
    paths = write_programme(tmp_path)
    report = paths.report("2026", "index.html")
    report.parent.mkdir(parents=True)
    report.write_text("<h1>Report</h1>", encoding="utf-8")
    facts = {"inputs": hash_inputs(paths, [2025, 2026]), "code": CODE, "synthetic": True}
    return paths, write_record(paths.run_record("2026"), root=tmp_path, outputs=[report], facts=facts)


def current(paths: ProgrammePaths, record: Path, code: str = CODE) -> bool:
    return is_current(record, paths.root, hash_inputs(paths, [2025, 2026]), code)


def test_nothing_changed(finished: tuple[ProgrammePaths, Path]) -> None:
    assert current(*finished)


def test_the_record_says_what_was_read_written_and_with_which_versions(finished: tuple[ProgrammePaths, Path]) -> None:
    _, record = finished
    run = json.loads(record.read_text(encoding="utf-8"))
    assert run["synthetic"] is True
    assert list(run["outputs"]) == ["reports/example/2026/index.html"]
    assert "2026/exports/export.csv" in run["inputs"]
    assert run["versions"] == library_versions()
    assert run["finished"].endswith("+00:00")
    assert [path.name for path in record.parent.iterdir()] == ["run.json"]


@pytest.mark.parametrize("name", ["groups.csv", "programme.toml", "2026/items.csv", "2025/exports/export.csv"])
def test_an_input_changed(finished: tuple[ProgrammePaths, Path], name: str) -> None:
    paths, record = finished
    with (paths.raw / name).open("a", encoding="utf-8", newline="\n") as handle:
        handle.write("\n")
    assert not current(paths, record)


def test_an_input_came_went_or_was_renamed(finished: tuple[ProgrammePaths, Path]) -> None:
    paths, record = finished
    export = paths.exports(2026) / "export.csv"
    export.rename(export.with_name("again.csv"))
    assert not current(paths, record)
    export.with_name("again.csv").rename(export)
    assert current(paths, record)
    (paths.raw / "improvements.csv").write_text("id\n", encoding="utf-8")
    assert not current(paths, record)


def test_the_code_changed(finished: tuple[ProgrammePaths, Path]) -> None:
    assert not current(*finished, code="code-2")


def test_an_output_was_edited_or_deleted(finished: tuple[ProgrammePaths, Path]) -> None:
    paths, record = finished
    report = paths.report("2026", "index.html")
    edit(report, "Report", "Rapport")
    assert not current(paths, record)
    report.unlink()
    assert not current(paths, record)


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", "\udcff"])
def test_a_record_that_is_missing_or_broken(finished: tuple[ProgrammePaths, Path], text: str) -> None:
    paths, record = finished
    record.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not current(paths, record)
    record.unlink()
    assert not current(paths, record)


def test_a_run_that_broke_leaves_no_record_that_matches(finished: tuple[ProgrammePaths, Path]) -> None:
    paths, record = finished
    before = record.read_bytes()
    with pytest.raises(TypeError):
        write_record(record, root=paths.root, outputs=[], facts={"inputs": object()})
    assert record.read_bytes() == before


def test_files_that_do_not_decide_the_outcome_are_not_inputs(finished: tuple[ProgrammePaths, Path]) -> None:
    paths, record = finished
    for name in ("pseudonym.key", ".DS_Store", "2026/~$definitions.xlsx", "2026/.~lock.items.csv#", "2024/survey.toml"):
        path = paths.raw / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    assert current(paths, record)


def test_the_code_has_one_hash_and_input_names_have_forward_slashes(tmp_path: Path) -> None:
    assert hash_code() == hash_code()
    assert len(hash_code()) == 64
    names = list(hash_inputs(write_programme(tmp_path), [2025]))
    assert names == sorted(names)
    assert "2025/exports/export.csv" in names
    assert not any(name.startswith("2026/") or "\\" in name for name in names)


def test_a_library_was_upgraded(finished: tuple[ProgrammePaths, Path]) -> None:
    paths, record = finished
    run = json.loads(record.read_text(encoding="utf-8"))
    run["versions"]["pandas"] = "2.0.0"
    record.write_text(json.dumps(run), encoding="utf-8")
    assert not current(paths, record)
