"""The tables of tools' own columns that stand beside their readers."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def read_columns(tool: str) -> tuple[dict[str, str], ...]:
    """The rows of a tool's ``…_columns.csv``."""
    with Path(__file__).with_name(f"{tool}_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
