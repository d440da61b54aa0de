"""Everything an outsider can read, as linear relations between the answers nobody published (methods S17.6).

The hidden cells are counts: how many people of one group gave one answer to one item in one wave; and sums:
the scores of a group's people added up. Published counts, means, shares and numbers of people are relations
between them. Who answered, the groups, the scales and the publication rule are public. The cells of one
principle, with its items, its parts and the years it is compared over, make one system; principles share no cell
unless a question moved from one to the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from pipeline.disclose.equations import Places, Told, WaveFacts
from pipeline.disclose.families import list_families
from pipeline.disclose.linear_system import Floats, LinearSystem
from pipeline.disclose.relations import FamilyWriter, Rows, ScoreSum
from pipeline.disclose.thresholds import Tree
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, ReleaseProfile


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

    def about(self, codes: Collection[str]) -> Publication:
        """What it says of some items and measures, and who answered."""
        columns = {"scores": "measure", "item_counts": "item", "trends": "measure"}
        columns |= {"cuts": "measure"} if len(self.cuts) else {}
        tables = {name: getattr(self, name) for name in columns}
        return replace(self, **{name: rows[rows[columns[name]].isin(codes)] for name, rows in tables.items()})


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


Hidden = HiddenItem | HiddenSum
Figure = tuple[int, str, str]


def name_figure(hidden: Hidden) -> Figure:
    """Year, group, and item or measure."""
    return hidden.year, hidden.group, hidden.item if isinstance(hidden, HiddenItem) else hidden.measure


@dataclass(frozen=True)
class PublishedFamily:
    """One principle with all that belongs to it.

    Attributes:
        written: all relations.
        system: what is told; relations that are withheld say nothing.
        hidden: what no publication prints.
        told: for each relation, its place in ``sources``.
        sources: what tells the relations.
        known: cells that are printed as they are, their values and sources.
        figures: everything that may be hidden, with the sources that print it.
        counts: by year and item, the leaves and the cells of each: a row per leaf, a column per option.
        sums_of: by year and leaf, each cell that sums people's scores.
        alike: cells that say which answer nearly all gave, the answers' cells, and how many people.
    """

    code: str
    written: LinearSystem
    system: LinearSystem
    hidden: tuple[Hidden, ...]
    told: Places
    sources: tuple[Told, ...]
    known: tuple[Places, Floats, Places]
    figures: tuple[tuple[Hidden, tuple[int, ...]], ...]
    counts: Mapping[tuple[int, str], tuple[tuple[str, ...], Places]]
    sums_of: Mapping[tuple[int, str], tuple[ScoreSum, ...]]
    alike: tuple[tuple[Places, Places, int], ...]

    def without(self, silent: NDArray[np.bool_]) -> PublishedFamily:
        """The family as it is read when some of its sources are not printed: ``silent``, one for each."""
        cells, values, by = self.known
        cells, values = cells[~silent[by]], values[~silent[by]]
        system = self.written
        cell_low, cell_high = system.cell_low.copy(), system.cell_high.copy()
        np.maximum.at(cell_low, cells, values)
        np.minimum.at(cell_high, cells, values)
        low = np.where(silent[self.told], -np.inf, system.low)
        high = np.where(silent[self.told], np.inf, system.high)
        hidden = tuple(figure for figure, printed in self.figures if silent[list(printed)].all())
        return replace(
            self, system=replace(system, low=low, high=high, cell_low=cell_low, cell_high=cell_high), hidden=hidden
        )

    @cached_property
    def place_of(self) -> dict[tuple[int, str], int]:
        """Place of each leaf in the register, by year."""
        return {(year, leaf): at for (year, _), (leaves, _) in self.counts.items() for at, leaf in enumerate(leaves)}

    @cached_property
    def figure_at(self) -> dict[Figure, Hidden]:
        """Whatever may be hidden, by its name."""
        return {name_figure(each): each for each, _ in self.figures}

    @cached_property
    def hiding(self) -> dict[int, list[str]]:
        """By year, the groups of which something is hidden, in register order of their first figure."""
        groups = dict.fromkeys((each.year, each.group) for each in self.hidden)
        return {year: [group for at, group in groups if at == year] for year in {year for year, _ in groups}}

    @cached_property
    def _columns(self) -> csc_array:
        return csc_array(self.written.matrix)

    def hold_others(self, cells: Places, answers: Floats, silent: NDArray[np.bool_]) -> tuple[LinearSystem, Places]:
        """The system about some cells when all others are held and some sources are not printed; and its relations."""
        system, part = self.written, csc_array(self._columns[:, cells])
        relations = np.unique(part.indices)
        relations = relations[~silent[self.told[relations]]]
        matrix = csr_array(csr_array(part)[relations])
        others = system.matrix[relations] @ answers - matrix @ answers[cells]
        low, high = system.cell_low[cells], system.cell_high[cells]
        known, values, source = self.known
        here = np.flatnonzero(np.isin(known, cells) & ~silent[source])
        at = np.searchsorted(cells, known[here])
        np.maximum.at(low, at, values[here])
        np.minimum.at(high, at, values[here])
        inside = LinearSystem(
            matrix, system.low[relations] - others, system.high[relations] - others, low, high, system.whole[cells]
        )
        return inside, relations

    @cached_property
    def sum_at(self) -> dict[int, tuple[tuple[int, str], ScoreSum]]:
        """Whose sum of scores a cell is, and which; both for the sum and the number of people."""
        return {
            cell: (owner, each)
            for owner, held in self.sums_of.items()
            for each in held
            for cell in (each.total, each.people)
        }

    def cells_of(self, year: int, leaf: str) -> Places:
        """All cells about the people of one leaf."""
        rows = [cells[self.place_of[year, leaf]] for (at, _), (_, cells) in self.counts.items() if at == year]
        sums = [cell for each in self.sums_of.get((year, leaf), ()) for cell in (each.total, each.people)]
        return np.unique(np.concatenate([*rows, np.array(sums, dtype=np.intp)]))


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
            for at, (rows, without) in enumerate(zip(tables, left_out, strict=True)):
                writer.release = at
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
    """The system with everything in it that may be hidden."""
    answering = Tree.of(writer.definitions).answering
    place: dict[int, int] = {}
    sources: list[Told] = []

    def find(told: Told) -> int:
        if id(told) not in place:
            place[id(told)] = len(sources)
            sources.append(told)
        return place[id(told)]

    figures: list[tuple[Hidden, tuple[int, ...]]] = []
    for (year, item), cells in writer.counts.items():
        points = writer.scales[year, item].points
        for leaf, at in writer.leaves[year].items():
            n = writer.facts[year].n[leaf]
            derivable = leaf not in answering and n >= least.distribution
            printed = tuple(map(find, writer.shown_counts.get((year, leaf, item), ())))
            figures.append((HiddenItem(year, leaf, item, cells[at], points, n, derivable), printed))
    for year in writer.items:
        for name, subset in writer.measures(year):
            if len(subset) == 1:
                continue
            step = min(float(np.min(np.abs(np.diff(writer.scales[year, item].points)))) for item in subset)
            for leaf, n in writer.facts[year].n.items():
                if found := writer.sums.get((year, leaf, writer.items_of(year, leaf, subset))):
                    printed = tuple(map(find, writer.shown_sums.get((year, leaf, subset), ())))
                    derivable = leaf not in answering and n >= least.score
                    figures.append((HiddenSum(year, leaf, name, found.total, n, step, derivable), printed))
    sums_of: dict[tuple[int, str], list[ScoreSum]] = {}
    for (year, leaf, _), held in writer.sums.items():
        sums_of.setdefault((year, leaf), []).append(held)
    counts = {(year, item): (tuple(writer.leaves[year]), cells) for (year, item), cells in writer.counts.items()}
    equations = writer.equations
    known = [(cells, values, np.full(len(cells), find(told))) for cells, values, told in equations.known]
    told = np.array([find(row[4]) for row in equations.rows], dtype=np.intp)
    empty, written = np.empty(0, dtype=np.intp), equations.finish()
    family = PublishedFamily(
        code, written, written, (), told, tuple(sources),
        (
            np.concatenate([empty, *(part[0] for part in known)]),
            np.concatenate([np.empty(0), *(part[1] for part in known)]),
            np.concatenate([empty, *(part[2] for part in known)]),
        ),
        tuple(figures), counts, {owner: tuple(held) for owner, held in sums_of.items()}, tuple(writer.alike),
    )  # fmt: skip
    return family.without(np.zeros(len(sources), dtype=bool))
