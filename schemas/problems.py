"""The closed list of data-quality problems: code, severity, title, what to do, exit code.

A problem says where and how often, never what a respondent wrote. ``error`` stops the run and leaves
earlier results untouched; its exit code is its own. ``warning`` and ``info`` are listed and go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class ProblemKind:
    """What a problem code means."""

    severity: Severity
    title: str
    action: str
    exit_code: int = 0


@dataclass(frozen=True)
class Problem:
    """One finding: a code from ``PROBLEMS``, where it is, and what was seen (never an answer)."""

    code: str
    what: str
    wave: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    action: str = ""

    @property
    def kind(self) -> ProblemKind:
        return PROBLEMS[self.code]

    def describe(self) -> str:
        """One line: what, where, what to do next."""
        spots = [
            self.file and f"file {self.file}",
            self.sheet and f"sheet {self.sheet}",
            f"row {self.row}" if self.row is not None else "",
            self.column and f"column '{self.column}'",
        ]
        where = ", ".join(spot for spot in spots if spot)
        place = f" ({where})" if where else ""
        return f"{self.what}{place}. {self.action or self.kind.action}"


def counted(n: int, thing: str) -> str:
    """A count with its word: '1 cell', '2 cells'."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def _error(exit_code: int, title: str, action: str) -> ProblemKind:
    return ProblemKind("error", title, action, exit_code)


PROBLEMS: dict[str, ProblemKind] = {
    # definitions
    "programme_missing": _error(10, "No such programme", "Check the name, or run 'cip init'."),
    "definition_missing": _error(11, "A definition file is missing", "Create it; docs/definitions.md shows how."),
    "definition_unknown_key": _error(
        12, "A definition has a key nobody knows",
        "Correct the spelling, or start your own columns with 'x:'.",
    ),
    "definition_invalid": _error(13, "A definition is not valid", "Correct the cell or setting named here."),
    "definition_conflict": _error(14, "Definitions contradict each other", "Change one of them."),
    "year_twice": _error(15, "A year is given twice", "Keep one folder or file for the year."),
    "text_changed": _error(
        16, "An item's text or scale changed and its comparability does not say so",
        "Set comparability in items.csv: editorial (the same meaning), substantive or scale change.",
    ),
    "nothing_to_run": _error(17, "There is nothing to run", "Check --year or --period against the programme's folders."),
    "file_blocked": _error(
        18, "A file or folder cannot be read or written",
        "Check its path and permissions, close the program that has it open, then run again.",
    ),
    # exports
    "export_missing": _error(20, "An export is missing", "Put the tool's file into the year's exports folder."),
    "export_empty": _error(21, "An export holds no responses", "Download it again from the survey tool."),
    "export_encoding": _error(
        22, "An export's text encoding is not the declared one",
        "Save it as UTF-8, or set encoding in survey.toml.",
    ),
    "export_unreadable": _error(23, "An export cannot be read", "Download it again from the survey tool."),
    "export_twice": _error(24, "The same export is there twice", "Remove one of the two files."),
    "tool_unknown": _error(25, "No reader for this tool", "Set tool in survey.toml to one of the known tools."),
    "column_absent": _error(26, "A declared column is not in the export", "Correct column in items.csv or survey.toml."),
    "column_twice": _error(27, "Two columns carry the same header", "Rename one in items.csv by its position, as 'Header [2]'."),
    "label_unknown": _error(28, "An answer no scale knows", "Add the label or an alias to scales.csv, or declare a correction."),
    "group_undeclared": _error(29, "A group nobody declared", "Add it, or an alias, to groups.csv."),
    "correction_stale": _error(30, "A declared correction no longer fits the export", "Look at the cell, then update corrections.csv."),
    "date_unreadable": _error(31, "A date cannot be read", "Use ISO dates in the export, or leave the date column undeclared."),
    "answers_invalid": _error(32, "Stored answers break their schema", "This is a fault in the program; report it with this line."),
    "program_fault": _error(
        70,
        "The program failed",
        "This is not your fault: report the message. Do not send fault.txt to anyone who may not see answers.",
    ),
    # what was seen in the answers
    "export_unlisted": ProblemKind("warning", "A file in the exports folder that survey.toml does not list", "It was not read. List it under [[files]], or take it out of the folder."),
    "group_none": ProblemKind("info", "Responses that name no group", "They count for the whole community only."),
    "column_unused": ProblemKind("info", "Columns no definition mentions", "Nothing, if that is intended; they were not read."),
    "partial": ProblemKind("info", "Partial responses", "They count; principles that cannot be scored are left out."),
    "excluded_empty": ProblemKind("info", "Responses without a single answer", "Excluded."),
    "excluded_partial": ProblemKind("warning", "Responses too partial to score", "Excluded from every count of people."),
    "excluded_test": ProblemKind("warning", "Test responses", "Excluded; check the list in respondents.parquet."),
    "excluded_duplicate": ProblemKind("warning", "Duplicate responses", "The first was kept; check the list."),
    "excluded_out_of_dates": ProblemKind("warning", "Responses outside the fieldwork dates", "Excluded."),
    "more_answers_than_eligible": ProblemKind("warning", "More responses than eligible people", "Check roster.csv and duplicates; no rate is printed."),
    "eligible_unknown": ProblemKind("info", "Eligible number unknown", "Fill in roster.csv if the group can say; no rate is computed."),
    "group_without_survey": ProblemKind("warning", "A group held no survey", "Its scorecard says so."),
    "group_without_answers": ProblemKind("warning", "Nobody answered for a group", "Its scorecard says so."),
    "group_below_threshold": ProblemKind("warning", "A group is below the release threshold", "Its own scores are withheld."),
    # this year against the last
    "item_new": ProblemKind("info", "An item is new", "It is left out of comparisons with earlier years."),
    "item_dropped": ProblemKind("info", "An item is no longer asked", "Comparisons leave it out."),
    "item_reworded": ProblemKind("warning", "An item's wording changed", "Comparisons leave it out unless the change is editorial."),
    "item_rescaled": ProblemKind("warning", "An item's scale changed", "Comparisons leave it out."),
    "scale_option_new": ProblemKind("warning", "A scale has a new answer option", "Check that answers are still comparable."),
    "real_export_tracked": ProblemKind("warning", "A real export is tracked by git", "Remove it from git: git rm --cached FILE."),
}  # fmt: skip
