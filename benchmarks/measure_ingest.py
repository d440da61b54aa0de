"""How long an export takes from CSV to validated answers, and how much memory: whole processes.

Usage: python -m benchmarks.measure_ingest [ROWS]...

Writes a made-up export of 60 columns (ids, times, 22 groups, 40 statements answered in words, open answers, and
columns nobody asked for) beside its definitions in a scratch folder. Then one process runs the three
stages from the export to ``answers.parquet``, and another ``cip check``. Default: 100,000, 200,000 and
a million responses. Prints a Markdown table. Needs a system that tells what a process used (not Windows).
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

REPOSITORY = Path(__file__).resolve().parents[1]
YEAR, GROUPS, ITEMS, OTHER, COMMENTS = 2027, 22, 40, 9, 4
LABELS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree", "No opinion", "")
SHARES = (0.06, 0.12, 0.22, 0.36, 0.24)
BATCH = 50_000
STAGES = f"""
import sys
from pathlib import Path
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.paths import ProgrammePaths
for stage in (ingest_exports, harmonise_responses, validate_responses):
    stage(ProgrammePaths(Path(sys.argv[1]), "example"), {YEAR})
"""
CHECK = "import sys; from flows.cli import main; main(['check', '--root', sys.argv[1]])"
SURVEY = f"""\
year = {YEAR}
title = "Survey {YEAR}"
tool = "plain"
report_date = {YEAR}-12-01
fieldwork_from = {YEAR}-05-01
fieldwork_to = {YEAR}-05-31
respondent_column = "Response id"
started_column = "Started"
finished_column = "Finished"
group_column = "Which group are you in?"
comment_columns = [{", ".join(f'"Open question {at}"' for at in range(COMMENTS))}]

