"""Texts as patterns see them: one plain character for each written one, so that places stay the same."""

from __future__ import annotations

import unicodedata
from functools import cache

REMOVED = "\ufdd0"
"""Stands for accents, vowel signs, direction marks and the like until they are taken out."""
MASK = "\ufdd1"
"""Stands for what is marked already: no letter, no digit, no blank."""
ALIKE = dict(zip("‘’‚‛′´`ʼ“”„«»ıłøđ\u0629\u0649\u2212", "''''''''\"\"\"\"\"ilod\u0647\u064a-", strict=True))
"""Quotes, letters without an accent that Unicode could take off, Arabic endings that are written either way."""


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


_TABLE = _Folding()


def fold(text: str) -> tuple[str, list[int] | None]:
    """Lower case, plain digits, no accents, no full-width forms, no invisible characters.

    Returns:
        The folded text, and the place in ``text`` of each of its characters (None: the same places).
    """
    if text.isascii():
        return text.lower(), None
    folded = text.translate(_TABLE)
    if REMOVED not in folded:
        return folded, None
    places = [at for at, character in enumerate(folded) if character != REMOVED]
    return folded.replace(REMOVED, ""), places


@cache
def fold_word(text: str) -> str:
    """A word of a list as it stands in a folded text."""
    return " ".join(fold(text)[0].split())


def _fold_character(character: str) -> str:
    if character in ALIKE:
        return ALIKE[character]
    if character.isspace():
        return "\n" if character in "\n\r\v\f\x85\u2028\u2029" else " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kind = unicodedata.category(character)
    if kind in ("Mn", "Me", "Cf") or character == "\u0640":  # the last one only stretches Arabic words
        return REMOVED
    if kind == "Pd":
        return "-"
    if "\uac00" <= character <= "\ud7a3":
        return character
    plain = unicodedata.normalize("NFKD", character)[0].lower()[0]
    return ALIKE.get(plain, plain)
