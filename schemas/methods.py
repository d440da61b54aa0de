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
        "For a single question with fewer than 30 answers, and where all have the same score, the interval "
        "asks what those who did not answer may think, learning from those who did (Dirichlet-multinomial); "
        "it is never wider than what is still possible.",
        "Ericson 1969, JRSSB 31:195; Ghosh & Meeden 1997, Bayesian Methods for Finite Population Sampling",
    ),
    "mean_polya_process": Method(
        "For a single question with fewer than 30 answers, and where all have the same score, with nobody "
        "knowing how many people could have answered, the interval is learned from the answers as for a large "
        "group (Dirichlet-multinomial).",
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
    "mean_stratified": Method(
        "“All members” weighs the answers of each part of the roster by how many people are in it, parts with fewer "
        "than 5 answers together with the next one; its interval is that of a stratified sample.",
        "Cochran 1977, Sampling Techniques, ch. 5; Holt & Smith 1979, JRSSA 142:33",
    ),
    "mean_weighted": Method(
        "Weights that fit the roster's numbers are kept between a fifth and five times their mean; the interval "
        "takes them as given.",
        "Deming & Stephan 1940, Annals of Mathematical Statistics 11:427; Saerndal, Swensson & Wretman 1992, sec. 5.8",
    ),
    "median_of_groups": Method(
        "“The middle group” is the median of the scores of groups with at least five people: half of them score "
        "lower, half higher. It has no interval.",
        "Hyndman & Fan 1996, The American Statistician 50:361",
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
    "linked_t": Method(
        "Where people keep a token over the years, those who answered in both are followed: the comparison takes "
        "into account how far their two answers go together (partly linked t test). Everybody else counts as before.",
        "Derrick, Toher & White 2017, The Quantitative Methods for Psychology 13:120",
    ),
    "linked_permutation": Method(
        "Where people keep a token over the years and fewer than 100 answered in either year, those who answered in "
        "both are followed, and the p-value comes from exchanging each one's two answers and re-dealing those of "
        "everybody else (a permutation test of the partly linked t).",
        "Derrick, Toher & White 2017, The Quantitative Methods for Psychology 13:120; Einsporn & Habtzghi 2013, "
        "Journal of Data Science 11:767",
    ),
    "persistent_overlap": Method(
        "A comparison that cannot follow people takes the years' answers for independent, which is cautious. Where "
        "the numbers show that some must have answered twice, we also say what would have been noticed if half of "
        "the spread of their answers stayed from year to year (a correlation of 0.5).",
        "Kish 1965, Survey Sampling, sec. 12.4",
    ),
    "brunner_munzel": Method(
        "How far two years lie apart is also told by pairs: of all pairs of a person of the later and one of the "
        "earlier year, the share in which the later one scores higher, equal scores counting half (Brunner-Munzel). "
        "It describes a change; it decides nothing. Its interval takes the years for independent.",
        "Brunner & Munzel 2000, Biometrical Journal 42:17; Cliff 1993, Psychological Bulletin 114:494; "
        "Romano and others 2006",
    ),
    "ordered_trend": Method(
        "Whether people's scores climb or fall over three years is tested on their order (Jonckheere-Terpstra).",
        "Hollander & Wolfe 1999, Nonparametric Statistical Methods, sec. 6.2",
    ),
    "curvature": Method(
        "Whether the middle of three years lies off the line between the others is told by the contrast of the first "
        "and last year with twice the middle one, at the 5 % level.",
        "Maxwell & Delaney 2004, Designing Experiments and Analyzing Data, ch. 6",
    ),
    "newcombe": Method(
        "Inside a principle that moved, each question shows its share of favourable answers in both years, with an "
        "interval of the difference (Newcombe). Questions are not tested.",
        "Newcombe 1998, Statistics in Medicine 17:873",
    ),
    "share_trend": Method(
        "Where a principle moved over three years, each question's favourable share is looked at for a rise or a fall "
        "over the three, at the 5 % level (Cochran-Armitage).",
        "Armitage 1955, Biometrics 11:375",
    ),
    "ordinal_dif": Method(
        "Where at least 200 people in each year answered all questions of a principle, each question is checked for a "
        "drift against the others (ordinal logistic regression on the rest score and the year). A drift is named when "
        "it is sure and R² changes by at least 0.035: moderate; from 0.07: large.",
        "Swaminathan & Rogers 1990, Journal of Educational Measurement 27:361; Zumbo 1999; Jodoin & Gierl 2001, "
        "Applied Measurement in Education 14:329",
    ),
    "mcnemar_exact": Method(
        "Of the people followed over two years, those who turned favourable are set against those who turned away "
        "(exact McNemar test).",
        "McNemar 1947, Psychometrika 12:153",
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
    "alpha_within": Method(
        "How far the questions of a principle belong together is Cronbach's alpha, computed within groups so that "
        "differences between groups do not count, with Feldt's interval. It needs at least 3 questions and 30 people, "
        "and in a single group 50.",
        "Cronbach 1951, Psychometrika 16:297; Feldt, Woodruff & Salih 1987, Applied Psychological Measurement 11:93",
    ),
    "omega_total": Method(
        "Omega is the same question asked of a model with one common factor, fitted by maximum likelihood.",
        "McDonald 1999, Test Theory, ch. 6; Joereskog 1967, Psychometrika 32:443",
    ),
    "rwg_icc": Method(
        "Whether a group has a view of its own is told by r_wg (how much closer its members' answers are than an even "
        "spread; the median group) and by the intraclass correlations ICC(1) and ICC(2), over groups with at least "
        "ten people.",
        "James, Demaree & Wolf 1984, J. Appl. Psychol. 69:85; Bliese 2000, in Klein & Kozlowski, Multilevel Theory",
    ),
    "share_midp": Method(
        "Of all who could answer, how many would answer a question favourably is likely between the two ends given: a "
        "mid-p interval of the hypergeometric distribution, which knows how many people there are.",
        "Thompson 2012, Sampling, ch. 5; Berry & Armitage 1995, The Statistician 44:417",
    ),
    "share_wilson": Method(
        "Where nobody knows how many could answer, the likely ends of a question's favourable share are those of Wilson's "
        "score interval.",
        "Wilson 1927, JASA 22:209",
    ),
    "share_complete": Method(
        "Where everybody who could answer a question did, its favourable share is exact for that year.",
        "Thompson 2012, Sampling, ch. 5",
    ),
    "agreement_a": Method(
        "Agreement on a question is van der Eijk's A, from the published counts alone: 1 when all answers are the same, "
        "0 when they are spread evenly, −1 when half stand at either end. A question is called split below 0.2 when "
        "at least a quarter of the answers are favourable and at least a quarter unfavourable, as its scale says.",
        "van der Eijk 2001, Quality & Quantity 35:325; Tastle & Wierman 2007, Int. J. Approx. Reasoning 45:531",
    ),
    "pooled_pm": Method(
        "Groups seen together: each score is drawn towards the average of the groups, small groups more, by as much as "
        "chance can move it (partial pooling, Paule-Mandel). Groups whose own score is withheld take no part.",
        "Fay & Herriot 1979, JASA 74:269; Paule & Mandel 1982, J. Res. NBS 87:377",
    ),
    "pooled_aml": Method(
        "Groups seen together, where the scores differ no more than chance alone would make them: the same partial "
        "pooling, with an adjusted likelihood, so that the groups do not all collapse onto one number.",
        "Li & Lahiri 2010, J. Multivar. Anal. 101:882; Morris 1983, JASA 78:47",
    ),
    "none": Method("Nothing was computed.", ""),
}
