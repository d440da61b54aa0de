"""Which column of an export a declared name means: by its header, by the tool's code, by its position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._text import trim_header
from pipeline.store.labels import normalise_label

LEAST_BLOCK = 3
"""So many headers in a row that come again in the same order are a block, not a coincidence."""
CODE_OF_PART = re.compile(r"[_.\[/#:-].*")
"""What follows a question's code in the code of one of its columns: ``Q4_1``, ``sat[SQ001]``, ``group/option``."""

Positions = dict[str, list[int]]


@dataclass(frozen=True)
class Headers:
    """The headers and codes of one table, searchable."""

    headers: tuple[str, ...]
    codes: tuple[str, ...]

    @staticmethod
    def of(table: RawTable) -> Headers:
        return Headers(tuple(map(trim_header, table.headers)), tuple(map(trim_header, table.codes)))

    @cached_property
    def _exact(self) -> tuple[Positions, Positions]:
        return _place(self.headers), _place(self.codes)

    @cached_property
    def _alike(self) -> tuple[Positions, Positions]:
        """The same under what does not distinguish headers: case, blanks, quotes, markup."""
        by_header, by_code = (_merge(places) for places in self._exact)
        return by_header, by_code

    def find(self, names: Iterable[str]) -> list[int]:
        """Positions of the columns that any of the names means; exact spellings before similar ones.

        More than one position means that the names do not say which column.
        """
        found: set[int] = set()
        for name in map(trim_header, names):
            exact = {position for places in self._exact for position in places.get(name, [])}
            alike = normalise_label(name)
            found |= exact or {position for places in self._alike for position in places.get(alike, [])}
        return sorted(found)

    def find_options(self, name: str) -> dict[int, str]:
        """The columns of a question that has one per option, and the option of each.

        They are headed ``Question [option]``, or their codes start with the question's code.
        """
        question, code = normalise_label(trim_header(name)), trim_header(name).casefold()
        split = {position: _split_option(header) for position, header in enumerate(self.headers)}
        found = {at: option for at, (asked, option) in split.items() if option and normalise_label(asked) == question}
        if not found:
            own = [part.casefold() for part in self.codes]
            parts = [at for at, of in enumerate(own) if of.startswith(code) and CODE_OF_PART.fullmatch(of[len(code) :])]
            parts = parts or [at for at, of in enumerate(own) if of == code]
            found = {at: split[at][1] or self.headers[at] for at in parts}
        return found

    def find_blocks(self) -> list[tuple[range, range]]:
        """Runs of headers that come again later in the same order, with where they come again."""
        names = [normalise_label(header) for header in self.headers]
        first: dict[tuple[str, ...], int] = {}
        blocks: list[tuple[range, range]] = []
        at = 0
        while at <= len(names) - LEAST_BLOCK:
            run = tuple(names[at : at + LEAST_BLOCK])
            if "" in run or len(set(run)) < LEAST_BLOCK:
                at += 1
                continue
            start = first.setdefault(run, at)
            if at < start + LEAST_BLOCK:
                at += 1
                continue
            length = LEAST_BLOCK
            while start + length < at and at + length < len(names) and names[start + length] == names[at + length]:
                length += 1
            blocks.append((range(start, start + length), range(at, at + length)))
            at += length
        return blocks


def find_header_row(table: RawTable, names: Iterable[str], rows: int = 60) -> int:
    """The row below the headers (as a spreadsheet counts) that holds most of some names; 0 where none does."""
    wanted = {normalise_label(trim_header(name)) for name in names}
    head = [column.slice(0, rows).to_pylist() for column in table.columns]
    for at, cells in enumerate(zip(*head, strict=True)):
        held = wanted & {normalise_label(trim_header(cell)) for cell in cells}
        if len(held) > 1 and 2 * len(held) > len(wanted):
            return table.first_row + at
    return 0


def _place(names: Sequence[str]) -> Positions:
    """Positions by name; a name that comes more than once also as ``Name [1]``, ``Name [2]`` …"""
    places: Positions = {}
    for position, name in enumerate(names):
        if name:
            places.setdefault(name, []).append(position)
    for name, found in list(places.items()):
        if len(found) > 1:
            for nth, position in enumerate(found, start=1):
                # another column may really be headed so; then the name stays ambiguous
                places.setdefault(f"{name} [{nth}]", []).append(position)
    return places


def _merge(places: Positions) -> Positions:
    merged: Positions = {}
    for name, found in places.items():
        merged.setdefault(normalise_label(name), []).extend(found)
    return merged


def _split_option(header: str) -> tuple[str, str]:
    """``Question [option]`` as its parts; brackets inside the option stay."""
    if not header.endswith("]"):
        return header, ""
    depth = 0
    for at in range(len(header) - 1, -1, -1):
        depth += (header[at] == "]") - (header[at] == "[")
        if not depth:
            return header[:at].rstrip(), header[at + 1 : -1].strip()
    return header, ""