[responses]
within_fieldwork = true
duplicate_minutes = 10
too_fast_seconds = 20
"""


class Used(NamedTuple):
    """What one process needed: seconds on the clock and of both cores, and MB at its largest."""

    wall: float
    cpu: float
    peak: float


def _is_reverse(item: int) -> bool:
    return item % 8 == 5


def write_programme(root: Path, rows: int) -> None:
    """The definitions and the export; seeded, the same files every time."""
    raw = root / "data" / "raw" / "example"
    (raw / str(YEAR) / "exports").mkdir(parents=True)
    reverse = {True: "yes", False: "no"}
    statements = [
        f"q{at},P{at // 4},Statement {at} holds in my group.,agree5,{reverse[_is_reverse(at)]}" for at in range(ITEMS)
    ]
    kept = ("no", "no", "neutral", "yes", "yes")
    options = [
        f"agree5,{at},{label},answer,{good}"
        for at, (label, good) in enumerate(zip(LABELS, kept, strict=False), start=1)
    ]
    tables = {
        "programme.toml": ['name = "Example survey"', 'short_name = "Example"', 'origin = "synthetic"'],
        "principles.csv": ["principle,version,since,kind,parent,name:en,text:en"]
        + [f"P{at},1,{YEAR},principle,,Principle {at},It is kept." for at in range(ITEMS // 4)],
        "groups.csv": ["group,name,parent,kind,aliases"] + [f"g{at},Group {at},,answers," for at in range(GROUPS)],
        f"{YEAR}/survey.toml": SURVEY.splitlines(),
        f"{YEAR}/items.csv": ["item,principle,text:en,scale,reverse", *statements],
        f"{YEAR}/scales.csv": ["scale,value,label:en,kind,favourable", *options, f"agree5,,{LABELS[5]},no_opinion,"],
        f"{YEAR}/roster.csv": ["group,eligible,unit,as_of,source,access"]
        + [f"g{at},{rows},person,{YEAR}-05-01,member list,unique" for at in range(GROUPS)],
    }
    for name, lines in tables.items():
        (raw / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    rng = np.random.default_rng(rows)
    with (raw / str(YEAR) / "exports" / "export.csv").open("wb") as handle:
        for start in range(0, rows, BATCH):
            batch = draw_batch(np.arange(start, min(start + BATCH, rows)), rng)
            pa_csv.write_csv(batch, handle, pa_csv.WriteOptions(include_header=start == 0))


def draw_batch(ids: np.ndarray, rng: np.random.Generator) -> pa.Table:
    """Some responses. Items of one person go together, as they do in life: reading checks their directions."""
    n = len(ids)
    began = np.datetime64(f"{YEAR}-05-02", "s") + rng.integers(0, 28 * 86_400, n)
    columns = {
        "Response id": pa.array(np.char.add("R-", np.char.zfill(ids.astype(str), 8))),
        "Started": _as_text(began),
        "Finished": _as_text(began + rng.integers(60, 1_800, n)),
        "Language": _pick(["English", "Deutsch", "Español"], rng.integers(0, 3, n)),
        "E-mail": pa.array(np.char.add(ids.astype(str), "@example.org")),
        "Browser": _pick([f"Browser {at}" for at in range(30)], rng.integers(0, 30, n)),
        "Which group are you in?": _pick([f"Group {at}" for at in range(GROUPS)], _draw_groups(n, rng)),
    }
    shared, cuts = rng.standard_normal(n), np.cumsum(SHARES)[:-1]
    uniform = np.sort(rng.standard_normal(20_000))[(cuts * 20_000).astype(int)] * 1.2
    for at in range(ITEMS):
        answer = np.searchsorted(uniform, 0.7 * shared + rng.standard_normal(n))
        answer = 4 - answer if _is_reverse(at) else answer
        other = rng.random(n)
        answer[other < 0.05], answer[other < 0.02] = 5, 6
        columns[f"Statement {at} holds in my group."] = _pick(LABELS, answer)
    for at in range(OTHER):
        columns[f"About you {at}"] = _pick([f"Option {option}" for option in range(at + 2)], rng.integers(0, at + 2, n))
    for at in range(COMMENTS):
        said = np.char.add(f'Öffnen "{at}", please:\nsooner, and longer; says ', ids.astype(str))
        columns[f"Open question {at}"] = pa.array(np.where(rng.random(n) < 0.25, said, ""))
    return pa.table(columns)


def _draw_groups(n: int, rng: np.random.Generator) -> np.ndarray:
    share = np.arange(1, GROUPS + 1) ** 1.5
    return rng.choice(GROUPS, n, p=share / share.sum())


def _pick(texts: list[str] | tuple[str, ...], codes: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(texts)).cast(pa.string())


def _as_text(times: np.ndarray) -> pa.Array:
    return pa.array(np.char.replace(np.datetime_as_string(times, unit="s"), "T", " "))


def measure(program: str, root: Path) -> Used:
    """Run a program in a process of its own, and ask the system what it used."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", program, str(root)], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"The program ended with {child.returncode}")
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return Used(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def main(sizes: list[int]) -> None:
    programs: Mapping[str, str] = {"export to answers.parquet": STAGES, "cip check": CHECK}
    print("| responses | CSV MB | what | s | CPU s | peak MB |\n|---|---|---|---|---|---|", flush=True)
    for rows in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            # made by a process of its own: a child's peak starts from what its parent held
            writer = multiprocessing.get_context("spawn").Process(target=write_programme, args=(Path(scratch), rows))
            writer.start()
            writer.join()
            if writer.exitcode:
                sys.exit(f"The export was not written: {writer.exitcode}")
            size = sum(path.stat().st_size for path in Path(scratch).rglob("export.csv")) / 1e6
            for title, program in programs.items():
                used = measure(program, Path(scratch))
                line = f"{used.wall:.1f} | {used.cpu:.1f} | {used.peak:,.0f}"
                print(f"| {rows:,} | {size:,.0f} | {title} | {line} |", flush=True)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [100_000, 200_000, 1_000_000])
