"""What earlier releases and invitations hold a new release to: corrections that single somebody out, and the profile."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.disclose.corrections import compare_released, count_changed_people, find_singled_out
from pipeline.store.definitions import Definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.release_files import read_released
from pipeline.store.tables import read_frame, read_table
from schemas.ledger import LedgerEntry
from schemas.problems import Problem


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
    """Stop where the profile is lower than what respondents were told.

    Raises:
        UserError: ``profile_lowered``.
    """
    if lowered := find_lowered(paths, definitions, entries):
        raise UserError(lowered)


def find_lowered(paths: ProgrammePaths, definitions: Definitions, entries: Sequence[LedgerEntry]) -> list[Problem]:
    """A profile holds from the day respondents are told of it: it can be raised, never lowered (S17.1).

    Returns:
        One problem for each promise that it breaks: those of each year's ``survey.toml``, and of each release.
    """
    now = definitions.programme.release_profile()
    told = [(wave.year, wave.wave.promised, f"survey.toml of {wave.year}") for wave in definitions.waves.values()]
    told += [
        (each.years[-1], each.thresholds, f"release {each.number}")
        for each in entries
        if each.years and each.thresholds
    ]
    return [
        Problem(
            "profile_lowered",
            f"{where} says that at least {least} people stand behind a {name}; the profile "
            f"'{definitions.programme.profile}' now says {getattr(now, name)}",
            wave=str(year), file=f"{paths.programme}/programme.toml",
        )
        for year, promised, where in told
        if promised is not None
        for name, least in promised.model_dump().items()
        if getattr(now, name) < least
    ]  # fmt: skip
