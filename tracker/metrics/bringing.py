"""Keeping what is brought: at most once each, in portions that one statement can carry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.connectors.figures import Method
from tracker.kernel.db import core, new_id
from tracker.metrics.connection_models import Connection, Pull
from tracker.metrics.placing import Origin
from tracker.metrics.reading_rows import Brought
from tracker.metrics.storing import MOST, keep_each

_PULLS: Final = Pull.__table__
_FIRST: Final = {
    name: insert(_PULLS).on_conflict_do_nothing().returning(_PULLS.c.id)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}

# A message is believed for minutes, so that nobody can repeat it later; some senders try for days.
_REMEMBERED: Final = timedelta(hours=72)
_BATCH: Final = 2_000
_old = (
    select(_PULLS.c.workspace_id, _PULLS.c.id)
    .where(_PULLS.c.source == "push", _PULLS.c.created_at < bindparam("before"))
    .limit(_BATCH)
)
_FORGET: Final = delete(_PULLS).where(tuple_(_PULLS.c.workspace_id, _PULLS.c.id).in_(_old))


def first_time(
    session: Session,
    connection: Connection,
    source: str,
    digest: str,
    *,
    by: UUID | None,
    now: datetime,
) -> UUID | None:
    """Note that it was brought; None where it was brought before, however many bring it at once."""
    row: dict[str, Any] = {
        "workspace_id": connection.workspace_id,
        "id": new_id(),
        "connection_id": connection.id,
        "source": source,
        "state": "done",
        "digest": digest,
        "calls": 0,
        "pages": 1,
        "rows": 0,
        "new_rows": 0,
        "asked_by": by,
        "created_at": now,
        "started_at": now,
        "ended_at": now,
    }
    insert = _FIRST[core(session).dialect.name]
    return core(session).execute(insert, row).scalar_one_or_none()


def keep_brought(
    session: Session,
    connection: Connection,
    found: Sequence[Brought],
    *,
    method: Method,
    replaces: bool = True,
    by: UUID | None,
    now: datetime,
) -> list[str]:
    """What has become of each figure: new, changed or same."""
    origin = Origin(
        connection.workspace_id,
        connection.project_id,
        str(connection.id),
        connection.name,
        connection.zone,
    )
    outcomes: list[str] = []
    for start in range(0, len(found), MOST):
        some = found[start : start + MOST]
        noted = [(replace(one.sample, method=method), one.note) for one in some]
        outcomes += keep_each(session, origin, noted, now=now, by=by, replaces=replaces)
    return outcomes


def count_rows(
    session: Session, connection: Connection, pull_id: UUID, *, rows: int, new: int
) -> None:
    """Write down how many rows it had, and how many told something new."""
    mine = (_PULLS.c.workspace_id == connection.workspace_id, _PULLS.c.id == pull_id)
    core(session).execute(_PULLS.update().where(*mine).values(rows=rows, new_rows=new))


def pull_of(session: Session, connection: Connection, digest: str) -> Pull | None:
    """When the same was brought before."""
    return session.scalars(
        select(Pull).where(
            Pull.workspace_id == connection.workspace_id,
            Pull.connection_id == connection.id,
            Pull.digest == digest,
        )
    ).one_or_none()


def forget_pushes(session: Session, *, now: datetime) -> bool:
    """Forget messages that nobody sends again; whether there may be more."""
    gone = core(session).execute(_FORGET, {"before": now - _REMEMBERED}).rowcount
    return bool(gone == _BATCH)
