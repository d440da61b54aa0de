"""The programme's front page, with links to everything that was written beside it."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.templates import write_page
from pipeline.report.views.frame import Source
from pipeline.report.views.index_view import build_index

NAME = "index"
TITLE = "Front page of the programme"
SCOPE: Scope = "programme"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``index.html``; it lists the reports that exist, so it comes last."""
    view = build_index(Source.of(context), context.paths)
    path = write_page(context.paths.reports / "index.html", "index.html.j2", frame=view.frame, view=view)
    context.on_progress("index")
    return [path]
