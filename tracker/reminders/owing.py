"""From moments to rows: whose they are while somebody is away, when they are due, written once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.people.time_queries import persons
from tracker.people.time_rules import Person
from tracker.reminders.models import Reminder
from tracker.reminders.series import Moment, one_a_day
from tracker.reminders.timing import planned_at

_REMINDERS: Final = Reminder.__table__
# Whoever looks second finds the row of the first, whatever has become of it.
_OWE: Final = {
    "postgresql": postgresql.insert(_REMINDERS).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_REMINDERS).on_conflict_do_nothing(),
}
Key = tuple[UUID, UUID]
People = Mapping[Key, Person]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reminded of."""

    kind: str  # task, gate, project
    workspace_id: UUID
    project_id: UUID
    id: UUID


def people_of(session: Session, members: Collection[Key]) -> People:
    """Those members, and whoever stands in for one of them at some time."""
    known = dict(persons(session, members))
    others = {
        (key[0], away.stand_in_id)
        for key, person in known.items()
        for away in person.absences
        if away.stand_in_id is not None
    }
    return {**persons(session, others - known.keys()), **known}


def owed_rows(
    subject: Subject, moments: Iterable[Moment], people: People, *, now: datetime
) -> Iterator[dict[str, Any]]:
    """The rows that these moments come to. Who has left, or wants none of it, is owed nothing."""
    for one in one_a_day(_heard(subject, moments, people)):
        person = people[subject.workspace_id, one.member_id]
        yield _row(subject, one, person, now)


def _heard(subject: Subject, moments: Iterable[Moment], people: People) -> Iterator[Moment]:
    """Each with the member who really hears of it."""
    for one in moments:
        person = people.get((subject.workspace_id, one.member_id))
        if person is None or not person.wants(subject.project_id, one.rule):
            continue
        other = person.stand_in_on(one.day)
        if other is not None and (subject.workspace_id, other) in people:
            yield replace(one, member_id=other, instead_of=one.member_id)
        else:
            yield one


def _row(subject: Subject, one: Moment, person: Person, now: datetime) -> dict[str, Any]:
    way = person.way(subject.project_id, one.rule)
    # What is too late was due when its day began; what is caught up comes as soon as it may.
    due_at = planned_at(one.day)
    if not one.is_late:
        due_at = person.due_at(one.planned_on, now, project_id=subject.project_id, rule=one.rule)
    told: dict[str, Any] = {"role": one.role, "for": one.instead_of and str(one.instead_of)}
    if one.is_freed:
        told["freed"] = True
    if one.planned_on < one.day:
        told["planned_on"] = one.planned_on.isoformat()
    return {
        "workspace_id": subject.workspace_id,
        "id": new_id(),
        "project_id": subject.project_id,
        "subject": subject.kind,
        "subject_id": subject.id,
        "rule": one.rule,
        "step": one.step,
        "occurrence": one.occurrence,
        "member_id": one.member_id,
        "way": way,
        "due_at": due_at,
        "state": "expired" if one.is_late else "owed",
        "reason": "late" if one.is_late else None,
        "facts": {name: value for name, value in told.items() if value is not None},
        "ready_at": None if one.is_late or way == "digest" else due_at,
        "created_at": now,
        "version": 1,
    }


def owe(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write them down, but for those that are there already; one statement."""
    if rows:
        core(session).execute(_OWE[core(session).dialect.name], rows)
