"""When responses were begun and sent, and how long they took: cells of a wave to times, file by file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.ingest.dates import Dates, settle_dates
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.errors import UserError
from schemas.problems import Problem

CLOCK = re.compile(r"(?:(\d+)\s*d\w*\s*)?(\d+):([0-5]?\d):([0-5]?\d(?:[.,]\d+)?)")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
DAY = 86_400.0


@dataclass(frozen=True)
class Clock:
    """The times of a wave's responses, each read when a rule first asks for it."""

    coded: pd.DataFrame
    wave: WaveDefinitions

    @cached_property
    def started(self) -> NDArray[np.datetime64]:
        return read_times(self.coded, "started", self.wave)

    @cached_property
    def finished(self) -> NDArray[np.datetime64]:
        return read_times(self.coded, "finished", self.wave)

    @property
    def moments(self) -> NDArray[np.datetime64]:
        """When each response was sent (else begun); not a time where the cell is blank."""
        return self.finished if "finished" in self.coded else self.started

    @property
    def seconds(self) -> NDArray[np.float64]:
        """How long each response took; not a number where nobody can say."""
        if "duration" in self.coded:
            return read_durations(self.coded, self.wave)
        taken = self.finished - self.started
        return np.where(np.isnat(taken), np.nan, taken / np.timedelta64(1, "s"))


def read_times(coded: pd.DataFrame, role: str, wave: WaveDefinitions) -> NDArray[np.datetime64]:
    """The times of one role; each file and sheet has its own convention.

    Raises:
        UserError: ``date_unreadable`` or ``date_ambiguous`` for each file, with the first row that shows it.
    """
    times = np.full(len(coded), np.datetime64("NaT"), dtype="datetime64[us]")
    if role not in coded:
        return times
    texts, settings, faults = coded[role], wave.wave, []
    for rows in coded.groupby(["file", "sheet"], observed=True, sort=False).indices.values():
        found = settle_dates(texts.iloc[rows], (settings.fieldwork_from, settings.fieldwork_to))
        if found.fault:
            faults.append(_explain(found, coded.iloc[int(rows[found.position])], role, wave))
        times[rows] = found.times.to_numpy()
    if faults:
        raise UserError(faults)
    return times


def _explain(found: Dates, row: pd.Series, role: str, wave: WaveDefinitions) -> Problem:
    header = wave.wave.finished_column if role == "finished" else wave.wave.started_column
    what = "No one date convention reads the whole column; the first cell that does not fit is here"
    if found.fault == "ambiguous":
        what = "Day first or month first: every date in the column can be read either way"
    return _about(f"date_{found.fault}", what, row, header, wave)


def read_durations(coded: pd.DataFrame, wave: WaveDefinitions) -> NDArray[np.float64]:
    """Seconds each response took: plain seconds or ``hh:mm:ss``; not a number where the cell is blank.

    Raises:
        UserError: ``date_unreadable`` with the first row that is neither.
    """
    column = coded["duration"].cat
    texts = [str(text).strip() for text in column.categories]
    seconds = np.array([_read_duration(text) if text else np.nan for text in texts] + [np.nan])
    good = np.array([not text or not np.isnan(value) for text, value in zip(texts, seconds, strict=False)] + [True])
    codes = column.codes.to_numpy()
    if not good[codes].all():
        row = coded.iloc[int(np.argmin(good[codes]))]
        what, header = "A duration is neither seconds nor hh:mm:ss", wave.wave.responses.duration_column
        raise UserError(_about("date_unreadable", what, row, header, wave))
    taken = seconds[codes]
    known = taken[~np.isnan(taken)]
    # nobody sends a survey within a second: a workbook keeps times of day as parts of a day
    is_part_of_day = len(known) > 0 and known.max() < 1 and (known % 1 > 0).any()
    return np.asarray(taken * DAY if is_part_of_day else taken)


def _read_duration(text: str) -> float:
    if NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if match := CLOCK.fullmatch(text):
        days, hours, minutes, seconds = match.groups()
        return int(days or 0) * DAY + int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    return np.nan


def _about(code: str, what: str, row: pd.Series, header: str, wave: WaveDefinitions) -> Problem:
    action = "Use seconds or hh:mm:ss, or leave duration_column blank." if "duration" in what else ""
    return Problem(
        code=code, what=what, wave=str(wave.year), file=str(row["file"]), sheet=str(row["sheet"]),
        row=int(row["row"]), column=header, action=action,
    )  # fmt: skip
