"""SurveyMonkey: "all responses" exports with one, two or three header rows.

With two rows, the first holds the questions and the second what each column of a question is: the
word ``Response`` for a single answer, else an option, a statement or a comment box. A question is
written once and left blank over its further columns. A third row above both holds short codes.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._cells import read_cells
from pipeline.ingest.readers._text import slice_columns, trim_header
from schemas.definitions import Wave

TOOL = "surveymonkey"
SINGLE_ANSWER = {"", "response", "open-ended response"}
RESPONDENT_ID = {"respondent id", "respondentid"}


def read_export(path: Path, wave: Wave) -> list[RawTable]:
    """One table whose headers read ``Question`` or ``Question [sub-header]``; see ``RawTable``."""
    sheet, head, columns = read_cells(path, wave)
    rows = [[trim_header(cell) for cell in row] for row in head]
    count = wave.header_rows or _count_header_rows(rows)
    headers = tuple(rows[0]) if count == 1 else _join_headers(*rows[count - 2 : count])
    return [RawTable(path.name, sheet, headers, slice_columns(columns, count), first_row=count + 1)]


def _count_header_rows(rows: list[list[str]]) -> int:
    """How many of the first rows are headers, told from where the respondent ids start."""
    for position, row in enumerate(rows[:2]):
        ids = [column for column, cell in enumerate(row) if cell.casefold() in RESPONDENT_ID]
        if ids and position + 1 < len(rows):
            return position + (1 if rows[position + 1][ids[0]].isdecimal() else 2)
    has_subheaders = len(rows) > 1 and any(cell.casefold() in SINGLE_ANSWER - {""} for cell in rows[1])
    return 2 if has_subheaders else 1


def _join_headers(questions: list[str], subs: list[str]) -> tuple[str, ...]:
    headers, question = [], ""
    for written, sub in zip(questions, subs, strict=True):
        question = written or question
        if not written and not sub:
            headers.append("")
        elif sub.casefold() in SINGLE_ANSWER or sub == question:
            headers.append(question)
        else:
            headers.append(f"{question} [{sub}]")
    return tuple(headers)
