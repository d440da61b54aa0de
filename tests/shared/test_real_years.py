"""Real surveys over several years: known means come out, and a changed scale never makes a trend."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from pipeline.stages.scores import compare_with_earlier, score_groups
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.definitions import Definitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import read_table
from schemas.definitions import ALL, NO_GROUP
from tests.shared.real_years import decide_questions, draft_year, read_rows, write_rows
from tests.shared.truth import BY_NAME, SHARED, Likert, needs_exports

pytestmark = needs_exports
CNCF = "cncf-maintainers/"
SPACK_YEARS = (2020, 2021, 2022)
WORDS_TO_NUMBERS = {
    2019: f"{CNCF}maintainer-survey-results-2019-h2.csv",
    2020: f"{CNCF}CNCF_Maintainers_Survey_2020_H2.csv",
    2021: f"{CNCF}CNCF_Maintainers_Survey_2021_H2.csv",
}
THREE_SCALES = {
    2020: f"{CNCF}CNCF_Maintainers_Survey_2020_H1.csv",
    2021: f"{CNCF}CNCF_Maintainers_Survey_2021_H2.csv",
    2023: f"{CNCF}CNCF Maintainers Survey 2023 H2.csv",
}
"""Agreement in words; 1 to 10; 1 to 10 with the end points in words."""
OLD_NAME, NEW_NAME = "DOE/Office of Science Lab (ORNL/ANL/LBL)", "DOE/Office of Science Lab (e.g., ORNL/ANL/LBL)"
TESTED = {"improved", "declined", "no_meaningful_change", "cannot_tell"}


@dataclass(frozen=True)
class RealSeries:
    """A programme of real exports, every year drafted like the one before, scored and compared.

    Attributes:
        undecided: year -> problem codes of reading it before its questions were decided.
    """

    paths: ProgrammePaths
    undecided: dict[int, tuple[str, ...]]

    @property
    def definitions(self) -> Definitions:
        return read_definitions(self.paths)

    def read(self, table: str, year: int) -> pd.DataFrame:
        return read_table(table, self.paths.table(table), [year])

    def column(self, year: int, item: str) -> str:
        return self.definitions.waves[year].item_by_code[item].column

    def find_item(self, year: int, part: str) -> str:
        """The one item whose header holds a text."""
        (code,) = (item.item for item in self.definitions.waves[year].items if part.lower() in item.column.lower())
        return code

    def mean(self, year: int, item: str, group: str = ALL) -> float:
        """An item's mean in units of its scale, from the stored score of 0 to 100."""
        scores = self.read("scores", year)
        own = scores[(scores["measure"] == item) & (scores["kind"] == "item") & (scores["group"] == group)]
        (score,) = own[own["aggregation"].isin(["pooled", "own"])]["mean"]
        wave = self.definitions.waves[year]
        values = [point.value for point in wave.answer_points(wave.item_by_code[item])]
        return float(min(values) + score / 100 * (max(values) - min(values)))


def make_series(
    root: Path, exports: dict[int, str], principle: Callable[[str], bool], renamed: dict[str, str] | None = None
) -> RealSeries:
    """Draft, decide, ingest, score and compare year after year; items of some headers make up one principle."""
    paths, undecided = ProgrammePaths(root, "series"), {}
    last: int | None = None
    for year, name in exports.items():
        draft_year(paths, year, [SHARED / name], last)
        rows = read_rows(paths.wave(year) / "items.csv")
        if last is None:
            rows = [row | {"principle": "P1" if principle(row["column"]) else ""} for row in rows]
            write_rows(paths.wave(year) / "items.csv", rows)
        try:
            ingest_exports(paths, year)
            undecided[year] = ()
        except UserError as refused:
            undecided[year] = tuple(problem.code for problem in refused.problems)
        _add_groups(paths, year, renamed or {})
        decide_questions(paths, year)
        if last is None:  # as few permutations as are allowed: verdicts are tested elsewhere
            text = paths.settings.read_text(encoding="utf-8")
            paths.settings.write_text(f"{text}\n[change]\npermutations = 999\n", encoding="utf-8", newline="\n")
        for stage in (ingest_exports, harmonise_responses, validate_responses, score_groups, compare_with_earlier):
            stage(paths, year)
        last = year
    return RealSeries(paths, undecided)


