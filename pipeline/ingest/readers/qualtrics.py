"""Qualtrics: three header rows, two in the legacy format, fewer where somebody took some out.

The first row holds codes (``StartDate``, ``Q4_1``; legacy exports: ``V1`` for the tool's own), the second the
questions' texts, in the owner's language even for the tool's own columns, the third ids for importing
(``{"ImportId":"QID4-1"}``). A matrix is headed ``Question - Row`` (older: ``Question-Row``). A question that
was shown and not answered may be coded ``-99``, ``-1`` or ``-2``: that is for the scale to say, and stays.
"""

from __future__ import annotations

import re

from pipeline.ingest.readers._grid import Evidence, Grid, Layout
from pipeline.ingest.readers._labels import are_numbers, as_roles, count_header_rows, find_own_columns
from pipeline.ingest.readers._qualtrics_texts import join_texts
from pipeline.ingest.readers._text import trim_header
from schemas.definitions import Wave

TOOL = "qualtrics"
HEADER_ROWS = 3
IMPORT_ID = re.compile(r"""\s*\{\s*['"]?ImportId['"]?\s*:\s*['"]?(?P<id>[^'"}]*)""")
RESPONSE_ID = re.compile(r"(R|FS|CGC|RMLP)_[0-9A-Za-z]{11,22}")
OWN_CODE = re.compile(r"[A-Z]\w*[a-z][A-Z]\w*|IPAddress|Duration \(in seconds\)")
LEGACY_CODE = re.compile(r"V\d{1,2}")
LEGACY = ("ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress",
          "Status", "StartDate", "EndDate", "Finished")  # fmt: skip
"""What V1 … V10 are."""
QUESTION_CODE = re.compile(r"Q(ID)?\d+(#\d+)?(_\d+)*(_TEXT|_DO(_\d+)?|_NPS_GROUP|_RANK)?")
SPECIAL_CODE = re.compile(r"Q(ID)?\d+(#\d+_\d+.*|_.*TEXT|_DO(_.*)?|_NPS_GROUP)")
TECHNICAL = re.compile(
    r"""(?x) SC\d+ | (Q\w*|FL_\d+|BL_\w+)_DO(_.*)?
    | .*_(First\ Click|Last\ Click|Page\ Submit|Click\ Count)
    | .*\ -\ (Parent\ Topics|Topics|Topic\ Sentiment.*|Sentiment.*|Actionability.*|Effort.*|Emotion.*)"""
)
BROWSER = ("_Browser", "_Version", "_Operating System", "_Resolution")
FLAG = re.compile(r"Q_[A-Z].*")
"""The tool's own fields (``Q_RecaptchaScore``); a question may be called so, but is imported as QID."""


def recognise_export(grid: Grid) -> Evidence:
    """Import ids, response ids, or several of the tool's own codes in the first row."""
    if grid.variables or not grid.n_rows:
        return Evidence(0.0)
    head = grid.head()
    score, reasons = 0.0, []
    if any(_has_import_ids(row) for row in head[:HEADER_ROWS]):
        score, reasons = 0.98, ["a header row with import ids"]
    codes = [trim_header(cell) for cell in head[0]]
    own = [codes[at] for at in find_own_columns(TOOL, codes) if OWN_CODE.fullmatch(codes[at])]
    if len(own) > 1:
        score, reasons = max(score, min(0.2 * len(own), 0.9)), [*reasons, "columns '" + "', '".join(own[:4]) + "'"]
    legacy = sum(bool(LEGACY_CODE.fullmatch(code)) for code in codes)
    if legacy > 2 and len(head) > 1 and sum(trim_header(cell) in LEGACY for cell in head[1]) > 2:
        score, reasons = max(score, 0.95), [*reasons, "first columns 'V1', 'V2' … with the tool's own names below"]
    if any(RESPONSE_ID.fullmatch(cell.strip()) for row in head[1 : HEADER_ROWS + 1] for cell in row):
        score, reasons = max(score, 0.9 if own or legacy > 2 else 0.7), [*reasons, "response ids 'R_…'"]
    special = sum(bool(SPECIAL_CODE.fullmatch(code)) for code in codes)
    if special and sum(bool(QUESTION_CODE.fullmatch(code)) for code in codes) > 3:
        score, reasons = max(score + 0.1, 0.4), [*reasons, "codes such as 'Q3_4_TEXT'"]
    return Evidence(min(score, 0.98), tuple(reasons))


