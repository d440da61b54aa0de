"""Faults of responses: tests, duplicates, hurry, straight lines, dates, next to nothing said."""

from __future__ import annotations

from tests.zoo.faults_structure import lines
from tests.zoo.kit import Fault

HEADER = "ID,Group,Q1,Q2,Q3,Q4,Began,Sent,Took,Kind,Name"
GIVEN = "Agree,Neither,Agree,Disagree"
BASE = [
    f"{n},North,{('Agree', 'Disagree', 'Neither')[n % 3]},Neither,Agree,Disagree,2026-05-{n:02} 10:00:00,2026-05-{n:02} 10:05:00,300,live,Zorro"
    for n in range(1, 13)
]
TIMES = 'started_column = "Began"\nfinished_column = "Sent"\n'
FIELDWORK = "fieldwork_from = 2026-05-01\nfieldwork_to = 2026-05-31\n"
INSIDE = "[responses]\nwithin_fieldwork = true"
FAST = '[responses]\ntoo_fast_seconds = 60\nduration_column = "Took"'


def rows(
    change: dict[int, tuple[str, str]] | None = None, *, every: tuple[str, str] | None = None
) -> dict[str, str | bytes]:
    """The export with one text replaced in some rows (as a spreadsheet counts) or in every row."""
    made = [HEADER, *BASE]
    for row, (old, new) in (change or {}).items():
        assert old in made[row - 1]
        made[row - 1] = made[row - 1].replace(old, new, 1)
    if every:
        made[1:] = [line.replace(*every) for line in made[1:]]
    return {"export.csv": lines(*made)}


def sent(make: object) -> dict[str, str | bytes]:
    """The export with other texts for the time of sending, made from the day of May."""
    made = [f"{n},North,{GIVEN},,{make(n)},300,live,Zorro" for n in range(1, 13)]  # type: ignore[operator]
    return {"export.csv": lines(HEADER, *made)}


def dated(code: str, told: str, exports: dict[str, str | bytes], row: int = 2, **more: str) -> Fault:
    settings = 'finished_column = "Sent"\n' + more.get("settings", FIELDWORK)
    return Fault(code, "error", told, exports, settings=settings, rules=INSIDE, row=row, column="Sent")


RESPONSES: dict[str, Fault] = {
    # dates
    "dates that can be read in two ways": dated(
        "date_ambiguous", "Day first or month first", sent(lambda n: f"0{1 + n % 3}/0{4 + n % 3}/2026"),
        settings="fieldwork_from = 2026-01-01\nfieldwork_to = 2026-12-31",
    ),
    "a date that is none": dated("date_unreadable", "first cell that does not fit", rows({5: ("2026-05-04 10:05:00", "Xanadu")}), row=5),
    "a day that does not exist": dated("date_unreadable", "No one date convention", rows({7: ("2026-05-06 10:05:00", "2026-02-31 10:05:00")}), row=7),
    "two conventions in one column": dated("date_unreadable", "No one date convention", rows({9: ("2026-05-08 10:05:00", "8.5.2026 10:05")}), row=9),
    "day numbers among dates": dated("date_unreadable", "No one date convention", rows({3: ("2026-05-02 10:05:00", "46144.42")}), row=3),
    "a thirteenth month": dated("date_unreadable", "No one date convention", rows({4: ("2026-05-03 10:05:00", "2026-13-03 10:05:00")}), row=4),
    "a duration that is none": Fault(
        "date_unreadable", "error", "neither seconds nor hh:mm:ss", rows({6: (",300,", ",Xanadu,")}), rules=FAST, row=6, column="Took",
    ),
    # exclusions
    "a test": Fault(
        "excluded_test", "warning", "1 test response", rows({4: ("live", "Preview")}), rules='[responses]\ntest_column = "Kind"\ntest_values = ["preview"]', row=4,
    ),
    "nothing but tests": Fault(
        "export_empty", "error", "None of 12 responses counts; the reason most have: Test responses", rows(),
        rules='[responses]\ntest_column = "Kind"\ntest_values = ["live"]',
    ),
    "an id twice": Fault("excluded_duplicate", "warning", "1 duplicate response", rows({9: ("8,North", "3,North")}), settings='respondent_column = "ID"', row=9),
    "the same answers a minute later": Fault(
        "excluded_duplicate", "warning", "1 duplicate response", rows({6: ("2026-05-05 10:05:00", "2026-05-02 10:06:00")}), settings=TIMES,
        rules="[responses]\nduplicate_minutes = 2\nduplicate_min_items = 4", row=6,
    ),
    "before fieldwork": Fault(
        "excluded_out_of_dates", "warning", "1 response outside the fieldwork dates", rows({3: ("2026-05-02 10:05:00", "2026-04-30 23:59:59")}),
        settings=TIMES + FIELDWORK, rules=INSIDE, row=3,
    ),
    "after fieldwork, as day numbers": Fault(
        "excluded_out_of_dates", "warning", "2 responses outside the fieldwork dates, the first here", sent(lambda n: f"{46152 + n}.5"),
        settings='finished_column = "Sent"\nfieldwork_from = 2026-05-01\nfieldwork_to = 2026-05-20', rules=INSIDE, row=12,
    ),
    "sent too fast": Fault("excluded_too_fast", "warning", "1 response sent faster", rows({8: (",300,", ",12,")}), rules=FAST, row=8),
    "sent too fast, by the clock": Fault(
        "excluded_too_fast", "warning", "1 response sent faster", rows({8: ("2026-05-07 10:05:00", "2026-05-07 10:00:12")}), settings=TIMES,
        rules="[responses]\ntoo_fast_seconds = 60", row=8,
    ),
    "the same answer throughout": Fault(
        "excluded_straight_line", "warning", "1 response with the same answer throughout",
        rows({7: ("Agree,Neither,Agree,Disagree", "Neither,Neither,Neither,Neither")}), rules="[responses]\nstraight_line_items = 4", row=7,
    ),
    "half filled in": Fault("partial", "info", "1 partial response", rows({4: ("Agree,Disagree,2026", ",,2026")}), file=""),
    "next to nothing filled in": Fault("excluded_partial", "warning", "1 response too partial", rows({4: ("Agree,Neither,Agree,Disagree", "Agree,,,")}), row=4),
    "not a single answer": Fault("excluded_empty", "info", "1 response without a single answer", rows({4: ("Agree,Neither,Agree,Disagree", ",,,")}), row=4),
}  # fmt: skip
