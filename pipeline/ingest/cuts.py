"""The cells of declared cuts as category codes.

A region beside a language beside ten years in a group can be one person, so an export's own words stay in the
exports folder: the stored layers, the first one included, hold declared codes alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.ingest.groups import about_cell
from pipeline.store.cut_checks import map_spellings
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.cuts import NOT_SAID, Cut
from schemas.problems import Problem, counted

KEY = ["wave", "cut", "group", "respondent", "category"]


def code_cuts(texts: pd.DataFrame, wave: WaveDefinitions) -> tuple[pd.DataFrame, list[Problem]]:
    """Replace each cut's text by category codes, before anything is stored.

    Returns:
        ``texts`` with ``cut:CODE`` as categories of declared codes and ``_not_said``; and the problems:
        ``cut_unknown`` is an error, with row and column but never the text.
    """
    coded, problems = {}, []
    for cut in wave.cuts:
        column = texts[f"cut:{cut.cut}"]
        coded[f"cut:{cut.cut}"], unknown = _code_cells(column, cut)
        if unknown.any():
            cells = counted(int(unknown.sum()), "cell")
            code = "cut_other" if cut.other_is_not_said else "cut_unknown"
            what = f"{cells} that no category of cut '{cut.cut}' knows"
            problems.append(about_cell(code, what, texts, unknown, wave, cut.column))
    return (texts.assign(**coded) if coded else texts), problems


def _code_cells(column: pd.Series, cut: Cut) -> tuple[pd.Categorical, np.ndarray]:
    """Category of each cell, blank and undeclared ones as not said; and which cells are undeclared."""
    known, codes = map_spellings(cut), list(cut.codes)
    labels = [normalise_label(str(text)) for text in column.cat.categories]
    # one extra slot at the end serves code -1, a cell absent from its file
    place = np.array([codes.index(known.get(label, NOT_SAID)) for label in labels] + [len(codes) - 1], dtype=np.int16)
    unknown = np.array([label != "" and label not in known for label in labels] + [False])
    cells = column.cat.codes.to_numpy()
    return pd.Categorical.from_codes(place[cells], categories=pd.Index(codes, dtype="str")), unknown[cells]


def make_cut_members(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per person, group and cut (table ``cut_members``); what a group said as a whole is nobody's."""
    kept = coded.loc[(coded["status"] != "excluded") & (coded["level"] == "individual"), :]
    people = kept[["group", "respondent"]]
    parts = [
        people.assign(
            wave=str(wave.year),
            cut=pd.Categorical.from_codes(np.zeros(len(people), "int8"), categories=pd.Index([cut.cut], dtype="str")),
            category=kept[f"cut:{cut.cut}"].astype("str"),
        )
        for cut in wave.cuts
    ]
    if parts:
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame({name: pd.Series(dtype="str") for name in KEY})
