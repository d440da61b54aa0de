"""SPSS data files: columns and values described by the file itself, no header rows.

Tools that write ``.sav`` (LimeSurvey, Qualtrics, SurveyMonkey, Alchemer and others) keep the names of
their own columns; ``spss_columns.csv`` lists them.
"""

from __future__ import annotations

from typing import cast

from pipeline.ingest.readers._columns import read_columns
from pipeline.ingest.readers._grid import Evidence, Grid, Layout, Role
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import user_error
from schemas.definitions import Wave
from schemas.problems import counted

TOOL = "spss"
BARE_IDS = {"id", "caseid", "case_id", "respondent", "respid", "resp_id", "serial", "uuid", "key"}
"""Names that mean the respondent only when every case has another value."""


def recognise_export(grid: Grid) -> Evidence:
    """The file describes its own columns."""
    if not grid.variables:
        return Evidence(0.0)
    labelled = sum(bool(variable.value_labels) for variable in grid.variables)
    what = f"an SPSS data file with {counted(len(grid.variables), 'variable')}, {labelled} of them with value labels"
    return Evidence(1.0, (what,))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers are the variables' labels, or their names; codes are the names."""
    if not grid.variables:
        raise user_error(
            "export_unreadable",
            "The file is not an SPSS data file",
            wave=str(wave.year),
            file=grid.file,
            sheet=grid.sheet,
            action="Give the .sav file, or correct tool in survey.toml.",
        )
    headers = tuple(trim_header(variable.label) or variable.name for variable in grid.variables)
    codes = tuple(variable.name for variable in grid.variables)
    return Layout(0, headers, codes, _find_roles(grid, codes))


def _find_roles(grid: Grid, codes: tuple[str, ...]) -> dict[int, Role]:
    known = {row["name"]: cast(Role, row["role"]) for row in read_columns(TOOL)}
    roles: dict[int, Role] = {}
    for at, code in enumerate(codes):
        name = code.casefold()
        if name in known:
            roles[at] = known[name]
        elif name in BARE_IDS and "respondent" not in roles.values() and _is_unique(grid, at):
            roles[at] = "respondent"
    return roles


def _is_unique(grid: Grid, at: int) -> bool:
    column = grid.columns[at]
    return len(column.dictionary) == len(column) and "" not in column.dictionary.to_pylist()
