"""Finished files are read back: every leak that is planted is found, and what the program writes has none."""

from __future__ import annotations

import re
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from flows.cli import main
from pipeline.disclose.files.check import FileChecker
from pipeline.disclose.files.passages import Finding, tell_findings
from pipeline.disclose.files.secrets import Restricted, Secrets
from pipeline.disclose.files.wording import find_numbers
from pipeline.report import find_reports
from pipeline.stages.check_release import check_files, check_folder, read_stored
from pipeline.stages.check_sources import collect_wording
from pipeline.stages.publish import list_published_files
from pipeline.stages.reports import write_reports
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from tests.report_fixtures import write_programme

PSEUDONYM, RESPONSE_ID, TOKEN = "a52b866564be385b", "R_3nP8xYq21", "tok-770031"
COMMENT = "Please rotate the meeting times, it is always night for us here."
SHORT_COMMENT = "Fire the chair"
RESTRICTED = Restricted(frozenset([PSEUDONYM, RESPONSE_ID, TOKEN, "Ada Example", "17"]), (COMMENT, SHORT_COMMENT))


class Finished(NamedTuple):
    """Reports of the toy programme, and what checks them."""

    paths: ProgrammePaths
    checker: FileChecker

    def find(self, file: Path) -> list[Finding]:
        return self.checker.check_file(file, [2027])

    def kinds(self, file: Path) -> set[str]:
        return {finding.kind for finding in self.find(file)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    paths = write_programme(tmp_path_factory.mktemp("finished"))
    write_reports(paths, year=2027)
    write_reports(paths, period="period-1")
    definitions = read_definitions(paths)
    texts, constants = collect_wording()
    return Finished(paths, FileChecker(read_stored(paths, definitions), definitions, texts, constants, RESTRICTED))


def report(finished: Finished, name: str, into: Path) -> Path:
    """A copy of a report, to spoil."""
    source = finished.paths.reports / name
    target = into / name
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def spoil(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    return path


def spoil_match(path: Path, look: str, new: Callable[[re.Match[str]], str]) -> Path:
    text = path.read_text(encoding="utf-8")
    changed, n = re.subn(look, new, text, count=1, flags=re.DOTALL)
    assert n == 1
    path.write_text(changed, encoding="utf-8", newline="\n")
    return path


def test_nothing_is_found_in_what_the_program_writes(finished: Finished) -> None:
    for part, years in (("2027", [2027]), ("period-1", [2025, 2026, 2027])):
        files = list_published_files(finished.paths.reports / part)
        assert files
        for file in files:
            found = tell_findings(finished.checker.check_file(file, years), file.name)
            assert not [problem.describe() for problem in found]


PAGE = "2027/scorecards/NORTH.html"
TINY = "2027/scorecards/TINY.html"
BOOK = "period-1/assessment-NORTH.xlsx"


# pages


def test_a_decimal_in_a_cell_of_a_page(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, PAGE, tmp_path)
    spoil_match(page, r"(<td[^>]*data-label=\"Average\"[^>]*><span>)(\d+)", lambda m: f"{m[1]}{m[2]}.3")
    assert "finer" in finished.kinds(page)


def test_a_number_that_no_figure_of_its_row_is(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, PAGE, tmp_path)
    spoil_match(page, r"(<td[^>]*data-label=\"Average\"[^>]*><span>)(\d+)", lambda m: f"{m[1]}3")
    assert "strange" in finished.kinds(page)


@pytest.mark.parametrize("figure", ["3", "62", "62.4", "62 %"])
def test_any_figure_of_a_withheld_group_in_its_scorecard(finished: Finished, tmp_path: Path, figure: str) -> None:
    row = f"<tr><th>Purpose</th><td>{figure}</td></tr>"
    table = f"<table><caption>Scores</caption><tr><th>Principle</th><th>Average</th></tr>{row}</table></main>"
    page = spoil(report(finished, TINY, tmp_path), "</main>", f"<h2>Tiny Constituency</h2>{table}")
    assert finished.kinds(page) & {"withheld", "finer"}


def test_any_figure_of_a_withheld_group_in_a_table_of_all_groups(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, "2027/community.html", tmp_path)
    spoil(
        page,
        "</main>",
        "<table><tr><th>Group</th><th>Purpose</th></tr><tr><th>Tiny Constituency</th><td>71</td></tr></table></main>",
    )
    assert "withheld" in finished.kinds(page)


@pytest.mark.parametrize(
    "leak",
    [
        '<p aria-label="Average 61.27">…</p>',
        '<img alt="Average 61.27" src="x.png">',
        "<!-- Average 61.27 -->",
        "<script>var data = [61.27, 58.14];</script>",
        '<script type="application/json">{"mean": 61.27}</script>',
        '<i class="at" style="left:61.27%"></i>',
        '<p data-mean="61.27">…</p>',
        '<meta name="description" content="Average 61.27">',
        "<p>The average was <b>61</b>.27 in the end.</p>",
        "<p>The average was 61&#46;27 in the end.</p>",
        "<p>The average was 61,27 in the end.</p>",
    ],
)
def test_an_exact_mean_anywhere_in_a_page(finished: Finished, tmp_path: Path, leak: str) -> None:
    page = spoil(report(finished, PAGE, tmp_path), "</main>", f"{leak}</main>")
    assert "finer" in finished.kinds(page)


def test_the_text_alternative_of_a_chart(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, PAGE, tmp_path)
    spoil_match(page, r"(<desc[^>]*>[^<]*?2026: )(\d+)", lambda m: f"{m[1]}{m[2]}.4")
    assert "finer" in finished.kinds(page)


def test_a_point_of_a_chart_moved_by_half_a_point(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, "2027/scorecards/SOUTH.html", tmp_path)
    look = r"(<path d=\"M [\d.]+ )([\d.]+)(\nL [\d.]+ )([\d.]+)(\n\" style=\"fill: none; stroke: var\(--accent)"
    spoil_match(page, look, lambda m: f"{m[1]}{float(m[2]) + 0.56:g}{m[3]}{m[4]}{m[5]}")
    assert finished.kinds(page) == {"mark"}


def test_a_whole_point_that_is_not_the_one_released(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, "2027/scorecards/SOUTH.html", tmp_path)
    look = r"(<path d=\"M [\d.]+ )([\d.]+)(\nL [\d.]+ )([\d.]+)(\n\" style=\"fill: none; stroke: var\(--accent)"
    spoil_match(page, look, lambda m: f"{m[1]}{162 - 1.12 * 3:g}{m[3]}{m[4]}{m[5]}")
    assert finished.kinds(page) == {"mark"}


def test_a_bar_that_is_wider_than_its_count(finished: Finished, tmp_path: Path) -> None:
    page = report(finished, "2027/scorecards/SOUTH.html", tmp_path)
    text = page.read_text(encoding="utf-8")
    at = text.index('id="chart-P1-title"')
    edge = re.compile(r"\nL ([\d.]+) ([\d.]+)\nL \1 ").search(text, at)
    assert edge
    text = text[: edge.start(1)] + f"{float(edge[1]) + 3:g}" + text[edge.end(1) :]
    page.write_text(text, encoding="utf-8", newline="\n")
    assert "mark" in finished.kinds(page)


def test_a_chart_that_the_program_did_not_draw(finished: Finished, tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text x="1" y="2">61</text><circle cx="10" cy="38.73"/></svg>'
    page = spoil(report(finished, PAGE, tmp_path), "</main>", f"{svg}</main>")
    assert "unknown" in finished.kinds(page)
    alone = tmp_path / "chart.svg"
    alone.write_text(svg, encoding="utf-8")
    assert "unknown" in finished.kinds(alone)


@pytest.mark.parametrize(
    ("leak", "kind"),
    [
        ("<!-- ask someone@example.org -->", "contact"),
        ('<a href="mailto:someone@example.org">write</a>', "contact"),
        ("<p>Call +44 20 7946 0958</p>", "contact"),
        ("<p>sent from 203.0.113.24</p>", "contact"),
        (f'<p id="r-{PSEUDONYM}"></p><p>{PSEUDONYM}</p>', "token"),
        (f"<p>{RESPONSE_ID.lower()}</p>", "token"),
        (f'<p data-id="{TOKEN}">…</p>', "token"),
        ("<p>says ada   EXAMPLE of the north</p>", "comment"),
        (f"<p>{COMMENT}</p>", "comment"),
        ("<p>PLEASE rotate&nbsp;the <b>meeting</b>\n times &mdash; it is</p>", "comment"),
        ("<p>Please rotate the meet&#105;ng times it&#32;is</p>", "comment"),
        ("<p>… meeting times, it is always night …</p>", "comment"),
        ('<p title="fire the chair!">…</p>', "comment"),
    ],
)
def test_what_somebody_is_or_wrote(finished: Finished, tmp_path: Path, leak: str, kind: str) -> None:
    page = spoil(report(finished, PAGE, tmp_path), "</main>", f"{leak}</main>")
    assert kind in finished.kinds(page)


def test_ordinary_words_of_a_comment_are_no_finding(finished: Finished, tmp_path: Path) -> None:
    page = spoil(report(finished, PAGE, tmp_path), "</main>", "<p>Please rotate the papers. For us here.</p></main>")
    assert not finished.find(page)


# workbooks


def change_book(path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def add_hidden_sheet(book: openpyxl.Workbook) -> None:
    sheet = book.create_sheet("raw")
    sheet.append(["Group", "Mean"])
    sheet.append(["Northern Constituency", 61.27])
    sheet.sheet_state = "veryHidden"


def hide_a_row(book: openpyxl.Workbook) -> None:
    book["Scores"].row_dimensions[8].hidden = True


def hide_a_column(book: openpyxl.Workbook) -> None:
    book["Scores"].column_dimensions["D"].hidden = True


def add_custom_property(book: openpyxl.Workbook) -> None:
    book.custom_doc_props.append(StringProperty(name="Mean", value="61.27"))


def change_properties(book: openpyxl.Workbook) -> None:
    book.properties.description = "someone@example.org"


def add_comment(book: openpyxl.Workbook) -> None:
    book["Scores"]["A1"].comment = Comment("exact: 61.27", "somebody")


def add_defined_name(book: openpyxl.Workbook) -> None:
    book.defined_names["mean"] = DefinedName("mean", attr_text="61.27")


def add_footer(book: openpyxl.Workbook) -> None:
    book["Scores"].oddFooter.left.text = "61.27"


def add_decimal(book: openpyxl.Workbook) -> None:
    cells = [cell for row in book["Scores"].iter_rows(min_row=6) for cell in row if isinstance(cell.value, int)]
    cells[2].value += 0.4


def add_chart(book: openpyxl.Workbook) -> None:
    sheet = book["Scores"]
    sheet["Z90"], sheet["Z91"] = "mean", 61.27
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=26, min_row=90, max_row=91), titles_from_data=True)
    sheet.add_chart(chart)


def add_formula(book: openpyxl.Workbook) -> None:
    book["Scores"]["Z90"] = "=D8/3"


BOOK_LEAKS = {
    add_hidden_sheet: {"hidden", "finer"}, hide_a_row: {"hidden"}, hide_a_column: {"hidden"},
    add_custom_property: {"finer"}, change_properties: {"contact"}, add_comment: {"finer"},
    add_defined_name: {"finer"}, add_footer: {"finer"}, add_decimal: {"finer"}, add_chart: {"finer"},
    add_formula: {"unknown"},
}  # fmt: skip


@pytest.mark.parametrize("leak", BOOK_LEAKS, ids=lambda leak: leak.__name__)
def test_what_a_workbook_holds_beside_its_cells(
    finished: Finished, tmp_path: Path, leak: Callable[[openpyxl.Workbook], None]
) -> None:
    book = change_book(report(finished, BOOK, tmp_path), leak)
    assert finished.kinds(book) >= BOOK_LEAKS[leak]


def test_saving_a_workbook_with_another_program_is_no_leak(finished: Finished, tmp_path: Path) -> None:
    book = change_book(report(finished, BOOK, tmp_path), lambda _book: None)
    assert not finished.checker.check_file(book, [2025, 2026, 2027])


def test_a_figure_where_a_workbook_withholds_it(finished: Finished, tmp_path: Path) -> None:
    path = report(finished, "period-1/assessment-TINY.xlsx", tmp_path)

    def fill_in(book: openpyxl.Workbook) -> None:
        for row in book["Scores"].iter_rows(min_row=5):
            if row[2].value == "own answers" and row[4].value == "[c]":
                row[4].value = 64
                return
        raise AssertionError("no row is withheld")

    assert "withheld" in finished.kinds(change_book(path, fill_in))


# tables, texts, pictures, databases


def test_a_released_table_that_was_edited(finished: Finished, tmp_path: Path) -> None:
    table = report(finished, "2027/data/scores.csv", tmp_path)
    assert not finished.find(table)
    spoil_match(table, r"(NORTH,principle,P1,own,\d+,)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}")
    assert [(f.kind, f.place.column) for f in finished.find(table)] == [("differs", "mean")]


def test_a_figure_of_a_withheld_row_in_a_table(finished: Finished, tmp_path: Path) -> None:
    table = report(finished, "2027/data/scores.csv", tmp_path)
    spoil(table, "TINY,principle,P1,own,,,", "TINY,principle,P1,own,,64,")
    assert finished.kinds(table) == {"withheld", "differs"}


def test_decimals_and_people_in_a_table(finished: Finished, tmp_path: Path) -> None:
    table = report(finished, "2027/data/scores.csv", tmp_path)
    spoil_match(table, r"(NORTH,principle,P1,own,\d+,\d+)", lambda m: f"{m[1]}.4")
    assert "finer" in finished.kinds(table)
    other = tmp_path / "list.csv"
    other.write_text(f"id,Group,Purpose\n{PSEUDONYM},Tiny Constituency,64\n", encoding="utf-8")
    assert finished.kinds(other) == {"token", "withheld"}


def test_a_line_of_text(finished: Finished, tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text(f"One\nThe average is 61.27.\n{COMMENT}\n", encoding="utf-8")
    assert {(f.kind, f.place.row) for f in finished.find(text)} == {("finer", 2), ("comment", 3)}


def test_what_a_picture_carries_beside_its_pixels(finished: Finished, tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    picture = tmp_path / "chart.png"
    header = b"\x89PNG\r\n\x1a\n"
    packed = zlib.compress(b"someone@example.org")
    picture.write_bytes(header + chunk(b"tEXt", b"Software\0Matplotlib 3.11.0") + chunk(b"IEND", b""))
    assert not finished.find(picture)
    picture.write_bytes(header + chunk(b"tEXt", b"Title\0mean 61.27") + chunk(b"zTXt", b"Author\0\0" + packed))
    assert finished.kinds(picture) == {"finer", "contact"}


def test_prefects_database(finished: Finished, tmp_path: Path) -> None:
    path = tmp_path / "prefect.db"
    database = sqlite3.connect(path)
    database.execute("create table log (message text)")
    database.execute("create table artifact (data text)")
    database.execute("insert into log values ('Finished in state Completed() after 0.5 s at 127.0.0.1')")
    database.commit()
    assert not finished.find(path)
    database.execute("insert into log values (?)", (f"KeyError: '{COMMENT}'",))
    database.execute("insert into log values (?)", (f"response {PSEUDONYM}",))
    database.execute("insert into artifact values ('a table')")
    database.commit()
    database.close()
    assert finished.kinds(path) == {"comment", "token", "unknown"}


@pytest.mark.parametrize(("name", "content"), [("x.zip", b"PK"), ("x.xlsx", b"not one"), ("x.txt", b"\xff\xfe\x00"), ("x.pdf", b"%PDF-1.4")])  # fmt: skip
def test_what_cannot_be_read_is_a_finding(finished: Finished, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert finished.kinds(path) == {"unknown"}


def test_a_pdf_cannot_be_checked_without_a_program_that_reads_it(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4")
    assert finished.kinds(path) == {"unknown"}


# what is said


def test_no_finding_repeats_what_it_found(finished: Finished, tmp_path: Path) -> None:
    leak = f"<p>61.27 someone@example.org {PSEUDONYM} {COMMENT}</p>"
    page = spoil(report(finished, PAGE, tmp_path), "</main>", f"{leak}</main>")
    told = " ".join(problem.describe() for problem in tell_findings(finished.find(page), "x.html"))
    for secret in ("61.27", "example.org", PSEUDONYM, "rotate"):
        assert secret not in told
    assert "row" in told


def test_findings_of_a_column_are_told_together(finished: Finished, tmp_path: Path) -> None:
    table = report(finished, "2027/data/scores.csv", tmp_path)
    text = re.sub(
        r"(NORTH,(?:principle|part),\w+,own,\d+,)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", table.read_text("utf-8")
    )
    table.write_text(text, encoding="utf-8", newline="\n")
    (problem,) = tell_findings(finished.find(table), "scores.csv", "2027")
    assert (problem.code, problem.kind.exit_code, problem.column) == ("release_unsafe", 56, "mean")
    assert "6 more like it" in problem.what


def test_publishing_asks_with_paths_alone(finished: Finished) -> None:
    files = [finished.paths.reports / PAGE, finished.paths.reports / "2027/data/scores.csv"]
    assert check_files(finished.paths, "2027", files) == []


def test_a_folder_that_somebody_edited(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "2027"
    shutil.copytree(finished.paths.reports / "2027" / "scorecards", folder / "scorecards")
    spoil(folder / "scorecards" / "NORTH.html", "</main>", "<p>someone@example.org</p></main>")
    done = check_folder(finished.paths, folder, list_published_files(folder))
    assert [(problem.file, problem.code) for problem in done.problems] == [("scorecards/NORTH.html", "release_unsafe")]
    assert "do not publish" in done.verdict
    assert done.notes


def test_the_command_tells_what_is_wrong_with_a_folder(finished: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "2027"
    shutil.copytree(finished.paths.reports / "2027" / "scorecards", folder / "scorecards")
    command = ["check", str(folder), "--root", str(finished.paths.root)]
    clean = CliRunner().invoke(main, command)
    assert (clean.exit_code, "nothing found" in clean.output) == (0, True)
    spoil(folder / "scorecards" / "NORTH.html", "</main>", "<p>someone@example.org</p></main>")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 56
    assert "error [release_unsafe] 2027: An e-mail address" in done.output
    assert "someone@" not in done.output


SCORES = "2027/data/scores.csv"


def spoil_table(text: str, kind: str) -> bytes:
    """The released scores, made into what is no released table."""
    header, *rows = text.splitlines()
    first = dict(zip(header.split(","), rows[0].split(","), strict=True))
    made = {
        "other columns": "Name,Answer\nJane Doe,Strongly agree\n",
        "no header": "Jane Doe,Strongly agree,5\nJohn Roe,Disagree,1\n",
        "a column more": text.replace("\n", ",Jane Doe\n"),
        "columns in another order": ",".join(reversed(header.split(","))) + "\n",
        "a word for a number": "\n".join([header, ",".join((first | {"n": "Jane Doe"}).values())]) + "\n",
        "a word of no meaning": "\n".join([header, ",".join((first | {"marker": "Jane Doe"}).values())]) + "\n",
        "nothing": "",
    }
    if kind in made:
        return made[kind].encode()
    return (
        text.replace("NORTH", "Jürgen").encode("cp1252")
        if kind == "another encoding"
        else b"PK\x03\x04" + bytes(range(256))
    )


FOREIGN = ("other columns", "no header", "a column more", "columns in another order", "a word for a number",
           "a word of no meaning", "nothing", "another encoding", "a workbook")  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_table_that_is_no_released_one_is_refused(finished: Finished, tmp_path: Path, kind: str) -> None:
    path = report(finished, SCORES, tmp_path)
    path.write_bytes(spoil_table(path.read_text(encoding="utf-8"), kind))
    done = CliRunner().invoke(main, ["check", str(tmp_path / "2027"), "--root", str(finished.paths.root)])
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code == 52
    assert "error [release_unreadable]" in done.output
    assert not [secret for secret in ("Jane", "Doe", "Strongly", "rgen") if secret in done.output]


@pytest.mark.parametrize(
    ("folder", "file"), [("2027", "notes.docx"), ("2027", "answers.sav"), ("2027", "data/raw.parquet")]
)
def test_a_file_of_another_kind_is_a_finding(finished: Finished, tmp_path: Path, folder: str, file: str) -> None:
    (tmp_path / folder / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / file).write_bytes(b"\x00Jane Doe\x01")
    done = CliRunner().invoke(main, ["check", str(tmp_path / folder), "--root", str(finished.paths.root)])
    assert done.exit_code == 56
    assert "Jane" not in done.output


def test_a_folder_that_is_no_year_and_no_period_is_refused(finished: Finished, tmp_path: Path) -> None:
    (tmp_path / "holiday pictures").mkdir()
    done = CliRunner().invoke(main, ["check", str(tmp_path / "holiday pictures"), "--root", str(finished.paths.root)])
    assert (done.exit_code, "release_unreadable" in done.output) == (52, True)


def test_the_programmes_own_pages_and_prefects_database_are_checked_too(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    folder = tmp_path / "reports" / finished.paths.programme
    folder.mkdir(parents=True)
    for name in ("index.html", "how-answers-are-protected.html", "how-answers-are-protected.txt"):
        shutil.copyfile(finished.paths.reports / name, folder / name)
    command = ["check", str(folder), "--root", str(finished.paths.root)]
    clean = CliRunner().invoke(main, command)
    assert (clean.exit_code, "3 files checked; nothing found" in clean.output) == (0, True), clean.output
    assert "check the folder of each year and period too" in clean.output
    with closing(sqlite3.connect(tmp_path / "prefect.db")) as database:
        database.execute("create table flow_run (name text)")
        database.execute("insert into flow_run values ('jane.doe@example.org')")
        database.commit()
    spoil(folder / "index.html", "</main>", "<p>North stands at 61.27</p></main>")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 56
    assert ("file prefect.db" in done.output, "file index.html" in done.output) == (True, True)
    assert "jane" not in done.output


def test_a_released_table_without_rows_leaves_no_file_of_an_earlier_run(finished: Finished, tmp_path: Path) -> None:
    shutil.copytree(finished.paths.root, tmp_path / "root")
    paths = ProgrammePaths(tmp_path / "root", finished.paths.programme)
    table = paths.report("2027", "data/trends.csv")
    assert table.is_file()
    shutil.rmtree(paths.release("default", "trends") / "year=2027")
    write_reports(paths, year=2027)
    assert not table.exists()


def test_every_report_of_the_registry_is_covered(finished: Finished) -> None:
    suffixes = {path.suffix for path in finished.paths.reports.rglob("*") if path.is_file()}
    assert find_reports("year")
    assert suffixes <= {".html", ".xlsx", ".csv", ".txt"}


# its parts


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("P1-2 and q13", []),
        ("5 July 2027, 2027-03-01", []),
        ("note 7 of (0b4f9e1a)", []),
        ("1,234 of 5,678 answered (22 %)", [1234.0, 5678.0, 22.0]),
        ("61.27 or 61,27 or −3", [61.27, 61.27, 3.0]),
        ("5.5 July", [5.5]),
    ],
)
def test_numbers_of_a_text(text: str, sizes: list[float]) -> None:
    assert [number.size for number in find_numbers(text)] == sizes


def test_what_the_definitions_print_is_no_secret() -> None:
    secrets = Secrets(
        Restricted(frozenset(["T-12345"]), ("We need more time for this work",)), ["ask a@b.org, T-12345"]
    )
    assert not secrets.find_faults("ask a@b.org about T-12345")
    assert secrets.find_faults("ask c@b.org") == {"contact"}
    assert Secrets(Restricted(comments=("nothing",)), []).find_faults("nothing") == set()
    assert Secrets(Restricted(comments=("更多时间阅读文件",)), []).find_faults("说:更多时间阅读") == {"comment"}
