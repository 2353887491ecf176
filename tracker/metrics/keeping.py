"""Keeps what members did and who they are: hashes and instants, no names and no texts.

The same page twice is the page once: rows have the platform's own keys, and only what differs is
written. A constant number of statements, however many rows there are.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
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
from tracker.metrics.rows_as_text import as_text, rows_of_connection
from tracker.metrics.veiling import Veil, all_fitting


class Connected(Protocol):
    """A connection, as far as it matters here."""

    @property
    def workspace_id(self) -> UUID: ...  # noqa: D102
    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102


Row = tuple[Any, ...]
"""An event as it is kept: a key of two, an instant in UTC, and what there is to say."""


class Kept(NamedTuple):
    """How many rows a page had, and how many of them were not known like this before."""

    rows: int
    new: int


_E, _C = CommunityEvent.__table__, Connection.__table__
_AT: Final = 2  # the place in a row
_KEY: Final = ("workspace_id", "connection_id", "source_id", "kind")
_COLUMNS: Final = tuple(column.name for column in _E.columns)
_VALUES: Final = tuple(name for name in _COLUMNS if name not in _KEY)


def _kept_events(insert: Any, backend: str) -> Any:
    rows = rows_of_connection(backend, _E, _COLUMNS[2:])
    new = insert(_E).from_select(_COLUMNS, rows)
    differs = [_E.c[name].is_distinct_from(new.excluded[name]) for name in _VALUES]
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new.excluded[name] for name in _VALUES},
        where=or_(*differs),
    ).execution_options(preserve_rowcount=True)


_KEEP_EVENTS: Final = {
    "sqlite": _kept_events(sqlite.insert, "sqlite"),
    "postgresql": _kept_events(postgresql.insert, "postgresql"),
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
    rows = event_rows(page.events, veil, now)
    kept = keep_rows(session, connection, page, rows, now=now, veil=veil)
    if rows and kept.new:
        keep_acts(session, (connection.workspace_id, connection.id), since=_earliest(rows))
    return kept


def keep_rows(
    session: Session,
    connection: Connected,
    page: Page,
    rows: Sequence[Row],
    *,
    now: datetime,
    veil: Veil,
) -> Kept:
    """Keep the members of ``page``, and events as ``event_rows`` gives them.

    The caller sees to ``keep_acts`` after the last page.
    """
    scope = (connection.workspace_id, connection.id)
    new, touched = 0, []
    if rows and (new := _keep_events(session, scope, rows)):
        touched.append(_earliest(rows))
    if page.members or page.whole_list:
        listed = keep_list(session, scope, page, veil, now=now)
        new += listed.new
        touched += listed.touched
    if touched:
        note_dirty(session, connection, min(touched))
    return Kept(len(rows) + len(page.members), new)


def event_rows(events: Sequence[Event], veil: Veil, now: datetime) -> list[Row]:
    """The rows of events, but for where they belong; column by column, since there are many."""
    if not events:
        return []
    ids, kinds, ats, actors, roles, parents, roots, channels, weights = zip(*events, strict=True)
    return list(
        zip(
            all_fitting(ids),
            kinds,
            [min(at, now).astimezone(UTC) for at in ats],
            [veil.over(actor) if actor else None for actor in actors],
            roles,
            all_fitting(parents),
            all_fitting(roots),
            all_fitting(channels),
            weights,
            strict=True,
        )
    )


def _earliest(rows: Sequence[Row]) -> datetime:
    found: datetime = min(row[_AT] for row in rows)
    return found


def note_dirty(session: Session, connection: Connected, since: datetime) -> None:
    """Have the figures of a connection made anew, from the day of ``since`` on."""
    day: date = since.astimezone(ZoneInfo(connection.zone)).date()
    place = {"of_workspace": connection.workspace_id, "of_id": connection.id}
    core(session).execute(_DIRTY, {**place, "day": day})


def _keep_events(session: Session, scope: tuple[UUID, UUID], rows: Sequence[Row]) -> int:
    """How many of them were not known like this. Of one on two pages the later word counts.

    In order: the past comes backwards, and would leave half of each block empty.
    """
    connection, (workspace_id, connection_id) = core(session), scope
    told = sorted({row[:_AT]: row for row in rows}.values())
    named = {"of_workspace": workspace_id, "of_connection": connection_id, "rows": as_text(told)}
    return int(connection.execute(_KEEP_EVENTS[connection.dialect.name], named).rowcount)
