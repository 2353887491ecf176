"""What figures are made of, looked up: who is in a community, what they did, what was brought."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.metrics.choosing import speaks_for
from tracker.metrics.community_models import CommunityEvent, CommunityMember, MemberMonth
from tracker.metrics.connection_models import Connection
from tracker.metrics.formulas.story import Act, Line, MonthOf, Person
from tracker.metrics.reading_queries import points
from tracker.metrics.values import Point, SeriesOf

PAGE: Final = 20_000  # events in memory at once
_C, _E = Connection.__table__, CommunityEvent.__table__
_M, _MONTHS = CommunityMember.__table__, MemberMonth.__table__
_CONNECTIONS: Final = (
    select(
        _C.c.id,
        _C.c.name,
        _C.c.zone,
        _C.c.dirty_on,
        _C.c.derived_on,
        _C.c.complete_since,
        _C.c.is_pulling,
    )
    .where(
        _C.c.workspace_id == bindparam("workspace_id"),
        _C.c.project_id == bindparam("project_id"),
        _C.c.removed_at.is_(None),
    )
    .order_by(_C.c.id)
)
_LOCKED: Final = _CONNECTIONS.with_for_update(key_share=True)


def _of(table: Any) -> tuple[Any, Any]:
    mine = table.c.workspace_id == bindparam("workspace_id")
    return mine, table.c.connection_id == bindparam("connection_id")


_MEMBERS: Final = select(*(_M.c[name] for name in Person._fields)).where(*_of(_M))
_FOLDED: Final = select(*(_MONTHS.c[name] for name in MonthOf._fields)).where(
    *_of(_MONTHS), _MONTHS.c.month >= bindparam("since")
)
_IN_ORDER: Final = (_E.c.at, _E.c.source_id, _E.c.kind)
_EVENTS: Final = (
    select(*(_E.c[name] for name in Act._fields))
    .where(
        *_of(_E),
        _E.c.at >= bindparam("at"),
        or_(
            _E.c.at > bindparam("at"),
            _E.c.source_id > bindparam("source_id"),
            and_(_E.c.source_id == bindparam("source_id"), _E.c.kind > bindparam("kind")),
        ),
    )
    .order_by(*_IN_ORDER)
    .limit(PAGE)
)


@dataclass(frozen=True, slots=True)
class Account:
    """A connection, as far as its figures matter."""

    id: UUID
    name: str
    zone: str
    dirty_on: date | None
    derived_on: date | None
    complete_since: date | None
    is_pulling: bool


def accounts(
    session: Session, workspace_id: UUID, project_id: UUID, *, is_locked: bool = False
) -> list[Account]:
    """The connections of a project, in the order in which they are locked."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    rows = core(session).execute(_LOCKED if is_locked else _CONNECTIONS, mine)
    return [Account(*row) for row in rows]


def members(session: Session, workspace_id: UUID, connection_id: UUID) -> list[Person]:
    """Everybody whom the platform ever told of."""
    mine = {"workspace_id": workspace_id, "connection_id": connection_id}
    return [Person(*row) for row in core(session).execute(_MEMBERS, mine)]


def months(session: Session, workspace_id: UUID, connection_id: UUID, since: date) -> list[MonthOf]:
    """What is folded of the months from ``since`` on."""
    mine = {"workspace_id": workspace_id, "connection_id": connection_id, "since": since}
    return [MonthOf(*row) for row in core(session).execute(_FOLDED, mine)]


def events(
    session: Session, workspace_id: UUID, connection_id: UUID, since: datetime
) -> Iterator[Act]:
    """What was done from ``since`` on, a page in memory at a time; a statement for each page."""
    mine = {"workspace_id": workspace_id, "connection_id": connection_id}
    place: Mapping[str, object] = {"at": since, "source_id": "", "kind": ""}
    while True:
        rows = core(session).execute(_EVENTS, {**mine, **place}).all()
        yield from (Act(*row) for row in rows)
        if len(rows) < PAGE:
            break
        last = rows[-1]
        place = {"at": last.at, "source_id": last.source_id, "kind": last.kind}


def lines(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    metrics: Sequence[str],
    *,
    since: date,
    until: date,
) -> list[Line]:
    """The series that speak for these metrics, as a whole and by channel; one statement."""
    found = points(session, workspace_id, project_id, metrics, since=since, until=until)
    return [line for metric, series in found.items() for line in _spoken(metric, series)]


def _spoken(metric: str, found: Mapping[SeriesOf, Sequence[Point]]) -> Iterator[Line]:
    """By channel, those of the origin that speaks for the whole, where it has any."""
    whole = speaks_for(found)
    if whole is not None:
        yield _line(metric, whole, found[whole])
    channels: dict[str, SeriesOf] = {}
    for series in sorted(found, key=lambda one: (_is_other(one, whole), one.created_at, one.id)):
        if set(series.dims) == {"channel"} and found[series]:
            channels.setdefault(series.dims["channel"], series)
    for series in channels.values():
        yield _line(metric, series, found[series])


def _is_other(series: SeriesOf, whole: SeriesOf | None) -> bool:
    return whole is None or (series.origin, series.method) != (whole.origin, whole.method)


def _line(metric: str, series: SeriesOf, told: Sequence[Point]) -> Line:
    return Line(metric, {point.day: point.value for point in told}, series.dims)
