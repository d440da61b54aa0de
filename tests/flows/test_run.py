"""A whole run: what it leaves behind, that it repeats to the byte, and that bad input leaves it alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.store.provenance import hash_files
from tests.flows.conftest import copy_programmes, run_cip

CLOCKED = {"run.json"}


def fingerprint(root: Path, *, folders: tuple[str, ...] = ("reports", "data/processed")) -> dict[str, str]:
    files = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    return hash_files([path for path in files if path.name not in CLOCKED], root)


def test_a_second_run_has_nothing_to_do_and_starts_no_server(finished_run, tmp_path):
    before = fingerprint(finished_run)
    again = run_cip("run", "--root", str(finished_run), home=tmp_path / "unused")
    assert again.returncode == 0
    assert "Nothing to do" in again.stdout
    assert not (tmp_path / "unused").exists(), "Prefect was started"
    assert fingerprint(finished_run) == before


def test_two_runs_give_the_same_bytes(finished_run, tmp_path):
    other = copy_programmes(tmp_path / "elsewhere")
    done = run_cip("run", "--root", str(other), home=finished_run / "prefect-home")
    assert done.returncode == 0, done.stderr
    assert fingerprint(other) == fingerprint(finished_run)


def test_the_synthetic_flag_is_in_every_run_record(finished_run):
    for programme, synthetic in (("cip", True), ("haskell", False)):
        records = list((finished_run / "data" / "processed" / programme / "runs").rglob("run.json"))
        assert len(records) == 4
        for record in records:
            assert json.loads(record.read_text(encoding="utf-8"))["synthetic"] is synthetic


def test_a_deleted_report_is_made_again(finished_run, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(finished_run, root, ignore=shutil.ignore_patterns("prefect-home"))
    page = root / "reports" / "cip" / "2025" / "community.html"
    page.unlink()
    done = run_cip("run", "cip", "--year", "2025", "--root", str(root), home=finished_run / "prefect-home")
    assert done.returncode == 0, done.stderr
    assert page.read_bytes() == (finished_run / "reports" / "cip" / "2025" / "community.html").read_bytes()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


FAULTS = {
    "missing export": (20, lambda raw: (raw / "2022/exports/state-of-haskell-2022.csv").unlink()),
    "empty export": (21, lambda raw: (raw / "2022/exports/state-of-haskell-2022.csv").write_bytes(b"")),
    "header only": (
        21,
        lambda raw: (raw / "2022/exports/state-of-haskell-2022.csv").write_bytes(
            (raw / "2022/exports/state-of-haskell-2022.csv").read_bytes().split(b"\n")[0] + b"\n"
        ),
    ),
    "wrong encoding": (
        22,
        lambda raw: (raw / "2022/exports/state-of-haskell-2022.csv").write_bytes(
            (raw / "2022/exports/state-of-haskell-2022.csv").read_bytes() + "é".encode("latin-1")
        ),
    ),
    "unknown key": (12, lambda raw: change(raw / "2022/survey.toml", "year =", "yeer = 1\nyear =")),
    "absent column": (26, lambda raw: change(raw / "2022/exports/state-of-haskell-2022.csv", "s6q3,", "s6qx,")),
    "unknown label": (
        28,
        lambda raw: change(raw / "2022/exports/state-of-haskell-2022.csv", ",Neutral,", ",Quite Neutral,"),
    ),
    "undeclared group": (
        29,
        lambda raw: change(raw / "2022/exports/state-of-haskell-2022.csv", ",United States,", ",Atlantis,"),
    ),
    "year twice": (15, lambda raw: shutil.copytree(raw / "2022", raw / "2022-copy")),
    "export twice": (
        24,
        lambda raw: shutil.copy(
            raw / "2022/exports/state-of-haskell-2022.csv", raw / "2022/exports/state-of-haskell-2022-again.csv"
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_gets_its_exit_code_and_leaves_earlier_results_alone(finished_run, tmp_path, fault):
    exit_code, spoil = FAULTS[fault]
    root = tmp_path / "root"
    shutil.copytree(
        finished_run, root, ignore=lambda folder, names: {"prefect-home", "cip"} & set(names) if folder else set()
    )
    before = fingerprint(root)
    spoil(root / "data" / "raw" / "haskell")
    done = run_cip("run", "haskell", "--year", "2022", "--root", str(root), home=tmp_path / "unused")
    assert done.returncode == exit_code, done.stderr
    assert "Traceback" not in done.stderr
    assert "error [" in done.stderr
    for secret in ("Atlantis", "Quite Neutral"):
        assert secret not in done.stderr + done.stdout
    assert fingerprint(root) == before
    assert not (tmp_path / "unused").exists(), "Prefect was started"
