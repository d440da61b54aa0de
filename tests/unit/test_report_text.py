"""Sentences: the fact first, n always, and no claim about people who did not answer."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.report import text
from schemas.definitions import STANDARD_PROFILES, Words

WORDS = Words()


def plain(sentence: str) -> str:
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_dates_are_written_for_people_and_odd_ones_left_alone() -> None:
    assert plain(text.format_date(date(2025, 7, 8))) == "8 July 2025"
    assert plain(text.format_date("2027-03-01")) == "1 March 2027"
    assert text.format_date("spring 2027") == "spring 2027"


@pytest.mark.parametrize(
    ("n", "eligible", "rate", "options", "sentence"),
    [
        (9, 12, 75, {}, "9 of 12 people answered (75 %)."),
        (12, 12, 100, {}, "All 12 people answered."),
        (2, 2, 100, {}, "Both people answered."),
        (1, 1, 100, {}, "The only person who could answer did."),
        (0, 12, 0, {}, "None of 12 people answered (0 %)."),
        (58, 184, 32, {"unit": "government"}, "58 of 184 governments answered (32 %)."),
        (7, 30, 23, {"unit": "company"}, "7 of 30 companies answered (23 %)."),
        (40, None, None, {}, "40 responses; rate not computable: nobody has said how many could answer."),
        (1, None, None, {}, "1 response; rate not computable: nobody has said how many could answer."),
        (40, 60, None, {"access": "open"}, "40 responses; rate not computable: the link was open to anyone."),
        (14, 12, None, {}, "14 responses; rate not computable: more responses than the 12 who could answer."),
        (
            5, 9, None, {"reason": "rate not computable: the roster counts by organization, the answers by person"},
            "5 responses; rate not computable: the roster counts by organization, the answers by person.",
        ),
        (0, None, None, {}, "Nobody answered; nobody has said how many could."),
    ],
)  # fmt: skip
def test_response_facts(n: int, eligible: int | None, rate: int | None, options: dict[str, str], sentence: str) -> None:
    assert plain(text.describe_response(n, eligible, rate, words=WORDS, **options)) == sentence  # type: ignore[arg-type]


def test_people_are_called_what_the_programme_calls_them() -> None:
    words = Words(respondents="members", group="council")
    assert plain(text.describe_response(9, 12, 75, words=words)) == "9 of 12 members answered (75 %)."
    assert text.describe_needed(1, words).startswith("1 more answer is needed before this council’s")


@pytest.mark.parametrize("reason", ["leadership change", "no survey was held in 2026: leadership change."])
def test_a_missing_survey_says_why_once(reason: str) -> None:
    assert text.describe_no_survey(2026, reason, WORDS) == "This group held no survey in 2026: leadership change."


def test_a_missing_survey_without_a_reason_says_so() -> None:
    assert text.describe_no_survey(2026, "", WORDS) == "This group held no survey in 2026; no reason was given."


def test_a_group_too_small_ever_to_be_shown_is_not_promised_anything() -> None:
    assert text.describe_needed(2, WORDS, n=3, eligible=12).startswith("2 more answers are needed")
    assert text.describe_needed(2, WORDS, n=3, eligible=4).startswith("Only 4 can answer; 5 answers are needed")
    assert text.describe_needed(0, WORDS) == ""


def test_the_possible_range_comes_before_the_likely_one() -> None:
    said = plain(text.describe_score(69, n=9, words=WORDS, ci=(60, 77), possible=(52, 77), eligible=12))
    assert said == (
        "Those who answered (9 people) average 69 out of 100. Depending on the 3 without a score here, the average of "
        "all 12 is somewhere from 52 to 77; it is likely between 60 and 77."
    )


@pytest.mark.parametrize(
    ("options", "ending"),
    [
        ({"n": 12, "eligible": 12, "view": "complete"}, "All 12 people answered; their average is 69 out of 100, exact for this year."),
        ({"n": 11, "eligible": 12, "ci": (65, 71), "possible": (63, 72)}, "the one without a score here, the average of all 12 is somewhere from 63 to 72; it is likely between 65 and 71."),
        ({"n": 40, "ci": (63, 75), "view": "process"}, "If those who did not answer are like them, which answers cannot show, the average is likely between 63 and 75."),
        ({"n": 1, "view": "none"}, "With so few answers no likely range can be given."),
        ({"n": 8, "view": "none", "reason": "no interval: all alike"}, "No interval: all alike."),
        ({"n": 6, "ci": (60, 78), "aggregation": "groups_equal"}, "With each group counting once, 6 groups average 69 out of 100. It is likely between 60 and 78."),
    ],
)  # fmt: skip
def test_scores_say_what_is_known_about_everybody(options: dict[str, object], ending: str) -> None:
    assert plain(text.describe_score(69, words=WORDS, **options)).endswith(ending)  # type: ignore[arg-type]


def test_withheld_figures_name_a_threshold_only_when_n_is_public_and_below_it() -> None:
    assert text.describe_withheld(5, WORDS) == "withheld: fewer than 5 people answered"
    assert text.describe_withheld(None, WORDS) == "withheld under the publication rules"


@pytest.mark.parametrize(
    ("numbers", "fact"),
    [
        ((12, 11, 61, 69, 8), "12 answered in 2026 and 11 in 2027; their average rose from 61 to 69."),
        ((12, 12, 69, 61, -8), "12 answered in 2026 and in 2027; their average fell from 69 to 61."),
        ((12, 11, 61, 61, 0), "12 answered in 2026 and 11 in 2027; their average stayed at 61."),
        ((12, 11, 61, 62, 0), "12 answered in 2026 and 11 in 2027; their average hardly moved, 61 then 62 after rounding."),
        ((12, 11, 62, 62, 1), "12 answered in 2026 and 11 in 2027; their average rose by 1 point before rounding (62 in both years)."),
        ((12, 11, 61, 69, 7), "12 answered in 2026 and 11 in 2027; their average rose from 61 to 69, by 7 points before rounding."),
        ((None, 11, None, 69, None), ""),
    ],
)  # fmt: skip
def test_the_observed_change(numbers: tuple[int | None, ...], fact: str) -> None:
    n_from, n_to, mean_from, mean_to, difference = numbers
    said = text.describe_change_fact(2026, 2027, n_from, n_to, mean_from, mean_to, difference, words=WORDS)
    assert plain(said) == fact


def test_the_fact_comes_before_the_verdict() -> None:
    fact = text.describe_change_fact(2026, 2027, 12, 11, 61, 69, 8, words=WORDS)
    assert plain(text.describe_change("cannot_tell", fact, mdc80=19)) == (
        "12 answered in 2026 and 11 in 2027; their average rose from 61 to 69. Whether that is more than ordinary drift: "
        "we cannot tell. A change of about 19 points or more would probably have been noticed."
    )


@pytest.mark.parametrize(
    ("verdict", "options", "said"),
    [
        ("improved", {}, "That is more than ordinary drift: it improved."),
        ("declined", {}, "That is more than ordinary drift: it declined."),
        ("no_meaningful_change", {"delta": 10.0}, "No meaningful change: a real change of 10 points or more can be ruled out."),
        ("not_tested", {"reason": "fewer than 5 people in 2026"}, "Not tested: fewer than 5 people in 2026."),
        ("break_in_series", {"reason": "no item is comparable"}, "Break in series, no comparison: no item is comparable."),
    ],
)  # fmt: skip
def test_verdicts(verdict: str, options: dict[str, object], said: str) -> None:
    assert plain(text.describe_verdict(verdict, **options)) == said  # type: ignore[arg-type]


def test_what_was_left_out_is_named_by_its_question() -> None:
    said = text.describe_left_out("q3: substantive; q9: new", 2, {"q3": "Structures help."})
    assert said == (
        "Compared on 2 questions asked alike in both years; left out: “Structures help.” (the wording changed) and q9 (new)."
    )
    assert text.describe_left_out("q3: scale change", 0) == "Not comparable: q3 (the answer scale changed)."
    assert text.describe_left_out("", 3) == ""


def test_a_table_cell_says_the_difference_then_the_verdict_in_words() -> None:
    assert plain(text.describe_verdict_short("declined", -12)) == "−12 points, declined"
    assert plain(text.describe_verdict_short("cannot_tell", 1)) == "+1 point, cannot tell"
    assert text.describe_verdict_short("break_in_series") == "break in series"


def test_summary_groups_principles_by_verdict() -> None:
    said = text.describe_verdicts({"improved": ["A"], "cannot_tell": ["B", "C"], "declined": []}, 2026, WORDS)
    assert said == "Since 2026: A improved; for B and C we cannot tell whether anything changed."
    assert text.describe_verdicts({"withheld": ["A", "B"]}, 2026, WORDS).endswith(
        "A and B are withheld under the publication rules."
    )
    assert "for all 2 principles we cannot tell" in text.describe_verdicts({"cannot_tell": ["B", "C"]}, 2026, WORDS)


def test_non_answers_are_told_apart() -> None:
    assert text.describe_non_answers({"missing": 3, "no_opinion": 2}) == "2 had no opinion and 3 left it blank."
    assert text.describe_non_answers({"missing": 0}) == ""


def test_the_rules_carry_their_fingerprint_and_every_threshold() -> None:
    said = text.describe_profile("default", STANDARD_PROFILES["default"], "ab12", WORDS)
    assert all(part in said for part in ("ab12", "5 people", " 8,", " 10"))


def test_methods_are_listed_once_in_a_fixed_order_and_none_is_left_out() -> None:
    said = text.describe_methods(["welch_t", "mean_t_fpc", "none", "welch_t"])
    assert len(said) == 2
    assert said[0].startswith("The interval around a score")


def test_no_sentence_speaks_for_people_who_did_not_answer() -> None:
    said = [
        text.describe_score(69, n=9, words=WORDS, ci=(60, 77), possible=(52, 77), eligible=30),
        text.describe_score(69, n=40, words=WORDS, ci=(60, 77), view="process"),
        text.describe_span(50, 60, [9, 9, 8, 9, 9], WORDS),
        text.describe_overall("Purpose", "70", "9"),
    ]
    for sentence in said:
        assert "hose who answered" in sentence
        assert "members" not in sentence
        assert "think" not in sentence
