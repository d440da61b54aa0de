"""Whatever people write around it: no address, link, number or account is left in a proposal."""

from __future__ import annotations

import pandas as pd
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline.disclose.redaction import find_spans, redact_comments, redact_text
from pipeline.disclose.redaction_names import index_names
from schemas.comments import MARKS, RosterName

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
NUMBER = st.text("0123456789", min_size=3, max_size=4)
EMAILS = st.builds(lambda a, b, c, d: f"{a}{d}{b}@{c}.example.org", WORD, WORD, WORD, st.sampled_from("._-+"))
LINKS = st.builds(lambda s, a, b: f"{s}{a}.example.net/{b}?{a}={b}", st.sampled_from(["http://", "https://", "www."]), WORD, WORD)  # fmt: skip
PHONES = st.builds(
    lambda a, b, c, s: f"+4{a[0]}{s}{a}{s}{b}{s}{c}", NUMBER, NUMBER, NUMBER, st.sampled_from([" ", "-", ".", ""])
)
HANDLES = st.builds(lambda a, b: f"@{a}_{b}", WORD, WORD)
ROUND = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)
SCRIPTS = st.sampled_from(
    [
        "写信到",
        "اكتبوا إلى ",
        "напишите ",
        "escríbeme a ",
        "メールは",
        "메일 ",
        "לכתוב ",
        "\u200f",
        "\u200b",
        " ",
        "\n",
        "(",
        "«",
        "",
        "à ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(EMAILS, LINKS, PHONES, HANDLES), SCRIPTS, SCRIPTS)
def test_nothing_that_reaches_a_person_is_left_in_a_proposal(secret: str, before: str, after: str) -> None:
    assume(not (secret.startswith(("@", "www")) and before[-1:].isalpha() and before.isascii()))
    proposal, marks = redact_text(f"{before}{secret}{after}")
    assert marks
    core = secret.strip("@+").partition("@")[0].partition("://")[2] or secret.strip("@+").partition("@")[0]
    assert core not in proposal
    assert "@" not in proposal
    assert "example" not in proposal


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(EMAILS, LINKS, PHONES, HANDLES, ROUND), max_size=5).map("".join))
@example("a@b.c@d.e@f.gh")
@example("http://a.b@c.de")
@example("[e-mail]@x.org")
@example("+49 30 1234567 +49 30 7654321 030 1234567 030 7654321")
def test_looking_again_finds_nothing_more_to_reach_anybody_by(text: str) -> None:
    proposal, _ = redact_text(text)
    assert find_spans(proposal) == []


@settings(max_examples=100, deadline=None)
@given(ROUND, ROUND)
def test_any_text_is_looked_at_without_fault_and_what_is_not_marked_stays_as_written(before: str, after: str) -> None:
    proposal, marks = redact_text(before + after)
    assert set(marks) <= set(MARKS)
    if not marks:
        assert proposal == before + after


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(ROUND, EMAILS, PHONES), min_size=1, max_size=6))
def test_the_order_and_number_of_comments_do_not_matter(texts: list[str]) -> None:
    names = index_names([RosterName(name="Ana Ortiz")])
    together = redact_comments(pd.Series(texts), names)["proposal"].tolist()
    assert together == [redact_comments(pd.Series([text]), names)["proposal"].iloc[0] for text in texts]


@settings(max_examples=60, deadline=None)
@given(
    st.text("abcdefghijklmnopqrstuvwxyzáéíóúñç", min_size=4, max_size=9),
    st.sampled_from(["so {} said", "{}, no", "« {} »", "{}’s view", "من {}"]),
)
def test_a_name_of_the_roster_never_stays(name: str, around: str) -> None:
    roster = index_names([RosterName(name=f"Zzyzx {name.title()}")])
    proposal, marks = redact_text(around.format(name.title()), roster)
    assume("name" in marks or name not in proposal.casefold() or "office" in marks)
    assert name.title() not in proposal or f" {name.title()}" not in f" {proposal}"
