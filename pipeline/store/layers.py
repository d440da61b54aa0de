"""Which files hold what of a year: the layers that can be deleted, each on a date of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Layer

KEPT = ("responses",)
"""Stored tables that stay: how many answered in each group, which later releases are held against."""
OF_COMMENTS = ("comments", "comment_themes", "comment_excerpts")


def list_layer_files(paths: ProgrammePaths, layer: Layer, year: int, releases: Collection[int]) -> list[Path]:
    """The files of one layer of one year that are on this machine, in a fixed order.

    Args:
        paths: the programme.
        layer: what to look for; the key is that of the programme, whatever the year.
        year: the survey year.
        releases: numbers of the ledger's entries that published the year.
    """
    found = _walk(paths, layer, year, releases)
    return sorted(dict.fromkeys(path for path in found if path.is_file()))


def _walk(paths: ProgrammePaths, layer: Layer, year: int, releases: Collection[int]) -> Iterator[Path]:
    if layer == "key":
        yield paths.pseudonym_key
    elif layer == "exports":
        yield from paths.exports(year).rglob("*")
        yield from (paths.wave(year) / "corrections.csv", paths.raw_responses(year), paths.coded(year))
    elif layer == "comments":
        book = paths.comment_review(year)
        yield from (paths.reviewed_comments(year), paths.wave(year) / "names.csv", book, book.with_suffix(".sha256"))
        yield from paths.report(str(year), "for-groups").rglob("*")
        for name in OF_COMMENTS:
            yield from paths.table(name).glob(f"year={year}/*")
    else:
        texts = (paths.raw_responses(year).parents[1], paths.coded(year).parents[1])
        others = {*texts, *map(paths.table, (*OF_COMMENTS, *KEPT))}
        for folder in paths.processed.glob("*.parquet"):
            if folder not in others:
                yield from folder.glob(f"year={year}/*")
        yield from map(paths.published_answers, releases)


def count_rows(path: Path) -> int | None:
    """Rows of a stored table; nothing for a file of another kind."""
    if path.suffix != ".parquet":
        return None
    with pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)
