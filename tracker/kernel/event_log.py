"""The order of what was announced, as other programs see it: numbered after the commit.

Ids are made before their transaction commits, so a reader that has gone past one could miss
another that commits later. Numbers are given by one writer at a time, in a transaction of its own:
whoever reads up to a number has everything before it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.kernel.db import Base, after_commit, core
from tracker.kernel.outbox import NEW, Event, OutboxMessage, event_types

NUMBERED_AT_ONCE: Final = 500
FORGOTTEN_AT_ONCE: Final = 1000
KEPT: Final = timedelta(days=30)


class EventHead(Base):
    """How many events of one object are numbered; of a workspace itself, how many in all."""

    __tablename__ = "event_heads"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An announcement with its place in the workspace's log. Of ids and days it has the text.

    ``sequence`` counts the events of its object; where that is not known, of the workspace.
    """

    workspace_id: UUID
    id: UUID
    topic: str
    payload: dict[str, Any]
    occurred_at: datetime
    position: int
    sequence: int
    object_id: UUID
    project_id: UUID | None


_O: Final = OutboxMessage.__table__
# Locked in an order that all share, so that of two who number at once one waits for the other.
_NEW: Final = (
    select(_O.c.workspace_id, _O.c.id, _O.c.topic, _O.c.payload, _O.c.occurred_at)
    .where(text(NEW))
    .order_by(_O.c.id)
    .limit(NUMBERED_AT_ONCE)
    .with_for_update()
)
_NUMBER: Final = (
    _O.update()
    .where(_O.c.workspace_id == bindparam("of_workspace"), _O.c.id == bindparam("of_message"))
    .values({name: bindparam(name) for name in ("position", "sequence", "object_id", "project_id")})
)
_SINCE: Final = (
    select(*(_O.c[name] for name in Numbered.__dataclass_fields__))
    .where(_O.c.workspace_id == bindparam("of"), _O.c.position > bindparam("after"))
    .order_by(_O.c.position)
    .limit(bindparam("most"))
)
_SINCE_OF_PROJECT: Final = _SINCE.where(_O.c.project_id == bindparam("project"))
_FORGET: Final = _O.delete().where(
    _O.c.id.in_(
        select(_O.c.id)
        .where(_O.c.relayed_at < bindparam("before"), _O.c.position.is_not(None))
        .order_by(_O.c.relayed_at)
        .limit(FORGOTTEN_AT_ONCE)
    )
)
_HAS_GROWN: Final = "event_log_has_grown"
_growth: Final = Condition()
Head = tuple[UUID, UUID]
"""Workspace and object."""


def _count(insert: Any) -> Any:
    new = insert(EventHead.__table__)
    return new.on_conflict_do_update(
        index_elements=("workspace_id", "object_id"),
        set_={"sequence": EventHead.sequence + new.excluded.sequence},
    ).returning(EventHead.workspace_id, EventHead.object_id, EventHead.sequence)


_COUNT: Final = {"postgresql": _count(postgresql.insert), "sqlite": _count(sqlite.insert)}


def number_new(session: Session) -> Sequence[Numbered]:
    """Give what is new its place in the log, the oldest first, and tell what was numbered.

    To be committed at once: until then all others who number wait. Interrupted, it has done
    nothing, and the next who comes does it.
    """
    new = core(session).execute(_NEW).all()
    if not new:
        return []
    kinds = event_types()
    found = [(row, *_concerned(kinds.get(row.topic, Event), row)) for row in new]
    numbers = _numbers(session, [(row.workspace_id, about) for row, about, _project in found])
    numbered = [
        Numbered(**row._asdict(), **place, object_id=about, project_id=project)
        for (row, about, project), place in zip(found, numbers, strict=True)
    ]
    core(session).execute(_NUMBER, [_place(one) for one in numbered])
    session.info[_HAS_GROWN] = True
    return numbered


def since(
    session: Session,
    workspace_id: UUID,
    position: int,
    *,
    project_id: UUID | None = None,
    limit: int,
) -> Sequence[Numbered]:
    """The log of a workspace, or of one project of it, after ``position``, in its order."""
    told = {"of": workspace_id, "after": position, "most": limit, "project": project_id}
    asked = _SINCE_OF_PROJECT if project_id else _SINCE
    return [Numbered(**row._asdict()) for row in core(session).execute(asked, told)]


def _concerned(kind: type[Event], row: Any) -> tuple[UUID, UUID | None]:
    """Its object, and its project if there is one. What names no object is the workspace's."""
    about, project = row.payload.get(kind.about), row.payload.get("project_id")
    return UUID(about) if about else row.workspace_id, UUID(project) if project else None


def _numbers(session: Session, heads: Sequence[Head]) -> Iterator[dict[str, Any]]:
    """Position and sequence for each of ``heads``, in their order.

    Heads are locked until the end, in an order that all share: no two wait for each other.
    """
    counts = Counter(heads) + Counter((of, of) for of, about in heads if of != about)
    rows = [
        {"workspace_id": of, "object_id": about, "sequence": count}
        for (of, about), count in sorted(counts.items())
    ]
    counted = core(session).execute(_COUNT[session.get_bind().dialect.name], rows)
    last = {(of, about): sequence - counts[of, about] for of, about, sequence in counted}
    for of, about in heads:
        for head in {(of, of), (of, about)}:
            last[head] += 1
        yield {"position": last[of, of], "sequence": last[of, about]}


def _place(one: Numbered) -> dict[str, Any]:
    return {
        "of_workspace": one.workspace_id,
        "of_message": one.id,
        "position": one.position,
        "sequence": one.sequence,
        "object_id": one.object_id,
        "project_id": one.project_id,
    }


def forget_old(session: Session, now: datetime) -> bool:
    """Forget what was heard 30 days ago; numbers are never given again. Whether there may be more.

    What nobody could hear yet is kept, however old.
    """
    before = {"before": now - KEPT}
    return core(session).execute(_FORGET, before).rowcount == FORGOTTEN_AT_ONCE


@after_commit
def _tell(session: Session) -> None:
    if session.info.pop(_HAS_GROWN, False):
        with _growth:
            _growth.notify_all()


def wait_for_more(seconds: float) -> None:
    """Wait until this process has numbered something, but no longer: others may do so, too."""
    with _growth:
        _growth.wait(seconds)
