"""A block of columns that comes again beside the answers: another survey pasted there, or questions asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ingest.draft.columns import ColumnDraft
from pipeline.ingest.headers import Headers
from pipeline.ingest.pasted import ABOUT_RESPONSES
from pipeline.ingest.readers import RawTable
from schemas.definitions import DraftQuestion


@dataclass(frozen=True)
class Copies:
    """Columns of copied blocks, which are not used, and what is to be asked about repeated headers."""

    columns: Mapping[int, ColumnDraft]
    questions: tuple[DraftQuestion, ...]


def find_copies(table: RawTable, roles: Mapping[int, ColumnDraft]) -> Copies:
    """The second of two blocks with the same headers is a copy when it begins as the table does, or has its own ids.

    Columns that the tool itself tells apart by a code are never copies.
    """
    copied: dict[int, ColumnDraft] = {}
    questions = []
    for first, again in Headers.of(table).find_blocks():
        own = [table.codes[at] for at in again] if table.codes else []
        if any(own):
            continue
        pasted = first.start == 0 or any(at in roles and roles[at].taken_for in ABOUT_RESPONSES for at in first)
        where = f"columns {again.start + 1} to {again.stop} have the same headers as {first.start + 1} to {first.stop}"
        if pasted:
            for at in again:
                copied[at] = ColumnDraft(at, table.headers[at], "", "copy", 0.8, f"the header of column {first[again.index(at)] + 1} again")  # fmt: skip
        questions.append(
            DraftQuestion(
                question="Do the repeated columns hold other responses, pasted beside these?"
                if pasted
                else "Are the repeated columns questions of their own?",
                proposal="yes; only the first block is used, its columns named 'Header [1]'"
                if pasted
                else "yes; all are used, named 'Header [1]', 'Header [2]'",
                file="items.csv",
                column=table.headers[again.start],
                reason=where + ("; if they are other responses, save them as a file of their own" if pasted else ""),
            )
        )
    return Copies(copied, tuple(questions))
