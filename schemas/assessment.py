"""What a period's assessment lays out for a group: its years, criteria, indicators and improvements.

Made by ``pipeline.assess`` from the definitions, shown by reports. Ratings are people's judgement: the
pipeline only prepares the place where a group writes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.definitions import Criterion, Improvement, Indicator

NOT_ASSESSED = "not assessed"
NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class IndicatorEvidence:
    """An indicator, and the years of the period whose survey asked one of its items."""

    indicator: Indicator
    asked: tuple[int, ...]


@dataclass(frozen=True)
class CriterionAssessment:
    """A criterion as one group meets it; ``owner`` is the group that wrote it, None: every group."""

    criterion: Criterion
    owner: str | None
    rating: str
    indicators: tuple[IndicatorEvidence, ...]


@dataclass(frozen=True)
class GroupAssessment:
    """One group's side of a period: calendar years, criteria and improvements, in file order."""

    group: str
    years: tuple[int, ...]
    criteria: tuple[CriterionAssessment, ...]
    improvements: tuple[Improvement, ...]


@dataclass(frozen=True)
class Assessment:
    """A period: every group it covers, in register order, the whole community (``_all``) first."""

    period: str
    name: str
    groups: dict[str, GroupAssessment]
