"""The documentation is that of this code: generated pages, links, version and licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from docs.generate import PAGES, PROGRAMME_FILES, YEAR_FILES
from schemas.definitions import Definition
from tests.programme_files import REPOSITORY

DOCS = REPOSITORY / "docs"
TEXTS = sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md"), *(REPOSITORY / "data" / "raw" / "haskell").glob("*.md")])


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_generated_pages_are_up_to_date(page: str) -> None:
    assert read(DOCS / page) == PAGES[page](), "run: python -m docs.generate"


def test_every_file_that_is_read_is_documented() -> None:
    source = read(REPOSITORY / "pipeline" / "store" / "definitions.py")
    tables = set(re.findall(r'read_records\(\w+, "(\w+)"', source))
    models: list[tuple[str, type[Definition], bool]] = [*PROGRAMME_FILES, *YEAR_FILES]
    assert {file.removesuffix(".csv") for file, _, _ in models if file.endswith(".csv")} == tables
    needed = set(re.findall(r'read_records\(\w+, "(\w+)", \w+, required=True\)', source))
    assert {file.removesuffix(".csv") for file, _, must in models if must and file.endswith(".csv")} == needed


@pytest.mark.parametrize("page", TEXTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", read(page))
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_decision_records_are_numbered_and_have_the_same_three_parts() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    for number, record in enumerate(records, start=1):
        assert record.name.startswith(f"{number:04d}-")
        assert read(record).startswith(f"# {number}. ")
        assert re.findall(r"\*\*(\w+)\.\*\*", read(record)) == ["Context", "Decision", "Consequences"]


def test_citation_licence_and_changelog_fit_the_package() -> None:
    project = tomllib.loads(read(REPOSITORY / "pyproject.toml"))["project"]
    citation = dict(line.split(": ", 1) for line in read(REPOSITORY / "CITATION.cff").splitlines() if ": " in line)
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in read(REPOSITORY / "LICENSE")
    versions = re.split(r"^## ", read(REPOSITORY / "CHANGELOG.md"), flags=re.MULTILINE)[1:]
    assert versions
    assert all("\n### Numbers change\n" in version for version in versions)
