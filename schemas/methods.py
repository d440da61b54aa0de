"""Words the steps share: verdicts, views, patterns and the methods behind published numbers.

``METHODS`` maps each method id to the sentence a report prints and the source of the formula, so that
the methods text of a report lists what really ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

View = Literal["finite", "process", "complete", "none"]
"""finite: this year's members, finite-population correction; process: the climate behind the answers;
complete: everybody answered, no sampling error; none: no interval can be given."""

Verdict = Literal["improved", "declined", "no_meaningful_change", "cannot_tell", "not_tested", "break_in_series"]

VERDICT_TEXT: dict[str, str] = {
    "improved": "improved",
    "declined": "declined",
    "no_meaningful_change": "no meaningful change",
    "cannot_tell": "we cannot tell whether it changed",
    "not_tested": "not tested",
    "break_in_series": "break in series",
}

PATTERN_TEXT: dict[str, str] = {
    "steady_improvement": "steady improvement",
    "late_improvement": "improvement, not steady",
    "steady_decline": "steady decline",
    "late_decline": "decline, not steady",
    "reversal": "up and down again, or down and up again",
    "flat": "no meaningful change",
    "cannot_tell": "cannot tell",
    "not_tested": "not tested",
    "break_in_series": "break in series",
}


@dataclass(frozen=True)
class Method:
    """A method id's sentence for readers, and where the formula comes from."""

    sentence: str
    source: str


EQUAL_FROM = 5
"""People scored from which a group counts in ``groups_equal``, as its sentence below says."""

METHODS: dict[str, Method] = {
    "mean_t_fpc": Method(
        "The interval around a score is a t interval with the finite-population correction: it says "
        "where the average of everybody who could have answered is likely to be, and it is never "
        "wider than what is still possible.",
        "Cochran 1977, Sampling Techniques, ch. 2; Thompson 2012, Sampling, ch. 2",
    ),
    "mean_t": Method(
        "Where nobody knows how many people could have answered, the interval around a score is a t "
        "interval without the finite-population correction.",
        "Cochran 1977, Sampling Techniques, ch. 2",
    ),
    "mean_polya": Method(
        "With fewer than 30 answers, the interval around a score asks what those who did not answer may "
        "think, learning from those who did (Dirichlet-multinomial); it is never wider than what is still "
        "possible.",
        "Ericson 1969, JRSSB 31:195; Ghosh & Meeden 1997, Bayesian Methods for Finite Population Sampling",
    ),
    "mean_polya_process": Method(
        "With fewer than 30 answers and nobody knowing how many people could have answered, the interval "
        "around a score is the same (Dirichlet-multinomial) for a large group.",
        "Ericson 1969, JRSSB 31:195; Ghosh & Meeden 1997, Bayesian Methods for Finite Population Sampling",
    ),
    "mean_complete": Method(
        "Where everybody who could answer did, the score is exact for that year and has no interval.",
        "Cochran 1977, Sampling Techniques, ch. 2",
    ),
    "mean_groups_equal": Method(
        "“Each group counting once” is the plain average of the group scores, over groups with at "
        "least five people; its interval combines the groups' standard errors.",
        "Satterthwaite 1946, Biometrics Bulletin 2:110",
    ),
    "mean_only": Method(
        "With one answer there is no interval.",
        "Cochran 1977, Sampling Techniques, ch. 2",
    ),
    "mean_no_spread": Method(
        "Where everybody who answered has the same score, no interval can be computed from the answers.",
        "Cochran 1977, Sampling Techniques, ch. 2",
    ),
    "welch_t": Method(
        "Two years are compared by the difference of their averages, with Welch's t test.",
        "Welch 1947, Biometrika 34:28",
    ),
    "welch_permutation": Method(
        "Where fewer than 100 people answered in either year, the p-value comes from re-dealing the "
        "answers between the two years (a permutation test of Welch's statistic).",
        "Janssen 1997, Statistics & Probability Letters 36:9",
    ),
    "groups_equal_difference": Method(
        "For “each group counting once”, the change is the average of the groups' own changes, over "
        "the groups that can be scored in both years.",
        "Satterthwaite 1946, Biometrics Bulletin 2:110",
    ),
    "holm": Method(
        "The p-values of one group's principles in one pair of years are adjusted together (Holm), so "
        "that a group with no change at all is rarely told that something changed.",
        "Holm 1979, Scandinavian Journal of Statistics 6:65",
    ),
    "tost": Method(
        "“No meaningful change” is said only when the 90 % interval of the difference lies within the "
        "band that was called meaningful before the data arrived.",
        "Schuirmann 1987, J. Pharmacokinetics and Biopharmaceutics 15:657",
    ),
    "none": Method("Nothing was computed.", ""),
}
