"""Every figure that a release prints, by what it is about: the numbers that a finished file may show.

Nothing is listed by hand: whatever released table has columns of numbers, those are its figures, and its key
columns say what they are about. Decimals are figures only of columns that release them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import pandas as pd

from pipeline.disclose.files.passages import Context
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

NO_FIGURES = ("year", "year_from", "year_to", "value")
"""Columns of numbers that are part of a key and not a figure."""
COUNTED = ("items_n", "items_common", "groups_n")
"""Columns that count what anybody can count in the definitions."""
POINTS = ("mean", "ci_low", "ci_high", "possible_low", "possible_high")


@dataclass(frozen=True)
class _Row:
    """One row of a released table.

    Attributes:
        measures: what it is about; blank for a row about a group as such.
        public: numbers of the roster, which stand beside a withheld figure too.
        derived: numbers that a sentence may work out from it, and a table's cell may not show.
        points: positions on the scale of scores, where a chart may put a mark.
    """

    measures: tuple[str, ...]
    category: str
    years: frozenset[int]
    numbers: tuple[float, ...]
    public: tuple[float, ...] = ()
    derived: tuple[float, ...] = ()
    points: tuple[float, ...] = ()

    def all_of(self, cell: bool) -> tuple[float, ...]:
        return (*self.numbers, *self.public, *(() if cell else self.derived))

    def fits(self, context: Context, cell: bool) -> bool:
        if self.category not in context.categories and (self.category or context.categories) and cell:
            return False
        if not context.years or not self.years:
            return True
        return self.years <= context.years if context.exact else max(self.years) in context.years


class Figures:
    """The figures of a release.

    Args:
        tables: released tables by name (``scores``, …), with ``year``; all years that the files may speak of.
        definitions: the programme.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], definitions: Definitions) -> None:
        self._rows: dict[str, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
        self._decimals: set[float] = set()
        self._items = frozenset(item.item for wave in definitions.waves.values() for item in wave.items)
        eligible = _read_eligible(tables.get("responses"))
        self._counts = _read_counts(tables.get("item_counts"))
        rows = [self._read_rows(frame, eligible) for frame in tables.values()]
        for group, row in chain(*rows, _add_up_counts(self._counts, definitions), _count_definitions(definitions)):
            for measure in row.measures:
                self._rows[group][measure].append(row)
        self.of = lru_cache(maxsize=None)(self._of)
        self.prints = lru_cache(maxsize=None)(self._prints)
        self.points = lru_cache(maxsize=None)(self._points)
        self.shares = lru_cache(maxsize=None)(self._shares)

    def is_decimal(self, number: float) -> bool:
        """Whether some column of the release that is not whole prints this number."""
        return round(number, 6) in self._decimals

    def _of(self, context: Context, cell: bool) -> frozenset[float]:
        """Figures that a passage may show, without their signs; ``cell``: about exactly this and nothing beside it."""
        items = context.measures & self._items if cell else frozenset[str]()
        rows = self._find_rows(context, items or context.measures, cell)
        return frozenset(chain(*(row.all_of(cell) for row in rows)))

    def _prints(self, context: Context) -> bool:
        """Whether the release prints anything about just this; if not, it is withheld or was never computed."""
        return any(row.numbers for row in self._find_rows(context, context.measures, True))

    def _points(self, context: Context) -> frozenset[float]:
        """Positions where a chart may put a mark."""
        return frozenset(chain(*(row.points for row in self._find_rows(context, context.measures, True))))

    def _find_rows(self, context: Context, measures: frozenset[str], cell: bool) -> Iterator[_Row]:
        for group in context.groups or tuple(self._rows):
            by_measure = self._rows.get(group, {})
            named = measures or frozenset(by_measure)
            for measure in named if cell else named | {""}:
                yield from (row for row in by_measure.get(measure, ()) if row.fits(context, cell))

    def _shares(self, context: Context) -> frozenset[tuple[float, ...]]:
        """Shares of the answers to each question whose counts are printed, low to high and high to low."""
        found = set()
        for (group, year, item), counts in self._counts.items():
            if (context.groups and group not in context.groups) or (context.measures and item not in context.measures):
                continue
            answers = [n for (kind, _), n in sorted(counts.items()) if kind == "answer" and n]
            if answers and (not context.years or year in context.years):
                shares = tuple(n / sum(answers) for n in answers)
                found |= {shares, shares[::-1]}
        return frozenset(found)

    def _read_rows(self, frame: pd.DataFrame, eligible: Mapping[tuple[str, int], int]) -> Iterator[tuple[str, _Row]]:
        columns = [name for name in frame if name not in (*NO_FIGURES, *COUNTED) and _is_number(frame[name])]
        if frame.empty or not columns:
            return
        for name in columns:
            if pd.api.types.is_float_dtype(frame[name]):
                self._decimals.update(abs(round(float(each), 6)) for each in frame[name].dropna())
        numbers = frame[columns].astype("Float64").to_numpy(dtype="float64", na_value=float("nan"))
        groups = frame["group"].astype("str") if "group" in frame else pd.Series(ALL, index=frame.index)
        about = [frame[name].astype("str") for name in ("item", "item_from") if name in frame] or [
            frame[name].astype("str") for name in ("measure",) if name in frame
        ]
        measures: list[tuple[str, ...]] = list(zip(*about, strict=True)) if about else [("",)] * len(frame)
        category = frame["category"].astype("str") if "category" in frame else pd.Series("", index=frame.index)
        named = [frame[name] for name in ("year_from", "year_to") if name in frame] or [frame["year"]]
        years = zip(*(column.astype("int64") for column in named), strict=True)
        at = {name: place for place, name in enumerate(columns)}
        for group, row_measures, row_category, row_years, values in zip(
            groups, measures, category, years, numbers, strict=True
        ):
            known = {name: abs(round(values[place], 6)) for name, place in at.items() if values[place] == values[place]}
            public = tuple(known.pop(name) for name in ("eligible",) if name in known)
            points = tuple(known[name] for name in POINTS if name in known) if "aggregation" in frame else ()
            derived: list[float] = []
            n = values[at["n"]] if "n" in at else math.nan
            if n > 0:
                derived.append(float(round(100 / n)))  # what one person alone can move
            asked = eligible.get((group, max(row_years)))
            if asked is not None and n == n:
                derived.append(float(asked - n))  # those without a score
            if "superiority" in at:  # of 100 pairs, those in which the earlier one is higher
                derived += [100 - values[at[name]] for name in at if name.startswith("superiority")]
            if "pooled" in at and "mean" in at:
                derived.append(abs(values[at["pooled"]] - values[at["mean"]]))
            about_years = frozenset(row_years)
            numbers_shown = tuple(known.values())
            yield group, _Row(row_measures, row_category, about_years, numbers_shown, public, tuple(derived), points)


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def _read_eligible(responses: pd.DataFrame | None) -> dict[tuple[str, int], int]:
    if responses is None or responses.empty:
        return {}
    known = responses.dropna(subset=["eligible"])
    return {
        (str(group), int(year)): int(n)
        for group, year, n in zip(known["group"], known["year"], known["eligible"], strict=True)
    }


Counts = dict[tuple[str, int, str], dict[tuple[str, int], float]]
"""Published counts by group, year and item, then by kind of answer and scale position."""


def _read_counts(frame: pd.DataFrame | None) -> Counts:
    counts: Counts = defaultdict(dict)
    if frame is not None and not frame.empty:
        shown = frame.dropna(subset=["n"])
        columns = (shown[name].tolist() for name in ("year", "group", "item", "kind", "value", "n"))
        for year, group, item, kind, value, n in zip(*columns, strict=True):
            counts[str(group), int(year), str(item)][str(kind), 0 if pd.isna(value) else int(value)] = float(n)
    return counts


def _add_up_counts(counts: Counts, definitions: Definitions) -> Iterator[tuple[str, _Row]]:
    """Sums of an item's published counts: answers, those of each side, and those who gave none."""
    side = {
        (year, item.item, point.value): point.favourable or "neutral"
        for year, wave in definitions.waves.items()
        for item in wave.items
        for point in wave.answer_points(item)
    }
    for (group, year, item), by_kind in counts.items():
        sums: dict[str, float] = defaultdict(float, zero=0.0)
        for (kind, value), n in by_kind.items():
            sums["all"] += n
            sums["answers" if kind == "answer" else "others"] += n
            sums[side.get((year, item, value), "neutral") if kind == "answer" else kind] += n
        yield group, _Row((item,), "", frozenset([year]), tuple(sums.values()))


def _count_definitions(definitions: Definitions) -> Iterator[tuple[str, _Row]]:
    """How many criteria, indicators and improvements a group has: public, and of no year."""
    for group in (*(group.group for group in definitions.groups), ALL):
        below = {each.group for each in definitions.descendants(group)}
        for groups in ({group}, {group} | below):
            criteria = [each for each in definitions.criteria if each.group is None or each.group in groups]
            own = [each for each in criteria if each.group is not None]
            codes = {each.criterion for each in criteria}
            indicators = [each for each in definitions.indicators if each.criterion in codes]
            reported = [each for each in definitions.improvements if each.group in groups]
            counts = [len(criteria), len(own), len(indicators), len(reported), 0]
            counts += [sum(each.status == status for each in reported) for status in {each.status for each in reported}]
            yield group, _Row(("",), "", frozenset(), tuple(map(float, counts)))
