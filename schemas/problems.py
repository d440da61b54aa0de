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

    def where(self) -> str:
        """File, sheet, row and column, as far as they are known."""
        spots = [
            self.file and f"file {self.file}",
            self.sheet and f"sheet {self.sheet}",
            f"row {self.row}" if self.row is not None else "",
            self.column and f"column '{self.column}'",
        ]
        return ", ".join(spot for spot in spots if spot)

    def describe(self) -> str:
        """One line: what, where, what to do next."""
        place = f" ({where})" if (where := self.where()) else ""
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
    "not_respondent_level": _error(
        33, "The file does not hold one row per response",
        "Export the individual responses from the survey tool, not its summary.",
    ),
    "export_refused": _error(34, "The file is of a kind that is not opened", "Save the responses alone as .xlsx or .csv."),
    "block_beside": _error(
        35, "The same headers stand there twice, side by side",
        "Take the copied block out of the export's copy, or name the columns by position, as 'Header [1]'.",
    ),
    "draft_open": _error(
        36, "A drafted definition waits for a decision",
        "Look at it, change the definitions where needed, then write yes under decided in questions.csv.",
    ),
    "item_runs_against": _error(
        37, "An item runs against the rest of its principle",
        "Check reverse in items.csv and the order of its scale; if both are right, set direction_checked to yes.",
    ),
    "date_ambiguous": _error(
        38, "Dates can be read in two ways",
        "Set fieldwork_from and fieldwork_to in survey.toml, or export dates as 2027-05-31.",
    ),
    "cut_unknown": _error(
        39, "A cell of a declared cut that no category knows",
        "Add the spelling under aliases in cuts.csv, or set other to not_said there.",
    ),
    "release_leaks": _error(
        50, "Something withheld can be worked out from what is printed",
        "Raise the thresholds of the profile, roll the groups named up into one, or withdraw the earlier release.",
    ),
    "release_contradicts": _error(
        51, "Released figures contradict each other",
        "Run again with 'cip run'; if it stays, a released table was edited or belongs to other answers.",
    ),
    "release_unreadable": _error(
        52, "A file of a release cannot be read as one",
        "Take the release folder as 'cip publish' wrote it, or run 'cip run' again.",
    ),
    "ledger_edited": _error(
        53, "The release ledger was changed by hand",
        "Take back the ledger and the folders beside it from git: lines are only ever added to it.",
    ),
    "profile_lowered": _error(
        54, "The release profile is lower than what respondents were told",
        "Set the profile in programme.toml back; a lower one is possible for a survey that has not begun.",
    ),
    "publish_refused": _error(
        55, "This cannot be published",
        "Do what the message says, then publish again.",
    ),
    "purge_refused": _error(
        57, "This cannot be deleted",
        "Do what the message says, then ask again.",
    ),
    "release_unsafe": _error(
        56, "A finished file holds something that must not be published",
        "Do not pass the file on. Run 'cip run' again; if it stays, report the message.",
    ),
    # comments
    "review_unreadable": _error(
        60, "The reviewed comments cannot be read",
        "Correct the cell, or start again from the review workbook that a run writes.",
    ),
    "review_unsigned": _error(
        61, "A comment is to be released and something is missing",
        "A release needs an excerpt, who signed it and when. Fill them in, or write no.",
    ),
    "review_marked": _error(
        62, "An excerpt or theme still holds something that can tell who wrote it, or about whom",
        "Reword it, or write no under release. It may hold no mark such as [name], and none of what the marks stand for.",
    ),
    "review_not_allowed": _error(
        63, "A comment is to be released whose author did not say yes", "Write no under release, and leave the excerpt out."
    ),
    "review_in_place": _error(
        64, "Decisions were written into the workbook that each run makes anew",
        "Save it as comments-reviewed.xlsx in the year's folder of data/raw, then run again.",
    ),
    "program_fault": _error(
        70,
        "The program failed",
        "This is not your fault: report the message. Do not send fault.txt to anyone who may not see answers.",
    ),
    # what was seen in the answers
    "export_unlisted": ProblemKind("warning", "A file in the exports folder that survey.toml does not list", "It was not read. List it under [[files]], or take it out of the folder."),
    "tool_recognised": ProblemKind("info", "The survey tool was found from the content", "Set tool in survey.toml if this is wrong."),
    "tool_differs": ProblemKind("warning", "The file looks like another tool's than survey.toml says", "Check tool in survey.toml."),
    "encoding_guessed": ProblemKind("warning", "The text encoding was found from the content", "Look at accented letters; set encoding in survey.toml."),
    "sheet_chosen": ProblemKind("info", "One of several sheets was read", "Set sheet in survey.toml if it is another one."),
    "sheet_hidden": ProblemKind("warning", "A hidden sheet holds responses too", "It was not read. List both sheets under [[files]] in survey.toml to read it, or set sheet to the one to read."),
    "preamble_skipped": ProblemKind("info", "Rows above the headers were left out", "Set first_header_row in survey.toml if this is wrong."),
    "summary_row": ProblemKind("warning", "A summary row below the responses was left out", "Check that it is no response."),
    "formulas_read": ProblemKind("warning", "Cells hold formulas; their stored results were used", "Check that the workbook was saved after its last calculation."),
    "formulas_untold": ProblemKind("info", "An old workbook does not tell formulas from values", "If it was calculated, check that it was saved after its last calculation."),
    "export_superseded": ProblemKind("warning", "A later export holds every response of this file", "It was not read; take it out of the folder."),
    "respondents_differ": ProblemKind("warning", "The exports hold another number of responses than declared", "Check for a missing or repeated file, then correct respondents in survey.toml."),
    "personal_data": ProblemKind("info", "Columns with personal data", "They stay in the exports folder and go no further."),
    "several_groups": ProblemKind("info", "Responses that name several groups", "They count once in each, and once for the whole community."),
    "group_written_in": ProblemKind("warning", "Groups written in that nobody declared", "Add them to groups.csv or aliases.csv where they are known groups; the rest counts for the whole community only."),
    "cut_other": ProblemKind("warning", "Cells of a declared cut that no category knows", "They count as not said; add frequent spellings to cuts.csv."),
    "group_none": ProblemKind("info", "Responses that name no group", "They count for the whole community only."),
    "column_unused": ProblemKind("info", "Columns no definition mentions", "Nothing, if that is intended; they were not read."),
    "partial": ProblemKind("info", "Partial responses", "They count; principles that cannot be scored are left out."),
    "excluded_empty": ProblemKind("info", "Responses without a single answer", "Excluded."),
    "excluded_partial": ProblemKind("warning", "Responses too partial to score", "Excluded from every count of people."),
    "excluded_test": ProblemKind("warning", "Test responses", "Excluded; check the list in respondents.parquet."),
    "excluded_duplicate": ProblemKind("warning", "Duplicate responses", "The first was kept; check the list."),
    "excluded_too_fast": ProblemKind("warning", "Responses sent faster than anyone can read", "Excluded; check the list."),
    "excluded_straight_line": ProblemKind("warning", "Responses with the same answer throughout", "Excluded; check the list."),
    "excluded_out_of_dates": ProblemKind("warning", "Responses outside the fieldwork dates", "Excluded."),
    "more_answers_than_eligible": ProblemKind("warning", "More responses than eligible people", "Check roster.csv and duplicates; no rate is printed."),
    "eligible_unknown": ProblemKind("info", "Eligible number unknown", "Fill in roster.csv if the group can say; no rate is computed."),
    "group_without_survey": ProblemKind("warning", "A group held no survey", "Its scorecard says so."),
    "group_without_answers": ProblemKind("warning", "Nobody answered for a group", "Its scorecard says so."),
    "group_below_threshold": ProblemKind("warning", "A group is below the release threshold", "Its own scores are withheld."),
    # what may be published
    "figures_withheld": ProblemKind("warning", "Figures were withheld beyond the thresholds", "Nothing; the reports mark them [c]."),
    "release_audited": ProblemKind("info", "The release was audited", "Nothing; the numbers say what protection costs."),
    "comments_to_review": ProblemKind("info", "Comments that nobody has reviewed", "Fill in the review workbook and save it as comments-reviewed.xlsx in the year's folder; until then no theme is released."),
    "review_unknown_comment": ProblemKind("warning", "A reviewed comment is not among the year's", "The row was left out: the comment, or its text, is no longer there. Review it again in the new workbook."),
    "excerpts_withheld": ProblemKind("info", "Signed excerpts are withheld", "Too few people commented in the group and in what it belongs to."),
    # this year against the last
    "item_new": ProblemKind("info", "An item is new", "It is left out of comparisons with earlier years."),
    "item_dropped": ProblemKind("info", "An item is no longer asked", "Comparisons leave it out."),
    "item_reworded": ProblemKind("warning", "An item's wording changed", "Comparisons leave it out unless the change is editorial."),
    "item_rescaled": ProblemKind("warning", "An item's scale changed", "Comparisons leave it out."),
    "scale_option_new": ProblemKind("warning", "A scale has a new answer option", "Check that answers are still comparable."),
    # how long data is kept
    "retention_passed": ProblemKind("warning", "Data is kept for longer than was said", "Look at what is there with 'cip publish YEAR --purge LAYER'; with --signed and --reason it is deleted."),
    "data_deleted": ProblemKind("info", "Data was deleted, as the release ledger says", "Nothing; the year's release stays as it was published."),
    "real_export_tracked": ProblemKind("warning", "A real export is tracked by git", "Remove it from git: git rm --cached FILE."),
}  # fmt: skip
