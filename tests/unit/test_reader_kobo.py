"""KoBoToolbox and ODK: group prefixes, options, positions, own columns, repeat groups."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from pipeline.ingest.readers._grid import Grid, Layout
from pipeline.ingest.readers.kobo import lay_out, recognise_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave


def grid_of(*rows: list[str]) -> Grid:
    columns = tuple(pa.array(list(column), pa.string()).dictionary_encode() for column in zip(*rows, strict=True))
    return Grid("e.csv", "", columns)


def laid_out(grid: Grid, **settings: Any) -> Layout:
    return lay_out(grid, Wave(year=2025, title="T", report_date=date(2025, 12, 1), **settings))


def test_own_columns_of_kobo_get_roles_and_the_tool_is_recognised() -> None:
    head = ["start", "end", "today", "username", "deviceid", "q1", "__version__", "_id", "_uuid", "_submission_time"]
    grid = grid_of([*head, "_validation_status", "_submitted_by", "_index"], ["x"] * 13)
    assert recognise_export(grid).score == 0.95
    roles = laid_out(grid).roles
    assert (roles[0], roles[1], roles[8], roles[7], roles[9]) == (
        "started", "finished", "respondent", "technical", "technical",
    )  # fmt: skip
    assert (roles[3], roles[4], roles[11]) == ("personal",) * 3
    assert 5 not in roles


def test_without_end_the_submission_time_says_when_it_was_sent() -> None:
    roles = laid_out(grid_of(["q1", "_id", "_submission_time", "_status"], ["a", "1", "t", "s"])).roles
    assert roles == {1: "respondent", 2: "finished", 3: "technical"}


def test_groups_are_taken_off_the_header_and_kept_in_the_code() -> None:
    grid = grid_of(["part_a/sub/clear", "part_a/fair", "_uuid", "_id"], ["1", "2", "u", "1"])
    layout = laid_out(grid)
    assert layout.headers[:2] == ("clear", "fair")
    assert layout.codes[:2] == ("part_a/sub/clear", "part_a/fair")


def test_the_same_question_in_two_groups_keeps_its_group() -> None:
    layout = laid_out(grid_of(["a/rating", "b/rating", "_uuid", "_id"], ["1", "2", "u", "1"]))
    assert layout.headers[:2] == ("a/rating", "b/rating")


def test_options_read_question_option_beside_their_question() -> None:
    head = ["g/uses", "g/uses/code", "g/uses/docs", "_uuid", "_submission_time"]
    layout = laid_out(grid_of(head, ["code", "1", "0", "u", "t"], ["", "", "", "v", "t"]))
    assert layout.headers[:3] == ("uses", "uses [code]", "uses [docs]")
    assert layout.codes[1] == "g/uses/code"


def test_labels_keep_their_slashes_and_options_their_question() -> None:
    head = [
        "He/she listens to me",
        "He/she is fair",
        "What do you use?",
        "What do you use?/Code",
        "_uuid",
        "_submission_time",
    ]
    layout = laid_out(grid_of(head, ["4", "5", "Code", "1", "u", "t"]))
    assert layout.headers[:4] == (
        "He/she listens to me", "He/she is fair", "What do you use?", "What do you use? [Code]",
    )  # fmt: skip
    assert layout.codes[:4] == ("", "", "", "")


def test_odk_central_joins_groups_with_hyphens_and_its_key_is_the_respondent() -> None:
    head = ["SubmissionDate", "part-clear", "part-fair", "meta-instanceID", "KEY", "SubmitterName", "ReviewState"]
    grid = grid_of(head, ["2025-03-01T10:00:00.000Z", "4", "5", "uuid:1", "uuid:1", "Ann", "approved"])
    assert recognise_export(grid).score == 0.95
    layout = laid_out(grid)
    assert layout.headers[1:3] == ("clear", "fair")
    assert layout.roles == {
        0: "finished", 3: "technical", 4: "respondent", 5: "personal", 6: "technical",
    }  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        ["loc", "_loc_latitude", "_loc_longitude", "_loc_altitude", "_loc_precision"],
        ["loc", "loc-Latitude", "loc-Longitude", "loc-Altitude", "loc-Accuracy"],
    ],
)
def test_positions_are_personal(head: list[str]) -> None:
    layout = laid_out(grid_of([*head, "latitude_of_thought", "_uuid"], ["x"] * 7))
    assert {at for at, role in layout.roles.items() if role == "personal"} == {0, 1, 2, 3, 4}


def test_a_row_of_tags_below_the_headers_is_no_response() -> None:
    grid = grid_of(["q1", "q2", "_uuid"], ["#affected+f", "", ""], ["3", "4", "u"])
    assert laid_out(grid).header_rows == 2
    assert laid_out(grid, header_rows=1).header_rows == 1
    assert laid_out(grid_of(["q1", "q2", "_uuid"], ["#1", "", ""])).header_rows == 1


@pytest.mark.parametrize(
    "head",
    [
        ["child_age", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
        ["child_age", "PARENT_KEY", "KEY", "x", "y"],
    ],
)
def test_a_repeat_groups_table_is_not_responses(head: list[str]) -> None:
    grid = grid_of(head, ["9", "1", "2", "3", "4"])
    assert 0.6 <= recognise_export(grid).score < 0.8
    with pytest.raises(UserError) as refused:
        laid_out(grid)
    assert refused.value.problems[0].code == "not_respondent_level"


def test_a_column_named_key_or_email_alone_is_a_question() -> None:
    grid = grid_of(["key", "email", "start", "end"], ["a", "b", "c", "d"])
    assert recognise_export(grid).score < 0.6
    assert laid_out(grid).roles == {2: "started", 3: "finished"}


@pytest.mark.parametrize(
    "head",
    [
        ["Timestamp", "How often?", "and/or", "either/or"],
        ["id", "submitdate", "lastpage", "startlanguage"],
        ["Start Date", "End Date", "Status", "Key"],
    ],
)
def test_other_tools_headers_are_not_claimed(head: list[str]) -> None:
    assert recognise_export(grid_of(head, ["1", "a", "b", "c"])).score < 0.3


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_a_table_without_rows_is_no_evidence_and_no_crash(columns: int) -> None:
    grid = Grid("e.csv", "", (pa.array([], pa.string()).dictionary_encode(),) * columns)
    assert recognise_export(grid).score == 0
    assert laid_out(grid).header_rows == 1
