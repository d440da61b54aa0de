"""A tiny programme with plausible released tables, for tests of whatever reads the release.

Five principles (P4 in two parts) and an overarching question; a roll-up HOUSE over NORTH (12 eligible),
SOUTH (eligible unknown) and TINY (below the threshold, HOUSE stands in), and EAST, which held no survey
in 2026 and answers by government. Three years; q3 is reworded in 2026, q6 has another scale in 2027.
The numbers are made up here, not computed by the pipeline.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.report import Release, ReportContext
from pipeline.store.definitions import read_definitions
from pipeline.store.paths import ProgrammePaths
from pipeline.store.tables import write_table
from tests.together_rows import make_agreement, make_pooled, make_reliability

YEARS = (2025, 2026, 2027)
PRINCIPLES = ("P1", "P2", "P3", "P4", "P5")
PARTS = {"P4i": "P4", "P4e": "P4"}
ITEMS = {
    "q0": "PURPOSE", "q1": "P1", "q2": "P1", "q3": "P2", "q4": "P2", "q5": "P3", "q6": "P3",
    "q7": "P4i", "q8": "P4i", "q9": "P4e", "q10": "P4e", "q11": "P5", "q12": "P5", "q13": "",
}  # fmt: skip
TEXTS = {
    "q0": "My group has a continuing purpose.",
    "q1": "My group does what it was set up to do.",
    "q2": "The purpose of my group is clear to me, and I could explain it to a newcomer without looking it up.",
    "q3": "The way my group is structured helps it do its work.",
    "q4": "It is too hard to find out who decides what.",
    "q5": "Meetings make good use of my time.",
    "q6": "How efficient are the group's calls?",
    "q7": "Leaders explain their decisions to members.",
    "q8": "My group listens before it decides.",
    "q9": "My group explains its work to the wider community.",
    "q10": "Others can see how my group reaches its positions.",
    "q11": "My group works well with other groups.",
    "q12": "How effective is cooperation across the community?",
    "q13": "How likely are you to recommend joining my group?",
}
NAMES = {
    "PURPOSE": "Continuing purpose", "P1": "Purpose", "P2": "Effective structures", "P3": "Efficient operations",
    "P4": "Accountability", "P4i": "Accountable to its members", "P4e": "Accountable to the community",
    "P5": "Collaboration",
}  # fmt: skip
N = {  # group: answers per year
    "NORTH": (12, 9, 11), "SOUTH": (25, 31, 40), "TINY": (3, 2, 3), "EAST": (61, 0, 58),
}  # fmt: skip
ELIGIBLE = {"NORTH": 12, "SOUTH": None, "TINY": 4, "EAST": 184, "HOUSE": None, "_all": None}
SCALES = {
    "agree": ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
    "seven": ["1 Highly ineffective", "2", "3", "4", "5", "6", "7 Highly effective"],
    "eleven": [str(value) for value in range(11)],
    "lopsided": ["Poor", "Fair", "Good", "Excellent"],
}
FAVOURABLE = {
    "agree": "no no neutral yes yes",
    "seven": "no no no neutral yes yes yes",
    "eleven": "no no no no no no no neutral neutral yes yes",
    "lopsided": "no neutral yes yes",
}

TREND_FIGURES = (
    "difference", "ci_low", "ci_high", "mdc80", "mdc80_persistent", "linked_n",
    "superiority", "superiority_low", "superiority_high",
)  # fmt: skip
LEFT_OUT = ("left_out_n", "left_out_items_n")


def scale_of(item: str, year: int) -> str:
    """q6 changes its scale in 2027; q12 has four unbalanced options, q13 eleven."""
    if item == "q6":
        return "seven" if year >= 2027 else "agree"
    return {"q12": "lopsided", "q13": "eleven"}.get(item, "agree")


def write_programme(root: Path, programme: str = "toy", origin: str = "synthetic") -> ProgrammePaths:
    """Write definitions and released tables under ``root`` and return the programme's paths."""
    paths = ProgrammePaths(root, programme)
    _write_definitions(paths, origin)
    for index, year in enumerate(YEARS):
        for name, rows in _release(index, year).items():
            if not rows:  # nothing to compare the first year with
                continue
            frame = pd.DataFrame(rows).assign(wave=str(year))
            write_table(frame, f"released_{name}", paths.release("default", name), year)
    return paths


