"""The assessment workbook of one period: one per group, one for the community.

Response, scores, changes and questions are filled in from the release; criteria, indicators and
improvements are laid out for the group to complete.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.change_tables import tabulate_changes, tabulate_moves
from pipeline.report.period_tables import (
    fill_empty,
    list_notes,
    make_workbook,
    tabulate_responses,
    tabulate_scores,
)
from pipeline.report.text import (
    NO_IMPROVEMENTS,
    NON_ANSWER_LABEL,
    aggregation_label,
    capitalise,
    describe_split,
    format_range,
)
from pipeline.report.views.period import GroupPeriod, ItemFacts, PeriodView, build_period
from pipeline.report.views.rows import index_release
from pipeline.report.views.together_rows import AgreementRow
from pipeline.report.workbook import Cell, Column, Notes, Sheet, Workbook, write_workbook
from schemas.assessment import NOT_APPLICABLE, NOT_ASSESSED, CriterionAssessment
from schemas.definitions import ALL

NAME = "assessment-workbook"
TITLE = "Assessment workbook of a period"
SCOPE: Scope = "period"

Agreement = dict[tuple[int, str, str], AgreementRow]

COMMUNITY = "community"
FILL_IN = "Cells with a border are for you to complete; blank ones have not been filled in yet."


def write_report(context: ReportContext) -> list[Path]:
    """Write assessment-community.xlsx and assessment-<group>.xlsx for each group the period covers."""
    view = build_period(context)
    written = []
    for group in (view.community, *view.groups):
        name = f"assessment-{COMMUNITY if group.code == ALL else group.code}.xlsx"
        written.append(write_workbook(context.paths.report(view.period, name), build_workbook(context, view, group)))
        context.on_progress(name)
    return written


def build_workbook(context: ReportContext, view: PeriodView, group: GroupPeriod) -> Workbook:
    """The workbook of one group."""
    agreement = index_release(context.release).agreement
    told = [row for row in agreement.values() if row.group == group.code and row.year in group.years]
    notes = list_notes(view, (group,), {row.method for row in told} | {row.share_method for row in told})
    words = view.programme.words
    span = format_range(group.years[0], group.years[-1])
    about = (
        f"{view.name}: survey results of {group.name} ({group.level}), {span}, with room for an assessment of your own.",
        "Start with the worksheet Change, then read Response to see how many answers stand behind it. "
        "Criteria and Indicators are for you to complete.",
    )
    response_facts = (*group.responses, *group.responses_below)
    sheets = (
        tabulate_responses(view, response_facts, "Response", "Response: who could answer and who did", notes),
        tabulate_scores(view, (group,), "Scores", f"Scores by {words.principle} and year", notes),
        tabulate_changes(
            view, (group,), "Change", f"Change by {words.principle}, year by year and over the period", notes
        ),
        tabulate_moves(view, (group,)),
        tabulate_items(view, group, notes, agreement),
        tabulate_criteria(context, view, group),
        tabulate_indicators(view, group),
        tabulate_improvements(context, group),
    )
    return make_workbook(view, f"Assessment workbook {span}: {group.name}", about, sheets, notes)


def tabulate_items(view: PeriodView, group: GroupPeriod, notes: Notes, agreement: Agreement) -> Sheet:
    """One row per question and year, with the counts where they may be shown."""
    words = view.programme.words
    columns = (
        Column("Question code", 11), Column("Question", 42), Column(capitalise(words.principle), 22),
        Column("Year", 8, "number"), Column("Answers (n)", 10, "number"), Column(f"Score {notes.mark('score')}", 15, "number"),
        Column("Favourable", 12, "number"), Column("Neutral", 9, "number"), Column("Unfavourable", 14, "number"),
        Column(f"Favourable %, likely from {notes.mark('share')}", 13, "number"), Column("Favourable %, likely to", 13, "number"),
        Column("No answer on the scale", 12, "number"), Column(f"Agreement {notes.mark('agreement')}", 12, "number"),
        Column("Split", 30), Column("Every answer, with its count", 46),
        Column("Compared with earlier years", 24),
    )  # fmt: skip
    rows = tuple(
        _item_cells(facts, view, agreement.get((facts.year, group.code, facts.item.item))) for facts in group.items
    )
    about = [f"Questions are not tested for change; only the {words.principles} they belong to are."]
    if any(facts.item.reverse for facts in group.items):
        about.append("Where a question is marked as reversed, disagreeing with it is favourable.")
    if any(facts.score and facts.score.aggregation == "pooled" for facts in group.items):
        about.append(f"Counted here: {aggregation_label('pooled', words)} {notes.mark('counting')}.")
    sheet = Sheet("Questions", "Questions: what was answered", columns, rows, tuple(about))
    return fill_empty(sheet, "No survey was held.")


def _item_cells(facts: ItemFacts, view: PeriodView, agreement: AgreementRow | None) -> tuple[Cell, ...]:
    item = facts.item
    text = f"{facts.text} (reversed)" if item.reverse else facts.text
    head = (item.item, text, facts.principle_name or "[z]", facts.year)
    score = _item_score(facts)
    answers = {row.value: row.n for row in facts.counts if row.kind == "answer"}
    others = {row.kind: row.n for row in facts.counts if row.kind != "answer"}
    if not facts.counts or any(row.marker for row in facts.counts):
        return (*head, "[c]", score, *["[c]"] * 9, facts.comparability)
    swap = {"yes": "no", "no": "yes"} if item.reverse else {}
    sums = {"yes": 0, "neutral": 0, "no": 0}
    said = []
    for point in facts.points:
        if point.kind == "answer":
            n = answers.get(point.value) or 0
            sums[swap.get(str(point.favourable), str(point.favourable))] += n
            said.append(f"{_label(point.label, view)}: {n}")
    said += [f"{label}: {others[kind]}" for kind, label in NON_ANSWER_LABEL.items() if others.get(kind)]
    aside = sum(n or 0 for n in others.values())
    total = sum(sums.values())
    likely = _share_cells(agreement)
    counted = (total, score, sums["yes"], sums["neutral"], sums["no"], *likely, aside, *_agreement_cells(agreement))
    return (*head, *counted, "; ".join(said), facts.comparability)


def _share_cells(row: AgreementRow | None) -> tuple[Cell, Cell]:
    return ("[x]", "[x]") if row is None or row.share_low is None else (row.share_low, row.share_high)


def _agreement_cells(row: AgreementRow | None) -> tuple[Cell, Cell]:
    if row is None or row.agreement is None:
        return "[x]", "[x]"
    return row.agreement, describe_split(row.agreement, row.favourable_n, row.unfavourable_n) if row.split else "no"


def _item_score(facts: ItemFacts) -> Cell:
    score = facts.score
    if score is None or score.marker == "c":
        return "[c]"
    if score.marker == "band" and score.band_low is not None and score.band_high is not None:
        return format_range(score.band_low, score.band_high)
    return "[x]" if score.mean is None else score.mean


def _label(text: dict[str, str], view: PeriodView) -> str:
    return text.get(view.programme.language) or next(iter(text.values()), "")


def tabulate_criteria(context: ReportContext, view: PeriodView, group: GroupPeriod) -> Sheet:
    """One row per criterion, with a list of ratings and room for evidence."""
    words = view.programme.words
    ratings = (*view.programme.ratings, NOT_ASSESSED, NOT_APPLICABLE)
    columns = (
        Column(capitalise(words.principle), 12), Column("Criterion code", 16), Column("Criterion", 60), Column("Kind", 14),
        Column("Whose criterion", 26), Column("Rating", 16, "fill_in", ratings), Column("Evidence", 44, "fill_in"),
        Column("Further work needed, and what else played a part", 44, "fill_in"),
    )  # fmt: skip
    rows = tuple(
        (
            row.criterion.principle, row.criterion.criterion, _label(row.criterion.text, view), row.criterion.kind,
            _describe_owner(context, row, group), row.rating, None, None,
        )
        for row in group.assessment.criteria
    )  # fmt: skip
    about = (f"Ratings are the {words.group}'s own judgement; nothing here is rated by the survey.", FILL_IN)
    sheet = Sheet("Criteria", "Criteria: how far each is met", columns, rows, about)
    return fill_empty(sheet, "No criteria declared yet.")


def _describe_owner(context: ReportContext, row: CriterionAssessment, group: GroupPeriod) -> str:
    if row.owner is None:
        return f"shared by all {context.definitions.programme.words.groups}"
    return "own" if row.owner == group.code else f"shared within {context.definitions.group_name(row.owner)}"


def tabulate_indicators(view: PeriodView, group: GroupPeriod) -> Sheet:
    """One row per indicator: what shows that a criterion is met, and which survey questions inform it."""
    columns = (
        Column("Criterion code", 16), Column("Indicator code", 18), Column("Indicator", 64), Column("Kind", 12),
        Column("Survey questions", 24), Column("Years asked", 20), Column("What it shows", 60, "fill_in"),
    )  # fmt: skip
    rows = []
    for criterion in group.assessment.criteria:
        for row in criterion.indicators:
            items, asked = ", ".join(row.indicator.items) or "[z]", ", ".join(map(str, row.asked))
            code, text = row.indicator.indicator, _label(row.indicator.text, view)
            years = asked or ("[x]" if row.indicator.items else "[z]")
            rows.append((criterion.criterion.criterion, code, text, row.indicator.kind, items, years, None))
    about = ("A statement says that something exists, data is a measure, survey points at questions.", FILL_IN)
    sheet = Sheet("Indicators", "Indicators: what shows that a criterion is met", columns, tuple(rows), about)
    return fill_empty(sheet, "No indicators declared yet.")


def tabulate_improvements(context: ReportContext, group: GroupPeriod) -> Sheet:
    """One row per improvement of the period: issue, measure, outcome; or that none was reported."""
    words = context.definitions.programme.words
    columns = (
        Column("Improvement", 14), Column(capitalise(words.group), 20), Column(capitalise(words.principle), 11),
        Column("Issue", 26), Column("Measure", 26), Column("Owner", 14), Column("Resources", 17), Column("Started", 19),
        Column("Due", 19), Column("Status", 12), Column("Outcome", 24), Column("Evidence", 22),
    )  # fmt: skip
    rows = tuple(
        (
            row.id, context.definitions.group_name(row.group), row.principle or "[z]", row.issue, row.measure, row.owner,
            row.resources, row.started, row.due, row.status, row.outcome, row.evidence,
        )
        for row in group.assessment.improvements
    )  # fmt: skip
    about = ("What was done about what was found. A change in a score does not prove that a measure caused it.",)
    return fill_empty(Sheet("Improvements", "Improvements of the period", columns, rows, about), NO_IMPROVEMENTS)
