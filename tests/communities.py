"""Communities in memory, and their release: from answers to the tables that everybody may read.

community = draw_community(numpy.random.default_rng(7))
tables = release(community)[2027]["scores"]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from pipeline.disclose.published import Publication
from pipeline.disclose.repair import Withheld, repair_release
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.reliability import measure_principles
from pipeline.score.responses import count_responses
from pipeline.stages.audit import finish_release
from pipeline.stages.cuts import compute_cut_figures
from pipeline.stages.release import Tables, release_audited, release_rest
from pipeline.store.definitions import Definitions
from pipeline.store.tables import conform
from schemas.definitions import NO_GROUP
from schemas.tables import TABLES
from tests.helpers import make_definitions

AUDITED = ("responses", "scores", "item_counts", "trends", "cuts")
Released = dict[int, dict[str, pd.DataFrame]]


@cache
def empty(name: str) -> pd.DataFrame:
    return conform(pd.DataFrame(columns=list(TABLES[name].to_schema().columns)), name)


@dataclass
class Community:
    """Definitions and, by year, the ``answers`` table; what the steps store follows from them."""

    definitions: Definitions
    answers: Mapping[int, pd.DataFrame]
    _stored: dict[tuple[str, int], pd.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for year in self.answers:
            self._store_year(year)

    def stored(self, name: str, years: list[int]) -> pd.DataFrame:
        frames = [self._stored[name, year].assign(year=year) for year in years if (name, year) in self._stored]
        return pd.concat(frames, ignore_index=True) if frames else empty(name).assign(year=0)

    def _store_year(self, year: int) -> None:
        answers, definitions = self.answers[year], self.definitions
        people = answers.drop_duplicates(["group", "respondent"])
        respondents = conform(
            people[["wave", "group", "respondent", "level"]].assign(
                status="complete", reason="", answered_n=1, file="export.csv", sheet="", row=range(2, len(people) + 2)
            ),
            "respondents",
        )
        responses = count_responses(respondents, definitions, year)
        matrix = tabulate_answers(answers, definitions, year)
        earlier = {each: frame for each, frame in self.answers.items() if each <= year}
        compared = compare_years(earlier, definitions, year)
        stored = {
            "answers": answers, "respondents": respondents, "responses": responses, "comments": empty("comments"),
            "cut_members": empty("cut_members"), "item_counts": count_items(answers, definitions, year),
            "scores": score_wave(matrix, responses, definitions, year), "trends": compared.trends,
            "item_changes": compared.item_changes, "item_shifts": compared.item_shifts,
            "reliability": measure_principles(matrix, definitions, year),
        }  # fmt: skip
        self._stored |= {(name, year): frame for name, frame in stored.items()}
        figures = compute_cut_figures(self.stored, matrix, responses, definitions, year)
        self._stored |= {("cut_scores", year): figures.cut_scores, ("weighted_scores", year): figures.weighted}


def release(community: Community, *, audit: bool = True, everything: bool = False) -> tuple[Released, list[Withheld]]:
    """The released tables of every year, one year after the other, and what the audit withheld.

    Args:
        community: whose answers.
        audit: whether to look for what can be worked out, and withhold it.
        everything: also tables that follow from the audited ones, cuts among them.
    """
    released: Released = {}
    withheld: list[Withheld] = []
    definitions = community.definitions

    def read(name: str, years: list[int]) -> pd.DataFrame:
        frames = [released[year][name].assign(year=year) for year in years if year in released]
        return pd.concat(frames, ignore_index=True) if frames else empty(f"released_{name}").assign(year=0)

    for year in sorted(community.answers):
        tables = Tables(community.stored, read, definitions, year, [each for each in released if each < year])
        audited = release_audited(tables)
        released[year] = audited | (release_rest(tables, audited) if everything else {"cuts": empty("released_cuts")})
        if audit:
            repaired, taken = repair_release(
                read_publication(released, definitions, [year]),
                [read_publication(released, definitions, tables.before)] if tables.before else [],
                definitions,
            )
            withheld += taken
            if taken and not everything:
                released[year] |= {name: getattr(repaired, name).drop(columns="year") for name in AUDITED[1:]}
            elif taken:
                old = {name: released[year][name].assign(year=year) for name in ("cuts", "weighted")}
                released[year] = finish_release(tables, repaired, old)
    return released, withheld


def read_publication(released: Released, definitions: Definitions, years: Iterable[int]) -> Publication:
    """What the auditor reads of some years."""
    frames = [
        pd.concat([released[year][name].assign(year=year) for year in years], ignore_index=True) for name in AUDITED
    ]
    return Publication("now", definitions.programme.release_profile(), *frames)


def draw_community(
    rng: np.random.Generator, *, most: int = 12, years_n: int | None = None, items_n: int | None = None,
    groups_n: int | None = None, scale: int | None = None,
) -> Community:  # fmt: skip
    """A random community: nested groups, some unanimous, some complete; non-answers; one to three years."""
    scale = int(rng.integers(2, 8)) if scale is None else scale
    items_n = int(rng.integers(1, 5)) if items_n is None else items_n
    groups_n = int(rng.integers(2, 9)) if groups_n is None else groups_n
    years = [2025, 2026, 2027][: int(rng.integers(1, 4)) if years_n is None else years_n]
    principles = ["P1", "P2"][: 1 + (items_n > 2 and rng.random() < 0.4)]
    items = {f"q{at + 1}": {"principle": principles[at % len(principles)]} for at in range(items_n)}
    groups = draw_groups(rng, groups_n)
    answering = [str(group["group"]) for group in groups if group["kind"] == "answers"]
    leaves = [
        *answering,
        *(str(group["group"]) for group in groups if group["kind"] == "rollup" and rng.random() < 0.2),
    ]
    leaves += [NO_GROUP] if rng.random() < 0.3 else []
    sizes = {year: {leaf: int(rng.integers(1, most + 1)) for leaf in leaves if rng.random() < 0.95} for year in years}
    roster = {year: {leaf: n + int(rng.integers(0, 4)) for leaf, n in sizes[year].items() if leaf != NO_GROUP and rng.random() < 0.5} for year in years}  # fmt: skip
    definitions = make_definitions(
        groups=groups, principles=principles, items=items, years=years, scales={"agree": scale},
        roster_by_year=roster, change={"permutations": 999},
    )  # fmt: skip
    silent = float(rng.choice([0, 0, 0.05, 0.2]))
    answers = {year: draw_answers(rng, sizes[year], list(items), scale, silent, year) for year in years}
    return Community(definitions, answers)


def draw_groups(rng: np.random.Generator, n: int) -> list[dict[str, object]]:
    """Groups under groups: roll-ups, groups that answer, and groups that answer and have groups below them."""
    groups: list[dict[str, object]] = []
    for at in range(n):
        above = [str(group["group"]) for group in groups]
        parent = str(rng.choice(above)) if above and rng.random() < 0.6 else None
        groups.append({"group": f"G{at}", "kind": "answers", "parent": parent})
    parents = {group["parent"] for group in groups}
    for group in groups:
        if group["group"] in parents and rng.random() < 0.8:
            group["kind"] = "rollup"
    return groups


def draw_answers(
    rng: np.random.Generator, sizes: Mapping[str, int], items: list[str], scale: int, silent: float, year: int
) -> pd.DataFrame:
    """The ``answers`` table: groups that lean to one side, and some in which all or all but one agree."""
    rows = []
    for leaf, n in sizes.items():
        shares = rng.dirichlet(np.full(scale, rng.choice([0.15, 0.5, 2.0])))
        values = rng.choice(scale, p=shares, size=(n, len(items))) + 1
        if rng.random() < 0.15:
            values[:] = values[0, 0]
            values[0, 0] = rng.integers(1, scale + 1)
        for person in range(n):
            for at, item in enumerate(items):
                given = rng.random() >= silent
                kind = "answer" if given else str(rng.choice(["missing", "no_opinion"]))
                value = int(values[person, at]) if given else None
                rows.append((str(year), leaf, "individual", f"{year}-{leaf}-{person}", item, value, kind))
    columns = ["wave", "group", "level", "respondent", "item", "value", "kind"]
    return conform(pd.DataFrame(rows, columns=columns), "answers")
