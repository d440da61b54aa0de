"""What ``cip check`` says: what was read, what maps to what, problems, differences, the verdict; nobody's answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from pipeline.ingest.readers import RawTable, read_export
from pipeline.stages.check import check_programme
from pipeline.stages.check_report import group_problems, judge, write_check_page
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Wave
from schemas.problems import Problem
from tests.programme_files import edit, write_programme

SECRET = "Zorro was here"
EXPORT = """\
Group,Q1,Q2,Q3,Q4,Remark
North house,Agree,Disagree,Agree,,Zorro was here
Northern,Agree,No opinion,Agree,Agree,
South,,,Agree,,
South,Agree,Agree,Agree,Agree,Zorro was here
,,,,,
"""


def make_programme(root: Path) -> ProgrammePaths:
    """Two years; in the second one item is reworded, one is new, one is gone, and a group has another name."""
    paths = write_programme(root)
    (paths.exports(2026) / "export.csv").write_text(EXPORT, encoding="utf-8", newline="")
    items = paths.wave(2026) / "items.csv"
    edit(items, "reverse,column", "reverse,column,comparability")
    edit(items, "It wastes time.,agree5,yes,Q2", "It takes time.,agree5,yes,Q2,editorial")
    edit(items, "q3,P2,Its parts fit together.", "q9,P2,Its parts suit each other.")
    (paths.raw / "aliases.csv").write_text(
        "alias,group,since,note\nNorth hall,North,2026,renamed\n", encoding="utf-8", newline=""
    )
    return paths


def run_check(paths: ProgrammePaths, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", "--root", str(paths.root), *options], catch_exceptions=False)


class Page(HTMLParser):
    """Headings, tables, scripts and links to other files of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.tables: list[dict[str, int]] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.references += [str(given[name]) for name in ("href", "src") if name in given]
        self.ids += [str(given["id"])] if "id" in given else []
        if tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0, "cells": 0})
        elif self.tables and tag in ("caption", "td", "th"):
            name = {"caption": "caption", "td": "cells"}.get(tag) or str(given["scope"])
            self.tables[-1][name] += 1


@pytest.fixture
def page(tmp_path: Path) -> str:
    paths = make_programme(tmp_path)
    report = check_programme(paths)
    assert report is not None
    return write_check_page(tmp_path / "check.html", [report]).read_text(encoding="utf-8")


def plain(html: str) -> str:
    body = html.partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_it_says_what_was_read_and_what_maps_to_what(tmp_path: Path) -> None:
    report = check_programme(make_programme(tmp_path))
    assert report is not None
    year = report.years[1]
    (table,) = year.tables
    assert (table.file, table.tool, table.header_rows, table.first_row) == ("export.csv", "plain", 1, 2)
    assert table.responses == 4  # the blank row is no response
    assert table.unused == ("Remark",)
    assert table.columns["item:q2"] == "Q2"
    assert {line.item.item: line.headers for line in year.items} == {
        "q1": ("Q1",), "q2": ("Q2",), "q9": ("Q3",), "q4": ("Q4",),
    }  # fmt: skip
    # the third response answers too little to count; kinds: answered, no opinion, not applicable, refused, missing
    assert {line.item.item: line.counts for line in year.items} == {
        "q1": (3, 0, 0, 0, 0), "q2": (2, 1, 0, 0, 0), "q9": (3, 0, 0, 0, 0), "q4": (2, 0, 0, 0, 1),
    }  # fmt: skip
    assert dict(year.roles) == {"group": ("Group",)}
    groups = {line.facts.code: line for line in year.groups}
    assert [line.facts.code for line in year.groups] == ["House", "North", "South", "_all"]
    assert groups["North"].facts.names == ("North house", "Northern")
    assert (groups["North"].facts.n, groups["North"].before, groups["South"].facts.excluded) == (2, 1, 1)


def test_each_export_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = make_programme(tmp_path)
    read: list[str] = []

    def count_read(path: Path, wave: Wave) -> list[RawTable]:
        read.append(f"{wave.year} {path.name}")
        return read_export(path, wave)

    monkeypatch.setattr("pipeline.ingest.wave.read_export", count_read)
    check_programme(paths)
    assert read == ["2025 export.csv", "2026 export.csv"]


def test_an_item_against_the_rest_stops_a_run_and_its_counts_are_still_shown(tmp_path: Path) -> None:
    paths = write_programme(tmp_path, [2025], wave_tables={"roster": "group,eligible\nNorth,99\n"})
    labels = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
    rows = [f"North,{labels[n % 5]},{labels[4 - n % 5]},{labels[n % 5]},{labels[4 - n % 5]}\n" for n in range(60)]
    items = paths.wave(2025) / "items.csv"
    edit(items, "q4,P2-in", "q5,P2,Its parts meet.,agree5,no,Q1 again\nq4,P2-in")
    rows = [f"{row.rstrip()},{labels[n % 5]}\n" for n, row in enumerate(rows)]
    (paths.exports(2025) / "export.csv").write_text("Group,Q1,Q2,Q3,Q4,Q1 again\n" + "".join(rows), encoding="utf-8")
    done = run_check(paths)
    assert done.exit_code == 37
    report = check_programme(paths)
    assert report is not None
    assert [problem.code for problem in report.years[0].problems if problem.kind.exit_code] == ["item_runs_against"]
    assert {line.counts[0] for line in report.years[0].items} == {60}


