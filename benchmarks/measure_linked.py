"""False alarms and power when people are followed over two years: ``python -m benchmarks.measure_linked [RUNS]``.

Compares three p-values for a change of means where some people answered in both years: the permutation
test that follows them, its t form, and the comparison of strangers. Prints a Markdown table.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.linked import compare_partly_linked
from pipeline.stats.permutation import permute_linked, permute_welch

POPULATIONS = {
    "symmetric": (-1.2, -0.4, 0.4, 1.2),
    "typical": (-1.8, -1.1, -0.3, 0.8),
    "ceiling": (-2.2, -1.7, -1.2, -0.5),
}
"""Where five answers cut a normal opinion."""
SIZES = ((10, 0, 0), (10, 5, 5), (10, 2, 20), (10, 30, 3), (12, 0, 40), (25, 10, 10))
"""People followed, others of the first year, others of the second."""
PERSISTENCE = (0.0, 0.5, 0.9)
FALL = 10.0
"""Points by which everybody is lower in the second year, for power."""
ITEMS, PERMUTATIONS = 5, 499

Years = tuple[NDArray[np.float64], NDArray[np.float64]]


def draw(rng: np.random.Generator, cuts: tuple[float, ...], people: int, persistence: float) -> Years:
    """Mean scores of five items by the same people in two years; ``persistence`` of an opinion is the person's."""
    person = rng.standard_normal((people, 1)) * np.sqrt(persistence)
    noise = rng.standard_normal((2, people, ITEMS)) * np.sqrt(1 - persistence)
    years = 25.0 * np.digitize(person + noise, cuts).mean(axis=2)
    return years[0], years[1]


def count_found(
    rng: np.random.Generator, name: str, persistence: float, sizes: tuple[int, int, int], runs: int, fall: float
) -> NDArray[np.float64]:
    """Shares of runs with p below .05: permutation that follows people, t that does, permutation of strangers."""
    found = np.zeros(3)
    for _ in range(runs):
        x, y = draw(rng, POPULATIONS[name], sizes[0], persistence)
        a, b = (draw(rng, POPULATIONS[name], n, persistence)[0] for n in sizes[1:])
        y, b = np.clip(y - fall, 0, 100), np.clip(b - fall, 0, 100)
        t = compare_partly_linked(a, b, x, y).p_value
        strangers = permute_welch(np.concatenate([a, x]), np.concatenate([b, y]), PERMUTATIONS, 1)
        followed = permute_linked(a, b, x, y, PERMUTATIONS, 1)
        found += [followed < 0.05, t is not None and t < 0.05, strangers < 0.05]
    return found / runs


def main(runs: int) -> None:
    rng = np.random.default_rng(20261122)
    heads = "false alarms: followed | t | strangers | power: followed | t | strangers"
    print(f"| population | persistence | followed, first only, second only | {heads} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in POPULATIONS:
        for persistence in PERSISTENCE:
            for sizes in SIZES:
                shares = [*count_found(rng, name, persistence, sizes, runs, 0.0)]
                shares += [*count_found(rng, name, persistence, sizes, runs, FALL)]
                cells = " | ".join(f"{share:.3f}" for share in shares)
                print(f"| {name} | {persistence:g} | {', '.join(map(str, sizes))} | {cells} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
