"""Where a table begins and ends inside a file, and which files hold no responses at all."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipeline.ingest.readers import recognise_tool
from pipeline.ingest.readers._files import open_grids
from pipeline.ingest.readers._grid import Grid
from pipeline.ingest.readers._summaries import find_summary_word, is_number, to_number
from pipeline.store.errors import UserError
from schemas.definitions import Wave
from schemas.problems import Problem

TABLE = "id,group,q1,q2,q3\n1,North,4,5,3\n2,South,3,3,2\n3,North,2,1,1\n"
LABELS = "id,group,q1,q2,q3\n1,North,Agree,Agree,yes\n2,South,Agree,Disagree,no\n"


def read(folder: Path, content: str | bytes, **settings: Any) -> Grid:
    path = folder / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    wave = Wave(year=2027, title="Survey", report_date=date(2027, 12, 1), **settings)
    (grid,) = open_grids(path, wave, lambda grid: recognise_tool(grid)[1].score)
    return grid


def refused(folder: Path, content: str | bytes, **settings: Any) -> Problem:
    with pytest.raises(UserError) as caught:
        read(folder, content, **settings)
    return caught.value.problems[0]


def codes(grid: Grid) -> list[str]:
    return [problem.code for problem in grid.notes]


def make_book(rows: Sequence[Sequence[object]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


PREAMBLES = {
    "a title": ("Survey of the year\n", 2),
    "a title with its delimiters": ("Survey of the year,,,,\n", 2),
    "a title and a blank line": ("Survey of the year\n\n", 3),
    "names and values": ("Title:,Survey of the year\nExported:,2027-03-01\n\n", 4),
    "blank lines": ("\n,,,,\n", 3),
    "a title in quotes over two lines": ('"Survey of\nthe year",,,,\n,,,,\n', 3),
    "what a filter was": ("Report,Answers,Filter\nFrom,2027-01-01\n\n", 4),
}


@pytest.mark.parametrize("table", [TABLE, LABELS])
@pytest.mark.parametrize("kind", PREAMBLES)
def test_titles_above_the_headers_are_left_out_and_rows_keep_their_numbers(
    tmp_path: Path, kind: str, table: str
) -> None:
    above, first = PREAMBLES[kind]
    if kind == "what a filter was":
        table = table.replace("q3\n", "q3,q4,q5,q6,q7\n").replace("\n1,", "\n1,").replace("yes\n", "yes,,,,\n")
        table = "\n".join(line + "," * (8 - line.count(",")) for line in table.splitlines())
    grid = read(tmp_path, above + table)
    assert (grid.head(1)[0][:3], grid.first_row) == (["id", "group", "q1"], first)
    assert codes(grid) == (["preamble_skipped"] if above.strip(",\n") else [])


def test_titles_in_a_workbook_are_left_out(tmp_path: Path) -> None:
    rows = [["Survey of the year"], ["Exported", "2027-03-01"], [], *[line.split(",") for line in LABELS.splitlines()]]
    grid = read(tmp_path, make_book(rows))
    assert (grid.head(1)[0][0], grid.first_row, grid.n_rows) == ("id", 4, 3)


def test_a_declared_first_header_row_wins(tmp_path: Path) -> None:
    assert read(tmp_path, "Survey of the year,,,,\n" + TABLE, first_header_row=1).head(1)[0][0] == "Survey of the year"
    assert read(tmp_path, "a,b,c,d,e\n" + TABLE, first_header_row=2).first_row == 2
    assert refused(tmp_path, TABLE, first_header_row=9).code == "export_empty"


HEADERS = {
    "questions above their columns": "Respondent ID,Which?,,,\n,A,B,C,D\n118,A,,,\n119,,B,,\n",
    "codes above the questions": ",,q1,,q2\nRespondent ID,Start Date,Agree?,,Why?\n,,Clear.,Fair.,Response\n1,,Yes,No,\n",
    "one question above all columns": "How clear?,,,,\nIt is,It was,It will be,It may be,Other\nyes,no,yes,no,\n",
    "three header rows": "Q1,Q2,Q3,Q4\nHow clear?,How fair?,Why?,Who?\n\"{'ImportId': 'Q1'}\",b,c,d\n5,4,x,y\n",
    "blank headers": "id,group,,,\n1,North,4,5,3\n2,South,3,3,2\n",
    "two columns": "a,\nx,y\n1,2\n",
    "a single header": "comment\nfine\ngood\n",
}


@pytest.mark.parametrize("kind", [kind for kind in HEADERS if kind != "one question above all columns"])
def test_header_rows_are_no_titles(tmp_path: Path, kind: str) -> None:
    grid = read(tmp_path, HEADERS[kind])
    assert (grid.first_row, codes(grid)) == (1, [])


def test_what_may_be_a_title_or_a_question_is_told_and_can_be_declared(tmp_path: Path) -> None:
    text = HEADERS["one question above all columns"]
    assert codes(read(tmp_path, text)) == ["preamble_skipped"]
    assert read(tmp_path, text, first_header_row=1).first_row == 1


def test_blank_columns_keep_their_places(tmp_path: Path) -> None:
    grid = read(tmp_path, "id,,q1,\n1,,4,\n2,,3,\n")
    assert grid.head() == [["id", "", "q1", ""], ["1", "", "4", ""], ["2", "", "3", ""]]


SUMMARIES = {
    "average": (TABLE, "Average,,3,3,2"),
    "average of labels": (LABELS, "Average,,3.5,2.7,"),
    "in the second column": (TABLE, ",Mean:,3.00,3.00,2.00"),
    "several, below a blank row": (TABLE, ",,,,\nMean,,3,3,2\nn,,3,3,3\nTotal,,9,9,6"),
    "sum": (TABLE, "Total,,9,9,6"),
    "count": (LABELS, "Count,,2,2,2"),
    "percentages": (LABELS, "Total,,50%,50 %,100.0%"),
    "errors": (LABELS, "Average,,#DIV/0!,#DIV/0!,1"),
    "German": (TABLE, "Mittelwert,,3,3,2"),
    "Russian": (TABLE, "Среднее,,3,3,2"),
    "Arabic": (TABLE, "المتوسط,,3,3,2"),
    "Chinese": (TABLE, "平均值,,3,3,2"),
    "Spanish": (TABLE, '"Promedio (n=3)",,"3","3","2"'),
}


@pytest.mark.parametrize("kind", SUMMARIES)
def test_summary_rows_at_the_bottom_are_left_out_and_named(tmp_path: Path, kind: str) -> None:
    table, below = SUMMARIES[kind]
    grid = read(tmp_path, f"{table}{below}\n")
    ids = [row[0] for row in grid.head() if row[0]]
    assert ids == [line.split(",")[0] for line in table.splitlines()]
    (note,) = [problem for problem in grid.notes if problem.code == "summary_row"]
    assert note.row == len(table.splitlines()) + below.count(",,,,\n") + 1


RESPONSES = {
    "a group named like a sum": "group,q1,q2\nTotal,4,5\nMedia,3,3\nMedia,5,4\n",
    "an answer that is a word for a mean": "q0,q1,q2\nGood,4,5\nAverage,3,4\nPoor,1,2\nAverage,4,3\n",
    "no for N": "member,q1,q2\nY,4,5\nY,3,4\nN,5,2\n",
    "words beside the number": "group,q1,q2\nNorth,Agree,Agree\nOverall,Agree,3\n",
    "in the middle": "group,q1,q2\nNorth,4,5\nAverage,4,5\nSouth,4,5\n",
    "nothing beside the word": "group,q1,q2\nNorth,4,5\nTotal,,\n",
}


@pytest.mark.parametrize("kind", RESPONSES)
def test_responses_that_look_like_summaries_are_kept(tmp_path: Path, kind: str) -> None:
    text = RESPONSES[kind]
    grid = read(tmp_path, text)
    assert (grid.n_rows, codes(grid)) == (text.count("\n"), [])


NOT_RESPONSES = {
    "question summary": "Answer Choices,Responses,\nAgree,50.00%,5\nDisagree,50.00%,5\nAnswered,,10\nSkipped,,0\n",
    "question summary with its question": "Q1. How clear?\n\nAnswer Choices,Responses,\nAgree,50%,5\nDisagree,50%,5\n",
    "matrix summary": ",Agree,Disagree,Total,Weighted Average\nClear,3,4,7,2.5\nFair,1,6,7,1.4\n",
    "counts": "Answer,Count,Percentage\nAgree (A1),5,50%\nDisagree (A2),5,50%\n",
    "statistics": "Field,Minimum,Maximum,Mean,Std Deviation,Variance,Count\nClear,1,5,3.2,1.1,1.2,40\n",
    "means by group": "Group,n,Mean\nNorth,12,3.4\nSouth,9,3.1\n",
    "pivot": "Count of id,Column Labels,,\nRow Labels,Agree,Disagree,Grand Total\nNorth,3,4,7\nGrand Total,3,4,7\n",
    "sums at both edges": "Group,Agree,Disagree,Total\nNorth,3,4,7\nSouth,1,1,2\nTotal,4,5,9\n",
    "sums below a title and a question": "Crosstab,,,\n,Which team?,,\nClear?,HR,IT,Total\nNo,1,4,5\nYes,2,3,5\nTotal,3,7,10\n",
    "sums at the bottom": "Group,Agree,Disagree\nNorth,31,4\nSouth,12,1\nTotal,43,5\n",
    "sums with a note below": "Group,Agree,Disagree\nNorth,31,4\nSouth,12,1\nTotal,43,5\nSource: us,,\n",
    "percentages": "Option,2026,2027\nYes,50%,40%\nNo,30%,40%\nMaybe,20%,20%\n",
    "German counts": "Antwort;Anzahl;Prozent\nJa;5;50%\nNein;5;50%\n",
    "a letter": "Dear colleagues of the whole group and all others\n\nplease find attached what we received last week\n",
}


@pytest.mark.parametrize("kind", NOT_RESPONSES)
def test_files_that_add_up_responses_are_refused(tmp_path: Path, kind: str) -> None:
    assert refused(tmp_path, NOT_RESPONSES[kind]).code == "not_respondent_level"


RESPONDENT_LEVEL = {
    "shares as answers": "id,own time,team time,rest\n1,50%,40%,10%\n2,30%,40%,30%\n3,20%,20%,60%\n",
    "scores with a sum per person": "name,q1,q2,Total\nAnna,3,4,7\nBert,1,1,2\n",
    "one row per group": "Group,Clear,Fair\nNorth,4,5\nSouth,3,3\n",
    "responses and answers as words": "id,responses,Answer Choices of others\n1,5,a\n2,6,b\n",
    "short single answers": "How clear?\nvery\nnot\nvery\n",
}


@pytest.mark.parametrize("kind", RESPONDENT_LEVEL)
def test_unusual_files_of_responses_are_read(tmp_path: Path, kind: str) -> None:
    text = RESPONDENT_LEVEL[kind]
    assert read(tmp_path, text).n_rows == text.count("\n")


def test_ratings_that_somebody_added_up_are_responses(tmp_path: Path) -> None:
    grid = read(tmp_path, "name,q1,q2,q3\nAnna,3,4,7\nBert,1,1,2\nTotal,4,5,9\n")
    assert (grid.n_rows, codes(grid)) == (3, ["summary_row"])


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("-1.5", -1.5), ("3,25", 3.25), ("1,200", 1200), ("1.5e3", 1500), ("85 %", 85), ("1 200", 1200)],
)
def test_numbers_are_understood_as_people_write_them(text: str, number: float) -> None:
    assert is_number(text)
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["", ".", "%", "2027-03-01", "4 of 5", "A1", "-"])
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert not is_number(text)
    assert to_number(text) is None


def test_summary_words_that_mean_other_things_too_need_their_numbers() -> None:
    assert find_summary_word("Average (n=5):") is True
    assert find_summary_word("TOTAL") is False
    assert find_summary_word("Media") is False
    assert find_summary_word("North") is None
