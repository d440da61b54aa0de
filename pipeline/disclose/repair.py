"""Withholding further figures until an audit finds nothing (methods S17.6): roll-ups first, a group's own score late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from pipeline.disclose.auditor import Leak, Solved, audit_family, is_safe_nearby
from pipeline.disclose.blocks import LARGEST, NEAR
from pipeline.disclose.families import list_codes, list_families
from pipeline.disclose.linear_system import Floats
from pipeline.disclose.published import Figure, Publication, PublishedFamily, name_figure, read_publications
from pipeline.disclose.withholding import Withheld, withhold_in_publication
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

SIDE_BY_SIDE = 100_000
"""Printed rows of counts from which on principles are audited in as many processes as the machine has."""


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
    roll-up, then also of the next one, and of the whole community; then of the group; at last of groups beside it, and
    of all of them. What turns out not to have been needed is printed after all.

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
    releases = [*earlier, release]
    families = list_families(definitions)
    work = partial(_repair_families, definitions=definitions, answers=answers)
    if sum(len(each.item_counts) for each in releases) < SIDE_BY_SIDE:
        withheld = work(families, releases)
    else:  # new processes, for this one may have threads
        codes = [list_codes(definitions, items) for items in families.values()]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            parts = ([each.about(of_family) for each in releases] for of_family in codes)
            withheld = [each for found in pool.map(work, ([code] for code in families), parts) for each in found]
    return withhold_in_publication(release, withheld, definitions), withheld


def _repair_families(
    codes: Collection[str], releases: Sequence[Publication], definitions: Definitions,
    answers: Callable[[PublishedFamily], Floats] | None,
) -> list[Withheld]:  # fmt: skip
    """What must be withheld of some families in the last release."""
    families = read_publications(releases, definitions, only=codes)
    repairs = (FamilyRepair(each, definitions, len(releases) - 1, answers and answers(each)) for each in families)
    return [withheld for repair in repairs for withheld in repair.run()]


class FamilyRepair:
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
        self.raised: set[Figure] = set()  # of earlier years, put in doubt by this release
        self.about: dict[tuple[int, str], list[int]] = defaultdict(list)
        for at, told in enumerate(printed.sources):
            for year in told.years if told.release == release else ():
                self.about[year, told.group].append(at)

    def run(self) -> list[Withheld]:
        """What must be withheld."""
        leaks = self._audit([])
        # whatever is safe while all this is printed stays so when less is
        self.safe = {name_figure(each) for each in self.printed.hidden} - {leak.figure for leak in leaks}
        against: dict[Withheld, list[Leak]] = {}
        while leaks:
            leaks = self._leave_old_doubts(leaks, list(against))
            chosen = {leak: self._choose(leak, list(against)) for leak in leaks}
            if lost := [leak for leak in leaks if not chosen[leak]]:
                raise CannotProtect(lost)
            for leak, each in sorted((leak, each) for leak, found in chosen.items() for each in found):
                against.setdefault(each, []).append(leak)
            leaks = leaks and self._audit(list(against))
        return sorted(self._print_after_all(against))

    def _print_after_all(self, against: Mapping[Withheld, Sequence[Leak]]) -> list[Withheld]:
        """What is still withheld when everything is printed that turns out not to have been needed."""
        kept, printed, back = list(against), list[Withheld](), 1
        for each in sorted(against, key=lambda each: self._worth(each, against[each]), reverse=True):
            fewer = [other for other in kept if other != each]
            needed = any(leak.figure in self.raised for leak in against[each])  # or many audits would have to tell
            if not needed and all(self._is_safe(leak, fewer) for leak in against[each]):
                kept, printed = fewer, [*printed, each]
        while printed and self._audit(kept):
            kept, printed, back = [*kept, *printed[-back:]], printed[:-back], 2 * back  # the least worth first
        return kept

    def _worth(self, withheld: Withheld, against: Sequence[Leak]) -> tuple[int, bool, int]:
        """What a figure is worth to readers: a group's own most, then that of all, then a roll-up's; a principle more
        than an item; one far from what it would give away more than one beside it.
        """
        group = self.definitions.group_by_code.get(withheld.group)
        worth = 1 if withheld.group == ALL else 2 if group is not None and group.kind == "answers" else 0
        place, own = self.printed.place_of, (withheld.year, withheld.group)
        leaking = [place[leak.year, leak.group] for leak in against]
        return worth, not withheld.item, min(abs(place.get(own, at) - at) for at in leaking)

    def _leave_old_doubts(self, leaks: Sequence[Leak], withheld: Sequence[Withheld]) -> list[Leak]:
        """Leaks, but not doubts about earlier years that are none, or as great without the new release.

        A large programme is not searched to the end; what it could not decide was found safe when it was released.
        """
        newest = max(year for year, _ in self.printed.counts)
        doubts = {leak.figure for leak in leaks if leak.year < newest} - self.raised
        if self.answers is None or len(self.printed.written.cell_low) <= LARGEST or not doubts:
            return list(leaks)
        silent, reach = self.silence(withheld), NEAR[-1]
        self.safe |= {each for each in doubts if is_safe_nearby(self.printed, silent, each, self.answers, reach=reach)}
        nothing_new = np.array([told.release == self.release for told in self.printed.sources], dtype=bool)
        others = set(self.printed.figure_at) - (doubts - self.safe)
        before = audit_family(self.printed.without(nothing_new), self.solved, self.answers, safe=others)
        self.safe |= {leak.figure for leak in before}
        self.raised |= doubts - self.safe
        return [leak for leak in leaks if leak.figure not in self.safe]

    def _audit(self, withheld: Sequence[Withheld]) -> list[Leak]:
        return audit_family(self.printed.without(self.silence(withheld)), self.solved, self.answers, safe=self.safe)

    def _is_safe(self, leak: Leak, withheld: Sequence[Withheld]) -> bool:
        silent = self.silence(withheld)
        if self.answers is not None and leak.figure not in self.raised:
            return is_safe_nearby(self.printed, silent, leak.figure, self.answers)
        others = set(self.printed.figure_at) - {leak.figure}
        return not audit_family(self.printed.without(silent), self.solved, self.answers, safe=others)

    def silence(self, withheld: Sequence[Withheld]) -> NDArray[np.bool_]:
        """Which sources are not printed then."""
        silent = np.zeros(len(self.printed.sources), dtype=bool)
        silent[[at for each in withheld for at in self._find(each)]] = True
        return silent

    def _find(self, withheld: Withheld) -> Iterator[int]:
        """The sources that one choice takes away."""
        for group in (withheld.group, *self._above(withheld.group)):
            for at in self.about.get((withheld.year, group), ()):
                told = self.printed.sources[at]
                # an average of groups less the others in it is the one that is withheld
                if withheld.item in ("", told.code) and (told.average or group == withheld.group):
                    yield at

    def _above(self, code: str) -> tuple[str, ...]:
        if code == ALL:
            return ()
        return self.definitions.ancestors(code) if code in self.definitions.group_by_code else (ALL,)

    def _list_beside(self, leak: Leak) -> list[str]:
        """Groups that share a roll-up with that of a leak, nearest in the register first."""
        place = {code: at for (year, code), at in self.printed.place_of.items() if year == leak.year}
        own, above = place.pop(leak.group), self._above(leak.group)[:1]
        return sorted(
            (code for code in place if self._above(code)[:1] == above), key=lambda code: abs(place[code] - own)
        )

    def _choose(self, leak: Leak, withheld: Sequence[Withheld]) -> list[Withheld]:
        """The cheapest printed figures without which a leak is none; where no choice helps at once, the first."""
        silent = self.silence(withheld)

        def keep_printed(candidates: Iterable[Withheld]) -> list[Withheld]:
            return [each for each in candidates if not all(silent[at] for at in self._find(each))]

        own, above = Withheld(leak.year, leak.group, leak.family), self._above(leak.group)
        roll_ups = keep_printed(replace(own, group=code) for code in above)
        ladders = [[roll_ups[:to] for to in range(1, len(roll_ups) + 1)]]
        if leak.measure != leak.family:
            of_item = keep_printed(replace(own, group=code, item=leak.measure) for code in above)
            items = sorted(
                (item for year, item in self.printed.counts if year == leak.year), key=lambda item: item != leak.measure
            )  # what a band says of the item itself first
            others = keep_printed(replace(own, item=item) for item in items)
            ladders.insert(0, [of_item, *([each] for each in others), *([*of_item, each] for each in others)])
        beside = keep_printed(replace(own, group=code) for code in self._list_beside(leak))
        everything = keep_printed(replace(own, group=code) for year, code in self.about if year == leak.year)
        ladders += [[keep_printed([own])], [*([each] for each in beside), beside], [everything]]
        ladders = [[choice for choice in ladder if choice] for ladder in ladders]
        for ladder in ladders:
            # where all together do not help, none of them does
            together = list(dict.fromkeys(each for choice in ladder for each in choice))
            if len(ladder) > 2 and not self._is_safe(leak, [*withheld, *together]):
                continue
            for choice in ladder:
                if self._is_safe(leak, [*withheld, *choice]):
                    return choice
        return next((choice for ladder in ladders for choice in ladder), [])
