"""Reports: one file each, found by registry.

A report module declares ``NAME``, ``TITLE``, ``SCOPE`` ('year', 'period', 'programme', or 'before' a year
has answers) and ``write_report(context) -> list[Path]``. It reads nothing but ``context``: definitions and
the release.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import pandas as pd

from pipeline.store.definitions import Definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from schemas.assessment import Assessment

Scope = Literal["year", "period", "programme", "before"]


@dataclass(frozen=True)
class Release:
    """The released tables of one programme and profile, all years; the only data a report may read."""

    paths: ProgrammePaths
    profile: str
    years: tuple[int, ...] = ()

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What reports derive from the tables once and share."""
        return {}

    def _read(self, name: str) -> pd.DataFrame:
        """Every year's rows. A year that an older version of the program wrote is left out until it is run again."""
        table, folder = f"released_{name}", self.paths.release(self.profile, name)
        try:
            return read_table(table, folder)
        except UserError:
            parts = [read_table(table, folder, [])]
            for year in self.years:
                with suppress(UserError):
                    parts.append(read_table(table, folder, [year]))
            return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)

    @cached_property
    def responses(self) -> pd.DataFrame:
        return self._read("responses")

    @cached_property
    def scores(self) -> pd.DataFrame:
        return self._read("scores")

    @cached_property
    def item_counts(self) -> pd.DataFrame:
        return self._read("item_counts")

    @cached_property
    def trends(self) -> pd.DataFrame:
        return self._read("trends")

    @cached_property
    def item_shifts(self) -> pd.DataFrame:
        return self._read("item_shifts")

    @cached_property
    def item_changes(self) -> pd.DataFrame:
        return self._read("item_changes")

    @cached_property
    def reliability(self) -> pd.DataFrame:
        return self._read("reliability")

    @cached_property
    def agreement(self) -> pd.DataFrame:
        return self._read("agreement")

    @cached_property
    def pooled(self) -> pd.DataFrame:
        return self._read("pooled")

    @cached_property
    def cuts(self) -> pd.DataFrame:
        return self._read("cuts")

    @cached_property
    def weighted(self) -> pd.DataFrame:
        return self._read("weighted")

    @cached_property
    def themes(self) -> pd.DataFrame:
        return self._read("themes")

    @cached_property
    def excerpts(self) -> pd.DataFrame:
        return self._read("excerpts")


@dataclass(frozen=True)
class ReportContext:
    """What a report is about: a year, or a period's years, of one programme."""

    paths: ProgrammePaths
    definitions: Definitions
    release: Release
    year: int | None = None
    period: str | None = None
    assessment: Assessment | None = None
    on_progress: Callable[[str], None] = lambda _step: None


class ReportModule(Protocol):
    NAME: str
    TITLE: str
    SCOPE: Scope

    def write_report(self, context: ReportContext) -> list[Path]: ...


def find_reports(scope: Scope | None = None) -> list[ReportModule]:
    """Every report module of a scope, in name order; a new report is one new file."""
    found = []
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        if hasattr(module, "write_report") and scope in (None, module.SCOPE):
            found.append(cast(ReportModule, module))
    return sorted(found, key=lambda report: report.NAME)
