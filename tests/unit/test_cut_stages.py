"""Cuts and weights from export to report: the people counted are the same everywhere, and nobody shows."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from pipeline.assess.period import assess_period
from pipeline.report import Release, ReportContext, community, review_workbook
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from tests.cut_programme import CUTS, PEOPLE, YEAR, read_released, read_stored, run_stages, write_cut_programme
from tests.helpers import pick

RAKE = '[weighting]\nmethod = "rake"\nby = ["region", "language"]\n'
FEW = {**PEOPLE, ("North house", "Africa", "English"): 2, ("South house", "Africa", "French"): 1}
"""Three people in Africa, and six who did not say."""


def run(root: Path, **more: object) -> ProgrammePaths:
    paths = write_cut_programme(root, **more)
    run_stages(paths)
    report(paths)
    return paths


def report(paths: ProgrammePaths) -> None:
    """The two reports that show cuts."""
    definitions = read_definitions(paths)
    release = Release(paths, definitions.programme.profile)
    community.write_report(ReportContext(paths, definitions, release, year=YEAR))
    assessment = assess_period(definitions, "period-1")
    review_workbook.write_report(ReportContext(paths, definitions, release, period="period-1", assessment=assessment))


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    return run(tmp_path_factory.mktemp("cuts"), settings=RAKE)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    return run(tmp_path_factory.mktemp("few"), people=FEW, settings=RAKE)


def read_section(paths: ProgrammePaths, cut: str) -> list[list[str]]:
    """The rows of a cut's table on the community page, as text."""
    page = paths.report(str(YEAR), "community.html").read_text(encoding="utf-8")
    section = page[page.index(f'id="cut-{cut}"') :]
    rows = re.findall(r"<tr.*?</tr>", section[: section.index("</table>")], flags=re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).replace("\xa0", " ").strip() for cell in row] for row in cells]


def read_sheet(paths: ProgrammePaths, name: str) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(paths.report("period-1", "review-input.xlsx"))
    rows = [row for row in book[name].iter_rows(values_only=True) if row[1] is not None]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_categories_add_up_to_the_very_people_that_all_members_counts(paths: ProgrammePaths) -> None:
    """Three people of a tiny group are in no roll-up, and so in no category either."""
    whole = pick(read_released(paths, "scores"), group="_all", measure="P1", aggregation="pooled")
    assert whole["n"] == 58
    for cut in ("region", "language"):
        rows = read_released(paths, "cuts").query(f"cut == '{cut}' and measure == 'P1'")
        assert rows["n"].sum() == 58
    stored = read_stored(paths, "cut_scores").query("cut == 'region' and measure == 'P1'")
    assert stored["n"].sum() == 61


def test_single_questions_have_no_cuts(paths: ProgrammePaths) -> None:
    assert set(read_stored(paths, "cut_scores")["kind"]) == {"principle", "part"}


def test_a_measure_of_one_question_needs_as_many_people_as_its_counts(paths: ProgrammePaths) -> None:
    """Six did not say their region: enough for a principle, too few for a part that is a single question."""
    rows = read_released(paths, "cuts")
    assert pick(rows, category="_not_said", cut="region", measure="P1")["n"] == 6
    assert pick(rows, category="_not_said", cut="region", measure="P2-in")["marker"] == "c"


def test_the_page_shows_each_cut_in_declared_order_with_n_and_likely_range(paths: ProgrammePaths) -> None:
    header, *rows = read_section(paths, "region")
    assert header == ["Region", "Could answer", "Purpose", "Structure"]
    assert [row[0] for row in rows] == ["Africa", "Asia", "Europe", "Did not say"]
    assert [row[1] for row in rows] == ["40", "60", "50", ""]
    for row in rows:
        assert re.fullmatch(r"\d+ \(n \d+, likely \d+ to \d+\)", row[2])


def test_the_page_marks_what_is_withheld_and_holds_none_of_its_figures(few: ProgrammePaths) -> None:
    rows = {row[0]: row[2:] for row in read_section(few, "region")[1:]}
    assert rows["Africa"] == ["withheld", "withheld"]
    assert rows["Did not say"] == ["withheld", "withheld"]
    assert "n 22" in rows["Asia"][0]


def test_all_members_less_what_is_shown_are_enough_people(few: ProgrammePaths) -> None:
    whole = read_released(few, "scores").query("group == '_all' and aggregation == 'pooled'").set_index("measure")["n"]
    rows = read_released(few, "cuts")
    for (_, measure), own in rows.groupby(["cut", "measure"], observed=True):
        left = whole[measure] - own["n"].sum()
        assert left == 0 or left >= 5


def test_reviewers_see_cuts_with_what_is_withheld_marked(few: ProgrammePaths) -> None:
    rows = read_sheet(few, "Cuts")
    africa = next(row for row in rows if row["Category"] == "Africa" and row["Principle"] == "Purpose")
    assert (africa["People (n)"], africa["Score"], africa["Likely from"]) == ("[c]", "[c]", "[c]")
    asia = next(row for row in rows if row["Category"] == "Asia" and row["Principle"] == "Purpose")
    assert (asia["People (n)"], asia["On the roster (N)"]) == (22, 60)


def test_reviewers_see_weighted_figures_beside_the_unweighted_and_what_they_cost(paths: ProgrammePaths) -> None:
    rows = [row for row in read_sheet(paths, "Weighted figures") if row["Principle"] == "Purpose"]
    assert [row["Figure"] for row in rows] == [
        "the average group (mean)",
        "the middle group (median)",
        "all members: each group by its roster",
        "weighted by region and language at once (raking)",
    ]
    assert len({row["Score, every answer counting once"] for row in rows}) == 1
    raked = rows[-1]
    assert raked["n"] == 58
    assert 1 < float(str(raked["Design effect"])) < 2
    assert raked["Effective n"] == round(58 / float(str(raked["Design effect"])))
    assert int(str(raked["Possible from"])) < int(str(raked["This figure"])) < int(str(raked["Possible to"]))
    book = openpyxl.load_workbook(paths.report("period-1", "review-input.xlsx"))
    text = " ".join(str(cell.value) for row in book["Weighted figures"].iter_rows() for cell in row if cell.value)
    assert "cannot repair answers that came, or stayed away, because of how satisfied somebody is" in text
    notes = " ".join(str(cell.value) for row in book["Notes"].iter_rows() for cell in row if cell.value)
    assert "kept between a fifth and five times their mean" in notes


def test_a_refused_weighting_leaves_the_unweighted_figure_alone(tmp_path: Path) -> None:
    settings = '[weighting]\nmethod = "post-stratify"\nby = ["region"]\n'
    uneven = CUTS.replace("Africa,,,,40", "Africa,,,,4000")
    paths = run(tmp_path, settings=settings, cuts=uneven)
    (row,) = [
        row for row in read_sheet(paths, "Weighted figures")
        if row["Principle"] == "Purpose" and row["Figure"] == "weighted by region"
    ]  # fmt: skip
    assert (row["This figure"], row["Likely from"]) == ("[x]", "[x]")
    assert row["Score, every answer counting once"] == 53
    assert "less than half as precise" in str(row["In words"])


def test_a_year_without_cuts_has_no_section_and_no_sheet(tmp_path: Path) -> None:
    paths = write_cut_programme(tmp_path)
    (paths.wave(YEAR) / "cuts.csv").unlink()
    run_stages(paths)
    report(paths)
    assert 'id="cut-' not in paths.report(str(YEAR), "community.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(paths.report("period-1", "review-input.xlsx"))
    assert "Cuts" not in book.sheetnames
    assert len(read_stored(paths, "cut_members")) == 0
