"""Drafting a year from its exports: read, propose, write; nothing that is there is overwritten."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.ingest.draft.membership import NO_REGISTER, Register
from pipeline.ingest.draft.settings import Setting
from pipeline.ingest.draft.wave import WaveDraft, draft_wave
from pipeline.ingest.readers import RawTable, read_export
from pipeline.ingest.repeats import drop_superseded
from pipeline.stages.draft_files import draft_texts, make_table, make_toml, write_draft
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.definitions_workbook import move_tables_to_workbook
from pipeline.store.errors import UserError, user_error
from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_file
from pipeline.store.records import find_table, read_records, read_settings
from schemas.definitions import (
    STANDARD_PROFILES,
    DraftQuestion,
    Group,
    GroupAlias,
    Item,
    Programme,
    ScalePoint,
    Wave,
)
from schemas.problems import Problem

TEMPLATE = Path(__file__).parent / "template"
PRINCIPLE_COLUMNS = ("principle", "version", "since", "kind", "parent", "name", "text", "source")


@dataclass(frozen=True)
class Drafted:
    """A draft and where it went."""

    draft: WaveDraft
    written: tuple[Path, ...]


def draft_to_folder(
    year: int,
    exports: Sequence[Path],
    folder: Path,
    like: Path | None = None,
    programme: ProgrammePaths | None = None,
    *,
    workbook: bool = False,
) -> Drafted:
    """Draft definitions into any folder, with no need of a programme.

    Args:
        like: folder of an earlier wave to match items with.
        programme: whose groups are known already.
        workbook: write the tables as one ``definitions.xlsx``.

    Raises:
        UserError: an export that cannot be read; ``definition_conflict`` when the folder holds definitions.
    """
    register = _read_register(programme) if programme else NO_REGISTER
    draft, _ = _draft_from(year, f"Survey {year}", exports, register, like)
    draft = _add_promise(draft, programme)
    written = write_draft(folder, draft_texts(draft, draft.groups or register.groups))
    return Drafted(draft, tuple(_use_workbooks(written, [folder]) if workbook else written))


def draft_in_programme(
    paths: ProgrammePaths, year: int, exports: Sequence[Path], like: Path | None = None, *, workbook: bool = False
) -> Drafted:
    """Draft a year of a programme and copy its exports there; a programme that is missing is begun.

    Args:
        workbook: write the year's tables as one ``definitions.xlsx``, and those of a programme that is begun.

    Raises:
        UserError: ``year_twice`` when the year exists; an export that cannot be read, or whose name is taken.
    """
    if (paths.wave(year) / "survey.toml").is_file():
        raise user_error(
            "year_twice",
            f"{year} exists already",
            file=f"{year}/survey.toml",
            action="Edit it, choose another year, or draft into a folder of its own with --to.",
        )
    begun = not paths.settings.is_file()
    register = _read_register(paths)
    name = _title(paths.programme) if begun else read_settings(paths.settings, Programme).name
    draft, used = _draft_from(year, f"{name} {year}", exports, register, like)
    draft = _add_promise(draft, None if begun else paths)
    targets = {path: paths.exports(year) / path.name for path in exports if path.name in used}
    for path, target in targets.items():
        if target.is_file() and hash_file(target) != hash_file(path):
            raise user_error(
                "definition_conflict",
                f"Another export called {path.name} is in the year's exports folder",
                file=str(target),
                action="Rename one of them.",
            )
    texts = draft_texts(draft, draft.groups)
    groups = texts.pop("groups.csv", "")
    written = write_draft(paths.wave(year), texts)
    if begun:
        written += _begin_programme(paths, year, name, draft)
    if groups:
        written += write_draft(paths.raw, {"groups.csv": groups})
    for path, target in targets.items():
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            written.append(target)
    if workbook:
        written = _use_workbooks(written, [paths.wave(year), *([paths.raw] if begun else [])])
    return Drafted(draft, tuple(written))


def _draft_from(
    year: int, title: str, exports: Sequence[Path], register: Register, like: Path | None
) -> tuple[WaveDraft, frozenset[str]]:
    """The draft, and the names of the files it is made from: those whose responses no other file holds too."""
    tables, before = _read_tables(year, exports), _read_wave(like) if like else None
    draft = draft_wave(year, title, tables, register, before)
    if len(tables) == 1:
        return draft, frozenset({tables[0].file})
    try:
        kept, problems = drop_superseded(tables, _as_definitions(draft))
        questions = [_ask_for_repeat(problem, "yes; it is left out") for problem in problems]
    except UserError as error:
        kept, problems = tables, []
        draft, questions = _settle_repeats(draft, tables, error)
    if len(kept) < len(tables):
        draft = draft_wave(year, title, kept, register, before)
    draft = replace(draft, problems=(*draft.problems, *problems), questions=(*questions, *draft.questions))
    return draft, frozenset(table.file for table in kept)


def _add_promise(draft: WaveDraft, programme: ProgrammePaths | None) -> WaveDraft:
    """The draft with the numbers of the programme's release profile as those that respondents were told."""
    settings = None if programme is None else read_settings(programme.settings, Programme)
    profile = STANDARD_PROFILES["default"] if settings is None else settings.release_profile()
    why = "the release profile as it is; where the invitation named other numbers, write those"
    promised = [Setting(f"promised.{name}", value) for name, value in profile.model_dump().items()]
    return replace(draft, settings=(*draft.settings, replace(promised[0], why=why), *promised[1:]))


