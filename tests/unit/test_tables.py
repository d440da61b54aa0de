"""Stored tables: what goes in comes out, what breaks the schema is refused without saying whose answer it was."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.store.errors import UserError
from pipeline.store.tables import conform, read_table, write_table
from schemas.tables import TABLES

SECRET = "SECRET-7f3a"


def answers(**columns: object) -> pd.DataFrame:
    """Three answers of two respondents; ``columns`` replace whole columns."""
    frame = pd.DataFrame(
        {
            "wave": "2027",
            "group": "North",
            "level": "individual",
            "respondent": ["r2", "r1", "r1"],
            "item": ["q1", "q2", "q1"],
            "value": [4, None, 2],
            "kind": ["answer", "no_opinion", "answer"],
        }
    )
    return frame.assign(**columns)


def write_fault(frame: pd.DataFrame, folder: Path, table: str = "answers") -> str:
    with pytest.raises(UserError) as caught:
        write_table(frame, table, folder, 2027)
    assert caught.value.problems[0].code == "answers_invalid"
    assert caught.value.exit_code == 32
    assert not list(folder.rglob("*.parquet"))
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_table_comes_back_sorted_by_key_with_its_year_first(tmp_path: Path) -> None:
    path = write_table(answers(), "answers", tmp_path, 2027)
    assert path == tmp_path / "year=2027" / "part-0.parquet"
    back = read_table("answers", tmp_path)
    assert list(back.columns) == ["year", *TABLES["answers"].to_schema().columns]
    assert back["year"].tolist() == [2027, 2027, 2027]
    assert list(zip(back["respondent"], back["item"], strict=True)) == [("r1", "q1"), ("r1", "q2"), ("r2", "q1")]
    assert back["value"].tolist()[::2] == [2, 4]
    assert pd.isna(back["value"][1])
    assert back["value"].dtype == "Int16"


def test_the_year_is_in_the_folder_and_not_in_the_file(tmp_path: Path) -> None:
    path = write_table(answers(year=2027), "answers", tmp_path, 2027)
    assert "year" not in pd.read_parquet(path, partitioning=None).columns
    assert pd.read_parquet(tmp_path)["year"].astype(int).unique().tolist() == [2027]


def test_years_are_read_together_or_alone_and_a_missing_table_is_empty(tmp_path: Path) -> None:
    for year in (2027, 2025, 2026):
        write_table(answers(wave=str(year)), "answers", tmp_path, year)
    assert read_table("answers", tmp_path)["year"].tolist() == [2025] * 3 + [2026] * 3 + [2027] * 3
    assert read_table("answers", tmp_path, [2026])["wave"].tolist() == ["2026"] * 3
    empty = read_table("answers", tmp_path, [2030])
    assert empty.empty
    assert list(empty.columns) == list(read_table("answers", tmp_path).columns)
    assert read_table("answers", tmp_path / "nowhere").empty


def test_row_order_and_extra_columns_do_not_change_the_file(tmp_path: Path) -> None:
    first = write_table(answers(), "answers", tmp_path / "a", 2027)
    second = write_table(answers(remark="x").iloc[::-1], "answers", tmp_path / "b", 2027)
    assert first.read_bytes() == second.read_bytes()


def test_writing_leaves_no_scratch_file_and_replaces_the_old_table(tmp_path: Path) -> None:
    write_table(answers(), "answers", tmp_path, 2027)
    path = write_table(answers().iloc[:1], "answers", tmp_path, 2027)
    assert [file.name for file in path.parent.iterdir()] == ["part-0.parquet"]
    assert len(read_table("answers", tmp_path)) == 1


def test_a_refused_table_leaves_the_earlier_one_untouched(tmp_path: Path) -> None:
    path = write_table(answers(), "answers", tmp_path, 2027)
    before = path.read_bytes()
    with pytest.raises(UserError):
        write_table(answers(kind=SECRET), "answers", tmp_path, 2027)
    assert path.read_bytes() == before


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    assert "Table answers lacks column kind" in write_fault(answers().drop(columns="kind"), tmp_path)


def test_a_word_outside_the_declared_ones_is_refused_without_printing_it(tmp_path: Path) -> None:
    assert "column kind" in write_fault(answers(kind=["answer", "answer", SECRET]), tmp_path)


def test_a_value_of_another_type_is_refused_without_printing_it(tmp_path: Path) -> None:
    assert "column value" in write_fault(answers(value=[4, 2, SECRET]), tmp_path)


def test_an_empty_cell_in_a_column_that_must_be_filled_is_refused(tmp_path: Path) -> None:
    assert "column kind" in write_fault(answers(kind=["answer", "answer", None]), tmp_path)


def test_a_key_that_is_there_twice_is_refused_without_printing_it(tmp_path: Path) -> None:
    twice = answers(respondent=[SECRET] * 3, item=["q1", "q1", "q2"])
    assert "respondent" in write_fault(twice, tmp_path)


def test_a_stored_table_that_somebody_changed_is_refused_without_printing_it(tmp_path: Path) -> None:
    path = write_table(answers(), "answers", tmp_path, 2027)
    frame = pd.read_parquet(path, partitioning=None)
    frame.assign(kind=SECRET).to_parquet(path, index=False)
    with pytest.raises(UserError) as caught:
        read_table("answers", tmp_path)
    assert caught.value.exit_code == 32
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_frame_can_be_stored_for_every_table(tmp_path: Path, name: str) -> None:
    schema = TABLES[name].to_schema()
    write_table(pd.DataFrame({column: [] for column in schema.columns}), name, tmp_path, 2027)
    assert read_table(name, tmp_path).empty


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_its_grain_its_key_and_what_each_column_holds(name: str) -> None:
    schema = TABLES[name].to_schema()
    assert (TABLES[name].__doc__ or "").startswith("One row per ")
    assert schema.unique
    assert set(schema.unique) <= set(schema.columns)
    assert all(column.description for column in schema.columns.values())


def test_conforming_twice_changes_nothing() -> None:
    once = conform(answers(), "answers")
    pd.testing.assert_frame_equal(conform(once, "answers"), once)


def test_a_year_without_rows_does_not_blank_the_other_years(tmp_path):
    """Any Parquet reader, given the folder, sees every year's text."""
    full = answers()
    write_table(full.iloc[:0], "answers", tmp_path, 2024)
    write_table(full, "answers", tmp_path, 2025)
    together = pd.read_parquet(tmp_path)
    assert together["group"].astype("str").tolist() == read_table("answers", tmp_path, [2025])["group"].tolist()
