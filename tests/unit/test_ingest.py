"""Exports to coded answers: what is read, what is refused, and that no message quotes an answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.ingest.columns import match_roles, select_columns
from pipeline.ingest.dates import settle_dates
from pipeline.ingest.harmonise import code_labels
from pipeline.ingest.pseudonyms import make_pseudonyms
from pipeline.ingest.readers import RawTable, find_reader, find_readers, read_export
from pipeline.store.errors import UserError
from pipeline.store.labels import normalise_label
from schemas.definitions import ScalePoint, Wave
from schemas.problems import Problem
from tests.helpers import make_definitions


def make_wave(**settings: object) -> Wave:
    return Wave.model_validate(
        {"year": 2025, "title": "Survey", "tool": "plain", "report_date": date(2025, 12, 1)} | settings
    )


def read_plain(path: Path, **settings: object):
    return read_export(path, make_wave(**settings))[0]


def write_export(folder: Path, data: bytes | str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


class TestPlainReader:
    def test_text_survives_that_defaults_would_turn_into_missing_or_numbers(self, tmp_path):
        table = read_plain(write_export(tmp_path, "a,b,c,d\nNone,NA,001,1.20\n"))
        assert [column.to_pylist() for column in table.columns] == [["None"], ["NA"], ["001"], ["1.20"]]

    def test_cells_keep_line_breaks_quotes_and_delimiters(self, tmp_path):
        table = read_plain(write_export(tmp_path, 'a,b\r\n"one\r\ntwo","say ""x, y"""\r\n'))
        assert table.columns[0].to_pylist() == ["one\r\ntwo"]
        assert table.columns[1].to_pylist() == ['say "x, y"']

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found_in_the_header(self, tmp_path, delimiter):
        table = read_plain(write_export(tmp_path, f'"a, b"{delimiter}c\n1{delimiter}2\n'))
        assert table.headers == ("a, b", "c")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_unicode_encodings_are_recognised(self, tmp_path, encoding):
        table = read_plain(write_export(tmp_path, "réponse,b\nоценка,评价\n".encode(encoding)))
        assert table.headers[0] == "réponse"
        assert table.columns[1].to_pylist() == ["评价"]

    def test_a_declared_encoding_is_used(self, tmp_path):
        path = write_export(tmp_path, "réponse\nété\n".encode("cp1252"))
        assert read_plain(path, encoding="cp1252").columns[0].to_pylist() == ["été"]

    def test_a_wrong_encoding_names_file_and_line(self, tmp_path):
        with pytest.raises(UserError) as caught:
            read_plain(write_export(tmp_path, "a\nok\nété\n".encode("cp1252")), encoding="utf-8")
        assert caught.value.exit_code == 22
        assert "export.csv" in str(caught.value)
        assert "line 3" in str(caught.value)

    def test_an_empty_file_is_refused(self, tmp_path):
        with pytest.raises(UserError) as caught:
            read_plain(write_export(tmp_path, "\n \n"))
        assert caught.value.problems[0].code == "export_empty"

    def test_a_ragged_row_is_refused_with_its_row(self, tmp_path):
        with pytest.raises(UserError) as caught:
            read_plain(write_export(tmp_path, "a,b\n1,2\n1,2,secret\n"))
        assert caught.value.problems[0].row == 3
        assert "secret" not in str(caught.value)

    def test_two_header_rows_are_joined(self, tmp_path):
        table = read_plain(write_export(tmp_path, "a,\nx,y\n1,2\n"), header_rows=2)
        assert table.headers == ("a x", "y")
        assert table.first_row == 3

    def test_every_reader_declares_the_tool_it_is_found_by(self):
        readers = find_readers()
        assert {"plain", "surveymonkey", "google_forms", "microsoft_forms"} <= readers.keys()

    def test_an_unknown_tool_lists_the_known_ones(self):
        with pytest.raises(UserError) as caught:
            find_reader("abacus")
        assert caught.value.exit_code == 25
        assert "plain" in str(caught.value)


POINTS = (
    ScalePoint(scale="s", value=1, label={"en": "Disagree", "fr": "Pas d'accord"}, favourable="no"),
    ScalePoint(scale="s", value=2, code="2", label={"en": "Agree"}, aliases=("agreed",), favourable="yes"),
    ScalePoint(scale="s", label={"en": "No opinion"}, kind="no_opinion"),
    ScalePoint(scale="s", label={"en": "n/a"}, kind="not_applicable"),
)


def code(*texts: str):
    return code_labels(pd.Series(pd.Categorical(list(texts))), POINTS)


