"""Dates as tools write them; one convention per column, never a guess per cell.

A cell's *shape* is its text with every run of digits replaced by ``0``. A column has few shapes, whatever
its length: each is understood once, and the numbers are then taken out of all its cells at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.ingest.date_shapes import ROLES, Shape, read_shape

Order = Literal["ymd", "dmy", "mdy"]
Around = tuple[date | None, date | None]
Times = NDArray[np.datetime64]
Numbers = NDArray[np.int64]
MOST_DIGITS = 9
"""Of a run of digits; what is finer than a billionth of a second is left away."""
SERIAL_ZERO = np.datetime64("1899-12-30", "us")
SERIALS = (25_000, 65_000)
"""Day numbers of Excel from 1968 to 2077; smaller or larger numbers are no dates of a survey."""
NEARLY_ALL = 0.95
NEWEST_SHORT_YEAR = 69
"""Two digits below this are of this century (POSIX)."""


@dataclass(frozen=True)
class Dates:
    """What became of a column of dates.

    Attributes:
        times: one per cell, without zone (UTC where the cells carry one); not a time where blank, and
            throughout when there is a fault.
        fault: blank; ``unreadable``: no one convention reads every cell; ``ambiguous``: two do, and
            fieldwork does not tell them apart.
        position: position of the first cell that the fault shows in.
    """

    times: pd.Series
    fault: Literal["", "unreadable", "ambiguous"] = ""
    position: int = 0


class _FaultError(Exception):
    def __init__(self, fault: Literal["unreadable", "ambiguous"], position: int) -> None:
        self.fault, self.position = fault, position
        super().__init__(fault)


def settle_dates(texts: pd.Series, around: Around) -> Dates:
    """Read a column of dates by the one convention that reads every cell.

    Args:
        texts: cells as text, blank where unknown; distinct texts are enough.
        around: first and last day of fieldwork, where declared; decides between day-first and
            month-first where both read every cell.
    """
    cells = pc.utf8_trim_whitespace(pa.array(texts.astype("str"), pa.string()))
    times = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    filled = np.flatnonzero(pc.not_equal(cells, "").to_numpy(zero_copy_only=False))
    if not len(filled):
        return Dates(pd.Series(times, index=texts.index))
    try:
        times[filled] = _read_filled(cells.take(pa.array(filled)), around)
    except _FaultError as error:
        return Dates(pd.Series(times, index=texts.index), error.fault, int(filled[error.position]))
    return Dates(pd.Series(times, index=texts.index))


def _read_filled(cells: pa.Array, around: Around) -> Times:
    serials = _read_serials(cells)
    if serials is not None:
        return serials
    runs = _find_runs(cells)
    shapes = runs.shapes.dictionary_encode()
    shape_of = shapes.indices.to_numpy()
    found = [read_shape(text) for text in shapes.dictionary.to_pylist()]
    _require(np.array([shape is not None for shape in found])[shape_of])
    parts = _take_parts(runs, [shape for shape in found if shape is not None], shape_of)
    _require(parts.form == parts.form[0])
    clocks = parts.has_clock
    if clocks.any():  # eleven in the evening is not eleven of 24 hours
        _require(~clocks | ((parts.half > 0) == (parts.half > 0)[np.argmax(clocks)]))
    read_by_any = np.zeros(len(cells), dtype=bool)
    for orders in _list_orders(parts):
        readings: list[Times] = []
        for order in orders:
            times = _compose(parts, order)
            valid = ~np.isnat(times)
            read_by_any |= valid
            if valid.all() and not any((times == other).all() for other in readings):
                readings.append(times)
        if readings:
            return _choose(readings, around)
    _require(read_by_any)
    raise _FaultError("unreadable", 0)


def _require(good: NDArray[np.bool_]) -> None:
    if not good.all():
        raise _FaultError("unreadable", int(np.argmin(good)))


def _read_serials(cells: pa.Array) -> Times | None:
    """Excel's day numbers, where every cell is one."""
    if not pc.all(pc.match_substring_regex(cells, r"^[0-9]{5}([.,][0-9]+)?$")).as_py():
        return None
    days = pc.cast(pc.replace_substring(cells, ",", "."), pa.float64()).to_numpy()
    if days.min() < SERIALS[0] or days.max() > SERIALS[1]:
        return None
    seconds = np.round(days * 86_400).astype("int64").astype("timedelta64[s]")
    return np.asarray(SERIAL_ZERO + seconds)


