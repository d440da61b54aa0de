"""Which item of one year is which item of another, and whether their answers may be compared (S16)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.store.definitions import Definitions
from schemas.definitions import Comparability, Item

COMPARABLE: frozenset[Comparability] = frozenset({"identical", "editorial"})


@dataclass(frozen=True)
class ItemPair:
    """The same question in two years; ``change`` is the worst class on the way."""

    year_from: int
    year_to: int
    item_from: Item
    item_to: Item
    change: Comparability

    @property
    def comparable(self) -> bool:
        return self.change in COMPARABLE


def last_asked(definitions: Definitions, year: int, item: Item) -> tuple[int, Item] | None:
    """The last wave before ``year`` that asked this item, under its code of that time."""
    code = item.same_as or item.item
    for earlier in reversed([y for y in definitions.years if y < year]):
        if found := definitions.waves[earlier].item_by_code.get(code):
            return earlier, found
    return None


def declared_change(item: Item) -> Comparability:
    """The declared class; a blank one on an unchanged item means identical."""
    return item.comparability or "identical"


def pair_items(definitions: Definitions, year_from: int, year_to: int) -> list[ItemPair]:
    """Items of ``year_to`` that ``year_from`` also asked, with the worst change class between.

    Walks back wave by wave, so that a substantive change in the middle year breaks the pair even
    when first and last text happen to agree.
    """
    severity: list[Comparability] = ["identical", "editorial", "substantive", "scale change"]
    pairs = []
    for item in definitions.waves[year_to].items:
        worst, at, current = 0, year_to, item
        while at > year_from and (step := last_asked(definitions, at, current)):
            worst = max(worst, severity.index(declared_change(current)))
            at, current = step
        if at == year_from:
            pairs.append(ItemPair(year_from, year_to, current, item, severity[worst]))
    return pairs


def find_wave_between(definitions: Definitions, year_from: int, year_to: int) -> int | None:
    """The wave between two others, the later one where there are several; null where one follows the other."""
    return max((year for year in definitions.years if year_from < year < year_to), default=None)
