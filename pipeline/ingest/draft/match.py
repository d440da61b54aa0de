"""This year's items against an earlier year's: which is which, and whether answers may be compared.

By the tool's code, then by wording, then by likeness. What is proposed is the most cautious class that
fits; a person confirms whatever is not identical.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.draft.groups import split_option
from pipeline.ingest.words import read_words, reduce_words
from pipeline.store.definitions import WaveDefinitions
from pipeline.store.labels import normalise_label
from schemas.definitions import Comparability, Item, ScalePoint

WEIGHTY = Path(__file__).with_name("weighty_words.csv")
ALIKE = 0.8
"""From this likeness on two wordings may be one question reworded; below, they are two questions."""

SAME_CODE = 0.45
"""Where the codes agree, wordings may differ more."""

ANCHORS = re.compile(
    r"[\s(\[,;:]*(?<!\d)\d{1,2}\s*[-–—=:]\s*[^\d]{2,80}?[\s,;/]*(?<!\d)\d{1,2}\s*[-–—=:]\s*[^\d]{2,80}$"
)
"""A header's explanation of the ends of its scale."""

CODE_LIKE = re.compile(r"[A-Za-z0-9_.\-\[\]/:#]{1,60}")
BY_CODE = "by its code alone"
POSITIONAL = re.compile(r"q?\d+([._-]\d+)*", re.IGNORECASE)
"""Codes that only count questions: the next questionnaire may give them to others."""


@dataclass(frozen=True)
class DraftedItem:
    """What matching needs to know of an item: its wording, its codes and its scale as drafted."""

    code: str
    column: str
    text: str
    points: tuple[ScalePoint, ...]
    texts: Mapping[str, int]
    """Distinct answers as written, with their counts."""

    @property
    def is_worded(self) -> bool:
        """Whether the export says how the question was worded, not only its code."""
        return not looks_like_code(self.text)


@dataclass(frozen=True)
class ItemMatch:
    """An item and the earlier one it is taken for.

    Attributes:
        similarity: of the wordings, 0 to 1; 1 where they agree or only codes can be compared.
        certain: False asks a person to confirm.
        keeps_scale: last year's scale reads every answer of this year's.
    """

    before: Item
    similarity: float
    comparability: Comparability
    reason: str
    certain: bool
    keeps_scale: bool

    @property
    def by_code(self) -> bool:
        """Matched by code alone: nothing is known of a wording."""
        return self.reason.startswith(BY_CODE)


def match_items(items: Sequence[DraftedItem], before: WaveDefinitions) -> tuple[list[ItemMatch | None], list[Item]]:
    """Match each item with at most one earlier item, the surest pairs first.

    Returns:
        One match or None per item, and the earlier items nobody asks any more.
    """
    ranked = []
    for at, item in enumerate(items):
        for rank, earlier in enumerate(before.items):
            likeness, how = _rate_pair(item, earlier)
            if likeness > 0:
                ranked.append((-likeness, abs(at - rank), at, rank, how))
    chosen: dict[int, tuple[int, str]] = {}
    used: set[int] = set()
    for _, _, at, rank, how in sorted(ranked):
        if at not in chosen and rank not in used:
            chosen[at] = (rank, how)
            used.add(rank)
    matches = [
        _describe_match(item, before.items[chosen[at][0]], before, chosen[at][1]) if at in chosen else None
        for at, item in enumerate(items)
    ]
    return matches, [earlier for rank, earlier in enumerate(before.items) if rank not in used]


