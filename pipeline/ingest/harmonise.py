"""Labels to item values and group names to group codes; what does not map becomes a problem.

Works on the distinct texts of each column, never on respondents one by one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.ingest.groups import about_cell, resolve_groups
from pipeline.store.definitions import Definitions
from pipeline.store.labels import normalise_label
from pipeline.store.spellings import Spellings
from schemas.definitions import ScalePoint
from schemas.problems import Problem, counted
from schemas.tables import KINDS

IDENTITY = ("file", "sheet", "row", "level", "respondent")
KEPT = ("started", "finished", "duration", "test", "share")


def harmonise_answers(texts: pd.DataFrame, definitions: Definitions, year: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Give every response its group code and every item cell its value and kind.

    Args:
        texts: the all-text layer of one year (see ``columns.select_columns``).

    Returns:
        The identity columns with ``group`` (``A|B`` for several, see ``groups``), and per item
        ``value:CODE`` (Int16, null unless an answer) and ``kind:CODE`` (categorical); and the problems:
        ``label_unknown`` and ``group_undeclared`` are errors, with row and column but never the text.
    """
    wave = definitions.waves[year]
    parts: dict[str, pd.Series] = {name: texts[name] for name in IDENTITY if name in texts}
    parts["group"], problems = resolve_groups(texts, definitions, wave)
    for item in wave.items:
        column, header = texts[f"item:{item.item}"], item.column or item.item
        value, kind, unknown = code_labels(column, wave.scales[item.scale])
        parts[f"value:{item.item}"], parts[f"kind:{item.item}"] = value, kind
        if unknown.any():
            cells = counted(int(unknown.sum()), "cell")
            what = f"{cells} with an answer that scale '{item.scale}' does not know"
            problems.append(about_cell("label_unknown", what, texts, unknown.to_numpy(), wave, header))
    parts |= {name: texts[name] for name in texts if name in KEPT or name.startswith(("comment:", "cut:"))}
    return pd.DataFrame(parts), problems


def code_labels(column: pd.Series, points: tuple[ScalePoint, ...]) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Map a categorical text column through a scale.

    Returns:
        Values (Int16, null unless an answer), kinds (categorical), and a mask of cells no scale
        point knows. A blank cell is ``missing``.
    """
    spellings = Spellings.of(points)
    categories = [normalise_label(text) for text in column.cat.categories]
    known = [spellings.find(label) for label in categories]
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
