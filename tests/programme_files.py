"""A small valid programme on disk, for tests that read files. Change one thing, then read it.

paths = write_programme(tmp_path)
edit(paths.raw / "groups.csv", "North,North house", "North,Northern house")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.store.paths import ProgrammePaths

REPOSITORY = Path(__file__).resolve().parents[1]

PROGRAMME = """\
name = "Example survey"
short_name = "Example"
origin = "synthetic"
"""

TABLES: dict[str, str] = {
    "principles": """\
principle,version,since,kind,parent,name:en,text:en
P1,1,2025,principle,,Purpose,It fulfils its purpose.
P2,1,2025,principle,,Structure,Its structure is effective.
P2-in,1,2025,part,P2,Inside,Its own structure is effective.
""",
    "groups": """\
group,name,parent,kind,aliases
House,House,,rollup,
North,North house,House,answers,N. house|Northern
South,South house,House,answers,
Islet,Islet,House,folded,
""",
    "periods": """\
period,name,group,year_from,year_to
period-1,First period,,2025,2027
""",
}

WAVE_TABLES: dict[str, str] = {
    "items": """\
item,principle,text:en,scale,reverse,column
q1,P1,It does what it is for.,agree5,no,Q1
q2,P1,It wastes time.,agree5,yes,Q2
q3,P2,Its parts fit together.,agree5,no,Q3
q4,P2-in,Our own parts fit together.,agree5,no,Q4
""",
    "scales": """\
scale,value,label:en,kind,favourable
agree5,1,Strongly disagree,answer,no
agree5,2,Disagree,answer,no
agree5,3,Neither,answer,neutral
agree5,4,Agree,answer,yes
agree5,5,Strongly agree,answer,yes
agree5,,No opinion,no_opinion,
""",
    "roster": """\
group,eligible,unit,as_of,source,access
North,12,person,2025-05-01,member list,unique
South,20,person,2025-05-01,member list,unique
""",
}


def survey_settings(year: int) -> str:
    """A wave's ``survey.toml``."""
    return f'year = {year}\ntitle = "Survey {year}"\ntool = "plain"\nreport_date = {year}-12-01\ngroup_columns = ["Group"]\n'


def write_programme(
    root: Path,
    years: Iterable[int] = (2025, 2026),
    *,
    tables: Mapping[str, str] | None = None,
    wave_tables: Mapping[str, str] | None = None,
) -> ProgrammePaths:
    """Write a valid programme called ``example`` below ``root``.

    Args:
        root: folder that gets ``data/raw/example``.
        years: survey years; all have the same items and scales, and an export with two responses.
        tables: CSV text by table name, in place of or in addition to ``TABLES``.
        wave_tables: the same for each year's folder.
    """
    paths = ProgrammePaths(root, "example")
    _write(paths.settings, PROGRAMME)
    for name, text in (TABLES | dict(tables or {})).items():
        _write(paths.raw / f"{name}.csv", text)
    for year in years:
        _write(paths.wave(year) / "survey.toml", survey_settings(year))
        for name, text in (WAVE_TABLES | dict(wave_tables or {})).items():
            _write(paths.wave(year) / f"{name}.csv", text)
        _write(
            paths.exports(year) / "export.csv",
            "Group,Q1,Q2,Q3,Q4\nNorth house,Agree,Disagree,Agree,Neither\nSouth,,,Agree,\n",
        )
    return paths


def edit(path: Path, old: str, new: str) -> None:
    """Replace text that must be there exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path.name}"
    _write(path, text.replace(old, new))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
