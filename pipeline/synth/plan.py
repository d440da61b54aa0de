"""The plan of a synthetic programme: tables beside its definitions, read and checked.

``simulation.toml`` (settings), ``simulation.csv`` (who answers and the true means),
``simulation_items.csv`` (items that differ from their principle), ``simulation_events.csv`` (responses
that must not count) and ``simulation_comments.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field

from pipeline.store.definitions import Definitions, WaveDefinitions, read_definitions
from pipeline.store.errors import user_error
from pipeline.store.paths import ProgrammePaths
from pipeline.store.records import read_records, read_settings
from schemas.definitions import NO_GROUP, Definition, Item, Wave

EventKind = Literal["test", "duplicate", "late", "empty", "fragment"]
EVENT_PROBLEMS: dict[EventKind, str] = {
    "test": "excluded_test",
    "duplicate": "excluded_duplicate",
    "late": "excluded_out_of_dates",
    "empty": "excluded_empty",
    "fragment": "excluded_partial",
}
"""The problem code each planted event must be found under."""


class SkipKinds(Definition):
    """How answers that are not answers divide; shares, need not add up to one."""

    no_opinion: float = Field(ge=0)
    not_applicable: float = Field(ge=0)
    missing: float = Field(gt=0)


class WaveStyle(Definition):
    """How one year's tool wrote groups and ids."""

    year: int
    group_label: Literal["short", "full", "name"]
    group_column_parents: tuple[str, ...] = Field((), description="whose parts each group column offers")
    collector: str = ""
    first_id: int = 1


class SimulationSettings(Definition):
    """``simulation.toml``."""

    seed: int
    wobble: float = Field(ge=0, description="points by which a year may miss the true mean, either way")
    person_share: float = Field(ge=0, le=1, description="share of an answer's variance that is the person")
    principle_share: float = Field(ge=0, le=1, description="share that is the person's view of the principle")
    skip_rate: float = Field(ge=0, le=1, description="chance to leave one item of a principle without answer")
    comment_rate: float = Field(ge=0, le=1)
    share_rate: float = Field(ge=0, le=1)
    not_shared: str
    skip_kinds: SkipKinds
    waves: tuple[WaveStyle, ...]


class PlanRow(Definition):
    """A row of ``simulation.csv``: one group in one year."""

    year: int
    group: str
    answers: int = Field(ge=1, description="responses that count, partial ones included")
    partial: int = Field(0, ge=0, description="of these, how many stop after the second principle")
    spread: float = Field(gt=0, description="standard deviation of an item's answers, points")
    mean: dict[str, str] = Field(description="true mean by principle or part, points (columns mean:P1, ...)")

    def true_mean(self, principle: str) -> float:
        return float(self.mean[principle])


class ItemPlan(Definition):
    """A row of ``simulation_items.csv``: what sets an item apart from its principle in one year.

    Without a group its distance from the principle, points; with one, how widely that group's answers to it spread.
    """

    year: int
    item: str
    group: str = ""
    offset: float = 0
    spread: float | None = Field(None, gt=0, description="standard deviation of one group's answers, points")
    note: str = ""


class EventPlan(Definition):
    """A row of ``simulation_events.csv``: responses that must be found and left out."""

    year: int
    group: str
    kind: EventKind
    n: int = Field(ge=1)
    note: str = ""


class CommentText(Definition):
    """A row of ``simulation_comments.csv``: something people write."""

    text: str


