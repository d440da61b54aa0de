"""New folders for people: a first programme, and a year drafted from the last one."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

from pipeline.store.definitions import read_definitions
from pipeline.store.definitions_workbook import move_tables_to_workbook
from pipeline.store.errors import user_error
from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from pipeline.store.records import Sheet, find_table
from schemas.definitions import Programme

TEMPLATE = Path(__file__).parent / "template"
YEARLY_TABLES = ("items", "scales", "roster", "cuts")
PER_YEAR_COLUMNS = {"same_as": "", "comparability": "identical"}
PROMISED = (
    "# What the invitation says, as how-answers-are-protected.html has it: the release profile may not go below it."
)
OLD_ROSTER_COLUMNS = ("population", "invited", "eligible", "as_of", "source", "reason")


def init_root(folder: Path) -> ProgrammePaths:
    """Create a root with one small programme that ``cip check`` accepts as it is.

    Raises:
        UserError: ``definition_conflict`` when the folder already holds programmes.
    """
    folder = folder.expanduser().resolve()
    if any((folder / "data" / "raw").glob("*/programme.toml")):
        raise user_error(
            "definition_conflict", f"{folder.name} already holds a programme", action="Choose another folder."
        )
    name = re.sub(r"[^a-z0-9-]+", "-", folder.name.lower()).strip("-") or "survey"
    paths = ProgrammePaths(folder, name)
    year = datetime.now(UTC).year
    for source in sorted(TEMPLATE.glob("*.*")):
        target = folder / ".gitignore" if source.name == "gitignore.txt" else paths.raw / source.name
        write_text(target, _fill(source, year))
    for source in sorted((TEMPLATE / "wave").glob("*.*")):
        write_text(paths.wave(year) / source.name, _fill(source, year))
    paths.exports(year).mkdir(parents=True, exist_ok=True)
    return paths


def _fill(source: Path, year: int) -> str:
    text = source.read_text(encoding="utf-8").replace("{year}", str(year)).replace("{year_plus_2}", str(year + 2))
    # spreadsheets recognise UTF-8 by the byte-order mark
    return f"\ufeff{text}" if source.suffix == ".csv" else text


def new_wave(paths: ProgrammePaths, year: int, *, workbook: bool = False) -> list[Path]:
    """Draft one year's tables from the last year's: same items, same scales, nobody's numbers.

    Args:
        workbook: write the tables as one ``definitions.xlsx``.

    Raises:
        UserError: ``year_twice`` when the year exists; ``nothing_to_run`` when there is no earlier one.
    """
    definitions = read_definitions(paths)
    if year in definitions.waves:
        raise user_error(
            "year_twice",
            f"{year} exists already",
            file=f"{year}/survey.toml",
            action="Edit it, or choose another year.",
        )
    earlier = [each for each in definitions.years if each < year]
    if not earlier:
        known = ", ".join(map(str, definitions.years)) or "none"
        raise user_error(
            "nothing_to_run",
            f"There is no year before {year} to start from; there are: {known}",
            action="Choose a later year.",
        )
    last = earlier[-1]
    written = [
        write_text(
            paths.wave(year) / "survey.toml",
            _next_settings(paths.wave(last) / "survey.toml", last, year) + _promise(definitions.programme),
        )
    ]
    for table in YEARLY_TABLES:
        if (source := find_table(paths.wave(last), table)) is not None:
            written.append(write_text(paths.wave(year) / f"{table}.csv", _next_table(table, source)))
    paths.exports(year).mkdir(parents=True, exist_ok=True)
    if workbook:
        book = move_tables_to_workbook(paths.wave(year))
        written = [book, *(path for path in written if path.is_file())]
    return written


def _next_settings(source: Path, last: int, year: int) -> str:
    """Last year's settings with the year moved on; dates and files are this year's to fill in."""
    lines = []
    promised = False
    for line in source.read_text(encoding="utf-8-sig").splitlines():
        if re.match(r"\s*\[\[files\]\]", line):
            break
        if re.match(r"\s*\[", line):
            promised = re.match(r"\s*\[promised\]", line) is not None
        if promised or line == PROMISED or re.match(r"\s*promised\s*[.=]", line):
            continue  # this year's invitation names the numbers of today
        if re.match(r"\s*(fieldwork_from|fieldwork_to)\s*=", line):
            lines.append(f"# {line.strip()}    (last year)")
        elif re.match(r"\s*(year|title|report_date)\s*=", line):
            lines.append(line.replace(str(last), str(year)))
        else:
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _promise(programme: Programme) -> str:
    """The numbers of the release profile, as what this year's invitation says."""
    numbers = (f"{name} = {least}" for name, least in programme.release_profile().model_dump().items())
    return "\n".join(["", PROMISED, "[promised]", *numbers]) + "\n"


def _next_table(table: str, source: Sheet) -> str:
    header = list(source.header)
    if table == "items":  # a changed text must be able to say so
        header += [name for name in PER_YEAR_COLUMNS if name not in header]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for _, row in source.rows:
        values = dict(zip(header, row, strict=False))
        if table == "items" and any(row):
            values |= PER_YEAR_COLUMNS
        if table in ("roster", "cuts"):
            values |= {name: "" for name in OLD_ROSTER_COLUMNS if name in header}
        writer.writerow([values.get(name, "") for name in header])
    return "\ufeff" + out.getvalue()
