"""The publisher's own printed counts, reproduced from answers.parquet."""

from __future__ import annotations

import pandas as pd

from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from tests.haskell_pages import PAGES, parse_published_counts


def test_every_published_count_is_reproduced_from_the_stored_answers(finished_run):
    paths = ProgrammePaths(finished_run, "haskell")
    definitions = read_definitions(paths)
    answers = pd.read_parquet(paths.table("answers"))
    compared = 0
    for year, page in PAGES.items():
        published = parse_published_counts(page).set_index(["item", "label"])["n"]
        wave = definitions.waves[year]
        labels = {(i.item, p.value): p.label["en"].strip() for i in wave.items for p in wave.answer_points(i)}
        stored = answers[(answers["year"] == year) & (answers["kind"] == "answer")]
        counts = stored.groupby(["item", "value"], observed=True).size()
        for (item, value), label in labels.items():
            assert counts.get((item, value), 0) == published[item, label], (year, item, label)
            compared += 1
    assert compared == 360


def test_every_row_of_the_exports_is_a_response_as_the_publisher_counts_them(finished_run):
    answers = pd.read_parquet(ProgrammePaths(finished_run, "haskell").table("answers"))
    people = answers.groupby("year", observed=True)["respondent"].nunique()
    assert people.to_dict() == {2020: 1348, 2021: 1152, 2022: 1038}


def test_the_largest_groups_have_the_sizes_the_publisher_gives(finished_run):
    answers = pd.read_parquet(ProgrammePaths(finished_run, "haskell").table("answers"))
    people = answers.groupby(["group", "year"], observed=True)["respondent"].nunique()
    assert people["US"].to_dict() == {2020: 322, 2021: 273, 2022: 266}
    assert people["DE"].to_dict() == {2020: 120, 2021: 101, 2022: 100}
