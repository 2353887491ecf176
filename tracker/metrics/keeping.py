"""Keeps what members did and who they are: hashes and instants, no names and no texts.

The same page twice is the page once: rows have the platform's own keys, and only what differs is
written. A constant number of statements, however many rows there are.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.connectors.figures import Event, Page
from tracker.kernel.db import core
from tracker.metrics.community_models import CommunityEvent
from tracker.metrics.connection_models import Connection
from tracker.metrics.keeping_members import keep_acts, keep_list
from tracker.metrics.veiling import Veil, fitting


class Connected(Protocol):
    """A connection, as far as it matters here."""

    @property
    def workspace_id(self) -> UUID: ...  # noqa: D102
    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102


class Kept(NamedTuple):
    """How many rows a page had, and how many of them were not known like this before."""

    rows: int
    new: int


_E, _C = CommunityEvent.__table__, Connection.__table__
_KEY: Final = ("workspace_id", "connection_id", "source_id", "kind")
_VALUES: Final = tuple(column.name for column in _E.columns if column.name not in _KEY)


def _kept_events(insert: Any) -> Any:
    new = insert(_E)
    differs = [_E.c[name].is_distinct_from(new.excluded[name]) for name in _VALUES]
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new.excluded[name] for name in _VALUES},
        where=or_(*differs),
    ).execution_options(preserve_rowcount=True)


_KEEP_EVENTS: Final = {
    "sqlite": _kept_events(sqlite.insert),
    "postgresql": _kept_events(postgresql.insert),
}
_MINE: Final = (_C.c.workspace_id == bindparam("of_workspace"), _C.c.id == bindparam("of_id"))
_DIRTY: Final = (
    update(_C)
    .where(*_MINE, or_(_C.c.dirty_on.is_(None), _C.c.dirty_on > bindparam("day")))
    .values(dirty_on=bindparam("day"))
)


def keep_page(
    session: Session, connection: Connected, page: Page, *, now: datetime, key: bytes
) -> Kept:
    """Keep the events and members of ``page``, and from which day on figures are to be made anew.

    ``key`` makes hashes of the members' ids. What lies in the future by the platform's clock
    happens now.
    """
    veil = Veil(connection.id, key)
    scope = (connection.workspace_id, connection.id)
    events = _event_rows(page.events, scope, veil, now)
    new, touched = 0, []
    if events:
        new = _keep_events(session, events)
        if new:
            touched.append(min(row["at"] for row in events))
            keep_acts(session, scope, events)
    if page.members or page.whole_list:
        listed = keep_list(session, scope, page, veil, now=now)
        new += listed.new
        touched += listed.touched
    if touched:
        note_dirty(session, connection, min(touched))
    return Kept(len(page.events) + len(page.members), new)


def note_dirty(session: Session, connection: Connected, since: datetime) -> None:
    """Have the figures of a connection made anew, from the day of ``since`` on."""
    day: date = since.astimezone(ZoneInfo(connection.zone)).date()
    place = {"of_workspace": connection.workspace_id, "of_id": connection.id}
    core(session).execute(_DIRTY, {**place, "day": day})


def _event_rows(
    events: Sequence[Event], scope: tuple[UUID, UUID], veil: Veil, now: datetime
) -> Sequence[Mapping[str, Any]]:
    """Rows, each once: of an event that is on two pages the later word counts."""
    workspace_id, connection_id = scope
    rows = {}
    for event in events:
        source_id = fitting(event.source_id)
        rows[source_id, event.kind] = {
            "workspace_id": workspace_id,
            "connection_id": connection_id,
            "source_id": source_id,
            "kind": event.kind,
            "at": min(event.at, now),
            "actor": veil.over(event.actor) if event.actor else None,
            "role": event.role,
            "parent": fitting(event.parent) if event.parent else None,
            "root": fitting(event.root) if event.root else None,
            "channel": fitting(event.channel) if event.channel else None,
            "weight": event.weight,
        }
    return list(rows.values())


def _keep_events(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """How many of them were not known like this."""
    connection = core(session)
    return connection.execute(_KEEP_EVENTS[connection.dialect.name], rows).rowcount
