"""The same people give the same answers, whatever the form of their file and the order of its rows and columns."""

from __future__ import annotations

import csv
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.responses import classify_responses
from pipeline.ingest.wave import read_wave
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.problems import Problem
from tests.programme_files import edit, write_programme
from tests.property.tables import Rows, write_text
from tests.zoo.kit import book, pack_gzip, pack_zip

ANSWERS = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree", "No opinion", ""]
VALUES = {label: value for value, label in enumerate(ANSWERS[:5], start=1)}

# shrinking what took a programme on disk would take minutes
PHASES = [Phase.explicit, Phase.generate]
few = settings(max_examples=40, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[ProgrammePaths, Definitions]:
    """A programme of one year whose responses have an id."""
    paths = write_programme(tmp_path_factory.mktemp("programme"), [2026])
    edit(paths.wave(2026) / "survey.toml", 'tool = "plain"', 'tool = "plain"\nrespondent_column = "ID"')
    return paths, read_definitions(paths)


PERSON = st.tuples(st.sampled_from(["North house", "South"]), *[st.sampled_from(ANSWERS)] * 4)
PEOPLE = st.lists(PERSON, min_size=2, max_size=10)


def write_people(
    people: list[tuple[str, ...]], order: random.Random, ids: list[int] | None = None, more: int = 0
) -> Rows:
    """Rows of people in any order, their columns in any order, with columns nobody declared."""
    headers = ["ID", "Group", "Q1", "Q2", "Q3", "Q4", *[f"Extra {n}" for n in range(more)]]
    rows = [[f"r{100 + n}", *person, *[f"x{n}"] * more] for n, person in enumerate(people) if ids is None or n in ids]
    order.shuffle(rows)
    columns = list(range(len(headers)))
    order.shuffle(columns)
    return [[row[at] for at in columns] for row in [headers, *rows]]


def ingest(
    year: tuple[ProgrammePaths, Definitions], files: dict[str, bytes]
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """What each counted response answers, by its pseudonym, and the problems."""
    paths, definitions = year
    for old in paths.exports(2026).iterdir():
        old.unlink()
    for name, data in files.items():
        (paths.exports(2026) / name).write_bytes(data)
    texts, problems = read_wave(paths, definitions, 2026)
    coded, found = harmonise_answers(texts, definitions, 2026)
    classified, more = classify_responses(coded, definitions, 2026)
    kept = classified[classified["reason"] != "excluded_duplicate"]
    columns = ["group", *(f"{part}:q{n}" for n in range(1, 5) for part in ("value", "kind"))]
    told = kept[columns].astype("string").fillna("").to_numpy().tolist()
    answers = dict(zip(kept["respondent"], map(tuple, told), strict=True))
    assert len(answers) == len(kept)
    return answers, [*problems, *found, *more]


def expect(people: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What people answered, as the test's own reading of the scale has it."""
    kinds = {"No opinion": "no_opinion", "": "missing"}
    codes = {"North house": "North", "South": "South"}
    return [
        (
            codes[person[0]],
            *(part for label in person[1:] for part in (str(VALUES.get(label, "")), kinds.get(label, "answer"))),
        )
        for person in people
    ]


FORMS = st.sampled_from(["csv", "semicolons", "UTF-16", "quoted", "workbook", "gzip", "zip"])


def write_form(rows: Rows, form: str) -> bytes:
    return {
        "csv": lambda: write_text(rows),
        "semicolons": lambda: write_text(rows, ";", "\n", "utf-8-sig"),
        "UTF-16": lambda: write_text(rows, "\t", encoding="utf-16"),
        "quoted": lambda: write_text(rows, quoting=csv.QUOTE_ALL),
        "workbook": lambda: book({"A": rows}),
        "gzip": lambda: pack_gzip(write_text(rows)),
        "zip": lambda: pack_zip({"e.csv": write_text(rows)}),
    }[form]()


@few
@given(PEOPLE, st.integers(0, 999), FORMS, st.integers(0, 3))
def test_answers_are_the_same_in_any_order_and_form(
    year: tuple[ProgrammePaths, Definitions], people: list[tuple[str, ...]], seed: int, form: str, more: int
) -> None:
    straight, _ = ingest(year, {"e.csv": write_text(write_people(people, NoOrder()))})
    shuffled, _ = ingest(year, {"e.csv": write_form(write_people(people, random.Random(seed), more=more), form)})
    assert shuffled == straight
    assert sorted(straight.values()) == sorted(expect(people))


@few
@given(PEOPLE, st.integers(0, 999), st.integers(0, 5))
def test_a_column_that_is_there_twice_is_told_and_never_chosen_from(
    year: tuple[ProgrammePaths, Definitions], people: list[tuple[str, ...]], seed: int, which: int
) -> None:
    order = random.Random(seed)
    rows = write_people(people, order)
    at = rows[0].index(["ID", "Group", "Q1", "Q2", "Q3", "Q4"][which])
    place = order.randrange(len(rows[0]) + 1)
    twice = [[*row[:place], row[at], *row[place:]] for row in rows]
    with pytest.raises(UserError) as stopped:
        ingest(year, {"e.csv": write_text(twice)})
    assert {problem.code for problem in stopped.value.problems} <= {"column_twice", "block_beside"}


@few
@given(PEOPLE, st.integers(0, 999), st.data())
def test_people_in_two_files_count_once_or_stop_the_run(
    year: tuple[ProgrammePaths, Definitions], people: list[tuple[str, ...]], seed: int, data: st.DataObject
) -> None:
    ids = st.lists(st.integers(0, len(people) - 1), min_size=1, unique=True)
    first, second = data.draw(ids), data.draw(ids)
    order = random.Random(seed)
    files = {name: write_text(write_people(people, order, own)) for name, own in (("a.csv", first), ("b.csv", second))}
    try:
        answers, problems = ingest(year, files)
    except UserError as error:
        assert {problem.code for problem in error.problems} <= {"export_twice"}
        assert set(first) & set(second)
        return
    both = sorted({*first, *second})
    assert sorted(answers.values()) == sorted(expect([people[n] for n in both]))
    if set(first) & set(second):
        assert {problem.code for problem in problems} & {"excluded_duplicate", "export_superseded"}


class NoOrder(random.Random):
    """Leaves everything where it is."""

    def shuffle(self, x: object) -> None:  # type: ignore[override]
        """Nothing."""
