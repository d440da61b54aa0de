"""Published and independently computed results: every one that this software computes, by its id.

The data and numbers in ``tests/data/known`` are a copy of the entries named there, each with its source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep, proportion_confint

from pipeline.stats.agreement import measure_agreements, measure_consensuses
from pipeline.stats.change import compare_means, infer_change, satterthwaite_df
from pipeline.stats.domains import estimate_domain_means, estimate_stratified_mean
from pipeline.stats.equivalence import assess_equivalence
from pipeline.stats.finite_population import estimate_mean
from pipeline.stats.linked import compare_partly_linked
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.ordinal import detect_item_shift, fit_proportional_odds
from pipeline.stats.power import people_needed
from pipeline.stats.proportions import (
    hypergeometric_interval,
    margin_of_error,
    mcnemar_exact,
    newcombe_difference,
    wilson_interval,
)
from pipeline.stats.rank_tests import cliffs_delta_interval, detect_share_trend
from pipeline.stats.reliability import cronbach_alpha, measure_reliability, omega_total, sum_products
from pipeline.stats.rounding import round_half_up
from pipeline.stats.shrinkage import estimate_tau2, pool_groups, shrink_james_stein
from pipeline.stats.weighting import kish_design_effect, rake
from tests.ranks import compare_ranks, detect_ordered_trend
from tests.spec.test_known_disclosure import CHECKS as DISCLOSURE_CHECKS

KNOWN = Path(__file__).resolve().parents[1] / "data" / "known"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "known"
REFERENCE: dict[str, Any] = json.loads((KNOWN / "reference.json").read_text(encoding="utf-8"))
WORKED: dict[str, Any] = json.loads((KNOWN / "worked_examples.json").read_text(encoding="utf-8"))
CHECKS: dict[str, Callable[[], None]] = {}


def check(function: Callable[[], None]) -> Callable[[], None]:
    """Register a check under the id that it is named after."""
    CHECKS[function.__name__] = function
    return function


def value(name: str) -> Any:
    return REFERENCE[name]["value"]


def near(name: str, expected: Any, *, within: float | None = None) -> Any:
    return pytest.approx(expected, abs=within or REFERENCE[name]["tolerance"], rel=0)


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(KNOWN / name)


def array(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


@check
def svymean_apistrat() -> None:
    data, known = table("apistrat.csv"), value("svymean_apistrat")
    codes, strata = pd.factorize(data["stype"], sort=True)
    population = data.groupby("stype")["fpc"].first()[strata].to_numpy(dtype=np.float64)
    found = estimate_stratified_mean(array(data["api00"]), codes, population)
    assert (found.mean, found.se) == near("svymean_apistrat", (known["est"], known["se"]))
    assert found.df == known["degf"]
    assert found.design_effect == near("svymean_apistrat", known["deff"])
    reach = stats.t.ppf(0.975, found.df) * found.se
    assert (found.mean - reach, found.mean + reach) == near("svymean_apistrat", tuple(known["ci_t"][0]))


@check
def svymean_srs_fpc() -> None:
    known = value("svymean_srs_fpc")
    found = estimate_mean(array(table("apisrs.csv")["api00"]), known["N"], limits=None)
    assert (found.mean, found.se) == near("svymean_srs_fpc", (known["est"], known["se"]))


@check
def svymean_srs_nofpc() -> None:
    known, scores = value("svymean_srs_nofpc"), array(table("apisrs.csv")["api00"])
    found = estimate_mean(scores, limits=None)
    assert (found.mean, found.se) == near("svymean_srs_nofpc", (known["est"], known["se"]))
    domains = estimate_domain_means(scores[:, None], np.zeros(len(scores), dtype=np.intp), 1)
    assert (domains.mean[0, 0], domains.se[0, 0]) == near("svymean_srs_nofpc", (known["est"], known["se"]))


@check
def rake_clus1() -> None:
    data, known = table("apiclus1.csv"), value("rake_clus1")
    types, wide = pd.Categorical(data["stype"], ["E", "H", "M"]), pd.Categorical(data["sch.wide"], ["No", "Yes"])
    margins = [np.asarray(cells.codes, dtype=np.intp) for cells in (types, wide)]
    weights = rake(margins, [array([4421, 755, 1018]), array([1072, 5122])], array(data["pw"]))
    assert isinstance(weights, np.ndarray)
    assert np.average(data["api00"], weights=weights) == near("rake_clus1", known["mean"]["est"])
    for cell, weight in known["weight_by_cell"].items():
        kind, whole = cell.split()
        assert weights[(types == kind) & (wide == whole)] == near("rake_clus1", weight)
    assert kish_design_effect(weights) == near("rake_clus1", known["kish_deff"])
    assert len(weights) / kish_design_effect(weights) == near("rake_clus1", known["n_eff"])


@check
def hyper_exact_grid() -> None:
    for known in value("hyper_exact_grid").values():
        x, n, eligible = known["x"], known["n"], known["N"]
        assert list(hypergeometric_interval(x, n, eligible, method="exact")) == known["M_ci"]
        assert wilson_interval(x, n) == near("hyper_exact_grid", tuple(known["wilson"]))
        assert proportion_confint(x, n, method="beta") == near("hyper_exact_grid", tuple(known["cp"]))
    assert hypergeometric_interval(7, 9, 12) == (8, 10)  # methods S7, mid-p


@check
def mean_9_of_12() -> None:
    known, scores = value("mean_9_of_12"), array(table("nine_of_twelve.csv")["score"])
    finite, process = estimate_mean(scores, 12, limits=None), estimate_mean(scores, limits=None)
    assert (finite.mean, finite.se) == near("mean_9_of_12", (known["mean"], known["se_fpc"]))
    assert (finite.ci_low, finite.ci_high) == near("mean_9_of_12", tuple(known["ci_fpc_t"]))
    assert process.se == near("mean_9_of_12", known["se_nofpc"])
    assert (process.ci_low, process.ci_high) == near("mean_9_of_12", tuple(known["ci_nofpc_t"]))


@check
def csps_moe() -> None:
    for known in value("csps_moe"):
        found = margin_of_error(known["p"], known["n"], known["N"])
        assert found == near("csps_moe", known["moe"])


@check
def wilson_newcombe1998() -> None:
    for known in value("wilson_newcombe1998"):
        assert wilson_interval(known["x"], known["n"]) == near("wilson_newcombe1998", tuple(known["wilson"]))
        assert proportion_confint(known["x"], known["n"], method="beta") == near(
            "wilson_newcombe1998", tuple(known["cp"])
        )


@check
def newcombe_hybrid_diff() -> None:
    for known in value("newcombe_hybrid_diff"):
        x_to, n_to, x_from, n_from = known["z"]
        found = newcombe_difference(x_from, n_from, x_to, n_to)
        assert found == near("newcombe_hybrid_diff", tuple(known["ci"]))


@check
def binom_test_682_925() -> None:
    known = value("binom_test_682_925")
    assert proportion_confint(682, 925, method="beta") == near("binom_test_682_925", tuple(known["ci"]))


@check
def mcnemar_approval() -> None:
    assert mcnemar_exact(150, 86) == near("mcnemar_approval", value("mcnemar_approval")["exact_p"])


@check
def bh1995() -> None:
    p, known = table("bh1995.csv")["p"].tolist(), value("bh1995")
    assert adjust_p_values(p, "bh") == near("bh1995", known["BH"])
    assert adjust_p_values(p, "holm") == near("bh1995", known["holm"])
    assert sum(q is not None and q <= 0.05 for q in adjust_p_values(p, "bh")) == known["n_reject_BH_05"]


@check
def brunner_munzel() -> None:
    data, known = table("brunner_munzel.csv"), value("brunner_munzel")
    found = compare_ranks(*(array(data.loc[data["group"] == group, "score"]) for group in ("x", "y")))
    assert (found.df, found.p_value) == near("brunner_munzel", (known["df"], known["p"]))
    assert (found.statistic, found.superiority) == near("brunner_munzel", (known["W"], known["phat"]))
    assert (found.ci_low, found.ci_high) == near("brunner_munzel", tuple(known["ci"]))


@check
def wilcox_pain() -> None:
    """U / (n1 n2) is the probability of superiority; the test itself is scipy's."""
    data, known = table("brunner_munzel.csv"), value("wilcox_pain")
    x, y = (array(data.loc[data["group"] == group, "score"]) for group in ("x", "y"))
    assert (1 - compare_ranks(x, y).superiority) * len(x) * len(y) == near("wilcox_pain", known["W"])
    assert stats.mannwhitneyu(x, y, method="asymptotic").pvalue == near("wilcox_pain", known["p"])


