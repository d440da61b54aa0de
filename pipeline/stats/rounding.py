"""Rounding for display: whole points, halves away from zero."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

DECIMALS_KEPT = 9


@overload
def round_half_up(values: None) -> None: ...
@overload
def round_half_up(values: float) -> int | None: ...
@overload
def round_half_up(values: NDArray[np.float64]) -> NDArray[np.float64]: ...
def round_half_up(values: float | NDArray[np.float64] | None) -> int | NDArray[np.float64] | None:
    """Round to whole points as ``Decimal`` does with ``ROUND_HALF_UP``: 2.5 -> 3, -2.5 -> -3.

    Python's and numpy's own rounding is half-even (2.5 -> 2) and is not used for display. A mean whose
    true value ends in .5 often arrives as 12.499999999999998, because thirds and sevenths have no exact
    binary form. So nine decimals are fixed first: finer than any difference between two group means
    (which differ by at least 1 / (n k), about 1e-8 for a million people), coarser than the noise.

    Args:
        values: points, one or many; null or NaN means that there is no value.

    Returns:
        An ``int`` (``None`` for no value) for a scalar; whole numbers with NaN kept for an array.
    """
    if values is None:
        return None
    steady = np.round(np.asarray(values, dtype=np.float64), DECIMALS_KEPT)
    whole = np.copysign(np.floor(np.abs(steady) + 0.5), steady) + 0.0  # + 0.0 turns -0.0 into 0.0
    if isinstance(values, np.ndarray):
        return np.asarray(whole, dtype=np.float64)
    return None if np.isnan(whole) else int(whole)
