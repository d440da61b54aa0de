"""Questions and groups together, as the community's page shows them; register order throughout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.report import text
from pipeline.report.views.frame import Source, existing_groups
from pipeline.report.views.principles import KIND
from schemas.definitions import ALL, Principle


@dataclass(frozen=True)
class TogetherView:
    """Sentences for the community's page, and the method ids behind them."""

    about_scores: tuple[str, ...]
    look_first: tuple[str, ...]
    methods: frozenset[str]


def build_together(source: Source, year: int) -> TogetherView:
    """Whether the questions of each score belong together, how else it can be averaged, and which groups to ask first."""
    asked = tuple(row for row in source.definitions.principles(year) if row.kind == "principle")
    belonging, of_belonging = _say_belonging(source, year, asked)
    look_first, of_groups = _say_where_first(source, year, asked)
    about_scores = (*filter(None, (belonging,)), *_list_shifts(source, year))
    return TogetherView(about_scores, look_first, of_belonging | of_groups)


def _list_shifts(source: Source, year: int) -> Iterator[str]:
    """How far the other way of averaging is off, for the whole community, where it is more than a point."""
    for row in source.definitions.principles(year):
        score = source.rows.score(year, ALL, KIND[row.kind], row.principle, "pooled")
        if score is not None and not score.marker and score.mean_of_items_shift is not None:
            yield text.describe_shift(score.mean_of_items_shift, source.translate(row.name))


def _say_belonging(source: Source, year: int, asked: tuple[Principle, ...]) -> tuple[str, frozenset[str]]:
    rows = {source.translate(p.name): source.rows.reliability.get((year, ALL, p.principle)) for p in asked}
    shown = {name: row for name, row in rows.items() if row is not None and not row.marker}
    alphas = {name: row.alpha for name, row in shown.items() if row.alpha is not None}
    untold = [name for name, row in shown.items() if row.alpha is None]
    if not alphas:
        return "", frozenset()
    return text.describe_belonging(alphas, untold), frozenset({"alpha_within"})


def _say_where_first(source: Source, year: int, asked: tuple[Principle, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    likely: dict[str, list[str]] = {}
    told: list[str] = []
    untold: dict[str, list[str]] = {}
    methods, groups_n = set(), 0
    for principle in asked:
        common, name = source.rows.pooled.get((year, ALL, principle.principle)), source.translate(principle.name)
        if common is None:
            continue
        methods.add(common.method)
        if common.reason:
            untold.setdefault(common.reason.removeprefix("not computable: "), []).append(name)
            continue
        told.append(name)
        groups_n = max(groups_n, common.groups_n)
        rows = {
            group.name: source.rows.pooled.get((year, group.group, principle.principle))
            for group in existing_groups(source.definitions, year)
        }
        if found := [each for each, row in rows.items() if row is not None and row.among_lowest == "likely"]:
            likely[name] = found
    return text.describe_seen_together(likely, told, untold, groups_n, source.words), frozenset(methods)
