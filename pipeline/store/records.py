"""Rows of a human-kept table: a CSV file, or a sheet of the same name in definitions.xlsx."""

from __future__ import annotations

import csv
import difflib
import io
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from pipeline.store.errors import UserError, user_error
from schemas.definitions import Definition
from schemas.problems import Problem

Model = TypeVar("Model", bound=Definition)

LONGEST_TEXT = 10_000
"""Characters of a cell: far more than a question needs, and what workbooks and pages can hold."""

PLAIN = {
    "int_parsing": "This must be a whole number, without a thousands separator",
    "int_from_float": "This must be a whole number",
    "int_type": "This must be a whole number",
    "float_parsing": "This must be a number",
    "bool_parsing": "This must be yes or no",
    "bool_type": "This must be true or false",
    "string_too_long": "This must have at most {max_length} characters",
    "string_type": "This must be text, in quotes",
    "string_pattern_mismatch": "A code has letters A to Z, digits, dots, dashes and underscores only, no blanks",
    "greater_than_equal": "This must be {ge} or more",
    "less_than_equal": "This must be {le} or less",
    "tuple_type": 'This must be a list, in square brackets: ["one", "two"]',
    "date_from_datetime_parsing": "This must be a date like 2027-05-31",
    "date_parsing": "This must be a date like 2027-05-31",
    "date_type": "This must be a date like 2027-05-31, without quotes",
}
"""The library's words for a rule, in plain ones, by its code for the rule."""


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
        UserError: naming file, sheet, row and column of everything that is wrong.
    """
    table = find_table(folder, name)
    if table is None:
        if required:
            raise user_error(
                "definition_missing", f"{name}.csv is missing in {folder.name}", file=f"{folder.name}/{name}.csv"
            )
        return []
    _refuse_unknown_columns(table, model)
    records: list[Model] = []
    problems: list[Problem] = []
    for row, values in table.rows:
        if any(values):
            try:
                records.append(_validate(table, row, values, model))
            except UserError as error:
                problems += error.problems
    if problems:
        raise UserError(problems)
    return records


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
        raise user_error(
            "export_encoding", "The settings file is not UTF-8 text", file=label, action="Save it as UTF-8 text."
        ) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError([_problem(detail, model, file=label) for detail in error.errors()]) from None


def find_table(folder: Path, name: str) -> Sheet | None:
    """The table as text: its own CSV file, else its sheet in definitions.xlsx, else nothing.

    Raises:
        UserError: ``definition_conflict`` when both are there and differ, because one would be lost in silence.
    """
    path = folder / f"{name}.csv"
    sheet = find_sheet(folder, name)
    if not path.is_file():
        return sheet
    table = _read_csv(path)
    if sheet is not None and not same_table(table, sheet):
        raise user_error(
            "definition_conflict", f"{name}.csv and this workbook's sheet '{name}' differ",
            file=sheet.file, sheet=name, action="Keep one of them: take the file or the sheet away.",
        )  # fmt: skip
    return table


def find_sheet(folder: Path, name: str) -> Sheet | None:
    """The table's sheet in definitions.xlsx, or nothing."""
    workbook = folder / "definitions.xlsx"
    return _read_sheet(workbook, name) if workbook.is_file() else None


def same_table(one: Sheet, other: Sheet) -> bool:
    """Whether two tables say the same: blank rows, blank columns and the order of columns aside."""

    def contents(table: Sheet) -> list[dict[str, str]]:
        rows = (dict(zip(table.header, values, strict=False)) for _, values in table.rows if any(values))
        return [{header: value for header, value in row.items() if value} for row in rows]

    return contents(one) == contents(other)


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
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [[cell.strip() for cell in row] for row in records]
    except csv.Error as error:
        raise user_error("definition_invalid", f"Not a well-formed table: {error}", file=label) from None
    if not rows or "\0" in text:
        what = "The table holds NUL characters: it is damaged" if rows else "The table is empty"
        raise user_error("definition_invalid", what, file=label)
    return Sheet(label, "", rows[0], list(enumerate(rows[1:], start=2)))


def _read_sheet(path: Path, name: str) -> Sheet | None:
    workbook = _open_workbook(path)
    if name not in workbook.sheet_names:
        return None
    rows = [
        [_cell_text(cell) for cell in row] for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    ]
    if not rows:
        raise user_error("definition_invalid", "The sheet is empty", file=path.name, sheet=name)
    return Sheet(f"{path.parent.name}/{path.name}", name, rows[0], list(enumerate(rows[1:], start=2)))


def _open_workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, PasswordError):
        raise user_error(
            "definition_invalid", "The workbook is damaged, not a workbook, or protected by a password",
            file=f"{path.parent.name}/{path.name}", action="Save it again as .xlsx, without a password.",
        ) from None  # fmt: skip


def refuse_misspelt_tables(folder: Path, names: Iterable[str]) -> None:
    """A table whose file or sheet name is nearly a known one would be lost in silence.

    Raises:
        UserError: ``definition_unknown_key`` naming the file or sheet.
    """
    known = set(names)
    found = [(path.stem, {"file": f"{folder.name}/{path.name}"}) for path in sorted(folder.glob("*.csv"))]
    if (workbook := folder / "definitions.xlsx").is_file():
        label = f"{folder.name}/{workbook.name}"
        found += [(sheet, {"file": label, "sheet": sheet}) for sheet in _open_workbook(workbook).sheet_names]
    for name, where in found:
        guess = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.8)
        if name not in known and guess:
            action = f"Did you mean '{guess[0]}'? Correct the name, or choose one that is less alike."
            raise user_error("definition_unknown_key", f"Nothing reads a table '{name}'", action=action, **where)


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def language_fields(model: type[Definition]) -> set[str]:
    return {name for name, field in model.model_fields.items() if str(field.annotation) == "dict[str, str]"}


def _refuse_unknown_columns(table: Sheet, model: type[Definition]) -> None:
    by_language = language_fields(model)
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
    filled = [header for header in table.header if header]
    if twice := next((header for header in filled if filled.count(header) > 1), ""):
        raise user_error(
            "definition_invalid", f"Two columns are called '{twice}'", file=table.file, sheet=table.sheet, row=1,
            column=twice, action="Rename or remove one of them.",
        )  # fmt: skip


def _validate(table: Sheet, row: int, values: list[str], model: type[Model]) -> Model:
    record: dict[str, Any] = {}
    by_language = language_fields(model)
    if any(values[len(table.header) :]):
        raise user_error(
            "definition_invalid", f"The row has {len(values)} cells, the header {len(table.header)}",
            file=table.file, sheet=table.sheet, row=row, action="Put cells that hold a comma in double quotes.",
        )  # fmt: skip
    for header, value in _pairs(table.header, values):
        if len(value) > LONGEST_TEXT:
            raise user_error(
                "definition_invalid", f"The cell holds {len(value)} characters; {LONGEST_TEXT} is the most",
                file=table.file, sheet=table.sheet, row=row, column=header, action="Shorten it.",
            )  # fmt: skip
        stem, colon, language = header.partition(":")
        if stem in by_language and colon:
            if value:
                record.setdefault(stem, {})[language] = value
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
    if detail.get("input") == "" and detail["type"] != "value_error":
        return Problem(code="definition_invalid", what=f"'{key}' is blank", column=key, **where)
    message = PLAIN.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    message = message.format(**detail.get("ctx", {})) if detail["type"] in PLAIN else message
    return Problem(code="definition_invalid", what=message, column=key, **where)
