"""What counts as a response: declared rules, each exclusion with its reason, nothing deleted."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.ingest.exclusions import is_duplicate, is_out_of_dates, is_straight_line, is_test, is_too_fast
from pipeline.ingest.groups import split_groups
from pipeline.ingest.times import Clock
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.errors import user_error
from schemas.problems import PROBLEMS, Problem, counted
from schemas.tables import KINDS

EXCLUSIONS = (
    "excluded_test", "excluded_out_of_dates", "excluded_empty", "excluded_too_fast", "excluded_straight_line",
    "excluded_partial", "excluded_duplicate",
)  # fmt: skip
"""In the order they are decided: a response gets the first reason that fits.

Duplicates come last, so that nobody's good response is lost to an earlier one that does not count.
"""
STATUSES = ("complete", "partial", "excluded")

Mask = NDArray[np.bool_]


def classify_responses(coded: pd.DataFrame, definitions: Definitions, year: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Status and reason of every response of one year, and then a row for each group it is for.

    Args:
        coded: the output of ``harmonise.harmonise_answers``.

    Returns:
        ``coded`` with ``status`` (complete, partial, excluded), ``reason`` (problem code or blank) and
        ``answered_n``, a response for several groups repeated once for each; and one problem per reason
        with its count of responses.
    """
    wave = definitions.waves[year]
    rules, clock = wave.wave.responses, Clock(coded, wave)
    kinds = {item.item: coded[f"kind:{item.item}"].cat.codes.to_numpy() for item in wave.items}
    answered = {code: kind == KINDS.index("answer") for code, kind in kinds.items()}
    # "no opinion" and "not applicable" are replies: they do not make a response partial
    replied = {code: kind != KINDS.index("missing") for code, kind in kinds.items()}
    answered_n = np.add.reduce([*answered.values()], dtype=np.int32)
    nobody = np.zeros(len(coded), dtype=bool)
    scorable = np.logical_or.reduce([nobody, *_reach_half(answered, definitions, wave)])
    complete = np.logical_and.reduce([~nobody, *_reach_half(replied, definitions, wave)])
    reason = np.zeros(len(coded), dtype=np.int8)
    for at, code in enumerate(EXCLUSIONS, start=1):
        if code == "excluded_test":
            mask = is_test(coded, wave)
        elif code == "excluded_out_of_dates":
            mask = is_out_of_dates(clock, wave)
        elif code == "excluded_empty":
            mask = answered_n == 0 if rules.count != "any row" else nobody
        elif code == "excluded_too_fast":
            mask = is_too_fast(clock, wave)
        elif code == "excluded_straight_line":
            mask = is_straight_line(coded, wave)
        elif code == "excluded_partial":
            mask = ~scorable if rules.count == "scorable" else nobody
        else:
            mask = is_duplicate(clock, answered_n, reason == 0, wave)
        reason[(reason == 0) & mask] = at
    status = np.where(reason > 0, STATUSES.index("excluded"), np.where(complete, 0, 1)).astype(np.int8)
    out = coded.assign(
        status=pd.array(STATUSES, dtype="str").take(status),
        reason=pd.array(("", *EXCLUSIONS), dtype="str").take(reason),
        answered_n=pd.array(answered_n, dtype="Int32"),
    )
    out["respondent"] = _tell_apart(out, wave)
    problems = _count_reasons(out, wave)
    return split_groups(out), problems


def refuse_when_nobody_counts(classified: pd.DataFrame, year: int) -> None:
    """A year in which every response is excluded would replace earlier results by nothing.

    Raises:
        UserError: ``export_empty`` with the reason that most of them have.
    """
    if (classified["status"] == "excluded").all():
        responses = classified.drop_duplicates(["file", "sheet", "row"])
        most = PROBLEMS[str(responses["reason"].mode().iloc[0])].title
        raise user_error(
            "export_empty",
            f"None of {counted(len(responses), 'response')} counts; the reason most have: {most}",
            wave=str(year),
            file=str(classified["file"].iloc[0]),
            action="Check the export, and [responses] and the fieldwork dates in survey.toml.",
        )


def _reach_half(filled: dict[str, Mask], definitions: Definitions, wave: WaveDefinitions) -> list[Mask]:
    """Per principle, whether enough of its items are filled to score it (half rule, methods S2)."""
    parent = {row.principle: row.parent or row.principle for row in definitions.principles(wave.year)}
    by_principle: dict[str, list[str]] = {}
    for item in wave.items:
        if item.principle:
            by_principle.setdefault(parent[item.principle], []).append(item.item)
    return [
        np.add.reduce([filled[item] for item in items], dtype=np.int16) >= max(ceil(len(items) / 2), min(2, len(items)))
        for items in by_principle.values()
    ]


def _tell_apart(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.Series:
    """Pseudonyms, with -2, -3 … on repeats of one response id, so that keys hold.

    Repeats are counted inside a group; where a response may be for several groups, over the whole wave,
    so that one pseudonym in two groups means one response there (``score`` relies on it).
    """
    within = ["respondent"] if wave.wave.several_groups else ["group", "respondent"]
    repeated = coded.duplicated(within, keep=False).to_numpy()
    names: pd.Series = coded["respondent"].copy()
    if repeated.any():
        nth = coded.loc[repeated, within].groupby(within, observed=True).cumcount()
        again = nth[nth > 0]
        names.loc[again.index] = names.loc[again.index] + "-" + (again + 1).astype("str")
    return names


def _count_reasons(coded: pd.DataFrame, wave: WaveDefinitions) -> list[Problem]:
    problems = []
    excluded = coded.loc[coded["reason"] != "", ["reason", "file", "sheet", "row"]]
    for (code, file, sheet), rows in excluded.groupby(["reason", "file", "sheet"], observed=True)["row"]:
        title, n = PROBLEMS[str(code)].title.lower(), len(rows)
        problems.append(
            Problem(
                code=str(code),
                what=f"{n} {title}, the first here" if n > 1 else f"1 {title.replace('responses', 'response')}",
                wave=str(wave.year),
                file=str(file),
                sheet=str(sheet),
                row=int(rows.iloc[0]),
            )
        )
    if partial := int((coded["status"] == "partial").sum()):
        problems.append(Problem(code="partial", what=counted(partial, "partial response"), wave=str(wave.year)))
    return problems