def make_context(root: Path, year: int | None = 2027, period: str | None = None, **options: Any) -> ReportContext:
    """Write the toy programme and return what a report is given."""
    paths = write_programme(root, **options)
    definitions = read_definitions(paths)
    return ReportContext(paths, definitions, Release(paths, definitions.programme.profile), year, period)


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _write_definitions(paths: ProgrammePaths, origin: str) -> None:
    _write(
        paths.settings,
        [
            'name = "Toy Improvement Programme"', 'short_name = "TIP"', f'origin = "{origin}"',
            'notice = "An unofficial example."', 'attribution = "Made up for tests; no rights reserved."',
        ],
    )  # fmt: skip
    kinds = {"PURPOSE": "overarching", **dict.fromkeys(PARTS, "part")}
    _write(
        paths.raw / "principles.csv",
        ["principle,version,since,kind,parent,name:en,text:en"]
        + [f"{code},2025-05,2025,{kinds.get(code, 'principle')},{PARTS.get(code, '')},{NAMES[code]},The group: {NAMES[code].lower()}." for code in NAMES],
    )  # fmt: skip
    _write(
        paths.raw / "groups.csv",
        [
            "group,name,parent,kind,unit,since,until",
            "HOUSE,The House,,rollup,person,,",
            "NORTH,Northern Constituency,HOUSE,answers,person,,",
            "SOUTH,Southern Constituency,HOUSE,answers,person,,",
            "TINY,Tiny Constituency,HOUSE,answers,person,,",
            "EAST,Eastern Committee,,answers,government,,",
            "GONE,Dissolved Council,,answers,person,,2024",
        ],
    )
    _write(
        paths.raw / "periods.csv",
        ["period,name,group,year_from,year_to", "period-1,First assessment period,,2025,2027"],
    )
    _write(
        paths.raw / "improvements.csv",
        [
            "id,group,principle,issue,measure,owner,resources,started,due,outcome,evidence,status",
            "I1,NORTH,P3,Meetings ran over time,Agenda with times,Chair,None needed,2026-09-01,2027-03-01,Meetings end on time,Minutes of five meetings,done",
            "I2,TINY,P1,Newcomers are lost,Welcome pack,Secretary,Two volunteer days,2027-01-15,2027-12-31,,,in progress",
        ],
    )  # fmt: skip
    _write(
        paths.raw / "criteria.csv",
        [
            "criterion,principle,group,kind,text:en",
            "P1-C1,P1,,required,The purpose is written down and reviewed.",
            "P3-C1,P3,NORTH,recommended,Meetings are prepared.",
        ],
    )
    _write(
        paths.raw / "indicators.csv",
        [
            "indicator,criterion,kind,items,text:en",
            "P1-C1-I1,P1-C1,statement,,A charter exists.",
            "P1-C1-I2,P1-C1,survey,q1|q2,Members say the purpose is clear.",
            "P3-C1-I1,P3-C1,data,,Share of agendas sent a week before.",
        ],
    )
    for year in YEARS:
        _write_wave(paths.wave(year), year)


def _write_wave(folder: Path, year: int) -> None:
    _write(
        folder / "survey.toml",
        [f"year = {year}", f'title = "Toy survey {year}"', 'tool = "csv"', f"report_date = {year}-07-08"],
    )
    rows = ["item,principle,text:en,scale,reverse,comparability"]
    for item, principle in ITEMS.items():
        text = "The structure of my group is fit for its work." if (item, year) == ("q3", 2025) else TEXTS[item]
        change = (
            "substantive" if (item, year) == ("q3", 2026) else "scale change" if (item, year) == ("q6", 2027) else ""
        )
        rows.append(f'{item},{principle},"{text}",{scale_of(item, year)},{"yes" if item == "q4" else ""},{change}')
    _write(folder / "items.csv", rows)
    points = ["scale,value,label:en,kind,favourable"]
    for scale, labels in SCALES.items():
        marks = FAVOURABLE[scale].split()
        points += [
            f"{scale},{value},{label},answer,{mark}"
            for value, (label, mark) in enumerate(zip(labels, marks, strict=True), 1)
        ]
        points += [f"{scale},,No opinion,no_opinion,", f"{scale},,Not applicable,not_applicable,"]
    _write(folder / "scales.csv", points)
    _write(
        folder / "roster.csv",
        [
            "group,eligible,unit,as_of,source,access,survey_held,reason",
            f"NORTH,12,person,{year}-03-01,membership list,unique,yes,",
            "SOUTH,,person,,,shared,yes,",
            f"TINY,4,person,{year}-03-01,membership list,unique,yes,",
            f"EAST,184,government,{year}-02-01,secretariat,unique,{'no' if year == 2026 else 'yes'},{'leadership change' if year == 2026 else ''}",
        ],
    )  # fmt: skip


