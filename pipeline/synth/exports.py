"""One year's responses written as a real tool would export them, byte for byte the same every time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pandas as pd
import xlsxwriter

from pipeline.store.errors import user_error
from pipeline.synth.plan import Plan, fieldwork
from schemas.definitions import NO_GROUP, Group, Item, Wave

Rows = list[list[object]]
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_exports(plan: Plan, year: int, drawn: pd.DataFrame, folder: Path) -> list[Path]:
    """Write a year's drawn responses as its survey.toml's tool exports them."""
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[plan.wave(year).wave.tool](plan, year, drawn, folder)


def check_tools(plan: Plan) -> None:
    """Refuse, before anything is written, a year whose tool's export cannot be written.

    Raises:
        UserError: ``tool_unknown``.
    """
    for year in plan.years:
        tool, known = plan.wave(year).wave.tool, ", ".join(sorted(WRITERS))
        if tool not in WRITERS:
            what = f"No export of '{tool}' can be written; these can: {known}"
            raise user_error("tool_unknown", what, file=f"{year}/survey.toml", column="tool")


def _write_surveymonkey(plan: Plan, year: int, drawn: pd.DataFrame, folder: Path) -> list[Path]:
    """One file, newest response first, two header rows, UTF-8 with a byte-order mark, CR LF."""
    wave, style = plan.wave(year).wave, plan.style_of[year]
    first, second = ["Respondent ID", "Collector ID", "Start Date", "End Date"], ["", "", "", ""]
    last = ""
    for header in [*wave.group_headers, *(_header(item) for item in plan.wave(year).items), *_closing_columns(wave)]:
        question, sub = _split_grid(header)
        single = "Open-Ended Response" if header in wave.comment_columns else "Response"
        first.append("" if sub and question == last else question)
        second.append(sub or single)
        last = question if sub else ""
    same_second = drawn.groupby("sent").cumcount()
    ids = style.first_id + drawn["sent"] * 10 + same_second
    collectors = [
        wave.responses.test_values[0]
        if event == "test" and wave.responses.test_column == "Collector ID"
        else style.collector
        for event in drawn["event"]
    ]
    dates = [[f"{moment:%m/%d/%Y %I:%M:%S %p}" for moment in pair] for pair in _moments(wave, drawn)]
    body = [[i, c, *d, *rest] for i, c, d, rest in zip(ids, collectors, dates, _body(plan, year, drawn), strict=True)]
    return [_write_csv(folder / wave.files[0].file, [[*first], [*second], *reversed(body)], mark="\ufeff", end="\r\n")]


def _write_google_forms(plan: Plan, year: int, drawn: pd.DataFrame, folder: Path) -> list[Path]:
    """One file per SO, AC or committee, oldest response first, UTF-8, CR LF, none after the last row."""
    wave = plan.wave(year).wave
    roots = drawn["group"].map({group.group: _chain(plan, group.group)[0] for group in plan.definitions.groups})
    paths = []
    for file in wave.files:
        mine = drawn[roots == Path(file.file).stem]
        columns = () if file.group else wave.group_headers
        header = ["Timestamp", *columns, *(_header(item) for item in plan.wave(year).items), *_closing_columns(wave)]
        stamps = [f"{sent.month}/{sent.day}/{sent:%Y} {sent.hour}:{sent:%M:%S}" for _, sent in _moments(wave, mine)]
        body = _body(plan, year, mine, with_groups=not file.group)
        rows = [[stamp, *rest] for stamp, rest in zip(stamps, body, strict=True)]
        paths.append(_write_csv(folder / file.file, [[*header], *rows], mark="", end=""))
    return paths


def _write_microsoft_forms(plan: Plan, year: int, drawn: pd.DataFrame, folder: Path) -> list[Path]:
    """One workbook, one sheet, one table; anonymous; question headers end in a non-breaking blank."""
    wave = plan.wave(year).wave
    questions = [*wave.group_headers, *(_header(item) for item in plan.wave(year).items), *_closing_columns(wave)]
    header = ["ID", "Start time", "Completion time", "Email", "Name", *(f"{text}\u00a0" for text in questions)]
    path = folder / wave.files[0].file
    options = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "m/d/yy h:mm:ss"}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime.combine(wave.report_date, time())})
        sheet = book.add_worksheet("Sheet1")
        moments = _moments(wave, drawn)
        for row, (pair, rest) in enumerate(zip(moments, _body(plan, year, drawn), strict=True), start=1):
            for column, value in enumerate([row, *pair, "anonymous", "", *rest]):
                if isinstance(value, str) and value.isdecimal():
                    sheet.write_number(row, column, int(value))
                elif value != "":
                    sheet.write(row, column, value)
        names = [{"header": text} for text in header]
        sheet.add_table(0, 0, len(drawn), len(header) - 1, {"name": "OfficeForms.Table", "columns": names})
    _store_uncompressed(path)
    return [path]


WRITERS: dict[str, Callable[[Plan, int, pd.DataFrame, Path], list[Path]]] = {
    "surveymonkey": _write_surveymonkey,
    "google_forms": _write_google_forms,
    "microsoft_forms": _write_microsoft_forms,
}


def _header(item: Item) -> str:
    return item.column or item.text["en"]


def _split_grid(header: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.+?) \[(.+)\]", header)
    return (match[1], match[2]) if match else (header, "")


def _closing_columns(wave: Wave) -> list[str]:
    return [*wave.comment_columns, *([wave.share_comment_column] if wave.share_comment_column else [])]


def _moments(wave: Wave, drawn: pd.DataFrame) -> list[tuple[datetime, datetime]]:
    """When each response was begun and sent; the fieldwork's first day starts at 08:00."""
    opening = datetime.combine(fieldwork(wave)[0], time(8))
    pairs = zip(drawn["start"].tolist(), drawn["sent"].tolist(), strict=True)
    return [(opening + timedelta(seconds=start), opening + timedelta(seconds=sent)) for start, sent in pairs]


