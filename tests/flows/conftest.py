"""One real run of both shipped programmes, made once and looked at by every test here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMMES = ("cip", "haskell")


def copy_programmes(root: Path, names: tuple[str, ...] = PROGRAMMES) -> Path:
    """The shipped programmes, without anything generated, under a root of their own."""
    for name in names:
        shutil.copytree(REPOSITORY / "data" / "raw" / name, root / "data" / "raw" / name)
    return root


def run_cip(*arguments: str, home: Path | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a person calls it, in a process and (if given) a Prefect home of its own."""
    environment = os.environ | ({"PREFECT_HOME": str(home)} if home else {})
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=cwd, check=False
    )


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of a finished ``cip run`` over both programmes, on a Prefect home that did not exist."""
    root = copy_programmes(tmp_path_factory.mktemp("run"))
    done = run_cip("run", "--root", str(root), home=root / "prefect-home")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return root
