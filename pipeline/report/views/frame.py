"""What every page carries: whose survey this is, its date, notices, publication rules and methods."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report import ReportContext, text
from pipeline.report.views.rows import ReleasedRows, index_release
from pipeline.store.definitions import Definitions
from schemas.definitions import Group, ReleaseProfile, Words


@dataclass(frozen=True)
class Link:
    """Where to go and what it is called; ``here`` marks the page itself."""

    label: str
    href: str
    here: bool = False


@dataclass(frozen=True)
class PageFrame:
    """Programme-wide facts printed on each page. All text is final."""

    programme: str
    short_name: str
    language: str
    content_language: str
    synthetic: bool
    synthetic_mark: str
    synthetic_sentence: str
    notice: str
    attribution: str
    date: str
    rules: str
    words: Words


@dataclass(frozen=True)
class Source:
    """Definitions and released rows of one run of a report, so that each table is read once."""

    definitions: Definitions
    rows: ReleasedRows
    profile_name: str

    @staticmethod
    def of(context: ReportContext) -> Source:
        return Source(context.definitions, index_release(context.release), context.release.profile)

    @property
    def words(self) -> Words:
        return self.definitions.programme.words

    @property
    def profile(self) -> ReleaseProfile:
        return self.definitions.programme.release_profile(self.profile_name)

    def build_frame(self, year: int | None = None) -> PageFrame:
        """The frame of a page; its date is the year's ``report_date`` (the last year's without one)."""
        programme = self.definitions.programme
        years = self.definitions.years
        dated = self.definitions.waves[year if year is not None else years[-1]].wave.report_date if years else None
        return PageFrame(
            programme=programme.name,
            short_name=programme.short_name,
            language=text.LANGUAGE,
            content_language=programme.language,
            synthetic=programme.origin == "synthetic",
            synthetic_mark=text.SYNTHETIC_MARK,
            synthetic_sentence=text.SYNTHETIC_SENTENCE,
            notice=programme.notice,
            attribution=programme.attribution,
            date=text.format_date(dated) if dated else "",
            rules=text.describe_profile(self.profile_name, self.profile, fingerprint(self.profile), self.words),
            words=self.words,
        )

    def translate(self, texts: dict[str, str]) -> str:
        """Text in the programme's language, English where there is none."""
        return texts.get(self.definitions.programme.language) or texts.get("en") or next(iter(texts.values()), "")

    def smallest_meaningful(self, group: str) -> float:
        """The change called meaningful before the data arrived: smaller for roll-ups (S11)."""
        rules = self.definitions.programme.change
        return rules.delta_rollup if is_rollup(self.definitions, group) else rules.delta_group

    def aggregations(self, group: str) -> tuple[str, ...]:
        """How a group's answers are put together, the main way first."""
        return ("pooled", "groups_equal") if is_rollup(self.definitions, group) else ("own",)


def is_rollup(definitions: Definitions, group: str) -> bool:
    return group not in definitions.group_by_code or definitions.group_by_code[group].kind == "rollup"


def existing_groups(definitions: Definitions, year: int) -> tuple[Group, ...]:
    """Reported groups that existed in a year, in register order."""
    return tuple(
        group
        for group in definitions.reported_groups()
        if (group.since is None or group.since <= year) and (group.until is None or year <= group.until)
    )


def fingerprint(profile: ReleaseProfile) -> str:
    """Eight characters that change when a threshold does."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:8]


def list_methods(methods: Iterable[str], verdicts: Iterable[str]) -> list[str]:
    """Sentences of the methods behind a page's numbers and verdicts."""
    given = set(verdicts)
    used = set(methods)
    if given - {"not_tested", "break_in_series", "withheld", ""}:
        used.add("holm")
    if "no_meaningful_change" in given:
        used.add("tost")
    return text.describe_methods(sorted(used))
