"""The community's page of a year: principles both ways, change verdicts, groups in register order."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope, text
from pipeline.report.pages import render_history, render_sections
from pipeline.report.templates import write_page
from pipeline.report.views.community_view import build_community
from pipeline.report.views.frame import Source

NAME = "community"
TITLE = "Community page"
SCOPE: Scope = "year"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``<year>/community.html`` for ``context.year``."""
    assert context.year is not None
    source = Source.of(context)
    view = build_community(source, context.year)
    synthetic = view.frame.synthetic
    path = write_page(
        context.paths.report(str(context.year), "community.html"),
        "community.html.j2",
        frame=view.frame,
        view=view,
        history=render_history(view.principles, text.capitalise(source.words.principle), synthetic=synthetic),
        charts=render_sections(view.sections, synthetic=synthetic),
        none_reported=text.NO_IMPROVEMENTS,
        look_first_title=text.SEEN_TOGETHER_TITLE,
    )
    context.on_progress("community page")
    return [path]
