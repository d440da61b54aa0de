"""Which end of a rating is favourable, and ratings that nobody should lose: what a draft reads, and what it asks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pipeline.ingest.draft._against import AGAINST, CHANCE, NEGATIVE
from pipeline.ingest.draft._anchors import read_ends
from pipeline.ingest.draft._headers import is_no_rating, sounds_negative
from pipeline.ingest.draft._labels import read_label
from pipeline.ingest.draft.items import draft_items
from pipeline.ingest.draft.scales import recognise_scale
from pipeline.ingest.draft.wave import WaveDraft, draft_wave
from pipeline.ingest.readers import RawTable

AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
LIKELY = ["Very unlikely", "Unlikely", "Neutral", "Likely", "Very likely"]
TEN = [str(number) for number in range(1, 11)]


def make_table(columns: dict[str, list[str]]) -> RawTable:
    rows = max(len(cells) for cells in columns.values())
    arrays = [pa.array((cells * rows)[:rows]).dictionary_encode() for cells in columns.values()]
    return RawTable("export.csv", "", tuple(columns), tuple(arrays), 2, tool="plain")


def draft(columns: dict[str, list[str]]) -> WaveDraft:
    return draft_wave(2027, "Survey", [make_table(columns)])


def asked(columns: dict[str, list[str]]) -> list[str]:
    return [question.question for question in draft(columns).questions]


class TestNamedEnds:
    @pytest.mark.parametrize(
        ("header", "ends", "direction"),
        [
            ("How do you rate the board? (1 = best)", (None, None), -1),
            ("Bewerten Sie den Vorstand (1 = sehr gut)", (None, None), -1),
            ("Notez de 1 à 5 (5 = très bien)", (1, 5), 1),
            ("Satisfaction: 1 very satisfied to 10 very dissatisfied", (1, 10), -1),
            ("Sehr zufrieden (1) bis sehr unzufrieden (10): Vorstand", (1, 10), -1),
            ("Very satisfied 1 2 3 4 5 6 7 8 9 10 Very dissatisfied", (1, 10), -1),
            ("On a scale of 1 to 10, where 10 is excellent, rate the board", (1, 10), 1),
            ("Change in trust (-2 much worse to +2 much better)", (-2, 2), 1),
            ("1分=非常不满意，10分=非常满意", (1, 10), 1),
            ("Rate the board from 1 to 7.", (1, 7), 0),
        ],
    )
    def test_one_name_is_enough(self, header, ends, direction):
        found = read_ends(header)
        assert (found.low, found.high) == ends and found.direction == direction and not found.unclear

    def test_names_that_are_not_understood_are_unclear(self):
        assert read_ends("Rate it, where 10 is done on time and 1 is delayed").unclear

    @pytest.mark.parametrize(
        "header", ["How satisfied are you (2)", "Our 10 best events", "1: Good service", "Age 18-24"]
    )
    def test_other_numbers_name_no_end(self, header):
        found = read_ends(header)
        assert found.direction == 0 and not found.unclear and found.high is None

    def test_a_falling_scale_up_to_ten_is_turned(self):
        _, (scale,) = draft_items(make_table({"Rate the board (1 = best)": TEN * 5}), ())
        points = sorted((p.value, next(iter(p.label.values()))) for p in scale.points if p.kind == "answer")
        assert points[0][1] == "10" and points[-1][1] == "1"

    def test_an_unclear_end_is_asked_about(self):
        questions = asked({"Rate us, where 10 is done on time and 1 is delayed": TEN * 5})
        assert any("Which end is favourable?" in question for question in questions)

    def test_a_named_number_that_is_no_end_of_the_scale_is_asked_about(self):
        questions = asked({"How satisfied are you? (5 = very satisfied)": TEN * 5})
        assert any("Which end is favourable?" in question for question in questions)


class TestUnfavourableQuestions:
    @pytest.mark.parametrize(
        "header",
        ["How likely are you to leave? (0-10)", "How stressed do you feel? 0-10", "How difficult is it? (0-10)"],
    )
    def test_numbers_on_something_bad_are_asked_about(self, header):
        items, _ = draft_items(make_table({header: [str(n) for n in range(11)] * 4}), ())
        assert NEGATIVE in items[0].questions

    def test_likelihood_is_asked_about_unless_it_is_to_recommend_renew_or_stay(self):
        columns = {
            f"How likely are you to {what}?": LIKELY * 8 for what in ("renew", "recommend us", "call us", "leave")
        }
        items, _ = draft_items(make_table(columns), ())
        assert [(CHANCE in item.questions, NEGATIVE in item.questions) for item in items] == [
            (False, False),
            (False, False),
            (True, False),
            (False, True),
        ]

    def test_labels_that_name_the_good_end_settle_it(self):
        labels = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
        items, _ = draft_items(make_table({"How we handle problems": labels * 8}), ())
        assert items[0].questions == ()


class TestNegativeStatements:
    @pytest.mark.parametrize(
        ("language", "statement"),
        [
            ("en", "I often feel left out of decisions"),
            ("en", "I have considered cancelling my membership"),
            ("en", "Fees are too high"),
            ("en", "Problems take ages to be solved"),
            ("fr", "Je pense quitter l'association"),
            ("es", "Pienso darme de baja"),
            ("ru", "Я думаю о выходе из союза"),
            ("ar", "أفكر في الانسحاب"),
            ("zh", "我在考虑退会"),
            ("de", "Ich denke über einen Austritt nach"),
            ("nl", "Ik voel me vaak buitengesloten"),
            ("it", "Mi sento escluso dalle decisioni"),
            ("pt", "Penso em sair da associação"),
            ("pl", "Myślę o odejściu ze związku"),
            ("tr", "Aidatlar çok yüksek"),
        ],
    )
    def test_words_of_leaving_exclusion_and_excess_are_noticed(self, language, statement):
        assert sounds_negative(statement, [language])

    @pytest.mark.parametrize(
        ("language", "statement"),
        [
            ("en", "Conflicts are handled well"),
            ("en", "The board solves problems quickly"),
            ("de", "Konflikte werden gut gelöst"),
            ("zh", "未来方向清楚"),
            ("fr", "Je peux participer aux décisions"),
        ],
    )
    def test_trouble_that_is_well_dealt_with_is_none(self, language, statement):
        assert not sounds_negative(statement, [language])

    def test_a_statement_whose_answers_run_against_the_others_is_asked_about(self):
        random = np.random.default_rng(1)
        mood = random.normal(size=60)
        places = {name: np.clip(np.round(2 + mood + random.normal(size=60) / 2), 0, 4) for name in "abcd"}
        places["d"] = 4 - places["d"]
        columns = {f"My manager does {name}": [AGREE[int(at)] for at in found] for name, found in places.items()}
        items, _ = draft_items(make_table(columns), ())
        assert [AGAINST in item.questions for item in items] == [False, False, False, True]

    def test_unrelated_answers_are_no_sign(self):
        random = np.random.default_rng(2)
        columns = {f"Statement {n}": [AGREE[at] for at in random.integers(0, 5, 60)] for n in range(5)}
        items, _ = draft_items(make_table(columns), ())
        assert all(item.questions == () for item in items)


class TestRatingsLeftOut:
    def test_a_mark_is_a_rating_although_it_is_asked_with_which(self):
        headers = (
            "Welk rapportcijfer geeft u?",
            "Welche Schulnote geben Sie?",
            "Vilket betyg ger du?",
            "Kaç puan verirsiniz?",
        )
        assert not any(is_no_rating(header) for header in headers)
        assert is_no_rating("Welke afdeling?") and is_no_rating("Which room?")

    def test_numbers_sliders_and_home_made_words_beside_items_are_asked_about_once(self):
        questions = asked(
            {
                "I am heard": AGREE * 8,
                "The board": ["2", "5", "7", "9"] * 10,
                "How satisfied are you? (0-100)": [str(n) for n in range(30, 70)],
                "How did the year feel?": ["Dreadful", "Meh", "Alright", "Pretty good", "Brilliant"] * 8,
            }
        )
        found = [question for question in questions if question.startswith("Are these questions to score?")]
        assert len(found) == 1
        assert all(name in found[0] for name in ("The board", "(0-100)", "How did the year feel?"))

    def test_categories_are_left_out_in_silence(self):
        questions = asked(
            {
                "I am heard": AGREE * 8,
                "Membership": ["Full", "Associate", "Student"] * 13,
                "How many meetings did you attend?": ["0", "1", "2", "3"] * 10,
                "How did you hear about us?": ["Friend", "Press", "Web", "Poster"] * 10,
            }
        )
        assert not any(question.startswith("Are these questions to score?") for question in questions)

    def test_a_code_of_no_answer_among_words_is_missing_and_asked_about(self):
        scale = recognise_scale({"Poor": 9, "Fair": 20, "Good": 30, "Excellent": 12, "-99": 8})
        assert scale and [p.kind for p in scale.points if "-99" in p.label.values()] == ["missing"]
        assert any("missing" in question for question in scale.questions)

    def test_a_label_is_read_with_a_tools_code_before_or_behind_it(self):
        assert read_label("A1 Agree").family == read_label("Agree A1").family == "agree"
        assert not read_label("Building B2").kind


class TestOptionsNobodyChose:
    @pytest.mark.parametrize(
        "labels", [["Dissatisfied", "Neutral", "Satisfied"], ["🙁", "😐", "🙂"], ["Disagree", "Neutral", "Agree"]]
    )
    def test_ends_that_nobody_of_many_chose_are_asked_about_and_not_added(self, labels):
        scale = recognise_scale(dict.fromkeys(labels, 50))
        assert scale and [next(iter(p.label.values())) for p in scale.points] == labels and scale.questions

    def test_a_middle_that_nobody_of_many_chose_is_not_added(self):
        labels = ["Stimme gar nicht zu", "Stimme eher nicht zu", "Stimme eher zu", "Stimme voll zu"]
        scale = recognise_scale(dict.fromkeys(labels, 40), language="de")
        assert scale and [next(iter(p.label.values())) for p in scale.points] == labels

    def test_letter_grades_rise_to_a(self):
        cells = ["B", "C", "A", "D", "F"] * 8
        _, (scale,) = draft_items(make_table({"Rate: board": cells, "Rate: fees": cells, "Rate: site": cells}), ())
        assert [next(iter(p.label.values())) for p in scale.points] == ["F", "D", "C", "B", "A"] and scale.questions

    def test_not_at_all_of_an_unknown_word_is_not_taken_for_not_relevant(self):
        labels = ["Not at all responsive", "Somewhat responsive", "Very responsive"]
        scale = recognise_scale(dict.fromkeys(labels, 30))
        assert scale and not any("not relevant" in question for question in scale.questions)
