"""The released tables of a year as CSV files, exactly what the reports show, for anybody to compute with."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.store.release_files import RELEASED, write_released
from pipeline.store.tables import read_table

NAME = "data-files"
TITLE = "Released figures as CSV"
SCOPE: Scope = "year"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``<year>/data/<table>.csv`` of ``context.year``: whole points, a blank cell where one is withheld."""
    assert context.year is not None
    folder = context.paths.report(str(context.year), "data")
    written = []
    for name in RELEASED:
        stored = context.paths.release(context.release.profile, name)
        rows = read_table(f"released_{name}", stored, [context.year])
        if len(rows):
            written.append(write_released(rows.drop(columns="year"), name, folder))
        else:
            (folder / f"{name}.csv").unlink(missing_ok=True)  # of a run that had rows
    context.on_progress("data files")
    return written
