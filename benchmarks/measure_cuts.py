"""How fast cuts and weights are: ``python -m benchmarks.measure_cuts [PEOPLE]``.

A made-up community in memory, 22 groups × 25 questions × 3 cuts, raked to two of them: from the matrix of answers
to released figures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.cuts import release_cuts
from pipeline.score.answer_matrix import AnswerMatrix
from pipeline.score.cuts import categorise_people, score_cuts
from pipeline.score.weights import score_weighted
from pipeline.store.definitions import Definitions
from schemas.cuts import NOT_SAID, CutCategory
from tests.helpers import make_definitions

GROUPS, ITEMS, YEAR = tuple(f"G{k:02d}" for k in range(22)), tuple(f"q{k}" for k in range(25)), 2027
CUTS = {"language": 6, "region": 5, "tenure": 4}
Result = TypeVar("Result")


def define_community(people: int) -> Definitions:
    """Rosters of twice as many as answer, the same in each cut."""
    total = 2 * people + 60 * len(GROUPS)
    cuts = []
    for cut, k in CUTS.items():
        numbers = [total // k + (at < total % k) for at in range(k)]
        cuts += [
            CutCategory(cut=cut, column=cut, category=f"c{at}", label={"en": f"c{at}"}, eligible=n)
            for at, n in enumerate(numbers)
        ]
    sizes = [total // len(GROUPS) + (at < total % len(GROUPS)) for at in range(len(GROUPS))]
    return make_definitions(
        groups=GROUPS, principles=[f"P{k}" for k in range(5)], items={q: f"P{at // 5}" for at, q in enumerate(ITEMS)},
        roster=dict(zip(GROUPS, sizes, strict=True)), wave={"weighting": {"method": "rake", "by": ["region", "language"]}},
        cuts=tuple(cuts),
    )  # fmt: skip


def draw_answers(people: int, definitions: Definitions) -> tuple[AnswerMatrix, pd.DataFrame]:
    """Answers, and the ``cut_members`` that go with them."""
    rng = np.random.default_rng(20261122)
    names = pd.Index([f"{at:016x}" for at in range(people)], dtype="str")
    group_of = np.sort(rng.integers(0, len(GROUPS), people)).astype(np.intp)
    wave = definitions.waves[YEAR]
    matrix = AnswerMatrix(
        values=rng.integers(1, 6, (len(ITEMS), people)).astype(np.int16),
        row_of={item: at for at, item in enumerate(ITEMS)}, groups=GROUPS, group_of=group_of,
        respondents=pd.Categorical.from_codes(np.arange(people), categories=names),
        left_out=np.zeros((len(GROUPS), len(ITEMS)), dtype=bool),
        options={item.item: wave.answer_points(item) for item in wave.items},
    )  # fmt: skip
    codes = pd.Index([*(f"c{at}" for at in range(max(CUTS.values()))), NOT_SAID], dtype="str")
    drawn = [_draw_categories(rng, k, people) for k in CUTS.values()]
    members = pd.DataFrame(
        {
            "cut": pd.Categorical.from_codes(np.repeat(np.arange(len(CUTS)), people), categories=pd.Index([*CUTS])),
            "group": pd.Categorical.from_codes(np.tile(group_of, len(CUTS)), categories=pd.Index(GROUPS)),
            "respondent": pd.Categorical.from_codes(np.tile(np.arange(people), len(CUTS)), categories=names),
            "category": pd.Categorical.from_codes(np.concatenate(drawn), categories=codes),
        }
    )
    return matrix, members


def _draw_categories(rng: np.random.Generator, k: int, people: int) -> NDArray[np.int64]:
    """The first categories are larger than the last; a few do not say."""
    size = np.arange(1.0, k + 2)[::-1]
    drawn = rng.choice(k + 1, people, p=size / size.sum())
    return np.where(drawn == k, max(CUTS.values()), drawn)


def _measure(label: str, work: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = work()
    print(f"{label}: {time.perf_counter() - started:.2f} s")
    return result


def main(people: int) -> None:
    definitions = define_community(people)
    matrix, members = draw_answers(people, definitions)
    rows = [{"group": group, "unit": "person", "rate": 0.5, "reason": "", "survey_held": True} for group in GROUPS]
    eligible = {row.group: row.eligible for row in definitions.waves[YEAR].roster}
    responses = pd.DataFrame([*rows, {"group": "_all", "unit": "person", "survey_held": True}])
    responses["eligible"] = responses["group"].map(eligible)
    measures = [{"kind": "principle", "measure": f"P{k}"} for k in range(5)]
    printed = pd.DataFrame(
        [row | {"group": group, "aggregation": "own", "marker": ""} for row in measures for group in (*GROUPS, "_all")]
    )
    started = time.perf_counter()
    codes = _measure("who is where", lambda: categorise_people(matrix, members, definitions, YEAR))
    scores = _measure("scores by cut", lambda: score_cuts(matrix, codes, responses, definitions, YEAR))
    weighted, atoms = _measure("weighted", lambda: score_weighted(matrix, codes, responses, definitions, YEAR))
    cuts, _ = _measure("released", lambda: release_cuts(scores, weighted, atoms, printed, definitions, YEAR))
    shown = int((cuts["marker"] == "").sum())
    print(f"{people} people: {time.perf_counter() - started:.2f} s in all; {shown} of {len(cuts)} cells shown")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
