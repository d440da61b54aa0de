"""The questionnaire asks what items.csv says, in every complete language, and tells the rules."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from pipeline.report import ReportContext
from pipeline.report.questionnaire import describe_privacy, list_languages, write_report
from tests.report_fixtures import TEXTS, make_context

VOID = {"meta", "br", "link", "hr", "img", "input"}


class Outline(HTMLParser):
    """Headings, ids, references and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        self.ids += [str(found["id"])] if "id" in found else []
        self.references += [str(found["aria-labelledby"])] if "aria-labelledby" in found else []
        self.language = str(found["lang"]) if tag == "html" else self.language

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read_outline(text: str) -> Outline:
    outline = Outline()
    outline.feed(text)
    assert not outline.open
    return outline


def change_wave(context: ReportContext, **changes: Any) -> ReportContext:
    waves = context.definitions.waves
    wave = replace(waves[2027], wave=waves[2027].wave.model_copy(update=changes))
    return replace(context, definitions=replace(context.definitions, waves={**waves, 2027: wave}))


def add_french(context: ReportContext, *, leave_out: str = "") -> ReportContext:
    wave = context.definitions.waves[2027]
    items = tuple(
        item if item.item == leave_out else item.model_copy(update={"text": item.text | {"fr": f"Énoncé {item.item}"}})
        for item in wave.items
    )
    points = tuple(
        point.model_copy(update={"label": point.label | {"fr": f"Réponse {point.value}"}})
        for point in wave.scale_points
    )
    waves = {**context.definitions.waves, 2027: replace(wave, items=items, scale_points=points)}
    return replace(context, definitions=replace(context.definitions, waves=waves))


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    return make_context(tmp_path_factory.mktemp("questionnaire"))


def test_page_and_text_hold_every_question_once_and_numbered(context: ReportContext) -> None:
    page, text = (path.read_text(encoding="utf-8") for path in write_report(context))
    lines = text.split("\n")
    for number, question in enumerate(TEXTS.values(), start=1):
        assert lines.count(f"{number}. {question}") == 1
        assert page.count(f"{number}. {question.replace(chr(39), '&#39;')}<") == 1
    assert lines.count("Strongly agree") == 11 and lines.count("No opinion") == len(TEXTS)


def test_options_follow_their_question_one_per_line_from_low_to_high(context: ReportContext) -> None:
    text = write_report(context)[1].read_text(encoding="utf-8")
    block = text[text.index("13. ") :].split("\n")
    assert block[1:7] == ["Poor", "Fair", "Good", "Excellent", "No opinion", "Not applicable"]
    assert block[7] == ""


def test_the_page_is_well_formed_with_headings_in_order(context: ReportContext) -> None:
    outline = read_outline(write_report(context)[0].read_text(encoding="utf-8"))
    assert outline.language == "en"
    assert outline.headings[0] == 1 and all(
        b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False)
    )
    assert len(set(outline.ids)) == len(outline.ids) and set(outline.references) <= set(outline.ids)


def test_notice_is_printed_and_an_empty_questionnaire_is_not_called_synthetic(context: ReportContext) -> None:
    for path in write_report(context):
        text = path.read_text(encoding="utf-8")
        assert "An unofficial example." in text and "SYNTHETIC" not in text


def test_a_part_is_headed_by_its_principle_too(context: ReportContext) -> None:
    text = write_report(context)[1].read_text(encoding="utf-8")
    assert "== Accountability – Accountable to its members ==" in text.split("\n")


def test_privacy_text_follows_the_release_profile(context: ReportContext) -> None:
    strict = context.definitions.programme.model_copy(update={"profile": "strict"})
    default, changed = (
        " ".join(describe_privacy(replace(context.definitions, programme=programme)))
        for programme in (context.definitions.programme, strict)
    )
    assert "at least 5 people" in default and "only from 8" in default and "at least 5" not in changed
    public = context.definitions.programme.model_copy(update={"origin": "public"})
    assert "Others ran this survey" in " ".join(describe_privacy(replace(context.definitions, programme=public)))


def test_only_complete_languages_get_a_questionnaire(context: ReportContext) -> None:
    assert list_languages(add_french(context).definitions.waves[2027]) == ("en", "fr")
    assert list_languages(add_french(context, leave_out="q5").definitions.waves[2027]) == ("en",)
    names = [path.name for path in write_report(add_french(context))]
    assert names == ["questionnaire.html", "questionnaire.txt", "questionnaire-fr.html", "questionnaire-fr.txt"]


def test_a_translated_page_says_which_words_are_not_translated(context: ReportContext) -> None:
    page = write_report(add_french(context))[2].read_text(encoding="utf-8")
    outline = read_outline(page)
    assert outline.language == "fr" and "Énoncé q1" in page
    assert '<h2 id="s1" lang="en"' in page, "principle names exist in English only"
    assert '<h1 lang="en"' in page, "the survey's title exists in its own language only"


def test_group_and_comment_questions_come_from_the_survey_settings(context: ReportContext) -> None:
    asked = change_wave(
        context, group_columns=("Your group",), comment_columns=("What would help?",), share_comment_column="May my group read this?",
        share_comment_values=("Yes, it may",),
    )  # fmt: skip
    text = write_report(asked)[1].read_text(encoding="utf-8")
    assert "1. Your group\nNorthern Constituency\nSouthern Constituency\n" in text
    assert "The House" not in text and "Dissolved Council" not in text
    assert "16. What would help?\n\n17. May my group read this?\nYes, it may\nNo\n" in text


def test_text_from_definitions_is_inert_in_the_page(context: ReportContext) -> None:
    page = write_report(change_wave(context, title="<script>alert(1)</script>"))[0].read_text(encoding="utf-8")
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_two_runs_give_the_same_bytes_without_carriage_returns(context: ReportContext) -> None:
    first = [path.read_bytes() for path in write_report(context)]
    assert first == [path.read_bytes() for path in write_report(context)]
    assert not any(b"\r" in content for content in first)
