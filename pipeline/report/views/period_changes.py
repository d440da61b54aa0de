"""The changes that a period's workbooks show, with the questions behind those that were found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.report.text import capitalise, describe_persistent, describe_three_years
from pipeline.report.views.frame import is_rollup
from pipeline.report.views.item_change_rows import ItemChangeRow
from pipeline.report.views.rows import ReleasedRows, TrendRow
from pipeline.store.definitions import Definitions

AGGREGATIONS = ("own", "pooled", "groups_equal")


@dataclass(frozen=True)
class ItemMove:
    """One question of a principle that improved or declined."""

    text: str
    row: ItemChangeRow


@dataclass(frozen=True)
class ChangeFacts:
    """A comparison of two years; ``whole_period`` marks first to last, ``middle`` the year between (0: none).

    ``shown_for`` names the larger whole whose comparison stands in for a withheld one.
    """

    name: str
    row: TrendRow
    whole_period: bool
    delta: float
    middle: int
    moves: tuple[ItemMove, ...]
    shown_for: str = ""

    @property
    def methods(self) -> set[str]:
        """Ids of the methods behind what the workbooks say of it."""
        row, ids = self.row, {self.row.method, *(move.row.method for move in self.moves if not move.row.marker)}
        if row.marker:
            return ids
        said = {
            "brunner_munzel": row.superiority is not None,
            "persistent_overlap": bool(describe_persistent(row.mdc80, row.mdc80_persistent)),
            "ordered_trend": bool(self.whole_period and describe_three_years(row.pattern, row.order, "", self.middle)),
            "curvature": bool(
                self.whole_period and describe_three_years(row.pattern, "", row.middle_year, self.middle)
            ),
        }
        return ids | {method for method, ran in said.items() if ran}


def list_changes(
    definitions: Definitions, rows: ReleasedRows, code: str, held: list[int], measures: Mapping[str, Mapping[int, str]]
) -> Iterator[ChangeFacts]:
    """Each year against the latest one that can be compared, then the first against the last.

    Args:
        definitions: the programme.
        rows: the release.
        code: the group.
        held: the period's years in which it held a survey.
        measures: principles' names by code and year.
    """
    rules = definitions.programme.change
    delta = rules.delta_rollup if is_rollup(definitions, code) else rules.delta_group
    for measure, names in measures.items():
        for aggregation in AGGREGATIONS:
            for row in _select_trends(rows, code, measure, aggregation, held):
                whole = (row.year_from, row.year_to) == (held[0], held[-1])
                name = names.get(row.year_to, measure)
                yield _make_facts(definitions, rows, name, row, whole, delta)
                stand_in = rows.responses[row.year_to, code].stand_in
                if row.marker != "c" or not stand_in:
                    continue
                shown_for = capitalise(definitions.group_name(stand_in))
                for other in (rows.trend(row.year_from, row.year_to, stand_in, measure, each) for each in AGGREGATIONS):
                    if other is not None:
                        yield _make_facts(definitions, rows, name, other, whole, rules.delta_rollup, shown_for)


def _make_facts(
    definitions: Definitions, rows: ReleasedRows, name: str, row: TrendRow, whole: bool, delta: float, shown_for: str = ""
) -> ChangeFacts:  # fmt: skip
    language = definitions.programme.language
    asked = {item.item: item.text for item in definitions.waves[row.year_to].items}
    moves = [
        ItemMove(asked[move.item].get(language) or next(iter(asked[move.item].values()), ""), move)
        for move in rows.items_moved(row)
        if move.item in asked
    ]
    middle = max((year for year in definitions.years if row.year_from < year < row.year_to), default=0)
    return ChangeFacts(name, row, whole, delta, middle, tuple(moves), shown_for)


def _select_trends(
    rows: ReleasedRows, code: str, measure: str, aggregation: str, held: list[int]
) -> Iterator[TrendRow]:
    chosen: dict[tuple[int, int], TrendRow] = {}
    for year in held[1:]:
        inside = [r for r in rows.trends.get((year, code, measure, aggregation), ()) if r.year_from >= held[0]]
        if inside:
            latest = max(inside, key=lambda row: row.year_from)
            chosen[latest.year_from, year] = latest
    if len(held) > 1 and (whole := rows.trend(held[0], held[-1], code, measure, aggregation)):
        chosen[held[0], held[-1]] = whole
    yield from chosen.values()
