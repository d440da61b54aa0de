"""Write a synthetic programme's exports from the tables beside its definitions."""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.store.paths import ProgrammePaths
from pipeline.synth.events import draw_wave
from pipeline.synth.exports import check_tools, write_exports
from pipeline.synth.plan import read_plan
from pipeline.synth.planted import HEADER, list_planted


def simulate_programme(root: Path, programme: str = "cip") -> list[Path]:
    """Write every year's exports and ``planted.csv``; the same bytes every time.

    Args:
        root: folder that holds ``data/raw/<programme>`` with its definitions and simulation tables.
        programme: a programme whose origin is synthetic.

    Returns:
        The files written.

    Raises:
        UserError: the plan is incomplete, contradicts the definitions, or the programme is not synthetic.
    """
    paths = ProgrammePaths(root, programme)
    plan = read_plan(paths)
    check_tools(plan)
    written = []
    for year in plan.years:
        written += write_exports(plan, year, draw_wave(plan, year), paths.exports(year))
    planted = paths.raw / "planted.csv"
    with planted.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *list_planted(plan)])
    return [*written, planted]
