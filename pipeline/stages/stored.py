"""Where a stage's pure part gets its tables from: a programme's folders, or a test's memory."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table

Read = Callable[[str, list[int]], pd.DataFrame]
"""Rows of a table of some years, with ``year``; without rows where there are none."""


def read_stored(paths: ProgrammePaths) -> Read:
    """Tables that the steps wrote, restricted ones among them."""
    return lambda name, years: read_table(name, paths.table(name), years)


def read_released(paths: ProgrammePaths, profile: str) -> Read:
    """Released tables, by their names without ``released_``."""
    return lambda name, years: read_table(f"released_{name}", paths.release(profile, name), years)
