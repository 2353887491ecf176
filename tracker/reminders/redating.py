"""Moving what somebody is owed, where their hours, days or wishes have changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.people.time_queries import persons
from tracker.people.time_rules import CHASED, Person
from tracker.projects.models import Assignee, Task
from tracker.projects.owed import at_once
from tracker.projects.rules import CLOSED
from tracker.reminders.models import OPEN, Reminder
from tracker.reminders.taking_back import cancel_of

_R: Final = Reminder.__table__
_T, _HELD = Task.__table__, Assignee.__table__
# What is being tried already keeps the moment of its next try.
_OWED: Final = (
    select(_R)
    .where(
        _R.c.workspace_id == bindparam("workspace"),
        _R.c.member_id == bindparam("member"),
        text(f"reminders.{OPEN}"),
        _R.c.state == "owed",
        _R.c.tries == 0,
        _R.c.rule.in_(CHASED),
    )
    .order_by(_R.c.id)
    .with_for_update()
)
_TOLD: Final = select(_R.c.member_id, _R.c.subject_id, _R.c.rule, _R.c.step, _R.c.occurrence).where(
    _R.c.workspace_id == bindparam("workspace"),
    _R.c.member_id.in_(bindparam("members", expanding=True)),
    _R.c.subject_id.in_(bindparam("subjects", expanding=True)),
    text("reminders.state <> 'cancelled'"),
)
_MOVED: Final = ("member_id", "way", "due_at", "ready_at", "state", "reason", "facts")
_MOVE: Final = (
    update(_R)
    .where(_R.c.workspace_id == bindparam("workspace"), _R.c.id == bindparam("reminder"))
    .values({name: bindparam(f"new_{name}") for name in _MOVED} | {"version": _R.c.version + 1})
)
# What they have to do themselves: they may hear more of it than before.
_LOOK_AGAIN: Final = (
    update(_T)
    .where(
        _T.c.workspace_id == bindparam("workspace"),
        _T.c.status.not_in(CLOSED),
        _T.c.id.in_(
            select(_HELD.c.task_id).where(
                _HELD.c.workspace_id == bindparam("workspace"),
                _HELD.c.member_id == bindparam("member"),
            )
        ),
    )
    .values(chase_at=at_once(_T.c.chase_at, bindparam("now", type_=_T.c.chase_at.type)))
)
_A_DAY: Final = timedelta(days=1)
Effect = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Heir:
    """Who stands in for somebody, and what they are told themselves."""

    person: Person
    told: set[Effect]


def redate_owed(session: Session, before: Person, after: Person, *, now: datetime) -> None:
    """Move each owed reminder to where the person hears it now; on days away, to who stands in."""
    whose = {"workspace": after.workspace_id, "member": after.member_id}
    if before.reminder_policy != after.reminder_policy:
        cancel_of(session, after.workspace_id, after.member_id, now=now)
        core(session).execute(_LOOK_AGAIN, {**whose, "now": now})
    rows = core(session).execute(_OWED, whose).all()
    heirs = _heirs(session, after, rows) if rows else {}
    moved = [
        move
        for row in rows
        if (move := _move(row, _meant_on(row, before), after, heirs, now=now)) is not None
    ]
    if moved:
        core(session).execute(_MOVE, moved)


def _heirs(session: Session, person: Person, rows: Sequence[Row[Any]]) -> Mapping[UUID, _Heir]:
    ids = {away.stand_in_id for away in person.absences if away.stand_in_id}
    found = persons(session, [(person.workspace_id, one) for one in ids])
    wanted = {"workspace": person.workspace_id, "subjects": [row.subject_id for row in rows]}
    told = defaultdict(set)
    for row in core(session).execute(_TOLD, {**wanted, "members": list(ids)}).all():
        told[row.member_id].add(_effect(row))
    return {one.member_id: _Heir(one, told[one.member_id]) for one in found.values()}


def _effect(row: Any) -> Effect:
    return row.subject_id, row.rule, row.step, row.occurrence


def _meant_on(row: Row[Any], person: Person) -> date:
    """The local day that a reminder was meant for; a digest may have been later by days."""
    due_on = person.today(row.due_at)
    return due_on if row.way == "single" else min(due_on, person.today(row.created_at) + _A_DAY)


def _move(
    row: Row[Any], day: date, person: Person, heirs: Mapping[UUID, _Heir], *, now: datetime
) -> Mapping[str, Any] | None:
    """What is to change of a row; None where nothing is."""
    if not person.wants(row.project_id, row.rule):
        return _dropped(row, "policy")
    day = max(day, person.today(now))
    stand_in = person.stand_in_on(day)
    heir = heirs.get(stand_in) if stand_in else None
    if heir is None:
        return _dated(row, person, day, now)
    if _effect(row) in heir.told:
        return _dropped(row, "reassigned")
    facts = {"for": str(row.member_id), **row.facts}
    dated = _dated(row, heir.person, day, now) or _as_it_is(row)
    return dated | {"new_member_id": heir.person.member_id, "new_facts": facts}


def _dropped(row: Row[Any], reason: str) -> dict[str, Any]:
    ended = {"new_state": "cancelled", "new_reason": reason, "new_ready_at": None}
    return _as_it_is(row) | ended


def _dated(row: Row[Any], person: Person, day: date, now: datetime) -> dict[str, Any] | None:
    way = person.way(row.project_id, row.rule)
    due_at = person.due_at(day, now, project_id=row.project_id, rule=row.rule)
    is_due = row.ready_at is not None and row.ready_at <= now
    if way == row.way and (due_at == row.due_at or (is_due and due_at == now)):
        return None
    ready_at = due_at if way == "single" else None
    return _as_it_is(row) | {"new_way": way, "new_due_at": due_at, "new_ready_at": ready_at}


def _as_it_is(row: Row[Any]) -> dict[str, Any]:
    same = {f"new_{name}": getattr(row, name) for name in _MOVED}
    return {"workspace": row.workspace_id, "reminder": row.id, **same}
