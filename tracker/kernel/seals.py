"""The seals of the history: each row's hash holds the one before it (docs/history.md).

A row is sealed after it has been written, by a job, so that writers never wait for each other.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Activity
from tracker.kernel.db import core

BATCH: Final = 500
_ROWS: Final = Activity.__table__
# Every column but the seal itself; sorted by name when it is written out.
SEALED: Final = tuple(column for column in _ROWS.c if column.name != "seal")
_MINE: Final = (
    _ROWS.c.workspace_id == bindparam("workspace_id"),
    _ROWS.c.project_id == bindparam("project_id"),
)
_WAITING: Final = select(_ROWS.c.workspace_id, _ROWS.c.project_id).where(_ROWS.c.seal.is_(None))
_LAST: Final = (
    select(_ROWS.c.seq, _ROWS.c.seal)
    .where(*_MINE, _ROWS.c.seq.is_not(None))
    .order_by(_ROWS.c.seq.desc())
    .limit(1)
)
_UNSEALED: Final = (
    select(*SEALED)
    .where(*_MINE, _ROWS.c.seal.is_(None), _ROWS.c.seq.is_(None))
    .order_by(_ROWS.c.id)
)
_SEAL: Final = (
    update(_ROWS)
    .where(
        _ROWS.c.workspace_id == bindparam("of_workspace"),
        _ROWS.c.id == bindparam("of_row"),
        _ROWS.c.seal.is_(None),
    )
    .values(seq=bindparam("number"), seal=bindparam("hash"))
)
_LOCK: Final[Select[Any]] = select(func.pg_try_advisory_xact_lock(bindparam("key")))


def first_seal(workspace_id: UUID, project_id: UUID) -> bytes:
    """What the chain of a project begins with, so that no other project's would fit it."""
    return sha256(f"activity v1 {workspace_id} {project_id}".encode()).digest()


def seal_of(previous: bytes, row: Any, seq: int) -> bytes:
    """The seal of ``row`` as number ``seq`` of its project, after the seal ``previous``."""
    values = {column.name: _plain(getattr(row, column.name)) for column in SEALED} | {"seq": seq}
    written = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(previous + written.encode("ascii")).digest()


def _plain(value: Any) -> Any:
    """UUIDs and instants in the one spelling that no database and no version changes."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def waiting_projects(session: Session, *, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Workspace and id of projects with rows to seal, whatever the workspace."""
    rows = core(session).execute(_WAITING.distinct().limit(limit)).all()
    return [(row.workspace_id, row.project_id) for row in rows]


def seal_next(session: Session, workspace_id: UUID, project_id: UUID) -> bool:
    """Seal a batch of a project's rows; tell whether there may be more to do now.

    Whatever is committed is sealed, in the order of ids among what is seen: a row that commits
    late gets a later number. Of several jobs at once one works on a project, the others pass on.
    """
    if not _take_turn(session, project_id):
        return False
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    rows = core(session).execute(_UNSEALED.limit(BATCH), mine).all()
    if not rows:
        return False
    last = core(session).execute(_LAST, mine).one_or_none()
    seq, seal = (last.seq, last.seal) if last else (0, first_seal(workspace_id, project_id))
    sealed = []
    for number, row in enumerate(rows, seq + 1):
        seal = seal_of(seal, row, number)
        mark = {"of_workspace": workspace_id, "of_row": row.id, "number": number, "hash": seal}
        sealed.append(mark)
    core(session).execute(_SEAL, sealed)
    return len(rows) == BATCH


def _take_turn(session: Session, project_id: UUID) -> bool:
    """Whether this transaction alone seals this project.

    A lock on the project's row would have each writer of a new row wait: its foreign key asks for
    that row, too. SQLite has one writer at a time as it is.
    """
    connection = core(session)
    if connection.dialect.name == "sqlite":
        return True
    key = int.from_bytes(sha256(b"seal" + project_id.bytes).digest()[:8], signed=True)
    return bool(connection.execute(_LOCK, {"key": key}).scalar_one())
