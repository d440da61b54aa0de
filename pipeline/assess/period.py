"""Join a programme's criteria, indicators and improvements to the years of one assessment period."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.store.definitions import Definitions
from pipeline.store.errors import user_error
from schemas.assessment import (
    NOT_APPLICABLE,
    NOT_ASSESSED,
    Assessment,
    CriterionAssessment,
    GroupAssessment,
    IndicatorEvidence,
)
from schemas.definitions import ALL, Criterion, Group, Improvement, Indicator, Period


def assess_period(definitions: Definitions, period: str) -> Assessment:
    """Lay out one period for the whole community and each reported group it covers.

    Raises:
        UserError: ``nothing_to_run`` when periods.csv does not know the period.
    """
    rows = [row for row in definitions.periods if row.period == period]
    if not rows:
        known = ", ".join(dict.fromkeys(row.period for row in definitions.periods)) or "none"
        raise user_error("nothing_to_run", f"There is no period '{period}'; known periods: {known}", file="periods.csv")
    covered = {ALL: list_years(rows, ALL)}
    for group in definitions.reported_groups():
        years = list_years(rows, group.group)
        if any((group.since or year) <= year <= (group.until or year) for year in years):
            covered[group.group] = years
    return Assessment(
        period, rows[0].name, {code: _assess_group(definitions, code, years) for code, years in covered.items()}
    )


def list_years(rows: Iterable[Period], group: str) -> tuple[int, ...]:
    """Calendar years of a period for one group, whether or not a survey was held in them.

    A row that names the group overrides the row for all; the whole community without a row of its own
    spans all rows. Empty: the period does not cover the group.
    """
    by_group = {row.group: row for row in rows}
    row = by_group.get(group) or by_group.get(None)
    if row is not None:
        return tuple(range(row.year_from, row.year_to + 1))
    if group != ALL:
        return ()
    return tuple(range(min(r.year_from for r in by_group.values()), max(r.year_to for r in by_group.values()) + 1))


def _assess_group(definitions: Definitions, code: str, years: tuple[int, ...]) -> GroupAssessment:
    """Criteria of the group, of the groups above it and of everybody; improvements of it and those below it."""
    owners = {None, code, *(definitions.ancestors(code) if code != ALL else ())}
    group = definitions.group_by_code.get(code)
    doers = {code, *(below.group for below in definitions.descendants(code))}
    return GroupAssessment(
        group=code,
        years=years,
        criteria=tuple(
            _assess_criterion(definitions, criterion, group, years)
            for criterion in definitions.criteria
            if criterion.group in owners
        ),
        improvements=tuple(
            row for row in definitions.improvements if row.group in doers and touches_period(row, years)
        ),
    )


def _assess_criterion(
    definitions: Definitions, criterion: Criterion, group: Group | None, years: tuple[int, ...]
) -> CriterionAssessment:
    left_out = group is not None and criterion.principle in group.optional_parts
    return CriterionAssessment(
        criterion=criterion,
        owner=criterion.group,
        rating=NOT_APPLICABLE if left_out else NOT_ASSESSED,
        indicators=tuple(
            IndicatorEvidence(indicator, _list_asked(definitions, indicator, years))
            for indicator in definitions.indicators
            if indicator.criterion == criterion.criterion
        ),
    )


def _list_asked(definitions: Definitions, indicator: Indicator, years: tuple[int, ...]) -> tuple[int, ...]:
    held = (year for year in years if year in definitions.waves)
    return tuple(year for year in held if any(item in definitions.waves[year].item_by_code for item in indicator.items))


def touches_period(improvement: Improvement, years: tuple[int, ...]) -> bool:
    """Whether an improvement belongs to the years: not begun after them, not closed before them.

    An unknown date never leaves anything out.
    """
    begun_in_time = improvement.started is None or improvement.started.year <= years[-1]
    closed = improvement.status in ("done", "dropped")
    closed_before = closed and improvement.due is not None and improvement.due.year < years[0]
    return begun_in_time and not closed_before
