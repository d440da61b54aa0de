"""Every truth planted in the synthetic programme is found, every trap shows up in problems.csv."""

from __future__ import annotations

import csv
import html
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.store.paths import ProgrammePaths

PLANTED = Path(__file__).resolve().parents[2] / "data" / "raw" / "cip" / "planted.csv"


def planted(kind: str) -> list[dict[str, str]]:
    with PLANTED.open(encoding="utf-8-sig", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["kind"] == kind]


@pytest.fixture(scope="module")
def cip(finished_run) -> ProgrammePaths:
    return ProgrammePaths(finished_run, "cip")


@pytest.fixture(scope="module")
def trends(cip) -> pd.DataFrame:
    return pd.read_parquet(cip.table("trends"), filters=[("aggregation", "==", "own")])


@pytest.fixture(scope="module")
def respondents(cip) -> pd.DataFrame:
    return pd.read_parquet(cip.table("respondents"))


def find_change(trends: pd.DataFrame, row: dict[str, str]) -> pd.Series:
    found = trends[
        (trends["group"] == row["group"])
        & (trends["measure"] == row["measure"])
        & (trends["year_from"] == int(row["year_from"]))
        & (trends["year_to"] == int(row["year_to"]))
    ]
    assert len(found) == 1, row
    return found.iloc[0]


def test_planted_changes_are_found_and_stable_groups_are_never_called_changed(trends):
    rows = planted("verdict")
    assert {"improved", "declined"} < {row["expected"] for row in rows}
    for row in rows:
        verdict = find_change(trends, row)["verdict"]
        if row["expected"] in ("improved", "declined"):
            assert verdict == row["expected"], row
        else:
            assert verdict not in ("improved", "declined"), row


def test_planted_changes_are_at_least_one_and_a_half_times_the_detectable_change(trends):
    for row in planted("verdict"):
        if row["expected"] in ("improved", "declined"):
            change = find_change(trends, row)
            assert abs(change["difference"]) >= 1.5 * change["mdc80"], row


def test_planted_patterns_over_three_years_are_found(trends):
    for row in planted("pattern"):
        assert find_change(trends, row)["pattern"] == row["expected"], row


def test_two_camps_are_found_where_they_are_planted_and_nowhere_else(cip):
    agreement = pd.read_parquet(cip.release("default", "agreement"))
    found = agreement.loc[agreement["split"], ["year", "group", "item"]].astype("str")
    expected = {(row["year"], row["group"], row["measure"]) for row in planted("split")}
    assert expected and set(found.itertuples(index=False, name=None)) == expected


def test_items_that_changed_are_left_out_and_editorial_ones_are_not(trends):
    for kind, there in (("item_left_out", True), ("item_kept", False)):
        for row in planted(kind):
            principle = row["measure"].split("-")[0]
            changes = trends[
                (trends["measure"] == principle)
                & (trends["year_from"] == int(row["year_from"]))
                & (trends["year_to"] == int(row["year_to"]))
                & (trends["items_common"] > 0)
            ]
            assert len(changes)
            assert all((row["measure"] in text) is there for text in changes["items_left_out"]), row


@pytest.mark.parametrize(
    "kind", ["excluded_test", "excluded_duplicate", "excluded_out_of_dates", "excluded_empty", "excluded_partial"]
)
def test_every_planted_exclusion_is_made_in_its_group_and_no_other(respondents, kind):
    expected = {(int(row["year"]), row["group"]): int(row["expected"]) for row in planted(kind)}
    found = respondents[respondents["reason"] == kind].groupby(["year", "group"], observed=True).size()
    assert {(int(year), group): int(n) for (year, group), n in found.items() if n} == expected


def test_every_group_has_the_planted_number_of_responses(respondents):
    counted = respondents[respondents["status"] != "excluded"].groupby(["year", "group"], observed=True).size()
    for row in planted("group_n"):
        assert counted.get((int(row["year"]), row["group"]), 0) == int(row["expected"]), row


