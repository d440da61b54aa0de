"""What the columns of an export are for: ids, dates, language, personal data, open answers.

The tool's own marks come first, then the words of a header, then the texts; every guess says why and
how sure it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd

from pipeline.ingest.dates import settle_dates
from pipeline.ingest.personal import recognise_personal
from pipeline.ingest.readers import RawTable
from pipeline.ingest.words import compile_phrase, read_words, reduce_words

WORDS = Path(__file__).with_name("role_words.csv")
SURE = 0.9
"""From this confidence on a guess needs no question."""

MOST_LOOKED_AT = 2_000
SINGLE = ("respondent", "started", "finished", "duration", "status", "test", "language")
CODE = re.compile(r"[\w./-]{1,12}")
LINK = re.compile(r"https?://\S+")
"""Where an uploaded file lies."""
NUMBER_OR_DATE = re.compile(r"[\d.,:/%€$£<>+\s-]+")


@dataclass(frozen=True)
class ColumnDraft:
    """What one column was taken for.

    Attributes:
        taken_for: respondent, token, started, finished, duration, status, test, language, personal,
            technical, group, item, comment, copy (a block pasted beside), option (one answer of a question),
            empty, or other (a question that is not used).
    """

    position: int
    header: str
    code: str
    taken_for: str
    confidence: float
    reason: str


@cache
def list_id_words() -> frozenset[str]:
    """Headers that mean the id of a response and nothing else; those called bare may mean another number."""
    rows = (row for row in read_words(WORDS) if row["how"] == "named")
    return frozenset(reduce_words(phrase) for row in rows for phrase in row["words"].split("|"))


def name_columns(headers: Sequence[str], codes: Sequence[str] = ()) -> list[str]:
    """How definitions call each column: its header, with its number where headers repeat.

    Blank where a column has neither header nor code, and so cannot be declared.
    """
    count = Counter(headers)
    unique = Counter(code for code in codes if code)
    seen: Counter[str] = Counter()
    names = []
    for position, header in enumerate(headers):
        seen[header] += 1
        code = codes[position] if codes else ""
        if header and count[header] == 1:
            names.append(header)
        elif code and unique[code] == 1:
            names.append(code)
        else:
            names.append(f"{header} [{seen[header]}]" if header else "")
    return names


def draft_roles(table: RawTable, texts: Sequence[Mapping[str, int]]) -> dict[int, ColumnDraft]:
    """Columns that are no questions to score: the tool's own, ids, dates, language, personal data.

    Args:
        texts: distinct texts of each column and how often they occur (``count_texts``).
    """
    found: dict[int, ColumnDraft] = {}
    for position, role in table.roles.items():
        why = "its header says so" if table.tool == "plain" else f"a column of {table.tool}'s own"
        found[position] = _draft(table, position, role, 0.99, why)
    for position, header in enumerate(table.headers):
        if position in found and found[position].taken_for != "technical":
            continue
        if reason := recognise_personal(header, texts[position]):
            found[position] = _draft(table, position, "personal", 0.95, reason)
        elif position not in found and (guess := _role_of(table, position, texts[position])):
            found[position] = guess
        elif position not in found and not texts[position]:
            found[position] = _draft(table, position, "empty", 0.99, "no row has text in it")
    return _one_of_each(found)


def _role_of(table: RawTable, position: int, texts: Mapping[str, int]) -> ColumnDraft | None:
    header = table.headers[position]
    words = {reduce_words(header), reduce_words(table.codes[position]) if table.codes else ""} - {""}
    if not words:
        number = bool(texts) and all(text.isdecimal() for text in texts) and len(texts) == table.n_rows
        return _draft(table, position, "technical", 0.9, "no header; it numbers the rows") if number else None
    role = next(
        (
            row["role"]
            for row in read_words(WORDS)
            if row["how"] in ("named", "bare")
            and any(
                compile_phrase(phrase, True).fullmatch(word) for phrase in row["words"].split("|") for word in words
            )
        ),
        "",
    )
    if role in ("started", "finished"):
        if not texts or read_dates(texts) == "unreadable":
            return None
        return _draft(table, position, role, 0.95, "its header says so, and every cell is a date")
    if role == "respondent":
        unique = len(texts) == sum(texts.values()) > 0
        return _draft(table, position, role, 0.95, "its header says so, and no two cells agree") if unique else None
    return _draft(table, position, role, 0.9, "its header says so") if role else None


def read_dates(texts: Collection[str]) -> tuple[datetime, datetime] | str:
    """First and last of a column of dates; the fault where they cannot be read, or can in two ways."""
    found = settle_dates(pd.Series(list(texts), dtype="str"), (None, None))
    if found.fault or found.times.isna().all():
        return found.fault or "unreadable"
    return found.times.min().to_pydatetime(), found.times.max().to_pydatetime()


def _one_of_each(found: dict[int, ColumnDraft]) -> dict[int, ColumnDraft]:
    """Of several candidates for a single role the surest, then the first, has it; the rest are technical."""
    for role in SINGLE:
        mine = [draft for draft in found.values() if draft.taken_for == role]
        for other in sorted(mine, key=lambda draft: (-draft.confidence, draft.position))[1:]:
            reason = f"another column is taken for '{role}'"
            found[other.position] = ColumnDraft(
                other.position, other.header, other.code, "technical", other.confidence, reason
            )
    return dict(sorted(found.items()))


def is_open_answer(header: str, texts: Mapping[str, int]) -> tuple[float, str] | None:
    """How sure it is that a column holds answers in people's own words, and why; None when it does not."""
    looked = list(texts)[:MOST_LOOKED_AT]
    if not looked or all(NUMBER_OR_DATE.fullmatch(text) or not LINK.sub("", text).strip(" ,;|") for text in looked):
        return None
    filled = sum(texts.values())
    length = sum(len(text) for text in looked) / len(looked)
    distinct = len(texts) / filled
    words = reduce_words(header)
    asked = any(
        compile_phrase(phrase).search(words)
        for row in read_words(WORDS)
        if row["role"] == "comment"
        for phrase in row["words"].split("|")
    )
    if asked and distinct >= 0.5:
        return 0.95, "its header asks for people's own words"
    if all(CODE.fullmatch(text) for text in looked) or lists_options(texts):
        return None
    if length >= 25 and distinct >= 0.6 and (filled >= 5 or length >= 40):
        return 0.95, f"long texts, {len(texts)} different ones in {filled} cells"
    if length >= 25 and len(texts) >= 20 and filled <= 20 * len(texts):
        return 0.9, f"long texts, {len(texts)} different ones in {filled} cells"
    if filled >= 10 and distinct >= 0.5 and length >= 6:
        return 0.9, f"{len(texts)} different texts in {filled} cells"
    return None


def lists_options(texts: Mapping[str, int]) -> bool:
    """Whether cells combine a few options, so that they differ although nobody wrote them."""
    looked = list(texts.items())[:MOST_LOOKED_AT]
    for separator in (";", ",", "|", "\n"):
        parts: Counter[str] = Counter()
        for text, n in looked:
            for part in dict.fromkeys(text.split(separator)):
                parts[part.strip()] += n
        often = sum(n for n in parts.values() if n >= 3)
        if len(parts) < len(looked) and often >= 0.6 * parts.total():
            return True
    return False


def _draft(table: RawTable, position: int, taken_for: str, confidence: float, reason: str) -> ColumnDraft:
    code = table.codes[position] if table.codes else ""
    return ColumnDraft(position, table.headers[position], code, taken_for, confidence, reason)
