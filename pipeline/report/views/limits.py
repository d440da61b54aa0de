"""What a number cannot carry, said beside it: one short sentence per limit that really applies."""

from __future__ import annotations

from pipeline.report.text import (
    describe_not_computable,
    describe_persistent,
    describe_shift,
    describe_withheld,
    end_sentence,
)
from pipeline.report.views.period import ScoreFacts
from pipeline.report.views.period_changes import ChangeFacts
from pipeline.report.views.rows import ResponseRow
from schemas.definitions import Words

FEW_ANSWERS = 20
"""Below this, one person moves a score by 5 points or more; the sentence gives the exact size."""


def describe_score_limits(facts: ScoreFacts, words: Words) -> str:
    """Limits of one score; blank when none applies."""
    row, response = facts.row, facts.response
    if facts.left_out_by_group:
        return f"This {words.group} chose to leave this part out."
    if row.marker == "c":
        return _sentence(describe_withheld(None, words))
    if row.mean is None and row.marker != "band":
        return _sentence(describe_not_computable(row.reason))
    limits = [_describe_coverage(response)]
    if row.aggregation != "groups_equal" and row.n and row.n < FEW_ANSWERS:
        limits.append(f"One person alone can move it by up to {100 / row.n:.0f} points.")
    if facts.items_asked == 1:
        limits.append("Rests on one question.")
    if row.sensitive_to_aggregation:
        shift = describe_shift(row.mean_of_items_shift)
        limits.append(shift or "Another way of averaging moves it by more than 1 point.")
    if row.aggregation == "groups_equal":
        limits.append(f"Small and large {words.groups} weigh the same; n counts {words.groups}.")
    if row.aggregation == "pooled":
        limits.append(f"{words.groups[:1].upper()}{words.groups[1:]} with many answers weigh more.")
    return " ".join(filter(None, limits))


def describe_change_limits(facts: ChangeFacts, words: Words) -> str:
    """Limits of one comparison; blank when none applies."""
    row = facts.row
    if row.marker == "c":
        return _sentence(describe_withheld(None, words))
    if row.verdict in ("not_tested", "break_in_series"):
        return "Nothing can be said about change here."
    limits = ["Rests on one question."] if row.items_common == 1 else []
    if row.aggregation == "groups_equal":
        limits.append(f"Only {words.groups} that can be scored in both years count.")
    elif row.n_from and row.n_to and min(row.n_from, row.n_to) < FEW_ANSWERS:
        limits.append("Few answers: only large changes can be told from ordinary drift.")
    if row.verdict == "cannot_tell":
        limits.append(describe_persistent(row.mdc80, row.mdc80_persistent))
    return " ".join(filter(None, limits))


def _describe_coverage(response: ResponseRow) -> str:
    if response.access == "open":
        return "Speaks for those who answered; the link was open to anyone."
    if response.rate_percent is None:
        return "Speaks for those who answered; how many could have answered cannot be said."
    if response.rate_percent < 50:
        return f"Speaks for those who answered; fewer than half of those who could did ({response.rate_percent} %)."
    return ""


def _sentence(text: str) -> str:
    return end_sentence(text[:1].upper() + text[1:])
