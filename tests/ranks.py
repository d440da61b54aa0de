"""The statistics of ranks from people's own scores; the product reads them off how often each score occurs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.rank_tests import (
    OrderedTrend,
    RankComparison,
    compare_rank_counts,
    count_values,
    detect_ordered_trend_of_counts,
)

Scores = NDArray[np.float64]


def compare_ranks(before: Scores, after: Scores) -> RankComparison:
    support = np.unique(np.concatenate([before, after]))
    return compare_rank_counts(count_values(before, support), count_values(after, support))


def detect_ordered_trend(samples: Sequence[Scores]) -> OrderedTrend:
    support = np.unique(np.concatenate([np.empty(0), *samples]))
    return detect_ordered_trend_of_counts(np.array([count_values(sample, support) for sample in samples]))