def _release(index: int, year: int) -> dict[str, list[dict[str, Any]]]:
    rng = np.random.default_rng(year)
    responses = [_response(group, index, year) for group in ("NORTH", "SOUTH", "TINY", "EAST")]
    n = {row["group"]: row["n"] for row in responses}
    responses.append(_facts("HOUSE", n["NORTH"] + n["SOUTH"] + n["TINY"], None) | dict.fromkeys(LEFT_OUT, n["TINY"]))
    responses.append(_facts("_all", sum(n.values()) + 2, None) | dict.fromkeys(LEFT_OUT, n["TINY"] + 2))
    scores: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    trends: list[dict[str, Any]] = []
    for row in responses:
        group = row["group"]
        if not row["survey_held"]:
            continue
        aggregations = ("pooled", "groups_equal") if group in ("HOUSE", "_all") else ("own",)
        for aggregation in aggregations:
            scores += _scores(row, aggregation, index, rng)
            trends += _trends(row, aggregation, index, year)
        counts += _counts(row, year, rng)
    together = {
        "reliability": make_reliability(scores), "agreement": make_agreement(counts), "pooled": make_pooled(scores),
    }  # fmt: skip
    return {
        "responses": responses,
        "scores": scores,
        "item_counts": counts,
        "trends": trends,
        **together,
        "item_changes": _item_changes(trends),
        "item_shifts": _item_shifts(year),
    }


def _response(group: str, index: int, year: int) -> dict[str, Any]:
    row = _facts(group, N[group][index], ELIGIBLE[group])
    if group == "EAST" and year == 2026:
        row |= {
            "survey_held": False,
            "shown": False,
            "reason": f"no survey was held in {year}: leadership change",
            "rate_percent": None,
            "rate_complete_percent": None,
        }
    if group == "TINY":
        row |= {"shown": False, "rate_complete_percent": None, "needed_n": 5 - row["n"], "stand_in": "HOUSE"}
    return row


def _facts(group: str, n: int, eligible: int | None) -> dict[str, Any]:
    return {
        "group": group, "survey_held": True, "shown": True, "n": n, "eligible": eligible,
        "rate_percent": None if eligible is None else int(100 * n / eligible + 0.5),
        "rate_complete_percent": None if eligible is None else int(100 * (n - (group == "NORTH")) / eligible + 0.5),
        "unit": "government" if group == "EAST" else "person", "access": "unique" if eligible else "shared",
        "source": "membership list" if eligible else "", "as_of": "2027-03-01" if eligible else "",
        "needed_n": 0, "stand_in": "", "left_out_n": 0, "left_out_items_n": 0, "comments_n": None, "reason": "",
    }  # fmt: skip


