"""Which group a response is for: names, aliases of a year, columns per option, lists in a cell, several groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.responses import classify_responses
from pipeline.ingest.validate import make_answers, make_comments, make_respondents
from pipeline.ingest.wave import read_wave
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.store.crosschecks import check_definitions
from pipeline.store.definitions import read_definitions
from pipeline.store.errors import UserError
from pipeline.store.tables import conform
from tests.helpers import make_answers as answer
from tests.helpers import make_definitions
from tests.programme_files import edit, write_programme

FULL = "Agree,Disagree,Agree,Neither"
ITEMS = "Q1,Q2,Q3,Q4"


def read(tmp_path: Path, header: str, rows: list[str], settings: str = "", **tables: str):
    """Group codes of the rows, problems by code, and everything needed to go on."""
    paths = write_programme(tmp_path, [2025], tables=tables)
    (paths.exports(2025) / "export.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    survey = paths.wave(2025) / "survey.toml"
    if "group_column =" in settings:
        edit(survey, 'group_columns = ["Group"]\n', "")
    survey.write_text(survey.read_text(encoding="utf-8") + settings, encoding="utf-8")
    definitions = read_definitions(paths)
    coded, problems = harmonise_answers(read_wave(paths, definitions, 2025)[0], definitions, 2025)
    return coded, {problem.code: problem for problem in problems}, definitions


def groups(tmp_path: Path, cells: list[str], settings: str = "", **tables: str) -> list[str]:
    coded, _, _ = read(tmp_path, f"Group,{ITEMS}", [f'"{cell}",{FULL}' for cell in cells], settings, **tables)
    return [str(code) for code in coded["group"]]


def test_names_are_recognised_whatever_distinguishes_no_name(tmp_path) -> None:
    cells = [
        "North",
        " north  HOUSE ",
        "North\u00a0house",
        "<b>North</b> house",
        "N. house",
        "NORTHERN\u200b",
        "Ｎorth",
    ]
    assert groups(tmp_path, cells) == ["North"] * 7


ALIASES = """\
alias,group,since,until
Boreal,North,,2024
Boreal,South,2025,
Austral,South,2020,2024
Nowhere,_none,,
Little isle,Islet,,
"""


def test_an_alias_means_its_group_in_its_years_only(tmp_path) -> None:
    cells = ["Boreal", "Nowhere", "little ISLE"]
    assert groups(tmp_path, cells, aliases=ALIASES) == ["South", "_none", "House"]


def test_an_alias_of_other_years_is_unknown_and_the_message_says_so_without_it(tmp_path) -> None:
    rows = [f"North,{FULL}", f"Austral,{FULL}", f"Atlantis,{FULL}"]
    _, problems, _ = read(tmp_path, f"Group,{ITEMS}", rows, aliases=ALIASES)
    found = problems["group_undeclared"]
    assert (found.row, found.column) == (3, "Group")
    assert "2 responses" in found.what
    assert "knows the name of 1 of them, but not for 2025" in found.what
    assert not any(name in found.describe() for name in ("Austral", "Atlantis"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Twin,North,,2025\nTwin,South,2025,\n", "in the same years"),
        ("Twin,North,,\ntwin ,South,,\n", "in the same years"),
        ("Twin,Atlantis,,\n", "unknown group 'Atlantis'"),
        ("Twin,North,2026,2025\n", "since 2026 until 2025"),
        ("south HOUSE,North,,\n", "while groups.csv says it is 'South'"),
    ],
)
def test_aliases_that_contradict_are_refused(tmp_path, rows: str, told: str) -> None:
    paths = write_programme(tmp_path, tables={"aliases": "alias,group,since,until\n" + rows})
    with pytest.raises(UserError) as caught:
        read_definitions(paths)
    assert {problem.code for problem in caught.value.problems} == {"definition_conflict"}
    assert told in str(caught.value)


def test_a_name_may_be_handed_on_to_a_new_group() -> None:
    old = {"group": "Old", "name": "Harbour", "until": 2024}
    later = [{"group": "New", "name": "Harbour", "since": 2025}]
    assert check_definitions(make_definitions(groups=[old, *later])) == []
    clash = check_definitions(make_definitions(groups=[old, {"group": "New", "name": "Harbour", "since": 2024}]))
    assert [problem.column for problem in clash] == ["aliases"]


QUESTION = 'group_column = "Which group?"\n'
COLUMNS = f"Which group? [North house],Which group? [South],Which group? [Other (please specify)],{ITEMS}"


@pytest.mark.parametrize("mark", ["1", "1.0", "Yes", "TRUE", "x", "✓", "Checked", "Selected", "Oui", "да", "是"])
def test_a_mark_under_an_option_means_the_option(tmp_path, mark: str) -> None:
    rows = [f"{mark},,,{FULL}", f",{mark},,{FULL}", f",,,{FULL}"]
    coded, problems, _ = read(tmp_path, COLUMNS, rows, QUESTION)
    assert coded["group"].tolist() == ["North", "South", "_none"]
    assert "group_undeclared" not in problems


@pytest.mark.parametrize("blank", ["0", "No", "False", "Not selected", "Nein", " ", "N/A"])
def test_an_option_that_is_not_chosen_names_nobody(tmp_path, blank: str) -> None:
    rows = [f"North house,{blank},{blank},{FULL}", f"{blank},south,,{FULL}"]
    coded, problems, _ = read(tmp_path, COLUMNS, rows, QUESTION)
    assert coded["group"].tolist() == ["North", "South"]
    assert "group_undeclared" not in problems


def test_an_option_offered_twice_means_one_group(tmp_path) -> None:
    header = f"Which group? [North],Which group? [South],Which group? [North],{ITEMS}"
    rows = [f"1,,,{FULL}", f",,North,{FULL}", f"1,,1,{FULL}"]
    coded, _, _ = read(tmp_path, header, rows, QUESTION)
    assert coded["group"].tolist() == ["North"] * 3


def test_another_group_or_text_under_an_option_is_refused(tmp_path) -> None:
    for at, cell in enumerate(("South", "2", "often")):
        _, problems, _ = read(tmp_path / str(at), COLUMNS, [f"{cell},,,{FULL}"], QUESTION)
        assert problems["group_undeclared"].column == "Which group? [North house]"


def test_what_people_write_in_is_a_name(tmp_path) -> None:
    rows = [f",,Northern,{FULL}", f",,Atlantis,{FULL}", f"1,,,{FULL}"]
    coded, problems, _ = read(tmp_path, COLUMNS, rows, QUESTION)
    assert coded["group"].tolist() == ["North", "_none", "North"]
    assert (problems["group_undeclared"].row, problems["group_undeclared"].column) == (
        3,
        "Which group? [Other (please specify)]",
    )


def test_other_without_a_name_is_refused_too(tmp_path) -> None:
    header = f"Which group? [North],Which group? [Other],Which group? [Other - Text],{ITEMS}"
    rows = [f",1,Northern,{FULL}", f",1,,{FULL}", f"1,1,,{FULL}"]
    coded, problems, _ = read(tmp_path, header, rows, QUESTION)
    assert coded["group"].tolist() == ["North", "_none", "North"]
    assert problems["group_undeclared"].row == 3
    assert "1 response " in problems["group_undeclared"].what


def test_write_ins_may_count_for_the_community_alone(tmp_path) -> None:
    rows = [f",,Atlantis,{FULL}", f",,Other,{FULL}", f"1,,or so,{FULL}", f"1,,,{FULL}"]
    coded, problems, _ = read(tmp_path, COLUMNS, rows, QUESTION + 'write_in_groups = "none"\n')
    assert coded["group"].tolist() == ["_none", "_none", "North", "North"]
    assert "group_undeclared" not in problems
    assert problems["group_written_in"].what.startswith("3 responses with a group written in, 2 of them")
    assert "Atlantis" not in problems["group_written_in"].describe()


def test_a_write_in_beside_a_single_choice_belongs_to_it(tmp_path) -> None:
    header = f"Which group?,Which group? [Other (please specify)],Which group? [Since when],{ITEMS}"
    rows = [f"North,,2001,{FULL}", f",Southern isles,,{FULL}", f"Other,South,,{FULL}"]
    coded, problems, _ = read(tmp_path, header, rows, QUESTION)
    assert coded["group"].tolist() == ["North", "_none", "South"]
    assert problems["group_undeclared"].row == 3


def test_more_groups_than_one_are_refused_unless_declared(tmp_path) -> None:
    _, problems, _ = read(tmp_path / "a", COLUMNS, [f"1,,,{FULL}", f"1,1,,{FULL}"], QUESTION)
    assert problems["group_undeclared"].row == 3
    assert "several_groups" in problems["group_undeclared"].describe()
    coded, problems, _ = read(tmp_path / "b", COLUMNS, [f"1,1,,{FULL}", f",1,N. house,{FULL}"], QUESTION + SEVERAL)
    assert coded["group"].tolist() == ["North|South"] * 2
    assert problems["several_groups"].what == "2 responses for several groups"


SEVERAL = "several_groups = true\n"


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("North; South", ";", "North|South"),
        ("South;North house ;", ";", "North|South"),
        ("North\nSouth\n", ";", "North|South"),
        ("Sea, sand, and stone, North", ",", "North|Sea"),
        ("North, North", ",", "North"),
        ("North, Atlantis", ",", "North"),
        ("Islet, House", ",", "House"),
        ("North, none of these", ",", "North"),
    ],
)
def test_a_separator_splits_a_cell_into_names(tmp_path, cell: str, mark: str, expected: str) -> None:
    table = "group,name,parent,kind,aliases\nHouse,House,,rollup,\nNorth,North house,House,answers,\n"
    table += 'South,South house,House,answers,\nIslet,Islet,House,folded,\nSea,"Sea, sand, and stone",,answers,\n'
    settings = SEVERAL + f'group_separator = "{mark}"\nno_group_values = ["None of these"]\nwrite_in_groups = "none"\n'
    assert groups(tmp_path, [cell], settings, groups=table) == [expected]


def test_options_are_found_by_the_codes_of_a_question(tmp_path) -> None:
    import pyarrow as pa

    from pipeline.ingest.columns import match_roles
    from pipeline.ingest.readers import RawTable

    paths = write_programme(tmp_path, [2025])
    edit(paths.wave(2025) / "survey.toml", 'group_columns = ["Group"]', 'group_column = "Q9"')
    headers = ("Your group [North]", "Your group [South]", "Q1", "Q2", "Q3", "Q4", "Years")
    codes = ("Q9_1", "Q9_2", "", "", "", "", "Q90")
    column = pa.array(["1"]).dictionary_encode()
    table = RawTable("export.csv", "", headers, (column,) * 7, 2, codes)
    chosen, problems = match_roles(table, read_definitions(paths).waves[2025])
    assert problems == []
    assert {role: at for role, at in chosen.items() if role.startswith("group")} == {
        "group:0:North": 0,
        "group:0:South": 1,
    }


def follow(tmp_path, rows: list[str], header: str = f"Id,Group,{ITEMS},Remark", settings: str = ""):
    """The stored tables of a wave whose people may name several groups."""
    settings = SEVERAL + 'group_separator = ";"\nrespondent_column = "Id"\ncomment_columns = ["Remark"]\n' + settings
    coded, _, definitions = read(tmp_path, header, rows, settings)
    classified, problems = classify_responses(coded, definitions, 2025)
    wave = definitions.waves[2025]
    respondents = conform(make_respondents(classified, wave), "respondents")
    return respondents, conform(make_answers(classified, wave), "answers"), classified, problems, definitions


BOTH = [f"a,North;South,{FULL},Good", f"b,North,{FULL},", f"c,,{FULL},", f"b,South,{FULL},"]


def test_a_response_counts_once_in_each_group_and_once_in_all(tmp_path) -> None:
    respondents, answers, classified, _, definitions = follow(tmp_path, BOTH)
    assert respondents["row"].tolist().count(2) == 2
    responses = count_responses(respondents, definitions, 2025)
    n = dict(zip(responses["group"], responses["n"], strict=True))
    assert n == {"House": 3, "North": 2, "South": 2, "_all": 4, "_none": 1}
    scores = score_wave(answers, responses, definitions, 2025)
    pooled = scores[(scores["measure"] == "P1") & (scores["aggregation"].isin(["own", "pooled"]))].set_index("group")
    assert pooled["n"].to_dict() == {"House": 3, "North": 2, "South": 2, "_all": 4, "_none": 1}
    assert pooled["answers_n"].to_dict() == {"House": 6, "North": 4, "South": 4, "_all": 8, "_none": 2}
    counts = count_items(answers, definitions, 2025)
    q1 = counts[(counts["item"] == "q1") & (counts["value"] == 4)].set_index("group")["n"].to_dict()
    assert q1 == {"House": 3, "North": 2, "South": 2, "_all": 4, "_none": 1}
    comments = make_comments(classified, definitions.waves[2025])
    assert comments["group"].tolist() == ["North", "South"]


def test_one_person_with_two_responses_is_two_responses(tmp_path) -> None:
    respondents, _, _, _, _ = follow(tmp_path, BOTH)
    by_row = respondents.groupby("row", observed=True)["respondent"].agg(set)
    assert len(by_row[2]) == 1
    assert by_row[3] != by_row[5]


def test_exclusions_are_counted_before_responses_are_split(tmp_path) -> None:
    rows = [f"a,North;South,{FULL},", f"a,South;House,{FULL},", f"a,House,{FULL},", "d,North;South,,,,,"]
    _, _, classified, problems, _ = follow(tmp_path, rows)
    assert {problem.code: problem.what for problem in problems} == {
        "excluded_duplicate": "1 duplicate response",
        "excluded_empty": "1 response without a single answer",
    }
    status = classified.groupby("row")["reason"].agg(set).to_dict()
    assert status == {2: {""}, 3: {"excluded_duplicate"}, 4: {""}, 5: {"excluded_empty"}}


def test_pooled_changes_count_a_response_once() -> None:
    groups = [{"group": "H", "kind": "rollup"}, {"group": "A", "parent": "H"}, {"group": "B", "parent": "H"}]
    definitions = make_definitions(groups=groups, years=[2026, 2027], wave={"several_groups": True})
    answers = {}
    for year, value in ((2026, 2), (2027, 4)):
        own = {f"r{n}": [value, 1 + n % 5] for n in range(8)}
        answers[year] = answer({"A": own, "B": {"r0": own["r0"], "r1": own["r1"], "s": [3, 3]}}, definitions, year)
    trends = compare_years(answers, definitions, 2027).trends
    pooled = trends[trends["aggregation"] == "pooled"].set_index("group")
    assert pooled["n_from"].to_dict() == pooled["n_to"].to_dict() == {"H": 9, "_all": 9}
    own = trends[trends["aggregation"] == "own"].set_index("group")
    assert own["n_to"].to_dict() == {"A": 8, "B": 3}


def test_without_several_groups_one_pseudonym_in_two_groups_is_two_responses() -> None:
    groups = [{"group": "H", "kind": "rollup"}, {"group": "A", "parent": "H"}, {"group": "B", "parent": "H"}]
    answers = {"A": {"r": [1, 2]}, "B": {"r": [3, 4]}}
    for several, expected in ((False, 2), (True, 1)):
        definitions = make_definitions(groups=groups, wave={"several_groups": several})
        counts = count_items(answer(answers, definitions), definitions, 2027)
        total = counts[(counts["group"] == "_all") & (counts["item"] == "q1")]["n"].sum()
        assert total == expected


def test_a_file_may_hold_statements_of_groups_beside_individual_answers(tmp_path) -> None:
    paths = write_programme(tmp_path, [2025])
    for name in ("people", "groups"):
        rows = "".join(f"North,{FULL}\n" for _ in range(2 if name == "people" else 1))
        (paths.exports(2025) / f"{name}.csv").write_text(f"Group,{ITEMS}\n{rows}South,{FULL}\n", encoding="utf-8")
    survey = paths.wave(2025) / "survey.toml"
    text = '[[files]]\nfile = "people.csv"\n[[files]]\nfile = "groups.csv"\nlevel = "group"\n'
    survey.write_text(survey.read_text(encoding="utf-8") + text, encoding="utf-8")
    definitions = read_definitions(paths)
    coded, _ = harmonise_answers(read_wave(paths, definitions, 2025)[0], definitions, 2025)
    classified, _ = classify_responses(coded, definitions, 2025)
    wave = definitions.waves[2025]
    assert make_answers(classified, wave).groupby("level", observed=True).size().to_dict() == {
        "individual": 12,
        "group": 8,
    }
    responses = count_responses(make_respondents(classified, wave), definitions, 2025).set_index("group")
    assert responses.loc[["North", "South", "_all"], "n"].tolist() == [2, 1, 3]
