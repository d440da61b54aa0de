"""Sentences on declared cuts and on weights."""

from __future__ import annotations

from pipeline.report.text.words import NBSP, format_range
from schemas.definitions import Words

NOT_SAID = "Did not say"
NOBODY = "nobody answered"
NOT_KNOWN = "not known"
CUT_TITLE = "By {name}"
WEIGHTS_CANNOT_REPAIR = (
    "Weights make the people who answered look like the roster. They cannot repair answers that came, or stayed "
    "away, because of how satisfied somebody is: if the content answered and the others did not, or the other way "
    "round, weighted figures are as far off as unweighted ones. The possible range says how far that can be."
)


def describe_cuts(words: Words) -> str:
    """What a table of a cut shows, and what it does not."""
    return (
        f"The answers of {words.community}, told apart by what people said of themselves; every person counts once. "
        "Categories stand in a fixed order. They are not ranked: they differ in size and in who answers."
    )


def describe_category(n: int | None, ci: tuple[int, int] | None) -> str:
    """'n 20, likely 46 to 57' beside a mean."""
    likely = f", likely {format_range(*ci)}" if ci else ""
    return f"n{NBSP}{n}{likely}"


def name_weighting(weighting: str, by: str, words: Words) -> str:
    """What a figure is called, so that no two are taken for one another."""
    return {
        "members": f"all members: each {words.group} by its roster",
        "groups_equal": f"the average {words.group} (mean)",
        "groups_median": f"the middle {words.group} (median)",
        "post-stratify": f"weighted by {by}",
        "rake": f"weighted by {by} at once (raking)",
    }[weighting]


def describe_weighted(
    mean: int, unweighted: int | None, *, weighting: str, merged: str, words: Words, ci: tuple[int, int] | None
) -> str:
    """The weighted figure, never without the unweighted one."""
    beside = f"; every answer counting once it is {unweighted}" if unweighted is not None else ""
    if weighting == "groups_median":
        return f"Half of the {words.groups} score {mean} or less, half {mean} or more{beside}."
    likely = f", likely {format_range(*ci)}" if ci else ""
    if weighting == "groups_equal":
        return f"With each {words.group} counting once it is {mean}{likely}{beside}."
    told = f" Too few answered to be weighted apart: {merged}." if merged else ""
    return f"Weighted it is {mean}{likely}{beside}.{told}"


def describe_refusal(reason: str) -> str:
    """Why a weighted figure is not given; the unweighted one stands alone."""
    return f"Not given: {reason}. The unweighted figure stands alone."
