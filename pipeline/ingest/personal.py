"""Columns that say who answered: names, e-mails, addresses, numbers, accounts, places.

Recognised by the tool's own marks, by the words of a header, and by what the texts look like. Columns
found here stay in the raw layer; nothing of them is ever written to a draft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.words import compile_phrase, read_words, reduce_words

WORDS = Path(__file__).with_name("personal_words.csv")
BRACKET = re.compile(r"^(.*?)\s*\[([^\[\]]*)\]\s*$", re.DOTALL)
OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
DECIMAL = r"-?\d{1,3}\.\d{3,}"
LOOKS = {
    "e-mail addresses": re.compile(r"(?:mailto:)?[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}"),
    "IP addresses": re.compile(
        rf"{OCTET}(?:\.{OCTET}){{3}}|(?:[0-9a-f]{{1,4}}:){{3,7}}[0-9a-f:]{{0,4}}", re.IGNORECASE
    ),
    "phone numbers": re.compile(r"(?:\+|00)\d[\d\s().\-/]{6,18}\d|\(\d{2,5}\)\s?\d[\d\s.\-/]{4,14}\d"),
    "places on a map": re.compile(rf"{DECIMAL}\s*[,; ]\s*{DECIMAL}(?:\s+-?[\d.]+){{0,2}}"),
    "account names": re.compile(r"@\w[\w.]{1,38}"),
    "links to a person's profile": re.compile(
        r"(?:https?://)?(?:www\.)?(?:(?:twitter|x|github|gitlab|facebook|instagram|t)\.(?:com|me)|orcid\.org"
        r"|linkedin\.com/(?:in|pub)|mastodon\.\w+)/@?[\w.%-]+/?",
        re.IGNORECASE,
    ),
}
"""What whole cells of such a column look like; the first kind counts from a fifth of them on, others from half."""

PERSON = "a person's name"
"""The kind of header that can mean nobody but a person; 'name' alone may be a group's."""
MOST_OPTIONS = 11
"""With more different texts than this, a column of names is none of options."""
FULL_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*(?: [^\W\d_]+(?:['’.-][^\W\d_]*)*){1,3}")

MOST_LOOKED_AT = 2_000
"""Distinct texts that are looked at in one column: enough to tell what it holds."""


def find_personal(
    headers: Sequence[str], columns: Sequence[pa.DictionaryArray], roles: Mapping[int, str]
) -> dict[int, str]:
    """Positions of columns with personal data, each with the reason in plain words (never a cell)."""
    found: dict[int, str] = {}
    for position, header in enumerate(headers):
        role = roles.get(position, "")
        if role in ("personal", "token"):
            found[position] = "the tool's own column for " + ("personal data" if role == "personal" else "tokens")
        elif role in ("", "technical") and (reason := recognise_personal(header, count_texts(columns[position]))):
            found[position] = reason
    return found


def recognise_personal(header: str, texts: Mapping[str, int]) -> str:
    """Why a column holds personal data; blank when nothing speaks for it.

    Args:
        texts: distinct trimmed texts and how often each occurs.
    """
    if look := _look_of(list(texts)[:MOST_LOOKED_AT]):
        return f"its cells look like {look}"
    kind = _kind_of_header(header)
    if not kind or (_is_choice(header, texts) and not (kind == PERSON and _are_people(texts))):
        return ""
    return f"its header asks for personal data ({kind})"


def looks_personal(text: str) -> bool:
    """Whether one text is an e-mail address, a number, an account or the like."""
    return any(pattern.fullmatch(text) for pattern in LOOKS.values())


def _look_of(texts: list[str]) -> str:
    if not texts:
        return ""
    for look, pattern in LOOKS.items():
        least = 0.2 if look == "e-mail addresses" else 0.5
        if sum(bool(pattern.fullmatch(text)) for text in texts) >= max(1.0, least * len(texts)):
            return look
    return ""


def _kind_of_header(header: str) -> str:
    """The kind of personal data a header names; sub-headers in brackets count for themselves."""
    match = BRACKET.match(header)
    parts = [match.group(2), match.group(1)] if match else [header]
    # forms put a label after a colon, tools a code before a dot: 'Contact: Name', 'q1. Name'
    parts += [piece for part in parts for piece in re.split(r"[:/]|(?<=\w)\. ", part)[-1:]]
    for part in parts:
        words = re.sub(r"^(?:please |optional |enter |give |state |your )+| optional$", "", reduce_words(part))
        kind = _whole_headers().get(words) or next((kind for kind, pattern in _phrases() if pattern.search(words)), "")
        if kind:
            return kind
    return ""


@cache
def _whole_headers() -> dict[str, str]:
    """What a header is about that is nothing but a listed word."""
    found: dict[str, str] = {}
    for row in read_words(WORDS):
        if row["how"] == "bare":
            for word in row["words"].split("|"):
                found.setdefault(reduce_words(word), row["kind"])
    return found


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What a header is about that holds a listed phrase: one pattern per kind, in the order of the list."""
    rows = [row for row in read_words(WORDS) if row["how"] == "phrase"]
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).extend(compile_phrase(each).pattern for each in row["words"].split("|"))
    return tuple((kind, re.compile("|".join(patterns))) for kind, patterns in by_kind.items())


def _is_choice(header: str, texts: Mapping[str, int]) -> bool:
    """Whether the texts are a few options chosen again and again, so that nobody is named."""
    filled = sum(texts.values())
    if not filled:
        return False
    match = BRACKET.match(header)
    if match and len(texts) == 1 and next(iter(texts)).casefold() in (match.group(2).strip().casefold(), "1", "yes"):
        return True  # 'How do we reach you? [E-mail]', ticked
    if len(texts) == 1:
        return filled >= 3 and len(next(iter(texts))) <= 20
    return filled >= 2 * len(texts)


def _are_people(texts: Mapping[str, int]) -> bool:
    """Whether texts that come again and again are people after all: a few managers whom many name.

    Two words with capitals, mostly other words each time; 'Very Satisfied' and 'Very Dissatisfied' share theirs.
    """
    looked = list(texts)[:MOST_LOOKED_AT]
    if len(looked) > MOST_OPTIONS:
        return True
    full = [text.split() for text in looked if FULL_NAME.fullmatch(text) and text.istitle()]
    words = [word for name in full for word in name]
    return len(full) >= max(2, 0.8 * len(looked)) and 2 * len(set(words)) > 1.5 * len(words)
