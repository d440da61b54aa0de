"""Coded answers through the wave's pandera schema, then into the stored tables.

A respondent with an invalid cell is quarantined as a whole: half a person is nobody's answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.errors

from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.answers import answers_schema
from schemas.problems import Problem


def validate_answers(coded: pd.DataFrame, wave: WaveDefinitions) -> tuple[pd.DataFrame, list[Problem]]:
    """Check values, kinds and that only answers carry a value.

    Returns:
        ``coded`` with invalid respondents excluded, and one ``answers_invalid`` problem per column
        (never with a value in it).
    """
    values = {code: [p.value for p in points if p.value is not None] for code, points in wave.scales.items()}
    invalid = pd.Series(False, index=coded.index)
    found: dict[str, int] = {}
    try:
        answers_schema(wave.items, values).validate(coded, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["column", "index"])
        for column, rows in cases.groupby("column"):
            found[str(column)] = len(rows)
            invalid |= coded.index.isin(rows["index"].dropna())
    for item in wave.items:
        disagree = (coded[f"kind:{item.item}"] == "answer") != coded[f"value:{item.item}"].notna()
        if disagree.any():
            found[f"value:{item.item}"] = found.get(f"value:{item.item}", 0) + int(disagree.sum())
            invalid |= disagree
    problems = [
        Problem(code="answers_invalid", what=f"{n} cells break the schema", wave=str(wave.year), column=column)
        for column, n in found.items()
    ]
    quarantined = coded.assign(
        status=coded["status"].mask(invalid, "excluded"), reason=coded["reason"].mask(invalid, "answers_invalid")
    )
    return quarantined, problems


def make_respondents(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per response, excluded ones included (table ``respondents``)."""
    columns = ["group", "respondent", "status", "reason", "answered_n", "file", "sheet", "row"]
    return coded[columns].assign(wave=str(wave.year), level=wave.wave.level)


def make_answers(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per counted response and item (table ``answers``), built column-wise."""
    kept = coded[coded["status"] != "excluded"].sort_values(["group", "respondent"], kind="stable")
    codes = sorted(item.item for item in wave.items)
    n, k = len(kept), len(codes)

    def repeat(name: str) -> pd.Categorical:
        column = kept[name].astype("str").astype("category").cat
        return pd.Categorical.from_codes(np.repeat(column.codes.to_numpy(), k), categories=column.categories)

    def constant(text: str) -> pd.Categorical:
        return pd.Categorical.from_codes(np.zeros(n * k, "int8"), categories=[text])

    values = [kept[f"value:{code}"].array for code in codes]
    numbers = (
        np.column_stack([v.to_numpy(dtype="int16", na_value=0) for v in values]).ravel() if n else np.empty(0, "int16")
    )
    blanks = np.column_stack([v.isna() for v in values]).ravel() if n else np.empty(0, bool)
    kinds = np.column_stack([kept[f"kind:{code}"].cat.codes for code in codes]).ravel() if n else np.empty(0, "int8")
    return pd.DataFrame(
        {
            "wave": constant(str(wave.year)),
            "group": repeat("group"),
            "level": constant(wave.wave.level),
            "respondent": repeat("respondent"),
            "item": pd.Categorical.from_codes(np.tile(np.arange(k, dtype="int16"), n), categories=codes),
            "value": pd.arrays.IntegerArray(numbers, blanks),
            "kind": pd.Categorical.from_codes(kinds, categories=list(kept[f"kind:{codes[0]}"].cat.categories)),
        }
    )


def make_comments(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.DataFrame:
    """One row per open answer of a counted response (table ``comments``)."""
    kept = coded[coded["status"] != "excluded"]
    yes = {normalise_label(value) for value in wave.wave.share_comment_values}
    may_share = pd.Series(False, index=kept.index)
    if "share" in kept and yes:
        may_share = kept["share"].astype("str").map(normalise_label).isin(yes)
    parts = []
    for position, header in enumerate(wave.wave.comment_columns):
        text = kept[f"comment:{position}"].astype("str").str.strip()
        part = kept.loc[text != "", ["group", "respondent"]]
        parts.append(part.assign(wave=str(wave.year), column=header, may_share=may_share, text=text))
    if parts:
        return pd.concat(parts, ignore_index=True)
    columns = {"wave": "str", "group": "str", "respondent": "str", "column": "str", "may_share": "bool", "text": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
