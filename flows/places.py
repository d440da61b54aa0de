"""Where a command works: the folder with data/ and reports/, and the programmes in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

REPOSITORY = Path(__file__).resolve().parents[1]

root_option = click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder that holds data/ and reports/. Default: this folder if it has data/raw, else the program's own.",
)


def quote(text: object) -> str:
    return f'"{text}"' if " " in str(text) else str(text)


def find_root(root: Path | None) -> Path:
    if root is not None:
        return root.resolve()
    here = Path.cwd()
    return here if (here / "data" / "raw").is_dir() else REPOSITORY


def find_database() -> list[Path]:
    """Prefect's database, where there is one."""
    database = Path(os.environ["PREFECT_HOME"]) / "prefect.db"
    return [database] if database.is_file() else []


def find_programmes(root: Path | None, names: Iterable[str]) -> list[Any]:
    from pipeline.store.errors import user_error
    from pipeline.store.paths import ProgrammePaths, list_programmes

    base = find_root(root)
    known = list_programmes(base)
    if not known:
        raise user_error(
            "programme_missing",
            f"There is no programme under {base / 'data' / 'raw'}",
            action="Check --root, or run 'cip init'.",
        )
    wanted = list(dict.fromkeys(names)) or known
    for name in wanted:
        if name not in known:
            raise user_error("programme_missing", f"There is no programme '{name}'; there are: {', '.join(known)}")
    return [ProgrammePaths(base, name) for name in wanted]
