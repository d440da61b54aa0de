"""Deleting a layer of a year's data after its release: written into the ledger first, with hashes and never with content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import user_error
from pipeline.store.layers import count_rows, list_layer_files
from pipeline.store.ledger import append_entry, deleted_layers, published_entries, read_ledger
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_files
from schemas.definitions import Layer
from schemas.ledger import LedgerEntry
from schemas.problems import Problem, counted

LAYER_WORDS: dict[Layer, str] = {
    "exports": "exports",
    "comments": "comments",
    "answers": "answers",
    "key": "key of the pseudonyms",
}
NOT_SEARCHED: dict[Layer, str] = {
    "exports": "files were not searched for the response ids and personal data that stood in them",
    "comments": "files were not searched for what people wrote",
    "answers": "files were not searched for the pseudonyms of those who answered",
}
"""What a check of finished files can no longer do; the audit needs no answers."""


@dataclass(frozen=True)
class Purge:
    """What is to be deleted: files, and how many rows each stored table of them has."""

    layer: Layer
    part: str
    files: tuple[Path, ...]
    rows: dict[str, int]


def plan_purge(paths: ProgrammePaths, part: str, layer: Layer) -> Purge:
    """What deleting a layer of a year would delete.

    Raises:
        UserError: ``purge_refused`` for a year that was never published, for what stands in exports that are still
            there, and where nothing is left to delete; ``ledger_edited``.
    """
    entries = [each for each in published_entries(read_ledger(paths)) if each.part == part]
    if not part.isdigit() or not entries:
        raise user_error(
            "purge_refused", f"{part} was never published as a year, so that nothing would be left of it", wave=part,
            action=f"Publish it first: cip publish {part}.",
        )  # fmt: skip
    years = read_definitions(paths).years if layer == "key" else [int(part)]
    holding = [year for year in years if layer != "exports" and list_layer_files(paths, "exports", year, ())]
    if holding:
        raise user_error(
            "purge_refused", f"The exports of {holding[0]} are still here, and a run would make it all again", wave=part,
            action=f"Delete them first: cip publish {holding[0]} --purge exports.",
        )  # fmt: skip
    files = list_layer_files(paths, layer, int(part), [each.number for each in entries])
    if not files:
        what = f"There is nothing left here of the {LAYER_WORDS[layer]} of {part}"
        raise user_error("purge_refused", what, wave=part, action="Look at the ledger for when it was deleted.")
    if layer != "key" and paths.fault_report.is_file():
        files.append(paths.fault_report)  # it may quote anybody's answers
    rows = {_name(paths, path): n for path in files if (n := count_rows(path)) is not None}
    return Purge(layer, part, tuple(files), rows)


def purge_layer(paths: ProgrammePaths, part: str, layer: Layer, *, on: date, reason: str, signed: str) -> LedgerEntry:
    """Write into the ledger what is deleted, when, why and by whom; then delete it.

    The entry comes first: a file that cannot be deleted just then is still listed, and asking again lists the rest.

    Raises:
        UserError: as ``plan_purge``; ``purge_refused`` without a reason and a name.
    """
    purge = plan_purge(paths, part, layer)
    if not (reason and signed):
        raise user_error(
            "purge_refused", "Deleting needs a reason and a name", wave=part, action="Add --reason and --signed."
        )
    entries = read_ledger(paths)
    entry = LedgerEntry(
        number=len(entries) + 1, kind="purge", on=on, part=part, layer=layer, files=hash_files(purge.files, paths.root),
        rows=purge.rows, reason=reason, signed=signed, before=entries[-1].digest(),
    )  # fmt: skip
    append_entry(paths, entries, entry)
    for path in purge.files:
        path.unlink()
    for folder in sorted({path.parent for path in purge.files}, reverse=True):
        if folder.name.startswith("year=") and not any(folder.iterdir()):
            folder.rmdir()  # an empty one would count as a stored year
    return entry


def describe_purge(paths: ProgrammePaths, purge: Purge) -> list[str]:
    """A line for each file that would be deleted, with its number of rows where it is a table."""
    names = [_name(paths, path) for path in purge.files]
    return [f"{name} ({counted(purge.rows[name], 'row')})" if name in purge.rows else name for name in names]


def find_overdue(paths: ProgrammePaths, definitions: Definitions, on: date) -> list[Problem]:
    """Layers that are still here after the day on which they were to be deleted.

    Months are counted from a year's first release; those of the key from the last year's.
    """
    entries = published_entries(read_ledger(paths))
    first: dict[int, date] = {}
    for each in entries:
        if each.part.isdigit():
            first.setdefault(int(each.part), each.on)
    retention = definitions.programme.retention
    problems = []
    for layer in LAYER_WORDS:
        kept: int | None = getattr(retention, layer)
        for year in [max(first)] if layer == "key" and first else sorted(first):
            if kept is None or year not in definitions.waves:
                continue
            due = (pd.Timestamp(first[year]) + pd.DateOffset(months=kept)).date()
            numbers = [each.number for each in entries if each.part == str(year)]
            files = list_layer_files(paths, layer, year, numbers) if due < on else []
            if files:
                problems.append(_tell_overdue(layer, year, due, len(files)))
    return problems


def tell_deleted(paths: ProgrammePaths, definitions: Definitions) -> list[Problem]:
    """What was deleted of each year, as far as the ledger says so."""
    entries = read_ledger(paths)
    told = {year: deleted_layers(entries, year) for year in definitions.years}
    return [
        Problem(
            "data_deleted", "Deleted: " + ", ".join(f"{layer} on {day}" for layer, day in days.items()), wave=str(year)
        )
        for year, days in told.items()
        if days
    ]


def tell_unsearched(paths: ProgrammePaths, definitions: Definitions) -> list[str]:
    """Which checks of finished files were not done, because what they look for was deleted."""
    entries = read_ledger(paths)
    return [
        f"The {LAYER_WORDS[layer]} of {year} were deleted on {day}: {NOT_SEARCHED[layer]}."
        for year in definitions.years
        for layer, day in deleted_layers(entries, year).items()
        if layer in NOT_SEARCHED
    ]


def _tell_overdue(layer: Layer, year: int, due: date, files: int) -> Problem:
    what = "was" if layer == "key" else "were"
    about = "" if layer == "key" else f" of {year}"
    return Problem(
        "retention_passed",
        f"The {LAYER_WORDS[layer]}{about} {what} to be deleted by {due}: {counted(files, 'file')} still here",
        wave=str(year),
        action=f"Look at what is there with 'cip publish {year} --purge {layer}'; with --signed and --reason it is deleted.",
    )


def _name(paths: ProgrammePaths, path: Path) -> str:
    return path.relative_to(paths.root).as_posix()
