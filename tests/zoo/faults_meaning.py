"""Faults of meaning: answers no scale knows, contradictions, groups, write-ins, items upside down."""

from __future__ import annotations

import re

from tests.zoo.faults_structure import CODED_SCALE, as_codes, lines
from tests.zoo.kit import EXPORT, HEADER, ROWS, Fault, csv, named

LABEL, GROUP = "label_unknown", "group_undeclared"
NUMBERED = {
    "2026/scales.csv": lines(
        "scale,value,label:en,kind,favourable",
        "agree5,1,1 - Strongly disagree,answer,no", "agree5,2,2 - Disagree,answer,no", "agree5,3,3 - Neither,answer,neutral",
        "agree5,4,4 - Agree,answer,yes", "agree5,5,5 - Strongly agree,answer,yes",
    )
}  # fmt: skip
ALIASES = {"aliases.csv": "alias,group,since,until\nAtlantis,North,,2020\n"}
TWO_QUESTIONS = 'group_columns = []\ngroup_column = "Group"'
OPTIONS = [
    "ID,Group [North],Group [South],Group [Other],Q1,Q2,Q3,Q4",
    *[f"{n},{'x' if n % 2 else ''},{'' if n % 2 else 'x'},,Agree,Neither,Agree,Disagree" for n in range(1, 13)],
]
SPREAD = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
UPSIDE_DOWN = [
    f"{n},{('North', 'South')[n % 2]},{SPREAD[n % 5]},{SPREAD[4 - n % 5]},{SPREAD[n % 5]},{SPREAD[4 - n % 5]},Zorro"
    for n in range(1, 26)
]


def options(row: int, old: str, new: str) -> dict[str, str | bytes]:
    changed = list(OPTIONS)
    assert old in changed[row - 1]
    changed[row - 1] = changed[row - 1].replace(old, new, 1)
    return {"export.csv": lines(*changed)}


BODIES = re.sub("Zorro [^4]\\d?", "House", EXPORT).replace("Name", "Body")
CUTS = {"2026/cuts.csv": "cut,column,category,label:en,other\nbody,Body,h,House,refuse\nbody,,s,Senate,\n"}

