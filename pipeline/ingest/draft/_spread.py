"""Rating questions spread over one column per answer: gathered where every row marks one, else asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.ingest.draft.columns import ColumnDraft
from pipeline.ingest.draft.items import find_spread_questions
from pipeline.ingest.draft.join import join_tables
from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable
from pipeline.ingest.spread import add_question, find_questions, gather_options
from schemas.definitions import DraftQuestion
from schemas.problems import counted


@dataclass(frozen=True)
class SpreadRatings:
    """Ratings with a column per answer.

    Attributes:
        tables: with one column more, behind the others, for each that can be read exactly.
        options: header -> question, of the columns of single answers.
        questions: about ratings that cannot be read.
        notes: about those that were.
    """

    tables: Sequence[RawTable]
    options: Mapping[str, str]
    questions: tuple[DraftQuestion, ...]
    notes: tuple[str, ...]

    def list_columns(self, headers: Sequence[str]) -> dict[int, ColumnDraft]:
        """What the columns of single answers are, by position."""
        return {
            at: ColumnDraft(at, header, "", "option", 0.95, f"an answer of '{self.options[header]}'")
            for at, header in enumerate(headers)
            if header in self.options
        }


def gather_ratings(tables: Sequence[RawTable]) -> SpreadRatings:
    """Find ratings with a column per answer, and gather each that is marked once in every row that marks it."""
    joint, _ = join_tables(tables)
    made, questions, notes = list(tables), [], []
    options_of: dict[str, str] = {}
    for question, columns in find_spread_questions(joint, joint.roles).items():
        options_of |= {joint.headers[at]: question for at in columns}
        options = [find_questions(table.headers).get(question, {}) for table in tables]
        unclear = sum(gather_options(table, own)[1] for table, own in zip(tables, options, strict=True) if own)
        if any(Headers.of(table).find([question]) for table in tables):
            why = "another column carries that name"
        elif unclear:
            why = f"in {counted(unclear, 'row')} several of them are marked, or something else than a mark stands there"
        else:
            made = [
                add_question(table, question, own) if own else table for table, own in zip(made, options, strict=True)
            ]
            notes.append(f"'{question}' is read from the {len(columns)} columns of its answers.")
            continue
        questions.append(
            DraftQuestion(
                question=f"Should '{question}' be scored? The export has a column for each of its answers",
                proposal="no; it was left out",
                column=joint.headers[min(columns)],
                reason=f"{why}; export it again with one column per question (in SurveyMonkey: condensed columns)",
            )
        )
    return SpreadRatings(made, options_of, tuple(questions), tuple(notes))
