"""Cells of questions that have one column per option: whether they choose it, and where people write in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.ingest.words import read_words
from pipeline.store.labels import normalise_label

HEAD = re.compile(r"(.+?)\s*(?:[(\[:,;/-]|\.{2,}|please\b)")
"""What stands before an explanation: ``Other (please specify)``."""
WORDS = Path(__file__).with_name("cell_words.csv")


@cache
def _words(use: Literal["chosen", "not_chosen", "write_in"]) -> frozenset[str]:
    lists = [row["words"].split("|") for row in read_words(WORDS) if row["use"] == use]
    return frozenset(normalise_label(word) for words in lists for word in words)


def is_chosen(cell: str) -> bool:
    """Whether a normalised cell says no more than that the option of its column applies."""
    return cell in _words("chosen")


def is_left_out(cell: str) -> bool:
    """Whether a normalised cell is blank or says that the option of its column does not apply."""
    return not cell or cell in _words("not_chosen")


def is_write_in(option: str) -> bool:
    """Whether an option invites people to write: ``Other``, ``Other (please specify)``, ``Sonstiges: Text``."""
    plain = normalise_label(option)
    return plain in _words("write_in") or bool((head := HEAD.match(plain)) and head[1] in _words("write_in"))
