"""A person's decisions on comments, read back from the filled-in review workbook and checked (methods S18).

Messages say which cell and what kind of thing is wrong, never what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from pipeline.disclose.redaction import holds_placeholder, redact_text
from pipeline.disclose.redaction_names import NameIndex
from pipeline.store.errors import UserError, user_error
from pipeline.store.labels import normalise_label
from schemas.comments import DECISIONS, GROUP_MAY_READ, REVIEW_SHEET, Mark, Theme
from schemas.comments import ReviewColumns as Is
from schemas.problems import Problem

YES_NO = {"yes": True, "y": True, "no": False, "n": False, "": False}
Cell = object


@dataclass(frozen=True)
class Decision:
    """One reviewed comment; ``row`` and ``sheet`` say where it stands, ``cells`` what was filled in, by header."""

    comment: str
    cells: Mapping[str, str]
    sheet: str
    row: int

    def __getitem__(self, header: str) -> str:
        return self.cells.get(header, "")


def make_comment_ids(comments: pd.DataFrame, key: bytes) -> pd.Series:
    """Ids of comments: keyed, the same in every run, and without a way back to the respondent.

    The text is part of it, because what a person signs is what the person read.

    Source: RFC 7693, keyed hashing.
    """
    parts = [comments[name].astype("str") for name in ("wave", "group", "respondent", "column", "text")]
    keyed = hashlib.blake2b(digest_size=8, key=key, person=b"comment")

    def hash_comment(values: tuple[str, ...]) -> str:
        own = keyed.copy()
        own.update("\x1f".join(values).encode("utf-8"))
        return f"c-{own.hexdigest()}"

    return pd.Series([hash_comment(values) for values in zip(*parts, strict=True)], index=comments.index, dtype="str")


def read_decisions(path: Path) -> list[Decision]:
    """The rows of a review workbook in which something was filled in.

    Raises:
        UserError: ``review_unreadable`` when it is no workbook, or lacks a sheet or column.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    label = f"{path.parent.name}/{path.name}"
    try:
        book = CalamineWorkbook.from_path(path)
        names = [name for name in book.sheet_names if name.startswith(REVIEW_SHEET)]
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, PasswordError):
        raise user_error(
            "review_unreadable", "The workbook is damaged, not a workbook, or protected by a password", file=label,
            action="Save it again as .xlsx, without a password.",
        ) from None  # fmt: skip
    if not sheets:
        raise user_error("review_unreadable", f"There is no sheet '{REVIEW_SHEET}'", file=label)
    return [decision for name, rows in sheets.items() for decision in _read_rows(rows, name, label)]


def _read_rows(rows: Sequence[Sequence[Cell]], sheet: str, label: str) -> Iterator[Decision]:
    wanted = normalise_label(Is.ID)
    top = next((at for at, row in enumerate(rows) if wanted in (normalise_label(str(cell)) for cell in row)), None)
    if top is None:
        raise user_error("review_unreadable", f"There is no column '{Is.ID}'", file=label, sheet=sheet)
    place = {normalise_label(str(cell)): at for at, cell in enumerate(rows[top]) if str(cell).strip()}
    for header in DECISIONS:
        if normalise_label(header) not in place:
            raise user_error(
                "review_unreadable", f"There is no column '{header}'", file=label, sheet=sheet, row=top + 1,
            )  # fmt: skip
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        cells = {header: _to_text(row[place[normalise_label(header)]]) for header in DECISIONS}
        if any(cells.values()):
            yield Decision(_to_text(row[place[wanted]]), cells, sheet, number)


def _to_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


@dataclass(frozen=True)
class Review:
    """Checked decisions, and what is odd about some of them.

    Attributes:
        themes: ``comment`` and ``theme``, one row a theme of a comment.
        excerpts: ``comment``, ``to_group``, ``to_public`` and ``text``.
        problems: warnings; errors are raised.
    """

    themes: pd.DataFrame
    excerpts: pd.DataFrame
    problems: tuple[Problem, ...]