class _Runs(NamedTuple):
    """The runs of digits of all cells.

    Attributes:
        shapes: each cell with every run as ``0``.
        first: of each cell, the place of its first run among all runs.
        counts: of each cell, how many runs it has.
        numbers: of each run, its number (its first nine digits); after the last, -1.
        widths: of each run, how many digits it has; after the last, 0.
    """

    shapes: pa.StringArray
    first: Numbers
    counts: Numbers
    numbers: Numbers
    widths: Numbers


def _find_runs(cells: pa.StringArray) -> _Runs:
    """Find them in the bytes of all cells, none of which is blank, at once: one pattern per cell is slow."""
    _, edges, text = cells.buffers()
    edges = np.frombuffer(edges, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    letters = np.frombuffer(text, np.uint8)[edges[0] : edges[-1]]
    edges = edges - edges[0]
    is_digit = letters - ord("0") < 10  # what stands before zero wraps around
    begins, ends = is_digit.copy(), is_digit.copy()
    begins[1:] &= ~is_digit[:-1]
    begins[edges[:-1]] = is_digit[edges[:-1]]
    ends[:-1] &= ~is_digit[1:]
    ends[edges[1:] - 1] = is_digit[edges[1:] - 1]
    starts = np.flatnonzero(begins)
    widths = np.flatnonzero(ends) - starts + 1
    numbers = np.zeros(len(starts), dtype=np.int64)
    for digit in range(min(MOST_DIGITS, widths.max(initial=0))):
        longer = widths > digit
        numbers[longer] = numbers[longer] * 10 + (letters[starts[longer] + digit] - ord("0"))
    kept = begins | ~is_digit
    kept_edges = np.concatenate([[0], np.cumsum(kept, dtype=np.int32)[edges[1:] - 1]], dtype=np.int32)
    kept_text = np.where(begins, ord("0"), letters)[kept].astype(np.uint8)
    counts = np.add.reduceat(begins, edges[:-1], dtype=np.int64)
    return _Runs(
        shapes=pa.StringArray.from_buffers(len(cells), pa.py_buffer(kept_edges), pa.py_buffer(kept_text)),
        first=np.cumsum(counts) - counts,
        counts=counts,
        numbers=np.append(numbers, -1),
        widths=np.append(widths, 0),
    )


@dataclass(frozen=True)
class _Parts:
    """The numbers of all cells, by what they are."""

    date: tuple[Numbers, Numbers, Numbers]
    widths: tuple[Numbers, Numbers, Numbers]
    seconds: NDArray[np.float64]
    half: Numbers
    has_clock: NDArray[np.bool_]
    form: Numbers
    shape: Shape


def _take_parts(runs: _Runs, shapes: list[Shape], shape_of: Numbers) -> _Parts:
    def pick(role: str) -> tuple[Numbers, Numbers]:
        """A number of each cell and its digits; -1 and 0 where a cell has none."""
        at = np.array([shape.places.get(role, -1) for shape in shapes])[shape_of]
        run = np.where((at >= 0) & (at < runs.counts), runs.first + at, -1)
        return runs.numbers[run], runs.widths[run]

    def of_shape(values: list[int]) -> Numbers:
        return np.array(values, dtype=np.int64)[shape_of]

    values, widths = zip(*(pick(role) for role in ROLES), strict=True)
    values = tuple(
        np.where((month := of_shape([s.month if s.named == role else -1 for s in shapes])) > 0, month, value)
        for role, value in zip(ROLES, values, strict=True)
    )
    half = of_shape([("", "am", "pm").index(shape.half) for shape in shapes])
    signs = of_shape([shape.zone_sign for shape in shapes])
    seconds = _read_clock(pick("hour")[0], pick("minute")[0], pick("second of minute")[0], pick("fraction"), half)
    seconds -= _read_zone(pick("zone hour"), pick("zone minute")[0], signs)
    seconds -= of_shape([shape.zone_minutes for shape in shapes]) * 60
    forms, _ = pd.factorize(np.array([shape.form for shape in shapes], dtype=object))
    return _Parts(
        date=values,
        widths=widths,
        seconds=seconds,
        half=half,
        has_clock=of_shape([shape.has_clock for shape in shapes]) > 0,
        form=forms[shape_of] * 4 + (widths[0] == 4) * 2 + (widths[2] == 4),
        shape=shapes[shape_of[0]],
    )


def _read_clock(
    hour: Numbers, minute: Numbers, second: Numbers, fraction: tuple[Numbers, Numbers], half: Numbers
) -> NDArray[np.float64]:
    """Seconds since midnight; not a number where that is no time of day."""
    good = (hour <= 23) & (minute <= 59) & (second <= 60) & ((half != 1) | (hour <= 12))
    hour = np.where((half == 1) & (hour == 12), 0, np.where((half == 2) & (hour < 12), hour + 12, hour))
    total = np.maximum(hour, 0) * 3600.0 + np.maximum(minute, 0) * 60 + np.maximum(second, 0)
    total += np.maximum(fraction[0], 0) / 10.0 ** np.minimum(fraction[1], 9)
    return np.where(good, total, np.nan)


def _read_zone(hour: tuple[Numbers, Numbers], minute: Numbers, sign: Numbers) -> NDArray[np.float64]:
    """Seconds ahead of Greenwich; ``+0530`` is five hours and a half."""
    value, width = hour
    minutes = np.where(width > 2, value // 100 * 60 + value % 100, np.maximum(value, 0) * 60 + np.maximum(minute, 0))
    return np.where(minutes <= 18 * 60, sign * minutes * 60.0, np.nan)


def _list_orders(parts: _Parts) -> tuple[tuple[Order, ...], ...]:
    """Conventions to try, the likely ones first; later ones only where no earlier one reads every cell."""
    if parts.widths[0][0] == 4:
        return (("ymd",),)
    usual: tuple[Order, ...] = ("dmy", "mdy")
    if parts.shape.named:
        usual = ("mdy",) if parts.shape.named == "first" else ("dmy",)
    elif "." in parts.shape.form:  # nobody writes months first with dots
        usual = ("dmy",)
    return (usual,) if parts.widths[2][0] == 4 else (usual, ("ymd",))


def _compose(parts: _Parts, order: Order) -> Times:
    """The times by one convention; not a time where a cell cannot be read so."""
    by_letter = dict(zip(order, zip(parts.date, parts.widths, strict=True), strict=True))
    (year, width), month, day = by_letter["y"], by_letter["m"][0], by_letter["d"][0]
    year = np.where(width == 4, year, np.where(year < NEWEST_SHORT_YEAR, 2000, 1900) + year)
    good = ((width == 4) | (width == 2)) & (year >= 1900) & (year <= 2999)
    good &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & ~np.isnan(parts.seconds)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0).astype("timedelta64[D]")
    good &= days.astype("datetime64[M]") == months
    micro = np.round(np.where(good, parts.seconds, 0) * 1e6).astype("int64").astype("timedelta64[us]")
    return np.where(good, days.astype("datetime64[us]") + micro, np.datetime64("NaT"))


def _choose(readings: list[Times], around: Around) -> Times:
    """The only reading, or the one that fieldwork clearly speaks for."""
    if len(readings) == 1:
        return readings[0]
    low = np.datetime64(around[0] or date(1900, 1, 1), "us")
    high = np.datetime64(around[1] or date(2999, 1, 1), "us") + np.timedelta64(1, "D")
    inside = [int(((times >= low) & (times < high)).sum()) for times in readings]
    best = int(np.argmax(inside))
    others = max(hits for at, hits in enumerate(inside) if at != best)
    # a few answers come early or late: all must be inside by one convention and not nearly all by the other,
    # or most by the one and few by the other
    everything = len(readings[best])
    all_inside = inside[best] == everything and others <= NEARLY_ALL * everything
    if all_inside or (2 * inside[best] > everything and 2 * others <= inside[best]):
        return readings[best]
    raise _FaultError("ambiguous", 0)
