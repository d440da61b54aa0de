"""Years in which one person may count in several groups: what adding and taking away would give (methods S17.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.store.definitions import Definitions
from schemas.definitions import ALL, NO_GROUP


def find_overlapping(respondents: pd.DataFrame, definitions: Definitions, year: int) -> frozenset[str]:
    """Groups whose figures are withheld because groups share people.

    Where groups overlap, a total less some of its groups can be the answers of a handful, and no threshold on
    counts sees it. So no total of several groups is shown, and of two groups that differ in fewer people than
    the counts of a question need, only the larger (of two alike in size, the first in the register).

    Args:
        respondents: the year's ``respondents``.
        definitions: the programme.
        year: the survey year.

    Returns:
        Codes of groups, ``_all`` included; none in a year where everybody counts in one group.
    """
    if not definitions.waves[year].wave.several_groups:
        return frozenset()
    counted = respondents[(respondents["status"] != "excluded") & (respondents["level"] == "individual")]
    counted = counted[counted["group"] != NO_GROUP].astype({"group": "str"})
    register = [group.group for group in definitions.groups]
    codes, names = pd.factorize(counted["group"], sort=False)
    people, _ = pd.factorize(counted["respondent"], sort=False)
    member = np.zeros((len(names), people.max(initial=-1) + 1), dtype=np.float32)
    member[codes, people] = 1
    shared = member @ member.T
    size = np.diag(shared)
    apart = size[:, None] + size[None, :] - 2 * shared
    close = np.argwhere(np.triu((apart > 0) & (apart < definitions.programme.release_profile().distribution), k=1))
    larger_first = {name: (-size[at], register.index(name)) for at, name in enumerate(names)}
    withheld = {max(names[a], names[b], key=lambda name: larger_first[name]) for a, b in close}
    return frozenset({ALL, *(group.group for group in definitions.groups if group.kind == "rollup"), *withheld})
