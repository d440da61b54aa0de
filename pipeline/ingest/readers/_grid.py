"""What files become before and after a reader looked at them: grids of text, and tables with headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pyarrow as pa

from schemas.problems import Problem

HEAD_ROWS = 60
"""Rows that recognition may look at; enough for titles, header rows and a sample of responses."""

Role = Literal[
    "respondent", "token", "started", "finished", "duration", "status", "test", "language", "personal", "technical"
]
"""What a tool's own column is for.

``respondent``: the tool's id of a response; ``token``: the person's own link or code; ``status``:
complete, partial and the like; ``test``: a mark of previews and test answers; ``personal``: name,
e-mail, address, IP, place; ``technical``: whatever else the tool writes that nobody was asked.
"""


@dataclass(frozen=True)
class Variable:
    """What a statistics file says of one column: its label and what its codes stand for."""

    name: str
    label: str = ""
    value_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grid:
    """One file, or one sheet of it, as text cells; titles above the header rows already left out.

    Attributes:
        file: the file's name as staff see it (an archive's own name when it holds one table).
        sheet: sheet of a workbook or member of an archive; blank where there is only one.
        columns: one dictionary-encoded text array per column, **every** row from the first header row
            on; no nulls: a blank cell is an empty string.
        first_row: row of the file (as a spreadsheet counts) that the grid's first row is.
        notes: what was noticed while reading (a detected encoding, formulas, summary rows left out).
        variables: one per column where the file itself describes its columns (``.sav``); else empty.
            Such a grid has no header rows.
    """

    file: str
    sheet: str
    columns: tuple[pa.DictionaryArray, ...]
    first_row: int = 1
    notes: tuple[Problem, ...] = ()
    variables: tuple[Variable, ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def head(self, rows: int = HEAD_ROWS) -> list[list[str]]:
        """The first rows as lists of cells."""
        if rows > HEAD_ROWS:
            return self._read_rows(rows)
        return [list(row) for row in self._head[:rows]]

    @cached_property
    def _head(self) -> list[list[str]]:
        # every reader asks, and cells of Arrow arrays become text slowly
        return self._read_rows(HEAD_ROWS)

    def _read_rows(self, rows: int) -> list[list[str]]:
        return [list(row) for row in self._sample[:rows]]

    @cached_property
    def _sample(self) -> list[tuple[str, ...]]:
        cells = [column.slice(0, HEAD_ROWS).dictionary_decode().to_pylist() for column in self.columns]
        return list(zip(*cells, strict=True))


@dataclass(frozen=True)
class Evidence:
    """How sure a reader is that its tool wrote a grid, and why.

    Attributes:
        score: 0 not at all; 0.3 a hint; 0.6 typical; 0.9 and above unmistakable.
        reasons: what was seen, in plain words, for example "columns 'Respondent ID' and 'Collector ID'".
    """

    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How a tool lays out one grid.

    Attributes:
        header_rows: rows above the first response, titles that the tool writes above its headers included.
        titles: how many of them hold titles.
        headers: one per column, trimmed: the question's text, ``Question [Row or option]`` for the columns
            of one question.
        codes: the tool's own code of each column (``Q4_1``, ``sat[SQ001]``), blank where it has none.
        roles: column position -> what the tool itself uses the column for.
    """

    header_rows: int
    headers: tuple[str, ...]
    codes: tuple[str, ...] = ()
    roles: Mapping[int, Role] = field(default_factory=dict)
    titles: int = 0


@dataclass(frozen=True)
class RawTable:
    """One export table as text, nothing interpreted.

    Attributes:
        file: the export's file name.
        sheet: sheet of a workbook, member of an archive, or blank.
        headers: one resolved header per column, as written, trimmed.
        columns: one dictionary-encoded text array per column, in the same order; no nulls: a blank
            cell is an empty string.
        first_row: row of the first response as a spreadsheet counts (the file's first row is row 1).
        codes: the tool's code of each column, blank where it has none; empty when no column has one.
        roles: column position -> what the tool itself uses the column for.
        tool: the reader that laid it out.
        evidence: why that reader; blank score when survey.toml names the tool and nothing contradicts it.
        header_rows: rows above the first response that held headers, titles above them not counted.
        notes: what was noticed while reading.
        variables: see ``Grid``.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    columns: tuple[pa.DictionaryArray, ...]
    first_row: int
    codes: tuple[str, ...] = ()
    roles: Mapping[int, Role] = field(default_factory=dict)
    tool: str = ""
    evidence: Evidence = Evidence(0.0)
    header_rows: int = 1
    notes: tuple[Problem, ...] = ()
    variables: tuple[Variable, ...] = ()

    @property
    def n_rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0
