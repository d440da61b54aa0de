"""One workbook for the people who review all groups of a period: coverage first, then results.

It shows what the evidence can carry before it shows any number. Groups stand in register order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.change_tables import tabulate_changes, tabulate_moves
from pipeline.report.comment_tables import tabulate_themes
from pipeline.report.cut_tables import list_cut_methods, tabulate_cuts, tabulate_weighted
from pipeline.report.period_tables import (
    list_notes,
    make_workbook,
    tabulate_responses,
    tabulate_scores,
)
from pipeline.report.text import capitalise, describe_drift, format_range
from pipeline.report.together_tables import list_together_methods, tabulate_reliability, tabulate_together
from pipeline.report.views.frame import Source
from pipeline.report.views.period import GroupPeriod, ItemFacts, PeriodView, build_period
from pipeline.report.workbook import Cell, Column, Sheet, Workbook, write_workbook

NAME = "review-workbook"
TITLE = "Input for reviewers"
SCOPE: Scope = "period"
FILE = "review-input.xlsx"


def write_report(context: ReportContext) -> list[Path]:
    """Write review-input.xlsx of ``context.period``."""
    view, source = build_period(context), Source.of(context)
    years = view.community.years
    more = (
        tabulate_cuts(source, years),
        tabulate_weighted(source, years),
        tabulate_themes(source, years),
        tabulate_reliability(source, years),
        tabulate_together(source, years),
    )
    methods = list_together_methods(source, years) | list_cut_methods(source, years)
    workbook = build_workbook(view, tuple(sheet for sheet in more if sheet), methods)
    path = write_workbook(context.paths.report(view.period, FILE), workbook)
    context.on_progress(FILE)
    return [path]


def build_workbook(view: PeriodView, more: tuple[Sheet, ...] = (), methods: frozenset[str] = frozenset()) -> Workbook:
    """Coverage, scores, changes, then ``more``, comparability of questions, improvements counted by status."""
    words, community = view.programme.words, view.community
    everybody = (*view.groups, community)
    shifts = {facts.shift.method for facts in community.items if facts.shift}
    notes = list_notes(view, everybody, methods | shifts)
    span = format_range(community.years[0], community.years[-1])
    about = (
        f"{view.name}: what the surveys of {span} can tell reviewers about each {words.group}, and what they cannot.",
        "Start with the worksheet Coverage: it says where there was a survey and how many answered. Every later number "
        "rests on it.",
        f"{capitalise(words.groups)} stand in the order of the register. They are not ranked.",
    )
    facts = tuple(each for group in everybody for each in group.responses)
    sheets = (
        tabulate_responses(
            view, facts, "Coverage", f"Coverage: survey held and response, by {words.group} and year", notes
        ),
        tabulate_scores(view, everybody, "Scores", f"Scores by {words.group}, {words.principle} and year", notes),
        tabulate_changes(view, everybody, "Change", f"Change by {words.group} and {words.principle}", notes),
        tabulate_moves(view, everybody),
        *more,
        tabulate_comparability(view, everybody),
        tabulate_activity(view),
    )
    return replace(make_workbook(view, f"{words.review}, {span}", about, sheets, notes), first="Coverage")


def tabulate_comparability(view: PeriodView, groups: Sequence[GroupPeriod]) -> Sheet:
    """One row per question and year: whether its answers may be compared with earlier years."""
    words = view.programme.words
    columns = (
        Column("Question code", 14), Column("Question", 70), Column(capitalise(words.principle), 32),
        Column("Year", 8, "number"), Column("Compared with earlier years", 50),
        Column("Against the other questions", 44),
    )  # fmt: skip
    rows = {
        (facts.item.item, facts.year): (facts.item.item, facts.text, facts.principle_name or "[z]", facts.year, facts.comparability, _say_drift(facts))
        for group in reversed(groups)
        for facts in group.items
    }  # fmt: skip
    about = (
        "A question whose wording or answer scale changed starts a new series; comparisons leave it out.",
        "Against the other questions: whether answers went up or down more than the rest of the principle leads to "
        f"expect, in the whole community. [x]: fewer than 200 {words.respondents} in a year, or too few questions, to tell.",
    )
    nothing = ("No survey was held.", *["[z]"] * 5)
    return Sheet(
        "Comparability", "Comparability: questions over the years", columns, tuple(rows.values()) or (nothing,), about
    )


def _say_drift(facts: ItemFacts) -> Cell:
    return describe_drift(facts.shift.size, facts.shift.direction, facts.shift.year_from) if facts.shift else "[x]"


def tabulate_activity(view: PeriodView) -> Sheet:
    """One row per group: criteria laid out and improvements by status, so that silence shows."""
    words = view.programme.words
    statuses = ("planned", "in progress", "done", "dropped")
    columns = (
        Column(capitalise(words.group), 40), Column("Criteria", 12, "number"), Column("Own criteria", 12, "number"),
        Column("Indicators", 12, "number"), Column("Improvements", 15, "number"),
        *(Column(f"Improvements {status}", 15, "number") for status in statuses), Column("In words", 50),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for group in view.groups:
        criteria, done = group.assessment.criteria, group.assessment.improvements
        by_status = tuple(sum(row.status == status for row in done) for status in statuses)
        said = "No improvements reported." if not done else f"{len(done)} reported; see the {words.group}'s workbook."
        own = sum(row.owner == group.code for row in criteria)
        indicators = sum(len(row.indicators) for row in criteria)
        rows.append((group.name, len(criteria), own, indicators, len(done), *by_status, said))
    about = (f"Counts say what was reported, not what was achieved. A roll-up counts the {words.groups} below it too.",)
    return Sheet("Activity", "Criteria and improvements reported", columns, tuple(rows), about)
