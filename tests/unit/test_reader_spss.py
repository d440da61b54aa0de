"""SPSS data files: labels, numbers, dates, encodings, missing values, damage."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest

from pipeline.ingest.readers._grid import Grid, Variable
from pipeline.ingest.readers._sav import read_sav
from pipeline.ingest.readers.spss import lay_out, recognise_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave
from tests.programme_files import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data" / "spss"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine"),
]
WAVE = Wave(year=2025, title="T", report_date=date(2025, 12, 1))


def save(path: Path, columns: dict[str, list[Any]], **about: Any) -> Path:
    pyreadstat.write_sav(pd.DataFrame(columns), path, **about)
    return path


def cells(grid: Grid, at: int) -> list[str]:
    return list(grid.columns[at].to_pylist())


def test_cells_are_labels_where_values_have_them_and_numbers_as_text_else(tmp_path: Path) -> None:
    path = save(
        tmp_path / "e.sav",
        {"agree": [1.0, 5.0, 3.0, None], "score": [1.0, 2.5, None, 10.0], "code": ["a", "b ", "", "zz"]},
        column_labels={"agree": "How far do you agree?"},
        variable_value_labels={"agree": {1.0: "Not at all", 5.0: "Fully"}, "code": {"a": "North", "b": "South"}},
    )
    grid = read_sav(path, WAVE)
    assert cells(grid, 0) == ["Not at all", "Fully", "3", ""]
    assert cells(grid, 1) == ["1", "2.5", "", "10"]
    assert cells(grid, 2) == ["North", "South", "", "zz"]
    assert grid.variables[0] == Variable("agree", "How far do you agree?", {"1": "Not at all", "5": "Fully"})
    assert (grid.file, grid.sheet, grid.first_row, grid.notes) == ("e.sav", "", 1, ())


def test_layout_has_no_header_rows_labels_as_headers_and_names_as_codes(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {"id": [7.0, 8.0], "submitdate": ["x", "y"], "q1": [1.0, 2.0], "q2": [1.0, 2.0]}
    grid = read_sav(save(tmp_path / "e.sav", columns, column_labels={"q1": "How clear  is it?"}), WAVE)
    layout = lay_out(grid, WAVE)
    assert recognise_export(grid).score == 1.0
    assert (layout.header_rows, layout.headers) == (0, ("id", "submitdate", "How clear is it?", "q2"))
    assert layout.codes == ("id", "submitdate", "q1", "q2")
    assert layout.roles == {0: "respondent", 1: "finished"}


def test_an_id_that_repeats_is_no_respondent(tmp_path: Path) -> None:
    grid = read_sav(save(tmp_path / "e.sav", {"id": [7.0, 7.0]}), WAVE)
    assert lay_out(grid, WAVE).roles == {}


def test_values_declared_missing_stay_and_system_missing_is_blank(tmp_path: Path) -> None:
    path = save(
        tmp_path / "e.sav",
        {"q": [1.0, 98.0, 99.0, None]},
        variable_value_labels={"q": {98.0: "Refused"}},
        missing_ranges={"q": [98.0, 99.0]},
    )
    assert cells(read_sav(path, WAVE), 0) == ["1", "Refused", "99", ""]


def test_a_label_that_would_merge_two_values_is_not_used(tmp_path: Path) -> None:
    path = save(
        tmp_path / "e.sav",
        {"twice": [1.0, 2.0, 3.0], "number": [1.0, 5.0, 3.0]},
        variable_value_labels={"twice": {1.0: "Agree", 2.0: "Agree", 3.0: "No"}, "number": {5.0: "1", 3.0: "Three"}},
    )
    grid = read_sav(path, WAVE)
    assert cells(grid, 0) == ["1", "2", "No"]
    assert cells(grid, 1) == ["1", "5", "Three"]


def test_dates_and_times_are_iso_text(tmp_path: Path) -> None:
    columns = {
        "day": [date(2025, 3, 1), None],
        "moment": [datetime(2025, 3, 1, 10, 11, 12), None],
        "clock": [time(10, 11, 12), None],
    }
    grid = read_sav(save(tmp_path / "e.sav", columns), WAVE)
    assert [cells(grid, at) for at in range(3)] == [["2025-03-01", ""], ["2025-03-01T10:11:12", ""], ["10:11:12", ""]]


def test_compressed_files_and_content_from_an_archive_are_read_alike(tmp_path: Path) -> None:
    path = save(tmp_path / "e.zsav", {"q": [1.0], "wort": ["Grüße عربي"]}, row_compress=False, compress=True)
    grid = read_sav(Path("inside.zsav"), WAVE, path.read_bytes())
    assert [cells(grid, 0), cells(grid, 1), grid.file] == [["1"], ["Grüße عربي"], "inside.zsav"]


def test_text_in_another_encoding_than_the_file_names_is_read_with_a_note(tmp_path: Path) -> None:
    data = save(tmp_path / "e.sav", {"wort": ["Grxxe"]}).read_bytes().replace(b"Grxxe", "Grüße".encode("cp1252"))
    grid = read_sav(tmp_path / "e.sav", WAVE, data)
    assert cells(grid, 0) == ["Grüße"]
    assert [note.code for note in grid.notes] == ["encoding_guessed"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "export_unreadable"),
        (b"id,agree\n1,2\n", "export_unreadable"),
        (b"$FL2", "export_unreadable"),
        (b"$FL2" + bytes(range(256)) * 3, "export_unreadable"),
        (b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV" + bytes(100), "export_refused"),
        (b"ASCII SPSS PORT FILE                    " * 6, "export_refused"),
    ],
)
def test_what_is_no_sound_spss_file_is_refused_with_a_step(data: bytes, code: str) -> None:
    with pytest.raises(UserError) as refused:
        read_sav(Path("e.sav"), WAVE, data)
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == (code, "e.sav")
    assert problem.action


def test_a_file_that_brings_the_parser_down_is_refused(tmp_path: Path) -> None:
    """A number with labels that calls itself text makes the parser itself crash."""
    labels = {"q": {1.0: "Agree"}}
    path = save(tmp_path / "e.sav", {"q": [1.0, 2.0]}, variable_value_labels=labels, missing_ranges={"q": [9.0]})
    data = bytearray(path.read_bytes())
    assert data[176:184] == (2).to_bytes(4, "little") + bytes(4)  # a variable, a number
    data[180] = 1
    with pytest.raises(UserError) as refused:
        read_sav(tmp_path / "e.sav", WAVE, bytes(data))
    assert refused.value.problems[0].code == "export_unreadable"


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_truncated_file_is_refused_and_never_read_in_part(tmp_path: Path, cut: int) -> None:
    data = save(tmp_path / "e.sav", {"q": [float(number) for number in range(50)]}).read_bytes()
    with pytest.raises(UserError) as refused:
        read_sav(tmp_path / "e.sav", WAVE, data[:-cut])
    assert refused.value.problems[0].code == "export_unreadable"


def test_a_file_without_cases_is_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        read_sav(save(tmp_path / "e.sav", {"q": pd.Series([], dtype="float64").tolist()}), WAVE)
    assert refused.value.problems[0].code == "export_empty"


def test_other_files_are_not_claimed_and_cannot_be_laid_out() -> None:
    grid = Grid("e.csv", "", (pa.array(["id", "1"]).dictionary_encode(),))
    assert recognise_export(grid).score == 0
    with pytest.raises(UserError):
        lay_out(grid, WAVE)


REAL = [
    ("Employee data.sav", 474, 10, {"Male", "Female"}, 1),
    ("electric.sav", 240, 13, {"ALIVE", "DEAD"}, 10),
    ("german.sav", 1, 6, {"1"}, 0),
    ("metadata_copy_test.sav", 4, 7, {"male", "female", "9"}, 5),
]


@pytest.mark.parametrize(
    ("name", "rows", "columns", "texts", "at"), [pytest.param(*case, marks=shared) for case in REAL]
)
def test_real_files_keep_their_cases_columns_and_labels(
    name: str, rows: int, columns: int, texts: set[str], at: int
) -> None:
    grid = read_sav(SHARED / name, WAVE)
    assert (grid.n_rows, len(grid.columns)) == (rows, columns)
    assert set(cells(grid, at)) == texts


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine")
def test_real_names_in_an_old_encoding_are_read_right() -> None:
    codes = lay_out(read_sav(SHARED / "german.sav", WAVE), WAVE).codes
    assert codes[3:] == ("überhaupt", "völlig", "spaß")


def test_what_the_parser_reads_from_bytes_is_what_it_reads_from_a_file(tmp_path: Path) -> None:
    path = save(tmp_path / "e.sav", {"q": [1.0, 2.0]})
    table, _ = pyreadstat.read_sav(io.BytesIO(path.read_bytes()), output_format="dict")
    assert cells(read_sav(path, WAVE), 0) == [str(int(value)) for value in table["q"]]
