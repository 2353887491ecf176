"""Keys that this installation signs with, each for one purpose, all made from its one secret."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

_secret: Callable[[], str] | None = None
_made: Final[dict[str, bytes]] = {}  # a message has seven signed links; the secret may be a file


def use_secret(read: Callable[[], str]) -> None:
    """Have keys made from what ``read`` gives, asked only once there is something to sign.

    Only ``wiring`` calls this.
    """
    global _secret  # noqa: PLW0603 - one secret for the process is the point
    _secret = read
    _made.clear()


def key_for(purpose: str) -> bytes:
    """The key of ``purpose``. What is signed for one purpose says nothing to another."""
    if _secret is None:
        raise RuntimeError("no secret is in use: the composition root has not run")
    key = _made.get(purpose)
    if key is None:
        key = _made[purpose] = hmac.digest(_secret().encode(), purpose.encode(), hashlib.sha256)
    return key


def sign(purpose: str, content: bytes) -> str:
    """The seal of ``content``, in hexadecimal digits."""
    return hmac.new(key_for(purpose), content, hashlib.sha256).hexdigest()


def is_signed(purpose: str, content: bytes, seal: str) -> bool:
    """Whether ``seal`` is that of ``content``; compared in constant time."""
    return hmac.compare_digest(sign(purpose, content).encode(), seal.encode())