def check_decisions(
    decisions: Sequence[Decision],
    may_share: Mapping[str, bool],
    themes: Sequence[Theme],
    names: NameIndex | None,
    *,
    wave: str,
    file: str,
) -> Review:
    """Check a person's decisions against the comments they are about.

    Args:
        decisions: rows that were filled in.
        may_share: whether its author lets the group read it, by comment id.
        themes: the declared themes; without any, the reviewers' own words are taken.
        names: the roster's names, where one is given.
        wave: the year, for messages.
        file: the workbook, for messages.

    Raises:
        UserError: everything that is wrong, each with its row and column.
    """
    known = _ThemeNames.of(themes, decisions)
    errors: list[Problem] = []
    warnings: list[Problem] = []
    spoken: list[tuple[str, str]] = []
    released: list[tuple[str, bool, bool, str]] = []
    seen: set[str] = set()
    for each in decisions:

        def tell(
            code: str, what: str, column: str, to: list[Problem] = errors, row: int = each.row, sheet: str = each.sheet
        ) -> None:
            to.append(Problem(code, what, wave=wave, file=file, sheet=sheet, row=row, column=column))

        if each.comment not in may_share:
            tell("review_unknown_comment", "No comment of this year has this id", Is.ID, warnings)
            continue
        if each.comment in seen:
            tell("review_unreadable", "The comment is there twice", Is.ID)
            continue
        seen.add(each.comment)
        spoken += [(each.comment, theme) for theme in _check_themes(each, known, names, tell)]
        wishes = {column: _check_yes_no(each, column, tell) for column in (Is.TO_GROUP, Is.TO_PUBLIC)}
        if any(wishes.values()) and _check_release(each, wishes, may_share[each.comment], names, tell):
            released.append((each.comment, wishes[Is.TO_GROUP], wishes[Is.TO_PUBLIC], each[Is.EXCERPT]))
    if errors:
        raise UserError(errors)
    return Review(
        pd.DataFrame(spoken, columns=["comment", "theme"], dtype="str").drop_duplicates(),
        pd.DataFrame(released, columns=["comment", "to_group", "to_public", "text"]),
        tuple(warnings),
    )


Tell = Callable[[str, str, str], None]


def _check_themes(each: Decision, known: _ThemeNames, names: NameIndex | None, tell: Tell) -> Iterator[str]:
    for column in Is.THEMES:
        for written in filter(None, (part.strip() for part in each[column].split("|"))):
            code = known.find(written)
            if code is None:
                tell("review_unreadable", "themes.csv has no such theme", column)
            elif not known.declared and (marks := _find_marks(written, names)):
                tell("review_marked", f"The theme holds: {', '.join(marks)}", column)
            else:
                yield code


def _check_yes_no(each: Decision, column: str, tell: Tell) -> bool:
    said = YES_NO.get(each[column].casefold())
    if said is None:
        tell("review_unreadable", "This must be yes or no", column)
    return bool(said)


def _check_release(
    each: Decision, wishes: Mapping[str, bool], allowed: bool, names: NameIndex | None, tell: Tell
) -> bool:
    """Whether an excerpt may go to the group, and further where it has enough commenters."""
    before = allowed
    if not allowed:
        tell(
            "review_not_allowed", "Its author did not say yes", next(column for column, wish in wishes.items() if wish)
        )
    for column in (Is.EXCERPT, Is.SIGNED, Is.DATE):
        if not each[column]:
            tell("review_unsigned", "It is to be released, and this is blank", column)
            before = False
    if each[Is.DATE] and not _is_date(each[Is.DATE]):
        tell("review_unreadable", "This must be a date like 2027-05-31", Is.DATE)
        before = False
    refused = [m for m in _find_marks(each[Is.EXCERPT], names) if wishes[Is.TO_PUBLIC] or m not in GROUP_MAY_READ]
    if refused:
        tell("review_marked", f"The excerpt holds: {', '.join(refused)}", Is.EXCERPT)
    return before and not refused


def _find_marks(text: str, names: NameIndex | None) -> tuple[Mark | str, ...]:
    return ("a mark in brackets",) if holds_placeholder(text) else redact_text(text, names)[1]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class _ThemeNames:
    """Codes of themes by what reviewers may write for them."""

    codes: Mapping[str, str]
    declared: bool

    @staticmethod
    def of(themes: Sequence[Theme], decisions: Sequence[Decision]) -> _ThemeNames:
        if themes:
            labels = {normalise_label(text): theme.theme for theme in themes for text in theme.label.values()}
            return _ThemeNames(labels | {normalise_label(theme.theme): theme.theme for theme in themes}, True)
        written = {part.strip() for each in decisions for column in Is.THEMES for part in each[column].split("|")}
        # of several spellings of one thing, the first in the alphabet stands for all
        return _ThemeNames({normalise_label(text): text for text in sorted(written, reverse=True) if text}, False)

    def find(self, written: str) -> str | None:
        return self.codes.get(normalise_label(written))