def _add_groups(paths: ProgrammePaths, year: int, renamed: dict[str, str]) -> None:
    """What a person does about names the draft asks for: a new group, or another name of a known one."""
    questions = paths.wave(year) / "questions.csv"
    asked = [row["question"] for row in read_rows(questions)] if questions.is_file() else []
    names = [found.group(1) for text in asked if (found := re.fullmatch(r"Which group is '(.+)'\?", text))]
    groups, aliases = read_rows(paths.raw / "groups.csv"), []
    known = {row["name"]: row["group"] for row in groups}
    for name in names:
        if name in renamed:
            aliases.append({"alias": name, "group": known[renamed[name]], "since": str(year)})
        else:
            code = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
            groups.append(
                dict.fromkeys(groups[0], "") | {"group": code, "name": name, "kind": "answers", "since": str(year)}
            )
    write_rows(paths.raw / "groups.csv", groups)
    if aliases:
        write_rows(paths.raw / "aliases.csv", aliases)


@pytest.fixture(scope="module", params=["csv", "xlsx"])
def spack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RealSeries:
    exports = {year: f"spack/spack-user-survey-{year}-responses.{request.param}" for year in SPACK_YEARS}
    return make_series(
        tmp_path_factory.mktemp("spack"), exports, lambda header: "overall quality" in header, {NEW_NAME: OLD_NAME}
    )


@pytest.fixture(scope="module")
def cncf(tmp_path_factory: pytest.TempPathFactory) -> RealSeries:
    return make_series(tmp_path_factory.mktemp("cncf"), WORDS_TO_NUMBERS, lambda _: True)


@pytest.fixture(scope="module")
def three_scales(tmp_path_factory: pytest.TempPathFactory) -> RealSeries:
    return make_series(tmp_path_factory.mktemp("scales"), THREE_SCALES, lambda _: True)


class TestSpack:
    @pytest.mark.parametrize("year", SPACK_YEARS)
    @pytest.mark.parametrize(
        ("row", "known"),
        [("documentation", "documentation"), ("community", "community"), ("packages", "packages"), ("", "Spack")],
    )
    def test_known_means_come_out(self, spack: RealSeries, year: int, row: str, known: str) -> None:
        item = spack.find_item(year, f"overall quality of ... [Spack{' ' if row else ''}{row}]")
        expected = BY_NAME[f"spack/spack-user-survey-{year}-responses.csv"].facts["means"][known]
        assert spack.mean(year, item) == pytest.approx(expected, abs=5e-5)

    @pytest.mark.parametrize(("year", "responses"), [(2020, 170), (2021, 179), (2022, 182)])
    def test_every_response_counts(self, spack: RealSeries, year: int, responses: int) -> None:
        facts = spack.read("responses", year).set_index("group")
        assert facts.loc[ALL, "n"] == responses

    @pytest.mark.parametrize("year", [2021, 2022])
    def test_questions_that_stayed_the_same_are_compared(self, spack: RealSeries, year: int) -> None:
        trends = spack.read("trends", year)
        row = trends[(trends["group"] == ALL) & (trends["aggregation"] == "pooled") & (trends["year_from"] == year - 1)]
        (verdict,), (common,) = row["verdict"], row["items_common"]
        assert (verdict in TESTED, common) == (True, 4)

    def test_a_renamed_group_is_asked_about_and_proposed_as_the_old_one(self, spack: RealSeries) -> None:
        asked = read_rows(spack.paths.wave(2021) / "questions.csv")
        (row,) = [row for row in asked if NEW_NAME in row["question"]]
        assert "alias" in row["proposal"] and OLD_NAME in row["proposal"]

    @pytest.mark.parametrize("year", SPACK_YEARS)
    def test_groups_keep_their_sizes_through_a_rename(self, spack: RealSeries, year: int) -> None:
        definitions, facts = spack.definitions, BY_NAME[f"spack/spack-user-survey-{year}-responses.csv"].facts
        sizes = {OLD_NAME if name == NEW_NAME else name: n for name, n in facts["sizes"].items()}
        people = spack.read("respondents", year).groupby("group", observed=True).size()
        found = {definitions.group_name(code): n for code, n in people.items() if code != NO_GROUP}
        assert found == sizes
        assert spack.undecided[year] == ("draft_open",) * len(read_rows(spack.paths.wave(year) / "questions.csv"))

    def test_nobody_loses_a_group_in_silence(self, spack: RealSeries) -> None:
        """Names that the register does not know wait for a decision before anything is read."""
        assert set(spack.undecided[2021]) == set(spack.undecided[2022]) == {"draft_open"}


