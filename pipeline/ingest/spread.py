"""Questions that an export spreads over one column per answer option, of which a response marks one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.ingest.cells import is_chosen, is_left_out
from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._grid import Variable
from pipeline.store.labels import normalise_label
from schemas.definitions import Item

SPREAD = re.compile(r"(.+(?:\s-\s|\[))([^\[\]]+)\]?")
BETWEEN = "; "
"""Stands between options that one response marks; no scale knows such a cell, so that nobody misses it."""


def find_questions(headers: Sequence[str]) -> dict[str, dict[int, str]]:
    """What ``Question [option]`` and ``Question - option`` may be the options of: question -> position -> option.

    ``Question [row - option]`` belongs to ``Question [row]``.
    """
    found: dict[str, dict[int, str]] = {}
    for at, header in enumerate(headers):
        if parts := SPREAD.fullmatch(header):
            stem = parts[1].strip(" [-")
            found.setdefault(stem + ("]" if " [" in stem else ""), {})[at] = parts[2].strip()
    return found


def gather_options(table: RawTable, options: Mapping[int, str]) -> tuple[pa.DictionaryArray, int]:
    """One column of answers from the columns of its options.

    Args:
        options: position -> option. A cell marks it with the option's own text or a word for yes.

    Returns:
        Per row the option that is marked, blank where none is, several texts where the row is unclear;
        and how many rows are.
    """
    texts = {"": 0}
    marks = np.zeros((len(options), table.n_rows), np.int32)
    for row, (at, option) in enumerate(options.items()):
        places = []
        for cell in table.columns[at].dictionary.to_pylist():
            plain = normalise_label(cell)
            if plain == normalise_label(option) or is_chosen(plain):
                places.append(texts.setdefault(option, len(texts)))
            else:
                # what is neither yes nor no stays as it is, and is on no scale
                text = "" if is_left_out(plain) else f"{option}: {cell.strip()}"
                places.append(texts.setdefault(text, len(texts)))
        marks[row] = np.array(places, np.int32)[table.columns[at].indices.to_numpy(zero_copy_only=False)]
    answers, several = marks.max(axis=0), np.flatnonzero((marks > 0).sum(axis=0) > 1)
    named = list(texts)
    for at in several.tolist():
        text = BETWEEN.join(named[place] for place in marks[:, at] if place)
        answers[at] = texts.setdefault(text, len(texts))
    known = [text in ("", *options.values()) for text in texts]
    unclear = int((~np.array(known)[answers]).sum())
    return pa.DictionaryArray.from_arrays(pa.array(answers), pa.array(list(texts), pa.string())), unclear


def add_question(table: RawTable, name: str, options: Mapping[int, str]) -> RawTable:
    """The table with one more column, behind the others: a question's answers, gathered from its options."""
    return replace(
        table,
        headers=(*table.headers, name),
        codes=(*table.codes, "") if table.codes else (),
        columns=(*table.columns, gather_options(table, options)[0]),
        variables=(*table.variables, Variable(name)) if table.variables else (),
    )


def add_spread_items(table: RawTable, items: Collection[Item]) -> RawTable:
    """The table with a column for each item that names a question of which there are only the options."""
    headers = Headers.of(table)
    lacking = [item.column for item in items if item.column and not headers.find([item.column])]
    questions = {normalise_label(name): options for name, options in find_questions(headers.headers).items()}
    for name in lacking:
        if len(options := questions.get(normalise_label(name), {})) > 1:
            table = add_question(table, name, options)
    return table
