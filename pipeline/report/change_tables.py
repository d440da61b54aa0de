"""The workbooks' tables on change: each comparison, and the questions behind those that were found."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.report.period_tables import fill_empty, say_order, say_whose
from pipeline.report.text import (
    TURNED,
    capitalise,
    describe_change_fact,
    describe_left_out,
    describe_pattern,
    describe_size,
    describe_three_years,
    describe_verdict,
)
from pipeline.report.views.limits import describe_change_limits
from pipeline.report.views.period import GroupPeriod, PeriodView
from pipeline.report.views.period_changes import ChangeFacts, ItemMove
from pipeline.report.workbook import Cell, Column, Notes, Sheet
from schemas.definitions import Words
from schemas.methods import VERDICT_TEXT

Cells = tuple[Cell, ...]


def tabulate_changes(view: PeriodView, groups: Sequence[GroupPeriod], name: str, title: str, notes: Notes) -> Sheet:
    """One row per comparison: what was observed, then the verdict, then what was left out and why.

    For reviewers of several groups also how far the years lie apart in pairs of people, and where to look first.
    """
    words, several = view.programme.words, len(groups) > 1
    rows = [
        ((group.name,) if several else ()) + _change_cells(facts, words) + (_reviewer_cells(facts) if several else ())
        for group in groups
        for facts in group.changes
    ]
    columns = (
        *((Column(capitalise(words.group), 28),) if several else ()),
        Column(capitalise(words.principle), 26), Column("From", 8, "number"), Column("To", 8, "number"),
        Column("Whose answers", 18), Column("What was observed", 36), Column("Verdict", 18), Column("What that means", 36),
        Column("Difference, points", 11, "change"), Column("Likely from", 9, "change"), Column("Likely to", 9, "change"),
        Column(f"Noticeable from {notes.mark('detectable')}", 16, "number"),
        Column("Left out, and why", 28), Column("What it cannot carry", 28),
        *((Column(f"Of 100 pairs {notes.mark('pairs')}", 26), Column(f"Look first {notes.mark('look')}", 9)) if several else ()),
    )  # fmt: skip
    about = [f"What is compared: {notes.mark('change')}. Which change matters: {notes.mark('meaningful')}."]
    about += [say_order(words, notes)] if several else []
    return fill_empty(
        Sheet(name, title, columns, tuple(rows), tuple(about)), "Nothing to compare: fewer than two surveys."
    )


def _change_cells(facts: ChangeFacts, words: Words) -> Cells:
    row = facts.row
    whose = say_whose(facts.shown_for, row.aggregation, words)
    head = (facts.name, row.year_from, row.year_to, whose)
    limits = describe_change_limits(facts, words) or "None beyond the notes."
    left_out = describe_left_out(row.items_left_out, row.items_common) or "Nothing left out."
    if row.marker == "c":
        return (*head, "[c]", "[c]", limits, *["[c]"] * 4, left_out, "[z]")
    broken = row.verdict == "break_in_series"
    blank = "[b]" if broken else "[x]"
    fact = describe_change_fact(
        row.year_from, row.year_to, row.n_from, row.n_to, row.mean_from, row.mean_to, row.difference,
        words=words, aggregation=row.aggregation, linked_n=row.linked_n,
    )  # fmt: skip
    means = [describe_verdict(row.verdict, reason=row.reason, delta=facts.delta)]
    if facts.whole_period and row.pattern:
        means += [describe_pattern(row.pattern, row.year_from, row.year_to)]
        means += [describe_three_years(row.pattern, row.order, row.middle_year, facts.middle)]
    numbers = tuple(
        blank if number is None else number for number in (row.difference, row.ci_low, row.ci_high, row.mdc80)
    )
    verdict, said = capitalise(VERDICT_TEXT[row.verdict]), " ".join(filter(None, means))
    return (*head, fact or blank, verdict, said, *numbers, left_out, limits)


def _reviewer_cells(facts: ChangeFacts) -> Cells:
    row = facts.row
    if row.marker == "c":
        return "[c]", "yes" if row.look_first else "no"
    size = describe_size(row.superiority, row.superiority_low, row.superiority_high)
    none = "[z]" if row.aggregation == "groups_equal" else "[c]" if row.difference is not None else "[x]"
    return size or none, "yes" if row.look_first else "no"


def tabulate_moves(view: PeriodView, groups: Sequence[GroupPeriod]) -> Sheet:
    """One row per question of a principle that improved or declined: its share of favourable answers, then and now."""
    words, several = view.programme.words, len(groups) > 1
    rows = [
        ((group.name,) if several else ()) + _move_cells(facts, move, words)
        for group in groups
        for facts in group.changes
        for move in facts.moves
    ]
    columns = (
        *((Column(capitalise(words.group), 28),) if several else ()),
        Column(capitalise(words.principle), 26), Column("From", 8, "number"), Column("To", 8, "number"),
        Column("Whose answers", 18), Column("Question code", 11), Column("Question", 42),
        Column("Answers then (n)", 9, "number"), Column("Favourable then, percent", 12, "number"),
        Column("Answers now (n)", 9, "number"), Column("Favourable now, percent", 12, "number"),
        Column("Difference, points", 11, "change"), Column("Likely from", 9, "change"), Column("Likely to", 9, "change"),
        Column("Of those followed", 34), Column("Over three years", 16),
    )  # fmt: skip
    about = (
        f"Only {words.principles} that improved or declined are opened up. Their questions are not tested one by one: "
        "with several of them, one or another moves by chance.",
    )
    sheet = Sheet("What moved", f"What moved in the {words.principles} that moved", columns, tuple(rows), about)
    return fill_empty(sheet, f"No {words.principle} improved or declined.")


def _move_cells(facts: ChangeFacts, move: ItemMove, words: Words) -> Cells:
    row = move.row
    head = (
        facts.name,
        row.year_from,
        row.year_to,
        say_whose(facts.shown_for, row.aggregation, words),
        row.item,
        move.text,
    )
    if row.marker == "c":
        return (*head, *["[c]"] * 9)
    figures = (row.n_from, row.percent_from, row.n_to, row.percent_to, row.difference, row.ci_low, row.ci_high)
    return (*head, *figures, TURNED.get(row.turned, "[z]"), row.share_trend or "[z]")
