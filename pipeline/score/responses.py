"""Response facts: who could answer, who did, and whether that makes a rate (methods S4)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.score.measures import existed
from pipeline.store.definitions import Definitions
from pipeline.store.tables import arrange
from schemas.definitions import ALL, NO_GROUP, RosterRow

NO_RATE = "rate not computable: "
MIXED = "mixed"


@dataclass(frozen=True)
class _Tally:
    n: int = 0
    complete_n: int = 0
    excluded_n: int = 0
    statements_n: int = 0

    def __add__(self, other: _Tally) -> _Tally:
        return _Tally(
            self.n + other.n,
            self.complete_n + other.complete_n,
            self.excluded_n + other.excluded_n,
            self.statements_n + other.statements_n,
        )


def count_responses(respondents: pd.DataFrame, definitions: Definitions, year: int) -> pd.DataFrame:
    """Count responses per group and join them with the roster.

    Only individual responses count; a statement that a group gave as a whole is nobody's answer. A
    roll-up counts the responses of itself and of all groups below it, one for several of them once; how many could answer is taken
    from its own roster row alone, never summed. Two rates are given where the eligible number is known,
    counts what the group's members are (``unit``), and the link was not open to anybody: of all responses that
    count (AAPOR's RR2) and of complete ones only (RR1; Standard Definitions, 10th ed., 2023).

    Args:
        respondents: the ``respondents`` table of one year.
        definitions: the programme.
        year: the survey year.

    Returns:
        The ``responses`` table: every reported group, ``_all``, and ``_none`` if anybody named no group.
    """
    tallies = _tally(respondents)
    several_groups = definitions.waves[year].wave.several_groups

    def count(codes: tuple[str, ...]) -> _Tally:
        if not several_groups or len(codes) < 2:
            return _add(tallies, codes)
        own = respondents[respondents["group"].astype("str").isin(codes)]
        # one pseudonym in several groups is one response there
        once = _tally(own.drop_duplicates(["level", "respondent"]))
        return _add(once, tuple(once))

    rows = [
        _describe(definitions, year, group.group, group.unit, count((group.group, *_below(definitions, group.group))))
        for group in definitions.reported_groups()
    ]
    unit = common_unit(definitions, year)
    rows.append(_describe(definitions, year, ALL, unit, count(tuple(tallies))))
    if NO_GROUP in tallies:
        rows.append(_describe(definitions, year, NO_GROUP, unit, tallies[NO_GROUP]))
    return arrange(pd.DataFrame(rows), "responses")


def common_unit(definitions: Definitions, year: int) -> str:
    """The unit of all groups that answer, or ``mixed``."""
    units = {group.unit for group in definitions.reported_groups() if group.kind == "answers" and existed(group, year)}
    return units.pop() if len(units) == 1 else MIXED


def explain_absence(definitions: Definitions, year: int, code: str) -> str:
    """Why a group has no individual answers in a year, in plain words; also where nobody knows why."""
    if (why := _why_not_held(definitions, year, code)) is not None:
        return why
    if definitions.waves[year].wave.level == "group":
        return f"in {year} groups answered as a whole, which is not compared with people's own answers"
    return f"nobody answered in {year}"


def _below(definitions: Definitions, code: str) -> tuple[str, ...]:
    if definitions.group_by_code[code].kind != "rollup":
        return ()
    return tuple(group.group for group in definitions.descendants(code))


def _tally(respondents: pd.DataFrame) -> dict[str, _Tally]:
    columns = respondents[["group", "level", "status"]].astype("str")
    counts = columns.value_counts(sort=False).to_dict()
    tallies: dict[str, _Tally] = {}
    for (group, level, status), n in sorted(counts.items()):
        counted = 0 if status == "excluded" else int(n)
        if level == "group":
            added = _Tally(statements_n=counted)
        else:
            added = _Tally(counted, int(n) if status == "complete" else 0, int(n) if status == "excluded" else 0)
        tallies[group] = tallies.get(group, _Tally()) + added
    return tallies


def _add(tallies: dict[str, _Tally], codes: tuple[str, ...]) -> _Tally:
    return sum((tallies[code] for code in codes if code in tallies), _Tally())


def _why_not_held(definitions: Definitions, year: int, code: str) -> str | None:
    """Null when a survey was held, as the roster says or, without a row for the group, by default."""
    group = definitions.group_by_code.get(code)
    if group is not None and not existed(group, year):
        return f"the group did not exist in {year}"
    row = definitions.waves[year].roster_by_group.get(code)
    if row is None or row.survey_held:
        return None
    return f"no survey was held in {year}" + (f": {row.reason}" if row.reason else "")


def _describe(definitions: Definitions, year: int, code: str, unit: str, tally: _Tally) -> dict[str, object]:
    row = definitions.waves[year].roster_by_group.get(code)
    not_held = None if tally.n else _why_not_held(definitions, year, code)
    no_rate = _why_no_rate(row, unit, tally)
    reason = not_held if not_held is not None else f"{NO_RATE}{no_rate}" if no_rate else ""
    eligible = row.eligible if row else None
    return {
        "wave": str(year),
        "group": code,
        "survey_held": not_held is None,
        "n": tally.n,
        "complete_n": tally.complete_n,
        "excluded_n": tally.excluded_n,
        "eligible": eligible,
        "unit": row.unit if row else unit,
        "access": row.access if row else "shared",
        "rate": tally.n / eligible if eligible and not reason else None,
        "rate_complete": tally.complete_n / eligible if eligible and not reason else None,
        "source": row.source if row else "",
        "as_of": row.as_of.isoformat() if row and row.as_of else "",
        "reason": reason,
    }


def _why_no_rate(row: RosterRow | None, unit: str, tally: _Tally) -> str:
    """Plain words, or blank when there is a rate. No number of people, so that it may be printed anywhere."""
    if tally.statements_n and not tally.n:
        return "the group answered as a whole"
    if row is None or row.eligible is None:
        return "nobody has said how many could answer"
    if unit == MIXED:
        return "the groups count by different units"
    if row.unit != unit:
        return f"the roster counts by {row.unit}, the answers by {unit}"
    if row.access == "open":
        return "the link was open to anybody"
    if row.eligible == 0:
        return "the roster says that nobody could answer"
    if tally.n > row.eligible:
        return "more people answered than could, by the roster"
    return ""
