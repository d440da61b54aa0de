"""Dates as tools write them; one convention per column, never a guess per cell."""

from __future__ import annotations

from datetime import date

import pandas as pd

DAY_OR_MONTH_FIRST = (("%m/%d/%Y", "%d/%m/%Y"), ("%m/%d/%y", "%d/%m/%y"), ("%m-%d-%Y", "%d-%m-%Y"))
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
OTHER = ("%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y")


def parse_dates(texts: pd.Series, around: tuple[date | None, date | None]) -> pd.Series | None:
    """Parse a column of dates by the one convention that reads every cell.

    Args:
        texts: cells as text, blank where unknown.
        around: first and last day of fieldwork; decides between day-first and month-first where
            both read every cell.

    Returns:
        Timestamps without zone (UTC where the cells carry one), or None when no convention reads
        every cell, or two do and fieldwork does not tell them apart.
    """
    cells = texts.str.strip()
    filled = cells[cells != ""]
    if filled.empty:
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    candidates = [parsed for parsed in _readings(filled) if parsed is not None]
    distinct = [parsed for i, parsed in enumerate(candidates) if not any(parsed.equals(c) for c in candidates[:i])]
    if len(distinct) > 1:
        distinct = _within(distinct, around)
    return distinct[0].reindex(texts.index) if len(distinct) == 1 else None


def _readings(filled: pd.Series) -> list[pd.Series | None]:
    iso = pd.to_datetime(filled, format="ISO8601", utc=True, errors="coerce")
    if iso.notna().all():
        return [iso.dt.tz_localize(None).astype("datetime64[us]")]
    formats = [day + clock for pair in DAY_OR_MONTH_FIRST for day in pair for clock in CLOCKS]
    formats += [day + clock for day in OTHER for clock in CLOCKS]
    return [_read_all(filled, pattern) for pattern in formats]


def _read_all(filled: pd.Series, pattern: str) -> pd.Series | None:
    # the first cell decides cheaply whether the pattern can fit at all
    if pd.isna(pd.to_datetime(filled.iloc[0], format=pattern, errors="coerce")):
        return None
    parsed = pd.to_datetime(filled, format=pattern, errors="coerce")
    return parsed.astype("datetime64[us]") if parsed.notna().all() else None


def _within(candidates: list[pd.Series], around: tuple[date | None, date | None]) -> list[pd.Series]:
    """The readings that put most cells inside fieldwork; all of them when nothing is declared."""
    first, last = around
    if first is None or last is None:
        return candidates
    low, high = pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(days=1)
    inside = [int(parsed.between(low, high).sum()) for parsed in candidates]
    return [parsed for parsed, hits in zip(candidates, inside, strict=True) if hits == max(inside) and hits > 0]
