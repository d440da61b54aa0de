"""A group's page before fieldwork: whom to invite, what could be found, what will be shown.

What it says of earlier years comes from the release alone, the spread between people included: that is worked
out from the detectable changes that were published, and only where at least ``SPREAD_FROM`` stood behind them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipeline.report import text
from pipeline.report.views.frame import Link, PageFrame, Source, existing_groups, is_rollup
from pipeline.report.views.rows import ResponseRow
from pipeline.stats.power import detectable_change, people_needed, spread_behind
from pipeline.stats.rounding import round_half_up
from schemas.definitions import ALL

USUAL_SPREAD = 18.0
"""Points between people of a group, on a principle (methods S11)."""
USUAL_PERSISTENCE = 0.6
"""Correlation between one person's scores in two years (methods S11)."""
SPREAD_FROM = 20
"""Answers in both years from which a published change tells the spread; below, no spread is ever released."""
SHARES, COUNTS = (30, 50, 80, 100), (20, 50)
"""Response rates, and numbers of answers where nobody knows how many can answer, that a page goes through."""


@dataclass(frozen=True)
class Scenario:
    """One likely response: how many answers, the change they would find, what they would show."""

    label: str
    n: int
    points: int | None
    noticed: str
    linked: str
    shown: str


@dataclass(frozen=True)
class GroupLine:
    """One group on the community's page."""

    name: str
    href: str
    level: int
    who: str
    before: str
    noticed: str


@dataclass(frozen=True)
class BeforeView:
    """One page. Texts and numbers are final: a template only places them."""

    frame: PageFrame
    year: int
    name: str
    survey: str
    belongs_to: str
    held: bool
    headline: str
    invitation: tuple[str, ...]
    gaps: str
    expected: str
    scenarios: tuple[Scenario, ...]
    linked: bool
    reckoned: tuple[str, ...]
    published: tuple[str, ...]
    needed: tuple[str, ...]
    comments: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class _Earlier:
    """The latest earlier year with a survey, as published; ``n`` is the fewest people behind a principle."""

    response: ResponseRow | None
    n: int | None
    spread: float | None


def build_before(source: Source, year: int, group: str, links: tuple[Link, ...]) -> BeforeView:
    """The page of one group, of a roll-up, or of the whole community (``_all``)."""
    definitions, words, profile = source.definitions, source.words, source.profile
    wave = definitions.waves[year].wave
    row = definitions.waves[year].roster_by_group.get(group)
    known = definitions.group_by_code.get(group)
    unit = known.unit if known else row.unit if row else "person"
    held = row is None or row.survey_held
    earlier = _look_back(source, year, group)
    eligible = row.eligible if row and row.unit == unit and row.access != "open" else None
    linked = wave.linked and earlier.response is not None and definitions.waves[earlier.response.year].wave.linked
    scenarios = tuple(_list_scenarios(source, earlier, eligible, linked=linked)) if held else ()
    delta, sd = source.smallest_meaningful(group), earlier.spread or USUAL_SPREAD
    since = earlier.response.year if earlier.response and earlier.n is not None else None
    likely = next(iter(scenarios), None)
    reckoned = [] if since is not None else [text.NO_CHANGE_BEFORE]
    reckoned.append(text.describe_needed_people(math.ceil(people_needed(delta, sd)), delta, eligible))
    spread_year = earlier.response.year if earlier.spread and earlier.response else None
    reckoned.append(text.describe_spread(sd, spread_year).format(people=words.respondents))
    fallback = (
        definitions.group_name(known.parent) if known and known.parent else "" if group == ALL else words.community
    )
    n_before = earlier.response.n if earlier.response else None
    gaps = [] if is_rollup(definitions, group) and row is None else list(text.list_gaps(row, unit, year))
    return BeforeView(
        frame=source.build_frame(year),
        year=year,
        name=known.name if known else text.capitalise(words.community),
        survey=wave.title,
        belongs_to=definitions.group_name(known.parent) if known and known.parent else "",
        held=held,
        headline=_say_who(source, year, group, unit) if held else text.describe_no_survey(year, row.reason if row else "", words),
        invitation=tuple(text.describe_invitation(row, wave, words)) if held else (),
        gaps=text.describe_gaps(gaps) if held else "",
        expected=text.describe_expected(likely.label, likely.n, likely.points, since, delta) if likely else "",
        scenarios=scenarios,
        linked=linked,
        reckoned=tuple(reckoned),
        published=tuple(text.describe_thresholds(profile, wave, words)),
        needed=tuple(
            text.describe_still_needed(
                earlier.response.year if earlier.response else None, n_before, eligible, profile, fallback, words
            )
        ),
        comments=tuple(text.describe_comments(wave, profile)),
        links=links,
    )  # fmt: skip


