"""One HTML scorecard per group and year, groups below the threshold and without a survey included."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope, text
from pipeline.report.pages import render_history, render_sections
from pipeline.report.templates import write_page
from pipeline.report.views.frame import Source, existing_groups
from pipeline.report.views.year_view import build_scorecard

NAME = "scorecard"
TITLE = "Scorecard of each group"
SCOPE: Scope = "year"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``<year>/scorecards/<group>.html`` for every reported group that existed in ``context.year``."""
    assert context.year is not None
    source = Source.of(context)
    written = []
    for group in existing_groups(source.definitions, context.year):
        view = build_scorecard(source, context.year, group)
        synthetic = view.frame.synthetic
        path = write_page(
            context.paths.report(str(context.year), f"scorecards/{group.group}.html"),
            "scorecard.html.j2",
            frame=view.frame,
            view=view,
            history=render_history(view.principles, text.capitalise(source.words.principle), synthetic=synthetic),
            charts=render_sections(view.sections, synthetic=synthetic),
            none_reported=text.NO_IMPROVEMENTS,
        )
        context.on_progress(f"scorecard {group.group}")
        written.append(path)
    return written
