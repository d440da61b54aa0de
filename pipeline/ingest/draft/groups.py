"""Which column says for which group a response answers, judged by its header and by its texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.ingest.cells import is_chosen, is_left_out, is_write_in
from pipeline.ingest.draft.columns import NUMBER_OR_DATE, SURE
from pipeline.ingest.draft.group_grids import MOST_ALIKE, are_words, find_repeated, is_scale
from pipeline.ingest.draft.group_words import (
    asks_which,
    country_names,
    is_no_group,
    is_no_question_of_group,
    weigh_header,
)
from pipeline.ingest.personal import BRACKET
from pipeline.store.labels import normalise_label

MOST_GROUPS = 400
LONGEST_NAME = 90
ENOUGH = 0.45
"""A candidate below this score is named, not taken."""
NUMBERED = 0.6
"""A question that asks so much for a group may be answered with numbers of groups."""
DOUBTED = 0.7
"""A bare noun whose answers are also those of other columns: a group, or a row of a grid."""

SEPARATORS = (";", ",", "|", "\n")
PLURAL = re.compile(r"\(s\)|\b(?:groups|projects|teams|chapters|units|departments|that apply)\b", re.IGNORECASE)
Shape = Literal["column", "options", "list"]


@dataclass(frozen=True)
class GroupCandidate:
    """A column, or a question with a column per group, that may say which group a response is for.

    Attributes:
        name: header of the column, or the question all the columns share.
        shape: one group a cell; a column per group; or a list of groups in a cell.
        names: group names as written and how many rows name them; blank and no-group words left out.
        written: names that people wrote into a column of their own beside the options.
        parents: name to the name it is a part of, where more specific questions follow.
        sums: names all of whose people name a part.
        score: 0 to 1, above 1 where the groups are known ones; see ``ENOUGH``.
    """

    name: str
    positions: tuple[int, ...]
    shape: Shape
    names: Mapping[str, int]
    none: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]
    confidence: float = 0.0
    written: Mapping[str, int] = field(default_factory=dict)
    separator: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()
    declared: bool = False
    """The names are the questionnaire's own options, a list of countries, or known groups: no write-ins."""


def find_candidates(
    headers: Sequence[str],
    texts: Sequence[Mapping[str, int]],
    rows: int,
    taken: Collection[int],
    known: Collection[str] = (),
    codes: Sequence[str] = (),
    labels: Sequence[Mapping[str, str]] = (),
) -> list[GroupCandidate]:
    """Every column or question that may name the group, best first.

    Args:
        texts: distinct texts per column with their counts.
        rows: rows with any text.
        taken: positions that are something else already (ids, dates, personal data).
        known: the programme's group names and aliases, normalised; columns that hold them win.
        codes: the tool's codes of the columns, where it has them: 'dept' says what 'Please choose:' does not.
        labels: what the cells of each column stand for, where the file itself says so.
    """
    repeated = find_repeated(texts)
    questions: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        question, option = split_option(header)
        if option and position not in taken:
            questions.setdefault(question, []).append(position)
    found = [
        _rate_options(question, at, headers, texts, rows, known) for question, at in questions.items() if len(at) > 1
    ]
    parts = {position for at in questions.values() if len(at) > 1 for position in at}
    for position, header in enumerate(headers):
        if position not in taken and position not in parts and header and texts[position]:
            asks, named = weigh_header(header), labels[position] if labels else {}
            if not asks[0] and codes and not is_no_question_of_group(header):
                asks = weigh_header(codes[position].rpartition("/")[2])  # the part above is a page of the form
            if is_scale(texts[position], named) or (asks[0] < SURE and position in repeated):
                asks = (0.0, "")  # a noun within a statement that is rated, or the whole name of a rated row
            elif position in repeated and not asks_which(header) and are_words(texts[position]):
                asks = (min(asks[0], DOUBTED), asks[1])  # 'Committee', answered as the rows beside it are
            found.append(_rate_column(header, position, texts[position], rows, known, asks, named))
    kept = [each for each in found if each is not None]
    return sorted(kept, key=lambda each: (-round(each.score, 2), each.positions))


