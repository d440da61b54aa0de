"""How fast domain means are: ``python -m benchmarks.measure_statistics [PEOPLE] [PYTHON-WITH-SVY]``.

Means and standard errors of 5 principles in 22 groups from an in-memory table of people × principles, beside
R's ``survey::svyby(…, svymean)`` where R is installed, and the Python package ``svy`` where the second argument
names an interpreter that has it (it is no dependency of this project), with the largest relative difference.
The best of nine runs counts here, of three elsewhere. The whole way from stored answers to verdicts is timed
by ``measure_scores``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.stats.domains import estimate_domain_means

GROUPS, PRINCIPLES, RUNS = 22, 5, 9
R_SCRIPT = """
suppressMessages(library(survey))
args <- commandArgs(TRUE)
d <- read.csv(args[1])
design <- svydesign(id = ~1, weights = ~1, data = d)
for (run in 1:3) {
  started <- proc.time()
  found <- svyby(~p1 + p2 + p3 + p4 + p5, ~group, design, svymean, keep.names = FALSE)
  used <- proc.time() - started
  cat(used[["elapsed"]], used[["user.self"]] + used[["sys.self"]], "\\n")
}
write.csv(found, args[2], row.names = FALSE)
"""
SVY_SCRIPT = """
import sys, time
import polars, svy
table = polars.read_csv(sys.argv[1]).with_columns(one=polars.lit(1.0))
sample = svy.Sample(data=table, design=svy.Design(wgt="one"))
names = ["p1", "p2", "p3", "p4", "p5"]
for run in range(3):
    wall, cpu = time.perf_counter(), time.process_time()
    found = sample.estimation.mean(y=names, by="group")
    print(time.perf_counter() - wall, time.process_time() - cpu)
out = {"group": [row.by_level[0] for row in found[0].estimates]}
for name, each in zip(names, found):
    out[name] = [row.est for row in each.estimates]
    out["se." + name] = [row.se for row in each.estimates]
polars.DataFrame(out).write_csv(sys.argv[2], float_precision=17)
"""


def draw_table(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores (people × principles) and groups of very different size."""
    rng = np.random.default_rng(20261122)
    share = np.arange(1, GROUPS + 1) ** 1.5
    group_of = rng.choice(GROUPS, people, p=share / share.sum())
    return 25.0 * rng.integers(0, 13, (people, PRINCIPLES)) / 3, group_of.astype(np.intp)


def time_best(values: np.ndarray, group_of: np.ndarray) -> tuple[float, float]:
    """Seconds on the clock, and CPU seconds, of the best run."""
    runs = []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        estimate_domain_means(values, group_of, GROUPS)
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(runs)


def compare(name: str, command: list[str], table: Path, ours: tuple[float, float], here: object) -> None:
    """Time another program on the same table, and print how far its numbers are from ours."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.csv"
        run = subprocess.run([*command, str(table), str(found)], capture_output=True, text=True, check=True)
        known = pd.read_csv(found).sort_values("group")
    wall, cpu = min(tuple(map(float, line.split()[:2])) for line in run.stdout.splitlines() if line.strip())
    mean, se = here.mean, here.se  # type: ignore[attr-defined]
    pairs = [(known[f"p{k + 1}"], mean[:, k]) for k in range(PRINCIPLES)]
    pairs += [(known[f"se.p{k + 1}"], se[:, k]) for k in range(PRINCIPLES)]
    apart = max(float(np.max(np.abs(a.to_numpy() / b - 1))) for a, b in pairs)
    print(
        f"{name}: {wall:.2f} s ({cpu:.2f} s CPU), {wall / ours[0]:.0f} times as long ({cpu / ours[1]:.0f} in CPU); "
        f"largest relative difference {apart:.1e}",
        flush=True,
    )


def main(people: int, svy_python: str | None) -> None:
    values, group_of = draw_table(people)
    ours, half = time_best(values, group_of), time_best(values[: people // 2], group_of[: people // 2])
    print(f"{people:,} people x {PRINCIPLES} principles in {GROUPS} groups: {ours[0]:.3f} s ({ours[1]:.3f} s CPU)")
    print(
        f"half of them: {half[0]:.3f} s; twice the rows cost {ours[1] / half[1]:.2f} times the CPU seconds", flush=True
    )
    here = estimate_domain_means(values, group_of, GROUPS)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        frame = pd.DataFrame(values, columns=[f"p{k}" for k in range(1, PRINCIPLES + 1)])
        frame.assign(group=group_of).to_csv(table, index=False, float_format="%.17g")
        if rscript := shutil.which("Rscript"):
            compare("R survey::svyby", [rscript, "-e", R_SCRIPT], table, ours, here)
        else:
            print("R is not installed: no comparison")
        if svy_python:
            compare("Python svy", [svy_python, "-c", SVY_SCRIPT], table, ours, here)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else None)
