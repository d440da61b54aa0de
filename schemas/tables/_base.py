"""What the tables' models share: column types, kinds of column, closed lists of words."""

from __future__ import annotations

from typing import Any, TypeAlias

import pandas as pd
import pandera.pandas as pa

Cat: TypeAlias = pd.CategoricalDtype
Int: TypeAlias = pd.Int32Dtype

KINDS = ["answer", "no_opinion", "not_applicable", "refused", "missing"]
VIEWS = ["finite", "process", "complete", "none"]
VERDICTS = [
    "improved", "declined", "no_meaningful_change", "cannot_tell", "not_tested", "break_in_series",
]  # fmt: skip
PATTERNS = [
    "", "steady_improvement", "late_improvement", "steady_decline", "late_decline", "reversal", "flat",
    "cannot_tell", "not_tested", "break_in_series",
]  # fmt: skip
SHIFTS = ["negligible", "moderate", "large", "not_tested"]
MARKERS = ["", "c", "band", "x"]


def cat_field(description: str, *, isin: list[str] | None = None) -> Any:
    return pa.Field(description=description, isin=isin)


def score_field(description: str) -> Any:
    return pa.Field(nullable=True, ge=0, le=100, description=f"{description}, points of 100")


def points_field(description: str) -> Any:
    return pa.Field(nullable=True, ge=0, le=100, description=f"{description}, whole points of 100")


def count_field(description: str, *, nullable: bool = False) -> Any:
    return pa.Field(nullable=nullable, ge=0, description=description)


class Table(pa.DataFrameModel):
    """Base: columns exactly as declared. ``Config.unique`` of each table is its key."""

    class Config:
        strict = True
