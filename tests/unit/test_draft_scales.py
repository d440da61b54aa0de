"""Labels and numbers to scales: order, values, options nobody chose, and what is left to ask."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.draft._folding import fold_text, read_rows
from pipeline.ingest.draft._labels import NON_ANSWERS, read_label
from pipeline.ingest.draft.scales import ScaleDraft, recognise_scale
from pipeline.store.labels import normalise_label
from schemas.definitions import ScalePoint

PER_LABEL = 20


def recognise(labels: str, each: int = PER_LABEL, language: str = "en") -> ScaleDraft | None:
    return recognise_scale(dict.fromkeys(labels.split("|"), each), language=language)


def drafted(labels: str, each: int = PER_LABEL, language: str = "en") -> ScaleDraft:
    draft = recognise(labels, each, language)
    assert draft is not None, labels
    return draft


def answers(draft: ScaleDraft, language: str = "en") -> list[str]:
    points = [point for point in draft.points if point.kind == "answer"]
    assert [point.value for point in points] == sorted(point.value for point in points if point.value is not None)
    return [point.label[language] for point in points]


def marks(draft: ScaleDraft) -> str:
    sign = {"yes": "+", "neutral": "0", "no": "-"}
    return "".join(sign[point.favourable] for point in draft.points if point.favourable)


def point(draft: ScaleDraft, text: str) -> ScalePoint:
    return next(p for p in draft.points if text in (p.code, *p.label.values(), *p.aliases))


WORDED = [row for row in read_rows("standard_scales.csv") if "{}" not in row["labels"]]


@pytest.mark.parametrize("row", WORDED, ids=lambda row: f"{row['language']}-{row['labels']}")
def test_every_standard_scale_is_read_in_its_order_from_labels_in_any_order(row: dict[str, str]) -> None:
    labels = row["labels"].split("|")
    draft = drafted("|".join(sorted(labels)), language=row["language"])
    assert answers(draft, row["language"]) == labels
    assert marks(draft)[0] == "-" and marks(draft)[-1] == "+"
    assert draft.code.endswith(str(len(labels)))


SETS = read_rows("whole_scales.csv")


@pytest.mark.parametrize("row", SETS, ids=lambda row: f"{row['language']}-{row['labels']}")
def test_a_set_that_only_its_company_explains_is_read_in_its_order(row: dict[str, str]) -> None:
    labels = row["labels"].split("|")
    draft = drafted("|".join(sorted(labels)), language=row["language"])
    assert answers(draft, row["language"]) == labels
    assert marks(draft)[0] == "-" and marks(draft)[-1] == "+"


@pytest.mark.parametrize(
    ("labels", "order", "signs"),
    [
        ("Too much|About right|Too little", "Too little|About right|Too much", "-+-"),
        ("Far too much|About right|Too little|Too much|Far too little",
         "Far too little|Too little|About right|Too much|Far too much", "--+--"),
        ("Too easy|Just right|Too hard", "Too easy|Just right|Too hard", "-+-"),
        ("zu viel|genau richtig|zu wenig", "zu wenig|genau richtig|zu viel", "-+-"),
    ],
)  # fmt: skip
def test_of_too_little_and_too_much_the_middle_is_favourable_and_asked(labels: str, order: str, signs: str) -> None:
    draft = drafted(labels)
    assert answers(draft) == order.split("|") and marks(draft) == signs
    assert draft.confidence < 0.9 and any("only the middle" in question for question in draft.questions)


def test_a_worry_is_turned_so_that_the_least_scores_highest_and_that_is_asked() -> None:
    draft = drafted("Extremely concerned|Not at all concerned|Very concerned|Somewhat concerned|Slightly concerned")
    assert answers(draft)[-1] == "Not at all concerned" and marks(draft)[-1] == "+"
    assert any("turned" in question for question in draft.questions)


@pytest.mark.parametrize(
    ("labels", "middle"),
    [
        ("Полностью согласен|Скорее согласен|Отчасти согласен, отчасти нет|Скорее не согласен|Полностью не согласен",
         "Отчасти согласен, отчасти нет"),
        ("Stimme voll zu|Stimme eher zu|Teils/teils|Stimme eher nicht zu|Stimme gar nicht zu", "Teils/teils"),
        ("Fully agree|Agree|Partly agree, partly disagree|Disagree|Fully disagree", "Partly agree, partly disagree"),
        ("D'accord|Pas d'accord|Ni d'accord ni pas d'accord|Tout à fait d'accord|Pas du tout d'accord",
         "Ni d'accord ni pas d'accord"),
        ("Oui|En partie|Non", "En partie"),
        ("完全同意|到一定程度|完全不同意", "到一定程度"),
        ("Egyetértek|Egyet is értek meg nem is|Nem értek egyet|Teljesen egyetértek|Egyáltalán nem értek egyet",
         "Egyet is értek meg nem is"),
    ],
)  # fmt: skip
def test_partly_one_and_partly_the_other_is_the_middle(labels: str, middle: str) -> None:
    draft = drafted(labels)
    found = point(draft, middle)
    assert found.favourable == "neutral"
    assert found.value == (len([p for p in draft.points if p.kind == "answer"]) + 1) / 2


def test_not_relevant_is_the_lowest_need_where_no_other_is_offered_and_that_is_asked() -> None:
    draft = drafted("Somewhat useful|Critical to me|Not relevant for me")
    assert answers(draft) == ["Not relevant for me", "Somewhat useful", "Critical to me"]
    assert any("not relevant" in question for question in draft.questions)
    beside = drafted("Not useful|Useful|Very useful|Not relevant")
    assert point(beside, "Not relevant").kind == "not_applicable"


@pytest.mark.parametrize("text", ["Not sure", "Trudno powiedzieć", "Важко сказати", "نظری ندارم"])
def test_what_may_be_no_opinion_or_the_middle_is_asked_where_there_is_no_other_middle(text: str) -> None:
    four = "Strongly agree|Agree|Disagree|Strongly disagree"
    assert any("middle" in question for question in drafted(f"{four}|{text}").questions)
    assert not drafted(f"{four}|Neutral|{text}").questions


def test_one_missing_option_that_could_be_either_end_is_asked() -> None:
    draft = drafted("Poor|Fair|Good|Very good", each=2)
    assert draft.confidence < 0.9 and draft.questions


def test_four_chosen_options_may_be_four_of_five() -> None:
    few = drafted("Very likely|Somewhat likely|Somewhat unlikely|Very unlikely", each=1)
    assert few.questions and few.confidence < 0.9
    assert not drafted("Very likely|Somewhat likely|Somewhat unlikely|Very unlikely", each=20).questions


@pytest.mark.parametrize("labels", ["😡|🙁|😐|🙂|😀", "😡|🙁|😐|🙂|😍", "☹️|😐|😊"])
def test_faces_are_read(labels: str) -> None:
    draft = drafted(labels)
    assert answers(draft) == labels.split("|")
    assert marks(draft)[0] == "-" and marks(draft)[-1] == "+"


def test_a_norwegian_very_is_no_danish_difficulty() -> None:
    assert (read_label("Svært uenig").score or 0) < -2.5
    assert (read_label("Meget svært").score or 0) < (read_label("Let").score or 0)


@pytest.mark.parametrize(
    ("one", "other"), [("می‌دانم", "میدانم"), ("KATILMIYORUM", "katılmıyorum"), ("ممتازة", "ممتازه"), ("كم", "کم")]
)
def test_spellings_that_keyboards_make_different_fold_to_one(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


def test_vowel_signs_that_make_another_word_are_kept() -> None:
    assert fold_text("काम") != fold_text("कम")


def test_an_agreement_scale_is_certain() -> None:
    draft = drafted("Agree| Strongly agree|Neutral|Disagree|Strongly disagree")
    assert draft.code == "agree5"
    assert answers(draft)[3:] == ["Agree", "Strongly agree"]
    assert marks(draft) == "--0++"
    assert draft.confidence >= 0.9 and not draft.questions


def test_options_nobody_chose_are_added_where_the_scale_is_certain() -> None:
    draft = drafted("Strongly agree|Agree|Neutral", each=2)
    assert answers(draft) == ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    assert draft.confidence >= 0.9 and not draft.questions
    assert any("nobody chose" in reason for reason in draft.reasons)


def test_an_uncertain_length_is_asked() -> None:
    draft = drafted("Strongly agree|Agree", each=2)
    assert draft.confidence < 0.9
    assert any("4 or 5" in question for question in draft.questions)


def test_a_scale_without_a_middle_keeps_its_length_when_many_answered() -> None:
    assert len(answers(drafted("Strongly disagree|Disagree|Agree|Strongly agree", each=50))) == 4


def test_three_options_of_many_answers_are_asked_rather_than_stretched_in_silence() -> None:
    draft = drafted("Agree|Neutral|Disagree", each=60)
    assert draft.questions and draft.confidence < 0.9


def test_an_unbalanced_scale_is_read_and_said() -> None:
    draft = drafted("Excellent|Very good|Good|Fair|Poor")
    assert answers(draft) == ["Poor", "Fair", "Good", "Very good", "Excellent"]
    assert marks(draft) == "-0+++"
    assert any("unbalanced" in reason for reason in draft.reasons)


def test_labels_mixed_from_two_standard_sets_leave_room_for_the_missing_end() -> None:
    draft = drafted("Satisfied|Neutral|Very Satisfied|Somewhat dissatisfied")
    assert point(draft, "Somewhat dissatisfied").value == 2
    assert point(draft, "Very Satisfied").value == 5
    assert draft.questions


@pytest.mark.parametrize(
    ("labels", "order", "signs"),
    [
        ("Excellent|Horrible|Good|OK|Bad", "Horrible|Bad|OK|Good|Excellent", "--0++"),
        (
            "Average|Very Poor|Excellent|Above Average|Below\u00a0Average",
            "Very Poor|Below Average|Average|Above Average|Excellent",
            "--0++",
        ),
        (
            "Critical|Very Important|Somewhat important|Slightly Important|Not Important",
            "Not Important|Slightly Important|Somewhat important|Very Important|Critical",
            "--0++",
        ),
        (
            "No, not rude at all|Yes, somewhat rude|Yes, very rude",
            "Yes, very rude|Yes, somewhat rude|No, not rude at all",
            "-0+",
        ),
        (
            "Extremely difficult|Not at all difficult|Slightly difficult|Very difficult|Moderately difficult",
            "Extremely difficult|Very difficult|Moderately difficult|Slightly difficult|Not at all difficult",
            "--0++",
        ),
        (
            "Very likely to increase|Very likely to decrease|Neutral|Somewhat likely to decrease|Somewhat likely to increase",
            "Very likely to decrease|Somewhat likely to decrease|Neutral|Somewhat likely to increase|Very likely to increase",
            "--0++",
        ),
        (
            "Once in a while|Usually|Never|Always|About half the time",
            "Never|Once in a while|About half the time|Usually|Always",
            "--0++",
        ),
        ("A lot|Some|Not much|Not at all", "Not at all|Not much|Some|A lot", "--++"),
        ("Yes, definitely!|No|Probably|Probably not", "No|Probably not|Probably|Yes, definitely!", "--++"),
        ("strongly_agree|agree|disagree|strongly_disagree|neutral",
         "strongly_disagree|disagree|neutral|agree|strongly_agree", "--0++"),
    ],
)  # fmt: skip
def test_composed_labels_are_ordered_by_what_they_say(labels: str, order: str, signs: str) -> None:
    draft = drafted(labels)
    assert answers(draft) == order.split("|")
    assert marks(draft) == signs


def test_an_unknown_adjective_is_ordered_by_its_degrees_and_its_direction_asked() -> None:
    draft = drafted("Very gnarly|Not at all gnarly|Extremely gnarly|Slightly gnarly|Moderately gnarly")
    assert answers(draft)[0] == "Not at all gnarly" and answers(draft)[-1] == "Extremely gnarly"
    assert draft.questions and draft.confidence < 0.9
    pair = drafted("Gnarly|Very gnarly|Neutral|Ungnarly|Very ungnarly")
    assert answers(pair) == ["Very ungnarly", "Ungnarly", "Neutral", "Gnarly", "Very gnarly"]


@pytest.mark.parametrize("labels", ["Very important|Important|Not important|Somewhat important", "Never|Rarely|Always"])
def test_whether_more_is_better_is_asked_where_the_labels_do_not_say(labels: str) -> None:
    assert any("favourable" in question for question in drafted(labels).questions)


@pytest.mark.parametrize(
    "labels",
    [
        "Yes|No", "Yes|No|Maybe", "Yes|No|Don't know", "True|False", "Male|Female", "Full time|Part time",
        "Daily|Weekly|Monthly|Rarely", "Beginner|Intermediate|Expert", "1-2 years|3-5 years|More than 5 years",
        "18-29|30-44|45-60|> 60", "10 to 99 employees|Fewer than 10 employees", "Germany|France|Spain",
        "Too slow|Too long|Too dull", "A|B|C|D", "Home|Work|School", "Bachelor's degree|Some college|Master's degree",
        "No, but I'd like to|Yes, most of the time|Yes, some of the time", "$0 - $24,999|$25,000 - $49,999",
        "Under ten|Tens|Hundreds", "Complete|Partial", "Neutral", "A1|A2|A3", "true|false|n/a",
        "More reusable|Better documented|More modular", "Oui|Non", "Ja|Nein", "是|否",
    ],
)  # fmt: skip
def test_categories_are_no_scale(labels: str) -> None:
    assert recognise(labels) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Don’t know", "no_opinion"), ("Not sure", "no_opinion"), ("No opinion", "no_opinion"), ("N/A", "not_applicable"),
        ("Does not apply", "not_applicable"), ("Prefer not to say", "refused"), ("No answer", "missing"), ("-", "missing"),
        ("Weiß nicht", "no_opinion"), ("Keine Angabe", "missing"), ("Sans objet", "not_applicable"),
        ("Je préfère ne pas répondre", "refused"), ("No sabe", "no_opinion"), ("No aplica", "not_applicable"),
        ("Затрудняюсь ответить", "no_opinion"), ("不适用", "not_applicable"), ("不知道", "no_opinion"),
        ("لا أعرف", "no_opinion"), ("لا ينطبق", "not_applicable"), ("わからない", "no_opinion"), ("Não sei", "no_opinion"),
        ("Non so", "no_opinion"), ("Niet van toepassing", "not_applicable"), ("Unfamiliar (N/A)", "not_applicable"),
    ],
)  # fmt: skip
def test_the_four_kinds_of_non_answers_are_kept_apart(text: str, kind: str) -> None:
    assert read_label(text).kind == kind


def test_non_answers_have_no_value_and_follow_the_answers() -> None:
    draft = drafted("Agree|Strongly agree|Neutral|Disagree|Strongly disagree|Don't know|N/A")
    assert [(p.kind, p.value) for p in draft.points[5:]] == [("no_opinion", None), ("not_applicable", None)]


def test_labels_of_two_languages_become_spellings_of_one_answer() -> None:
    draft = drafted(
        "Strongly agree|Agree|Neutral|Disagree|Strongly disagree|Tout à fait d'accord|D'accord|Pas d'accord|Pas du tout d'accord"
    )
    assert len(answers(draft)) == 5
    assert point(draft, "Tout à fait d'accord").value == 5
    assert point(draft, "Pas d'accord").value == 2


def test_a_bilingual_label_is_one_answer() -> None:
    assert read_label("Agree / D'accord").score == read_label("Agree").score


@pytest.mark.parametrize(
    ("one", "other"),
    [("not very satisfied", "satisfied"), ("very dissatisfied", "not very satisfied"), ("غير موافق بشدة", "غير موافق"),
     ("非常不同意", "不太同意"), ("Stimme gar nicht zu", "Stimme eher nicht zu"), ("least likely", "unlikely")],
)  # fmt: skip
def test_negations_and_degrees_are_weighed_in_their_order(one: str, other: str) -> None:
    low, high = read_label(one).score, read_label(other).score
    assert low is not None and high is not None and low < high


def test_value_labels_of_a_file_give_all_points_even_when_codes_run_backwards() -> None:
    labels = {
        "1": "Strongly agree",
        "2": "Agree",
        "3": "Neutral",
        "4": "Disagree",
        "5": "Strongly disagree",
        "9": "Don't know",
    }
    draft = recognise_scale({"1.0": 4, "2.0": 7}, labels)
    assert draft is not None and draft.confidence >= 0.9
    assert [(p.value, p.code) for p in draft.points] == [(1, "5"), (2, "4"), (3, "3"), (4, "2"), (5, "1"), (None, "9")]


def test_labelled_codes_of_categories_are_no_scale() -> None:
    assert recognise_scale({"1": 4, "2": 7}, {"1": "Clerical", "2": "Manager"}) is None
    assert recognise_scale({"0": 4, "1": 7, "3": 2}, {"0": "female", "1": "male", "2": "unclear"}) is None


def test_labels_at_the_ends_of_numbers_count_as_those_numbers() -> None:
    draft = recognise_scale(dict.fromkeys("1234567", 10), {"1": "Strongly disagree", "7": "Strongly agree"})
    assert draft is not None and len(draft.points) == 7
    assert point(draft, "Strongly agree").value == 7 and point(draft, "7").value == 7


def test_words_at_the_ends_are_the_missing_numbers() -> None:
    draft = drafted("Strongly agree|9|8|7|6|5|4|3|2|Strongly disagree|N/A")
    assert point(draft, "Strongly agree").value == 10 and point(draft, "Strongly disagree").value == 1
    assert draft.confidence >= 0.9 and len(answers(draft)) == 10


def test_numbered_labels_are_read_with_or_without_words() -> None:
    draft = drafted("10 - Completely satisfied|\ufeff0 - Not at all satisfied|8.0|7|9|6|5|4|3|2|1")
    assert [p.value for p in draft.points] == list(range(11))
    assert point(draft, "10 - Completely satisfied").code == "10"
    assert point(draft, "8").value == 8
    assert draft.confidence >= 0.9


def test_a_low_number_can_be_the_favourable_end() -> None:
    draft = drafted("1 = sehr gut|2|3|4|5 = mangelhaft", language="de")
    assert point(draft, "1").value == 5 and point(draft, "1").favourable == "yes"
    assert draft.confidence >= 0.9


def test_ends_in_unknown_words_are_asked() -> None:
    draft = drafted("0 - Mostly me|1|2|3|4|5 - Mostly other people")
    assert [p.value for p in draft.points] == list(range(6))
    assert any("favourable" in question for question in draft.questions)


def test_numbers_below_nought_become_positions() -> None:
    draft = drafted("-2|-1|0|1|2")
    assert [(p.value, p.label["en"]) for p in draft.points][:3] == [(1, "-2"), (2, "-1"), (3, "0")]


def test_bare_numbers_may_be_codes_and_are_asked() -> None:
    assert drafted("1|2|3|4|5").confidence < 0.9


@pytest.mark.parametrize(
    "labels", ["1990|1991|1992", "0|1|2|5|8|12|30", "0|1", "1|2", "0|1|2|3", "25000|30000", "1.5|2.5"]
)
def test_counts_years_and_codes_are_no_scale(labels: str) -> None:
    assert recognise(labels) is None


def test_stars_are_counted() -> None:
    assert point(drafted("1 star|2 stars|3 stars|5 stars|4 stars"), "5 stars").value == 5
    assert not drafted("⭐️|⭐️⭐️|⭐️⭐️⭐️|⭐️⭐️⭐️⭐️|⭐️⭐️⭐️⭐️⭐️").questions
    assert point(drafted("★★★|★★★★★|★★★★☆|★★☆☆☆|★"), "★★★★☆").value == 4


@pytest.mark.parametrize(
    "labels", ["Very easy|Neutral", "Very satisfied|Neutral", "Excellent|Poor", "Always|Never", "5|5.0|★★★★★|4|1"]
)
def test_no_spelling_belongs_to_two_answers(labels: str) -> None:
    draft = drafted(labels)
    spelled = [
        {normalise_label(text) for text in (p.code, *p.label.values(), *p.aliases) if text} for p in draft.points
    ]
    assert sum(map(len, spelled)) == len(set().union(*spelled))


def test_a_few_written_in_texts_are_asked_about_and_never_quoted() -> None:
    counts = {
        "Agree": 100,
        "Strongly agree": 80,
        "Neutral": 40,
        "Disagree": 30,
        "Strongly disagree": 9,
        "My boss Eve": 1,
    }
    draft = recognise_scale(counts)
    assert draft is not None and draft.confidence < 0.9
    assert "Eve" not in " ".join([*draft.questions, *draft.reasons])
    assert recognise_scale({**counts, "My boss Eve": 100}) is None


@given(st.dictionaries(st.text(max_size=30), st.integers(1, 500), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_texts_end_in_a_scale_or_in_none(counts: dict[str, int]) -> None:
    draft = recognise_scale(counts)
    if draft:
        assert 0 < draft.confidence <= 1
        assert all(p.kind in ("answer", *NON_ANSWERS) for p in draft.points)
