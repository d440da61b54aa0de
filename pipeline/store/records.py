"""Rows of a human-kept table: a CSV file, or a sheet of the same name in definitions.xlsx."""

from __future__ import annotations

import csv
import difflib
import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline.store.errors import UserError, user_error
from schemas.definitions import Definition
from schemas.problems import Problem

Model = TypeVar("Model", bound=Definition)


@dataclass(frozen=True)
class Sheet:
    """A table as text: where it came from, its header, and its rows with spreadsheet row numbers."""

    file: str
    sheet: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_records(folder: Path, name: str, model: type[Model], *, required: bool = False) -> list[Model]:
    """Read ``name``.csv (or its sheet in definitions.xlsx) as validated definitions.

    Columns named ``label:xx`` or ``text:xx`` become one mapping by language. Blank rows and columns
    that start with ``x:`` are skipped.

    Raises:
        UserError: naming file, sheet, row and column of the first thing that is wrong.
    """
    table = _find_table(folder, name)
    if table is None:
        if required:
            raise user_error(
                "definition_missing", f"{name}.csv is missing in {folder.name}", file=f"{folder.name}/{name}.csv"
            )
        return []
    _refuse_unknown_columns(table, model)
    return [_validate(table, row, values, model) for row, values in table.rows if any(values)]


def read_settings(path: Path, model: type[Model]) -> Model:
    """Read a TOML settings file as one validated definition."""
    label = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise user_error("definition_missing", f"{path.name} is missing in {path.parent.name}", file=label)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise user_error("definition_invalid", f"Not a valid settings file: {error}", file=label) from None
    except UnicodeDecodeError:
        raise user_error("export_encoding", "The settings file is not UTF-8 text", file=label) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError([_problem(detail, model, file=label) for detail in error.errors()]) from None


def _find_table(folder: Path, name: str) -> Sheet | None:
    path = folder / f"{name}.csv"
    if path.is_file():
        return _read_csv(path)
    workbook = folder / "definitions.xlsx"
    return _read_sheet(workbook, name) if workbook.is_file() else None


def _read_csv(path: Path) -> Sheet:
    label = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise user_error(
            "export_encoding", "The table is not UTF-8 text", file=label, action="Save it as 'CSV UTF-8'."
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # Excel writes ; where the comma is the decimal mark
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    if not rows:
        raise user_error("definition_invalid", "The table is empty", file=label)
    return Sheet(label, "", rows[0], list(enumerate(rows[1:], start=2)))


def _read_sheet(path: Path, name: str) -> Sheet | None:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    if name not in workbook.sheet_names:
        return None
    rows = [
        [_cell_text(cell) for cell in row] for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    ]
    if not rows:
        raise user_error("definition_invalid", "The sheet is empty", file=path.name, sheet=name)
    return Sheet(f"{path.parent.name}/{path.name}", name, rows[0], list(enumerate(rows[1:], start=2)))


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _language_fields(model: type[Definition]) -> set[str]:
    return {name for name, field in model.model_fields.items() if str(field.annotation) == "dict[str, str]"}


def _refuse_unknown_columns(table: Sheet, model: type[Definition]) -> None:
    by_language = _language_fields(model)
    known = set(model.model_fields) - by_language
    problems = []
    for position, header in enumerate(table.header, start=1):
        stem, colon, language = header.partition(":")
        if header in known or header.startswith("x:") or (stem in by_language and colon and language):
            continue
        if not header and not any(position <= len(values) and values[position - 1] for _, values in table.rows):
            continue
        guess = difflib.get_close_matches(header, [*known, *(f"{field}:en" for field in by_language)], n=1)
        hint = f"Did you mean '{guess[0]}'? " if guess else ""
        problems.append(
            Problem(
                code="definition_unknown_key",
                what=f"Column {position} is called '{header}', which nothing reads",
                file=table.file, sheet=table.sheet, row=1, column=header,
                action=f"{hint}Correct the spelling, or start your own columns with 'x:'.",
            )
        )  # fmt: skip
    if problems:
        raise UserError(problems)


def _validate(table: Sheet, row: int, values: list[str], model: type[Model]) -> Model:
    record: dict[str, Any] = {}
    by_language = _language_fields(model)
    for field in by_language:
        record[field] = {}
    for header, value in _pairs(table.header, values):
        stem, colon, language = header.partition(":")
        if stem in by_language and colon:
            if value:
                record[stem][language] = value
        elif value or model.model_fields[header].is_required():
            record[header] = value
    try:
        return model.model_validate(record)
    except ValidationError as error:
        raise UserError(
            [_problem(detail, model, file=table.file, sheet=table.sheet, row=row) for detail in error.errors()]
        ) from None


def _pairs(header: list[str], values: list[str]) -> Iterator[tuple[str, str]]:
    for name, value in zip(header, values, strict=False):
        if name and not name.startswith("x:"):
            yield name, value


def _problem(detail: Any, model: type[Definition], **where: Any) -> Problem:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        guess = difflib.get_close_matches(key.rpartition(".")[2], list(model.model_fields), n=1)
        hint = f"Did you mean '{guess[0]}'?" if guess else "Remove it or correct the spelling."
        return Problem(
            code="definition_unknown_key", what=f"'{key}' is a setting nothing reads", column=key, action=hint, **where
        )
    if detail["type"] == "missing":
        return Problem(code="definition_invalid", what=f"'{key}' is missing", column=key, **where)
    message = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(code="definition_invalid", what=message, column=key, **where)
