"""The review of comments, from the export to the pages and back: nothing of a text leaves without a signature."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipeline.disclose.comment_review import make_comment_ids, read_decisions
from pipeline.report import Release, ReportContext
from pipeline.report.comment_tables import tabulate_themes
from pipeline.report.views.frame import Source
from pipeline.stages.check import check_year
from pipeline.stages.comments import review_comments, write_for_groups
from pipeline.stages.release import release_tables
from pipeline.stages.reports import write_reports
from pipeline.stages.scores import score_groups
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from schemas.comments import DECISIONS
from schemas.comments import ReviewColumns as Is
from tests.programme_files import survey_settings, write_programme

YEAR = 2025
QUESTION = "What should we do first?"
SETTINGS = f'comment_columns = ["{QUESTION}"]\nshare_comment_column = "Share?"\nshare_comment_values = ["Yes"]\n'
THEMES = "theme,label:en,label:fr,note\npapers,Papers and documents,Documents,\nmeetings,Meetings,Réunions,calls too\n"
SIGNED = {Is.SIGNED: "A. Reader", Is.DATE: "2025-12-02"}


def write_commented(root: Path, *, north: int = 12, south: int = 11, themes: str = THEMES, names: str = "") -> ProgrammePaths:  # fmt: skip
    """A programme in which everybody comments; every second author lets the group read it. One comment has an address."""
    tables = {"groups": "group,name,parent,kind\nNorth,North house,,answers\nSouth,South house,,answers\n"}
    paths = write_programme(root, (YEAR,), tables=tables | ({"themes": themes} if themes else {}))
    (paths.wave(YEAR) / "survey.toml").write_text(survey_settings(YEAR) + SETTINGS, encoding="utf-8")
    if names:
        (paths.wave(YEAR) / "names.csv").write_text(names, encoding="utf-8")
    labels = ("Agree", "Disagree", "Neither", "Strongly agree")
    rows = []
    for group, n in (("North house", north), ("South house", south)):
        for at in range(n):
            text = f"Zanzibar {group[0]}{at} write to me{at}@example.org" if at == 3 else f"Quokka wish {group[0]}{at}"
            given = ",".join(labels[(at * step + at // 3) % 4] for step in (1, 2, 3, 1))
            rows.append(f"{group},{given},{text},{'Yes' if at % 2 == 0 else 'No'}")
    head = f"Group,Q1,Q2,Q3,Q4,{QUESTION},Share?"
    (paths.exports(YEAR) / "export.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8", newline="\n")
    for stage in (ingest_exports, harmonise_responses, validate_responses, review_comments):
        stage(paths, YEAR)
    return paths


def open_review(paths: ProgrammePaths) -> tuple[Any, Any, dict[str, int], int]:
    """The workbook, its sheet, columns by header, and the header's row."""
    book = openpyxl.load_workbook(paths.comment_review(YEAR))
    sheet = book["Comments"]
    header = next(row for row in sheet.iter_rows() if row[0].value == Is.ID)
    return book, sheet, {cell.value: cell.column for cell in header}, header[0].row


def find_rows(paths: ProgrammePaths, group: str, *, shared: bool = True) -> list[int]:
    """Rows of the workbook with unmarked comments of a group, by whether the author lets it be read."""
    _, sheet, at, top = open_review(paths)
    return [
        row
        for row in range(top + 1, sheet.max_row + 1)
        if sheet.cell(row, at["Group"]).value == f"{group} house"
        and sheet.cell(row, at[Is.MAY_SHARE]).value == ("yes" if shared else "no")
        and sheet.cell(row, at[Is.MARKS]).value == "none"
    ]


def fill_in(paths: ProgrammePaths, filled: Mapping[int, Mapping[str, object]], *, target: Path | None = None) -> None:
    """Save the workbook as reviewed, with some cells filled in."""
    book, sheet, at, _ = open_review(paths)
    for row, cells in filled.items():
        for column, value in cells.items():
            sheet.cell(row, at[column]).value = value
    book.save(target or paths.reviewed_comments(YEAR))


def publish(paths: ProgrammePaths) -> list[Path]:
    for stage in (review_comments, score_groups, release_tables):
        stage(paths, YEAR)
    return [*write_reports(paths, year=YEAR), *write_for_groups(paths, YEAR)]


def released(paths: ProgrammePaths, name: str) -> pd.DataFrame:
    return read_table(f"released_{name}", paths.release("default", name), [YEAR])


