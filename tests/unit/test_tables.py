"""Stored tables: what goes in comes out, what breaks the schema is refused without saying whose answer it was."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.store import long_frames
from pipeline.store.errors import UserError
from pipeline.store.long_frames import find_order
from pipeline.store.tables import arrange, conform, read_frame, read_table, write_frame, write_table
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


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_order_and_repeats_are_found_wherever_a_long_frame_is_cut(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(long_frames, "CHUNK", chunk)
    rows = [(a, b) for a in "xyz" for b in (1, 2, 3)]
    for at in range(len(rows)):
        for frame, expected in (
            (rows[: at + 1] + rows[at:], (True, True)),
            (rows[at:] + rows[:at], (at == 0, False)),
            (rows[at:] + rows[: at + 1], (False, True)),
        ):
            order, repeated = find_order(pd.DataFrame(frame, columns=["a", "b"]), ["a", "b"])
            assert (order is None, repeated) == expected
            assert order is None or [frame[i] for i in order] == sorted(frame)


def test_rows_are_sorted_by_the_order_of_categories_nulls_last_and_equal_rows_stay_as_they_are() -> None:
    kinds = pd.Categorical(["b", None, "a", "b"], categories=["b", "a"])
    values = pd.array([2, 1, None, None], dtype="Int16")
    frame = pd.DataFrame({"kind": kinds, "value": values, "text": ["n", "m", None, "k"]})
    for key in (["kind", "value"], ["value"], ["text", "kind"], ["kind"]):
        order, _ = find_order(frame, key)
        assert order is not None
        expected = frame.sort_values(key, kind="stable").index.tolist()
        assert order.tolist() == expected


def test_an_arranged_table_is_the_same_whether_or_not_it_came_in_order() -> None:
    once = arrange(answers(), "answers")
    pd.testing.assert_frame_equal(arrange(once.sample(frac=1, random_state=1), "answers"), once)
    pd.testing.assert_frame_equal(arrange(once, "answers"), once)


def test_one_bad_value_far_down_a_long_table_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_frames, "CHUNK", 7)
    long = pd.DataFrame({"respondent": [f"r{at}" for at in range(50)], "kind": ["answer"] * 49 + [SECRET]})
    filled = long.assign(wave="2027", group="North", level="individual", item="q1", value=1)
    assert "column kind" in write_fault(filled, tmp_path)
    assert "column respondent" in write_fault(
        filled.assign(kind="answer", respondent=[*long["respondent"][:49], None]), tmp_path
    )
    counts = {"group": long["respondent"], "item": "q1", "kind": "answer", "value": 1, "wave": "2027"}
    assert "column n" in write_fault(pd.DataFrame(counts).assign(n=[*range(49), -1]), tmp_path, "item_counts")


def test_a_table_is_stored_in_one_row_group_so_that_every_word_is_stored_once(tmp_path: Path) -> None:
    stored = pq.ParquetFile(write_table(answers(), "answers", tmp_path, 2027))
    assert stored.metadata.num_row_groups == 1


def test_a_layer_comes_back_as_pandas_would_read_it(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "row": [2, 3, 4],
            "respondent": ["x", "", "y"],
            "value:q1": pd.array([1, None, 3], dtype="Int16"),
            "kind:q1": pd.Categorical(["answer", None, "answer"], categories=["missing", "answer", "refused"]),
            "item:q2": pd.Categorical(["None", "001", "مرحبا"]),
            "share": pd.Categorical([None, None, None]),
        }
    )
    path = write_frame(frame, tmp_path / "part-0.parquet")
    pd.testing.assert_frame_equal(read_frame(path), pd.read_parquet(path, partitioning=None))
    assert read_frame(path)["item:q2"].tolist() == ["None", "001", "مرحبا"]
    assert read_frame(path)["kind:q1"].cat.categories.tolist() == ["missing", "answer", "refused"]
    assert read_frame(write_frame(frame.iloc[:0], path)).empty


def test_a_series_may_grow_past_what_one_byte_counts(tmp_path: Path) -> None:
    for year, people in ((2025, 100), (2026, 140), (2027, 90)):
        rows = {"wave": str(year), "group": "North", "level": "individual", "item": "q1", "value": 4, "kind": "answer"}
        frame = pd.DataFrame([rows | {"respondent": f"r{n:03}"} for n in range(people)])
        write_table(frame, "answers", tmp_path, year)
    stored = read_table("answers", tmp_path)
    assert stored.groupby("year")["respondent"].nunique().to_dict() == {2025: 100, 2026: 140, 2027: 90}
    assert "r139" in set(stored.loc[stored["year"] == 2026, "respondent"])
