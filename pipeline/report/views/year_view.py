"""The yearly scorecard of one group: everything its page says, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.comments import CommentsView, build_comments
from pipeline.report.views.frame import Link, PageFrame, Source, existing_groups, list_methods
from pipeline.report.views.items import ItemSection, build_item_sections, name_item_methods
from pipeline.report.views.principles import PrincipleView, build_principles
from pipeline.report.views.rows import ResponseRow
from schemas.definitions import ALL, Group, Improvement

_REMARK = re.compile("[;:] ")


@dataclass(frozen=True)
class ResponseView:
    """Who was asked and who answered, in sentences."""

    held: bool
    fact: str
    source: str
    needed: str
    left_out: str
    rate: int | None = None
    complete: str = ""

    @property
    def headline(self) -> str:
        """The fact up to its remark, for large print."""
        return _REMARK.split(self.fact, maxsplit=1)[0]

    @property
    def remark(self) -> str:
        """What follows: why no rate can be computed, say; blank when the headline says it all."""
        return text.capitalise("".join(_REMARK.split(self.fact, maxsplit=1)[1:]))


@dataclass(frozen=True)
class ImprovementView:
    """One line of what was done: issue, measure, outcome."""

    issue: str
    measure: str
    owner: str
    resources: str
    started: str
    due: str
    status: str
    outcome: str
    evidence: str


@dataclass(frozen=True)
class StandIn:
    """The smallest whole that may be shown in place of a withheld group."""

    name: str
    href: str
    sentence: str
    response: str
    principles: tuple[PrincipleView, ...]


@dataclass(frozen=True)
class ScorecardView:
    """One group's page of one year. Texts and numbers are final: a template only places them."""

    frame: PageFrame
    year: int
    group: str
    name: str
    belongs_to: str
    survey: str
    response: ResponseView
    shown: bool
    summary: tuple[str, ...]
    principles: tuple[PrincipleView, ...]
    stand_in: StandIn | None
    improvements: tuple[ImprovementView, ...]
    sections: tuple[ItemSection, ...]
    sections_withheld: str
    comments: CommentsView
    methods: tuple[str, ...]
    links: tuple[Link, ...]


def build_scorecard(source: Source, year: int, group: Group) -> ScorecardView:
    """View of one group's scorecard; works for withheld groups and groups without a survey too."""
    row = source.rows.responses.get((year, group.group))
    shown = row is not None and row.survey_held and row.shown
    principles = build_principles(source, year, group.group) if shown else ()
    sections = build_item_sections(source, year, group.group) if shown else ()
    stand_in = _build_stand_in(source, year, row) if row and not shown else None
    response = build_response(source, year, row)
    return ScorecardView(
        frame=source.build_frame(year),
        year=year,
        group=group.group,
        name=group.name,
        belongs_to=source.definitions.group_name(group.parent) if group.parent else "",
        survey=source.definitions.waves[year].wave.title,
        response=response,
        shown=shown,
        summary=(response.fact, *summarise(source, principles)) if shown else (response.fact,),
        principles=principles,
        stand_in=stand_in,
        improvements=build_improvements(source, year, group.group),
        sections=sections if any(section.shown for section in sections) else (),
        sections_withheld=say_all_withheld(sections),
        comments=build_comments(source, year, group.group),
        methods=name_methods(principles, more=name_item_methods(sections)) if shown else name_methods(stand_in.principles, changes=False) if stand_in else (),
        links=_build_links(source, year, group.group),
    )  # fmt: skip


def build_response(source: Source, year: int, row: ResponseRow | None) -> ResponseView:
    """Response facts; a group nobody recorded held no survey as far as anyone can say."""
    if row is None or not row.survey_held:
        return ResponseView(False, text.describe_no_survey(year, row.reason if row else "", source.words), "", "", "")
    fact = text.describe_response(
        row.n, row.eligible, row.rate_percent, words=source.words, unit=row.unit, access=row.access, reason=row.reason
    )
    return ResponseView(
        held=True,
        fact=fact,
        source=text.describe_source(row.source, row.as_of, row.eligible),
        needed=""
        if row.shown
        else text.describe_needed(row.needed_n, source.words, n=row.n, eligible=row.eligible) or text.WITHHELD_GROUP,
        left_out=text.describe_answers_left_out(row.left_out_n, row.left_out_items_n, source.words),
        rate=row.rate_percent,
        complete=text.describe_complete_rate(row.rate_percent, row.rate_complete_percent),
    )


