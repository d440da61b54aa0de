"""Pages with signed excerpts for one group only. They are no report: nothing lists, links or publishes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.report import ReportContext, text
from pipeline.report.templates import write_page
from pipeline.report.views.frame import Source
from schemas.definitions import NO_GROUP

FOLDER = "for-groups"


def write_group_pages(context: ReportContext, excerpts: pd.DataFrame) -> list[Path]:
    """Write ``<year>/for-groups/<group>-comments.html`` for each group that may read something.

    Args:
        context: a year's.
        excerpts: the year's ``comment_excerpts``.
    """
    assert context.year is not None
    source = Source.of(context)
    own = excerpts[excerpts["to_group"].astype(bool) & (excerpts["group"] != NO_GROUP)]
    written = []
    for group, rows in own.sort_values("comment").groupby(own["group"].astype("str")):
        name = source.definitions.group_name(str(group))
        path = write_page(
            context.paths.report(str(context.year), f"{FOLDER}/{group}-comments.html"),
            "group_comments.html.j2",
            frame=source.build_frame(context.year),
            name=name,
            year=context.year,
            only=text.describe_group_only(name, source.words),
            excerpts=rows["text"].astype("str").tolist(),
        )
        context.on_progress(f"comments for {group}")
        written.append(path)
    return written
