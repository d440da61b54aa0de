"""One page per group before a year's fieldwork, and the community's: whom to invite, what could be found, what will be shown."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.templates import write_page
from pipeline.report.views.before_view import build_before, list_group_lines
from pipeline.report.views.frame import Link, Source, existing_groups
from schemas.definitions import ALL

NAME = "before"
TITLE = "Before fieldwork: whom to invite, what could be found, what will be shown"
SCOPE: Scope = "before"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``<year>/before/community.html`` and a page for every reported group of ``context.year``."""
    assert context.year is not None
    source, year = Source.of(context), context.year
    codes = [ALL, *(group.group for group in existing_groups(source.definitions, year))]
    written = []
    for code in codes:
        links = () if code == ALL else (Link("All groups", "community.html"),)
        view = build_before(source, year, code, links)
        path = write_page(
            context.paths.report(str(year), f"before/{'community' if code == ALL else code}.html"),
            "before.html.j2",
            frame=view.frame,
            view=view,
            lines=list_group_lines(source, year) if code == ALL else (),
        )
        context.on_progress(f"before fieldwork: {view.name}")
        written.append(path)
    return written