class TestCncf:
    @pytest.mark.parametrize(
        ("part", "known", "published"),
        [("overall support", "overall support", 8.26), ("would you recommend", "recommend", 8.8)],
    )
    def test_known_means_come_out(self, cncf: RealSeries, part: str, known: str, published: float) -> None:
        found = cncf.mean(2020, cncf.find_item(2020, part))
        assert found == pytest.approx(BY_NAME[WORDS_TO_NUMBERS[2020]].facts["means"][known], abs=5e-5)
        assert found == pytest.approx(published, abs=0.005)

    def test_words_that_became_numbers_are_proposed_as_a_scale_change(self, cncf: RealSeries) -> None:
        before = {item.item for item in cncf.definitions.waves[2019].items}
        classes = {item.item: item.comparability for item in cncf.definitions.waves[2020].items}
        matched = {code: given for code, given in classes.items() if code in before}
        assert len(matched) == 8
        assert set(matched.values()) == {"scale change"}
        assert {given for code, given in classes.items() if code not in before} == {None}

    @pytest.mark.parametrize("year", [2020, 2021])
    def test_each_item_that_is_not_the_same_is_asked_about(self, cncf: RealSeries, year: int) -> None:
        changed = {
            item.column: item.comparability
            for item in cncf.definitions.waves[year].items
            if item.comparability not in (None, "identical")
        }
        asked = {row["column"]: row["proposal"] for row in read_rows(cncf.paths.wave(year) / "questions.csv")}
        assert changed
        assert {column: given in asked.get(column, "") for column, given in changed.items()} == dict.fromkeys(
            changed, True
        )
        assert set(cncf.undecided[year]) == {"draft_open"}

    def test_the_scales_of_the_years_are_two(self, cncf: RealSeries) -> None:
        scales = [{item.scale for item in cncf.definitions.waves[year].items} for year in WORDS_TO_NUMBERS]
        assert scales[0].isdisjoint(scales[1] | scales[2])
        assert scales[1] == scales[2]

    @pytest.mark.parametrize("year", [2020, 2021])
    def test_a_changed_scale_breaks_the_series_for_everyone(self, cncf: RealSeries, year: int) -> None:
        trends = cncf.read("trends", year)
        rows = trends[trends["year_from"] == 2019]
        assert len(rows) > 2
        assert set(rows["verdict"]) == {"break_in_series"}
        assert rows[["mean_from", "mean_to", "difference", "ci_low", "ci_high", "p_value"]].isna().all(axis=None)
        assert set(rows["items_common"]) == {0}
        assert set(rows["pattern"]) <= {"", "break_in_series"}

    def test_items_of_one_scale_are_compared(self, cncf: RealSeries) -> None:
        trends = cncf.read("trends", 2021)
        rows = trends[(trends["year_from"] == 2020) & (trends["group"] == ALL) & (trends["aggregation"] == "pooled")]
        (verdict,), (common,), (left_out,) = rows["verdict"], rows["items_common"], rows["items_left_out"]
        assert (verdict in TESTED, common) == (True, 7)
        assert left_out == f"{cncf.find_item(2021, 'Are your CI needs')}: substantive"
        assert rows["difference"].notna().all()

    @pytest.mark.parametrize("year", WORDS_TO_NUMBERS)
    def test_a_person_of_several_projects_counts_once_overall(self, cncf: RealSeries, year: int) -> None:
        """Everybody with an answer to any rating question, counted in the raw file."""
        assert cncf.read("responses", year).set_index("group").loc[ALL, "n"] == _count_answering(WORDS_TO_NUMBERS[year])
        people = cncf.read("respondents", year)
        assert people["respondent"].nunique() == BY_NAME[WORDS_TO_NUMBERS[year]].facts["respondents"]
        assert people.duplicated("respondent").any()

    @pytest.mark.parametrize("year", WORDS_TO_NUMBERS)
    def test_everybody_is_in_the_counts_of_all_once(self, cncf: RealSeries, year: int) -> None:
        counts = cncf.read("item_counts", year)
        whole, likert = counts[counts["group"] == ALL], BY_NAME[WORDS_TO_NUMBERS[year]].likert
        found = sorted(n for _, n in whole[whole["kind"] == "answer"].groupby("item", observed=True)["n"].sum().items())
        assert found == sorted(sum(each.counts[: each.answers]) for each in likert)

    def test_a_person_of_several_projects_counts_in_each(self, cncf: RealSeries) -> None:
        """Every project of 2019 has as many people as chose it."""
        export = BY_NAME[WORDS_TO_NUMBERS[2019]]
        people = cncf.read("respondents", 2019)
        found = Counter(people[people["group"] != NO_GROUP].groupby("group", observed=True).size())
        assert found == Counter(export.facts["sizes"].values())