def _as_definitions(draft: WaveDraft, **changes: object) -> WaveDefinitions:
    """What a run will know of the wave; which group a file is for is a guess, and left out."""
    wave = Wave.model_validate(tomllib.loads(make_toml(draft.settings)))
    return WaveDefinitions(draft.year, wave.model_copy(update={"files": (), **changes}), draft.items, (), (), ())


def _settle_repeats(
    draft: WaveDraft, tables: list[RawTable], error: UserError
) -> tuple[WaveDraft, list[DraftQuestion]]:
    """Files that seem to hold the same responses, where there may be another reason for it.

    Raises:
        UserError: ``export_twice``: there is no other reason.
    """
    try:
        drop_superseded(tables, _as_definitions(draft, respondent_column=""))
    except UserError:
        groups = {entry.get("group") for setting in draft.settings if setting.key == "files" for entry in setting.value}
        if groups <= {None, "everyone"}:
            raise error from None
        # the same few answers may well be given in two groups
        return draft, [_ask_for_repeat(problem, "no; each file is read") for problem in error.problems]
    settings = tuple(setting for setting in draft.settings if setting.key != "respondent_column")
    ask = DraftQuestion(
        question="Does each file number its responses anew?",
        proposal="yes; respondent_column is left blank",
        file="survey.toml",
        reason=error.problems[0].what,
    )
    return replace(draft, settings=settings), [ask]


def _ask_for_repeat(problem: Problem, proposal: str) -> DraftQuestion:
    return DraftQuestion(
        question=f"Does {problem.file} hold responses that another file holds too?",
        proposal=proposal,
        file="survey.toml",
        reason=problem.what,
    )


def _use_workbooks(written: Sequence[Path], folders: Iterable[Path]) -> list[Path]:
    """Move the tables of some folders into their workbooks; what is there afterwards."""
    books = [move_tables_to_workbook(folder) for folder in folders]
    return [*books, *(path for path in written if path.is_file())]


def find_earlier_wave(paths: ProgrammePaths, year: int, like: int | None) -> Path | None:
    """Folder of the wave to compare with: the one asked for, else the last before the year, if any."""
    if like is not None:
        if not (paths.wave(like) / "survey.toml").is_file():
            raise user_error(
                "nothing_to_run",
                f"There is no {like} in {paths.programme} to compare with",
                action="Name a year of the programme after --like.",
            )
        return paths.wave(like)
    years = [int(folder.name) for folder in paths.raw.glob("[0-9]*") if folder.name.isdecimal()]
    earlier = [each for each in years if each < year and (paths.wave(each) / "survey.toml").is_file()]
    return paths.wave(max(earlier)) if earlier else None


def _read_tables(year: int, exports: Sequence[Path]) -> list[RawTable]:
    blank = Wave(year=year, title=f"Survey {year}", report_date=date(year, 12, 31))
    seen: dict[str, Path] = {}
    for path in exports:
        if twice := next((name for name in (path.name, hash_file(path)) if name in seen), ""):
            what = f"{seen[twice].name} and {path.name} are the same file, or share a name"
            raise user_error("export_twice", what, wave=str(year), file=path.name)
        seen |= {path.name: path, hash_file(path): path}
    tables = [table for path in exports for table in read_export(path, blank)]
    for table in tables:
        if table.n_rows == 0:
            what = "The export has a header and no responses"
            raise user_error("export_empty", what, wave=str(year), file=table.file, sheet=table.sheet)
    return tables


def _read_register(paths: ProgrammePaths) -> Register:
    return Register(
        tuple(read_records(paths.raw, "groups", Group)), tuple(read_records(paths.raw, "aliases", GroupAlias))
    )


def _read_wave(folder: Path) -> WaveDefinitions:
    """An earlier wave's items and scales, wherever they lie."""
    if find_table(folder, "items") is None:
        raise user_error(
            "definition_missing", f"{folder.name} holds no items to compare with", file=f"{folder.name}/items.csv"
        )
    wave = read_settings(folder / "survey.toml", Wave)
    return WaveDefinitions(
        year=wave.year,
        wave=wave,
        items=tuple(read_records(folder, "items", Item)),
        scale_points=tuple(read_records(folder, "scales", ScalePoint)),
        roster=(),
        corrections=(),
    )


def _title(code: str) -> str:
    words = re.sub(r"[-_.]+", " ", code).strip() or "Survey"
    return words[0].upper() + words[1:]


def _begin_programme(paths: ProgrammePaths, year: int, name: str, draft: WaveDraft) -> list[Path]:
    """The least that a programme needs; its principles wait for the people who will name them."""
    language = next(str(setting.value) for setting in draft.settings if setting.key == "language")
    settings = (TEMPLATE / "programme.toml").read_text(encoding="utf-8")
    settings = re.sub(r"(?m)^name = .*$", lambda _: f'name = "{name}"', settings)
    settings = re.sub(r"(?m)^short_name = .*$", lambda _: f'short_name = "{name}"', settings)
    first = {
        "principle": "P1",
        "version": "1",
        "since": year,
        "kind": "principle",
        "name": {language: "First principle"},
        "text": {language: "To be written: what the survey is to show. Then name it in items.csv."},
    }
    written = [
        write_text(paths.settings, settings),
        write_text(paths.raw / "principles.csv", make_table(PRINCIPLE_COLUMNS, [first], language)),
    ]
    ignore = paths.root / ".gitignore"
    if not ignore.exists():
        written.append(write_text(ignore, (TEMPLATE / "gitignore.txt").read_text(encoding="utf-8")))
    return written
