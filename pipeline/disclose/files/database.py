"""Prefect's database: texts of every table. Nothing of an answer may be in it, nor any stored result."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.disclose.files.passages import Finding, Passage, Place

OWN = ("alembic_version", "block_schema", "block_schema_reference", "block_type")
"""Tables that Prefect fills by itself, the same in every installation."""
RESULTS = ("artifact", "artifact_collection")
"""Tables that hold what a run would leave with Prefect for people to look at; this program leaves nothing."""


def read_database(path: Path) -> Iterator[Passage | Finding]:
    """A passage for every text of every table; numbers are times and counts of runs, and not looked at."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for table in sorted(set(tables).difference(OWN)):
                yield from _read_table(database, table)
    except sqlite3.Error:
        yield Finding("unknown")


def _read_table(database: sqlite3.Connection, table: str) -> Iterator[Passage | Finding]:
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = database.execute(f"select * from {quoted}")
    columns = [column[0] for column in cursor.description]
    for number, row in enumerate(cursor, start=1):
        if table in RESULTS:
            yield Finding("unknown", Place(table, number, "a stored result"))
        for column, cell in zip(columns, row, strict=True):
            text = cell.decode("utf-8", errors="replace") if isinstance(cell, bytes) else cell
            if isinstance(text, str) and text:
                yield Passage(text, Place(table, number, column), numbers=False)
