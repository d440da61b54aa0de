"""Tables with several rows per response: answers below each other, one row per colleague or event rated."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft.columns import list_id_words
from pipeline.ingest.readers import RawTable
from pipeline.ingest.words import reduce_words
from pipeline.store.errors import user_error

MOST_ROWS = 0.5
"""From this share of ids on several rows on, the rows are something else than responses; fewer are duplicates."""


def refuse_repeated_responses(tables: Sequence[RawTable], year: int) -> None:
    """A column of response ids in which most ids come again says that a row is not a response.

    Raises:
        UserError: ``not_respondent_level``, naming file and column.
    """
    for table in tables:
        for at, header in enumerate(table.headers):
            own = table.roles.get(at) == "respondent" or reduce_words(header) in list_id_words()
            counts = count_texts(table.columns[at]).values() if own else ()
            several = sum(n > 1 for n in counts)
            if several > 1 and several > MOST_ROWS * len(counts):
                what = f"{several} of {len(counts)} response ids stand on several rows: a row is not a response"
                raise user_error(
                    "not_respondent_level",
                    what,
                    wave=str(year),
                    file=table.file,
                    sheet=table.sheet,
                    column=header,
                    action="Export one row per response. If every row is a response of its own, rename that "
                    "column in a copy of the export and use the copy.",
                )
