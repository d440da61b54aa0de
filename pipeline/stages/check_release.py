"""The stage that reads finished files back: nothing in them but what the release prints (methods S17.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.disclose.auditor import ContradictoryRelease, audit_publications
from pipeline.disclose.files.check import FileChecker
from pipeline.disclose.files.passages import tell_findings
from pipeline.disclose.published import Publication
from pipeline.stages.audit import AUDITED
from pipeline.stages.check_sources import collect_restricted, collect_wording
from pipeline.stages.purge import tell_unsearched
from pipeline.stages.true_answers import TrueAnswers, read_true_answers
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError, user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.release_files import RELEASED, read_released
from pipeline.store.tables import read_table
from schemas.definitions import NO_GROUP
from schemas.problems import Problem, counted


@dataclass(frozen=True)
class FolderReport:
    """What the check of a release folder found: problems, and what was not looked at, in plain words."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    files: int

    @property
    def verdict(self) -> str:
        """One sentence for people who only want to know whether it may go out."""
        looked_at = counted(self.files, "file")
        if self.problems:
            return f"{looked_at} checked; do not publish this: {counted(len(self.problems), 'finding')}."
        return f"{looked_at} checked; nothing found that must not be published."


def check_files(paths: ProgrammePaths, part: str, files: Sequence[Path]) -> list[Problem]:
    """Check finished files of a year or period against the stored release, and for what is restricted.

    Args:
        part: a survey year or an assessment period.
        files: below any folder; Prefect's database may be among them.
    """
    definitions = read_definitions(paths)
    tables = read_stored(paths, definitions)
    return _check_files(paths, definitions, tables, part, files, paths.reports / part)


def check_folder(paths: ProgrammePaths, folder: Path, files: Sequence[Path], part: str = "") -> FolderReport:
    """Check a release folder, also one that somebody else edited: the audit of its tables, then every file.

    The files are held against the release that the ledger or this machine keeps; where neither has the year,
    against the folder's own tables and those of other years beside it.

    Args:
        files: those below the folder that are published, and others that must hold nothing restricted.
        part: the survey year or period; told from the folder's name where blank.
    """
    definitions = read_definitions(paths)
    part, number = _find_part(folder, definitions, part)
    if not part:
        what, action = "The folder's name is no survey year and no period", "Add --year."
        raise user_error("release_unreadable", what, file=folder.name, action=action)
    stored = read_stored(paths, definitions)
    notes = tell_unsearched(paths, definitions)
    problems: list[Problem] = []
    try:
        own = read_folder(folder, definitions, part)
    except UserError as error:
        problems += error.problems
        own = stored
    tables = stored
    if number is not None:
        kept = read_folder(paths.kept_release(number), definitions, part)
        tables = {name: _put_in(stored[name], kept[name]) for name in RELEASED}
    years = [int(part)] if part.isdigit() else []
    if years and not (tables["scores"]["year"] == years[0]).any():
        notes.append("The release of this year is not on this machine: files are held against the folder's own tables.")
        tables = own
    if years and (own["scores"]["year"] == years[0]).any():
        true = read_true_answers(paths, definitions, [each for each in definitions.years if each <= years[0]])
        problems += audit_tables(own, stored, definitions, years[0], true)
    elif years:
        notes.append("There is no data/scores.csv of the year in the folder, so that nothing could be audited.")
    problems += _check_files(paths, definitions, tables, part, files, folder)
    return FolderReport(tuple(problems), tuple(notes), len(files))


def audit_tables(
    own: Mapping[str, pd.DataFrame], stored: Mapping[str, pd.DataFrame], definitions: Definitions, year: int,
    answers: TrueAnswers | None = None,
) -> list[Problem]:  # fmt: skip
    """What an outsider could work out from a folder's tables together with those of earlier years."""
    programme = definitions.programme
    before = [each for each in definitions.years if each < year]
    publications = [
        Publication(programme.profile, programme.release_profile(), *(_rows(tables[name], years) for name in AUDITED))
        for tables, years in ((own, [year]), (stored, before))
    ]
    try:
        leaks = audit_publications(publications, definitions, answers)
    except ContradictoryRelease as found:
        return [Problem("release_contradicts", f"{found}: {'; '.join(found.told[:4])}", wave=str(year))]
    return [
        Problem(
            "release_leaks",
            f"What is withheld about {_name_group(definitions, each.group)} in {each.year} ({each.measure}) can be "
            f"worked out from: {'; '.join(each.told)}",
            wave=str(year),
        )
        for each in leaks
    ]


def _name_group(definitions: Definitions, code: str) -> str:
    return "answers without a group" if code == NO_GROUP else definitions.group_name(code)


def _rows(table: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    return table[table["year"].isin(years)].astype({"year": "int64"}).reset_index(drop=True)


def _put_in(stored: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """The stored table, with the years that another one holds in place of its own."""
    if kept.empty:
        return stored
    others = stored[~stored["year"].isin(kept["year"].unique())]
    return pd.concat([others, kept], ignore_index=True) if len(others) else kept  # columns of nothing have no type


def _find_part(folder: Path, definitions: Definitions, part: str) -> tuple[str, int | None]:
    """What a folder is about, and its number in the ledger: 2027, 003-2027, or the programme with its own pages."""
    number, _, rest = folder.name.partition("-")
    parts = {str(year) for year in definitions.years} | {row.period for row in definitions.periods}
    if not part and folder.name == definitions.id:
        return definitions.id, None
    published = folder.parent.name == "published" and number.isdigit() and rest in parts
    named = rest if published else folder.name
    return part or (named if named in parts else ""), int(number) if published else None


def _check_files(
    paths: ProgrammePaths,
    definitions: Definitions,
    tables: Mapping[str, pd.DataFrame],
    part: str,
    files: Sequence[Path],
    folder: Path,
) -> list[Problem]:
    texts, constants = collect_wording()
    checker = FileChecker(tables, definitions, texts, constants, collect_restricted(paths, definitions))
    years = [int(part)] if part.isdigit() else definitions.years
    problems: list[Problem] = []
    for file in files:
        name = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name
        problems += tell_findings(checker.check_file(file, years), name, part)
    return problems


def read_stored(paths: ProgrammePaths, definitions: Definitions) -> dict[str, pd.DataFrame]:
    """The stored release of all years, by table."""
    profile = definitions.programme.profile
    return {name: read_table(f"released_{name}", paths.release(profile, name)) for name in RELEASED}


def read_folder(folder: Path, definitions: Definitions, part: str) -> dict[str, pd.DataFrame]:
    """The released tables of a folder, and of the folders of other years beside it.

    Raises:
        UserError: ``release_unreadable``.
    """
    folders = {year: folder.parent / str(year) for year in definitions.years}
    folders |= {int(part): folder} if part.isdigit() else {}
    tables = {}
    for name in RELEASED:
        found = [read_released(name, each / "data", year) for year, each in folders.items()]
        tables[name] = pd.concat([each for each in found if len(each)] or found[:1], ignore_index=True)
    return tables
