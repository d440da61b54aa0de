"""How fast the statistics are: ``python -m benchmarks.measure_statistics [PEOPLE]``.

Domain means with their standard errors from an in-memory table of people × principles, beside R's
``survey::svyby(…, svymean)`` on the same table where R is installed, with the largest relative difference.
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

GROUPS, PRINCIPLES = 22, 5
R_SCRIPT = """
suppressMessages(library(survey))
args <- commandArgs(TRUE)
d <- read.csv(args[1])
design <- svydesign(id = ~1, weights = ~1, data = d)
started <- proc.time()[["elapsed"]]
found <- svyby(~p1 + p2 + p3 + p4 + p5, ~group, design, svymean, keep.names = FALSE)
cat(proc.time()[["elapsed"]] - started, "\\n")
write.csv(found, args[2], row.names = FALSE)
"""


def draw_table(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores (people × principles) and groups of very different size."""
    rng = np.random.default_rng(20261122)
    share = np.arange(1, GROUPS + 1) ** 1.5
    group_of = rng.choice(GROUPS, people, p=share / share.sum())
    return 25.0 * rng.integers(0, 13, (people, PRINCIPLES)) / 3, group_of.astype(np.intp)


def time_best(runs: int, values: np.ndarray, group_of: np.ndarray) -> float:
    best = np.inf
    for _ in range(runs):
        started = time.perf_counter()
        estimate_domain_means(values, group_of, GROUPS)
        best = min(best, time.perf_counter() - started)
    return best


def main(people: int) -> None:
    values, group_of = draw_table(people)
    ours = time_best(3, values, group_of)
    print(f"{people} people x {PRINCIPLES} principles in {GROUPS} groups: {ours:.3f} s")
    half = time_best(3, values[: people // 2], group_of[: people // 2])
    print(f"half of them: {half:.3f} s; twice the rows cost {ours / half:.2f} times as much")
    if not (rscript := shutil.which("Rscript")):
        print("R is not installed: no comparison")
        return
    with tempfile.TemporaryDirectory() as folder:
        table, found = Path(folder) / "table.csv", Path(folder) / "found.csv"
        frame = pd.DataFrame(values, columns=[f"p{k}" for k in range(1, PRINCIPLES + 1)])
        frame.assign(group=group_of).to_csv(table, index=False, float_format="%.17g")
        run = subprocess.run(
            [rscript, "-e", R_SCRIPT, str(table), str(found)], capture_output=True, text=True, check=True
        )
        theirs = float(run.stdout.split()[0])
        known = pd.read_csv(found).sort_values("group")
    here = estimate_domain_means(values, group_of, GROUPS)
    pairs = [(known[f"p{k + 1}"], here.mean[:, k]) for k in range(PRINCIPLES)]
    pairs += [(known[f"se.p{k + 1}"], here.se[:, k]) for k in range(PRINCIPLES)]
    apart = max(float(np.max(np.abs(a.to_numpy() / b - 1))) for a, b in pairs)
    print(
        f"R survey::svyby: {theirs:.2f} s, {theirs / ours:.0f} times as long; largest relative difference {apart:.1e}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
