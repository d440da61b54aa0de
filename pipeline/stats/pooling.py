"""Averages in which every group counts once, whatever its size."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.change import satterthwaite_df


def combine_errors(variances: NDArray[np.float64], sizes: NDArray[np.float64]) -> tuple[float, float | None]:
    """Standard error and degrees of freedom of the plain mean of G independent estimates.

    ``SE = sqrt(sum v) / G``, degrees of freedom by Satterthwaite 1946 (Biometrics Bulletin 2:110).

    Args:
        variances: squared standard errors; one row per estimate, one column per sample it is made of.
        sizes: people behind each variance, at least two, same shape.

    Returns:
        The standard error and its degrees of freedom; 0 and null when no variance is above 0.

    Raises:
        ValueError: fewer than two people behind a variance.
    """
    if not (sizes >= 2).all():
        raise ValueError("each variance needs at least two people")
    total = float(variances.sum())
    if total == 0:
        return 0.0, None
    return math.sqrt(total) / len(variances), satterthwaite_df(variances, sizes - 1)
