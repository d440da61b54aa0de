"""Definitions as a workbook: what it offers, and that it reads back as the same records."""

from __future__ import annotations

import difflib
from pathlib import Path

import openpyxl
import pytest

from pipeline.store.definition_columns import MODELS
from pipeline.store.definitions import RESTRICTED_TABLES, TABLES, WAVE_TABLES, read_definitions
from pipeline.store.definitions_workbook import LISTS, README, move_tables_to_workbook, write_definitions_workbook
from pipeline.store.errors import UserError
from pipeline.store.records import find_sheet, find_table, read_records, same_table
from tests.programme_files import REPOSITORY, edit, write_programme


def shipped_folders() -> list[Path]:
    raw = REPOSITORY / "data" / "raw"
    return [folder for name in ("cip", "haskell") for folder in (raw / name, *sorted((raw / name).glob("20*")))]


def validations(sheet) -> dict[str, object]:
    """The rule of each column by its header."""
    headers = {cell.column_letter: cell.value for cell in sheet[1]}
    rules = sheet.data_validations.dataValidation
    return {headers[str(rule.sqref).partition("2")[0]]: rule for rule in rules}


@pytest.mark.parametrize("folder", shipped_folders(), ids=lambda folder: folder.name)
def test_shipped_tables_read_back_as_the_same_records(tmp_path: Path, folder: Path) -> None:
    copy = tmp_path / folder.name
    copy.mkdir()
    write_definitions_workbook(folder, copy / "definitions.xlsx")
    tables = [name for name in MODELS if (folder / f"{name}.csv").is_file()]
    assert len(tables) >= 3
    for name in tables:
        assert read_records(copy, name, MODELS[name]) == read_records(folder, name, MODELS[name])
        assert same_table(find_table(folder, name), find_sheet(copy, name))


