"""One worked example per statistic: small enough to check by hand, run as a test, printed in docs/methods.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.agreement import (
    find_splits,
    intraclass_correlations,
    measure_agreements,
    within_group_agreement,
)
from pipeline.stats.change import compare_means, decide_verdict, infer_change
from pipeline.stats.equivalence import assess_equivalence
from pipeline.stats.finite_population import possible_range
from pipeline.stats.item_scores import answers_needed
from pipeline.stats.level_view import estimate_level
from pipeline.stats.linked import compare_partly_linked
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.permutation import permute_welch
from pipeline.stats.power import detectable_change
from pipeline.stats.proportions import hypergeometric_interval, mcnemar_exact, newcombe_difference, wilson_interval
from pipeline.stats.reliability import cronbach_alpha, feldt_interval
from pipeline.stats.rounding import round_half_up
from pipeline.stats.shrinkage import pool_groups
from pipeline.stats.trend import Step, describe_pattern
from pipeline.stats.weighting import kish_design_effect, post_stratify
from tests.ranks import compare_ranks, detect_ordered_trend

Values = dict[str, Any]


def scores(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


NINE = scores(25, 50, 50, 75, 75, 75, 75, 100, 100)
BEFORE, AFTER = scores(40, 45, 50, 55, 60), scores(55, 65, 70, 75, 85)


@dataclass(frozen=True)
class Example:
    """One statistic: what it is in words, numbers to follow, and what must come out.

    ``expected`` and what ``compute`` returns have the same keys; numbers agree to half of the last digit
    that ``expected`` shows.
    """

    section: str
    title: str
    words: str
    given: str
    expected: Values
    compute: Callable[[], Values]


def example(
    section: str, title: str, words: str, given: str, **expected: Any
) -> Callable[[Callable[[], Values]], None]:
    def register(compute: Callable[[], Values]) -> None:
        shown = {name.replace("_", " "): value for name, value in expected.items()}
        EXAMPLES.append(Example(section, title, words, given, shown, compute))

    return register


EXAMPLES: list[Example] = []
SCORES, SURE, CHANGED = "From answers to scores", "How sure a score is", "What changed"
TOGETHER, SIDE = "Do the answers belong together?", "Groups side by side"


@example(
    SCORES, "Rounding (S3)",
    "Numbers are computed in full and rounded once, when they are released: whole points, halves up. A printed "
    "difference is the rounded difference, so it may differ by one from the difference of two printed scores.",
    "This year 52.952, last year 58.495",
    this_year=53, last_year=58, difference=-6,
)  # fmt: skip
def _rounding() -> Values:
    return {
        "this year": round_half_up(52.952), "last year": round_half_up(58.495), "difference": round_half_up(52.952 - 58.495),
    }  # fmt: skip


@example(
    SCORES, "Half of the items (S2)",
    "A person's score on a principle is the mean of their answers to its items, if they answered at least half of "
    "them, and at least two where there are two or more.",
    "Principles of 1, 2, 3, 4 and 5 items",
    answers_needed=[1, 2, 2, 2, 3],
)  # fmt: skip
def _half_rule() -> Values:
    return {"answers needed": [answers_needed(k) for k in range(1, 6)]}


@example(
    SURE, "Possible range (S6)",
    "What everybody's average can still be, whatever those who did not answer think. It assumes nothing.",
    "9 of 12 answered, their average is 69.44: the three others all at 0, or all at 100",
    lowest=52.08, highest=77.08,
)  # fmt: skip
def _possible() -> Values:
    low, high = possible_range(9, float(NINE.mean()), 12)
    return {"lowest": low, "highest": high}


@example(
    SURE, "Interval of one question, fewer than 30 answers (S6)",
    "The three who did not answer are drawn again and again from an urn that holds the nine answers and a little of "
    "every other answer; where their average makes the group's lie in 95 of 100 draws is the interval. It is used for "
    "any score whose answers are all alike too, because it needs no spread. Nobody can check from the answers whether "
    "the three are like the nine.",
    "9 of 12 answered one question on five points: 25, 50, 50, 75, 75, 75, 75, 100, 100",
    mean=69.44, low=60.42, high=75.0,
)  # fmt: skip
def _polya() -> Values:
    found = estimate_level(NINE, 12, points_n=5)
    return {"mean": found.mean, "low": found.ci_low, "high": found.ci_high}


@example(
    SURE, "Interval of a principle, and of one question from 30 answers on (S6)",
    "Mean ± t × standard error; the standard error is s / √n × √(1 − n/N), so that it shrinks as the group is "
    "complete. The interval never goes beyond the possible range.",
    "The same nine of twelve, now as scores of a principle: 24.30 / √9 × √(1 − 9/12) = 4.05, and t = 2.306",
    standard_error=4.05, low=60.11, high=77.08,
)  # fmt: skip
def _t_interval() -> Values:
    found = estimate_level(NINE, 12)
    return {"standard error": found.se, "low": found.ci_low, "high": found.ci_high}


@example(
    SURE, "How many are favourable (S7)",
    "All numbers of favourable people that the answers do not make unlikely (mid-p hypergeometric). Where the group's "
    "size is unknown: Wilson's interval.",
    "7 of 9 answers are favourable, 12 could answer",
    people_of_12=[8, 10], share_if_the_size_is_unknown=[0.45, 0.94],
)  # fmt: skip
def _share() -> Values:
    return {"people of 12": hypergeometric_interval(7, 9, 12), "share if the size is unknown": wilson_interval(7, 9)}


@example(
    CHANGED, "Change of the average (S8)",
    "The later mean minus the earlier one, without counting on the group's size: next year's mood is not this year's "
    "(process view). Welch's standard error and degrees of freedom.",
    "Five people at 40, 45, 50, 55, 60; a year later five at 55, 65, 70, 75, 85",
    difference=20.0, standard_error=6.12, degrees_of_freedom=7.2,
)  # fmt: skip
def _change() -> Values:
    found = compare_means(BEFORE, AFTER)
    return {"difference": found.difference, "standard error": found.se, "degrees of freedom": found.df}


@example(
    CHANGED, "Is it more than chance? (S9)",
    "All ten answers are dealt again into two years, in all 252 ways; p is the share of deals that look at least as "
    "different. Used where fewer than 100 people answered in either year.",
    "The same ten people",
    p=0.024,
)  # fmt: skip
def _permutation() -> Values:
    return {"p": permute_welch(BEFORE, AFTER, 9999, 0)}


@example(
    CHANGED, "How often is the later answer the higher one? (S9)",
    "Of all pairs of one person of each year, the share in which the later one scores higher, equal scores counting "
    "half (Brunner and Munzel). It describes; it decides nothing. Cliff's delta is twice that less one.",
    "The same ten people: 24 of 25 pairs, one of them equal",
    later_is_higher=0.94, cliffs_delta=0.88,
)  # fmt: skip
def _superiority() -> Values:
    found = compare_ranks(BEFORE, AFTER)
    return {"later is higher": found.superiority, "cliffs delta": found.cliffs_delta}


@example(
    CHANGED, "People known to have answered in both years (S8)",
    "Where tokens link people, their own consistency makes the comparison sharper. With everybody linked it is the "
    "paired t test. At least ten linked people are needed before such a figure is shown.",
    "The same numbers, as five people in both years",
    difference=20.0, standard_error=1.58,
)  # fmt: skip
def _linked() -> Values:
    nobody = scores()
    found = compare_partly_linked(nobody, nobody, BEFORE, AFTER)
    return {"difference": found.difference, "standard error": found.se}


@example(
    CHANGED, "Several principles at once (S10)",
    "With five principles chance gets five tries. The smallest p counts five times, the next four times, and so on "
    "(Holm), within one group and one pair of years.",
    "p = 0.004, 0.020, 0.030, 0.200, 0.600",
    adjusted=[0.02, 0.08, 0.09, 0.4, 0.6],
)  # fmt: skip
def _holm() -> Values:
    return {"adjusted": adjust_p_values([0.004, 0.020, 0.030, 0.200, 0.600], "holm")}


@example(
    CHANGED, "Small enough not to matter (S11)",
    "Said only when the 90 % interval of the change lies inside the band that was set before the data: two one-sided "
    "tests, one against each end.",
    "Change 1 point, standard error 4, 60 degrees of freedom, band ± 10",
    p_against_the_lower_end=0.004, p_against_the_upper_end=0.014, verdict="no_meaningful_change",
)  # fmt: skip
def _tost() -> Values:
    test = assess_equivalence(1, 4, 60, -10, 10)
    verdict = decide_verdict(infer_change(60, 61, 4, 60), p_adjusted=0.8, delta=10, alpha=0.05)
    return {"p against the lower end": test.p_lower, "p against the upper end": test.p_upper, "verdict": verdict}


@example(
    CHANGED, "What could have been found (S11)",
    "The change that such years would find in 80 of 100 cases: (t.975 + t.80) × standard error. Printed before "
    "fieldwork too, so that nobody expects of nine answers what they cannot give.",
    "Spread 18; 9 answers in both years; 40 in both years",
    nine=25, forty=11,
)  # fmt: skip
def _detectable() -> Values:
    return {"nine": detectable_change(9, 9, sd=18), "forty": detectable_change(40, 40, sd=18)}


@example(
    CHANGED, "A favourable share in two years (S8)",
    "The interval of the difference joins the two Wilson intervals (Newcombe). For people known in both years, only "
    "those who changed side count (McNemar, exact).",
    "12 of 20 favourable, a year later 18 of 24; of linked people 1 turned away, 7 turned favourable",
    difference_from=-0.12, difference_to=0.40, p_of_linked_people=0.070,
)  # fmt: skip
def _shares() -> Values:
    low, high = newcombe_difference(12, 20, 18, 24)
    return {"difference from": low, "difference to": high, "p of linked people": mcnemar_exact(1, 7)}


@example(
    CHANGED, "Three years (S12)",
    "The pattern comes from the change from the first to the last year and the two steps between. Jonckheere and "
    "Terpstra's J counts, over all pairs of people of two years, how often the later one is higher.",
    "Years 40, 50 / 50, 60 / 60, 80; first to last improved, both steps upward",
    j=11.0, j_expected_by_chance=6.0, pattern="steady_improvement",
)  # fmt: skip
def _three_years() -> Values:
    trend = detect_ordered_trend([scores(40, 50), scores(50, 60), scores(60, 80)])
    pattern = describe_pattern("improved", (Step("cannot_tell", 10), Step("cannot_tell", 15)))
    return {"j": trend.statistic, "j expected by chance": trend.expected, "pattern": pattern}


@example(
    TOGETHER, "Alpha (S13)",
    "How far a principle's items measure the same thing: k / (k − 1) × (1 − sum of variances / variance of the sum), "
    "computed within groups. Not reported below 30 people or 3 items, because its interval would say nothing.",
    "Three items, each with variance 1 and correlations of 0.5; 40 people",
    alpha=0.75, low=0.58, high=0.86,
)  # fmt: skip
def _alpha() -> Values:
    alpha = cronbach_alpha(np.full((3, 3), 0.5) + 0.5 * np.eye(3))
    low, high = feldt_interval(alpha, 40, 3)
    return {"alpha": alpha, "low": low, "high": high}


@example(
    TOGETHER, "Agreement (S13)",
    "Van der Eijk's A: 1 when all give the same answer, 0 when the answers are spread evenly, −1 when half stand at "
    "either end. Below 0.2 with a quarter at either end a question is marked as split.",
    "Counts 5 0 0 0 5; 0 1 2 6 1; 4 1 0 1 4",
    agreement=[-1.0, 0.65, -0.66], split=[True, False, True],
)  # fmt: skip
def _agreement() -> Values:
    counts = np.array([[5, 0, 0, 0, 5], [0, 1, 2, 6, 1], [4, 1, 0, 1, 4]])
    agreement = measure_agreements(counts)
    split = find_splits(agreement, counts.sum(axis=1), counts[:, :2].sum(axis=1), counts[:, 3:].sum(axis=1))
    return {"agreement": agreement.tolist(), "split": split.tolist()}


@example(
    TOGETHER, "A group's own view (S13)",
    "r_wg says how much closer a group's answers are than an even spread over the scale (1: all alike, 0: no closer). "
    "ICC(1) is the share of all differences between people that lies between groups; ICC(2) how well the groups can be "
    "told apart by their averages. Both are computed once, over groups with at least ten people.",
    "Two questions of five answers with variances 1 and 0.5; three groups of ten with averages 50, 60, 70, each with "
    "variance 300",
    r_wg=0.77, icc_1=0.19, icc_2=0.70,
)  # fmt: skip
def _own_view() -> Values:
    agreed = within_group_agreement(np.array([[1.0, 0.5]]), np.array([2.0, 2.0]))
    icc = intraclass_correlations(scores(50, 60, 70), scores(300, 300, 300), np.array([10, 10, 10]))
    assert icc is not None
    return {"r wg": float(agreed[0]), "icc 1": icc[0], "icc 2": icc[1]}


@example(
    SIDE, "Weights (S14)",
    "Where the roster says how many there are of each kind, answers can be weighted to that make-up, always beside the "
    "unweighted figure. Kish's effect says how much precision that costs; above 2 nothing weighted is shown.",
    "10 of 20 members of one kind answered, 5 of 40 of the other",
    weights=[2.0, 8.0], design_effect=1.5,
)  # fmt: skip
def _weights() -> Values:
    weights = post_stratify(np.repeat([0, 1], [10, 5]), scores(20, 40))
    assert isinstance(weights, np.ndarray)
    return {"weights": [weights[0], weights[-1]], "design effect": kish_design_effect(weights)}


@example(
    SIDE, "Partial pooling (S15)",
    "In the view over all groups only, each score is drawn towards the average of all, small groups more, so that the "
    "most extreme place is not simply the smallest group. A group's own page always shows its own score.",
    "Scores 50, 60, 70, 80 with standard errors 10, 3, 3, 10",
    drawn_to=[58.2, 60.5, 69.5, 71.8],
)  # fmt: skip
def _pooling() -> Values:
    return {"drawn to": pool_groups(scores(50, 60, 70, 80), scores(10, 3, 3, 10) ** 2).estimate.tolist()}
