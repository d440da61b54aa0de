"""``cip new --from``: from the command line to a draft, and what people are told of it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import click

from flows.places import REPOSITORY, find_programmes, find_root, quote
from pipeline.stages.draft import Drafted, draft_in_programme, draft_to_folder, find_earlier_wave
from pipeline.store.paths import ProgrammePaths, list_programmes
from pipeline.store.records import find_table
from schemas.definitions import DraftQuestion
from schemas.problems import counted

LONGEST_QUESTION, LONGEST_COLUMN = 260, 90
"""Characters of one line on the screen; questions.csv has everything."""
SURENESS = ((0.9, "nearly sure"), (0.75, "fairly sure"), (0.6, "likely"), (0.0, "a guess"))
"""How sure a draft is, in words, from this number on."""


def draft_year(
    year: int,
    exports: tuple[Path, ...],
    like: int | None,
    folder: Path | None,
    programme: str | None,
    root: Path | None,
    *,
    workbook: bool = False,
) -> None:
    """Draft a year into a folder, or into its programme, and tell what is left to decide."""
    where = f" --root {quote(root)}" if root else ""
    files = " ".join(quote(path) for path in exports)
    if folder is None:
        paths = _programme_to_draft_in(root, programme)
        drafted = draft_in_programme(paths, year, exports, find_earlier_wave(paths, year, like), workbook=workbook)
        after, following = "Next:", f"cip check {quote(paths.programme)}{where}"
    else:
        known = find_programmes(root, (programme,))[0] if programme else None
        earlier = None
        if like is not None:
            beside = folder.parent / str(like)
            if (beside / "survey.toml").is_file() and find_table(beside, "items") is not None:
                earlier = beside
            else:
                (paths, *others) = [known] if known else find_programmes(root, ())
                if others:
                    raise click.UsageError(f"Say with --programme whose {like} to compare with.")
                earlier = find_earlier_wave(paths, year, like)
        drafted = draft_to_folder(year, exports, folder, earlier, known, workbook=workbook)
        book = " --xlsx" if workbook else ""
        after, following = "To begin with it:", f"cip new {year} --from {files} --programme NAME{book}{where}"
    _print_draft(drafted, "the sheet questions of definitions.xlsx" if workbook else "questions.csv")
    click.echo(f"{after} {following}")


def _programme_to_draft_in(root: Path | None, programme: str | None) -> ProgrammePaths:
    """The programme that gets the year; a new one lives under --root, or under the folder one stands in."""
    base = find_root(root)
    if root is None and base == REPOSITORY and programme not in list_programmes(base):
        base = Path.cwd()
    known = list_programmes(base)
    if programme is None and len(known) > 1:
        raise click.UsageError("There are several programmes: say which with --programme.")
    name = programme or (known[0] if known else re.sub(r"[^a-z0-9-]+", "-", base.name.lower()).strip("-") or "survey")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name):
        raise click.UsageError("A programme's name has letters, digits, dots, dashes and underscores only.")
    return ProgrammePaths(base, name)


def _print_draft(drafted: Drafted, where: str) -> None:
    """What was noticed in the files, what was written, and what is open.

    Args:
        where: the table that the open questions are answered in.
    """
    draft = drafted.draft
    for problem in dict.fromkeys(draft.problems):
        warning = "Warning: " if problem.kind.severity == "warning" else ""
        click.echo(f"{warning}{problem.describe()}")
    folders: dict[Path, list[str]] = {}
    for path in drafted.written:
        folders.setdefault(path.parent, []).append(path.name)
    for folder, names in folders.items():
        click.echo(f"Wrote in {folder}: {', '.join(names)}")
    for note in draft.notes:
        click.echo(note)
    open_questions = [question for question in draft.questions if not question.decided]
    counts = ((len(draft.items), "item"), (draft.scales, "scale"), (draft.group_count, "group"))
    click.echo(f"Found {', '.join(counted(n, thing) for n, thing in (*counts, (len(open_questions), 'question')))}")
    said = ("", "")
    for number, question in enumerate(open_questions, start=1):
        asked = textwrap.shorten(question.question, LONGEST_QUESTION, placeholder="…")
        click.echo(f"  {number}. {asked}{_name_column(question)}")
        answer = (question.proposal, question.reason)
        if answer != said:  # the questions about one scale share it
            click.echo(f"     Until you decide: {question.proposal}.{_put_in_words(question.reason)}")
        said = answer
    if open_questions:
        click.echo(
            f"The year is not read before every question is decided. Look at each, change the files where needed, "
            f"then write yes under decided in {where}. Every column and what it was taken for: draft.csv."
        )


def _name_column(question: DraftQuestion) -> str:
    """The column a question is about, where the question does not name it."""
    column = " ".join(question.column.split())
    if not column or column in question.question:
        return ""
    return f" ({textwrap.shorten(column, LONGEST_COLUMN, placeholder='…')})"


def _put_in_words(reason: str) -> str:
    """Why something is proposed, with its number of how sure it is as words."""
    match = re.match(r"([01]\.\d\d):\s*", reason)
    if not match:
        return f" Why: {reason.rstrip('.')}." if reason else ""
    sure = next(words for least, words in SURENESS if float(match[1]) >= least)
    return f" Why ({sure}): {reason[match.end() :].rstrip('.')}."
