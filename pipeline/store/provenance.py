"""run.json: what a run read, with what code, and what it wrote, so that it can be trusted and skipped."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.store.paths import ProgrammePaths

CODE_FOLDERS = ("schemas", "pipeline", "flows")
LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "pandera", "pyarrow", "matplotlib", "xlsxwriter", "prefect")
IGNORED = {"__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"}


def hash_file(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hash_files(files: Iterable[Path], base: Path) -> dict[str, str]:
    """SHA-256 of each file by its path below ``base``, in a fixed order and with forward slashes."""
    return {path.relative_to(base).as_posix(): hash_file(path) for path in sorted(files)}


def _files_below(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not IGNORED & set(path.parts) and not path.name.startswith(("~$", ".~"))
    ]


def hash_code() -> str:
    """One hash over the program's own source and templates."""
    base = Path(__file__).resolve().parents[2]
    digests = hash_files((f for name in CODE_FOLDERS for f in _files_below(base / name) if f.suffix != ".pyc"), base)
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


def hash_inputs(paths: ProgrammePaths, years: Iterable[int]) -> dict[str, str]:
    """Hashes of the programme's own tables and of the given years' definitions and exports."""
    shared = [path for path in paths.raw.glob("*") if path.is_file() and path.name not in IGNORED]
    per_year = [path for year in years for path in _files_below(paths.wave(year))]
    return hash_files([path for path in (*shared, *per_year) if path.suffix != ".key"], paths.raw)


@cache
def library_versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def is_current(record: Path, root: Path, inputs: dict[str, str], code: str) -> bool:
    """True when the recorded run read the same inputs, with this code and these libraries, and its outputs are intact."""
    try:
        run = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(run, dict):
        return False
    if (run.get("inputs"), run.get("code"), run.get("versions")) != (inputs, code, library_versions()):
        return False
    return all(
        (root / name).is_file() and hash_file(root / name) == digest for name, digest in run.get("outputs", {}).items()
    )


def write_record(record: Path, *, root: Path, outputs: Iterable[Path], facts: dict[str, Any]) -> Path:
    """Write run.json last, in one step: a run that broke leaves none that matches."""
    run = {
        **facts,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": library_versions(),
        "outputs": hash_files(outputs, root),
    }
    record.parent.mkdir(parents=True, exist_ok=True)
    scratch = record.with_suffix(".tmp")
    scratch.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(record)
    return record
