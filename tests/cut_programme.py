"""A small programme with declared cuts and weights, run through the stages up to its release.

Three groups (one of three people, so that it is left out of the roll-ups), two cuts, and rosters for both.
Answers come from a fixed formula: no randomness, and no two categories alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.stages.release import release_tables
from pipeline.stages.scores import score_groups
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from tests.programme_files import WAVE_TABLES, survey_settings, write_programme

YEAR = 2025
CUTS = """\
cut,name:en,column,category,label:en,aliases,kind,other,eligible,source,as_of
region,Region,Where are you based?,AF,Africa,,,,40,member list,2025-05-01
region,,,AS,Asia,Asia Pacific|APAC,,,60,member list,2025-05-01
region,,,EU,Europe,,,,50,member list,2025-05-01
region,,,none,Rather not say,,not_said,,,,
language,Language,Which language?,en,English,,,not_said,100,member list,2025-05-01
language,,,fr,French,Français,,,50,member list,2025-05-01
"""
GROUPS = """\
group,name,parent,kind,aliases
North,North house,,answers,
South,South house,,answers,
Tiny,Tiny house,,answers,
"""
ROSTER = """\
group,eligible,unit,as_of,source,access
North,60,person,2025-05-01,member list,unique
South,84,person,2025-05-01,member list,unique
Tiny,6,person,2025-05-01,member list,unique
"""
LABELS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
People = Mapping[tuple[str, str, str], int]
"""How many people there are of each group, region and language, as the export writes them."""

PEOPLE: People = {
    ("North house", "Africa", "English"): 7, ("North house", "APAC", "English"): 8, ("North house", "Asia", "Français"): 5,
    ("South house", "Europe", "English"): 12, ("South house", "Asia", "French"): 9, ("South house", "Africa", "French"): 6,
    ("South house", "Europe", "French"): 5, ("Tiny house", "Europe", "English"): 3, ("North house", "", "English"): 6,
}  # fmt: skip


def write_export(people: People) -> str:
    """One line per person; four answers that differ from person to person."""
    lines = ["Group,Q1,Q2,Q3,Q4,Where are you based?,Which language?"]
    at = 0
    for (group, region, language), n in people.items():
        for _ in range(n):
            at += 1
            q1, q2, q3, q4 = (LABELS[(at * step + at * at // 3) % 5] for step in (1, 2, 3, 7))
            lines.append(f'{group},{q1},{q2},{q3},{q4},"{region}","{language}"')
    return "\n".join(lines) + "\n"


def write_cut_programme(
    root: Path, people: People = PEOPLE, *, cuts: str = CUTS, settings: str = "", groups: str = GROUPS, roster: str = ROSTER,
    years: Sequence[int] = (YEAR,),
) -> ProgrammePaths:  # fmt: skip
    """Write the programme; ``settings`` is added to ``survey.toml``."""
    tables = WAVE_TABLES | {"cuts": cuts, "roster": roster}
    paths = write_programme(root, years, tables={"groups": groups}, wave_tables=tables)
    for year in years:
        (paths.wave(year) / "survey.toml").write_text(
            survey_settings(year).replace('["Group"]', '["Group"]') + settings, encoding="utf-8"
        )
        (paths.exports(year) / "export.csv").write_text(write_export(people), encoding="utf-8", newline="\n")
    return paths


def run_stages(paths: ProgrammePaths, year: int = YEAR) -> None:
    """What the yearly flow does up to the release; there is no earlier year to compare with."""
    for stage in (
        ingest_exports, harmonise_responses, validate_responses, score_groups, release_tables,
    ):  # fmt: skip
        stage(paths, year)


def read_stored(paths: ProgrammePaths, name: str, year: int = YEAR) -> pd.DataFrame:
    return read_table(name, paths.table(name), [year])


def read_released(paths: ProgrammePaths, name: str, year: int = YEAR) -> pd.DataFrame:
    return read_table(f"released_{name}", paths.release("default", name), [year])