@check
def cliff_delta() -> None:
    """The published sign is turned: here the later year counts as higher."""
    known = value("cliff_delta")
    before, after = array([10, 10, 20, 20, 20, 30, 30, 30, 40, 50]), array([10, 20, 30, 40, 40, 50])
    found = compare_ranks(before, after)
    assert found.cliffs_delta == near("cliff_delta", -known["delta"])
    assert 1 - found.superiority == near("cliff_delta", known["A"])
    assert cliffs_delta_interval(before, after) == near("cliff_delta", (-known["ci"][1], -known["ci"][0]))


@check
def jonckheere() -> None:
    data, known = table("hollander_wolfe_motivation.csv"), value("jonckheere")
    found = detect_ordered_trend([array(part["score"]) for _, part in data.groupby("g", sort=False)])
    assert (found.statistic, found.expected) == (known["JT"], known["mean"])
    assert found.z == near("jonckheere", known["z_ties"])
    assert found.p_value is not None and found.p_value / 2 == near("jonckheere", known["p_ties"])


@check
def wilcoxon_signed() -> None:
    """Scipy's; the floor of six pairs below which the product does not test rests on it."""
    data, known = table("depression_paired.csv"), value("wilcoxon_signed")
    found = stats.wilcoxon(data["before"], data["after"], alternative="greater")
    assert (found.statistic, found.pvalue) == near("wilcoxon_signed", (known["V"], known["p"]))


