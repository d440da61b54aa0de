"""Every path of a programme, from (root, programme, year or period, layer, name). Nothing else builds one.

A root holds ``data/`` and ``reports/``; the repository is one, any folder made by ``cip init`` another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


def list_programmes(root: Path) -> list[str]:
    """Names of the programmes under a root: folders of data/raw that hold a programme.toml."""
    return sorted(path.parent.name for path in (root / "data" / "raw").glob("*/programme.toml"))


@dataclass(frozen=True)
class ProgrammePaths:
    """Paths of one programme. Cheap to make, cheap to pass between tasks."""

    root: Path
    programme: str

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw" / self.programme

    @property
    def settings(self) -> Path:
        return self.raw / "programme.toml"

    @property
    def pseudonym_key(self) -> Path:
        return self.raw / "pseudonym.key"

    def wave(self, year: int) -> Path:
        return self.raw / str(year)

    def exports(self, year: int) -> Path:
        return self.wave(year) / "exports"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed" / self.programme

    def table(self, name: str) -> Path:
        """Folder of a stored table, for example answers.parquet (one file a year inside)."""
        return self.processed / f"{name}.parquet"

    def raw_responses(self, year: int) -> Path:
        """The tool-neutral, all-text layer of one year; declared columns only."""
        return self.processed / "responses_text.parquet" / f"year={year}" / "part-0.parquet"

    def comment_review(self, year: int) -> Path:
        """The workbook of one year's comments that every run makes anew; restricted."""
        return self.processed / "comments" / f"comments-{year}.xlsx"

    def reviewed_comments(self, year: int) -> Path:
        """That workbook, filled in by a person; restricted, never in git."""
        return self.wave(year) / "comments-reviewed.xlsx"

    def release(self, profile: str, name: str) -> Path:
        """Folder of a released table; the only layer that reports may read."""
        return self.processed / "release" / profile / f"{name}.parquet"

    @property
    def ledger(self) -> Path:
        """What was published, a line each; kept in git."""
        return self.raw / "releases" / "ledger.jsonl"

    def kept_release(self, number: int) -> Path:
        """The released tables of one entry of the ledger, kept so that later releases can be audited against them."""
        return self.raw / "releases" / f"{number:03d}"

    def published(self, number: int, part: str) -> Path:
        """The audited files of one entry of the ledger, ready to hand on."""
        return self.root / "reports" / self.programme / "published" / f"{number:03d}-{part}"

    def published_answers(self, number: int) -> Path:
        """The answers behind one entry of the ledger; restricted, never in git."""
        return self.processed / "published" / f"{number:03d}.parquet"

    @property
    def fault_report(self) -> Path:
        """Where a fault of the program leaves its details; may quote answers, so it stays here."""
        return self.processed / "fault.txt"

    @property
    def problems(self) -> Path:
        return self.processed / "problems.csv"

    def problems_part(self, year: int, stage: str) -> Path:
        return self.processed / "problems" / f"year={year}" / f"{stage}.csv"

    def coded(self, year: int) -> Path:
        """The coded answers of one year, one row per response, before anybody is excluded."""
        return self.processed / "coded.parquet" / f"year={year}" / "part-0.parquet"

    def run_record(self, part: str) -> Path:
        """run.json of one year ('2027') or period ('period-1')."""
        return self.processed / "runs" / part / "run.json"

    @property
    def reports(self) -> Path:
        return self.root / "reports" / self.programme

    def report(self, part: str, name: str) -> Path:
        """A report file of one year or period."""
        return self.reports / part / name
