"""Comparing years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.score.common_items import find_common_items
from pipeline.score.compare import compare_years
from pipeline.store.definitions import Definitions
from tests.helpers import make_answers, make_definitions, make_people, pick

LOW, HIGH = [1, 1, 2, 2, 1, 2, 1, 2, 1, 2], [4, 5, 5, 4, 4, 5, 5, 4, 5, 4]  # means 12.5 and 87.5
MIDDLE = [3, 3, 2, 4, 3, 3, 3, 3, 2, 4]


def compare(by_year: dict[int, dict[str, Any]], definitions: Definitions, year: int | None = None) -> pd.DataFrame:
    answers = {wave: make_answers(people, definitions, wave) for wave, people in by_year.items()}
    return compare_years(answers, definitions, max(by_year) if year is None else year).trends


def items_of(*codes: str, **special: dict[str, Any]) -> dict[str, Any]:
    return {code: {"principle": "P1"} | special.get(code, {}) for code in codes}


def test_a_clear_rise_is_an_improvement() -> None:
    definitions = make_definitions(years=(2026, 2027))
    row = pick(
        compare({2026: {"North": make_people(LOW)}, 2027: {"North": make_people(HIGH)}}, definitions), group="North"
    )
    assert (row["verdict"], row["pattern"], row["method"]) == ("improved", "", "welch_permutation")
    assert (row["mean_from"], row["mean_to"], row["difference"]) == (12.5, 87.5, 75)
    assert (row["n_from"], row["n_to"], row["items_common"], row["items_left_out"]) == (10, 10, 2, "")
    assert (row["basis"], row["wave"]) == ("common:2026-2027", "2027")
    variance = 10 * 12.5**2 / 9
    assert row["se"] == pytest.approx(np.sqrt(2 * variance / 10))
    assert row["ci_high"] == pytest.approx(75 + 2.100922 * row["se"], abs=1e-4)
    assert row["mdc80"] == pytest.approx((2.100922 + 0.862048) * row["se"], abs=1e-4)
    assert row["p_value"] == pytest.approx(1 / 10_000)


def test_the_same_answers_are_no_meaningful_change_only_when_the_interval_is_narrow() -> None:
    definitions = make_definitions(years=(2026, 2027))
    few = {year: {"North": make_people([1, 2, 3, 4, 5])} for year in (2026, 2027)}
    many = {year: {"North": make_people([3, 4] * 20)} for year in (2026, 2027)}
    assert pick(compare(few, definitions), group="North")["verdict"] == "cannot_tell"
    assert pick(compare(many, definitions), group="North")["verdict"] == "no_meaningful_change"


def test_p_values_are_adjusted_within_a_group_and_marked_over_groups() -> None:
    """Two principles per group: Holm doubles the smaller p; Benjamini-Hochberg sees all four of ``own``."""
    definitions = make_definitions(
        groups=["North", "South"], principles=["P1", "P2"], items={"q1": "P1", "q2": "P2"}, years=(2026, 2027)
    )
    north = {2026: [[1, 3]] * 3 + [[2, 2]] * 3, 2027: [[4, 3]] * 3 + [[5, 2]] * 3}
    south = {2026: [[3, 2]] * 3 + [[2, 4]] * 3, 2027: [[3, 2]] * 3 + [[2, 5]] * 3}
    by_year = {
        year: {
            "North": {f"n{i}": v for i, v in enumerate(north[year])},
            "South": {f"s{i}": v for i, v in enumerate(south[year])},
        }
        for year in (2026, 2027)
    }
    table = compare(by_year, definitions)
    raw = {(g, m): pick(table, group=g, measure=m)["p_value"] for g in ("North", "South") for m in ("P1", "P2")}
    assert raw["North", "P1"] == pytest.approx(2 / 924)
    assert pick(table, group="North", measure="P1")["p_adjusted"] == pytest.approx(4 / 924)
    assert pick(table, group="North", measure="P1")["p_bh"] == pytest.approx(8 / 924)
    assert pick(table, group="North", measure="P2")["p_adjusted"] == 1
    assert table.loc[table["group"] == "_all", "p_bh"].isna().all()


def test_only_comparable_items_count_and_the_others_are_named() -> None:
    definitions = make_definitions(
        years=(2026, 2027),
        scales={"agree": 5, "effective": 7},
        items_by_year={
            2026: items_of("q1", "q2", "q3", "q4", "old"),
            2027: items_of(
                "q1", "q2b", "q3", "q4", "new",
                q2b={"same_as": "q2", "comparability": "editorial"}, q3={"comparability": "substantive"},
                q4={"scale": "effective", "comparability": "scale change"},
            ),
        },
    )  # fmt: skip
    common = find_common_items(definitions, 2026, 2027, "P1")
    assert [item.item for item in common.items_from] == ["q1", "q2"]
    assert [item.item for item in common.items_to] == ["q1", "q2b"]
    assert common.left_out == "new: new; old: dropped; q3: substantive; q4: scale change"
    before = {f"r{n}": [2, 2, 5, 5, 5] for n in range(6)} | {"x": [3, 3, 5, 5, 5]}
    after = {f"r{n}": [4, 4, 1, 1, 1] for n in range(6)} | {"x": [3, 3, 1, 1, 1], "half": [4, None, 1, 1, 1]}
    row = pick(compare({2026: {"North": before}, 2027: {"North": after}}, definitions), group="North")
    assert (row["n_to"], row["items_common"]) == (7, 2)
    assert row["difference"] == pytest.approx(6 * 50 / 7)


def test_an_item_that_moved_here_is_compared_with_its_own_past() -> None:
    definitions = make_definitions(
        principles=["P1", "P2"], years=(2026, 2027),
        items_by_year={
            2026: {"q1": "P1", "q2": "P1", "q3": "P2", "q4": "P2"},
            2027: {"q1": "P1", "q2": "P1", "q3": "P1", "q4": "P2"},
        },
    )  # fmt: skip
    assert [item.item for item in find_common_items(definitions, 2026, 2027, "P1").items_from] == ["q1", "q2", "q3"]
    second = find_common_items(definitions, 2026, 2027, "P2")
    assert (second.left_out, second.is_break) == ("q3: moved to another principle", True)


@pytest.mark.parametrize(
    ("before", "after", "is_break"),
    [
        (items_of("a"), items_of("a"), False),
        (items_of("a", "b"), items_of("a"), True),
        (items_of("a"), items_of("a", "c"), True),
        (items_of("a", "b"), items_of("a", "b", "c"), False),
        (items_of("a", "b"), items_of("c", "d"), True),
        ({"z": "P2"}, items_of("a"), True),
    ],
)
def test_a_series_breaks_with_too_few_common_items(before: Any, after: Any, is_break: bool) -> None:
    definitions = make_definitions(
        principles=["P1", "P2"], years=(2026, 2027), items_by_year={2026: before, 2027: after}
    )
    assert find_common_items(definitions, 2026, 2027, "P1").is_break is is_break


def test_a_break_comes_before_any_number() -> None:
    definitions = make_definitions(
        years=(2026, 2027),
        items_by_year={2026: items_of("q1", "q2"), 2027: items_of("q1", "q2", q2={"comparability": "substantive"})},
    )
    row = pick(
        compare({2026: {"North": make_people(LOW)}, 2027: {"North": make_people(HIGH[:7])}}, definitions), group="North"
    )
    assert (row["verdict"], row["reason"]) == ("break_in_series", "only one item is comparable in both years")
    assert (row["n_from"], row["n_to"], row["difference"], row["p_value"], row["mean_to"]) == (10, 7, None, None, None)


def test_too_few_people_are_observed_but_not_tested() -> None:
    definitions = make_definitions(years=(2026, 2027))
    row = pick(
        compare({2026: {"North": make_people(LOW[:4])}, 2027: {"North": make_people(HIGH)}}, definitions), group="North"
    )
    assert (row["verdict"], row["reason"]) == ("not_tested", "fewer than 5 people could be scored in 2026")
    assert (row["mean_from"], row["difference"], row["p_value"], row["ci_low"]) == (12.5, 75, None, None)


def test_an_interval_of_a_change_ends_at_100_points() -> None:
    """Four at 0 and one at 100, then the reverse: 60 ± 65 points."""
    definitions = make_definitions(years=(2026, 2027))
    by_year = {2026: {"North": make_people([1, 1, 1, 1, 5])}, 2027: {"North": make_people([5, 5, 5, 5, 1])}}
    row = pick(compare(by_year, definitions), group="North")
    assert (row["difference"], row["ci_high"]) == (60, 100)
    assert row["ci_low"] == pytest.approx(60 - 2.306004 * np.sqrt(2 * 2000 / 5), abs=1e-3)
    back = {2026: by_year[2027], 2027: by_year[2026]}
    assert pick(compare(back, definitions), group="North")["ci_low"] == -100


def test_groups_without_answers_say_why() -> None:
    definitions = make_definitions(
        groups=["North", "South", "West", {"group": "New", "since": 2027}, {"group": "Past", "until": 2026}],
        years=(2026, 2027),
        roster_by_year={2026: {"South": {"survey_held": False, "reason": "between charters"}}},
    )
    table = compare(
        {2026: {"North": make_people(LOW)}, 2027: {g: make_people(LOW) for g in ("North", "South", "New")}}, definitions
    )
    reasons = {row["group"]: row["reason"] for row in table[table["verdict"] == "not_tested"].to_dict("records")}
    assert reasons == {
        "South": "no survey was held in 2026: between charters",
        "West": "nobody answered in 2026; nobody answered in 2027",
        "New": "the group did not exist in 2026",
        "_all": "fewer than two groups have at least 5 people scored in both years",
    }


def test_a_year_of_group_statements_is_not_compared_with_peoples_answers() -> None:
    definitions = make_definitions(years=(2026, 2027), wave={"level": "group"})
    answers = {
        year: make_answers({"North": {"whole": [4, 4]}}, definitions, year, level="group") for year in (2026, 2027)
    }
    row = pick(compare_years(answers, definitions, 2027).trends, group="North")
    assert row["verdict"] == "not_tested"
    assert row["reason"].startswith("in 2026 groups answered as a whole")


def test_answers_all_alike_are_never_called_unchanged() -> None:
    definitions = make_definitions(years=(2026, 2027))
    alike = {2026: {"North": make_people([4] * 6)}, 2027: {"North": make_people([4] * 6)}}
    row = pick(compare(alike, definitions), group="North")
    assert (row["verdict"], row["p_value"], row["ci_low"]) == ("cannot_tell", 1, None)
    assert row["reason"] == "no interval: the answers show no differences to compute one from"


def test_every_group_counting_once_is_the_mean_of_the_groups_own_changes() -> None:
    """North rises by 75 (10 people each year), South falls by 75 (10 and 6), Islet has too few in 2027."""
    definitions = make_definitions(
        groups=[
            {"group": "House", "kind": "rollup"},
            *({"group": g, "parent": "House"} for g in ("North", "South", "Islet")),
        ],
        years=(2026, 2027),
    )
    table = compare(
        {
            2026: {"North": make_people(LOW), "South": make_people(HIGH), "Islet": make_people(LOW)},
            2027: {"North": make_people(HIGH), "South": make_people(LOW[:6]), "Islet": make_people(HIGH[:4])},
        },
        definitions,
    )
    row = pick(table, group="House", aggregation="groups_equal")
    assert (row["n_from"], row["n_to"], row["method"]) == (2, 2, "groups_equal_difference")
    assert (row["mean_from"], row["mean_to"], row["difference"]) == (50, 50, 0)
    ten, six = 10 * 12.5**2 / 9 / 10, 6 * 12.5**2 / 5 / 6
    assert row["se"] == pytest.approx(np.sqrt(3 * ten + six) / 2)
    df = (3 * ten + six) ** 2 / (3 * ten**2 / 9 + six**2 / 5)
    assert row["ci_high"] == pytest.approx(_t_975(df) * row["se"], abs=1e-6)
    assert (row["p_bh"], row["verdict"]) == (None, "cannot_tell")
    assert pick(table, group="House", aggregation="pooled")["n_to"] == 20


def _t_975(df: float) -> float:
    from scipy import stats

    return float(stats.t.ppf(0.975, df))


def test_a_rollup_has_its_own_meaningful_change() -> None:
    """A difference of 0 ± 7.5 (90 %) is inside ±10 but not inside ±5."""
    definitions = make_definitions(
        groups=[{"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}], years=(2026, 2027)
    )
    table = compare({year: {"North": make_people([3, 4] * 8)} for year in (2026, 2027)}, definitions)
    assert pick(table, group="North")["verdict"] == "no_meaningful_change"
    assert pick(table, group="House", aggregation="pooled")["verdict"] == "cannot_tell"


def test_three_years_have_a_pattern_on_the_first_to_last_row() -> None:
    definitions = make_definitions(groups=["Up", "Late", "Peak", "Gap"], years=(2024, 2025, 2026, 2027))
    table = compare(
        {
            2024: {"Up": make_people(HIGH)},  # older than two waves back: not read
            2025: {
                "Up": make_people(LOW),
                "Late": make_people(MIDDLE),
                "Peak": make_people(LOW),
                "Gap": make_people(LOW),
            },
            2026: {"Up": make_people(MIDDLE), "Late": make_people(LOW), "Peak": make_people(HIGH)},
            2027: {
                "Up": make_people(HIGH),
                "Late": make_people(HIGH),
                "Peak": make_people(LOW),
                "Gap": make_people(HIGH),
            },
        },
        definitions,
    )
    assert set(zip(table["year_from"], table["year_to"], strict=True)) == {(2025, 2027), (2026, 2027)}
    patterns = {group: pick(table, group=group, year_from=2025)["pattern"] for group in ("Up", "Late", "Peak", "Gap")}
    assert patterns == {"Up": "steady_improvement", "Late": "late_improvement", "Peak": "reversal", "Gap": "not_tested"}
    assert pick(table, group="Gap", year_from=2025)["verdict"] == "improved"
    assert (table.loc[table["year_from"] == 2026, "pattern"] == "").all()


def test_a_change_of_wording_in_the_middle_year_breaks_first_to_last() -> None:
    definitions = make_definitions(
        years=(2025, 2026, 2027),
        items={"q1": "P1"},
        items_by_year={2026: items_of("q1", q1={"comparability": "substantive"})},
    )
    table = compare({year: {"North": make_people(LOW, 1)} for year in (2025, 2026, 2027)}, definitions)
    row = pick(table, group="North", year_from=2025)
    assert (row["verdict"], row["pattern"], row["items_left_out"]) == (
        "break_in_series",
        "break_in_series",
        "q1: substantive",
    )
    assert pick(table, group="North", year_from=2026)["verdict"] != "break_in_series"


def test_parts_and_the_overarching_question_are_not_tested() -> None:
    definitions = make_definitions(
        principles=[
            {"principle": "PURPOSE", "kind": "overarching"},
            "P4",
            {"principle": "P4i", "kind": "part", "parent": "P4"},
        ],
        items={"q0": "PURPOSE", "q1": "P4", "q2": "P4i"},
        years=(2026, 2027),
    )
    table = compare({year: {"North": make_people(LOW, 3)} for year in (2026, 2027)}, definitions)
    assert set(table["measure"]) == {"P4"}
    assert (table["items_common"] == 2).all()


def test_a_part_left_out_is_not_compared() -> None:
    definitions = make_definitions(
        groups=["North", {"group": "South", "optional_parts": ("P4e",)}],
        principles=["P4", *({"principle": part, "kind": "part", "parent": "P4"} for part in ("P4i", "P4e"))],
        items_by_year={
            2026: {"a": "P4i", "b": "P4i", "c": "P4e"},
            2027: {"a": "P4i", "b": {"principle": "P4i", "comparability": "substantive"}, "c": "P4e"},
        },
        years=(2026, 2027),
    )
    people = {"North": make_people(LOW, 3), "South": make_people(LOW, 3)}
    table = compare({2026: people, 2027: people}, definitions)
    assert pick(table, group="North")["items_left_out"] == "b: substantive"
    assert pick(table, group="North")["verdict"] != "break_in_series"
    assert pick(table, group="South")["verdict"] == "break_in_series"


def test_a_first_year_has_no_rows() -> None:
    definitions = make_definitions(years=(2027,))
    table = compare({2027: {"North": make_people(LOW)}}, definitions)
    assert len(table) == 0
    assert "verdict" in table


def test_a_year_nobody_answered_is_not_tested() -> None:
    definitions = make_definitions(years=(2026, 2027))
    table = compare({2026: {}, 2027: {"North": make_people(LOW)}}, definitions)
    assert set(table["verdict"]) == {"not_tested"}
    assert pick(table, group="North")["reason"] == "nobody answered in 2026"


@pytest.mark.parametrize("gone", [2025, 2026])
def test_a_year_whose_answers_were_deleted_is_named_and_not_tested(gone: int) -> None:
    """The comparison of the other two years stays what it is."""
    definitions = make_definitions(years=(2025, 2026, 2027))
    people = {2025: MIDDLE, 2026: LOW, 2027: HIGH}
    answers = {year: make_answers({"North": make_people(scores)}, definitions, year) for year, scores in people.items()}
    whole = compare_years(answers, definitions, 2027)
    answers[gone] = answers[gone].iloc[:0]
    left = compare_years(answers, definitions, 2027, deleted={gone: "the answers were deleted"})
    against, other = (left.trends[left.trends["year_from"] == year] for year in (gone, 2025 + 2026 - gone))
    assert set(against["verdict"]) == {"not_tested"}
    assert set(against["reason"]) == {"the answers were deleted"}
    assert against["difference"].isna().all()
    kept = pick(whole.trends, group="North", year_from=2025 + 2026 - gone)
    same = ["mean_from", "mean_to", "difference", "p_value", "verdict", "n_from", "n_to"]
    now = pick(other, group="North")
    assert [now[name] for name in same] == [kept[name] for name in same]
    assert set(left.item_shifts["year_from"]) <= {2026} - {gone}
    assert set(left.trends["pattern"]) <= {"", "not_tested"} | ({"improved"} if gone == 2026 else set())
