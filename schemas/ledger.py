"""The release ledger: what was published, when and under which rule. Lines are added, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field

from schemas.definitions import Definition, Layer, ReleaseProfile

FIRST = "0" * 64
"""What the first line names as the line before it."""


class LedgerEntry(Definition):
    """One line of ``releases/ledger.jsonl``.

    ``release``: files were published. ``correction``: files that replace those of an earlier entry.
    ``waiver``: corrected figures of some groups are shown although few people's answers changed.
    ``withdrawal``: an earlier entry is no longer valid. ``purge``: a layer of a year's data was deleted; ``files``
    then names each file with its SHA-256 and ``rows`` the length of each table, and neither what stood in them.
    """

    number: int = Field(ge=1, description="1, 2, 3, … without a gap")
    kind: Literal["release", "correction", "waiver", "withdrawal", "purge"]
    on: date = Field(description="day of the entry")
    part: str = Field(description="the survey year, or the assessment period")
    years: tuple[int, ...] = Field((), description="survey years that the files show")
    profile: str = ""
    thresholds: ReleaseProfile | None = None
    files: dict[str, str] = Field(default_factory=dict, description="SHA-256 of each published or deleted file")
    layer: Layer | None = Field(None, description="what was deleted")
    rows: dict[str, int] = Field(default_factory=dict, description="rows of each deleted table")
    about: int | None = Field(None, description="the entry that is corrected or withdrawn")
    waived: tuple[str, ...] = Field(
        (), description="groups whose corrected figures are shown although few people's answers changed"
    )
    reason: str = Field("", description="why it was corrected, withdrawn, waived or purged")
    signed: str = Field("", description="who decided it")
    before: str = Field(description="SHA-256 of the line before; zeros for the first")

    def line(self) -> str:
        """The entry as it is written: one line of JSON, keys in order, and its own hash, for no line follows the last."""
        return _write({**self.model_dump(mode="json"), "seal": self.digest()})

    def digest(self) -> str:
        """SHA-256 of what the entry says, which the next entry names."""
        return hashlib.sha256(_write(self.model_dump(mode="json")).encode()).hexdigest()

    @staticmethod
    def read_line(line: str) -> LedgerEntry:
        """The entry of a line that must be as ``line`` writes it.

        Raises:
            ValueError: for any other line.
        """
        entry = LedgerEntry.model_validate(
            {key: value for key, value in dict(json.loads(line)).items() if key != "seal"}
        )
        if entry.line() != line:
            raise ValueError("the line is not the one that was written")
        return entry


def _write(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False)
