"""Responses that must not count: tests, duplicates, late, empty and fragmentary ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.synth.draw import DAY, Stream, cell_of, draw_responses
from pipeline.synth.plan import EventPlan, Plan, PlanRow, fieldwork

LATE_DAYS = 15
"""Late responses come this many days after the fieldwork: no time zone makes them early, and no date of this demonstration can be read as another with day and month exchanged."""


def draw_wave(plan: Plan, year: int) -> pd.DataFrame:
    """All responses of one year, those that count and the planted events, by time of sending."""
    parts = []
    for row in plan.group_rows(year):
        counted = draw_responses(plan, row, "answer", row.answers)
        events = [event for event in plan.events if (event.year, event.group) == (year, row.group)]
        parts += [counted, *(_draw_event(plan, row, event, counted) for event in events)]
    drawn = pd.concat(parts, ignore_index=True)
    drawn["sent"] = drawn["start"] + drawn["seconds"]
    return drawn.sort_values("sent", kind="stable", ignore_index=True)


def _draw_event(plan: Plan, row: PlanRow, event: EventPlan, counted: pd.DataFrame) -> pd.DataFrame:
    items = [item.item for item in plan.wave(row.year).items]
    if event.kind == "duplicate":
        return _repeat_responses(plan, row, event.n, counted)
    drawn = draw_responses(plan, row, event.kind, event.n)
    if event.kind == "late":
        opening, closing = fieldwork(plan.wave(row.year).wave)
        drawn["start"] = drawn["start"] % 36000 + ((closing - opening).days + LATE_DAYS) * DAY
    if event.kind in ("empty", "fragment"):
        drawn[["comment", "share", *items[event.kind == "fragment" :]]] = ""
    if event.kind == "fragment":
        points = plan.wave(row.year).answer_points(plan.wave(row.year).items[0])
        drawn[items[0]] = cell_of(points[-2])
    return drawn


def _repeat_responses(plan: Plan, row: PlanRow, n: int, counted: pd.DataFrame) -> pd.DataFrame:
    """The same answers sent again by somebody who answered everything, one to nine minutes later."""
    stream = Stream(plan.settings.seed, row.year, row.group, "duplicate")
    whole = row.answers - row.partial
    chosen = (int(stream.below(whole, 1)[0]) + np.arange(n)) % whole
    again = counted.iloc[chosen].copy()
    again["event"] = "duplicate"
    again["start"] = again["start"] + again["seconds"] + 60
    again["seconds"] = 60 + stream.below(420, n)
    return again
