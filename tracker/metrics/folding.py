"""What members did 120 days ago becomes one fact a month, and is forgotten.

Events are taken away and counted by one statement, so each is counted once: whoever dies in between
has done neither. When somebody contributed for the first time is kept with who they are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, case, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.clock import is_zone, local_today
from tracker.kernel.db import core
from tracker.metrics.community_models import CommunityEvent, MemberMonth
from tracker.metrics.connection_models import Connection
from tracker.metrics.formulas.months import fold
from tracker.metrics.formulas.story import Act, MonthOf

KEPT: Final = timedelta(days=120)
BATCH: Final = 2_000
# Where figures are still to be made of events they wait for it, but not for ever: the project may
# be paused.
_PATIENCE: Final = timedelta(days=7)
_EVENTS, _MONTHS = CommunityEvent.__table__, MemberMonth.__table__
_CONNECTIONS: Final = Connection.__table__
_old = select(_EVENTS.c.at).where(
    _EVENTS.c.workspace_id == _CONNECTIONS.c.workspace_id,
    _EVENTS.c.connection_id == _CONNECTIONS.c.id,
    _EVENTS.c.at < bindparam("before", type_=_EVENTS.c.at.type),
)
_last_news = case(
    (_CONNECTIONS.c.succeeded_at.is_(None), _CONNECTIONS.c.created_at),
    else_=_CONNECTIONS.c.succeeded_at,
)
_is_told = or_(
    and_(
        _CONNECTIONS.c.derived_on.is_not(None),
        # Where something happens all day long, some day is always still to be told: a new one.
        or_(
            _CONNECTIONS.c.dirty_on.is_(None),
            _CONNECTIONS.c.dirty_on > _CONNECTIONS.c.derived_on,
        ),
    ),
    _CONNECTIONS.c.derived_on < bindparam("quiet_on", type_=_CONNECTIONS.c.derived_on.type),
    _last_news < bindparam("quiet_since", type_=_EVENTS.c.at.type),
)
_DUE: Final = (
    select(_CONNECTIONS.c.workspace_id, _CONNECTIONS.c.id)
    .where(_is_told, _old.exists())
    .order_by(_CONNECTIONS.c.id)
    .limit(bindparam("most"))
)
_CLAIM: Final = (
    select(_CONNECTIONS.c.zone, _CONNECTIONS.c.complete_since)
    .where(
        _CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
        _CONNECTIONS.c.id == bindparam("connection_id"),
        _is_told,
    )
    .with_for_update(key_share=True, skip_locked=True)
)
_oldest = (
    select(_EVENTS.c.source_id, _EVENTS.c.kind)
    .where(
        _EVENTS.c.workspace_id == bindparam("workspace_id"),
        _EVENTS.c.connection_id == bindparam("connection_id"),
        _EVENTS.c.at < bindparam("before", type_=_EVENTS.c.at.type),
    )
    .order_by(_EVENTS.c.at, _EVENTS.c.source_id)
    .limit(bindparam("most"))
)
_TAKE: Final = (
    delete(_EVENTS)
    .where(
        _EVENTS.c.workspace_id == bindparam("workspace_id"),
        _EVENTS.c.connection_id == bindparam("connection_id"),
        tuple_(_EVENTS.c.source_id, _EVENTS.c.kind).in_(_oldest),
    )
    .returning(*(_EVENTS.c[name] for name in Act._fields))
)
_NOTE: Final = (
    update(_CONNECTIONS)
    .where(
        _CONNECTIONS.c.workspace_id == bindparam("of_workspace"),
        _CONNECTIONS.c.id == bindparam("of_connection"),
    )
    .values(complete_since=bindparam("day"))
)


def _kept(insert: Any) -> Any:
    new = insert(_MONTHS)
    return new.on_conflict_do_update(
        index_elements=list(_MONTHS.primary_key.columns),
        set_={
            "is_active": or_(_MONTHS.c.is_active, new.excluded.is_active),
            "contributions": _MONTHS.c.contributions + new.excluded.contributions,
        },
    )


_KEEP: Final = {"sqlite": _kept(sqlite.insert), "postgresql": _kept(postgresql.insert)}


def due(session: Session, *, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Workspace and id of connections with events that have been kept for long enough."""
    wanted = {"before": now - KEPT, **_quiet(now), "most": limit}
    return [(row.workspace_id, row.id) for row in core(session).execute(_DUE, wanted)]


def _quiet(now: datetime) -> dict[str, Any]:
    """Since when nothing has come, or no figures have been made, where nobody waits any more."""
    since = now - _PATIENCE
    return {"quiet_since": since, "quiet_on": since.date()}


def fold_some(
    session: Session,
    workspace_id: UUID,
    connection_id: UUID,
    *,
    now: datetime,
    most: int = BATCH,
) -> int:
    """Fold the oldest events of a connection, whole days alone; how many are gone.

    0 where somebody else is at them, or where figures are still to be made of them.
    """
    mine = {"workspace_id": workspace_id, "connection_id": connection_id}
    claimed = core(session).execute(_CLAIM, {**mine, **_quiet(now)}).first()
    if claimed is None:
        return 0
    zone = ZoneInfo(claimed.zone if is_zone(claimed.zone) else "UTC")
    first_kept = local_today(claimed.zone, now) - KEPT
    before = datetime.combine(first_kept, time(), zone).astimezone(UTC)
    taken = core(session).execute(_TAKE, {**mine, "before": before, "most": most}).all()
    if not taken:
        return 0
    _keep(session, mine, fold((Act(*row) for row in taken), zone))
    if claimed.complete_since is None or claimed.complete_since < first_kept:
        place = {"of_workspace": workspace_id, "of_connection": connection_id}
        core(session).execute(_NOTE, {**place, "day": first_kept})
    return len(taken)


def _keep(session: Session, mine: dict[str, Any], months: Sequence[MonthOf]) -> None:
    if months:
        connection = core(session)
        rows = [{**mine, **month._asdict()} for month in months]
        connection.execute(_KEEP[connection.dialect.name], rows)