def _rate_column(
    header: str,
    position: int,
    texts: Mapping[str, int],
    rows: int,
    known: Collection[str],
    asks: tuple[float, str],
    labels: Mapping[str, str],
) -> GroupCandidate | None:
    none = tuple(text for text in texts if is_no_group(text))
    names = {text: n for text, n in texts.items() if text not in none}
    filled = sum(names.values())
    if not filled or all(is_chosen(plain) or is_left_out(plain) for plain in map(normalise_label, names)):
        return None
    weight, why = asks
    reasons = [f"its header asks for it ('{why.strip('*')}')"] if why else []
    plain = {text: normalise_label(labels.get(text, text)) for text in names}
    countries = sum(n for text, n in names.items() if plain[text] in country_names()) / filled
    members = sum(n for text, n in names.items() if plain[text] in known or normalise_label(text) in known) / filled
    if countries >= 0.6:
        weight = max(weight, 0.6)
        reasons.append("its texts are countries")
    if members >= 0.5:
        weight = 1.2
        reasons.append("its texts are groups of groups.csv")
    if weight == 0:
        return None
    base = GroupCandidate(header, (position,), "column", names, none, 0.0, (), declared=countries >= 0.9)
    listed = _split_lists(names, 0.1 if PLURAL.search(header) else 0.3) if countries < 0.6 else None
    if listed and (weight >= 0.8 or members):
        separator, parts = listed
        none_parts = {text for text in parts if is_no_group(text)}
        reasons.append(f"cells list several, with '{separator.strip() or separator}' between them")
        base = replace(
            base, shape="list", separator=separator.strip() or separator,
            names={text: n for text, n in parts.items() if text not in none_parts},
            none=tuple(dict.fromkeys((*none, *sorted(none_parts)))),
        )  # fmt: skip
    quality, how = _rate_names(
        {labels.get(text, text): n for text, n in base.names.items()}, weight, asks_which(header)
    )
    if quality == 0:
        return None
    share = min(filled / rows, 1.0) if rows else 0.0
    cover = 1.0 if share >= 0.8 else 0.9 if share >= 0.5 else share
    reasons.append(f"{how}, {share:.0%} of the rows")
    return replace(base, score=weight * quality * cover, reasons=tuple(reasons))


def _rate_names(names: Mapping[str, int], weight: float, asked: bool) -> tuple[float, str]:
    """How far texts look like groups: few, short, and named by more than one person."""
    count = len({normalise_label(text) for text in names})
    filled = sum(names.values())
    looked = list(names)[:2_000]
    numbers = sum(bool(NUMBER_OR_DATE.fullmatch(text)) for text in looked) / len(looked)
    length = sum(len(text) for text in looked) / len(looked)
    how = f"{count} different names"
    if length > LONGEST_NAME:
        return 0.0, how
    if numbers > 0.7:
        again = 1 < count <= MOST_ALIKE and sum(n for n in names.values() if n > 1) >= 0.9 * filled
        coded = 0.8 if asked and again and weight >= NUMBERED else 0.0  # 'Which region?', exported as numbers
        return (0.6 if weight >= 0.95 else coded), f"{count} different numbers"
    if count == 1:
        return (0.9 if weight >= 0.6 else 0.0), "one name throughout: the export of one group"
    repeated = sum(n for n in names.values() if n > 1) / filled
    if count > MOST_GROUPS:
        return (0.4 if repeated > 0.8 else 0.0), how
    if repeated >= 0.7 or filled < 30:
        return 1.0, how
    if repeated >= 0.3:
        return 0.95, how
    # everybody writes something else: only a header that leaves no doubt makes it a group
    return (0.8 if weight >= 1 and length <= 40 else 0.3), how


