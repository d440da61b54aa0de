"""Withholding further figures until an audit finds nothing (methods S17.6): roll-ups first, a group's own score last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.disclose.auditor import Figure, Leak, Solved, audit_family, is_safe_nearby, name_figure
from pipeline.disclose.blocks import LARGEST
from pipeline.disclose.equations import Told
from pipeline.disclose.families import list_codes, list_families
from pipeline.disclose.linear_system import Floats
from pipeline.disclose.published import Publication, PublishedFamily, read_publications
from pipeline.disclose.release import WITHHELD
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

SIDE_BY_SIDE = 100_000
"""Hidden counts of a release from which on its principles are audited in as many processes as the machine has."""
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
        super().__init__(tuple(leaks))
        self.leaks = tuple(leaks)

    def __str__(self) -> str:
        return "figures can be worked out from what was published before"


def repair_release(
    release: Publication,
    earlier: Sequence[Publication],
    definitions: Definitions,
    answers: Callable[[PublishedFamily], Floats] | None = None,
) -> tuple[Publication, list[Withheld]]:
    """Audit a release together with what was published before, and withhold what gives something away.

    For each figure that can be worked out, the cheapest printed ones without which it cannot are withheld: those of the
    item in every roll-up above the group; those of another item of the group; both; the whole principle of the nearest
    roll-up, then also of the next one, and of the whole community; and at last of the group. What turns out not to have
    been needed is printed after all.

    Args:
        release: the new release; the only one of which something can still be withheld.
        earlier: published releases of the same answers, which readers hold already.
        definitions: the programme.
        answers: gives the true answers as values of a family's cells; without them it takes much longer.

    Returns:
        The release as it may be published, and what was withheld beyond the thresholds.

    Raises:
        CannotProtect: the figures follow from earlier releases alone.
    """
    families = read_publications([*earlier, release], definitions)
    repairs = [_Repair(family, definitions, len(earlier), answers and answers(family)) for family in families]
    if sum(len(each.printed.written.cell_low) for each in repairs) < SIDE_BY_SIDE:
        found = [each.run() for each in repairs]
    else:  # new processes, for this one may have threads
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            found = list(pool.map(_Repair.run, repairs))
    withheld = [each for of_family in found for each in of_family]
    return withhold_in_publication(release, withheld, definitions), withheld


class _Repair:
    """One principle on its way to a release that gives nothing away.

    Args:
        printed: as the thresholds leave it.
        release: position of the release that can be changed.
        answers: the true ones.
    """

    def __init__(
        self, printed: PublishedFamily, definitions: Definitions, release: int, answers: Floats | None
    ) -> None:
        self.printed, self.definitions, self.release = printed, definitions, release
        self.answers = answers
        self.solved: Solved = {}
        self.safe: set[Figure] = set()

    def run(self) -> list[Withheld]:
        """What must be withheld."""
        leaks = self._audit([])
        # whatever is safe while all this is printed stays so when less is
        self.safe = {name_figure(each) for each in self.printed.hidden} - {leak.figure for leak in leaks}
        against: dict[Withheld, list[Leak]] = {}
        while leaks:
            chosen = {leak: self._choose(leak, list(against)) for leak in leaks}
            if lost := [leak for leak in leaks if not chosen[leak]]:
                if not self._was_safe_before(lost):
                    raise CannotProtect(lost)
                self.safe |= {leak.figure for leak in lost}
            for leak, each in sorted((leak, each) for leak, found in chosen.items() for each in found):
                against.setdefault(each, []).append(leak)
            leaks = self._audit(list(against))
        for each in sorted(against, key=lambda each: _worth(each, self.definitions), reverse=True):
            fewer = [other for other in against if other != each]
            if all(self._is_safe(leak, fewer) for leak in against[each]) and not self._audit(fewer):
                del against[each]
        return sorted(against)

    def _was_safe_before(self, lost: Sequence[Leak]) -> bool:
        """Whether these are doubts about earlier years, of which the new release says nothing more.

        A large programme is not searched to the end; what it could not decide then was found safe when it was released.
        """
        newest = max(year for year, _ in self.printed.counts)
        return len(self.printed.written.cell_low) > LARGEST and all(leak.year < newest for leak in lost)

    def _audit(self, withheld: Sequence[Withheld]) -> list[Leak]:
        return audit_family(self.printed.without(self._list(withheld)), self.solved, self.answers, safe=self.safe)

    def _is_safe(self, leak: Leak, withheld: Sequence[Withheld]) -> bool:
        if self.answers is not None:
            return is_safe_nearby(self.printed, self._list(withheld), leak.figure, self.answers)
        others = {name_figure(each) for each, _ in self.printed.figures} - {leak.figure}
        return not audit_family(self.printed.without(self._list(withheld)), self.solved, safe=others)

    def _list(self, withheld: Sequence[Withheld]) -> Callable[[Told], bool]:
        return lambda told: any(self._concerns(each, told) for each in withheld)

    def _concerns(self, withheld: Withheld, told: Told) -> bool:
        if told.release != self.release or withheld.year not in told.years:
            return False
        return withheld.item in ("", told.code) and (
            told.group == withheld.group
            # an average of groups less the others in it is the one that is withheld
            or (told.average and told.group in self._above(withheld.group))
        )

    def _above(self, code: str) -> tuple[str, ...]:
        if code == ALL:
            return ()
        return self.definitions.ancestors(code) if code in self.definitions.group_by_code else (ALL,)

    def _choose(self, leak: Leak, withheld: Sequence[Withheld]) -> list[Withheld]:
        """The cheapest printed figures without which a leak is none; where no choice helps at once, the dearest."""
        printed = [told for told in self.printed.sources if not any(self._concerns(each, told) for each in withheld)]

        def keep_printed(candidates: Iterable[Withheld]) -> list[Withheld]:
            return [each for each in candidates if any(self._concerns(each, told) for told in printed)]

        own, above = Withheld(leak.year, leak.group, leak.family), self._above(leak.group)
        roll_ups = keep_printed(replace(own, group=code) for code in above)
        choices = [roll_ups[:to] for to in range(1, len(roll_ups) + 1)]
        if leak.measure != leak.family:
            of_item = keep_printed(replace(own, group=code, item=leak.measure) for code in above)
            items = sorted(
                (item for year, item in self.printed.counts if year == leak.year), key=lambda item: item != leak.measure
            )  # what a band says of the item itself first
            others = keep_printed(replace(own, item=item) for item in items)
            choices = [of_item, *([each] for each in others), *([*of_item, each] for each in others), *choices]
        choices = [choice for choice in [*choices, keep_printed([own])] if choice]
        for choice in choices:
            if self._is_safe(leak, [*withheld, *choice]):
                return choice
        return choices[0] if choices else []


def _worth(withheld: Withheld, definitions: Definitions) -> tuple[int, bool]:
    """What a figure is worth to readers: a group's own most, then that of all, then a roll-up's; a principle more than an item."""
    group = definitions.group_by_code.get(withheld.group)
    place = 1 if withheld.group == ALL else 2 if group is not None and group.kind == "answers" else 0
    return place, not withheld.item


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
    code: NDArray[np.object_]
    group: NDArray[np.object_]
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
            table["item" if "item" in table else "measure"].to_numpy(dtype=object), group.to_numpy(dtype=object),
            table[ends].to_numpy(dtype=np.int64), averages.to_numpy(dtype=bool), (table["marker"] != "c").to_numpy(dtype=bool),
        )  # fmt: skip

    def find(self, chosen: Withheld) -> NDArray[np.bool_]:
        """Rows that print a figure of the chosen group, year and principle or item."""
        own = self.group == chosen.group
        if chosen.group in self.definitions.group_by_code:
            # an average of groups less the others in it is the one that is withheld
            own |= self.averages & np.isin(self.group, self.definitions.ancestors(chosen.group))
        codes = [chosen.item] if chosen.item else list(self.codes[chosen.family])
        touches = (self.years == chosen.year).any(axis=1)
        return np.asarray(own & touches & self.printed & np.isin(self.code, codes), dtype=bool)
