"""The fault zoo: tiny exports with one fault each, each told by its code, its place and a plain message."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.stages.check import check_year
from pipeline.store.definitions import read_definitions
from schemas.problems import PROBLEMS, Problem
from tests.zoo.faults_files import FILES
from tests.zoo.faults_meaning import MEANING
from tests.zoo.faults_responses import RESPONSES
from tests.zoo.faults_structure import STRUCTURE
from tests.zoo.kit import SECRETS, Fault, csv, write_zoo

ZOO: dict[str, Fault] = FILES | STRUCTURE | MEANING | RESPONSES
NOT_OF_EXPORTS = {
    **dict.fromkeys(
        ("programme_missing", "definition_missing", "definition_unknown_key", "definition_conflict", "year_twice", "text_changed"), "about definitions"
    ),
    "nothing_to_run": "about what is asked for",
    "file_blocked": "a link, in a test of its own",
    "tool_unknown": "about a name in survey.toml (test_faults)",
    "correction_stale": "about corrections.csv (test_faults)",
    "answers_invalid": "a fault of the program (test_responses)",
    "program_fault": "a fault of the program",
    **dict.fromkeys(
        ("release_unsafe", "release_unreadable", "release_contradicts", "release_audited", "release_leaks", "profile_lowered", "ledger_edited",
         "figures_withheld", "excerpts_withheld", "publish_refused", "purge_refused", "retention_passed", "data_deleted"), "about what is released"
    ),
    **dict.fromkeys(
        ("review_unknown_comment", "review_marked", "review_not_allowed", "review_unreadable", "review_in_place", "review_unsigned",
         "comments_to_review"), "about reviewed comments"
    ),
    "eligible_unknown": "about roster.csv",
    "group_without_survey": "about roster.csv",
    "real_export_tracked": "about git",
    **dict.fromkeys(
        ("item_new", "item_dropped", "item_reworded", "item_rescaled", "scale_option_new"), "about items.csv and scales.csv of two years"
    ),
}  # fmt: skip
"""Problem codes that no export causes, and what does."""


def check(root: Path, fault: Fault) -> list[Problem]:
    paths = write_zoo(root, fault)
    return check_year(paths, read_definitions(paths), 2026)


@pytest.mark.parametrize("name", ZOO)
def test_a_fault_is_told_with_its_place_and_never_with_an_answer(tmp_path: Path, name: str) -> None:
    fault = ZOO[name]
    problems = check(tmp_path, fault)
    assert not [secret for secret in SECRETS if secret in repr(problems)]
    found = [problem for problem in problems if problem.code == fault.code]
    assert PROBLEMS[fault.code].severity == fault.severity
    wanted = (fault.file, fault.sheet, fault.row, fault.column)
    assert wanted in [(problem.file, problem.sheet, problem.row, problem.column) for problem in found], problems
    assert fault.told in " ".join(problem.describe() for problem in found)
    errors = {problem.code for problem in problems if problem.kind.severity == "error"}
    assert errors == ({fault.code} if fault.severity == "error" else set())


def test_the_export_without_a_fault_has_none(tmp_path: Path) -> None:
    problems = check(tmp_path, Fault("", "info", "", csv()))
    assert {problem.code for problem in problems} == {"column_unused", "personal_data"}


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    paths = write_zoo(tmp_path, Fault("", "info", "", csv()))
    try:
        (paths.exports(2026) / "late.csv").symlink_to(tmp_path / "nowhere.csv")
    except OSError:
        pytest.skip("this system makes no links")
    (problem,) = check_year(paths, read_definitions(paths), 2026)
    assert (problem.code, problem.file) == ("file_blocked", "late.csv")


def test_the_zoo_is_large_and_no_fault_is_there_twice() -> None:
    assert len(ZOO) == sum(map(len, (FILES, STRUCTURE, MEANING, RESPONSES))) >= 70
    assert len({(repr(fault.exports), fault.settings, fault.rules, repr(fault.tables), fault.code) for fault in ZOO.values()}) == len(ZOO)  # fmt: skip


def test_every_problem_an_export_can_cause_is_in_the_zoo() -> None:
    told = {fault.code for fault in ZOO.values()}
    assert told | NOT_OF_EXPORTS.keys() == PROBLEMS.keys()
    assert not told & NOT_OF_EXPORTS.keys()
