"""What counts as a response: declared rules, each exclusion with its reason, nothing deleted."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd

from pipeline.ingest.dates import parse_dates
from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.errors import user_error
from pipeline.store.labels import normalise_label
from schemas.problems import PROBLEMS, Problem, counted

EXCLUSIONS = ("excluded_test", "excluded_out_of_dates", "excluded_empty", "excluded_duplicate", "excluded_partial")
"""In the order they are decided: a response gets the first reason that fits."""


def classify_responses(coded: pd.DataFrame, definitions: Definitions, year: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Status and reason of every response of one year.

    Args:
        coded: the output of ``harmonise.harmonise_answers``.

    Returns:
        ``coded`` with ``status`` (complete, partial, excluded), ``reason`` (problem code or blank)
        and ``answered_n``; and one problem per reason with its count.
    """
    wave = definitions.waves[year]
    answered = pd.DataFrame({item.item: coded[f"kind:{item.item}"] == "answer" for item in wave.items})
    answered_n = answered.sum(axis=1)
    # "no opinion" and "not applicable" are replies: they do not make a response partial
    replied = pd.DataFrame({item.item: coded[f"kind:{item.item}"] != "missing" for item in wave.items})
    scorable = _reaches_half(answered, definitions, wave).any(axis=1)
    complete = _reaches_half(replied, definitions, wave).all(axis=1)
    rules = wave.wave.responses
    masks = {
        "excluded_test": _is_test(coded, wave),
        "excluded_out_of_dates": _out_of_dates(coded, wave) if rules.within_fieldwork else _nobody(coded),
        "excluded_empty": (answered_n == 0) if rules.count != "any row" else _nobody(coded),
        "excluded_partial": ~scorable if rules.count == "scorable" else _nobody(coded),
    }
    reason = pd.Series("", index=coded.index)
    for code in EXCLUSIONS:
        mask = _is_duplicate(coded, answered_n, reason, wave) if code == "excluded_duplicate" else masks[code]
        reason = reason.mask((reason == "") & mask, code)
    status = pd.Series(np.where(reason != "", "excluded", np.where(complete, "complete", "partial")), index=coded.index)
    out = coded.assign(status=status, reason=reason, answered_n=answered_n.astype("Int32"))
    out["respondent"] = _unique_within_group(out)
    return out, _count_reasons(out, wave)


def refuse_when_nobody_counts(classified: pd.DataFrame, year: int) -> None:
    """A year in which every response is excluded would replace earlier results by nothing.

    Raises:
        UserError: ``export_empty`` with the reason that most of them have.
    """
    if (classified["status"] == "excluded").all():
        most = PROBLEMS[str(classified["reason"].mode().iloc[0])].title
        raise user_error(
            "export_empty",
            f"None of {counted(len(classified), 'response')} counts; the reason most have: {most}",
            wave=str(year),
            file=str(classified["file"].iloc[0]),
            action="Check the export, and [responses] and the fieldwork dates in survey.toml.",
        )


def _nobody(coded: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=coded.index)


def _reaches_half(filled: pd.DataFrame, definitions: Definitions, wave: WaveDefinitions) -> pd.DataFrame:
    """Per principle, whether enough of its items are filled to score it (half rule, methods S2)."""
    parent = {row.principle: row.parent or row.principle for row in definitions.principles(wave.year)}
    by_principle: dict[str, list[str]] = {}
    for item in wave.items:
        if item.principle:
            by_principle.setdefault(parent[item.principle], []).append(item.item)
    return pd.DataFrame(
        {
            principle: filled[items].sum(axis=1) >= max(ceil(len(items) / 2), min(2, len(items)))
            for principle, items in by_principle.items()
        },
        index=filled.index,
    )


def _is_test(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.Series:
    values = {normalise_label(value) for value in wave.wave.responses.test_values}
    if "test" not in coded or not values:
        return _nobody(coded)
    texts = coded["test"]
    marked = np.array([normalise_label(text) in values for text in texts.cat.categories] + [False])
    return pd.Series(marked[texts.cat.codes], index=coded.index)


def _finished(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.Series:
    """When each response was sent (else begun); not a time where the cell is blank."""
    settings = wave.wave
    for role, header in (("finished", settings.finished_column), ("started", settings.started_column)):
        if header and role in coded:
            around = (settings.fieldwork_from, settings.fieldwork_to)
            if (times := parse_dates(coded[role].astype("str"), around)) is not None:
                return times
            raise user_error(
                "date_unreadable",
                "No one date convention reads the whole column",
                wave=str(wave.year),
                file=str(coded["file"].iloc[0]),
                column=header,
            )
    return pd.Series(pd.NaT, index=coded.index, dtype="datetime64[us]")


def _out_of_dates(coded: pd.DataFrame, wave: WaveDefinitions) -> pd.Series:
    times, settings = _finished(coded, wave), wave.wave
    outside = _nobody(coded)
    if settings.fieldwork_from:
        outside |= times < pd.Timestamp(settings.fieldwork_from)
    if settings.fieldwork_to:
        outside |= times >= pd.Timestamp(settings.fieldwork_to) + pd.Timedelta(days=1)
    return outside


def _is_duplicate(coded: pd.DataFrame, answered_n: pd.Series, reason: pd.Series, wave: WaveDefinitions) -> pd.Series:
    """A repeated response id, or the same answers from the same group at nearly the same time.

    The first in file order is kept; responses excluded for another reason neither count nor cover.
    """
    live = coded[reason == ""]
    duplicate = _nobody(coded)
    duplicate[live.index[live.duplicated(["group", "respondent"])]] = True
    minutes = wave.wave.responses.duplicate_minutes
    if not minutes:
        return duplicate
    values = [name for name in coded if name.startswith(("value:", "kind:"))]
    fingerprint = pd.util.hash_pandas_object(live[["group", *values]].astype({"group": "str"}), index=False)
    frame = pd.DataFrame({"same": fingerprint, "time": _finished(coded, wave)[live.index]})
    frame = frame[answered_n[live.index] >= wave.wave.responses.duplicate_min_items]
    frame = frame.sort_values("time", kind="stable")
    gap = frame.groupby("same")["time"].diff()
    duplicate[gap.index[gap <= pd.Timedelta(minutes=minutes)]] = True
    return duplicate


def _unique_within_group(coded: pd.DataFrame) -> pd.Series:
    """Pseudonyms, with -2, -3 … on repeats of one response id inside a group, so that keys hold."""
    nth = coded.groupby(["group", "respondent"], observed=True).cumcount()
    names: pd.Series = coded["respondent"].where(nth == 0, coded["respondent"] + "-" + (nth + 1).astype("str"))
    return names


def _count_reasons(coded: pd.DataFrame, wave: WaveDefinitions) -> list[Problem]:
    problems = []
    for (code, file, sheet), n in (
        coded[coded["reason"] != ""].groupby(["reason", "file", "sheet"], observed=True).size().items()
    ):
        rows = coded[(coded["reason"] == code) & (coded["file"] == file) & (coded["sheet"] == sheet)]["row"]
        title = PROBLEMS[str(code)].title.lower()
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
