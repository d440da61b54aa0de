"""How long scores and verdicts take: ``python -m benchmarks.measure_scores [PEOPLE]``.

PEOPLE answered 25 questions in 22 groups of very different size, a third of them in each of three years. Each measurement is a
process of its own, from stored tables to all scores with their intervals, all tests and all verdicts: from
``answers.parquet`` (a row per person and question), and from a table with a row per person. Half the people are
measured too. Last, the shipped CIP community, all permutation tests included. The best of several runs counts;
CPU seconds are those of both cores together. Needs a system that tells what a process used (not Windows).
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from pipeline.score.answer_matrix import AnswerMatrix, tabulate_answers
from pipeline.score.compare import compare_years
from pipeline.score.principles import score_wave
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table, write_frame
from tests.helpers import make_definitions

REPOSITORY = Path(__file__).resolve().parents[1]
YEARS, GROUPS, ITEMS = (2025, 2026, 2027), tuple(f"G{k:02d}" for k in range(22)), tuple(f"q{k:02d}" for k in range(25))
RUNS = 3


class Used(NamedTuple):
    """What one process needed beyond its start: seconds on the clock and of both cores; MB at its largest."""

    wall: float
    cpu: float
    peak: float
    rows: int


def define_community(people: int) -> Definitions:
    """Five principles of five questions; twice as many could answer as do."""
    return make_definitions(
        groups=GROUPS, principles=[f"P{k}" for k in range(5)],
        items={item: {"principle": f"P{at // 5}", "comparability": "identical"} for at, item in enumerate(ITEMS)},
        years=YEARS, roster=dict.fromkeys(GROUPS, 2 * people),
    )  # fmt: skip


def write_answers(folder: Path, people: int) -> None:
    """Both layouts of every year, as the program stores its tables; seeded."""
    share = np.arange(1, len(GROUPS) + 1) ** 1.5
    for year in YEARS:
        rng = np.random.default_rng([20261122, year])
        group_of = np.sort(rng.choice(len(GROUPS), people, p=share / share.sum())).astype(np.int8)
        person = rng.standard_normal((1, people)) + 0.02 * (year - YEARS[0])
        values = (
            np.searchsorted([-1.6, -1.0, -0.4, 0.7], 0.7 * (person + rng.standard_normal((len(ITEMS), people)))) + 1
        )
        names = pd.Index([f"{at:016x}" for at in range(people)], dtype="str")
        wide = {"group": pd.Categorical.from_codes(group_of, categories=pd.Index(GROUPS, dtype="str"))}
        wide["respondent"] = pd.Categorical.from_codes(np.arange(people), categories=names)
        items = {item: values[at].astype(np.int8) for at, item in enumerate(ITEMS)}
        write_frame(pd.DataFrame(wide | items), folder / "wide.parquet" / f"year={year}" / "part-0.parquet")
        rows = people * len(ITEMS)
        long = {
            "wave": _repeat([str(year)], np.zeros(rows, dtype=np.int8)),
            "group": _repeat(GROUPS, np.repeat(group_of, len(ITEMS))),
            "level": _repeat(["individual"], np.zeros(rows, dtype=np.int8)),
            "respondent": pd.Categorical.from_codes(np.repeat(np.arange(people), len(ITEMS)), categories=names),
            "item": _repeat(ITEMS, np.tile(np.arange(len(ITEMS)), people)),
            "value": pd.array(values.T.reshape(-1), dtype="Int16"),
            "kind": _repeat(["answer"], np.zeros(rows, dtype=np.int8)),
        }
        write_frame(pd.DataFrame(long), folder / "answers.parquet" / f"year={year}" / "part-0.parquet")


def _repeat(names: object, codes: np.ndarray) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))


def read_long(folder: Path, definitions: Definitions, year: int) -> AnswerMatrix:
    return tabulate_answers(read_table("answers", folder / "answers.parquet", [year]), definitions, year)


def read_wide(folder: Path, definitions: Definitions, year: int) -> AnswerMatrix:
    """A row per person straight into the matrix."""
    with pq.ParquetFile(folder / "wide.parquet" / f"year={year}" / "part-0.parquet") as file:
        table = file.read()
    group, respondent = (table[name].combine_chunks() for name in ("group", "respondent"))
    wave = definitions.waves[year]
    return AnswerMatrix(
        values=np.stack([table[item].to_numpy() for item in ITEMS]).astype(np.int16),
        row_of={item: at for at, item in enumerate(ITEMS)},
        groups=tuple(group.dictionary.to_pylist()),
        group_of=group.indices.to_numpy().astype(np.intp),
        respondents=pd.Categorical.from_codes(respondent.indices.to_numpy(), respondent.dictionary.to_pandas()),
        left_out=np.zeros((len(GROUPS), len(ITEMS)), dtype=bool),
        options={item.item: wave.answer_points(item) for item in wave.items},
    )


Reader = Callable[[Path, Definitions, int], AnswerMatrix]


def judge_years(
    matrices: Mapping[int, AnswerMatrix], responses: Mapping[int, pd.DataFrame], definitions: Definitions
) -> int:
    """Every score and every verdict of all years; how many rows they have."""
    rows = 0
    for year, matrix in matrices.items():
        rows += len(score_wave(matrix, responses[year], definitions, year))
        rows += len(compare_years(matrices, definitions, year).trends)
    return rows


def _judge_made_up(folder: Path, people: int, read: Reader) -> int:
    definitions = define_community(people)
    facts = [{"group": group, "rate": 0.5, "eligible": 2 * people, "reason": ""} for group in GROUPS]
    responses = dict.fromkeys(YEARS, pd.DataFrame(facts))
    return judge_years({year: read(folder, definitions, year) for year in YEARS}, responses, definitions)


def _judge_community(folder: Path, people: int, read: Reader) -> int:  # noqa: ARG001
    paths = ProgrammePaths(folder, "cip")
    definitions = read_definitions(paths)
    matrices, responses = {}, {}
    for year in definitions.years:
        matrices[year] = tabulate_answers(read_table("answers", paths.table("answers"), [year]), definitions, year)
        responses[year] = read_table("responses", paths.table("responses"), [year])
    return judge_years(matrices, responses, definitions)


def read_exports(paths: ProgrammePaths) -> None:
    """The shipped exports to stored answers."""
    for year in read_definitions(paths).years:
        for stage in (ingest_exports, harmonise_responses, validate_responses):
            stage(paths, year)


def count_answers(paths: ProgrammePaths) -> int:
    responses = read_table("responses", paths.table("responses"))
    return int(responses.loc[responses["group"] == "_all", "n"].sum())


def _apart(work: Callable[..., None], *given: object) -> None:
    """Prepare in a process of its own: a measured one would inherit the peak of this one."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _run(work: Callable[[Path, int, Reader], int], folder: Path, people: int, read: Reader, tell: object) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = work(folder, people, read)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell.put(Used(time.perf_counter() - wall, time.process_time() - cpu, peak, rows))  # type: ignore[attr-defined]


