"""The counts that the publisher of the State of Haskell Survey printed for the 24 statements."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd

PAGES = {
    2020: Path(__file__).parent / "data" / "haskell" / "2020-11-22-haskell-survey-results.markdown",
    2021: Path(__file__).parent / "data" / "haskell" / "2021-11-16-haskell-survey-results.markdown",
    2022: Path(__file__).parent / "data" / "haskell" / "2022-11-18-haskell-survey-results.markdown",
}
LABELS = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")

# The pages differ in indentation, line breaks, order of statements and answers, and escaping; this much is common.
_STATEMENT = re.compile(r'<h3 id="(s6q\d+)">(.*?)</h3>(.*?)(?=<h[23] |\Z)', re.DOTALL)
_ROW = re.compile(r'<div class="count">\s*(\d+)\s*</div>\s*<div class="choice">(.*?)</div>', re.DOTALL)


def _clean(text: str) -> str:
    return " ".join(html.unescape(text).split())


def parse_published_texts(path: Path) -> dict[str, str]:
    """Wording of each statement as the page prints it, by item code."""
    return {code: _clean(text) for code, text, _ in _STATEMENT.findall(path.read_text(encoding="utf-8"))}


def parse_published_counts(path: Path) -> pd.DataFrame:
    """Counts of one results page.

    Returns:
        One row per item and answer in page order: ``item`` (s6q0 to s6q23), ``label`` (trimmed), ``n``.
    """
    rows = [
        (code, _clean(label), int(count))
        for code, _, block in _STATEMENT.findall(path.read_text(encoding="utf-8"))
        for count, label in _ROW.findall(block)
    ]
    return pd.DataFrame(rows, columns=["item", "label", "n"])
