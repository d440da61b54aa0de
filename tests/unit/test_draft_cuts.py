"""Columns that a draft proposes as cuts of the whole community, and those that it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.draft.wave import WaveDraft, draft_wave
from pipeline.stages.check_facts import examine_year
from pipeline.stages.draft import draft_in_programme
from pipeline.stages.draft_files import draft_texts
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from tests.unit.test_draft import make_raw

ANSWERS = ["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"]
ITEMS = {f"Statement {n} is true of us.": [ANSWERS[(row + n) % 5] for row in range(40)] for n in range(3)}
WHERE = ["Africa", "Europe"] * 19 + ["Antarctica", "Prefer not to say"]


def draft(**columns: list[str]) -> WaveDraft:
    group = {"Which chapter are you answering for?": ["North", "South"] * 20}
    return draft_wave(2027, "Survey 2027", [make_raw({**group, **ITEMS, **columns})])


def test_a_region_is_proposed_with_a_question_and_rare_answers_are_not_named() -> None:
    found = draft(**{"Your region": WHERE})
    assert [(row.cut, row.category, row.label) for row in found.cuts] == [
        ("region", "africa", {"en": "Africa"}), ("region", "europe", {"en": "Europe"}),
    ]  # fmt: skip
    assert [(row.column, row.other) for row in found.cuts] == [("Your region", "not_said"), ("", "refuse")]
    (asked,) = [question for question in found.questions if question.file == "cuts.csv"]
    assert asked.column == "Your region"
    assert "Antarctica" not in draft_texts(found, found.groups)["cuts.csv"]
    assert {column.taken_for for column in found.columns if column.header == "Your region"} == {"cut"}


@pytest.mark.parametrize(
    ("header", "cut"),
    [
        ("What is your mother tongue?", "language"), ("How long have you been in the community?", "tenure"),
        ("Seit wann sind Sie Mitglied?", "tenure"), ("What is your favourite colour?", None),
    ],
)  # fmt: skip
def test_the_words_of_a_header_say_which_cut_it_is(header: str, cut: str | None) -> None:
    found = draft(**{header: ["One of them", "The other"] * 20})
    assert {row.cut for row in found.cuts} == ({cut} if cut else set())


@pytest.mark.parametrize(
    "cells",
    [[f"Place {n}" for n in range(40)], ["Africa"] * 40, ["Africa", "Europe"] * 10 + [f"Place {n % 9}" for n in range(20)]],
)  # fmt: skip
def test_many_places_one_place_and_mostly_rare_places_are_no_cut(cells: list[str]) -> None:
    found = draft(**{"Your region": cells})
    assert not found.cuts
    assert "cuts.csv" not in draft_texts(found, found.groups)


def test_the_column_that_names_the_group_is_no_cut() -> None:
    table = make_raw({"Which region are you answering for?": ["Africa", "Europe"] * 20, **ITEMS})
    found = draft_wave(2027, "Survey 2027", [table])
    assert found.groups and not found.cuts


def test_what_is_proposed_can_be_read_and_checked(tmp_path: Path) -> None:
    header = ["Response ID", "Which chapter are you answering for?", "Your region", *ITEMS]
    lines = [header]
    for row in range(40):
        lines.append(
            [str(100 + row), ("North", "South")[row % 2], WHERE[row], *(cells[row] for cells in ITEMS.values())]
        )
    export = tmp_path / "answers.csv"
    export.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding="utf-8")
    paths = ProgrammePaths(tmp_path, "club")
    draft_in_programme(paths, 2027, [export])
    definitions = read_definitions(paths)
    assert [cut.codes for cut in definitions.waves[2027].cuts] == [("africa", "europe", "_not_said")]
    facts = examine_year(paths, definitions, 2027)
    assert {problem.code for problem in facts.problems} & {"cut_unknown", "definition_conflict"} == set()
