"""`Idempotency-Key`: a repeated request gets the first one's answer, and changes nothing again.

The record commits together with the work, so a crash leaves both or neither. The answer is sealed
with the caller's token, of which the database has only the hash: an answer can hold a new token's
secret, and who reads the table must not find it there.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, ParamSpec, cast
from uuid import UUID

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.kernel.clock import utcnow
from tracker.kernel.db import Base, unit_of_work
from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.web.auth import bearer, caller

KEPT: Final = timedelta(hours=24)
_LONGEST: Final = 200
_SALT_BYTES: Final = 16
_OTHER_BODY: Final = Sentence(
    en="This key was used for another request in the last 24 hours. Use a new key.",
    fr="Cette clé a servi à une autre requête dans les dernières 24 heures. En prendre une autre.",
)
_BAD_KEY: Final = Sentence(
    en="An Idempotency-Key has 1 to {most} printable ASCII characters, such as a UUID.",
    fr="Une Idempotency-Key a de 1 à {most} caractères ASCII imprimables, comme un UUID.",
)
_IN_FLIGHT: Final = Sentence(
    en="A request with this key is still being worked on. Try again in a few seconds.",
    fr="Une requête avec cette clé est encore en cours. Réessayer dans quelques secondes.",
)
P = ParamSpec("P")


class IdempotencyRecord(Base):
    """What a key was answered. Without a status the work has not been committed."""

    __tablename__ = "idempotency_records"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None]  # sealed, after its salt
    created_at: Mapped[datetime]


def idempotent(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let callers of ``view`` repeat a request safely. It goes outside of what parses the body."""

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not (1 <= len(key) <= _LONGEST and key.isascii() and key.isprintable()):
            raise Invalid({"Idempotency-Key": [Said(_BAD_KEY, {"most": _LONGEST})]})
        with unit_of_work() as session:
            known = _claim(session, key, utcnow())
            if known is not None:
                return _replay(known)
            response = make_response(view(*args, **kwargs))
            _remember(session, key, response)
            return response

    cast("Any", once).is_idempotent = True
    return once


def _identity(key: str) -> dict[str, Any]:
    return {
        "workspace_id": caller().workspace_id,
        "token_id": caller().token_id,
        "operation": f"{request.method} {request.path}",
        "key": key,
    }


def _claim(session: Session, key: str, now: datetime) -> IdempotencyRecord | None:
    """Take the key, or find what it was answered.

    The insert waits for another transaction that holds the same key; that one's answer is ours.
    """
    identity = _identity(key)
    mine = [column == identity[column.key] for column in IdempotencyRecord.__table__.primary_key]
    session.execute(
        delete(IdempotencyRecord).where(*mine, IdempotencyRecord.created_at < now - KEPT)
    )
    is_postgres = session.get_bind().dialect.name == "postgresql"
    if is_postgres:
        session.execute(text("SET LOCAL lock_timeout = '10s'"))
    dialect = postgresql if is_postgres else sqlite
    row = {**identity, "request_hash": _request_hash(), "created_at": now}
    claim = dialect.insert(IdempotencyRecord).values(row).on_conflict_do_nothing()
    # The row that comes back tells: a row count is -1 here on PostgreSQL, written or not.
    if session.execute(claim.returning(IdempotencyRecord.key)).first():
        return None
    return session.scalars(select(IdempotencyRecord).where(*mine)).one()


def _request_hash() -> bytes:
    return hashlib.sha256(request.query_string + b"\0" + request.get_data(cache=True)).digest()


def _replay(record: IdempotencyRecord) -> Response:
    if record.request_hash != _request_hash():
        raise Invalid({"Idempotency-Key": [Said(_OTHER_BODY, {})]})
    if record.status is None or record.headers is None:
        raise Conflict(_IN_FLIGHT)
    response = Response(_unsealed(record.body or b""), record.status, record.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _remember(session: Session, key: str, response: Response) -> None:
    identity = _identity(key)
    mine = [column == identity[column.key] for column in IdempotencyRecord.__table__.primary_key]
    kept = {
        name: response.headers[name]
        for name in ("Content-Type", "ETag", "Location")
        if name in response.headers
    }
    session.execute(
        update(IdempotencyRecord)
        .where(*mine)
        .values(status=response.status_code, headers=kept, body=_sealed(response.get_data()))
    )


def _sealed(body: bytes) -> bytes:
    salt = secrets.token_bytes(_SALT_BYTES)
    return salt + _crossed(body, salt)


def _unsealed(body: bytes) -> bytes:
    return _crossed(body[_SALT_BYTES:], body[:_SALT_BYTES])


def _crossed(body: bytes, salt: bytes) -> bytes:
    """``body`` XOR a stream that only the salt and the caller's token make; its own inverse."""
    stream = hashlib.shake_256(salt + bearer().encode()).digest(len(body))
    return (int.from_bytes(body) ^ int.from_bytes(stream)).to_bytes(len(body))


def forget_old_keys(session: Session, now: datetime) -> None:
    """Remove what no caller can ask for any more."""
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now - KEPT))
