"""The problems table: one part per year and stage, and problems.csv that holds them all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from schemas.problems import Problem

COLUMNS = ["severity", "code", "wave", "file", "sheet", "row", "column", "what", "action"]
ORDER = {"error": 0, "warning": 1, "info": 2}


def write_problems(paths: ProgrammePaths, year: int, stage: str, problems: Iterable[Problem]) -> Path:
    """Replace one year's problems of one stage and rebuild problems.csv (UTF-8 with byte-order mark)."""
    part = paths.problems_part(year, stage)
    write_text(part, _to_csv([_row(problem) for problem in problems]))
    rows: list[list[str]] = []
    for path in sorted(paths.problems_part(year, stage).parents[1].glob("year=*/*.csv")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        found = list(csv.reader(io.StringIO(text, newline="")))
        # a damaged part is left out: its own stage writes it again
        rows += [row for row in found[1:] if len(row) == len(COLUMNS)] if found[:1] == [COLUMNS] else []
    rows.sort(key=lambda row: (row[2], ORDER[row[0]], row[1:2] + row[3:5], int(row[5] or 0), row[6:]))
    write_text(paths.problems, _to_csv(rows))
    return part


def read_told(paths: ProgrammePaths, code: str) -> dict[str, list[str]]:
    """What problems.csv says under one code, by wave."""
    told: dict[str, list[str]] = {}
    if paths.problems.is_file():
        for row in csv.DictReader(io.StringIO(paths.problems.read_text(encoding="utf-8-sig"), newline="")):
            if row["code"] == code:
                told.setdefault(row["wave"], []).append(row["what"])
    return told


def _row(problem: Problem) -> list[str]:
    kind = problem.kind
    row = "" if problem.row is None else str(problem.row)
    where = [problem.wave, problem.file, problem.sheet, row, problem.column]
    return [kind.severity, problem.code, *where, problem.what, problem.action or kind.action]


def _to_csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])
    return "\ufeff" + out.getvalue()
