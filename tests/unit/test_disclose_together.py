"""Reliability, agreement and groups side by side as published: nothing rests on what is withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.disclose.agreement import release_agreement
from pipeline.disclose.facts import release_responses
from pipeline.disclose.release import WITHHELD, release_item_counts, release_scores
from pipeline.disclose.together import release_pooled, release_reliability
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.reliability import measure_principles
from pipeline.score.responses import count_responses
from pipeline.stats.agreement import measure_agreements, measure_consensuses
from pipeline.store.tables import conform
from tests.helpers import make_answers, make_definitions, make_respondents, pick

Values = list[int | None]
ITEMS: dict[str, Any] = {"q1": "P1", "q2": "P1", "q3": "P1"}


class Wave:
    """Groups' answers, and what a release makes of them together."""

    def __init__(self, people: dict[str, list[Values]], **more: Any) -> None:
        self.definitions = make_definitions(groups=list(people), items=more.pop("items", ITEMS), **more)
        given = {group: {f"{group}{i}": row for i, row in enumerate(rows)} for group, rows in people.items()}
        answers = make_answers(given, self.definitions)
        respondents = make_respondents({group: {"complete": len(rows)} for group, rows in people.items()})
        self.responses = count_responses(respondents, self.definitions, 2027)
        before = self.responses.iloc[:0]
        counts = count_items(answers, self.definitions, 2027)
        self.counts = release_item_counts(counts, self.responses, before, self.definitions)
        self.scores = score_wave(answers, self.responses, self.definitions, 2027)
        self.released = conform(release_scores(self.scores, self.counts, self.definitions, 2027), "released_scores")
        self.stored = measure_principles(tabulate_answers(answers, self.definitions, 2027), self.definitions, 2027)

    @property
    def reliability(self) -> pd.DataFrame:
        return conform(release_reliability(self.stored, self.released), "released_reliability")

    @property
    def agreement(self) -> pd.DataFrame:
        return conform(release_agreement(self.counts, self.responses, self.definitions, 2027), "released_agreement")

    def pool(self, **options: Any) -> pd.DataFrame:
        args = (self.scores, self.stored, self.released, self.definitions, 2027)
        return conform(release_pooled(*args, **options), "released_pooled")


def draw(sizes: dict[str, int], spread: float = 0.0, seed: int = 1) -> dict[str, list[Values]]:
    """Groups whose means lie ``spread`` scale points apart, more or less."""
    rng = np.random.default_rng(seed)
    return {
        group: np.clip(np.rint(rng.normal(3 + spread * np.sin(7 * at), 1, (n, 1)) + rng.normal(0, 0.6, (n, 3))), 1, 5)
        .astype(int)
        .tolist()
        for at, (group, n) in enumerate(sizes.items())
    }


TWELVE = {f"G{at:02}": 12 + 3 * at for at in range(12)}


def test_reliability_is_shown_in_two_decimals_where_the_score_is() -> None:
    wave = Wave(draw({"A": 60, "B": 20, "C": 4}))
    stored, row = pick(wave.stored, group="A"), pick(wave.reliability, group="A")
    assert row["alpha"] == pytest.approx(stored["alpha"], abs=0.005) and round(row["alpha"], 2) == row["alpha"]
    few = pick(wave.reliability, group="C")
    assert few["marker"] == "c" and few["reason"] == WITHHELD and few["n"] is None
    assert pick(wave.reliability, group="B")["reason"] == "no alpha: it needs at least 50 people in a single group"


def test_the_community_shows_no_reliability_where_its_score_is_withheld() -> None:
    wave = Wave(draw({"A": 60, "B": 4}))  # the total less A is B
    assert pick(wave.released, group="_all", measure="P1", aggregation="pooled")["marker"] == "c"
    row = pick(wave.reliability, group="_all")
    assert row["alpha"] is row["n"] is row["r_wg"] is None and row["method"] == "none"


def test_an_intraclass_correlation_below_zero_is_none() -> None:
    wave = Wave(draw({"A": 30, "B": 30, "C": 30}))
    wave.stored["icc1"], wave.stored["icc2"] = -0.04, -1.7
    row = pick(wave.reliability, group="_all")
    assert (row["icc1"], row["icc2"]) == (0, 0)


def test_agreement_is_that_of_the_published_counts() -> None:
    wave = Wave({"A": [[1, 5, 3]] * 5 + [[5, 1, 3]] * 4 + [[2, 3, 4]] * 2})
    row = pick(wave.agreement, group="A", item="q1")
    counts = np.array([[5, 2, 0, 0, 4]])
    assert row["agreement"] == pytest.approx(measure_agreements(counts)[0], abs=0.005)
    assert row["consensus"] == pytest.approx(measure_consensuses(counts)[0], abs=0.005)
    assert (row["n"], row["unfavourable_n"], row["favourable_n"], row["split"]) == (11, 7, 4, True)
    assert not pick(wave.agreement, group="A", item="q3")["split"]