@dataclass(frozen=True)
class Plan:
    """A programme's definitions and what its answers are to show."""

    definitions: Definitions
    settings: SimulationSettings
    rows: tuple[PlanRow, ...]
    items: tuple[ItemPlan, ...]
    events: tuple[EventPlan, ...]
    comments: tuple[str, ...]

    @cached_property
    def row_of(self) -> dict[tuple[int, str], PlanRow]:
        return {(row.year, row.group): row for row in self.rows}

    @cached_property
    def offset_of(self) -> dict[tuple[int, str], float]:
        return {(row.year, row.item): row.offset for row in self.items if not row.group}

    @cached_property
    def split(self) -> dict[tuple[int, str, str], float]:
        """The spread of answers by year, group and item, where two camps are planted."""
        return {(row.year, row.group, row.item): row.spread for row in self.items if row.group and row.spread}

    @cached_property
    def style_of(self) -> dict[int, WaveStyle]:
        return {style.year: style for style in self.settings.waves}

    @property
    def years(self) -> list[int]:
        return sorted({row.year for row in self.rows})

    def wave(self, year: int) -> WaveDefinitions:
        return self.definitions.waves[year]

    def group_rows(self, year: int) -> list[PlanRow]:
        """The year's rows in register order, responses without a group last."""
        order = {group.group: position for position, group in enumerate(self.definitions.groups)}
        rows = [row for row in self.rows if row.year == year]
        return sorted(rows, key=lambda row: order.get(row.group, len(order)))

    def family_of(self, item: Item) -> str:
        """The principle an item counts for: that of its part, where it points at a part."""
        parent = {row.principle: row.parent for row in self.definitions.principle_versions}
        return parent.get(item.principle) or item.principle

    def families(self, year: int) -> dict[str, list[Item]]:
        """Items of each principle in questionnaire order; the overarching question is one of them."""
        found: dict[str, list[Item]] = {}
        for item in self.wave(year).items:
            found.setdefault(self.family_of(item), []).append(item)
        return found


def read_plan(paths: ProgrammePaths) -> Plan:
    """Read the plan and check it against the definitions.

    Raises:
        UserError: a file is missing or invalid, the plan names what no definition knows, or the
            programme is not a synthetic one (its exports are real and are never written).
    """
    definitions = read_definitions(paths)
    if definitions.programme.origin != "synthetic":
        raise user_error(
            "definition_conflict",
            f"'{paths.programme}' is not a synthetic programme: its exports are never written",
            file="programme.toml", column="origin",
            action="Simulate only programmes with origin = \"synthetic\".",
        )  # fmt: skip
    raw = paths.raw
    plan = Plan(
        definitions=definitions,
        settings=read_settings(raw / "simulation.toml", SimulationSettings),
        rows=tuple(read_records(raw, "simulation", PlanRow, required=True)),
        items=tuple(read_records(raw, "simulation_items", ItemPlan)),
        events=tuple(read_records(raw, "simulation_events", EventPlan)),
        comments=tuple(row.text for row in read_records(raw, "simulation_comments", CommentText)),
    )
    _check_plan(plan)
    return plan


def fieldwork(wave: Wave) -> tuple[date, date]:
    """First and last day of the fieldwork.

    Raises:
        UserError: ``definition_invalid`` when survey.toml leaves one of them out.
    """
    if wave.fieldwork_from is None or wave.fieldwork_to is None:
        file = f"{wave.year}/survey.toml"
        raise user_error(
            "definition_invalid", "A simulated year needs its fieldwork dates", file=file, column="fieldwork_from"
        )
    return wave.fieldwork_from, wave.fieldwork_to


def _check_plan(plan: Plan) -> None:
    known = {*plan.definitions.group_by_code, NO_GROUP}
    for row in plan.rows:
        if row.year not in plan.definitions.waves or row.year not in plan.style_of:
            _refuse(f"{row.year} has no survey.toml, or no [[waves]] entry in simulation.toml", "year")
        if row.group not in known:
            _refuse(f"Unknown group '{row.group}'", "group")
        for item in plan.wave(row.year).items:
            if item.principle not in row.mean:
                _refuse(f"{row.year}, {row.group}: no mean for '{item.principle}'", f"mean:{item.principle}")
        fieldwork(plan.wave(row.year).wave)
    for apart in plan.items:
        if bool(apart.group) != (apart.spread is not None):
            what = f"{apart.year}, {apart.item}: a group and a spread need each other"
            _refuse(what, "spread", "simulation_items.csv")
        if apart.group and (apart.year, apart.group) not in plan.row_of:
            what = f"{apart.year}, {apart.group}: a spread needs a row in simulation.csv"
            _refuse(what, "group", "simulation_items.csv")
    for event in plan.events:
        if (event.year, event.group) not in plan.row_of:
            _refuse(
                f"{event.year}, {event.group}: an event needs a row in simulation.csv", "group", "simulation_events.csv"
            )


def _refuse(what: str, column: str, file: str = "simulation.csv") -> None:
    raise user_error("definition_conflict", what, file=file, column=column)
