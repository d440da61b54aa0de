"""Every real export is read exactly: rows, columns, responses, every answer to every rating question, group sizes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable

import pandas as pd
import pytest

from pipeline.ingest.groups import SEVERAL
from pipeline.ingest.harmonise import code_labels
from pipeline.store.labels import normalise_label
from pipeline.store.names import group_names
from schemas.definitions import NO_GROUP
from tests.shared.real_years import YEAR, GiveYear, RealYear
from tests.shared.truth import BY_NAME, EXPORTS, JUDGED, SHARED, SURVEYS, Likert, needs_exports

pytestmark = needs_exports
NAMES = [export.name for export in EXPORTS]
RATED = [(export.name, scale) for export in SURVEYS for scale in export.facts["likert"]]
SIZED = [export.name for export in SURVEYS if "sizes" in export.facts]
UNRATED = [export.name for export in SURVEYS if not export.likert and not export.facts.get("unsure")]

EMPTY_EDGES = {
    "spack/spack-user-survey-2020-responses.xlsx": (59, 0),
    "spack/spack-user-survey-2021-responses.xlsx": (0, 1),
}
"""Formatted rows and columns at the end of a sheet that hold nothing; they are cut off."""

NOBODY = -999
"""In place of the value of an option that nobody chose."""


def test_every_export_of_the_collection_is_judged() -> None:
    reports = {".md", ".markdown", ".json"}
    present = {path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*") if path.is_file()}
    assert {name for name in present if not any(name.endswith(end) for end in reports)} == set(BY_NAME)


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_columns_are_the_files(real_year: GiveYear, name: str) -> None:
    facts, table = BY_NAME[name].facts, real_year(name).table
    rows, columns = EMPTY_EDGES.get(name, (0, 0))
    assert (table.n_rows + rows, len(table.headers) + columns) == (facts["rows"], facts["columns"])


@pytest.mark.parametrize("name", NAMES)
def test_respondents_are_the_rows_with_any_text(real_year: GiveYear, name: str) -> None:
    year, expected = real_year(name), BY_NAME[name].facts["respondents"]
    assert year.settings["respondents"] == expected
    if year.coded is not None:
        assert len(year.coded) == expected
        assert "respondents_differ" not in {problem.code for problem in year.problems}


@pytest.mark.parametrize(("name", "scale"), RATED)
def test_answers_counted_with_scales_written_by_hand(real_year: GiveYear, name: str, scale: str) -> None:
    year, expected, found = real_year(name), {}, {}
    empty_rows = year.table.n_rows - year.export.facts["respondents"]
    for likert in _of_scale(name, scale):
        column = year.table.columns[likert.position]
        texts = pd.Series(
            pd.Categorical.from_codes(column.indices.to_numpy(), pd.Index(column.dictionary.to_pylist(), dtype="str"))
        )
        value, kind, unknown = code_labels(texts, likert.make_points())
        expected[likert.position] = (_join_kinds(likert, likert.counts), 0)
        blanks = _count_blanks(year, likert.position) + empty_rows
        found[likert.position] = (_count(value, kind, range(1, likert.answers + 1), blanks), int(unknown.sum()))
    assert found == expected


@pytest.mark.parametrize(("name", "scale"), RATED)
def test_answers_counted_with_drafted_scales(real_year: GiveYear, name: str, scale: str) -> None:
    """By the drafted items and scales; which place each label got is judged with the drafts."""
    year, expected, found = real_year(name), {}, {}
    if year.coded is None:
        pytest.fail(f"the drafted year cannot be read: {[problem.describe() for problem in year.refusal]}")
    for likert in _of_scale(name, scale):
        code = year.item_at(likert.position)
        values = _drafted_values(year, likert, code)
        falling = JUDGED["scales"][scale].get("either") and values == sorted(values, reverse=True)
        expected[likert.position] = _join_kinds(likert, likert.counts)
        blanks = _count_blanks(year, likert.position)
        found[likert.position] = _count(year.coded[f"value:{code}"], year.coded[f"kind:{code}"], values, blanks)
        if not falling and "either way round" not in JUDGED["scales"][scale].get("note", ""):
            known = [value for value in values if value != NOBODY]
            assert known == sorted(known)
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_drafted_year_reads_without_errors_or_asked_what_to_score(real_year: GiveYear, name: str) -> None:
    """With every proposal taken as it is, the year is read; only a file without a rating question is not."""
    year = real_year(name)
    if year.draft.items:
        assert [problem.describe() for problem in year.refusal] == []
        assert [problem.describe() for problem in year.problems if problem.kind.severity == "error"] == []
    else:
        assert [problem.code for problem in year.refusal] == ["draft_open"]
        assert any(question.question == "Which columns are questions to score?" for question in year.draft.questions)


@pytest.mark.parametrize("name", UNRATED)
def test_no_rating_question_is_invented(real_year: GiveYear, name: str) -> None:
    assert [item.column for item in real_year(name).draft.items] == []


@pytest.mark.parametrize("name", [export.name for export in EXPORTS if not export.is_survey])
def test_a_table_that_holds_no_responses_is_never_read_as_a_survey(real_year: GiveYear, name: str) -> None:
    year = real_year(name)
    assert (year.coded, year.draft.items) == (None, ())
    assert year.refusal


@pytest.mark.parametrize("name", [name for name in SIZED if len(BY_NAME[name].group_positions) == 1])
def test_groups_have_the_sizes_the_file_has(real_year: GiveYear, name: str) -> None:
    year = real_year(name)
    sizes = {group: n for group, n in BY_NAME[name].facts["sizes"].items() if group}
    found = {year.definitions.group_name(code): n for code, n in _group_sizes(year).items() if code != NO_GROUP}
    assert {group: found.get(group, 0) for group in sizes} == sizes


@pytest.mark.parametrize("name", [name for name in SIZED if len(BY_NAME[name].group_positions) > 1])
def test_groups_with_a_column_each_have_the_sizes_the_file_has(real_year: GiveYear, name: str) -> None:
    """A group that is offered in two columns counts a person once."""
    year, (options, chosen) = real_year(name), _read_choices(name)
    sizes = {options[int(at)]: n for at, n in BY_NAME[name].facts["sizes"].items() if n}
    codes, found = group_names(year.definitions, YEAR).codes, _group_sizes(year)
    twice = {option for option, n in Counter(options.values()).items() if n > 1}
    expected = Counter(option for row in chosen for option in row)
    assert {option: n for option, n in sizes.items() if option not in twice}.items() <= expected.items()
    assert {option: found[codes[normalise_label(option)]] for option in expected} == expected
    assert sum(found.values()) - found[NO_GROUP] == expected.total()


@pytest.mark.parametrize("name", [name for name in SIZED if name.startswith("spack")])
def test_what_one_person_wrote_beside_the_offered_groups_is_no_group(real_year: GiveYear, name: str) -> None:
    facts = BY_NAME[name].facts
    sizes = {group: n for group, n in facts["sizes"].items() if group}
    found = _group_sizes(real_year(name))
    assert len(found - Counter(NO_GROUP)) >= len(sizes)
    assert found[NO_GROUP] == facts["respondents"] - sum(sizes.values())


@pytest.mark.parametrize("name", [name for name in SIZED if name.startswith("cncf")])
def test_people_of_several_groups_stay_one_response(real_year: GiveYear, name: str) -> None:
    year, (_, chosen) = real_year(name), _read_choices(name)
    several = Counter(len(group.split(SEVERAL)) for group in year.coded["group"] if group != NO_GROUP)
    assert several == Counter(len(row) for row in chosen if row)
    assert several.keys() > {1}
    assert len(year.coded) == BY_NAME[name].facts["respondents"]


def test_alchemer_keeps_partial_responses_and_rows_without_an_answer_apart(real_year: GiveYear) -> None:
    table = real_year("alchemer/20160115235816-SurveyExport.csv").table
    cells = [[column.dictionary[code].as_py() for code in column.indices.to_pylist()] for column in table.columns]
    assert Counter(cells[BY_NAME["alchemer/20160115235816-SurveyExport.csv"].facts["status"]])["Partial"] == 927
    asked = [at for at in range(len(table.headers)) if at not in table.roles]
    assert sum(not any(cells[at][row].strip() for at in asked) for row in range(table.n_rows)) == 614


def _of_scale(name: str, scale: str) -> list[Likert]:
    return [likert for likert in BY_NAME[name].likert if likert.scale == scale]


def _read_choices(name: str) -> tuple[dict[int, str], list[set[str]]]:
    """The option of each group column, and the options each response chose, straight from the file."""
    export = BY_NAME[name]
    with export.path.open(encoding="utf-8-sig", newline="") as lines:
        _, second, *rows = csv.reader(lines)
    options = {at: second[at].strip() for at in export.group_positions}
    return options, [{option for at, option in options.items() if row[at].strip()} for row in rows if any(row)]


def _join_kinds(likert: Likert, counts: tuple[int, ...]) -> tuple[int, ...]:
    """Counts of the answers, then of everything that is a non-answer and not a blank cell."""
    return (*counts[: likert.answers], sum(counts[likert.answers :]))


def _count(value: pd.Series, kind: pd.Series, values: Iterable[int], blanks: int) -> tuple[int, ...]:
    """How often each value was given, then how many other cells hold text."""
    given = Counter(value.dropna().astype(int))
    return (*(given[each] for each in values), int((kind != "answer").sum()) - blanks)


def _count_blanks(year: RealYear, position: int) -> int:
    """Blank cells of a column, in rows that hold any text at all."""
    column = year.table.columns[position]
    blank = [code for code, text in enumerate(column.dictionary.to_pylist()) if not text.strip()]
    empty_rows = year.table.n_rows - year.export.facts["respondents"]
    return sum(code in blank for code in column.indices.to_pylist()) - empty_rows


def _drafted_values(year: RealYear, likert: Likert, code: str) -> list[int]:
    """The value of each judged answer in the drafted scale; NOBODY for one that nobody gave and the draft cannot know."""
    item = year.definitions.waves[YEAR].item_by_code[code]
    column = pd.Series(
        pd.Categorical.from_codes(
            range(likert.answers), [option.spellings[0] for option in likert.options[: likert.answers]]
        )
    )
    value, _, _ = code_labels(column, year.definitions.waves[YEAR].scales[item.scale])
    for at, option in enumerate(likert.options[: likert.answers]):
        for spelling in option.spellings[1:]:
            if pd.isna(value[at]):
                again = pd.Series(pd.Categorical.from_codes([0], [spelling]))
                value[at] = code_labels(again, year.definitions.waves[YEAR].scales[item.scale])[0][0]
    return [int(each) for each in value.fillna(NOBODY)]


def _group_sizes(year: RealYear) -> Counter[str]:
    """Responses that name each group; one that names several counts in each."""
    return Counter(code for group in year.coded["group"] for code in group.split(SEVERAL))
