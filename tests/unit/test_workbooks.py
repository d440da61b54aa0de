"""Workbooks are accessible, honest and the same on every run; read back as people's programs read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.assess.period import assess_period, list_years, touches_period
from pipeline.report import ReportContext, assessment_workbook, review_workbook
from pipeline.report.period_tables import list_notes, tabulate_scores
from pipeline.report.views.period import build_period
from pipeline.report.workbook import Column, Notes, Sheet, Workbook, write_workbook
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import ALL, Improvement, Period
from schemas.methods import VERDICT_TEXT
from tests.report_fixtures import make_context

PERIOD = "period-1"
NO_TABLE = ("Cover",)


def make_period_context(root: Path, **options: Any) -> ReportContext:
    context = make_context(root, year=None, period=PERIOD, **options)
    return replace(context, assessment=assess_period(context.definitions, PERIOD))


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    return make_period_context(tmp_path_factory.mktemp("workbooks"))


@pytest.fixture(scope="module")
def written(context: ReportContext) -> dict[str, Path]:
    paths = assessment_workbook.write_report(context) + review_workbook.write_report(context)
    return {path.stem: path for path in paths}


@pytest.fixture(scope="module")
def books(written: dict[str, Path]) -> dict[str, openpyxl.Workbook]:
    return {name: openpyxl.load_workbook(path) for name, path in written.items()}


def read_records(book: openpyxl.Workbook, sheet: str) -> list[dict[str, Any]]:
    """The sheet's one table as records."""
    page = book[sheet]
    (table,) = page.tables.values()
    header, *rows = page[table.ref]
    return [dict(zip([cell.value for cell in header], [cell.value for cell in row], strict=True)) for row in rows]


def list_texts(book: openpyxl.Workbook) -> Iterator[str]:
    for page in book:
        yield from (str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)


def write_small(path: Path, **changes: Any) -> Path:
    sheet = Sheet("Data", "Data", (Column("Word"), Column("Number", 9, "number")), (("a", 1),))
    book = Workbook("A title", "A programme", date(2027, 7, 8), (("What", ("This",)),), (sheet,), Notes({"n": "Text."}))
    return write_workbook(path, replace(book, **changes))


def test_every_group_with_a_page_and_the_community_get_a_workbook(written: dict[str, Path]) -> None:
    wanted = {"community", "HOUSE", "NORTH", "SOUTH", "TINY", "EAST"}  # GONE ended before the period
    assert set(written) == {f"assessment-{name}" for name in wanted} | {"review-input"}


def test_workbooks_follow_the_accessibility_checklist(books: dict[str, openpyxl.Workbook]) -> None:
    for name, book in books.items():
        names = book.sheetnames
        before = ["Coverage"] if name == "review-input" else []
        assert names[: len(before) + 3] == [*before, "Cover", "Contents", "Notes"], name
        assert len({sheet.casefold() for sheet in names}) == len(names)
        for page in book:
            assert page["A1"].value and page["A1"].font.bold
            assert not page.merged_cells.ranges
            assert not any(row.hidden for row in page.row_dimensions.values())
            assert not any(column.hidden for column in page.column_dimensions.values())
            assert page.sheet_view.selection[0].activeCell in ("A1", None)
            assert min(cell.font.sz for row in page.iter_rows() for cell in row if cell.value) >= 12
            assert all(any(cell.value is not None for cell in row) for row in page.iter_rows())
            if page.title in NO_TABLE:
                continue
            (table,) = page.tables.values()
            header, *rows = page[table.ref]
            texts = [cell.value for cell in header]
            assert all(texts) and len(set(texts)) == len(texts) and rows
            assert page["A2"].value == "This worksheet contains one table."
            assert page.max_row == rows[-1][0].row, "nothing stands below the table"
            assert page.print_title_rows == f"${header[0].row}:${header[0].row}"
            assert page.page_setup.orientation == "landscape"
            assert page.sheet_properties.pageSetUpPr.fitToPage and int(page.page_setup.fitToHeight) == 0


def test_cells_hold_no_formula_and_only_fill_in_cells_are_blank(books: dict[str, openpyxl.Workbook]) -> None:
    may_be_blank = {"Evidence", "Further work needed, and what else played a part", "What it shows"}
    for book in books.values():
        for page in book:
            assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
            for record in read_records(book, page.title) if page.title not in NO_TABLE else []:
                assert {header for header, value in record.items() if value is None} <= may_be_blank


def test_marks_and_notes_used_in_a_workbook_are_explained_in_it(books: dict[str, openpyxl.Workbook]) -> None:
    for book in books.values():
        explained = {row["Note or shorthand"].strip("[]") for row in read_records(book, "Notes")}
        tables = [page.title for page in book][3:]
        used = {
            mark
            for title in tables
            for text in _page_texts(book, title)
            for mark in re.findall(r"\[(\w|note \d+)\]", text)
        }
        assert used and used <= explained


