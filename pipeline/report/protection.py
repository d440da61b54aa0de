"""The page an invitation can carry: what is published of an answer, and what never is."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.templates import write_page
from pipeline.report.text.protection import explain_protection
from pipeline.report.views.frame import Source
from pipeline.store.files import write_text

NAME = "how-answers-are-protected"
TITLE = "How answers are protected: a page for the invitation"
SCOPE: Scope = "programme"


def write_report(context: ReportContext) -> list[Path]:
    """Write ``how-answers-are-protected.html``, and as plain text for an e-mail; by the rules of the latest survey.

    It needs definitions alone, so that it is there before anybody has answered.
    """
    source = Source.of(context)
    waves = context.definitions.waves
    wave = waves[max(waves)].wave if waves else None
    sections = explain_protection(
        source.profile,
        source.words,
        context.definitions.programme.retention,
        linked=bool(wave and wave.linked),
        asks_to_share=bool(wave and wave.share_comment_column),
    )
    frame = source.build_frame()
    page = write_page(context.paths.reports / f"{NAME}.html", "protection.html.j2", frame=frame, sections=sections)
    lines = ["How your answers are protected", frame.programme, ""]
    for heading, sentences in sections:
        lines += [heading.upper(), *(f"- {sentence}" for sentence in sentences), ""]
    context.on_progress("page for the invitation")
    return [page, write_text(page.with_suffix(".txt"), "\n".join([*lines, frame.rules]) + "\n")]
