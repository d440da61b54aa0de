"""Reads the release ledger, checks that nobody edited it, and adds lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.store.errors import user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.provenance import hash_file
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
            entry = LedgerEntry.model_validate_json(line)
        except ValidationError:
            raise _edited(paths, number, "is not an entry") from None
        if entry.number != number or entry.before != before or entry.line() != line:
            raise _edited(paths, number, "does not follow from the line before it")
        entries.append(entry)
        before = entry.digest()
    for entry in entries:
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


def _edited(paths: ProgrammePaths, number: int, what: str) -> Exception:
    return user_error(
        "ledger_edited",
        f"Entry {number} of the release ledger {what}",
        file=f"{paths.programme}/releases/{paths.ledger.name}",
        row=number,
    )
