"""What is marked in comments, in many languages, and what is not."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.disclose.redaction import find_spans, holds_placeholder, redact_comments, redact_text
from pipeline.disclose.redaction_lists import NICKNAMES, WORDS, list_words
from pipeline.disclose.redaction_names import index_names
from schemas.comments import MARKS, RosterName

ROSTER = index_names(
    [
        RosterName(name="Maria García López", nicknames="Mari"), RosterName(name="John Smith"),
        RosterName(name="Robert Ashworth"), RosterName(name="Will Long"), RosterName(name="Li Na"),
        RosterName(name="O'Neil, Sinéad"), RosterName(name="Иванов Сергей"), RosterName(name="Мария Петрова"),
        RosterName(name="محمد الأمين"), RosterName(name="王小明"), RosterName(name="田中 太郎"), RosterName(name="김철수"),
    ]
)  # fmt: skip

MARKED = {
    # e-mail
    "Write to me at someone@example.org if you want details.": "Write to me at [e-mail] if you want details.",
    "<first.last+cip@mail.example.co.uk>": "<[e-mail]>",
    "请写信到zhang@example.org请回复": "请写信到[e-mail]请回复",
    "اكتبوا إلى ali@example.org من فضلكم": "اكتبوا إلى [e-mail] من فضلكم",
    "иван@пример.рф": "[e-mail]",
    "用户@例子.公司": "[e-mail]",
    "ｍｅ＠ｅｘａｍｐｌｅ．ｏｒｇ": "[e-mail]",
    "some\u200bone@exa\u00admple.org": "[e-mail]",
    "name (at) example (dot) org": "[e-mail]",
    "name [at] example.org": "[e-mail]",
    "name at example dot org": "[e-mail]",
    "nombre arroba ejemplo punto org": "[e-mail]",
    "me @ example.org": "[e-mail]",
    # links
    "see www.example.org/path?x=1, and (https://x.y/z).": "see [link], and ([link]).",
    "My page is example.com/~me.": "My page is [link].",
    "Siehe schmidt.de!": "Siehe [link]!",
    "見てhttps://例え.jp/名前。": "見て[link]。",
    "hxxp://example.net": "[link]",
    "пример.рф": "[link]",
    "e.g.example.com": "[link]",
    # handles
    "ask @john_doe or @user@mastodon.social": "ask [handle] or [handle]",
    "Telegram: jdoe77": "[handle]",
    "微信：abc12345": "[handle]",
    "u/some_one": "[handle]",
    # phones
    "call +49 (0)30 1234 5678 or 030-1234567": "call [phone] or [phone]",
    "Tel. 555-1234": "[phone]",
    "(555) 123-4567": "[phone]",
    "06 12 34 56 78": "[phone]",
    "هاتف ٠١٢٣٤٥٦٧٨٩": "[phone]",
    "电话：138 1234 5678": "[phone]",
    "тел. 8 (495) 123-45-67": "[phone]",
    "my number is 5551234567": "my number is [phone]",
    # addresses of machines
    "from 192.0.2.17 and 2001:db8::1": "from [IP address] and [IP address]",
    # dates and times
    "On 8 July 2025 at 10:30 UTC": "On [date] at [time] UTC",
    "July 8th, 2025": "[date]",
    "in July 2025": "in [date]",
    "2025-07-08 and 08.07.2025 and 8/7/25": "[date] and [date] and [date]",
    "El 8 de julio de 2025": "El [date]",
    "le 1er février": "le [date]",
    "am 8. März um 14 Uhr": "am [date] um [time]",
    "8 de março": "[date]",
    "8 июля 2025": "[date]",
    "في ٨ يوليو ٢٠٢٥": "في [date]",
    "2025年7月8日下午3点30分": "[date][time]",
    "at 5 p.m. or 11am": "at [time] or [time]",
    "à 10h30": "à [time]",
    # offices
    "The chair said so; our Vice-Chairs agree.": "The [office] said so; our [office] agree.",
    "La présidente et le secrétaire général": "La [office] et le [office]",
    "El presidente y la tesorera": "El [office] y la [office]",
    "A secretária e o relator": "A [office] e o [office]",
    "Die Vorsitzende und der Schatzmeister": "Die [office] und der [office]",
    "Il presidente": "Il [office]",
    "председателю и секретарём": "[office] и [office]",
    "قال رئيسنا والأمين العام": "قال [office] [office]",
    "主席和秘书长没有回答": "[office]和[office]没有回答",
    "議長と書記": "[office]と[office]",
    "의장은": "[office]은",
    # people who single themselves out
    "As the only woman from Fiji on the council, I think so.": "[self-description], I think so.",
    "I'm one of the two delegates here. Fine.": "[self-description]. Fine.",
    "En tant que seule avocate du groupe, je pense": "[self-description], je pense",
    "Como la única delegada de Perú, creo": "[self-description], creo",
    "Как единственный представитель Армении, думаю": "[self-description], думаю",
    "بصفتي العضو الوحيد من مصر، أرى": "[self-description]، أرى",
    "作为唯一来自斐济的女性，我认为": "[self-description]，我认为",
    "Als einzige Frau im Rat: nein": "[self-description]: nein",
    "Sendo a única do Norte, penso": "[self-description], penso",
    "As the only one, mail me@example.org": "[self-description], mail [e-mail]",
}  # fmt: skip

PLAIN = [
    "We need a list of open tasks, with names.", "Too much e-mail, I cannot tell what matters.",
    "I gave it 8/10, and 3:2 for the rest; see point 1.2.3.", "Between 2024-2025 and 2026/2027 nothing changed.",
    "10 000 000 users, 1,000,000 or 12.500.000", "1 2 3 4 5 6 7 is the scale", "24/7 support, 16:9 video, 50%",
    "E.g. the papers, i.e. all of them, etc. Then more.", "It may take 3 months; in March we wait.", "48h is too short",
    "wheelchair access; the secretariat helps; table and chairs", "Le secrétariat aide.",
    "La secretaria técnica", "秘书处很好，理事会也很好", "الموضوع الرئيسي مهم، وبشكل رئيسي", "Секретариат работает хорошо",
    "=fewer reports, more results", "Más tiempo para leer los documentos.", "اجتماعات أقصر من فضلكم.", "请更早发送文件。",
    "Больше времени на чтение документов.", "Moins de réunions, et des documents plus courts.",
    "As the minutes show, the only way is forward.", "The only thing I miss is coffee.", "3个月太长", "σύντομες συναντήσεις",
    "- shorter agendas\n- earlier papers\n- one list of decisions", "Item #42, section 7", "a@", "@ noon", "€ 1.234,56", "😀👍🏽", "",
]  # fmt: skip

NAMED = {
    "Maria said, and García agreed with LOPEZ.": "[name] said, and [name] agreed with [name].",
    "María García López's view": "[name]'s view",
    "Mari and Bob and Johnny were there": "[name] and [name] and [name] were there",
    "ask J. Smith, or J. S., or RA": "ask [name], or [name]., or [name]",
    "Smith, J. wrote": "[name], J. wrote",
    "I think Will was late, and so was Long": "I think [name] was late, and so was [name]",
    "thanks to Li Na": "thanks to [name]",
    "sinead oneil or Sinéad O’Neil": "[name] oneil or [name]",
    "от Иванова, с Ивановым, Сергею и Машей": "от [name], с [name], [name] и [name]",
    "Марии и Маше": "[name] и [name]",
    "قال محمد لمحمد وللأمين": "قال [name]",
    "王小明说得对": "[name]说得对",
    "田中さんと太郎さん": "[name]さんと[name]さん",
    "김철수는": "[name]는",
}  # fmt: skip

NOT_NAMED = [
    "I will write long mails. Long ones. Will they be read?", "We will see.", "There is no na or li here", "王国小明珠", "smithereens",
    "The marina is nice",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKED)
def test_what_tells_who_wrote_is_marked(text: str) -> None:
    assert redact_text(text)[0] == MARKED[text]


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_words_and_numbers_are_left_as_written(text: str) -> None:
    assert redact_text(text) == (text, ())


@pytest.mark.parametrize("text", NAMED)
def test_names_of_the_roster_are_marked_in_every_form(text: str) -> None:
    assert redact_text(text, ROSTER)[0] == NAMED[text]
    assert redact_text(text)[1] in ((), ("office",)), "without a roster there are no names"


@pytest.mark.parametrize("text", [*NOT_NAMED, *PLAIN])
def test_words_that_are_names_as_well_need_a_capital_inside_a_sentence(text: str) -> None:
    assert redact_text(text, ROSTER) == (text, ())


def test_a_column_says_the_same_as_its_texts_one_by_one() -> None:
    texts = [*MARKED, *PLAIN, *NAMED, *NOT_NAMED]
    column = pd.Series(texts * 2, index=range(100, 100 + 2 * len(texts)))
    found = redact_comments(column, ROSTER)
    assert list(found.index) == list(column.index)
    alone = [redact_text(text, ROSTER) for text in texts]
    assert list(zip(found["proposal"], found["marks"], strict=True)) == [(p, "; ".join(m)) for p, m in alone] * 2


def test_the_coarse_first_look_misses_nothing() -> None:
    for text in [*MARKED, *NAMED]:
        everything = find_spans(text, ROSTER)
        assert everything
        assert {mark for *_, mark in everything} <= set(redact_text(text, ROSTER)[1]), text


def test_a_mark_says_what_it_is_and_is_never_marked_again() -> None:
    roster = index_names([RosterName(name="Link Date"), RosterName(name="Office Handle")])
    for mark in MARKS:
        assert holds_placeholder(f"so [{mark}] it")
        assert redact_text(f"so [{mark}] it", roster) == (f"so [{mark}] it", ())
    assert not holds_placeholder("[sic] [x] (name)")


@pytest.mark.parametrize(
    "unit",
    ["a", "a.", "a@", "@", "1", "1 ", "1-", ":", "a:", "http://!", "www.", "a at ", "as the only ", "中", "[e-mail", "jan ",
     "\n", "1.", "a::", "chair ", "(at) ", "ا", "Smith ", "\u0301", "J. "],
)  # fmt: skip
def test_a_long_text_of_one_thing_is_gone_through_and_marked_like_a_short_one(unit: str) -> None:
    # a pattern that backtracks would not come back from this
    _, few = redact_text(unit * 20, ROSTER)
    _, many = redact_text(unit * (200_000 // len(unit)), ROSTER)
    assert set(many) <= set(MARKS)
    assert bool(few) == bool(many)


def test_the_lists_are_readable_tables_without_words_that_stand_twice_for_different_things() -> None:
    for path in (WORDS, NICKNAMES):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets need the byte-order mark"
    offices, phrases = set(list_words("office", "word")), set(list_words("self-description", "phrase"))
    assert len(offices) > 300
    assert not offices & set(list_words("none", "word"))
    assert not offices & phrases
    for language in ("en", "fr", "es", "ru", "ar", "zh"):  # the six of the United Nations
        rows = [line for line in WORDS.read_text(encoding="utf-8-sig").splitlines() if f",{language}," in line]
        assert {line.partition(",")[0] for line in rows} >= {"office", "self-description"}
