"""What a chair should know before reading scores: this year against the last, and who answered."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.store.crosswalk import last_asked
from pipeline.store.definitions import Definitions, WaveDefinitions
from schemas.problems import Problem, counted


def observe_items(definitions: Definitions, year: int) -> list[Problem]:
    """Items added, dropped, reworded, rescaled, and new answer options, against the last wave."""
    wave = definitions.waves[year]
    earlier = [other for other in definitions.years if other < year]
    if not earlier:
        return []
    problems = [problem for item in wave.items for problem in _observe_item(definitions, wave, item.item)]
    problems += _observe_options(definitions, wave)
    now = {item.same_as or item.item for item in wave.items} | {item.item for item in wave.items}
    for item in definitions.waves[earlier[-1]].items:
        if item.item not in now:
            problems.append(_about_item("item_dropped", f"Item '{item.item}' was last asked in {earlier[-1]}", wave))
    return problems


def _observe_item(definitions: Definitions, wave: WaveDefinitions, code: str) -> Iterator[Problem]:
    item = wave.item_by_code[code]
    last = last_asked(definitions, wave.year, item)
    if last is None:
        yield _about_item("item_new", f"Item '{code}' was not asked before", wave)
        return
    year, _ = last
    if item.comparability == "scale change":
        yield _about_item("item_rescaled", f"Item '{code}' changed its scale since {year}", wave)
    elif item.comparability in ("substantive", "editorial"):
        yield _about_item("item_reworded", f"Item '{code}' has a new wording since {year} ({item.comparability})", wave)


def _observe_options(definitions: Definitions, wave: WaveDefinitions) -> Iterator[Problem]:
    """Kinds of non-answer that items did not have when last asked, one problem per scale and kind."""
    gained: dict[tuple[str, str], list[str]] = {}
    for item in wave.items:
        last = last_asked(definitions, wave.year, item)
        if last is None or item.comparability == "scale change":
            continue
        before = {point.kind for point in definitions.waves[last[0]].scales[last[1].scale]}
        for added in sorted({point.kind for point in wave.scales[item.scale]} - before):
            gained.setdefault((item.scale, added), []).append(item.item)
    for (scale, kind), items in gained.items():
        asked = "1 item asked before now offers" if len(items) == 1 else f"{len(items)} items asked before now offer"
        what = f"{asked} '{kind.replace('_', ' ')}' (scale '{scale}')"
        yield Problem(
            code="scale_option_new", what=what, wave=str(wave.year), file=f"{wave.year}/scales.csv", column="kind"
        )


def _about_item(code: str, what: str, wave: WaveDefinitions) -> Problem:
    return Problem(code=code, what=what, wave=str(wave.year), file=f"{wave.year}/items.csv", column="item")


def observe_groups(responses: pd.DataFrame, definitions: Definitions, year: int) -> list[Problem]:
    """Groups without a survey, without answers, below the threshold, or with an impossible roster.

    Args:
        responses: the year's ``responses`` table.
    """
    profile = definitions.programme.release_profile()
    problems = []
    for row in responses.itertuples():
        group = definitions.group_by_code.get(str(row.group))
        if group is None or group.kind != "answers" or not (group.since or year) <= year <= (group.until or year):
            continue
        listed = definitions.waves[year].roster_by_group.get(group.group)
        if row.n and listed and not listed.survey_held:
            what = f"{group.name} held no survey, says the roster, and yet {counted(row.n, 'response')} came from it"
            problems.append(_about_group("definition_conflict", what, year))
        eligible = None if pd.isna(row.eligible) else int(row.eligible)
        if not row.survey_held:
            problems.append(_about_group("group_without_survey", f"{group.name} held no survey in {year}", year))
            continue
        if row.n == 0:
            problems.append(_about_group("group_without_answers", f"Nobody answered for {group.name}", year))
        elif row.n < profile.score:
            what = f"{group.name} has {row.n} responses; {profile.score} are needed"
            problems.append(_about_group("group_below_threshold", what, year))
        if eligible is not None and row.n > eligible:
            what = f"{group.name} has {row.n} responses from {eligible} who could answer"
            problems.append(_about_group("more_answers_than_eligible", what, year))
        elif eligible is None:
            problems.append(
                _about_group("eligible_unknown", f"{group.name}: nobody has said how many could answer", year)
            )
    return problems


def _about_group(code: str, what: str, year: int) -> Problem:
    return Problem(code=code, what=what, wave=str(year), file=f"{year}/roster.csv", column="group")
