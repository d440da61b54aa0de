"""Released rows about single questions over the years."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemChangeRow:
    """One released question of a principle that moved, whole points; figures are None where withheld."""

    group: str
    aggregation: str
    measure: str
    item: str
    item_from: str
    year_from: int
    year_to: int
    n_from: int | None
    n_to: int | None
    percent_from: int | None
    percent_to: int | None
    difference: int | None
    ci_low: int | None
    ci_high: int | None
    turned: str
    share_trend: str
    marker: str
    method: str


@dataclass(frozen=True)
class ItemShiftRow:
    """Whether one question drifts against the rest of its principle, in the whole community."""

    item: str
    year_from: int
    year_to: int
    size: str
    direction: str
    method: str
