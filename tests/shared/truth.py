"""What the real exports hold, judged by hand from the raw files, and where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from schemas.definitions import ScalePoint
from tests.programme_files import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data"
JUDGED = json.loads((REPOSITORY / "tests" / "data" / "real_exports.json").read_text(encoding="utf-8"))
needs_exports = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine"),
]


@dataclass(frozen=True)
class Option:
    """One point of a judged scale: its spellings, and for a non-answer the kinds it may be taken for."""

    spellings: tuple[str, ...]
    kinds: tuple[str, ...] = ("answer",)


@dataclass(frozen=True)
class Likert:
    """One rating question: its column, its options from low to high, then non-answers, and how often each was given."""

    position: int
    scale: str
    options: tuple[Option, ...]
    counts: tuple[int, ...]

    @property
    def answers(self) -> int:
        """How many options are answers."""
        return sum(option.kinds == ("answer",) for option in self.options)

    def make_points(self) -> tuple[ScalePoint, ...]:
        """The scale as a person would write it into scales.csv."""
        return tuple(
            ScalePoint(
                scale="judged",
                label={"en": option.spellings[0]},
                aliases=option.spellings[1:],
                kind=option.kinds[0],
                **({"value": at + 1, "favourable": "neutral"} if at < self.answers else {}),
            )
            for at, option in enumerate(self.options)
        )


@dataclass(frozen=True)
class Export:
    """One real export and what is in it."""

    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return self.facts["path"]

    @property
    def path(self) -> Path:
        return SHARED / self.name

    @property
    def is_survey(self) -> bool:
        return "refused" not in self.facts

    @cached_property
    def likert(self) -> tuple[Likert, ...]:
        found = []
        for scale, columns in self.facts.get("likert", {}).items():
            judged = JUDGED["scales"][scale]
            options = [Option(tuple(label.split("|"))) for label in judged["labels"]]
            options += [
                Option((label,), tuple(kinds.split("|"))) for label, kinds in judged.get("non_answers", {}).items()
            ]
            for position in expand(columns):
                counts = self.facts["counts"][str(position)]
                padded = (*counts, *[0] * (len(options) - len(counts)))
                found.append(Likert(position, scale, tuple(options), padded))
        return tuple(found)

    def positions(self, key: str) -> set[int]:
        return expand(self.facts.get(key, ()))

    @property
    def group_positions(self) -> set[int]:
        group = self.facts.get("group")
        return expand(group["columns"]) if group else set()


def expand(columns: Iterable[int | str]) -> set[int]:
    """Positions of a list that may hold ranges, as '3-7'; names of questions are left out."""
    found: set[int] = set()
    for column in columns:
        if isinstance(column, int):
            found.add(column)
        elif column and column[0].isdigit():
            first, _, last = column.partition("-")
            found |= set(range(int(first), int(last or first) + 1))
    return found


EXPORTS = tuple(Export(facts) for facts in JUDGED["files"])
SURVEYS = tuple(export for export in EXPORTS if export.is_survey)
BY_NAME = {export.name: export for export in EXPORTS}
