"""Proportional-odds models of an ordered answer (methods S9 annex, S16)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True)
class OrdinalFit:
    """A cumulative logit model; positive coefficients mean higher answers.

    ``thresholds`` are the K - 1 cut points; standard errors belong to the coefficients.
    """

    coefficients: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    log_likelihood: float
    parameters_n: int


def fit_proportional_odds(answers: NDArray[np.int64], predictors: NDArray[np.float64]) -> OrdinalFit | None:
    """Fit ``logit P(Y <= j) = threshold_j - x b`` by maximum likelihood (McCullagh 1980, JRSSB 42:109).

    Args:
        answers: one per person, any ordered integers.
        predictors: people × predictors, without a constant.

    Returns:
        Null when fewer than two different answers were given, a predictor does not vary, or the fit fails.
    """
    levels = np.unique(answers)
    if len(levels) < 2 or (np.ptp(predictors, axis=0) == 0).any():
        return None
    import warnings

    from statsmodels.miscmodels.ordinal_model import OrderedModel  # takes seconds to import
    from statsmodels.tools.sm_exceptions import ModelWarning

    model = OrderedModel(np.searchsorted(levels, answers), predictors, distr="logit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        fitted = model.fit(method="bfgs", disp=0, maxiter=500, gtol=1e-7)
    k = predictors.shape[1]
    if not np.isfinite(fitted.llf):
        return None
    return OrdinalFit(
        np.asarray(fitted.params[:k]),
        np.asarray(fitted.bse[:k]),
        np.asarray(model.transform_threshold_params(fitted.params))[1:-1],
        float(fitted.llf),
        len(fitted.params),
    )


@dataclass(frozen=True)
class ItemShift:
    """Whether an item drifts against the rest of its principle between two years (methods S16)."""

    chi2_uniform: float
    chi2_nonuniform: float
    p_value: float
    coefficient: float


def detect_item_shift(
    answers: NDArray[np.int64], rest_score: NDArray[np.float64], later: NDArray[np.bool_]
) -> ItemShift | None:
    """Ordinal-logistic DIF by year: three nested models, likelihood-ratio tests with 1 and 1 degrees of freedom.

    Swaminathan & Rogers 1990, J. Educ. Meas. 27:361; Zumbo 1999. ``p_value`` is that of both together (2 df).
    """
    year = later.astype(np.float64)
    fits = [
        fit_proportional_odds(answers, np.column_stack(columns))
        for columns in ([rest_score], [rest_score, year], [rest_score, year, rest_score * year])
    ]
    if any(fit is None for fit in fits):
        return None
    base, uniform, both = (fit for fit in fits if fit is not None)
    first = 2 * (uniform.log_likelihood - base.log_likelihood)
    second = 2 * (both.log_likelihood - uniform.log_likelihood)
    return ItemShift(first, second, float(stats.chi2.sf(max(first + second, 0.0), 2)), float(uniform.coefficients[1]))
