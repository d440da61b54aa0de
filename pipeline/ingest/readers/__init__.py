"""Readers: one file per survey tool, found by registry.

A reader module declares ``TOOL``, ``recognise_export(grid) -> Evidence`` (from the content, never the
file name) and ``lay_out(grid, wave) -> Layout`` (where the header rows end, what each column is called,
which columns are the tool's own). Files, encodings, archives and sheets are read before that, in one
place for all tools (``_files``).
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from pipeline.ingest.readers._files import open_grids
from pipeline.ingest.readers._grid import Evidence, Grid, Layout, RawTable
from pipeline.ingest.readers._protected import read_protected
from pipeline.ingest.readers._transposed import refuse_transposed
from pipeline.store.errors import UserError, user_error
from schemas.definitions import Wave
from schemas.problems import Problem

__all__ = ["Evidence", "Grid", "Layout", "RawTable", "find_reader", "find_readers", "read_export", "recognise_tool"]

SURE = 0.6
"""From this score on a tool counts as recognised."""


class ReaderModule(Protocol):
    TOOL: str

    def recognise_export(self, grid: Grid) -> Evidence: ...

    def lay_out(self, grid: Grid, wave: Wave) -> Layout: ...


@cache
def find_readers() -> dict[str, ReaderModule]:
    """Every reader by its tool name; a new tool is one new file here."""
    found = {}
    for entry in pkgutil.iter_modules(__path__):
        if not entry.name.startswith("_"):
            module = cast(ReaderModule, importlib.import_module(f"{__name__}.{entry.name}"))
            found[module.TOOL] = module
    return found


def find_reader(tool: str, named_in: str = "survey.toml") -> ReaderModule:
    readers = find_readers()
    if tool not in readers:
        known = ", ".join(sorted(readers))
        raise user_error(
            "tool_unknown",
            f"No reader for tool '{tool}'; known tools: {known}",
            file=named_in,
            column="tool",
        )
    return readers[tool]


def recognise_tool(grid: Grid) -> tuple[str, Evidence]:
    """The tool that most likely wrote a grid; ``plain`` when none of the others shows itself."""
    found = {tool: reader.recognise_export(grid) for tool, reader in sorted(find_readers().items())}
    tool = max(found, key=lambda name: (found[name].score, name == "plain"))
    return tool, found[tool]


def read_export(path: Path, wave: Wave) -> list[RawTable]:
    """Read every table of responses in one export.

    Args:
        path: the file as the tool wrote it: delimited text, workbook, ``.sav``, or one of them in a
            gzip or zip archive.
        wave: what survey.toml says; a blank ``tool`` is recognised from the content.

    Of several tables in an archive, those that hold something else than responses (repeat groups,
    statistics) are left out where exactly one holds responses.

    Raises:
        UserError: what the file is instead of an export of responses, where, and what to do.
    """
    tables: list[RawTable] = []
    refused: dict[str, UserError] = {}
    for grid in open_grids(path, wave, lambda grid: recognise_tool(grid)[1].score):
        try:
            tables.append(_lay_out(read_protected(grid, wave), wave))
        except UserError as error:
            if error.problems[0].code != "not_respondent_level":
                raise
            refused[grid.sheet] = error
    if refused and len(tables) != 1:
        raise next(iter(refused.values()))
    if refused:
        listed = "', '".join(refused)
        what = f"Not read, for it holds no row per response: '{listed}'"
        note = Problem("sheet_chosen", what, wave=str(wave.year), file=path.name, sheet=tables[0].sheet)
        tables = [replace(tables[0], notes=(*tables[0].notes, note))]
    return tables


def _lay_out(grid: Grid, wave: Wave) -> RawTable:
    refuse_transposed(grid, wave)
    tool, evidence = recognise_tool(grid)
    notes = list(grid.notes)
    reasons = "; ".join(evidence.reasons)
    if not wave.tool:
        what = f"Read as an export of {tool}" + (f": {reasons}" if reasons else "")
        notes.append(_note("tool_recognised", what, grid, wave))
    elif tool != wave.tool and not grid.variables:  # a file that describes its own columns is what it is
        if evidence.score >= SURE:
            what = f"survey.toml says {wave.tool}; the file looks like {tool} ({reasons})"
            notes.append(_note("tool_differs", what, grid, wave))
        tool, evidence = wave.tool, Evidence(0.0)
    layout = find_reader(tool, f"{wave.year}/survey.toml").lay_out(grid, wave)
    if layout.header_rows > grid.n_rows:
        what = f"There are {grid.n_rows} rows, fewer than the {layout.header_rows} header rows"
        raise user_error("export_empty", what, wave=str(wave.year), file=grid.file, sheet=grid.sheet)
    if layout.header_rows:
        _refuse_response_as_header(grid, layout.header_rows, wave)
    return RawTable(
        file=grid.file,
        sheet=grid.sheet,
        headers=layout.headers,
        columns=tuple(column.slice(layout.header_rows) for column in grid.columns),
        first_row=grid.first_row + layout.header_rows,
        codes=layout.codes,
        roles=layout.roles,
        tool=tool,
        evidence=evidence,
        header_rows=layout.header_rows - layout.titles,
        notes=tuple(notes),
        variables=grid.variables,
    )


def _refuse_response_as_header(grid: Grid, header_rows: int, wave: Wave) -> None:
    """A response that is taken for headers would be lost without a word, and shown in messages.

    A header may well come again below, where people tick its option, but then nothing else does. Ids,
    times and remarks do not come again: a quarter of the cells is enough.
    """
    head = grid.head()
    below = [{row[at] for row in head[header_rows:] if row[at].strip()} for at in range(len(grid.columns))]
    last = head[header_rows - 1]
    filled = [at for at, cell in enumerate(last) if cell.strip()]
    answers = [at for at in filled if last[at] in below[at] and len(below[at]) > 1]
    if len(answers) < 2 or 4 * len(answers) < len(filled):
        return
    row = grid.first_row + header_rows - 1
    if wave.header_rows and header_rows > 1:
        what = f"header_rows is {header_rows}, but row {row} of {grid.file} reads like a response"
        raise user_error("definition_invalid", what, file=f"{wave.year}/survey.toml", column="header_rows")
    what = f"The table has no header row: row {row} reads like a response"
    raise user_error(
        "export_refused", what, wave=str(wave.year), file=grid.file, sheet=grid.sheet, row=row,
        action="Export it with headers and a row per response, or set first_header_row in survey.toml where they stand "
        "further up.",
    )  # fmt: skip


def _note(code: str, what: str, grid: Grid, wave: Wave) -> Problem:
    return Problem(code=code, what=what, wave=str(wave.year), file=grid.file, sheet=grid.sheet)
