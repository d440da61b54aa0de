"""Drafts of real exports: tool, header rows, responses, group column and rating questions, without help."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.draft.wave import WaveDraft, draft_wave
from pipeline.ingest.readers import read_export
from pipeline.stages.draft_files import draft_texts
from schemas.definitions import Wave

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared survey exports are not here"),
]

COUNTRY = "In which country do you work?"
PROJECTS = "Which CNCF Project(s) are you maintaining?"
EXPORTS = [
    # file, tool, header rows, responses, group column, and headers or codes of items that must be among the items
    ("haskell/state-of-haskell-2019.csv", "plain", 1, 1203, "Which country do you live in?", "I am satisfied with Haskell as a language."),
    ("haskell/state-of-haskell-2020.csv", "plain", 1, 1348, "s7q0", [f"s6q{n}" for n in range(24)]),
    ("haskell/state-of-haskell-2022.csv", "plain", 1, 1038, "s7q0", [f"s6q{n}" for n in range(24)]),
    ("spack/spack-user-survey-2020-responses.csv", "google_forms", 1, 170, "Where do you work?", "[Spack packages]"),
    ("spack/spack-user-survey-2021-responses.xlsx", "google_forms", 1, 179, "Where do you work?", "[Spack community]"),
    ("spack/spack-user-survey-2022-responses.csv", "google_forms", 1, 182, "Where do you work?", "[Spack documentation]"),
    ("cncf-maintainers/maintainer-survey-results-2019-h2.csv", "surveymonkey", 2, 70, PROJECTS, "Are your CI needs being met"),
    ("cncf-maintainers/CNCF_Maintainers_Survey_2020_H1.csv", "surveymonkey", 2, 79, PROJECTS, "Are you satisfied with the overall"),
    ("cncf-maintainers/CNCF_Maintainers_Survey_2020_H2.csv", "surveymonkey", 2, 97, PROJECTS, "Are you satisfied with the overall"),
    ("cncf-maintainers/CNCF_Maintainers_Survey_2021_H2.csv", "surveymonkey", 2, 102, "Which CNCF project(s) are you maintaining?", "Would you recommend"),
    ("cncf-maintainers/CNCF Maintainers Survey 2023 H1.csv", "surveymonkey", 2, 145, "Which CNCF Project(s) are you currently maintaining?", "Would you recommend"),
    ("cncf-ambassadors/CNCF_Ambassadors_Survey_2021.csv", "surveymonkey", 2, 44, "Which CNCF Project(s) are you maintaining/working with?", "Would you recommend"),
    ("ssi-rse/2017_uk_public_data.csv", "limesurvey", 1, 253, COUNTRY, "how satisfied are you with"),
    ("ssi-rse/2018_all_public_data.csv", "limesurvey", 1, 997, COUNTRY, "how satisfied are you with your current position"),
    ("r-community/2019 Spanish R Community Survey Responses.csv", "google_forms", 1, 338, "¿En qué país resides actualmente?", "recomiendes R"),
    ("coderefinery/indico/2018.csv", "plain", 1, 38, "Post-workshop survey: Which workshop did you attend?", ""),
    ("fivethirtyeight/StarWars.csv", "surveymonkey", 2, 1186, "Location (Census Region)", "Luke Skywalker"),
    ("alchemer/20160115235816-SurveyExport.csv", "alchemer", 1, 1706, "", ""),
    ("limesurvey-automotive/results-survey.csv", "limesurvey", 2, 45, "", "Documentation"),
    ("todogroup-ospo/2020_results_2020.csv", "surveymonkey", 2, 1026, "", ""),
]  # fmt: skip


def draft_file(name: str, year: int = 2020) -> WaveDraft:
    blank = Wave(year=year, title="Survey", report_date=f"{year}-12-01")
    return draft_wave(year, "Survey", read_export(SHARED / name, blank))


@pytest.mark.parametrize(("name", "tool", "header_rows", "responses", "group", "items"), EXPORTS)
def test_a_real_export_is_drafted_without_help(name, tool, header_rows, responses, group, items):
    draft = draft_file(name)
    settings = {setting.key: setting.value for setting in draft.settings}
    assert (settings["tool"], settings["header_rows"], settings["respondents"]) == (tool, header_rows, responses)
    assert settings.get("group_column", "") == group
    assert group or any("which group" in question.question for question in draft.questions)
    asked = [f"{item.column} {next(iter(item.text.values()))}" for item in draft.items]
    for wanted in [items] if isinstance(items, str) else items:
        assert not wanted or any(wanted in text for text in asked), asked
    personal = {column.header for column in draft.columns if column.taken_for == "personal"}
    declared = {item.column for item in draft.items} | set(settings.get("comment_columns", ()))
    assert personal.isdisjoint({*declared, group})
    draft_texts(draft, draft.groups)


def test_a_draft_of_the_next_year_never_joins_another_scale_in_silence():
    from pipeline.store.definitions import WaveDefinitions

    first = draft_file("cncf-maintainers/CNCF_Maintainers_Survey_2020_H1.csv")
    settings = {setting.key: setting.value for setting in first.settings if "." not in setting.key}
    before = WaveDefinitions(2020, Wave.model_validate(settings), first.items, first.scale_points, (), ())
    blank = Wave(year=2021, title="Survey", report_date="2021-12-01")
    tables = read_export(SHARED / "cncf-maintainers" / "CNCF_Maintainers_Survey_2020_H2.csv", blank)
    second = draft_wave(2021, "Survey", tables, before=before)
    classes = [item.comparability for item in second.items if item.comparability]
    assert classes == ["scale change"] * 10