def _rate_pair(item: DraftedItem, earlier: Item) -> tuple[float, str]:
    """How surely two items are one, 0 to 4: code and wording, wording, code, likeness."""
    # a code made of the header's words is no code of the tool's
    own = item.column.casefold() if " " not in item.column else ""
    same_code = bool(own) and own in (earlier.column.casefold(), earlier.item.casefold())
    texts = _wordings(earlier)
    if not item.is_worded:
        return (2.5, f"{BY_CODE}; the export does not say how it was worded") if same_code else (0.0, "")
    if same_code and not texts:
        return 2.5, f"{BY_CODE}; in the earlier year nothing says how it was worded"
    likeness = max((_likeness(item.text, text) for text in texts), default=0.0)
    same_text = any(_bare(item.text) == _bare(text) for text in texts)
    if same_text:
        return (4.0, "by code and wording") if same_code else (3.0, "by wording")
    if same_code and (likeness >= (ALIKE if POSITIONAL.fullmatch(item.column or item.code) else SAME_CODE)):
        return 2.0 + likeness / 2, f"by code; {likeness:.0%} of the wording agrees"
    if likeness >= ALIKE:
        return likeness, f"by likeness: {likeness:.0%} of the wording agrees"
    return 0.0, ""


def _wordings(item: Item) -> list[str]:
    """The texts an earlier item may have stood under: its column's header first, then its languages."""
    return [text for text in (item.column, *item.text.values()) if text and not looks_like_code(text)]


def looks_like_code(text: str) -> bool:
    """Whether a header is a tool's code, ``s6q0`` or ``sat[SQ001]``, and says nothing of the wording."""
    return bool(CODE_LIKE.fullmatch(text.strip())) and not text.strip().isalpha()


def _bare(text: str) -> str:
    """A wording without what it says of its scale: '… 10 - strongly agree, 1 - strongly disagree'."""
    return reduce_words(ANCHORS.sub("", text)) or reduce_words(text)


def _likeness(one: str, other: str) -> float:
    """0 to 1; rows of a grid are alike only where both the question and the row are."""
    (question, row), (other_question, other_row) = split_option(one), split_option(other)
    if row and other_row:
        return min(_ratio(question, other_question), _ratio(row, other_row))
    return _ratio(one, other)


def _ratio(one: str, other: str) -> float:
    first, second = _bare(one), _bare(other)
    by_letters = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if by_letters.real_quick_ratio() < SAME_CODE or by_letters.quick_ratio() < SAME_CODE:
        return 0.0
    by_words = difflib.SequenceMatcher(None, first.split(), second.split(), autojunk=False)
    return (by_letters.ratio() + by_words.ratio()) / 2


def _describe_match(item: DraftedItem, before: Item, wave: WaveDefinitions, how: str) -> ItemMatch:
    was = wave.scales.get(before.scale, ())
    rescaled = compare_scales(item, was)
    similarity = max((_likeness(item.text, text) for text in _wordings(before)), default=1.0) if item.is_worded else 1.0
    if rescaled:
        return ItemMatch(before, similarity, "scale change", f"{how}; {rescaled}", False, False)
    if not item.is_worded or not _wordings(before):
        # where this export has no wording, one question is asked about all such items together
        return ItemMatch(before, similarity, "identical", how, not item.is_worded, True)
    if item.text in _wordings(before):
        return ItemMatch(before, 1.0, "identical", how, True, True)
    edit = describe_edit(item.text, min(_wordings(before), key=lambda text: -_likeness(item.text, text)))
    comparability: Comparability = "editorial" if edit else "substantive"
    differs = "what it says of its scale differs" if similarity == 1 else "the words differ"
    reason = f"{how}; {edit or differs}"
    return ItemMatch(before, similarity, comparability, reason, False, True)


def describe_edit(now: str, before: str) -> str:
    """How a wording was touched without touching its meaning; blank when it may have changed."""
    if reduce_words(now) == reduce_words(before):
        return "only case, blanks or punctuation differ"
    new, old = Counter(reduce_words(now).split()), Counter(reduce_words(before).split())
    changed = list(((new - old) + (old - new)).elements())
    weighty = {word for row in read_words(WEIGHTY) for word in row["words"].split("|")}
    if any(word in weighty or any(letter.isdigit() for letter in word) for word in changed):
        return ""
    if not changed or max(len(new - old), len(old - new)) > 1:
        return ""
    added, gone = "".join((new - old).elements()), "".join((old - new).elements())
    if max(len(added), len(gone)) <= 3 or (added and gone and _is_misspelling(added, gone)):
        return "one small word or spelling differs"
    return ""


