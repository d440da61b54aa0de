"""The synthetic programme: reproducible to the byte, written as real tools write, truths really in it."""

from __future__ import annotations

import csv
import shutil
import zipfile
from functools import cache
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from scipy import stats

from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.responses import classify_responses
from pipeline.ingest.wave import read_wave
from pipeline.store.crosswalk import pair_items
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.synth.draw import Stream, allocate_points
from pipeline.synth.simulate import simulate_programme
from tests.programme_files import REPOSITORY

CIP = ProgrammePaths(REPOSITORY, "cip")
YEARS = (2025, 2026, 2027)


def copy_programme(root: Path) -> ProgrammePaths:
    paths = ProgrammePaths(root, "cip")
    shutil.copytree(CIP.raw, paths.raw, ignore=shutil.ignore_patterns("exports", "planted.csv"))
    return paths


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="\n")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> ProgrammePaths:
    paths = copy_programme(tmp_path_factory.mktemp("simulated"))
    simulate_programme(paths.root)
    return paths


@cache
def definitions() -> Definitions:
    return read_definitions(CIP)


@cache
def planted() -> pd.DataFrame:
    return pd.read_csv(CIP.raw / "planted.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")


@cache
def responses(year: int) -> pd.DataFrame:
    """The committed exports of a year, read, coded and classified."""
    texts, _ = read_wave(CIP, definitions(), year)
    coded, _ = harmonise_answers(texts, definitions(), year)
    classified, _ = classify_responses(coded, definitions(), year)
    return classified


# --- reproducible ------------------------------------------------------------------------------


def test_simulation_writes_the_committed_files_byte_for_byte(simulated: ProgrammePaths) -> None:
    written = sorted(p.relative_to(simulated.raw) for y in YEARS for p in simulated.exports(y).iterdir())
    committed = sorted(p.relative_to(CIP.raw) for y in YEARS for p in CIP.exports(y).iterdir())
    assert written == committed
    for name in [*written, Path("planted.csv")]:
        assert (simulated.raw / name).read_bytes() == (CIP.raw / name).read_bytes(), name


def test_committed_exports_stay_small() -> None:
    assert sum(path.stat().st_size for year in YEARS for path in CIP.exports(year).iterdir()) < 1_000_000


def test_a_change_in_one_group_moves_no_other_group(tmp_path: Path) -> None:
    paths = copy_programme(tmp_path)
    replace_in(paths.raw / "simulation.csv", "2026,BC,24,", "2026,BC,19,")
    simulate_programme(tmp_path)
    changed = [
        p.name for p in paths.exports(2026).iterdir() if p.read_bytes() != (CIP.exports(2026) / p.name).read_bytes()
    ]
    assert changed == ["GNSO.csv"]
    before, after = (set(read_rows(where.exports(2026) / "GNSO.csv")) for where in (CIP, paths))
    assert {row[1] for row in before ^ after} == {"Business Constituency (BC)"}


def test_another_seed_gives_other_answers(tmp_path: Path) -> None:
    paths = copy_programme(tmp_path)
    replace_in(paths.raw / "simulation.toml", "seed = 20250915", "seed = 20250916")
    simulate_programme(tmp_path)
    assert (paths.exports(2026) / "GAC.csv").read_bytes() != (CIP.exports(2026) / "GAC.csv").read_bytes()


def test_random_numbers_are_fixed_for_ever() -> None:
    """Known values: a change here means that every export would change."""
    stream = Stream(20250915, 2026, "GAC", "answer")
    assert stream.uniform(3).tolist() == pytest.approx(
        [0.6556934337971303, 0.773148161512663, 0.4521433422089541], abs=1e-15
    )


@pytest.mark.parametrize("n", [1, 2, 7, 24, 90])
@pytest.mark.parametrize("steps", [5, 7])
@pytest.mark.parametrize("target", [12.0, 48.5, 50.0, 83.0])
def test_allocated_points_hit_the_target_as_closely_as_n_allows(n: int, steps: int, target: float) -> None:
    points = allocate_points(target, 20, np.arange(n, dtype=float), steps)
    step = 100 / (steps - 1)
    # symmetric quantiles may move two people at once
    assert abs(points.mean() * step - target) <= step / n + 1e-6
    assert (np.diff(points) >= 0).all()
    assert points.min() >= 0
    assert points.max() < steps


# --- as the tools write ------------------------------------------------------------------------


