"""What a period's workbooks show: per group its answers, scores, changes, questions and assessment.

Frozen values in calendar and questionnaire order; sentences come from ``pipeline.report.text``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.report import ReportContext
from pipeline.report.text import capitalise, describe_profile
from pipeline.report.views.frame import fingerprint
from pipeline.report.views.item_change_rows import ItemShiftRow
from pipeline.report.views.period_changes import AGGREGATIONS, ChangeFacts, list_changes
from pipeline.report.views.rows import CountRow, ReleasedRows, ResponseRow, ScoreRow, index_release
from pipeline.store.crosswalk import last_asked
from pipeline.store.definitions import Definitions
from pipeline.store.errors import user_error
from schemas.assessment import GroupAssessment
from schemas.definitions import ALL, Item, Programme, ScalePoint


@dataclass(frozen=True)
class YearFacts:
    """One group in one year; ``row`` is None where the programme ran no survey at all."""

    group: str
    group_name: str
    level: str
    year: int
    row: ResponseRow | None
    stand_in_name: str


@dataclass(frozen=True)
class ScoreFacts:
    """A score; ``shown_for`` names the larger whole whose result stands in for a withheld one."""

    name: str
    row: ScoreRow
    response: ResponseRow
    left_out_by_group: bool
    items_asked: int
    shown_for: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """One question in one year with its answers; counts are in the order of its scale."""

    year: int
    item: Item
    text: str
    principle_name: str
    comparability: str
    points: tuple[ScalePoint, ...]
    counts: tuple[CountRow, ...]
    score: ScoreRow | None
    shift: ItemShiftRow | None


@dataclass(frozen=True)
class GroupPeriod:
    """Everything one group's workbook shows."""

    code: str
    name: str
    level: str
    assessment: GroupAssessment
    responses: tuple[YearFacts, ...]
    responses_below: tuple[YearFacts, ...]
    scores: tuple[ScoreFacts, ...]
    changes: tuple[ChangeFacts, ...]
    items: tuple[ItemFacts, ...]

    @property
    def years(self) -> tuple[int, ...]:
        return self.assessment.years


@dataclass(frozen=True)
class PeriodView:
    """One assessment period; ``groups`` in register order, never ranked."""

    period: str
    name: str
    programme: Programme
    report_date: date
    release_rules: str
    community: GroupPeriod
    groups: tuple[GroupPeriod, ...]


def build_period(context: ReportContext) -> PeriodView:
    """Read the release and the assessment of ``context.period`` into one view.

    Raises:
        UserError: ``nothing_to_run`` when no survey was held in any year of the period.
        ValueError: when the context carries no assessment (the stage makes it).
    """
    if context.assessment is None:
        raise ValueError("a period's report needs context.assessment")
    definitions, programme = context.definitions, context.definitions.programme
    rows = index_release(context.release)
    groups = {code: _build_group(definitions, rows, part) for code, part in context.assessment.groups.items()}
    held = [year for year in context.assessment.groups[ALL].years if year in definitions.waves]
    if not held:
        raise user_error("nothing_to_run", f"No survey was held in period '{context.period}'", file="periods.csv")
    profile = programme.release_profile(context.release.profile)
    return PeriodView(
        period=context.assessment.period,
        name=context.assessment.name,
        programme=programme,
        report_date=definitions.waves[held[-1]].wave.report_date,
        release_rules=describe_profile(context.release.profile, profile, fingerprint(profile), programme.words),
        community=groups.pop(ALL),
        groups=tuple(groups.values()),
    )


def _build_group(definitions: Definitions, rows: ReleasedRows, assessment: GroupAssessment) -> GroupPeriod:
    code, years = assessment.group, assessment.years
    below = (group.group for group in definitions.descendants(code))
    return GroupPeriod(
        code=code,
        name=capitalise(definitions.group_name(code)),
        level=describe_level(definitions, code),
        assessment=assessment,
        responses=_list_responses(definitions, rows, code, years),
        responses_below=tuple(facts for each in below for facts in _list_responses(definitions, rows, each, years)),
        scores=tuple(_list_scores(definitions, rows, code, years)),
        changes=tuple(
            list_changes(definitions, rows, code, _held_years(rows, code, years), _list_measures(definitions, years))
        ),
        items=tuple(_list_items(definitions, rows, code, years)),
    )


def describe_level(definitions: Definitions, code: str) -> str:
    """Which level a figure is about: 'GNSO' is not 'GNSO Council'."""
    if code == ALL:
        return "every answer of every group"
    group = definitions.group_by_code[code]
    kind = "roll-up of the groups below it" if group.kind == "rollup" else "answers for itself"
    return f"{kind}, part of {definitions.group_name(group.parent)}" if group.parent else kind


