"""Reading a programme's folder: what is valid, and the answer to each thing that is not."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.store.crosswalk import last_asked, pair_items
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import ALL
from schemas.problems import PROBLEMS
from tests.programme_files import edit, write_programme


def read_fault(paths: ProgrammePaths) -> UserError:
    with pytest.raises(UserError) as caught:
        read_definitions(paths)
    error = caught.value
    assert error.exit_code == PROBLEMS[error.problems[0].code].exit_code != 0
    assert "\n" not in error.problems[0].describe()
    return error


def test_a_valid_programme_is_read_with_its_order_kept(tmp_path: Path) -> None:
    definitions = read_definitions(write_programme(tmp_path))
    assert definitions.id == "example"
    assert definitions.years == [2025, 2026]
    wave = definitions.waves[2026]
    assert [item.item for item in wave.items] == ["q1", "q2", "q3", "q4"]
    assert [item.reverse for item in wave.items] == [False, True, False, False]
    assert [point.value for point in wave.scales["agree5"]] == [1, 2, 3, 4, 5, None]
    assert len(wave.answer_points(wave.item_by_code["q1"])) == 5
    assert wave.roster_by_group["North"].eligible == 12
    assert definitions.group_by_code["North"].aliases == ("N. house", "Northern")
    assert [row.principle for row in definitions.principles(2026)] == ["P1", "P2", "P2-in"]


def test_the_register_is_walked_in_its_order_and_folded_groups_have_no_page(tmp_path: Path) -> None:
    definitions = read_definitions(write_programme(tmp_path))
    assert [group.group for group in definitions.reported_groups()] == ["House", "North", "South"]
    assert [group.group for group in definitions.children(ALL)] == ["House"]
    assert [group.group for group in definitions.descendants(ALL)] == ["House", "North", "South"]
    assert definitions.ancestors("Islet") == ("House", ALL)
    assert definitions.group_name(ALL) == "the whole community"


def test_the_wording_in_force_is_chosen_by_year_or_by_declared_version(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / "principles.csv", "P2,1,2025", "P1,2,2026,principle,,Purpose,It still fulfils it.\nP2,1,2025")
    assert [row.version for row in read_definitions(paths).principles(2025)] == ["1", "1", "1"]
    assert [row.version for row in read_definitions(paths).principles(2026)] == ["2", "1", "1"]
    edit(paths.wave(2026) / "survey.toml", "year = 2026", 'year = 2026\nprinciples_version = "1"')
    assert [row.version for row in read_definitions(paths).principles(2026)] == ["1", "1", "1"]


def save_with_semicolons(path: Path) -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=";").writerows(rows)


def save_with_byte_order_mark(path: Path) -> None:
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())


def save_with_windows_line_ends(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def save_with_remarks_and_blank_rows(path: Path) -> None:
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{head},x:seen by", *(f"{row},me\n" + "," * (head.count(",") + 1) for row in rows)])
    path.write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize(
    "save_again",
    [save_with_semicolons, save_with_byte_order_mark, save_with_windows_line_ends, save_with_remarks_and_blank_rows],
)
def test_however_a_spreadsheet_saved_it_a_table_reads_the_same(
    tmp_path: Path, save_again: Callable[[Path], None]
) -> None:
    paths = write_programme(tmp_path)
    before = read_definitions(paths)
    for path in paths.raw.rglob("*.csv"):
        if path.parent.name != "exports":
            save_again(path)
    assert read_definitions(paths) == before


def test_line_breaks_inside_a_cell_are_kept(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    for year in (2025, 2026):
        edit(paths.wave(year) / "items.csv", "It wastes time.", '"It wastes\r\ntime\u2028often."')
    assert read_definitions(paths).waves[2025].item_by_code["q2"].text["en"] == "It wastes\r\ntime\u2028often."


def test_sheets_of_definitions_xlsx_read_like_csv_files(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    before = read_definitions(paths)
    for folder in (paths.raw, *(paths.wave(year) for year in before.years)):
        with xlsxwriter.Workbook(folder / "definitions.xlsx") as workbook:
            for path in sorted(folder.glob("*.csv")):
                sheet = workbook.add_worksheet(path.stem)
                for number, row in enumerate(csv.reader(path.read_text(encoding="utf-8").splitlines())):
                    for column, cell in enumerate(row):
                        sheet.write(number, column, int(cell) if cell.isdigit() else cell)
                path.unlink()
    assert read_definitions(paths) == before
    with xlsxwriter.Workbook(paths.wave(2026) / "definitions.xlsx") as workbook:
        workbook.add_worksheet("items").write_row(0, 0, ["item", "principel", "text:en", "scale"])
        workbook.add_worksheet("scales").write_row(0, 0, ["scale", "value", "label:en", "kind", "favourable"])
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.file, problem.sheet, problem.row) == (
        "definition_unknown_key", "2026/definitions.xlsx", "items", 1,
    )  # fmt: skip


def test_a_programme_that_is_not_there(tmp_path: Path) -> None:
    error = read_fault(ProgrammePaths(tmp_path, "nowhere"))
    assert (error.problems[0].code, error.exit_code) == ("programme_missing", 10)
    assert "nowhere" in str(error)


@pytest.mark.parametrize("name", ["principles", "groups", "2025/items", "2026/scales"])
def test_a_missing_required_table(tmp_path: Path, name: str) -> None:
    paths = write_programme(tmp_path)
    (paths.raw / f"{name}.csv").unlink()
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("definition_missing", 11)
    assert error.problems[0].file.endswith(f"{name}.csv")


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "guess"),
    [
        ("groups.csv", "kind,aliases", "kind,alises", "alises", "'aliases'"),
        ("2025/items.csv", "text:en", "txt:en", "txt:en", "'text:en'"),
        ("2025/scales.csv", "favourable", "favorable", "favorable", "'favourable'"),
    ],
)
def test_an_unknown_column_is_refused_with_a_suggestion(
    tmp_path: Path, file: str, old: str, new: str, column: str, guess: str
) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / file, old, new)
    error = read_fault(paths)
    problem = error.problems[0]
    assert (problem.code, error.exit_code) == ("definition_unknown_key", 12)
    assert problem.file.endswith(file)
    assert (problem.row, problem.column) == (1, column)
    assert f"Did you mean {guess}?" in problem.describe()


@pytest.mark.parametrize(
    ("line", "key", "guess"),
    [
        ('group_colums = ["Group"]', "group_colums", "'group_columns'"),
        ("[responses]\nduplicate_minuts = 5", "responses.duplicate_minuts", ""),
    ],
)
def test_an_unknown_setting_is_refused(tmp_path: Path, line: str, key: str, guess: str) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2026) / "survey.toml", 'group_columns = ["Group"]', line)
    error = read_fault(paths)
    problem = error.problems[0]
    assert (problem.code, error.exit_code) == ("definition_unknown_key", 12)
    assert (problem.file, problem.column) == ("2026/survey.toml", key)
    assert guess in problem.describe()


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column"),
    [
        ("2025/items.csv", "q2,P1,It wastes time.,agree5,yes", "q2,P1,It wastes time.,agree5,perhaps", 3, "reverse"),
        ("2025/scales.csv", "agree5,3,Neither", "agree5,three,Neither", 4, "value"),
        ("2025/roster.csv", "North,12", "North,-1", 2, "eligible"),
        ("2025/roster.csv", "South,20,person,2025-05-01", "South,20,person,1 May 2025", 3, "as_of"),
        ("groups.csv", "South,South house,House,answers", "South,South house,House,answering", 4, "kind"),
        ("principles.csv", "P2,1,2025", "P2,1,since ever", 3, "since"),
    ],
)
def test_an_invalid_cell_is_named_by_file_row_and_column(
    tmp_path: Path, file: str, old: str, new: str, row: int, column: str
) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / file, old, new)
    error = read_fault(paths)
    problem = error.problems[0]
    assert (problem.code, error.exit_code) == ("definition_invalid", 13)
    assert problem.file.endswith(file)
    assert (problem.row, problem.column) == (row, column)


def test_an_empty_required_cell_is_named_although_blank_cells_may_be_left_out(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / "groups.csv", "South,South house", ",South house")
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.row, problem.column) == ("definition_invalid", 4, "group")


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("2025/scales.csv", "agree5,3,Neither,answer,neutral", "agree5,3,Neither,answer,", "favourable"),
        ("2025/scales.csv", "agree5,,No opinion,no_opinion,", "agree5,6,No opinion,no_opinion,", "value"),
        ("programme.toml", 'origin = "synthetic"', 'origin = "synthetic"\nprofile = "loose"', "known profiles: default, strict"),
        ("programme.toml", 'origin = "synthetic"', "[profiles.default]\nscore = 3\ndistribution = 3\ncomment = 3\nlinked = 3", "built in"),
        ("programme.toml", 'origin = "synthetic"', "[profiles.own]\nscore = 8\ndistribution = 5\ncomment = 9\nlinked = 9", "distribution"),
        ("programme.toml", 'origin = "synthetic"', "[profiles.own]\nscore = 2\ndistribution = 5\ncomment = 9\nlinked = 9", "3"),
        ("programme.toml", 'origin = "synthetic"', "origin = synthetic", "Not a valid settings file"),
        ("periods.csv", "2025,2027", "2027,2025", "year_to is before year_from"),
    ],
)  # fmt: skip
def test_rules_within_one_definition(tmp_path: Path, file: str, old: str, new: str, what: str) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / file, old, new)
    error = read_fault(paths)
    assert {problem.code for problem in error.problems} == {"definition_invalid"}
    assert error.exit_code == 13
    assert what in error.problems[0].describe()
    assert error.problems[0].file.endswith(file)


def test_an_empty_table_and_a_missing_setting(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2025) / "survey.toml", 'title = "Survey 2025"\n', "")
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.file, problem.column) == ("definition_invalid", "2025/survey.toml", "title")
    (paths.raw / "groups.csv").write_bytes(b"")
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.what) == ("definition_invalid", "The table is empty")


@pytest.mark.parametrize("name", ["groups.csv", "2025/items.csv", "2025/survey.toml"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_text_that_is_not_utf_8(tmp_path: Path, name: str, encoding: str) -> None:
    paths = write_programme(tmp_path)
    path = paths.raw / name
    path.write_bytes((path.read_text(encoding="utf-8") + "# é\n").encode(encoding))
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("export_encoding", 22)
    assert error.problems[0].file.endswith(name)


def test_a_year_given_twice(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    paths.wave(2026).rename(paths.raw / "2026 second try")
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("definition_conflict", 14)
    write_programme(tmp_path)
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("year_twice", 15)
    assert error.problems[0].file == "2026 second try/survey.toml"


def test_a_folder_that_says_another_years_number(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2025) / "survey.toml", "year = 2025", "year = 2026")
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("year_twice", 15)
    assert error.problems[0].file == "2025/survey.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "column"),
    [
        ("groups.csv", "North,North house,House", "North,North house,Castle", "unknown parent 'Castle'", "parent"),
        ("groups.csv", "House,House,,rollup", "House,House,North,rollup", "its own ancestor", "parent"),
        ("groups.csv", "House,House,,rollup", "House,House,Manor,rollup,\nManor,Manor,Estate,rollup,\nEstate,Estate,House,rollup", "'Estate' is its own ancestor", "parent"),
        ("groups.csv", "South,South house,House,answers,", "South,South house,House|Castle,answers,\nCastle,Castle,,rollup,", "'South' has 2 parents", "parent"),
        ("groups.csv", "South,South house,House,answers,", "South,South house,House,answers,\nCastle,Castle,,rollup,\nSouth,South house,Castle,answers,", "'South' is declared twice", "group"),
        ("groups.csv", "Islet,Islet,House,folded", "Islet,Islet,,folded", "needs a parent", "parent"),
        ("groups.csv", "South,South house,House,answers", "South,South house,Islet,folded", "folded into a folded group", "parent"),
        ("groups.csv", "South,South house,House,answers,", "South,South house,House,answers,northern", "'northern' stands for two groups", "aliases"),
        ("groups.csv", "South,South house", "North,South house", "'North' is declared twice", "group"),
        ("principles.csv", "P2-in,1,2025,part,P2", "P2-in,1,2025,part,", "'P2-in': a part needs", "parent"),
        ("principles.csv", "P2-in,1,2025,part,P2", "P2-in,1,2025,part,P9", "'P2-in': a part needs", "parent"),
        ("principles.csv", "P2,1,2025,principle", "P1,1,2025,principle", "'P1 1' are declared twice", "version"),
        ("periods.csv", "First period,", "First period,Castle", "unknown group 'Castle'", "group"),
        ("2025/items.csv", "q2,P1", "q2,P9", "unknown principle 'P9'", "principle"),
        ("2025/items.csv", "q2,P1", "q1,P1", "'q1' is declared twice", "item"),
        ("2025/items.csv", "It wastes time.,agree5", "It wastes time.,agree7", "unknown scale 'agree7'", "scale"),
        ("2025/roster.csv", "South,20", "Castle,20", "Unknown group 'Castle'", "group"),
        ("2025/roster.csv", "South,20", "North,20", "'North' is listed twice", "group"),
        ("2025/scales.csv", "agree5,3,", "agree5,4,", "gives value 4 twice", "value"),
        ("2025/scales.csv", "Neither", "agree", "reads 'agree' as two different answers", "label:en"),
    ],
)  # fmt: skip
def test_tables_that_contradict_each_other(
    tmp_path: Path, file: str, old: str, new: str, what: str, column: str
) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / file, old, new)
    error = read_fault(paths)
    found = [problem for problem in error.problems if what in problem.what]
    assert found, [problem.what for problem in error.problems]
    assert (found[0].code, error.exit_code) == ("definition_conflict", 14)
    assert (found[0].file, found[0].column) == (file, column)


def test_unknown_names_in_the_tables_people_keep_for_assessments(tmp_path: Path) -> None:
    paths = write_programme(
        tmp_path,
        tables={
            "criteria": "criterion,principle,group,text:en\nP1-C1,P9,Castle,Members are heard.\n",
            "indicators": "indicator,criterion,kind,text:en\nP1-C1-I1,P1-C9,survey,They say so.\n",
            "improvements": "id,group,principle,issue,measure\nI1,Castle,P9,Late papers,Send them earlier\n",
        },
    )
    problems = read_fault(paths).problems
    assert {problem.code for problem in problems} == {"definition_conflict"}
    assert [(problem.file, problem.column) for problem in problems] == [
        ("improvements.csv", "group"),
        ("improvements.csv", "principle"),
        ("criteria.csv", "group"),
        ("criteria.csv", "principle"),
        ("indicators.csv", "criterion"),
    ]


def test_an_item_that_names_an_unknown_criterion(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2026) / "items.csv", "reverse,column", "reverse,column,criterion")
    edit(paths.wave(2026) / "items.csv", "no,Q1", "no,Q1,P1-C9")
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.file, problem.column) == ("definition_conflict", "2026/items.csv", "criterion")


def test_all_contradictions_are_listed_at_once(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.raw / "groups.csv", "North,North house,House", "North,North house,Castle")
    edit(paths.wave(2025) / "items.csv", "q2,P1", "q2,P9")
    edit(paths.wave(2026) / "roster.csv", "South,20", "Castle,20")
    assert [problem.file for problem in read_fault(paths).problems] == [
        "groups.csv",
        "2025/items.csv",
        "2026/roster.csv",
    ]


def test_a_changed_text_needs_a_comparability_class(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    items = paths.wave(2026) / "items.csv"
    edit(items, "It wastes time.", "It wastes our time.")
    error = read_fault(paths)
    assert (error.problems[0].code, error.exit_code) == ("text_changed", 16)
    assert error.problems[0].file == "2026/items.csv"
    assert error.problems[0].what == "The text of item 'q2' is not that of 2025"
    edit(items, "reverse,column", "reverse,column,comparability")
    edit(items, "yes,Q2", "yes,Q2,editorial")
    assert read_definitions(paths).waves[2026].item_by_code["q2"].comparability == "editorial"


def test_a_scale_of_another_length_needs_the_class_scale_change(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    items, scales = paths.wave(2026) / "items.csv", paths.wave(2026) / "scales.csv"
    edit(scales, "agree5,,No opinion", "agree5,6,Entirely,answer,yes\nagree5,,No opinion")
    edit(items, "reverse,column", "reverse,column,comparability")
    for item in ("Q1", "Q2", "Q3", "Q4"):
        edit(items, f",{item}", f",{item},substantive")
    error = read_fault(paths)
    assert {problem.code for problem in error.problems} == {"text_changed"}
    assert len(error.problems) == 4
    assert error.exit_code == 16
    assert "'scale change'" in error.problems[0].describe()
    items.write_text(items.read_text(encoding="utf-8").replace("substantive", "scale change"), encoding="utf-8")
    definitions = read_definitions(paths)
    assert [pair.comparable for pair in pair_items(definitions, 2025, 2026)] == [False] * 4


def test_a_renamed_answer_or_a_turned_item_is_a_change_too(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2026) / "scales.csv", "Neither", "Undecided")
    assert [problem.what for problem in read_fault(paths).problems] == [
        f"The scale of item '{item}' is not that of 2025" for item in ("q1", "q2", "q3", "q4")
    ]
    edit(paths.wave(2026) / "scales.csv", "Undecided", "Neither")
    edit(paths.wave(2026) / "items.csv", "agree5,yes", "agree5,no")
    assert read_fault(paths).problems[0].what == "Item 'q2' changed direction since 2025"


def test_a_new_non_answer_is_no_change_of_the_scale(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(
        paths.wave(2026) / "scales.csv",
        "agree5,,No opinion",
        "agree5,,Not applicable,not_applicable,\nagree5,,No opinion",
    )
    assert len(read_definitions(paths).waves[2026].scales["agree5"]) == 7


def test_an_item_is_followed_through_years_in_which_it_was_not_asked_or_had_another_code(tmp_path: Path) -> None:
    paths = write_programme(tmp_path, years=(2024, 2025, 2026))
    edit(paths.raw / "principles.csv", "P1,1,2025", "P1,1,2024")
    edit(paths.raw / "principles.csv", "P2,1,2025", "P2,1,2024")
    edit(paths.raw / "principles.csv", "P2-in,1,2025", "P2-in,1,2024")
    edit(paths.wave(2025) / "items.csv", "q3,P2,Its parts fit together.,agree5,no,Q3\n", "")
    items = paths.wave(2026) / "items.csv"
    edit(items, "reverse,column", "reverse,column,same_as,comparability")
    edit(items, "q1,P1,It does what it is for.,agree5,no,Q1", "new1,P1,It does what it is for.,agree5,no,Q1,q1,")
    edit(items, "yes,Q2", "yes,Q2,,substantive")
    definitions = read_definitions(paths)
    wave = definitions.waves[2026]
    found = {item.item: last_asked(definitions, 2026, item) for item in wave.items}
    assert {code: step and (step[0], step[1].item) for code, step in found.items()} == {
        "new1": (2025, "q1"), "q2": (2025, "q2"), "q3": (2024, "q3"), "q4": (2025, "q4"),
    }  # fmt: skip
    pairs = {pair.item_to.item: pair for pair in pair_items(definitions, 2024, 2026)}
    assert {code: pair.comparable for code, pair in pairs.items()} == {
        "new1": True,
        "q2": False,
        "q3": True,
        "q4": True,
    }
    assert "q3" not in {pair.item_to.item for pair in pair_items(definitions, 2025, 2026)}


def test_same_as_must_name_an_item_that_was_asked(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    edit(paths.wave(2026) / "items.csv", "reverse,column", "reverse,column,same_as")
    edit(paths.wave(2026) / "items.csv", "no,Q1", "no,Q1,old1")
    problem = read_fault(paths).problems[0]
    assert (problem.code, problem.file, problem.column) == ("definition_conflict", "2026/items.csv", "same_as")
