"""Keyed pseudonyms in place of the tool's response ids; the key stays in the raw layer."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

import pandas as pd

from pipeline.store.errors import user_error
from pipeline.store.files import write_text
from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Programme


def read_key(paths: ProgrammePaths, programme: Programme, *, keep: bool = True) -> bytes:
    """The programme's key: fixed for public and synthetic data, else a private file made once.

    Args:
        keep: write a new key to its file; without it, a missing one serves this once only.

    Raises:
        UserError: ``definition_invalid`` when the file does not hold a key.
    """
    if programme.origin != "real":
        return f"cip-survey/{paths.programme}".encode()[:64]
    if not paths.pseudonym_key.is_file():
        fresh = secrets.token_hex(32)
        if keep:
            write_text(paths.pseudonym_key, fresh + "\n")
        return bytes.fromhex(fresh)
    try:
        key = bytes.fromhex(paths.pseudonym_key.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if not 16 <= len(key) <= 64:
        raise user_error(
            "definition_invalid",
            "The file does not hold a key of 32 to 128 hexadecimal digits",
            file=f"{paths.programme}/{paths.pseudonym_key.name}",
            action="Put back the file from a copy; without one, delete it, and response ids get new pseudonyms.",
        )
    return key


def make_pseudonyms(ids: Iterable[str], key: bytes) -> pd.api.extensions.ExtensionArray:
    """BLAKE2b-keyed pseudonyms (16 hexadecimal digits), equal for equal ids.

    Source: RFC 7693, keyed hashing.
    """
    keyed = hashlib.blake2b(digest_size=8, key=key)  # taking in the key is half of the work: once

    def hash_id(text: str) -> str:
        own = keyed.copy()
        own.update(text.encode("utf-8"))
        return own.hexdigest()

    return pd.array([hash_id(text) for text in ids], dtype="str")