def _body(plan: Plan, year: int, drawn: pd.DataFrame, *, with_groups: bool = True) -> Rows:
    """Group columns, items, comment and sharing of each response, as text."""
    wave = plan.wave(year).wave
    groups = {code: _group_cells(plan, year, code) if with_groups else [] for code in drawn["group"].unique()}
    answers = drawn[[item.item for item in plan.wave(year).items]].to_numpy().tolist()
    marked = wave.responses.test_values[0] if wave.responses.test_column in wave.comment_columns else None
    rows: Rows = []
    for group, event, comment, share, items in zip(
        drawn["group"], drawn["event"], drawn["comment"], drawn["share"], answers, strict=True
    ):
        text = marked if event == "test" and marked else comment
        rows.append([*groups[group], *items, text, share][: None if wave.share_comment_column else -1])
    return rows


def _chain(plan: Plan, code: str) -> list[str]:
    """Codes from the outermost parent down to the group."""
    return [
        *reversed([above for above in plan.definitions.ancestors(code) if above in plan.definitions.group_by_code]),
        code,
    ]


def _group_cells(plan: Plan, year: int, code: str) -> list[str]:
    """What the group columns hold: one choice, or one per level where the form asks step by step."""
    wave, style = plan.wave(year).wave, plan.style_of[year]
    chain = [] if code == NO_GROUP else _chain(plan, code)
    if not style.group_column_parents:
        return [_label(plan.definitions.group_by_code[code], style.group_label) if chain else ""]
    child_of = dict(zip(["", *chain], chain, strict=False))
    cells = []
    for parent in style.group_column_parents:
        if parent in child_of:
            cells.append(_label(plan.definitions.group_by_code[child_of[parent]], style.group_label))
        else:  # answers for the parent itself, and the form asked which of its parts
            answers_itself = bool(chain) and parent == code and plan.definitions.group_by_code[code].kind == "answers"
            cells.append(wave.no_group_values[0] if answers_itself and wave.no_group_values else "")
    return cells


def _label(group: Group, style: str) -> str:
    short = group.aliases[0] if group.aliases and not group.aliases[0].startswith(group.name) else group.group
    return {"short": short, "name": group.name, "full": f"{group.name} ({short})"}[style]


def _write_csv(path: Path, rows: Rows, *, mark: str, end: str) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes((mark + text.getvalue().removesuffix("\r\n") + end).encode("utf-8"))
    return path


def _store_uncompressed(path: Path) -> None:
    """Rewrite a workbook without compression: compressors differ between machines, stored bytes do not."""
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts:
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # else Windows writes another byte than the rest
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
