"""KoBoToolbox and ODK (Central, Briefcase, Collect): XML names or labels in one header row.

Groups prefix their questions (``group/question``, in ODK Central ``group-question``). A question with
several choices has a column of its own and one per option, ``question/option``. Below the headers there
may be a row of HXL tags. What the tools write themselves stands in ``kobo_columns.csv``. A sheet or file
of a repeat group has a row per repetition, not per response, and is never read as responses.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import cast

import pyarrow as pa

from pipeline.ingest.readers._columns import read_columns
from pipeline.ingest.readers._grid import Evidence, Grid, Layout, Role
from pipeline.ingest.readers._labels import count_header_rows
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import user_error
from schemas.definitions import Wave

TOOL = "kobo"
XML_NAME = re.compile(r"[^\W\d][\w.-]*")
PLACE = re.compile(r"(?:(?P<group>.+)[/-])?_?(?P<name>.+?)[_-](?:latitude|longitude|altitude|precision|accuracy)", re.I)
REPEAT_MARKS = {"_parent_index", "_parent_table_name", "parent_key", "_submission__id", "_submission__uuid"}
SAMPLE = 200
BEST_FIRST: dict[Role, tuple[str, ...]] = {
    "respondent": ("_uuid", "key", "meta/instanceid", "meta-instanceid", "instanceid", "_id"),
    "finished": ("end", "_submission_time", "submissiondate"),
}
"""Of several columns that could serve, the first is used."""


@dataclass(frozen=True)
class OwnColumn:
    """``mark``: yes where only these tools call a column so, hint where others may, no where anybody may."""

    role: Role
    mark: str
    tool: str


def recognise_export(grid: Grid) -> Evidence:
    """The tools' own columns; less surely, choices as ``question/option`` with 1 and 0."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    names = [trim_header(cell) for cell in grid.head(1)[0]]
    found = {name: known for name in names if (known := _own_columns().get(name.casefold()))}
    sure = [name for name, known in found.items() if known.mark == "yes"]
    hints = [name for name, known in found.items() if known.mark == "hint"]
    if repeats := REPEAT_MARKS & {name.casefold() for name in names}:
        return Evidence(0.6, ("a repeat group's table: " + ", ".join(f"'{name}'" for name in sorted(repeats)),))
    reason = "columns " + ", ".join(f"'{name}'" for name in [*sure, *hints])
    if len(sure) >= 2:
        return Evidence(0.95, (reason,))
    if sure and hints:
        return Evidence(0.8, (reason,))
    started = {"start", "end"} <= {name.casefold() for name in hints}
    if sure or (started and len(hints) >= 3) or {"_id", "_index"} <= set(hints):
        return Evidence(0.6, (reason,))
    options = _find_options(grid, names)
    if len(options) >= 3 and all(_is_path(names[at]) for at in options):
        return Evidence(0.45, ("choices as columns 'question/option' beside their question",))
    return Evidence(0.0)


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers are questions without their groups, ``Question [Option]``; codes are XML names with them."""
    rows = grid.head(2)
    names = [trim_header(cell) for cell in rows[0]] if rows else [""] * len(grid.columns)
    if REPEAT_MARKS & {name.casefold() for name in names}:
        raise user_error(
            "not_respondent_level",
            "The table holds a row per repetition of a repeat group, not per response",
            wave=str(wave.year),
            file=grid.file,
            sheet=grid.sheet,
            action="Name the sheet or file of the responses themselves; repeat groups are not read.",
        )
    headers = _make_headers(names, _find_options(grid, names), "-" if _is_central(names) else "/")
    codes = tuple(name if _is_path(name) else "" for name in names)
    return Layout(
        count_header_rows(wave, _count_tagged_rows(rows)), headers, codes if any(codes) else (), _find_roles(names)
    )


def _count_tagged_rows(rows: list[list[str]]) -> int:
    """Two where the second row holds HXL tags such as ``#affected+f``."""
    tags = [cell.strip() for cell in rows[1] if cell.strip()] if len(rows) > 1 else []
    return 2 if tags and all(re.fullmatch(r"#[a-z]\w*([ +].*)?", tag) for tag in tags) else 1


