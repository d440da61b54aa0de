"""Communities in memory, and their release: from answers to the audited tables that everybody may read.

community = draw_community(numpy.random.default_rng(7))
scores = release(community)[0][2027]["scores"]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.disclose.facts import release_responses
from pipeline.disclose.published import Publication
from pipeline.disclose.release import POINTS, round_points
from pipeline.disclose.repair import repair_release
from pipeline.disclose.thresholds import count_items_of_measures
from pipeline.disclose.withholding import Withheld
from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.compare import compare_years
from pipeline.score.items import count_items
from pipeline.score.principles import score_wave
from pipeline.score.responses import count_responses
from pipeline.stages.release import Tables, release_audited
from pipeline.stages.true_answers import TrueAnswers
from pipeline.store.definitions import Definitions
from pipeline.store.files import write_text
from pipeline.store.tables import arrange, conform
from schemas.definitions import NO_GROUP
from schemas.tables import TABLES
from tests.helpers import make_definitions, make_scale

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
        }  # fmt: skip
        self._stored |= {(name, year): frame for name, frame in stored.items()}


def release(community: Community) -> tuple[Released, list[Withheld]]:
    """The audited tables of every year, one year after the other, and what the audit withheld."""
    released: Released = {}
    withheld: list[Withheld] = []
    definitions = community.definitions

    def read(name: str, years: list[int]) -> pd.DataFrame:
        frames = [released[year][name].assign(year=year) for year in years if year in released]
        return pd.concat(frames, ignore_index=True) if frames else empty(f"released_{name}").assign(year=0)

    for year in sorted(community.answers):
        tables = Tables(community.stored, read, definitions, year, [each for each in released if each < year])
        released[year] = release_audited(tables) | {"cuts": empty("released_cuts")}
        repaired, taken = repair_release(
            read_publication(released, definitions, [year]),
            [read_publication(released, definitions, tables.before)] if tables.before else [],
            definitions,
            TrueAnswers(community.stored, definitions, [*tables.before, year]),
        )
        withheld += taken
        released[year] |= {name: getattr(repaired, name).drop(columns="year") for name in AUDITED[1:]}
    return released, withheld


def read_publication(released: Released, definitions: Definitions, years: Iterable[int]) -> Publication:
    """What the auditor reads of some years."""
    frames = [
        pd.concat([released[year][name].assign(year=year) for year in years], ignore_index=True) for name in AUDITED
    ]
    return Publication("now", definitions.programme.release_profile(), *frames)


def draw_community(
    rng: np.random.Generator, *, principles_n: int = 1, items_n: int | None = None, scale: int | None = None,
    years_n: int | None = None, groups_n: int | None = None, most: int = 12, silent: float | None = None,
    kinds: Sequence[str] = ("missing", "no_opinion"), nested: bool = True, parts: bool = True,
) -> Community:  # fmt: skip
    """A random community: nested groups, some complete; non-answers; one to three years; optional parts.

    Each principle has its own scale and answers: as to what can be worked out, several are as many communities in
    one release.

    Args:
        rng: draws everything that is left out below.
        principles_n: how many principles.
        items_n: questions of each, one to four.
        scale: points of the questions' scales, two to seven.
        years_n: one to three.
        groups_n: two to five.
        most: people of a group.
        silent: share of questions that people do not answer.
        kinds: of non-answers.
        nested: whether groups may lie below groups.
        parts: whether half of the principles of two questions and more have a part, which some groups leave out.
    """
    years = [2025, 2026, 2027][: int(rng.choice([1, 1, 1, 2, 3])) if years_n is None else years_n]
    codes = [f"P{at + 1}" for at in range(principles_n)]
    scales = {code: int(rng.choice([2, 3, 4, 5, 5, 7])) if scale is None else scale for code in codes}
    principles: list[str | dict[str, object]] = [*codes]
    items: dict[str, dict[str, object]] = {}
    by_year: dict[int, dict[str, dict[str, object]]] = {year: {} for year in years}
    for code in codes:
        asked = int(rng.choice([1, 1, 2, 2, 3, 4])) if items_n is None else items_n
        of_part = int(rng.integers(1, asked)) if parts and asked > 1 and rng.random() < 0.5 else 0
        if of_part:
            principles.append({"principle": f"{code}part", "kind": "part", "parent": code})
        for at in range(asked):
            name = f"{code}q{at + 1}"
            home = f"{code}part" if at < of_part else code
            items[name] = {"principle": home, "scale": code, "reverse": bool(rng.random() < 0.2)}
            for year in years:
                reworded = year > years[0] and rng.random() < 0.1
                by_year[year][name] = items[name] | ({"comparability": "substantive"} if reworded else {})
    groups = draw_groups(rng, int(rng.integers(2, 6)) if groups_n is None else groups_n, nested=nested)
    if parts:
        for group in groups:
            if group["kind"] == "answers" and rng.random() < 0.15:
                group["optional_parts"] = tuple(
                    f"{code}part" for code in codes if f"{code}part" in map(_code_of, principles)
                )
    leaves = [str(group["group"]) for group in groups if group["kind"] == "answers"]
    leaves += [str(group["group"]) for group in groups if group["kind"] == "rollup" and rng.random() < 0.2]
    leaves += [NO_GROUP] if rng.random() < 0.2 else []
    sizes = {year: {leaf: int(rng.integers(1, most + 1)) for leaf in leaves if rng.random() < 0.95} for year in years}
    roster = {
        year: {
            leaf: n + int(rng.integers(0, 4))
            for leaf, n in sizes[year].items()
            if leaf != NO_GROUP and rng.random() < 0.5
        }
        for year in years
    }
    declared = [kind for kind in kinds if kind != "missing"]
    definitions = make_definitions(
        groups=groups, principles=principles, items=items, items_by_year=by_year, years=years,
        scales=[point for code, n in scales.items() for point in make_scale(code, n, declared)],
        roster_by_year=roster, change={"permutations": 999},
    )  # fmt: skip
    share = float(rng.choice([0, 0, 0.05, 0.2])) if silent is None else silent
    points = {item: scales[str(spec["scale"])] for item, spec in items.items()}
    left_out = {
        str(group["group"]): {
            item for item, spec in items.items() if spec["principle"] in group.get("optional_parts", ())
        }
        for group in groups
    }
    return Community(
        definitions, {year: draw_answers(rng, sizes[year], points, share, year, left_out, kinds) for year in years}
    )


def _code_of(principle: str | Mapping[str, object]) -> str:
    return principle if isinstance(principle, str) else str(principle["principle"])


def draw_groups(rng: np.random.Generator, n: int, *, nested: bool = True) -> list[dict[str, Any]]:
    """Groups under groups: roll-ups, groups that answer, and groups that answer and have groups below them."""
    groups: list[dict[str, Any]] = []
    for at in range(n):
        above = [str(group["group"]) for group in groups]
        parent = str(rng.choice(above)) if nested and above and rng.random() < 0.6 else None
        groups.append({"group": f"G{at}", "kind": "answers", "parent": parent})
    parents = {group["parent"] for group in groups}
    for group in groups:
        if group["group"] in parents and rng.random() < 0.8:
            group["kind"] = "rollup"
    return groups


def draw_answers(
    rng: np.random.Generator, sizes: Mapping[str, int], points: Mapping[str, int], silent: float, year: int,
    left_out: Mapping[str, Collection[str]], kinds: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    """The ``answers`` table: groups that lean to one side, and some in which all or all but one agree.

    Args:
        rng: draws them.
        sizes: people of each group.
        points: of each question's scale.
        silent: share of questions that people do not answer.
        year: of the wave.
        left_out: questions that groups were not asked.
        kinds: of non-answers.
    """
    rows = []
    for leaf, n in sizes.items():
        for item, scale in points.items():
            shares = rng.dirichlet(np.full(scale, rng.choice([0.15, 0.5, 2.0])))
            values = rng.choice(scale, p=shares, size=n) + 1
            if rng.random() < 0.1:
                values[1:] = values[0]
            for person, value in enumerate(values):
                given = item not in left_out.get(leaf, ()) and rng.random() >= silent
                kind = "answer" if given else str(rng.choice(kinds))
                name = f"{year}-{leaf}-{person}"
                rows.append((str(year), leaf, "individual", name, item, int(value) if given else None, kind))
    columns = ["wave", "group", "level", "respondent", "item", "value", "kind"]
    return conform(pd.DataFrame(rows, columns=columns), "answers")


def publish_naively(community: Community) -> Released:
    """The tables of a release that hides what is below the thresholds, and nothing else."""
    profile, out = community.definitions.programme.release_profile(), Released()
    for year in community.answers:
        scores, counts = (community.stored(name, [year]).drop(columns="year") for name in ("scores", "item_counts"))
        scores, counts = scores[scores["group"] != NO_GROUP], counts[counts["group"] != NO_GROUP]
        n_items = count_items_of_measures(community.definitions, year)
        single = scores["measure"].astype("str").map(n_items) == 1
        people = scores["aggregation"] != "groups_equal"
        withheld = (scores["n"] < np.where(single, profile.distribution, profile.score)) & people
        figures = {name: round_points(scores[name]).mask(withheld) for name in POINTS}
        share = 100 * scores["favourable_n"] / scores["answers_n"].where(scores["answers_n"] > 0)
        unused = {
            name: pd.array([pd.NA] * len(scores), dtype="Int32")
            for name in ("band_low", "band_high", "mean_of_items_shift")
        }
        scores = scores.assign(
            **figures, **unused, n=scores["n"].mask(withheld), marker=withheld.map({True: "c", False: ""}),
            favourable_percent=round_points(share).mask(withheld), sensitive_to_aggregation=False,
        )  # fmt: skip
        answered = (
            counts["n"].where(counts["kind"] == "answer", 0).groupby([counts["group"], counts["item"]], observed=True)
        )
        few = answered.transform("sum") < profile.distribution
        counts = counts.assign(n=counts["n"].mask(few), marker=few.map({True: "c", False: ""}))
        responses = community.stored("responses", [year]).drop(columns="year")
        out[year] = {
            "scores": scores, "item_counts": counts, "trends": empty("released_trends"),
            "responses": release_responses(responses, empty("comments"), scores, {}, community.definitions),
        }  # fmt: skip
    return out


def write_files(released: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """A year's tables as the CSV files of its report."""
    for name, frame in released.items():
        table = arrange(frame[list(TABLES[f"released_{name}"].to_schema().columns)], f"released_{name}")
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return folder
