"""Which columns of an export are taken for rating questions, and which of them share a scale."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.ingest.draft.items import ItemDraft, draft_items, find_spread_questions
from pipeline.ingest.draft.scales import ScaleDraft
from pipeline.ingest.readers import RawTable, read_export
from pipeline.ingest.readers._grid import Variable
from schemas.definitions import Wave

AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def make_table(
    columns: dict[str, list[str]], codes: tuple[str, ...] = (), variables: tuple[Variable, ...] = ()
) -> RawTable:
    rows = max(len(cells) for cells in columns.values())
    arrays = [pa.array((cells * rows)[:rows]).dictionary_encode() for cells in columns.values()]
    return RawTable("export.csv", "", tuple(columns), tuple(arrays), 2, codes, variables=variables)


def draft(columns: dict[str, list[str]], **more: tuple) -> tuple[dict[str, ItemDraft], dict[str, ScaleDraft]]:
    items, scales = draft_items(make_table(columns, **more), ())
    assert {item.scale for item in items} == {scale.code for scale in scales}
    assert all(point.scale == scale.code for scale in scales for point in scale.points)
    return {item.header: item for item in items}, {scale.code: scale for scale in scales}


def test_rating_columns_are_found_among_the_others() -> None:
    items, scales = draft(
        {
            "Where do you work?": ["Lab", "Company", "University"] * 8,
            "The group is well run": AGREE * 5,
            "Did you attend?": ["Yes", "No"] * 12,
            "How long have you been a member?": ["1", "2", "3", "4", "5"] * 5,
            "How old are you?": ["18-29", "30-44", "45-60"] * 8,
            "How satisfied are you with the meetings?": [str(n) for n in range(11)] * 3,
            "Anything else?": [f"text {n}" for n in range(24)],
        }
    )
    assert list(items) == ["The group is well run", "How satisfied are you with the meetings?"]
    assert list(scales) == ["agree5", "rating0_10"]
    assert all(item.confidence >= 0.9 for item in items.values())


def test_columns_already_known_are_left_alone() -> None:
    items, _ = draft_items(make_table({"A": AGREE, "B": AGREE}), {0})
    assert [item.position for item in items] == [1]


def test_columns_with_the_same_labels_share_one_scale_in_order_of_appearance() -> None:
    items, scales = draft(
        {
            "Quality [Site]": ["Excellent", "Good", "OK", "Bad", "Horrible"] * 5,
            "I feel heard": AGREE * 5,
            "Quality [Mail]": ["Excellent", "Good", "OK"] * 8,
            "I feel informed": ["Agree", "Neutral", "Disagree", "Agree", "Strongly agree"] * 5,
        }
    )
    assert [item.scale for item in items.values()] == ["quality5", "agree5", "quality5", "agree5"]
    assert list(scales) == ["quality5", "agree5"]


def test_a_question_without_a_middle_does_not_borrow_one() -> None:
    four = [label for label in AGREE if label != "Neutral"]
    items, _ = draft({"Five options": AGREE * 30, "Four options": four * 30})
    assert items["Five options"].scale == "agree5"
    assert items["Four options"].scale == "agree4"


def test_an_unused_option_does_not_split_a_scale() -> None:
    rare = ["Strongly agree"] * 20 + ["Agree"] * 10 + ["Neutral"] * 8 + ["Strongly disagree"]
    items, scales = draft({"Asked of all": AGREE * 8, "Liked by all": rare})
    assert len(scales) == 1 and len({item.scale for item in items.values()}) == 1


def test_the_length_of_a_number_scale_comes_from_all_columns_of_a_question() -> None:
    items, scales = draft(
        {
            "Rate the following [Meetings]": ["8", "9", "10"] * 8,
            "Rate the following [Website]": ["0", "3", "5", "7"] * 6,
        }
    )
    assert list(scales) == ["rating0_10"] and len(items) == 2
    assert len(scales["rating0_10"].points) == 11


def test_a_question_that_names_its_range_and_ends_is_certain() -> None:
    header = "Are your needs met? 10 - strongly agree, 1 - strongly disagree."
    items, scales = draft({header: ["7", "8", "9", "N/A"] * 6})
    scale = scales[items[header].scale]
    assert [point.value for point in scale.points if point.kind == "answer"] == list(range(1, 11))
    assert scale.confidence >= 0.9 and not scale.questions


def test_a_question_may_say_that_one_is_best() -> None:
    header = "Rate the service (1 = excellent, 5 = poor)"
    items, scales = draft({header: ["1", "2", "3", "4", "5"] * 6})
    best = next(point for point in scales[items[header].scale].points if "1" in (point.code, *point.label.values()))
    assert best.value == 5 and best.favourable == "yes"


@pytest.mark.parametrize(
    "header",
    ["How many meetings did you attend?", "Number of staff", "In which region are you based?", "How long have you used it?",
     "Rank the five topics", "Wie viele Sitzungen haben Sie besucht?", "¿Cuántos años tiene?", "Сколько вам лет?"],
)  # fmt: skip
def test_numbers_that_count_or_rank_or_name_a_category_are_not_taken(header: str) -> None:
    assert draft({header: ["1", "2", "3", "4", "5"] * 8})[0] == {}


@pytest.mark.parametrize(
    "header",
    ["How satisfied are you with the service?", "Wie zufrieden sind Sie?", "¿Qué tan satisfecho está?", "您对服务的满意程度",
     "Насколько вы удовлетворены?", "ما مدى رضاك عن الخدمة؟", "Dans quelle mesure êtes-vous satisfait ?"],
)  # fmt: skip
def test_numbers_under_a_wording_that_asks_for_a_rating_are_taken(header: str) -> None:
    items, _ = draft({header: ["1", "2", "3", "4", "5"] * 8})
    assert items[header].confidence >= 0.9


@pytest.mark.parametrize(
    "header",
    ["To what extent do you agree that meetings are useful?", "The degree to which my needs are met",
     "How satisfied are you with the number of meetings?", "What is your overall satisfaction with us?", "Score"],
)  # fmt: skip
def test_words_of_counts_and_categories_do_not_hide_a_rating(header: str) -> None:
    items, _ = draft({header: ["1", "2", "3", "4", "5"] * 8})
    assert items[header].confidence >= 0.9


@pytest.mark.parametrize(
    "header",
    ["I am informed about what is decided", "What do you think of the canteen?", "My role is clear",
     "This year the group was well run", "The number of meetings is right"],
)  # fmt: skip
def test_numbers_that_may_be_ratings_are_asked_about(header: str) -> None:
    items, _ = draft({header: ["1", "2", "3", "4", "5"] * 8})
    assert items[header].questions and items[header].confidence < 0.9


@pytest.mark.parametrize("header", ["Role", "Age group", "Years of experience", "What is your job level?", "Country"])
def test_a_header_that_names_a_category_has_codes_below_it(header: str) -> None:
    assert draft({header: ["1", "2", "3", "4", "5"] * 8})[0] == {}


def test_columns_of_one_range_support_each_other_where_each_has_few_answers() -> None:
    few = {f"Statement {letter} holds": ["1", "2", "5", "4", "3", "4", "5"] for letter in "ABC"}
    items, scales = draft(few)
    assert len(items) == 3 and len(scales) == 1
    assert draft({"Statement A holds": few["Statement A holds"]})[0] == {}


def test_a_row_of_a_rated_grid_may_be_called_duration() -> None:
    items, _ = draft({f"Please rate [{row}]": ["1", "2", "3", "4", "5"] * 6 for row in ("Duration", "Role", "Price")})
    assert len(items) == 3


MADE_UP = ["Awful", "Love it", "Meh", "Could be worse", "Fine"]


def test_answers_on_no_known_scale_are_drafted_in_the_order_they_come_and_asked_about() -> None:
    items, scales = draft(
        {"The group is well run": AGREE * 5, "Food [Soup]": MADE_UP * 5, "Food [Bread]": ["Meh", "Fine", "Awful"] * 8}
    )
    (scale,) = (scale for code, scale in scales.items() if code.startswith("unread"))
    assert [next(iter(p.label.values())) for p in scale.points] == MADE_UP
    assert scale.confidence == 0.4 and any("in order in scales.csv" in question for question in scale.questions)
    assert {items[f"Food [{row}]"].scale for row in ("Soup", "Bread")} == {scale.code}
    assert all(items[f"Food [{row}]"].questions for row in ("Soup", "Bread"))


def test_three_columns_anywhere_with_the_same_unknown_answers_are_drafted() -> None:
    items, _ = draft({"Soup": MADE_UP * 5, "Bread": MADE_UP * 5, "Cheese": MADE_UP[:3] * 8})
    assert len(items) == 3
    assert draft({"Soup": MADE_UP * 5, "Bread": MADE_UP * 5})[0] == {}


def test_percentages_are_ordered_by_their_number() -> None:
    cells = ["50%", "0%", "100%", "25%", "75%"] * 5
    _, scales = draft({"Done [A]": cells, "Done [B]": cells})
    assert [next(iter(p.label.values())) for p in scales["unread5"].points] == ["0%", "25%", "50%", "75%", "100%"]


@pytest.mark.parametrize(
    "labels",
    ["Yes|No|Maybe", "Germany|France|Spain|Other", "Daily|Weekly|Monthly|Yearly", "18-29|30-44|45-60", "Ja|Nein|Weiß nicht",
     "Mail;Chat|Chat|Mail;Phone;Chat|Phone", "Beginner|Intermediate|Expert"],
)  # fmt: skip
def test_known_categories_are_not_drafted_as_unknown_scales(labels: str) -> None:
    cells = labels.split("|") * 8
    assert draft({f"Use [{row}]": cells for row in "ABC"})[0] == {}


def test_a_question_for_a_category_is_not_drafted_whatever_its_answers() -> None:
    assert draft({f"Which tool do you use for [{row}]?": MADE_UP * 5 for row in "ABC"})[0] == {}


def test_a_single_column_of_unknown_answers_needs_words_that_ask_for_a_rating() -> None:
    assert draft({"The soup": MADE_UP * 5})[0] == {}
    (item,) = draft({"How would you rate the soup?": MADE_UP * 5})[0].values()
    assert item.confidence < 0.5


def test_comments_are_no_scale_however_short() -> None:
    assert draft({"Any other feedback?": ["None", "Great", "Not good", "OK", "Very good"]})[0] == {}


def test_where_everybody_chose_the_middle_its_company_names_the_scale() -> None:
    items, _ = draft({"I feel heard": AGREE * 5, "I feel safe": ["Neutral"] * 8})
    assert items["I feel safe"].scale == items["I feel heard"].scale


def test_a_ranking_is_told_from_a_rating_by_its_rows() -> None:
    ranks = {"Topics [A]": ["1", "2", "3"], "Topics [B]": ["2", "3", "1"], "Topics [C]": ["3", "1", "2"]}
    assert draft({header: cells * 5 for header, cells in ranks.items()})[0] == {}
    rates = {"Topics [A]": ["1", "2", "3"], "Topics [B]": ["2", "3", "1"], "Topics [C]": ["3", "3", "2"]}
    assert len(draft({header: cells * 5 for header, cells in rates.items()})[0]) == 3


def test_options_to_tick_are_not_taken() -> None:
    columns = {
        "What went well? [Good documentation]": ["Good documentation", ""],
        "What went well? [Very helpful]": ["Very helpful", ""],
        "Uses [A]": ["1", "", "1", ""] * 3,
        "Uses [B]": ["", "2", "2", ""] * 3,
        "Uses [C]": ["3", "3", "", "3"] * 3,
    }
    assert draft(columns)[0] == {}


def test_answer_codes_of_a_grid_are_drafted_and_asked_about() -> None:
    codes = ("sat[SQ001]", "sat[SQ002]")
    items, scales = draft({"sat [a]": ["A1", "A2", "A5"] * 4, "sat [b]": ["A3", "A4"] * 6}, codes=codes)
    assert [item.code for item in items.values()] == ["sat_SQ001", "sat_SQ002"]
    (scale,) = scales.values()
    assert "A5" in scale.points[-1].aliases or "A5" in scale.points[-1].label.values()
    assert scale.questions and scale.confidence < 0.9


def test_value_labels_of_a_file_decide() -> None:
    agree = Variable("V1", "Well run", {str(n): label for n, label in enumerate(AGREE, start=1)})
    job = Variable("V2", "Job", {"1": "Clerical", "2": "Custodial", "3": "Manager"})
    items, scales = draft({"V1": ["4", "5"] * 5, "V2": ["1", "2", "3"] * 4}, variables=(agree, job))
    assert list(items) == ["V1"]
    assert len(scales["agree5"].points) == 5 and scales["agree5"].confidence >= 0.9


def test_numbers_for_no_answer_stay_apart_from_the_scale() -> None:
    _, scales = draft(
        {"Indicate how you feel [a]": ["1", "2", "3", "4", "5", "-1"] * 5, "Indicate how you feel [b]": ["2", "1"]}
    )
    (scale,) = scales.values()
    assert [p.value for p in scale.points] == [1, 2, 3, 4, 5, None]
    assert scale.questions


def test_a_negative_wording_is_a_question() -> None:
    items, _ = draft({"Meetings waste my time": AGREE * 5, "Meetings are useful": AGREE * 5})
    assert any("reverse" in question for question in items["Meetings waste my time"].questions)
    assert not items["Meetings are useful"].questions


def test_codes_come_from_the_tool_or_from_the_words_and_are_unique() -> None:
    table = make_table({"I feel heard": AGREE, "I feel heard!": AGREE, "您觉得满意吗": AGREE})
    codes = [item.code for item in draft_items(table, ())[0]]
    assert codes[:2] == ["i_feel_heard", "i_feel_heard_2"]
    assert codes[2].isascii() and len(set(codes)) == 3
    assert codes == [item.code for item in draft_items(table, ())[0]]


def test_a_question_spread_over_a_column_per_option_is_pointed_out() -> None:
    columns = {
        f"How often? [Meet - {label}]": ["1", ""] for label in ("Never", "Sometimes", "Often", "Always", "Don't know")
    }
    assert draft(columns)[0] == {}
    (question,) = find_spread_questions(make_table(columns), ()).items()
    assert question == ("How often? [Meet]", dict(enumerate(("Never", "Sometimes", "Often", "Always", "Don't know"))))


def read_shared(name: str) -> RawTable:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return read_export(path, Wave(year=2025, title="t", report_date=date(2025, 1, 1)))[0]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "scale", "count", "points"),
    [
        ("haskell/state-of-haskell-2019.csv", "agree5", 24, 5),
        ("haskell/state-of-haskell-2022.csv", "agree5", 24, 6),
        ("spack/spack-user-survey-2020-responses.csv", "quality5", 4, 5),
        ("spack/spack-user-survey-2021-responses.xlsx", "quality5", 4, 5),
        ("cncf-maintainers/maintainer-survey-results-2019-h2.csv", "agree5", 7, 6),
        ("cncf-maintainers/CNCF_Maintainers_Survey_2020_H2.csv", "rating1_10", 13, 11),
        ("cncf-maintainers/CNCF Maintainers Survey 2023 H1.csv", "rating1_10", 7, 11),
        ("cncf-maintainers/CNCF Maintainers Survey 2023 H2.csv", "rating1_10", 7, 11),
        ("ssi-rse/2018_all_public_data.csv", "rating0_10", 2, 11),
        ("fivethirtyeight/StarWars.csv", "view5", 14, 6),
        ("limesurvey-automotive/results-survey.csv", "agree4", 7, 5),
        ("todogroup-ospo/2020_results_2020.csv", "frequency5", 7, 6),
    ],
)
def test_real_exports_give_their_rating_questions(name: str, scale: str, count: int, points: int) -> None:
    items, scales = draft_items(read_shared(name), ())
    assert len([item for item in items if item.scale == scale]) == count
    assert len(next(draft for draft in scales if draft.code == scale).points) == points


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["spss/Employee data.sav", "spss/electric.sav", "google-forms/jupyter-education-2016.csv"]
)
def test_real_exports_without_rating_questions_give_none(name: str) -> None:
    assert draft_items(read_shared(name), ())[0] == []
