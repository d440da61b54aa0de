"""Linear relations between hidden cells while they are written down, and who answered in a wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.disclose.linear_system import Floats, LinearSystem
from pipeline.disclose.thresholds import Tree, count_direct, find_left_out
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP, ReleaseProfile

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Told:
    """What tells a relation: a printed figure, or what everybody knows.

    Attributes:
        text: in words.
        years, group, code: what the printed row is about; no years for what everybody knows.
        average: the row counts each group once.
        release: position of the publication that prints it.
    """

    text: str
    years: tuple[int, ...] = ()
    group: str = ""
    code: str = ""
    average: bool = False
    release: int = 0

    def and_also(self, what: str) -> Told:
        return replace(self, text=f"{self.text}, {what}")


@dataclass
class Equations:
    """A linear system while it is being written down."""

    cell_high: list[Floats] = field(default_factory=list)
    whole: list[NDArray[np.bool_]] = field(default_factory=list)
    size: int = 0
    rows: list[tuple[Places, Floats, float, float, Told]] = field(default_factory=list)
    known: list[tuple[Places, Floats, Told]] = field(default_factory=list)

    def add_cells(self, high: Floats, *, whole: bool) -> Places:
        """New cells between 0 and ``high``; ``whole``: they count people."""
        self.cell_high.append(high)
        self.whole.append(np.full(len(high), whole))
        self.size += len(high)
        return np.arange(self.size - len(high), self.size)

    def tell(self, cells: Places, weights: Floats | float, low: float, high: float, told: Told) -> None:
        """``low <= weights @ cells <= high``."""
        self.rows.append(
            (cells, np.full(len(cells), weights) if isinstance(weights, float) else weights, low, high, told)
        )

    def fix(self, cells: Places, values: Floats, told: Told) -> None:
        """``cells == values``: printed as they are."""
        self.known.append((cells, values, told))

    def finish(self) -> LinearSystem:
        """The relations, without what is printed of single cells."""
        lengths = [len(row[0]) for row in self.rows]
        matrix = csr_array(
            (
                np.concatenate([np.empty(0), *(row[1] for row in self.rows)]),
                np.concatenate([np.empty(0, dtype=np.intp), *(row[0] for row in self.rows)]),
                np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp),
            ),
            shape=(len(self.rows), self.size),
        )
        matrix.sum_duplicates()
        return LinearSystem(
            matrix,
            np.array([row[2] for row in self.rows]), np.array([row[3] for row in self.rows]),
            np.zeros(self.size), np.concatenate([np.empty(0), *self.cell_high]),
            np.concatenate([np.empty(0, dtype=bool), *self.whole]),
        )  # fmt: skip


@dataclass(frozen=True)
class WaveFacts:
    """Who answered in one wave, by leaf: a group that answers, a roll-up's own answers, or nobody's group.

    Attributes:
        n: responses of each leaf.
        members: leaves that each group's figures count.
        eligible: people who could answer, by group.
    """

    n: Mapping[str, int]
    members: Mapping[str, tuple[str, ...]]
    eligible: Mapping[str, int]

    @staticmethod
    def read(responses: pd.DataFrame, definitions: Definitions, year: int) -> WaveFacts:
        rows = responses[responses["year"] == year].astype({"group": "str"}).set_index("group")
        totals = {str(code): int(n) for code, n in rows["n"].items()}
        tree = Tree.of(definitions)
        direct = count_direct(totals, tree)
        leaves = {code if code != ALL else NO_GROUP: n for code, n in direct.items() if n > 0}
        if definitions.waves[year].wave.several_groups:
            # people may count twice: no total of several groups is published, and none can be taken apart
            leaves = {code: n for code, n in leaves.items() if code in tree.answering}
        members: dict[str, tuple[str, ...]] = {code: (code,) for code in leaves}
        for group in definitions.reported_groups():
            if group.kind == "rollup":
                below = (group.group, *(each.group for each in definitions.descendants(group.group)))
                members[group.group] = tuple(code for code in below if code in leaves)
        members[ALL] = tuple(leaves)
        eligible = {str(code): int(number) for code, number in rows["eligible"].dropna().items()}
        return WaveFacts(leaves, members, eligible)

    def choose_left_out(self, definitions: Definitions, profile: ReleaseProfile, *, of_items: bool) -> set[str]:
        """Whom the roll-ups leave out; the rule is public, and so are the numbers it goes by."""
        tree = Tree.of(definitions)
        direct = {code if code != NO_GROUP else ALL: n for code, n in self.n.items()}
        left_out = find_left_out(direct, profile.score, tree)
        if of_items:
            left_out = find_left_out(direct, profile.distribution, tree, left_out)
        return {code if code != ALL else NO_GROUP for code in left_out}