def _find_roles(names: list[str]) -> dict[int, Role]:
    own = _own_columns()
    plain = [name.casefold() for name in names]
    roles: dict[int, Role] = {at: own[name].role for at, name in enumerate(plain) if name in own}
    for role, candidates in BEST_FIRST.items():
        best = next((name for name in candidates if name in plain), "")
        for at, name in enumerate(plain):
            if name in candidates:
                roles[at] = role if name == best else "technical"
    if not any(own[name].mark == "yes" for name in plain if name in own):
        # without the tool's surer marks a column 'key' or 'email' may be a question
        roles = {at: role for at, role in roles.items() if own[plain[at]].mark != "no"}
    return roles | dict.fromkeys(_find_places(names), "personal")


def _find_places(names: list[str]) -> list[int]:
    """Columns of a recorded position: latitude, longitude and the like, and the column of all together."""
    parts = {at: place.group("group", "name") for at, name in enumerate(names) if (place := PLACE.fullmatch(name))}
    counts = Counter(parts.values())
    found = {at: key for at, key in parts.items() if counts[key] >= 2}
    whole = {joint.join(filter(None, key)) for key in found.values() for joint in "/-"}
    return [at for at, name in enumerate(names) if at in found or name in whole]


def _is_central(names: list[str]) -> bool:
    """Whether ODK Central wrote it, which joins groups with a hyphen."""
    found = [known for name in names if (known := _own_columns().get(name.casefold()))]
    return any(known.tool == "odk" and known.mark == "yes" for known in found)


def _find_options(grid: Grid, names: list[str]) -> dict[int, str]:
    """Columns of single options -> their question: beside its own column, or beside each other, all 1 and 0."""
    known = set(names)
    siblings = Counter(name.rpartition("/")[0] for name in names)
    options: dict[int, str] = {}
    for at, name in enumerate(names):
        question, _, option = name.rpartition("/")
        if not question or not option or name.casefold() in _own_columns():
            continue
        if question in known or (siblings[question] >= 2 and _is_path(name) and _is_ticked(grid.columns[at])):
            options[at] = question
    return options


def _is_ticked(column: pa.DictionaryArray) -> bool:
    cells = {cell.strip().casefold() for cell in column.slice(1, SAMPLE).unique().to_pylist()}
    return cells <= {"", "0", "1", "true", "false"}


def _make_headers(names: list[str], options: dict[int, str], joint: str) -> tuple[str, ...]:
    groups = Counter(name.rpartition(joint)[0] for name in names)
    shorter = []
    for at, name in enumerate(names):
        question = options.get(at, name)
        short = _without_group(question, groups, joint)
        shorter.append(f"{short} [{name[len(question) + 1 :]}]" if at in options else short)
    twice = Counter(shorter)
    # the same question in two groups needs its group to be told apart
    return tuple(short if twice[short] == 1 else name for short, name in zip(shorter, names, strict=True))


def _without_group(name: str, groups: Counter[str], joint: str) -> str:
    """An XML path's last part; labels are left alone, for a slash is at home in them ("and/or")."""
    if name.casefold() in _own_columns() or not _is_path(name):
        return name
    group, _, question = name.rpartition("/" if "/" in name else joint)
    # a hyphen may be part of a name; one that several names share up to there is a group's
    return question if group and question and (joint == "/" or groups[group] >= 2) else name


def _is_path(name: str) -> bool:
    return bool(name) and all(XML_NAME.fullmatch(part) for part in name.split("/"))


@cache
def _own_columns() -> dict[str, OwnColumn]:
    rows = read_columns(TOOL)
    return {row["name"]: OwnColumn(cast(Role, row["role"]), row["mark"], row["tool"]) for row in rows}
