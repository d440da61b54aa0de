"""The settings of a drafted wave (survey.toml), each with the reason for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.ingest.cells import is_write_in
from pipeline.ingest.draft.columns import ColumnDraft, read_dates
from pipeline.ingest.draft.groups import GroupCandidate, split_option
from pipeline.ingest.draft.join import count_responses
from pipeline.ingest.readers import RawTable
from pipeline.ingest.words import read_words
from pipeline.store.labels import normalise_label
from schemas.definitions import DraftQuestion, Wave

TEST_WORDS = Path(__file__).with_name("test_words.csv")


@dataclass(frozen=True)
class Setting:
    """One line of survey.toml: ``key`` (with its table, as ``responses.count``), value, and why."""

    key: str
    value: Any
    why: str = ""


@dataclass(frozen=True)
class Found:
    """What the columns turned out to be.

    Attributes:
        names: how definitions call each column; blank where it cannot be declared.
        roles: position -> what the column was taken for, for columns with a role of their own.
        comments: positions of open answers.
        everywhere: positions that every file of the wave has.
        files: groups by file name, where a file holds one group.
    """

    names: Sequence[str]
    roles: Mapping[int, ColumnDraft]
    texts: Sequence[Mapping[str, int]]
    comments: Sequence[int]
    everywhere: Collection[int]
    group: GroupCandidate | None
    written_in: int
    files: Mapping[str, str]
    language: tuple[str, float, str]
    scorable: bool


def draft_settings(
    year: int, title: str, tables: Sequence[RawTable], found: Found, last: Wave | None
) -> tuple[list[Setting], list[DraftQuestion]]:
    """Settings in the order people read them, and what they leave open."""
    settings = [Setting("year", year), Setting("title", title)]
    settings += _describe_files(tables)
    settings.append(
        Setting("respondents", count_responses(tables), "rows with any text in all exports together, before exclusions")
    )
    settings += _describe_groups(found)
    columns, questions, latest = _describe_columns(found)
    why = "date of the last response" if latest else "no date of the last response was found; any day will do"
    settings.append(Setting("report_date", latest or date(year, 12, 1), f"{why}; printed in reports"))
    language, sure, reason = found.language
    settings.append(Setting("language", language, f"{sure:.2f}: {reason}"))
    if last:
        kept = last.model_dump(include={"level", "principles_version"}, exclude_defaults=True)
        settings += [Setting(key, value, "as last time") for key, value in kept.items()]
    settings += columns
    comments = tuple(found.names[at] for at in found.comments if at in found.everywhere and found.names[at])
    if comments:
        settings.append(Setting("comment_columns", comments, "open answers: restricted, never released as they are"))
    if last and last.share_comment_column in found.names:
        settings += [Setting(key, getattr(last, key)) for key in ("share_comment_column", "share_comment_values")]
    dated = {setting.key for setting in columns if setting.key in ("started_column", "finished_column")}
    rules, more = _describe_rules(found, last, dated)
    settings += rules
    questions += more
    if len(tables) > 1 or found.files:
        sheets = len({table.sheet for table in tables}) > 1
        entries = [
            {"file": table.file}
            | ({"sheet": table.sheet} if sheets and table.sheet else {})
            | ({"group": found.files[table.file]} if found.files.get(table.file) else {})
            for table in tables
        ]
        settings.append(Setting("files", entries))
    return settings, questions


def _describe_files(tables: Sequence[RawTable]) -> list[Setting]:
    first = tables[0]
    settings = []
    if len({table.tool for table in tables}) == 1:
        score = f"{first.evidence.score:.2f}: " if first.evidence.score else ""
        settings.append(Setting("tool", first.tool, score + "; ".join(first.evidence.reasons)))
    else:
        settings.append(Setting("tool", "", "the exports come from different tools; each is recognised by itself"))
    if len({table.header_rows for table in tables}) == 1:
        settings.append(
            Setting("header_rows", first.header_rows, f"the first response stands in row {first.first_row}")
        )
    if len({table.first_row - table.header_rows for table in tables}) == 1 and first.first_row - first.header_rows > 1:
        settings.append(
            Setting("first_header_row", first.first_row - first.header_rows, "what stands above is no header")
        )
    chosen = any(note.code in ("sheet_chosen", "sheet_hidden") for table in tables for note in table.notes)
    if chosen and first.sheet and len({table.sheet for table in tables}) == 1:
        settings.append(Setting("sheet", first.sheet, "the sheet with the responses"))
    return settings


def _describe_groups(found: Found) -> list[Setting]:
    group = found.group
    if group is None:
        return []
    why = f"{group.confidence:.2f}: {'; '.join(group.reasons)}"
    if group.parents:
        settings = [
            Setting(
                "group_columns",
                tuple(found.names[at] for at in group.positions if not _is_beside(found.names[at])),
                why,
            )
        ]
    else:
        name = group.name if group.shape == "options" else found.names[group.positions[0]]
        settings = [Setting("group_column", name, why)]
    if group.shape != "column":
        settings.append(Setting("several_groups", True, "a response may name several"))
    if group.separator:
        settings.append(Setting("group_separator", group.separator))
    if found.written_in or group.shape == "list":
        settings.append(Setting("write_in_groups", "none", "names nobody declared count for the whole community only"))
    if group.none:
        settings.append(Setting("no_group_values", group.none))
    return settings


def _is_beside(name: str) -> bool:
    """Whether a column is where people write in a group of their own, beside the question itself."""
    return is_write_in(split_option(name)[1])


def _describe_columns(found: Found) -> tuple[list[Setting], list[DraftQuestion], date | None]:
    settings, questions = [], []
    latest: date | None = None
    for key in ("respondent", "started", "finished"):
        draft = next((each for each in found.roles.values() if each.taken_for == key), None)
        if draft is None or draft.position not in found.everywhere or not found.names[draft.position]:
            continue
        name = found.names[draft.position]
        if key != "respondent":
            span = read_dates(found.texts[draft.position])
            if span == "ambiguous":
                questions.append(
                    DraftQuestion(
                        question=f"Does '{name}' write the day or the month first?",
                        proposal="the column is not used",
                        file="survey.toml",
                        column=name,
                        reason=f"every date can be read both ways; set {key}_column and the fieldwork dates to use it",
                    )
                )
            if isinstance(span, str):
                continue
            latest = span[1].date()
        settings.append(Setting(f"{key}_column", name, f"{draft.confidence:.2f}: {draft.reason}"))
    return settings, questions, latest


def _describe_rules(
    found: Found, last: Wave | None, dated: Collection[str]
) -> tuple[list[Setting], list[DraftQuestion]]:
    """What counts as a response: last time's rules where they can still apply, else the least strict that make sense.

    Args:
        dated: which of started_column and finished_column are set.
    """
    by_role = {draft.taken_for: draft.position for draft in found.roles.values()}
    rules: dict[str, tuple[Any, str]] = {}
    at = by_role.get("duration", -1)
    if at in found.everywhere and found.names[at]:
        rules["duration_column"] = (found.names[at], "seconds, as the tool says")
    at = by_role.get("test", -1)
    if at in found.everywhere and found.names[at]:
        words = {normalise_label(word) for row in read_words(TEST_WORDS) for word in row["words"].split("|")}
        marks = tuple(text for text in found.texts[at] if normalise_label(text) in words)
        if marks and len(marks) < len(found.texts[at]):
            rules |= {"test_column": (found.names[at], "where the tool marks tests"), "test_values": (marks, "")}
    questions = []
    if last:
        kept = last.responses.model_dump(exclude_defaults=True)
        timed = "duration_column" in rules or len(dated) == 2
        if kept.pop("within_fieldwork", False):
            questions.append(
                DraftQuestion(
                    question="On which days did fieldwork begin and end?",
                    proposal="responses outside fieldwork are not looked for",
                    file="survey.toml",
                    reason=f"{last.year} left such responses out: set fieldwork_from, fieldwork_to and within_fieldwork",
                )
            )
        if kept.get("test_column") not in found.names:
            kept.pop("test_column", None)
            kept.pop("test_values", None)
        possible = {"duplicate_minutes": bool(dated), "too_fast_seconds": timed, "duration_column": False}
        rules |= {key: (value, "as last time") for key, value in kept.items() if possible.get(key, True)}
    if not found.scorable:
        rules["count"] = ("any answer", 'no item belongs to a principle yet; "scorable" once they do')
    return [Setting(f"responses.{key}", value, why) for key, (value, why) in rules.items()], questions
