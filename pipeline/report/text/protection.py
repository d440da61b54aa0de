"""What respondents are told before they answer: who sees an answer, what is published, what never is."""

from __future__ import annotations

from pipeline.report.text.words import capitalise
from schemas.definitions import ReleaseProfile, Retention, Words

Section = tuple[str, tuple[str, ...]]


def explain_protection(
    profile: ReleaseProfile, words: Words, retention: Retention, *, linked: bool, asks_to_share: bool
) -> tuple[Section, ...]:
    """Headings with their sentences, short enough for an invitation.

    Args:
        profile: the thresholds that hold for this survey.
        words: what the programme calls things.
        retention: how long answers are kept after publication.
        linked: a token follows people over the years.
        asks_to_share: the survey asks whether the group may read a comment.
    """
    people, group, groups = words.respondents, words.group, words.groups
    comments = (
        f"What you write is not published. {capitalise(words.community)} may read how many {people} raised a theme, "
        f"and only where at least {profile.comment} wrote something."
    )
    share = (
        f"The survey asks whether your {group} may read what you write. Only if you answer yes does it get to read your "
        "words, and only after a person has taken out what could tell who wrote them."
        if asks_to_share
        else f"Your {group} does not get to read them."
    )
    follow = (
        f"A random code stays with you over the years, so that change can be told from chance. It is not your name, and "
        f"figures that use it need at least {profile.linked} {people} who answered in both years."
        if linked
        else "Your answers are not followed from year to year."
    )
    return (
        (
            "What is published",
            (
                f"Averages of a {group}: only where at least {profile.score} {people} answered.",
                f"How many chose each answer to a question: only where at least {profile.distribution} answered it.",
                f"Where nearly everybody in a small {group} gives the same answer: only on which half of the scale it is.",
                f"If fewer of your {group} answer, its figures are withheld. Your answers then count in a larger whole, or "
                "in nothing where that would give them away.",
            ),
        ),
        (
            "What never is",
            (
                "Your name, your address, or your answers as one person.",
                f"A figure from which the answers of a few could be worked out, by subtracting one {group} from several, one "
                "year from another, or one version of a report from the next. Before anything is published, a program tries "
                "to do just that.",
            ),
        ),
        ("What you write", (comments, share)),
        (
            "Who sees what",
            (
                f"The staff who run the survey see the answers, to check them. {capitalise(groups)} and everybody else see "
                "what is published, and nothing more.",
                follow,
                describe_retention(retention),
                "These rules were fixed before the survey opened. They can be made stricter, never weaker, until it is published.",
            ),
        ),
    )


def describe_retention(retention: Retention) -> str:
    """How long after publication each layer that holds a person's answers is kept, or that no day was set."""
    exports, comments, answers = retention.exports, retention.comments, retention.answers
    if exports is None or comments is None or answers is None:
        return "No day has been set on which the answers are deleted."
    since = "once the results are published"
    if exports == comments == answers:
        return f"Your answers are kept for {_count_months(answers)} {since}, and then deleted."
    return (
        f"The file in which answers come in is kept for {_count_months(exports)} {since}, what you write for "
        f"{_count_months(comments)}, and your other answers for {_count_months(answers)}; then they are deleted."
    )


def _count_months(months: int) -> str:
    return f"{months} month" if months == 1 else f"{months} months"