def _is_misspelling(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 4 and difflib.SequenceMatcher(None, one, other).ratio() >= 0.85


def compare_scales(item: DraftedItem, was: Sequence[ScalePoint]) -> str:
    """What changed between the drafted scale and the earlier one; blank when answers mean the same.

    The earlier scale stays only when it reads every answer that was given and nothing speaks for
    another length, other labels or another direction.
    """
    if not was:
        return "the earlier scale is not there to compare with"
    read = {normalise_label(text): point for point in was for text in _spellings(point)}
    apart = [p for p in item.points if p.kind != "answer"]
    drafted_apart = {normalise_label(text) for point in apart for text in _spellings(point)}
    unread = [t for t in item.texts if (label := normalise_label(t)) not in read and label not in drafted_apart]
    now, old = [p for p in item.points if p.kind == "answer"], [p for p in was if p.kind == "answer"]
    if unread:
        return f"it has {len(now)} answer options, it had {len(old)}; {len(unread)} of them are new"
    if change := _compare_codes(item.points, was):
        return change
    numbers_now, numbers_old = _numbers(now), _numbers(old)
    if numbers_now and numbers_old and (min(numbers_now), max(numbers_now)) != (min(numbers_old), max(numbers_old)):
        return f"it runs from {min(numbers_now)} to {max(numbers_now)}, it ran from {min(numbers_old)} to {max(numbers_old)}"
    values = [
        (p.value or 0, q.value) for p in now if (q := read.get(normalise_label(_label(p)))) and q.value is not None
    ]
    if len(values) >= 2 and sorted(values) != sorted(values, key=lambda pair: (pair[1], pair[0])):
        order = [old_value for _, old_value in sorted(values)]
        return (
            "its direction is reversed" if order == sorted(order, reverse=True) else "its options are in another order"
        )
    if now and old:
        low, high = (point.favourable for point in _ends(now))
        if low != high and (high, low) == tuple(point.favourable for point in _ends(old)):
            return "its other end is now the favourable one"
    unused = len(old) - len({read[label].value for t in item.texts if (label := normalise_label(t)) in read} - {None})
    if len(now) < len(old) and unused and sum(item.texts.values()) >= 100 * unused:
        return f"it has {len(now)} answer options, it had {len(old)}: nobody gave the others"
    return ""


def _ends(points: Sequence[ScalePoint]) -> tuple[ScalePoint, ScalePoint]:
    order = sorted(points, key=lambda point: point.value or 0)
    return order[0], order[-1]


def _compare_codes(now: Sequence[ScalePoint], was: Sequence[ScalePoint]) -> str:
    """A code that stands for another label than before would be misread in silence."""
    before = {normalise_label(point.code): normalise_label(_label(point)) for point in was if point.code}
    for point in now:
        if point.code and normalise_label(_label(point)) != normalise_label(point.code):
            label = before.get(normalise_label(point.code))
            if label is not None and label != normalise_label(_label(point)):
                return "its codes stand for other labels than before"
    return ""


def _numbers(points: Sequence[ScalePoint]) -> list[int]:
    """The numbers that are the labels of a purely numeric scale; end points may carry words."""
    found = [re.match(r"-?\d+", (point.code or _label(point)).strip()) for point in points]
    return [int(match.group()) for match in found if match] if all(found) else []


def _label(point: ScalePoint) -> str:
    return next(iter(point.label.values()), "") or point.code


def _spellings(point: ScalePoint) -> tuple[str, ...]:
    return tuple(text for text in (point.code, *point.label.values(), *point.aliases) if text)
