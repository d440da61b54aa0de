"""The items of a principle that two years have in common, and what is left out (methods S16)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.score.measures import principle_items
from pipeline.store.crosswalk import ItemPair, pair_items
from pipeline.store.definitions import Definitions
from schemas.definitions import Item


@dataclass(frozen=True)
class CommonItems:
    """Comparable items of one principle, under each year's code, in the later year's order.

    Attributes:
        items_from, items_to: the same questions in both years.
        left_out: each other item of the principle with why, for example ``q3: substantive; q9: new``.
        is_break: too few common items to speak of the same principle.
    """

    items_from: tuple[Item, ...]
    items_to: tuple[Item, ...]
    left_out: str
    is_break: bool


def find_common_items(
    definitions: Definitions, year_from: int, year_to: int, principle: str, without: tuple[str, ...] = ()
) -> CommonItems:
    """Pair a principle's items of two years.

    The later year says which items belong to the principle, so that an item which has moved here is
    compared with its own earlier answers. The series breaks when no item is comparable, or only one
    although either year asked two or more.

    Args:
        definitions: the programme.
        year_from: the earlier year.
        year_to: the later year.
        principle: its code.
        without: parts that a group chose to leave out; their items are neither compared nor listed.
    """
    now, before = (
        [item for item in principle_items(definitions, year, principle) if item.principle not in without]
        for year in (year_to, year_from)
    )
    pairs = {pair.item_to.item: pair for pair in pair_items(definitions, year_from, year_to)}
    common = [pairs[item.item] for item in now if item.item in pairs and pairs[item.item].comparable]
    reasons = [f"{item.item}: {_why_left_out(pairs.get(item.item))}" for item in now if _is_left_out(pairs, item)]
    elsewhere = {pair.item_from.item: pair for pair in pairs.values()}
    here = {pairs[item.item].item_from.item for item in now if item.item in pairs}
    for item in before:
        if item.item not in here:
            reasons.append(f"{item.item}: {'moved to another principle' if item.item in elsewhere else 'dropped'}")
    return CommonItems(
        items_from=tuple(pair.item_from for pair in common),
        items_to=tuple(pair.item_to for pair in common),
        left_out="; ".join(sorted(reasons)),
        is_break=not common or (len(common) < 2 and max(len(now), len(before)) >= 2),
    )


def _is_left_out(pairs: dict[str, ItemPair], item: Item) -> bool:
    return item.item not in pairs or not pairs[item.item].comparable


def _why_left_out(pair: ItemPair | None) -> str:
    return "new" if pair is None else pair.change
