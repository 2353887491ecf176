"""Digests as they fall due: one reminder for each person and local day, however many look."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.kernel.muting import MAY_SEND
from tracker.people.time_models import Preferences
from tracker.people.time_queries import Key, persons
from tracker.people.time_rules import Person
from tracker.reminders.models import Reminder

BATCH: Final = 200
_PUT_OFF: Final = timedelta(hours=1)
_P: Final = Preferences.__table__
# One owed for each day while nothing leaves would be a burst of them afterwards.
_IS: Final = (_P.c.digest_at.is_not(None), _P.c.digest_at <= bindparam("now"), MAY_SEND)
_IS_DUE: Final = select(_P.c.member_id).where(*_IS).limit(1)
_DUE: Final = (
    select(_P.c.workspace_id, _P.c.member_id)
    .where(*_IS)
    .order_by(_P.c.digest_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT: Final = (
    update(_P)
    .where(
        _P.c.workspace_id == bindparam("workspace"),
        _P.c.member_id == bindparam("member"),
    )
    .values(digest_at=bindparam("next_at"))
)
_OWE: Final = {
    "postgresql": postgresql.insert(Reminder).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(Reminder).on_conflict_do_nothing(),
}


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether there is any: one statement, and the only one of most looks."""
    return core(session).execute(_IS_DUE, {"now": now}).first() is not None


def digest_due(session: Session, *, now: datetime, most: int = BATCH) -> int:
    """Owe each digest that is due, and say when the next one is. How many people were looked at."""
    due = _due(session, now, most)
    if not due:
        return 0
    people = persons(session, due)
    owed = list(_owed(people, now))
    if owed:
        core(session).execute(_OWE[core(session).dialect.name], owed)
    core(session).execute(_NEXT, [_next(key, people.get(key), now) for key in due])
    return len(due)


def _due(session: Session, now: datetime, most: int) -> list[Key]:
    rows = core(session).execute(_DUE, {"now": now, "most": most})
    return [(row.workspace_id, row.member_id) for row in rows]


def put_off(session: Session, *, now: datetime) -> UUID | None:
    """Leave alone for an hour the first who is due, since theirs cannot be made; their id."""
    for workspace_id, member_id in _due(session, now, 1):
        mine = {"workspace": workspace_id, "member": member_id}
        core(session).execute(_NEXT, {**mine, "next_at": now + _PUT_OFF})
        return member_id
    return None


def _owed(people: Mapping[Key, Person], now: datetime) -> Iterator[dict[str, Any]]:
    for person in people.values():
        day = person.digest_day(now)
        if day is not None:
            yield {
                "workspace_id": person.workspace_id,
                "id": new_id(),
                "subject": "member",
                "subject_id": person.member_id,
                "rule": "digest",
                "step": "0",
                "occurrence": day.isoformat(),
                "member_id": person.member_id,
                "way": "single",
                "due_at": person.digest_at(day),
                "state": "owed",
                "facts": {},
                "ready_at": now,
                "created_at": now,
            }


def _next(key: Key, person: Person | None, now: datetime) -> dict[str, Any]:
    """Who has left has no next one."""
    next_at = person.next_digest_at(now) if person else None
    return {"workspace": key[0], "member": key[1], "next_at": next_at}
