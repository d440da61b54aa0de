"""Each real export made into a year of a programme of its own, once: drafted, decided, read and coded."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipeline.ingest.columns import match_roles
from pipeline.ingest.draft.wave import WaveDraft
from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.readers import RawTable, read_export
from pipeline.ingest.wave import read_wave
from pipeline.stages.draft import Drafted, draft_in_programme, find_earlier_wave
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Wave
from schemas.problems import Problem
from tests.shared.truth import Export

YEAR = 2020


@dataclass(frozen=True)
class RealYear:
    """What became of one export.

    Attributes:
        undecided: problem codes of reading the year before anybody looked at the questions.
        refusal: problems that ended the reading after all questions were decided as proposed.
        table: the export as read; definitions, coded: None when the year cannot be read as it was drafted.
    """

    export: Export
    paths: ProgrammePaths
    draft: WaveDraft
    table: RawTable
    undecided: tuple[str, ...]
    refusal: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    definitions: Definitions | None = None
    coded: pd.DataFrame | None = None

    @property
    def settings(self) -> dict[str, object]:
        return {setting.key: setting.value for setting in self.draft.settings}

    def roles(self) -> dict[str, int]:
        """The column of each role, as the drafted definitions find it; without them, as the draft lists it."""
        if self.definitions:
            return match_roles(self.table, self.definitions.waves[YEAR])[0]
        return {f"{column.taken_for}:{column.position}": column.position for column in self.draft.columns}

    def positions(self, kind: str) -> set[int]:
        return {at for role, at in self.roles().items() if role.split(":")[0] == kind}

    def item_at(self, position: int) -> str:
        """Code of the item read from a column; blank where none is."""
        roles = self.roles() if self.definitions else {}
        return next(
            (role.removeprefix("item:") for role, at in roles.items() if at == position and role.startswith("item:")),
            "",
        )


GiveYear = Callable[[str], RealYear]
"""Name of an export, as in the judged truth, to what became of it."""


def make_real_year(export: Export, root: Path) -> RealYear:
    """Draft, decide everything as proposed, read and code one export."""
    paths = ProgrammePaths(root, "real")
    draft = draft_year(paths, YEAR, [export.path]).draft
    undecided = () if not draft.questions else _list_codes(lambda: read_wave(paths, read_definitions(paths), YEAR))
    decide_questions(paths, YEAR)
    try:
        definitions = read_definitions(paths)
        tables: list[RawTable] = []
        texts, problems = read_wave(paths, definitions, YEAR, seen=tables)
    except UserError as refused:
        (table,) = read_export(export.path, Wave(year=YEAR, title="Survey", report_date=date(YEAR, 12, 1)))
        return RealYear(export, paths, draft, table, undecided, refusal=tuple(refused.problems))
    coded, more = harmonise_answers(texts, definitions, YEAR)
    (table,) = tables
    return RealYear(export, paths, draft, table, undecided, (), (*problems, *more), definitions, coded)


def _list_codes(read: Callable[[], object]) -> tuple[str, ...]:
    try:
        read()
    except UserError as refused:
        return tuple(problem.code for problem in refused.problems)
    return ()


def draft_year(paths: ProgrammePaths, year: int, exports: Sequence[Path], like: int | None = None) -> Drafted:
    """What ``cip new YEAR --from EXPORT… [--like YEAR]`` writes."""
    return draft_in_programme(paths, year, exports, find_earlier_wave(paths, year, like))


def decide_questions(paths: ProgrammePaths, year: int) -> None:
    """A person has looked at everything the draft asked, and left it as proposed."""
    path = paths.wave(year) / "questions.csv"
    if path.is_file():
        write_rows(path, [row | {"decided": "yes"} for row in read_rows(path)])


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