@pytest.mark.parametrize(("rows", "marker"), [([[1, 2, 3], [5, 4, 3]] * 3, "c"), ([[4, 4, 4]] * 9, "band")])
def test_withheld_and_banded_counts_have_no_agreement(rows: list[Values], marker: str) -> None:
    row = pick(Wave({"A": rows, "B": draw({"B": 30})["B"]}).agreement, group="A", item="q1")
    assert row["marker"] == marker and not row["split"] and row["method"] == "none"
    assert [row[name] for name in ("n", "agreement", "consensus", "favourable_n", "unfavourable_n")] == [None] * 5


CAMPS: list[Values] = [[5, 5, 5]] * 7 + [[2, 2, 2]] * 3


@pytest.mark.parametrize(
    ("eligible", "likely"),
    [(None, (40, 89, "share_wilson")), (20, (50, 85, "share_midp")), (10, (70, 70, "share_complete"))],
)
def test_the_likely_share_is_that_of_all_who_could_answer(eligible: int | None, likely: tuple[int, int, str]) -> None:
    roster = {} if eligible is None else {"roster": {"A": eligible}}
    row = pick(Wave({"A": CAMPS}, **roster).agreement, group="A", item="q1")
    assert (row["share_low"], row["share_high"], row["share_method"]) == likely


def test_a_withheld_question_and_one_without_answers_have_no_likely_share() -> None:
    table = Wave({"A": CAMPS[:6], "B": [[None, 4, 4]] * 6 + [[None, 2, 2]] * 6}).agreement
    for group, item in (("A", "q1"), ("B", "q1")):
        row = pick(table, group=group, item=item)
        assert (row["share_low"], row["share_high"], row["share_method"]) == (None, None, "none")


def test_the_ends_of_a_reversed_question_swap() -> None:
    items = ITEMS | {"q2": {"principle": "P1", "reverse": True}}
    wave = Wave({"A": [[1, 1, 1]] * 6 + [[5, 5, 5]] * 4}, items=items)
    plain, turned = (pick(wave.agreement, group="A", item=item) for item in ("q1", "q2"))
    assert (plain["unfavourable_n"], plain["favourable_n"]) == (6, 4)
    assert (turned["unfavourable_n"], turned["favourable_n"]) == (4, 6)
    assert turned["agreement"] == plain["agreement"]


@pytest.mark.parametrize(("points", "split"), [(3, True), (4, True), (7, True), (11, True)])
def test_two_camps_are_found_on_a_scale_of_any_length(points: int, split: bool) -> None:
    wave = Wave(
        {"A": [[1, 1, 1]] * 5 + [[points] * 3] * 5},
        scales={"long": points},
        items={item: {"principle": "P1", "scale": "long"} for item in ITEMS},
    )
    row = pick(wave.agreement, group="A", item="q1")
    assert row["agreement"] == -1 and row["split"] == split


def test_two_answers_have_no_middle_and_so_no_agreement() -> None:
    items = {item: {"principle": "P1", "scale": "yes"} for item in ITEMS}
    row = pick(Wave({"A": [[1, 2, 1]] * 5 + [[2, 1, 1]] * 5}, items=items, scales={"yes": 2}).agreement, group="A", item="q1")  # fmt: skip
    assert row["agreement"] is None and row["reason"] == "no agreement: it needs a scale of at least 3 answers"
    assert not row["split"]


def test_small_groups_are_drawn_further_and_everything_is_whole_points() -> None:
    wave = Wave(draw(TWELVE, spread=0.8))
    table = wave.pool()
    whole = pick(table, group="_all")
    assert whole["method"] == "pooled_pm" and whole["groups_n"] == 12 and whole["mean"] is None
    assert whole["n"] == sum(TWELVE.values()) and whole["spread"] > 5
    groups = table[table["group"] != "_all"]
    exact = wave.scores[(wave.scores["aggregation"] == "own") & (wave.scores["kind"] == "principle")]
    means = groups["group"].astype("str").map(exact.astype({"group": "str"}).set_index("group")["mean"])
    between = (groups["pooled"] - means) * (whole["pooled"] - means)
    assert (between > -1).all()  # towards the middle, but for rounding
    assert set(groups["among_lowest"]) <= {"likely", "possible", "unlikely"} and "likely" in set(groups["among_lowest"])
    assert groups["mean"].tolist() == [pick(wave.released, group=g, measure="P1")["mean"] for g in groups["group"]]