class TestThreeScales:
    def test_each_scale_is_one_of_its_own(self, three_scales: RealSeries) -> None:
        scales = [{item.scale for item in three_scales.definitions.waves[year].items} for year in THREE_SCALES]
        assert scales[0].isdisjoint(scales[1])
        assert scales[1].isdisjoint(scales[2])
        assert scales[0].isdisjoint(scales[2])

    @pytest.mark.parametrize("part", ["overall support", "would you recommend", "CNCF staff responded quickly"])
    def test_one_question_is_followed_through_all_of_them(self, three_scales: RealSeries, part: str) -> None:
        codes = {three_scales.find_item(year, part) for year in THREE_SCALES}
        assert len(codes) == 1
        (code,) = codes
        classes = [three_scales.definitions.waves[year].item_by_code[code].comparability for year in THREE_SCALES]
        assert classes == [None, "scale change", "scale change"]

    @pytest.mark.parametrize("year", [2021, 2023])
    def test_no_year_is_joined_to_another(self, three_scales: RealSeries, year: int) -> None:
        trends = three_scales.read("trends", year)
        assert len(trends) > 2
        assert set(trends["verdict"]) == {"break_in_series"}
        assert trends[["mean_from", "mean_to", "difference", "p_value"]].isna().all(axis=None)

    @pytest.mark.parametrize(("year", "low", "high"), [(2020, 1, 5), (2021, 1, 10), (2023, 1, 10)])
    def test_means_stay_in_the_units_of_their_year(
        self, three_scales: RealSeries, year: int, low: int, high: int
    ) -> None:
        item = three_scales.find_item(year, "would you recommend")
        likert = _likert_of(THREE_SCALES[year], three_scales.column(year, item))
        given = likert.counts[: likert.answers]
        expected = sum(value * n for value, n in enumerate(given, start=low)) / sum(given)
        assert len(given) == high - low + 1
        assert three_scales.mean(year, item) == pytest.approx(expected, abs=5e-5)


def _read_raw(name: str) -> list[list[str]]:
    with (SHARED / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def _count_answering(name: str) -> int:
    rows = _read_raw(name)[BY_NAME[name].facts["header_rows"] :]
    rated = [(each.position, each.options[: each.answers]) for each in BY_NAME[name].likert]
    known = {at: {text.strip() for option in options for text in option.spellings} for at, options in rated}
    return sum(any(row[at].strip() in texts for at, texts in known.items()) for row in rows)


def _likert_of(name: str, header: str) -> Likert:
    """The judged rating question whose header starts a column's."""
    top = _read_raw(name)[0]
    start = header[:40].lower()
    (found,) = (each for each in BY_NAME[name].likert if top[each.position].strip().lower().startswith(start))
    return found
