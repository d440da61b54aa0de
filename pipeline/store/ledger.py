"""Reads the release ledger, checks that nobody edited it, and adds lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from pipeline.store.errors import user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_file
from schemas.definitions import Layer
from schemas.ledger import FIRST, LedgerEntry


def read_ledger(paths: ProgrammePaths) -> list[LedgerEntry]:
    """Every entry, oldest first; none where nothing was published yet.

    Each line names the hash of the one before, and the released tables that are kept beside the ledger must
    still be those that were published.

    Raises:
        UserError: ``ledger_edited`` with the line that does not fit.
    """
    if not paths.ledger.is_file():
        return []
    entries: list[LedgerEntry] = []
    before = FIRST
    for number, line in enumerate(paths.ledger.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = LedgerEntry.read_line(line)
        except (ValueError, TypeError):  # pydantic's are ValueErrors, and their text would print the line
            raise _edited(paths, number, "is not as it was written") from None
        if entry.number != number or entry.before != before:
            raise _edited(paths, number, "does not follow from the line before it")
        entries.append(entry)
        before = entry.digest()
    for entry in published_entries(entries):
        for name, digest in entry.files.items():
            kept = paths.kept_release(entry.number) / name
            if name.startswith("data/") and (not kept.is_file() or hash_file(kept) != digest):
                raise _edited(paths, entry.number, f"published another {name} than the one that is kept")
    return entries


def append_entry(paths: ProgrammePaths, entries: Sequence[LedgerEntry], entry: LedgerEntry) -> Path:
    """Add one line. The file is opened for appending, so that what stands in it stays.

    Args:
        paths: the programme.
        entries: the ledger as it was read.
        entry: the new line; it must follow from the last.
    """
    last = entries[-1].digest() if entries else FIRST
    if entry.number != len(entries) + 1 or entry.before != last:
        raise ValueError("the entry does not follow from the ledger")
    paths.ledger.parent.mkdir(parents=True, exist_ok=True)
    with paths.ledger.open("a", encoding="utf-8", newline="\n") as file:
        file.write(entry.line() + "\n")
    return paths.ledger


def entries_in_force(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Releases and corrections that were not withdrawn. A reader may still hold what was corrected."""
    withdrawn = {entry.about for entry in entries if entry.kind == "withdrawal"}
    return [each for each in entries if each.kind in ("release", "correction") and each.number not in withdrawn]


def published_entries(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Everything that was ever published: who holds a withdrawn file can still read it."""
    return [entry for entry in entries if entry.kind in ("release", "correction")]


def deleted_layers(entries: Sequence[LedgerEntry], year: int) -> dict[Layer, date]:
    """What was deleted of a year, and on which day the first of it was."""
    days: dict[Layer, date] = {}
    for entry in entries:
        if entry.kind == "purge" and entry.layer is not None and entry.part == str(year):
            days.setdefault(entry.layer, entry.on)
    return days


def deleted_inputs(paths: ProgrammePaths, entries: Sequence[LedgerEntry], years: Collection[int]) -> dict[str, str]:
    """What runs of some years once read and is deleted: SHA-256 by path below the raw folder, as when it was there."""
    below = paths.raw.relative_to(paths.root).as_posix() + "/"
    return {
        name.removeprefix(below): digest
        for entry in entries
        if entry.kind == "purge" and entry.layer != "key" and int(entry.part) in years
        for name, digest in entry.files.items()
        if name.startswith(below)
    }


def _edited(paths: ProgrammePaths, number: int, what: str) -> Exception:
    return user_error(
        "ledger_edited",
        f"Entry {number} of the release ledger {what}",
        file=f"{paths.programme}/releases/{paths.ledger.name}",
        row=number,
    )