def lay_out(grid: Grid, wave: Wave) -> Layout:
    """Headers are the texts, ``Question [Row]`` where several columns share a question; codes stay codes."""
    head = grid.head()
    found = _count_header_rows(head)
    count = count_header_rows(wave, found)
    if not 0 < count <= len(head):
        return Layout(count, ("",) * len(grid.columns))
    rows = [[trim_header(cell) for cell in row] for row in head[:count]]
    import_ids = [""] * len(grid.columns)
    for at in range(count - 1, -1, -1):
        if _has_import_ids(head[at]):
            import_ids = [match["id"] if (match := IMPORT_ID.match(cell)) else "" for cell in head[at]]
            del rows[at]
    codes = rows[0] if rows else import_ids
    texts = rows[1] if len(rows) > 1 else codes
    return Layout(
        count, join_texts(codes, texts, import_ids), tuple(codes), as_roles(_find_meanings(codes, texts, import_ids))
    )


def _find_meanings(codes: list[str], texts: list[str], import_ids: list[str]) -> dict[int, str]:
    is_legacy = sum(bool(LEGACY_CODE.fullmatch(code)) for code in codes) > 2
    names = list(codes)
    if is_legacy:
        for at, code in enumerate(codes):
            if LEGACY_CODE.fullmatch(code):
                number = int(code[1:])
                by_number = LEGACY[number - 1] if 0 < number <= len(LEGACY) else ""
                names[at] = texts[at] if texts[at] != code else by_number
    is_technical = [
        TECHNICAL.fullmatch(name)
        or (FLAG.fullmatch(name) and not import_id.startswith("QID"))
        or (name.endswith(BROWSER) and name.rsplit("_", 1)[0] + BROWSER[0] in names)
        for name, import_id in zip(names, import_ids, strict=True)
    ]
    meanings = {at: "technical" for at, technical in enumerate(is_technical) if technical}
    return meanings | find_own_columns(TOOL, names) | find_own_columns(TOOL, import_ids)


def _count_header_rows(head: list[list[str]]) -> int:
    """By the row of import ids; without it, by where something like a response begins."""
    for at, row in enumerate(head[:HEADER_ROWS]):
        if _has_import_ids(row):
            return at + 1
    if len(head) < 2:
        return 1
    return 2 if _is_text_row(head) else 1


def _is_text_row(head: list[list[str]]) -> bool:
    """Whether the second row names columns; a response has a response id, dates and numbers there."""
    codes, row = [[trim_header(cell) for cell in cells] for cells in head[:2]]
    legacy = [at for at, code in enumerate(codes) if LEGACY_CODE.fullmatch(code)]
    if len(legacy) > 2:
        return sum(row[at] in LEGACY for at in legacy) > 2
    own = find_own_columns(TOOL, codes)
    told = [
        row[at] for at, what in own.items() if row[at] and what in ("respondent", "started", "finished", "duration")
    ]
    if told:
        return not any(RESPONSE_ID.fullmatch(cell) or any(sign.isdecimal() for sign in cell) for cell in told)
    return _reads_like_texts(codes, row, head[2:])


def _reads_like_texts(codes: list[str], row: list[str], below: list[list[str]]) -> bool:
    """Where the tool's own columns were taken out: full, never an answer of others, and no number, or long."""
    columns = [
        (row[at], [cells[at].strip() for cells in below if cells[at].strip()]) for at, code in enumerate(codes) if code
    ]
    if not all(text for text, _ in columns) or any(text in cells for text, cells in columns):
        return False
    numbers = [are_numbers([text]) for text, cells in columns if are_numbers(cells)]
    longer = sum(len(text) > 2 * max(map(len, cells)) for text, cells in columns if cells)
    return not any(numbers) and (len(numbers) > 2 or longer * 2 > len(columns))


def _has_import_ids(row: list[str]) -> bool:
    return any(IMPORT_ID.match(cell) for cell in row)