def read_rows(path: Path, encoding: str = "utf-8") -> list[tuple[str, ...]]:
    with path.open(encoding=encoding, newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


def test_surveymonkey_export_has_two_header_rows_and_newest_first() -> None:
    (path,) = CIP.exports(2025).iterdir()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    questions, subs, *rows = read_rows(path, "utf-8-sig")
    assert questions[:4] == ("Respondent ID", "Collector ID", "Start Date", "End Date")
    assert subs[:5] == ("", "", "", "", "Response")
    assert questions[10] == ""  # the matrix question is written once
    ids = [int(row[0]) for row in rows]
    assert ids == sorted(set(ids), reverse=True)
    assert all(pd.to_datetime(row[2], format="%m/%d/%Y %I:%M:%S %p") < pd.to_datetime(row[3]) for row in rows)


def test_surveymonkey_group_is_told_step_by_step() -> None:
    (path,) = CIP.exports(2025).iterdir()
    chosen = {row[4:9] for row in read_rows(path, "utf-8-sig")[2:]}
    assert ("GNSO", "CSG", "BC", "", "") in chosen
    assert ("GNSO", "NCSG", "", "Not in a constituency", "") in chosen
    assert ("At-Large", "", "", "", "AFRALO") in chosen
    assert ("GNSO", "", "", "", "") in chosen
    assert ("", "", "", "", "") in chosen


def test_google_forms_writes_a_file_per_group_and_asks_sub_groups_only_where_there_are_some() -> None:
    headers = {path.stem: read_rows(path)[0] for path in CIP.exports(2026).iterdir()}
    assert sorted(headers) == sorted(["ASO", "ccNSO", "GNSO", "At-Large", "GAC", "RSSAC", "SSAC", "NomCom"])
    asking = [stem for stem, header in headers.items() if header[1] == "In which group are you answering?"]
    assert sorted(asking) == ["At-Large", "GNSO"]
    raw = (CIP.exports(2026) / "GAC.csv").read_bytes()
    assert b"\r\n" in raw
    assert not raw.endswith(b"\n")


def test_microsoft_forms_workbook_opens_and_is_anonymous() -> None:
    (path,) = CIP.exports(2027).iterdir()
    book = load_workbook(path)
    assert book.sheetnames == ["Sheet1"]
    sheet = book["Sheet1"]
    assert [cell.value for cell in sheet[1]][:5] == ["ID", "Start time", "Completion time", "Email", "Name"]
    assert {row[3].value for row in sheet.iter_rows(min_row=2)} == {"anonymous"}
    assert {row[4].value for row in sheet.iter_rows(min_row=2)} == {None}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)  # a comment starts with =


def test_microsoft_forms_workbook_holds_nothing_that_depends_on_the_machine() -> None:
    (path,) = CIP.exports(2027).iterdir()
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {(entry.date_time, entry.create_system) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 3)}


# --- what is planted is there ------------------------------------------------------------------

FOUND_BY = {
    "group_n": lambda rows: int((rows["status"] != "excluded").sum()),
    "partial": lambda rows: int((rows["status"] == "partial").sum()),
}


def test_every_planted_count_of_responses_is_found() -> None:
    counts = planted()[planted()["kind"].isin(["group_n", "partial"]) | planted()["kind"].str.startswith("excluded_")]
    assert len(counts) > 80
    for fact in counts.itertuples():
        rows = responses(int(fact.year))
        rows = rows[rows["group"] == fact.group]
        found = FOUND_BY.get(fact.kind, lambda rows, kind=fact.kind: int((rows["reason"] == kind).sum()))(rows)
        assert found == int(fact.expected), fact


def test_nothing_unplanned_is_excluded_or_partial() -> None:
    for year in YEARS:
        expected = planted()[planted()["year"] == str(year)]
        excluded = expected[expected["kind"].str.startswith("excluded_")]["expected"].astype(int).sum()
        partial = expected[expected["kind"] == "partial"]["expected"].astype(int).sum()
        assert (responses(year)["status"] == "excluded").sum() == excluded
        assert (responses(year)["status"] == "partial").sum() == partial


def people(year: int, group: str, items: list[str]) -> np.ndarray:
    """Person scores on some items by the half rule; on purpose not the pipeline's own code."""
    rows = responses(year)
    rows = rows[(rows["status"] != "excluded") & (rows["group"] == group)]
    wave, scores = definitions().waves[year], {}
    for code in items:
        values = [point.value for point in wave.answer_points(wave.item_by_code[code])]
        score = (
            100 * (rows[f"value:{code}"].astype("Float64").astype(float) - min(values)) / (max(values) - min(values))
        )
        scores[code] = 100 - score if wave.item_by_code[code].reverse else score
    table = pd.DataFrame(scores)
    enough = table.notna().sum(axis=1) >= max(ceil(len(items) / 2), min(2, len(items)))
    return table.mean(axis=1)[enough].to_numpy()