def test_the_group_without_a_survey_says_why(cip):
    responses = pd.read_parquet(cip.release("default", "responses"))
    (row,) = planted("no_survey")
    found = responses[(responses["year"] == int(row["year"])) & (responses["group"] == row["group"])].iloc[0]
    assert not found["survey_held"]
    assert row["note"].split(" (")[0] in found["reason"]


def test_every_planted_trap_shows_up_in_the_problems_table_as_often_as_planted(cip):
    problems = pd.read_csv(cip.problems, dtype="str", keep_default_na=False)
    counts = problems["what"].str.extract(r"(?:^|: )(\d+)\b")[0].fillna("1").astype(int)
    found = counts.groupby([problems["wave"], problems["code"]]).sum().to_dict()
    rows = planted("problem")
    assert rows
    for row in rows:
        assert found.get((row["year"], row["measure"])) == int(row["expected"]), row


def test_no_problem_quotes_an_answer_or_a_comment(cip):
    text = cip.problems.read_text(encoding="utf-8-sig")
    comments = pd.read_parquet(cip.table("comments"))["text"]
    assert not any(comment in text for comment in comments.unique())


def test_no_comment_is_in_a_report_and_each_is_in_a_restricted_workbook(cip):
    def read(path: Path) -> str:
        if path.suffix != ".xlsx":
            return html.unescape(path.read_text(encoding="utf-8"))
        with zipfile.ZipFile(path) as book:
            return html.unescape("".join(book.read(name).decode("utf-8", "replace") for name in book.namelist()))

    comments = set(pd.read_parquet(cip.table("comments"))["text"])
    assert len(comments) > 20
    reports = {path.name: read(path) for path in sorted(cip.reports.rglob("*")) if path.is_file()}
    assert len(reports) > 60
    assert not [name for name, text in reports.items() for comment in comments if comment in text]
    restricted = "".join(read(cip.comment_review(year)) for year in (2025, 2026, 2027))
    assert all(comment in restricted for comment in comments if "\n" not in comment)


def test_a_group_of_two_is_never_scored_in_public(cip):
    scores = pd.read_parquet(cip.release("default", "scores"))
    small = scores[scores["group"] == "ASO"]
    assert len(small)
    assert set(small["marker"]) <= {"c", "x"}
    assert small[["mean", "ci_low", "favourable_percent", "n"]].isna().all().all()
    counts = pd.read_parquet(cip.release("default", "item_counts"))
    assert counts.loc[counts["group"] == "ASO", "n"].isna().all()


def test_the_samples_in_the_documentation_are_those_of_a_fresh_run(finished_run):
    reports = finished_run / "reports" / "cip"
    samples = PLANTED.parents[3] / "docs" / "sample"
    made = {
        "scorecard.html": reports / "2027" / "scorecards" / "BC.html",
        "assessment.xlsx": reports / "2025-2027" / "assessment-BC.xlsx",
    }
    for name, report in made.items():
        assert (samples / name).read_bytes() == report.read_bytes(), f"docs/sample/{name} is old: see its README"


def test_every_page_and_workbook_of_the_synthetic_programme_says_so(finished_run):
    import openpyxl

    pages = sorted((finished_run / "reports" / "cip").rglob("*.html"))
    results = [page for page in pages if "questionnaire" not in page.name]
    assert len(results) > 60
    for page in results:
        text = page.read_text(encoding="utf-8")
        assert "SYNTHETIC DATA" in text, page.name
        for chart in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
            assert "SYNTHETIC DATA" in chart, page.name
    workbooks = sorted((finished_run / "reports" / "cip").rglob("*.xlsx"))
    assert len(workbooks) > 20
    for path in workbooks:
        workbook = openpyxl.load_workbook(path, read_only=True)
        assert all("SYNTHETIC DATA" in str(sheet["A1"].value) for sheet in workbook.worksheets), path.name
        workbook.close()
    for page in (finished_run / "reports" / "haskell").rglob("*.html"):
        assert "SYNTHETIC DATA" not in page.read_text(encoding="utf-8"), page.name
