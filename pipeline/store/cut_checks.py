"""Cuts and weighting checked against themselves and against the columns that something else reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.cuts import Cut, CutCategory
from schemas.problems import Problem

GROUP = "group"
"""What ``[weighting] by`` calls the groups of roster.csv, and so no cut's code."""


def check_cuts(definitions: Definitions, wave: WaveDefinitions) -> Iterator[Problem]:
    """Contradictions in one year's ``cuts.csv`` and ``[weighting]``."""
    for code in dict.fromkeys(row.cut for row in wave.cut_categories):
        yield from _check_rows(wave, code, [row for row in wave.cut_categories if row.cut == code])
    yield from _check_columns(wave)
    yield from _check_weighting(definitions, wave)


def list_spellings(row: CutCategory) -> list[str]:
    """Normalised code, labels and aliases of a category."""
    return list(dict.fromkeys(map(normalise_label, (row.category, *row.label.values(), *row.aliases))))


def _about(wave: WaveDefinitions, what: str, column: str, action: str = "", file: str = "cuts.csv") -> Problem:
    return Problem(code="definition_conflict", what=what, file=f"{wave.year}/{file}", column=column, action=action)


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _check_rows(wave: WaveDefinitions, code: str, rows: list[CutCategory]) -> Iterator[Problem]:
    if code == GROUP:
        yield _about(wave, "A cut cannot be called 'group'", "cut", "Choose another code.")
    columns = dict.fromkeys(row.column for row in rows if row.column)
    if len(columns) != 1:
        what = f"Cut '{code}' names no column" if not columns else f"Cut '{code}' names {len(columns)} columns"
        yield _about(wave, what, "column", "Give the export's header on one row of the cut.")
    for language in dict.fromkeys(language for row in rows for language in row.name):
        if len({row.name[language] for row in rows if language in row.name}) > 1:
            yield _about(wave, f"Cut '{code}' has two names", f"name:{language}")
    for category in _repeated(row.category for row in rows):
        yield _about(wave, f"Category '{category}' of cut '{code}' is declared twice", "category")
    if sum(row.kind == "category" for row in rows) < 2:
        yield _about(wave, f"Cut '{code}' has fewer than two categories", "category")
    for spelling in _repeated(spelling for row in rows for spelling in list_spellings(row)):
        yield _about(wave, f"Cut '{code}' reads '{spelling}' as two categories", "aliases")
    for row in rows:
        if row.kind == "not_said" and row.eligible is not None:
            what = f"'{row.category}' stands for people who did not say: nobody on the roster is in it"
            yield _about(wave, what, "eligible", "Leave the number out.")


def _check_columns(wave: WaveDefinitions) -> Iterator[Problem]:
    """A column serves once: two cuts of one column, one finer than the other, could be subtracted."""
    settings = wave.wave
    read = {normalise_label(item.column): f"item '{item.item}'" for item in wave.items if item.column}
    others = (
        *settings.group_headers, settings.respondent_column, settings.started_column, settings.finished_column,
        settings.share_comment_column, settings.responses.test_column, *settings.comment_columns,
    )  # fmt: skip
    read |= {normalise_label(name): "survey.toml" for name in others if name}
    for cut in wave.cuts:
        name = normalise_label(cut.column)
        if name in read:
            what = f"The column of cut '{cut.cut}' is also read by {read[name]}"
            yield _about(wave, what, "column", "Give each its own column of the export.")
        read[name] = f"cut '{cut.cut}'"


def _check_weighting(definitions: Definitions, wave: WaveDefinitions) -> Iterator[Problem]:
    """Numbers that are not known yet are no contradiction: a new year waits for them, its figures say so."""
    weighting, file = wave.wave.weighting, "survey.toml"
    cuts = {cut.cut: cut for cut in wave.cuts}
    totals: dict[str, int] = {}
    for name in weighting.by:
        if name == GROUP:
            if wave.wave.several_groups:
                yield _about(
                    wave, "Weighting by group needs people who are in one group each", "weighting.by", file=file
                )
            if (total := _count_members(definitions, wave)) is not None:
                totals[name] = total
        elif name not in cuts:
            what = f"[weighting] names '{name}', which cuts.csv does not declare"
            yield _about(wave, what, "weighting.by", file=file)
        elif (numbers := cuts[name].eligible) is not None:
            totals[name] = sum(numbers)
    for name, total in totals.items():
        if total < 1:
            yield _about(wave, f"The eligible numbers of '{name}' add up to nobody", "eligible")
    if len(set(totals.values())) > 1:
        said = ", ".join(f"{total} by {name}" for name, total in totals.items())
        what = f"The eligible numbers do not add up to the same people: {said}"
        yield _about(wave, what, "eligible", "Count the same roster in each cut.")


def _count_members(definitions: Definitions, wave: WaveDefinitions) -> int | None:
    """People on the roster of all groups that answer; null where one number is missing."""
    numbers = []
    for group in definitions.reported_groups():
        if group.kind == "answers" and (group.since or wave.year) <= wave.year <= (group.until or wave.year):
            row = wave.roster_by_group.get(group.group)
            numbers.append(row.eligible if row else None)
    return sum(n for n in numbers if n is not None) if numbers and None not in numbers else None


def map_spellings(cut: Cut) -> dict[str, str]:
    """The category code that each normalised spelling stands for; ``_not_said`` for those that do not tell."""
    not_said = cut.codes[-1]
    return {
        spelling: row.category if row.kind == "category" else not_said
        for row in cut.categories
        for spelling in list_spellings(row)
    }
