"""The column that looks most like the group where no header asks for one: a guess, always asked about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from pipeline.ingest.cells import is_chosen, is_left_out
from pipeline.ingest.draft._labels import read_label
from pipeline.ingest.draft.columns import is_open_answer, lists_options
from pipeline.ingest.draft.group_grids import find_repeated
from pipeline.ingest.draft.group_words import (
    describes_person,
    is_no_group,
    is_no_question_of_group,
    names_group,
    weigh_header,
)
from pipeline.ingest.draft.groups import GroupCandidate
from pipeline.store.labels import normalise_label

FEWEST, MOST = 2, 60
LONGEST_MEAN, LONGEST = 40, 90
LEAST_FILLED = 0.6
LEAST_SCORE, NAMED_ONLY = 0.4, 0.2
RANGE = re.compile(r"[<>≤≥~]|^\W*\d|\d\s*(?:-|–|—|to|bis|à|a|до|～|~)\s*\d")
"""Ages, amounts, durations: '18-24', 'up to 5', '> 1 year'; 'Team 4' is none."""
AMOUNT = ("less than ", "more than ", "over ", "under ", "up to ", "weniger als ", "mehr als ", "moins de ", "plus de ",
          "menos de ", "más de ", "meno di ", "più di ", "mais de ", "minder dan ", "meer dan ", "менее ", "более ")  # fmt: skip


def find_structural(
    headers: Sequence[str],
    texts: Sequence[Mapping[str, int]],
    rows: int,
    taken: Collection[int],
    first_item: int | None,
    labels: Sequence[Mapping[str, str]] = (),
) -> list[GroupCandidate]:
    """Columns with few short answers that come again and again and are no scale, best first.

    Args:
        taken: positions that are something else: ids, dates, personal data, items.
        first_item: position of the first rating question; who people are is mostly asked before it.

    Returns:
        Candidates of 0.4 to 0.6; what people are (age, role) is listed below that, never to be chosen.
    """
    grids = find_repeated(texts)
    found = []
    for at, header in enumerate(headers):
        if at in taken or at in grids or not texts[at] or is_no_question_of_group(header):
            continue
        named = labels[at] if labels else {}
        none = tuple(text for text in texts[at] if is_no_group(named.get(text, text)))
        names = {text: n for text, n in texts[at].items() if text not in none}
        shown = {named.get(text, text): n for text, n in names.items()}
        if not _look_like_groups(shown, rows) or is_open_answer(header, texts[at]) or lists_options(texts[at]):
            continue
        score, reasons = _score(header, shown, first_item is not None and at < first_item)
        found.append(GroupCandidate(header, (at,), "column", names, none, score, reasons))
    return sorted(found, key=lambda each: (-round(each.score, 2), each.positions))


def _look_like_groups(names: Mapping[str, int], rows: int) -> bool:
    filled = sum(names.values())
    plain = {normalise_label(name) for name in names}
    if not FEWEST <= len(plain) <= MOST or filled < max(4, LEAST_FILLED * rows):
        return False
    if max(map(len, names)) > LONGEST or sum(map(len, names)) > LONGEST_MEAN * len(names):
        return False
    if sum(n for n in names.values() if n > 1) < 0.7 * filled:
        return False
    closed = sum(is_chosen(name.split()[0]) or is_left_out(name.split()[0].strip(",.;")) for name in plain if name)
    amounts = sum(bool(RANGE.search(name)) or name.startswith(AMOUNT) for name in plain)
    readings = [read_label(name) for name in names]
    rated = sum(each.kind != "" and each.known for each in readings)
    return 2 * closed < len(plain) and 3 * amounts < len(plain) and 5 * rated < 2 * len(names)


def _score(header: str, names: Mapping[str, int], early: bool) -> tuple[float, tuple[str, ...]]:
    """How much it looks like the group, and why; questions about the person are only ever named."""
    count = f"{len(names)} short answers that come again and again"
    if describes_person(header):
        return NAMED_ONLY, (count, "but its header asks what people are")
    reasons, score = ["no header asks for a group", count], LEAST_SCORE
    if early:
        score += 0.06
        reasons.append("before the first rating")
    if _are_proper(list(names)):
        score += 0.05
        reasons.append("they look like names")
    if 3 <= len(names) <= 30:
        score += 0.03
    if sum(names_group(name) for name in names) * 3 >= len(names):
        score += 0.04
        reasons.append("some say what they are: a team, a place")
    if weigh_header(header)[0] > 0:
        score += 0.02
        reasons.append("its header mentions a group")
    return score, tuple(reasons)


def _are_proper(names: Sequence[str]) -> bool:
    """Whether most names begin each of their longer words with a capital, in scripts that have capitals."""
    words = [[word for word in re.findall(r"[^\W\d_]{4,}|[^\W\d_]+$", name) if word] for name in names]
    proper = sum(bool(each) and all(word[0].isupper() or word[0].lower() == word[0].upper() for word in each)
                 for each in words)  # fmt: skip
    return proper * 5 >= len(names) * 4
