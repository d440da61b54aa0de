"""Faults people make in definitions and exports: each is found before anything is written, and named by its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from flows.cli import main
from pipeline.stages.check import check_year
from pipeline.stages.plan import plan_runs
from pipeline.stages.reports import close_run
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from pipeline.store.problems import write_problems
from pipeline.store.tables import read_table, write_table
from schemas.problems import Problem
from tests.programme_files import edit, write_programme

HEADER = "ID,Group,Q1,Q2,Q3,Q4,Name\n"
ROWS = [f"{n},{('North', 'South')[n % 2]},Agree,Neither,Agree,Disagree,Zorro {n}\n" for n in range(12)]
EXPORT = HEADER + "".join(ROWS)
SECRETS = ("Zorro", "Purplish", "Atlantis")

Spoil = Callable[[ProgrammePaths], object]


def swap(file: str, old: str, new: str) -> Spoil:
    return lambda paths: edit(paths.raw / file, old, new)


def put(file: str, content: str | bytes) -> Spoil:
    data = content.encode("utf-8") if isinstance(content, str) else content
    return lambda paths: (paths.raw / file).write_bytes(data)


def append(file: str, text: str) -> Spoil:
    return lambda paths: put(file, (paths.raw / file).read_text(encoding="utf-8") + text)(paths)


def remove(file: str) -> Spoil:
    return lambda paths: (paths.raw / file).unlink()


def both(*spoils: Spoil) -> Spoil:
    return lambda paths: [spoil(paths) for spoil in spoils]


def write_workbook(paths: ProgrammePaths, *sheets: str) -> None:
    workbook = xlsxwriter.Workbook(paths.exports(2026) / "export.xlsx")
    for name in sheets:
        sheet = workbook.add_worksheet(name)
        for row, line in enumerate(EXPORT.splitlines()):
            sheet.write_row(row, 0, line.split(","))
    workbook.close()
    (paths.exports(2026) / "export.csv").unlink()


E = "2026/exports/export.csv"
TOOL, WASTES = 'tool = "plain"', "It wastes time."
CLASS = swap("2026/items.csv", "reverse,column", "reverse,column,comparability")
LISTED = '[[files]]\nfile = "export.csv"\n'

# what was done: the fault, its code, a piece of the message (what, where or what to do)
FAULTS: dict[str, tuple[Spoil, str, str]] = {
    # exports
    "empty": (put(E, ""), "export_empty", "file export.csv"),
    "header only": (put(E, HEADER), "export_empty", "file export.csv"),
    "blank rows only": (put(E, HEADER + ",,,,,,\n" * 3), "export_empty", "file export.csv"),
    "nobody counts": (put(E, HEADER + "1,North,,,,,x\n"), "export_empty", "None of 1 response counts"),
    "truncated": (put(E, EXPORT[:-25]), "export_unreadable", "row 13"),
    "unclosed quote": (put(E, EXPORT.replace("5,South", '5,"South')), "export_unreadable", "row 7"),
    "cells too many": (put(E, EXPORT.replace("3,South", "3,,South")), "export_unreadable", "row 5"),
    "a line of a million cells": (put(E, "a," * 1_000_000), "export_unreadable", "more than 16384 cells"),
    "two encodings in one file": (
        put(E, EXPORT.replace("Zorro 2", "Zörró").encode() + "12,South,Agree,Agree,Agree,Agree,Zorró\n".encode("cp1252")),
        "export_encoding", "partly UTF-8 and partly not (first at line 14",
    ),
    "NUL in a cell": (put(E, EXPORT.replace("Zorro 4", "Zo\0rro")), "export_encoding", "line 6"),
    "workbook named .csv": (put(E, b"PK\x03\x04 and so on"), "export_unreadable", "damaged or not complete"),
    "two headers alike": (put(E, EXPORT.replace("Name", "Q1", 1)), "column_twice", "column 'Q1'"),
    "column absent": (put(E, EXPORT.replace("Group", "Grp", 1)), "column_absent", "column for the group"),
    "label unknown": (put(E, EXPORT.replace("Neither", "Purplish", 1)), "label_unknown", "row 2, column 'Q2'"),
    "group unknown": (put(E, EXPORT.replace("South", "Atlantis", 1)), "group_undeclared", "row 3, column 'Group'"),
    "same export, other line ends": (
        put("2026/exports/b.csv", EXPORT.replace("\n", "\r\n")), "export_twice", "Every response in it",
    ),
    "listed, not there": (append("2026/survey.toml", '[[files]]\nfile = "b.csv"'), "export_missing", "exports/b.csv"),
    "sheet not there": (
        both(lambda paths: write_workbook(paths, "A"), swap("2026/survey.toml", TOOL, TOOL + '\nsheet = "B"')),
        "export_unreadable", "there are: A",
    ),
    "correction stale": (
        put("2026/corrections.csv", "file,row,column,expect,value,reason\nexport.csv,2,Q1,Neither,Agree,slip\n"),
        "correction_stale", "row 2, column 'Q1'",
    ),
    "answers without a survey": (
        put("2026/roster.csv", "group,eligible,survey_held\nNorth,9,no\n"), "definition_conflict", "6 responses",
    ),
    # settings
    "settings missing": (
        lambda paths: (paths.wave(2026) / "survey.toml").rename(paths.wave(2026) / "survey.toml.txt"),
        "definition_missing", "2026/survey.toml",
    ),
    "tool unknown": (swap("2026/survey.toml", '"plain"', '"paper"'), "tool_unknown", "2026/survey.toml"),
    "text for a list": (swap("2026/survey.toml", '["Group"]', '"Group"'), "definition_invalid", "square brackets"),
    "long delimiter": (swap("2026/survey.toml", TOOL, TOOL + '\ndelimiter = ";;"'), "definition_invalid", "delimiter"),
    "dates reversed": (
        swap("2026/survey.toml", TOOL, TOOL + "\nfieldwork_from = 2026-06-01\nfieldwork_to = 2026-05-01"),
        "definition_invalid", "fieldwork_to is before",
    ),
    "rule without its column": (
        append("2026/survey.toml", "[responses]\nduplicate_minutes = 5"), "definition_invalid", "finished_column",
    ),
    "file listed twice": (append("2026/survey.toml", LISTED * 2), "definition_conflict", "2026/survey.toml"),
    "wording unknown": (
        swap("2026/survey.toml", TOOL, TOOL + '\nprinciples_version = "9"'), "definition_conflict", "version '9'",
    ),
    # tables
    "misspelt table": (put("improvments.csv", "id\n"), "definition_unknown_key", "Did you mean 'improvements'?"),
    "damaged workbook": (both(remove("periods.csv"), put("definitions.xlsx", b"PK")), "definition_invalid", "damaged"),
    "comma without quotes": (
        swap("2026/items.csv", WASTES, "It wastes time, and money."), "definition_invalid", "row 3",
    ),
    "column twice": (swap("groups.csv", "kind,aliases", "kind,kind"), "definition_invalid", "called 'kind'"),
    "text blank": (swap("2026/items.csv", WASTES, ""), "definition_invalid", "row 3, column 'text'"),
    "name blank": (swap("groups.csv", "South house", " "), "definition_invalid", "row 4, column 'name'"),
    "text endless": (swap("2026/items.csv", WASTES, "W" * 200_000), "definition_invalid", "items.csv"),
    "scale value huge": (swap("2026/scales.csv", "agree5,5", "agree5,99999"), "definition_invalid", "column 'value'"),
    "eligible huge": (swap("2026/roster.csv", "North,12", "North,9" + "9" * 20), "definition_invalid", "row 2"),
    "thousands separator": (swap("2026/roster.csv", "North,12", 'North,"1,200"'), "definition_invalid", "separator"),
    "changed and called identical": (
        both(CLASS, swap("2026/items.csv", WASTES, "It saves time."), swap("2026/items.csv", "yes,Q2", "yes,Q2,identical")),
        "text_changed", "item 'q2'",
    ),
    "two items, one column": (swap("2026/items.csv", "yes,Q2", "yes,Q1"), "definition_conflict", "column, 'Q1'"),
    "name apart by blanks only": (
        append("groups.csv", "East,South  house,House,answers,\n"), "definition_conflict", "'south house'",
    ),
    "code no file can carry": (append("groups.csv", "con,East,House,answers,\n"), "definition_conflict", "'con'"),
    "code of the community": (append("groups.csv", "community,East,,answers,\n"), "definition_conflict", "'community'"),
    "period named like a year": (swap("periods.csv", "period-1", "2026"), "definition_conflict", "like a year"),
    "period twice": (append("periods.csv", "period-1,Again,,2025,2026\n"), "definition_conflict", "given twice"),
    "part of a part": (swap("principles.csv", "part,P2", "part,P2-in"), "definition_conflict", "'P2-in'"),
    "no principle": (put("principles.csv", "principle,version,since,name:en,text:en\n"), "definition_conflict", "no principle"),
    "damaged key": (
        both(swap("programme.toml", '"synthetic"', '"real"'), put("pseudonym.key", "hello")),
        "definition_invalid", "pseudonym.key",
    ),
}  # fmt: skip


@pytest.fixture
def paths(tmp_path: Path) -> ProgrammePaths:
    written = write_programme(tmp_path)
    put(E, EXPORT)(written)
    return written


def find_problems(paths: ProgrammePaths) -> list[Problem]:
    try:
        return check_year(paths, read_definitions(paths), 2026)
    except UserError as error:
        return list(error.problems)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place_and_never_with_an_answer(paths: ProgrammePaths, fault: str) -> None:
    spoil, code, told = FAULTS[fault]
    spoil(paths)
    errors = [problem for problem in find_problems(paths) if problem.kind.severity == "error"]
    assert code in {problem.code for problem in errors}
    messages = " ".join(problem.describe() for problem in errors if problem.code == code)
    assert told in messages
    assert not any(secret in messages for secret in SECRETS)
    assert not (paths.root / "data" / "processed").exists()


GOOD: dict[str, Spoil] = {
    "UTF-16 with a mark": put(E, EXPORT.encode("utf-16")),
    "UTF-16 without a mark": put(E, EXPORT.encode("utf-16-le")),
    "Latin-1": put(E, EXPORT.replace("Zorro 4", "Zorró").encode("latin-1")),
    "blank first line": put(E, "\n" + EXPORT),
    "text named .xlsx": both(put("2026/exports/a.xlsx", EXPORT), remove(E)),
    "byte-order mark": put(E, EXPORT.encode("utf-8-sig")),
    "mark inside a header": put(E, EXPORT.replace("Q1", "\ufeffQ1")),
    "semicolons": put(E, EXPORT.replace(",", ";")),
    "carriage returns": put(E, EXPORT.replace("\n", "\r\r\n")),
    "a very long comment": put(E, EXPORT.replace("Zorro 2", "z" * 200_000)),
    "a workbook": lambda paths: write_workbook(paths, "A"),
    "files of the system": put("2026/exports/desktop.ini", "[x]"),
    "a correction in a workbook": both(
        lambda paths: write_workbook(paths, "A"),
        put("2026/corrections.csv", "file,row,column,expect,value,reason\nexport.xlsx,2,Q1,Agree,Neither,slip\n"),
    ),
}


@pytest.mark.parametrize("form", GOOD)
def test_unusual_and_readable_is_read(paths: ProgrammePaths, form: str) -> None:
    GOOD[form](paths)
    problems = find_problems(paths)
    assert [problem.code for problem in problems if problem.kind.severity == "error"] == []
    assert "group_none" not in {problem.code for problem in problems}


def test_each_listed_sheet_is_read_for_its_own_group(paths: ProgrammePaths) -> None:
    write_workbook(paths, "Northerners", "Southerners")
    entries = [
        f'[[files]]\nfile = "export.xlsx"\nsheet = "{name}ers"\ngroup = "{name[:5]}"\n'
        for name in ("Northern", "Southern")
    ]
    edit(paths.wave(2026) / "survey.toml", 'group_columns = ["Group"]\n', "".join(entries))
    problems = find_problems(paths)
    assert [problem.code for problem in problems if problem.kind.severity == "error"] == []
    assert "group_none" not in {problem.code for problem in problems}
    assert {problem.sheet for problem in problems if problem.code == "column_unused"} == {"Northerners", "Southerners"}


def test_a_file_that_is_not_listed_is_pointed_out(paths: ProgrammePaths) -> None:
    append("2026/survey.toml", LISTED)(paths)
    put("2026/exports/forgotten.csv", HEADER + ROWS[0])(paths)
    (found,) = [problem for problem in find_problems(paths) if problem.code == "export_unlisted"]
    assert (found.kind.severity, found.file) == ("warning", "forgotten.csv")


def test_checking_writes_nothing_not_even_the_key_of_real_answers(paths: ProgrammePaths) -> None:
    edit(paths.settings, '"synthetic"', '"real"')
    before = sorted(paths.root.rglob("*"))
    assert CliRunner().invoke(main, ["check", "--root", str(paths.root)]).exit_code == 0
    assert sorted(paths.root.rglob("*")) == before


def test_checking_says_which_years_still_wait_for_their_export(paths: ProgrammePaths) -> None:
    shutil.rmtree(paths.exports(2026))
    done = CliRunner().invoke(main, ["check", "--root", str(paths.root)])
    assert done.exit_code == 0
    assert "no export yet in: example/2026/exports" in done.output
    assert "1 year with exports" in done.output


def test_a_draft_takes_tables_however_they_are_kept_and_repeats_the_root(paths: ProgrammePaths) -> None:
    items = paths.wave(2026) / "items.csv"
    items.write_text(items.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    done = CliRunner().invoke(main, ["new", "2027", "--root", str(paths.root)])
    assert done.exit_code == 0
    assert f"--root {paths.root}" in done.output
    drafted = read_definitions(paths).waves[2027].items
    assert [item.item for item in drafted] == ["q1", "q2", "q3", "q4"]
    assert {item.comparability for item in drafted} == {"identical"}


def test_a_period_that_has_not_begun_stops_no_run(paths: ProgrammePaths) -> None:
    edit(paths.raw / "periods.csv", "2025,2027", "2030,2032")
    definitions = read_definitions(paths)
    assert [run.part for run in plan_runs(paths, definitions)] == ["2025", "2026"]
    with pytest.raises(UserError) as stopped:
        plan_runs(paths, definitions, period="period-1")
    assert stopped.value.problems[0].code == "nothing_to_run"


def test_a_lost_front_page_is_made_again(paths: ProgrammePaths) -> None:
    for run in plan_runs(paths, read_definitions(paths)):
        close_run(run, [])
    shared = (paths.problems, paths.reports / "index.html")
    for path in shared:
        write_text(path, "")
    assert plan_runs(paths, read_definitions(paths)) == []
    shared[1].unlink()
    assert len(plan_runs(paths, read_definitions(paths))) == 3


def test_a_damaged_run_record_or_list_of_problems_is_written_again(paths: ProgrammePaths) -> None:
    (run, *_) = plan_runs(paths, read_definitions(paths))
    write_text(paths.run_record("2025"), "{")
    close_run(run, [])
    assert paths.run_record("2025").read_text(encoding="utf-8").startswith("{\n")
    write_text(paths.problems_part(2025, "1-ingest"), "x\ny")
    write_problems(paths, 2026, "1-ingest", [Problem(code="partial", what="one")])
    assert paths.problems.read_text(encoding="utf-8").count("\n") == 2


def test_a_file_the_system_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("", encoding="utf-8")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "occupied")])
    assert done.exit_code == 18
    assert "occupied" in done.output
    assert "Traceback" not in done.output


def test_a_year_without_a_row_does_not_blank_the_years_read_with_it(tmp_path: Path) -> None:
    row = {"wave": "2026", "group": "North", "level": "individual", "respondent": "a", "item": "q1", "value": 4}
    frame = read_table("answers", tmp_path).drop(columns="year")
    write_table(frame, "answers", tmp_path, 2025)
    frame.loc[0] = {**row, "kind": "answer"}
    write_table(frame, "answers", tmp_path, 2026)
    both_years = read_table("answers", tmp_path)
    assert both_years[["year", "group", "respondent"]].to_numpy().tolist() == [[2026, "North", "a"]]
