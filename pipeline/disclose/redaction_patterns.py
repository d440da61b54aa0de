"""How people can be reached, and when something was: patterns over folded texts, in the order they are looked for.

Every repetition is bounded, possessive, or separated from its neighbours by characters it cannot take itself, so
that no text takes longer than its length. ``hint`` is a coarser pattern in RE2's language that all texts with a
match hold; it runs over a whole column at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from pipeline.disclose.redaction_lists import list_words
from schemas.comments import Mark

LOCAL, HOST = r"[a-z0-9._%+-]", r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
AT = r"(?:@|at|arroba|arobase|собака|艾特)"
DOT = r"(?:dot|punkt|point|punto|ponto|точка|点)"
OPEN, CLOSE = r"[(\[{<]", r"[)\]}>]"
STOP = r"\s<>\"'，。；、！？）】》」』（\ufdd1"
"""What ends an address."""
TAIL = rf"[^{STOP}]*[^{STOP}.,;:!?()\[\]…]"
YEAR = r"(?:1[89]|20)\d\d"
MONTH_NO, DAY_NO = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"


@dataclass(frozen=True)
class Pattern:
    """What one mark looks like; ``is_one`` takes a second look at what was found."""

    mark: Mark
    hint: str
    look: re.Pattern[str]
    is_one: Callable[[re.Match[str]], bool] = lambda _match: True


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts))


def _is_phone(match: re.Match[str]) -> bool:
    """Digits that are no years, no large number, no decimal and no list of ratings."""
    groups = re.findall(r"\d+", match.group())
    before = match.string[: match.start()][-2:]
    if match.group().startswith("+"):
        return True
    if len(groups) == 1:
        return not re.fullmatch(r"\d[.,]", before)
    if all(re.fullmatch(YEAR, group) for group in groups):
        return False
    if len(groups[0]) <= 2 and all(len(group) == 3 for group in groups[1:]) and groups[0][0] != "0":
        return False
    steps = {int(after) - int(one) for one, after in pairwise(groups)}
    return not (steps in ({1}, {-1}) and len(groups[0]) == 1)


def _make_patterns() -> tuple[Pattern, ...]:
    endings, idn = ("|".join(list_words("link", how)) for how in ("ending", "ending-idn"))
    months = "|".join(
        re.escape(word[:-1]) + r"[^\W\d_]{0,3}" if word.endswith("*") else re.escape(word)
        for word in list_words("date", "month")
    )
    coarse = "|".join(re.escape(word.removesuffix("*")) for word in list_words("date", "month"))
    of = r"(?:of|de|del|do|da|d'|من|عام)"
    platforms = "|".join(map(re.escape, list_words("handle", "platform")))
    phones = "|".join(map(re.escape, list_words("phone", "word")))
    year = r"(?:\d{4}|\d{2}(?![\d%]))"
    return (
        Pattern(
            "link", r"(?:ttps?|xxps?|ftps?|mailto|tel|skype|tg|whatsapp):|www\d?\.",
            _any(
                rf"(?<![a-z0-9])(?:h(?:tt|xx)ps?|s?ftps?|mailto|tel|skype|tg|whatsapp):/{{0,3}}{TAIL}",
                rf"(?<![\w.])www\d?\.{TAIL}",
            ),
        ),
        Pattern(
            "handle", rf"@|u/|(?:{platforms}).{{0,12}}[:=]",
            _any(
                r"(?<![\w.%+@-])@\w[\w.-]*+(?:@[\w.-]++)?",
                rf"(?<![a-z0-9])(?:{platforms})\s{{0,2}}(?:id|handle|user|account|name)?\s{{0,2}}[:=]\s{{0,2}}[^{STOP}]{{2,64}}",
                r"(?<![\w/])u/[\w-]{3,}",
            ),
        ),
        Pattern(
            "e-mail", rf"@|{OPEN}.{{0,2}}{AT}|.(?:at|arroba|arobase).[^ ]{{1,252}}.{DOT}.",
            _any(
                rf"(?<!{LOCAL}){LOCAL}++@(?=[\w.-]*[^\W\d_])(?:{HOST}|\w[\w.-]*+)",
                r"(?<![\w.%+-])[\w.%+-]++(?<=[^\W\d_a-z])@(?=[\w.-]*[^\W\d_])\w[\w.-]*+",
                r"(?<![\w.%+-])[\w.%+-]{1,64}\s{1,2}@\s{0,2}[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}",
                rf"(?<![\w.%+-])[\w.%+-]{{1,64}}\s{{0,2}}{OPEN}\s{{0,2}}{AT}\s{{0,2}}{CLOSE}\s{{0,2}}[\w-]{{1,63}}"
                rf"(?:\s{{0,2}}(?:{OPEN}\s{{0,2}}{DOT}\s{{0,2}}{CLOSE}|\.|\s{DOT}\s)\s{{0,2}}[\w-]{{1,63}}){{0,4}}",
                rf"(?<![\w.%+-])[\w.%+-]{{1,64}} (?:at|arroba|arobase) [\w-]{{1,63}}(?: {DOT} [\w-]{{1,63}}){{1,3}}",
            ),
        ),
        Pattern(
            "link", rf"\.(?:{endings}|{idn})",
            _any(
                rf"(?<![a-z0-9@-])(?:[a-z0-9-]{{1,63}}\.){{0,8}}(?=[0-9-]{{0,62}}[a-z])[a-z0-9-]{{2,63}}\.(?:{endings})(?![a-z0-9@-])(?:[/?#]{TAIL}|:\d+(?:/{TAIL})?)?",
                rf"(?<![a-z0-9@-])[a-z0-9]\.(?:com|me|co|org|net|ly|gl|cc)/{TAIL}",
                rf"(?<![\w-])[\w-]{{1,63}}\.(?:{idn})(?!\w)(?:/{TAIL})?",
            ),
        ),
        Pattern(
            "IP address", r"\d\.\d{1,3}\.|[0-9a-f]:[0-9a-f:]",
            _any(
                r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)",
                r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])",
                r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])",
            ),
        ),
        Pattern(
            "date", rf"\d[-/.]\d{{1,2}}[-/.]\d|\d{{8}}|\d\s?[年월月년]|\d\D{{0,12}}(?:{coarse})|(?:{coarse})\D{{0,12}}\d",
            _any(
                rf"(?<!\d){YEAR}(?P<one>[-/.]){MONTH_NO}(?P=one){DAY_NO}(?!\d)",
                r"(?<!\d)\d{1,2}(?P<other>[-/.])\d{1,2}(?P=other)(?:\d{4}|\d{2})(?!\d)",
                rf"(?<!\d){YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
                rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|re|o|a|\.|-?го|-?е)?[\s-]{{0,2}}(?:{of}\s{{1,2}})?(?:{months})(?!\w)\.?"
                rf"(?:,?[\s-]{{0,2}}(?:{of}\s{{1,2}})?{year}(?!\d))?",
                rf"(?<!\w)(?:{months})\.?\s{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?(?![\d%])(?:,?\s{{1,2}}{YEAR}(?!\d))?",
                rf"(?<!\w)(?:{months})\.?,?\s{{0,2}}(?:{of}\s{{1,2}})?{YEAR}(?!\d)",
                r"\d{2,4}\s?[年년]\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日号號일])?",
                r"\d{1,2}\s?[月월]\s?\d{1,2}\s?[日号號일]",
            ),
        ),
        Pattern(
            "time", r"\d[:h]\d|\d.?[ap]\.?m|\d\s?uhr|الساعه|\d\s?[点點時时시]|[午晨上전후].?\d",
            _any(
                r"(?<![\d:])(?:[01]?\d|2[0-4])[:h][0-5]\d(?![\d:])(?::[0-5]\d)?(?:\s?[ap]\.?\s?m(?!\w)\.?)?",
                r"(?<!\d)(?:1[0-2]|0?[1-9])\s?[ap]\.?m(?!\w)\.?",
                r"(?<!\d)\d{1,2}\s?uhr(?!\w)",
                r"الساعه\s{1,2}\d{1,2}(?!\d)",
                r"(?:[上下]午|凌晨|晚上|早上|中午|午前|午後|오전|오후)\s?\d{1,2}\s?[点點时時시:](?:\s?\d{1,2}\s?[分분]?|半)?",
                r"\d{1,2}\s?[点點时時시]\s?\d{1,2}\s?[分분]",
            ),
        ),
        Pattern("phone", r"\d(?:[ ().\-/]{0,3}\d){4}",
            _any(
                rf"(?<![a-zа-я\u0600-\u06ff])(?:{phones})\.?\s{{0,2}}[:.]?\s{{0,2}}[+(]{{0,2}}\d(?:[ ().\-/]{{0,3}}\d){{4,18}}(?!\d)",
                r"(?<!\d)[+(]?\d(?:[ ().\-/]{0,3}\d){6,18}(?!\d)",
            ), _is_phone),
    )  # fmt: skip


PATTERNS = _make_patterns()
