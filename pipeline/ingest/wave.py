"""One year's exports, read, corrected and coded: the part of the pipeline that ``cip check`` shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipeline.ingest.columns import match_roles, select_columns
from pipeline.ingest.corrections import apply_corrections
from pipeline.ingest.cuts import code_cuts
from pipeline.ingest.pasted import cut_pasted_rows
from pipeline.ingest.pseudonyms import read_key
from pipeline.ingest.readers import RawTable, read_export
from pipeline.ingest.repeats import drop_superseded
from pipeline.ingest.spread import add_spread_items
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
    paths: ProgrammePaths,
    definitions: Definitions,
    year: int,
    *,
    keep_key: bool = True,
    seen: list[RawTable] | None = None,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read one year's exports into the all-text layer (see ``columns.select_columns``).

    Args:
        keep_key: whether a new pseudonym key may be written (see ``pseudonyms.read_key``).
        seen: gets every table as it was read, also when a later step fails; for a report about them.

    Raises:
        UserError: an undecided question of the draft; an export that is missing, empty, given twice or
            unreadable; a declared column that is absent; a correction that no longer fits.
    """
    wave = definitions.waves[year]
    _refuse_draft(wave)
    present = list_exports(paths, year)
    _refuse_what_is_no_file(paths, wave)
    exports = _check_exports(present, wave)
    tables: list[RawTable] = [] if seen is None else seen
    for path in exports:
        for settings in _sheets_of(path, wave):
            tables += read_export(path, settings)
    tables[:] = [cut_pasted_rows(table, match_roles(table, wave)[0].values()) for table in tables]
    tables[:] = [add_spread_items(table, wave.items) for table in tables]
    _refuse_empty(tables, wave)
    tables, problems = drop_superseded(tables, wave)
    tables = apply_corrections(tables, wave.corrections, str(year))
    texts, found = select_columns(tables, wave, read_key(paths, definitions.programme, keep=keep_key))
    problems += found
    texts, found = code_cuts(texts, wave)
    problems += found
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


def _refuse_draft(wave: WaveDefinitions) -> None:
    """A drafted wave is not read before a person has decided what the draft could not."""
    undecided = [question for question in wave.questions if not question.decided]
    if undecided:
        file = f"{wave.year}/questions.csv"
        raise UserError(
            Problem(code="draft_open", what=question.question, wave=str(wave.year), file=file, column=question.column)
            for question in undecided
        )


def _refuse_what_is_no_file(paths: ProgrammePaths, wave: WaveDefinitions) -> None:
    """A folder among the exports, or a link that leads nowhere, may well hold responses that nobody would miss.

    Where survey.toml lists the files, what else lies there does not matter.
    """
    folder, year = paths.exports(wave.year), str(wave.year)
    if wave.wave.files or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() or path.name.startswith((".", "~$")) or path.name in (*IGNORED, "__MACOSX"):
            continue
        if path.is_dir():
            what, action = "The file is a folder", "Put the files themselves into the exports folder."
            raise user_error("export_refused", what, wave=year, file=path.name, action=action)
        raise user_error("file_blocked", "The link leads to no file", wave=year, file=path.name)


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
    sizes = Counter(path.stat().st_size for path in exports)
    for path in exports:
        if sizes[path.stat().st_size] == 1:
            continue
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
