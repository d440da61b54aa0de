"""Alchemer (once SurveyGizmo): responses as CSV or workbook, one header row.

The tool's own columns come first: ``Response ID``, ``Time Started``, ``Date Submitted``, ``Status``
and more. A question of several columns is headed ``Row:Question`` or ``Option:Question``, the part
before the whole; it becomes ``Question [Row]`` like every other tool's. Rows and questions may contain
colons themselves, so a header is cut where the rest is a question that other columns name, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import (
    as_roles,
    count_header_rows,
    find_own_columns,
    fold_label,
    read_labels,
)
from pipeline.ingest.readers._text import trim_header
from schemas.definitions import Wave

TOOL = "alchemer"
WRITE_IN = "other - write in"
URL_VARIABLE = "url variable"
MARKUP = re.compile(r":(</?[a-zA-Z][^<>]*>\s*)+")


def recognise_export(grid: Grid) -> Evidence:
    """The tool's own columns, or headers with the part before the question."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    headers = _read_headers(grid)
    own = find_own_columns(TOOL, headers)
    named = [headers[at] for at in own if not read_labels(TOOL)[fold_label(headers[at])].place]
    names = "', '".join(named)
    reasons = [f"columns '{names}'"] if named else []
    # 'Response ID' and 'Date submitted' are other tools' words, too
    score = 0.0
    if "started" in own.values() and "finished" in own.values():
        score = 0.9
    elif len(named) > 3:
        score = 0.8
    parts = [header for header in headers if WRITE_IN in header.casefold()]
    turned = sum(header != turned for header, turned in zip(headers, _turn_headers(headers), strict=True))
    if parts:
        score, reasons = score + 0.4, [*reasons, f"a header '{parts[0].split(':')[0]}'"]
    if turned > 2:
        score, reasons = score + 0.3, [*reasons, f"{turned} headers 'Row:Question'"]
    return Evidence(min(score, 0.97), tuple(reasons)) if score >= 0.3 else Evidence(0.0)


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """One header row, ``Row:Question`` turned into ``Question [Row]``."""
    rows = count_header_rows(wave, 1)
    written = _read_headers(grid) if rows else [""] * len(grid.columns)
    own = find_own_columns(TOOL, written)
    own |= {at: "technical" for at, header in enumerate(written) if fold_label(header).startswith(URL_VARIABLE)}
    return Layout(rows, tuple(_turn_headers(written)), roles=as_roles(own))


def _read_headers(grid: Grid) -> list[str]:
    head = grid.head(1)
    # markup right after the tool's colon would leave a blank there
    return [trim_header(MARKUP.sub(":", cell)) for cell in head[0]] if head else [""] * len(grid.columns)


def _turn_headers(headers: list[str]) -> list[str]:
    """``Row:Question`` as ``Question [Row]``, where several columns share the question."""
    # the tool puts no blank after its colon; one in a sentence has a blank
    shared = Counter(rest for header in headers for rest in {rest for _, rest in _cut(header)} | {header})
    return [_turn_header(header, shared) for header in headers]


def _turn_header(header: str, shared: Counter[str]) -> str:
    cuts = [(part, rest) for part, rest in _cut(header) if shared[rest] > 1]
    if not cuts:
        return header
    # most columns decide; among equals the longest question
    part, question = max(cuts, key=lambda cut: (shared[cut[1]], len(cut[1])))
    return f"{question} [{part}]"


def _cut(header: str) -> Iterator[tuple[str, str]]:
    for at, sign in enumerate(header):
        if sign == ":" and 0 < at < len(header) - 1 and not header[at + 1].isspace() and header[at + 1] != ":":
            yield header[:at].rstrip(), header[at + 1 :]
