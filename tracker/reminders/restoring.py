"""What changes have taken back though it still holds: the next look finds it by this, and owes it.

A reminder may wait for days: for its reader's next day of work, for a digest, for a mail server. A
look after a change begins with the day of the change, so that by its days alone it would be lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, exists, select, text, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.reminders.models import TAKEN_BACK, Reminder
from tracker.reminders.owing import Key
from tracker.reminders.sending_rules import MOST_LATE
from tracker.reminders.series import Again
from tracker.reminders.timing import last_begun

_R: Final = Reminder.__table__
_LIVE: Final = _R.alias("live")
_EFFECT: Final = ("workspace_id", "subject_id", "rule", "step", "occurrence", "member_id")
_KEYS: Final[BindParameter[Key]] = bindparam("keys", expanding=True)
_SHOWN: Final = (*_EFFECT, "facts", "due_at", "created_at")
_TAKEN_BACK: Final = select(*(_R.c[name] for name in _SHOWN)).where(
    tuple_(_R.c.workspace_id, _R.c.subject_id).in_(_KEYS),
    text(TAKEN_BACK),
    ~exists().where(
        *(_LIVE.c[name] == _R.c[name] for name in _EFFECT), text("live.state <> 'cancelled'")
    ),
)
# A day is over in UTC-12 two dates after it has begun in UTC+14.
_BEGUN_BEFORE: Final = timedelta(days=2)


def taken_back(session: Session, things: Collection[Key], *, now: datetime) -> Mapping[UUID, Again]:
    """By thing: what was taken back of it, and neither told nor owed since. One statement.

    Without what is too late to be told by now.
    """
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    rows: Iterable[Row[Any]] = core(session).execute(_TAKEN_BACK, {"keys": list(things)})
    for row in rows:
        if row.due_at > now - MOST_LATE:
            found[row.subject_id].append(row)
    return {
        thing: Again(min(map(_meant_after, rows)), frozenset(map(_effect, rows)))
        for thing, rows in found.items()
    }


def _meant_after(row: Row[Any]) -> date:
    planned_on: str | None = row.facts.get("planned_on")
    return (
        date.fromisoformat(planned_on) if planned_on else last_begun(row.created_at) - _BEGUN_BEFORE
    )


def _effect(row: Row[Any]) -> tuple[str, str, str, UUID]:
    """That of whom it is meant for, whoever stands in for them."""
    absent: str | None = row.facts.get("for")
    return row.rule, row.step, row.occurrence, UUID(absent) if absent else row.member_id
