"""The group column beside rated rows that are called like one, and the language of a questionnaire."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.ingest.draft.columns import is_open_answer
from pipeline.ingest.draft.group_words import asks_for_own
from pipeline.ingest.draft.language import recognise_language
from pipeline.ingest.draft.wave import WaveDraft, draft_wave
from pipeline.ingest.readers import RawTable

SATISFIED = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
STARS = ["★", "★★", "★★★", "★★★★", "★★★★★"]
CODED = ["1 - Poor", "2 - Fair", "3 - Good", "4 - Very good", "5 - Excellent"]
OWN_WORDS = ["Shaky", "Middling", "Solid"]


def draft(columns: dict[str, list[str]]) -> WaveDraft:
    rows = 60
    arrays = [pa.array((cells * rows)[:rows]).dictionary_encode() for cells in columns.values()]
    return draft_wave(2027, "Survey", [RawTable("export.csv", "", tuple(columns), tuple(arrays), 2, tool="plain")])


def kinds(drafted: WaveDraft) -> dict[str, str]:
    return {column.header: column.taken_for for column in drafted.columns}


def asks_for_group(drafted: WaveDraft) -> list[str]:
    return [question.question for question in drafted.questions if "which group" in question.question]


@pytest.mark.parametrize("labels", [SATISFIED, STARS, CODED, [*SATISFIED[:4], "No opinion"]])
@pytest.mark.parametrize("noun", ["Committee", "Service", "Your branch", "Department"])
def test_a_rated_row_called_like_a_group_is_an_item(noun: str, labels: list[str]) -> None:
    found = kinds(draft({"Where do you live?": ["North", "South"], "Newsletter": labels, noun: labels, "Fees": labels}))
    assert found[noun] == "item" and found["Where do you live?"] == "group"


def test_a_bare_noun_answered_like_two_other_rows_is_asked_about() -> None:
    drafted = draft({"Committee": OWN_WORDS, "Fees": OWN_WORDS, "Website": OWN_WORDS, "I am heard": SATISFIED})
    assert kinds(drafted)["Committee"] != "group" or asks_for_group(drafted)


def test_first_and_second_choice_of_a_group_stay_groups() -> None:
    groups = ["North", "South", "East"]
    drafted = draft(
        {"Which branch are you in?": groups, "Second branch": groups[1:], "Third branch": groups, "Fees": SATISFIED}
    )
    assert kinds(drafted)["Which branch are you in?"] == "group"


@pytest.mark.parametrize("header", ["Region", "Bezirk", "Which ward do you live in?", "Quelle est votre région ?"])
def test_a_place_asked_first_and_alone_is_certain(header: str) -> None:
    drafted = draft({header: ["North", "South", "East"], "Meetings": SATISFIED, "Website": SATISFIED})
    assert kinds(drafted)[header] == "group" and not asks_for_group(drafted)


@pytest.mark.parametrize(
    "columns",
    [
        {"Region": ["North", "South"], "Favourite site": ["Park", "Lake", "Hall"], "Meetings": SATISFIED},
        {"Meetings": SATISFIED, "Website": SATISFIED, "Region": ["North", "South"]},
        {"Region": ["North", "South", ""], "Meetings": SATISFIED, "Website": SATISFIED},
        {"Which of our sites do you use?": ["North", "South"], "Meetings": SATISFIED, "Website": SATISFIED},
        {"Which region are you in?": ["1", "2", "3"], "Meetings": SATISFIED, "Website": SATISFIED},
    ],
    ids=["rival", "behind the items", "often blank", "not one's own", "numbers"],
)
def test_a_place_that_may_be_something_else_is_asked_about(columns: dict[str, list[str]]) -> None:
    drafted = draft(columns)
    assert "group" in kinds(drafted).values() and asks_for_group(drafted)


def test_only_questions_for_ones_own_place_ask_for_it() -> None:
    assert asks_for_own("Which congregation do you usually attend?") and asks_for_own("Circolo di appartenenza")
    assert not asks_for_own("Which region should we meet in next?") and not asks_for_own("City of birth")


def test_known_answers_tell_the_language_where_headers_are_nouns() -> None:
    assert recognise_language(["Accueil", "Site"], ["Très satisfait", "Satisfait", "Insatisfait"])[0] == "fr"
    assert (
        recognise_language(["Board met"], ["Met expectations", "Below expectations", "Exceeded expectations"])[0]
        == "en"
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [("Наскільки ви задоволені роботою відділення?", "uk"), ("Jak jste spokojeni s vaší pobočkou?", "cs")],
)
def test_more_languages_are_told_by_their_small_words(text: str, language: str) -> None:
    assert recognise_language([text])[0] == language


def test_links_to_uploaded_files_are_no_open_answers() -> None:
    links = {f"https://drive.example.org/open?id={n:030}": 1 for n in range(20)}
    assert is_open_answer("Upload a photo", links) is None