@check
def welch_and_paired_t() -> None:
    data, known = table("sleep.csv"), value("welch_and_paired_t")
    first, second = (array(data.loc[data["group"] == group, "extra"]) for group in (1, 2))
    found = compare_means(first, second)
    assert found.difference is not None and found.se is not None and found.df is not None
    by_t = infer_change(float(first.mean()), float(second.mean()), found.se, found.df)
    assert (-found.difference / found.se, found.df) == near(
        "welch_and_paired_t", (known["welch"]["t"], known["welch"]["df"])
    )
    assert by_t.p_value == near("welch_and_paired_t", known["welch"]["p"])
    assert by_t.ci_low is not None and by_t.ci_high is not None
    assert (-by_t.ci_high, -by_t.ci_low) == near("welch_and_paired_t", tuple(known["welch"]["ci"]))
    nobody = array([])
    paired = compare_partly_linked(nobody, nobody, first, second)
    assert paired.difference is not None and paired.se is not None
    assert (paired.difference / paired.se, paired.df) == near(
        "welch_and_paired_t", (known["paired"]["t"], known["paired"]["df"])
    )
    assert paired.p_value == near("welch_and_paired_t", known["paired"]["p"])
    assert (paired.ci_low, paired.ci_high) == near("welch_and_paired_t", tuple(known["paired"]["ci"]))


@check
def clm_wine() -> None:
    data, known = table("wine.csv"), value("clm_wine")
    predictors = np.column_stack([data["temp"] == "warm", data["contact"] == "yes"]).astype(np.float64)
    fit = fit_proportional_odds(data["rating"].to_numpy(), predictors)
    assert fit is not None
    names = ["tempwarm", "contactyes"]
    assert fit.coefficients == near("clm_wine", [known["coef"][name] for name in names])
    assert fit.standard_errors == near("clm_wine", [known["se"][name] for name in names])
    cuts = [known["coef"][f"{k}|{k + 1}"] for k in range(1, 5)]
    assert fit.thresholds == near("clm_wine", cuts)
    assert fit.log_likelihood == near("clm_wine", known["logLik"])
    assert 2 * fit.parameters_n - 2 * fit.log_likelihood == near("clm_wine", known["AIC"])


@check
def alpha_attitude() -> None:
    known = value("alpha_attitude")
    found = measure_reliability(sum_products(table("attitude.csv").to_numpy(dtype=np.float64)))
    assert found is not None
    assert (found.alpha, found.standardised_alpha) == near("alpha_attitude", (known["raw"], known["std"]))
    assert found.mean_correlation == near("alpha_attitude", known["avg_r"])
    assert (found.ci_low, found.ci_high) == near("alpha_attitude", (known["feldt"][0], known["feldt"][2]))


BFI_REVERSED = {"agree": ["A1"], "conscientious": ["C4", "C5"], "extraversion": ["E1", "E2"], "neuroticism": [], "openness": ["O2", "O5"]}  # fmt: skip


def bfi(scale: str) -> NDArray[np.float64]:
    data, letter = table("bfi.csv"), scale[0].upper()
    items = data[[f"{letter}{number}" for number in range(1, 6)]].astype(np.float64)
    items[BFI_REVERSED[scale]] = 7 - items[BFI_REVERSED[scale]]
    return items.to_numpy()


