"""Bearer tokens: a prefix to find the row, and a secret of which only the hash is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

_MARK: Final = "tracker"
_PREFIX_BYTES: Final = 8
_SECRET_BYTES: Final = 24  # 192 random bits
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class SecretToken:
    """A token as its owner holds it."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{_MARK}_{self.prefix}_{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        """SHA-256: the secret is random and long, so a slow hash would protect nothing more."""
        return hashlib.sha256(self.secret.encode()).digest()

    def matches(self, secret_hash: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.secret_hash, secret_hash)


def make() -> SecretToken:
    """A fresh token."""
    return SecretToken(secrets.token_hex(_PREFIX_BYTES), secrets.token_hex(_SECRET_BYTES))


def parse(text: str) -> SecretToken | None:
    """Take a token apart; None if it cannot be one of ours."""
    parts = text.split("_")
    if len(text) > _LONGEST or len(parts) != len(("mark", "prefix", "secret")):
        return None
    mark, prefix, secret = parts
    known = mark == _MARK and prefix.isalnum() and secret.isalnum() and text.isascii()
    return SecretToken(prefix, secret) if known else None
