"""Numbers that are public because of the words around them: the program's own sentences, and the definitions'.

A number counts as public where it stands between the same words as in a public text; the same number between
other words does not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import BaseModel

from pipeline.store.definitions import Definitions

AROUND = 2
"""Words on either side that have to be the same."""
TOKEN = re.compile(
    r"(?P<code>[^\W\d]\w*(?:-\w+)*)"  # a word, or a code such as P1-2
    r"|(?P<mixed>\d+[^\W\d_]\w*)"  # 0b4f9e, 15th
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![,\d])|\d+(?:[.,]\d+)?)"
)
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DATE = re.compile(
    rf"(?<![\d.,])\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?|\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?"
)
MARKS = re.compile(r"\([0-9a-f]{8}\)|\bnote \d+\b(?!\.\d)")
"""The hash of a release profile, and where a note is pointed at."""


@dataclass(frozen=True)
class Number:
    """A number in a text: as written, its size, the words around it, and what follows it directly.

    ``first``: it opens the text, as the number of a question does.
    """

    text: str
    size: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    then: str
    first: bool


@lru_cache(maxsize=1 << 16)
def find_numbers(text: str) -> tuple[Number, ...]:
    """Numbers of a text in order, without those that are part of a code, a date or a hash."""
    if not any(map(str.isdigit, text)):
        return ()
    plain = MARKS.sub(" ", DATE.sub(" ", " ".join(text.split())))
    tokens = list(TOKEN.finditer(plain))
    words = [token.group().casefold() for token in tokens]
    found = []
    for place, token in enumerate(tokens):
        if written := token["number"]:
            before, after = words[max(place - AROUND, 0) : place], words[place + 1 : place + 1 + AROUND]
            then = plain[token.end() : token.end() + 1]
            written = written.replace(",", "" if THOUSANDS.fullmatch(written) else ".")
            found.append(
                Number(written, float(written), tuple(before), tuple(after), then, not plain[: token.start()].strip())
            )
    return tuple(found)


class Wording:
    """Public texts.

    Args:
        texts: sentences that the program prints, cut where it fills something in.
        constants: numbers that these sentences are filled in with, such as a method's threshold.
        definitions: the programme; everything in its tables is public.
    """

    def __init__(self, texts: Iterable[str], constants: Iterable[float], definitions: Definitions) -> None:
        self.texts = (*texts, *_list_texts(definitions))
        self._windows: dict[str, set[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(set)
        self.whole: set[str] = set()
        for text in self.texts:
            self.whole.add(" ".join(text.split()).casefold())
            for number in find_numbers(text):
                if number.before or number.after:
                    self._windows[number.text].add((number.before, number.after))
        profile, change = definitions.programme.release_profile(), definitions.programme.change
        given: list[float] = [profile.score, profile.distribution, profile.comment, profile.linked, change.smallest_n]
        given += [change.linked_n, 100 * change.alpha, 100 * change.look_first_q, change.permutations]
        given += [change.delta_group, change.delta_rollup, 0, 50, 95, 100]
        self.constants = frozenset(map(float, (*constants, *given)))
        self.years = frozenset(definitions.years) | _list_years(self.texts)
        asked = [len(wave.items) for wave in definitions.waves.values()]
        words = definitions.programme.words
        things = "question questions item items year years"
        self.things = frozenset([*things.split(), words.group, words.groups, words.principle, words.principles])
        self.most_listed = max([*asked, len(definitions.groups), len(definitions.principle_versions)]) + 5

    def is_public(self, number: Number) -> bool:
        """Whether a public text has this number between these words."""
        for before, after in self._windows.get(number.text, ()):
            same_before = number.before[len(number.before) - len(before) :] == before if before else True
            if same_before and number.after[: len(after)] == after:
                return True
        return False


def _list_texts(value: object) -> Iterator[str]:
    """Every text in the definitions, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _list_texts(getattr(value, name))
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _list_texts(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in _list_texts(each))
    elif isinstance(value, date):
        yield value.isoformat()
    elif hasattr(value, "__dataclass_fields__"):
        yield from (text for name in value.__dataclass_fields__ for text in _list_texts(getattr(value, name)))


def _list_years(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(int(year) for text in texts for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text))
