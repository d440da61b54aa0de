"""How often are groups told that something changed? ``python -m benchmarks.measure_verdicts [WORLDS]``.

Part one: nothing changed, five principles a group; how many groups hear of any "improved" or "declined".
Part two: one principle changed by so much; how often that is found, beside the minimum detectable change
that reports print. Seeded.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.measure_coverage import CORRELATION, KINDS
from pipeline.stats.change import Change, compare_means, decide_verdict
from pipeline.stats.multiplicity import adjust_p_values

PRINCIPLES, ITEMS = 5, 3
BETWEEN = 0.4
"""Correlation between two principles of one person."""
PAIRS = ((5, 5), (5, 15), (10, 10), (12, 30), (40, 25), (60, 60), (120, 150))
ALPHA, DELTA = 0.05, 10.0


def draw_people(kind: str, n: int, shift: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Principle scores of n people, 0-100; ``shift`` moves the first principle on the latent scale."""
    person = rng.standard_normal((n, 1, 1))
    principle = rng.standard_normal((n, PRINCIPLES, 1))
    item = rng.standard_normal((n, PRINCIPLES, ITEMS))
    common = math.sqrt(BETWEEN) * person + math.sqrt(1 - BETWEEN) * principle
    latent = math.sqrt(CORRELATION) * common + math.sqrt(1 - CORRELATION) * item
    latent[:, 0] += shift
    cuts = stats.norm.ppf(np.cumsum(KINDS[kind])[:-1])
    return np.asarray(25.0 * np.searchsorted(cuts, latent).mean(axis=2))


def compare_family(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[list[Change], list[str]]:
    """Changes and verdicts of one group's five principles, as the product decides them."""
    changes = [compare_means(before[:, k], after[:, k], permutations=1999) for k in range(PRINCIPLES)]
    adjusted = adjust_p_values([change.p_value for change in changes], "holm")
    verdicts = [
        decide_verdict(change, p_adjusted=p, delta=DELTA, alpha=ALPHA)
        for change, p in zip(changes, adjusted, strict=True)
    ]
    return changes, verdicts


def measure_false_alarms(worlds: int) -> list[str]:
    lines = [
        '| answers | people a year | groups told of a change | Monte-Carlo error | told "no meaningful change" |',
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        for n_from, n_to in PAIRS:
            rng = np.random.default_rng([20261122, n_from, n_to, len(kind)])
            alarms, flat = 0, 0
            for _ in range(worlds):
                _, verdicts = compare_family(draw_people(kind, n_from, 0, rng), draw_people(kind, n_to, 0, rng))
                alarms += any(verdict in ("improved", "declined") for verdict in verdicts)
                flat += sum(verdict == "no_meaningful_change" for verdict in verdicts)
            share, error = alarms / worlds, 1.96 * math.sqrt(ALPHA * (1 - ALPHA) / worlds)
            lines.append(
                f"| {kind} | {n_from} and {n_to} | {100 * share:.1f} % | ± {100 * error:.1f} "
                f"| {100 * flat / worlds / PRINCIPLES:.0f} % |"
            )
    return lines


def measure_power(worlds: int) -> list[str]:
    lines = [
        "| people a year | true change | found, unadjusted | found, as reports say it | detectable change printed |",
        "|---|---|---|---|---|",
    ]
    for n_from, n_to in PAIRS:
        for shift in (0.3, 0.6, 0.9, 1.2):
            rng = np.random.default_rng([7, n_from, n_to, round(10 * shift)])
            single, verdict, detectable = 0, 0, []
            for _ in range(worlds):
                changes, verdicts = compare_family(
                    draw_people("typical", n_from, 0, rng), draw_people("typical", n_to, shift, rng)
                )
                single += changes[0].p_value is not None and changes[0].p_value < ALPHA
                verdict += verdicts[0] == "improved"
                detectable += [changes[0].mdc80] if changes[0].mdc80 is not None else []
            people = draw_people("typical", 200_000, shift, rng), draw_people("typical", 200_000, 0, rng)
            true = float(people[0][:, 0].mean() - people[1][:, 0].mean())
            lines.append(
                f"| {n_from} and {n_to} | {true:.1f} points | {100 * single / worlds:.0f} % "
                f"| {100 * verdict / worlds:.0f} % | {np.median(detectable):.0f} points |"
            )
    return lines


def main(worlds: int) -> None:
    print(f"{worlds} worlds in each cell; level {ALPHA}, meaningful change {DELTA:.0f} points.\n")
    print("## Nothing changed\n", *measure_false_alarms(worlds), sep="\n")
    print("\n## One principle of five changed\n", *measure_power(max(worlds // 2, 1)), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
