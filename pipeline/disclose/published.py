"""Everything an outsider can read, as linear relations between the answers nobody published (methods S17.6).

The hidden cells are counts: how many people of one group gave one answer to one item in one wave; and sums:
the scores of a group's people added up. Published counts, means, shares and numbers of people are relations
between them. Who answered, the groups, the scales and the publication rule are public. The cells of one
principle, with its items, its parts and the years it is compared over, make one system; principles share no cell
unless a question moved from one to the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.equations import Places, WaveFacts
from pipeline.disclose.linear_system import LinearSystem
from pipeline.disclose.relations import FamilyWriter, Rows, ScoreSum
from pipeline.disclose.thresholds import Tree
from pipeline.store.crosswalk import pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, Item, ReleaseProfile

Families = dict[str, dict[int, tuple[Item, ...]]]


@dataclass(frozen=True)
class Publication:
    """The released tables of one release, with the profile it was made under; rows carry ``year``."""

    name: str
    profile: ReleaseProfile
    responses: pd.DataFrame
    scores: pd.DataFrame
    item_counts: pd.DataFrame
    trends: pd.DataFrame
    cuts: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class HiddenItem:
    """The answers of one group to one item, which no publication prints.

    Attributes:
        cells: one per option: answers low to high, then kinds of non-answers.
        scores: of the answers among them.
        n: people of the group.
        derivable: answers given to a roll-up itself, or for no group, by as many as a figure needs: the rest
            that is left when everything printed is taken away may be told (methods S17.5).
    """

    year: int
    group: str
    item: str
    cells: Places
    scores: NDArray[np.float64]
    n: int
    derivable: bool = False

    @property
    def step(self) -> float:
        """The smallest difference between two answers, in points."""
        return float(np.min(np.abs(np.diff(self.scores))))


@dataclass(frozen=True)
class HiddenSum:
    """The sum of the scores of one group's people on one measure, which no publication prints."""

    year: int
    group: str
    measure: str
    cell: int
    n: int
    step: float
    derivable: bool = False


@dataclass(frozen=True)
class PublishedFamily:
    """One principle with all that belongs to it.

    Attributes:
        told: for each relation, which published figure it is, in words.
        counts: by year and item, the leaves and the cells of each: a row per leaf, a column per option.
        sums_of: by year and leaf, each cell that sums people's scores.
        alike: cells that say which answer nearly all gave, the answers' cells, and how many people.
    """

    code: str
    system: LinearSystem
    items: tuple[HiddenItem, ...]
    sums: tuple[HiddenSum, ...]
    told: tuple[str, ...]
    counts: Mapping[tuple[int, str], tuple[tuple[str, ...], Places]]
    sums_of: Mapping[tuple[int, str], tuple[ScoreSum, ...]]
    alike: tuple[tuple[Places, Places, int], ...]


def list_families(definitions: Definitions) -> Families:
    """Items by year of each principle (those of its parts included) and of each item that belongs to none.

    Principles between which a question moved are one family, called like the first of them.
    """
    home: dict[tuple[int, str], str] = {}
    for year, wave in definitions.waves.items():
        parent = {row.principle: row.parent or row.principle for row in definitions.principles(year)}
        home |= {(year, item.item): parent.get(item.principle, item.item) for item in wave.items}
    name = {code: code for code in home.values()}
    for year in definitions.years:
        for before in definitions.years:
            for pair in pair_items(definitions, before, year) if before < year else ():
                one, other = (name[home[at]] for at in ((before, pair.item_from.item), (year, pair.item_to.item)))
                if one != other:
                    name = {code: one if of in (one, other) else of for code, of in name.items()}
    families: Families = {}
    for year, wave in definitions.waves.items():
        for item in wave.items:
            code = name[home[year, item.item]]
            families.setdefault(code, {})[year] = (*families.get(code, {}).get(year, ()), item)
    return families


def list_codes(definitions: Definitions, items: Mapping[int, tuple[Item, ...]]) -> set[str]:
    """Codes under which figures of a family are printed: its principles, their parts and its items."""
    codes = {item.item for asked in items.values() for item in asked}
    used = {item.principle for asked in items.values() for item in asked}
    for year in items:
        codes |= {row.parent for row in definitions.principles(year) if row.principle in used and row.parent}
    return codes | used - {""}


