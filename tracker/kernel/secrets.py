"""What must not be read from a copy of the database: encrypted, and bound to its place.

A stored secret is ``kid:nonce:text``: which key, a number used once, the ciphertext (AES-GCM).
The table and the row take part in it, so that it opens nowhere else.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import Base, core
from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence

ENCRYPTED: Final[dict[Any, Any]] = {"encrypted": True}
"""Goes into the ``info`` of a column that holds secrets, in a table keyed by workspace and id."""

_NONCE_BYTES: Final = 12
_KID_LETTERS: Final = 8
_BATCH: Final = 200
_UNREADABLE: Final = Sentence(
    en="Stored secrets cannot be read: their key is not in TRACKER_ENCRYPTION_KEYS. Put it back, "
    "behind the newest, and run `tracker secrets rotate` before it goes.",
    fr="Des secrets enregistrés sont illisibles : leur clé n'est pas dans "
    "TRACKER_ENCRYPTION_KEYS. La remettre, après la plus récente, et lancer `tracker secrets "
    "rotate` avant de la retirer.",
)


class Undecipherable(DomainError):
    """A secret whose key is gone, or that was moved or changed."""

    type = "undecipherable"


_read_keys: Callable[[], Sequence[str]] | None = None


def use_encryption_keys(read: Callable[[], Sequence[str]]) -> None:
    """Have secrets kept with the keys that ``read`` gives: the first encrypts, all decrypt.

    Asked only once there is a secret. Only ``wiring`` calls this.
    """
    global _read_keys  # noqa: PLW0603 - one ring of keys for the process is the point
    _read_keys = read


def _ring() -> dict[str, Any]:
    """Ciphers under the names of their keys, the one that encrypts first.

    They are loaded with the first secret: it is some megabytes that many never need.
    """
    if _read_keys is None:
        raise RuntimeError("no keys are in use: the composition root has not run")
    aead = import_module("cryptography.hazmat.primitives.ciphers.aead")
    return {_name_of(key): aead.AESGCM(_derived(key, b"encrypt")) for key in _read_keys()}


def _derived(key: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=32, person=purpose).digest()


def _name_of(key: str) -> str:
    """Tells keys apart, and nothing of the key."""
    return _derived(key, b"name").hex()[:_KID_LETTERS]


def encrypt(text: str, table: str, row_id: UUID) -> str:
    """``text``, to be stored in that row of that table and nowhere else."""
    name, cipher = next(iter(_ring().items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = cipher.encrypt(nonce, text.encode(), _place(table, row_id))
    return f"{name}:{_letters(nonce)}:{_letters(sealed)}"


def decrypt(stored: str, table: str, row_id: UUID) -> str:
    """What was stored there. Raises Undecipherable."""
    name, nonce, sealed = (*stored.split(":"), "", "")[:3]
    cipher = _ring().get(name)
    if cipher is None:
        raise Undecipherable(_UNREADABLE)
    try:
        text: bytes = cipher.decrypt(_bytes(nonce), _bytes(sealed), _place(table, row_id))
        return text.decode()
    except (_invalid_tag(), NotBase64, ValueError):  # ValueError: no nonce
        raise Undecipherable(_UNREADABLE) from None


def _invalid_tag() -> type[Exception]:
    tag: type[Exception] = import_module("cryptography.exceptions").InvalidTag
    return tag


def _place(table: str, row_id: UUID) -> bytes:
    return f"{table}:{row_id}".encode()


def _letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def _bytes(letters: str) -> bytes:
    return urlsafe_b64decode(letters)


def rotate(session: Session) -> int:
    """Encrypt anew what an older key has encrypted, some hundreds at a time; how many it was.

    Raises Undecipherable. A secret that is changed meanwhile is left as its writer has it.
    """
    newest = next(iter(_ring()))
    return sum(_rotate(session, *place, newest) for place in _encrypted_columns())


def _rotate(session: Session, table: Table, name: str, newest: str) -> int:
    column, run = table.c[name], core(session).execute
    wanted = select(table.c.workspace_id, table.c.id, column)
    old = run(wanted.where(not_(column.startswith(f"{newest}:"))).limit(_BATCH)).all()
    for workspace_id, row_id, stored in old:
        anew = encrypt(decrypt(stored, table.name, row_id), table.name, row_id)
        same = and_(table.c.workspace_id == workspace_id, table.c.id == row_id, column == stored)
        run(update(table).where(same).values({name: anew}))
    return len(old)


def check_readable(session: Session) -> None:
    """Raise Undecipherable where a key is missing that something was encrypted with."""
    for table, name in _encrypted_columns():
        one = select(table.c[name]).limit(1)
        if core(session).scalar(one) is not None:  # else no key is asked for, nor made
            known = or_(*(table.c[name].startswith(f"{kid}:") for kid in _ring()))
            if core(session).scalar(one.where(not_(known))) is not None:
                raise Undecipherable(_UNREADABLE)


def _encrypted_columns() -> Iterator[tuple[Table, str]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("encrypted"):
                yield table, column.name