def _scores(row: dict[str, Any], aggregation: str, index: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    measures = [("overall", "PURPOSE"), *(("principle", p) for p in PRINCIPLES), *(("part", p) for p in PARTS)]
    measures += [("item", item) for item in ITEMS] if aggregation != "groups_equal" else []
    return [_score(row, aggregation, kind, code, index, rng) for kind, code in measures]


def _score(
    row: dict[str, Any], aggregation: str, kind: str, code: str, index: int, rng: np.random.Generator
) -> dict[str, Any]:
    n, eligible = row["n"], row["eligible"]
    out: dict[str, Any] = dict.fromkeys(
        [
            "n",
            "mean",
            "ci_low",
            "ci_high",
            "possible_low",
            "possible_high",
            "favourable_percent",
            "band_low",
            "band_high",
        ]
    )
    out |= {
        "group": row["group"], "kind": kind, "measure": code, "aggregation": aggregation, "view": "none",
        "marker": "c", "sensitive_to_aggregation": False, "mean_of_items_shift": None, "method": "none", "reason": "",
    }  # fmt: skip
    if not row["shown"]:
        return out
    if kind == "item" and (row["group"], code) == ("NORTH", "q0"):
        return out | {"marker": "band", "band_low": 50, "band_high": 100, "n": n}
    mean = int(np.clip(58 + 5 * index + rng.integers(-9, 18), 5, 95))
    half = max(2, round(2 * 18 / n**0.5))
    out |= {"n": n, "mean": mean, "ci_low": max(0, mean - half), "ci_high": min(100, mean + half), "marker": ""}
    out |= {"view": "process", "method": "mean_t", "favourable_percent": max(0, mean - 4)}
    if eligible is not None:
        low, high = mean * n // eligible, (mean * n + 100 * (eligible - n)) // eligible
        out |= {"view": "finite", "method": "mean_t_fpc", "possible_low": low, "possible_high": high}
        out |= {"ci_low": max(low, mean - half), "ci_high": min(high, mean + half)}
        if n == eligible:
            out |= {"view": "complete", "method": "mean_complete", "ci_low": None, "ci_high": None}
    if aggregation == "groups_equal":
        out |= {"n": 2, "method": "mean_groups_equal"}
    return out


def _trends(row: dict[str, Any], aggregation: str, index: int, year: int) -> list[dict[str, Any]]:
    group, out = row["group"], []
    for before in range(index):
        n_from = {"HOUSE": 40, "_all": 103}.get(group) or N[group][before]
        if not n_from:
            continue
        for place, code in enumerate(PRINCIPLES):
            verdict = ("cannot_tell", "improved", "no_meaningful_change", "declined", "cannot_tell")[
                (place + index) % 5
            ]
            difference = {"improved": 13, "declined": -12, "no_meaningful_change": 1}.get(verdict, 5)
            left_out = {"P2": "q3: substantive", "P3": "q6: scale change" if year == 2027 else ""}.get(code, "")
            line: dict[str, Any] = {
                "group": group, "measure": code, "aggregation": aggregation, "year_from": YEARS[before], "year_to": year,
                "n_from": n_from, "n_to": row["n"], "items_common": 1 if left_out else 2, "items_left_out": left_out,
                "mean_from": 60, "mean_to": 60 + difference, "difference": difference, "ci_low": difference - 9,
                "ci_high": difference + 9, "mdc80": 14, "mdc80_persistent": 11 if group == "NORTH" else None,
                "linked_n": 10 if (group, code) == ("SOUTH", "P1") else None, "superiority": 50 + 2 * difference,
                "superiority_low": 40 + 2 * difference, "superiority_high": 60 + 2 * difference,
                "order": "rising" if (before, index, verdict) == (0, 2, "improved") else "", "middle_year": "", "look_first": verdict == "declined", "verdict": verdict,
                "pattern": "cannot_tell" if (before, index) == (0, 2) else "", "marker": "",
                "method": "welch_permutation", "reason": "",
            }  # fmt: skip
            if code == "P2" and before == 0:
                line |= dict.fromkeys([*TREND_FIGURES, "mean_from", "mean_to"])
                line |= {
                    "verdict": "break_in_series",
                    "reason": "no item is comparable in both years",
                    "method": "none",
                    "look_first": False,
                }
            if not row["shown"]:
                line |= dict.fromkeys([*TREND_FIGURES, "mean_from", "mean_to", "n_from", "n_to"])
                line |= {"verdict": "not_tested", "marker": "c", "method": "none", "look_first": False, "pattern": ""}
            out.append(line)
    return out


def _item_changes(trends: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions of principles that moved; in the north the second of each is withheld."""
    out = []
    for line in trends:
        moved = line["verdict"] in ("improved", "declined") and line["aggregation"] != "groups_equal"
        codes = [item for item, principle in ITEMS.items() if principle == line["measure"] and moved]
        for place, item in enumerate(codes):
            withheld = line["group"] == "NORTH" and place == 1
            row = {name: line[name] for name in ("group", "aggregation", "measure", "year_from", "year_to")}
            row |= {"item": item, "item_from": item, "turned": "", "share_trend": "", "marker": "c" if withheld else ""}
            row |= {"method": "none" if withheld else "newcombe"}
            figures = {
                "n_from": 20,
                "n_to": 21,
                "percent_from": 40,
                "percent_to": 62,
                "difference": 23,
                "ci_low": -2,
                "ci_high": 44,
            }
            out.append(row | (dict.fromkeys(figures) if withheld else figures))
    return out


def _item_shifts(year: int) -> list[dict[str, Any]]:
    base = {"year_from": year - 1, "year_to": year, "measure": "P5", "method": "ordinal_dif"}
    drifting = base | {"item": "q12", "size": "moderate", "direction": "higher"}
    return [base | {"item": "q11", "size": "negligible", "direction": "lower"}, drifting] if year > YEARS[0] else []


def _counts(row: dict[str, Any], year: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    out = []
    for item in ITEMS:
        points = len(SCALES[scale_of(item, year)])
        weights = np.linspace(2, 1, points) if item == "q4" else np.linspace(1, 3, points)
        away = min(2, row["n"])
        drawn = rng.multinomial(row["n"] - away, weights / weights.sum())
        band = (row["group"], item) == ("NORTH", "q0")
        marker = "" if row["shown"] and row["n"] >= 8 and not band else "band" if band else "c"
        shown = marker == ""
        base = {"group": row["group"], "item": item, "marker": marker}
        out += [{**base, "kind": "answer", "value": v, "n": int(k) if shown else None} for v, k in enumerate(drawn, 1)]
        others = {"no_opinion": away, "not_applicable": 0, "missing": 0}
        out += [{**base, "kind": kind, "value": None, "n": k if shown else None} for kind, k in others.items()]
    return out
