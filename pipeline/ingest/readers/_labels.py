"""What survey tools call their own columns, in the languages they speak, and what such columns hold."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast, get_args

from pipeline.ingest.readers._grid import Grid, Role
from pipeline.ingest.readers._text import trim_header
from schemas.definitions import Wave

ROLES: frozenset[str] = frozenset(get_args(Role))

MOMENT = re.compile(
    r"""\s*(?:[^\W\d]{2,12}\.?,?\s+)?(?:                     # Monday,
      \d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}        # 2026-09-14, 14.9.2026, 9/14/26, 2026. 9. 14
    | \d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}          # 2026年9月14日
    | \d{1,2}[\s./-]+(?:de\s)?[^\W\d]{3,12}\.?[\s./,-]+(?:de\s)?\d{2,4}  # 14 Sep 2026, 14-Sep-26, 14 de mayo de 2026
    | [^\W\d]{3,12}\.?\s\d{1,2},?\s\d{4}                 # Sep 14, 2026
    | [2-6]\d{4}\.\d+                                      # a spreadsheet's serial number
    )(?!\d)""",
    re.VERBOSE,
)
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8})*")


class Label(NamedTuple):
    """A row of a tool's ``…_columns.csv``.

    Attributes:
        meaning: a role, or what the tool's reader asks for by name (``sheet``, ``open answer``).
        place: blank: the label tells by itself; ``start``, ``end``: it is too common a word, and counts
            only in the run of own columns before the first or after the last question.
    """

    meaning: str
    place: str


@cache
def read_labels(tool: str) -> dict[str, Label]:
    """A tool's own labels, folded, from the table beside its reader."""
    with Path(__file__).with_name(f"{tool}_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {fold_label(row["label"]): Label(row["meaning"], row["place"]) for row in rows}


def fold_label(text: str) -> str:
    """A header for comparing: composed, case folded, straight quotes."""
    return unicodedata.normalize("NFC", trim_header(text)).replace("\u2019", "'").casefold()


def label_meaning(tool: str, text: str) -> str:
    """What a tool means by a label, wherever it stands; blank if nothing."""
    found = read_labels(tool).get(fold_label(text))
    return found.meaning if found else ""


def find_own_columns(tool: str, headers: Sequence[str]) -> dict[int, str]:
    """Column position -> meaning, for the headers that are the tool's own.

    Common words count only where the tool writes them: see ``Label.place``.
    """
    labels = read_labels(tool)
    found = {at: labels[folded] for at, header in enumerate(headers) if (folded := fold_label(header)) in labels}
    start = next((at for at in range(len(headers)) if at not in found), len(headers))
    end = next((at for at in range(len(headers) - 1, -1, -1) if at not in found), -1)
    return {
        at: label.meaning
        for at, label in found.items()
        if not label.place or (label.place == "start" and at < start) or (label.place == "end" and at > end)
    }


def as_roles(meanings: dict[int, str]) -> dict[int, Role]:
    """The meanings that are roles; each of the single roles for its first column only."""
    roles: dict[int, Role] = {}
    for at, meaning in sorted(meanings.items()):
        single = meaning in ROLES - {"personal", "technical"}
        if meaning in ROLES and not (single and meaning in roles.values()):
            roles[at] = cast(Role, meaning)
    return roles


def count_header_rows(wave: Wave, found: int) -> int:
    """What survey.toml declares, else what was found."""
    return found if wave.header_rows is None else wave.header_rows


def read_headers(grid: Grid, rows: int = 1) -> list[str]:
    """The cells of the first row, trimmed; blanks where there is no header row."""
    head = grid.head(1) if rows else []
    return [trim_header(cell) for cell in head[0]] if head else [""] * len(grid.columns)


def cells_below(grid: Grid, header_rows: int) -> list[list[str]]:
    """Per column, the filled cells of the first responses, trimmed."""
    head = grid.head()[header_rows:]
    return [[cell for row in head if (cell := row[at].strip())] for at in range(len(grid.columns))]


def are_moments(cells: Iterable[str]) -> bool:
    """Whether there are cells, and all begin with a date."""
    cells = list(cells)
    return bool(cells) and all(MOMENT.match(cell) for cell in cells)


def are_numbers(cells: Iterable[str]) -> bool:
    """Whether there are cells, and all are numbers."""
    cells = list(cells)
    return bool(cells) and all(re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell) for cell in cells)


def are_language_codes(cells: Iterable[str]) -> bool:
    """Whether there are cells, and all are codes such as ``en`` or ``pt-BR``."""
    cells = list(cells)
    return bool(cells) and all(LANGUAGE.fullmatch(cell) for cell in cells)
