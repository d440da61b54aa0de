"""Nobody who holds a release's files can work out what it hides; who holds one with thresholds alone can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.communities import Community, Released, draw_community, publish_naively, release, write_files
from tests.property.answer_sets import AllAnswers
from tests.property.attackers import LARGE, Cell, LinearAttacker, Year, read_files
from tests.property.recovery import Recovery

TO_ALL, TO_INSIDER, TO_WHO_KNOWS_THE_RULE = "to all", "to an insider", "to who knows the rule"


def read_years(released: Released, community: Community, folder: Path, *, naive: bool = False) -> list[Year]:
    return [
        Year(year, read_files(write_files(tables, folder / str(year))), community.definitions, naive)
        for year, tables in released.items()
    ]


def attack(years: list[Year], community: Community) -> list[tuple[Cell, str]]:
    """Protected figures that the linear attacker recovers, of all principles."""
    found = []
    for principle in (row.principle for row in community.definitions.principle_versions if not row.parent):
        attacker = LinearAttacker(years, principle)
        try:
            found += list(recover(attacker, community))
        except TimeoutError:
            continue
    return found


def recover(attacker: LinearAttacker, community: Community) -> Iterator[tuple[Cell, str]]:
    """What is told of one principle, and to whom.

    The rule is public: a release that tells somebody of a group what all others answered is not made. So where it
    would have told those who gave an answer, but nobody gave it, whoever sees that it was made knows that nobody did.
    """
    recovery = Recovery(attacker, np.random.default_rng(1))
    told = dict.fromkeys(recovery.list_narrow(), TO_ALL)
    nobody = []
    for cell, own in recovery.list_told_to_insiders():
        if is_given(community, cell, attacker.options[cell.year][cell.measure][own]):
            told[cell] = TO_INSIDER
        elif not attacker.years[cell.year].naive:
            nobody.append((cell, own))
    for cell, own in nobody:
        attacker.top[attacker.counts[cell][own]] = 0
    if nobody:
        told = dict.fromkeys(Recovery(attacker, np.random.default_rng(2)).list_narrow(), TO_WHO_KNOWS_THE_RULE) | told
    for cell, whom in told.items():
        asked = attacker.years[cell.year].measures[cell.measure]
        may_be = not is_asked(attacker, cell) or is_finding(community, cell, recovery.hidden, asked)
        if not may_be and (whom == TO_INSIDER or not may_be_told(attacker, cell)):
            yield cell, whom


def is_given(community: Community, cell: Cell, option: tuple[str, str]) -> bool:
    """Whether anybody of the group gave this answer."""
    answers = community.answers[cell.year]
    given = answers[(answers["group"] == cell.group) & (answers["item"] == cell.measure)]
    return option in set(zip(given["kind"], given["value"].astype("str").replace("<NA>", ""), strict=True))


def may_be_told(attacker: LinearAttacker, cell: Cell) -> bool:
    """Answers given to a roll-up itself, or for no group, by so many that a remainder may be told (S17.5)."""
    year = attacker.years[cell.year]
    profile = year.definitions.programme.release_profile()
    needed = profile.score if cell.is_sum else profile.distribution
    return cell.group not in year.answering and year.leaves[cell.group] >= needed


def is_asked(attacker: LinearAttacker, cell: Cell) -> bool:
    """Whether the group was asked: the register says which parts it chose to leave out."""
    year = attacker.years[cell.year]
    return bool(year.asked(cell.group, year.measures[cell.measure]))


def is_finding(community: Community, cell: Cell, hidden: Iterable[Cell], items: Iterable[str]) -> bool:
    """Whether nearly everybody of many, of whom these are a part, answered the same (S17.2)."""
    groups = {each.group for each in hidden if (each.year, each.measure) == (cell.year, cell.measure)}
    answers = community.answers[cell.year]
    given = answers[answers["group"].isin(groups) & answers["item"].isin(items)]
    most = (
        given.groupby(["item", "kind", "value"], dropna=False, observed=True)
        .size()
        .groupby("item", observed=True)
        .max()
    )
    people = given.groupby("item", observed=True).size()
    return bool((people >= LARGE).all() and (most >= people - 1).all())


def try_all(year: Year, community: Community) -> list[tuple[Cell, str]]:
    """What going through all answer sets tells, of all principles, and to whom."""
    found = []
    for principle in (row.principle for row in community.definitions.principle_versions):
        sets = AllAnswers(year, principle)
        hidden = [Cell(year.year, leaf, item) for leaf, item in sets.list_hidden()]
        for cell in hidden:
            narrow, tells = sets.find_told(cell.group, cell.measure)
            told = narrow or any(is_given(community, cell, sets.options[own]) for own in tells)
            if told and not is_finding(community, cell, hidden, [cell.measure]):
                found.append((cell, TO_ALL if narrow else TO_INSIDER))
    return found


def draw_one_year(seed: int) -> Community:
    """Eight communities in one: two or three groups, roll-ups among them, and principles of one to four questions."""
    rng = np.random.default_rng(seed)
    return draw_community(rng, principles_n=8, years_n=1, groups_n=int(rng.integers(2, 4)))


def draw_years(seed: int) -> Community:
    """Four communities in one, over two or three years."""
    rng = np.random.default_rng(seed)
    return draw_community(rng, principles_n=4, years_n=int(rng.integers(2, 4)), groups_n=int(rng.integers(2, 4)))


def draw_side_by_side(seed: int) -> Community:
    """Ten communities in one: groups side by side, one question of two to four answers or two questions of two."""
    rng = np.random.default_rng(seed)
    items_n, groups_n = int(rng.integers(1, 3)), int(rng.integers(2, 5))
    scale, most = (2, 8) if items_n > 1 else (int(rng.integers(2, 5)), 10)
    return draw_community(
        rng, principles_n=10, years_n=1, groups_n=groups_n, items_n=items_n, scale=scale, most=most,
        kinds=["missing"], nested=False, parts=False,
    )  # fmt: skip


ONE_YEAR, YEARS, SIDE_BY_SIDE = range(10), range(100, 102), range(12)
"""Seeds: 80 communities of one year, 8 of several, 120 small ones side by side."""


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, Cell, str]]:
    """What integer programs recover of 88 communities."""
    found = []
    for seed in (*ONE_YEAR, *YEARS):
        community = draw_one_year(seed) if seed in ONE_YEAR else draw_years(seed)
        released, _ = release(community)
        years = read_years(released, community, tmp_path_factory.mktemp("release"))
        found += [(seed, cell, whom) for cell, whom in attack(years, community)]
    return found


def test_integer_programs_recover_nothing_from_the_files_of_a_release(recovered: list[tuple[int, Cell, str]]) -> None:
    assert [each for each in recovered if each[2] == TO_ALL] == []


def test_nobody_of_a_group_who_takes_their_own_answer_away_knows_all_others(
    recovered: list[tuple[int, Cell, str]],
) -> None:
    assert [each for each in recovered if each[2] == TO_INSIDER] == []


def test_that_a_release_was_made_tells_nothing_to_who_knows_the_rule(recovered: list[tuple[int, Cell, str]]) -> None:
    assert [each for each in recovered if each[2] == TO_WHO_KNOWS_THE_RULE] == []


@pytest.mark.parametrize("seed", [101, 109])
def test_programmes_too_large_to_be_searched_to_the_end_protect_everybody_who_exists(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("auditor", "blocks", "repair"):
        monkeypatch.setattr(f"pipeline.disclose.{module}.LARGEST", 0)
    community = draw_years(seed)
    released, _ = release(community)
    found = attack(read_years(released, community, tmp_path), community)
    assert [each for each in found if each[1] != TO_WHO_KNOWS_THE_RULE] == []


@pytest.mark.parametrize("seed", SIDE_BY_SIDE)
def test_going_through_all_answer_sets_recovers_nothing(seed: int, tmp_path: Path) -> None:
    community = draw_side_by_side(seed)
    released, _ = release(community)
    (year,) = read_years(released, community, tmp_path)
    assert try_all(year, community) == []


def test_the_same_programs_recover_much_where_only_thresholds_were_applied(tmp_path: Path) -> None:
    recovered = 0
    for seed in list(ONE_YEAR)[:2]:
        community = draw_one_year(seed)
        years = read_years(publish_naively(community), community, tmp_path / str(seed), naive=True)
        recovered += len(attack(years, community))
    assert recovered >= 10


def test_going_through_all_answer_sets_recovers_much_where_only_thresholds_were_applied(tmp_path: Path) -> None:
    recovered = 0
    for seed in list(SIDE_BY_SIDE)[:3]:
        community = draw_side_by_side(seed)
        (year,) = read_years(publish_naively(community), community, tmp_path / str(seed), naive=True)
        recovered += len(try_all(year, community))
    assert recovered >= 10
