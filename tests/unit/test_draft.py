"""What a draft takes columns for: roles, the group column, the register, items that go on."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.distinct import count_texts
from pipeline.ingest.draft.columns import draft_roles, is_open_answer, name_columns
from pipeline.ingest.draft.group_structure import find_structural
from pipeline.ingest.draft.group_words import weigh_header
from pipeline.ingest.draft.groups import find_candidates
from pipeline.ingest.draft.join import count_responses, join_tables
from pipeline.ingest.draft.language import recognise_language
from pipeline.ingest.draft.match import DraftedItem, describe_edit, match_items
from pipeline.ingest.draft.nesting import name_file_groups
from pipeline.ingest.draft.registers import ask_for_missing, draft_register, make_codes
from pipeline.ingest.draft.settings import Setting
from pipeline.ingest.draft.wave import draft_wave
from pipeline.ingest.harmonise import harmonise_answers
from pipeline.ingest.headers import Headers
from pipeline.ingest.readers import RawTable, read_export
from pipeline.ingest.spread import gather_options
from pipeline.ingest.wave import read_wave
from pipeline.stages.draft import draft_in_programme
from pipeline.stages.draft_files import draft_texts, make_toml
from pipeline.store.definitions import WaveDefinitions, read_definitions
from pipeline.store.errors import UserError
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Group, Item, ScalePoint, Wave


def make_raw(columns: dict[str, list[str]], file: str = "export.csv", **more) -> RawTable:
    cells = tuple(pa.array(cells, pa.string()).dictionary_encode() for cells in columns.values())
    return RawTable(file=file, sheet="", headers=tuple(columns), columns=cells, first_row=2, tool="plain", **more)


def best_group(columns: dict[str, list[str]], known: tuple[str, ...] = ()):
    table = make_raw(columns)
    counts = [count_texts(column) for column in table.columns]
    found = find_candidates(table.headers, counts, table.n_rows, (), known)
    return found[0] if found else None


class TestColumns:
    def test_distinct_texts_are_counted_without_blanks_and_in_a_fixed_order(self):
        column = pa.array(["b", " a", "a ", "", "  ", "c", "c"]).dictionary_encode().slice(1)
        assert list(count_texts(column).items()) == [("a", 2), ("c", 2)]

    def test_headers_say_what_columns_are_for(self):
        table = make_raw(
            {
                "Response ID": ["1", "2", "3"],
                "Started at": ["2027-05-01 10:00", "2027-05-02 10:00", "2027-05-03 10:00"],
                "Marca temporal": ["2027-05-01 10:05", "2027-05-02 10:05", "2027-05-03 10:05"],
                "Language": ["en", "en", "fr"],
                "E-mail": ["", "", ""],
                "": ["0", "1", "2"],
                "It works": ["Agree", "Agree", ""],
            }
        )
        roles = draft_roles(table, [count_texts(column) for column in table.columns])
        assert [roles[at].taken_for if at in roles else "" for at in range(7)] == [
            "respondent", "started", "finished", "language", "personal", "technical", "",
        ]  # fmt: skip

    def test_an_id_that_repeats_is_no_id_and_an_end_that_is_no_date_is_no_date(self):
        table = make_raw({"ID": ["1", "1", "2"], "Finished": ["1", "0", "1"]})
        assert draft_roles(table, [count_texts(column) for column in table.columns]) == {}

    def test_repeated_headers_are_named_by_their_number_or_their_code(self):
        assert name_columns(["A", "A", "B", ""]) == ["A [1]", "A [2]", "B", ""]
        assert name_columns(["A", "A", "B", ""], ["q1", "q2", "q3", "q4"]) == ["q1", "q2", "B", "q4"]

    def test_open_answers_are_long_and_differ(self):
        long = {f"I would like to see more of number {n} in our meetings": 1 for n in range(6)}
        assert is_open_answer("What else?", long)
        assert is_open_answer("Other (please specify)", {"Tea": 1, "Milk": 1})
        assert not is_open_answer("Which drink?", {"Tea": 30, "Milk": 20})
        assert not is_open_answer("How many?", {str(n): 1 for n in range(40)})

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("How satisfied are you with the work of your group?", "en"),
            ("Wie zufrieden sind Sie mit der Arbeit Ihrer Gruppe?", "de"),
            ("¿Qué tan satisfecho está usted con el trabajo de su grupo?", "es"),
            ("Êtes-vous satisfait du travail de votre groupe dans les réunions?", "fr"),
            ("您对小组的工作是否满意", "zh"),
            ("ما مدى رضاك عن عمل المجموعة؟", "ar"),
            ("Насколько вы согласны с тем, что это работает?", "ru"),
            ("s6q0", "en"),
        ],
    )
    def test_the_language_shows_in_small_words_and_scripts(self, text, language):
        assert recognise_language([text])[0] == language


class TestSeveralRowsPerResponse:
    IDS = ["r1", "r1", "r1", "r2", "r2", "r3", "r3", "r4"]

    @pytest.mark.parametrize("header", ["Response ID", "respondent_id", "ParticipantId"])
    def test_answers_below_each_other_are_refused(self, header):
        table = make_raw({header: self.IDS, "Rating": ["Agree", "Disagree"] * 4})
        with pytest.raises(UserError) as caught:
            draft_wave(2027, "Survey", [table])
        (problem,) = caught.value.problems
        assert (problem.code, problem.file, problem.column) == ("not_respondent_level", "export.csv", header)
        assert "3 of 4 response ids" in problem.what
        assert not any(name in problem.describe() for name in self.IDS)

    def test_a_few_repeats_are_duplicates_and_other_numbers_may_repeat(self):
        for header, ids in (("Response ID", ["r1", "r1", "r2", "r3", "r4", "r5", "r6", "r6"]), ("No", self.IDS)):
            draft_wave(2027, "Survey", [make_raw({header: ids, "Rating": ["Agree", "Disagree"] * 4})])

    def test_files_that_number_their_responses_anew_are_no_repeats(self):
        one = {"Response ID": ["1", "2", "3"], "Rating": ["Agree", "Disagree", "Agree"]}
        draft_wave(2027, "Survey", [make_raw(one), make_raw(one, "two.csv")])


class TestJoin:
    def test_files_are_stacked_by_header_and_say_what_they_lack(self):
        one = make_raw({"G": ["x"], "Q": ["1"], "only": ["a"]})
        two = make_raw({"Q": ["2", ""], "G": ["y", " "]}, "two.csv")
        joint, present = join_tables([one, two])
        assert joint.headers == ("G", "Q", "only")
        assert [column.to_pylist() for column in joint.columns] == [["x", "y", " "], ["1", "2", ""], ["a", "", ""]]
        assert present == [{0, 1, 2}, {0, 1}]
        assert count_responses([one, two]) == 2

    def test_repeated_headers_are_matched_in_order(self):
        one = make_raw({"A": ["1"], "B": ["2"]})
        twice = RawTable("t.csv", "", ("A", "A"), one.columns, 2, tool="plain")
        joint, _ = join_tables([twice, twice])
        assert [column.to_pylist() for column in joint.columns] == [["1", "1"], ["2", "2"]]


class TestGroupColumn:
    GROUPS = ["North", "South", "East"] * 10

    @pytest.mark.parametrize(
        "header",
        [
            "Which chapter are you answering for?",
            "Constituency",
            "Select your team:",
            "Für welche Gruppe antworten Sie?",
            "Au nom de quel groupe répondez-vous ?",
            "¿A qué grupo pertenece? Nombre del grupo",
            "您所属部门是",
        ],
    )
    def test_headers_that_ask_for_a_group_in_any_language(self, header):
        found = best_group({"Colour": ["red", "blue", "red"] * 10, header: self.GROUPS})
        assert found.name == header
        assert found.score >= 0.95

    @pytest.mark.parametrize(
        "header",
        [
            "How many people are in your team?",
            "How satisfied are you with your department?",
            "Age group",
            "If you lead others in your team, where do they sit?",
        ],
    )
    def test_headers_that_mention_a_group_in_passing(self, header):
        assert weigh_header(header)[0] < 0.45

    @pytest.mark.parametrize(
        "header",
        [
            "An welchem Standort arbeiten Sie?", "Regionalverband", "Votre commission", "À quelle section appartenez-vous ?",
            "¿En qué sede trabaja?", "Qual é a sua filial?", "In quale reparto lavora?", "Bij welke vestiging werkt u?",
            "В каком отделении вы работаете?", "ما هو فرعك؟", "您所在的部门", "どの支店で働いていますか", "W jakim oddziale pracujesz?",
            "Hangi şubede çalışıyorsunuz?", "Vilken avdelning arbetar du på?", "Hvilken kreds hører du til?",
            "Missä osastossa olet?", "Jakou fakultu studujete?", "У якому відділі ви працюєте?", "어느 지점에서 근무하십니까?",
            "Di cabang mana Anda bekerja?", "आपका विभाग", "Which of our hubs are you part of?", "staff/campus", "basic-district",
            "Which chapters are you active in? (select all that apply)", "Where is your café located?",
        ],
    )  # fmt: skip
    def test_nouns_for_groups_and_places_in_any_language(self, header):
        assert weigh_header(header)[0] >= 0.6

    @pytest.mark.parametrize(
        "header",
        [
            "The committee works well", "My team supports me", "Was gefällt Ihnen an Ihrer Abteilung?", "我对部门的工作满意",
            "Welche Rolle haben Sie in der Gruppe?", "How long have you been in the chapter?", "Your age", "Geschlecht",
            "Which social networks do you use?", "Comment trouvez-vous votre équipe ?", "Сколько лет вы в отделе?",
            "Su función en el departamento", "ما رأيك في الفريق؟",
        ],
    )  # fmt: skip
    def test_statements_and_questions_about_people_ask_for_no_group(self, header):
        assert weigh_header(header)[0] < 0.45

    def test_a_noun_in_a_rated_statement_makes_no_group(self):
        rated = ["Often", "Rarely", "Never"] * 10
        assert best_group({"Which department helps you, and how often?": rated}) is None
        grid = {f"Team {name}": ["Fab", "Meh", "Ugh", "Meh"] * 8 for name in ("spirit", "size", "room")}
        assert best_group(grid) is None

    def test_codes_and_value_labels_say_what_headers_and_cells_do_not(self):
        table = make_raw({"Please choose:": ["1", "2", "3"] * 10})
        counts = [count_texts(column) for column in table.columns]
        labels = [{"1": "North", "2": "South", "3": "East"}]
        assert find_candidates(table.headers, counts, 30, (), codes=["dept"], labels=labels)[0].score >= 0.85
        assert find_candidates(table.headers, counts, 30, (), codes=["q1"], labels=labels) == []

    def test_structure_proposes_short_names_and_never_people_scales_or_amounts(self):
        columns = {
            "Fruit": ["Apple", "Pear", "Plum"] * 10,
            "How old are you?": ["Young", "Old", "Older"] * 10,
            "Role": ["Guest", "Chair", "Clerk"] * 10,
            "Hours": ["1-2", "3-4", "5-6"] * 10,
            "Voted": ["Yes", "No", "Yes"] * 10,
            "Happy": ["Often", "Rarely", "Never"] * 10,
            "Idea": [f"An idea of my own, number {n}" for n in range(30)],
            "Seldom": ["A", "B", ""] * 3 + [""] * 21,
        }
        counts = [count_texts(column) for column in make_raw(columns).columns]
        found = find_structural(tuple(columns), counts, 30, (), 5)
        assert [(each.name, each.score >= 0.4) for each in found] == [("Fruit", True), ("Role", False)]

    def test_affiliation_outranks_country_and_country_outranks_the_kind_of_employer(self):
        country, kind = ["France", "Ghana", "Peru"] * 10, ["Company", "University"] * 15
        asked = {"What type of organisation do you work for?": kind, "What country are you in?": country}
        assert best_group(asked).name == "What country are you in?"
        assert best_group({**asked, "Where do you work?": self.GROUPS}).name == "Where do you work?"

    def test_countries_are_known_by_their_names_alone(self):
        assert best_group({"q1": ["a", "b", "c"] * 10, "q2": ["Deutschland", "France", "n/a"] * 10}).name == "q2"

    def test_known_groups_outweigh_every_header(self):
        columns = {"Which team are you in?": ["a", "b", "c"] * 10, "q9": ["North", "South", "East"] * 10}
        assert best_group(columns, ("north", "south", "east")).name == "q9"

    def test_a_column_per_group_is_one_question(self):
        ticked = {
            "Which project(s) are you in? [Alpha]": ["Alpha", "", "Alpha"],
            "Which project(s) are you in? [Beta]": ["", "Beta", "Beta"],
            "Which project(s) are you in? [None of the above]": ["", "", ""],
        }
        found = best_group(ticked)
        assert (found.shape, found.name, list(found.names)) == (
            "options",
            "Which project(s) are you in?",
            ["Alpha", "Beta"],
        )
        assert found.none == ("None of the above",)

    def test_lists_in_cells_are_taken_apart_and_names_with_commas_are_not(self):
        listed = best_group(
            {"Which projects are you in?": ["Alpha, Beta", "Beta", "Alpha", "Beta, Gamma", "Gamma"] * 3}
        )
        assert (listed.shape, listed.separator, set(listed.names)) == ("list", ",", {"Alpha", "Beta", "Gamma"})
        place = best_group(
            {"Which workshop did you attend?": ["Lund, May 2018", "Oslo, May 2018", "Oslo, June 2018"] * 3}
        )
        assert place.shape == "column"

    def test_yes_and_no_numbers_and_long_texts_are_no_groups(self):
        assert best_group({"Are you in a working group?": ["Yes", "No"] * 10}) is None
        assert best_group({"Region": ["1", "2", "3"] * 10}) is None
        assert best_group({"Which team?": [f"{n} " + "words " * 30 for n in range(9)]}) is None


class TestNested:
    COLUMNS = {
        "In which body are you answering?": ["House", "House", "Senate", "House", "Senate", "Court"] * 5,
        "In which part of the House are you answering?": ["Left", "Right", "", "Right", "", ""] * 5,
        "In which part of the Senate are you answering?": ["", "", "Upper", "", "", ""] * 5,
    }

    def draft(self, columns):
        table = make_raw(columns)
        draft = draft_wave(2027, "Survey", [table])
        return {setting.key: setting.value for setting in draft.settings}, draft.groups

    def test_questions_that_only_one_group_was_asked_are_parts_of_it(self):
        settings, groups = self.draft(self.COLUMNS)
        assert settings["group_columns"] == tuple(self.COLUMNS)
        assert {group.group: (group.parent, group.kind) for group in groups} == {
            "court": (None, "answers"),
            "house": (None, "rollup"),
            "left": ("house", "answers"),
            "right": ("house", "answers"),
            "senate": (None, "answers"),  # some of its people say no more
            "upper": ("senate", "answers"),
        }

    def test_a_second_group_question_for_everybody_is_no_part(self):
        columns = {"Which team are you in?": ["A", "B"] * 15, "Which project are you in?": ["X", "Y", "Z"] * 10}
        settings, groups = self.draft(columns)
        assert settings["group_column"] == "Which team are you in?"
        assert [group.name for group in groups] == ["A", "B"]

    def test_files_are_named_after_groups(self):
        files = ["2027_de_data.csv", "2027_uk_data.csv", "2027_north_data.csv"]
        assert name_file_groups(files, files[:2], {}) == {"2027_de_data.csv": "de", "2027_uk_data.csv": "uk"}
        assert name_file_groups(files, files, {"uk": "GB", "north": "N"}) == {
            "2027_uk_data.csv": "GB",
            "2027_north_data.csv": "N",
        }


HEADERS = st.sampled_from(
    ["", "Name", "Group", "Which group?", "Q [a]", "Q [b]", "Which project(s)? [A]", "Which project(s)? [Other]", "ID",
     "Timestamp", "Comment", "国家", "[", "Q [", "a\nb", "=1+1", '"', "Email", "1"]
)  # fmt: skip
CELLS = st.sampled_from(
    ["", "Agree", "Disagree", "1", "5", "10 - strongly agree", "France", "n/a", "a;b", "a, b", "Yes", "x" * 300,
     "2027-01-02", "03/04/2027", "p@example.org", "\u200b", "Other", "|", "9" * 40, "=2"]
)  # fmt: skip


@st.composite
def raw_tables(draw):
    rows, width = draw(st.integers(1, 12)), draw(st.integers(1, 8))
    columns = tuple(
        pa.array(draw(st.lists(CELLS, min_size=rows, max_size=rows))).dictionary_encode() for _ in range(width)
    )
    headers = tuple(draw(st.lists(HEADERS, min_size=width, max_size=width)))
    codes = tuple(draw(st.lists(st.sampled_from(["", "Q1", "Q2", "ID"]), min_size=width, max_size=width)))
    return RawTable("export.csv", "", headers, columns, 2, codes=draw(st.sampled_from([(), codes])), tool="plain")


@settings(max_examples=60, deadline=None)
@given(st.lists(raw_tables(), min_size=1, max_size=2))
def test_whatever_a_table_holds_a_draft_names_columns_that_are_there(tables):
    tables = [replace(table, file=f"{at}.csv") for at, table in enumerate(tables)]
    draft = draft_wave(2027, "Survey", tables)
    declared = tomllib.loads(draft_texts(draft, draft.groups)["survey.toml"])
    names = [item.column for item in draft.items] + declared.get("comment_columns", [])
    names += [declared[key] for key in ("respondent_column", "started_column", "finished_column") if key in declared]
    for table in tables:
        assert all(len(Headers.of(table).find([name])) == 1 for name in names)


class TestRegister:
    def test_spellings_are_merged_and_write_ins_left_out(self):
        cells = ["In-Toto"] * 9 + ["in toto"] * 2 + ["KEDA"] * 9 + ["keda"] * 3 + ["Helm"] * 12 + ["mine"]
        found = best_group({"Which project are you in?": cells})
        draft = draft_register(found, {}, {})
        assert [(group.group, group.name, group.aliases) for group in draft.groups] == [
            ("helm", "Helm", ()), ("in-toto", "In-Toto", ("in toto",)), ("keda", "KEDA", ()),
        ]  # fmt: skip
        assert draft.written_in == 1

    def test_an_address_is_no_group_name(self):
        found = best_group({"Chapter": ["A"] * 30 + ["B"] * 20 + ["ada@example.org"] * 2})
        draft = draft_register(found, {}, {})
        assert ([group.name for group in draft.groups], draft.written_in) == (["A", "B"], 1)

    def test_in_a_small_survey_nobody_is_left_out(self):
        draft = draft_register(best_group({"Chapter": ["A", "A", "B", "Prefer not to say"]}), {}, {})
        assert [group.name for group in draft.groups] == ["A", "B"]

    def test_codes_are_unique_and_can_be_file_names(self):
        assert make_codes(["R&D", "r & d", "CON", "2019", "日本", "Île-de-France"]) == [
            "r-d", "r-d-2", "con-2", "group-2019", "group-5", "ile-de-france",
        ]  # fmt: skip

    def test_names_that_the_programme_lacks_are_asked_for_with_a_guess(self):
        groups = [Group(group="uk", name="United Kingdom"), Group(group="n", name="Northern chapter")]
        names = ["United Kingdom of Great Britain and Northern Ireland", "Nothern Chapter", "Elsewhere"]
        proposals = [question.proposal for question in ask_for_missing(names, groups, "Country")]
        assert ["uk" in proposals[0], "alias of n" in proposals[1], "new group" in proposals[2]] == [True] * 3


def points(*labels: str, scale: str = "s", first: int = 1) -> tuple[ScalePoint, ...]:
    return tuple(
        ScalePoint(scale=scale, value=value, label={"en": label}, favourable="yes" if value > 2 else "no")
        for value, label in enumerate(labels, start=first)
    )


AGREE = points("Disagree", "Neutral", "Agree")


def earlier(*items: Item, scale: tuple[ScalePoint, ...] = AGREE) -> WaveDefinitions:
    wave = Wave(year=2026, title="s", report_date=date(2026, 12, 1))
    return WaveDefinitions(2026, wave, items, scale, (), ())


def old_item(text: str, code: str = "works", **more) -> Item:
    return Item(item=code, text={"en": text}, scale="s", principle="P1", reverse=True, **more)


def drafted(text: str, code: str = "new", column: str = "", scale=AGREE, answers=("Agree", "Disagree")) -> DraftedItem:
    return DraftedItem(code, column or text, text, scale, dict.fromkeys(answers, 10))


def match_one(now: DraftedItem, before: Item, scale=AGREE):
    (match,), _ = match_items([now], earlier(before, scale=scale))
    return match


class TestMatch:
    def test_the_same_wording_is_identical_and_certain(self):
        match = match_one(drafted("The group works well."), old_item("The group works well."))
        assert (match.comparability, match.certain, match.keeps_scale) == ("identical", True, True)

    @pytest.mark.parametrize(
        ("now", "comparability"),
        [
            ("The group works well", "editorial"),
            ("the  Group works well!", "editorial"),
            ("A group works well.", "editorial"),
            ("The group never works well.", "substantive"),
            ("The group works very well.", "substantive"),
            ("The council works well.", "substantive"),
        ],
    )
    def test_other_wordings_are_proposed_with_caution_and_asked_about(self, now, comparability):
        match = match_one(drafted(now, column="works"), old_item("The group works well."))
        assert (match.comparability, match.certain) == (comparability, False)

    def test_a_header_that_last_year_declared_is_identical_whatever_people_made_of_the_text(self):
        before = old_item("Works well", column="Q1. The group works well.")
        assert match_one(drafted("Q1. The group works well."), before).comparability == "identical"

    def test_codes_alone_match_and_say_that_no_wording_was_seen(self):
        match = match_one(drafted("s6q0", code="s6q0", column="s6q0"), old_item("I feel welcome.", column="s6q0"))
        assert match.comparability == "identical"
        assert "does not say" in match.reason

    def test_a_positional_code_on_another_question_is_no_match(self):
        before = old_item("The budget is explained to members.", column="Q1")
        (match,), dropped = match_items([drafted("How do meetings begin?", code="Q1", column="Q1")], earlier(before))
        assert match is None
        assert [item.item for item in dropped] == ["works"]

    def test_what_a_header_says_of_its_scale_is_no_part_of_the_question(self):
        ten = points(*map(str, range(1, 11)))
        now = drafted(
            "It works well (e.g. meetings)?10 - strongly agree, 1 - strongly disagree.", scale=ten, answers=("10",)
        )
        match = match_one(now, old_item("It works well (e.g. meetings)?"))
        assert (match.comparability, match.similarity) == ("scale change", 1.0)

    def test_rows_of_one_grid_are_different_questions(self):
        before = old_item("How would you rate the overall quality of our services? [Library]")
        (match,), _ = match_items(
            [drafted("How would you rate the overall quality of our services? [Canteen]")], earlier(before)
        )
        assert match is None

    def test_wording_wins_over_a_code_that_moved(self):
        before = earlier(
            old_item("The budget is clear.", "a", column="Q1"), old_item("Meetings are useful.", "b", column="Q2")
        )
        now = [drafted("Meetings are useful.", "Q1", "Q1"), drafted("The budget is clear.", "Q2", "Q2")]
        assert [match.before.item for match in match_items(now, before)[0]] == ["b", "a"]

    @pytest.mark.parametrize(
        ("scale", "answers", "said"),
        [
            (points(*map(str, range(1, 11))), ("3", "10"), "new"),
            (points("Disagree", "Agree"), ("Disagree", "Agree"), "nobody gave"),
            (points("Agree", "Neutral", "Disagree"), ("Agree", "Disagree"), "reversed"),
            (points("Disagree", "Neutral", "Agree", "Agree fully"), ("Agree fully",), "new"),
        ],
    )
    def test_another_scale_is_a_scale_change_never_joined_in_silence(self, scale, answers, said):
        now = DraftedItem("works", "c", "It works well.", scale, dict.fromkeys(answers, 60))
        match = match_one(now, old_item("It works well."))
        assert (match.comparability, match.certain, match.keeps_scale) == ("scale change", False, False)
        assert said in match.reason

    def test_numbers_of_another_range_are_another_scale_even_when_all_are_read(self):
        ten, five = points(*map(str, range(1, 11))), points(*map(str, range(1, 6)))
        match = match_one(drafted("It works.", scale=five, answers=("1", "5")), old_item("It works."), ten)
        assert match.comparability == "scale change"

    def test_an_option_that_nobody_chose_is_no_change(self):
        scale = points("Disagree", "Neutral", "Agree")
        match = match_one(drafted("It works.", scale=scale, answers=("Agree",)), old_item("It works."))
        assert match.comparability == "identical"

    def test_a_favourable_end_that_moved_is_another_scale(self):
        turned = tuple(p.model_copy(update={"favourable": "no" if p.favourable == "yes" else "yes"}) for p in AGREE)
        match = match_one(drafted("It works.", scale=turned), old_item("It works."))
        assert (match.comparability, "favourable" in match.reason) == ("scale change", True)

    def test_codes_that_changed_their_labels_are_another_scale(self):
        def coded(*labels):
            return tuple(
                ScalePoint(scale="s", value=n, code=str(n), label={"en": label}, favourable="yes")
                for n, label in enumerate(labels, start=1)
            )

        now = drafted("It works.", scale=coded("Agree", "Neutral", "Disagree"), answers=("1", "2", "3"))
        match = match_one(now, old_item("It works."), coded("Disagree", "Neutral", "Agree"))
        assert match.comparability == "scale change"

    def test_numbers_and_negations_are_never_editorial(self):
        assert describe_edit("I met it 3 times", "I met it 4 times") == ""
        assert describe_edit("It is not clear", "It is clear") == ""


class TestToml:
    def test_whatever_stands_in_a_header_comes_back_as_it_was(self):
        nasty = 'He said "no" \\ back\tand\x7f\x01 # = [x] é 日本 \u2028'
        settings = [
            Setting("year", 2027),
            Setting("title", "t", 'why "not"\n# inject = 1\x07'),
            Setting("report_date", date(2027, 12, 1)),
            Setting("respondents", 3),
            Setting("group_column", nasty),
            Setting("comment_columns", ("a,b", nasty)),
            Setting("several_groups", True),
            Setting("responses.count", "any answer"),
            Setting("files", [{"file": "a b.csv", "group": "x"}]),
        ]
        read = tomllib.loads(make_toml(settings))
        assert read["group_column"] == nasty
        assert read["comment_columns"] == ["a,b", nasty]
        assert read["responses"] == {"count": "any answer"}
        assert read["files"] == [{"file": "a b.csv", "group": "x"}]
        assert "inject" not in read


OPTIONS = ("Very satisfied", "Satisfied", "Neither", "Dissatisfied", "Very dissatisfied")
SPREAD = "How satisfied are you?"


def spread_export(path: Path, twice: int | None = None, mark: str = "") -> Path:
    """SurveyMonkey's expanded columns: five answers to one question, the n-th person's being the n-th in turn."""
    rows = [["Respondent ID", "Collector ID", "Which team?", SPREAD, *[""] * 4], ["", "", "Response", *OPTIONS]]
    for person in range(20):
        chosen = {person % 5, *([4] if person == twice else [])}
        marks = [(mark or option) if at in chosen else "" for at, option in enumerate(OPTIONS)]
        rows.append([str(11_000_000_000 + person), "9", ("North", "South")[person % 2], *marks])
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


class TestSpread:
    @pytest.mark.parametrize("mark", ["", "1", "x", "Yes"])
    def test_a_rating_with_a_column_per_answer_is_read_as_one_question(self, tmp_path, mark):
        paths = ProgrammePaths(tmp_path, "p")
        drafted = draft_in_programme(paths, 2027, [spread_export(tmp_path / "e.csv", mark=mark)])
        (item,) = drafted.draft.items
        assert (item.column, drafted.draft.questions) == (SPREAD, ())
        assert "5 columns" in drafted.draft.notes[0]
        definitions = read_definitions(paths)
        texts, _ = read_wave(paths, definitions, 2027)
        assert list(texts[f"item:{item.item}"]) == [OPTIONS[person % 5] for person in range(20)]
        coded, problems = harmonise_answers(texts, definitions, 2027)
        assert list(coded[f"value:{item.item}"]) == [5 - person % 5 for person in range(20)]
        assert [problem for problem in problems if problem.kind.severity == "error"] == []

    def test_one_where_somebody_marked_two_answers_is_asked_about(self, tmp_path):
        tables = read_export(
            spread_export(tmp_path / "e.csv", twice=0), Wave(year=2027, title="S", report_date="2027-12-01")
        )
        draft = draft_wave(2027, "Survey", tables)
        (question,) = [each for each in draft.questions if SPREAD in each.question]
        assert (draft.items, "in 1 row several" in question.reason) == ((), True)

    def test_two_marks_in_a_later_download_are_an_answer_no_scale_knows(self, tmp_path):
        paths = ProgrammePaths(tmp_path, "p")
        draft_in_programme(paths, 2027, [spread_export(tmp_path / "e.csv")])
        spread_export(paths.exports(2027) / "e.csv", twice=7)
        definitions = read_definitions(paths)
        texts, _ = read_wave(paths, definitions, 2027)
        _, problems = harmonise_answers(texts, definitions, 2027)
        (problem,) = [each for each in problems if each.code == "label_unknown"]
        assert (problem.row, problem.column) == (10, SPREAD)

    def test_words_beside_a_mark_are_no_answer(self):
        table = make_raw({"Q [Agree]": ["Agree", "", "later"], "Q [Disagree]": ["", "no", ""]})
        column, unclear = gather_options(table, {0: "Agree", 1: "Disagree"})
        assert (column.to_pylist(), unclear) == (["Agree", "", "Agree: later"], 1)
