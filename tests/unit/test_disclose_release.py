"""Released tables: what a reader may see of a group, and that nothing else is there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.disclose.facts import release_responses
from pipeline.disclose.release import (
    WITHHELD,
    choose_left_out,
    release_item_counts,
    release_scores,
    replace_roll_ups,
)
from pipeline.disclose.trends import release_trends
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.store.tables import conform
from tests.helpers import make_answers, make_definitions, make_respondents, pick

ITEMS = {"q1": "P1", "q2": "P1", "q3": "P2"}
MIXED = [1, 2, 3, 4, 5, 2, 3, 4, 5, 1, 2, 3]


def people(n: int, value: int | None = None) -> dict[str, list[int]]:
    """n people; all give ``value``, or answers that vary from person to person."""
    return {f"r{i}": [MIXED[i % 12] if value is None else value] * 3 for i in range(n)}


class Wave:
    """Scores of given groups, and their release."""

    def __init__(self, answers_by_group, *, groups=None, roster=None, before=None, **definitions):
        self.definitions = make_definitions(
            groups=groups or list(answers_by_group), principles=["P1", "P2"], items=ITEMS, roster=roster, **definitions
        )
        self.answers = make_answers(answers_by_group, self.definitions)
        counts = {group: {"complete": len(members)} for group, members in answers_by_group.items()}
        self.responses = count_responses(make_respondents(counts), self.definitions, 2027)
        before = self.responses.iloc[:0] if before is None else before
        self.counts = conform(
            release_item_counts(
                count_items(self.answers, self.definitions, 2027), self.responses, before, self.definitions
            ),
            "released_item_counts",
        )
        self.scores = conform(
            release_scores(
                score_wave(self.answers, self.responses, self.definitions, 2027), self.counts, self.definitions, 2027
            ),
            "released_scores",
        )

    def score(self, group, measure, aggregation="own"):
        return pick(self.scores, group=group, measure=measure, aggregation=aggregation)

    def markers(self, group, item):
        return set(self.counts[(self.counts["group"] == group) & (self.counts["item"] == item)]["marker"])


@pytest.mark.parametrize(
    ("n", "principle", "counts"), [(4, "c", {"c"}), (5, "", {"c"}), (7, "", {"c"}), (8, "", {""}), (9, "", {""})]
)
def test_scores_need_five_people_and_counts_eight(n, principle, counts):
    wave = Wave({"North": people(n), "South": people(30)})
    assert wave.score("North", "P1")["marker"] == principle
    assert wave.markers("North", "q1") == counts


def test_a_withheld_row_holds_no_figure_at_all():
    row = Wave({"North": people(4), "South": people(30)}).score("North", "P1")
    assert row["reason"] == WITHHELD
    figures = ["n", "mean", "ci_low", "ci_high", "possible_low", "possible_high", "favourable_percent", "band_low"]
    assert [row[name] for name in figures] == [None] * len(figures)
    assert row["view"] == row["method"] == "none"


def test_an_item_has_no_mean_without_its_counts_and_a_one_item_principle_is_that_item():
    wave = Wave({"North": people(6), "South": people(30)})
    assert wave.score("North", "q1")["marker"] == "c"
    assert wave.score("North", "P2")["marker"] == "c"
    assert wave.score("North", "P1")["marker"] == ""


def test_a_nearly_unanimous_group_shows_only_the_half_of_the_scale():
    row = Wave({"North": people(9, value=5), "South": people(30)}).score("North", "P1")
    assert (row["marker"], row["band_low"], row["band_high"]) == ("band", 50, 100)
    assert row["mean"] is None
    assert row["favourable_percent"] is None
    assert row["reason"] is None or row["reason"] == ""


def test_a_band_cannot_be_worked_out_from_the_total():
    wave = Wave({"North": people(9, value=5), "South": people(30)})
    assert wave.markers("North", "q1") == {"band"}
    assert wave.markers("_all", "q1") == {"c"}
    assert wave.score("_all", "P1", "pooled")["marker"] == "c"


def test_unanimity_among_fifteen_is_a_finding():
    assert Wave({"North": people(15, value=5), "South": people(30)}).score("North", "P1")["mean"] == 100


def test_figures_are_whole_points_rounded_half_up():
    scores = Wave({"North": people(8), "South": people(30)}).scores
    assert str(scores["mean"].dtype) == "Int32"
    exact = np.mean([(MIXED[i] - 1) * 25 for i in range(8)])
    row = pick(scores, group="North", measure="P1", aggregation="own")
    assert row["mean"] == int(np.floor(exact + 0.5))


def test_responses_without_a_group_are_never_shown():
    wave = Wave({"North": people(9), "_none": people(9)}, groups=["North"])
    assert "_none" not in set(wave.scores["group"])
    assert "_none" not in set(wave.counts["group"])


HOUSE = [{"group": "House", "kind": "rollup"}, {"group": "A", "parent": "House"}, {"group": "B", "parent": "House"}]


def test_a_total_that_would_give_a_small_group_away_is_withheld_or_leaves_it_out():
    given = {"A": people(3), "B": people(20)}
    wave = Wave(given, groups=HOUSE)
    assert wave.score("House", "P1", "pooled")["marker"] == "c"
    respondents = make_respondents({"A": {"complete": 3}, "B": {"complete": 20}})
    left_out = choose_left_out(respondents, wave.definitions)
    assert left_out == {"A": 3}
    without = Wave({"B": people(20)}, groups=HOUSE)
    assert without.score("House", "P1", "pooled")["marker"] == ""


def test_excluded_responses_do_not_lift_a_group_over_the_threshold():
    definitions = make_definitions(groups=["A", "B"], items=ITEMS, principles=["P1", "P2"])
    respondents = make_respondents({"A": {"complete": 3, "excluded": 9}, "B": {"complete": 20}})
    assert choose_left_out(respondents, definitions) == {"A": 3}


SMALL = {"A": people(2), "B": people(7), "C": people(20)}


def release_small(left_out, left_out_of_items):
    """Counts and scores of the whole community whose roll-ups hold nobody who is left out."""
    wave = Wave(SMALL)
    everybody = count_items(wave.answers, wave.definitions, 2027)
    fewer = count_items(wave.answers[~wave.answers["group"].isin(left_out_of_items)], wave.definitions, 2027)
    counts = release_item_counts(
        pd.concat([everybody[everybody["group"] != "_all"], fewer[fewer["group"] == "_all"]], ignore_index=True),
        wave.responses,
        wave.responses.iloc[:0],
        wave.definitions,
        left_out=left_out_of_items,
    )
    answers = wave.answers[~wave.answers["group"].isin(left_out)]
    scores = replace_roll_ups(
        score_wave(wave.answers, wave.responses, wave.definitions, 2027),
        score_wave(answers, wave.responses, wave.definitions, 2027),
    )
    scores = release_scores(
        scores, counts, wave.definitions, 2027, left_out=left_out, left_out_of_items=left_out_of_items
    )
    return counts, scores


def test_a_group_left_out_of_a_total_does_not_hide_the_total():
    _, scores = release_small({"A"}, {"A", "B"})
    assert pick(scores, group="_all", measure="P1", aggregation="pooled")["marker"] == ""
    assert pick(scores, group="A", measure="P1", aggregation="own")["marker"] == "c"


def test_a_group_left_out_of_a_total_does_not_shelter_another_in_it():
    counts, scores = release_small({"A"}, {"A"})  # the total less C is B, seven people
    assert set(counts[counts["group"] == "_all"]["marker"]) == {"c"}
    assert pick(scores, group="_all", measure="P2", aggregation="pooled")["marker"] == "c"


def test_totals_of_single_items_leave_out_what_would_give_a_group_below_eight_away():
    wave = Wave(SMALL)
    respondents = make_respondents({group: {"complete": len(members)} for group, members in SMALL.items()})
    assert choose_left_out(respondents, wave.definitions) == {"A": 2}
    assert choose_left_out(respondents, wave.definitions, of_items=True) == {"A": 2, "B": 7}
    counts, scores = release_small({"A"}, {"A", "B"})
    assert set(counts[counts["group"] == "_all"]["marker"]) == {""}
    assert pick(scores, group="_all", measure="P1", aggregation="pooled")["n"] == 27


def test_only_roll_ups_are_replaced():
    frame = pd.DataFrame({"aggregation": ["own", "pooled"], "n": [3, 23]})
    fewer = pd.DataFrame({"aggregation": ["own", "pooled"], "n": [0, 20]})
    assert replace_roll_ups(frame, fewer).to_dict("list") == {"aggregation": ["own", "pooled"], "n": [3, 20]}


def test_each_group_counting_once_is_withheld_when_it_would_give_one_group_away():
    wave = Wave(
        {"A": people(9, value=5), "B": people(9), "C": people(9)},
        groups=[*HOUSE, {"group": "C", "parent": "House"}],
    )
    assert wave.score("A", "P1")["marker"] == "band"
    assert wave.score("House", "P1", "groups_equal")["marker"] == "c"


def test_two_complete_counts_whose_rosters_differ_by_a_few_show_no_counts():
    roster = {"North": 12, "South": 40}
    before = Wave({"North": people(11), "South": people(30)}, roster=roster | {"North": 11}).responses
    wave = Wave({"North": people(12), "South": people(30)}, roster=roster, before=before)
    assert wave.markers("North", "q1") == {"c"}
    assert wave.markers("South", "q1") == {""}
    same = Wave({"North": people(12), "South": people(30)}, roster=roster, before=wave.responses)
    assert same.markers("North", "q1") == {""}


def test_everybody_sees_who_was_asked_who_answered_and_what_stands_in():
    wave = Wave({"A": people(3), "B": people(20)}, groups=HOUSE, roster={"A": 7})
    shown = Wave({"B": people(20)}, groups=HOUSE)
    comments = pd.DataFrame(columns=["group", "respondent"])
    facts = conform(
        release_responses(wave.responses, comments, shown.scores, {"A": 3}, wave.definitions), "released_responses"
    )
    row = pick(facts, group="A")
    assert (row["n"], row["eligible"], row["rate_percent"], row["needed_n"]) == (3, 7, 43, 2)
    assert not row["shown"]
    assert row["stand_in"] == "House"
    assert pick(facts, group="House")["left_out_n"] == 3
    assert pick(facts, group="B")["left_out_n"] == 0


@pytest.mark.parametrize(("commenters", "published"), [(9, None), (10, 10)])
def test_how_many_commented_is_shown_from_ten_on(commenters, published):
    wave = Wave({"North": people(20)})
    comments = pd.DataFrame({"group": ["North"] * commenters, "respondent": [f"r{i}" for i in range(commenters)]})
    facts = conform(
        release_responses(wave.responses, comments, wave.scores, {}, wave.definitions), "released_responses"
    )
    assert pick(facts, group="North")["comments_n"] == published


def compare(n_from: int, n_to: int, **items_of_2027) -> pd.DataFrame:
    items = {2026: {code: items_of_2027.get(code, {}).get("principle", ITEMS[code]) for code in ITEMS}}
    definitions = make_definitions(
        groups=["North", "South"], principles=["P1", "P2"], years=[2026, 2027],
        items_by_year=items | {2027: ITEMS | items_of_2027},
    )  # fmt: skip
    answers, released = {}, []
    for year, n in ((2026, n_from), (2027, n_to)):
        answers[year] = make_answers({"North": people(n), "South": people(30)}, definitions, year)
        respondents = make_respondents({"North": {"complete": n}, "South": {"complete": 30}}, year)
        responses = count_responses(respondents, definitions, year)
        counts = release_item_counts(
            count_items(answers[year], definitions, year), responses, responses.iloc[:0], definitions
        )
        scores = release_scores(score_wave(answers[year], responses, definitions, year), counts, definitions, year)
        released.append(scores.assign(year=year))
    trends = compare_years(answers, definitions, 2027).trends
    return conform(release_trends(trends, pd.concat(released), definitions), "released_trends")


def test_a_change_is_shown_where_both_years_may_be():
    shown = pick(compare(12, 12), group="North", measure="P1", aggregation="own")
    assert shown["marker"] == ""
    assert shown["difference"] == 0
    assert shown["n_from"] == 12


def test_a_change_from_a_withheld_year_shows_nothing():
    row = pick(compare(4, 12), group="North", measure="P1", aggregation="own")
    assert [row[name] for name in ("difference", "mean_from", "mean_to", "ci_low", "mdc80", "n_from")] == [None] * 6
    assert row["verdict"] == "not_tested"
    assert not row["look_first"]


def test_a_year_without_answers_does_not_bring_a_withheld_mean_to_light():
    row = pick(compare(0, 3), group="North", measure="P1", aggregation="own")
    assert [row[name] for name in ("mean_from", "mean_to", "difference", "n_from", "n_to")] == [None] * 5


def test_a_change_on_a_single_item_needs_as_many_people_as_its_counts():
    assert pick(compare(7, 12), group="North", measure="P2", aggregation="own")["difference"] is None
    assert pick(compare(8, 12), group="North", measure="P2", aggregation="own")["difference"] is not None


@pytest.mark.parametrize(("n", "shown"), [(7, False), (8, True)])
def test_a_change_that_leaves_one_question_out_needs_as_many_people_as_that_questions_counts(n, shown):
    # the score on three questions and the mean on two of them give the third
    reworded = {"principle": "P1", "comparability": "substantive"}
    row = pick(compare(n, 12, q3=reworded), group="North", measure="P1", aggregation="own")
    assert row["items_common"] == 2
    assert (row["mean_from"] is not None) == shown
    assert pick(compare(n, 12), group="North", measure="P1", aggregation="own")["mean_from"] is not None
