"""Spellings that mean the same: what distinguishes a label or a name, and what does not."""

from __future__ import annotations

import re

CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\ufeff": "", "\u200b": ""})
WHOLE_AS_DECIMAL = re.compile(r"(-?\d+)\.0+")


def normalise_label(text: str) -> str:
    """A label reduced to what distinguishes answers: case, blanks and quote styles do not."""
    plain = " ".join(text.translate(CURLY).split()).casefold()
    whole = WHOLE_AS_DECIMAL.fullmatch(plain)
    return whole.group(1) if whole else plain
