"""One year's exports, read, corrected and coded: the part of the pipeline that ``cip check`` shares."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipeline.ingest.columns import select_columns
from pipeline.ingest.corrections import apply_corrections
from pipeline.ingest.pseudonyms import read_key
from pipeline.ingest.readers import RawTable, find_reader
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.errors import UserError, user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_file
from schemas.problems import Problem


def list_exports(paths: ProgrammePaths, year: int) -> list[Path]:
    """The year's export files, in name order; lock files and hidden files are not exports."""
    folder = paths.exports(year)
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def read_wave(paths: ProgrammePaths, definitions: Definitions, year: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Read one year's exports into the all-text layer (see ``columns.select_columns``).

    Raises:
        UserError: an export that is missing, empty, given twice or unreadable; a declared column
            that is absent; a correction that no longer fits.
    """
    wave = definitions.waves[year]
    exports = _check_exports(list_exports(paths, year), wave)
    reader = find_reader(wave.wave.tool)
    tables = [table for path in exports for table in reader.read_export(path, wave.wave)]
    _refuse_empty(tables, wave)
    tables = apply_corrections(tables, wave.corrections, str(year))
    texts, problems = select_columns(tables, wave, read_key(paths, definitions.programme))
    if texts.empty:
        raise user_error("export_empty", "No row holds a response", wave=str(year), file=exports[0].name)
    return texts, problems


def _check_exports(exports: list[Path], wave: WaveDefinitions) -> list[Path]:
    year, names = wave.year, {path.name for path in exports}
    missing = [entry.file for entry in wave.wave.files if entry.file not in names]
    if missing or not exports:
        raise UserError(
            [
                Problem(
                    code="export_missing",
                    what="The export is not there" if name else f"There is no export of {year}",
                    wave=str(year),
                    file=f"{year}/exports/{name}",
                )
                for name in missing or [""]
            ]
        )
    seen: dict[str, Path] = {}
    for path in exports:
        digest = hash_file(path)
        if digest in seen:
            what = f"The file is the same, byte for byte, as {seen[digest].name}"
            raise user_error("export_twice", what, wave=str(year), file=path.name)
        seen[digest] = path
    if wave.wave.files:
        wanted = {entry.file for entry in wave.wave.files}
        return [path for path in exports if path.name in wanted]
    return exports


def _refuse_empty(tables: Iterable[RawTable], wave: WaveDefinitions) -> None:
    for table in tables:
        if table.n_rows == 0:
            raise user_error(
                "export_empty",
                "The export has a header and no responses",
                wave=str(wave.year),
                file=table.file,
                sheet=table.sheet,
            )