def check_bfi(scale: str) -> None:
    name = f"alpha_bfi_{scale}"
    known, found = value(name), measure_reliability(sum_products(bfi(scale)))
    assert found is not None
    assert (found.alpha, found.standardised_alpha) == near(name, (known["raw"], known["std"]))
    assert found.mean_correlation == near(name, known["avg_r"])


for scale_name in BFI_REVERSED:
    CHECKS[f"alpha_bfi_{scale_name}"] = lambda scale=scale_name: check_bfi(scale)


@check
def scoreItems_bfi() -> None:
    """A person's scale score is the mean of the answered items."""
    known = value("scoreItems_bfi")
    for scale in BFI_REVERSED:
        items = bfi(scale)
        people = np.nanmean(items[~np.isnan(items).all(axis=1)], axis=1)
        assert people.mean() == near("scoreItems_bfi", known["mean"][scale])
        assert people.std(ddof=1) == near("scoreItems_bfi", known["sd"][scale])
        assert cronbach_alpha(sum_products(items).covariance()) == near("scoreItems_bfi", known["alpha"][scale])


@check
def omega_lavaan_N() -> None:
    known, items = value("omega_lavaan_N"), bfi("neuroticism")
    complete = items[~np.isnan(items).any(axis=1)]
    assert len(complete) == known["n"]
    assert omega_total(np.cov(complete.T, bias=True)) == near("omega_lavaan_N", known["omega"])
    assert cronbach_alpha(np.cov(complete.T)) == near("omega_lavaan_N", known["alpha"])


@check
def dif_ordinal_logistic() -> None:
    known = value("dif_ordinal_logistic")
    items = bfi("neuroticism")
    complete = ~np.isnan(items).any(axis=1)
    later = (table("bfi.csv")["gender"] == 2).to_numpy()[complete]
    rest = items[complete, 1:].sum(axis=1)
    found = detect_item_shift(items[complete, 0].astype(np.int64), rest, later)
    assert found is not None
    assert found.chi2_uniform == near("dif_ordinal_logistic", known["chi2_uniform"])
    assert found.chi2_nonuniform == near("dif_ordinal_logistic", known["chi2_nonuniform"])
    assert abs(found.coefficient) == near("dif_ordinal_logistic", abs(known["beta_gender"]))


@check
def rma_bcg() -> None:
    data, known = table("dat_bcg.csv"), value("rma_bcg")
    treated, control = data["tpos"] + data["tneg"], data["cpos"] + data["cneg"]
    effect = array(np.log(data["tpos"] / treated) - np.log(data["cpos"] / control))
    variance = array(1 / data["tpos"] - 1 / treated + 1 / data["cpos"] - 1 / control)
    found = pool_groups(effect, variance, method="REML")
    reml = known["reml"]
    assert (found.center, found.center_se, found.tau2) == near("rma_bcg", (reml["b"], reml["se"], reml["tau2"]))
    assert (found.q, found.i2) == near("rma_bcg", (reml["Q"], reml["I2"]), within=1e-5)
    assert found.estimate == near("rma_bcg", known["blup"])
    assert found.se == near("rma_bcg", known["blup_se"])
    assert estimate_tau2(effect, variance, "DL") == near("rma_bcg", known["dl"]["tau2"])


@check
def eight_schools() -> None:
    data, known = table("eight_schools.csv"), value("eight_schools")
    effect, variance = array(data["y"]), array(data["se"]) ** 2
    assert estimate_tau2(effect, variance, "DL") == estimate_tau2(effect, variance, "PM") == known["tau2"]
    weights = 1 / variance
    assert weights @ effect / weights.sum() == near("eight_schools", known["b"])
    assert weights.sum() ** -0.5 == near("eight_schools", known["se"])
    pooled = pool_groups(effect, variance)
    assert pooled.q == near("eight_schools", known["Q"])
    assert pooled.method == "AML" and np.ptp(pooled.estimate) > 1  # the schools do not collapse


@check
def efron_morris() -> None:
    data, known = table("efron_morris_baseball.csv"), value("efron_morris")
    average = array(data["x"] / data["n"])
    variance = average.mean() * (1 - average.mean()) / data["n"].iloc[0]
    shrunk, kept = shrink_james_stein(average, float(variance))
    assert (average.mean(), kept) == near("efron_morris", (known["ybar"], known["c"]))
    assert shrunk == near("efron_morris", known["js"])


