"""The publisher's pages are parsed completely, and the shipped definitions agree with them."""

import pandas as pd
import pytest

from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from tests.haskell_pages import LABELS, PAGES, parse_published_counts, parse_published_texts
from tests.programme_files import REPOSITORY

HASKELL = ProgrammePaths(REPOSITORY, "haskell")


def test_three_pages_hold_360_counts() -> None:
    counts = pd.concat([parse_published_counts(page).assign(year=year) for year, page in PAGES.items()])
    assert len(counts) == 360
    assert not counts.duplicated(["year", "item", "label"]).any()
    assert set(counts["label"]) == set(LABELS)
    assert set(counts["item"]) == {f"s6q{number}" for number in range(24)}


@pytest.mark.parametrize("year", PAGES)
def test_printed_counts_are_those_of_the_shipped_export(year: int) -> None:
    export = pd.read_csv(
        HASKELL.exports(year) / f"state-of-haskell-{year}.csv", dtype="str", keep_default_na=False, encoding="utf-8"
    )
    printed = parse_published_counts(PAGES[year]).set_index(["item", "label"])["n"]
    found = {(item, label): int((export[item].str.strip() == label).sum()) for item, label in printed.index}
    assert found == printed.to_dict()


def test_item_texts_are_the_publishers() -> None:
    definitions = read_definitions(HASKELL)
    assert definitions.years == sorted(PAGES)
    for year, page in PAGES.items():
        items = definitions.waves[year].items
        assert {item.item: item.text["en"] for item in items} == parse_published_texts(page)


def test_every_country_of_the_exports_is_declared_and_folded_or_large_enough() -> None:
    definitions = read_definitions(HASKELL)
    code = {name: group.group for group in definitions.groups for name in (group.name, *group.aliases)}
    sizes = []
    for year in definitions.years:
        export = pd.read_csv(
            HASKELL.exports(year) / f"state-of-haskell-{year}.csv", dtype="str", keep_default_na=False, encoding="utf-8"
        )
        countries = export["s7q0"][~export["s7q0"].isin(["", "n/a"])]
        assert set(countries) <= set(code)
        sizes.append(countries.map(code).value_counts())
    smallest = pd.concat(sizes, axis=1).fillna(0).min(axis=1)
    large = {group.group for group in definitions.groups if group.kind == "answers"}
    assert large == set(smallest[smallest >= 10].index)
    folded = [group for group in definitions.groups if group.kind == "folded"]
    assert {definitions.group_by_code[str(group.parent)].kind for group in folded} == {"rollup"}
