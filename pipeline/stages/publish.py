"""Publishing: the only thing that adds to the release ledger, and only after audit and file check."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.stages.check_release import check_files
from pipeline.stages.plan import plan_runs, years_deleted
from pipeline.stages.promises import check_profile
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError, user_error
from pipeline.store.ledger import append_entry, entries_in_force, read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_files
from pipeline.store.tables import read_table, write_frame
from schemas.definitions import ALL
from schemas.ledger import FIRST, LedgerEntry

NOT_PUBLISHED = ("for-groups", "before")
"""Folders of a report that are not for everybody: written for one group, or before there were answers."""


@dataclass(frozen=True)
class Published:
    """What ``publish_part`` did: the ledger's new line and the folder to hand on."""

    entry: LedgerEntry
    folder: Path


def publish_part(
    paths: ProgrammePaths, part: str, *, on: date, reason: str = "", signed: str = "",
    beside: Sequence[Path] = (),
) -> Published:  # fmt: skip
    """Check a year's or period's finished reports, collect them, and write the release into the ledger.

    Args:
        paths: the programme.
        part: a survey year or an assessment period.
        on: the day of publication.
        reason: why an earlier release is replaced, or figures are waived.
        signed: who decided it.
        beside: files that are not published but must hold nothing restricted either, such as Prefect's database.

    Raises:
        UserError: ``publish_refused``, ``release_leaks``, ``release_unsafe``, ``ledger_edited``, ``profile_lowered``.
    """
    definitions = read_definitions(paths)
    entries = read_ledger(paths)
    check_profile(paths, definitions, entries)
    if part.isdigit() and (day := years_deleted(paths, definitions).get(int(part))):
        what = f"The exports of {part} were deleted on {day}, so that nothing new can be said of it"
        action = "Pass on the release as it was published: its files are those that the ledger names."
        raise user_error("publish_refused", what, wave=part, action=action)
    years = _covered_years(paths, definitions, part)
    earlier = [each for each in entries_in_force(entries) if each.part == part]
    if earlier and not reason:
        raise user_error(
            "publish_refused", f"{part} was published on {earlier[-1].on}", wave=part,
            action="Say with --reason why it is replaced; the ledger then records a correction.",
        )  # fmt: skip
    files = list_published_files(paths.reports / part)
    if found := check_files(paths, part, [*files, *beside]):
        raise UserError(found)
    number = len(entries) + 1
    digests = hash_files(files, paths.reports / part)
    entry = LedgerEntry(
        number=number, kind="correction" if earlier else "release", on=on, part=part, years=tuple(years),
        profile=definitions.programme.profile, thresholds=definitions.programme.release_profile(), files=digests,
        about=earlier[-1].number if earlier else None, reason=reason, signed=signed,
        before=entries[-1].digest() if entries else FIRST,
    )  # fmt: skip
    folder = paths.published(number, part)
    shutil.rmtree(folder, ignore_errors=True)
    for file in files:
        name = file.relative_to(paths.reports / part)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
        if name.parts[0] == "data":
            (paths.kept_release(number) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, paths.kept_release(number) / name)
    if part.isdigit():
        answers = read_table("answers", paths.table("answers"), [int(part)])
        write_frame(answers, paths.published_answers(number))
    append_entry(paths, entries, entry)
    return Published(entry, folder)


def withdraw_release(paths: ProgrammePaths, number: int, *, on: date, reason: str, signed: str) -> LedgerEntry:
    """Record that an earlier release is no longer valid. Readers may hold it, so audits go on counting it."""
    entries = read_ledger(paths)
    found = [each for each in entries_in_force(entries) if each.number == number]
    if not found or not reason:
        what = f"Entry {number} is no release in force" if not found else "A withdrawal needs a reason"
        raise user_error("publish_refused", what, action="Look into releases/ledger.jsonl, and add --reason.")
    entry = LedgerEntry(
        number=len(entries) + 1, kind="withdrawal", on=on, part=found[0].part, years=found[0].years, about=number,
        reason=reason, signed=signed, before=entries[-1].digest(),
    )  # fmt: skip
    append_entry(paths, entries, entry)
    return entry


def waive_groups(
    paths: ProgrammePaths, part: str, groups: Sequence[str], *, on: date, reason: str, signed: str
) -> LedgerEntry:
    """Record that a year's corrected figures of some groups are shown although few people's answers changed.

    The year's reports are then out of date: ``cip run`` writes them with these figures.

    Raises:
        UserError: ``publish_refused`` without a reason and a name, or for a group nobody declared.
    """
    definitions, entries = read_definitions(paths), read_ledger(paths)
    known = {*definitions.group_by_code, ALL}
    if strange := [group for group in groups if group not in known]:
        raise user_error(
            "publish_refused", f"There is no group '{strange[0]}'", action="Take the code from groups.csv."
        )
    if not (reason and signed and entries):
        what = (
            "A waiver needs a reason and a name" if entries else "Nothing was published yet, so nothing needs a waiver"
        )
        raise user_error("publish_refused", what, wave=part, action="Add --reason and --signed.")
    entry = LedgerEntry(
        number=len(entries) + 1, kind="waiver", on=on, part=part, waived=tuple(groups), reason=reason, signed=signed,
        before=entries[-1].digest(),
    )  # fmt: skip
    append_entry(paths, entries, entry)
    paths.run_record(part).unlink(missing_ok=True)
    return entry


def list_published_files(folder: Path) -> list[Path]:
    """Finished files of a report folder, without those that are for one group only."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in files if path.relative_to(folder).parts[0] not in NOT_PUBLISHED)


def _covered_years(paths: ProgrammePaths, definitions: Definitions, part: str) -> list[int]:
    """The years behind a part whose reports are finished and up to date."""
    is_year = part.isdigit()
    runs = plan_runs(paths, definitions, year=int(part) if is_year else None, period=None if is_year else part)
    stale = [run.part for run in runs if run.part == part or not is_year]
    if stale or not (paths.reports / part).is_dir():
        raise user_error(
            "publish_refused", f"The reports of {part} are not up to date", wave=part, action="Run 'cip run' first."
        )
    if is_year:
        return [int(part)]
    rows = [row for row in definitions.periods if row.period == part]
    return [year for year in definitions.years if any(row.year_from <= year <= row.year_to for row in rows)]
