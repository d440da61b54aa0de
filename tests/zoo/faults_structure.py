"""Faults of structure: headers, titles, sums, blocks, several files, the same people twice."""

from __future__ import annotations

from tests.zoo.kit import CELLS, EXPORT, HEADER, ROWS, Fault, book, csv, named, pack_zip

DATED = "ID,Group,Q1,Q2,Q3,Q4,Sent"
SENT = [
    f"{n},{('North', 'South')[n % 2]},{('Agree', 'Disagree', 'Neither')[n % 3]},{('Agree', 'Neither')[n % 4 > 1]},Agree,Disagree,2026-05-{n:02} 10:00:00"
    for n in range(1, 13)
]
TIMES = 'finished_column = "Sent"'
IDS = 'respondent_column = "ID"'
TOOL = 'tool = ""'
SPREAD_EXPORT = EXPORT.replace("4,North,Agree,Neither", "4,North,Neither,Agree").replace(
    "5,South,Agree", "5,South,Disagree"
)
CODES = {"Agree": "4", "Disagree": "2", "Neither": "3"}


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def as_codes(text: str) -> str:
    for label in sorted(CODES, key=len, reverse=True):
        text = text.replace(label, CODES[label])
    return text


CODED_SCALE = {
    "2026/scales.csv": lines(
        "scale,value,code,label:en,kind,favourable",
        "agree5,1,1,Strongly disagree,answer,no", "agree5,2,2,Disagree,answer,no", "agree5,3,3,Neither,answer,neutral",
        "agree5,4,4,Agree,answer,yes", "agree5,5,5,Strongly agree,answer,yes",
    )
}  # fmt: skip
QUALTRICS = [
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,Group,Q1,Q2,Q3,Q4",
    "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,"
    "Recipient Last Name,Group,First,Second,Third,Fourth",
    *[
        f"2026-05-{n:02} 10:00:00,2026-05-{n:02} 10:05:00,IP Address,192.0.2.{n},100,300,True,2026-05-{n:02} 10:05:01,R_{n:015},Zorro,"
        f"North,Agree,Neither,Agree,Disagree"
        for n in range(1, 7)
    ],
]

KOBO = EXPORT.replace("ID", "_uuid").replace("Name", "_submission_time")
REPEATS = "visit,rating,_parent_index\n1,Agree,1\n2,Agree,1\n1,Disagree,2\n"
FORM = pack_zip({"visits.csv": REPEATS, "form.csv": KOBO})
WORDED = (
    "ID",
    "Your group",
    "It is clear to me",
    "It is fair to me",
    "It was worth it",
    "It came in time",
    "Who are you?",
)
ON_ITS_SIDE = lines(*map(",".join, zip(*(WORDED, *CELLS[1:]), strict=True)))

