"""Weights that make the respondents' known make-up that of the roster, and what they cost (methods S14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_CELL = 5
"""Respondents behind one weighting cell; smaller cells have to be collapsed first."""
CAP, FLOOR = 5.0, 0.2
"""Largest and smallest weight, as multiples of the mean weight."""
LARGEST_DEFF, SMALLEST_EFFECTIVE_N = 2.0, 5.0
RAKE_TOLERANCE, RAKE_STEPS = 1e-8, 200

Weights = NDArray[np.float64]
Cells = NDArray[np.intp]


@dataclass(frozen=True)
class Refusal:
    """Why weights must not be used: a code and what was seen."""

    reason: str
    seen: float


def merge_small_cells(counts: NDArray[np.int64], smallest: int = SMALLEST_CELL) -> Cells:
    """Which weighting cell each category belongs to, so that every cell has enough respondents.

    A category with too few is weighted together with the next one in declared order, and the last with the one
    before it. Declared order puts like beside like wherever there is an order (time in the community, for one), it
    is known before the answers, and whoever declares it can change it; refusing instead would lose the weighted
    figure to a single rare category.

    Args:
        counts: respondents per category, in declared order.
        smallest: respondents that a cell needs.

    Returns:
        The cell of each category, 0 … C-1, ascending; a single cell where there are too few in all.
    """
    cell_of, cell, held = np.zeros(len(counts), dtype=np.intp), 0, 0
    for at, n in enumerate(counts):
        cell_of[at] = cell
        held += int(n)
        if held >= smallest:
            cell, held = cell + 1, 0
    cell_of[cell_of == cell] = max(cell - 1, 0)  # what is left at the end
    return cell_of


def post_stratify(cells: Cells, population: NDArray[np.float64], start: Weights | None = None) -> Weights | Refusal:
    """Weights whose sums per cell are the population's (Holt & Smith 1979, JRSSA 142:33).

    Args:
        cells: cell of each respondent, 0 … C-1.
        population: people per cell on the roster.
        start: weights before; 1 for everybody when left out.

    Returns:
        One weight per respondent, or a refusal when a cell with people on the roster has fewer than
        ``SMALLEST_CELL`` respondents.
    """
    counts = np.bincount(cells, minlength=len(population))
    wanted = population > 0
    if (counts[wanted] < SMALLEST_CELL).any():
        return Refusal("cell_too_small", float(counts[wanted].min()))
    if (counts[~wanted] > 0).any():
        return Refusal("cell_not_on_roster", float(counts[~wanted].sum()))
    base = np.ones(len(cells)) if start is None else start
    if not (base > 0).all():
        return Refusal("weights_not_positive", float(base.min()))
    sums = np.bincount(cells, base, len(population))
    return np.asarray(base * (population / np.where(sums > 0, sums, 1.0))[cells])


def rake(margins: Sequence[Cells], populations: Sequence[NDArray[np.float64]], start: Weights) -> Weights | Refusal:
    """Weights whose sums fit several margins at once (iterative proportional fitting; Deming & Stephan 1940).

    Each margin in turn is post-stratified until every sum is within ``RAKE_TOLERANCE`` of its share, at most
    ``RAKE_STEPS`` rounds; margins that contradict each other are refused rather than half fitted.

    Args:
        margins: per margin, the category of each respondent, 0 … C-1.
        populations: per margin, people per category; all with the same total.
        start: weights before, above 0.
    """
    if not margins or not len(start) or not (start > 0).all():
        return Refusal("weights_not_positive", float(np.min(start, initial=0.0)))
    totals = np.array([float(population.sum()) for population in populations])
    if np.ptp(totals) > RAKE_TOLERANCE * totals.max():
        return Refusal("margins_disagree", float(np.ptp(totals)))
    for cells, population in zip(margins, populations, strict=True):
        if (np.bincount(cells, minlength=len(population))[population > 0] == 0).any():
            return Refusal("category_without_respondents", 0.0)
    weights = start.astype(np.float64)
    for _ in range(RAKE_STEPS):
        for cells, population in zip(margins, populations, strict=True):
            sums = np.bincount(cells, weights, len(population))
            weights = weights * np.divide(population, sums, out=np.zeros_like(sums), where=sums > 0)[cells]
        gaps = [
            float(np.max(np.abs(np.bincount(cells, weights, len(population)) - population)))
            for cells, population in zip(margins, populations, strict=True)
        ]
        if max(gaps) <= RAKE_TOLERANCE * totals[0]:
            return weights
    return Refusal("raking_did_not_converge", max(gaps))


def cap_weights(weights: Weights) -> Weights:
    """Weights between ``FLOOR`` and ``CAP`` times their mean, their sum kept (trimming in one pass)."""
    if not len(weights) or (weights < 0).any() or not weights.sum() > 0:
        raise ValueError("weights must not be negative, and one must be above 0")
    trimmed = np.clip(weights, FLOOR * weights.mean(), CAP * weights.mean())
    return np.asarray(trimmed * (weights.sum() / trimmed.sum()))


def kish_design_effect(weights: Weights) -> float:
    """``n sum w^2 / (sum w)^2``: how many times larger unequal weights make a variance (Kish 1965, Survey Sampling).

    Raises:
        ValueError: a weight is negative, or all are 0.
    """
    total = float(weights.sum())
    if (weights < 0).any() or total <= 0:
        raise ValueError("weights must not be negative, and one must be above 0")
    return float(len(weights) * np.sum(weights**2) / total**2)


def refuse_weights(weights: Weights) -> Refusal | None:
    """Whether figures with these weights may be shown at all."""
    if (weights < 0).any() or not np.isfinite(weights).all() or weights.sum() <= 0:
        return Refusal("weights_not_positive", float(np.min(np.nan_to_num(weights), initial=0.0)))
    effect = kish_design_effect(weights)
    if effect > LARGEST_DEFF:
        return Refusal("design_effect_too_large", effect)
    if len(weights) / effect < SMALLEST_EFFECTIVE_N:
        return Refusal("effective_n_too_small", len(weights) / effect)
    return None
