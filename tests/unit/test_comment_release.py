"""Themes and excerpts: what a reader learns of a group's comments, and that nothing more follows from it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from pipeline.disclose import comment_release
from pipeline.disclose.comment_release import find_units, release_excerpts, release_themes
from pipeline.store.definitions import Definitions
from pipeline.store.tables import conform
from schemas.comments import FEWEST_PER_THEME
from tests.helpers import make_definitions

HOUSE = [
    {"group": "House", "kind": "rollup"}, {"group": "A", "parent": "House"}, {"group": "B", "parent": "House"},
    {"group": "C", "parent": "House"}, "D",
]  # fmt: skip


def make_comments(commenters: Mapping[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"group": group, "respondent": f"{group}{i}"} for group, n in commenters.items() for i in range(n)],
        columns=["group", "respondent"],
    )


def make_themes(spoken: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Table ``comment_themes``: how many of a group's people spoke of a theme."""
    rows = [
        {"group": group, "respondent": f"{group}{i}", "theme": theme}
        for (group, theme), n in spoken.items()
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["group", "respondent", "theme"])


def release(
    commenters: Mapping[str, int], spoken: Mapping[tuple[str, str], int], definitions: Definitions, **options: object
) -> dict[tuple[str, str], int | None]:
    """Released people by unit and theme; None where withheld."""
    units = find_units(make_comments(commenters), definitions, **options)  # type: ignore[arg-type]
    table = conform(release_themes(make_themes(spoken), units).assign(wave="2027"), "released_themes")
    assert (table["people_n"].isna() == (table["marker"] == "c")).all()
    return {
        (str(row.group), str(row.theme)): None if pd.isna(row.people_n) else int(row.people_n)
        for row in table.itertuples()
    }


@pytest.mark.parametrize(("n", "told"), [(2, None), (3, 3), (10, 10)])
def test_a_theme_needs_three_people(n, told):
    found = release({"North": 20, "South": 20}, {("North", "t"): n, ("South", "t"): 7}, make_definitions(groups=["North", "South"]))  # fmt: skip
    assert found["North", "t"] == told


@pytest.mark.parametrize(("commenters", "shown"), [(9, False), (10, True)])
def test_a_group_needs_ten_commenters_before_its_themes_are_spoken_of(commenters, shown):
    found = release({"North": commenters}, {("North", "t"): 5}, make_definitions())
    assert (("North", "t") in found) is shown


def test_people_count_and_not_their_comments():
    comments = pd.concat([make_comments({"North": 9})] * 3)  # three questions each
    assert not find_units(comments, make_definitions()).shown


def test_a_theme_that_all_or_all_but_one_of_a_few_spoke_of_is_withheld():
    for n, told in ((9, None), (10, None), (8, 8)):
        assert release({"North": 10}, {("North", "t"): n}, make_definitions()).get(("North", "t")) == told


def test_a_theme_no_count_can_be_given_for_is_not_even_named():
    found = release({"North": 20}, {("North", "one person's matter"): 1, ("North", "t"): 3}, make_definitions())
    assert set(found) == {("North", "t"), ("_all", "t")}


def test_a_roll_up_is_withheld_where_its_groups_would_leave_one_or_two():
    definitions = make_definitions(groups=HOUSE)
    commenters = {"A": 20, "B": 20, "C": 20, "D": 20}
    told = release(commenters, {("A", "t"): 5, ("B", "t"): 2, ("C", "t"): 0, ("D", "t"): 4}, definitions)
    assert told["A", "t"] == 5
    assert told["B", "t"] is None
    assert told["House", "t"] is None
    assert told["_all", "t"] is None
    told = release(commenters, {("A", "t"): 5, ("B", "t"): 3, ("D", "t"): 4}, definitions)
    assert told["House", "t"] == 8


def test_a_group_with_few_commenters_does_not_follow_from_the_total():
    definitions = make_definitions(groups=["A", "B", "C"])
    told = release({"A": 20, "B": 20, "C": 4}, {("A", "t"): 5, ("B", "t"): 6, ("C", "t"): 4}, definitions)
    assert told["_all", "t"] == 11, "the four are left out of the total"
    assert ("C", "t") not in told


def test_groups_that_share_people_are_not_spoken_of():
    definitions = make_definitions(groups=["A", "B"])
    told = release({"A": 20, "B": 20}, {("A", "t"): 5, ("B", "t"): 5}, definitions, overlapping={"_all", "B"})
    assert told == {("A", "t"): 5}


