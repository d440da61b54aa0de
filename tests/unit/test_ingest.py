"""Exports to coded answers: what is read, what is refused, and that no message quotes an answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.ingest.dates import parse_dates
from pipeline.ingest.harmonise import code_labels
from pipeline.ingest.pseudonyms import make_pseudonyms
from pipeline.ingest.readers import find_reader, find_readers
from pipeline.store.errors import UserError
from pipeline.store.labels import normalise_label
from schemas.definitions import ScalePoint, Wave


def make_wave(**settings: object) -> Wave:
    return Wave.model_validate(
        {"year": 2025, "title": "Survey", "tool": "plain", "report_date": date(2025, 12, 1)} | settings
    )


def read_plain(path: Path, **settings: object):
    return find_reader("plain").read_export(path, make_wave(**settings))[0]


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
            read_plain(write_export(tmp_path, "a\nok\nété\n".encode("cp1252")))
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
        return parse_dates(pd.Series(texts, dtype="str"), around)

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