def list_group_lines(source: Source, year: int) -> tuple[GroupLine, ...]:
    """Every group of the year for the community's page, in register order."""
    lines = []
    for group in existing_groups(source.definitions, year):
        view = build_before(source, year, group.group, ())
        earlier = _look_back(source, year, group.group).response
        likely = next(iter(view.scenarios), None)
        lines.append(
            GroupLine(
                name=group.name,
                href=f"{group.group}.html",
                level=len(source.definitions.ancestors(group.group)) - 1,
                who=view.headline,
                before="" if earlier is None else f"{earlier.n} ({earlier.year})",
                noticed="" if likely is None else f"{likely.noticed} ({likely.n})" if likely.points is not None else likely.noticed,
            )
        )  # fmt: skip
    return tuple(lines)


def _say_who(source: Source, year: int, group: str, unit: str) -> str:
    row = source.definitions.waves[year].roster_by_group.get(group)
    if row is None and is_rollup(source.definitions, group):
        existing = {each.group for each in existing_groups(source.definitions, year)}
        names = [each.name for each in source.definitions.children(group) if each.group in existing]
        return text.describe_through(names)
    return text.describe_invited(row, unit, source.words)


def _look_back(source: Source, year: int, group: str) -> _Earlier:
    rows, aggregation = source.rows, source.aggregations(group)[0]
    years = sorted({at for at, code in rows.responses if code == group and at < year})[-2:]
    response = next(
        (rows.responses[at, group] for at in reversed(years) if rows.responses[at, group].survey_held), None
    )
    if response is None:
        return _Earlier(None, None, None)
    codes = [row.principle for row in source.definitions.principles(response.year) if row.kind == "principle"]
    scores = [rows.score(response.year, group, "principle", code, aggregation) for code in codes]
    n = min((score.n for score in scores if score is not None and score.n and not score.marker), default=None)
    trends = (rows.latest_trend(response.year, group, code, aggregation) for code in codes)
    spreads = [
        spread_behind(trend.mdc80, trend.n_from, trend.n_to)
        for trend in trends
        if trend is not None and trend.mdc80 and trend.method.startswith("welch") and not trend.marker
        and trend.n_from is not None and trend.n_to is not None and min(trend.n_from, trend.n_to) >= SPREAD_FROM
    ]  # fmt: skip
    known = [spread for spread in spreads if spread is not None]
    return _Earlier(response, n, median(known) if known else None)


def _list_scenarios(source: Source, earlier: _Earlier, eligible: int | None, *, linked: bool) -> Iterator[Scenario]:
    """Last year's response first, then response rates, or numbers of answers where nobody knows how many can."""
    labels: dict[int, str] = {}
    before = earlier.response
    if before is not None and before.n:
        n = before.n
        if eligible is not None and before.rate_percent is not None and before.eligible:
            n = _whole(eligible * before.n / before.eligible)
        n = n if eligible is None else min(n, eligible)
        labels[max(n, 1)] = text.label_as_before(before.year, before.rate_percent)
    if eligible:
        others = {max(_whole(eligible * share / 100), 1): text.label_share(share) for share in SHARES}
    elif labels:
        n = next(iter(labels))
        others = {max(n // 2, 1): text.HALF_AS_MANY, 2 * n: text.TWICE_AS_MANY}
    else:
        profile = source.profile
        others = {} if eligible == 0 else {n: f"{n} answers" for n in (profile.score, profile.distribution, *COUNTS)}
    labels |= {n: label for n, label in others.items() if n not in labels}
    rules, sd = source.definitions.programme.change, earlier.spread or USUAL_SPREAD
    for n, label in labels.items():
        n_from = earlier.n if earlier.n is not None else n
        tested = min(n, n_from) >= rules.smallest_n
        found = detectable_change(n_from, n, sd=sd) if tested else None
        points = None if found is None else _whole(found)
        follows = linked and min(n, n_from) >= max(rules.linked_n, source.profile.linked)
        sharper = detectable_change(n_from, n, sd=sd, linked_r=USUAL_PERSISTENCE) if follows else None
        yield Scenario(
            label=label,
            n=n,
            points=points,
            noticed=text.describe_noticed(points, rules.smallest_n),
            linked="" if sharper is None else text.describe_noticed(_whole(sharper), rules.smallest_n),
            shown=text.describe_what_is_shown(n, source.profile),
        )


def _whole(value: float) -> int:
    return int(round_half_up(np.array([value]))[0])
