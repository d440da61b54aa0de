"""Columns that say who answered are found by header or by looks, and nothing else is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.ingest.personal import find_personal, recognise_personal


def texts(*cells: str) -> dict[str, int]:
    return {cell: cells.count(cell) for cell in cells}


@pytest.mark.parametrize(
    "header",
    [
        "Name",
        "First Name",
        "Your full name",
        "Contact Information [Email Address]",
        "E-mail",
        "Correo electrónico",
        "Adresse e-mail",
        "Vorname",
        "q12. Phone number",
        "IP Address",
        "LocationLatitude",
        "Twitter handle (optional)",
        "date of birth",
        "您的姓名",
        "البريد الإلكتروني",
        "Name of respondent",
        "Line manager",
        "Who is your supervisor?",
        "Wer ist Ihre Führungskraft?",
        "Nombre del encuestado",
        "Qui est votre responsable ?",
        "Ваш руководитель",
        "直属上司",
        "Adınız soyadınız",
        "Mastodon handle",
    ],
)
def test_a_header_that_asks_for_personal_data_is_enough(header):
    assert recognise_personal(header, texts("a thing", "another", "a third"))
    assert recognise_personal(header, {})


@pytest.mark.parametrize(
    "cells",
    [
        ("ada@example.org", "no thanks", "bob@example.net"),
        ("192.0.2.7", "198.51.100.23"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:2"),
        ("+44 20 7946 0018", "(030) 901820-00"),
        ("52.520008, 13.404954", "48.8566 2.3522 35 4.1"),
        ("@ada_l", "@bob"),
        ("https://github.com/ada", "github.com/bob"),
    ],
)
def test_cells_that_look_like_personal_data_are_enough(cells):
    assert recognise_personal("Q7", texts(*cells))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("How should we reach you?", ("E-mail", "Phone", "E-mail", "Phone")),
        ("How should we reach you? [E-mail]", ("E-mail", "E-mail")),
        ("May we send you an e-mail?", ("Yes", "No", "Yes", "Yes", "No")),
        ("Name of your chapter", ("North", "South", "East")),
        ("What is the official name of your course?", ("Data analysis", "Statistics")),
        ("Which version do you use?", ("0.15.4", "3.6, 3.7", "1.2.3")),
        ("What helps you most?", ("Write to help@example.org when stuck", "The handbook", "My colleagues")),
        ("Contact between members is easy", ("Agree", "Disagree", "Agree", "Agree")),
        ("Respondent ID", ("11115074603", "11114020155")),
        ("Date", ("2027-05-31", "2027-06-01")),
    ],
)
def test_questions_about_other_things_are_left_alone(header, cells):
    assert recognise_personal(header, texts(*cells)) == ""


def test_people_whom_many_name_are_people_still_and_ratings_of_a_manager_are_not():
    managers = texts(*["Ada Lovelace", "Bob Stone", "Chen Wei", "Dora Ohm"] * 9)
    assert recognise_personal("Line manager", managers)
    assert recognise_personal("Name", managers) == ""
    rated = ["Very Satisfied", "Somewhat Satisfied", "Somewhat Dissatisfied", "Very Dissatisfied", "Neutral"]
    assert recognise_personal("How satisfied are you with: [Your supervisor]", texts(*rated * 9)) == ""
    assert recognise_personal("Supervisor", texts(*["Yes", "No"] * 9)) == ""


def test_the_tools_own_mark_counts_and_its_ids_do_not():
    column = pa.array(["x", "y"]).dictionary_encode()
    found = find_personal(("A", "B", "C", "Email"), (column,) * 4, {0: "personal", 1: "token", 2: "respondent"})
    assert set(found) == {0, 1, 3}


def test_reasons_never_quote_a_cell():
    assert "example" not in recognise_personal("Q7", texts("ada@example.org", "bob@example.org"))
