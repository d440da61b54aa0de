"""All readers together: what next to nothing holds, and the tables of their own columns."""

from __future__ import annotations

import pytest

from pipeline.ingest.readers._labels import ROLES, fold_label, read_labels
from tests.grids import lay_out, read, score
from tests.programme_files import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data"


shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine"),
]


TOOLS = ["alchemer", "google_forms", "microsoft_forms", "plain", "qualtrics", "surveymonkey", "typeform"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("rows", [[[""]], [["", ""], ["", ""]], [["Agree?"]], [["\u200b", "a" * 9000, "["]]])
@pytest.mark.parametrize("header_rows", [None, 0, 1, 3])
def test_readers_survive_grids_with_next_to_nothing(tool: str, rows: list[list[str]], header_rows: int | None) -> None:
    found = lay_out(tool, rows, header_rows=header_rows)
    assert len(found.headers) == len(rows[0])
    assert 0.0 <= score(tool, rows) <= 0.1


@pytest.mark.parametrize("tool", TOOLS)
def test_label_tables_name_meanings_that_readers_know(tool: str) -> None:
    known = ROLES | {"sheet", "score", "nobody", "single answer", "open answer", "other answer"}
    labels = read_labels(tool)
    assert labels
    assert {label.meaning for label in labels.values()} <= known
    assert {label.place for label in labels.values()} <= {"", "start", "end", "cell"}
    assert all(name == fold_label(name) for name in labels)


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in (2020, 2021, 2022)])
def test_real_csv_and_workbook_of_one_survey_have_the_same_headers(year: int) -> None:
    name = f"spack/spack-user-survey-{year}-responses"
    csv, book = (read("google_forms", SHARED / f"{name}{end}") for end in (".csv", ".xlsx"))
    assert csv.headers == book.headers
