"""Who is a member, by what a platform lists and by what people do.

A list says more than acts: who was never on one joined when they were first seen. Who was on the
list before and is not on this one has left, nobody knows when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.connectors.figures import CONTRIBUTIONS, MemberState, Page
from tracker.kernel.db import core
from tracker.metrics.community_models import CommunityEvent, CommunityMember
from tracker.metrics.connection_models import Connection
from tracker.metrics.rows_as_text import as_text, rows_of_connection
from tracker.metrics.veiling import Veil, fitting

Scope = tuple[UUID, UUID]
Row = Mapping[str, Any]

_M, _C, _E = CommunityMember.__table__, Connection.__table__, CommunityEvent.__table__
_KEY: Final = ("workspace_id", "connection_id", "actor")
_MINE: Final = (
    _M.c.workspace_id == bindparam("of_workspace"),
    _M.c.connection_id == bindparam("of_connection"),
)
_NEVER_LISTED: Final = 0


@dataclass(slots=True)
class Listed:
    """What a list has changed, and the instants from which figures may be others."""

    new: int = 0
    touched: list[datetime] = field(default_factory=list)


# By what they do.


def _earlier(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((or_(old.is_(None), new < old), new), else_=old)


def _later(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((or_(old.is_(None), new > old), new), else_=old)


_IS_LEAVE: Final = _E.c.kind == "leave"
# Named once: to SQLite two aggregates with a parameter each are two, however equal.
_DONE: Final = (
    select(
        _E.c.actor,
        func.max(_E.c.role).label("role"),
        func.min(_E.c.at).filter(~_IS_LEAVE).label("first_at"),
        func.max(_E.c.at).filter(~_IS_LEAVE).label("seen_at"),
        func.max(_E.c.at).filter(_IS_LEAVE).label("left_at"),
        func.min(_E.c.at).filter(_E.c.kind.in_(sorted(CONTRIBUTIONS))).label("contributed_at"),
    )
    .where(
        _E.c.workspace_id == bindparam("of_workspace"),
        _E.c.connection_id == bindparam("of_connection"),
        _E.c.at >= bindparam("since"),
        _E.c.actor.is_not(None),
    )
    .group_by(_E.c.actor)
    .subquery()
)
_HAS_LEFT: Final = and_(
    _DONE.c.left_at.is_not(None),
    or_(_DONE.c.seen_at.is_(None), _DONE.c.left_at >= _DONE.c.seen_at),
)
_ACTS: Final = select(
    bindparam("of_workspace", type_=_M.c.workspace_id.type),
    bindparam("of_connection", type_=_M.c.connection_id.type),
    _DONE.c.actor,
    _DONE.c.role,
    # Of who is only seen leaving nobody knows since when they had been there.
    func.coalesce(_DONE.c.first_at, _DONE.c.left_at),
    case((_HAS_LEFT, _DONE.c.left_at)),
    case((_HAS_LEFT, true()), else_=false()),
    _DONE.c.seen_at,
    _DONE.c.contributed_at,
    literal(_NEVER_LISTED),
).where(true())
_ACTED: Final = (
    *("workspace_id", "connection_id", "actor", "role", "joined_at", "left_at", "is_left_exact"),
    *("last_seen_at", "contributed_at", "seen_in"),
)


def _acted(insert: Any) -> Any:
    new = insert(_M).from_select(_ACTED, _ACTS)
    own, said = _M.c, new.excluded
    is_listed = own.seen_in > _NEVER_LISTED
    joined_at = _earlier(own.joined_at, said.joined_at)
    leaves = and_(
        said.left_at.is_not(None), or_(own.last_seen_at.is_(None), said.left_at >= own.last_seen_at)
    )
    is_back = own.left_at < said.last_seen_at
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "role": case((is_listed, own.role), else_=said.role),
            "joined_at": case((is_listed, own.joined_at), else_=joined_at),
            "last_seen_at": _later(own.last_seen_at, said.last_seen_at),
            "contributed_at": _earlier(own.contributed_at, said.contributed_at),
            "left_at": case((leaves, said.left_at), (is_back, null()), else_=own.left_at),
            "is_left_exact": case((leaves, true()), (is_back, false()), else_=own.is_left_exact),
        },
    )


_KEEP_ACTS: Final = {
    "sqlite": _acted(sqlite.insert),
    "postgresql": _acted(postgresql.insert),
}


def keep_acts(session: Session, scope: Scope, *, since: datetime) -> None:
    """Know whoever has acted since then: from when on, for the last time, whether they left."""
    workspace_id, connection_id = scope
    named = {"of_workspace": workspace_id, "of_connection": connection_id, "since": since}
    connection = core(session)
    connection.execute(_KEEP_ACTS[connection.dialect.name], named)


# By the platform's list.


_LIST: Final = select(_C.c.list_number, _C.c.list_began_at).where(
    _C.c.workspace_id == bindparam("of_workspace"), _C.c.id == bindparam("of_connection")
)
_NOTE_LIST: Final = (
    update(_C)
    .where(_C.c.workspace_id == bindparam("of_workspace"), _C.c.id == bindparam("of_connection"))
    .values(list_number=bindparam("number"), list_began_at=bindparam("began_at"))
)
_KNOWN: Final = select(
    _M.c.actor,
    _M.c.role,
    _M.c.joined_at,
    _M.c.left_at,
    _M.c.last_seen_at,
    _M.c.acquisition,
    _M.c.seen_in,
).where(*_MINE, _M.c.actor.in_(bindparam("actors", expanding=True)))
_LISTED_VALUES: Final = (
    *("role", "joined_at", "left_at", "is_left_exact", "last_seen_at", "acquisition", "seen_in"),
)


def _listed(insert: Any, backend: str) -> Any:
    rows = rows_of_connection(backend, _M, ("actor", *_LISTED_VALUES))
    new = insert(_M).from_select((*_KEY, *_LISTED_VALUES), rows)
    set_ = {name: new.excluded[name] for name in _LISTED_VALUES}
    return new.on_conflict_do_update(index_elements=_KEY, set_=set_)


_KEEP_LISTED: Final = {
    "sqlite": _listed(sqlite.insert, "sqlite"),
    "postgresql": _listed(postgresql.insert, "postgresql"),
}
_SEEN_LAST: Final = func.coalesce(_M.c.last_seen_at, _M.c.joined_at)
_SOMEBODY: Final = (
    select(_M.c.actor).where(*_MINE, _M.c.seen_in == bindparam("number")).correlate(None).exists()
)
_GONE: Final = (
    update(_M)
    .where(
        *_MINE,
        _M.c.left_at.is_(None),
        _M.c.seen_in < bindparam("number"),
        bindparam("began_at") > _SEEN_LAST,
        _SOMEBODY,  # an empty list is a fault of the platform's, not the end of a community
    )
    .values(
        left_at=case((_M.c.seen_in == _NEVER_LISTED, _SEEN_LAST), else_=bindparam("now")),
        is_left_exact=False,
    )
    .returning(_M.c.left_at)
)


def keep_list(session: Session, scope: Scope, page: Page, veil: Veil, *, now: datetime) -> Listed:
    """Keep one page of a list of members; with its last page it is known who has left."""
    workspace_id, connection_id = scope
    place = {"of_workspace": workspace_id, "of_connection": connection_id}
    run = core(session).execute
    number, began_at = run(_LIST, place).one()
    began_at = began_at or now
    listed = Listed()
    if page.members:
        states = {veil.over(member.actor): member for member in page.members}
        _keep_members(session, _Reading(scope, number, began_at, now), states, listed)
    if page.whole_list:
        gone = {**place, "number": number, "began_at": began_at, "now": now}
        left = list(core(session).scalars(_GONE, gone))
        listed.new += len(left)
        listed.touched += left
        number, began_at = number + 1, None
    run(_NOTE_LIST, {**place, "number": number, "began_at": began_at})
    return listed


@dataclass(frozen=True, slots=True)
class _Reading:
    """A list that is being read."""

    scope: Scope
    number: int
    began_at: datetime
    now: datetime

    def passed(self, at: datetime | None) -> datetime | None:
        """An instant in UTC; what lies in the future happens now."""
        return None if at is None else min(at, self.now).astimezone(UTC)


def _keep_members(
    session: Session,
    reading: _Reading,
    states: Mapping[str, MemberState],
    listed: Listed,
) -> None:
    connection = core(session)
    workspace_id, connection_id = reading.scope
    wanted = {"of_workspace": workspace_id, "of_connection": connection_id, "actors": list(states)}
    known = {row.actor: row for row in connection.execute(_KNOWN, wanted)}
    rows = []
    for actor, state in states.items():
        row, old = _state_row(reading, state, known.get(actor)), known.get(actor)
        touched = _touched(row, old)
        listed.touched += touched
        listed.new += bool(touched)
        if old is None or any(row[name] != getattr(old, name) for name in _COMPARED):
            rows.append([actor, *(row[name] for name in _LISTED_VALUES)])
    if rows:
        given = {"of_workspace": workspace_id, "of_connection": connection_id}
        statement = _KEEP_LISTED[connection.dialect.name]
        connection.execute(statement, {**given, "rows": as_text(rows)})


_COMPARED: Final = ("role", "joined_at", "left_at", "last_seen_at", "acquisition", "seen_in")


def _state_row(reading: _Reading, state: MemberState, old: Any) -> dict[str, Any]:
    """The row of a listed member; what happened after the list was begun is not unsaid by it."""
    row: dict[str, Any] = {
        "role": state.role,
        "joined_at": reading.passed(state.joined_at),
        "left_at": reading.passed(state.left_at),
        "last_seen_at": reading.passed(state.last_seen_at),
        "acquisition": fitting(state.acquisition) if state.acquisition else None,
        "seen_in": reading.number,
    }
    if old is not None:
        if old.last_seen_at and (not row["last_seen_at"] or old.last_seen_at > row["last_seen_at"]):
            row["last_seen_at"] = old.last_seen_at
        row["acquisition"] = row["acquisition"] or old.acquisition
        if row["left_at"] is None and old.left_at and old.left_at >= reading.began_at:
            row["left_at"] = old.left_at
    row["is_left_exact"] = row["left_at"] is not None
    return row


def _touched(row: Row, old: Any) -> list[datetime]:
    """From when on figures may be others because of it."""
    if old is None:
        return [row["joined_at"]]
    if (row["role"], row["acquisition"], row["joined_at"]) != (
        old.role,
        old.acquisition,
        old.joined_at,
    ):
        return [min(row["joined_at"], old.joined_at)]
    if row["left_at"] != old.left_at:
        return [at for at in (row["left_at"], old.left_at) if at]
    return []
