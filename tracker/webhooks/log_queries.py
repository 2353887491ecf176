"""What of the log somebody may read, from where on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.event_log import EventHead, Numbered
from tracker.kernel.outbox import OutboxMessage

_O: Final = OutboxMessage.__table__
_H: Final = EventHead.__table__
_SHOWN: Final = select(*(_O.c[name] for name in Numbered.__dataclass_fields__))
_HEAD: Final = select(func.coalesce(func.max(_H.c.sequence), 0)).where(
    _H.c.workspace_id == bindparam("of"), _H.c.object_id == bindparam("of")
)
_AFTER: Final = select(func.min(_O.c.position)).where(
    _O.c.workspace_id == bindparam("of"), _O.c.position > bindparam("after")
)
_PLACE: Final = select(_HEAD.scalar_subquery().label("head"), _AFTER.scalar_subquery().label("row"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the log. Of types under ``own`` only what is the reader's."""

    topics: Sequence[str]
    own: Sequence[str]
    member_id: UUID
    project_id: UUID | None = None
    object_id: UUID | None = None


def events(
    session: Session,
    workspace_id: UUID,
    wanted: Wanted,
    *,
    place: int | None,
    newest_first: bool = False,
    limit: int,
) -> Sequence[Numbered]:
    """The events after ``place``, in order; the newest first, those before it."""
    found = _SHOWN.where(_O.c.workspace_id == workspace_id, *_matching(wanted))
    if newest_first:
        found = found.order_by(_O.c.position.desc())
        found = found.where(_O.c.position < place if place else _O.c.position.is_not(None))
    else:
        found = found.order_by(_O.c.position).where(_O.c.position > (place or 0))
    return [Numbered(**row._asdict()) for row in core(session).execute(found.limit(limit))]


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    named: ColumnElement[bool] = _O.c.topic.in_(wanted.topics)
    if wanted.own:
        member: Any = _O.c.payload["member_id"].as_string()
        mine = (_O.c.topic.in_(wanted.own)) & (member == str(wanted.member_id))
        named = or_(named, mine)
    found = [named]
    if wanted.project_id:
        found.append(_O.c.project_id == wanted.project_id)
    if wanted.object_id:
        found.append(_O.c.object_id == wanted.object_id)
    return found


def head(session: Session, workspace_id: UUID) -> int:
    """The last number that was given."""
    return int(core(session).execute(_HEAD, {"of": workspace_id}).scalar_one())


def place_of(session: Session, workspace_id: UUID, place: int) -> tuple[int, int | None]:
    """The last number that was given, and where one has to go on from who had read to ``place``.

    None where all that follows ``place`` is there. Else something was forgotten meanwhile, or the
    log never came so far: a database was restored.
    """
    row = core(session).execute(_PLACE, {"of": workspace_id, "after": place}).one()
    follows = row.row or row.head + 1
    return row.head, follows - 1 if follows != place + 1 else None
