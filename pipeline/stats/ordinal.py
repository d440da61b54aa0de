"""Proportional-odds models of an ordered answer (methods S9 annex, S16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit

MODERATE, LARGE = 0.035, 0.07
"""Changes of R² from which a shift counts (Jodoin & Gierl 2001, Applied Measurement in Education 14:329)."""
ROUNDS = 100


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


def fit_proportional_odds(
    answers: NDArray[np.integer[Any]], predictors: NDArray[np.float64], counts: NDArray[np.float64] | None = None
) -> OrdinalFit | None:
    """Fit ``logit P(Y <= j) = threshold_j - x b`` by maximum likelihood (McCullagh 1980, JRSSB 42:109).

    Newton's method with the observed information; steps are halved until the likelihood grows and the
    thresholds keep their order. Written out because statsmodels' model takes no counts, seconds to import
    and a numerical gradient: a million people are a few hundred rows here.

    Args:
        answers: one per row, any ordered integers.
        predictors: rows × predictors, without a constant.
        counts: people per row; one each by default.

    Returns:
        Null when fewer than two different answers were given, a predictor does not vary, or the fit fails.
    """
    weights = np.ones(len(answers)) if counts is None else counts
    levels, place = np.unique(answers, return_inverse=True)
    if len(levels) < 2 or (np.ptp(predictors, axis=0) == 0).any():
        return None
    middle, scale = predictors.mean(axis=0), predictors.std(axis=0)
    design = _Design.of(place, len(levels), (predictors - middle) / scale, weights)
    share = np.cumsum(np.bincount(place, weights))[:-1] / weights.sum()
    at = np.concatenate([np.log(share / (1 - share)), np.zeros(predictors.shape[1])])
    value, slope, curve = design.evaluate(at)
    for _ in range(ROUNDS):
        try:
            step = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return None
        if float(slope @ step) < 1e-10:
            break
        for _halving in range(40):
            found = design.evaluate(at + step)
            if found[0] > value:
                break
            step = step / 2
        else:
            break
        at, (value, slope, curve) = at + step, found
    cuts = len(levels) - 1
    spread = np.diag(np.linalg.pinv(curve))[cuts:]
    if not np.isfinite(value) or (spread <= 0).any():
        return None
    coefficients = at[cuts:] / scale
    return OrdinalFit(
        coefficients, np.sqrt(spread) / scale, at[:cuts] + float(coefficients @ middle), value, len(at)
    )  # fmt: skip


@dataclass(frozen=True)
class _Design:
    """Each row's upper and lower end on the logit scale as linear functions of the parameters."""

    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    is_top: NDArray[np.bool_]
    is_bottom: NDArray[np.bool_]
    weights: NDArray[np.float64]

    @staticmethod
    def of(
        place: NDArray[np.intp], levels_n: int, predictors: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> _Design:
        cuts = np.eye(levels_n + 1)[:, 1:-1]  # the first and the last end are infinite
        return _Design(
            np.hstack([cuts[place + 1], -predictors]), np.hstack([cuts[place], -predictors]),
            place == levels_n - 1, place == 0, weights,
        )  # fmt: skip

    def evaluate(self, at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Log-likelihood, its gradient and the negative of its second derivatives."""
        high = np.where(self.is_top, 1.0, expit(self.upper @ at))
        low = np.where(self.is_bottom, 0.0, expit(self.lower @ at))
        chance = high - low
        if (chance <= 0).any():  # thresholds out of order
            return -np.inf, np.zeros(len(at)), np.eye(len(at))
        slope_high, slope_low = high * (1 - high), low * (1 - low)
        gradient = (slope_high[:, None] * self.upper - slope_low[:, None] * self.lower) / chance[:, None]
        bent = [slope * (1 - 2 * end) / chance * self.weights for slope, end in ((slope_high, high), (slope_low, low))]
        second = (self.upper.T * bent[0]) @ self.upper - (self.lower.T * bent[1]) @ self.lower
        information = (gradient.T * self.weights) @ gradient - second
        return float(self.weights @ np.log(chance)), gradient.T @ self.weights, information


@dataclass(frozen=True)
class ItemShift:
    """Whether an item drifts against the rest of its principle between two years (methods S16).

    ``r2_change`` is that of Nagelkerke's R² when the year is added to the rest score, both ways.
    """

    chi2_uniform: float
    chi2_nonuniform: float
    p_value: float
    coefficient: float
    r2_change: float


def name_shift(p_value: float, r2_change: float, alpha: float) -> str:
    """negligible, moderate or large: only what is both sure and of a size that matters."""
    if p_value >= alpha or r2_change < MODERATE:
        return "negligible"
    return "large" if r2_change >= LARGE else "moderate"


def detect_item_shift(
    answers: NDArray[np.integer[Any]], rest_score: NDArray[np.number[Any]], later: NDArray[np.bool_]
) -> ItemShift | None:
    """Ordinal-logistic DIF by year: three nested models, likelihood-ratio tests with 1 and 1 degrees of freedom.

    Swaminathan & Rogers 1990, J. Educ. Meas. 27:361; Zumbo 1999. ``p_value`` is that of both together (2 df).
    """
    answer, answer_values = pd.factorize(answers)
    rest, rest_values = pd.factorize(rest_score)
    cells = np.bincount(
        (answer * len(rest_values) + rest) * 2 + later, minlength=2 * len(answer_values) * len(rest_values)
    )
    used = np.flatnonzero(cells)
    counts, year = cells[used].astype(np.float64), (used % 2).astype(np.float64)
    given, score = answer_values[used // 2 // len(rest_values)], rest_values[used // 2 % len(rest_values)]
    fits = [
        fit_proportional_odds(given, np.column_stack(columns), counts)
        for columns in ([score], [score, year], [score, year, score * year])
    ]
    if any(fit is None for fit in fits):
        return None
    base, uniform, both = (fit for fit in fits if fit is not None)
    first = 2 * (uniform.log_likelihood - base.log_likelihood)
    second = 2 * (both.log_likelihood - uniform.log_likelihood)
    n, per_level = counts.sum(), np.bincount(np.unique(given, return_inverse=True)[1], counts)
    empty = float(per_level @ np.log(per_level / n))
    explained = [1 - np.exp(2 * (empty - fit.log_likelihood) / n) for fit in (base, both)]
    return ItemShift(
        first,
        second,
        float(chdtrc(2, max(first + second, 0.0))),
        float(uniform.coefficients[1]),
        float((explained[1] - explained[0]) / (1 - np.exp(2 * empty / n))),
    )
