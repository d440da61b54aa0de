"""Keyed pseudonyms in place of the tool's response ids; the key stays in the raw layer."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import pandas as pd

from pipeline.store.paths import ProgrammePaths
from schemas.definitions import Programme


def read_key(paths: ProgrammePaths, programme: Programme) -> bytes:
    """The programme's key: fixed for public and synthetic data, else a private file made once."""
    if programme.origin != "real":
        return f"cip-survey/{paths.programme}".encode()[:64]
    if not paths.pseudonym_key.is_file():
        paths.pseudonym_key.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    return bytes.fromhex(paths.pseudonym_key.read_text(encoding="ascii").strip())


def make_pseudonyms(ids: Sequence[str] | pd.Series, key: bytes) -> pd.Series:
    """BLAKE2b-keyed pseudonyms (16 hexadecimal digits), equal for equal ids.

    Source: RFC 7693, keyed hashing.
    """
    codes, unique = pd.factorize(pd.Series(ids, dtype="str"))
    # one hash per distinct id; keyed hashing has no vectorised form
    hashed = [hashlib.blake2b(text.encode("utf-8"), digest_size=8, key=key).hexdigest() for text in unique]
    return pd.Series(pd.array(hashed, dtype="str").take(codes))
