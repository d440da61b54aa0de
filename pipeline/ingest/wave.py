"""One year's exports, read, corrected and coded: the part of the pipeline that ``cip check`` shares."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import pandas as pd

from pipeline.ingest.columns import file_entry, select_columns
from pipeline.ingest.corrections import apply_corrections
from pipeline.ingest.pseudonyms import read_key
from pipeline.ingest.readers import RawTable, find_reader
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.errors import UserError, user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import IGNORED, hash_file
from schemas.definitions import Wave
from schemas.problems import Problem


def list_exports(paths: ProgrammePaths, year: int) -> list[Path]:
    """The year's export files, in name order; lock files and hidden files are not exports."""
    folder = paths.exports(year)
    if not folder.is_dir():
        return []
    names = (path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    return sorted(path for path in names if path.name not in IGNORED)


def read_wave(
    paths: ProgrammePaths, definitions: Definitions, year: int, *, keep_key: bool = True
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read one year's exports into the all-text layer (see ``columns.select_columns``).

    Args:
        keep_key: whether a new pseudonym key may be written (see ``pseudonyms.read_key``).

    Raises:
        UserError: an export that is missing, empty, given twice or unreadable; a declared column
            that is absent; a correction that no longer fits.
    """
    wave = definitions.waves[year]
    present = list_exports(paths, year)
    exports = _check_exports(present, wave)
    reader = find_reader(wave.wave.tool, f"{year}/survey.toml")
    tables = [
        table for path in exports for settings in _sheets_of(path, wave) for table in reader.read_export(path, settings)
    ]
    _refuse_empty(tables, wave)
    _refuse_repeated(tables, wave)
    tables = apply_corrections(tables, wave.corrections, str(year))
    texts, problems = select_columns(tables, wave, read_key(paths, definitions.programme, keep=keep_key))
    if texts.empty:
        raise user_error("export_empty", "No row holds a response", wave=str(year), file=exports[0].name)
    for path in sorted(set(present) - set(exports)):
        what = "survey.toml lists other files and not this one"
        problems.append(Problem(code="export_unlisted", what=what, wave=str(year), file=path.name))
    return texts, problems


def _sheets_of(path: Path, wave: WaveDefinitions) -> list[Wave]:
    """The wave's settings once for each sheet of this file that survey.toml lists; once when it lists none."""
    sheets = [entry.sheet for entry in wave.wave.files if entry.file == path.name and entry.sheet]
    return [wave.wave.model_copy(update={"sheet": sheet}) for sheet in sheets] or [wave.wave]


def _refuse_repeated(tables: list[RawTable], wave: WaveDefinitions) -> None:
    """An older download beside a newer one, or one export in two formats, would count people twice."""
    rows = [_hash_rows(table) for table in tables] if len(tables) > 1 else []
    groups = [file_entry(table, wave).group for table in tables]
    for (table, mine, group), (other, theirs, other_group) in permutations(zip(tables, rows, groups, strict=False), 2):
        # files of different groups may well hold the same few answers
        if table.headers == other.headers and mine <= theirs and (group is None or group == other_group):
            what = f"Every response in it is also in {other.file}" + (f", sheet {other.sheet}" if other.sheet else "")
            raise user_error("export_twice", what, wave=str(wave.year), file=table.file, sheet=table.sheet)


def _hash_rows(table: RawTable) -> frozenset[int]:
    columns = {str(position): column.to_pandas() for position, column in enumerate(table.columns)}
    return frozenset(pd.util.hash_pandas_object(pd.DataFrame(columns).astype("str"), index=False).tolist())


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
