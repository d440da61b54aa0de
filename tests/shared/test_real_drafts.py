"""Drafts of all real exports: what each found without help, and that what it got wrong was asked about."""

from __future__ import annotations

import pytest

from tests.shared.faults import Fault, find_faults
from tests.shared.real_years import GiveYear
from tests.shared.truth import BY_NAME, SURVEYS, needs_exports

pytestmark = needs_exports
NAMES = [export.name for export in SURVEYS]
NINE_OF_TEN = 0.9


def _spoils(name: str, faults: list[Fault]) -> list[Fault]:
    """Faults that keep a draft from counting as found: of the items, more than a tenth may not be missed."""
    missed = [fault for fault in faults if fault.part == "items" and fault.what.endswith("is missed")]
    few = len(missed) <= (1 - NINE_OF_TEN) * len(BY_NAME[name].likert)
    return [
        fault
        for fault in faults
        if fault.part in ("tool", "header rows", "respondents", "group") or (fault in missed and not few)
    ]


def test_at_least_nine_of_ten_drafts_find_what_they_are_for(real_year: GiveYear) -> None:
    """Tool, header rows, responses, the group question and the rating questions."""
    failed = {name: spoilt for name in NAMES if (spoilt := _spoils(name, find_faults(real_year(name))))}
    share = 1 - len(failed) / len(NAMES)
    told = "\n".join(f"{name}: {fault.part}: {fault.what}" for name, faults in failed.items() for fault in faults)
    print(told)
    assert share >= NINE_OF_TEN, f"{share:.0%} of {len(NAMES)} drafts are right\n{told}"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_that_nobody_was_asked_about(real_year: GiveYear, name: str) -> None:
    assert [fault for fault in find_faults(real_year(name)) if not fault.asked] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_tool_is_found_from_the_content(real_year: GiveYear, name: str) -> None:
    assert real_year(name).settings["tool"] in BY_NAME[name].facts["tool"]


@pytest.mark.parametrize("name", NAMES)
def test_the_header_rows_are_counted(real_year: GiveYear, name: str) -> None:
    assert real_year(name).settings["header_rows"] == BY_NAME[name].facts["header_rows"]


@pytest.mark.parametrize("name", [name for name in NAMES if BY_NAME[name].likert])
def test_nine_of_ten_rating_questions_are_found(real_year: GiveYear, name: str) -> None:
    wanted = {likert.position for likert in BY_NAME[name].likert}
    found = real_year(name).positions("item")
    assert len(wanted & found) >= NINE_OF_TEN * len(wanted), f"columns {sorted(wanted - found)} are missed"


@pytest.mark.parametrize("name", [export.name for export in SURVEYS if not export.facts.get("acceptable", [None])])
def test_a_group_question_that_leaves_no_doubt_is_found(real_year: GiveYear, name: str) -> None:
    year, export = real_year(name), BY_NAME[name]
    assert export.group_positions <= year.positions("group")
    assert year.positions("group") <= export.group_positions | export.positions("unsure")


@pytest.mark.parametrize("name", [export.name for export in SURVEYS if export.facts.get("asks")])
def test_numbers_without_labels_are_asked_about(real_year: GiveYear, name: str) -> None:
    assert {"items.csv", "scales.csv"} & {question.file for question in real_year(name).draft.questions}


@pytest.mark.parametrize("name", NAMES)
def test_open_questions_stop_the_reading(real_year: GiveYear, name: str) -> None:
    year = real_year(name)
    if year.draft.questions:
        assert set(year.undecided) == {"draft_open"}


@pytest.mark.parametrize("name", [name for name in NAMES if BY_NAME[name].facts.get("personal")])
def test_personal_data_is_recognised_and_declared_nowhere(real_year: GiveYear, name: str) -> None:
    year, personal = real_year(name), BY_NAME[name].positions("personal")
    assert personal <= {column.position for column in year.draft.columns if column.taken_for == "personal"}
    assert personal.isdisjoint(year.roles().values()) or year.definitions is None


@pytest.mark.parametrize("name", NAMES)
def test_times_and_ids_are_read_from_columns_that_hold_them(real_year: GiveYear, name: str) -> None:
    year, export = real_year(name), BY_NAME[name]
    assert year.positions("respondent") <= export.positions("id")
    assert year.positions("started") | year.positions("finished") <= export.positions("dates")
