"""Any other table: well-known headers, a second header row, first responses kept."""

from __future__ import annotations

import pytest

from tests.grids import lay_out


def test_plain_gives_roles_to_well_known_headers_whose_cells_fit() -> None:
    headers = ["Submission ID", "Submitter", "Submitter Email", "Submission Date", "IP", "Language", "Status", "Agree?"]
    row = ["17", "", "", "2027-12-12 17:05:03.235413+00:00", "10.0.0.1", "en", "sent", "4"]
    assert list(lay_out("plain", [headers, row]).roles.items()) == list(
        enumerate(("respondent", "personal", "personal", "finished", "personal", "language", "status"))
    )


@pytest.mark.parametrize(
    ("header", "cell", "role"),
    [
        ("Eingereicht am", "02.05.2027 08:03", "finished"), ("Prénom", "", "personal"), ("Correo electrónico", "", "personal"),
        ("姓名", "", "personal"), ("Имя", "", "personal"), ("Date", "2027-05-02", "finished"), ("Date", "when I like", None),
        ("Language", "Haskell, mostly", None), ("Duration", "321", "duration"), ("Duration", "too long", None),
        ("submission_date", "2027-05-02", "finished"), ("Submission Date (UTC)", "2027-05-02", "finished"),
        ("Completed", "2027-05-02", "finished"), ("Completed", "yes", "status"),
        ("Would you give your name?", "", None),
    ],
)  # fmt: skip
def test_plain_word_alone_is_not_enough(header: str, cell: str, role: str | None) -> None:
    assert lay_out("plain", [[header, "Agree?"], [cell, "4"]]).roles.get(0) == role


def test_plain_column_of_ids_has_no_value_twice() -> None:
    assert lay_out("plain", [["Case", "Agree?"], ["A", "4"], ["A", "5"]]).roles == {}


def test_plain_second_row_of_words_over_numbers_is_a_header_row() -> None:
    rows = [
        ["CASE", "A101", "A102"],
        ["Number", "It is clear", "It is fair"],
        ["7", "4", "5"],
        ["8", "3", "1"],
        ["9", "2", "2"],
    ]
    found = lay_out("plain", rows)
    assert (found.header_rows, found.codes, found.headers) == (
        2,
        ("CASE", "A101", "A102"),
        ("Number", "It is clear", "It is fair"),
    )


@pytest.mark.parametrize(
    "second",
    [["N/A", "N/A", "N/A"], ["", "none", "x"], ["7", "none", "some"]],
    ids=["the same word", "a gap", "a number"],
)
def test_plain_odd_first_response_is_a_response(second: list[str]) -> None:
    rows = [["A100", "A101", "A102"], second, ["7", "4", "5"], ["8", "3", "1"], ["9", "2", "2"]]
    assert lay_out("plain", rows).header_rows == 1
