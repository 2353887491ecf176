"""The part of a callback's address that nobody guesses, and that tells that it was once ours."""

import secrets
from typing import Final

from tracker.kernel.keys import is_signed, sign

_BYTES: Final = 16
_SEAL: Final = 64  # hexadecimal digits
_PURPOSE: Final = "board hooks"


def new_key(kind: str) -> str:
    """Random, and sealed."""
    told = secrets.token_urlsafe(_BYTES)
    return told + sign(_PURPOSE, f"{kind} {told}".encode())


def was_ours(kind: str, key: str) -> bool:
    """Whether a key was given out here: of no board by now, it is that of one that is gone."""
    told, seal = key[:-_SEAL], key[-_SEAL:]
    return is_signed(_PURPOSE, f"{kind} {told}".encode(), seal)
