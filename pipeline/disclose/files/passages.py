"""What a finished file is taken apart into, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from schemas.problems import Problem


@dataclass(frozen=True)
class Context:
    """What a piece of a file is about; an empty set stands for everything the file may show.

    Attributes:
        groups: group codes.
        measures: codes of principles and items.
        categories: codes of a cut's categories.
        years: survey years.
        exact: the years are named by this very row, so that no other year's figure belongs here.
    """

    groups: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    exact: bool = False

    def narrow(self, other: Context) -> Context:
        """This context, with whatever the other one says in place of its own."""
        return Context(
            other.groups or self.groups,
            other.measures or self.measures,
            other.categories or self.categories,
            other.years or self.years,
            other.exact if other.years else self.exact,
        )

    def widen(self, other: Context) -> Context:
        """This context and what the other one names besides; what is open stays open."""
        return Context(
            self.groups | other.groups if self.groups else self.groups,
            self.measures | other.measures if self.measures else self.measures,
            self.categories | other.categories,
            self.years | other.years if self.years else self.years,
        )


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: ``column`` is a column's header, or names an element."""

    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True)
class Passage:
    """A piece of text of a file.

    Attributes:
        figure: a table's cell or a chart's label, where nothing but this row's own figures may stand.
        numbers: whether its numbers are to be explained.
    """

    text: str
    place: Place
    context: Context = Context()
    figure: bool = False
    numbers: bool = True


@dataclass(frozen=True)
class Finding:
    """Something a finished file must not hold; ``kind`` is one of ``KINDS``."""

    kind: str
    place: Place = field(default_factory=Place)


KINDS: dict[str, tuple[str, str]] = {
    "withheld": (
        "A number stands where the release withholds the figure",
        "Do not pass the file on; run 'cip run' again, which marks it [c].",
    ),
    "strange": (
        "A number is not among what the release prints",
        "Take it out, or run 'cip run' again, which writes the file anew.",
    ),
    "finer": (
        "A number is finer than the release prints it, which rounds to whole points",
        "Take it out, or run 'cip run' again, which writes the file anew.",
    ),
    "differs": (
        "A cell differs from the stored release",
        "Run 'cip run' again, which writes the table anew.",
    ),
    "contact": (
        "An e-mail address, a phone number or an IP address",
        "Take it out; only what the definitions print is public.",
    ),
    "token": (
        "A respondent's id, token or pseudonym, or something from a column with personal data",
        "Do not pass the file on. Take it out, and report it: no report reads these.",
    ),
    "comment": (
        "Words of a comment as somebody wrote them",
        "Do not pass the file on. Take them out; the review workbook says which excerpts may be shown.",
    ),
    "hidden": (
        "Something is hidden in the file",
        "Take it out: everybody can make it visible.",
    ),
    "mark": (
        "A mark of a chart does not stand where a figure of the release puts it",
        "Run 'cip run' again, which draws the chart from whole points.",
    ),
    "unknown": (
        "A part of the file that this check cannot read",
        "Take it out, or publish the file as 'cip run' wrote it.",
    ),
}
"""What can be wrong: in plain words, and what to do next."""


def tell_findings(findings: Iterable[Finding], file: str, wave: str = "") -> list[Problem]:
    """Findings as problems, those of one kind and column together; the values stay where they are."""
    alike: dict[tuple[str, str, str], list[Place]] = {}
    for each in findings:
        alike.setdefault((each.kind, each.place.sheet, each.place.column), []).append(each.place)
    problems = []
    for (kind, sheet, column), places in alike.items():
        what, action = KINDS[kind]
        more = f", and {len(places) - 1} more like it" if len(places) > 1 else ""
        problem = Problem("release_unsafe", what + more, wave=wave, file=file, sheet=sheet, column=column)
        problems.append(replace(problem, row=places[0].row, action=action))
    return problems
