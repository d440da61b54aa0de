"""The list of everything hidden in a synthetic programme, for tests and readers: ``planted.csv``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from itertools import combinations
from math import fsum

from pipeline.store.crosswalk import pair_items
from pipeline.synth.plan import EVENT_PROBLEMS, Plan, PlanRow
from schemas.definitions import NO_GROUP


@dataclass(frozen=True)
class Planted:
    """One planted fact: a row of ``planted.csv``; blank means: does not matter."""

    kind: str
    year: int | str = ""
    year_from: int | str = ""
    year_to: int | str = ""
    group: str = ""
    measure: str = ""
    expected: str | int = ""
    note: str = ""


HEADER = [field.name for field in fields(Planted)]


def list_planted(plan: Plan) -> list[list[object]]:
    """All planted facts as rows below ``HEADER``, in a fixed order."""
    facts = [
        *_list_counts(plan), *_list_events(plan), *_list_instrument(plan), *_list_splits(plan), *_list_problems(plan),
        *_list_verdicts(plan), *_list_patterns(plan),
    ]  # fmt: skip
    return [list(astuple(fact)) for fact in facts]


def _list_counts(plan: Plan) -> Iterator[Planted]:
    for year in plan.years:
        for row in plan.group_rows(year):
            yield Planted("group_n", year, group=row.group, expected=row.answers, note="responses that count")
            if row.partial:
                note = "of these, stopped after the second principle"
                yield Planted("partial", year, group=row.group, expected=row.partial, note=note)
        for place in plan.wave(year).roster:
            if not place.survey_held:
                yield Planted("no_survey", year, group=place.group, expected="no", note=place.reason)
            elif (year, place.group) not in plan.row_of:
                yield Planted("group_n", year, group=place.group, expected=0, note="asked, and nobody answered")


def _list_events(plan: Plan) -> Iterator[Planted]:
    for event in plan.events:
        yield Planted(EVENT_PROBLEMS[event.kind], event.year, group=event.group, expected=event.n, note=event.note)


def _list_instrument(plan: Plan) -> Iterator[Planted]:
    """Items that may not be compared across a pair of years, and answer options that are new."""
    for year_from, year_to in combinations(plan.years, 2):
        for pair in pair_items(plan.definitions, year_from, year_to):
            if pair.change != "identical":
                kind = "item_kept" if pair.comparable else "item_left_out"
                yield Planted(kind, "", year_from, year_to, measure=pair.item_to.item, expected=pair.change)
    for before, after in zip(plan.years, plan.years[1:], strict=False):
        for code, points in plan.wave(after).scales.items():
            known = {point.kind for point in plan.wave(before).scales.get(code, ())}
            for kind in sorted({point.kind for point in points} - known) if known else ():
                yield Planted("option_new", after, measure=code, expected=kind)


def _list_splits(plan: Plan) -> Iterator[Planted]:
    """Questions on which one group stands in two camps; on no other."""
    for year, group, item in plan.split:
        yield Planted("split", year, group=group, measure=item, expected="yes")


def _list_problems(plan: Plan) -> Iterator[Planted]:
    """Problem codes that must appear in problems.csv, with how many responses, groups or items they concern."""
    smallest = plan.definitions.programme.release_profile().score
    for year in plan.years:
        found: Counter[str] = Counter()
        for event in plan.events:
            if event.year == year:
                found[EVENT_PROBLEMS[event.kind]] += event.n
        found["partial"] = sum(row.partial for row in plan.group_rows(year))
        unnamed = [event.n for event in plan.events if (event.year, event.group) == (year, NO_GROUP)]
        if no_group := plan.row_of.get((year, NO_GROUP)):
            found["group_none"] = no_group.answers + sum(unnamed)
        for place in plan.wave(year).roster:
            row = plan.row_of.get((year, place.group))
            if not place.survey_held:
                found["group_without_survey"] += 1
            elif row is None:
                found["group_without_answers"] += 1
            else:
                found["group_below_threshold"] += row.answers < smallest
                found["more_answers_than_eligible"] += place.eligible is not None and row.answers > place.eligible
            found["eligible_unknown"] += place.survey_held and place.eligible is None
        for item in plan.wave(year).items:
            found["item_reworded"] += item.comparability in ("editorial", "substantive")
            found["item_rescaled"] += item.comparability == "scale change"
        new = {fact.measure for fact in _list_instrument(plan) if fact.kind == "option_new" and fact.year == year}
        found["scale_option_new"] = sum(item.scale in new for item in plan.wave(year).items)
        for code in sorted(code for code, n in found.items() if n):
            yield Planted("problem", year, measure=code, expected=found[code])


def _list_verdicts(plan: Plan) -> Iterator[Planted]:
    """What each group's comparison must say; 'not_changed' is anything but improved or declined."""
    smallest = plan.definitions.programme.change.smallest_n
    for year_from, year_to in combinations(plan.years, 2):
        for group in plan.definitions.groups:
            before, after = (plan.row_of.get((year, group.group)) for year in (year_from, year_to))
            if group.kind != "answers" or not before or not after:
                continue
            for principle in _tested_principles(plan, year_to):
                change = _true_change(plan, before, after, principle)
                expected = "improved" if change > 0 else "declined" if change < 0 else "not_changed"
                if min(before.answers, after.answers) < smallest:
                    expected = "not_tested"
                note = f"true change {change:+g} points" if change else ""
                yield Planted("verdict", "", year_from, year_to, group.group, principle, expected, note)


def _list_patterns(plan: Plan) -> Iterator[Planted]:
    """Three-year patterns that leave no doubt: both steps true changes."""
    if len(plan.years) != 3:
        return
    names = {(1, 1): "steady_improvement", (-1, -1): "steady_decline", (1, -1): "reversal", (-1, 1): "reversal"}
    for group in plan.definitions.groups:
        rows = [plan.row_of.get((year, group.group)) for year in plan.years]
        first, middle, last = rows
        if not (first and middle and last):
            continue
        for principle in _tested_principles(plan, last.year):
            steps = [_true_change(plan, *pair, principle) for pair in ((first, middle), (middle, last))]
            if name := names.get(((steps[0] > 0) - (steps[0] < 0), (steps[1] > 0) - (steps[1] < 0))):
                yield Planted("pattern", "", first.year, last.year, group.group, principle, name)


def _tested_principles(plan: Plan, year: int) -> list[str]:
    return [row.principle for row in plan.definitions.principles(year) if row.kind == "principle"]


def _true_change(plan: Plan, before: PlanRow, after: PlanRow, principle: str) -> float:
    """Change of the true mean over the principle's items, offsets of items apart (points)."""
    items = plan.families(after.year)[principle]
    return fsum(after.true_mean(item.principle) - before.true_mean(item.principle) for item in items) / len(items)