def test_it_says_how_the_year_differs_from_the_last(tmp_path: Path) -> None:
    report = check_programme(make_programme(tmp_path))
    assert report is not None
    first, second = report.years
    assert (first.previous, first.differences) == (None, ())
    found = {(each.kind, each.about): (each.before, each.now) for each in second.differences}
    assert found == {
        ("item reworded (editorial)", "q2"): ("It wastes time.", "It takes time."),
        ("item added", "q9"): ("", "Its parts suit each other."),
        ("item dropped", "q3"): ("Its parts fit together.", ""),
        ("group renamed", "North house"): ("", "North hall: renamed"),
        ("group with responses now", "South house"): ("0", "1"),
    }
    assert "responses 1 → 3" in second.summary[-1]


def test_groups_that_begin_end_or_answer_under_another_name(tmp_path: Path) -> None:
    groups = "group,name,kind,aliases,since,until\nA,Alpha,answers,Alpha team,,\nB,Beta,answers,,,2025\nC,Gamma,answers,,2026,\n"
    paths = write_programme(tmp_path, tables={"groups": groups}, wave_tables={"roster": "group,eligible\nA,9\n"})
    for year, name in ((2025, "Alpha"), (2026, "Alpha team")):
        text = f"Group,Q1,Q2,Q3,Q4\n{name},Agree,Agree,Agree,Agree\n"
        (paths.exports(year) / "export.csv").write_text(text, encoding="utf-8")
    report = check_programme(paths)
    assert report is not None
    found = [(each.kind, each.about, each.before, each.now) for each in report.years[1].differences]
    assert found == [
        ("group gone", "Beta", "", ""),
        ("group added", "Gamma", "", ""),
        ("group under another name", "Alpha", "Alpha", "Alpha team"),
    ]


def test_the_same_problem_is_told_once_with_how_often_and_the_worst_comes_first() -> None:
    info = Problem(code="partial", what="3 partial responses", wave="2026")
    cell = Problem(code="label_unknown", what="2 cells", wave="2026", file="a.csv", sheet="S", row=7, column="Q1")
    other = Problem(code="label_unknown", what="1 cell", wave="2026", file="a.csv", row=9, column="Q2")
    warned = Problem(code="excluded_test", what="1 test response", wave="2026")
    findings = group_problems([info, warned, cell, cell, other, info])
    assert [(finding.severity, finding.code, finding.times) for finding in findings] == [
        ("error", "label_unknown", 3), ("warning", "excluded_test", 1), ("info", "partial", 2),
    ]  # fmt: skip
    assert [(spot.where, spot.times) for spot in findings[0].spots] == [
        ("file a.csv, sheet S, row 7, column 'Q1'", 2), ("file a.csv, row 9, column 'Q2'", 1),
    ]  # fmt: skip
    assert findings[0].action.startswith("Add the label")
    assert judge([info, warned, cell, other]) == "cannot be run: 2 errors"
    assert judge([info, warned]) == "can be run; look at 1 warning first"
    assert judge([info]) == "can be run"


def test_the_terminal_report_is_short_plain_and_ends_with_a_verdict(tmp_path: Path) -> None:
    done = run_check(make_programme(tmp_path))
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert lines[0] == "Example survey: 2 years with exports, 4 groups"
    assert re.fullmatch(r"  can be run; look at \d+ warnings first", lines[-1])
    second = lines[lines.index(" 2026: Survey 2026") :]
    assert len(second) < 25
    assert second[1].startswith("  read: export.csv: plain")
    assert second[1].endswith("5 rows below 1 header row, 6 columns")
    assert "  items: 4 of 4 found; 10 answered, 1 no opinion, 1 missing" in second
    assert "  responses: 3 count, 1 of them partial; 1 left out; 2 groups with responses" in second
    assert SECRET not in done.output


def test_many_alike_are_counted_not_listed(tmp_path: Path) -> None:
    paths = write_programme(tmp_path)
    groups = "".join(f"G{n},Group {n},House,answers,\n" for n in range(30))
    text = (paths.raw / "groups.csv").read_text(encoding="utf-8")
    (paths.raw / "groups.csv").write_text(text + groups, encoding="utf-8", newline="")
    done = run_check(paths, "--year", "2026")
    assert done.output.count("[group_without_answers]") == 3
    assert "… and 28 more of these" in done.output
    assert "2025" not in done.output.replace("against 2025", "")


