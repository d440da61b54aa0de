"""Released rows about questions and groups together; as they stand in their tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReliabilityRow:
    """Whether one principle's questions belong together, in one group or within all of them."""

    year: int
    group: str
    measure: str
    n: int | None
    items_n: int
    alpha: float | None
    ci_low: float | None
    ci_high: float | None
    omega: float | None
    r_wg: float | None
    icc1: float | None
    icc2: float | None
    marker: str
    method: str
    reason: str


@dataclass(frozen=True)
class AgreementRow:
    """How far the published answers of one group to one question agree."""

    year: int
    group: str
    item: str
    n: int | None
    unfavourable_n: int | None
    favourable_n: int | None
    agreement: float | None
    consensus: float | None
    split: bool
    share_low: int | None
    share_high: int | None
    share_method: str
    marker: str
    method: str
    reason: str


@dataclass(frozen=True)
class PooledRow:
    """One group among the others on one principle, whole points of 100; group ``_all`` is their common mean."""

    year: int
    group: str
    measure: str
    n: int
    groups_n: int
    mean: int | None
    pooled: int | None
    ci_low: int | None
    ci_high: int | None
    spread: int | None
    among_lowest: str
    method: str
    reason: str
