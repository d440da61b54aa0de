"""Readers: one file per survey tool, found by registry.

A reader module declares ``TOOL`` and ``read_export(path, wave) -> list[RawTable]``: the export as an
all-text table with its header rows resolved to one header per column, nothing interpreted.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa

from pipeline.store.errors import user_error
from schemas.definitions import Wave


@dataclass(frozen=True)
class RawTable:
    """One export table as text.

    Attributes:
        file: the export's file name.
        sheet: sheet of a workbook, or blank.
        headers: one resolved header per column, as written, trimmed.
        columns: one dictionary-encoded text array per column, in the same order; no nulls: a blank
            cell is an empty string.
        first_row: spreadsheet row of the first response (the first header row is row 1).
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    columns: tuple[pa.DictionaryArray, ...]
    first_row: int

    @property
    def n_rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0


class ReaderModule(Protocol):
    TOOL: str

    def read_export(self, path: Path, wave: Wave) -> list[RawTable]: ...


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
