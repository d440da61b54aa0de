"""Two years of one programme whose people keep a token, with planted changes, run up to the release.

North: 40 people answer in both years and nearly all rise by one answer. South: 24 do the same;
two more answered in the second year only, fewer than a score needs, so that a release may not follow anybody. East: nine people in both years, too few to follow.
Tokens stand in another order every year, and one row of each year has none.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.stages.release import release_tables
from pipeline.stages.scores import compare_with_earlier, score_groups
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.paths import ProgrammePaths
from tests.programme_files import survey_settings, write_programme

YEARS = (2025, 2026)
LABELS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
ITEMS = """\
item,principle,text:en,scale,reverse,column
q1,P1,It does what it is for.,agree5,no,Q1
q2,P1,It is needed.,agree5,no,Q2
q3,P1,It is known.,agree5,no,Q3
"""
PRINCIPLES = """\
principle,version,since,kind,parent,name:en,text:en
P1,1,2025,principle,,Purpose,It fulfils its purpose.
"""
GROUPS = """\
group,name,parent,kind,aliases
North,North house,,answers,
South,South house,,answers,
East,East house,,answers,
"""
PEOPLE = {"North": 40, "South": 24, "East": 9}
LOWEST = {"North": 1, "South": 0, "East": -1}
NEW = {"South": 2}
"""People who answered in the second year only."""


def write_linked_programme(root: Path, *, linked: bool = True) -> ProgrammePaths:
    """Definitions and exports of both years."""
    wave = {"items": ITEMS, "roster": "group,eligible\n"}
    paths = write_programme(root, YEARS, tables={"groups": GROUPS, "principles": PRINCIPLES}, wave_tables=wave)
    for year in YEARS:
        text = survey_settings(year) + 'respondent_column = "Token"\n' + f"linked = {str(linked).lower()}\n"
        (paths.wave(year) / "survey.toml").write_text(text, encoding="utf-8")
        export = paths.exports(year) / "export.csv"
        export.write_text("\n".join(["Token,Group,Q1,Q2,Q3", *_rows(year)]) + "\n", encoding="utf-8")
    return paths


def _rows(year: int) -> list[str]:
    rows = []
    for group, n in PEOPLE.items():
        for at in range(n + (NEW.get(group, 0) if year == YEARS[1] else 0)):
            # people differ by up to three answers; all but every eighth rise by one
            level = at % 4 + LOWEST[group] + (1 if year == YEARS[1] and at % 8 else 0)
            answers = [LABELS[min(max(level + (at % 3 == item) * (-1) ** at, 0), 4)] for item in range(3)]
            rows.append(",".join([f"{group[0]}{at:03}", f"{group} house", *answers]))
    rows = rows if year == YEARS[0] else rows[::-1]
    return [*rows, f",East house,{LABELS[2]},{LABELS[2]},{LABELS[1]}"]


def run_stages(paths: ProgrammePaths) -> None:
    """Both years from exports to released tables."""
    for year in YEARS:
        for stage in (ingest_exports, harmonise_responses, validate_responses, score_groups, compare_with_earlier):
            stage(paths, year)
        release_tables(paths, year)
