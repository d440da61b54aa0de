"""The stage that audits what a year would publish, and withholds what gives something away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.disclose.auditor import ContradictoryRelease
from pipeline.disclose.corrections import count_changed_people
from pipeline.disclose.families import list_families
from pipeline.disclose.published import Publication
from pipeline.disclose.repair import CannotProtect, repair_release
from pipeline.disclose.withholding import Withheld, withhold_in_publication
from pipeline.stages.cost import tell_cost
from pipeline.stages.promises import check_profile, find_corrected_groups
from pipeline.stages.release import Tables, release_rest
from pipeline.stages.scores import waves_before
from pipeline.stages.stored import read_released, read_stored
from pipeline.stages.true_answers import read_true_answers
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import user_error
from pipeline.store.ledger import read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.problems import write_problems
from pipeline.store.release_files import read_released as read_files
from pipeline.store.tables import arrange, read_frame, read_table, write_table
from schemas.ledger import LedgerEntry
from schemas.problems import Problem

AUDITED = ("responses", "scores", "item_counts", "trends", "cuts")


def audit_release(paths: ProgrammePaths, year: int) -> list[Path]:
    """Audit the released tables of a year together with those of earlier years, and repair them.

    Raises:
        UserError: ``release_leaks`` where nothing of this year is left to withhold.
    """
    definitions = read_definitions(paths)
    profile = definitions.programme.profile
    entries = read_ledger(paths)
    check_profile(paths, definitions, entries)
    before = waves_before(paths, definitions, year)
    now = read_publication(paths, definitions, [year])
    corrected = [
        Withheld(year, group, family)
        for group in sorted(find_corrected_groups(paths, definitions, year, entries))
        for family in list_families(definitions)
    ]
    now = withhold_in_publication(now, corrected, definitions)
    earlier = [read_publication(paths, definitions, before), *_published_otherwise(paths, definitions, year, entries)]
    try:
        repaired, withheld = repair_release(
            now, earlier, definitions, read_true_answers(paths, definitions, [*before, year])
        )
    except CannotProtect as found:
        leak = found.leaks[0]
        raise user_error(
            "release_leaks",
            f"What is withheld about {leak.group} in {leak.year} ({leak.measure}) can be worked out from: "
            + "; ".join(leak.told),
            wave=str(year),
        ) from None
    except ContradictoryRelease as found:
        raise user_error("release_contradicts", f"{found}: {'; '.join(found.told[:4])}", wave=str(year)) from None
    written = []
    if withheld or corrected:
        released = {
            name: read_table(f"released_{name}", paths.release(profile, name), [year]) for name in ("cuts", "weighted")
        }
        stored = Tables(read_stored(paths), read_released(paths, profile), definitions, year, before)
        written = [
            write_table(frame, f"released_{name}", paths.release(profile, name), year)
            for name, frame in finish_release(stored, repaired, released).items()
        ]
    problems = [_tell(each, definitions, year) for each in withheld]
    groups = dict.fromkeys(each.group for each in corrected)
    problems += [_tell_corrected(definitions.group_name(group), year) for group in groups]
    cost = tell_cost(read_table("scores", paths.table("scores"), [year]), repaired.scores, definitions, year)
    return [*written, write_problems(paths, year, "4-release", [*problems, cost])]


def finish_release(
    tables: Tables, repaired: Publication, released: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Every table of a year after its audit: what rests on withheld figures is made again without them.

    Args:
        tables: what the release is made from.
        repaired: the year's tables as the audit left them.
        released: cuts and weighted figures as they were audited; what is withheld there stays withheld.
    """
    audited = {name: getattr(repaired, name).drop(columns="year") for name in ("scores", "item_counts", "trends")}
    rest = release_rest(tables, audited)
    for name, before in released.items():
        withheld = (before["marker"].astype("str") == "c").to_numpy()
        if withheld.any():
            again = arrange(rest[name], f"released_{name}")
            rest[name] = pd.concat([again[~withheld], before.drop(columns="year")[withheld]])
    return audited | rest


def read_publication(paths: ProgrammePaths, definitions: Definitions, years: list[int]) -> Publication:
    """The released tables of some years, as the auditor reads them."""
    profile = definitions.programme.profile
    tables = [read_table(f"released_{name}", paths.release(profile, name), years) for name in AUDITED]
    tables = [table.assign(year=table["year"].astype("int64")) for table in tables]
    return Publication(profile, definitions.programme.release_profile(), *tables)


def _published_otherwise(
    paths: ProgrammePaths, definitions: Definitions, year: int, entries: list[LedgerEntry]
) -> list[Publication]:
    """Releases of this year's same answers under another profile: a reader may hold both."""
    answers = read_table("answers", paths.table("answers"), [year])
    found = []
    for entry in entries:
        kept = paths.published_answers(entry.number)
        if entry.part != str(year) or entry.thresholds is None or entry.profile == definitions.programme.profile:
            continue
        if kept.is_file() and not count_changed_people(read_frame(kept), answers):
            folder = paths.kept_release(entry.number) / "data"
            found.append(
                Publication(entry.profile, entry.thresholds, *(read_files(name, folder, year) for name in AUDITED))
            )
    return found


def _tell_corrected(name: str, year: int) -> Problem:
    what = f"{name}, {year}: withheld, because it differs from what was published by the answers of a few"
    return Problem(
        "figures_withheld", what, wave=str(year), action="Waive it with 'cip publish --waive', if those few agree."
    )


def _tell(withheld: Withheld, definitions: Definitions, year: int) -> Problem:
    what = f"{definitions.group_name(withheld.group)}, {withheld.item or withheld.family}, {withheld.year}: withheld, because what is "
    return Problem("figures_withheld", f"{what}hidden elsewhere could be worked out from it", wave=str(year))
