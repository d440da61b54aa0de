"""A draft as files that people open: settings with their reasons, tables that spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.ingest.draft.settings import Setting
from pipeline.ingest.draft.wave import WaveDraft
from pipeline.store.definitions_workbook import FILE as WORKBOOK
from pipeline.store.errors import user_error
from pipeline.store.files import write_text
from schemas.definitions import Group, Wave

ITEM_COLUMNS = ("item", "principle", "criterion", "text", "scale", "reverse", "column", "same_as", "comparability",
                "direction_checked", "note")  # fmt: skip
SCALE_COLUMNS = ("scale", "value", "code", "label", "aliases", "kind", "favourable")
GROUP_COLUMNS = ("group", "name", "parent", "kind", "unit", "aliases", "since", "until", "note")
CUT_COLUMNS = ("cut", "name", "column", "category", "label", "aliases", "kind", "other", "eligible", "source", "as_of")
QUESTION_COLUMNS = ("question", "proposal", "file", "column", "reason", "decided")


def draft_texts(draft: WaveDraft, groups: Sequence[Group]) -> dict[str, str]:
    """File name to text: survey.toml, items.csv, scales.csv, draft.csv, and where there are rows groups.csv, cuts.csv, questions.csv."""
    language = next(str(setting.value) for setting in draft.settings if setting.key == "language")
    texts = {
        "survey.toml": make_toml(draft.settings),
        "items.csv": make_table(ITEM_COLUMNS, [item.model_dump() for item in draft.items], language),
        "scales.csv": make_table(SCALE_COLUMNS, [point.model_dump() for point in draft.scale_points], language),
    }
    if groups:
        texts["groups.csv"] = make_table(GROUP_COLUMNS, [group.model_dump() for group in groups])
    if draft.cuts:
        texts["cuts.csv"] = make_table(CUT_COLUMNS, [row.model_dump() for row in draft.cuts], language)
    if draft.questions:
        texts["questions.csv"] = make_table(QUESTION_COLUMNS, [question.model_dump() for question in draft.questions])
    columns = [
        {
            "position": column.position + 1,
            "header": column.header,
            "code": column.code,
            "taken_for": column.taken_for,
            "confidence": f"{column.confidence:.2f}",
            "reason": column.reason,
        }
        for column in draft.columns
    ]
    texts["draft.csv"] = make_table(("position", "header", "code", "taken_for", "confidence", "reason"), columns)
    return texts


def write_draft(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write the files of a draft, all or none.

    Raises:
        UserError: ``definition_conflict`` when one of the definitions is already there.
    """
    for name in sorted({*texts, "questions.csv", WORKBOOK} - {"draft.csv"}):
        path = folder / name
        if path.is_file() and path.read_bytes().strip(b"\xef\xbb\xbf \r\n\t"):
            raise user_error(
                "definition_conflict",
                f"{name} is there already and is not overwritten",
                file=str(path),
                action="Choose another folder with --to, or move the file away and run again.",
            )
    return [write_text(folder / name, text) for name, text in texts.items()]


def make_table(columns: Sequence[str], records: Iterable[Mapping[str, Any]], language: str = "en") -> str:
    """A table as CSV that Excel opens right; a mapping by language becomes a column per language."""
    records = list(records)
    header: list[str] = []
    for name in columns:
        if any(isinstance(record.get(name), Mapping) for record in records) or name in ("text", "label"):
            found = dict.fromkeys(code for record in records for code in (record.get(name) or {}))
            header += [f"{name}:{code}" for code in sorted(found, key=lambda code: code != language) or [language]]
        else:
            header.append(name)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for record in records:
        writer.writerow([_cell(record, name) for name in header])
    return "\ufeff" + out.getvalue()


def _cell(record: Mapping[str, Any], name: str) -> str:
    stem, colon, language = name.partition(":")
    value = (record.get(stem) or {}).get(language) if colon else record.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else ("no" if name == "reverse" else "")
    return "|".join(value) if isinstance(value, tuple) else str(value)


def make_toml(settings: Iterable[Setting]) -> str:
    """Settings with their reasons as comments; what is written is read back before anybody else does.

    Raises:
        ValueError: the text does not say what the settings say: a fault in the program.
    """
    settings = list(settings)
    lines = ["# One year's survey as its tool exported it. Drafted from the exports: look through it."]
    top = [setting for setting in settings if "." not in setting.key and setting.key != "files"]
    sections: dict[str, list[Setting]] = {}
    for setting in settings:
        if "." in setting.key:
            sections.setdefault(setting.key.partition(".")[0], []).append(setting)
    files: list[dict[str, str]] = next((setting.value for setting in settings if setting.key == "files"), [])
    for setting in top:
        lines += _setting_lines(setting.key, setting)
    for section, rules in sections.items():
        lines += ["", f"[{section}]"]
        for setting in rules:
            lines += _setting_lines(setting.key.partition(".")[2], setting)
    for entry in files:
        lines += ["", "[[files]]", *(f"{key} = {_value(value)}" for key, value in entry.items())]
    text = "\n".join(lines) + "\n"
    expected = {setting.key: setting.value for setting in top}
    for section, rules in sections.items():
        expected[section] = {setting.key.partition(".")[2]: setting.value for setting in rules}
    if files:
        expected["files"] = files
    if Wave.model_validate(tomllib.loads(text)) != Wave.model_validate(expected):
        raise ValueError("a drafted setting was not written as it is")
    return text


def _setting_lines(key: str, setting: Setting) -> list[str]:
    why = "".join(letter if letter.isprintable() else " " for letter in " ".join(setting.why.split()))
    return [*([f"# {why}"] if why else []), f"{key} = {_value(setting.value)}"]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        parts = [_value(part) for part in value]
        return f"[{', '.join(parts)}]" if len(parts) < 2 else "[\n" + "".join(f"    {part},\n" for part in parts) + "]"
    # JSON's escapes are TOML's, except for the one control character that JSON leaves as it is
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
