"""Sentences on change: the observed fact, then the verdict, then what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

from pipeline.report.text.words import (
    NBSP,
    capitalise,
    format_percent_exact,
    format_points,
    format_range,
    format_signed,
    join_words,
)
from schemas.definitions import Words
from schemas.methods import PATTERN_TEXT, VERDICT_TEXT

VERDICT_ORDER = ("improved", "declined", "no_meaningful_change", "cannot_tell", "not_tested", "break_in_series")


def describe_change_fact(
    year_from: int,
    year_to: int,
    n_from: int | None,
    n_to: int | None,
    mean_from: int | None,
    mean_to: int | None,
    difference: int | None,
    *,
    words: Words,
    aggregation: str = "own",
    linked_n: int | None = None,
) -> str:
    """The observed fact: '12 answered in 2026 and 11 in 2027; their average rose from 61 to 69.'"""
    if n_from is None or n_to is None or mean_from is None or mean_to is None:
        return ""
    if aggregation == "groups_equal":
        who = f"{n_to} {words.group if n_to == 1 else words.groups} can be compared in {year_from} and {year_to}"
    elif n_from == n_to:
        who = f"{n_from} answered in {year_from} and in {year_to}"
    else:
        who = f"{n_from} answered in {year_from} and {n_to} in {year_to}"
    followed = f", {linked_n} of them in both years" if linked_n is not None else ""
    return f"{who}{followed}; their average {_moved(mean_from, mean_to, difference)}."


def _moved(mean_from: int, mean_to: int, difference: int | None) -> str:
    step = mean_to - mean_from if difference is None else difference
    if step == 0:
        return (
            f"stayed at {mean_to}"
            if mean_from == mean_to
            else f"hardly moved, {mean_from} then {mean_to} after rounding"
        )
    verb = "rose" if step > 0 else "fell"
    if mean_from == mean_to:
        return f"{verb} by {format_points(step)} before rounding ({mean_to} in both years)"
    size = "" if step == mean_to - mean_from else f", by {format_points(step)} before rounding"
    return f"{verb} from {mean_from} to {mean_to}{size}"


def describe_verdict(verdict: str, *, reason: str = "", mdc80: int | None = None, delta: float | None = None) -> str:
    """The verdict as a sentence that follows the fact; the smallest noticeable change where it helps (S11)."""
    why = f": {reason.strip().rstrip('.')}" if reason.strip() else ""
    noticed = f" {describe_detectable(mdc80)}" if mdc80 is not None else ""
    match verdict:
        case "improved":
            return "That is more than ordinary drift: it improved."
        case "declined":
            return "That is more than ordinary drift: it declined."
        case "no_meaningful_change":
            size = f" of {delta:g}{NBSP}points or more" if delta is not None else ""
            return f"No meaningful change: a real change{size} can be ruled out."
        case "cannot_tell":
            return f"Whether that is more than ordinary drift: we cannot tell.{noticed}"
        case "not_tested":
            return f"Not tested{why}."
        case "break_in_series":
            return f"Break in series, no comparison{why}."
    return f"{capitalise(VERDICT_TEXT.get(verdict, verdict))}."


def describe_detectable(mdc80: int) -> str:
    return f"A change of about {format_points(mdc80)} or more would probably have been noticed."


LEFT_OUT_TEXT: dict[str, str] = {
    "substantive": "the wording changed",
    "scale change": "the answer scale changed",
    "new": "new",
}


def describe_left_out(items_left_out: str, items_common: int, wordings: Mapping[str, str] | None = None) -> str:
    """What a comparison leaves out and why; blank when nothing is.

    Args:
        items_left_out: codes with why, as ``trends.items_left_out`` holds them: ``q3: substantive; q9: new``.
        items_common: questions the comparison rests on.
        wordings: questions by code, to be quoted in place of codes.
    """
    if not items_left_out.strip():
        return ""
    told = []
    for entry in items_left_out.split(";"):
        code, _, why = (part.strip() for part in entry.partition(":"))
        name = f"“{shorten((wordings or {})[code], 70, placeholder=' …')}”" if code in (wordings or {}) else code
        told.append(f"{name} ({LEFT_OUT_TEXT.get(why, why)})" if why else name)
    if items_common == 0:
        return f"Not comparable: {join_words(told)}."
    compared = (
        f"Compared on {items_common} {'question' if items_common == 1 else 'questions'} asked alike in both years"
    )
    return f"{compared}; left out: {join_words(told)}."


def describe_change(
    verdict: str,
    fact: str,
    *,
    reason: str = "",
    mdc80: int | None = None,
    delta: float | None = None,
) -> str:
    """Fact first, then verdict."""
    return f"{fact} {describe_verdict(verdict, reason=reason, mdc80=mdc80, delta=delta)}".strip()


def describe_pattern(pattern: str, year_from: int, year_to: int) -> str:
    return f"Over {year_from} to {year_to}: {PATTERN_TEXT[pattern]}." if pattern else ""


def describe_verdict_short(verdict: str, difference: int | None = None) -> str:
    """For table cells: the difference, then the verdict in words: '+2 points, cannot tell'."""
    said = {"cannot_tell": "cannot tell"}.get(verdict, VERDICT_TEXT.get(verdict, verdict))
    if difference is None:
        return said
    return f"{format_signed(difference)}{NBSP}{'point' if abs(difference) == 1 else 'points'}, {said}"


NO_EARLIER_YEAR = "There is no earlier year to compare with yet."
NO_EARLIER_YEAR_SHORT = "no earlier year"


def describe_change_withheld(year_from: int) -> str:
    return f"The comparison with {year_from} is withheld under the publication rules."


def describe_span(low: int, high: int, ns: Sequence[int], words: Words) -> str:
    """Where the averages of a group's principles lie, and how many stand behind each (``ns``); none is called best."""
    base = f"(n{NBSP}{format_range(min(ns), max(ns))})"
    if len(ns) == 1:
        return (
            f"Those who answered average {low} out of{NBSP}100 on the one {words.principle} that can be shown {base}."
        )
    where = f"lie between {low} and {high}" if low != high else f"are all {low}"
    return f"The averages of those who answered {where} out of{NBSP}100 over {len(ns)} {words.principles} {base}."


