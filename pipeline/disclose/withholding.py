"""Released tables without the figures that an audit took out of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.families import list_codes, list_families
from pipeline.disclose.published import Publication
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


def _tables(release: Publication) -> dict[str, pd.DataFrame]:
    tables = {"scores": release.scores, "item_counts": release.item_counts, "trends": release.trends}
    return tables | ({"cuts": release.cuts} if len(release.cuts) else {})


def withhold_in_publication(release: Publication, chosen: Sequence[Withheld], definitions: Definitions) -> Publication:
    """The release without the chosen figures."""
    changed = {name: withhold_figures(table, chosen, definitions) for name, table in _tables(release).items()}
    return replace(release, **changed) if chosen else release


def withhold_figures(table: pd.DataFrame, chosen: Sequence[Withheld], definitions: Definitions) -> pd.DataFrame:
    """Blank every figure of the chosen groups, years and principles in a released table; rows stay, marked ``c``.

    Args:
        table: any released table with ``year`` and a ``measure`` or an ``item``; without groups it is about all.
        chosen: what to withhold.
        definitions: the programme.
    """
    held = _Rows.of(table, definitions)
    rows = np.logical_or.reduce([np.zeros(len(table), dtype=bool), *(held.find(each) for each in chosen)])
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
            text = out[name].astype("str")
            out[name] = text.mask(rows & ((text != "") | (name == "reason")), WORDS[name])
    out["marker"] = out["marker"].astype("str").mask(rows, "c")
    return out


@dataclass(frozen=True)
class _Rows:
    """What the rows of a released table are about.

    Attributes:
        codes: by family, the codes of its principles, parts and items.
        years: years that a row speaks of, a column each.
        averages: rows in which each group counts once.
    """

    definitions: Definitions
    codes: Mapping[str, Collection[str]]
    code: pd.Categorical
    group: pd.Categorical
    years: NDArray[np.int64]
    averages: NDArray[np.bool_]
    printed: NDArray[np.bool_]

    @staticmethod
    def of(table: pd.DataFrame, definitions: Definitions) -> _Rows:
        ends = [name for name in ("year_from", "year_to") if name in table] or ["year"]
        group = table["group"] if "group" in table else pd.Series(ALL, index=table.index)
        averages = table["aggregation"].astype("str") == "groups_equal" if "aggregation" in table else group.isna()
        families = list_families(definitions)
        return _Rows(
            definitions, {family: list_codes(definitions, items) for family, items in families.items()},
            pd.Categorical(table["item" if "item" in table else "measure"]), pd.Categorical(group),
            table[ends].to_numpy(dtype=np.int64), averages.to_numpy(dtype=bool), (table["marker"] != "c").to_numpy(dtype=bool),
        )  # fmt: skip

    def find(self, chosen: Withheld) -> NDArray[np.bool_]:
        """Rows that print a figure of the chosen group, year and principle or item."""
        own = self.group.isin([chosen.group])
        if chosen.group in self.definitions.group_by_code:
            # an average of groups less the others in it is the one that is withheld
            own |= self.averages & self.group.isin(self.definitions.ancestors(chosen.group))
        codes = [chosen.item] if chosen.item else list(self.codes[chosen.family])
        touches = (self.years == chosen.year).any(axis=1)
        return np.asarray(own & touches & self.printed & self.code.isin(codes), dtype=bool)
