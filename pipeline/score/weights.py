"""Roll-ups as the roster would weigh them, beside what was answered; and the middle group (methods S14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.cuts import Codes, tabulate_atoms
from pipeline.score.measures import Unit, answering_below, list_measures, list_units
from pipeline.score.person_scores import score_people
from pipeline.score.principles import usable_eligible
from pipeline.stats.domains import estimate_domain_means, estimate_stratified_mean
from pipeline.stats.finite_population import possible_range
from pipeline.stats.weighting import (
    Refusal,
    cap_weights,
    kish_design_effect,
    merge_small_cells,
    post_stratify,
    rake,
    refuse_weights,
)
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import ALL
from schemas.methods import EQUAL_FROM
from schemas.tables import TABLES

Floats = NDArray[np.float64]

GROUP = "group"
REFUSALS = {
    "one_cell": "too few answers to tell any part of the roster from the rest",
    "roster_unknown": "not every part of the roster has a known number of people",
    "more_than_roster": "more people answered than could, by the roster",
    "cell_too_small": "a part of the roster has fewer than 5 answers",
    "cell_not_on_roster": "people answered where the roster has nobody",
    "category_without_respondents": "nobody answered in a part of the roster",
    "margins_disagree": "the roster's numbers do not add up to the same people",
    "raking_did_not_converge": "no weights fit all of the roster's numbers at once",
    "weights_not_positive": "no usable weights were found",
    "design_effect_too_large": "the weights would make the figure less than half as precise",
    "effective_n_too_small": "the weighted answers are worth fewer than 5 of equal weight",
}


@dataclass(frozen=True)
class Margin:
    """What answers are weighted to: the cells of one cut, or the groups.

    Attributes:
        names: of the categories, in declared order.
        codes: category of each person of the matrix; ``len(names)`` for people in none of them.
        population: people on the roster per category.
    """

    names: tuple[str, ...]
    codes: NDArray[np.integer[Any]]
    population: Floats

    def merge(self, people: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats, str]:
        """Cells of some people, the people each cell stands for (as many as there are answers), and what was merged.

        People in no category are a cell of their own that stands for itself: nothing is known about their share.
        """
        codes = self.codes[people].astype(np.intp)
        counts = np.bincount(codes, minlength=len(self.names) + 1)
        said = int(counts[:-1].sum())
        wanted = np.append(self.population / max(self.population.sum(), 1.0) * said, counts[-1])
        used = (counts > 0) | (wanted > 0)
        cell_of = np.zeros(len(counts), dtype=np.intp)
        cell_of[used] = merge_small_cells(counts[used])
        labels = (*self.names, "not said")
        held = [[labels[at] for at in np.flatnonzero(used & (cell_of == cell))] for cell in np.unique(cell_of[used])]
        merged = "; ".join(" + ".join(names) for names in held if len(names) > 1)
        return cell_of[codes], np.bincount(cell_of[used], wanted[used]).astype(np.float64), merged


def score_weighted(
    matrix: AnswerMatrix, categories: Mapping[str, Codes], responses: pd.DataFrame, definitions: Definitions, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every roll-up's principles with weights: each group by its roster, and the whole community as declared.

    Weights are found among the people who can be scored on a measure, so that those who skipped it do not stand
    for others.

    Args:
        matrix: the year's answers.
        categories: see ``cuts.categorise_people``.
        responses: the year's ``responses``.
        definitions: the programme.
        year: the survey year.

    Returns:
        The ``weighted_scores`` table; and, for disclosure control, ``cuts.tabulate_atoms`` of every measure with
        the columns ``kind`` and ``measure``.
    """
    rows: list[dict[str, Any]] = []
    atoms: list[pd.DataFrame] = []
    units = [unit for unit in list_units(definitions, year, matrix.groups) if unit.aggregation == "pooled"]
    margins = {
        unit.group: list(_list_margins(matrix, categories, responses, definitions, year, unit)) for unit in units
    }
    for measure in list_measures(definitions, year):
        if measure.kind == "item" or not measure.items:
            continue
        scores = score_people(matrix, measure.items)
        weights: dict[str, Floats] = {}
        head = {"wave": str(year), "kind": measure.kind, "measure": measure.code}
        for unit in units:
            people = matrix.positions(unit.members)
            people = people[~np.isnan(scores[people])]
            below = answering_below(definitions, unit.group)
            found = [("groups_median", GROUP, _find_median(matrix, scores, below))] if len(below) > 1 else []
            for weighting, by, chosen in margins[unit.group]:
                row, weight = _weigh(scores[people], people, chosen)
                if weight is not None:
                    weights[f"{unit.group}:{weighting}"] = np.zeros(matrix.people_n)
                    weights[f"{unit.group}:{weighting}"][people] = weight
                found.append((weighting, by, row))
            unweighted = float(scores[people].mean()) if len(people) else None
            for weighting, by, row in found:
                each = {"group": unit.group, "weighting": weighting, "by": by, "unweighted": unweighted}
                rows.append(head | each | row)
        atoms.append(tabulate_atoms(matrix, categories, definitions, year, scores, weights).assign(**head))
    columns = list(TABLES["weighted_scores"].to_schema().columns)
    table = arrange(pd.DataFrame(rows, columns=columns), "weighted_scores")
    return table, pd.concat(atoms, ignore_index=True) if atoms else pd.DataFrame()


