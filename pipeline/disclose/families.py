"""Which questions belong together: what is printed of one principle says nothing about another."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.store.crosswalk import pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import Item

Families = dict[str, dict[int, tuple[Item, ...]]]


def list_families(definitions: Definitions) -> Families:
    """Items by year of each principle (those of its parts included) and of each item that belongs to none.

    Principles between which a question moved are one family, called like the first of them.
    """
    home: dict[tuple[int, str], str] = {}
    for year, wave in definitions.waves.items():
        parent = {row.principle: row.parent or row.principle for row in definitions.principles(year)}
        home |= {(year, item.item): parent.get(item.principle, item.item) for item in wave.items}
    name = {code: code for code in home.values()}
    for year in definitions.years:
        for before in definitions.years:
            for pair in pair_items(definitions, before, year) if before < year else ():
                one, other = (name[home[at]] for at in ((before, pair.item_from.item), (year, pair.item_to.item)))
                if one != other:
                    name = {code: one if of in (one, other) else of for code, of in name.items()}
    families: Families = {}
    for year, wave in definitions.waves.items():
        for item in wave.items:
            code = name[home[year, item.item]]
            families.setdefault(code, {})[year] = (*families.get(code, {}).get(year, ()), item)
    return families


def list_codes(definitions: Definitions, items: Mapping[int, tuple[Item, ...]]) -> set[str]:
    """Codes under which figures of a family are printed: its principles, their parts and its items."""
    codes = {item.item for asked in items.values() for item in asked}
    used = {item.principle for asked in items.values() for item in asked}
    for year in items:
        codes |= {row.parent for row in definitions.principles(year) if row.principle in used and row.parent}
    return codes | used - {""}