def _page_texts(book: openpyxl.Workbook, title: str) -> list[str]:
    return [str(cell.value) for row in book[title].iter_rows() for cell in row if cell.value is not None]


def test_synthetic_is_said_in_each_title_the_cover_and_the_properties(books: dict[str, openpyxl.Workbook]) -> None:
    for book in books.values():
        assert all(page["A1"].value.startswith("SYNTHETIC DATA") for page in book)
        assert all("SYNTHETIC DATA" in page.oddFooter.left.text for page in book)
        assert book.properties.title.startswith("SYNTHETIC DATA")


def test_real_data_are_not_called_synthetic(tmp_path: Path) -> None:
    context = make_period_context(tmp_path, origin="real")
    for path in review_workbook.write_report(context):
        book = openpyxl.load_workbook(path)
        assert not any("SYNTHETIC" in text for text in [*list_texts(book), book.properties.title])


def test_two_runs_give_the_same_bytes(context: ReportContext, written: dict[str, Path], tmp_path: Path) -> None:
    elsewhere = replace(context, paths=ProgrammePaths(tmp_path, "toy"))
    again = assessment_workbook.write_report(elsewhere) + review_workbook.write_report(elsewhere)
    assert {path.stem: path.read_bytes() for path in again} == {
        name: path.read_bytes() for name, path in written.items()
    }


def test_document_properties_come_from_the_programme(books: dict[str, openpyxl.Workbook]) -> None:
    properties = books["assessment-NORTH"].properties
    assert properties.creator == "Toy Improvement Programme"
    assert properties.created.date() == date(2027, 7, 8)
    assert "An unofficial example." in _page_texts(books["assessment-NORTH"], "Cover")


