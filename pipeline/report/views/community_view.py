"""The community's page of one year: its principles both ways, and every group in register order."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.comments import CommentsView, build_comments
from pipeline.report.views.cuts import CutTable, build_cuts
from pipeline.report.views.frame import Link, PageFrame, Source, existing_groups
from pipeline.report.views.items import ItemSection, build_item_sections, name_item_methods
from pipeline.report.views.principles import PrincipleView, build_principle, build_principles
from pipeline.report.views.together import TogetherView, build_together
from pipeline.report.views.year_view import (
    ImprovementView,
    ResponseView,
    build_improvements,
    build_response,
    name_methods,
    say_all_withheld,
    summarise,
)
from schemas.definitions import ALL, Group


@dataclass(frozen=True)
class GroupLine:
    """One group beside the others: never sorted by a score."""

    name: str
    level: int
    href: str
    response: ResponseView
    note: str
    principles: tuple[PrincipleView, ...]


@dataclass(frozen=True)
class CommunityView:
    """The whole community in one year. Texts and numbers are final."""

    frame: PageFrame
    year: int
    name: str
    survey: str
    response: ResponseView
    shown: bool
    summary: tuple[str, ...]
    principles: tuple[PrincipleView, ...]
    columns: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    cuts: tuple[CutTable, ...]
    cuts_note: str
    look_first: str
    together: TogetherView
    improvements: tuple[ImprovementView, ...]
    sections: tuple[ItemSection, ...]
    sections_withheld: str
    comments: CommentsView
    methods: tuple[str, ...]
    links: tuple[Link, ...]


def build_community(source: Source, year: int) -> CommunityView:
    """View of the community page of one year."""
    definitions = source.definitions
    row = source.rows.responses.get((year, ALL))
    shown = row is not None and row.survey_held and row.shown
    principles = build_principles(source, year, ALL) if shown else ()
    sections = build_item_sections(source, year, ALL) if shown else ()
    response = build_response(source, year, row)
    lines = tuple(_build_line(source, year, group) for group in existing_groups(definitions, year))
    used = [*principles, *(view for line in lines for view in line.principles)]
    marked = any(view.look_first for view in used)
    cuts = build_cuts(source, year) if shown else ()
    together = build_together(source, year)
    level = definitions.programme.change.look_first_q
    return CommunityView(
        frame=source.build_frame(year),
        year=year,
        name=text.capitalise(definitions.group_name(ALL)),
        survey=definitions.waves[year].wave.title,
        response=response,
        shown=shown,
        summary=(response.fact, *summarise(source, principles)),
        principles=principles,
        columns=tuple(source.translate(p.name) for p in definitions.principles(year) if p.kind == "principle"),
        lines=lines,
        cuts=cuts,
        cuts_note=text.describe_cuts(source.words) if cuts else "",
        look_first=text.describe_look_first(level, source.words) if marked else "",
        together=together,
        improvements=build_improvements(source, year, ALL),
        sections=sections if any(section.shown for section in sections) else (),
        sections_withheld=say_all_withheld(sections),
        comments=build_comments(source, year, ALL),
        methods=name_methods(
            used, more=together.methods.union(name_item_methods(sections), *(table.methods for table in cuts))
        ),
        links=_build_links(source, year),
    )


def _build_line(source: Source, year: int, group: Group) -> GroupLine:
    """One group's row: response facts, then the main score of each principle with its verdict."""
    row = source.rows.responses.get((year, group.group))
    asked = [principle for principle in source.definitions.principles(year) if principle.kind == "principle"]
    held = row is not None and row.survey_held
    way = source.aggregations(group.group)[:1]
    views = tuple(build_principle(source, year, group.group, p, ways=way) for p in asked) if held else ()
    reasons = {view.cells.mean for view in views if not view.cells.n}
    alike = len(reasons) == 1 and not any(view.cells.n for view in views)  # say it once, not per principle
    return GroupLine(
        name=group.name,
        level=len(source.definitions.ancestors(group.group)) - 1,
        href=f"scorecards/{group.group}.html",
        response=build_response(source, year, row),
        note=text.capitalise(text.end_sentence(reasons.pop())) if alike else "",
        principles=() if alike else views,
    )


def _build_links(source: Source, year: int) -> tuple[Link, ...]:
    others = tuple(Link(str(y), f"../{y}/community.html", here=y == year) for y in source.rows.years_until(year))
    return (Link(text.ALL_REPORTS, "../index.html"), *others)
