"""From exports with tokens to a release: who is followed on paper, and who in public."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from tests.helpers import pick
from tests.linked_programme import run_stages, write_linked_programme


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    paths = write_linked_programme(tmp_path_factory.mktemp("linked"))
    run_stages(paths)
    return paths


def stored(paths: ProgrammePaths, name: str) -> pd.DataFrame:
    return read_table(name, paths.table(name), [2026])


def released(paths: ProgrammePaths, name: str) -> pd.DataFrame:
    return read_table(f"released_{name}", paths.release("default", name), [2026])


def test_people_are_matched_whatever_the_order_of_the_export(paths):
    trends = stored(paths, "trends")
    assert {group: pick(trends, group=group, aggregation="own")["linked_n"] for group in ("North", "South", "East")} == {
        "North": 40, "South": 24, "East": 9,
    }  # fmt: skip
    assert pick(trends, group="_all", aggregation="pooled")["linked_n"] == 73  # the row without a token is nobody's


def test_a_planted_rise_is_found_by_following_people(paths):
    trends = stored(paths, "trends")
    north, east = (pick(trends, group=group, aggregation="own") for group in ("North", "East"))
    assert (north["method"], north["verdict"]) == ("linked_permutation", "improved")
    assert pick(trends, group="South", aggregation="own")["verdict"] == "improved"
    assert east["method"] == "welch_permutation"


def test_a_release_follows_people_only_where_enough_others_or_none_remain(paths):
    trends, out = stored(paths, "trends"), released(paths, "trends")
    assert pick(trends, group="South", aggregation="own")["method"] == "linked_permutation"
    north, south = (pick(out, group=group, aggregation="own") for group in ("North", "South"))
    assert (north["linked_n"], north["method"]) == (40, "linked_permutation")
    assert (south["linked_n"], south["method"]) == (None, "welch_permutation")
    assert south["difference"] is not None
    # 73 people are in both years; one more in the first year and three in the second are too few others
    assert pick(out, group="_all", aggregation="pooled")["linked_n"] is None


def test_questions_behind_a_change_say_who_turned_only_where_people_are_followed(paths):
    items = released(paths, "item_changes")
    assert set(items.loc[items["group"] == "North", "turned"]) <= {"gained", ""}
    assert "gained" in set(items.loc[items["group"] == "North", "turned"])
    assert set(items.loc[items["group"] != "North", "turned"]) <= {""}
    assert len(stored(paths, "item_changes"))


def test_without_the_declaration_the_same_tokens_link_nobody(tmp_path: Path):
    paths = write_linked_programme(tmp_path, linked=False)
    run_stages(paths)
    trends = stored(paths, "trends")
    assert trends["linked_n"].isna().all()
    assert not trends["method"].astype("str").str.startswith("linked").any()
