"""Qualtrics' second header row: which texts belong to one question."""

from __future__ import annotations

import re
from collections.abc import Sequence

QID = re.compile(r"(?P<question>QID\d+)(?![0-9])")
CODE = re.compile(r"(?P<question>[^_#]+)[_#].+")
OLD_ID = re.compile(r"QID\d+(#\d+)?-")
OLD_CODE = re.compile(r"V\d{1,2}")
TEXT_ENTRY = re.compile(r"TEXT(\b|_|$)")


def join_texts(codes: Sequence[str], texts: Sequence[str], import_ids: Sequence[str]) -> tuple[str, ...]:
    """One header per column: the text, as ``Question [Row]`` where neighbouring columns share a question.

    Args:
        codes: first header row.
        texts: second header row, such as ``Question - Row``.
        import_ids: ids of the third row, blank where there is none; they tell questions apart
            surely, codes nearly so.
    """
    headers = [text or code for code, text in zip(codes, texts, strict=True)]
    questions = [_find_question(code, import_id) for code, import_id in zip(codes, import_ids, strict=True)]
    separator = _find_separator(codes, headers, import_ids)
    start = 0
    for at in range(1, len(headers) + 1):
        if at == len(headers) or not questions[at] or questions[at] != questions[start]:
            if at - start > 1 and questions[start]:
                headers[start:at] = _split_question(headers[start:at], codes[start:at], separator)
            start = at
    return tuple(headers)


def _find_question(code: str, import_id: str) -> str:
    """What the columns of one question have in common; blank for a column on its own."""
    if match := QID.match(import_id):
        return match["question"]
    if import_id:
        return ""
    match = CODE.fullmatch(code)
    return match["question"] if match else code


def _split_question(texts: list[str], codes: Sequence[str], separator: str) -> list[str]:
    """The columns of one question, the part all texts begin with put before the brackets."""
    question = _shared_start(texts, separator)
    if not question:
        return texts
    rows = [text[len(question) :].strip().removeprefix(separator.strip()).strip() for text in texts]
    choices = [at for at, code in enumerate(codes) if not TEXT_ENTRY.search(code)]
    rows = _drop_shared(rows, choices, separator)
    return [f"{question} [{row}]" if row else question for row in rows]


def _drop_shared(rows: list[str], choices: list[int], separator: str) -> list[str]:
    """Rows without what the tool writes before every choice ('Selected Choice'), in any language."""
    heads = {rows[at].split(separator, 1)[0] for at in choices}
    if len(choices) == len(rows) or len(heads) != 1:
        return rows
    (head,) = heads
    return [row.removeprefix(head).removeprefix(separator) if at in choices else row for at, row in enumerate(rows)]


def _find_separator(codes: Sequence[str], texts: Sequence[str], import_ids: Sequence[str]) -> str:
    """What stands between question and row: a bare hyphen in older exports, whose import ids have hyphens too."""
    if any(import_ids):
        return "-" if any(map(OLD_ID.match, import_ids)) else " - "
    if any(map(OLD_CODE.fullmatch, codes)):
        return "-"
    return " - " if any(" - " in text for text in texts) else "-"


def _shared_start(texts: list[str], separator: str) -> str:
    """The text before the last separator that all texts share; blank if there is none."""
    low, high = min(texts), max(texts)
    length = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    prefix = low[:length]
    # a text may be the question alone, beside 'Question - Row'
    if all(text == prefix or text.startswith(prefix + separator) for text in texts):
        return prefix.rstrip()
    return prefix[: max(prefix.rfind(separator), 0)].rstrip()