def test_errors_go_to_standard_error_in_their_own_words_and_decide_the_exit_code(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    edit(paths.exports(2026) / "export.csv", "North house,Agree", "North house,Perhaps")
    done = run_check(paths)
    assert done.exit_code == 28
    assert re.search(r"^  error \[label_unknown\] 2026: .*row 2, column 'Q1'", done.stderr, re.MULTILINE)
    assert "error [" not in done.stdout
    assert done.stdout.splitlines()[-1] == "  cannot be run: 1 error"
    assert "Perhaps" not in done.output
    report = check_programme(paths)
    assert report is not None
    assert [line.counts for line in report.years[1].items] == [()] * 4  # no wrong count beside an error
    assert report.years[1].tables[0].columns["item:q1"] == "Q1"


def test_a_file_that_cannot_be_read_does_not_hide_the_other_year(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    (paths.exports(2025) / "export.csv").write_bytes(b"")
    report = check_programme(paths)
    assert report is not None
    assert [year.verdict.partition(":")[0].partition(";")[0] for year in report.years] == [
        "cannot be run",
        "can be run",
    ]
    assert report.exit_code == 21
    assert all(line.before is None for line in report.years[1].groups)


def test_every_fault_of_the_definitions_is_told_and_other_programmes_are_still_checked(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    sound = ProgrammePaths(tmp_path, "sound")
    for path in sorted(paths.raw.rglob("*")):
        if path.is_file():
            target = sound.raw / path.relative_to(paths.raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    edit(paths.raw / "periods.csv", "2025,2027", "2027,2025")
    edit(paths.wave(2025) / "items.csv", "q1,P1,It does what it is for.,agree5,no", "q1,P1,It works.,agree5,perhaps")
    edit(paths.wave(2025) / "items.csv", "q4,P2-in,", "q 4,P2-in,")
    edit(paths.wave(2026) / "survey.toml", 'title = "Survey 2026"', 'titel = "Survey 2026"')
    done = run_check(paths)
    assert done.exit_code == 13
    for place in ("periods.csv, row 2", "2025/items.csv, row 2", "2025/items.csv, row 5", "2026/survey.toml"):
        assert place in done.stderr
    assert "example: the definitions are broken; exports were not looked at" in done.stdout
    assert re.search(r"cannot be run: [56] errors", done.stdout)
    assert done.stdout.splitlines()[-1].startswith("  can be run")


def test_an_unknown_year_is_refused(tmp_path: Path) -> None:
    done = run_check(make_programme(tmp_path), "--year", "1999")
    assert done.exit_code == 17
    assert "1999" in done.output


def test_checking_writes_nothing_but_the_page_asked_for(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    run_check(paths)
    assert sorted(tmp_path.rglob("*")) == before
    done = run_check(paths, "--html", str(tmp_path / "check.html"))
    assert sorted({*tmp_path.rglob("*")} - {*before}) == [tmp_path / "check.html"]
    assert "not for publication" in done.output


def test_the_page_holds_everything_and_nobodys_words(page: str) -> None:
    text = plain(page)
    for words in (
        "not for publication", "can be run", "export.csv", "Remark", "Its parts suit each other.", "Item dropped",
        "North house | Northern", "Group renamed", "Responses in 2025", "q2 It takes time.", "agree5, reversed",
        "Columns not used: 1 of 6", "How 2026 differs from 2025",
    ):  # fmt: skip
        assert words in text
    assert SECRET not in page


def test_the_page_stands_alone_and_its_tables_can_be_heard(page: str) -> None:
    parsed = Page(page)
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags
    assert parsed.tags.count("h1") == parsed.tags.count("main") == 1
    assert all(target.startswith("#") and target[1:] in parsed.ids for target in parsed.references)
    assert len(set(parsed.ids)) == len(parsed.ids)
    assert len(parsed.tables) >= 8
    for table in parsed.tables:
        assert table["caption"] == 1
        assert table["row"] > 0
        assert table["cells"] == table["row"] * (table["col"] - 1)
    assert '<html lang="en">' in page
    assert "prefers-color-scheme: dark" in page


def test_the_same_programme_gives_the_same_page(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    pages = []
    for name in ("a.html", "b.html"):
        report = check_programme(paths)
        assert report is not None
        pages.append(write_check_page(tmp_path / name, [report]).read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no broken pipes")
def test_a_reader_that_has_read_enough_gets_no_traceback(tmp_path: Path) -> None:
    paths = make_programme(tmp_path)
    command = [sys.executable, "-c", "from flows.cli import main; main()", "check", "--root", str(paths.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # as head does
        said = process.stderr.read()
    assert "Traceback" not in said
    assert "file_blocked" not in said
