"""Looking at what is due to be looked at: who is to hear what, and when to look next.

The column ``chase_at`` is the timer. A look locks what it takes, so that any number may look at
once, and ends with the next instant at which there will be something: what it costs follows what is
due. It changes no version, for nobody sees it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Update, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.reminders.owing import People, owe, owed_rows, people_of
from tracker.reminders.restoring import taken_back
from tracker.reminders.series import Again
from tracker.reminders.surroundings import surroundings_of
from tracker.reminders.things import KINDS, Kind, Thing, things_of
from tracker.reminders.timing import planned_at, span_of

BATCH: Final = 50  # on SQLite nobody else can write meanwhile
_DAY: Final = timedelta(days=1)
_PUT_OFF: Final = timedelta(hours=1)
_IS_DUE: Final = select(
    or_(
        *(
            select(kind.table.c.id)
            .where(kind.table.c.chase_at.is_not(None), kind.table.c.chase_at <= bindparam("now"))
            .exists()
            for kind in KINDS
        )
    )
)


def _due(kind: Kind) -> Select[Any]:
    at = kind.table.c.chase_at
    return (
        select(*kind.columns)
        .where(at.is_not(None), at <= bindparam("now"))
        .order_by(at)
        .limit(bindparam("most"))
        .with_for_update(of=kind.table, key_share=True, skip_locked=True)
    )


def _looked(kind: Kind) -> Update:
    own = kind.table.c
    mine = (own.workspace_id == bindparam("of_workspace"), own.id == bindparam("of_thing"))
    values: dict[str, Any] = {"chase_at": bindparam("next_at")}
    if kind.keeps_chased_at:
        values["chased_at"] = func.coalesce(bindparam("at", type_=own.chase_at.type), own.chased_at)
    return update(kind.table).where(*mine).values(values)


_TAKEN: Final = [(kind, _due(kind), _looked(kind)) for kind in KINDS]


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether there is anything to look at: one statement, and the only one of most seconds."""
    return bool(core(session).execute(_IS_DUE, {"now": now}).scalar())


def chase_due(
    session: Session, *, now: datetime, kinds: Collection[Kind] = KINDS, most: int = BATCH
) -> int:
    """Look at what is due, at most so many things of each kind; say how many there were."""
    count = 0
    for kind, due, looked in _TAKEN:
        rows = core(session).execute(due, {"now": now, "most": most}).all() if kind in kinds else ()
        if rows:
            nexts = _look(session, kind, rows, now=now)
            core(session).execute(looked, nexts)
        count += len(rows)
    return count


def put_off(session: Session, wanted: Kind, *, now: datetime) -> UUID | None:
    """Leave alone for an hour what is the first of its kind, since it cannot be looked at; its id.

    Days that it had missed by now are lost to it; all others would wait behind it.
    """
    for kind, due, looked in _TAKEN:
        if kind is wanted and (row := core(session).execute(due, {"now": now, "most": 1}).first()):
            mine = {"of_workspace": row.workspace_id, "of_thing": row.id, "at": None}
            core(session).execute(looked, {**mine, "next_at": now + _PUT_OFF})
            return row.id  # type: ignore[no-any-return]
    return None


def _look(
    session: Session, kind: Kind, rows: Sequence[Row[Any]], *, now: datetime
) -> list[dict[str, Any]]:
    """Write down what is owed; return when to look next at each row."""
    places = surroundings_of(session, [(r.workspace_id, r.project_id) for r in rows], now=now)
    things = {one.subject.id: one for one in things_of(session, kind, rows, places, now=now)}
    people = people_of(session, {key for one in things.values() for key in one.members})
    again = taken_back(session, [(r.workspace_id, r.id) for r in rows], now=now)
    owed: list[dict[str, Any]] = []
    nexts = []
    for row in rows:
        found, next_at = _chased(things.get(row.id), row, people, again.get(row.id), now=now)
        owed += found
        nexts.append(
            {
                "of_workspace": row.workspace_id,
                "of_thing": row.id,
                "next_at": next_at,
                **({"at": now if found else None} if kind.keeps_chased_at else {}),
            }
        )
    owe(session, owed)
    return nexts


def _chased(
    thing: Thing | None, row: Row[Any], people: People, again: Again | None, *, now: datetime
) -> tuple[list[dict[str, Any]], datetime | None]:
    """What is owed of one thing, and when to look at it next: never, in a project at rest."""
    if thing is None:
        return [], None
    span = span_of(row.chase_at, thing.around.project.timezone, now)
    found = thing.look(people, span, again)
    if thing.waits and found.moments:
        return [], planned_at(span.until + _DAY)
    next_at = planned_at(found.next_on) if found.next_on else None
    rows = [] if thing.waits else list(owed_rows(thing.subject, found.moments, people, now=now))
    return rows, next_at
