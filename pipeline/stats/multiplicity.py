"""Many tests at once (methods S10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np


def adjust_p_values(p_values: Sequence[float | None], method: Literal["holm", "bh"]) -> list[float | None]:
    """Adjust the p-values of one family; a null was not tested, does not count and stays null.

    ``holm`` guards the family against a single false finding: the running maximum of ``(m - i + 1) p_(i)``
    over p from small to large (Holm 1979, Scand. J. Statist. 6:65). ``bh`` bounds the expected share of
    false findings: the running minimum of ``m p_(i) / i`` from large to small (Benjamini & Hochberg 1995,
    JRSSB 57:289). Neither exceeds 1.

    Written out because statsmodels' ``multipletests`` runs the garbage collector at each call (50 ms, a
    hundred families a year); the tests compare the two.
    """
    tested = [place for place, p in enumerate(p_values) if p is not None]
    p = np.array([p_values[place] for place in tested], dtype=np.float64)
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, len(p) + 1)
    if method == "holm":
        stepped = np.maximum.accumulate((len(p) - rank + 1) * p[order])
    else:
        stepped = np.minimum.accumulate((len(p) / rank * p[order])[::-1])[::-1]
    adjusted: list[float | None] = [None] * len(p_values)
    for at, value in zip(order, stepped, strict=True):
        adjusted[tested[at]] = min(float(value), 1.0)
    return adjusted
