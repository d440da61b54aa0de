"""Spellings that mean the same: what distinguishes a label, a name or a header, and what does not.

Everything here works on one text; callers apply it to the distinct texts of a column.
"""

from __future__ import annotations

import html
import re
import unicodedata

INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x061C,
        0x180E,
        0xFEFF,
        0xFE0E,
        0xFE0F,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
    ]
)
"""Characters without a shape of their own: zero-width, direction and byte-order marks, soft hyphens."""
SAME = str.maketrans(dict.fromkeys("‘’‚‛′´`ʼ", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-"))
"""Quotes and dashes that keyboards and word processors put in place of one another."""
TAG = re.compile(
    r"</?(?:a|b|big|br|center|div|em|font|h[1-6]|hr|i|img|label|li|ol|p|small|span|strong|sub|sup|table|tbody|td|th|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
WHOLE_AS_DECIMAL = re.compile(r"[+]?(-?\d+)(?:\.0+|,00?)?")
LEAD = re.compile(r"[(\[]?(\w{1,4}?)(?:[)\]]?\s*[-:=.)]+\s*|[)\]]?\s+|\s*(?=[(\[]))[(\[]?(.+?)[)\]]?")
TRAIL = re.compile(r"(.+?)(?:\s*[-:=]\s*|\s+|\s*(?=[(\[]))[(\[]?(\w{1,4})[)\]]?")
STATED = (
    re.compile(r"[(\[]?(-?\d+)(?:[)\]]?\s*[-:=.)]+\s*|\s*(?=[(\[]))[(\[]?([^\W\d_].*?)[)\]]?"),
    re.compile(r"([^\W\d_].*?)(?:\s*[-:=]\s*|\s*(?=[(\[]))[(\[]?(-?\d+)[)\]]?"),
)


def normalise_label(text: str) -> str:
    """A label reduced to what distinguishes answers.

    Case, blanks, invisible characters, quote and dash styles, markup, HTML entities, full-width and
    other digits, and equivalent Unicode forms (NFKC) do not; ``8.0`` is ``8``.
    """
    plain = text
    if "&" in plain:
        plain = html.unescape(plain)
    if "<" in plain:
        plain = TAG.sub(" ", plain)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain.translate(SAME).translate(INVISIBLE))
        plain = unicodedata.normalize("NFKC", plain.casefold()).translate(SAME)
        plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    plain = " ".join(plain.split()).casefold()
    whole = WHOLE_AS_DECIMAL.fullmatch(plain)
    return whole.group(1) if whole else plain


def split_stated(label: str) -> tuple[str, str] | None:
    """The number and the words of a normalised label that states both, such as ``10 - strongly agree``.

    Only where punctuation joins them and words follow: ``1 time`` and ``1 - 2 years`` are one thing each.
    """
    lead, trail = STATED[0].fullmatch(label), STATED[1].fullmatch(label)
    if lead:
        return lead[1], lead[2]
    return (trail[2], trail[1]) if trail else None


def split_spellings(label: str) -> list[tuple[str, str]]:
    """Ways to read a normalised label as two spellings side by side, number or code and words."""
    return [match.groups() for pattern in (LEAD, TRAIL) if (match := pattern.fullmatch(label))]  # type: ignore[misc]