def _list_margins(
    matrix: AnswerMatrix,
    categories: Mapping[str, Codes],
    responses: pd.DataFrame,
    definitions: Definitions,
    year: int,
    unit: Unit,
) -> Iterator[tuple[str, str, list[Margin] | str]]:
    """Weighting, what it goes by, and its margins (or the code of why there are none)."""
    wave = definitions.waves[year]
    if wave.wave.several_groups:
        return  # who counts in two groups cannot stand for one of them
    groups = _margin_of_groups(matrix, responses, definitions, unit)
    if groups is not None:
        yield "members", GROUP, groups if isinstance(groups, str) else [groups]
    declared = wave.wave.weighting
    if unit.group != ALL or declared.method == "none" or declared.by == (GROUP,):
        return
    margins: list[Margin] = []
    for name in declared.by:
        if name == GROUP:
            if not isinstance(groups, Margin):
                yield declared.method, " and ".join(declared.by), groups or "roster_unknown"
                return
            margins.append(groups)
            continue
        cut = next(cut for cut in wave.cuts if cut.cut == name)
        if cut.eligible is None:
            yield declared.method, " and ".join(declared.by), "roster_unknown"
            return
        labels = tuple(
            row.label.get("en") or next(iter(row.label.values())) for row in cut.categories if row.kind == "category"
        )
        margins.append(Margin(labels, categories[name], np.array(cut.eligible, dtype=np.float64)))
    yield declared.method, " and ".join(declared.by), margins


def _margin_of_groups(
    matrix: AnswerMatrix, responses: pd.DataFrame, definitions: Definitions, unit: Unit
) -> Margin | str | None:
    """Groups of a roll-up that held a survey, with their rosters; none where no group has one."""
    facts = responses.astype({"group": "str"}).set_index("group").to_dict("index")
    held = [code for code in answering_below(definitions, unit.group) if facts.get(code, {}).get("survey_held")]
    known = [usable_eligible(facts[code])[0] for code in held]
    if len(held) < 2 or not any(known):
        return None
    if None in known:
        return "roster_unknown"
    place = {code: at for at, code in enumerate(held)}
    table = np.array([place.get(code, len(held)) for code in matrix.groups], dtype=np.intp)
    names = tuple(definitions.group_name(code) for code in held)
    return Margin(names, table[matrix.group_of], np.array(known, dtype=np.float64))


def _find_median(matrix: AnswerMatrix, scores: Floats, groups: Sequence[str]) -> dict[str, Any]:
    """The middle of the scores of groups with at least ``EQUAL_FROM`` people."""
    row = _empty() | {"n": 0}
    values = [scores[matrix.positions([group])] for group in groups]
    means = [float(own[~np.isnan(own)].mean()) for own in values if (~np.isnan(own)).sum() >= EQUAL_FROM]
    row["n"] = len(means)
    if len(means) < 2:
        return row | {"reason": f"fewer than two groups have at least {EQUAL_FROM} people scored"}
    return row | {"mean": float(np.median(means)), "method": "median_of_groups"}


