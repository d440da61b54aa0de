"""Coded answers through the wave's pandera schema, then into the stored tables.

A respondent with an invalid cell is quarantined as a whole: half a person is nobody's answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa
from numpy.typing import NDArray

from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label
from pipeline.store.long_frames import check_values
from schemas.answers import answers_schema
from schemas.problems import Problem
from schemas.tables import KINDS


def validate_answers(coded: pd.DataFrame, wave: WaveDefinitions) -> tuple[pd.DataFrame, list[Problem]]:
    """Check values, kinds and that only answers carry a value.

    Returns:
        ``coded`` with invalid respondents excluded, and one ``answers_invalid`` problem per column
        (never with a value in it).
    """
    values = {code: [p.value for p in points if p.value is not None] for code, points in wave.scales.items()}
    schema = answers_schema(wave.items, values)
    invalid = np.zeros(len(coded), dtype=bool)
    found: dict[str, int] = {}
    try:
        check_values(coded, schema)
    except pandera.errors.SchemaErrors:  # only then is it worth looking for the cells
        found, invalid = _find_invalid(coded, schema)
    for item in wave.items:
        answered = coded[f"kind:{item.item}"].array == "answer"
        disagree = answered == coded[f"value:{item.item}"].isna().to_numpy()
        if disagree.any():
            found[f"value:{item.item}"] = found.get(f"value:{item.item}", 0) + int(disagree.sum())
            invalid |= disagree
    if not found:
        return coded, []
    problems = [
        Problem(code="answers_invalid", what=f"{n} cells break the schema", wave=str(wave.year), column=column)
        for column, n in found.items()
    ]
    quarantined = coded.assign(
        status=coded["status"].mask(invalid, "excluded"), reason=coded["reason"].mask(invalid, "answers_invalid")
    )
    return quarantined, problems


def _find_invalid(coded: pd.DataFrame, schema: pa.DataFrameSchema) -> tuple[dict[str, int], NDArray[np.bool_]]:
    """How many cells of each column break the schema, and in which rows."""
    invalid, found = np.zeros(len(coded), dtype=bool), {}
    try:
        schema.validate(coded, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["column", "index"])
        for column, rows in cases.groupby("column"):
            found[str(column)] = len(rows)
            invalid |= coded.index.isin(rows["index"].dropna())
    return found, invalid


def make_respondents(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per response, excluded ones included (table ``respondents``)."""
    columns = ["group", "respondent", "level", "status", "reason", "answered_n", "file", "sheet", "row"]
    level = coded["level"].cat.remove_unused_categories()
    return coded[columns].assign(wave=_repeat_year(wave, len(coded)), level=level)


def make_answers(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per counted response and item (table ``answers``), built column-wise."""
    kept = _sort_people(coded[coded["status"] != "excluded"], wave)
    codes = sorted(item.item for item in wave.items)
    n, k = len(kept), len(codes)

    def repeat(column: pd.Categorical) -> pd.Categorical:
        return pd.Categorical.from_codes(np.repeat(column.codes, k), categories=column.categories)

    numbers, blanks = np.zeros((n, k), dtype="int16"), np.zeros((n, k), dtype=bool)
    kinds = np.zeros((n, k), dtype="int8")
    for at, code in enumerate(codes):
        values = kept[f"value:{code}"].array
        numbers[:, at], blanks[:, at] = values.to_numpy(dtype="int16", na_value=0), values.isna()
        kinds[:, at] = kept[f"kind:{code}"].cat.codes
    return pd.DataFrame(
        {
            "wave": _repeat_year(wave, n * k),
            "group": repeat(kept["group"].array),
            "level": repeat(kept["level"].array),
            "respondent": repeat(kept["respondent"].array),
            "item": pd.Categorical.from_codes(np.tile(np.arange(k, dtype="int16"), n), categories=codes),
            "value": pd.arrays.IntegerArray(numbers.ravel(), blanks.ravel()),
            "kind": pd.Categorical.from_codes(kinds.ravel(), categories=KINDS),
        },
        copy=False,
    )


def _repeat_year(wave: WaveDefinitions, n: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(n, "int8"), categories=pd.Index([str(wave.year)], dtype="str"))


def _sort_people(kept: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """The columns that become answers, by group and pseudonym; both are categories in the order of their texts."""
    items = [f"{part}:{item.item}" for item in wave.items for part in ("value", "kind")]
    typed = kept[items].assign(
        **{name: _as_sorted(kept[name]) for name in ("group", "respondent")},
        level=kept["level"].cat.remove_unused_categories(),
    )
    order = np.lexsort((typed["respondent"].cat.codes, typed["group"].cat.codes))
    return typed.take(order)


def _as_sorted(column: pd.Series) -> pd.Categorical:
    codes, texts = pd.factorize(column.astype("str"), sort=True)
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype="str"))


def make_comments(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per open answer of a counted response (table ``comments``)."""
    kept = coded[coded["status"] != "excluded"]
    yes = {normalise_label(value) for value in wave.wave.share_comment_values}
    may_share = pd.Series(False, index=kept.index)
    if "share" in kept and yes:
        agrees = np.array([normalise_label(str(text)) in yes for text in kept["share"].cat.categories] + [False])
        may_share = pd.Series(agrees[kept["share"].cat.codes], index=kept.index)
    parts = []
    for position, header in enumerate(wave.wave.comment_columns):
        text = kept[f"comment:{position}"].astype("str").str.strip()
        part = kept.loc[text != "", ["group", "respondent"]]
        parts.append(part.assign(wave=str(wave.year), column=header, may_share=may_share, text=text))
    if parts:
        return pd.concat(parts, ignore_index=True)
    columns = {"wave": "str", "group": "str", "respondent": "str", "column": "str", "may_share": "bool", "text": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
