"""What one year's exports hold, as far as they can be read: the facts behind ``cip check``.

Counts and names only, never what a respondent wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipeline.ingest.columns import match_roles
from pipeline.ingest.directions import check_directions
from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.observe import observe_groups, observe_items
from pipeline.ingest.readers import RawTable
from pipeline.ingest.responses import classify_responses, refuse_when_nobody_counts
from pipeline.ingest.validate import make_comments, make_respondents
from pipeline.ingest.wave import read_wave
from pipeline.score.responses import count_responses
from pipeline.stages.comments import check_reviewed
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.errors import UserError
from pipeline.store.labels import normalise_label
from pipeline.store.names import group_names
from pipeline.store.paths import ProgrammePaths
from schemas.problems import PROBLEMS, Problem
from schemas.tables import KINDS

ROW = ["file", "sheet", "row"]
"""What identifies a response; one that counts in several groups may have several lines."""


@dataclass(frozen=True)
class TableFacts:
    """One table of responses as it was read.

    Attributes:
        responses: rows with any text; None when nothing was counted, 0 for a table that was set aside.
        columns: what was declared, and the header it was found under.
        unused: headers that no definition mentions.
    """

    file: str
    sheet: str
    tool: str
    evidence: str
    header_rows: int
    first_row: int
    rows: int
    responses: int | None
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class GroupFacts:
    """One group's responses, and how this year's exports name it: in a column, or by whole files."""

    code: str
    names: tuple[str, ...]
    files: tuple[str, ...]
    n: int
    partial: int
    excluded: int
    eligible: int | None


@dataclass(frozen=True)
class YearFacts:
    """Everything found in one year; what could not be reached because of an error is empty."""

    year: int
    problems: tuple[Problem, ...]
    tables: tuple[TableFacts, ...] = ()
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    groups: tuple[GroupFacts, ...] = ()
    responses: int | None = None
    partial: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.kind.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.kind.severity == "warning")


def examine_year(paths: ProgrammePaths, definitions: Definitions, year: int) -> YearFacts:
    """Read one year as a run would, as far as it goes; errors are among the problems, not raised."""
    wave = definitions.waves[year]
    seen: list[RawTable] = []
    tables: tuple[TableFacts, ...] = ()
    try:
        texts, problems = read_wave(paths, definitions, year, keep_key=False, seen=seen)
        tables = _describe_tables(seen, wave, texts)
        seen.clear()  # the largest thing in memory
        coded, found = harmonise_answers(texts, definitions, year)
        problems += found
        if any(problem.kind.severity == "error" for problem in problems):
            raise UserError(problems)
        classified, found = classify_responses(coded, definitions, year)
        refuse_when_nobody_counts(classified, year)
        responses = count_responses(make_respondents(classified, wave), definitions, year)
        problems += [*found, *check_directions(classified, definitions, year)]
        problems += check_reviewed(paths, definitions, year, make_comments(classified, wave))
        problems += [*observe_items(definitions, year), *observe_groups(responses, definitions, year)]
    except UserError as error:
        return YearFacts(year, error.problems, tables or _describe_tables(seen, wave, None))
    by_response = classified.drop_duplicates(ROW)
    counted = by_response[by_response["status"] != "excluded"]
    reasons = by_response.loc[by_response["status"] == "excluded", "reason"].value_counts()
    return YearFacts(
        year=year,
        problems=tuple(dict.fromkeys(problems)),
        tables=tables,
        items={item.item: _count_kinds(counted[f"kind:{item.item}"]) for item in wave.items},
        groups=_describe_groups(responses, texts, definitions, wave),
        responses=len(counted),
        partial=int((counted["status"] == "partial").sum()),
        excluded={PROBLEMS[str(code)].title: int(n) for code, n in reasons.items()},
    )


def _count_kinds(kinds: pd.Series) -> dict[str, int]:
    counts = kinds.value_counts()
    return {kind: int(counts.get(kind, 0)) for kind in KINDS}


def _describe_tables(
    tables: list[RawTable], wave: WaveDefinitions, texts: pd.DataFrame | None
) -> tuple[TableFacts, ...]:
    sizes = {} if texts is None else texts.groupby(["file", "sheet"], observed=True).size().to_dict()
    left_out = None if texts is None else 0
    return tuple(_describe_table(table, wave, sizes.get((table.file, table.sheet), left_out)) for table in tables)


def _describe_table(table: RawTable, wave: WaveDefinitions, responses: int | None) -> TableFacts:
    chosen, _ = match_roles(table, wave)
    used = set(chosen.values())
    headers = tuple(_name_column(table, position) for position in range(len(table.headers)))
    return TableFacts(
        file=table.file,
        sheet=table.sheet,
        tool=table.tool,
        evidence="; ".join(table.evidence.reasons),
        header_rows=table.header_rows,
        first_row=table.first_row,
        rows=table.n_rows,
        responses=responses,
        headers=headers,
        columns={role: headers[position] for role, position in chosen.items()},
        unused=tuple(header for position, header in enumerate(headers) if position not in used),
        notes=tuple(note.what for note in table.notes if note.code != "tool_recognised"),
    )


def _name_column(table: RawTable, position: int) -> str:
    header, code = table.headers[position], table.codes[position] if table.codes else ""
    role = table.roles.get(position, "")
    name = f"{code}: {header}" if code and code != header else header or f"column {position + 1}, without a header"
    return f"{name} (personal data)" if role == "personal" else name


def _describe_groups(
    responses: pd.DataFrame, texts: pd.DataFrame, definitions: Definitions, wave: WaveDefinitions
) -> tuple[GroupFacts, ...]:
    written = {normalise_label(text): text.strip() for text in _written_groups(texts, wave)}
    place = {group.group: position for position, group in enumerate(definitions.groups)}
    names: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for name, code in group_names(definitions, wave.year).codes.items():  # declared names, never what people wrote in
        if name in written:
            names.setdefault(code, []).append(written[name])
        for entry in wave.wave.files:
            if entry.group and normalise_label(entry.group) == name:
                files.setdefault(code, []).append(f"file {entry.file}")
    return tuple(
        GroupFacts(
            code=str(row.group),
            names=tuple(dict.fromkeys(names.get(str(row.group), ()))),
            files=tuple(dict.fromkeys(files.get(str(row.group), ()))),
            n=int(row.n),
            partial=int(row.n - row.complete_n),
            excluded=int(row.excluded_n),
            eligible=None if pd.isna(row.eligible) else int(row.eligible),
        )
        for row in sorted(responses.itertuples(), key=lambda row: place.get(str(row.group), len(place)))
    )


def _written_groups(texts: pd.DataFrame, wave: WaveDefinitions) -> Iterator[str]:
    """Every text that stands where groups are named: a cell, a part of one, or a column's own option."""
    for name in map(str, texts.columns):
        if not name.startswith("group:"):
            continue
        if option := name.removeprefix("group:").partition(":")[2]:
            yield option
            continue
        codes = pd.unique(texts[name].cat.codes)
        for text in (str(texts[name].cat.categories[code]) for code in codes if code >= 0):
            yield text
            yield from text.split(wave.wave.group_separator) if wave.wave.group_separator else ()
