"""Withholding further figures until an audit finds nothing (methods S17.6): roll-ups first, a group's own score last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.disclose.auditor import Leak, audit_family
from pipeline.disclose.published import Publication, list_codes, list_families, read_publications
from pipeline.disclose.release import WITHHELD
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

KEYS = {"year", "year_from", "year_to", "items_common", "items_n", "value"}
"""Numbers that say what a row is about."""
WORDS = {"view": "none", "method": "none", "reason": WITHHELD, "verdict": "not_tested", "pattern": "not_tested"}
"""What stands in the place of words that were about the figure; a blank one stays blank but for the reason."""


@dataclass(frozen=True, order=True)
class Withheld:
    """Figures that an audit took out of one year: of one item, or of a principle with its items and parts."""

    year: int
    group: str
    family: str
    item: str = ""


class CannotProtect(Exception):
    """Everything that this release could still withhold is withheld, and figures can be worked out all the same."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        super().__init__("figures can be worked out from what was published before")
        self.leaks = tuple(leaks)


def repair_release(
    release: Publication, earlier: Sequence[Publication], definitions: Definitions
) -> tuple[Publication, list[Withheld]]:
    """Audit a release together with what was published before, and withhold what gives something away.

    For each figure that can be worked out, the cheapest printed ones it follows from are withheld: those of the item
    alone in every roll-up above the group; then the whole principle of the nearest roll-up, of the next one, of the
    whole community, and at last of the group. What turns out not to have been needed is printed after all.

    Args:
        release: the new release; the only one of which something can still be withheld.
        earlier: published releases of the same answers, which readers hold already.
        definitions: the programme.

    Returns:
        The release as it may be published, and what was withheld beyond the thresholds.

    Raises:
        CannotProtect: the figures follow from earlier releases alone.
    """
    withheld: list[Withheld] = []
    known: dict[bytes, list[bool]] = {}
    printed = release

    def audit(trial: Publication, codes: Iterable[str]) -> list[Leak]:
        families = read_publications([*earlier, trial], definitions, only=list(codes))
        return [leak for family in families for leak in audit_family(family, known)]

    codes = list(list_families(definitions))
    while codes:
        leaks = audit(release, codes)
        chosen = {leak: _choose(leak, release, definitions) for leak in leaks}
        if lost := [leak for leak in leaks if not chosen[leak]]:
            raise CannotProtect(lost)
        for each in sorted({each for found in chosen.values() for each in found}):
            release = withhold_in_publication(release, [each], definitions)
            withheld.append(each)
        codes = [code for code in codes if any(leak.family == code for leak in leaks)]
    for each in sorted(withheld, key=lambda each: _worth(each, definitions), reverse=True):
        fewer = [other for other in withheld if other != each]
        trial = withhold_in_publication(printed, fewer, definitions)
        if len(withheld) > 1 and not audit(trial, [each.family]):
            release, withheld = trial, fewer
    return release, withheld


def _worth(withheld: Withheld, definitions: Definitions) -> tuple[int, bool]:
    """What a figure is worth to readers: a group's own most, then that of all, then a roll-up's; a principle more than an item."""
    group = definitions.group_by_code.get(withheld.group)
    place = 1 if withheld.group == ALL else 2 if group is not None and group.kind == "answers" else 0
    return place, not withheld.item


def _tables(release: Publication) -> dict[str, pd.DataFrame]:
    tables = {"scores": release.scores, "item_counts": release.item_counts, "trends": release.trends}
    return tables | ({"cuts": release.cuts} if len(release.cuts) else {})


def _choose(leak: Leak, release: Publication, definitions: Definitions) -> list[Withheld]:
    group = definitions.group_by_code.get(leak.group)
    above = (*(definitions.ancestors(leak.group) if group else ()), ALL)
    tables = list(_tables(release).values())

    def is_printed(candidate: Withheld) -> bool:
        return any(_printed(table, candidate, definitions).any() for table in tables)

    if leak.measure != leak.family:
        of_item = [Withheld(leak.year, code, leak.family, leak.measure) for code in above]
        if found := [each for each in of_item if is_printed(each)]:
            return found
    whole = (Withheld(leak.year, code, leak.family) for code in (*above, leak.group))
    return [each for each in whole if is_printed(each)][:1]


def withhold_in_publication(release: Publication, chosen: Iterable[Withheld], definitions: Definitions) -> Publication:
    """The release without the chosen figures."""
    for each in chosen:
        changed = {name: withhold_figures(table, each, definitions) for name, table in _tables(release).items()}
        release = replace(release, **changed)
    return release


def withhold_figures(table: pd.DataFrame, chosen: Withheld, definitions: Definitions) -> pd.DataFrame:
    """Blank every figure of the chosen group, year and principle in a released table; the rows stay, marked ``c``.

    Args:
        table: any released table with ``year`` and a ``measure`` or an ``item``; without groups it is about all.
        chosen: what to withhold.
        definitions: the programme.
    """
    rows = _printed(table, chosen, definitions)
    if not rows.any():
        return table
    out = table.copy()
    for name in out.columns:
        if name in KEYS:
            continue
        kind = out[name].dtype
        if pd.api.types.is_bool_dtype(kind):
            out.loc[rows, name] = False
        elif pd.api.types.is_numeric_dtype(kind):
            out.loc[rows, name] = pd.NA
        elif name in WORDS:
            out[name] = (
                out[name].astype("str").mask(rows & ((out[name].astype("str") != "") | (name == "reason")), WORDS[name])
            )
    out["marker"] = out["marker"].astype("str").mask(rows, "c")
    return out


def _printed(table: pd.DataFrame, chosen: Withheld, definitions: Definitions) -> pd.Series:
    """Rows that print a figure of the chosen group, year and principle."""
    family = list_codes(definitions, list_families(definitions)[chosen.family])
    codes = {chosen.item} if chosen.item else family
    about = table["item" if "item" in table else "measure"].astype("str").isin(codes)
    group = table["group"].astype("str") if "group" in table else pd.Series(ALL, index=table.index)
    own = group == chosen.group
    if "aggregation" in table and chosen.group in definitions.group_by_code:
        # an average of groups less the others in it is the one that is withheld
        own |= group.isin(definitions.ancestors(chosen.group)) & (table["aggregation"].astype("str") == "groups_equal")
    ends = [name for name in ("year_from", "year_to") if name in table] or ["year"]
    touches = pd.concat([table[name].astype("int64") == chosen.year for name in ends], axis=1).any(axis=1)
    return about & own & touches & (table["marker"].astype("str") != "c")
