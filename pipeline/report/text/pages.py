"""Sentences that frame a page: marks, rules, methods, links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemas.definitions import ReleaseProfile, Words
from schemas.methods import METHODS

SYNTHETIC_MARK = "SYNTHETIC DATA"
SYNTHETIC_SENTENCE = f"{SYNTHETIC_MARK}: invented answers that show what a report looks like. Nobody gave them."
LANGUAGE = "en"
LANGUAGE_NAME = {"ar": "Arabic", "en": "English", "es": "Spanish", "fr": "French", "ru": "Russian", "zh": "Chinese"}
FILE_KIND = {".html": "page", ".txt": "text", ".xlsx": "workbook", ".pdf": "PDF", ".csv": "table"}


def format_years(year_from: int, year_to: int) -> str:
    return f"{year_from}–{year_to}" if year_to != year_from else f"{year_from}"


ALL_REPORTS = "All reports"
COMMUNITY_PAGE = "Community {year}"
BEFORE_PAGES = "Before fieldwork: whom to invite, what could be found, what will be shown"
NOBODY_ANSWERED_YET = "Nobody has answered yet."
WITHHELD_GROUP = "Its own scores are withheld under the publication rules."


def describe_profile(name: str, profile: ReleaseProfile, fingerprint: str, words: Words) -> str:
    """Publication thresholds with a short fingerprint, so that a changed rule shows."""
    return (
        f"Publication rules “{name}” ({fingerprint}): scores need at least {profile.score} {words.respondents}, "
        f"the counts of a question {profile.distribution}, themes of comments {profile.comment}, "
        f"figures that follow people over the years {profile.linked}."
    )


def describe_methods(method_ids: Sequence[str]) -> list[str]:
    """The sentence of each method that really ran, in the order of ``schemas.methods.METHODS``."""
    used = {part for method in method_ids for part in re.split(r"[^A-Za-z0-9_]+", method)}
    return [method.sentence for name, method in METHODS.items() if name in used and name != "none"]


NO_IMPROVEMENTS = "None reported."