def _list_responses(
    definitions: Definitions, rows: ReleasedRows, code: str, years: tuple[int, ...]
) -> tuple[YearFacts, ...]:
    name, level = capitalise(definitions.group_name(code)), describe_level(definitions, code)
    facts = []
    for year in years:
        row = rows.responses.get((year, code))
        stand_in = capitalise(definitions.group_name(row.stand_in)) if row and row.stand_in else ""
        facts.append(YearFacts(code, name, level, year, row, stand_in))
    return tuple(facts)


def _list_scores(
    definitions: Definitions, rows: ReleasedRows, code: str, years: tuple[int, ...]
) -> Iterator[ScoreFacts]:
    """Principle by principle, each year in turn; a withheld year is followed by its stand-in."""
    group = definitions.group_by_code.get(code)
    optional = group.optional_parts if group else ()
    for measure, names in _list_measures(definitions, years).items():
        for year in years:
            response = rows.responses.get((year, code))
            if response is None or year not in names:
                continue
            asked = sum(_belongs(definitions, year, item, measure) for item in definitions.waves[year].items)
            for row in _find_scores(rows, year, code, measure):
                yield ScoreFacts(names[year], row, response, measure in optional, asked)
            if not response.shown and (other := rows.responses.get((year, response.stand_in))):
                for row in _find_scores(rows, year, response.stand_in, measure):
                    whole = capitalise(definitions.group_name(response.stand_in))
                    yield ScoreFacts(names[year], row, other, False, asked, whole)


def _list_measures(definitions: Definitions, years: tuple[int, ...]) -> dict[str, dict[int, str]]:
    """Principle names by code and year, overarching questions first, parts under their principle."""
    names: dict[str, dict[int, str]] = {}
    kinds: dict[str, tuple[str, str | None]] = {}
    for year in years:
        for row in definitions.principles(year) if year in definitions.waves else ():
            language = definitions.programme.language
            name = row.name.get(language) or next(iter(row.name.values()), row.principle)
            numbered = row.kind != "overarching" and any(letter.isdigit() for letter in row.principle)
            label = f"{row.principle} {name}" if numbered else name
            names.setdefault(row.principle, {})[year] = label
            kinds[row.principle] = (row.kind, row.parent)
    place = {code: at for at, code in enumerate(names)}

    def order(code: str) -> tuple[int, int, int]:
        kind, parent = kinds[code]
        return (kind != "overarching", place.get(parent or code, place[code]), 0 if kind != "part" else 1 + place[code])

    return {code: names[code] for code in sorted(names, key=order)}


def _belongs(definitions: Definitions, year: int, item: Item, measure: str) -> bool:
    parents = {row.principle: row.parent for row in definitions.principles(year)}
    return measure in (item.principle, parents.get(item.principle))


def _find_scores(rows: ReleasedRows, year: int, code: str, measure: str) -> Iterator[ScoreRow]:
    for aggregation in AGGREGATIONS:
        for kind in ("overall", "principle", "part"):
            if row := rows.score(year, code, kind, measure, aggregation):
                yield row


def _held_years(rows: ReleasedRows, code: str, years: tuple[int, ...]) -> list[int]:
    return [year for year in years if (row := rows.responses.get((year, code))) and row.survey_held]


def _list_items(definitions: Definitions, rows: ReleasedRows, code: str, years: tuple[int, ...]) -> Iterator[ItemFacts]:
    """Question by question in the order of the latest questionnaire, each year in turn."""
    held = _held_years(rows, code, years)
    order = {item.item: None for year in reversed(held) for item in definitions.waves[year].items}
    measures = _list_measures(definitions, years)
    language = definitions.programme.language
    for code_of_item in order:
        for year in held:
            wave = definitions.waves[year]
            item = wave.item_by_code.get(code_of_item)
            if item is None:
                continue
            scores = (rows.score(year, code, "item", item.item, aggregation) for aggregation in AGGREGATIONS[:2])
            yield ItemFacts(
                year=year,
                item=item,
                text=item.text.get(language) or next(iter(item.text.values()), ""),
                principle_name=measures.get(item.principle, {}).get(year, ""),
                comparability=_describe_comparability(definitions, year, item),
                points=wave.scales[item.scale],
                counts=rows.counts.get((year, code, item.item), ()),
                score=next(filter(None, scores), None),
                shift=rows.item_shifts.get((year, item.item)),
            )


def _describe_comparability(definitions: Definitions, year: int, item: Item) -> str:
    earlier = last_asked(definitions, year, item)
    if earlier is None:
        return "first asked this year"
    change = item.comparability or "identical"
    said = {
        "identical": "same question as in {}",
        "editorial": "same question as in {}, small editorial change",
        "substantive": "[b] wording changed since {}: not compared",
        "scale change": "[b] answer scale changed since {}: not compared",
    }
    return said[change].format(earlier[0])