def test_a_programme_kept_in_workbooks_alone_is_the_same_programme(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    before = read_definitions(paths)
    for folder in (paths.raw, *(paths.wave(year) for year in before.years)):
        move_tables_to_workbook(folder)
        assert list(folder.glob("*.csv")) == []
    assert read_definitions(paths) == before


def test_every_table_has_a_sheet_and_every_sheet_a_table() -> None:
    assert set(MODELS) == {*TABLES, *WAVE_TABLES, *RESTRICTED_TABLES}
    for extra in (README, LISTS):  # the reader refuses sheets whose names are nearly a table's
        assert not difflib.get_close_matches(extra.casefold(), MODELS, cutoff=0.8)


def test_texts_that_spreadsheets_like_to_change_survive(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    texts = [
        "001",
        "1.20",
        "=1+1",
        "2027-05-31",
        "TRUE",
        "None",
        "3E5",
        "_x0001_",
        "مرحبا",
        '"two\r\nlines"',
        "-",
        "@a",
    ]
    head = "item,principle,text:en,text:ar,scale,x:own,note\n"
    lines = [f"q{n},P1,{text},{text},agree5,{text},{text}\n" for n, text in enumerate(texts)]
    (paths.wave(2026) / "items.csv").write_text(head + "".join(lines), encoding="utf-8", newline="")
    before = find_table(paths.wave(2026), "items")
    move_tables_to_workbook(paths.wave(2026))
    after = find_table(paths.wave(2026), "items")
    assert after.sheet == "items"
    assert same_table(before, after)
    assert [row[1][2] for row in after.rows] == [text.strip('"') for text in texts]
    sheet = openpyxl.load_workbook(paths.wave(2026) / "definitions.xlsx")["items"]
    assert {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value} == {"@"}
    blank = [sheet.column_dimensions[letter] for letter in ("A", "C")]
    assert {(column.number_format, column.width > 10) for column in blank} == {("@", True)}


def test_closed_lists_and_references_are_drop_downs_down_to_row_1001(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    workbook = openpyxl.load_workbook(write_definitions_workbook(paths.wave(2026), tmp_path / "d.xlsx"))
    items, scales, roster = (validations(workbook[name]) for name in ("items", "scales", "roster"))
    assert items["comparability"].formula1 == '"identical,editorial,substantive,scale change"'
    assert items["reverse"].formula1 == items["direction_checked"].formula1 == '"yes,no"'
    assert scales["favourable"].formula1 == '"yes,neutral,no"'
    assert scales["kind"].formula1 == '"answer,no_opinion,not_applicable,refused,missing"'
    assert roster["access"].formula1 == '"unique,shared,open"'
    assert validations(workbook["questions"])["decided"].formula1 == '"yes,no"'
    assert (items["scale"].formula1, items["principle"].formula1) == ("list_scales", "list_principles")
    assert roster["group"].formula1 == "list_groups_all"
    assert set(items) == {"principle", "criterion", "scale", "reverse", "comparability", "direction_checked"}
    for rule in (*items.values(), *scales.values(), *roster.values()):
        assert str(rule.sqref).endswith("1001")
        assert rule.allow_blank
    assert items["scale"].errorStyle == "warning"  # it may be about to be declared
    assert items["reverse"].errorStyle in (None, "stop")

    programme = openpyxl.load_workbook(write_definitions_workbook(paths.raw, tmp_path / "p.xlsx"))
    assert validations(programme["groups"])["parent"].formula1 == "list_groups"
    assert validations(programme["groups"])["kind"].formula1 == '"answers,rollup,folded"'
    assert validations(programme["aliases"])["group"].formula1 == "list_groups_none"


def test_lists_hold_each_code_once_and_follow_their_sheet(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    path = write_definitions_workbook(paths.wave(2026), tmp_path / "d.xlsx")
    shown, written = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    columns = {cells[0].value: [cell.value for cell in cells[1:] if cell.value] for cells in shown[LISTS].iter_cols()}
    assert columns["codes in scales"] == ["agree5"]
    assert columns["codes in principles"] == ["P1", "P2", "P2-in"]
    assert columns["codes in groups"] == ["_all", "House", "North", "South", "Islet"]
    (live,) = [cells[1].value for cells in written[LISTS].iter_cols() if cells[0].value == "codes in scales"]
    assert "scales!$A$2:$A$1001" in live.text
    assert written[LISTS].sheet_state == "hidden"
    assert set(written.defined_names) == {"list_principles", "list_criteria", "list_scales", "list_groups_all"}


def test_headers_are_frozen_explained_and_complete(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    workbook = openpyxl.load_workbook(write_definitions_workbook(paths.wave(2026), tmp_path / "d.xlsx"))
    assert workbook.sheetnames == [README, *WAVE_TABLES, LISTS]
    for name in WAVE_TABLES:
        sheet = workbook[name]
        assert sheet.freeze_panes == "B2"
        assert list(sheet.tables) == [f"table_{name}"]
        stems = {cell.value.partition(":")[0] for cell in sheet[1]}
        assert stems == set(MODELS[name].model_fields)
        assert all(cell.comment.text for cell in sheet[1])
    notes = {cell.value: cell.comment.text for cell in workbook["items"][1]}
    assert notes["reverse"] == "Yes: agreeing is unfavourable. One of: yes, no. May be blank."
    listed = {(row[0].value, row[1].value) for row in workbook[README].iter_rows()}
    assert {("items", "reverse"), ("questions", "decided")} <= listed


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    folder = write_programme(tmp_path).wave(2026)
    one, two = (write_definitions_workbook(folder, tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == two.read_bytes()


def test_a_table_and_a_sheet_that_differ_are_refused(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    write_definitions_workbook(paths.wave(2026))
    read_definitions(paths)  # both there and the same: nothing can be lost
    edit(paths.wave(2026) / "items.csv", "It wastes time.", "It takes time.")
    with pytest.raises(UserError) as caught:
        read_definitions(paths)
    problem = caught.value.problems[0]
    assert (problem.code, problem.file, problem.sheet) == ("definition_conflict", "2026/definitions.xlsx", "items")


def test_a_table_that_cannot_be_read_is_refused_and_nothing_written(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2026) / "items.csv", "q2,P1,It wastes time.,agree5", "q2,P1,It wastes time.,agree 5")
    with pytest.raises(UserError):
        write_definitions_workbook(paths.wave(2026))
    assert list(paths.wave(2026).glob("*.xlsx")) == []
