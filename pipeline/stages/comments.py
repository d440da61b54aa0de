"""Stages about comments: the restricted review workbook, what a person decided in it, and what of that is released."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from pipeline.disclose.comment_release import find_units, release_excerpts, release_themes
from pipeline.disclose.comment_review import Decision, Review, check_decisions, make_comment_ids, read_decisions
from pipeline.disclose.redaction import redact_comments
from pipeline.disclose.redaction_names import NameIndex, index_names
from pipeline.ingest.pseudonyms import read_key
from pipeline.report import Release, ReportContext
from pipeline.report.comment_review import write_review_workbook
from pipeline.report.group_comments import write_group_pages
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError, user_error
from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from pipeline.store.problems import write_problems
from pipeline.store.provenance import hash_file
from pipeline.store.tables import read_table, write_table
from schemas.problems import Problem, counted

NO_REVIEW = Review(
    pd.DataFrame({"comment": [], "theme": []}, dtype="str"),
    pd.DataFrame({"comment": [], "to_group": [], "to_public": [], "text": []}).astype(
        {"comment": "str", "text": "str"}
    ),
    (),
)


def review_comments(paths: ProgrammePaths, year: int) -> list[Path]:
    """Write the year's review workbook, and store what a person decided in the last one.

    Raises:
        UserError: codes ``review_...`` for what is wrong in ``comments-reviewed.xlsx``, cell by cell.
    """
    definitions = read_definitions(paths)
    comments = read_table("comments", paths.table("comments"), [year])
    comments = comments.assign(comment=make_comment_ids(comments, read_key(paths, definitions.programme)))
    names = index_names(definitions.waves[year].names)
    decisions = _read_reviewed(paths, year)
    review = _check_review(paths, definitions, year, comments, decisions, names) if decisions else NO_REVIEW
    _refuse_decisions_in_place(paths, year, decisions)
    written = []
    if len(comments):
        shown = comments.join(redact_comments(comments["text"], names))
        decided = {each.comment: each.cells for each in decisions}
        book = write_review_workbook(paths.comment_review(year), shown, decided, definitions, year)
        written += [book, write_text(_seal(book), hash_file(book) + "\n")]
    for name, found in (("comment_themes", review.themes), ("comment_excerpts", review.excerpts)):
        rows = found.merge(comments[["comment", "wave", "group", "respondent"]], on="comment", how="left")
        if name == "comment_themes":  # people count, not their comments
            rows = rows.drop_duplicates(["group", "respondent", "theme"])
        written.append(write_table(rows, name, paths.table(name), year))
    problems = [*review.problems, *_tell_waiting(paths, year, len(comments), len(decisions))]
    return [*written, write_problems(paths, year, "5-comments", problems)]


def check_reviewed(paths: ProgrammePaths, definitions: Definitions, year: int, comments: pd.DataFrame) -> list[Problem]:
    """Look at ``comments-reviewed.xlsx`` before a run does anything; nothing is written.

    Args:
        comments: the year's comments, without ids.

    Raises:
        UserError: as ``review_comments`` does.
    """
    decisions = _read_reviewed(paths, year)
    _refuse_decisions_in_place(paths, year, decisions)
    if not decisions:
        return []
    with_ids = comments.assign(comment=make_comment_ids(comments, read_key(paths, definitions.programme, keep=False)))
    names = index_names(definitions.waves[year].names)
    return list(_check_review(paths, definitions, year, with_ids, decisions, names).problems)


def _check_review(
    paths: ProgrammePaths,
    definitions: Definitions,
    year: int,
    comments: pd.DataFrame,
    decisions: list[Decision],
    names: NameIndex | None,
) -> Review:
    label = f"{year}/{paths.reviewed_comments(year).name}"
    may_share = dict(zip(comments["comment"], comments["may_share"].astype(bool), strict=True))
    return check_decisions(
        decisions, may_share, definitions.comment_themes(year), names, wave=str(year), file=label
    )  # fmt: skip


def _read_reviewed(paths: ProgrammePaths, year: int) -> list[Decision]:
    path = paths.reviewed_comments(year)
    for other in sorted(paths.wave(year).glob("*.xls*")):
        if other.stem.casefold().startswith("comment") and other.name != path.name:
            raise user_error(
                "definition_unknown_key", "Nothing reads a workbook of this name", file=f"{year}/{other.name}",
                action=f"If it is the review of the comments, call it '{path.name}'.",
            )  # fmt: skip
    return read_decisions(path) if path.is_file() else []


def _refuse_decisions_in_place(paths: ProgrammePaths, year: int, decisions: list[Decision]) -> None:
    """What was filled in where the next run writes would be lost."""
    path = paths.comment_review(year)
    if not path.is_file() or _is_untouched(path):
        return
    known = {each.comment: each.cells for each in decisions}
    try:
        here = read_decisions(path)
    except UserError:  # nothing can be lost of what cannot be read
        return
    lost = [each for each in here if not _is_kept(each.cells, known.get(each.comment, {}))]
    if lost:
        raise user_error(
            "review_in_place", f"It holds {counted(len(lost), 'row')} of decisions that comments-reviewed.xlsx does not",
            wave=str(year), file=f"data/processed/{paths.programme}/comments/{path.name}", sheet=lost[0].sheet,
            row=lost[0].row,
        )  # fmt: skip


def _seal(book: Path) -> Path:
    """Where the hash of a review workbook is kept: a run carries decisions over, so its cells do not tell who filled them."""
    return book.with_suffix(".sha256")


def _is_untouched(book: Path) -> bool:
    seal = _seal(book)
    return seal.is_file() and seal.read_text(encoding="ascii", errors="replace").strip() == hash_file(book)


def _is_kept(cells: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return all(known.get(header, "") == cell for header, cell in cells.items() if cell)


def _tell_waiting(paths: ProgrammePaths, year: int, comments: int, decisions: int) -> list[Problem]:
    if not comments or decisions:
        return []
    where = f"data/processed/{paths.programme}/comments/{paths.comment_review(year).name}"
    what = f"{counted(comments, 'comment')} can be reviewed"
    return [Problem("comments_to_review", what, wave=str(year), file=where)]


def release_comments(
    paths: ProgrammePaths, definitions: Definitions, year: int, overlapping: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Tables ``released_themes`` and ``released_excerpts`` of one year.

    Args:
        paths: of the programme.
        definitions: the programme.
        year: the survey year.
        overlapping: groups withheld because groups share people.
    """
    stored = {
        name: read_table(name, paths.table(name), [year])
        for name in ("comments", "respondents", "comment_themes", "comment_excerpts")
    }
    people = stored["respondents"][stored["respondents"]["level"] == "individual"]
    of_people = {
        name: stored[name][stored[name]["respondent"].astype("str").isin(people["respondent"].astype("str"))]
        for name in ("comments", "comment_themes")
    }
    units = find_units(of_people["comments"], definitions, overlapping)
    themes = release_themes(of_people["comment_themes"], units)
    excerpts, withheld = release_excerpts(stored["comment_excerpts"], units, definitions)
    problems = [Problem("excerpts_withheld", counted(withheld, "signed excerpt"), wave=str(year))] if withheld else []
    write_problems(paths, year, "6-excerpts", problems)
    return {"themes": themes.assign(wave=str(year)), "excerpts": excerpts.assign(wave=str(year))}


def write_for_groups(paths: ProgrammePaths, year: int) -> list[Path]:
    """Pages with excerpts for one group only, in a folder that publishing leaves out."""
    definitions = read_definitions(paths)
    context = ReportContext(paths, definitions, Release(paths, definitions.programme.profile), year)
    return write_group_pages(context, read_table("comment_excerpts", paths.table("comment_excerpts"), [year]))
