"""All readers together: real exports are told apart and read whole."""

from __future__ import annotations

import pytest

from pipeline.ingest.readers import RawTable
from pipeline.ingest.readers._labels import ROLES, fold_label, read_labels
from tests.grids import cells, lay_out, read, score
from tests.programme_files import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data"


shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real exports is not on this machine"),
]


TOOLS = ["alchemer", "google_forms", "microsoft_forms", "plain", "qualtrics", "surveymonkey", "typeform"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("rows", [[[""]], [["", ""], ["", ""]], [["Agree?"]], [["\u200b", "a" * 9000, "["]]])
@pytest.mark.parametrize("header_rows", [None, 0, 1, 3])
def test_readers_survive_grids_with_next_to_nothing(tool: str, rows: list[list[str]], header_rows: int | None) -> None:
    found = lay_out(tool, rows, header_rows=header_rows)
    assert len(found.headers) == len(rows[0])
    assert 0.0 <= score(tool, rows) <= 0.1


@pytest.mark.parametrize("tool", TOOLS)
def test_label_tables_name_meanings_that_readers_know(tool: str) -> None:
    known = ROLES | {"sheet", "score", "nobody", "single answer", "open answer", "other answer"}
    labels = read_labels(tool)
    assert labels
    assert {label.meaning for label in labels.values()} <= known
    assert {label.place for label in labels.values()} <= {"", "start", "end", "cell"}
    assert all(name == fold_label(name) for name in labels)


CNCF, AMBASSADORS = "cncf-maintainers", "cncf-ambassadors"


LEARNING_R = "r-community/Learning R Internet Survey (Spanish Version) - Form Responses 1.tsv"


QUALTRICS = "qualtrics-samples"


REAL = [
    ("alchemer", "alchemer/20160115235816-SurveyExport.csv", 1, 1706, 37),
    ("surveymonkey", f"{AMBASSADORS}/CNCF_Ambassadors_Survey_2019_H1.csv", 2, 21, 49),
    ("surveymonkey", f"{AMBASSADORS}/CNCF_Ambassadors_Survey_2019_H2.csv", 2, 42, 53),
    ("surveymonkey", f"{AMBASSADORS}/CNCF_Ambassadors_Survey_2020_H1.csv", 2, 44, 56),
    ("surveymonkey", f"{AMBASSADORS}/CNCF_Ambassadors_Survey_2021.csv", 2, 44, 18),
    ("surveymonkey", f"{CNCF}/maintainer-survey-results-2019-h2.csv", 2, 70, 69),
    ("surveymonkey", f"{CNCF}/CNCF_Maintainers_Survey_2020_H1.csv", 2, 79, 71),
    ("surveymonkey", f"{CNCF}/CNCF_Maintainers_Survey_2020_H2.csv", 2, 97, 103),
    ("surveymonkey", f"{CNCF}/CNCF_Maintainers_Survey_2021_H2.csv", 2, 102, 35),
    ("surveymonkey", f"{CNCF}/CNCF Maintainers Survey 2023 H1.csv", 2, 145, 25),
    ("surveymonkey", f"{CNCF}/CNCF Maintainers Survey 2023 H2.csv", 2, 133, 25),
    ("surveymonkey", "fivethirtyeight/StarWars.csv", 2, 1186, 38),
    ("surveymonkey", "fivethirtyeight/flying-etiquette.csv", 1, 1040, 27),
    ("surveymonkey", "fivethirtyeight/food-world-cup-data.csv", 1, 1373, 48),
    ("surveymonkey", "todogroup-ospo/2020_results_2020.csv", 2, 1026, 270),
    ("surveymonkey", "todogroup-ospo/2023_RawData.csv", 3, 489, 492),
    ("typeform", "coderefinery/typeform/2017.csv", 1, 27, 19),
    ("typeform", "coderefinery/typeform/2018.csv", 1, 65, 18),
    ("plain", "coderefinery/indico/2018.csv", 1, 38, 14),
    ("plain", "coderefinery/indico/2019-a.csv", 1, 35, 14),
    ("plain", "coderefinery/indico/2019-b.csv", 1, 45, 15),
    ("plain", "haskell/state-of-haskell-2019.csv", 1, 1203, 73),
    ("plain", "haskell/state-of-haskell-2020.csv", 1, 1348, 75),
    ("plain", "haskell/state-of-haskell-2021.csv", 1, 1152, 188),
    ("plain", "haskell/state-of-haskell-2022.csv", 1, 1038, 188),
    ("google_forms", "dask/2019-user-survey-results.csv.gz", 1, 259, 24),
    ("google_forms", "dask/2020-user-survey-results.csv.gz", 1, 239, 25),
    ("google_forms", "dask/2021-user-survey-results.csv.gz", 1, 247, 43),
    ("google_forms", "google-forms/jupyter-education-2016.csv", 1, 125, 25),
    ("google_forms", "r-community/2019 Spanish R Community Survey Responses.csv", 1, 338, 52),
    ("google_forms", "r-community/2019 Spanish R Community Survey Responses.xlsx", 1, 338, 52),
    ("google_forms", LEARNING_R, 1, 295, 44),
    ("google_forms", "spack/spack-user-survey-2020-responses.csv", 1, 170, 48),
    ("google_forms", "spack/spack-user-survey-2020-responses.xlsx", 1, 170, 48),
    ("google_forms", "spack/spack-user-survey-2021-responses.csv", 1, 179, 54),
    ("google_forms", "spack/spack-user-survey-2021-responses.xlsx", 1, 179, 54),
    ("google_forms", "spack/spack-user-survey-2022-responses.csv", 1, 182, 58),
    ("google_forms", "spack/spack-user-survey-2022-responses.xlsx", 1, 182, 58),
    ("qualtrics", f"{QUALTRICS}/qualtRics_sample.csv", 3, 1, 20),
    ("qualtrics", f"{QUALTRICS}/qualtRics_sample_legacy.csv", 2, 1, 16),
    ("qualtrics", f"{QUALTRICS}/Many_Different_Question_Types__Sample_Survey.csv", 2, 5, 190),
    ("qualtrics", f"{QUALTRICS}/Many_Different_Question_Types__Sample_Survey_(Insights).csv", 3, 5, 190),
    ("qualtrics", f"{QUALTRICS}/No_Basis_for_Evaluation__No_Basis_for_Evaluation_(Legacy).csv", 2, 15, 49),
    ("qualtrics", f"{QUALTRICS}/No_Basis_for_Evaluation__No_Basis_for_Evaluation_(Insights).csv", 3, 15, 49),
    ("qualtrics", f"{QUALTRICS}/Side-by-Side_Questions__SidebySide_Questions_(Insights).csv", 3, 25, 71),
    (
        "qualtrics",
        f"{QUALTRICS}/Single_Answer_Matrix_Questions__Single_Answer_Matrix_Questions_(Insights).csv",
        3,
        5,
        30,
    ),
    ("limesurvey", "limesurvey-automotive/results-survey.csv", 2, 45, 38),
    ("limesurvey", "limesurvey-automotive/results-survey-translated.csv", 2, 45, 38),
    ("limesurvey", "limesurvey-automotive/results-survey.xlsx", 2, 45, 38),
    ("limesurvey", "ssi-rse/2017_de_public_data.csv", 1, 325, 248),
    ("limesurvey", "ssi-rse/2017_nl_public_data.csv", 1, 77, 131),
    ("limesurvey", "ssi-rse/2017_uk_public_data.csv", 1, 253, 245),
    ("limesurvey", "ssi-rse/2017_us_public_data.csv", 1, 164, 242),
    ("limesurvey", "ssi-rse/2017_zaf_public_data.csv", 1, 22, 277),
    ("limesurvey", "ssi-rse/2018_all_public_data.csv", 1, 997, 707),
    ("spss", "spss/Employee data.sav", 0, 474, 10),
]


def count_answers(table: RawTable) -> int:
    """Rows with any non-blank cell."""
    filled = [[bool(text.strip()) for text in column.dictionary.to_pylist()] for column in table.columns]
    rows = zip(*(column.indices.to_pylist() for column in table.columns), strict=True)
    return sum(any(texts[code] for texts, code in zip(filled, row, strict=True)) for row in rows)


@pytest.mark.parametrize(
    ("tool", "name", "header_rows", "rows", "columns"), [pytest.param(*c, marks=shared) for c in REAL]
)
def test_real_exports_are_recognised_and_keep_their_rows_and_columns(
    tool: str, name: str, header_rows: int, rows: int, columns: int
) -> None:
    table = read("", SHARED / name)
    assert (table.tool, table.header_rows) == (tool, header_rows)
    assert (count_answers(table), len(table.headers)) == (rows, columns)


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in (2020, 2021, 2022)])
def test_real_csv_and_workbook_of_one_survey_have_the_same_headers(year: int) -> None:
    name = f"spack/spack-user-survey-{year}-responses"
    csv, book = (read("google_forms", SHARED / f"{name}{end}") for end in (".csv", ".xlsx"))
    assert csv.headers == book.headers


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in (2020, 2021, 2022)])
def test_real_grid_answers_give_the_known_mean(year: int) -> None:
    """The documentation rating, Excellent = 5 … Horrible = 1; means recorded with the collection."""
    table = read("google_forms", SHARED / f"spack/spack-user-survey-{year}-responses.csv")
    column = table.headers.index("How would you rate the overall quality of ... [Spack documentation]")
    points = {"Excellent": 5, "Good": 4, "OK": 3, "Bad": 2, "Horrible": 1}
    scored = [points[cell] for cell in cells(table, column) if cell in points]
    known = {2020: 3.8059, 2021: 3.8380, 2022: 3.8462}
    assert sum(scored) / len(scored) == pytest.approx(known[year], abs=5e-5)
