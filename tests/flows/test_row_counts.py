"""Rows per stored table and year, under version control: a change shows up in review.

After an intended change: python -m tests.flows.test_row_counts ROOT_OF_A_FINISHED_RUN
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.store.files import write_text

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "row_counts.csv"


def count_rows(root: Path) -> str:
    processed = root / "data" / "processed"
    lines = ["programme,table,year,rows"]
    for path in sorted(processed.rglob("part-0.parquet")):
        programme, *table, year, _ = path.relative_to(processed).parts
        rows = pq.ParquetFile(path).metadata.num_rows
        lines.append(f"{programme},{'/'.join(table).removesuffix('.parquet')},{year.removeprefix('year=')},{rows}")
    return "\n".join(lines) + "\n"


def test_tables_have_the_recorded_number_of_rows(finished_run):
    assert count_rows(finished_run).splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    write_text(GOLDEN, count_rows(Path(sys.argv[1])))