def flatten(views: Sequence[PrincipleView]) -> list[PrincipleView]:
    """Principles with their parts and their other aggregation."""
    found = []
    for view in views:
        found += [view, *flatten(view.parts), *(flatten([view.other_way]) if view.other_way else [])]
    return found


def name_methods(
    principles: Sequence[PrincipleView], *, changes: bool = True, more: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Sentences of the methods behind the scores (and changes) that a page prints, and of ``more``."""
    views = flatten(principles)
    methods = {view.score_method for view in views} | {view.change_method for view in views if changes} | more
    return tuple(list_methods(methods, {view.verdict for view in views if changes}))


def summarise(source: Source, principles: Sequence[PrincipleView]) -> list[str]:
    """The paragraph a chair reads first: the overarching question, the span of averages, what changed."""
    overall = [
        text.describe_overall(view.name, view.cells.mean, view.cells.n)
        for view in principles
        if view.kind == "overall" and view.cells.shown
    ]
    scored = [view for view in principles if view.kind == "principle"]
    means = [int(view.cells.mean) for view in scored if view.cells.shown]
    ns = [int(view.cells.n) for view in scored if view.cells.shown]
    span = [text.describe_span(min(means), max(means), ns, source.words)] if means else []
    return [*span, *overall, *describe_changes(source, scored)]  # fmt: skip


def describe_changes(source: Source, principles: Sequence[PrincipleView]) -> list[str]:
    """What changed since the year compared with: principles by verdict, fact words first."""
    compared = [view for view in principles if view.verdict and view.change_from is not None]
    if not compared:
        return [text.NO_EARLIER_YEAR] if principles else []
    years = {view.change_from for view in compared}
    since = years.pop() if len(years) == 1 else None
    by_verdict = {
        verdict: [view.name for view in compared if view.verdict == verdict]
        for verdict in (*text.VERDICT_ORDER, text.WITHHELD_SHORT)
    }
    return [text.describe_verdicts(by_verdict, since, source.words)]


def build_improvements(source: Source, year: int, group: str) -> tuple[ImprovementView, ...]:
    """What a group did since last year: measures begun by the report's date, not closed before the last one."""
    definitions = source.definitions
    day = definitions.waves[year].wave.report_date
    earlier = [definitions.waves[y].wave.report_date for y in definitions.years if y < year]
    rows = (
        row
        for row in definitions.improvements_for(group)
        if (row.started is None or row.started <= day)
        and not (row.status in ("done", "dropped") and row.due and earlier and row.due < earlier[-1])
    )
    return tuple(_improvement(row) for row in rows)


def _improvement(row: Improvement) -> ImprovementView:
    return ImprovementView(
        issue=row.issue,
        measure=row.measure,
        owner=row.owner,
        resources=row.resources,
        started=text.format_date(row.started) if row.started else "",
        due=text.format_date(row.due) if row.due else "",
        status=row.status,
        outcome=row.outcome,
        evidence=row.evidence,
    )


def _build_stand_in(source: Source, year: int, row: ResponseRow) -> StandIn | None:
    parent = source.rows.responses.get((year, row.stand_in))
    if not row.stand_in or parent is None or not parent.shown:
        return None
    name = source.definitions.group_name(row.stand_in)
    facts = build_response(source, year, parent)
    return StandIn(
        name=name,
        href="../community.html" if row.stand_in == ALL else f"{row.stand_in}.html",
        sentence=text.describe_stand_in(name, source.words),
        response=" ".join(filter(None, (facts.fact, facts.left_out))),
        principles=build_principles(source, year, row.stand_in),
    )


def say_all_withheld(sections: Sequence[ItemSection]) -> str:
    """One sentence instead of many, where no question's counts may be shown."""
    reasons = {item.withheld for section in sections for item in section.items}
    if any(section.shown for section in sections) or not reasons:
        return ""
    return text.describe_all_withheld(reasons.pop() if len(reasons) == 1 else "")


def _build_links(source: Source, year: int, group: str) -> tuple[Link, ...]:
    """Back to the index and community, and the same group in other years."""
    links = [
        Link(text.ALL_REPORTS, "../../index.html"),
        Link(text.COMMUNITY_PAGE.format(year=year), "../community.html"),
    ]
    for other in source.rows.years_until(year):
        if any(found.group == group for found in existing_groups(source.definitions, other)):
            links.append(Link(str(other), f"../../{other}/scorecards/{group}.html", here=other == year))
    return tuple(links)
