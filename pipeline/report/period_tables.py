"""The tables that a period's workbooks share: response, scores, and the notes behind all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.report.text import (
    SYNTHETIC_MARK,
    SYNTHETIC_SENTENCE,
    aggregation_label,
    capitalise,
    describe_band,
    describe_look_first,
    describe_needed,
    describe_no_survey,
    describe_response,
    describe_score,
    describe_source,
    describe_stand_in,
    format_date,
    format_range,
)
from pipeline.report.views.frame import list_methods
from pipeline.report.views.limits import describe_score_limits
from pipeline.report.views.period import GroupPeriod, PeriodView, ScoreFacts, YearFacts
from pipeline.report.workbook import Cell, Column, Notes, Sheet, Workbook
from schemas.definitions import Words

Cells = tuple[Cell, ...]

LANGUAGES = {"ar": "Arabic", "en": "English", "es": "Spanish", "fr": "French", "ru": "Russian", "zh": "Chinese"}


def make_workbook(
    view: PeriodView, title: str, about: Sequence[str], sheets: Sequence[Sheet], notes: Notes
) -> Workbook:
    """A workbook with the cover that every workbook of a period has."""
    programme = view.programme
    rights = tuple(filter(None, (programme.notice, programme.attribution)))
    cover = [("What this is", tuple(about))]
    if programme.origin == "synthetic":
        cover.insert(0, ("About these data", (SYNTHETIC_SENTENCE,)))
    cover += [("Please note", rights)] if rights else []
    cover += [
        ("What may be shown", (view.release_rules, "Results below these numbers are withheld and marked [c].")),
        (
            "Programme, date and language",
            (
                programme.name,
                format_date(view.report_date),
                f"Language: {LANGUAGES.get(programme.language, programme.language)}",
            ),
        ),
    ]
    return Workbook(
        title=title,
        author=programme.name,
        created=view.report_date,
        cover=tuple(cover),
        sheets=tuple(sheets),
        notes=notes,
        language=programme.language,
        flag=SYNTHETIC_MARK if programme.origin == "synthetic" else "",
    )


def list_notes(view: PeriodView, groups: Iterable[GroupPeriod], more: Iterable[str] = ()) -> Notes:
    """Numbered notes: how to read the tables, then the sentence of every method that really ran, ``more`` among them."""
    words, rules = view.programme.words, view.programme.change
    groups = tuple(groups)
    changes = [facts.row for group in groups for facts in group.changes]
    methods = {facts.row.method for group in groups for facts in group.scores} | {row.method for row in changes}
    methods |= {method for group in groups for facts in group.changes for method in facts.methods} | set(more)
    ran = list_methods(methods, {row.verdict for row in changes})
    texts = {
        "order": f"{capitalise(words.groups)} stand in the order of the register. They are not ranked, and their scores are "
        "not made to be compared with each other.",
        "evidence": "Satisfaction is evidence. It is not proof that something works or that somebody is accountable.",
        "score": "Scores run from 0 to 100; a higher score is more favourable. All figures are whole numbers, rounded once: "
        "a difference is rounded from the exact difference, and parts may not add up.",
        "rates": "Answered: all responses that count, complete or not, of those who could answer; AAPOR calls it Response Rate 2 "
        "(RR2). Complete: only those with a score on everything asked; Response Rate 1 (RR1). Where nobody knows how "
        "many could answer, neither can be computed. (AAPOR 2023, Standard Definitions, 10th edition.)",
        "possible": "The possible range is certain: the average of everybody if all who did not answer had scored 0, or 100.",
        "likely": "The likely range is the 95 % interval. Where everybody answered there is none to give.",
        "favourable": f"Favourable: the share of favourable answers among all answers to the questions of a {words.principle}.",
        "share": "Favourable %, likely from and to: how many in a hundred of all who could answer would answer favourably "
        "(95 % interval); where everybody answered, both are the share itself.",
        "agreement": "Agreement (van der Eijk’s A): 1 when all give the same answer, 0 when answers are spread evenly, −1 when half "
        "stand at either end. Split: below 0.2, with at least a quarter of the answers favourable and at least a quarter "
        "unfavourable, as the scale says; two camps when it is below 0.",
        "counting": f"“Every answer counting once” lets large {words.groups} weigh more; “each {words.group} counting once” "
        "gives small and large ones the same weight. Both are shown, so that neither hides the other.",
        "change": "A comparison uses only questions that were asked alike in both years, so its averages may differ "
        "from the scores of the year. Different people may have answered.",
        "meaningful": f"A change that matters was set at {rules.delta_group:g} points for a {words.group} and "
        f"{rules.delta_rollup:g} points for a roll-up, however many answer.",
        "detectable": "Noticeable from: the true change, in points, that a comparison with this "
        "many answers finds in 8 of 10 cases.",
        "pairs": "Of all pairs of a person of the later and one of the earlier year, the share in which the later one scores "
        "higher, equal scores counting half; 50 means no difference. The word is that of Cliff's delta: negligible below "
        "0.147, small below 0.33, medium below 0.474, else large. It describes; the verdict comes from the averages.",
        "look": describe_look_first(rules.look_first_q, words),
    }  # fmt: skip
    if not _is_counted_twice(groups):
        del texts["counting"]
    if len(groups) == 1:
        del texts["look"], texts["pairs"]
    else:
        del texts["agreement"], texts["share"]
    texts |= {f"method {at}": sentence for at, sentence in enumerate(ran)}
    return Notes(texts)


def _is_counted_twice(groups: Iterable[GroupPeriod]) -> bool:
    return any(facts.row.aggregation == "pooled" for group in groups for facts in group.scores)


def tabulate_responses(view: PeriodView, facts: Sequence[YearFacts], name: str, title: str, notes: Notes) -> Sheet:
    """One row per group and year: survey held, n of N, and in words why something is missing."""
    words, several = view.programme.words, len({each.group for each in facts}) > 1
    rows = tuple(
        (each.group_name, *((each.level,) if several else ()), each.year, *_response_cells(each, words))
        for each in facts
    )
    columns = (
        Column(capitalise(words.group), 26), *((Column("Level", 22),) if several else ()), Column("Year", 8, "number"),
        Column("Survey held", 9), Column("Answers (n)", 10, "number"), Column("Could answer (N)", 10, "number"),
        Column("Unit", 14), Column(f"Answered, percent (RR2) {notes.mark('rates')}", 12, "number"),
        Column(f"Complete, percent (RR1) {notes.mark('rates')}", 12, "number"), Column("Own scores shown", 10),
        Column("In words", 48), Column("Who could answer: source", 26),
    )  # fmt: skip
    return Sheet(name, title, columns, rows, (say_order(words, notes),) if several else ())


def say_order(words: Words, notes: Notes) -> str:
    return f"{capitalise(words.groups)} in the order of the register, not ranked {notes.mark('order')}."


def _response_cells(facts: YearFacts, words: Words) -> Cells:
    row = facts.row
    if row is None:
        return ("no", *["[z]"] * 6, f"No survey on file for {facts.year}.", "[z]")
    if not row.survey_held:
        said = describe_no_survey(facts.year, row.reason, words)
        return ("no", "[z]", row.eligible, row.unit, "[z]", "[z]", "no", said, "[z]")
    said = describe_response(
        row.n, row.eligible, row.rate_percent, words=words, unit=row.unit, access=row.access, reason=row.reason
    )
    if not row.shown:
        stand_in = describe_stand_in(facts.stand_in_name, words) if facts.stand_in_name else ""
        needed = describe_needed(row.needed_n, words, n=row.n, eligible=row.eligible)
        said = " ".join(filter(None, (said, needed, stand_in)))
    source = describe_source(row.source, row.as_of, row.eligible).removeprefix("Who could answer: ")
    shown = "yes" if row.shown else "no [c]"
    complete: Cell = row.rate_complete_percent
    if complete is None and row.rate_percent is not None:
        complete = "[c]"
    return ("yes", row.n, row.eligible, row.unit, row.rate_percent, complete, shown, said, source)


def tabulate_scores(view: PeriodView, groups: Sequence[GroupPeriod], name: str, title: str, notes: Notes) -> Sheet:
    """One row per group, principle, year and way of counting; [c] rows are followed by their stand-in."""
    words, several = view.programme.words, len(groups) > 1
    rows = [
        ((group.name,) if several else ()) + _score_cells(facts, words) for group in groups for facts in group.scores
    ]
    columns = (
        *((Column(capitalise(words.group), 28),) if several else ()),
        Column(capitalise(words.principle), 28), Column("Year", 8, "number"), Column("Whose answers", 18),
        Column("People (n)", 9, "number"), Column(f"Score {notes.mark('score')}", 15, "number"),
        Column(f"Possible from {notes.mark('possible')}", 14, "number"), Column("Possible to", 10, "number"),
        Column(f"Likely from {notes.mark('likely')}", 12, "number"), Column("Likely to", 9, "number"),
        Column(f"Favourable, percent {notes.mark('favourable')}", 14, "number"), Column("In words", 48),
        Column("What it cannot carry", 34),
    )  # fmt: skip
    about = [f"What scores can show: {notes.mark('evidence')}."]
    about += [f"How answers are counted together: {notes.mark('counting')}."] if _is_counted_twice(groups) else []
    about += [say_order(words, notes)] if several else []
    return fill_empty(Sheet(name, title, columns, tuple(rows), tuple(about)), "No survey was held.")


def _score_cells(facts: ScoreFacts, words: Words) -> Cells:
    row = facts.row
    whose = say_whose(facts.shown_for, row.aggregation, words)
    limits = describe_score_limits(facts, words) or "None beyond the notes."
    head = (facts.name, row.year, whose)
    if facts.left_out_by_group and row.mean is None:
        return (*head, *["[z]"] * 7, limits, "[z]")
    if row.marker == "band" and row.band_low is not None and row.band_high is not None:
        band = format_range(row.band_low, row.band_high)
        return (*head, row.n, band, *["[c]"] * 5, describe_band(row.band_low, row.band_high), limits)
    if row.marker or row.mean is None:
        mark = "[c]" if row.marker in ("c", "band") else "[x]"
        return (*head, mark if row.n is None else row.n, *[mark] * 6, limits, "[z]")
    exact = row.view == "complete"
    ci = None if row.ci_low is None or row.ci_high is None else (row.ci_low, row.ci_high)
    possible = None if row.possible_low is None or row.possible_high is None else (row.possible_low, row.possible_high)
    said = describe_score(
        row.mean, n=row.n, words=words, ci=ci, possible=possible, eligible=facts.response.eligible, view=row.view,
        aggregation=row.aggregation, unit=_name_unit(facts.response.unit),
    )  # fmt: skip
    likely = ci or (("[z]", "[z]") if exact else ("[x]", "[x]"))
    return (*head, row.n, row.mean, *(possible or ("[x]", "[x]")), *likely, row.favourable_percent, said, limits)


def _name_unit(unit: str) -> str:
    """People, governments and companies together are counted as responses."""
    return "response" if unit == "mixed" else unit


def say_whose(shown_for: str, aggregation: str, words: Words) -> str:
    counting = aggregation_label(aggregation, words)
    if shown_for:
        return f"shown instead: {shown_for}{f', {counting}' if counting else ''}"
    return counting or "own answers"


def fill_empty(sheet: Sheet, nothing: str) -> Sheet:
    """A table without rows says so in one row."""
    if sheet.rows:
        return sheet
    row: Cells = (nothing, *["[z]"] * (len(sheet.columns) - 1))
    return Sheet(sheet.name, sheet.title, sheet.columns, (row,), sheet.about, sheet.source)
