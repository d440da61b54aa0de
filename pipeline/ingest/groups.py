"""Which group or groups a response is for; what names none becomes a problem, never a guess.

Works on distinct texts: each cell's text becomes a ``Named``, and columns are joined by the distinct
pairs that occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.ingest.cells import is_chosen, is_left_out, is_write_in
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.labels import normalise_label
from pipeline.store.names import GroupNames, group_names
from schemas.definitions import NO_GROUP
from schemas.problems import Problem, counted

SEVERAL = "|"
"""Stands between the codes of a response that is for several groups; no code holds it."""


@dataclass(frozen=True)
class Named:
    """What cells say of groups: the codes they name, whether they name one that nobody declared, whether they
    choose 'other', and whether an unknown name is one of another year.
    """

    groups: tuple[str, ...] = ()
    unknown: bool = False
    other: bool = False
    other_year: bool = False

    def unite(self, more: Named) -> Named:
        """What two columns of one question say together."""
        return Named(
            tuple(dict.fromkeys((*self.groups, *more.groups))),
            self.unknown or more.unknown,
            self.other or more.other,
            self.other_year or more.other_year,
        )

    def override(self, specific: Named) -> Named:
        """What a more specific question leaves of a general one."""
        kept = specific.groups or self.groups
        both = self.unite(specific)
        return Named(kept, both.unknown, both.other, both.other_year)

    @property
    def undeclared(self) -> bool:
        return self.unknown or (self.other and not self.groups)


@dataclass(frozen=True)
class _Column:
    """A value per row, as positions in the few that occur."""

    codes: NDArray[np.int64]
    values: tuple[Named, ...]

    @staticmethod
    def of(column: pd.Series, read_cell: Callable[[str], Named]) -> _Column:
        values = [read_cell(str(text)) for text in column.cat.categories] + [Named()]  # -1: absent from its file
        distinct = list(dict.fromkeys(values))
        place = {value: at for at, value in enumerate(distinct)}
        table = np.array([place[value] for value in values], dtype=np.int64)
        return _Column(table[column.cat.codes.to_numpy()], tuple(distinct))

    def join(self, other: _Column, how: Callable[[Named, Named], Named]) -> _Column:
        pairs, found = pd.factorize(self.codes * len(other.values) + other.codes)
        values = [how(self.values[pair // len(other.values)], other.values[pair % len(other.values)]) for pair in found]
        distinct = list(dict.fromkeys(values))
        place = {value: at for at, value in enumerate(distinct)}
        table = np.array([place[value] for value in values], dtype=np.int64)
        return _Column(table[pairs], tuple(distinct))

    def where(self, test: Callable[[Named], bool]) -> NDArray[np.bool_]:
        mask: NDArray[np.bool_] = np.array([test(value) for value in self.values], dtype=bool)[self.codes]
        return mask


def resolve_groups(
    texts: pd.DataFrame, definitions: Definitions, wave: WaveDefinitions
) -> tuple[pd.Series, list[Problem]]:
    """Group codes of all responses: what the most specific filled group question says, else the file's group.

    Returns:
        A categorical of codes; ``A|B`` for a response that is for several groups, ``_none`` for none; and
        the problems: ``group_undeclared`` is an error, with row and column but never the text.
    """
    names = group_names(definitions, wave.year)
    problems = [*_check_files(names, wave)]
    found = _Column.of(texts["file_group"].astype("category"), lambda code: _name(names, code, wave))
    for position, header in enumerate(wave.wave.group_headers):
        asked: _Column | None = None
        for role in [name for name in texts if name == f"group:{position}" or name.startswith(f"group:{position}:")]:
            option = role.split(":", 2)[2] if role.count(":") > 1 else ""
            column = _Column.of(texts[role], _reader(names, wave, option))
            if wave.wave.write_in_groups == "refuse":
                where = f"{header} [{option}]" if option else header
                problems += _unknown(column, texts, wave, where)
            asked = column if asked is None else asked.join(column, Named.unite)
        if asked is not None:
            if wave.wave.write_in_groups == "refuse":
                problems += _other(asked, texts, wave, header)
            found = found.join(asked, Named.override)
    problems += _check_written_in(found, texts, wave) if wave.wave.write_in_groups == "none" else []
    problems += _check_several(found, texts, wave)
    order = {group.group: at for at, group in enumerate(definitions.groups)}
    labels = [SEVERAL.join(sorted(value.groups, key=lambda code: order[code])) or NO_GROUP for value in found.values]
    categories = list(dict.fromkeys(labels))
    table = np.array([categories.index(label) for label in labels], dtype=np.int64)
    group = pd.Categorical.from_codes(table[found.codes], categories=pd.Index(categories, dtype="str"))
    group = group.remove_unused_categories().reorder_categories(sorted({*group.unique()}), ordered=False)
    if unnamed := int((group == NO_GROUP).sum()):
        what = f"{counted(unnamed, 'response')} without a group"
        problems.append(Problem(code="group_none", what=what, wave=str(wave.year)))
    return pd.Series(group, index=texts.index), problems


def split_groups(responses: pd.DataFrame) -> pd.DataFrame:
    """A row per response and group it is for; every other column is repeated."""
    categories = responses["group"].cat.categories
    parts = [str(text).split(SEVERAL) for text in categories]
    if all(len(codes) == 1 for codes in parts):
        return responses
    row_of, codes = np.arange(len(responses)), responses["group"].cat.codes.to_numpy()
    copies = np.array([len(part) for part in parts])[codes]
    row_of = np.repeat(row_of, copies)
    nth = np.arange(len(row_of)) - np.repeat(np.cumsum(copies) - copies, copies)
    single = sorted({code for part in parts for code in part})
    widest = max(len(part) for part in parts)
    table = np.array([[single.index(c) for c in part] + [-1] * (widest - len(part)) for part in parts])
    out = responses.take(row_of).reset_index(drop=True)
    out["group"] = pd.Categorical.from_codes(table[codes[row_of], nth], categories=pd.Index(single, dtype="str"))
    return out


def _reader(names: GroupNames, wave: WaveDefinitions, option: str) -> Callable[[str], Named]:
    """How cells of one column are read: as names, or, under a declared option, as a mark of that option."""
    if not option:
        return lambda cell: _name(names, cell, wave)
    own = normalise_label(option)
    said = _name(names, option, wave)
    open_ended = is_write_in(option) and not said.groups  # also where 'other' is declared to be no group
    if open_ended and said.undeclared:
        said = Named(other=True)

    def read_mark(cell: str) -> Named:
        plain = normalise_label(cell)
        if is_left_out(plain):
            return Named()
        if is_chosen(plain) or plain == own:
            return said
        named = _name(names, cell, wave)
        # under a declared option only that option can be named
        return named if open_ended or said.undeclared or named == said else Named(unknown=True)

    return read_mark


def _name(names: GroupNames, cell: str, wave: WaveDefinitions) -> Named:
    """The group or groups that a text names."""
    plain, mark = normalise_label(cell), wave.wave.group_separator
    if mark and plain not in names.codes and (mark in cell or "\n" in cell):
        parts = [part for line in cell.splitlines() for part in line.split(mark) if part.strip()]
        return _name_parts(names, parts, mark)
    return _name_one(names, plain)


def _name_one(names: GroupNames, plain: str) -> Named:
    code = names.codes.get(plain, "") if plain else NO_GROUP
    if code:
        return Named() if code == NO_GROUP else Named((code,))
    if is_write_in(plain):
        return Named(other=True)
    return Named(unknown=True, other_year=plain in names.other_years)


def _name_parts(names: GroupNames, parts: Sequence[str], mark: str) -> Named:
    """The groups of a list; a name that holds the separator itself is tried as a whole first."""
    said, at = Named(), 0
    while at < len(parts):
        joined = {end: normalise_label(mark.join(parts[at:end])) for end in range(len(parts), at, -1)}
        end = next((end for end, plain in joined.items() if plain in names.codes), at + 1)
        said, at = said.unite(_name_one(names, joined[end])), end
    return said


def _check_files(names: GroupNames, wave: WaveDefinitions) -> Iterator[Problem]:
    for entry in wave.wave.files:
        if entry.group and normalise_label(entry.group) not in names.codes:
            what = f"survey.toml gives file {entry.file} to an undeclared group"
            where = f"{wave.year}/survey.toml"
            yield Problem(code="group_undeclared", what=what, wave=str(wave.year), file=where, column="files.group")


def _unknown(column: _Column, texts: pd.DataFrame, wave: WaveDefinitions, header: str) -> Iterator[Problem]:
    unknown = column.where(lambda named: named.unknown)
    if n := int(unknown.sum()):
        known_once = int(column.where(lambda named: named.other_year).sum())
        what = f"{counted(n, 'response')} for a group that groups.csv does not know"
        if known_once:
            what += f"; aliases.csv knows the name of {known_once} of them, but not for {wave.year}"
        yield about_cell("group_undeclared", what, texts, unknown, wave, header)


def _other(asked: _Column, texts: pd.DataFrame, wave: WaveDefinitions, header: str) -> Iterator[Problem]:
    unnamed = asked.where(lambda named: named.other and not named.groups and not named.unknown)
    if n := int(unnamed.sum()):
        what = f"{counted(n, 'response')} for another group than those offered, without a name of it"
        yield about_cell("group_undeclared", what, texts, unnamed, wave, header)


def _check_written_in(found: _Column, texts: pd.DataFrame, wave: WaveDefinitions) -> Iterator[Problem]:
    written = found.where(lambda named: named.undeclared)
    if n := int(written.sum()):
        alone = int(found.where(lambda named: named.undeclared and not named.groups).sum())
        what = f"{counted(n, 'response')} with a group written in, {alone} of them without a declared one"
        yield about_cell("group_written_in", what, texts, written, wave, wave.wave.group_headers[-1])


def _check_several(found: _Column, texts: pd.DataFrame, wave: WaveDefinitions) -> Iterator[Problem]:
    several = found.where(lambda named: len(named.groups) > 1)
    if not (n := int(several.sum())):
        return
    if wave.wave.several_groups:
        what = f"{counted(n, 'response')} for several groups"
        yield Problem(code="several_groups", what=what, wave=str(wave.year))
    else:
        yield about_cell(
            "group_undeclared", f"{counted(n, 'response')} for more than one group", texts, several, wave,
            wave.wave.group_headers[-1], action="Set several_groups to true in survey.toml if people may name several.",
        )  # fmt: skip


def about_cell(
    code: str, what: str, texts: pd.DataFrame, mask: NDArray[np.bool_], wave: WaveDefinitions, column: str, *, action: str = ""
) -> Problem:  # fmt: skip
    """A problem at the first row of a mask."""
    first = texts.iloc[int(np.argmax(mask))]
    return Problem(
        code=code, what=what, wave=str(wave.year), file=str(first["file"]), sheet=str(first["sheet"]),
        row=int(first["row"]), column=column, action=action,
    )  # fmt: skip
