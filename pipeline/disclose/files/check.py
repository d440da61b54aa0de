"""Checks finished files one by one, each by the module for its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from pipeline.disclose.files.chart import read_chart
from pipeline.disclose.files.database import read_database
from pipeline.disclose.files.explain import Explainer
from pipeline.disclose.files.figures import Figures
from pipeline.disclose.files.names import Names
from pipeline.disclose.files.page import read_page
from pipeline.disclose.files.passages import Context, Finding, Passage, Place
from pipeline.disclose.files.secrets import Restricted, Secrets
from pipeline.disclose.files.table import read_csv
from pipeline.disclose.files.text import read_pdf, read_png, read_text
from pipeline.disclose.files.wording import Wording
from pipeline.disclose.files.workbook import read_workbook
from pipeline.store.definitions import Definitions
from schemas.definitions import ALL

TEXTS = (".txt", ".md", ".json", ".toml", ".xml")


class FileChecker:
    """Everything that the check of a programme's files needs to know.

    Args:
        tables: released tables by name, with ``year``; every year that the files speak of.
        definitions: the programme.
        texts: the program's own sentences.
        constants: numbers that these are filled in with.
        restricted: what must not be found, as far as it is on this machine.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        definitions: Definitions,
        texts: Iterable[str] = (),
        constants: Iterable[float] = (),
        restricted: Restricted | None = None,
    ) -> None:
        self._tables, self._definitions = tables, definitions
        wording = Wording(texts, constants, definitions)
        self._explainer = Explainer(Figures(tables, definitions), wording, Names(definitions))
        self._secrets = Secrets(restricted or Restricted(), (*wording.texts, *_list_released_texts(tables)))

    def check_file(self, path: Path, years: Iterable[int]) -> list[Finding]:
        """What is wrong with a file.

        Args:
            years: the survey years it is about.
        """
        found: list[Finding] = []
        for piece in self._read(path, Context(self._find_groups(path), years=frozenset(years))):
            if isinstance(piece, Finding):
                found.append(piece)
                continue
            found += (Finding(kind, piece.place) for kind in sorted(self._secrets.find_faults(piece.text)))
            if fault := self._explainer.find_fault(piece):
                found.append(Finding(fault, piece.place))
        return list(dict.fromkeys(found))

    def _read(self, path: Path, context: Context) -> Iterator[Passage | Finding]:
        names, kind = self._explainer.names, path.suffix.casefold()
        yield Passage(path.name, Place(column="name of the file"), numbers=False)
        if kind in (".xlsx", ".xlsm"):
            yield from read_workbook(path, names, context)
        elif kind in (".html", ".htm"):
            yield from read_page(path, self._explainer, context)
        elif kind == ".svg":
            yield from read_chart(path.read_text(encoding="utf-8", errors="replace"), self._explainer, context)
        elif kind == ".csv":
            yield from read_csv(path, names, context, self._tables)
        elif kind == ".pdf":
            yield from read_pdf(path, context)
        elif kind == ".png":
            yield from read_png(path)
        elif kind in (".db", ".sqlite"):
            yield from read_database(path)
        elif kind in TEXTS:
            yield from read_text(path, context)
        else:
            yield Finding("unknown", Place(column=f"a {kind or 'nameless'} file"))

    def _find_groups(self, path: Path) -> frozenset[str]:
        """The group that a file is about, by its name; none for files about all groups."""
        codes = [
            code for code in self._definitions.group_by_code if path.stem == code or path.stem.endswith(f"-{code}")
        ]
        if codes:
            return frozenset([max(codes, key=len)])
        return frozenset([ALL]) if path.stem.endswith("community") else frozenset()


def _list_released_texts(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Texts that are released themselves, such as excerpts that their authors and a person allowed."""
    for frame in tables.values():
        for column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]):
                yield from map(str, frame[column].dropna().unique())
