"""How scores are computed: tiny answers in, expected numbers out, each worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.score.items import count_items
from pipeline.score.person_scores import person_scores
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.stats.item_scores import answers_needed
from pipeline.store.definitions import Definitions
from tests.helpers import make_answers, make_definitions, make_people, make_respondents, make_scale, pick

FIVE_ITEMS = {f"q{number}": "P1" for number in range(1, 6)}


def score(answers: pd.DataFrame, definitions: Definitions, respondents: pd.DataFrame | None = None) -> pd.DataFrame:
    year = max(definitions.years)
    people = make_respondents({}) if respondents is None else respondents
    responses = count_responses(people, definitions, year)
    return score_wave(answers, responses, definitions, year)


def test_an_item_score_runs_from_0_to_100_whatever_the_length_of_the_scale() -> None:
    definitions = make_definitions(
        items={"five": {"principle": "P1", "scale": "agree"}, "seven": {"principle": "P2", "scale": "effective"}},
        principles=["P1", "P2"],
        scales={"agree": 5, "effective": 7},
    )
    answers = make_answers({"North": {"a": [1, 1], "b": [2, 2], "c": [5, 7]}}, definitions)
    scores = person_scores(answers, definitions, 2027)
    assert scores["P1"].tolist() == [0, 25, 100]
    assert scores["P2"].tolist() == pytest.approx([0, 100 / 6, 100])


def test_a_scale_may_start_at_zero() -> None:
    points = [point.model_copy(update={"value": point.value - 1}) for point in make_scale("zero-ten", 11, ())]
    definitions = make_definitions(items={"q1": {"principle": "P1", "scale": "zero-ten"}}, scales=points)
    answers = make_answers({"North": {"a": [0], "b": [7], "c": [10]}}, definitions)
    assert person_scores(answers, definitions, 2027)["P1"].tolist() == [0, 70, 100]


def test_a_reversed_item_is_turned_round_and_so_are_its_favourable_answers() -> None:
    definitions = make_definitions(items={"q1": {"principle": "P1", "reverse": True}})
    row = pick(score(make_answers({"North": {"a": [1], "b": [2], "c": [4]}}, definitions), definitions),
               group="North", kind="item", measure="q1")  # fmt: skip
    assert row["mean"] == pytest.approx((100 + 75 + 25) / 3)
    assert (row["favourable_n"], row["answers_n"]) == (2, 3)


def test_five_items_and_ten_people_score_as_the_civil_service_engagement_index() -> None:
    """Known answers csps_eei (CSPS 2018 Full Technical Guide p. 12, OGL v3): a person has 65, the group 53."""
    definitions = make_definitions(items=FIVE_ITEMS)
    twentieths = [65, 25, 70, 35, 50, 100, 90, 40, 20, 35]
    people = {f"r{n}": _five_answers(total=value * 5 // 25) for n, value in enumerate(twentieths)}
    people["r0"] = [5, 4, 4, 3, 2]  # strongly agree, agree, agree, neither, disagree
    answers = make_answers({"North": people}, definitions)
    assert person_scores(answers, definitions, 2027)["P1"].tolist() == twentieths
    assert pick(score(answers, definitions), group="North", kind="principle")["mean"] == 53


def _five_answers(total: int) -> list[int]:
    """Five positions 1-5 whose steps above 1 add up to ``total``."""
    return [1 + min(4, max(0, total - 4 * place)) for place in range(5)]


@pytest.mark.parametrize(("items_n", "needed"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4)])
def test_a_person_is_scored_from_half_of_the_items_and_at_least_two(items_n: int, needed: int) -> None:
    assert answers_needed(items_n) == needed


def test_not_applicable_does_not_lower_the_number_of_items() -> None:
    definitions = make_definitions(items=FIVE_ITEMS)
    answers = make_answers(
        {"North": {"three": [5, 5, 4, "no_opinion", None], "two": [5, 5, *["not_applicable"] * 3]}}, definitions
    )
    scores = person_scores(answers, definitions, 2027)["P1"].droplevel("group")
    assert scores["three"] == pytest.approx((100 + 100 + 75) / 3)
    assert np.isnan(scores["two"])


def test_a_group_is_the_mean_of_its_people_and_the_mean_of_items_stands_beside_it() -> None:
    """a: (100 + 100) / 2, b: (0 + 0 + 0) / 3; of the items, q1 and q2 have 50, q3 has 0."""
    definitions = make_definitions(items={"q1": "P1", "q2": "P1", "q3": "P1"})
    row = pick(score(make_answers({"North": {"a": [5, 5, None], "b": [1, 1, 1]}}, definitions), definitions),
               group="North", kind="principle")  # fmt: skip
    assert (row["n"], row["mean"], row["mean_of_items"]) == (2, 50, pytest.approx(100 / 3))
    assert (row["favourable_n"], row["answers_n"], row["modal_n"]) == (2, 5, 1)


def test_a_principle_holds_its_parts_and_the_parts_are_scored_too() -> None:
    definitions = make_definitions(
        principles=[
            {"principle": "PURPOSE", "kind": "overarching"}, "P4",
            {"principle": "P4i", "kind": "part", "parent": "P4"}, {"principle": "P4e", "kind": "part", "parent": "P4"},
        ],
        items={"q0": "PURPOSE", "in1": "P4i", "in2": "P4i", "out1": "P4e", "out2": "P4e", "alone": ""},
    )  # fmt: skip
    table = score(make_answers({"North": {"a": [3, 5, 5, 1, 2, 4]}}, definitions), definitions)
    rows = table[(table["group"] == "North")].set_index("measure")
    assert rows["mean"].to_dict() == {
        "PURPOSE": 50, "P4": 56.25, "P4i": 100, "P4e": 12.5,
        "q0": 50, "in1": 100, "in2": 100, "out1": 0, "out2": 25, "alone": 75,
    }  # fmt: skip
    assert rows["kind"].astype("str").loc[["PURPOSE", "P4", "P4i", "alone"]].tolist() == [
        "overall",
        "principle",
        "part",
        "item",
    ]


def test_a_part_that_a_group_chose_to_leave_out_is_neither_asked_nor_missing() -> None:
    definitions = make_definitions(
        groups=["North", {"group": "South", "optional_parts": ("P4e",)}],
        principles=[
            "P4", {"principle": "P4i", "kind": "part", "parent": "P4"}, {"principle": "P4e", "kind": "part", "parent": "P4"},
        ],
        items={"in1": "P4i", "out1": "P4e", "out2": "P4e"},
    )  # fmt: skip
    people = {"a": [5, 1, None], "b": [5, None, None]}
    table = score(make_answers({"North": people, "South": people}, definitions), definitions)
    assert pick(table, group="North", measure="P4")["n"] == 1
    south = pick(table, group="South", measure="P4")
    assert (south["n"], south["mean"], south["answers_n"]) == (2, 100, 2)
    assert pick(table, group="South", measure="P4e")["reason"] == "the group chose to leave this part out"


def test_a_rollup_shows_every_response_once_and_every_group_once() -> None:
    """North: 8 people at 75; South: 6 at 25; Islet: 2 at 100, too few to stand for a group; 1 answer for House itself."""
    definitions = make_definitions(
        groups=[
            {"group": "House", "kind": "rollup"},
            *({"group": g, "parent": "House"} for g in ("North", "South", "Islet")),
        ]
    )
    answers = make_answers(
        {
            "North": make_people([4, 4, 4, 4, 3, 5, 4, 4]),
            "South": make_people([2, 2, 2, 2, 1, 3]),
            "Islet": make_people([5, 5]),
            "House": make_people([1]),
            "_none": make_people([1]),
        },
        definitions,
    )
    table = score(answers, definitions)
    table = table[table["kind"] == "principle"]
    pooled, equal = (pick(table, group="House", aggregation=way) for way in ("pooled", "groups_equal"))
    assert (pooled["n"], pooled["mean"]) == (17, pytest.approx((8 * 75 + 6 * 25 + 2 * 100 + 0) / 17))
    assert (equal["n"], equal["mean"], equal["view"]) == (2, 50, "process")
    north, south = 1250 / 7, 1250 / 5  # variances: two people 25 away from the mean
    assert equal["se"] == pytest.approx(np.sqrt(north / 8 + south / 6) / 2)
    everybody = pick(table, group="_all", aggregation="pooled")
    assert (everybody["n"], everybody["mean"]) == (18, pytest.approx(950 / 18))
    assert pick(table, group="_none")["n"] == 1
    assert not ((table["group"] == "House") & (table["aggregation"] == "own")).any()


def test_a_rollup_inside_a_rollup_is_not_a_group_that_counts_once() -> None:
    definitions = make_definitions(
        groups=[
            {"group": "House", "kind": "rollup"}, {"group": "Wing", "kind": "rollup", "parent": "House"},
            {"group": "North", "parent": "Wing"}, {"group": "South", "parent": "House"},
        ]
    )  # fmt: skip
    people = {
        "Wing": make_people([5] * 6),
        "North": make_people([1, 1, 1, 1, 1]),
        "South": make_people([3, 3, 3, 3, 3]),
    }
    table = score(make_answers(people, definitions), definitions)
    row = pick(table, group="House", kind="principle", aggregation="groups_equal")
    assert (row["n"], row["mean"]) == (2, 25)


def test_one_group_alone_is_no_average_of_groups() -> None:
    definitions = make_definitions(groups=[{"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}])
    table = score(make_answers({"North": make_people([1, 2, 3, 4, 5])}, definitions), definitions)
    row = pick(table, group="House", kind="principle", aggregation="groups_equal")
    assert (row["n"], row["mean"], row["view"]) == (1, None, "none")
    assert row["reason"] == "fewer than two groups have at least 5 people scored"


def test_groups_without_any_spread_give_an_average_without_interval() -> None:
    definitions = make_definitions(groups=["North", "South"])
    answers = make_answers({"North": make_people([4] * 5), "South": make_people([2] * 5)}, definitions)
    row = pick(score(answers, definitions), group="_all", kind="principle", aggregation="groups_equal")
    assert (row["mean"], row["se"], row["ci_low"], row["view"]) == (50, 0, None, "none")


@pytest.mark.parametrize(
    ("roster", "view", "reason"),
    [
        (12, "finite", ""),
        (5, "complete", ""),
        ({"eligible": 12, "access": "unique"}, "finite", ""),
        ({"eligible": 12, "access": "open"}, "process", "no finite-population correction: the link was open to anybody"),
        ({"eligible": 12, "unit": "seat"}, "process", "no finite-population correction: the roster counts by seat, the answers by person"),
        (4, "process", "no finite-population correction: more people answered than could, by the roster"),
        ({}, "process", "no finite-population correction: nobody has said how many could answer"),
    ],
)  # fmt: skip
def test_the_finite_population_needs_a_roster_that_fits(roster: object, view: str, reason: str) -> None:
    definitions = make_definitions(roster={"North": roster})
    answers = make_answers({"North": make_people([2, 3, 4, 5, 5])}, definitions)
    row = pick(
        score(answers, definitions, make_respondents({"North": {"complete": 5}})), group="North", kind="principle"
    )
    assert (row["view"], row["reason"], row["mean"]) == (view, reason, 70)
    if view == "process":
        assert (row["eligible"], row["possible_low"]) == (None, None)
        assert row["method"] == "mean_t"
        assert 0 < row["ci_low"] < 70 < row["ci_high"] == 100
    elif view == "complete":
        assert (row["method"], row["ci_low"], row["se"]) == ("mean_complete", None, 0)
        assert (row["possible_low"], row["possible_high"]) == (70, 70)
    else:
        assert (row["method"], row["eligible"]) == ("mean_t_fpc", 12)
        assert (row["possible_low"], row["possible_high"]) == pytest.approx((350 / 12, (350 + 700) / 12))


def test_a_rollup_has_a_finite_population_only_from_its_own_roster_row() -> None:
    groups = [{"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}]
    people = make_respondents({"North": {"complete": 3}})
    for roster, view in (({"North": 4}, "process"), ({"North": 4, "House": 9}, "finite")):
        definitions = make_definitions(groups=groups, roster=roster)
        answers = make_answers({"North": make_people([2, 3, 5])}, definitions)
        assert (
            pick(score(answers, definitions, people), group="House", kind="principle", aggregation="pooled")["view"]
            == view
        )


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([], (0, None, "none", "nobody answered in 2027")),
        ([4], (1, 75, "mean_only", "no interval: one answer")),
    ],
)
def test_where_there_is_no_interval_a_reason_stands(people: list[int], expected: tuple[object, ...]) -> None:
    definitions = make_definitions(groups=["North", "South"])
    answers = make_answers({"North": make_people(people), "South": make_people([1, 5])}, definitions)
    row = pick(score(answers, definitions), group="North", kind="principle")
    assert (row["n"], row["mean"], row["method"], row["reason"]) == expected
    assert (row["view"], row["ci_low"]) == ("none", None)


def test_answers_that_are_all_alike_still_leave_room_for_those_who_did_not_answer() -> None:
    definitions = make_definitions(roster={"North": 12})
    answers = make_answers({"North": make_people([5] * 9)}, definitions)
    row = pick(
        score(answers, definitions, make_respondents({"North": {"complete": 9}})), group="North", kind="principle"
    )
    assert (row["mean"], row["ci_high"], row["method"]) == (100, 100, "mean_polya")
    assert 90 < row["ci_low"] < 100


def test_the_interval_of_nine_of_twelve_is_that_of_the_polya_urn() -> None:
    """Counts 0 0 1 5 3 on five points: the sum of three more draws with weights n_j + 1/5, tails of 2.5 %.

    The nine have 29 of 36 points; the twelve can have 48.
    """
    definitions = make_definitions(items={"q1": "P1"}, roster={"North": 12})
    answers = make_answers({"North": make_people([3, 4, 4, 4, 4, 4, 5, 5, 5])}, definitions)
    row = pick(score(answers, definitions, make_respondents({"North": {"complete": 9}})), group="North", kind="item")
    others = _sums_of_others([0.2, 0.2, 1.2, 5.2, 3.2], 3)
    low = next(total for total in range(13) if sum(others[: total + 1]) >= 0.025)
    high = next(total for total in range(13) if sum(others[: total + 1]) >= 0.975)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * (29 + low) / 48, 100 * (29 + high) / 48))


def _sums_of_others(weights: list[float], people: int) -> list[float]:
    """Chance of each sum of points 0-4, one person after the other drawing from the urn."""
    chances = {(0, tuple(weights)): 1.0}
    for _ in range(people):
        drawn: dict[tuple[int, tuple[float, ...]], float] = {}
        for (total, urn), chance in chances.items():
            for point, weight in enumerate(urn):
                more = tuple(w + (at == point) for at, w in enumerate(urn))
                key = (total + point, more)
                drawn[key] = drawn.get(key, 0.0) + chance * weight / sum(urn)
        chances = drawn
    sums = [0.0] * (4 * people + 1)
    for (total, _), chance in chances.items():
        sums[total] += chance
    return sums


def test_thirty_answers_have_a_t_interval() -> None:
    definitions = make_definitions(roster={"North": 60})
    answers = make_answers({"North": make_people([1, 2, 3, 4, 5] * 6)}, definitions)
    row = pick(
        score(answers, definitions, make_respondents({"North": {"complete": 30}})), group="North", kind="principle"
    )
    se = np.sqrt(1250 * 30 / 29 / 30 * (1 - 30 / 60))
    assert (row["method"], row["se"]) == ("mean_t_fpc", pytest.approx(se))
    assert row["ci_low"] == pytest.approx(50 - 2.0452296 * se)


def test_other_reasons_for_an_empty_score() -> None:
    definitions = make_definitions(
        groups=["North", "South", {"group": "Past", "until": 2026}],
        principles=["P1", "P2"],
        roster={"South": {"survey_held": False, "reason": "being re-formed"}},
    )
    table = score(make_answers({"North": {"a": [4, "refused"]}}, definitions), definitions)
    assert pick(table, group="North", measure="P1")["reason"] == "nobody answered enough of its items"
    assert pick(table, group="North", measure="P2")["reason"] == "no item of 2027 asks about it"
    assert pick(table, group="South", measure="P1")["reason"] == "no survey was held in 2027: being re-formed"
    assert "Past" not in set(table["group"])


def test_answers_given_as_a_group_are_never_mixed_with_peoples_own() -> None:
    definitions = make_definitions()
    own = make_answers({"North": make_people([4, 5])}, definitions)
    statement = make_answers({"North": {"whole": [1, 1]}}, definitions, level="group")
    both = pd.concat([own.astype({"level": "str"}), statement.astype({"level": "str"})], ignore_index=True)
    assert pick(score(both, definitions), group="North", kind="principle")["n"] == 2
    assert count_items(both, definitions, 2027)["n"].sum() == 2 * 2 * 2  # people × items × (North, _all)


def test_counts_are_complete_with_zeros_and_non_answers() -> None:
    definitions = make_definitions(groups=["North", "South"], items={"q1": "P1"})
    answers = make_answers(
        {"North": {"a": [4], "b": [4], "c": ["refused"], "d": [None]}, "_none": {"e": [1]}}, definitions
    )
    counts = count_items(answers, definitions, 2027)

    def of(group: str) -> dict[object, int]:
        rows = counts[counts["group"] == group]
        options = [
            kind if pd.isna(value) else int(value) for kind, value in zip(rows["kind"], rows["value"], strict=True)
        ]
        return {option: int(n) for option, n in zip(options, rows["n"], strict=True)}

    nothing = {1: 0, 2: 0, 3: 0, 4: 0, 5: 0, "missing": 0, "no_opinion": 0, "refused": 0}
    assert of("North") == nothing | {4: 2, "missing": 1, "refused": 1}
    assert of("South") == nothing
    assert of("_none") == nothing | {1: 1}
    assert of("_all") == nothing | {1: 1, 4: 2, "missing": 1, "refused": 1}
