"""The questionnaire of one year: a page to print, and text to paste into a survey tool.

Both come from items.csv and scales.csv, so that what is asked is what will be scored. One pair of files
for each language in which every question and every answer option is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from pipeline.report import ReportContext, Scope
from pipeline.report.templates import write_page
from pipeline.report.text import OTHER_QUESTIONS, format_date
from pipeline.store.definitions import Definitions, WaveDefinitions
from schemas.definitions import Group, Item, Principle

NAME = "questionnaire"
TITLE = "Questionnaire to print and to paste"
SCOPE: Scope = "year"

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
LONGEST_GROUP_LIST = 40
OFFERED = ("no_opinion", "not_applicable", "refused")  # a blank answer is not an option to tick


@dataclass(frozen=True)
class Question:
    """A numbered question with its answers, and apart from them the ways of not answering.

    Without options it is answered in words, ``long`` on several lines.
    """

    number: int
    text: str
    language: str
    options: tuple[str, ...] = ()
    non_answers: tuple[str, ...] = ()
    long: bool = False


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    heading: str
    wording: str
    language: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Page:
    """One questionnaire in one language."""

    title: str
    title_language: str
    language: str
    direction: str
    programme: str
    date: str
    notice: str
    attribution: str
    size: str
    privacy: tuple[str, ...]
    sections: tuple[Section, ...]


def write_report(context: ReportContext) -> list[Path]:
    """Write questionnaire.html and questionnaire.txt of ``context.year``, in each complete language."""
    assert context.year is not None
    wave = context.definitions.waves[context.year]
    written = []
    for language in list_languages(wave):
        page = build_page(context.definitions, wave, language)
        suffix = "" if language == wave.wave.language else f"-{language}"
        for ending in ("html", "txt"):
            name = f"questionnaire{suffix}.{ending}"
            path = context.paths.report(str(context.year), name)
            written.append(write_page(path, f"questionnaire.{ending}.j2", page=page))
            context.on_progress(name)
    return written


def list_languages(wave: WaveDefinitions) -> tuple[str, ...]:
    """The survey's own language, then every other one in which nothing is missing."""
    used = [point for item in wave.items for point in wave.scales[item.scale]]
    spoken = [set(item.text) for item in wave.items] + [set(point.label) for point in used]
    complete = set.intersection(*spoken) if spoken else set()
    return (wave.wave.language, *sorted(complete - {wave.wave.language}))


def build_page(definitions: Definitions, wave: WaveDefinitions, language: str) -> Page:
    """Everything one printed questionnaire says."""
    programme = definitions.programme
    sections = tuple(_number(_list_sections(definitions, wave, language)))
    count = sum(len(section.questions) for section in sections)
    return Page(
        title=wave.wave.title,
        title_language=wave.wave.language,
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        programme=programme.name,
        date=format_date(wave.wave.report_date),
        notice=programme.notice,
        attribution=programme.attribution,
        size=f"{count} questions.",
        privacy=describe_privacy(definitions),
        sections=sections,
    )


def describe_privacy(definitions: Definitions) -> tuple[str, ...]:
    """The publication thresholds in plain words, as the people who answer should read them."""
    programme = definitions.programme
    profile, words = programme.release_profile(), programme.words
    if programme.origin == "public":
        return ("Others ran this survey and published its answers. These are the questions that are used here.",)
    return (
        f"Results are published for a whole {words.group}, never for one person.",
        f"A score is shown only when at least {profile.score} {words.respondents} of a {words.group} answered; how many "
        f"chose each answer, only from {profile.distribution}; themes of comments, only from {profile.comment} "
        "people who commented.",
        f"If fewer answer, the {words.group}'s own results are withheld; the answers still count for the larger whole "
        "it belongs to.",
        "You may leave any question blank.",
    )


def _list_sections(definitions: Definitions, wave: WaveDefinitions, language: str) -> Iterator[Section]:
    """Sections in questionnaire order, their questions not yet numbered."""
    own = wave.wave.language
    principles = {row.principle: row for row in definitions.principles(wave.year)}
    if wave.wave.group_headers:
        yield _ask_group(definitions, wave)
    for code, items in groupby(wave.items, key=lambda item: item.principle):
        heading, wording, spoken = _head(code, principles, language, own)
        yield Section(heading, wording, spoken, tuple(_ask_item(wave, item, language) for item in items))
    if wave.wave.comment_columns:
        asked = [Question(0, text, own, long=True) for text in wave.wave.comment_columns]
        if wave.wave.share_comment_column:
            agree = wave.wave.share_comment_values[:1] or ("Yes",)
            asked.append(Question(0, wave.wave.share_comment_column, own, (*agree, "No")))
        yield Section("In your own words", "", "en", tuple(asked))


def _ask_group(definitions: Definitions, wave: WaveDefinitions) -> Section:
    words = definitions.programme.words
    asked = [group for group in definitions.groups if _can_answer(group, wave)]
    listed = tuple(group.name for group in asked) if len(asked) <= LONGEST_GROUP_LIST else ()
    columns = wave.wave.group_headers
    asked_as = columns[0] if len(columns) == 1 else f"For which {words.group} are you answering?"
    return Section(f"Your {words.group}", "", "en", (Question(0, asked_as, wave.wave.language, listed),))


def _can_answer(group: Group, wave: WaveDefinitions) -> bool:
    row = wave.roster_by_group.get(group.group)
    held = row is None or row.survey_held
    existed = (group.since or wave.year) <= wave.year <= (group.until or wave.year)
    return group.kind != "rollup" and held and existed


def _head(code: str, principles: dict[str, Principle], language: str, own: str) -> tuple[str, str, str]:
    """Heading, wording and their language; a part of a principle is headed by both names."""
    if code not in principles:
        return OTHER_QUESTIONS, "", "en"
    chain = [principles[code]]
    while (parent := chain[0].parent) in principles:
        chain.insert(0, principles[str(parent)])
    for spoken in (language, own, *chain[0].name):
        if all(spoken in row.name for row in chain):
            return " – ".join(row.name[spoken] for row in chain), chain[-1].text.get(spoken, ""), spoken
    return code, "", "en"


def _ask_item(wave: WaveDefinitions, item: Item, language: str) -> Question:
    points = wave.scales[item.scale]
    options = tuple(_say(point.label, language) for point in points if point.kind == "answer")
    non_answers = tuple(_say(point.label, language) for point in points if point.kind in OFFERED)
    return Question(0, _say(item.text, language), language, options, non_answers)


def _say(text: dict[str, str], language: str) -> str:
    """The text in a language; one in another language is better than none."""
    return text.get(language) or next(iter(text.values()), "")


def _number(sections: Iterator[Section]) -> Sequence[Section]:
    numbered: list[Section] = []
    number = 0
    for section in sections:
        questions = []
        for question in section.questions:
            number += 1
            questions.append(replace(question, number=number))
        numbered.append(replace(section, questions=tuple(questions)))
    return numbered
