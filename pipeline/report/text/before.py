"""Sentences of the pages written before anybody has answered: whom to ask, what could be found, what will be shown."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.report.text.words import NBSP, count_units, format_date, format_percent, format_points, join_words
from schemas.definitions import ReleaseProfile, RosterRow, Wave, Words

ACCESS_TEXT = {
    "unique": "Everybody gets a link of their own, so that each answers once.",
    "shared": "All members share one link: ask them not to pass it on.",
    "open": "The link is open to anybody: no response rate can be computed, and ranges are wider.",
}
HALF_AS_MANY, TWICE_AS_MANY = "half as many", "twice as many"
NO_CHANGE_BEFORE = "There is no published result of an earlier year to compare with."


def describe_invited(row: RosterRow | None, unit: str, words: Words) -> str:
    """The headline: how many can answer, or that nobody has said so."""
    if row is None or row.eligible is None:
        return "Nobody has said yet how many can answer."
    people = count_units(row.eligible, row.unit or unit, words)
    return f"{people} can answer." if row.eligible else "Nobody can answer."


def describe_through(names: list[str]) -> str:
    """A roll-up invites nobody itself."""
    return f"Nobody is invited here: answers come through {join_words(names)}." if names else "It has no groups."


def describe_invitation(row: RosterRow | None, wave: Wave, words: Words) -> Iterator[str]:
    """What the roster and the settings say about the invitation."""
    if wave.fieldwork_from and wave.fieldwork_to:
        yield f"Answers count from {format_date(wave.fieldwork_from)} to {format_date(wave.fieldwork_to)}."
    if row is None:
        return
    if row.eligible is not None and row.invited is not None and row.invited != row.eligible:
        yield f"The invitation goes to {row.invited}: whoever can answer should get one."
    if row.population is not None and row.eligible is not None and row.population > row.eligible:
        yield f"The {words.group} has {row.population} members in all."
    if row.eligible is not None:
        day = f", as of {format_date(row.as_of)}" if row.as_of else ""
        yield f"Where the number comes from: {row.source or 'not said'}{day}."
    yield ACCESS_TEXT[row.access]


def list_gaps(row: RosterRow | None, unit: str, year: int) -> Iterator[str]:
    """What is missing in roster.csv, each with what it costs."""
    if row is None or row.eligible is None:
        yield "how many can answer (column eligible): without it there is no response rate, and ranges are wider"
        return
    if not row.source:
        yield "where the number comes from (column source)"
    if row.as_of is None:
        yield "the date of the number (column as_of)"
    elif row.as_of.year < year - 1:
        yield f"a newer number: this one is of {format_date(row.as_of)}"
    if row.invited is None:
        yield "how many the invitation goes to (column invited)"
    if row.unit != unit:
        yield f"a number that counts what answers: it counts by {row.unit}, the answers by {unit}, so that no rate is computed"


def describe_gaps(gaps: list[str]) -> str:
    return f"Missing in roster.csv: {'; '.join(gaps)}." if gaps else ""


def label_share(percent: int) -> str:
    return "everybody answers" if percent == 100 else f"{format_percent(percent)} answer"


def label_as_before(year: int, percent: int | None) -> str:
    return f"as in {year}" + (f", {format_percent(percent)}" if percent is not None else "")


def describe_noticed(points: int | None, smallest_n: int) -> str:
    """What a cell says about the change that would be found."""
    return f"{format_points(points)} or more" if points is not None else f"not tested: fewer than {smallest_n}"


def describe_expected(label: str, n: int, points: int | None, year_from: int | None, delta: float) -> str:
    """The sentence a chair should remember; blank where nothing is tested."""
    if points is None:
        return ""
    against = f"since {year_from}" if year_from is not None else "from this year to an equal next one"
    honest = (
        f" A change of {delta:g}{NBSP}points, which counts as meaningful, would usually be found."
        if points <= delta
        else f" Smaller ones, also a meaningful one of {delta:g}{NBSP}points, will mostly read “cannot tell”."
    )
    who = f"With {n} answers ({label})"
    return f"{who} a change {against} of {format_points(points)} or more would be found in 4 of 5 cases.{honest}"


def describe_needed_people(n: int, delta: float, eligible: int | None) -> str:
    """How many answers a meaningful change takes, and whether there can be so many."""
    takes = f"To find a change of {delta:g}{NBSP}points in 4 of 5 cases takes about {n} answers in each of two years."
    if eligible is not None and n > eligible:
        return f"{takes} That is more than can answer: several years, and the larger whole, tell more than one step."
    return takes


def describe_spread(sd: float, year: int | None) -> str:
    """What the detectable changes rest on."""
    if year is None:
        return f"Reckoned with a spread of {sd:.0f}{NBSP}points between {{people}}, as is usual, because nothing published says how far they differ here."
    return f"Reckoned with a spread of {sd:.0f}{NBSP}points between {{people}}, which the results published for {year} imply."


def describe_what_is_shown(n: int, profile: ReleaseProfile) -> str:
    if n < profile.score:
        return "no scores of its own"
    return "scores" if n < profile.distribution else "scores, and counts of each answer"


def describe_thresholds(profile: ReleaseProfile, wave: Wave, words: Words) -> Iterator[str]:
    """The publication rules, one line each; they are fixed before the first answer."""
    yield f"Averages with their likely ranges and favourable shares: from {profile.score} answers."
    yield f"How many chose each answer to a question: from {profile.distribution} answers."
    if wave.linked:
        yield f"Figures that follow {words.respondents} over the years: from {profile.linked} who answered in both."
    yield "Where few answered and nearly all the same: only which half of the scale it is."
    yield (
        f"Where subtracting published figures would show fewer than {profile.score} {words.respondents}, "
        "the larger figure leaves them out or is withheld."
    )


def describe_still_needed(
    year: int | None, n: int | None, eligible: int | None, profile: ReleaseProfile, fallback: str, words: Words
) -> Iterator[str]:
    """How many more answers than last year each kind of figure needs, and what stands in for them."""
    if eligible is not None and eligible < profile.score:
        yield f"Only {eligible} can answer, and scores need {profile.score}: this {words.group} will have none of its own."
    elif year is not None and n is not None:
        missing = [
            f"{threshold - n} more for {what}"
            for threshold, what in ((profile.score, "scores"), (profile.distribution, "the counts of each answer"))
            if n < threshold
        ]
        answered = f"In {year} {n} answered"
        yield f"{answered}: {join_words(missing)}." if missing else f"{answered}: enough for scores and counts."
    if fallback:
        yield f"With fewer answers than that, they count for {fallback}."


def describe_comments(wave: Wave, profile: ReleaseProfile) -> Iterator[str]:
    """How open answers are treated."""
    if not wave.comment_columns:
        yield "The survey asks no open question."
        return
    yield "What people write is not published. It stays with the staff who run the survey."
    yield f"Reports say how many commented, and themes of comments, only from {profile.comment} who commented."
    if wave.share_comment_column:
        yield (
            f"A comment may go to the group itself only where its author agreed (“{wave.share_comment_column}”) "
            "and a person has read it for what would tell who wrote it."
        )
    else:
        yield "The survey does not ask whether the group may read a comment, so the group reads none."