class TestLabels:
    def test_labels_codes_aliases_and_languages_map_to_values(self):
        values, kinds, unknown = code("Disagree", "2", "AGREED", "pas d’accord", "2.0")
        assert values.tolist() == [1, 2, 2, 1, 2]
        assert set(kinds) == {"answer"}
        assert not unknown.any()

    def test_kinds_of_non_answers_stay_apart_and_carry_no_value(self):
        values, kinds, _ = code("No opinion", "n/a", "", "  ")
        assert values.isna().all()
        assert kinds.tolist() == ["no_opinion", "not_applicable", "missing", "missing"]

    def test_an_unknown_label_is_flagged_and_not_guessed(self):
        values, _, unknown = code("Agree", "Agreee")
        assert unknown.tolist() == [False, True]
        assert pd.isna(values[1])

    def test_case_blanks_and_curly_quotes_do_not_distinguish_answers(self):
        assert normalise_label(" Strongly\u00a0 AGREE ") == "strongly agree"
        assert normalise_label("don’t know") == normalise_label("Don't know")
        assert normalise_label("1.20") == "1.20"


class TestDates:
    def parse(self, *texts: str, around=(None, None)):
        found = settle_dates(pd.Series(texts, dtype="str"), around)
        return None if found.fault else found.times

    def test_iso_dates_with_and_without_zone(self):
        assert self.parse("2025-03-01T10:00:00Z", "")[0] == pd.Timestamp("2025-03-01 10:00")

    def test_one_cell_settles_the_convention_of_its_column(self):
        parsed = self.parse("03/04/2025 10:00:00 AM", "03/14/2025 10:00:00 AM")
        assert parsed[0] == pd.Timestamp("2025-03-04 10:00")

    def test_an_ambiguous_column_is_not_guessed(self):
        assert self.parse("03/04/2025", "05/06/2025") is None

    def test_fieldwork_settles_an_ambiguous_column(self):
        parsed = self.parse("03/04/2025", "05/04/2025", around=(date(2025, 4, 1), date(2025, 4, 30)))
        assert parsed.tolist() == [pd.Timestamp("2025-04-03"), pd.Timestamp("2025-04-05")]

    def test_unreadable_text_is_none(self):
        assert self.parse("soon") is None


class TestPseudonyms:
    def test_equal_ids_get_equal_pseudonyms_that_depend_on_the_key(self):
        first, again, other = make_pseudonyms(["a", "a", "b"], b"key")
        assert first == again != other
        assert make_pseudonyms(["a"], b"another")[0] != first
        assert len(first) == 16


NUMBERED = (
    *(ScalePoint(scale="n", value=n, label={"en": str(n)}, favourable="no") for n in range(2, 10)),
    ScalePoint(scale="n", value=1, label={"en": "1 - strongly disagree"}, favourable="no"),
    ScalePoint(scale="n", value=10, label={"en": "10 - strongly agree"}, favourable="yes"),
    ScalePoint(scale="n", code="-9", label={"en": "Refused"}, kind="refused"),
)
REVERSED = tuple(
    ScalePoint(scale="r", value=value, code=code, label={"en": label}, favourable="yes")
    for value, code, label in ((1, "A3", "low"), (2, "A1", "middle"), (3, "A2", "high"))
)
RANGES = (
    ScalePoint(scale="y", value=1, label={"en": "1 - 2 years"}, favourable="no"),
    ScalePoint(scale="y", value=2, label={"en": "3 to 5 years"}, favourable="yes"),
    ScalePoint(scale="y", value=3, label={"en": "1 time"}, favourable="yes"),
)


class TestSpellings:
    def values(self, points, *texts: str) -> list[object]:
        values, kinds, unknown = code_labels(pd.Series(pd.Categorical(list(texts))), points)
        return [
            "?" if strange else value if kind == "answer" else kind
            for value, kind, strange in zip(values, kinds, unknown, strict=True)
        ]

    def test_numbers_and_words_of_one_label_are_spellings_of_its_point(self):
        texts = ("10 - strongly agree", "10", "Strongly agree", "10.0", "Strongly Agree (10)", "10 = Strongly agree")
        assert self.values(NUMBERED, *texts) == [10] * 6
        assert self.values(NUMBERED, "1", "1 – strongly disagree", "2", "９", "-9", "−9") == [
            1,
            1,
            2,
            9,
            "refused",
            "refused",
        ]

    def test_a_number_and_words_of_two_points_are_no_answer(self):
        assert self.values(NUMBERED, "1 - strongly agree", "2 strongly agree", "10 - agree", "11", "2 3") == ["?"] * 5

    def test_codes_need_not_be_in_the_order_of_the_scale(self):
        assert self.values(REVERSED, "A1", "a2", "A3", "A1. middle", "A2 high", "A3 high") == [2, 3, 1, 2, 3, "?"]
        assert self.values(REVERSED, "1", "2", "3") == ["?"] * 3

    def test_a_number_inside_a_label_states_nothing(self):
        assert self.values(RANGES, "1", "2 years", "3", "1 - 2 years", "1 TIME") == ["?", "?", "?", 1, 3]

    def test_a_declared_spelling_comes_before_a_stated_one(self):
        points = (
            ScalePoint(scale="c", value=1, code="5", label={"en": "1 - bad"}, favourable="no"),
            ScalePoint(scale="c", value=2, code="1", label={"en": "5 - good"}, favourable="yes"),
        )
        assert self.values(points, "5", "1", "bad", "good", "1 - bad", "5 - bad") == [1, 2, 1, 2, 1, 1]

    def test_dashes_dots_and_blanks_are_not_guessed(self):
        assert self.values(POINTS, "-", "…", ".", "NULL", "\u00a0\u200b") == ["?", "?", "?", "?", "missing"]


