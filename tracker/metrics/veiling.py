"""What is kept of the ids of a platform: of members a keyed hash, of the rest what fits. Pure."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final
from uuid import UUID

ACTOR_BYTES: Final = 16
LONGEST: Final = 200


def veiled(connection_id: UUID, member: str, key: bytes) -> str:
    """The hash under which a member is kept; another connection, or another key, gives another."""
    told = f"{connection_id}\0{member}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, told, hashlib.sha256)[:ACTOR_BYTES].hex()


class Veil:
    """The hashes of one page: whoever acts often is hashed once."""

    def __init__(self, connection_id: UUID, key: bytes) -> None:
        self._of, self._key = connection_id, key
        self._known: dict[str, str] = {}

    def over(self, member: str) -> str:
        """What is kept instead of a member's id."""
        known = self._known.get(member)
        if known is None:
            known = self._known[member] = veiled(self._of, member, self._key)
        return known


def fitting(name: str) -> str:
    """An id as it is or, where no database would take it, a hash of it."""
    if len(name) <= LONGEST and name.isprintable():
        return name
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def all_fitting(names: Sequence[str | None]) -> Sequence[str | None]:
    """Each of them so; an empty one is None. Nearly always they fit, all of them at one glance."""
    there = [name for name in names if name]
    if max(map(len, there), default=0) <= LONGEST and "".join(there).isprintable():
        return names if len(there) == len(names) else [name or None for name in names]
    return [fitting(name) if name else None for name in names]
