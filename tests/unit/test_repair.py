"""What a repair withholds, and that reading a release without some figures is reading a release that lacks them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.disclose.linear_system import Floats, tighten_bounds
from pipeline.disclose.published import PublishedFamily, read_publications
from pipeline.disclose.repair import FamilyRepair
from pipeline.disclose.withholding import Withheld, withhold_in_publication
from tests.communities import draw_community, read_publication, release


def bound_counts(family: PublishedFamily) -> Floats:
    """Bounds of every count: 2 × counts by year, item, group and answer."""
    low, high = tighten_bounds(family.system)
    cells = np.concatenate([cells.ravel() for _, cells in family.counts.values()])
    return np.array([low[cells], high[cells]])


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_silencing_sources_of_a_family_is_reading_a_release_without_these_figures(seed: int) -> None:
    community = draw_community(np.random.default_rng(seed), principles_n=1, items_n=3, years_n=2, most=20)
    definitions, (released, _) = community.definitions, release(community)
    publication = read_publication(released, definitions, sorted(released))
    rng, year = np.random.default_rng(seed), max(released)
    for family in read_publications([publication], definitions):
        items = [item for at, item in family.counts if at == year]
        printed = sorted({told.group for told in family.sources if year in told.years and told.group})
        for item in ("", str(rng.choice(items))) if printed else ():
            chosen = Withheld(year, str(rng.choice(printed)), family.code, item)
            silenced = family.without(FamilyRepair(family, definitions, 0, None).silence([chosen]))
            without = withhold_in_publication(publication, [chosen], definitions)
            (again,) = read_publications([without], definitions, only=[family.code])
            assert list(silenced.counts) == list(again.counts)
            np.testing.assert_allclose(bound_counts(silenced), bound_counts(again), atol=1e-6)
            hidden, hidden_again = ({(each.year, each.group) for each in read.hidden} for read in (silenced, again))
            assert hidden == hidden_again


@pytest.mark.parametrize("seed", [2, 19, 25])
def test_a_repair_takes_a_question_of_a_group_before_its_score(seed: int) -> None:
    community = draw_community(np.random.default_rng(seed), principles_n=1, items_n=3, years_n=1, most=20)
    released, withheld = release(community)
    answering = {group.group for group in community.definitions.groups if group.kind == "answers"}
    (taken,) = [each for each in withheld if each.group in answering]
    scores = released[taken.year]["scores"]
    own = scores[(scores["group"] == taken.group) & (scores["aggregation"] == "own")]
    markers = dict(zip(own["measure"].astype("str"), own["marker"].astype("str"), strict=True))
    assert markers[taken.item] == "c"
    assert markers[taken.family] == ""


def test_principles_audited_in_processes_of_their_own_give_the_same_release(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw() -> list[Withheld]:
        return release(draw_community(np.random.default_rng(19), principles_n=2, items_n=3, years_n=1, most=20))[1]

    one_after_the_other = draw()
    monkeypatch.setattr("pipeline.disclose.repair.SIDE_BY_SIDE", 0)
    assert one_after_the_other
    assert draw() == one_after_the_other
