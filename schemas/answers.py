"""The pandera schema of one wave's answers, built from its items and scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandera.pandas as pa

from schemas.definitions import Item
from schemas.tables import KINDS


def answers_schema(items: Sequence[Item], values: Mapping[str, Sequence[int]]) -> pa.DataFrameSchema:
    """Schema of the wide, coded answers: ``value:CODE`` and ``kind:CODE`` per item.

    Args:
        items: the wave's items.
        values: the declared answer values of each scale.
    """
    columns: dict[str, pa.Column] = {}
    for item in items:
        allowed = list(values[item.scale])
        columns[f"value:{item.item}"] = pa.Column("Int16", pa.Check.isin(allowed), nullable=True)
        columns[f"kind:{item.item}"] = pa.Column("category", pa.Check.isin(KINDS))
    return pa.DataFrameSchema(columns, strict=False)
