"""Dates in the forms that tools, locales and spreadsheets write; what is unclear is refused, never guessed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.ingest.dates import settle_dates

NOWHEN = (None, None)


def settle(*texts: str, around=NOWHEN):
    return settle_dates(pd.Series(texts, dtype="str"), around)


READ = {
    "2020-12-12": "2020-12-12",
    "2020-12-12T17:05": "2020-12-12 17:05",
    "2020-12-12T17:05:03Z": "2020-12-12 17:05:03",
    "2020-12-12T17:05:03.250+0530": "2020-12-12 11:35:03.250",
    "2020-12-12 17:05:03.235413+00:00": "2020-12-12 17:05:03.235413",
    "2020-12-12 17:05:03 UTC": "2020-12-12 17:05:03",
    "2020-12-12T17:05:03,5": "2020-12-12 17:05:03.5",
    "2018/12/13 11:06:09 a. m. GMT-3": "2018-12-13 14:06:09",
    "2018/12/13 12:06:09 a. m. GMT+5:30": "2018-12-12 18:36:09",
    "2018/12/13 1:06:09 p.m.": "2018-12-13 13:06:09",
    "2020/06/05 11:34:01 PM EST": "2020-06-06 04:34:01",
    "5 Jun 2020 11:34 CEST": "2020-06-05 09:34",
    "2018/12/13 上午11:06:09": "2018-12-13 11:06:09",
    "2018. 12. 13. 오후 1:06:09": "2018-12-13 13:06:09",
    "2018年12月13日 11:06": "2018-12-13 11:06",
    "12/13/2018 11:06:09": "2018-12-13 11:06:09",
    "12/13/2018 12:06 AM": "2018-12-13 00:06",
    "12/13/2018 12:06\u202fPM": "2018-12-13 12:06",
    "13/12/2018 à 11h06": "2018-12-13 11:06",
    "\u200e13/12/2018": "2018-12-13",
    "13.12.2018 9:05": "2018-12-13 09:05",
    "13-12-18": "2018-12-13",
    "04.05.18": "2018-05-04",
    "1/1/70 00:00": "1970-01-01",
    "43447.4625": "2018-12-13 11:06",
    "43447,5": "2018-12-13 12:00",
    "12 décembre 2020 à 11:05": "2020-12-12 11:05",
    "1 févr. 2021": "2021-02-01",
    "3 de mayo de 2021 10:00": "2021-05-03 10:00",
    "13. Dezember 2020 um 10:00 Uhr": "2020-12-13 10:00",
    "2 de março de 2021": "2021-03-02",
    "2 gennaio 2021": "2021-01-02",
    "25 мая 2020 г., 10:00": "2020-05-25 10:00",
    "Dec 12, 2020, 5:05 PM": "2020-12-12 17:05",
    "Saturday, December 12, 2020 5:05 PM": "2020-12-12 17:05",
    "Sat Dec 12 2020 17:05:03 GMT+0100 (CET)": "2020-12-12 16:05:03",
    "12-Dec-20": "2020-12-12",
    "12DEC2020": "2020-12-12",
    "2020-Dec-12": "2020-12-12",
    "  2020-12-12 \u00a0": "2020-12-12",
}


@pytest.mark.parametrize("text", READ)
def test_a_clear_date_is_read(text: str) -> None:
    found = settle(text)
    assert found.fault == ""
    assert found.times[0] == pd.Timestamp(READ[text])


@pytest.mark.parametrize(
    "text",
    ["soon", "2020", "10:00", "12/2020", "20210304", "31/02/2020", "2019-02-29", "0000-00-00 00:00:00", "1/2/3",
     "2020-13-13", "12/13/2018 25:00", "12/13/2018 13:00 AM",
     "2020-06-05 10:00 CET+2", "2020-06-05 10:00 XYZ", "99999999999999999999/1/2020", "12345", "March", "-", "NA"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert settle(text).fault == "unreadable"


def test_blanks_are_no_times_and_no_fault() -> None:
    assert settle("", "  ").times.isna().all()
    found = settle("", "2020-12-12", " ")
    assert found.times.isna().tolist() == [True, False, True]


def test_one_cell_settles_the_convention_of_its_column() -> None:
    assert settle("03/04/2025 10:00", "03/14/2025 10:00").times[0] == pd.Timestamp("2025-03-04 10:00")
    assert settle("03/04/2025", "14/04/2025").times[0] == pd.Timestamp("2025-04-03")


def test_an_ambiguous_column_is_a_fault_unless_both_readings_agree() -> None:
    assert settle("03/04/2025", "05/06/2025").fault == "ambiguous"
    assert settle("03/03/2025", "05/05/2025").fault == ""


MARCH = (date(2025, 3, 1), date(2025, 3, 31))


def test_fieldwork_settles_an_ambiguous_column_where_it_speaks_clearly() -> None:
    assert settle("03/04/2025", "03/05/2025", around=MARCH).times.tolist() == [
        pd.Timestamp("2025-03-04"),
        pd.Timestamp("2025-03-05"),
    ]
    assert settle("03/04/2025", "03/05/2025", around=(date(2025, 4, 1), None)).times[0] == pd.Timestamp("2025-04-03")


def test_fieldwork_settles_a_column_that_it_holds_whole_by_one_convention_only() -> None:
    days = [f"03/{day:02}/2025" for day in range(1, 11)]
    found = settle(*days, around=(date(2025, 3, 1), date(2025, 8, 30)))
    assert found.times[9] == pd.Timestamp("2025-03-10")
    assert settle(*days, around=(date(2025, 1, 1), date(2025, 12, 31))).fault == "ambiguous"


@pytest.mark.parametrize("around", [(date(2025, 1, 1), date(2025, 12, 31)), (date(2030, 1, 1), date(2030, 1, 2))])
def test_fieldwork_that_fits_both_or_neither_settles_nothing(around) -> None:
    assert settle("03/04/2025", "05/06/2025", around=around).fault == "ambiguous"


@pytest.mark.parametrize(
    "texts",
    [("12/13/2018", "2018-12-13"), ("12/13/2018", "43447"), ("13/12/2018", "13.12.2018"), ("12/13/2018", "12/13/18"),
     ("12/13/2018 1:00 PM", "12/13/2018 13:00"), ("12/13/2018", "13/12/2018")],
)  # fmt: skip
def test_two_conventions_in_one_column_are_refused(texts: tuple[str, str]) -> None:
    found = settle("", *texts)
    assert found.fault == "unreadable"
    assert found.times.isna().all()


def test_a_fault_names_the_first_cell_that_shows_it() -> None:
    assert settle("2020-12-12", "", "2020-12-13", "later", "never").position == 3
    assert settle("12/13/2018", "12/14/2018", "12/32/2018").position == 2


def test_clock_seconds_and_fractions_may_come_and_go() -> None:
    found = settle("2020-12-12 10:00", "2020-12-12 10:00:05", "2020-12-12 10:00:05.5", "2020-12-12")
    assert found.fault == ""
    assert (found.times - pd.Timestamp("2020-12-12")).dt.total_seconds().tolist() == [36000, 36005, 36005.5, 0]


def test_small_numbers_are_no_spreadsheet_dates() -> None:
    assert settle("10001", "43447").fault == "unreadable"


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%d %B %Y %H:%M:%S"]
)
def test_every_second_day_of_ten_years_comes_back_as_written(form: str) -> None:
    written = pd.date_range("2019-01-01 00:00:07", periods=1800, freq="2D") + pd.to_timedelta(
        np.arange(1800) * 47, unit="s"
    )
    found = settle_dates(pd.Series(written.strftime(form), dtype="str"), NOWHEN)
    read = None if found.fault else found.times
    assert read is not None
    assert (read.to_numpy() == written.to_numpy()).all()