@check
def tost_two() -> None:
    known = value("tost_two")
    shares = array([0.83**2 / 89, 0.95**2 / 95])
    se, df = float(np.sqrt(shares.sum())), satterthwaite_df(shares, array([88, 94]))
    change = infer_change(5.22, 5.25, se, df)
    test = assess_equivalence(0.03, se, df, -known["bound"], known["bound"])
    assert (se, df) == near("tost_two", (known["se"], known["df"]))
    assert (test.t_lower, test.p_lower) == near("tost_two", (known["t1"], known["p1"]))
    assert (test.t_upper, test.p_upper) == near("tost_two", (known["t2"], known["p2"]))
    assert (test.ci90_low, test.ci90_high) == near("tost_two", tuple(known["ci90"]))
    assert (change.ci_low, change.ci_high) == near("tost_two", tuple(known["ci95"]))


@check
def tost_paired() -> None:
    known = value("tost_paired")
    se = known["sd_diff"] / 65**0.5
    test = assess_equivalence(known["diff"], se, 64, -known["bound"], known["bound"])
    assert (test.t_lower, test.p_lower) == near("tost_paired", (known["t1"], known["p1"]))
    assert (test.t_upper, test.p_upper) == near("tost_paired", (known["t2"], known["p2"]))
    assert (test.ci90_low, test.ci90_high) == near("tost_paired", tuple(known["ci90"]))


@check
def tost_ncss() -> None:
    data, known = table("ncss_yield.csv"), value("tost_ncss")
    first, second = (array(data.loc[data["g"] == group, "y"]) for group in sorted(data["g"].unique()))
    change = compare_means(second, first)
    assert change.difference is not None and change.se is not None and change.df is not None
    assert (change.difference, change.df) == near("tost_ncss", (known["diff"], known["df"]))
    test = assess_equivalence(change.difference, change.se, change.df, -110, 110)
    assert (test.p_lower, test.p_upper) == near("tost_ncss", (known["p_lower"], known["p_upper"]))


@check
def power() -> None:
    """R stops its root search at 1.2e-4, so its two detectable differences are that exact and not more.

    R leaves the far tail out, and so does a one-sided test at half the level. What no report needs is statsmodels' own.
    """
    known, test = value("power"), TTestIndPower()
    assert test.power(1, 20, 0.025, alternative="larger") == near("power", known["t"])
    shares = power_proportions_2indep(0.25, 0.5, 50, alpha=0.025, alternative="larger")
    assert shares.power == near("power", known["prop"])
    assert people_needed(1, 1, power=0.9) == near("power", known["n"])
    for n in (12, 30):
        effect = test.solve_power(None, n, 0.025, 0.8, alternative="larger")
        assert effect == near("power", known[f"mde_n{n}_80"], within=1.2e-4)
        assert people_needed(effect, 1) == pytest.approx(n, abs=1e-3)


@check
def kish_deff() -> None:
    for name, weights in REFERENCE["kish_deff"]["inputs"].items():
        assert kish_design_effect(array(weights)) == near("kish_deff", value("kish_deff")[name])


@check
def prop_trend() -> None:
    known = value("prop_trend")
    found = detect_share_trend([83, 90, 129, 70], [86, 93, 136, 82])
    assert found is not None
    assert found[:2] == near("prop_trend", (known["chi2"], known["p"]))
    assert found[2] < 0


@check
def partially_overlapping_t() -> None:
    data, known = table("partial_overlap.csv"), value("partially_overlapping_t")
    wide = data.pivot(index="token", columns="year", values="score")
    both = wide.dropna()
    only = [array(wide.loc[wide[other].isna(), year].dropna()) for year, other in (("a", "b"), ("b", "a"))]
    for form, equal in (("equal", True), ("welch", False)):
        found = compare_partly_linked(*only, array(both["a"]), array(both["b"]), equal_variances=equal)
        assert found.difference is not None and found.se is not None
        assert abs(found.difference / found.se) == near("partially_overlapping_t", known[form]["t"])
        assert (found.df, found.p_value) == near("partially_overlapping_t", (known[form]["df"], known[form]["p"]))


@check
def agreement_A() -> None:
    known = value("agreement_A")
    counts = np.array([known["V"]])
    assert measure_agreements(counts) == near("agreement_A", [known["A"]])
    assert measure_consensuses(counts) == near("agreement_A", [known["consensus"]])


# worked examples: published arithmetic


