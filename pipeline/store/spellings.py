"""The spellings of a scale's answers: those declared, and those a declared one states beside another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.store.labels import normalise_label, split_spellings, split_stated
from schemas.definitions import ScalePoint


@dataclass(frozen=True)
class Spellings:
    """Which point of a scale a normalised label means.

    Attributes:
        declared: codes, labels in every language, and aliases.
        stated: the number and the words of a declared label such as ``10 - strongly agree``, where no
            other point has a claim to them.
    """

    declared: Mapping[str, ScalePoint]
    stated: Mapping[str, ScalePoint]

    @staticmethod
    def of(points: Sequence[ScalePoint]) -> Spellings:
        declared = {spelling: point for point in points for spelling in list_spellings(point)}
        claims: dict[str, list[ScalePoint]] = {}
        for spelling, point in declared.items():
            for part in split_stated(spelling) or ():
                if point not in (claimed := claims.setdefault(normalise_label(part), [])):
                    claimed.append(point)
        stated = {part: held[0] for part, held in claims.items() if len(held) == 1 and part not in declared}
        return Spellings(declared, stated)

    def find(self, label: str) -> ScalePoint | None:
        """The point a label means; None where none is meant, or its number and its words mean two."""
        if found := self.declared.get(label) or self.stated.get(label):
            return found
        for one, other in split_spellings(label):
            first, second = self._part(one), self._part(other)
            if first is not None and first == second:
                return first
        return None

    def _part(self, part: str) -> ScalePoint | None:
        plain = normalise_label(part)
        return self.declared.get(plain) or self.stated.get(plain)


def list_spellings(point: ScalePoint) -> Iterator[str]:
    """Normalised code, labels and aliases of a point."""
    spelled = (normalise_label(text) for text in (point.code, *point.label.values(), *point.aliases))
    yield from dict.fromkeys(spelling for spelling in spelled if spelling)