MEANING: dict[str, Fault] = {
    # cuts
    "an answer no category of a cut knows": Fault(
        "cut_unknown", "error", "1 cell that no category of cut 'body'", named("export.csv", BODIES), row=5, column="Body", tables=CUTS,
    ),
    "an answer that a cut counts as not said": Fault(
        "cut_other", "warning", "1 cell that no category of cut 'body'", named("export.csv", BODIES), row=5, column="Body",
        tables={name: text.replace("refuse", "not_said") for name, text in CUTS.items()},
    ),
    # labels
    "an answer of another scale": Fault(LABEL, "error", "scale 'agree5' does not know", csv(("5,South,Agree", "5,South,Purplish")), row=6, column="Q1"),
    "number and words contradict": Fault(
        LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,5 - Disagree")), row=6, column="Q1", tables=NUMBERED,
    ),
    "a number beyond the scale": Fault(
        LABEL, "error", "1 cell with", named("export.csv", as_codes(EXPORT).replace("5,South,4", "5,South,6")), row=6, column="Q1", tables=CODED_SCALE,
    ),
    "zero where scales begin at one": Fault(
        LABEL, "error", "12 cells with", named("export.csv", as_codes(EXPORT).replace(",3,", ",0,")), row=2, column="Q2", tables=CODED_SCALE,
    ),
    "half a point": Fault(
        LABEL, "error", "1 cell with", named("export.csv", as_codes(EXPORT).replace("5,South,4", '5,South,"3,5"')), row=6, column="Q1",
        tables=CODED_SCALE,
    ),
    "labels of another language": Fault(LABEL, "error", "12 cells with", named("export.csv", EXPORT.replace("Neither", "Weder noch")), row=2, column="Q2"),
    "two answers in one cell": Fault(LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,Agree; Neither")), row=6, column="Q1"),
    "a non-answer nobody declared": Fault(LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,N/A")), row=6, column="Q1"),
    "the word None under a scale": Fault(LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,None")), row=6, column="Q1"),
    "the error text of a spreadsheet": Fault(LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,#NAME?")), row=6, column="Q1"),
    "an answer and a remark": Fault(LABEL, "error", "1 cell with", csv(("5,South,Agree", "5,South,Agree (Purplish)")), row=6, column="Q1"),
    # groups
    "a group nobody declared": Fault(GROUP, "error", "1 response for a group", csv(("5,South", "5,Atlantis")), row=6, column="Group"),
    "an alias outside its years": Fault(
        GROUP, "error", "aliases.csv knows the name of 1 of them, but not for 2026", csv(("5,South", "5,Atlantis")), row=6, column="Group",
        tables=ALIASES,
    ),
    "several groups that nobody allowed": Fault(
        GROUP, "error", "1 response for more than one group", csv(("5,South", "5,South;North")), settings='group_separator = ";"', row=6, column="Group",
    ),
    "a list with an undeclared group": Fault(
        GROUP, "error", "1 response for a group", csv(("5,South", "5,South; Atlantis")), settings='group_separator = ";"\nseveral_groups = true',
        row=6, column="Group",
    ),
    "a list without a declared separator": Fault(GROUP, "error", "1 response for a group", csv(("5,South", "5,South; North")), row=6, column="Group"),
    "several groups, as declared": Fault(
        "several_groups", "info", "1 response for several groups", csv(("5,South", "5,South;North")),
        settings='group_separator = ";"\nseveral_groups = true', file="",
    ),
    "text under an option": Fault(GROUP, "error", "1 response for a group", options(4, ",x,", ",Atlantis,"), row=4, column="Group [North]"),
    "another group under an option": Fault(GROUP, "error", "1 response for a group", options(4, ",x,", ",South,"), row=4, column="Group [North]"),
    "two options chosen": Fault(GROUP, "error", "1 response for more than one group", options(4, ",x,,", ",x,x,"), row=4, column="Group"),
    "a write-in that names nobody known": Fault(
        GROUP, "error", "1 response for a group", options(4, ",x,,,", ",,,Atlantis,"), row=4, column="Group [Other]",
    ),
    "other without a name": Fault(GROUP, "error", "another group than those offered", csv(("5,South", "5,Other")), row=6, column="Group"),
    "write-ins that count for all": Fault(
        "group_written_in", "warning", "1 response with a group written in, 1 of them without a declared one",
        csv(("5,South", "5,Atlantis")), settings='write_in_groups = "none"', row=6, column="Group",
    ),
    "a response without a group": Fault("group_none", "info", "1 response without a group", csv(("5,South", "5,")), file=""),
    "a file given to nobody known": Fault(
        GROUP, "error", "gives file export.csv to an undeclared group", csv(), rules='[[files]]\nfile = "export.csv"\ngroup = "East"',
        file="2026/survey.toml", column="files.group",
    ),
    "a group that sent nothing": Fault(
        "group_without_answers", "warning", "Nobody answered for South house", named("export.csv", EXPORT.replace("South", "North")),
        file="2026/roster.csv", column="group",
    ),
    "a group too small to show": Fault(
        "group_below_threshold", "warning", "South house has 1 responses; 5 are needed", named("export.csv", lines(HEADER, ROWS[0], *ROWS[1::2])),
        file="2026/roster.csv", column="group",
    ),
    "more answers than people": Fault(
        "more_answers_than_eligible", "warning", "North house has 24 responses from 12",
        named("export.csv", lines(HEADER, *(row.replace("South", "North") for row in (*ROWS, *ROWS)))), file="2026/roster.csv", column="group",
    ),
    # directions
    "items that run against the rest": Fault(
        "item_runs_against", "error", "Items 'q1' and 'q2'", named("export.csv", lines(HEADER, *UPSIDE_DOWN)), alone=False,
        tables={"2026/items.csv": lines(
            "item,principle,text:en,scale,reverse,column", "q1,P1,It does.,agree5,no,Q1", "q2,P1,It wastes.,agree5,no,Q2",
        )},
        file="2026/items.csv", column="item",
    ),
    "one item of a principle upside down": Fault(
        "item_runs_against", "error", "Item 'q2' runs against the other 2 items",
        named("export.csv", lines(HEADER, *UPSIDE_DOWN)),
        tables={"2026/items.csv": lines(
            "item,principle,text:en,scale,reverse,column",
            "q1,P1,It does.,agree5,no,Q1", "q2,P1,It wastes.,agree5,no,Q2", "q3,P1,It fits.,agree5,no,Q3",
        )},
        file="2026/items.csv", column="item",
    ),
}  # fmt: skip
