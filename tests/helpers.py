"""Definitions and answers for tests, built in memory with as few words as a test needs.

definitions = make_definitions(items={"q1": "P1", "q2": "P1"}, groups=["North", "South"])
answers = make_answers({"North": {"r1": [4, 5], "r2": {"q1": 3, "q2": "no_opinion"}}}, definitions)

By default: one group ``North``, principle ``P1`` with items ``q1`` and ``q2``, a five-point scale ``agree``
(1-2 unfavourable, 3 neutral, 4-5 favourable, "no opinion"), the year 2027, no roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from pipeline.store.definitions import Definitions, WaveDefinitions
from pipeline.store.tables import conform
from schemas.definitions import ChangeRules, Group, Item, Principle, Programme, RosterRow, ScalePoint, Wave
from schemas.tables import TABLES

ItemSpec = Item | str | Mapping[str, Any]
Items = Mapping[str, ItemSpec]


def make_scale(code: str, size: int, non_answers: Iterable[str] = ("no_opinion",)) -> tuple[ScalePoint, ...]:
    """A scale 1..size: the lower half unfavourable, the upper half favourable, an odd middle neutral."""
    points = []
    for value in range(1, size + 1):
        side = value - (size + 1) / 2
        mark = "yes" if side > 0 else "no" if side < 0 else "neutral"
        points.append(ScalePoint(scale=code, value=value, label={"en": f"option {value}"}, favourable=mark))
    points += [ScalePoint(scale=code, label={"en": kind}, kind=kind) for kind in non_answers]
    return tuple(points)


def make_definitions(
    *,
    groups: Iterable[str | Mapping[str, Any] | Group] = ("North",),
    principles: Iterable[str | Mapping[str, Any] | Principle] = ("P1",),
    items: Items | None = None,
    years: Iterable[int] = (2027,),
    items_by_year: Mapping[int, Items] | None = None,
    scales: Mapping[str, int] | Sequence[ScalePoint] | None = None,
    roster: Mapping[str, int | Mapping[str, Any]] | None = None,
    roster_by_year: Mapping[int, Mapping[str, int | Mapping[str, Any]]] | None = None,
    wave: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    programme: Mapping[str, Any] | None = None,
    **more: Any,
) -> Definitions:
    """A programme's definitions.

    Args:
        groups: codes, or fields of ``Group`` (``{"group": "BC", "parent": "CSG"}``).
        principles: codes, or fields of ``Principle``.
        items: item code -> principle, or fields of ``Item`` (``{"principle": "P1", "reverse": True}``).
        years: one wave each, all alike but for the ``_by_year`` arguments.
        items_by_year: items of single years, in place of ``items``.
        scales: scale code -> number of points, or all points.
        roster: group -> eligible number, or fields of ``RosterRow``, in every year.
        roster_by_year: the roster of single years, in place of ``roster``.
        wave: fields of ``Wave`` for every year.
        change: fields of ``ChangeRules``.
        programme: fields of ``Programme``.
        more: further fields of ``Definitions`` (criteria, indicators, periods, improvements), and ``cuts`` (rows of
            ``cuts.csv``) for every year.
    """
    questions = items if items is not None else {"q1": "P1", "q2": "P1"}
    points = _make_scales(scales if scales is not None else {"agree": 5})
    waves = {
        year: WaveDefinitions(
            year=year,
            wave=Wave(year=year, title=f"Survey {year}", tool="plain", report_date=date(year, 12, 1), **(wave or {})),
            items=tuple(_make_item(code, spec) for code, spec in (items_by_year or {}).get(year, questions).items()),
            scale_points=points,
            roster=tuple(
                _make_roster_row(group, spec) for group, spec in (roster_by_year or {}).get(year, roster or {}).items()
            ),
            corrections=(),
            cut_categories=tuple(more.get("cuts", ())),
        )
        for year in years
    }
    return Definitions(
        id="example",
        programme=Programme(
            name="Example survey", short_name="Example", change=ChangeRules(**(change or {})), **(programme or {})
        ),
        principle_versions=tuple(_make_principle(spec) for spec in principles),
        groups=tuple(_make_group(spec) for spec in groups),
        criteria=more.get("criteria", ()),
        indicators=more.get("indicators", ()),
        periods=more.get("periods", ()),
        improvements=more.get("improvements", ()),
        waves=waves,
    )


def make_answers(
    answers: Mapping[str, Mapping[str, Sequence[Any] | Mapping[str, Any]]],
    definitions: Definitions,
    year: int | None = None,
    level: str = "individual",
) -> pd.DataFrame:
    """The ``answers`` table: group -> respondent -> values in item order, or by item code.

    A number is an answer, a word its kind of non-answer, ``None`` and items not named are missing.
    """
    at = max(definitions.years) if year is None else year
    codes = [item.item for item in definitions.waves[at].items]
    rows = []
    for group, people in answers.items():
        for respondent, given in people.items():
            by_item = given if isinstance(given, Mapping) else dict(zip(codes, given, strict=False))
            for code in codes:
                cell = by_item.get(code)
                kind = "missing" if cell is None else cell if isinstance(cell, str) else "answer"
                value = cell if kind == "answer" else None
                rows.append((str(at), group, level, respondent, code, value, kind))
    columns = ["wave", "group", "level", "respondent", "item", "value", "kind"]
    return conform(pd.DataFrame(rows, columns=columns), "answers")


def make_people(scores: Iterable[float | int], items_n: int = 2) -> dict[str, list[int]]:
    """People ``r0, r1, …`` who give every item the same answer: 1 -> score 0, 5 -> score 100."""
    return {f"r{number}": [int(value)] * items_n for number, value in enumerate(scores)}


def make_respondents(
    counts: Mapping[str, Mapping[str, int]], year: int = 2027, level: str = "individual"
) -> pd.DataFrame:
    """The ``respondents`` table: group -> status (complete, partial, excluded) -> how many."""
    rows = []
    for group, statuses in counts.items():
        for status, n in statuses.items():
            for number in range(n):
                rows.append(
                    {
                        "wave": str(year), "group": group, "respondent": f"{group}-{status}-{number}", "level": level,
                        "status": status, "reason": "excluded_test" if status == "excluded" else "", "answered_n": 2,
                        "file": "export.csv", "sheet": "", "row": len(rows) + 2,
                    }
                )  # fmt: skip
    columns = list(TABLES["respondents"].to_schema().columns)
    return conform(pd.DataFrame(rows, columns=columns), "respondents")


def pick(table: pd.DataFrame, **values: Any) -> dict[str, Any]:
    """The one row of a table with these values, nulls as ``None``."""
    rows = table
    for column, value in values.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, f"{len(rows)} rows with {values}"
    return {name: None if pd.isna(cell) else cell for name, cell in rows.iloc[0].items()}


def _make_scales(scales: Mapping[str, int] | Sequence[ScalePoint]) -> tuple[ScalePoint, ...]:
    if isinstance(scales, Mapping):
        return tuple(point for code, size in scales.items() for point in make_scale(code, size))
    return tuple(scales)


def _make_item(code: str, spec: ItemSpec) -> Item:
    if isinstance(spec, Item):
        return spec
    fields = {"principle": spec} if isinstance(spec, str) else dict(spec)
    return Item(**({"item": code, "text": {"en": f"Question {code}"}, "scale": "agree"} | fields))


def _make_group(spec: str | Mapping[str, Any] | Group) -> Group:
    if isinstance(spec, Group):
        return spec
    fields = {"group": spec} if isinstance(spec, str) else dict(spec)
    return Group(**({"name": f"{fields['group']} group"} | fields))


def _make_principle(spec: str | Mapping[str, Any] | Principle) -> Principle:
    if isinstance(spec, Principle):
        return spec
    fields = {"principle": spec} if isinstance(spec, str) else dict(spec)
    code = fields["principle"]
    return Principle(
        **({"version": "1", "since": 2000, "name": {"en": code}, "text": {"en": f"{code} holds."}} | fields)
    )


def _make_roster_row(group: str, spec: int | Mapping[str, Any]) -> RosterRow:
    fields = {"eligible": spec} if isinstance(spec, int) else dict(spec)
    return RosterRow(**({"group": group} | fields))