def _empty() -> dict[str, Any]:
    names = (
        "eligible", "mean", "se", "ci_low", "ci_high", "possible_low", "possible_high", "design_effect", "effective_n",
    )  # fmt: skip
    return dict.fromkeys(names) | {"merged": "", "method": "none", "reason": ""}


def _weigh(
    values: Floats, people: NDArray[np.intp], margins: list[Margin] | str
) -> tuple[dict[str, Any], Floats | None]:
    """A row's figures, and the weights where they are used."""
    row = _empty() | {"n": len(values)}
    if isinstance(margins, str):
        return row | {"reason": REFUSALS[margins]}, None
    total = int(margins[0].population.sum())
    if len(values) > total:
        return row | {"reason": REFUSALS["more_than_roster"]}, None
    row["eligible"] = total
    merged = [margin.merge(people) for margin in margins]
    row["merged"] = "; ".join(note for *_, note in merged if note)
    weights = _find_weights([(cells, wanted) for cells, wanted, _ in merged])
    refusal = weights if isinstance(weights, Refusal) else refuse_weights(weights)
    if not isinstance(weights, Refusal):
        row["design_effect"] = kish_design_effect(weights)
        row["effective_n"] = len(values) / row["design_effect"]
        ends = possible_range(len(values), float(values.mean()), total)
        row |= {"possible_low": ends[0], "possible_high": ends[1]}
    if refusal is not None or isinstance(weights, Refusal):
        return row | {"reason": REFUSALS[refusal.reason if refusal else "weights_not_positive"]}, None
    return row | _estimate(values, weights, merged[0][0], total), weights


def _find_weights(margins: list[tuple[NDArray[np.intp], Floats]]) -> Floats | Refusal:
    """Weights with mean 1 that fit every margin, then cut to their cap and floor."""
    if not any(len(wanted) > 1 for _, wanted in margins):
        return Refusal("one_cell", 1.0)
    cells, wanted = margins[0]
    if len(margins) == 1:
        found = post_stratify(cells, wanted)
    else:
        # people in the same cell of every margin get the same weight: one row for all of them
        sizes = [len(wanted) for _, wanted in margins]
        joint = np.ravel_multi_index([cells for cells, _ in margins], sizes)
        n = np.bincount(joint, minlength=int(np.prod(sizes)))
        used = np.flatnonzero(n)
        found = rake(np.unravel_index(used, sizes), [wanted for _, wanted in margins], n[used].astype(np.float64))
        if not isinstance(found, Refusal):
            each = np.zeros(len(n))
            each[used] = found / n[used]
            found = each[joint]
    return found if isinstance(found, Refusal) else cap_weights(found)


def _estimate(values: Floats, weights: Floats, cells: NDArray[np.intp], total: int) -> dict[str, Any]:
    """The weighted mean with its interval, for the people on the roster.

    Weights that differ between the cells of one margin and nowhere else make a stratified sample (Cochran 1977,
    ch. 5); other weights are taken as given, the standard error is linearised (Saerndal, Swensson & Wretman 1992,
    sec. 5.8) and the degrees of freedom are those of the effective number of answers.
    """
    n = len(values)
    per_cell = np.bincount(cells)
    population = np.bincount(cells, weights) * total / n
    alike = np.allclose(weights, (np.bincount(cells, weights) / per_cell)[cells], rtol=1e-9)
    if alike and (per_cell >= 2).all() and (population > per_cell - 0.5).all():
        strata = estimate_stratified_mean(values, cells, np.maximum(population, per_cell))
        mean, se, df, method = strata.mean, strata.se, float(strata.df), "mean_stratified"
    else:
        whole = np.zeros(n, dtype=np.intp)
        found = estimate_domain_means(values[:, None], whole, 1, weights=weights, fpc=np.array([1 - n / total]))
        mean, se, method = float(found.mean[0, 0]), float(found.se[0, 0]), "mean_weighted"
        df = n / kish_design_effect(weights) - 1
    row: dict[str, Any] = {"mean": float(np.clip(mean, 0.0, 100.0)), "se": se, "method": method}
    if se <= 0:
        return row
    low, high = possible_range(n, float(values.mean()), total)
    reach = float(stdtrit(df, 0.975)) * se
    return row | {
        "ci_low": min(max(mean - reach, low), row["mean"]),
        "ci_high": max(min(mean + reach, high), row["mean"]),
    }
