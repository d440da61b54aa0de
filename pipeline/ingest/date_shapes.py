"""What the numbers of a date mean, from its shape: its text with every run of digits replaced by ``0``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.ingest.words import read_words
from pipeline.store.labels import INVISIBLE

WORDS = Path(__file__).with_name("date_words.csv")
ROLES = ("first", "second", "third")

LETTERS = re.compile(r"([^\W\d_]+)")
HALF_WITH_DOTS = re.compile(r"(?<![^\W\d_])([ap])\.\s?m\b\.?")
SHAPE = re.compile(
    r"(?P<date>[0M](?P<mark>[-/. ])[0M](?P=mark)0)"
    r"(?: (?P<before>[AP] )?(?P<clock>0[:.]0(?:[:.]0(?:[.,]0)?)?)(?: ?(?P<after>[AP]))?"
    r"(?: ?U)?(?: ?(?P<zone>[-+]0(?::0)?))?)?"
)


@dataclass(frozen=True)
class Shape:
    """What one shape means.

    Attributes:
        numbers: how many runs of digits it has.
        places: which run is the ``first``, ``second`` and ``third`` part of the date, the ``hour``,
            ``minute``, ``second of minute`` and ``fraction``, and the ``zone hour`` and ``zone minute``.
        named: the part of the date that is a month's name, or blank; it has no run of digits.
        month: the month named, or -1.
        half: ``am`` or ``pm``, or blank.
        has_clock: whether there is a time of day.
        zone_sign: 1 east and -1 west of Greenwich.
        zone_minutes: minutes ahead of Greenwich of a zone given by its name.
        form: how the date is put together; all cells of a column must share it.
    """

    numbers: int
    places: Mapping[str, int]
    named: Literal["", "first", "second"]
    month: int
    half: Literal["", "am", "pm"]
    has_clock: bool
    zone_sign: int
    zone_minutes: int
    form: str


@cache
def read_shape(text: str) -> Shape | None:
    """Understand a shape; None where it is none of a date."""
    plain, months, zones = _replace_words(text)
    match = SHAPE.fullmatch(plain)
    if match is None or len(months) != match["date"].count("M") or len(zones) > (not match["zone"]):
        return None
    parts = [part for part in match["date"] if part in "0M"]
    named = ROLES[parts.index("M")] if months else ""
    before, after = (match["before"] or "").strip(), match["after"] or ""
    if len(months) > 1 or (before and after):
        return None
    roles = [role for role, part in zip(ROLES, parts, strict=True) if part == "0"]
    roles += ["hour", "minute", "second of minute", "fraction"][: (match["clock"] or "").count("0")]
    roles += ["zone hour", "zone minute"][: (match["zone"] or "").count("0")]
    return Shape(
        numbers=len(roles),
        places={role: at for at, role in enumerate(roles)},
        named=named,  # type: ignore[arg-type]
        month=months[0] if months else -1,
        half={"A": "am", "P": "pm"}.get(before + after, ""),  # type: ignore[arg-type]
        has_clock=bool(match["clock"]),
        zone_sign=-1 if "-" in (match["zone"] or "") else 1,
        zone_minutes=sum(zones),
        form=match["date"],
    )


@cache
def _word_uses() -> dict[str, tuple[str, str]]:
    uses: dict[str, tuple[str, str]] = {}
    for row in read_words(WORDS):
        for word in row["words"].split("|"):
            uses.setdefault(word, (row["use"], row["value"]))
    return uses


def _replace_words(text: str) -> tuple[str, list[int], list[int]]:
    """The shape with a month as ``M``, halves of the day as ``A`` and ``P``, a zone as ``U``, without other words.

    Returns:
        The shape, the months it names, and the minutes ahead of Greenwich of the zones it names.
    """
    plain = unicodedata.normalize("NFKC", text).translate(INVISIBLE).replace("−", "-").casefold()
    plain = HALF_WITH_DOTS.sub(r" \1m ", re.sub(r"\([^()]*\)", " ", plain))
    plain = re.sub(r"(?<=0) ?h ?(?=0)", ":", plain)
    months: list[int] = []
    zones: list[int] = []

    def replace(word: re.Match[str]) -> str:
        use, value = _word_uses().get(word[1], ("", ""))
        if use == "month":
            months.append(int(value))
            return "M" if _is_joined(word) else " M "
        if use == "zone":
            zones.append(int(value))
        # a word that means nothing here stays, and then no date is recognised
        return {"am": " A ", "pm": " P ", "utc": " U", "zone": " U", "between": " "}.get(use, word[1])

    plain = LETTERS.sub(replace, plain)
    return " ".join(re.sub(r"[.,](?=\s|$)|(?<=\s)[.,]", " ", plain).split()), months, zones


def _is_joined(word: re.Match[str]) -> bool:
    """Whether a mark ties the word to its neighbours: ``12-Dec-2020``."""
    before, after = word.string[: word.start()], word.string[word.end() :]
    return bool(re.search(r"0[-/.]$", before) or re.match(r"[-/]0", after))