def read_problems(paths: ProgrammePaths) -> pd.DataFrame:
    return pd.read_csv(paths.problems, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def read_everything(folder: Path) -> str:
    parts = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        else:
            parts.append(html.unescape(path.read_text(encoding="utf-8")))
    return "\n".join(parts)


def test_the_workbook_has_a_row_per_comment_and_columns_for_a_person(tmp_path):
    paths = write_commented(tmp_path)
    book, sheet, at, top = open_review(paths)
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Comments", "Themes"]
    assert sheet.max_row - top == 23
    assert set(DECISIONS) <= set(at)
    rows = [{name: sheet.cell(row, column).value for name, column in at.items()} for row in range(top + 1, top + 24)]
    marked = [row for row in rows if row[Is.MARKS] != "none"]
    assert [row[Is.PROPOSAL] for row in marked] == ["Zanzibar N3 write to [e-mail]", "Zanzibar S3 write to [e-mail]"]
    assert all(row[Is.TEXT].endswith("3@example.org") for row in marked), "marked, not deleted"
    respondents = set(read_table("comments", paths.table("comments"), [YEAR])["respondent"])
    assert not any(pseudonym in str(cell) for row in rows for cell in row.values() for pseudonym in respondents)
    rules = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {'"papers,meetings"', '"yes,no"'}
    assert "Restricted" in sheet["A1"].value


def test_the_workbook_is_the_same_in_every_run_and_lies_with_the_restricted_data(tmp_path):
    paths = write_commented(tmp_path)
    before = paths.comment_review(YEAR).read_bytes()
    review_comments(paths, YEAR)
    assert paths.comment_review(YEAR).read_bytes() == before
    assert paths.comment_review(YEAR).is_relative_to(paths.processed)


def test_an_id_changes_with_the_text_and_the_key_and_with_nothing_else():
    frame = pd.DataFrame(
        {"wave": "2025", "group": ["A", "B", "A"], "respondent": "r1", "column": "q", "text": ["x", "x", "y"]}
    )
    ids = make_comment_ids(frame, b"key")
    assert ids.nunique() == 3
    assert ids.tolist() == make_comment_ids(frame, b"key").tolist()
    assert not set(ids) & set(make_comment_ids(frame, b"other key"))
    assert not any("r1" in each for each in ids)


def test_the_order_of_rows_does_not_tell_who_wrote_first(tmp_path):
    paths = write_commented(tmp_path)
    _, sheet, at, top = open_review(paths)
    texts = [sheet.cell(row, at[Is.TEXT]).value for row in range(top + 1, top + 13)]
    sent = read_table("comments", paths.table("comments"), [YEAR])["text"].tolist()
    assert texts != [text for text in sent if text in texts]


def test_a_review_goes_round_themes_excerpts_pages_and_back_into_the_next_workbook(tmp_path):
    paths = write_commented(tmp_path)
    north, south = find_rows(paths, "North"), find_rows(paths, "South")
    hidden = find_rows(paths, "North", shared=False)
    words = {Is.TO_GROUP: "Yes", Is.EXCERPT: "Marsupial matters", **SIGNED}
    filled: dict[int, dict[str, object]] = {
        row: {Is.THEMES[0]: "Réunions"} for row in [*north[:4], *hidden[:2], *south[:3]]
    }
    filled[north[0]] |= {Is.THEMES[1]: "papers | Meetings", **words}
    filled[north[1]] |= {**words, Is.EXCERPT: "Wombat <b>words</b>", Is.TO_PUBLIC: "y", Is.TO_GROUP: ""}
    fill_in(paths, filled)
    written = publish(paths)
    themes = released(paths, "themes")
    assert {(r.group, r.theme): r.people_n for r in themes[themes["marker"] == ""].itertuples()} == {
        ("North", "meetings"): 6, ("South", "meetings"): 3, ("_all", "meetings"): 9,
    }  # fmt: skip
    assert "papers" not in set(themes["theme"]), "one person's theme is not even named"
    assert released(paths, "excerpts")["text"].tolist() == ["Wombat <b>words</b>"]
    pages = {path.relative_to(paths.reports).as_posix(): path.read_text(encoding="utf-8") for path in written}
    page = pages["2025/scorecards/North.html"]
    assert "12\N{NO-BREAK SPACE}people left a comment" in page
    assert "Wombat &lt;b&gt;words" in page
    assert '<th scope="row">Meetings</th><td class="number">6</td>' in page
    assert "Meetings" in pages["2025/community.html"]
    own = pages["2025/for-groups/North-comments.html"]
    assert "Marsupial matters" in own
    assert "Wombat" not in own
    assert "Do not publish it" in own
    assert [name for name, text in pages.items() if "Marsupial" in text] == ["2025/for-groups/North-comments.html"]
    everything = read_everything(paths.reports)
    assert "Quokka" not in everything
    assert "Zanzibar" not in everything
    again = {decision.comment: decision.cells for decision in read_decisions(paths.comment_review(YEAR))}
    assert again == {decision.comment: decision.cells for decision in read_decisions(paths.reviewed_comments(YEAR))}


def test_reviewers_see_the_themes_with_what_is_withheld(tmp_path):
    paths = write_commented(tmp_path)
    fill_in(paths, {row: {Is.THEMES[0]: "meetings"} for row in [*find_rows(paths, "North")[:4], find_rows(paths, "South")[0]]})  # fmt: skip
    publish(paths)
    definitions = read_definitions(paths)
    source = Source.of(ReportContext(paths, definitions, Release(paths, "default"), YEAR))
    sheet = tabulate_themes(source, (YEAR,))
    assert sheet is not None
    assert sheet.name == "Comment themes"
    assert [(row[0], row[2], row[3], row[4]) for row in sheet.rows] == [
        ("North house", "Meetings", 4, 12), ("South house", "Meetings", "[c]", 11),
        ("the whole community", "Meetings", "[c]", 23),
    ]  # fmt: skip
    assert tabulate_themes(source, (1999,)) is None


def test_without_a_review_pages_say_how_many_commented_and_nothing_else(tmp_path):
    paths = write_commented(tmp_path, south=9)
    written = publish(paths)
    assert released(paths, "themes").empty
    assert released(paths, "excerpts").empty
    north, south = (next(p for p in written if p.name == f"{g}.html").read_text(encoding="utf-8") for g in ("North", "South"))  # fmt: skip
    assert "12\N{NO-BREAK SPACE}people left a comment." in north
    assert "left a comment" not in south
    assert not any("for-groups" in str(path) for path in written)
    everything = read_everything(paths.reports)
    assert "Quokka" not in everything
    assert "Zanzibar" not in everything
    waiting = read_problems(paths).set_index("code").loc["comments_to_review"]
    assert waiting["what"] == "21 comments can be reviewed"


def test_without_a_list_the_reviewers_own_words_are_the_themes(tmp_path):
    paths = write_commented(tmp_path, themes="")
    rows = find_rows(paths, "North")
    fill_in(
        paths, {row: {Is.THEMES[0]: word} for row, word in zip(rows, ("Food", "food ", "FOOD", "Food"), strict=False)}
    )
    publish(paths)
    themes = released(paths, "themes")
    assert set(zip(themes["group"], themes["theme"], themes["people_n"], strict=True)) >= {("North", "FOOD", 4)}


def test_a_few_commenters_are_neither_counted_nor_quoted_and_a_signed_excerpt_says_so(tmp_path):
    paths = write_commented(tmp_path, south=4)
    row = find_rows(paths, "South")[0]
    fill_in(paths, {row: {Is.TO_PUBLIC: "yes", Is.TO_GROUP: "yes", Is.EXCERPT: "Only ours", **SIGNED}})
    written = publish(paths)
    assert released(paths, "excerpts").empty
    assert "excerpts_withheld" in set(read_problems(paths)["code"])
    assert [path.name for path in written if "Only ours" in path.read_text(encoding="utf-8")] == ["South-comments.html"]


RELEASE = {Is.TO_GROUP: "yes", Is.EXCERPT: "Shorter meetings", **SIGNED}
FAULTS: dict[str, tuple[dict[str, object], str, str]] = {
    "no signature": ({**RELEASE, Is.SIGNED: ""}, "review_unsigned", Is.SIGNED),
    "no date": ({**RELEASE, Is.DATE: None}, "review_unsigned", Is.DATE),
    "no excerpt": ({**RELEASE, Is.EXCERPT: ""}, "review_unsigned", Is.EXCERPT),
    "no date at all": ({**RELEASE, Is.DATE: "Tuesday"}, "review_unreadable", Is.DATE),
    "a mark left": ({**RELEASE, Is.EXCERPT: "Ask [name] first"}, "review_marked", Is.EXCERPT),
    "an address left": ({**RELEASE, Is.EXCERPT: "Write to bilby@example.org"}, "review_marked", Is.EXCERPT),
    "a name left": ({**RELEASE, Is.EXCERPT: "Ask Bilby first"}, "review_marked", Is.EXCERPT),
    "a role for the public": ({**RELEASE, Is.TO_PUBLIC: "yes", Is.EXCERPT: "The chair is late"}, "review_marked", Is.EXCERPT),
    "perhaps": ({**RELEASE, Is.TO_GROUP: "perhaps"}, "review_unreadable", Is.TO_GROUP),
    "unknown theme": ({Is.THEMES[1]: "Bilby"}, "review_unreadable", Is.THEMES[1]),
    "true": ({Is.TO_PUBLIC: True}, "review_unsigned", Is.EXCERPT),
}  # fmt: skip


@pytest.fixture(scope="module")
def commented(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    return write_commented(tmp_path_factory.mktemp("commented"), names="name,group,nicknames\nBilby Marsh,North,Bil\n")


@pytest.fixture
def reviewed(commented: ProgrammePaths):
    yield commented
    commented.reviewed_comments(YEAR).unlink(missing_ok=True)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_row_is_refused_with_its_cell_and_without_its_words(reviewed, fault):
    cells, code, column = FAULTS[fault]
    row = find_rows(reviewed, "North")[0]
    fill_in(reviewed, {row: cells})
    with pytest.raises(UserError) as caught:
        review_comments(reviewed, YEAR)
    found = {(p.code, p.file, p.sheet, p.row, p.column) for p in caught.value.problems}
    assert (code, "2025/comments-reviewed.xlsx", "Comments", row, column) in found
    told = str(caught.value)
    assert not any(word in told for word in ("Bilby", "bilby", "Quokka", "Shorter", "perhaps", "Tuesday"))


def test_what_its_author_did_not_allow_cannot_be_released(reviewed):
    row = find_rows(reviewed, "North", shared=False)[0]
    fill_in(reviewed, {row: {**RELEASE, Is.TO_GROUP: "", Is.TO_PUBLIC: "yes"}})
    with pytest.raises(UserError) as caught:
        review_comments(reviewed, YEAR)
    assert [(p.code, p.row, p.column) for p in caught.value.problems] == [("review_not_allowed", row, Is.TO_PUBLIC)]


def test_the_group_itself_may_read_of_its_offices_and_dates(reviewed):
    row = find_rows(reviewed, "North")[0]
    fill_in(reviewed, {row: {**RELEASE, Is.EXCERPT: "The chair was late on 8 July 2025"}})
    review_comments(reviewed, YEAR)
    assert len(read_table("comment_excerpts", reviewed.table("comment_excerpts"), [YEAR])) == 1


def test_every_fault_is_told_at_once(reviewed):
    first, second = find_rows(reviewed, "North")[:2]
    fill_in(reviewed, {first: {**RELEASE, Is.SIGNED: ""}, second: {**RELEASE, Is.EXCERPT: "Ask [name]"}})
    with pytest.raises(UserError) as caught:
        review_comments(reviewed, YEAR)
    assert [(p.code, p.row) for p in caught.value.problems] == [("review_unsigned", first), ("review_marked", second)]


def test_a_comment_that_is_no_longer_there_is_left_out_with_a_warning(reviewed):
    first, second = find_rows(reviewed, "North")[:2]
    fill_in(reviewed, {first: {Is.ID: "c-0000", **RELEASE}, second: {Is.THEMES[0]: "papers"}})
    review_comments(reviewed, YEAR)
    found = read_problems(reviewed)
    assert found.loc[found["code"] == "review_unknown_comment", "row"].tolist() == [str(first)]
    assert read_table("comment_excerpts", reviewed.table("comment_excerpts"), [YEAR]).empty
    assert len(read_table("comment_themes", reviewed.table("comment_themes"), [YEAR])) == 1


def test_the_same_comment_twice_is_refused(reviewed):
    first, second = find_rows(reviewed, "North")[:2]
    _, sheet, at, _ = open_review(reviewed)
    same = sheet.cell(first, at[Is.ID]).value
    fill_in(reviewed, {first: {Is.THEMES[0]: "papers"}, second: {Is.ID: same, Is.THEMES[0]: "papers"}})
    with pytest.raises(UserError, match="twice"):
        review_comments(reviewed, YEAR)


def test_a_theme_in_the_reviewers_own_words_must_not_name_anybody(tmp_path):
    paths = write_commented(tmp_path, themes="", names="name\nBilby Marsh\n")
    row = find_rows(paths, "North")[0]
    fill_in(paths, {row: {Is.THEMES[0]: "Bilby's style"}})
    with pytest.raises(UserError) as caught:
        review_comments(paths, YEAR)
    assert [(p.code, p.row, p.column) for p in caught.value.problems] == [("review_marked", row, Is.THEMES[0])]


@pytest.mark.parametrize("spoil", ["not a workbook", "no sheet", "no column", "no id"])
def test_a_file_that_is_no_review_is_refused(reviewed, spoil):
    target = reviewed.reviewed_comments(YEAR)
    book, sheet, at, top = open_review(reviewed)
    if spoil == "not a workbook":
        target.write_text("id,theme\n", encoding="utf-8")
    else:
        if spoil == "no sheet":
            sheet.title = "Mine"
        sheet.cell(top, at[Is.ID if spoil == "no id" else Is.SIGNED]).value = "Something"
        book.save(target)
    with pytest.raises(UserError) as caught:
        review_comments(reviewed, YEAR)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("review_unreadable", "2025/comments-reviewed.xlsx")


def test_a_review_saved_under_another_name_is_not_overlooked(reviewed):
    other = reviewed.wave(YEAR) / "comments reviewed.xlsx"
    fill_in(reviewed, {}, target=other)
    try:
        with pytest.raises(UserError, match=r"comments-reviewed\.xlsx"):
            review_comments(reviewed, YEAR)
    finally:
        other.unlink()


def test_decisions_written_where_the_next_run_writes_are_not_lost(tmp_path):
    paths = write_commented(tmp_path)
    row = find_rows(paths, "North")[0]
    fill_in(paths, {row: {Is.THEMES[0]: "papers"}}, target=paths.comment_review(YEAR))
    kept = paths.comment_review(YEAR).read_bytes()
    with pytest.raises(UserError) as caught:
        review_comments(paths, YEAR)
    assert [problem.code for problem in caught.value.problems] == ["review_in_place"]
    assert paths.comment_review(YEAR).read_bytes() == kept
    paths.reviewed_comments(YEAR).write_bytes(kept)
    review_comments(paths, YEAR)
    assert len(read_table("comment_themes", paths.table("comment_themes"), [YEAR])) == 1


def test_a_review_can_be_begun_again(reviewed):
    fill_in(reviewed, {find_rows(reviewed, "North")[0]: {Is.THEMES[0]: "papers"}})
    review_comments(reviewed, YEAR)
    reviewed.reviewed_comments(YEAR).unlink()
    review_comments(reviewed, YEAR)
    assert read_decisions(reviewed.comment_review(YEAR)) == []


def test_a_faulty_review_is_found_before_a_run_begins(reviewed):
    fill_in(reviewed, {find_rows(reviewed, "North")[0]: {**RELEASE, Is.SIGNED: ""}})
    problems = check_year(reviewed, read_definitions(reviewed), YEAR)
    assert "review_unsigned" in {problem.code for problem in problems}


def test_themes_that_cannot_be_told_apart_are_refused(tmp_path):
    with pytest.raises(UserError, match="two themes"):
        write_commented(tmp_path, themes="theme,label:en\nfood,Food\nmeals,food\n")


def test_a_comment_longer_than_a_cell_is_cut_in_the_workbook_only(tmp_path):
    paths = write_commented(tmp_path)
    export = paths.exports(YEAR) / "export.csv"
    export.write_text(export.read_text(encoding="utf-8").replace("Quokka wish N0", "long " * 8_000), encoding="utf-8")
    for stage in (ingest_exports, harmonise_responses, validate_responses, review_comments):
        stage(paths, YEAR)
    _, sheet, at, top = open_review(paths)
    texts = [sheet.cell(row, at[Is.TEXT]).value for row in range(top + 1, sheet.max_row + 1)]
    assert sum("cut short" in text for text in texts) == 1
    assert read_table("comments", paths.table("comments"), [YEAR])["text"].str.len().max() > 39_000


def test_a_year_without_comments_has_no_workbook(tmp_path):
    paths = write_programme(tmp_path, (YEAR,))
    for stage in (
        ingest_exports,
        harmonise_responses,
        validate_responses,
        review_comments,
        score_groups,
        release_tables,
    ):
        stage(paths, YEAR)
    assert not paths.comment_review(YEAR).exists()
    assert released(paths, "themes").empty
