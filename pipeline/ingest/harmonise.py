"""Labels to item values and group names to group codes; what does not map becomes a problem.

Works on the distinct texts of each column, never on respondents one by one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.definitions import NO_GROUP, ScalePoint
from schemas.problems import Problem, counted
from schemas.tables import KINDS


def harmonise_answers(texts: pd.DataFrame, definitions: Definitions, year: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Give every response its group code and every item cell its value and kind.

    Args:
        texts: the all-text layer of one year (see ``columns.select_columns``).

    Returns:
        The identity columns with ``group``, and per item ``value:CODE`` (Int16, null unless an
        answer) and ``kind:CODE`` (categorical); and the problems: ``label_unknown`` and
        ``group_undeclared`` are errors, with row and column but never the text.
    """
    wave = definitions.waves[year]
    out = texts[["file", "sheet", "row", "respondent"]].copy()
    out["group"], problems = _resolve_groups(texts, definitions, wave)
    parts: dict[str, pd.Series] = {}
    for item in wave.items:
        column = texts[f"item:{item.item}"]
        value, kind, unknown = code_labels(column, wave.scales[item.scale])
        parts[f"value:{item.item}"], parts[f"kind:{item.item}"] = value, kind
        if unknown.any():
            problems.append(
                _cell_problem(
                    "label_unknown",
                    f"{counted(int(unknown.sum()), 'cell')} with an answer that scale '{item.scale}' does not know",
                    texts[unknown],
                    wave,
                    item.column or item.item,
                )
            )
    for name in ("started", "finished", "test", "share", *(c for c in texts if c.startswith("comment:"))):
        if name in texts:
            parts[name] = texts[name]
    return pd.concat([out, pd.DataFrame(parts, index=out.index)], axis=1), problems


def code_labels(column: pd.Series, points: tuple[ScalePoint, ...]) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Map a categorical text column through a scale.

    Returns:
        Values (Int16, null unless an answer), kinds (categorical), and a mask of cells no scale
        point knows. A blank cell is ``missing``.
    """
    by_label = {normalise_label(text): point for point in points for text in _spellings(point)}
    categories = [normalise_label(text) for text in column.cat.categories]
    known = [by_label.get(label) for label in categories]
    # one extra slot at the end serves code -1, a cell absent from its file
    value = np.array([point.value if point and point.value is not None else 0 for point in known] + [0], "int16")
    answered = np.array([bool(point and point.kind == "answer") for point in known] + [False])
    kind = np.array([KINDS.index(point.kind if point else "missing") for point in known] + [4], "int8")
    unknown = np.array(
        [point is None and label != "" for point, label in zip(known, categories, strict=True)] + [False]
    )
    codes = column.cat.codes.to_numpy()
    values = pd.Series(pd.arrays.IntegerArray(value[codes], ~answered[codes]), index=column.index)
    kinds = pd.Series(pd.Categorical.from_codes(kind[codes], categories=KINDS), index=column.index)
    return values, kinds, pd.Series(unknown[codes], index=column.index)


def _spellings(point: ScalePoint) -> tuple[str, ...]:
    return tuple(text for text in (point.code, *point.label.values(), *point.aliases) if text)


def _resolve_groups(
    texts: pd.DataFrame, definitions: Definitions, wave: WaveDefinitions
) -> tuple[pd.Series, list[Problem]]:
    """Group codes: the most specific filled group column, else the file's group, else none."""
    by_name = _group_names(definitions)
    none = {"", *(normalise_label(text) for text in wave.wave.no_group_values)}
    group = texts["file_group"].astype("str").map(lambda code: by_name.get(normalise_label(code), NO_GROUP))
    problems = [
        Problem(
            code="group_undeclared",
            what=f"survey.toml gives file {entry.file} to an undeclared group",
            wave=str(wave.year),
            file=f"{wave.year}/survey.toml",
            column="files.group",
        )
        for entry in wave.wave.files
        if entry.group and normalise_label(entry.group) not in by_name
    ]
    for position, header in enumerate(wave.wave.group_columns):
        if f"group:{position}" not in texts:
            continue
        column = texts[f"group:{position}"]
        names = [normalise_label(text) for text in column.cat.categories]
        found = np.array([by_name.get(name, "") for name in names] + [""], dtype=object)
        unknown = np.array([name not in none and name not in by_name for name in names] + [False])
        codes = column.cat.codes.to_numpy()
        group = group.mask(found[codes] != "", pd.Series(found[codes], index=group.index))
        if unknown[codes].any():
            problems.append(
                _cell_problem(
                    "group_undeclared",
                    f"{counted(int(unknown[codes].sum()), 'response')} for a group that groups.csv does not know",
                    texts[unknown[codes]],
                    wave,
                    header,
                )
            )
    unnamed = int((group == NO_GROUP).sum())
    if unnamed:
        problems.append(
            Problem(code="group_none", what=f"{counted(unnamed, 'response')} without a group", wave=str(wave.year))
        )
    return group.astype("category"), problems


def _group_names(definitions: Definitions) -> Mapping[str, str]:
    """Every spelling of a group to the code its answers carry; folded groups lead to their parent."""
    names = {}
    for group in definitions.groups:
        carrier = group
        while carrier.kind == "folded" and carrier.parent:
            carrier = definitions.group_by_code[carrier.parent]
        for spelling in (group.group, group.name, *group.aliases):
            names[normalise_label(spelling)] = carrier.group
    return names


def _cell_problem(code: str, what: str, rows: pd.DataFrame, wave: WaveDefinitions, column: str) -> Problem:
    first = rows.iloc[0]
    return Problem(
        code=code,
        what=what,
        wave=str(wave.year),
        file=str(first["file"]),
        sheet=str(first["sheet"]),
        row=int(first["row"]),
        column=column,
    )
