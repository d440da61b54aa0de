"""Do the intervals hold what they promise? A simulation: ``python -m benchmarks.measure_coverage [WORLDS]``.

For groups of 7 to 300 people, three response rates and three kinds of answers, many small worlds are drawn;
in each the whole group's true average is known, some answer at random, and every interval either holds the
truth or not. Seeded: the same numbers on every machine with the same numpy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.finite_population import estimate_mean, possible_range
from pipeline.stats.polya import polya_interval, put_on_grid
from pipeline.stats.proportions import hypergeometric_interval, wilson_interval

SIZES, RATES = (7, 9, 12, 15, 25, 40, 60, 100, 200, 300), (0.3, 0.5, 0.75)
KINDS = {
    "symmetric": (0.10, 0.20, 0.40, 0.20, 0.10),
    "typical": (0.05, 0.10, 0.20, 0.40, 0.25),
    "ceiling": (0.01, 0.02, 0.07, 0.30, 0.60),
}
"""Shares of the answers 1 to 5 in the populations that the worlds are drawn from."""
CORRELATION = 0.5
"""Between the items of one principle, on the latent normal scale."""

Interval = tuple[float, float]


class Result(NamedTuple):
    """Coverage and mean width (points of 100) of one method in one cell."""

    method: str
    kind: str
    eligible: int
    n: int
    coverage: float
    width: float


def draw_worlds(kind: str, eligible: int, items_n: int, worlds: int, seed: int) -> NDArray[np.int64]:
    """Answers 0-4: worlds × people × items, correlated within a person."""
    rng = np.random.default_rng([seed, eligible, items_n, len(kind)])
    shared, own = rng.standard_normal((worlds, eligible, 1)), rng.standard_normal((worlds, eligible, items_n))
    latent = CORRELATION**0.5 * shared + (1 - CORRELATION) ** 0.5 * own
    cuts = stats.norm.ppf(np.cumsum(KINDS[kind])[:-1])
    return np.searchsorted(cuts, latent)


def t_fpc(values: NDArray[np.float64], eligible: int) -> Interval | None:
    found = estimate_mean(values, eligible)
    return None if found.ci_low is None or found.ci_high is None else (found.ci_low, found.ci_high)


def t_plain(values: NDArray[np.float64], eligible: int) -> Interval | None:  # noqa: ARG001
    found = estimate_mean(values, limits=None)
    return None if found.ci_low is None or found.ci_high is None else (found.ci_low, found.ci_high)


@lru_cache(maxsize=200_000)
def _polya(counts: tuple[int, ...], eligible: int) -> Interval:
    return polya_interval(np.array(counts), eligible)


def polya_item(values: NDArray[np.float64], eligible: int) -> Interval | None:
    counts = np.bincount(np.round(values / 25).astype(int), minlength=5)
    low, high = _polya(tuple(counts.tolist()), eligible)
    return 100 * low, 100 * high


def polya_principle(values: NDArray[np.float64], eligible: int) -> Interval | None:
    counts, residual = put_on_grid(values / 100)
    low, high = _polya(tuple(counts.tolist()), eligible)
    bounds = possible_range(len(values), float(values.mean()), eligible)
    return max(100 * (low + residual), bounds[0]), min(100 * (high + residual), bounds[1])


Method = Callable[[NDArray[np.float64], int], Interval | None]
ITEM: dict[str, Method] = {"t with correction": t_fpc, "Dirichlet-multinomial": polya_item, "plain t": t_plain}
PRINCIPLE: dict[str, Method] = {"t with correction": t_fpc, "Dirichlet-multinomial, 21 points": polya_principle, "plain t": t_plain}  # fmt: skip


def measure_means(methods: dict[str, Method], items_n: int, worlds: int) -> list[Result]:
    results = []
    for kind in KINDS:
        for eligible in SIZES:
            answers = draw_worlds(kind, eligible, items_n, worlds, seed=20261122)
            scores = 25.0 * answers.mean(axis=2)
            truth = scores.mean(axis=1)
            for n in sorted({max(3, round(eligible * rate)) for rate in RATES}):
                for name, method in methods.items():
                    if n >= 30 and name.startswith("Dirichlet") and eligible > 100:
                        continue  # as the product: t from 30 answers on
                    held, widths = 0, []
                    for world in range(worlds):
                        found = method(scores[world, :n], eligible)
                        # an interval that is not given cannot mislead; it is counted as the possible range
                        low, high = found or possible_range(n, float(scores[world, :n].mean()), eligible)
                        held += low - 1e-9 <= truth[world] <= high + 1e-9
                        widths.append(high - low)
                    results.append(Result(name, kind, eligible, n, held / worlds, float(np.mean(widths))))
    return results


def measure_shares() -> list[Result]:
    """Exact coverage of a favourable share, every possible population weighted alike."""
    results = []
    for eligible in SIZES:
        for n in sorted({max(3, round(eligible * rate)) for rate in RATES}):
            seen = np.arange(n + 1)
            mid = np.array([hypergeometric_interval(int(x), n, eligible) for x in seen])
            wilson = np.array([wilson_interval(int(x), n) for x in seen]) * eligible
            chance = stats.hypergeom.pmf(seen[None, :], eligible, np.arange(eligible + 1)[:, None], n)
            favourable = np.arange(eligible + 1)[:, None]
            for name, ends in (("mid-p hypergeometric", mid), ("Wilson", wilson)):
                held = (chance * ((ends[:, 0] <= favourable) & (favourable <= ends[:, 1]))).sum(axis=1)
                width = float(np.mean(chance @ (ends[:, 1] - ends[:, 0]))) / eligible * 100
                results.append(Result(name, "every share alike", eligible, n, float(held.mean()), width))
                results.append(
                    Result(f"{name}, worst share", "every share alike", eligible, n, float(held.min()), width)
                )
    return results


def summarise(results: list[Result], title: str) -> str:
    lines = [
        f"\n## {title}\n",
        "| method | kind | n | average coverage | worst cell | mean width |",
        "|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(result.method for result in results):
        for kind in dict.fromkeys(result.kind for result in results):
            for label, low, high in (("3-9", 3, 9), ("10-29", 10, 29), ("30 and more", 30, 10**9)):
                cells = [r for r in results if r.method == name and r.kind == kind and low <= r.n <= high]
                if cells:
                    worst = min(cells, key=lambda cell: cell.coverage)
                    lines.append(
                        f"| {name} | {kind} | {label} | {100 * np.mean([c.coverage for c in cells]):.1f} % "
                        f"| {100 * worst.coverage:.1f} % (n = {worst.n} of {worst.eligible}) "
                        f"| {np.mean([c.width for c in cells]):.1f} |"
                    )
    return "\n".join(lines)


def main(worlds: int) -> None:
    print(f"{worlds} worlds in each cell.")
    print(summarise(measure_means(ITEM, 1, worlds), "Averages of one question with five answers"))
    print(summarise(measure_means(PRINCIPLE, 4, worlds), "Averages of a principle with four questions"))
    print(summarise(measure_shares(), "Favourable shares"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