@check
def csps_eei() -> None:
    """The whole way from answers is in test_scores.py; here the two means."""
    known = WORKED["csps_eei"]
    assert round_half_up(float(np.mean(known["item_scores"]))) == known["respondent"]
    assert round_half_up(float(np.mean(known["group_respondent_scores"]))) == known["group"]


@check
def csps_eei_distribution() -> None:
    known = WORKED["csps_eei_distribution"]
    for name in ("A", "B"):
        index = float(np.average(known["weights"], weights=known[f"{name}_pct"]))
        assert index == pytest.approx(known[f"{name}_index_exact"])
        assert round_half_up(index) == known[f"{name}_index_display"]


@check
def csps_proxy_stress() -> None:
    known = WORKED["csps_proxy_stress"]
    person = 100 - float(np.mean(known["item_scores"]))
    assert (person, round_half_up(person)) == (known["respondent_exact"], known["respondent_display"])
    assert round_half_up(float(np.mean(known["group_scores"]))) == known["group"]


@check
def csps_perma() -> None:
    known = WORKED["csps_perma"]
    assert round_half_up(float(np.mean(known["item_scores"]))) == known["respondent"]
    assert round_half_up(float(np.mean(known["group_scores"]))) == known["group"]


@check
def csps_rounding_table_A() -> None:
    known = WORKED["csps_rounding_table_A"]
    shares = array(list(known["counts"].values())) / known["n"] * 100
    assert round_half_up(shares).tolist() == known["displayed"]
    assert sum(round_half_up(shares)) == known["displayed_sum"]
    assert round_half_up(known["positive_n"] / known["n"] * 100) == known["positive_displayed"]


@check
def csps_rounding_table_B() -> None:
    known = WORKED["csps_rounding_table_B"]
    shown = [round_half_up(known[name]) for name in ("group", "benchmark")]
    assert shown == [known["displayed_group"], known["displayed_benchmark"]]
    assert round_half_up(known["group"] - known["benchmark"]) == known["displayed_diff"]


@check
def wra_rounding() -> None:
    known = WORKED["wra_rounding"]
    assert [round_half_up(known[name]) for name in ("unit", "org", "diff")] == known["displayed"]


@check
def csps_moe_fpc() -> None:
    for eligible, n, p, displayed in WORKED["csps_moe_fpc"]["rows"]:
        assert round_half_up(100 * margin_of_error(p, n, eligible)) == displayed


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_known_answer(name: str) -> None:
    CHECKS[name]()


def test_no_known_answer_that_this_software_computes_is_without_a_check() -> None:
    """Those of disclosure control are in test_known_disclosure.py."""
    assert not CHECKS.keys() & DISCLOSURE_CHECKS.keys()
    assert CHECKS.keys() | DISCLOSURE_CHECKS.keys() == REFERENCE.keys() | WORKED.keys()
    assert {entry["scope"] for entry in WORKED.values()} == {"compute"}
    assert all(entry["source"] for entry in (*REFERENCE.values(), *WORKED.values()))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of known answers is not on this machine")
@pytest.mark.shared
def test_the_copy_of_the_known_answers_is_complete_and_unchanged() -> None:
    for name, copied in (("reference.json", REFERENCE), ("worked_examples.json", WORKED)):
        read = json.loads((SHARED / name).read_text(encoding="utf-8"))
        original = read.get("tests", read)
        entries = original if isinstance(original, dict) else {entry["id"]: entry for entry in original}
        wanted = {key: entry for key, entry in entries.items() if entry.get("scope") == "compute"}
        assert copied.keys() == wanted.keys()
        for key, entry in wanted.items():
            assert {part: copied[key][part] for part in entry if part in copied[key]}.items() <= entry.items(), key
            assert "value" not in entry or copied[key]["value"] == entry["value"], key


COMPARED_ONLY = {"margin_of_error", "cliffs_delta_interval", "shrink_james_stein"}
"""What no report prints and no library has: kept so that others' published figures can be worked out."""


def test_every_statistic_serves_a_table_or_a_published_figure() -> None:
    root = Path(__file__).resolve().parents[2] / "pipeline"
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    unused = set()
    for path, source in sources.items():
        for name in re.findall(r"^def ([a-z]\w*)", source, re.MULTILINE) if path.parent.name == "stats" else ():
            calls = sum(len(re.findall(rf"\b{name}\(", text)) for text in sources.values()) - 1
            if not calls:
                unused.add(name)
    assert unused == COMPARED_ONLY
