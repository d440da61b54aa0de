"""Declared cuts: what may be declared, how cells are read, and that nobody's own words are kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.stages.check import check_year
from pipeline.stages.new import new_wave
from pipeline.stages.wave import harmonise_responses, ingest_exports, validate_responses
from pipeline.store.definitions import read_definitions
from pipeline.store.definitions_workbook import move_tables_to_workbook
from pipeline.store.errors import UserError
from schemas.cuts import NOT_SAID
from tests.cut_programme import CUTS, PEOPLE, ROSTER, YEAR, read_stored, write_cut_programme
from tests.programme_files import edit

RAKE = '[weighting]\nmethod = "rake"\nby = ["region", "language"]\n'


def refused(paths) -> UserError:
    with pytest.raises(UserError) as caught:
        read_definitions(paths)
    return caught.value


def ingest(paths) -> pd.DataFrame:
    for stage in (ingest_exports, harmonise_responses, validate_responses):
        stage(paths, YEAR)
    return read_stored(paths, "cut_members")


class TestDefinitions:
    def test_a_cut_is_put_together_from_its_rows_in_their_order(self, tmp_path: Path) -> None:
        region, language = read_definitions(write_cut_programme(tmp_path)).waves[YEAR].cuts
        assert (region.cut, region.name, region.column) == ("region", {"en": "Region"}, "Where are you based?")
        assert region.codes == ("AF", "AS", "EU", NOT_SAID)
        assert region.eligible == (40, 60, 50)
        assert not region.other_is_not_said
        assert language.other_is_not_said

    def test_a_year_without_cuts_has_none(self, tmp_path: Path) -> None:
        paths = write_cut_programme(tmp_path)
        (paths.wave(YEAR) / "cuts.csv").unlink()
        assert read_definitions(paths).waves[YEAR].cuts == ()

    def test_cuts_are_kept_in_the_workbook_of_definitions_too(self, tmp_path: Path) -> None:
        paths = write_cut_programme(tmp_path)
        before = read_definitions(paths).waves[YEAR].cuts
        move_tables_to_workbook(paths.wave(YEAR))
        assert not (paths.wave(YEAR) / "cuts.csv").exists()
        assert read_definitions(paths).waves[YEAR].cuts == before

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("region,,,AS,", "region,,Where?,AS,", "names 2 columns"),
            ("Where are you based?", "", "names no column"),
            ("region,,,AS,", "region,Area,,AS,", "two names"),
            ("region,,,AS,", "region,,,AF,", "declared twice"),
            ("Asia Pacific|APAC", "Africa", "reads 'africa' as two categories"),
            ("Where are you based?", "Q1", "also read by item"),
            ("Where are you based?", "Which language?", "also read by cut"),
            ("Where are you based?", "Group", "also read by survey.toml"),
            ("not_said,,,,\nlanguage", "not_said,,7,,\nlanguage", "nobody on the roster is in it"),
        ],
    )
    def test_contradictions_are_named(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        error = refused(write_cut_programme(tmp_path, cuts=CUTS.replace(old, new, 1)))
        assert any(said in problem.what for problem in error.problems), error.problems
        assert {problem.file for problem in error.problems} == {f"{YEAR}/cuts.csv"}

    @pytest.mark.parametrize(
        ("settings", "cuts", "said"),
        [
            ('[weighting]\nmethod = "post-stratify"\nby = ["age"]\n', CUTS, "cuts.csv does not declare"),
            (RAKE, CUTS.replace(",,50,member", ",,51,member", 1), "151 by region, 150 by language"),
            ('[weighting]\nmethod = "rake"\nby = ["region"]\n', CUTS, "rake needs two or more"),
            ('[weighting]\nmethod = "post-stratify"\nby = ["region", "group"]\n', CUTS, "exactly one"),
            ('[weighting]\nby = ["region"]\n', CUTS, "by needs a method"),
        ],
    )
    def test_weights_need_a_roster_that_agrees_with_itself(
        self, tmp_path: Path, settings: str, cuts: str, said: str
    ) -> None:
        assert said in str(refused(write_cut_programme(tmp_path, settings=settings, cuts=cuts)))

    def test_numbers_that_nobody_knows_yet_are_no_contradiction(self, tmp_path: Path) -> None:
        settings = '[weighting]\nmethod = "rake"\nby = ["region", "group"]\n'
        for roster, cuts in (
            (ROSTER.replace("Tiny,6,", "Tiny,,"), CUTS),
            (ROSTER, CUTS.replace(",,50,member", ",,,member")),
        ):
            read_definitions(write_cut_programme(tmp_path, settings=settings, roster=roster, cuts=cuts))
        with pytest.raises(UserError) as caught:
            read_definitions(
                write_cut_programme(tmp_path, settings=settings, roster=ROSTER.replace("Tiny,6,", "Tiny,7,"))
            )
        assert "150 by region, 151 by group" in str(caught.value)

    def test_a_new_year_repeats_the_cuts_and_nobodys_numbers(self, tmp_path: Path) -> None:
        paths = write_cut_programme(tmp_path, settings=RAKE)
        new_wave(paths, YEAR + 1)
        before, now = (read_definitions(paths).waves[year].cuts for year in (YEAR, YEAR + 1))
        assert [cut.codes for cut in now] == [cut.codes for cut in before]
        assert [cut.eligible for cut in now] == [None, None]


class TestReading:
    def test_spellings_become_categories_and_blanks_are_not_said(self, tmp_path: Path) -> None:
        members = ingest(write_cut_programme(tmp_path))
        regions = members[members["cut"] == "region"]["category"].astype("str").value_counts().to_dict()
        assert regions == {"AF": 13, "AS": 22, "EU": 20, NOT_SAID: 6}
        languages = members[members["cut"] == "language"]["category"].astype("str").value_counts().to_dict()
        assert languages == {"en": 36, "fr": 25}

    def test_who_would_rather_not_say_did_not_say(self, tmp_path: Path) -> None:
        people = {**PEOPLE, ("North house", "RATHER not  say", "English"): 4}
        members = ingest(write_cut_programme(tmp_path, people))
        assert (members["category"] == NOT_SAID).sum() == 10

    def test_an_unknown_spelling_stops_the_run_and_is_not_repeated(self, tmp_path: Path) -> None:
        people = {**PEOPLE, ("North house", "Atlantis, third house on the left", "English"): 1}
        paths = write_cut_programme(tmp_path, people)
        with pytest.raises(UserError) as caught:
            ingest_exports(paths, YEAR)
        (problem,) = caught.value.problems
        assert (problem.code, problem.column, problem.row) == ("cut_unknown", "Where are you based?", 63)
        assert "Atlantis" not in str(caught.value)
        assert "aliases in cuts.csv" in str(caught.value)
        assert not paths.raw_responses(YEAR).exists()
        assert "cut_unknown" in {found.code for found in check_year(paths, read_definitions(paths), YEAR)}

    def test_where_it_is_declared_unknown_spellings_count_as_not_said_and_are_told(self, tmp_path: Path) -> None:
        people = {**PEOPLE, ("North house", "Africa", "Volapük of the northern kind"): 2}
        paths = write_cut_programme(tmp_path, people)
        members = ingest(paths)
        languages = members[members["cut"] == "language"]["category"].astype("str").value_counts().to_dict()
        assert languages == {"en": 36, "fr": 25, NOT_SAID: 2}
        (problem,) = [found for found in check_year(paths, read_definitions(paths), YEAR) if found.code == "cut_other"]
        assert problem.what.startswith("2 cells")
        assert "Volap" not in problem.describe()

    def test_nothing_that_people_wrote_in_a_cut_is_stored(self, tmp_path: Path) -> None:
        people = {**PEOPLE, ("North house", "Africa", "Volapük of the northern kind"): 2}
        paths = write_cut_programme(tmp_path, people)
        ingest(paths)
        stored = b"".join(path.read_bytes() for path in sorted(paths.processed.rglob("*")) if path.is_file())
        texts = pd.read_parquet(paths.raw_responses(YEAR))
        assert set(texts["cut:language"].astype("str")) == {"en", "fr", NOT_SAID}
        assert "northern kind" not in texts.to_csv()
        assert b"northern kind" not in stored

    def test_an_export_without_the_column_is_refused(self, tmp_path: Path) -> None:
        paths = write_cut_programme(tmp_path)
        edit(paths.exports(YEAR) / "export.csv", "Which language?", "Which tongue?")
        with pytest.raises(UserError) as caught:
            ingest_exports(paths, YEAR)
        assert "column for cut 'language' is not in the export" in str(caught.value)
