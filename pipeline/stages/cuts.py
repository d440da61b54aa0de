"""What the stages of scores and release do about declared cuts and weights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from pipeline.disclose.cuts import release_cuts
from pipeline.disclose.thresholds import count_items_of_measures
from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.cuts import categorise_people, score_cuts
from pipeline.score.weights import score_weighted
from pipeline.stages.stored import Read
from pipeline.store.definitions import Definitions


@dataclass(frozen=True)
class CutFigures:
    """Tables ``cut_scores`` and ``weighted_scores``, and the atoms they are made of (``score.cuts.tabulate_atoms``)."""

    cut_scores: pd.DataFrame
    weighted: pd.DataFrame
    atoms: pd.DataFrame

    def of_measures(self, measures: Collection[str]) -> CutFigures:
        """The rows about some measures."""
        parts = (self.cut_scores, self.weighted, self.atoms)
        return CutFigures(*(part[part["measure"].isin(measures)] if len(part) else part for part in parts))

    def join(self, other: CutFigures) -> CutFigures:
        pairs = (
            (self.cut_scores, other.cut_scores), (self.weighted, other.weighted), (self.atoms, other.atoms),
        )  # fmt: skip
        return CutFigures(*(pd.concat(pair, ignore_index=True) for pair in pairs))


def compute_cut_figures(
    stored: Read, matrix: AnswerMatrix, responses: pd.DataFrame, definitions: Definitions, year: int
) -> CutFigures:
    """Cut and weighted scores of one year's answers, or of what is left of them."""
    members = stored("cut_members", [year])
    categories = categorise_people(matrix, members, definitions, year)
    cut_scores = score_cuts(matrix, categories, responses, definitions, year)
    return CutFigures(cut_scores, *score_weighted(matrix, categories, responses, definitions, year))


def release_cut_tables(
    stored: Read,
    released_scores: pd.DataFrame,
    definitions: Definitions,
    year: int,
    *,
    left_out: Collection[str],
    left_out_of_items: Collection[str],
    overlapping: Collection[str],
) -> dict[str, pd.DataFrame]:
    """Tables ``released_cuts`` and ``released_weighted``, about the very people that "all members" counts.

    Whoever is left out of the roll-ups' figures is left out here too: the printed total less the categories would
    otherwise show them. A principle of a single question leaves out as many as that question's figures do.
    """
    answers, responses = (stored(name, [year]) for name in ("answers", "responses"))

    def compute(without: Collection[str]) -> CutFigures:
        kept = answers[~answers["group"].isin(without)] if without else answers
        return compute_cut_figures(stored, tabulate_answers(kept, definitions, year), responses, definitions, year)

    figures = compute(left_out)
    if set(left_out) != set(left_out_of_items):
        items_of = count_items_of_measures(definitions, year)
        single = {measure for measure, n in items_of.items() if n == 1}
        of_single = compute(left_out_of_items).of_measures(single)
        figures = figures.of_measures(items_of.keys() - single).join(of_single)
    cuts, weighted = release_cuts(
        figures.cut_scores, figures.weighted, figures.atoms, released_scores, definitions, year, overlapping=overlapping
    )
    return {"cuts": cuts, "weighted": weighted}
