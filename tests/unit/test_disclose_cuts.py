"""Released cuts and weighted figures against somebody who adds and takes away.

The attacker here knows who belongs where, reads every released figure as exact, and solves for the withheld
ones. Against thresholds alone the same attacker succeeds, so the tests can fail.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from pipeline.disclose.cuts import release_cuts
from pipeline.disclose.release import WITHHELD
from pipeline.store.tables import conform
from schemas.cuts import NOT_SAID
from tests.unit.test_weights import BY_REGION, Community, Values, make_cut


class Release:
    """The released cuts of a community, its groups' and roll-up's figures shown from five people on."""

    def __init__(
        self, community: Community, *, withheld: frozenset[str] = frozenset(), overlapping: tuple[str, ...] = ()
    ):
        self.atoms = community.atoms[community.atoms["measure"] == "P1"].reset_index(drop=True)
        n = self.atoms.groupby("group")["n"].sum().to_dict() | {"_all": self.atoms["n"].sum()}
        rows = [
            {
                "group": group,
                "kind": "principle",
                "measure": "P1",
                "aggregation": "own" if group != "_all" else "pooled",
            }
            | {"marker": "" if size >= 5 and group not in withheld else "c"}
            for group, size in n.items()
        ]
        self.scores = pd.DataFrame(rows)
        cuts, weighted = release_cuts(
            community.cuts, community.table, community.atoms, self.scores, community.definitions, 2027,
            overlapping=overlapping,
        )  # fmt: skip
        self.cuts = conform(cuts, "released_cuts") if community.checked else cuts
        self.weighted = conform(weighted, "released_weighted") if community.checked else weighted
        self.rows = self.cuts[self.cuts["measure"] == "P1"]

    def markers(self, cut: str = "region") -> dict[str, str]:
        rows = self.rows[self.rows["cut"] == cut]
        return dict(zip(rows["category"].astype("str"), rows["marker"].astype("str"), strict=True))

    def known(self, *, threshold_only: bool = False) -> list[np.ndarray]:
        """What is printed, as sums over kinds of people."""
        groups = self.scores[self.scores["marker"] == ""]["group"]
        told = [np.ones(len(self.atoms)) if g == "_all" else _is(self.atoms["group"], g) for g in groups]
        for row in self.rows.itertuples():
            n = int(_is(self.atoms[f"cut:{row.cut}"], str(row.category)) @ self.atoms["n"])
            if (row.marker == "") if not threshold_only else (n >= 5):
                told.append(_is(self.atoms[f"cut:{row.cut}"], str(row.category)))
        shown = self.weighted[(self.weighted["marker"] == "") & (self.weighted["weighting"] != "groups_median")]
        for row in shown[shown["measure"] == "P1"].itertuples():
            told.append(self.atoms[f"weight:{row.group}:{row.weighting}"].to_numpy())
        return told

    def secrets(self) -> dict[tuple[str, str], np.ndarray]:
        """Withheld categories and groups that have people."""
        hidden = self.rows[self.rows["marker"] == "c"]
        found = {
            (str(c), str(k)): _is(self.atoms[f"cut:{c}"], str(k))
            for c, k in zip(hidden["cut"], hidden["category"], strict=True)
        }
        few = self.scores[self.scores["marker"] == "c"]["group"]
        found |= {("group", group): _is(self.atoms["group"], group) for group in few}
        return {name: vector for name, vector in found.items() if vector.any()}


def _is(column: pd.Series, value: str) -> np.ndarray:
    return (column == value).to_numpy(dtype=float)


def can_solve(told: list[np.ndarray], secret: np.ndarray) -> bool:
    answer, *_ = np.linalg.lstsq(np.array(told).T, secret, rcond=None)
    return bool(np.abs(np.array(told).T @ answer - secret).max() < 1e-7)


def people(n: int, at: int = 0) -> list[int]:
    return [(at + 2 * k + k * k // 3) % 5 + 1 for k in range(n)]


def make(counts: Mapping[str, Mapping[str, int]], **more: object) -> Community:
    values = {g: {c: people(n, at) for at, (c, n) in enumerate(own.items()) if n} for g, own in counts.items()}
    return Community(values, make_cut(A=90, B=90, C=90), **more)


def test_a_category_needs_as_many_people_as_a_score() -> None:
    release = Release(make({"North": {"A": 20, "B": 9, "C": 5}}))
    assert release.markers() == {"A": "", "B": "", "C": "", NOT_SAID: "x"}


def test_one_small_category_takes_the_next_smallest_with_it() -> None:
    release = Release(make({"North": {"A": 20, "B": 9, "C": 3}}))
    assert release.markers() == {"A": "", "B": "c", "C": "c", NOT_SAID: "x"}


def test_few_who_did_not_say_count_as_a_category() -> None:
    release = Release(make({"North": {"A": 20, "B": 9, "C": 8, "": 2}}))
    assert release.markers() == {"A": "", "B": "", "C": "c", NOT_SAID: "c"}


def test_two_small_categories_that_are_enough_together_hide_each_other() -> None:
    release = Release(make({"North": {"A": 20, "B": 4, "C": 3}}))
    assert release.markers() == {"A": "", "B": "c", "C": "c", NOT_SAID: "x"}


def test_a_withheld_category_holds_no_figure_and_no_reason_of_its_own() -> None:
    release = Release(make({"North": {"A": 20, "B": 9, "C": 3}}))
    hidden = release.rows[release.rows["marker"] == "c"]
    assert hidden[["n", "mean", "ci_low", "ci_high"]].isna().all().all()
    assert set(hidden["reason"]) == {WITHHELD}
    assert set(hidden["view"]) | set(hidden["method"]) == {"none"}


def test_a_category_of_people_all_alike_cannot_be_had_by_subtraction() -> None:
    values: dict[str, Values] = {"North": {"A": people(20), "B": [5] * 7, "C": people(9)}}
    release = Release(Community(values, make_cut(A=90, B=90, C=90)))
    assert release.markers()["B"] == "c"
    assert list(release.markers().values()).count("c") == 2


def test_nothing_is_shown_where_all_members_are_withheld_or_groups_share_people() -> None:
    community = make({"North": {"A": 20, "B": 9, "C": 8}, "South": {"A": 9, "B": 9, "C": 8}})
    for release in (Release(community, withheld=frozenset({"_all"})), Release(community, overlapping=("_all",))):
        assert set(release.cuts["marker"]) == {"c"}
        assert set(release.weighted["marker"]) == {"c"}


def test_a_category_that_is_a_group_and_one_person_is_withheld() -> None:
    release = Release(make({"North": {"A": 12}, "South": {"A": 1, "B": 15, "C": 14}}))
    assert release.markers()["A"] == "c"


def test_a_weighted_figure_that_tells_two_hidden_categories_apart_is_withheld() -> None:
    """9 and 8 are shown; 3 and 6 hide each other until a second sum weighs them differently."""
    counts = {"North": {"A": 20, "B": 6, "C": 9, "": 3}}
    community = make(counts, **BY_REGION)
    weights = community.atoms.set_index("cut:region")["weight:_all:post-stratify"].to_dict()
    assert weights["A"] != weights["B"]
    release = Release(community)
    assert release.markers()[NOT_SAID] == "c"
    told, secret = release.known(), release.secrets()["region", NOT_SAID]
    assert not can_solve(told, secret)
    weighted = community.atoms[community.atoms["measure"] == "P1"]["weight:_all:post-stratify"].to_numpy()
    shown = release.weighted[release.weighted["weighting"] == "post-stratify"]["marker"].iloc[0] == ""
    assert shown or can_solve([*told, weighted], secret)


def test_weights_are_shown_beside_the_unweighted_figure_where_nothing_is_hidden() -> None:
    release = Release(make({"North": {"A": 20, "B": 9, "C": 8}}, **BY_REGION))
    row = release.weighted[release.weighted["weighting"] == "post-stratify"].iloc[0]
    assert (row["marker"], row["n"]) == ("", 37)
    assert pd.notna(row["unweighted"])
    assert pd.notna(row["mean"])
    assert row["design_effect"] == round(row["design_effect"], 2)


def random_community(seed: int) -> Community:
    rng = np.random.default_rng(seed)
    groups = [f"G{k}" for k in range(int(rng.integers(1, 5)))]
    counts = {g: {c: int(rng.integers(0, rng.choice([3, 6, 15]))) for c in ("A", "B", "C", "")} for g in groups}
    counts["G0"]["A"] += 6
    second = {
        g: [str(word) for word in rng.permutation(["en", "fr", "en", "en"])][: int(rng.integers(2, 5))] for g in groups
    }
    values = {g: {c: people(n, at + seed) for at, (c, n) in enumerate(own.items()) if n} for g, own in counts.items()}
    values = {g: own for g, own in values.items() if own}
    cuts = (*make_cut(A=90, B=90, C=90), *make_cut("language", en=180, fr=90))
    by = {"method": "rake", "by": ["region", "language"]} if seed % 2 else {"method": "post-stratify", "by": ["region"]}
    return Community(values, cuts, roster=dict.fromkeys(values, 90), second=second, checked=False, weighting=by)


@pytest.fixture(scope="module")
def releases() -> list[Release]:
    return [Release(random_community(seed)) for seed in range(40)]


def test_nobody_can_solve_for_a_withheld_figure_that_other_tables_do_not_give_away(releases: list[Release]) -> None:
    for release in releases:
        told = release.known()
        groups = [told[at] for at in range(int((release.scores["marker"] == "").sum()))]
        for name, secret in release.secrets().items():
            assert not can_solve(told, secret) or (groups and can_solve(groups, secret)), name


def test_the_same_attack_succeeds_against_thresholds_alone(releases: list[Release]) -> None:
    solved = 0
    for release in releases:
        told = release.known(threshold_only=True)
        hidden = [_is(release.atoms[f"cut:{row.cut}"], str(row.category)) for row in release.rows.itertuples()]
        solved += sum(0 < each @ release.atoms["n"] < 5 and can_solve(told, each) for each in hidden)
    assert solved > 6


def test_all_members_less_the_categories_shown_are_nobody_or_enough(releases: list[Release]) -> None:
    looked_at = 0
    for release in releases:
        for cut in ("region", "language"):
            markers = release.markers(cut)
            if release.scores.set_index("group").at["_all", "marker"] == "" and "" in markers.values():
                shown = [category for category, marker in markers.items() if marker == ""]
                left = release.atoms[~release.atoms[f"cut:{cut}"].isin(shown)]["n"].sum()
                assert left == 0 or left >= 5
                looked_at += 1
    assert looked_at > 20


def test_most_of_what_thresholds_allow_is_still_shown(releases: list[Release]) -> None:
    """Protection that hid everything would pass the attacks too."""
    allowed = shown = 0
    for release in releases:
        for row in release.rows.itertuples():
            allowed += int(_is(release.atoms[f"cut:{row.cut}"], str(row.category)) @ release.atoms["n"]) >= 5
            shown += row.marker == ""
    assert shown > 0.6 * allowed
