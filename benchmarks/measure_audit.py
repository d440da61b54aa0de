"""How long protecting and auditing a large programme takes: 500 groups in three levels, 30 questions, 5 years.

Run as ``python -m benchmarks.measure_audit``. Answers are drawn; scores and changes are computed beforehand, and
not measured. Most groups are small: about half of their scores stay below the thresholds.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pandas as pd

from pipeline.disclose.repair import repair_release
from pipeline.stages.release import Tables, release_audited
from pipeline.stages.true_answers import TrueAnswers
from pipeline.store.tables import arrange
from tests.communities import Community, Released, empty, read_publication
from tests.helpers import make_definitions


def draw_programme(houses: int, parts: int, groups: int, principles: int, items: int, years: int) -> Community:
    """``houses`` roll-ups of ``parts`` roll-ups of ``groups`` groups each; five-point answers that lean by group."""
    rng = np.random.default_rng(1)
    tree: list[dict[str, object]] = []
    for house in range(houses):
        tree.append({"group": f"H{house}", "kind": "rollup"})
        for part in range(parts):
            tree.append({"group": f"H{house}P{part}", "kind": "rollup", "parent": f"H{house}"})
            tree += [{"group": f"H{house}P{part}G{at}", "parent": f"H{house}P{part}"} for at in range(groups)]
    answering = [str(group["group"]) for group in tree if group.get("kind") != "rollup"]
    questions = {f"q{at}": f"P{at % principles}" for at in range(principles * items)}
    definitions = make_definitions(
        groups=tree, principles=[f"P{at}" for at in range(principles)], items=questions,
        years=range(2027 - years + 1, 2028), roster=dict.fromkeys(answering, 60), change={"permutations": 999},
    )  # fmt: skip
    return Community(definitions, {year: _draw(rng, answering, list(questions), year) for year in definitions.years})


def _draw(rng: np.random.Generator, groups: list[str], items: list[str], year: int) -> pd.DataFrame:
    sizes = np.clip(rng.lognormal(2.0, 0.8, len(groups)).astype(int), 0, 60)
    of = np.repeat(np.arange(len(groups)), sizes)
    leaning = rng.normal(3.4, 0.7, (len(groups), len(items)))[of]
    value = np.clip(np.rint(leaning + rng.normal(0, 1, leaning.shape)), 1, 5).astype(int)
    silent = rng.random(value.shape) < 0.03
    n = len(of)
    frame = pd.DataFrame(
        {
            "wave": str(year), "group": np.repeat(np.array(groups)[of], len(items)), "level": "individual",
            "respondent": np.repeat([f"{year}-{at}" for at in range(n)], len(items)), "item": np.tile(items, n),
            "value": pd.array(np.where(silent, np.nan, value).ravel()).astype("Int16"),
            "kind": np.where(silent, "no_opinion", "answer").ravel(),
        }
    )  # fmt: skip
    return arrange(frame, "answers")


def _peak(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", type=int, nargs=6, default=[10, 7, 6, 6, 5, 5], metavar="N")
    community = draw_programme(*parser.parse_args().shape)
    definitions, released = community.definitions, Released()
    print(f"{len(definitions.groups)} groups, {sum(map(len, community.answers.values())):,} answers", flush=True)

    def read(name: str, years: list[int]) -> pd.DataFrame:
        frames = [released[year][name].assign(year=year) for year in years if year in released]
        return pd.concat(frames, ignore_index=True) if frames else empty(f"released_{name}").assign(year=0)

    for year in definitions.years:
        start, cpu = time.perf_counter(), time.process_time()
        tables = Tables(community.stored, read, definitions, year, list(released))
        earlier = [read_publication(released, definitions, tables.before)] if released else []
        released[year] = release_audited(tables) | {"cuts": empty("released_cuts")}
        protected, between = time.perf_counter() - start, time.process_time()
        repaired, withheld = repair_release(
            read_publication(released, definitions, [year]), earlier, definitions,
            TrueAnswers(community.stored, definitions, [*tables.before, year]),
        )  # fmt: skip
        for name in ("scores", "item_counts", "trends"):
            released[year][name] = getattr(repaired, name).drop(columns="year")
        seconds = time.perf_counter() - start
        own = repaired.scores[(repaired.scores["aggregation"] == "own") & (repaired.scores["kind"] == "principle")]
        print(
            f"{year}: thresholds {protected:.1f} s, with audit {seconds:.1f} s ({time.process_time() - cpu:.1f} CPU s, "
            f"audit {time.process_time() - between:.1f}); withheld beyond the thresholds {len(withheld)}; "
            f"own scores shown {(own['marker'] == '').mean():.0%}; "
            f"{max(map(_peak, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))):.0f} MB in the largest process",
            flush=True,
        )


if __name__ == "__main__":
    main()
