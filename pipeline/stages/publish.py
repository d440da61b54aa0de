"""Publishing: the only thing that adds to the release ledger, and only after audit and file check."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.disclose.corrections import compare_released, count_changed_people, find_singled_out
from pipeline.stages.plan import plan_runs
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import user_error
from pipeline.store.ledger import append_entry, entries_in_force, read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_files
from pipeline.store.release_files import read_released
from pipeline.store.tables import read_frame, read_table, write_frame
from schemas.ledger import FIRST, LedgerEntry

NOT_PUBLISHED = ("for-groups", "before")
"""Folders of a report that are not for everybody: written for one group, or before there were answers."""


@dataclass(frozen=True)
class Published:
    """What ``publish_part`` did: the ledger's new line and the folder to hand on."""

    entry: LedgerEntry
    folder: Path


def publish_part(
    paths: ProgrammePaths, part: str, *, on: date, reason: str = "", signed: str = "", waived: Sequence[str] = ()
) -> Published:
    """Check a year's or period's finished reports, collect them, and write the release into the ledger.

    Args:
        paths: the programme.
        part: a survey year or an assessment period.
        on: the day of publication.
        reason: why an earlier release is replaced, or figures are waived.
        signed: who decided it.
        waived: groups whose corrected figures are shown although few people's answers changed.

    Raises:
        UserError: ``publish_refused``, ``release_leaks``, ``release_unsafe``, ``ledger_edited``, ``profile_lowered``.
    """
    definitions = read_definitions(paths)
    entries = read_ledger(paths)
    check_profile(paths, definitions, entries)
    years = _covered_years(paths, definitions, part)
    earlier = [each for each in entries_in_force(entries) if each.part == part]
    if earlier and not reason:
        raise user_error(
            "publish_refused", f"{part} was published on {earlier[-1].on}", wave=part,
            action="Say with --reason why it is replaced; the ledger then records a correction.",
        )  # fmt: skip
    if waived and not (reason and signed):
        raise user_error(
            "publish_refused", "A waiver needs a reason and a name", wave=part, action="Add --reason and --signed."
        )
    files = list_published_files(paths.reports / part)
    number = len(entries) + 1
    digests = hash_files(files, paths.reports / part)
    entry = LedgerEntry(
        number=number, kind="correction" if earlier else "release", on=on, part=part, years=tuple(years),
        profile=definitions.programme.profile, thresholds=definitions.programme.release_profile(), files=digests,
        about=earlier[-1].number if earlier else None, waived=tuple(waived), reason=reason, signed=signed,
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


def list_published_files(folder: Path) -> list[Path]:
    """Finished files of a report folder, without those that are for one group only."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in files if path.relative_to(folder).parts[0] not in NOT_PUBLISHED)


def find_corrected_groups(
    paths: ProgrammePaths, definitions: Definitions, year: int, entries: Sequence[LedgerEntry]
) -> set[str]:
    """Groups whose figures of a year would differ from those published by the answers of a few people.

    Every version that was ever published counts, for readers may hold it. Waived groups are left out.
    """
    threshold = definitions.programme.release_profile().score
    answers = read_table("answers", paths.table("answers"), [year])
    out: set[str] = set()
    for entry in entries:
        if entry.part != str(year) or entry.kind not in ("release", "correction"):
            continue
        kept = paths.published_answers(entry.number)
        if kept.is_file():
            changed = count_changed_people(read_frame(kept), answers)
            out |= find_singled_out(changed, threshold, definitions)
        else:
            names = ("scores", "item_counts", "trends")
            folder, profile = paths.kept_release(entry.number) / "data", definitions.programme.profile
            before = {name: read_released(name, folder, year).drop(columns="year") for name in names}
            now = {
                name: read_table(f"released_{name}", paths.release(profile, name), [year]).drop(columns="year")
                for name in names
            }
            if entry.profile == profile:
                out |= compare_released(before, now)
    return out - {group for entry in entries for group in entry.waived if entry.part == str(year)}


def check_profile(paths: ProgrammePaths, definitions: Definitions, entries: Sequence[LedgerEntry]) -> None:
    """A profile holds from the day respondents are told of it: it can be raised, never lowered (S17.1).

    Raises:
        UserError: ``profile_lowered``.
    """
    now = definitions.programme.release_profile()
    told = [(wave.year, wave.wave.promised, f"survey.toml of {wave.year}") for wave in definitions.waves.values()]
    told += [
        (each.years[-1], each.thresholds, f"release {each.number}")
        for each in entries
        if each.years and each.thresholds
    ]
    for year, promised, where in told:
        if promised is None:
            continue
        for name, least in promised.model_dump().items():
            if getattr(now, name) < least:
                raise user_error(
                    "profile_lowered",
                    f"{where} says that at least {least} people stand behind a {name}; the profile "
                    f"'{definitions.programme.profile}' now says {getattr(now, name)}",
                    wave=str(year), file=f"{paths.programme}/programme.toml",
                )  # fmt: skip


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
