"""Columns that look like a group by their header and are a rated row by their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from pipeline.ingest.draft._labels import NON_ANSWERS, STARRED, read_label

MOST_ALIKE = 25
"""More different texts than this are no set of answers that a grid's rows share."""


def find_repeated(texts: Sequence[Mapping[str, int]]) -> frozenset[int]:
    """Columns whose answers are also those of two other columns: the rows of a grid, not a group."""
    sets = {at: frozenset(each) for at, each in enumerate(texts) if 2 <= len(each) <= MOST_ALIKE}
    columns = Counter(sets.values())
    by_text: dict[str, list[frozenset[str]]] = {}
    for alike in columns:
        for text in alike:
            by_text.setdefault(text, []).append(alike)
    repeated = set()
    for alike, times in columns.items():
        shared = Counter(other for text in alike for other in by_text[text] if other != alike)
        others = sum(columns[other] for other, n in shared.items() if 2 * n >= max(len(alike), len(other)))
        if times + others >= 3:
            repeated.add(alike)
    return frozenset(at for at, alike in sets.items() if alike in repeated)


def is_scale(texts: Mapping[str, int], labels: Mapping[str, str]) -> bool:
    """Whether at least half of the texts are answers such as 'often', '4 - Good' or stars; a bare number names either."""
    if not 2 <= len(texts) <= MOST_ALIKE:
        return False
    readings = [read_label(labels.get(text, text)) for text in texts]
    given = [each for each in readings if each.kind not in NON_ANSWERS]
    worded = [each.number is None or each.score is not None or each.family == STARRED for each in given]
    rated = sum(each.kind == "answer" and each.known and says for each, says in zip(given, worded, strict=True))
    return bool(given) and 2 * rated >= len(given)


def are_words(texts: Collection[str]) -> bool:
    """Whether texts are more than codes and numbers, which any two questions may share."""
    return sum(sum(c.isalpha() for c in text) > 2 for text in texts) * 2 > len(texts)