def test_a_hidden_group_takes_no_part() -> None:
    people = draw(TWELVE, spread=0.8)
    tables = [Wave(people | {"Z": rows}).pool() for rows in ([[1, 1, 2]] * 4, [[5, 5, 4]] * 3, [])]
    assert "Z" not in set(tables[0]["group"])
    for table in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], table)


def test_a_band_takes_no_part() -> None:
    table = Wave(draw(TWELVE) | {"Z": [[5, 5, 5]] * 9}).pool()
    assert "Z" not in set(table["group"]) and pick(table, group="_all")["groups_n"] == 12


@pytest.mark.parametrize(
    ("people", "options", "reason"),
    [
        (draw({"A": 20, "B": 20, "C": 4}), {}, "not computable: it needs 3 groups whose score is shown"),
        (draw(TWELVE), {"overlapping": {"_all"}}, "not computable: people may count in several groups"),
        ({g: [[4, 4, 4]] * 16 for g in "ABC"}, {}, "not computable: within each group all have the same score"),
        ({"A": []}, {}, "not computable: it needs 3 groups whose score is shown"),
    ],
)
def test_where_groups_cannot_be_seen_together_it_says_why(
    people: dict[str, list[Values]], options: dict[str, Any], reason: str
) -> None:
    table = Wave(people).pool(**options)
    assert set(table["reason"]) == {reason} and table["pooled"].isna().all()
    assert set(table["among_lowest"]) == {""} and set(table["method"]) == {"none"}


def test_the_lowest_are_not_spoken_of_among_few_groups_or_where_chance_explains_all() -> None:
    few = Wave(draw({f"G{at}": 40 for at in range(9)}, spread=0.9)).pool()
    assert pick(few, group="_all")["reason"] == "the 5 lowest are not spoken of among fewer than 10"
    assert few["pooled"].notna().all() and set(few["among_lowest"]) == {""}
    alike = {f"G{at}": draw({"x": 40}, seed=4)["x"] for at in range(12)}
    same = Wave(alike).pool()
    assert pick(same, group="_all")["reason"] == "the scores differ no more than chance alone would make them"
    assert set(same["method"]) == {"pooled_aml"} and set(same["among_lowest"]) == {""}


def test_the_register_order_changes_nothing() -> None:
    people = draw(TWELVE, spread=0.8)
    forward, backward = Wave(people).pool(), Wave(dict(reversed(people.items()))).pool()
    by_group = [table.astype({"group": "str"}).set_index("group").sort_index() for table in (forward, backward)]
    pd.testing.assert_frame_equal(*by_group)


SKIPPING: list[Values] = [[5, None, 5]] * 6 + [[1, 2, None]] * 6 + [[2, 1, 1]] * 4


@pytest.mark.parametrize(("people_n", "told"), [(16, True), (7, False)])
def test_how_far_the_other_average_is_off_is_told_only_where_its_counts_are(people_n: int, told: bool) -> None:
    wave = Wave({"A": SKIPPING if people_n == 16 else SKIPPING[3:10], "B": draw({"B": 30})["B"]})
    row = pick(wave.released, group="A", measure="P1")
    assert row["marker"] == "" and row["sensitive_to_aggregation"]
    assert (row["mean_of_items_shift"] is not None) == told
    if told:
        stored = pick(wave.scores, group="A", measure="P1")
        assert row["mean_of_items_shift"] == pytest.approx(stored["mean_of_items"] - stored["mean"], abs=0.5)
    assert pick(wave.released, group="B", measure="P1")["mean_of_items_shift"] is None


@pytest.mark.parametrize(("complete", "partial", "rates"), [(9, 1, (83, 75)), (3, 1, (33, None)), (10, 0, (83, 83))])
def test_the_rate_of_complete_answers_is_shown_where_scores_are(
    complete: int, partial: int, rates: tuple[int, int | None]
) -> None:
    wave = Wave({"A": draw({"A": complete + partial})["A"]}, roster={"A": 12})
    respondents = make_respondents({"A": {"complete": complete, "partial": partial}})
    responses = count_responses(respondents, wave.definitions, 2027)
    stored = pick(responses, group="A")
    assert (stored["rate"], stored["rate_complete"]) == pytest.approx(((complete + partial) / 12, complete / 12))
    comments = pd.DataFrame(columns=["group", "respondent"])
    facts = release_responses(responses, comments, wave.released, {}, wave.definitions)
    row = pick(conform(facts, "released_responses"), group="A")
    assert (row["rate_percent"], row["rate_complete_percent"]) == rates
    assert pick(conform(facts, "released_responses"), group="_all")["rate_complete_percent"] is None
