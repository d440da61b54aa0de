"""EUSurvey: XLSX, XLS or ODS, titles above one header row, the tool's own columns after the questions.

Above the headers stand ``Alias`` and ``Export Date``, always in English. The rows of a matrix are headed
``Question: Row``, with ids ``Question: Row (ID5)``. The tool's own columns are headed in the language of
whoever exported, but stand in a fixed order at the end, and can be told from what is in them. Old
workbooks go on in a second sheet after 254 columns.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.ingest.readers._grid import Evidence, Grid, Layout, Role
from pipeline.ingest.readers._labels import (
    are_language_codes,
    are_moments,
    as_roles,
    cells_below,
    count_header_rows,
    find_own_columns,
)
from pipeline.ingest.readers._text import trim_header
from pipeline.store.errors import user_error
from schemas.definitions import Wave

TOOL = "eusurvey"
TITLES = ("alias", "export date")
TITLES_END = (3, 4)
"""Row of the headers, depending on the version."""
OWN_AT_MOST = 7
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
HIDDEN = "anonymous"
"""Stands in place of every id and name when a survey is anonymous."""
WITH_ID = re.compile(r"(.+?) ?\(([\w-]+)\)")


def recognise_export(grid: Grid) -> Evidence:
    """Its titles, and its own columns by their headings or by what stands in them."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    rows = grid.head()
    if _is_statistics(rows):
        return Evidence(0.6, ("a summary: 'Answers' and 'Ratio' below each question",))
    titled, at = _has_titles(rows), _find_header_row(rows)
    headings = [trim_header(cell) for cell in rows[at]]
    named = find_own_columns(TOOL, headings)
    reasons = ["titles 'Alias' and 'Export Date'"] if titled else []
    if len(named) >= 3:
        reasons.append("columns " + ", ".join(f"'{headings[position]}'" for position in named))
        # a shade less sure with the titles still there, so that they are left out where the headers suffice
        return Evidence(0.94 if titled else 0.95, tuple(reasons))
    if _find_roles_by_cells(cells_below(grid, at + 1)):
        reasons.append("the last columns hold contribution ids, times and languages")
        return Evidence(0.95 if titled else 0.65 if grid.first_row in TITLES_END else 0.5, tuple(reasons))
    return Evidence(0.85 if titled else 0.0, tuple(reasons))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers read ``Question`` or ``Question [Row]``; codes are the ids, where they were exported."""
    rows = grid.head() or [[""] * len(grid.columns)]
    if _is_statistics(rows):
        raise user_error(
            "not_respondent_level",
            "The file holds EUSurvey's statistics, not the contributions",
            wave=str(wave.year),
            file=grid.file,
            sheet=grid.sheet,
            action="In EUSurvey, export the results (contributions) as XLSX instead of the statistics.",
        )
    at = _find_header_row(rows)
    headings = [trim_header(cell) for cell in rows[at]]
    named = as_roles(find_own_columns(TOOL, headings))
    cells = cells_below(grid, at + 1)
    roles = named if len(named) >= 3 else _find_roles_by_cells(cells)
    # an id that is hidden is no id: all responses would count as one person's
    hidden = {at for at in roles if {cell.casefold() for cell in cells[at]} == {HIDDEN}}
    roles |= dict.fromkeys(hidden, "technical")
    questions = [position for position, heading in enumerate(headings) if heading and position not in roles]
    codes = _take_out_ids(headings, questions)
    headers = _bracket_rows(headings, questions)
    declared = count_header_rows(wave, 1)
    # survey.toml may count the titles among the header rows, whether or not they were left out already
    count = at + (1 if declared == grid.first_row + at else declared)
    return Layout(count, headers, codes if any(codes) else (), roles, titles=at)


def _take_out_ids(headings: list[str], questions: list[int]) -> tuple[str, ...]:
    """The ids in parentheses at the end, when every question has one; ``headings`` are shortened."""
    found = {at: match for at in questions if (match := WITH_ID.fullmatch(headings[at]))}
    if len(found) < len(questions) or len({match[2] for match in found.values()}) < len(found):
        return ()
    for at, match in found.items():
        headings[at] = match[1]
    return tuple(found[at][2] if at in found else "" for at in range(len(headings)))


def _has_titles(rows: list[list[str]]) -> bool:
    return tuple(trim_header(cell).casefold() for row in rows[:2] for cell in row[:1]) == TITLES


def _find_header_row(rows: list[list[str]]) -> int:
    """The header row's position: the first filled row below the titles, where those were not left out."""
    if not _has_titles(rows):
        return 0
    return next((at for at, row in enumerate(rows[2:], start=2) if any(cell.strip() for cell in row)), len(rows) - 1)


def _is_statistics(rows: list[list[str]]) -> bool:
    """Whether each question is followed by a table of how often each answer was given."""
    return any([cell.strip() for cell in row[2:4]] == ["Answers", "Ratio"] for row in rows[:6])


def _find_roles_by_cells(cells: list[list[str]]) -> dict[int, Role]:
    """The tool's own columns from their cells: ids, perhaps a name, two times, a language."""
    last = range(max(0, len(cells) - OWN_AT_MOST), len(cells))
    ids = [at for at in last if cells[at] and all(map(_is_id, cells[at]))]
    times = [at for at in last if ids and at > ids[0] and are_moments(cells[at])][:2]
    if len(times) < 2 or times[1] != times[0] + 1:
        return {}
    before: dict[int, tuple[Role, ...]] = {
        1: ("respondent",),
        2: ("token", "respondent") if len(ids) > 1 else ("respondent", "personal"),
        3: ("token", "respondent", "personal"),
    }
    own = range(ids[0], times[0])
    roles: dict[int, Role] = dict(zip(own, before.get(len(own), ()), strict=False))
    roles |= {times[0]: "finished", times[1]: "technical"}
    after = times[1] + 1
    if after < len(cells) and are_language_codes(cells[after]):
        roles[after] = "language"
    return roles


def _is_id(cell: str) -> bool:
    return bool(UUID.fullmatch(cell)) or cell.casefold() == HIDDEN


def _bracket_rows(headings: list[str], questions: list[int]) -> tuple[str, ...]:
    """Neighbours that begin alike up to a colon are the rows of one matrix."""
    result = list(headings)
    matrix = dict.fromkeys(questions, "")
    for left, right in pairwise(questions):
        shared = _shared_start(headings[left], headings[right]) if right == left + 1 else ""
        if shared:
            matrix[left] = matrix[left] or shared
            matrix[right] = shared
    for at, shared in matrix.items():
        if shared and headings[at][len(shared) :]:
            result[at] = f"{shared[:-2]} [{headings[at][len(shared) :]}]"
    return tuple(result)


def _shared_start(one: str, other: str) -> str:
    """The longest start up to a colon that two headings share."""
    ends = (match.end() for match in re.finditer(r"(?<=\S): ", one))
    return max((one[:end] for end in ends if other.startswith(one[:end])), key=len, default="")
