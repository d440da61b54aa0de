"""Exports that hold the same people: a newer download beside an older one, one export in two forms.

Reading both would count people twice. An export that another one contains is left out; two that say
different things of the same responses stop the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.ingest.columns import file_entry
from pipeline.ingest.dates import settle_dates
from pipeline.ingest.fingerprints import Hashes, combine, hash_column
from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.errors import UserError
from pipeline.store.labels import normalise_label
from schemas.definitions import ExportFile
from schemas.problems import Problem, counted

NEARLY_ALL = 0.95
MOSTLY = 0.8
"""Of an older export's rows, so many must stand unchanged in the newer one; the rest were edited since."""
LONG_ID = 6
"""Ids of so many characters do not come twice by chance; small ones are numbered anew in every survey."""
DAY = 86_400
FEW_ROWS = 10
"""Fewer rows without id or time may be alike by chance."""


def drop_superseded(tables: list[RawTable], wave: WaveDefinitions) -> tuple[list[RawTable], list[Problem]]:
    """The tables to read, without those that a later download contains, which are listed.

    Raises:
        UserError: ``export_twice`` where two tables hold the same responses and neither is the newer one.
    """
    sources = [_Source(table, wave) for table in tables]
    superseded: dict[int, int] = {}
    errors: list[tuple[int, int, Problem]] = []
    for one, other in combinations(range(len(sources)), 2):
        if not sources[one].may_share(sources[other]):
            continue  # before any row is looked at: often there is a file per group
        old, new = (one, other) if len(sources[one].rows) <= len(sources[other].rows) else (other, one)
        found = _compare(sources[old], sources[new])
        if found is None and sources[old].entry.group != sources[new].entry.group:
            found = _Conflict(
                f"Every response in it is also in {_name(tables[new])}, which survey.toml gives to no group"
            )
        if found is None:
            if old not in superseded or len(sources[superseded[old]].rows) < len(sources[new].rows):
                superseded[old] = new
        elif found.what:
            errors.append((old, new, _about("export_twice", found.what, tables[old], wave, found.action)))
    # what a superseded file says differently from a third one no longer matters
    if kept := [error for old, new, error in errors if not {old, new} & superseded.keys()]:
        raise UserError(kept)
    warnings = []
    for old, new in superseded.items():
        what = f"All {counted(len(sources[old].rows), 'response')} in it are also in {_name(tables[new])}"
        warnings.append(_about("export_superseded", what, tables[old], wave))
    return [table for at, table in enumerate(tables) if at not in superseded], warnings


@dataclass(frozen=True)
class _Conflict:
    """What is wrong with having both exports, and what to do; blank when nothing is."""

    what: str = ""
    action: str = ""