def changes() -> pd.DataFrame:
    """Observed change, minimum detectable change (S11, process view) and Welch's p of each planted verdict."""
    parent = {row.principle: row.parent or row.principle for row in definitions().principle_versions}
    found = []
    for fact in planted()[planted()["kind"] == "verdict"].itertuples():
        first, last = int(fact.year_from), int(fact.year_to)
        pairs = [p for p in pair_items(definitions(), first, last) if p.comparable]
        items = [p.item_to.item for p in pairs if parent[p.item_to.principle] == fact.measure]
        before, after = people(first, fact.group, items), people(last, fact.group, items)
        n = min(len(before), len(after))
        if n < definitions().programme.change.smallest_n:
            found.append((fact.group, fact.expected, n, np.nan, np.nan, np.nan))
            continue
        test = stats.ttest_ind(after, before, equal_var=False)
        se = np.sqrt(before.var(ddof=1) / len(before) + after.var(ddof=1) / len(after))
        mdc = (stats.t.ppf(0.975, test.df) + stats.t.ppf(0.80, test.df)) * se
        found.append((fact.group, fact.expected, n, after.mean() - before.mean(), mdc, test.pvalue))
    return pd.DataFrame(found, columns=["group", "expected", "n", "change", "mdc80", "p"])


def test_planted_changes_are_large_and_planted_stability_is_real() -> None:
    found = changes()
    changed = found[found["expected"].isin(["improved", "declined"])]
    assert len(changed) == 20
    assert (changed["change"].abs() >= 1.5 * changed["mdc80"]).all()
    assert (np.sign(changed["change"]) == changed["expected"].map({"improved": 1, "declined": -1})).all()
    assert (changed["p"] < 0.001).all()  # far below what the correction for several principles asks
    stayed = found[found["expected"] == "not_changed"]
    assert (stayed["change"].abs() < 4).all()
    assert (stayed["p"] > 0.2).all()
    assert set(found[found["change"].isna()]["expected"]) == {"not_tested"}
    assert set(found[found["expected"] == "not_tested"]["n"]) == {2}


@pytest.mark.parametrize(("year", "item"), [(2026, "P3-2"), (2027, "P2-3")])
def test_a_changed_item_alone_would_look_like_a_decline(year: int, item: str) -> None:
    """The trap: who averages it in without looking finds the whole community less satisfied."""
    groups = [group.group for group in definitions().groups if group.kind == "answers"]
    before, after = (np.concatenate([people(y, group, [item]) for group in groups]) for y in (year - 1, year))
    assert after.mean() - before.mean() < -10
    assert definitions().waves[year].item_by_code[item].comparability in ("substantive", "scale change")


def test_not_applicable_appears_in_the_second_year_only() -> None:
    kinds = {
        year: {kind for item in definitions().waves[year].items for kind in responses(year)[f"kind:{item.item}"]}
        for year in YEARS
    }
    assert "not_applicable" not in kinds[2025]
    assert {"not_applicable", "no_opinion", "missing"} <= kinds[2026] & kinds[2027]


def test_the_questionnaire_takes_under_five_minutes_and_covers_every_principle() -> None:
    for year in YEARS:
        items = definitions().waves[year].items
        counts = pd.Series([item.principle for item in items]).value_counts()
        assert len(items) * 12 <= 300  # at twelve seconds a statement
        assert all(3 <= counts[code] <= 4 for code in ("P1", "P2", "P3", "P5"))
        assert (counts["P4-internal"], counts["P4-external"], counts["CP"]) == (2, 2, 1)
        assert all({"en", "fr", "es"} == set(item.text) for item in items)


def test_the_register_has_21_groups_that_answer_and_three_roll_ups() -> None:
    kinds = pd.Series([group.kind for group in definitions().groups]).value_counts()
    assert kinds.to_dict() == {"answers": 21, "rollup": 3}


# --- refusals ----------------------------------------------------------------------------------


def test_exports_of_a_programme_that_is_not_synthetic_are_never_written(tmp_path: Path) -> None:
    paths = copy_programme(tmp_path)
    replace_in(paths.settings, 'origin = "synthetic"', 'origin = "real"')
    with pytest.raises(UserError, match="not a synthetic programme"):
        simulate_programme(tmp_path)
    assert not paths.exports(2025).exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("simulation.csv", "2026,BC,24,", "2026,BCX,24,", "definition_conflict"),
        ("simulation.csv", "2026,BC,24,", "2030,BC,24,", "definition_conflict"),
        ("simulation.csv", "mean:P5", "mean:P6", "definition_conflict"),
        ("simulation_events.csv", "2027,BC,fragment", "2027,BCX,fragment", "definition_conflict"),
        ("simulation_events.csv", "2027,BC,fragment", "2027,BC,fragments", "definition_invalid"),
        ("simulation.toml", "seed =", "sed = 1\nseed =", "definition_unknown_key"),
        ("2026/survey.toml", "fieldwork_to = 2026-09-30\n", "", "definition_invalid"),
        ("2026/survey.toml", 'tool = "google_forms"', 'tool = "plain"', "tool_unknown"),
    ],
)
def test_a_plan_that_does_not_fit_the_definitions_is_refused(
    tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    paths = copy_programme(tmp_path)
    replace_in(paths.raw / file, old, new)
    with pytest.raises(UserError) as caught:
        simulate_programme(tmp_path)
    assert caught.value.problems[0].code == code