STRUCTURE: dict[str, Fault] = {
    # headers
    "group asked twice": Fault("column_twice", "error", "column for the group appears", csv(("Name", "Group")), row=1, column="Group"),
    "headers apart by a non-breaking blank": Fault(
        "column_twice", "error", "item q1", csv(("Q1", "How is it?"), ("Name", "How\u00a0is it? ")), row=1, column="How is it?",
        tables={"2026/items.csv": lines("item,principle,text:en,scale,reverse,column", "q1,P1,It is.,agree5,no,How is it?")},
    ),
    "blank header above answers": Fault("column_absent", "error", "item q3", csv(("Q3", "")), row=1, column="Q3"),
    "no headers at all": Fault("column_absent", "error", "item q1", named("export.csv", lines(*ROWS)), row=1, column="Q1"),
    "no headers, in a file with answers that vary": Fault(
        "export_refused", "error", "no header row: row 1 reads like a response", named("export.csv", SPREAD_EXPORT.partition("\n")[2]), row=1,
    ),
    "codes of another survey": Fault(
        "column_absent", "error", "item q4", csv(("Q4", "Q5")), row=1, column="Q4",
    ),
    "one header row too many declared": Fault(
        "definition_invalid", "error", "row 2 of export.csv reads like a response", named("export.csv", SPREAD_EXPORT), settings="header_rows = 2",
        file="2026/survey.toml", column="header_rows",
    ),
    "more header rows declared than rows": Fault(
        "export_empty", "error", "fewer than the 5 header rows", named("export.csv", lines(HEADER, *ROWS[:2])), settings="header_rows = 5",
    ),
    "first header row beyond the end": Fault(
        "export_empty", "error", "first_header_row is 99", csv(), settings="first_header_row = 99",
    ),
    "headers below a title that reads like headers": Fault(
        "column_absent", "error", "Row 2 holds it: set first_header_row to 2 in survey.toml",
        named("export.csv", "Number,Team,First,Second,Third,Fourth,Person\n" + EXPORT), row=1, column="Q2",
    ),
    "title above the headers": Fault(
        "preamble_skipped", "info", "Rows 1 to 2 above the headers", named("export.csv", "Survey of the year\n\n" + EXPORT), row=1,
    ),
    # rows that are no responses
    "averages below the responses": Fault(
        "summary_row", "warning", "Row 15 below the responses",
        named("export.csv", lines(as_codes(EXPORT).strip(), ",,,,,,", "Average,,4,3,4,2,")), row=15, tables=CODED_SCALE,
    ),
    "averages below, in a workbook": Fault(
        "summary_row", "warning", "Rows 14 to 15 below the responses",
        named("export.xlsx", book({"Answers": [*CELLS, ["Mean", "", 4, 3, 4, 2], ["N", "", 12, 12, 12, 12]]})),
        file="export.xlsx", sheet="Answers", row=14,
    ),
    "block of another wave beside the answers": Fault(
        "block_beside", "error", "Columns 8 to 14 have the same headers as columns 1 to 7",
        named("export.csv", lines(*(f"{line},{line}" for line in EXPORT.splitlines()))), row=1, column="ID",
    ),
    "crosstab": Fault(
        "not_respondent_level", "error", "adds up the others",
        named("export.csv", lines("Group,Agree,Disagree,Total", "North,3,1,4", "South,2,2,4", "Total,5,3,8")), row=1,
    ),
    "shares of answers": Fault(
        "not_respondent_level", "error", "percentages",
        named("export.csv", lines("Group,Agree,Neither,Disagree", "North,50%,25%,25%", "South,40%,20%,40%", "Islet,10%,20%,70%")),
    ),
    "summary of SurveyMonkey": Fault(
        "not_respondent_level", "error", "the tool's summary of a question",
        named("export.csv", lines("How is it?,,", "Answer Choices,Responses,", "Agree,75.0%,9", "Disagree,25.0%,3", ",Answered,12", ",Skipped,0")),
        row=2,
    ),
    "letters in one column": Fault(
        "not_respondent_level", "error", "text in a single column",
        named("export.csv", lines(*["Zorro wrote at great length about what should be better in the coming year"] * 3)),
    ),
    "a row per repetition of a repeat group": Fault(
        "not_respondent_level", "error", "a row per repetition of a repeat group", csv(("Name", "_parent_index")), settings=TOOL,
    ),
    "a form's repeat group beside it in an archive": Fault(
        "sheet_chosen", "info", "holds no row per response: 'visits.csv'", named("form.zip", FORM), settings=TOOL, file="form.zip", sheet="form.csv",
    ),
    "two forms and a repeat group in an archive": Fault(
        "not_respondent_level", "error", "a row per repetition",
        named("form.zip", pack_zip({"form.csv": KOBO, "visits.csv": REPEATS, "other.csv": KOBO.replace("_uuid", "_id")})),
        settings=TOOL, file="form.zip", sheet="visits.csv",
    ),
    "a table on its side": Fault(
        "not_respondent_level", "error", "a row per question and a column per response", named("export.csv", ON_ITS_SIDE), row=1,
    ),
    "a table on its side, below a title": Fault(
        "not_respondent_level", "error", "Paste special > Transpose", named("export.csv", "Survey of the year" + "," * 12 + "\n\n" + ON_ITS_SIDE), row=3,
    ),
    # the tool
    "tool left open": Fault("tool_recognised", "info", "Read as an export of plain", csv(), settings=TOOL),
    "another tool declared": Fault(
        "tool_differs", "warning", "survey.toml says plain; the file looks like qualtrics",
        named("export.csv", lines(QUALTRICS[0], *QUALTRICS[2:])),
    ),
    # files
    "no export": Fault("export_missing", "error", "There is no export of 2026", {}, file="2026/exports/"),
    "listed under another name": Fault(
        "export_missing", "error", "The export is not there", csv(), rules='[[files]]\nfile = "answers.csv"', file="2026/exports/answers.csv",
    ),
    "a copy of the file": Fault(
        "export_twice", "error", "byte for byte, as export (1).csv", {**csv(), "export (1).csv": EXPORT},
    ),
    "the same as a workbook": Fault(
        "export_twice", "error", "Every response in it is also in export.xlsx",
        {**csv(), "export.xlsx": book()},
    ),
    "the same as codes and as text": Fault(
        "export_twice", "error", "as an export of codes and one of labels do",
        {"codes.csv": as_codes(lines(DATED, *SENT)), "labels.csv": lines(DATED, *SENT)}, settings=TIMES, tables=CODED_SCALE, file="codes.csv",
    ),
    "the same, saved again by a spreadsheet that cuts times": Fault(
        "export_twice", "error", "It holds the same responses as b.csv",
        {"a.csv": lines(DATED, *SENT), "b.csv": lines(DATED, *SENT).replace(" 10:00:00", "")}, settings=TIMES, file="a.csv",
    ),
    "an older download beside the newer": Fault(
        "export_superseded", "warning", "All 8 responses in it are also in new.csv",
        {"new.csv": lines(DATED, *SENT), "old.csv": lines(DATED, *SENT[:8])}, settings=TIMES, file="old.csv",
    ),
    "two downloads that overlap": Fault(
        "export_twice", "error", "4 responses in it are also in b.csv",
        {"a.csv": lines(DATED, *SENT[:8]), "b.csv": lines(DATED, *SENT[4:])}, settings=TIMES, file="a.csv",
    ),
    "a file nobody listed": Fault(
        "export_unlisted", "warning", "survey.toml lists other files", {**csv(), "late.csv": lines(HEADER, *ROWS[:3])},
        rules='[[files]]\nfile = "export.csv"', file="late.csv",
    ),
    "fewer responses than declared": Fault(
        "respondents_differ", "warning", "declares 13 responses, the exports hold 12", csv(), settings="respondents = 13",
        file="2026/survey.toml", column="respondents",
    ),
    "columns nobody declared": Fault("column_unused", "info", "2 of 7 columns are not declared", csv()),
    "names of people": Fault("personal_data", "info", "1 column with personal data left where they are: 'Name'", csv(), column="Name"),
    "addresses under a harmless header": Fault(
        "personal_data", "info", "'Remarks'", named("export.csv", EXPORT.replace("Name", "Remarks").replace("Zorro ", "Zorro@example.org")),
        column="Remarks",
    ),
    "an undecided question of the draft": Fault(
        "draft_open", "error", "Is Q2 reversed?", csv(), tables={"2026/questions.csv": "question,column,decided\nIs Q2 reversed?,Q2,\n"},
        file="2026/questions.csv", column="Q2",
    ),
}  # fmt: skip