def test_a_group_below_the_threshold_shows_no_number_of_its_own(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["assessment-TINY"]
    response = read_records(book, "Response")
    assert [row["Answers (n)"] for row in response] == [3, 2, 3]
    assert (
        "Only 4 can answer; 5 answers are needed" in response[0]["In words"] and "The House" in response[0]["In words"]
    )
    for sheet, keys in (("Scores", {"Year"}), ("Change", {"From", "To"}), ("Questions", {"Year"})):
        own = [row for row in read_records(book, sheet) if row.get("Whose answers", "own answers") == "own answers"]
        assert own
        for row in own:
            assert not [key for key, value in row.items() if isinstance(value, int | float) and key not in keys]
    stand_in = [row for row in read_records(book, "Scores") if "The House" in row["Whose answers"]]
    assert stand_in and all(isinstance(row["People (n)"], int) for row in stand_in)


def test_a_withheld_group_leaks_no_number_into_the_review_workbook(books: dict[str, openpyxl.Workbook]) -> None:
    for sheet in ("Scores", "Change"):
        rows = [row for row in read_records(books["review-input"], sheet) if row["Group"] == "Tiny Constituency"]
        own = [row for row in rows if row["Whose answers"] == "own answers"]
        assert own and all(row.get("Score [note 3]", row.get("Difference, points")) == "[c]" for row in own)


def test_a_band_is_shown_as_a_range_without_its_counts(books: dict[str, openpyxl.Workbook]) -> None:
    rows = [row for row in read_records(books["assessment-NORTH"], "Questions") if row["Question code"] == "q0"]
    assert [row["Score [note 3]"] for row in rows] == ["50 to 100"] * 3
    assert {row["Favourable"] for row in rows} == {"[c]"}


def test_a_change_says_what_was_observed_then_the_verdict_then_what_was_left_out(
    books: dict[str, openpyxl.Workbook],
) -> None:
    rows = read_records(books["assessment-NORTH"], "Change")
    header = list(rows[0])
    assert header.index("What was observed") < header.index("Verdict") < header.index("Left out, and why")
    assert {row["Verdict"].casefold() for row in rows} <= {text.casefold() for text in VERDICT_TEXT.values()}
    improved = next(row for row in rows if row["Verdict"] == "Improved")
    assert improved["What was observed"].startswith(
        "12 answered in 2025 and 9 in 2026; their average rose from 60 to 73"
    )
    broken = next(row for row in rows if row["Verdict"] == "Break in series")
    assert broken["Difference, points"] == "[b]" and "q3 (the wording changed)" in broken["Left out, and why"]


def test_changes_run_year_by_year_and_over_the_whole_period(books: dict[str, openpyxl.Workbook]) -> None:
    pairs = {
        name: {(row["From"], row["To"]) for row in read_records(books[f"assessment-{name}"], "Change")}
        for name in ("NORTH", "EAST")
    }
    assert pairs == {"NORTH": {(2025, 2026), (2026, 2027), (2025, 2027)}, "EAST": {(2025, 2027)}}


def test_the_questions_behind_a_change_stand_in_a_sheet_of_their_own(books: dict[str, openpyxl.Workbook]) -> None:
    rows = read_records(books["assessment-NORTH"], "What moved")
    assert {row["Favourable then, percent"] for row in rows} == {40, "[c]"}
    withheld = next(row for row in rows if row["Favourable then, percent"] == "[c]")
    assert [withheld[name] for name in ("Difference, points", "Likely from", "Of those followed")] == ["[c]"] * 3
    assert "What moved" in books["review-input"].sheetnames


def test_reviewers_see_how_far_two_years_lie_apart_and_which_question_drifts(
    books: dict[str, openpyxl.Workbook],
) -> None:
    changes = read_records(books["review-input"], "Change")
    (heading,) = [name for name in changes[0] if name.startswith("Of 100 pairs")]
    by_verdict = {row["Verdict"]: row[heading] for row in changes if row["Whose answers"] == "own answers"}
    assert by_verdict["Improved"] == "large: later higher in 76 of 100 pairs, likely 66 to 86"
    assert by_verdict["No meaningful change"].startswith("negligible")
    questions = read_records(books["review-input"], "Comparability")
    drifts = {(row["Question code"], row["Year"]): row["Against the other questions"] for row in questions}
    assert drifts["q12", 2027].startswith("moderate drift: answers are higher than in 2026")
    assert (drifts["q11", 2027], drifts["q1", 2027]) == ("no drift since 2026", "[x]")


def test_counts_of_a_question_add_up_and_a_reversed_one_is_turned(books: dict[str, openpyxl.Workbook]) -> None:
    rows = {(row["Question code"], row["Year"]): row for row in read_records(books["assessment-SOUTH"], "Questions")}
    row = rows["q4", 2027]
    counts = {label: int(n) for label, n in re.findall(r"([\w ]+): (\d+)", row["Every answer, with its count"])}
    assert row["Answers (n)"] == row["Favourable"] + row["Neutral"] + row["Unfavourable"]
    assert row["Favourable"] == counts["Strongly disagree"] + counts[" Disagree"]
    assert "(reversed)" in row["Question"]


def test_coverage_comes_first_in_register_order_with_the_reason_of_a_gap(books: dict[str, openpyxl.Workbook]) -> None:
    book = books["review-input"]
    assert book.sheetnames[0] == "Coverage"
    rows = read_records(book, "Coverage")
    order = ["The House", "Northern Constituency", "Southern Constituency", "Tiny Constituency", "Eastern Committee"]
    assert list(dict.fromkeys(row["Group"] for row in rows)) == [*order, "The whole community"]
    gap = next(row for row in rows if row["Group"] == "Eastern Committee" and row["Year"] == 2026)
    assert gap["Survey held"] == "no" and gap["Answers (n)"] == "[z]" and "leadership change" in gap["In words"]


def test_limits_say_when_fewer_than_half_answered(books: dict[str, openpyxl.Workbook]) -> None:
    rows = [row for row in read_records(books["review-input"], "Scores") if row["Group"] == "Eastern Committee"]
    assert all("fewer than half" in row["What it cannot carry"] for row in rows)


def test_people_and_governments_together_are_counted_as_responses(context: ReportContext) -> None:
    view = build_period(context)
    pooled = next(facts for facts in view.community.scores if facts.row.aggregation == "pooled")
    mixed = replace(view.community, scores=(replace(pooled, response=replace(pooled.response, unit="mixed")),))
    table = tabulate_scores(view, (mixed,), "Scores", "Scores", list_notes(view, (mixed,)))
    assert f"({pooled.row.n}\N{NO-BREAK SPACE}responses)" in " ".join(map(str, table.rows[0]))


def test_the_reviewers_workbook_is_called_what_the_programme_calls_it(context: ReportContext, tmp_path: Path) -> None:
    words = context.definitions.programme.words.model_copy(update={"review": "Holistic Review input"})
    programme = context.definitions.programme.model_copy(update={"words": words})
    definitions = replace(context.definitions, programme=programme)
    (path,) = review_workbook.write_report(
        replace(context, definitions=definitions, paths=ProgrammePaths(tmp_path, "toy"))
    )
    assert "Holistic Review input" in openpyxl.load_workbook(path)["Cover"]["A1"].value


def test_criteria_are_own_and_shared_with_a_list_of_ratings(books: dict[str, openpyxl.Workbook]) -> None:
    rows = read_records(books["assessment-NORTH"], "Criteria")
    assert [(row["Criterion code"], row["Whose criterion"], row["Rating"]) for row in rows] == [
        ("P1-C1", "shared by all groups", "not assessed"),
        ("P3-C1", "own", "not assessed"),
    ]
    (rule,) = books["assessment-NORTH"]["Criteria"].data_validations.dataValidation
    assert rule.formula1 == '"met,partly met,not met,not assessed,not applicable"'
    assert [row["Criterion code"] for row in read_records(books["assessment-SOUTH"], "Criteria")] == ["P1-C1"]
    asked = {row["Indicator code"]: row["Years asked"] for row in read_records(books["assessment-NORTH"], "Indicators")}
    assert asked["P1-C1-I2"] == "2025, 2026, 2027" and asked["P1-C1-I1"] == "[z]"


def test_improvements_are_listed_or_said_to_be_none(books: dict[str, openpyxl.Workbook]) -> None:
    ids = {
        name: [row["Improvement"] for row in read_records(book, "Improvements")]
        for name, book in books.items()
        if name != "review-input"
    }
    assert ids["assessment-NORTH"] == ["I1"]
    assert ids["assessment-SOUTH"] == ["None reported."]
    assert ids["assessment-HOUSE"] == ids["assessment-community"] == ["I1", "I2"]
    (row,) = read_records(books["assessment-TINY"], "Improvements")
    assert row["Outcome"] == "[x]", "an outcome nobody wrote down is not available"


def test_a_text_that_looks_like_a_formula_or_a_link_stays_text(tmp_path: Path) -> None:
    rows = (("=1+1", 1), ("https://example.org", 2))
    sheet = Sheet("Data", "Data", (Column("Word"), Column("Number", 9, "number")), rows)
    page = openpyxl.load_workbook(write_small(tmp_path / "a.xlsx", sheets=(sheet,)))["Data"]
    cells = [cell for row in page.iter_rows() for cell in row]
    assert {"=1+1", "https://example.org"} <= {cell.value for cell in cells if cell.data_type == "s"}
    assert not any(cell.hyperlink for cell in cells)


def test_a_text_too_long_for_a_cell_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = write_small(tmp_path / "a.xlsx")
    before = path.read_bytes()
    sheet = Sheet("Data", "Data", (Column("Word"),), (("x" * 32_768,),))
    with pytest.raises(UserError, match=r"32768 characters.*sheet Data.*column 'Word'"):
        write_small(path, sheets=(sheet,))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (Sheet("a" * 32, "T", (Column("A"),), (("x",),)), "does not allow"),
        (Sheet("A/B", "T", (Column("A"),), (("x",),)), "does not allow"),
        (Sheet("notes", "T", (Column("A"),), (("x",),)), "must be unique"),
        (Sheet("S", "T", (Column("A"), Column("a")), (("x", "y"),)), "there and unique"),
        (Sheet("S", "T", (Column("A"),), ()), "has no rows"),
    ],
)
def test_a_sheet_that_breaks_the_rules_is_refused(tmp_path: Path, sheet: Sheet, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_small(tmp_path / "a.xlsx", sheets=(sheet,))


def test_a_groups_own_period_overrides_the_one_for_all() -> None:
    rows = [
        Period(period="p", name="P", year_from=2025, year_to=2027),
        Period(period="p", name="P", group="EAST", year_from=2026, year_to=2027),
    ]
    assert list_years(rows, "EAST") == (2026, 2027)
    assert list_years(rows, "NORTH") == list_years(rows, ALL) == (2025, 2026, 2027)
    assert list_years(rows[1:], "NORTH") == () and list_years(rows[1:], ALL) == (2026, 2027)


def test_an_unknown_period_is_refused_by_name(context: ReportContext) -> None:
    with pytest.raises(UserError, match="no period 'period-9'; known periods: period-1"):
        assess_period(context.definitions, "period-9")


@pytest.mark.parametrize(
    ("started", "due", "status", "belongs"),
    [
        (None, None, "planned", True),
        (date(2028, 1, 1), None, "planned", False),
        (date(2023, 1, 1), date(2024, 6, 1), "done", False),
        (date(2023, 1, 1), date(2024, 6, 1), "in progress", True),
        (date(2024, 1, 1), date(2025, 6, 1), "done", True),
    ],
)
def test_an_improvement_belongs_to_the_years_it_touches(
    started: date | None, due: date | None, status: str, belongs: bool
) -> None:
    row = Improvement(id="I", group="G", issue="i", measure="m", started=started, due=due, status=status)  # type: ignore[arg-type]
    assert touches_period(row, (2025, 2026, 2027)) is belongs
