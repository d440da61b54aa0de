"""The register of groups a draft proposes, from the names that responses gave."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.ingest.draft.group_words import country_names
from pipeline.ingest.draft.groups import GroupCandidate
from pipeline.ingest.personal import looks_personal
from pipeline.ingest.words import reduce_words
from pipeline.store.labels import normalise_label
from schemas.definitions import NO_GROUP, DraftQuestion, Group, GroupAlias

FEW = 30
"""With fewer responses than this, a group that one person names is a group like the others."""

NOT_CODES = {"community", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class RegisterDraft:
    """Groups as proposed.

    Attributes:
        groups: rows of groups.csv, those of the programme left out.
        missing: names that the programme's groups.csv does not know, named more than once.
        written_in: names that one person each gave, and that are in no list.
    """

    groups: tuple[Group, ...]
    missing: tuple[str, ...]
    written_in: int


def draft_register(candidate: GroupCandidate, known: Mapping[str, str], labels: Mapping[str, str]) -> RegisterDraft:
    """Group names to register rows; spellings that differ in blanks, case or punctuation are one group.

    Args:
        known: normalised names and aliases of the programme's groups to their codes.
        labels: what codes stand for, where the file says so.
    """
    spellings: dict[str, dict[str, int]] = {}
    personal = 0
    listed = set(candidate.names) if candidate.shape == "options" else set()
    for text, n in [*candidate.names.items(), *candidate.written.items()]:
        name = labels.get(text, text)
        if looks_personal(name):  # whoever wrote an address here named no group
            personal += 1
            continue
        if normalise_label(text) not in known and normalise_label(name) not in known:
            mine = spellings.setdefault(reduce_words(name) or normalise_label(name), {})
            mine[name] = mine.get(name, 0) + n
            if name != text:
                mine.setdefault(text, 0)
    filled = sum(candidate.names.values())
    rows, written_in = [], personal
    for forms in spellings.values():
        best = min(forms, key=lambda form: (-forms[form], form))
        offered = not listed.isdisjoint(forms) or (candidate.declared and normalise_label(best) in country_names())
        if sum(forms.values()) >= 2 or offered or (filled < FEW and not candidate.written):
            rows.append((best, forms))
        else:
            written_in += 1
    if candidate.shape != "options":  # a questionnaire's own order is worth keeping
        rows.sort(key=lambda row: normalise_label(row[0]))
    if known:
        return RegisterDraft((), tuple(name for name, _ in rows), written_in)
    codes = make_codes([name for name, _ in rows])
    code_of = {form: code for code, (_, forms) in zip(codes, rows, strict=True) for form in forms}
    groups = tuple(
        Group(
            group=code,
            name=name,
            parent=next((code_of.get(candidate.parents[form]) for form in forms if form in candidate.parents), None),
            kind="rollup" if not candidate.sums.isdisjoint(forms) else "answers",
            aliases=_other_spellings(name, forms),
        )
        for code, (name, forms) in zip(codes, rows, strict=True)
    )
    return RegisterDraft(groups, (), written_in)


def add_file_groups(groups: Sequence[Group], files: Mapping[str, str]) -> tuple[tuple[Group, ...], dict[str, str]]:
    """The register with the groups that files are named after, and the code of each file's group."""
    known = {reduce_words(name): group.group for group in groups for name in (group.group, group.name, *group.aliases)}
    fresh = [name for name in dict.fromkeys(files.values()) if reduce_words(name) not in known]
    codes = make_codes(fresh, [group.group for group in groups])
    known |= {reduce_words(name): code for name, code in zip(fresh, codes, strict=True)}
    added = tuple(Group(group=code, name=name) for name, code in zip(fresh, codes, strict=True))
    return (*groups, *added), {file: known[reduce_words(name)] for file, name in files.items()}


def _other_spellings(name: str, forms: Iterable[str]) -> tuple[str, ...]:
    """Spellings that ingest would not take for the name by itself; the bar separates aliases, so none has one."""
    seen = {normalise_label(name)}
    others = []
    for form in sorted(forms):
        if normalise_label(form) not in seen and "|" not in form:
            seen.add(normalise_label(form))
            others.append(form)
    return tuple(others)


def make_codes(names: Iterable[str], taken: Collection[str] = ()) -> list[str]:
    """A unique code per name: letters, digits and dashes that every file system takes."""
    seen = {code.casefold() for code in taken} | NOT_CODES
    codes = []
    for at, name in enumerate(names, start=1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:50].rstrip("-") or f"group-{at}"
        if stem.isdecimal():
            stem = f"group-{stem}"
        code, nth = stem, 1
        while code in seen:
            nth += 1
            code = f"{stem}-{nth}"
        seen.add(code)
        codes.append(code)
    return codes


def name_known_groups(groups: Iterable[Group], aliases: Iterable[GroupAlias], year: int) -> dict[str, str]:
    """Normalised names and aliases that mean a group of the programme in a year, to its code."""
    known = {}
    for group in groups:
        for name in (group.group, group.name, *group.aliases):
            known[normalise_label(name)] = group.group
    for row in aliases:
        if (row.since or year) <= year <= (row.until or year) and row.group != NO_GROUP:
            known[normalise_label(row.alias)] = row.group
    return known


def ask_for_missing(missing: Iterable[str], groups: Iterable[Group], column: str) -> list[DraftQuestion]:
    """One question per unknown group name, with the group it may be: same country, or nearly the same name."""
    groups = list(groups)
    by_name = {normalise_label(name): group for group in groups for name in (group.name, *group.aliases)}
    by_country = {country_names()[name]: group for name, group in by_name.items() if name in country_names()}
    questions = []
    for name in missing:
        country = country_names().get(normalise_label(name), "")
        close = difflib.get_close_matches(normalise_label(name), list(by_name), n=1, cutoff=0.75)
        guess = by_country.get(country) or (by_name[close[0]] if close else None)
        proposal = f"an alias of {guess.group} ({guess.name})" if guess else "a new group"
        questions.append(
            DraftQuestion(
                question=f"Which group is '{name}'?",
                proposal=f"{proposal}; nothing is written, add it to groups.csv or aliases.csv",
                file="aliases.csv" if guess else "groups.csv",
                column=column,
                reason="groups.csv does not know the name",
            )
        )
    return questions
