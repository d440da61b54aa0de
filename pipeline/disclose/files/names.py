"""Which group, measure, category and year a text names: how a cell's or sentence's subject is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from pipeline.disclose.files.passages import Context
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

LONGEST_LABEL = 100
"""A cell with more letters is a sentence: what it names in passing does not say what its row is about."""


class Names:
    """Every name of a programme, in every language and wording it ever had."""

    def __init__(self, definitions: Definitions) -> None:
        self._years = frozenset(definitions.years)
        self._whole: dict[str, Context] = {}
        community = definitions.programme.words.community
        groups = {group.name: group.group for group in definitions.groups}
        groups |= {community: ALL, community[:1].upper() + community[1:]: ALL}
        principles = {name: row.principle for row in definitions.principle_versions for name in row.name.values()}
        for name, code in groups.items():
            self._add(Context(groups=frozenset([code])), code, name)
        for name, code in principles.items():
            self._add(Context(measures=frozenset([code])), code, name, f"{code} {name}")
        for wave in definitions.waves.values():
            for item in wave.items:
                self._add(Context(measures=frozenset([item.item])), item.item, *item.text.values())
            for part in wave.cut_categories:
                self._add(Context(categories=frozenset([part.category])), part.category, *part.label.values())
        self._groups, self._measures = _Finder(groups), _Finder(principles)
        self.find = lru_cache(maxsize=None)(self._find)
        self.find_heading = lru_cache(maxsize=None)(self._find_heading)
        self.find_label = lru_cache(maxsize=None)(self._find_label)

    def _add(self, context: Context, code: str, *spellings: str) -> None:
        """A code stands for itself as it is written, 'NO' and not 'no'; a name in any case."""
        for key in (_code(code), *map(_fold, spellings)):
            self._whole[key] = merge_labels([self._whole.get(key, Context()), context])

    def _look_up(self, text: str) -> Context | None:
        return self._whole.get(_code(text.strip())) or self._whole.get(_fold(text))

    def _find(self, text: str) -> Context:
        """What a text names anywhere: groups and principles by name, items by their whole wording in quotes."""
        quoted = [self._whole.get(_fold(part), Context()).measures for part in re.findall(r"“([^”]+)”", text)]
        measures = self._measures.find(text).union(*quoted)
        years = frozenset(int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", text)) & self._years
        return Context(self._groups.find(text), measures, years=years)

    def _find_heading(self, text: str) -> Context:
        """What a heading, caption or header stands for; a year only where it says nothing else."""
        if known := self._look_up(text):
            return known
        if text.strip().isdigit():
            year = int(text)
            return Context(years=frozenset([year]), exact=True) if year in self._years else Context()
        return replace(self._find(text), years=frozenset()) if len(text) <= LONGEST_LABEL else Context()

    def _find_label(self, text: str) -> Context:
        """What a cell stands for: the same, but that words inside a longer text are no principle's name."""
        named = self._find_heading(text)
        return named if self._look_up(text) else replace(named, measures=frozenset())


class _Finder:
    """Longest names first, as whole words, so that 'Council of the North' is not found as 'Council'."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        longest = sorted(filter(None, names), key=len, reverse=True)
        self._look = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)") if longest else None

    def find(self, text: str) -> frozenset[str]:
        return frozenset(self._names[name] for name in self._look.findall(text)) if self._look else frozenset()


def _code(text: str) -> str:
    return f"code {text}"


def _fold(text: str) -> str:
    """A label as it is compared: without case, spaces and the full stop that a sentence may have lost."""
    return f"name {' '.join(text.split()).rstrip('.').casefold()}"


def merge_labels(labels: Iterable[Context]) -> Context:
    """What several labels of one row say together."""
    groups: frozenset[str] = frozenset()
    measures, categories, years, exact = groups, groups, frozenset[int](), False
    for each in labels:
        groups, measures = groups | each.groups, measures | each.measures
        categories = categories | each.categories
        if each.exact:
            years, exact = (years if exact else frozenset()) | each.years, True
        elif not exact:
            years = years | each.years
    return Context(groups, measures, categories, years, exact)