SAME = [
    ("Agree", "\ufeffAgree\u200b "),
    ("Tom & Co", "Tom &amp; Co"),
    ("Agree", "<p><b>Agree</b></p>"),
    ("8", "8.0"),
    ("8", "＋8"),
    ("3", "٣"),
    ("café", "cafe\u0301"),
    ("ﬁne", "FINE"),
    ("don't", "don’t"),
    ("1-5", "1–5"),
    ("موافق", "\u200fموافق\u200e"),
    ("Straße", "STRASSE"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_that_distinguish_no_answer(one: str, other: str):
    assert normalise_label(one) == normalise_label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000", "1"),
        ("8.5", "8"),
        ("<1 year", "1 year"),
        (">5", "5"),
        ("-1", "1"),
        ("é", "e"),
        ("x²", "x"),
        ("50%", "50"),
    ],
)
def test_spellings_that_do_distinguish_answers(one: str, other: str):
    assert normalise_label(one) != normalise_label(other)


def make_table(headers: tuple[str, ...], rows: int = 2, **more: object) -> RawTable:
    """A table whose cells name their column."""
    columns = tuple(pa.array([f"c{at}"] * rows).dictionary_encode() for at in range(len(headers)))
    return RawTable("export.csv", "", headers, columns, 2, **more)  # type: ignore[arg-type]


def match(table: RawTable, items: dict[str, str], **wave: object):
    """Column of each item, and problem codes; items are given with the column they are declared to have."""
    given = {code: {"principle": "P1", "column": column} for code, column in items.items()}
    definitions = make_definitions(items=given, wave=wave)
    chosen, problems = match_roles(table, definitions.waves[2027])
    return {role.removeprefix("item:"): at for role, at in chosen.items()}, problems