def measure(
    work: Callable[[Path, int, Reader], int], folder: Path, people: int, read: Reader, runs: int = RUNS
) -> Used:
    """The best of several processes, each from nothing."""
    context = multiprocessing.get_context("spawn")
    found: list[Used] = []
    for _ in range(runs):
        queue = context.Queue()
        process = context.Process(target=_run, args=(work, folder, people, read, queue))
        process.start()
        found.append(queue.get())
        process.join()
    return Used(*(min(each[at] for each in found) for at in range(4)))  # type: ignore[arg-type]


def main(people: int) -> None:
    print("| what | people in all | s | CPU s | peak MB | scores and changes |\n|---|---|---|---|---|---|")
    for n in (people // 2, people):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _apart(write_answers, folder, n // len(YEARS))
            for what, read in (("answers.parquet", read_long), ("a row per person", read_wide)):
                used = measure(_judge_made_up, folder, n // len(YEARS), read)
                print(
                    f"| {what} | {n:,} | {used.wall:.1f} | {used.cpu:.1f} | {used.peak:,.0f} | {used.rows:,} |",
                    flush=True,
                )
    with tempfile.TemporaryDirectory() as name:
        paths = ProgrammePaths(Path(name), "cip")
        shutil.copytree(REPOSITORY / "data" / "raw" / "cip", paths.raw)
        _apart(read_exports, paths)
        used = measure(_judge_community, Path(name), 0, read_long)
        print(
            f"| the shipped CIP community | {count_answers(paths):,} | {used.wall:.1f} | {used.cpu:.1f} | {used.peak:,.0f} | {used.rows:,} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