@dataclass(frozen=True)
class _Source:
    """One table and what identifies its responses; everything is computed when first asked for."""

    table: RawTable
    wave: WaveDefinitions

    @cached_property
    def entry(self) -> ExportFile:
        return file_entry(self.table, self.wave)

    @cached_property
    def headers(self) -> tuple[str, ...]:
        return tuple(map(normalise_label, self.table.headers))

    @cached_property
    def _rows_and_filled(self) -> tuple[Hashes, NDArray[np.bool_]]:
        rows, filled = np.zeros(self.table.n_rows, dtype=np.uint64), np.zeros(self.table.n_rows, dtype=bool)
        for at, column in enumerate(self.table.columns):
            cells = hash_column(column)
            filled = filled | (cells != 0)
            rows = combine([rows.view(np.int64), self._times.get(at, cells)], len(rows))
        return rows, filled

    @cached_property
    def rows(self) -> Hashes:
        """A number per response; rows without any text are none."""
        rows, filled = self._rows_and_filled
        return rows[filled]

    def column(self, at: int) -> NDArray[np.int64]:
        """A number per response that stands for its cell in one column."""
        return hash_column(self.table.columns[at])[self._rows_and_filled[1]]

    @cached_property
    def _times(self) -> dict[int, NDArray[np.int64]]:
        """Seconds by column of dates, so that a workbook's times equal those of a text file."""
        settings, headers = self.wave.wave, Headers.of(self.table)
        names = [name for name in (settings.finished_column, settings.started_column) if name]
        found = [at for at, role in self.table.roles.items() if role in ("finished", "started")]
        found += [at for name in names if len(at_name := headers.find([name])) == 1 for at in at_name]
        times = {}
        for at in dict.fromkeys(found):
            codes = self.table.columns[at].indices.to_numpy(zero_copy_only=False)
            used, place = np.unique(codes, return_inverse=True)
            texts = pd.Series(self.table.columns[at].dictionary.take(pa.array(used)).to_pylist(), dtype="str")
            read = settle_dates(texts, (settings.fieldwork_from, settings.fieldwork_to))
            if not read.fault:
                seconds = read.times.dt.round("s").to_numpy().astype("datetime64[s]")
                times[at] = np.where(np.isnat(seconds), 0, seconds.astype(np.int64))[place]
        return times

    @cached_property
    def ids(self) -> NDArray[np.int64] | None:
        """A number per response that stands for its id, or for its time where it has none.

        None where they are absent or not each its own.
        """
        if self.id_column is not None:
            ids = self.column(self.id_column)
        elif self._times:
            ids = next(iter(self._times.values()))[self._rows_and_filled[1]]
        else:
            return None
        return ids if len(ids) and len(np.unique(ids[ids != 0])) >= NEARLY_ALL * len(ids) else None

    @cached_property
    def id_column(self) -> int | None:
        declared = self.wave.wave.respondent_column
        if declared:
            found = Headers.of(self.table).find([declared])
            return found[0] if len(found) == 1 else None
        return next(
            (at for role in ("token", "respondent") for at, own in self.table.roles.items() if own == role), None
        )

    @cached_property
    def has_long_ids(self) -> bool:
        at = self.id_column
        texts = [] if at is None else [text.strip() for text in self.table.columns[at].dictionary.to_pylist()]
        return self.ids is not None and median([len(text) for text in texts if text] or [0]) >= LONG_ID

    @cached_property
    def has_times(self) -> bool:
        return bool(self._times)

    def say_when(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """The times of some responses."""
        return next(iter(self._times.values()))[self._rows_and_filled[1]][rows]

    @cached_property
    def groups(self) -> Hashes:
        """A number per response that stands for what it says of its group."""
        index, columns = Headers.of(self.table), []
        for header in self.wave.wave.group_headers:
            columns += index.find([header]) or list(index.find_options(header))
        return combine([self.column(at) for at in columns], len(self.rows))

    def may_share(self, other: _Source) -> bool:
        """Files of different groups, or of people and of groups as a whole, may well hold the same few answers."""
        same_level = (self.entry.level or self.wave.wave.level) == (other.entry.level or other.wave.wave.level)
        return same_level and (self.entry.group == other.entry.group or not (self.entry.group and other.entry.group))


def _compare(mine: _Source, theirs: _Source) -> _Conflict | None:
    """What is wrong with having both; None where theirs is simply the newer one."""
    if mine.headers == theirs.headers:
        shared = np.isin(mine.rows, theirs.rows)
        newer = len(theirs.rows) > len(mine.rows)
        told_apart = mine.ids is not None or mine.has_times or len(np.unique(mine.rows)) >= FEW_ROWS
        if shared.all():
            return None if newer and told_apart else _Conflict(f"Every response in it is also in {_name(theirs.table)}")
        same_ids = mine.ids is not None and theirs.ids is not None and bool(np.isin(mine.ids, theirs.ids).all())
        if same_ids and newer and shared.mean() >= MOSTLY:
            return None
        # with declared ids the repeated responses are found one by one
        if shared.any() and (mine.has_long_ids or mine.has_times) and not mine.wave.wave.respondent_column:
            return _Conflict(f"{counted(int(shared.sum()), 'response')} in it are also in {_name(theirs.table)}")
    return _compare_ids(mine, theirs)


def _compare_ids(mine: _Source, theirs: _Source) -> _Conflict:
    """What is wrong where the same ids stand beside different cells."""
    if mine.ids is None and theirs.ids is None and len(mine.rows) == len(theirs.rows):
        in_order = np.arange(len(mine.rows))
        return _other_form(theirs) if _say_the_same(mine, theirs, in_order, in_order) else _Conflict()
    by_time = None in (mine.id_column, theirs.id_column)
    if by_time and _is_resaved(mine, theirs):
        return _other_form(theirs)
    if mine.ids is None or theirs.ids is None:
        return _Conflict()
    common, at_mine, at_theirs = np.intersect1d(mine.ids, theirs.ids, return_indices=True)
    alike = mine.headers == theirs.headers
    # one person may answer in two exports for two groups
    same = (common != 0) & ((mine.groups[at_mine] == theirs.groups[at_theirs]) | (not alike))
    n, at_mine, at_theirs = int(same.sum()), at_mine[same], at_theirs[same]
    equal = int((mine.rows[at_mine] == theirs.rows[at_theirs]).sum()) if alike else 0
    # two people may well answer in the same second
    if equal == n or (by_time and n < max(FEW_ROWS, NEARLY_ALL * len(mine.ids))):
        return _Conflict()
    other = _name(theirs.table)
    if by_time or mine.has_long_ids or equal * 2 >= n or _say_the_same(mine, theirs, at_mine, at_theirs):
        if n >= NEARLY_ALL * len(mine.ids):
            return _other_form(theirs)
        what = f"{counted(n - equal, 'response')} in it stand in {other} with other cells, and neither file holds all of the other's"
        return _Conflict(what, "Export all responses again, into one file.")
    if mine.wave.wave.respondent_column:
        what = f"{counted(n - equal, 'response id')} in it stand for other responses in {other}"
        return _Conflict(what, "Leave respondent_column blank if each file numbers its responses anew.")
    return _Conflict()


def _is_resaved(mine: _Source, theirs: _Source) -> bool:
    """Whether one is the other as a spreadsheet saved it again: the same rows in their order, times cut short."""
    if len(mine.rows) != len(theirs.rows) or mine.headers != theirs.headers:
        return False
    in_order = np.arange(len(mine.rows))
    return _say_the_same(mine, theirs, in_order, in_order)


def _other_form(theirs: _Source) -> _Conflict:
    return _Conflict(
        f"It holds the same responses as {_name(theirs.table)} with other cells, as an export of codes and one of labels do",
        "Keep one of the two: the newer one, or the form that scales.csv describes.",
    )


def _say_the_same(mine: _Source, theirs: _Source, at_mine: NDArray[np.intp], at_theirs: NDArray[np.intp]) -> bool:
    """Whether the answers of matched responses go together, as codes with labels do.

    Two surveys that merely number their responses alike show every label beside every code. Times that a
    spreadsheet cut short prove nothing as long as their days are the same.
    """
    if mine.has_times and theirs.has_times:
        one, other = mine.say_when(at_mine), theirs.say_when(at_theirs)
        if float((one == other).mean()) >= NEARLY_ALL:
            return True
        if float((one // DAY == other // DAY).mean()) < NEARLY_ALL:
            return False
    if len(at_mine) < FEW_ROWS:
        return False
    together = apart = 0
    for left, right in _pair_columns(mine, theirs):
        one, other = mine.column(left)[at_mine], theirs.column(right)[at_theirs]
        counts = [len(np.unique(column)) for column in (one, other)]
        if min(counts) < 2:
            continue
        if max(counts) * 2 > len(one):  # nearly everybody's own: only equal texts tell
            together += float((one == other).mean()) > NEARLY_ALL
            continue
        pairs = pd.unique(combine([one, other], len(one)))
        together, apart = together + (len(pairs) <= max(counts)), apart + (len(pairs) > max(counts))
    return together >= 3 and together >= 3 * apart


def _pair_columns(mine: _Source, theirs: _Source) -> Iterator[tuple[int, int]]:
    """Columns that are the same question: by position in exports of one layout, else by header."""
    skipped = {mine.id_column}
    if len(mine.headers) == len(theirs.headers):
        yield from ((at, at) for at in range(len(mine.headers)) if at not in skipped)
        return
    places = {header: at for at, header in enumerate(theirs.headers)}
    yield from ((at, places[h]) for at, h in enumerate(mine.headers) if h and h in places and at not in skipped)


def _name(table: RawTable) -> str:
    return table.file + (f", sheet {table.sheet}" if table.sheet else "")


def _about(code: str, what: str, table: RawTable, wave: WaveDefinitions, action: str = "") -> Problem:
    return Problem(code=code, what=what, wave=str(wave.year), file=table.file, sheet=table.sheet, action=action)