class TestColumns:
    def test_a_column_is_found_by_header_or_by_the_tools_code(self):
        table = make_table(("Time", "How are you?", "And now?"), codes=("", "Q1", "Q2[SQ1]"))
        assert match(table, {"a": "How are you?", "b": "Q2[SQ1]"}) == ({"a": 1, "b": 2}, [])

    @pytest.mark.parametrize(
        "header",
        ["how  are you?", "How are&nbsp;you?", "\ufeffHow <b>are</b> you?", "How are\u00a0you? ", "HOW ARE YOU?"],
    )
    def test_what_distinguishes_no_header_does_not_hide_a_column(self, header):
        assert match(make_table(("x", header)), {"a": "How are you?"}) == ({"a": 1}, [])

    def test_an_exact_header_comes_before_a_similar_one(self):
        assert match(make_table(("q1", "Q1")), {"a": "Q1", "b": "q1"}) == ({"a": 1, "b": 0}, [])

    def test_similar_headers_are_not_chosen_between(self):
        _, problems = match(make_table(("q1", "Q1")), {"a": "Ｑ１"})
        assert [problem.code for problem in problems] == ["column_twice"]

    def test_a_name_that_is_one_columns_header_and_anothers_code_is_refused(self):
        table = make_table(("Q2", "Other"), codes=("Q1", "Q2"))
        assert [problem.code for problem in match(table, {"a": "Q2"})[1]] == ["column_twice"]
        assert match(table, {"a": "Q1"}) == ({"a": 0}, [])

    def test_repeated_headers_and_codes_are_named_by_position(self):
        table = make_table(("Why?", "Why?", "Why?"), codes=("Q1", "Q2", "Q2"))
        assert match(table, {"a": "Why? [2]", "b": "Q2 [2]"}) == ({"a": 1, "b": 2}, [])
        assert [problem.code for problem in match(table, {"a": "Why?"})[1]] == ["column_twice"]

    def test_a_position_that_is_also_a_header_is_refused(self):
        table = make_table(("Why?", "Why?", "Why? [1]"))
        assert [problem.code for problem in match(table, {"a": "Why? [1]"})[1]] == ["column_twice"]

    def test_two_items_are_never_read_from_one_column(self):
        table = make_table(("How?",), codes=("Q1",))
        ((problem,),) = [match(table, {"a": "How?", "b": "Q1"})[1]]
        assert problem.code == "column_twice"
        assert "a, b" in problem.what

    def test_a_code_and_a_text_that_mean_different_columns_are_refused(self):
        definitions = make_definitions(items={"q1": {"principle": "P1", "text": {"en": "How are you?"}}})
        table = make_table(("How are you?", "And now?"), codes=("Q2", "q1"))
        _, problems = match_roles(table, definitions.waves[2027])
        assert [problem.code for problem in problems] == ["column_twice"]

    BLOCK = ("Id", "Q1", "Q2", "Q3", "", "Id", "Q1", "Q2", "Q3")

    def test_a_block_copied_beside_the_answers_is_one_problem(self):
        items = {"a": "Q1", "b": "Q2", "c": "Q3"}
        _, problems = match(make_table(self.BLOCK), items)
        (problem,) = problems
        assert problem.code == "block_beside"
        assert "Columns 6 to 9 have the same headers as columns 1 to 4" in problem.what

    def test_a_block_is_no_problem_once_columns_are_named_by_position(self):
        items = {"a": "Q1 [2]", "b": "q2 [2]", "c": "Q3 [2]"}
        assert match(make_table(self.BLOCK), items) == ({"a": 6, "b": 7, "c": 8}, [])
        assert [problem.code for problem in match(make_table(self.BLOCK), items | {"c": "Q3"})[1]] == ["block_beside"]

    def test_two_headers_that_come_again_are_no_block(self):
        _, problems = match(make_table(("Q1", "Q2", "x", "Q1", "Q2")), {"a": "Q1", "b": "Q2"})
        assert {problem.code for problem in problems} == {"column_twice"}

    def select(self, *tables: RawTable, **wave: object):
        definitions = make_definitions(items={"a": {"principle": "P1", "column": "Q1"}}, wave=wave)
        return select_columns(tables, definitions.waves[2027], b"key")

    def test_what_reading_noticed_is_passed_on(self):
        note = Problem(code="summary_row", what="1 row", file="export.csv")
        _, problems = self.select(make_table(("Q1",), notes=(note,)))
        assert problems == [note]

    def test_responses_are_rows_with_any_text_in_all_files_together(self):
        blank = pa.array(["", " ", "x"]).dictionary_encode()
        tables = [
            RawTable("a.csv", "", ("Q1", "Name"), (pa.array(["1", "", ""]).dictionary_encode(), blank), 2),
            make_table(("Q1",)),
        ]
        texts, problems = self.select(*tables, respondents=4)
        assert texts["row"].tolist() == [2, 4, 2, 3]
        assert "respondents_differ" not in {problem.code for problem in problems}
        _, problems = self.select(*tables, respondents=5)
        (found,) = [problem for problem in problems if problem.code == "respondents_differ"]
        assert found.what == "survey.toml declares 5 responses, the exports hold 4"

    def test_open_answers_and_times_of_several_files_stay_as_they_are(self):
        texts = [pa.array(cells).dictionary_encode() for cells in (["1", "2", ""], [" so\n", "NA", ""])]
        tables = [RawTable(file, "", ("Q1", "Why?"), tuple(texts), 2) for file in ("a.csv", "b.csv")]
        found, _ = self.select(*tables, comment_columns=["Why?"], finished_column="Why?")
        assert found["comment:0"].tolist() == found["finished"].tolist() == [" so\n", "NA"] * 2

    def test_a_column_that_one_of_two_files_lacks_is_an_error_of_that_file(self):
        with pytest.raises(UserError) as caught:
            self.select(make_table(("Q1",)), make_table(("Q2",)))
        assert [problem.code for problem in caught.value.problems] == ["column_absent"]

    def test_blank_ids_are_told_apart_by_their_place(self):
        ids = pa.array(["x", "", "", "x "]).dictionary_encode()
        table = RawTable("a.csv", "", ("Id", "Q1"), (ids, pa.array(list("1234")).dictionary_encode()), 2)
        texts, _ = self.select(table, respondent_column="Id")
        names = texts["respondent"].tolist()
        assert names[0] == names[3]
        assert len(set(names)) == 3
        assert names[0] == make_pseudonyms(["x"], b"key")[0]
