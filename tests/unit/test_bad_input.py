"""Answers that no statistic can use: every function gives what it defines for them, or says why it cannot.

Each row is a public function of ``pipeline.stats``, what it is given, and what must come back: a number, null, a
refusal with its reason, or a ValueError whose text says what is missing. Never NaN (``BLANK`` marks the few arrays
whose description says where they hold one), never a warning, never another error.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import warnings
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import pipeline.stats
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.stats.change import Change
from pipeline.stats.reliability import sum_products
from pipeline.stats.shrinkage import PooledGroups
from pipeline.stats.trend import Step
from pipeline.stats.weighting import Refusal
from tests.helpers import make_answers, make_definitions, make_people, make_respondents


def reals(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def wholes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


NOBODY, ALONE, ALIKE, FEW = reals(), reals(40), reals(50, 50, 50), reals(20, 40, 90)
MISSING = float("nan")
NUMBER, NULL, BLANK = "a number", "null", "blank where nothing is known"
NOTHING = Change(None, None, None)
POOLED = PooledGroups(1.0, 1.0, 1.0, 1.0, 1.0, reals(1, 1), reals(1, 1), "PM")
NO_CELLS, THREE = np.zeros(0, dtype=np.intp), np.zeros(3, dtype=np.intp)

TABLE: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("agreement.measure_agreements", (np.zeros((0, 5), dtype=int),), {}, NUMBER),
    ("agreement.measure_agreements", (np.zeros((2, 5), dtype=int),), {}, BLANK),
    ("agreement.measure_consensuses", (np.zeros((2, 5), dtype=int),), {}, BLANK),
    ("agreement.measure_agreements", (np.array([[5]]),), {}, BLANK),
    ("agreement.measure_agreements", (np.array([[0, 1, 0]]),), {}, NUMBER),
    ("agreement.measure_consensuses", (np.array([[5]]),), {}, BLANK),
    ("agreement.find_splits", (reals(MISSING), 0, 0, 0), {}, NUMBER),
    ("agreement.within_group_agreement", (np.full((2, 3), MISSING), reals(1, 1, 1)), {}, BLANK),
    ("agreement.within_group_agreement", (np.ones((1, 1)), reals(0)), {}, "variance above 0"),
    ("agreement.intraclass_correlations", (NOBODY, NOBODY, wholes()), {}, NULL),
    ("agreement.intraclass_correlations", (ALONE, reals(2), wholes(4)), {}, NULL),
    ("agreement.intraclass_correlations", (reals(5, 5), reals(0, 0), wholes(3, 3)), {}, NULL),
    ("change.compare_means", (NOBODY, NOBODY), {}, NUMBER),
    ("change.compare_means", (NOBODY, FEW), {}, NUMBER),
    ("change.compare_means", (ALONE, ALONE), {}, NUMBER),
    ("change.compare_means", (ALONE, FEW), {}, NUMBER),
    ("change.compare_means", (ALIKE, ALIKE), {}, NUMBER),
    ("change.compare_means", (ALIKE, ALIKE + 10), {}, NUMBER),
    ("change.infer_change", (1.0, 2.0, 0.0, 5.0), {}, "standard error"),
    ("change.infer_change", (1.0, 2.0, 1.0, 0.0), {}, "degrees of freedom"),
    ("change.satterthwaite_df", (reals(0, 0), reals(1, 1)), {}, "variance above 0"),
    ("change.satterthwaite_df", (reals(1, 1), reals(0, 1)), {}, "degrees of freedom"),
    ("change.is_equivalent", (NOTHING, 10.0), {}, NUMBER),
    ("change.decide_verdict", (NOTHING,), {"p_adjusted": None, "delta": 10.0, "alpha": 0.05}, NUMBER),
    ("domains.estimate_domain_means", (np.zeros((0, 2)), NO_CELLS, 3), {}, BLANK),
    ("domains.estimate_domain_means", (np.full((2, 2), MISSING), THREE[:2], 1), {}, BLANK),
    ("domains.estimate_domain_means", (np.ones((1, 1)), THREE[:1], 1), {}, BLANK),
    ("domains.estimate_domain_means", (np.ones((3, 1)), THREE, 1), {}, NUMBER),
    ("domains.estimate_domain_means", (np.ones((3, 1)), THREE, 1), {"weights": np.zeros(3)}, BLANK),
    ("domains.estimate_stratified_mean", (NOBODY, NO_CELLS, reals(5)), {}, "at least two people"),
    ("domains.estimate_stratified_mean", (ALONE, THREE[:1], reals(5)), {}, "at least two people"),
    ("domains.estimate_stratified_mean", (ALIKE, THREE, reals(2)), {}, "no more than its population"),
    ("domains.estimate_stratified_mean", (ALIKE, THREE, reals(3)), {}, NUMBER),
    ("domains.estimate_stratified_mean", (ALIKE, THREE, reals(5)), {}, NUMBER),
    ("equivalence.assess_equivalence", (0.0, 0.0, 5.0, -10.0, 10.0), {}, "standard error"),
    ("finite_population.estimate_mean", (NOBODY, 5), {}, NUMBER),
    ("finite_population.estimate_mean", (NOBODY, 0), {}, NUMBER),
    ("finite_population.estimate_mean", (ALONE, None), {}, NUMBER),
    ("finite_population.estimate_mean", (ALIKE, 9), {}, NUMBER),
    ("finite_population.estimate_mean", (ALIKE, 3), {}, NUMBER),
    ("finite_population.estimate_mean", (ALIKE, 2), {}, "more values than eligible"),
    ("finite_population.possible_range", (0, None, 4), {}, NUMBER),
    ("finite_population.possible_range", (0, None, 0), {}, "at least 1"),
    ("finite_population.possible_range", (3, 50.0, 2), {}, "at least n"),
    ("item_scores.score_options", ([],), {"reverse": False}, "two different answers"),
    ("item_scores.score_options", ([3],), {"reverse": True}, "two different answers"),
    ("item_scores.answers_needed", (0,), {}, NUMBER),
    ("level_view.estimate_level", (NOBODY, 0), {}, NUMBER),
    ("level_view.estimate_level", (ALONE, 9), {"points_n": 5}, NUMBER),
    ("level_view.estimate_level", (ALIKE, 9), {"points_n": 5}, NUMBER),
    ("level_view.estimate_level", (ALIKE, None), {}, NUMBER),
    ("level_view.estimate_level", (ALIKE, 2), {}, "more values than eligible"),
    ("linked.compare_partly_linked", (NOBODY,) * 4, {}, NUMBER),
    ("linked.compare_partly_linked", (NOBODY, NOBODY, ALONE, ALONE), {}, NUMBER),
    ("linked.compare_partly_linked", (FEW, FEW, ALONE, ALONE), {}, NUMBER),
    ("linked.compare_partly_linked", (NOBODY, NOBODY, ALIKE, ALIKE), {}, NUMBER),
    ("linked.compare_partly_linked", (NOBODY, NOBODY, FEW, FEW + 10), {}, NUMBER),
    ("linked.compare_partly_linked", (FEW, FEW, ALONE, NOBODY), {}, "value in both years"),
    ("linked.compare_linked_means", (NOBODY, NOBODY, (NOBODY, NOBODY)), {}, NUMBER),
    ("linked.compare_linked_means", (FEW, FEW, (ALONE, ALONE)), {}, NUMBER),
    ("linked.compare_linked_means", (ALIKE, ALIKE, (ALIKE, ALIKE + 9)), {}, NUMBER),
    ("linked.covary_means", (ALONE, ALONE, (ALONE, ALONE)), {}, "at least two values"),
    ("linked.covary_means", (ALIKE, FEW, (NOBODY, NOBODY)), {}, NUMBER),
    ("linked.persistent_error", (NOBODY, FEW, 9), {}, "at least two values"),
    ("linked.persistent_error", (ALIKE, ALIKE, 3), {}, NUMBER),
    ("multiplicity.adjust_p_values", ([], "holm"), {}, NUMBER),
    ("multiplicity.adjust_p_values", ([None, None], "bh"), {}, NUMBER),
    ("ordinal.fit_proportional_odds", (wholes(), np.zeros((0, 1))), {}, NULL),
    ("ordinal.fit_proportional_odds", (wholes(3, 3), np.array([[0.0], [1.0]])), {}, NULL),
    ("ordinal.fit_proportional_odds", (wholes(1, 2), np.ones((2, 1))), {}, NULL),
    ("ordinal.detect_item_shift", (wholes(), NOBODY, np.zeros(0, dtype=bool)), {}, NULL),
    ("ordinal.detect_item_shift", (wholes(3, 3, 3), FEW, np.array([True, False, True])), {}, NULL),
    ("ordinal.detect_item_shift", (wholes(3), ALONE, np.array([True])), {}, NULL),
    ("ordinal.name_shift", (1.0, 0.0, 0.05), {}, NUMBER),
    ("permutation.permute_welch", (NOBODY, NOBODY, 99, 0), {}, "at least two values"),
    ("permutation.permute_welch", (ALONE, FEW, 99, 0), {}, "at least two values"),
    ("permutation.permute_welch", (ALIKE, ALIKE, 99, 0), {}, NUMBER),
    ("permutation.permute_linked", (FEW, FEW, NOBODY, NOBODY, 99, 0), {}, "two people must be linked"),
    ("permutation.permute_linked", (FEW, FEW, ALONE, ALONE, 99, 0), {}, "two people must be linked"),
    ("permutation.permute_linked", (NOBODY, NOBODY, ALIKE, ALIKE, 99, 0), {}, NUMBER),
    ("polya.polya_interval", (wholes(0, 0), 5), {}, "needs two points, answers"),
    ("polya.polya_interval", (wholes(3), 5), {}, "needs two points, answers"),
    ("polya.polya_interval", (wholes(3, 0), 2), {}, "no more of them than N"),
    ("polya.polya_interval", (wholes(3, 0), 3), {}, NUMBER),
    ("polya.polya_interval", (wholes(1, 0), None), {}, NUMBER),
    ("polya.polya_moments", (wholes(0, 0), 0), {}, "needs two points, answers"),
    ("polya.polya_moments", (wholes(3, 0), 3), {}, NUMBER),
    ("polya.distribute_sum", (reals(1, 1), 0), {}, NUMBER),
    ("polya.put_on_grid", (NOBODY,), {}, NUMBER),
    ("pooling.combine_errors", (np.zeros((2, 1)), np.full((2, 1), 2.0)), {}, NUMBER),
    ("pooling.combine_errors", (np.ones((2, 1)), np.ones((2, 1))), {}, "at least two people"),
    ("power.detectable_change", (1, 5), {"sd": 18.0}, NULL),
    ("power.detectable_change", (5, 5), {"sd": 0.0}, NUMBER),
    ("power.detectable_change", (5, 5), {"sd": 18.0, "eligible": 5}, NUMBER),
    ("power.spread_behind", (10.0, 1, 5), {}, NULL),
    ("power.people_needed", (0.0, 18.0), {}, "a change and a spread"),
    ("power.people_needed", (500.0, 18.0), {}, NUMBER),
    ("power.people_needed", (10.0, 0.0), {}, "spread above 0"),
    ("proportions.hypergeometric_interval", (0, 0, 5), {}, "at least one answer"),
    ("proportions.hypergeometric_interval", (3, 5, 4), {}, "n <= N"),
    ("proportions.hypergeometric_interval", (1, 1, 1), {}, NUMBER),
    ("proportions.wilson_interval", (0, 0), {}, "at least one answer"),
    ("proportions.wilson_interval", (1, 1), {}, NUMBER),
    ("proportions.margin_of_error", (0.5, 0, 5), {}, "1 <= n <= N"),
    ("proportions.margin_of_error", (0.5, 5, 4), {}, "1 <= n <= N"),
    ("proportions.margin_of_error", (0.5, 1, 1), {}, NUMBER),
    ("proportions.newcombe_difference", (0, 0, 1, 1), {}, "at least one answer"),
    ("proportions.newcombe_difference", (1, 1, 0, 1), {}, NUMBER),
    ("proportions.newcombe_difference", (2, 1, 0, 1), {}, "0 <= x <= n"),
    ("proportions.mcnemar_exact", (0, 0), {}, NUMBER),
    ("rank_tests.count_values", (NOBODY, FEW), {}, NUMBER),
    ("rank_tests.compare_rank_counts", (reals(0, 0), reals(1, 1)), {}, "need a value"),
    ("rank_tests.compare_rank_counts", (reals(1), reals(1)), {}, NUMBER),
    ("rank_tests.compare_rank_counts", (reals(3, 0), reals(0, 3)), {}, NUMBER),
    ("rank_tests.name_size", (0.0,), {}, NUMBER),
    ("rank_tests.cliffs_delta_interval", (NOBODY, FEW), {}, "at least two values"),
    ("rank_tests.cliffs_delta_interval", (ALIKE, ALIKE), {}, NUMBER),
    ("rank_tests.cliffs_delta_interval", (ALIKE, ALIKE + 1), {}, NUMBER),
    ("rank_tests.detect_ordered_trend_of_counts", (np.zeros((3, 4)),), {}, "at least two years"),
    ("rank_tests.detect_ordered_trend_of_counts", (np.zeros((0, 0)),), {}, "at least two years"),
    ("rank_tests.detect_ordered_trend_of_counts", (reals(3, 3)[:, None],), {}, NUMBER),
    ("rank_tests.detect_ordered_trend_of_counts", (np.ones((3, 1)),), {}, NUMBER),
    ("rank_tests.detect_share_trend", ([], []), {}, NULL),
    ("rank_tests.detect_share_trend", ([0], [0]), {}, NULL),
    ("rank_tests.detect_share_trend", ([3, 3], [3, 3]), {}, NULL),
    ("reliability.sum_products", (np.zeros((0, 3)),), {}, NUMBER),
    ("reliability.sum_products", (np.full((3, 3), MISSING),), {}, NUMBER),
    ("reliability.cronbach_alpha", (np.zeros((3, 3)),), {}, "vary together"),
    ("reliability.cronbach_alpha", (np.ones((1, 1)),), {}, "two items"),
    ("reliability.feldt_interval", (0.8, 1, 3), {}, "two people"),
    ("reliability.feldt_interval", (0.8, 40, 1), {}, "two items"),
    ("reliability.measure_reliability", (sum_products(np.zeros((0, 3))),), {}, NULL),
    ("reliability.measure_reliability", (sum_products(np.full((40, 3), MISSING)),), {}, NULL),
    ("reliability.measure_reliability", (sum_products(np.full((40, 3), 50.0)),), {}, NULL),
    ("reliability.omega_total", (np.zeros((3, 3)),), {}, NULL),
    ("reliability.omega_total", (np.full((3, 3), MISSING),), {}, NULL),
    ("rounding.round_half_up", (None,), {}, NULL),
    ("rounding.round_half_up", (MISSING,), {}, NULL),
    ("rounding.round_half_up", (NOBODY,), {}, NUMBER),
    ("shrinkage.pool_groups", (NOBODY, NOBODY), {}, "three groups"),
    ("shrinkage.pool_groups", (reals(1, 2, 3), reals(1, 0, 1)), {}, "variances above 0"),
    ("shrinkage.pool_groups", (ALIKE, reals(1, 1, 1)), {}, NUMBER),
    ("shrinkage.chance_among_lowest", (reals(1, 1), reals(1, 1), POOLED, 1), {"seed": 0, "draws": 9}, NUMBER),
    ("shrinkage.estimate_tau2", (NOBODY, NOBODY, "PM"), {}, "two groups"),
    ("shrinkage.estimate_tau2", (ALONE, reals(1), "DL"), {}, "two groups"),
    ("shrinkage.estimate_tau2", (ALIKE, reals(1, 1, 1), "REML"), {}, NUMBER),
    ("shrinkage.shrink_james_stein", (NOBODY, 1.0), {}, "no groups"),
    ("shrinkage.shrink_james_stein", (ALONE, 1.0), {}, NUMBER),
    ("shrinkage.shrink_james_stein", (ALIKE, 1.0), {}, NUMBER),
    ("trend.describe_pattern", ("not_tested", (Step("not_tested", None),) * 2), {}, NUMBER),
    ("trend.describe_pattern", ("improved", (Step("not_tested", None),) * 2), {}, NUMBER),
    ("trend.estimate_curvature", ([NOBODY] * 3,), {}, "at least two values"),
    ("trend.estimate_curvature", ([ALONE] * 3,), {}, "at least two values"),
    ("trend.estimate_curvature", ([ALIKE] * 3,), {}, NUMBER),
    ("weighting.merge_small_cells", (wholes(),), {}, NUMBER),
    ("weighting.merge_small_cells", (wholes(0, 1),), {}, NUMBER),
    ("weighting.post_stratify", (NO_CELLS, reals(5)), {}, "cell_too_small"),
    ("weighting.post_stratify", (np.repeat(THREE, 2), reals(0)), {}, "cell_not_on_roster"),
    ("weighting.post_stratify", (np.repeat(THREE, 2), reals(9), np.zeros(6)), {}, "weights_not_positive"),
    ("weighting.rake", ([NO_CELLS], [reals(5)], NOBODY), {}, "weights_not_positive"),
    ("weighting.rake", ([THREE], [reals(5)], np.zeros(3)), {}, "weights_not_positive"),
    ("weighting.rake", ([THREE], [reals(5)], reals(1, -1, 1)), {}, "weights_not_positive"),
    ("weighting.rake", ([THREE], [reals(5, 5)], np.ones(3)), {}, "category_without_respondents"),
    ("weighting.cap_weights", (NOBODY,), {}, "above 0"),
    ("weighting.cap_weights", (reals(0, 0),), {}, "above 0"),
    ("weighting.cap_weights", (reals(3, -1),), {}, "not be negative"),
    ("weighting.kish_design_effect", (NOBODY,), {}, "above 0"),
    ("weighting.kish_design_effect", (reals(3, -1),), {}, "not be negative"),
    ("weighting.refuse_weights", (NOBODY,), {}, "weights_not_positive"),
    ("weighting.refuse_weights", (reals(3, -1),), {}, "weights_not_positive"),
    ("weighting.refuse_weights", (reals(MISSING),), {}, "weights_not_positive"),
]  # fmt: skip


def list_public_functions() -> set[str]:
    found = set()
    for entry in pkgutil.iter_modules(pipeline.stats.__path__):
        module = importlib.import_module(f"pipeline.stats.{entry.name}")
        for name, thing in vars(module).items():
            if inspect.isfunction(thing) and not name.startswith("_") and thing.__module__ == module.__name__:
                found.add(f"{entry.name}.{name}")
    return found


def holds_nan(found: object) -> bool:
    if found is None or isinstance(found, (str, bool)):
        return False
    if is_dataclass(found):
        return any(holds_nan(getattr(found, field.name)) for field in fields(found))
    if isinstance(found, (list, tuple)):
        return any(map(holds_nan, found))
    return not bool(np.isfinite(np.asarray(found, dtype=np.float64)).all())


def test_no_public_statistic_is_left_out() -> None:
    assert {name for name, *_ in TABLE} == list_public_functions()


@pytest.mark.parametrize(
    ("name", "given", "options", "expected"), TABLE, ids=[f"{at}-{row[0]}" for at, row in enumerate(TABLE)]
)
def test_a_statistic_gives_what_it_defines_or_says_why_not(
    name: str, given: tuple[Any, ...], options: dict[str, Any], expected: str
) -> None:
    module, function = name.split(".")
    compute = getattr(importlib.import_module(f"pipeline.stats.{module}"), function)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = compute(*given, **options)
        except ValueError as error:
            assert expected in str(error)
            return
    if isinstance(found, Refusal):
        assert found.reason == expected
        assert np.isfinite(found.seen)
    elif expected == NULL:
        assert found is None
    else:
        assert expected in (NUMBER, BLANK)
        assert found is not None
        assert holds_nan(found) == (expected == BLANK)


GROUPS: list[Any] = [{"group": "House", "kind": "rollup"}, {"group": "North", "parent": "House"}, "South"]
BAD_ANSWERS: dict[str, dict[str, Any]] = {
    "no answers": {},
    "one answer": {"North": {"r1": [4, None]}},
    "one person": {"North": {"r1": [4, 5]}},
    "one group": {"South": make_people([1, 3, 5, 2, 4, 4])},
    "all equal": {"North": make_people([4] * 7), "South": make_people([4] * 6)},
    "all missing": {"North": {f"r{n}": [None, None] for n in range(6)}},
    "all refused": {"North": {f"r{n}": ["refused", "no_opinion"] for n in range(6)}},
    "an item with one category": {"North": {f"r{n}": [3, 1 + n % 5] for n in range(9)}},
    "an item nobody answered": {"North": {f"r{n}": [1 + n % 5, None] for n in range(9)}},
    "nobody in a group that is": {"_none": make_people([2, 4, 5])},
}


@pytest.mark.parametrize("eligible", [None, 0, 2, 40])
@pytest.mark.parametrize("bad", BAD_ANSWERS)
@pytest.mark.parametrize("good", [None, {"North": make_people([1, 2, 3, 4, 5, 5]), "South": make_people([3] * 5)}])
def test_a_programme_gets_numbers_or_reasons_from_any_answers(
    bad: str, good: dict[str, Any] | None, eligible: int | None
) -> None:
    """As the later year and as the earlier one; eligible 0 and 2 stand below those who answered."""
    years = (2026, 2027)
    roster = {} if eligible is None else {"North": eligible, "South": eligible}
    definitions = make_definitions(groups=GROUPS, years=years, roster=roster, scales={"agree": 5})
    people = {2026: good if good is not None else BAD_ANSWERS[bad], 2027: BAD_ANSWERS[bad]}
    answers = {year: make_answers(people[year], definitions, year) for year in years}
    counts = {group: {"complete": len(members)} for group, members in people[2027].items()}
    responses = count_responses(make_respondents(counts), definitions, 2027)
    scores = score_wave(answers[2027], responses, definitions, 2027)
    numbers = scores.select_dtypes("float")
    assert not np.isinf(numbers.to_numpy(dtype=float, na_value=0.0)).any()
    own = scores[scores["aggregation"] != "groups_equal"]
    assert (own["mean"].notna() == (own["n"] > 0)).all()
    assert ((scores["reason"] != "") | scores["ci_low"].notna() | (scores["view"] == "complete")).all()
    assert (scores["ci_low"].isna() == scores["ci_high"].isna()).all()
    found = count_items(answers[2027], definitions, 2027)
    assert (found["n"] >= 0).all()
    for earlier, later in (years, years[::-1]):
        swapped = {2026: answers[earlier].assign(wave="2026"), 2027: answers[later].assign(wave="2027")}
        trends = compare_years(swapped, definitions, 2027).trends
        tested = ~trends["verdict"].isin(["not_tested", "break_in_series"])
        assert (trends["p_value"].notna() | ~tested).all()
        assert ((trends["reason"] != "") | tested).all()
        assert trends["verdict"].notna().all()
