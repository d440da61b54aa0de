"""What changed between two years, and over three (methods S8-S12); the process view throughout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.score.answer_matrix import tabulate_answers
from pipeline.score.changes import UnitChange, YearPair, list_changes
from pipeline.score.measures import Unit
from pipeline.stats.change import decide_verdict
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.trend import Step, describe_pattern
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.tables import TABLES

Row = dict[str, Any]
TESTED = ("improved", "declined", "no_meaningful_change", "cannot_tell")


def compare_years(
    answers_by_year: dict[int, pd.DataFrame], definitions: Definitions, year: int, *, roll_ups_only: bool = False
) -> pd.DataFrame:
    """Compare a year with the wave before it, and with the one before that.

    Principles are computed again in both years on the items the two have in common. The rows against the
    wave two back carry the three-year pattern. Every principle of the year has a row for each group that
    existed then, also where nothing could be tested; parts and the overarching question are not tested.

    Args:
        answers_by_year: the ``answers`` table of ``year`` and of earlier years; waves older than two back
            are not read.
        definitions: the programme.
        year: the later year.
        roll_ups_only: leave out the groups' own rows.

    Returns:
        The ``trends`` table of ``year``; without rows when there is no earlier year.
    """
    waves = [wave for wave in definitions.years if wave <= year and wave in answers_by_year][-3:]
    matrices = {wave: tabulate_answers(answers_by_year[wave], definitions, wave) for wave in waves}

    def compare(year_from: int, year_to: int) -> list[Row]:
        pair = YearPair(year_from, year_to, matrices[year_from], matrices[year_to])
        return _judge(definitions, pair, list(list_changes(definitions, pair, roll_ups_only=roll_ups_only)))

    rows = compare(waves[-2], year) if len(waves) > 1 else []
    if len(waves) == 3:
        # The first step was reported a year ago; it is computed again (the same, by its seed) for the pattern.
        first_step, contrasts = compare(waves[0], waves[1]), compare(waves[0], year)
        _add_patterns(contrasts, first_step, rows)
        rows = rows + contrasts
    return arrange(pd.DataFrame(rows, columns=list(TABLES["trends"].to_schema().columns)), "trends")


def _judge(definitions: Definitions, pair: YearPair, changes: Sequence[UnitChange]) -> list[Row]:
    """Adjust p-values within each group's family and over all groups, then decide the verdicts (S10, S11)."""
    rules = definitions.programme.change
    p_values = [change.change.p_value if change.tested else None for change in changes]
    holm: list[float | None] = [None] * len(changes)
    families: dict[Unit, list[int]] = {}
    for at, change in enumerate(changes):
        families.setdefault(change.unit, []).append(at)
    for places in families.values():
        for place, adjusted in zip(places, adjust_p_values([p_values[at] for at in places], "holm"), strict=True):
            holm[place] = adjusted
    own = [at for at, change in enumerate(changes) if change.unit.aggregation == "own"]
    over_groups = dict(zip(own, adjust_p_values([p_values[at] for at in own], "bh"), strict=True))
    rows = []
    for at, item in enumerate(changes):
        verdict = decide_verdict(
            item.change,
            p_adjusted=holm[at],
            delta=rules.delta_group if item.unit.aggregation == "own" else rules.delta_rollup,
            alpha=rules.alpha,
            comparable=not item.common.is_break,
            tested=item.tested,
        )
        rows.append(_make_row(pair, item) | {"p_adjusted": holm[at], "p_bh": over_groups.get(at), "verdict": verdict})
    return rows


def _make_row(pair: YearPair, item: UnitChange) -> Row:
    change = item.change
    return {
        "wave": str(pair.year_to),
        "group": item.unit.group,
        "kind": "principle",
        "measure": item.principle,
        "aggregation": item.unit.aggregation,
        "basis": f"common:{pair.year_from}-{pair.year_to}",
        "weighting": "none",
        "year_from": pair.year_from,
        "year_to": pair.year_to,
        "n_from": item.n_from,
        "n_to": item.n_to,
        "items_common": len(item.common.items_to),
        "items_left_out": item.common.left_out,
        "mean_from": change.mean_from,
        "mean_to": change.mean_to,
        "difference": change.difference,
        "se": change.se,
        # Two averages within 0-100 cannot differ by more than 100 points.
        "ci_low": None if change.ci_low is None else max(change.ci_low, -100.0),
        "ci_high": None if change.ci_high is None else min(change.ci_high, 100.0),
        "p_value": change.p_value,
        "mdc80": change.mdc80,
        "pattern": "",
        "method": change.method,
        "reason": item.reason,
    }


def _add_patterns(contrasts: list[Row], first_step: list[Row], second_step: list[Row]) -> None:
    """Name the pattern of each first-to-last row from the two steps between."""
    steps = [{_key(row): row for row in rows} for rows in (first_step, second_step)]
    for row in contrasts:
        first, second = (_read_step(step.get(_key(row))) for step in steps)
        row["pattern"] = describe_pattern(row["verdict"], (first, second))


def _key(row: Row) -> tuple[str, str, str]:
    return row["group"], row["aggregation"], row["measure"]


def _read_step(row: Row | None) -> Step:
    if row is None or row["verdict"] not in TESTED:
        return Step("not_tested", None)
    return Step(row["verdict"], row["difference"])