def _split_lists(names: Mapping[str, int], least: float) -> tuple[str, dict[str, int]] | None:
    """The separator that cells list names with, and the names; None when cells hold one name each.

    A list holds names that other people write alone (at least this share of them); 'Lund, May 2018'
    is one name.
    """
    best: tuple[float, str, dict[str, int]] | None = None
    alone = {normalise_label(text) for text in names}
    filled = sum(names.values())
    for separator in SEPARATORS:
        parts: Counter[str] = Counter()
        several = pieces = known = 0
        for text, n in names.items():
            cell = [part.strip() for part in text.split(separator) if part.strip()]
            for part in cell:
                parts[part] += n
            if len(cell) > 1:
                several += n
                pieces += n * len(cell)
                known += n * sum(normalise_label(part) in alone for part in cell)
        if several >= max(2, 0.03 * filled) and known >= least * pieces:
            gain = several / filled
            if best is None or gain > best[0]:
                best = (gain, separator, dict(parts))
    return (best[1], best[2]) if best else None


def _rate_options(
    question: str,
    positions: Sequence[int],
    headers: Sequence[str],
    texts: Sequence[Mapping[str, int]],
    rows: int,
    known: Collection[str],
) -> GroupCandidate | None:
    """A question with a column per option, ticked or repeating the option's name; one may be written into."""
    names: dict[str, int] = {}
    written: dict[str, int] = {}
    none: list[str] = []
    for position in positions:
        option = split_option(headers[position])[1]
        cells = {text: n for text, n in texts[position].items() if not is_left_out(normalise_label(text))}
        ticks = {text: n for text, n in cells.items() if _is_tick(text, option)}
        if is_write_in(option):
            written |= {text: n for text, n in cells.items() if text not in ticks}
        elif len(ticks) < len(cells):
            return None  # a grid of answers, or codes that nobody can read as a choice
        elif is_no_group(option):
            none.append(option)
        else:
            names[option] = names.get(option, 0) + sum(ticks.values())
    weight, why = weigh_header(question)
    total = sum(names.values())
    members = sum(normalise_label(name) in known for name in names) / len(names) if names else 0.0
    countries = sum(normalise_label(name) in country_names() for name in names) / len(names) if names else 0.0
    reasons = [f"the question asks for it ('{why.strip('*')}')"] if why else []
    if countries >= 0.6:
        weight = max(weight, 0.6)
    if members >= 0.5:
        weight = 1.2
        reasons.append("its options are groups of groups.csv")
    if len(names) < 2 or not total or weight == 0:
        return None
    reasons.append(f"{len(names)} options, a column each")
    share = min(total / rows, 1.0) if rows else 0.0
    cover = 1.0 if share >= 0.8 else 0.9 if share >= 0.5 else share
    return GroupCandidate(
        question, tuple(positions), "options", names, tuple(none), weight * cover, tuple(reasons), written=written,
        declared=True,
    )  # fmt: skip


def _is_tick(cell: str, option: str) -> bool:
    plain = normalise_label(cell)
    return is_chosen(plain) or plain == normalise_label(option)


def add_write_ins(group: GroupCandidate, headers: Sequence[str], texts: Sequence[Mapping[str, int]]) -> GroupCandidate:
    """The column beside a single choice into which people write a group of their own belongs to it."""
    if group.shape == "options":
        return group
    beside = [
        at for at, header in enumerate(headers) if split_option(header)[0] == group.name and at != group.positions[0]
    ]
    beside = [at for at in beside if is_write_in(split_option(headers[at])[1])]
    written = {text: n for at in beside for text, n in texts[at].items()}
    return replace(group, positions=(*group.positions, *beside), written=written)


def split_option(header: str) -> tuple[str, str]:
    """``Question [option]`` as its parts; the option is blank where there is none."""
    match = BRACKET.match(header)
    return (match.group(1), match.group(2).strip()) if match and match.group(1) else (header, "")
