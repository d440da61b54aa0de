"""What changed between two years, and over three (methods S8-S12); the process view throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.changes import UnitChange, list_changes
from pipeline.score.item_changes import list_item_changes
from pipeline.score.item_shifts import list_item_shifts
from pipeline.score.measures import Unit
from pipeline.score.year_scores import YearScores
from pipeline.stats.change import decide_verdict
from pipeline.stats.multiplicity import adjust_p_values
from pipeline.stats.trend import Step, describe_pattern
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.tables import TABLES

Row = dict[str, Any]
MOVED = ("improved", "declined")
NOTHING: Mapping[int, str] = {}
TESTED = (*MOVED, "no_meaningful_change", "cannot_tell")


@dataclass(frozen=True)
class Comparison:
    """A year's tables ``trends``, ``item_changes`` and ``item_shifts``."""

    trends: pd.DataFrame
    item_changes: pd.DataFrame
    item_shifts: pd.DataFrame


def compare_years(
    answers_by_year: Mapping[int, pd.DataFrame | AnswerMatrix],
    definitions: Definitions,
    year: int,
    *,
    roll_ups_only: bool = False,
    follow: bool = True,
    deleted: Mapping[int, str] = NOTHING,
) -> Comparison:
    """Compare a year with the wave before it, and with the one before that.

    Principles are computed again in both years on the items the two have in common. The rows against the
    wave two back carry the three-year pattern. Every principle of the year has a row for each group that
    existed then, also where nothing could be tested; parts and the overarching question are not tested.

    Args:
        answers_by_year: the ``answers`` table of ``year`` and of earlier years, or their matrices; waves older
            than two back are not read.
        definitions: the programme.
        year: the later year.
        roll_ups_only: leave out the groups' own rows.
        follow: match people by token where both years declare it; without it all are strangers.
        deleted: earlier years whose answers are no longer there, with the sentence that says so; their tables hold
            nothing, and nothing is tested against them.

    Returns:
        The tables; without rows when there is no earlier year. Items are looked at for shifts unless only
        roll-ups are asked for.
    """
    waves = [wave for wave in definitions.years if wave <= year and wave in answers_by_year][-3:]
    matrices = {
        wave: given if isinstance(given, AnswerMatrix) else tabulate_answers(given, definitions, wave)
        for wave, given in ((wave, answers_by_year[wave]) for wave in waves)
    }
    years = YearScores(definitions, matrices, follow)
    item_rows: list[Row] = []

    def compare(year_from: int, year_to: int, middle: int | None = None) -> list[Row]:
        changes = list(list_changes(years, year_from, year_to, middle=middle, roll_ups_only=roll_ups_only))
        rows = _judge(definitions, year_from, year_to, changes)
        for change, row in zip(changes, rows, strict=True):
            if year_from in deleted and row["verdict"] == "not_tested":
                row["reason"] = deleted[year_from]
            if year_to == year and row["verdict"] in MOVED and change.unit.aggregation != "groups_equal":
                item_rows.extend(list_item_changes(years, year_from, year_to, change, middle))
        return rows

    rows = compare(waves[-2], year) if len(waves) > 1 else []
    if len(waves) == 3:
        # The first step was reported a year ago; it is computed again (the same, by its seed) for the pattern.
        first_step, contrasts = compare(waves[0], waves[1]), compare(waves[0], year, waves[1])
        _add_patterns(contrasts, first_step, rows)
        rows = rows + contrasts
    shifted = len(waves) > 1 and waves[-2] not in deleted and not roll_ups_only
    shifts = list_item_shifts(years, waves[-2], year) if shifted else []
    return Comparison(
        _make_table(rows, "trends"), _make_table(item_rows, "item_changes"), _make_table(shifts, "item_shifts")
    )


def _make_table(rows: list[Row], table: str) -> pd.DataFrame:
    return arrange(pd.DataFrame(rows, columns=list(TABLES[table].to_schema().columns)), table)


def _judge(definitions: Definitions, year_from: int, year_to: int, changes: Sequence[UnitChange]) -> list[Row]:
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
        judged = {"p_adjusted": holm[at], "p_bh": over_groups.get(at), "verdict": verdict}
        rows.append(_make_row(year_from, year_to, item) | judged)
    return rows


def _make_row(year_from: int, year_to: int, item: UnitChange) -> Row:
    change, ranks, three = item.change, item.ranks, item.three_years
    return {
        "wave": str(year_to),
        "group": item.unit.group,
        "kind": "principle",
        "measure": item.principle,
        "aggregation": item.unit.aggregation,
        "basis": f"common:{year_from}-{year_to}",
        "weighting": "none",
        "year_from": year_from,
        "year_to": year_to,
        "n_from": item.n_from,
        "n_to": item.n_to,
        "linked_n": item.linked_n,
        "items_common": len(item.common.items_to),
        "items_left_out": item.common.left_out,
        "mean_from": change.mean_from,
        "mean_to": change.mean_to,
        "difference": change.difference,
        "se": change.se,
        "se_persistent": item.se_persistent,
        # Two averages within 0-100 cannot differ by more than 100 points.
        "ci_low": None if change.ci_low is None else max(change.ci_low, -100.0),
        "ci_high": None if change.ci_high is None else min(change.ci_high, 100.0),
        "p_value": change.p_value,
        "mdc80": change.mdc80,
        "superiority": ranks.superiority if ranks else None,
        "superiority_low": ranks.ci_low if ranks else None,
        "superiority_high": ranks.ci_high if ranks else None,
        "order_z": three.order.z if three else None,
        "order_p": three.order.p_value if three else None,
        "curvature": three.curvature if three else None,
        "curvature_se": three.curvature_se if three else None,
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
