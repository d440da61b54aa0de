"""What finished files are checked against: the program's own sentences, and what is restricted on this machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pipeline.report
import schemas
from pipeline.disclose.files.secrets import Restricted
from pipeline.ingest.columns import match_roles
from pipeline.ingest.personal import find_personal
from pipeline.ingest.readers import RawTable
from pipeline.ingest.wave import read_wave
from pipeline.store.definitions import Definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table

GAP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[^{}\s]*\}|<[^>]*>", re.DOTALL)
"""Where a sentence or a page is filled in."""


@cache
def collect_wording() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The sentences that reports are made of, cut where something is filled in, and the constants they name."""
    texts: list[str] = []
    constants: list[float] = []
    for package in (pipeline.report, schemas):
        for folder in package.__path__:
            for file in sorted(Path(folder).rglob("*.py")):
                tree = ast.parse(file.read_text(encoding="utf-8"))
                texts += _list_strings(tree)
                constants += _list_constants(tree) if "charts" not in file.parts and "workbook" not in file.name else ()
            for file in sorted(Path(folder).rglob("*.j2")):
                texts += GAP.split(file.read_text(encoding="utf-8"))
    return tuple(text for text in dict.fromkeys(texts) if text.strip()), tuple(constants)


def _list_strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from GAP.split(node.value)


def _list_constants(tree: ast.Module) -> Iterator[float]:
    """Numbers with a name of their own, in capitals."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and all(isinstance(to, ast.Name | ast.Tuple) for to in node.targets):
            for value in ast.walk(node.value):
                if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
                    yield float(value.value)


def collect_restricted(paths: ProgrammePaths, definitions: Definitions) -> Restricted:
    """Pseudonyms, response ids, personal data and comments, as far as these layers are on this machine."""
    tokens: set[str] = set()
    comments: list[str] = []
    if (stored := paths.table("respondents")).is_dir():
        tokens.update(read_table("respondents", stored)["respondent"].astype("str").unique())
    if (stored := paths.table("comments")).is_dir():
        comments.extend(read_table("comments", stored)["text"].astype("str").unique())
    for year in definitions.years:
        tokens |= _read_personal(paths, definitions, year)
    return Restricted(frozenset(tokens), tuple(comments))


def _read_personal(paths: ProgrammePaths, definitions: Definitions, year: int) -> set[str]:
    """Cells of an export's columns with ids and personal data; nothing where the export is not here."""
    seen: list[RawTable] = []
    with suppress(UserError, OSError):  # without its exports a release can be checked all the same
        read_wave(paths, definitions, year, keep_key=False, seen=seen)
    tokens: set[str] = set()
    for table in seen:
        chosen = match_roles(table, definitions.waves[year])[0]
        used = set(chosen.values())
        personal = set(find_personal(table.headers, table.columns, table.roles)) - used
        for at in personal | ({chosen["respondent"]} if "respondent" in chosen else set()):
            tokens |= {text.strip() for text in table.columns[at].dictionary.to_pylist() if text}
    return tokens
