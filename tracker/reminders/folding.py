"""Too many messages for one person at once become one: the others are folded into it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.people.time_rules import Person
from tracker.reminders.models import OPEN, Reminder
from tracker.reminders.standing import MAYBE_TOLD_AT
from tracker.reminders.words import BY_THEMSELVES, Rule, State

_R: Final = Reminder.__table__
_OF_TODAY: Final = (
    select(_R.c.id, _R.c.state, _R.c.tries)
    .where(
        _R.c.workspace_id == bindparam("workspace"),
        _R.c.subject_id == bindparam("member"),
        _R.c.rule == Rule.CATCH_UP,
        _R.c.occurrence == bindparam("day"),
        text("reminders.state <> 'cancelled'"),
    )
    .with_for_update()
)
# What nobody has in hand, and what we have; but what may have been told stays under its own id.
_FOLD: Final = (
    update(_R)
    .where(
        _R.c.workspace_id == bindparam("workspace"),
        _R.c.member_id == bindparam("member"),
        text(OPEN),
        _R.c.way == "single",
        _R.c.rule.not_in(BY_THEMSELVES),
        MAYBE_TOLD_AT.is_(None),
        ((_R.c.state == State.OWED) & (_R.c.ready_at <= bindparam("now")))
        | ((_R.c.state == State.SENDING) & _R.c.id.in_(bindparam("ours", expanding=True))),
    )
    .values(
        state=State.FOLDED,
        folded_into=bindparam("into"),
        ready_at=None,
        crashes=0,
        version=_R.c.version + 1,
    )
)


def fold(session: Session, ours: Collection[UUID], person: Person, now: datetime) -> None:
    """Have what one person is owed now be told by one message.

    ``ours`` is what we have in hand of it, locked by the caller. Of many who fold for one person at
    once, each folds other rows, into a message that nobody has in hand.
    """
    of_whom = {"workspace": person.workspace_id, "member": person.member_id}
    what = {"ours": list(ours), "into": _catch_up(session, of_whom, person, now), "now": now}
    core(session).execute(_FOLD, {**of_whom, **what})


def _catch_up(session: Session, of_whom: Mapping[str, UUID], person: Person, now: datetime) -> UUID:
    """The message to fold into: one that waits, or a new one."""
    day = person.today(now).isoformat()
    while True:
        known = core(session).execute(_OF_TODAY, {**of_whom, "day": day}).all()
        waiting = next((row.id for row in known if _is_untold(row)), None)
        made: UUID | None = waiting or _made(session, person, day, len(known) + 1, now=now)
        if made is not None:
            return made
        # Somebody else has just made this one: it is there when we look again.


def _is_untold(row: Any) -> bool:
    """Whether its reader cannot know of it: then more may be folded into it."""
    return bool(row.state == State.OWED and row.tries == 0)


def _made(session: Session, person: Person, day: str, number: int, *, now: datetime) -> UUID | None:
    insert = postgresql.insert if core(session).dialect.name == "postgresql" else sqlite.insert
    row: dict[str, Any] = {
        "workspace_id": person.workspace_id,
        "id": new_id(),
        "project_id": None,
        "subject": "member",
        "subject_id": person.member_id,
        "rule": Rule.CATCH_UP,
        "step": str(number),
        "occurrence": day,
        "member_id": person.member_id,
        "way": "single",
        "due_at": now,
        "state": State.OWED,
        "facts": {},
        "ready_at": now,
        "created_at": now,
        "version": 1,
    }
    made = insert(_R).values(row).on_conflict_do_nothing().returning(_R.c.id)
    return core(session).execute(made).scalar_one_or_none()