def describe_overall(name: str, mean: str, n: str) -> str:
    """The overarching question, before the principles' verdicts."""
    return f"On the question above them all, “{name}”, those who answered average {mean} (n{NBSP}{n})."


def describe_verdicts(names_by_verdict: Mapping[str, Sequence[str]], since: int | None, words: Words) -> str:
    """One sentence on all principles: which improved, declined, did not change, and where nobody can tell."""
    ends = {
        "improved": ("improved", "improved"),
        "declined": ("declined", "declined"),
        "no_meaningful_change": ("shows no meaningful change", "show no meaningful change"),
        "withheld": ("is withheld under the publication rules", "are withheld under the publication rules"),
        "not_tested": ("could not be tested", "could not be tested"),
        "break_in_series": ("cannot be compared (break in series)", "cannot be compared (break in series)"),
    }
    parts = [
        f"{join_words(names)} {ends[v][len(names) != 1]}"
        for v, names in names_by_verdict.items()
        if names and v in ends
    ]
    if unsure := names_by_verdict.get("cannot_tell"):
        total = sum(len(names) for names in names_by_verdict.values())
        which = f"all {total} {words.principles}" if len(unsure) == total > 1 else join_words(unsure)
        parts.append(f"for {which} we cannot tell whether anything changed")
    start = f"Since {since}" if since is not None else f"Since each {words.principle} was last comparable"
    return f"{start}: {'; '.join(parts)}."


def describe_look_first(level: float, words: Words) -> str:
    return (
        f"The mark “look first” shows where reading should begin when all {words.groups} are read together "
        f"(false discovery rate held at {format_percent_exact(100 * level)}). It is not a verdict."
    )