def find_possible(
    told: Mapping[tuple[str, str], int | None], commenters: Mapping[str, int], definitions: Definitions
) -> dict[str, set[int]]:
    """What an outsider who knows the rules thinks possible of each group's people who spoke of theme ``t``.

    Brute force over all numbers; the outsider even knows how many commented in every group.
    """
    below = {"House": ("A", "B", "C"), "_all": ("A", "B", "C", "D")}
    units = find_units(make_comments(commenters), definitions)
    choices = []
    for group in "ABCD":
        n = told.get((group, "t"))
        if n is not None:
            choices.append([n])
        elif (group, "t") in told:
            choices.append([*range(FEWEST_PER_THEME)])
        else:
            choices.append([*range(commenters.get(group, 0) + 1)])
    possible: dict[str, set[int]] = {group: set() for group in "ABCD"}
    for numbers in itertools.product(*choices):
        each = dict(zip("ABCD", numbers, strict=True))
        sums = {unit: sum(each[group] for group in groups if group in units.direct) for unit, groups in below.items()}
        if all(told.get((unit, "t")) in (None, n) for unit, n in sums.items()):
            for group, n in each.items():
                possible[group].add(n)
    return possible


def is_given_away(possible: set[int], n: int) -> bool:
    """Whether it is certain that one of a few spoke of it: not nobody, and within a width of three."""
    return n > 0 and 0 not in possible and max(possible) - min(possible) < FEWEST_PER_THEME


CASES = make_definitions(groups=HOUSE)


def attack(rng: np.random.Generator) -> list[str]:
    definitions = CASES
    commenters = {group: int(rng.choice([0, 1, 3, 5, 8, 10, 12, 20])) for group in "ABCD"}
    spoken = {(group, "t"): int(rng.integers(0, min(n, 6) + 1)) for group, n in commenters.items()}
    told = release(commenters, spoken, definitions)
    possible = find_possible(told, commenters, definitions)
    return [
        group
        for group in "ABCD"
        if told.get((group, "t")) is None and possible[group] and is_given_away(possible[group], spoken[group, "t"])
    ]


def test_adding_and_subtracting_published_counts_gives_nobody_away():
    given_away = [attack(np.random.default_rng(seed)) for seed in range(120)]
    assert not any(given_away)


def test_the_same_attack_succeeds_against_thresholds_alone(monkeypatch):
    monkeypatch.setattr(comment_release, "_tells", lambda _hidden: False)
    assert sum(bool(attack(np.random.default_rng(seed))) for seed in range(120)) >= 5


def make_excerpts(*groups: str, to_public: bool = True) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"wave": "2027", "group": group, "comment": f"c-{at}", "to_group": True, "to_public": to_public, "text": f"words {at}"}
            for at, group in enumerate(groups)
        ],
        columns=["wave", "group", "comment", "to_group", "to_public", "text"],
    )  # fmt: skip


def released_excerpts(commenters: Mapping[str, int], excerpts: pd.DataFrame) -> tuple[list[tuple[str, int, str]], int]:
    definitions = make_definitions(groups=HOUSE)
    units = find_units(make_comments(commenters), definitions)
    table, withheld = release_excerpts(excerpts, units, definitions)
    typed = conform(table.assign(wave="2027"), "released_excerpts")
    return [
        (str(g), int(n), str(t)) for g, n, t in typed[["group", "number", "text"]].itertuples(index=False)
    ], withheld


def test_an_excerpt_is_one_of_the_smallest_unit_with_ten_commenters():
    told, withheld = released_excerpts({"A": 10, "B": 6, "C": 5, "D": 3}, make_excerpts("A", "B", "D", "A"))
    assert told == [("A", 1, "words 0"), ("A", 2, "words 3"), ("House", 1, "words 1")]
    assert withheld == 1, "three commenters are left out of the community's"


def test_an_excerpt_of_few_is_not_given_as_one_of_a_roll_up_whose_other_groups_show_theirs():
    told, withheld = released_excerpts({"A": 12, "B": 12, "C": 2, "D": 12}, make_excerpts("C"))
    assert (told, withheld) == ([], 1)


def test_an_excerpt_for_the_group_alone_is_not_published():
    assert released_excerpts({"A": 20}, make_excerpts("A", to_public=False)) == ([], 0)


def test_who_names_no_group_is_quoted_for_the_community_only():
    assert released_excerpts({"_none": 10, "A": 12}, make_excerpts("_none"))[0] == [("_all", 1, "words 0")]
    assert released_excerpts({"_none": 3, "A": 12}, make_excerpts("_none")) == ([], 1)
