"""Do the intervals hold what they promise? A simulation: ``python -m benchmarks.measure_coverage [WORLDS]``.

For groups of 7 to 300 people, three response rates, all but one or two answering, and three kinds of answers,
many small worlds are drawn; in each the whole group's true average is known, some answer at random, and every
interval either holds the truth or not. Complete counts have no interval and are printed apart. Seeded: the same
numbers on every machine with the same numpy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.stats.finite_population import MeanEstimate, estimate_mean, possible_range
from pipeline.stats.level_view import estimate_level
from pipeline.stats.polya import polya_interval, put_on_grid
from pipeline.stats.proportions import hypergeometric_interval, wilson_interval

SIZES, RATES, SILENT = (7, 9, 12, 15, 25, 40, 60, 100, 200, 300), (0.3, 0.5, 0.75), (2, 1)
"""Group sizes; shares of them that answer; and people who do not where nearly all do (groups up to 25)."""
POLYA_UP_TO = 60
"""Group size up to which principles are tried with the Dirichlet-multinomial interval: beyond it costs hours."""
KINDS = {
    "symmetric": (0.10, 0.20, 0.40, 0.20, 0.10),
    "typical": (0.05, 0.10, 0.20, 0.40, 0.25),
    "ceiling": (0.01, 0.02, 0.07, 0.30, 0.60),
}
"""Shares of the answers 1 to 5 in the populations that the worlds are drawn from."""
CORRELATION = 0.5
"""Between the items of one principle, on the latent normal scale."""

BANDS = (("3-9", 3, 9), ("10-29", 10, 29), ("30 and more", 30, 10**9))
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


def _ends(found: MeanEstimate) -> Interval | None:
    return None if found.ci_low is None or found.ci_high is None else (found.ci_low, found.ci_high)


def t_fpc(values: NDArray[np.float64], eligible: int) -> Interval | None:
    return _ends(estimate_mean(values, eligible))


def t_plain(values: NDArray[np.float64], eligible: int) -> Interval | None:  # noqa: ARG001
    return _ends(estimate_mean(values, limits=None))


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


@lru_cache(maxsize=200_000)
def _reported_item(scores: tuple[float, ...], eligible: int) -> Interval | None:
    return _ends(estimate_level(np.array(scores), eligible, points_n=5))


def reported_item(values: NDArray[np.float64], eligible: int) -> Interval | None:
    return _reported_item(tuple(np.sort(values).tolist()), eligible)


def reported_principle(values: NDArray[np.float64], eligible: int) -> Interval | None:
    return _ends(estimate_level(values, eligible))


Method = Callable[[NDArray[np.float64], int], Interval | None]
ITEM: dict[str, Method] = {
    "**as reported**": reported_item, "Dirichlet-multinomial": polya_item, "t with correction": t_fpc, "plain t": t_plain,
}  # fmt: skip
PRINCIPLE: dict[str, Method] = {
    "**as reported**": reported_principle, "Dirichlet-multinomial, 21 points": polya_principle,
    "t with correction": t_fpc, "plain t": t_plain,
}  # fmt: skip


def choose_answering(eligible: int) -> list[int]:
    """How many answer: the rates, and nearly everybody where the group is small."""
    silent = SILENT if eligible <= 25 else ()
    return sorted({max(3, round(eligible * rate)) for rate in RATES} | {eligible - few for few in silent})


def measure_means(methods: dict[str, Method], items_n: int, worlds: int) -> list[Result]:
    results = []
    for kind in KINDS:
        for eligible in SIZES:
            answers = draw_worlds(kind, eligible, items_n, worlds, seed=20261122)
            scores = 25.0 * answers.mean(axis=2)
            truth = scores.mean(axis=1)
            for n in choose_answering(eligible):
                for name, method in methods.items():
                    if name.startswith("Dirichlet") and (n >= 30 or eligible > POLYA_UP_TO):
                        continue
                    held, widths = 0, []
                    for world in range(worlds):
                        found = method(scores[world, :n], eligible)
                        # an interval that is not given cannot mislead; it is counted as the possible range
                        low, high = found or possible_range(n, float(scores[world, :n].mean()), eligible)
                        held += low - 1e-9 <= truth[world] <= high + 1e-9
                        widths.append(high - low)
                    results.append(Result(name, kind, eligible, n, held / worlds, float(np.mean(widths))))
    return results


def count_exact(worlds: int) -> str:
    """Complete counts: how many of them give the true average, exactly, and no interval."""
    exact, total = 0, 0
    for kind in KINDS:
        for eligible in SIZES:
            scores = 25.0 * draw_worlds(kind, eligible, 4, worlds, seed=20261122).mean(axis=2)
            found = [estimate_level(row, eligible) for row in scores]
            exact += sum(
                each.view == "complete" and each.ci_low is None and each.mean == row.mean()
                for each, row in zip(found, scores, strict=True)
            )
            total += worlds
    return (
        f"{exact:,} of {total:,} complete counts gave the true average itself, said to be exact, without an interval."
    )


def measure_shares() -> list[Result]:
    """Exact coverage of a favourable share, every possible population weighted alike."""
    results = []
    for eligible in SIZES:
        for n in choose_answering(eligible):
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
            for label, low, high in BANDS:
                cells = [r for r in results if r.method == name and r.kind == kind and low <= r.n <= high]
                if cells:
                    worst = min(cells, key=lambda cell: cell.coverage)
                    lines.append(
                        f"| {name} | {kind} | {label} | {100 * np.mean([c.coverage for c in cells]):.1f} % "
                        f"| {100 * worst.coverage:.1f} % (n = {worst.n} of {worst.eligible}) "
                        f"| {np.mean([c.width for c in cells]):.1f} |"
                    )
    return "\n".join(lines)


def print_nearly_complete(results: list[Result]) -> str:
    """The small groups in which one person alone did not answer, all kinds of answers together."""
    lines = [
        "\n### Where one person alone did not answer\n",
        "| method | n of N | average coverage | mean width |",
        "|---|---|---|---|",
    ]
    for name in dict.fromkeys(result.method for result in results):
        for eligible in (size for size in SIZES if size <= 25):
            cells = [r for r in results if (r.method, r.eligible, r.n) == (name, eligible, eligible - 1)]
            coverage, width = np.mean([c.coverage for c in cells]), np.mean([c.width for c in cells])
            lines.append(f"| {name} | {eligible - 1} of {eligible} | {100 * coverage:.1f} % | {width:.1f} |")
    return "\n".join(lines)


def print_by_rate(named: dict[str, list[Result]]) -> str:
    """What is reported, by group size and share that answers, all kinds of answers together."""
    rates = [f"{100 * rate:.0f} % answer" for rate in RATES]
    lines = [
        "\n## By group size and response\n",
        "Average coverage of what is reported, all kinds of answers together.\n",
        f"| what | N | {' | '.join(rates)} |",
        f"|---|---|{'---|' * len(rates)}",
    ]
    for name, results in named.items():
        for eligible in SIZES:
            cells = []
            for rate in RATES:
                n = max(3, round(eligible * rate))
                held = [r.coverage for r in results if (r.eligible, r.n) == (eligible, n)]
                cells.append(f"{100 * np.mean(held):.1f} % (n = {n})")
            lines.append(f"| {name} | {eligible} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(worlds: int) -> None:
    print(f"{worlds} worlds in each cell. {count_exact(worlds)}")
    items, principles = measure_means(ITEM, 1, worlds), measure_means(PRINCIPLE, 4, worlds)
    print(summarise(items, "Averages of one question with five answers"), print_nearly_complete(items), sep="\n")
    print(
        summarise(principles, "Averages of a principle with four questions"),
        print_nearly_complete(principles),
        sep="\n",
    )
    shares = measure_shares()
    print(summarise(shares, "Favourable shares"))
    reported = {"question": items, "principle": principles, "favourable share": shares}
    names = {"**as reported**", "mid-p hypergeometric"}
    print(print_by_rate({what: [r for r in found if r.method in names] for what, found in reported.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
