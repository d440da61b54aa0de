"""What describes a change beside its verdict: pairs, order, the middle year, overlap, and the items that moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.disclose.trends import release_item_changes, release_trends
from pipeline.score.compare import Comparison, compare_years
from pipeline.score.items import count_items
from pipeline.stats.proportions import newcombe_difference
from pipeline.stats.rank_tests import detect_share_trend
from pipeline.store.definitions import Definitions
from pipeline.store.tables import conform
from tests.helpers import make_answers, make_definitions, make_people, pick

LOW, HIGH = [1, 1, 2, 2, 1, 2, 1, 2, 1, 2], [4, 5, 5, 4, 4, 5, 5, 4, 5, 4]
MIDDLE = [3, 3, 2, 4, 3, 3, 3, 3, 2, 4]
YEARS = (2025, 2026, 2027)


def compare(definitions: Definitions, people: dict[int, dict[str, Any]]) -> Comparison:
    answers = {year: make_answers(groups, definitions, year) for year, groups in people.items()}
    return compare_years(answers, definitions, max(people))


def test_pairs_are_those_of_brunner_and_munzel_and_the_total_counts_every_person():
    definitions = make_definitions(years=(2026, 2027), groups=["North", "South"])
    people = {
        2026: {"North": make_people(MIDDLE), "South": make_people(LOW)},
        2027: {"North": make_people(HIGH[:7] + LOW[:3]), "South": make_people(MIDDLE)},
    }
    table = compare(definitions, people).trends
    before, after = MIDDLE, HIGH[:7] + LOW[:3]
    for group, way, one, other in (
        ("North", "own", before, after), ("_all", "pooled", before + LOW, after + MIDDLE),
    ):  # fmt: skip
        row = pick(table, group=group, aggregation=way)
        expected = np.mean([(b > a) + (b == a) / 2 for a in one for b in other])
        assert row["superiority"] == pytest.approx(expected)
        p = stats.brunnermunzel(one, other).pvalue
        assert (row["superiority_low"] > 0.5 or row["superiority_high"] < 0.5) == (p < 0.05)
    assert pick(table, group="_all", aggregation="groups_equal")["superiority"] is None


def test_a_sensitivity_says_what_overlap_would_do_where_the_roster_shows_some():
    people = {2026: {"North": make_people(MIDDLE)}, 2027: {"North": make_people(LOW)}}
    for eligible, overlap in ((12, 8), (20, 0), (9, None), (None, None)):
        roster = {} if eligible is None else {"North": eligible}
        row = pick(compare(make_definitions(years=(2026, 2027), roster=roster), people).trends, group="North")
        if overlap is None:
            assert row["se_persistent"] is None
            continue
        v1, v2 = (np.var([25 * (v - 1) for v in values], ddof=1) for values in (MIDDLE, LOW))
        expected = v1 / 10 + v2 / 10 - 2 * 0.5 * np.sqrt(v1 * v2) * overlap / 100
        assert row["se_persistent"] == pytest.approx(np.sqrt(expected))
    open_link = {"North": {"eligible": 12, "access": "open"}}
    row = pick(compare(make_definitions(years=(2026, 2027), roster=open_link), people).trends, group="North")
    assert row["se_persistent"] is None


def test_three_years_have_an_order_and_a_middle():
    definitions = make_definitions(years=YEARS, groups=["Up", "Peak"])
    people = {
        2025: {"Up": make_people(LOW), "Peak": make_people(LOW)},
        2026: {"Up": make_people(MIDDLE), "Peak": make_people(HIGH)},
        2027: {"Up": make_people(HIGH), "Peak": make_people(MIDDLE)},
    }
    table = compare(definitions, people).trends
    up, peak = (pick(table, group=group, year_from=2025) for group in ("Up", "Peak"))
    assert up["order_p"] < 0.001
    assert up["order_z"] > 0
    assert up["curvature"] == pytest.approx(12.5 - 2 * 50 + 87.5)
    assert peak["curvature"] == pytest.approx(12.5 - 2 * 87.5 + 50)
    variances = [np.var([25 * (v - 1) for v in values], ddof=1) / 10 for values in (LOW, HIGH, MIDDLE)]
    assert peak["curvature_se"] == pytest.approx(np.sqrt(variances[0] + 4 * variances[1] + variances[2]))
    assert pick(table, group="Up", year_from=2026)["order_p"] is None


def test_three_years_need_the_same_questions_and_enough_people_in_the_middle():
    items = {"q1": "P1", "q2": "P1"}
    changed = {"q1": "P1", "q2": {"principle": "P1", "comparability": "substantive"}}
    definitions = make_definitions(years=YEARS, items=items, items_by_year={2026: {"q1": "P1"}, 2027: items})
    people = {year: {"North": make_people(LOW, 2)} for year in YEARS}
    assert pick(compare(definitions, people).trends, group="North", year_from=2025)["order_p"] is None
    definitions = make_definitions(years=YEARS)
    people[2026] = {"North": make_people(LOW[:4])}
    assert pick(compare(definitions, people).trends, group="North", year_from=2025)["curvature"] is None
    broken = make_definitions(years=YEARS, items_by_year={2027: changed})
    assert pick(compare(broken, people).trends, group="North", year_from=2025)["curvature"] is None


ITEMS = {"q1": "P1", "q2": {"principle": "P1", "reverse": True}, "q3": "P2", "q4": "P2"}


def moved(n: int = 10) -> tuple[Definitions, dict[int, pd.DataFrame], Comparison]:
    """P1 improves in the north: q1 from disagreement to agreement, q2 (reversed) the other way; P2 stays."""
    definitions = make_definitions(years=(2026, 2027), groups=["North", "South"], principles=["P1", "P2"], items=ITEMS)
    north = {
        2026: {f"a{i}": [LOW[i % 10], 6 - MIDDLE[i % 10], MIDDLE[i % 10], MIDDLE[i % 10]] for i in range(n)},
        2027: {f"a{i}": [HIGH[i % 10], 6 - HIGH[i % 10], MIDDLE[i % 10], MIDDLE[i % 10]] for i in range(n)},
    }
    people = {year: {"North": north[year], "South": make_people(MIDDLE, 4)} for year in north}
    answers = {year: make_answers(groups, definitions, year) for year, groups in people.items()}
    return definitions, answers, compare_years(answers, definitions, 2027)


def test_items_are_listed_only_where_their_principle_moved():
    _, _, found = moved()
    assert pick(found.trends, group="North", measure="P1")["verdict"] == "improved"
    assert pick(found.trends, group="North", measure="P2")["verdict"] != "improved"
    rows = found.item_changes[found.item_changes["aggregation"] == "own"]
    assert list(zip(rows["group"], rows["item"], strict=True)) == [("North", "q1"), ("North", "q2")]
    one, reversed_one = (pick(rows, item=item) for item in ("q1", "q2"))
    assert (one["favourable_from"], one["favourable_to"], one["answers_to"]) == (0, 10, 10)
    # of a reversed item, disagreement is favourable
    assert (reversed_one["favourable_from"], reversed_one["favourable_to"]) == (2, 10)
    low, high = newcombe_difference(2, 10, 10, 10)
    assert (reversed_one["difference"], reversed_one["ci_low"]) == (80, pytest.approx(100 * low))
    assert reversed_one["ci_high"] == pytest.approx(100 * high)
    assert (one["p_value"], one["method"]) == (None, "newcombe")


def release(n: int, *, hide: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    definitions, answers, found = moved(n)
    counts = [count_items(answers[year], definitions, year).assign(year=year, marker="") for year in (2026, 2027)]
    known = pd.concat(counts, ignore_index=True)
    known.loc[(known["item"] == hide) & (known["year"] == 2026), "marker"] = "c"
    cells = found.trends[["group", "measure", "aggregation"]]
    open_cells = pd.concat([cells.assign(year=year, marker="") for year in (2026, 2027)], ignore_index=True)
    trends = conform(release_trends(found.trends, open_cells, definitions), "released_trends")
    return trends, conform(
        release_item_changes(found.item_changes, trends, known, definitions), "released_item_changes"
    )


@pytest.mark.parametrize(("n", "shown"), [(7, False), (8, True)])
def test_pairs_are_published_from_as_many_people_as_a_distribution(n, shown):
    trends, _ = release(n)
    row = pick(trends, group="North", measure="P1")
    assert row["difference"] is not None
    assert (row["superiority"] is not None) == shown


def test_shares_come_from_published_counts_and_from_nothing_else():
    _, items = release(10, hide="q2")
    one, hidden = (pick(items, group="North", item=item) for item in ("q1", "q2"))
    assert (one["percent_from"], one["percent_to"], one["difference"], one["marker"]) == (0, 100, 100, "")
    assert (one["n_from"], one["n_to"]) == (10, 10)
    assert (hidden["n_from"], hidden["n_to"]) == (None, None)
    assert (hidden["percent_from"], hidden["difference"], hidden["ci_low"], hidden["marker"]) == (None, None, None, "c")
    assert hidden["method"] == "none"


def test_a_withheld_change_opens_no_items():
    definitions, answers, found = moved(10)
    counts = pd.concat([count_items(answers[y], definitions, y).assign(year=y, marker="") for y in answers])
    trends = release_trends(
        found.trends, found.trends[["group", "measure", "aggregation"]].assign(year=2027, marker=""), definitions
    )
    assert len(release_item_changes(found.item_changes, trends, counts, definitions)) == 0


def test_three_years_are_told_only_where_the_middle_one_may_be_shown():
    definitions = make_definitions(years=YEARS, groups=["North"])
    people = {2025: {"North": make_people(LOW)}, 2026: {"North": make_people(HIGH)}, 2027: {"North": make_people(HIGH)}}
    found = compare(definitions, people).trends
    cells = found[["group", "measure", "aggregation"]].drop_duplicates()
    for middle, told in (("", ("rising", "above")), ("c", ("", ""))):
        scores = pd.concat([cells.assign(year=year, marker=middle if year == 2026 else "") for year in YEARS])
        row = pick(release_trends(found, scores, definitions), group="North", year_from=2025)
        assert (row["order"], row["middle_year"]) == told
        assert row["difference"] == 75


@pytest.mark.parametrize(("middle", "hidden", "said"), [(6, False, "rising"), (6, True, ""), (None, False, "")])
def test_a_question_tells_whether_its_share_rises_over_three_years_where_all_three_are_shown(
    middle: int | None, hidden: bool, said: str
) -> None:
    """Of 12 people 1, 6 and 11 are favourable; without a middle year nothing is said of three."""
    years = (2025, 2026, 2027) if middle is not None else (2025, 2027)
    definitions = make_definitions(years=years, items={"q1": "P1", "q2": "P1"})
    agreeing = dict(zip(years, (1, middle, 11) if middle is not None else (1, 11), strict=True))
    answers = {
        year: make_answers({"North": {f"r{i}": [4, 5] if i < n else [2, 1] for i in range(12)}}, definitions, year)
        for year, n in agreeing.items()
    }
    found = compare_years(answers, definitions, 2027)
    stored = found.item_changes[(found.item_changes["year_from"] == 2025) & (found.item_changes["group"] == "North")]
    assert len(stored) == 2
    assert stored["trend_p"].notna().all() == (middle is not None)
    if middle is not None:
        assert stored["trend_p"].iloc[0] == pytest.approx(detect_share_trend([1, 6, 11], [12, 12, 12])[1])
    counts = pd.concat(
        [count_items(answers[year], definitions, year).assign(year=year, marker="") for year in years],
        ignore_index=True,
    )
    counts.loc[(counts["year"] == 2026) & hidden, "marker"] = "c"
    cells = found.trends[["group", "measure", "aggregation"]]
    open_cells = pd.concat([cells.assign(year=year, marker="") for year in years], ignore_index=True)
    trends = conform(release_trends(found.trends, open_cells, definitions), "released_trends")
    rows = conform(release_item_changes(found.item_changes, trends, counts, definitions), "released_item_changes")
    told = rows[(rows["year_from"] == 2025) & (rows["group"] == "North")]
    assert set(told["share_trend"]) == {said}
    assert set(told["method"]) == {"newcombe+share_trend" if said else "newcombe"}