def read_publications(
    publications: Sequence[Publication], definitions: Definitions, *, only: Collection[str] | None = None
) -> Iterator[PublishedFamily]:
    """Write down what one or several releases of the same answers tell, a family at a time.

    Args:
        publications: releases of the same answers; a reader may hold all of them.
        definitions: the programme.
        only: codes of the families to read; all when left out.
    """
    responses = pd.concat([each.responses for each in publications], ignore_index=True)
    responses = responses.drop_duplicates(["year", "group"], keep="last")
    years = [int(year) for year in sorted(responses["year"].unique()) if int(year) in definitions.waves]
    facts = {year: WaveFacts.read(responses, definitions, year) for year in years}
    tables = [_by_measure(each) for each in publications]
    left_out = [
        {
            year: [
                facts[year].choose_left_out(definitions, each.profile, of_items=of_items) for of_items in (False, True)
            ]
            for year in years
        }
        for each in publications
    ]
    for code, items_of in list_families(definitions).items():
        asked = {year: items_of[year] for year in years if year in items_of}
        if asked and (only is None or code in only):
            writer = FamilyWriter(definitions, facts, asked)
            for rows, without in zip(tables, left_out, strict=True):
                _tell_publication(writer, rows, without)
            least = ReleaseProfile(
                **{
                    name: min(getattr(each.profile, name) for each in publications)
                    for name in ReleaseProfile.model_fields
                }
            )
            yield _collect(code, writer, least)


def _by_measure(publication: Publication) -> dict[str, Rows]:
    """Rows that say something, by year and item or measure."""
    counts, scores, trends, cuts = publication.item_counts, publication.scores, publication.trends, publication.cuts
    tables = {
        "counts": (counts, "item"),
        "scores": (scores[scores["marker"].isin(["", "band"])], "measure"),
        "trends": (trends[trends["marker"] == ""], "measure"),
    }
    if len(cuts):
        tables["cuts"] = (cuts[cuts["marker"] == ""], "measure")
    return {"cuts": {}} | {
        name: {(int(year), str(code)): rows for (year, code), rows in frame.groupby(["year", column], observed=True)}
        for name, (frame, column) in tables.items()
    }  # fmt: skip


def _tell_publication(
    writer: FamilyWriter, rows: Mapping[str, Rows], left_out: Mapping[int, Sequence[Collection[str]]]
) -> None:
    """What one release tells; its roll-ups leave out the groups of ``left_out``, and those of it for single items."""
    of_scores = {year: without[0] for year, without in left_out.items()}
    for year, asked in writer.items.items():
        for item in asked:
            writer.tell_counts(year, item.item, rows["counts"], left_out[year][1])
        for measure, subset in writer.measures(year):
            scores = rows["scores"].get((year, measure))
            without = left_out[year][1 if len(subset) == 1 else 0]
            if scores is not None:
                writer.tell_scores(year, subset, scores, without)
            if scores is not None and (cuts := rows["cuts"].get((year, measure))) is not None:
                for n in scores.loc[(scores["group"] == ALL) & (scores["aggregation"] == "pooled"), "n"]:
                    writer.tell_cuts(year, subset, cuts, without, int(n))
            if (changes := rows["trends"].get((year, measure))) is not None:
                writer.tell_changes(year, subset, changes, of_scores)


def _collect(code: str, writer: FamilyWriter, least: ReleaseProfile) -> PublishedFamily:
    """The system with everything in it that nobody printed."""
    answering = Tree.of(writer.definitions).answering
    items = tuple(
        HiddenItem(
            year,
            leaf,
            item,
            cells[at],
            writer.scales[year, item].points,
            (n := writer.facts[year].n[leaf]),
            leaf not in answering and n >= least.distribution,
        )
        for (year, item), cells in writer.counts.items()
        for leaf, at in writer.leaves[year].items()
        if (year, leaf, item) not in writer.shown_counts
    )
    sums = []
    for year in writer.items:
        for name, subset in writer.measures(year):
            for leaf, n in writer.facts[year].n.items() if len(subset) > 1 else ():
                found = writer.sums.get((year, leaf, writer.items_of(year, leaf, subset)))
                if found and (year, leaf, subset) not in writer.shown_sums:
                    points = (writer.scales[year, item].points for item in subset)
                    step = min(float(np.min(np.abs(np.diff(each)))) for each in points)
                    derivable = leaf not in answering and n >= least.score
                    sums.append(HiddenSum(year, leaf, name, found.total, n, step, derivable))
    sums_of: dict[tuple[int, str], tuple[ScoreSum, ...]] = {}
    for (year, leaf, _), held in writer.sums.items():
        sums_of[year, leaf] = (*sums_of.get((year, leaf), ()), held)
    system, told = writer.equations.finish()
    counts = {(year, item): (tuple(writer.leaves[year]), cells) for (year, item), cells in writer.counts.items()}
    return PublishedFamily(code, system, items, tuple(sums), told, counts, sums_of, tuple(writer.alike))
