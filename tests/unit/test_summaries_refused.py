"""Tables that say how many, or list single answers, instead of a row per response."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.ingest.readers import read_export
from pipeline.store.errors import UserError
from schemas.definitions import Wave

WAVE = Wave(year=2027, title="Survey", report_date=date(2027, 12, 1))
MEANS = "Branch,Respondents,Board (mean),Events (mean)\nNorth,34,3.9,4.1\nSouth,28,3.7,4.05\nEast,19,4.2,3.8\n"
LONG = "respondent,question,answer\n" + "".join(f"{n},Board,Good\n{n},Events,Poor\n" for n in range(1, 20))


@pytest.mark.parametrize("text", [MEANS, LONG], ids=["means per group", "a row per answer"])
def test_a_table_without_a_row_per_response_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="not its summary"):
        read_export(tmp_path / "table.csv", WAVE)


def test_ratings_beside_a_count_are_responses(tmp_path: Path) -> None:
    rows = "".join(f"Club {n},{10 + n},{n % 5 + 1},{(n + 2) % 5 + 1}\n" for n in range(30))
    (tmp_path / "table.csv").write_text("Club,Members,Rate the board,Rate events\n" + rows, encoding="utf-8")
    assert read_export(tmp_path / "table.csv", WAVE)[0].n_rows == 30
